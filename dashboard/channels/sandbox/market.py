"""A market: the sandbox's platforms for every storefront of a show, wired to a room through our own adapters.

    Market(show, room, ...)  platforms + accounts + adapters + inbox + exchange + wires
    buy / cancel / list_by_hand   what people do on the platforms
    run(until)               lets the network deliver until an instant
    truth()                  what the platforms really sold, and what they would still sell

A storefront starts by listing what the ledger has handed to it before the show, as a seller would have done by then.
The platforms' counters are the ground truth: `oversold` compares what they sold with the units there are, and knows
nothing of the ledger. Chance comes from one seed: the weather, the secrets, the retries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

import msgspec

from dashboard.channels.adapter import Account, Capability, PushKind, Secrets
from dashboard.channels.adapters import PLATFORMS, make
from dashboard.channels.connection import quantile
from dashboard.channels.exchange import Exchange
from dashboard.channels.handover import Room
from dashboard.channels.heard import Desk
from dashboard.channels.inbox import Inbox
from dashboard.channels.sandbox.faults import SECOND, Profile, Weather
from dashboard.channels.sandbox.platform import Platform, SandboxOrder
from dashboard.channels.sandbox.speeches import SPEECHES
from dashboard.channels.sandbox.wires import TICK, Wires
from dashboard.decision import ledger as book
from dashboard.decision.world import OrderLine

SETTLE_STEP = SECOND
SETTLE_SECONDS_MAX = 900


@dataclass(frozen=True)
class Shop:
    """A storefront of the market: its channel, its platform, and how its stock is written if not the usual way."""

    channel: str
    platform: str
    push: PushKind | None = None
    calls_per_minute: int | None = None
    restocks_on_cancel: bool | None = None
    lists_per_minute: float | None = None

    def capability(self) -> Capability:
        """What the platform lets us do there."""
        usual = PLATFORMS[self.platform].capability
        told = {name: getattr(self, name) for name in ("push", "calls_per_minute", "restocks_on_cancel")}
        given = {name: value for name, value in told.items() if value is not None}
        if self.lists_per_minute is not None:
            given["lists_per_minute"] = min(usual.lists_per_minute, self.lists_per_minute)
        return msgspec.structs.replace(usual, **given)


class ShowRoom(Room, Desk, Protocol):
    """A room a market can be wired to."""


class Market:
    """Every platform of one show and the wires to them."""

    def __init__(
        self, show: str, room: ShowRoom, shops: Iterable[Shop], profile: Profile, seed: int, now: int, end: int,
        tick: int = TICK,
    ) -> None:  # fmt: skip
        self.show, self.room, self.profile = show, room, profile
        self.told_is_known = False
        """Whether an order that no unit covers is known by its alarm; else everybody waits for its unit."""
        opened = room.world[show].opened
        self.skus = [sku.sku for sku in opened.skus]
        self.platforms = {
            shop.channel: platform_of(
                shop, self.skus, opened.currency, Weather(profile, Random(f"{seed}/{shop.channel}"))
            )
            for shop in shops
        }
        adapters = {channel: make(one.account, one.secrets) for channel, one in self.platforms.items()}
        self.inbox = Inbox(room, adapters)
        self.exchange = Exchange(show, room, self.inbox, adapters, Random(f"{seed}/retries"), now, resumed=False)
        self.inbox.listener = self.exchange
        self.wires = Wires(self.exchange, self.inbox, self.platforms, profile, Random(f"{seed}/wires"), now, end, tick)
        for channel, platform in self.platforms.items():
            for sku in self.skus:
                units = room.world[show].ledger.claim(sku, book.exposure_of(channel))
                platform.stock[sku] = units
                if platform.account.capability.push == "raise_only":
                    platform.offered[sku] = self.exchange.connections[channel].listings[sku].offered = units
        self.units = {sku: room.world[show].unsold(sku) for sku in self.skus}

    # --- people -----------------------------------------------------------------------------------------------

    def buy(self, channel: str, lines: Sequence[OrderLine], country: str = "") -> SandboxOrder | None:
        """Somebody orders on a platform now; None when it lists too little, or cannot be reached."""
        platform = self.platforms[channel]
        if self.wires.is_out(channel):
            return None
        order = platform.buy(lines, self.wires.now, country, platform.account.currency)
        self.wires.collect(channel)
        return order

    def cancel(self, channel: str, order: SandboxOrder, sku: str = "", units: int = 0) -> bool:
        """Somebody cancels an order, or some units of it."""
        done = self.platforms[channel].cancel(order, self.wires.now, sku, units)
        self.wires.collect(channel)
        return done

    def run(self, until: int) -> None:
        """Let the network deliver until an instant."""
        self.wires.run(until)

    # --- the end ----------------------------------------------------------------------------------------------

    def wind_down(self) -> None:
        """Take everything off the platforms and let the news arrive; gives up after a quarter of an hour."""
        self.exchange.handover.winding_down = True
        self.exchange.handover.everything()
        for _ in range(SETTLE_SECONDS_MAX):
            self.run(self.wires.now + SETTLE_STEP)
            if self.is_quiet():
                return

    def is_quiet(self) -> bool:
        """Tell whether the ledger knows every order of the platforms and nothing is under way."""
        show = self.room.world[self.show]
        connections = self.exchange.connections.values()
        if show.announced or any(not one.idle() for connection in connections for one in connection.listings.values()):
            return False
        for channel, platform in self.platforms.items():
            for order in platform.orders.values():
                if self.told_is_known and (channel, order.order) in self.exchange.alarms.told:
                    continue
                known = show.orders.get((channel, order.order))
                units = sum(holding.open + holding.shipped for holding in known.held()) if known else 0
                if units != sum(line.quantity for line in order.lines) - sum(order.cancelled.values()):
                    return False
        return True

    # --- truth ------------------------------------------------------------------------------------------------

    def sold(self, sku: str) -> int:
        """Units of a SKU the platforms sold and nobody cancelled."""
        return sum(platform.sold.get(sku, 0) for platform in self.platforms.values())

    def listed(self, sku: str) -> int:
        """Units of a SKU the platforms would still sell."""
        return sum(platform.level(sku) for platform in self.platforms.values())

    def by_hand(self, sku: str) -> int:
        """Units somebody typed into a platform's back office."""
        return sum(platform.hand_listed.get(sku, 0) for platform in self.platforms.values())

    def oversold(self) -> int:
        """Units sold beyond those there are."""
        return sum(max(0, self.sold(sku) - units) for sku, units in self.units.items())

    def sync_ms(self) -> dict[str, int]:
        """How long orders took from the platform to the ledger, as the exchange measured it from their stamps."""
        delays = [delay for one in self.exchange.connections.values() for delay in one.delays]
        return {f"p{round(share * 100)}": quantile(delays, share) // 1000 for share in (0.5, 0.95, 0.99)}


def platform_of(shop: Shop, skus: Sequence[str], currency: str, weather: Weather) -> Platform:
    """A pretended platform for a storefront, with an account and secrets of its own; its counters stand at zero."""
    speech = SPEECHES[shop.platform]
    listings: Mapping[str, Mapping[str, str]] = {sku: speech.listing(shop.channel, sku) for sku in skus}
    account = Account(
        shop.channel,
        shop.platform,
        shop.capability(),
        callback_url=f"https://room.example/channels/{shop.channel}",
        currency=currency,
        names=speech.names(shop.channel),
        listings=listings,
    )
    secret = f"{weather.chance.getrandbits(128):032x}"
    return Platform(account, Secrets((secret,), f"token-{secret[:12]}"), speech, weather.skew())
