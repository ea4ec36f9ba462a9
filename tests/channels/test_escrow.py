"""Nothing is oversold, whatever the network does: hundreds of small shows in all weathers, counted on the platforms.

Each seed draws storefronts over every platform and every legal way to write its stock, shoppers, and a mix of all
faults. After every message an auditor counts what the platforms sold and still list; at the end the ledger must equal
the platforms order by order. WARROOM_ESCROW_SEEDS plays more seeds (2,000 take some minutes).
"""

import os

import pytest

from tests.channels.escrow_kit import CALM_SECONDS, WAYS, Play, audit_ledger, draw

SEEDS = int(os.environ.get("WARROOM_ESCROW_SEEDS", "300"))
CHUNKS = 6
PARTS = [range(number, SEEDS, CHUNKS) for number in range(CHUNKS)]
LATE_EVERY = 3
"""In every third world the pushes of absolute channels too may travel longer than their bound."""
EVENTS_PER_ORDER = 0.1
EVENTS_PER_LISTING = 3
"""What a tiny show may spend beside: to list at all, and to book what answers gave back."""


def played(seed: int, late: bool = False, hands: bool | None = None) -> tuple[Play, int]:
    """A world played to its end, and how many events moved units before it wound down."""
    play = Play.of(draw(seed, late, hands))
    play.run(play.world.seconds)
    events = play.handed()
    play.run(CALM_SECONDS)
    play.wind_down()
    return play, events


def assert_kept(play: Play, events: int) -> None:
    """What must be true of any world in any weather."""
    seed, allowed = play.world.seed, sum(play.allowed.values())
    missing = play.unknown()
    assert not play.breaches, f"seed {seed}: {play.breaches[:3]}"
    assert not play.invented(), f"seed {seed}: the ledger has orders that no platform has"
    assert not play.stuck(), f"seed {seed}: {play.stuck()[:3]}"
    assert play.oversold() <= play.by_hand() + allowed, f"seed {seed}: {play.oversold()} oversold"
    assert missing <= play.held() & play.market.exchange.alarms.told, f"seed {seed}: {missing} are nowhere"
    for channel, order in missing:
        assert f"uncovered:{channel}:{order}" in play.critical(), f"seed {seed}: nobody is told of {order}"
    if not play.by_hand() and not allowed:
        assert not missing, f"seed {seed}: {missing} are held, though there are units for all"
    if play.excess.total() and play.beyond:
        assert play.market.exchange.late_pushes, f"seed {seed}: a push came too late, and nobody counted it"
    assert events <= EVENTS_PER_ORDER * play.visited + EVENTS_PER_LISTING * play.listings(), (
        f"seed {seed}: {events} events"
    )
    audit_ledger(play.room)


@pytest.mark.parametrize("seeds", PARTS, ids=lambda seeds: f"from-{seeds.start}")
def test_no_weather_sells_a_unit_twice(seeds: range) -> None:
    orders = events = 0
    for seed in seeds:
        play, handed = played(seed, late=seed % LATE_EVERY == LATE_EVERY - 1)
        assert_kept(play, handed)
        orders, events = orders + play.visited, events + handed
    assert events <= EVENTS_PER_ORDER * orders, f"{events} events for {orders} orders"


def test_the_worlds_hold_every_way_to_write_stock_and_every_fault() -> None:
    worlds = [draw(seed) for seed in range(60)]
    ways = {(shop.platform, shop.push) for world in worlds for shop, _ in world.shops}
    assert ways == set(WAYS)
    for fault in ("webhooks_lost", "webhooks_doubled", "straggling", "calls_lost", "answers_lost", "outages"):
        assert any(getattr(world.profile, fault) for world in worlds), fault
    assert any(world.profile.throttle_spells for world in worlds)
    assert any(world.profile.skew_seconds for world in worlds)
    assert any(world.hands for world in worlds)
    assert any(visit.cancels_after for world in worlds for visit in world.visits)
    assert any(shop.restocks_on_cancel is False for world in worlds for shop, _ in world.shops)


def test_the_auditor_notices_a_unit_that_is_listed_twice() -> None:
    play = Play.of(draw(7, hands=False))
    channel, sku = next(iter(play.world.listed))
    play.run(1)
    assert not play.breaches
    play.market.platforms[channel].stock[sku] += sum(play.world.units.values())
    play.run(1)
    assert play.breaches


@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_gives_the_same_show(seed: int) -> None:
    first, again = (played(seed)[0].room.events for _ in range(2))
    assert first == again
