"""Small shows whose SKUs are listed as shared, and what an onlooker counts there."""

from dashboard.channels.sandbox.faults import SECOND
from dashboard.channels.sharing import Sharing
from dashboard.decision import commands as c, ledger as book
from tests.channels.escrow_kit import SHOW, START, Play


def listed_as(play: Play, mode: str, sku: str = "lamp") -> Play:
    """The same show with a SKU listed in a mode from now on."""
    now = play.market.wires.now
    command = c.SetListingMode(id=f"mode/{sku}/{mode}/{now}", show=SHOW, sku=sku, mode=mode)
    assert play.room.handle([command], now)[0].status == "accepted"
    return play


def all_shared(play: Play) -> Play:
    """The same show with every SKU shared."""
    for sku in play.world.skus():
        listed_as(play, "shared", sku)
    return play


def sharing(play: Play) -> Sharing:
    """What knows of overlap there."""
    return play.market.exchange.handover.sharing


def held(play: Play, channel: str, sku: str = "lamp") -> int:
    """Units the ledger holds for a channel."""
    ledger = play.room.world[SHOW].ledger
    return ledger.claim(sku, book.exposure_of(channel)) + ledger.claim(sku, book.cover_of(channel))


def level(play: Play, channel: str, sku: str = "lamp") -> int:
    """Units a platform would still sell."""
    return play.market.platforms[channel].level(sku)


def unsold(play: Play, sku: str = "lamp", region: str = "US") -> int:
    """Units of a region that no platform sold."""
    shops = [shop.channel for shop, at in play.world.shops if at == region]
    return play.world.units[region, sku] - sum(play.market.platforms[name].sold.get(sku, 0) for name in shops)


def is_open(play: Play, sku: str = "lamp", region: str = "US") -> bool:
    """Whether listings overlap there now."""
    return any(gate.is_open for (at, name, _), gate in sharing(play).gates.items() if (at, name) == (region, sku))


def seconds(play: Play) -> float:
    """How long the show has been going on."""
    return (play.market.wires.now - START) / SECOND
