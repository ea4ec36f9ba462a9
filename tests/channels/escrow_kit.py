"""A small show in bad weather, drawn from a seed, and an auditor who stands on the platforms and trusts nobody.

    seed -> World (storefronts, units, visits, weather) -> Play (market + auditor after every wire event) -> Verdict

The auditor counts, for each region and SKU, what the platforms sold and would still sell. It reads their counters only;
of our side it looks at what a push was based on, to say by how much an absolute push that travelled too long may list
too much.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest.mock import patch

import msgspec

from dashboard.channels.adapter import PushKind
from dashboard.channels.adapters import PLATFORMS, pushes_of
from dashboard.channels.connection import Call
from dashboard.channels.exchange import Exchange
from dashboard.channels.inbox import Inbox
from dashboard.channels.sandbox import wires
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile
from dashboard.channels.sandbox.market import Market, Shop
from dashboard.channels.sandbox.platform import SandboxOrder
from dashboard.decision import commands as c, events as e
from dashboard.decision.world import Channel, Lane, Location, OrderLine, PlanLine, Region, Sku
from tests.channels.pure_room import PureRoom
from tests.decision.naive import Auditor

SHOW = "escrow"
START = 1_770_000_000 * SECOND
LOTS = (1, 1, 1, 1, 2, 2, 3, 5)
WAYS: tuple[tuple[str, PushKind], ...] = tuple((name, push) for name in PLATFORMS for push in pushes_of(name))
"""Every platform and every legal way to write its stock."""
LATE_SHARE = 0.5
"""Of absolute pushes, how many are held up where they are."""
CALM_SECONDS = 75
"""Longer than a call can live, and long enough for every counter to be read and settled."""
WIND_DOWN_SECONDS_MAX = 900


@dataclass(frozen=True)
class Visit:
    """One shopper: when, where, what; when they cancel, and how many units (0: all)."""

    at: float
    channel: str
    lines: tuple[OrderLine, ...]
    cancels_after: float | None = None
    cancels_units: int = 0


@dataclass(frozen=True)
class World:
    """Everything that happens without us; `late_seconds` is how much longer than usual a call may travel."""

    seed: int
    seconds: float
    shops: tuple[tuple[Shop, str], ...]
    units: dict[tuple[str, str], int]
    listed: dict[tuple[str, str], int]
    visits: tuple[Visit, ...]
    hands: tuple[tuple[float, str, str, int], ...]
    profile: Profile
    late_seconds: float
    late_pushes: bool = False
    """Whether many an absolute push is held up on its way, for up to `late_seconds`."""

    def regions(self) -> list[str]:
        """Names of the regions."""
        return list(dict.fromkeys(region for region, _ in self.units))

    def skus(self) -> list[str]:
        """Names of the SKUs."""
        return list(dict.fromkeys(sku for _, sku in self.units))


def draw(seed: int, late: bool = False, hands: bool | None = None) -> World:
    """Draw a world; `late`: calls of absolute channels too may travel longer than any bound."""
    chance = Random(f"{seed}/escrow")
    seconds = chance.uniform(100, 240)
    regions = ["US", "EU"][: chance.choice((1, 1, 2))]
    ways = [WAYS[seed % len(WAYS)], *chance.choices(WAYS, k=chance.randint(1, 4))]
    shops = tuple(
        (
            Shop(
                f"{platform}-{number}",
                platform,
                push,
                chance.choice((None, None, 30, 60)),
                chance.choice((None, True, False)),
            ),
            regions[number % len(regions)],
        )
        for number, (platform, push) in enumerate(ways)
    )
    skus = ["lamp", "ring"][: chance.choice((1, 2))]
    units = {(region, sku): chance.randint(20, 150) // len(regions) + 1 for region in regions for sku in skus}
    listed: dict[tuple[str, str], int] = {}
    for (region, sku), count in units.items():
        mine = [shop.channel for shop, at in shops if at == region]
        share = chance.choice((0.0, 0.5, 0.8, 1.0))
        listed |= {(channel, sku): int(count * share / len(mine)) for channel in mine}
    absolute = any(push == "absolute" for _, push in ways)
    return World(
        seed,
        seconds,
        shops,
        units,
        listed,
        _visits(chance, seconds, [shop.channel for shop, _ in shops], skus),
        _hands(chance, seconds, [shop.channel for shop, _ in shops], skus, hands),
        weather(chance, absolute and not late),
        20.0 if late or not absolute else 0.5,
        late,
    )


def small(
    *shops: Shop, units: int = 60, listed: int = 20, profile: Profile = PROFILES["none"], skus: tuple[str, ...] = ("lamp",),
    visits: tuple[Visit, ...] = (), seconds: float = 600.0,
) -> "Play":  # fmt: skip
    """One region with these storefronts, so many units, and so many of them listed on each."""
    return Play.of(
        World(
            1,
            seconds,
            tuple((shop, "US") for shop in shops),
            {("US", sku): units for sku in skus},
            {(shop.channel, sku): listed for shop in shops for sku in skus},
            visits,
            (),
            profile,
            0.5,
        )
    )


def steady(channel: str, every: float, until: float, units: int = 1, sku: str = "lamp") -> tuple[Visit, ...]:
    """Shoppers who come one after the other."""
    line = OrderLine(sku, units, 1000)
    return tuple(Visit(number * every, channel, (line,)) for number in range(1, int(until / every)))


def _visits(chance: Random, seconds: float, channels: list[str], skus: list[str]) -> tuple[Visit, ...]:
    weights = [chance.uniform(0.2, 2) for _ in channels]
    cancelling = chance.choice((0.0, 0.05, 0.2))
    result: list[Visit] = []
    for _ in range(chance.randint(60, 160)):
        wanted = chance.sample(skus, 2 if len(skus) > 1 and chance.random() < 0.2 else 1)
        lines = tuple(OrderLine(sku, chance.choice(LOTS), 1000) for sku in wanted)
        after = chance.uniform(0.5, seconds / 2) if chance.random() < cancelling else None
        at = seconds * chance.betavariate(1.2, 1.6)
        result.append(Visit(at, chance.choices(channels, weights)[0], lines, after, chance.choice((0, 0, 1))))
    return tuple(sorted(result, key=lambda visit: visit.at))


def _hands(
    chance: Random, seconds: float, channels: list[str], skus: list[str], wanted: bool | None
) -> tuple[tuple[float, str, str, int], ...]:
    count = chance.choice((0, 0, 0, 1, 2)) if wanted is None else 2 * wanted
    return tuple(
        (chance.uniform(0, seconds), chance.choice(channels), chance.choice(skus), chance.randint(1, 4))
        for _ in range(count)
    )


def weather(chance: Random, mild: bool) -> Profile:
    """A random mix of every fault; `mild` keeps lags within what an absolute push's bound expects of a first call."""

    def some(most: float, share: float = 0.5) -> float:
        return chance.uniform(0, most) if chance.random() < share else 0.0

    return Profile(
        "drawn",
        lag_seconds=chance.uniform(0.02, 0.2 if mild else 0.5),
        lag_spread=chance.uniform(0.2, 0.4 if mild else 0.8),
        webhooks_lost=some(0.1),
        webhooks_doubled=some(0.2),
        straggling=some(0.2),
        straggling_seconds=chance.uniform(1, 12),
        calls_lost=some(0.06),
        answers_lost=some(0.06),
        outages=chance.choice((0, 0, 1, 2)),
        outage_seconds=chance.uniform(5, 40),
        throttle_spells=chance.choice((0, 0, 1, 2)),
        skew_seconds=chance.choice((0.0, 2.0, 25.0)),
    )


def opened(world: World) -> PureRoom:
    """A room with the world's show: goods in one building a region, some of them listed."""
    room = PureRoom()
    regions, skus = world.regions(), world.skus()
    shops = [(shop.channel, shop.platform, region) for shop, region in world.shops]
    weights = Counter(region for _, _, region in shops)
    commands: list[c.Command] = [
        c.OpenShow(
            id="open",
            show=SHOW,
            title="Escrow",
            starts_at=START,
            ends_at=START + int(world.seconds * SECOND),
            skus=tuple(Sku(sku) for sku in skus),
            locations=tuple(Location(f"{region} house", region, "forward") for region in regions),
            regions=tuple(Region(region) for region in regions),
            lanes=tuple(Lane(f"{region} house", region) for region in regions),
            channels=tuple(Channel(*shop) for shop in shops),
            plan=tuple(
                PlanLine(sku, region, world.units[region, sku] // weights[region], channel)
                for channel, _, region in shops
                for sku in skus
            ),
        )
    ]
    for (region, sku), count in world.units.items():
        name, place, pool = f"goods/{region}/{sku}", f"{region} house", f"region/{region}"
        commands.append(c.ReceiveGoods(id=name, show=SHOW, location=place, sku=sku, quantity=count, pool=pool))
    for (channel, sku), count in world.listed.items():
        if count:
            commands.append(c.Expose(id=f"list/{channel}/{sku}", show=SHOW, channel=channel, sku=sku, quantity=count))
    assert {answer.status for answer in room.handle(commands, START)} == {"accepted"}
    return room


@dataclass
class Sent:
    """An absolute push on its way: what it was based on."""

    at: int
    known_until: int
    quantity: int
    claim: int
    bound: int
    sold_before: int


@dataclass
class Play:
    """One world being played; `excess` is by how much the platforms list and sold more than there is, hands apart."""

    world: World
    room: PureRoom
    market: Market
    excess: Counter[tuple[str, str]] = field(default_factory=Counter)
    allowed: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Units that absolute pushes may have listed too much by now, since more was sold unseen than their cover."""
    beyond: int = 0
    """Absolute pushes that travelled longer than their bound."""
    surprised: int = 0
    """Absolute pushes that came in time and met more sales than their cover."""
    breaches: list[str] = field(default_factory=list)
    sales: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    visited: int = 0

    @classmethod
    def of(cls, world: World) -> "Play":
        """Open the show and wire everything, with the auditor on the wires."""
        room = opened(world)
        end = START + int(world.seconds * SECOND)
        shops = [shop for shop, _ in world.shops]
        play = cls(world, room, Market(SHOW, room, shops, world.profile, world.seed, START, end))
        play._watch()
        net = play.market.wires
        for visit in world.visits:
            net.at(START + int(visit.at * SECOND), lambda visit=visit: play.visit(visit))  # type: ignore[misc]
        for at, channel, sku, units in world.hands:
            shop = play.market.platforms[channel]
            net.at(
                START + int(at * SECOND),
                lambda shop=shop, sku=sku, units=units: shop.list_by_hand(sku, units),  # type: ignore[misc]
            )
        return play

    # --- shoppers ---------------------------------------------------------------------------------------------

    def visit(self, visit: Visit) -> SandboxOrder | None:
        """Somebody comes, and perhaps buys."""
        net = self.market.wires
        order = self.market.buy(visit.channel, visit.lines)
        if order is None:
            return None
        self.visited += 1
        for line in visit.lines:
            self.sales.setdefault((visit.channel, line.sku), []).append((net.now, line.quantity))
        if visit.cancels_after is not None:
            sku = visit.lines[0].sku if visit.cancels_units else ""
            when = net.now + int(visit.cancels_after * SECOND)
            net.at(when, lambda: self.market.cancel(visit.channel, order, sku, visit.cancels_units))
        return order

    def restart(self) -> None:
        """Our process dies and another takes over: the room and the platforms stay, calls on their way still arrive."""
        market, net = self.market, self.market.wires
        calls = market.exchange._calls
        adapters = market.inbox.adapters
        market.inbox = net.inbox = Inbox(self.room, adapters)
        market.exchange = Exchange(SHOW, self.room, market.inbox, adapters, Random(calls), net.now, resumed=True)
        market.exchange._calls = calls  # the wires tell calls apart by number
        market.inbox.listener = net.exchange = market.exchange
        net._open.clear()

    # --- the auditor ------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        net = self.market.wires
        send, arrive = net._send, net._arrive

        def sending(call: Call) -> None:
            if call.purpose == "push" and self._is_absolute(call.channel):
                self._note(call)
            send(call)

        chance, held_up = Random(f"{self.world.seed}/late"), set[int]()

        def arriving(call: Call) -> None:
            slow = call.id in self.sent and call.id not in held_up and self.world.late_pushes
            if slow and chance.random() < LATE_SHARE:
                held_up.add(call.id)
                net.at(net.now + int(chance.uniform(1, self.world.late_seconds) * SECOND), lambda: arriving(call))
                return
            if call.id in self.sent and not net.is_out(call.channel):
                self._allow(call, self.sent[call.id])
            arrive(call)

        net._send, net._arrive, net.on_event = sending, arriving, self.audit  # type: ignore[method-assign]

    def _is_absolute(self, channel: str) -> bool:
        return self.market.platforms[channel].account.capability.push == "absolute"

    def _note(self, call: Call) -> None:
        connection, sku = self.market.exchange.connections[call.channel], call.about[0]
        change = connection.listings[sku].change
        assert change is not None
        assert change.push is not None
        ledger = self.room.world[SHOW].ledger
        claim = ledger.claim(sku, f"channel/{call.channel}") + ledger.claim(sku, f"cover/{call.channel}")
        self.sent[call.id] = Sent(
            self.market.wires.now,
            connection.complete_until or 0,
            change.push.quantity,
            claim,
            connection.round_trip(),
            self.market.platforms[call.channel].sold.get(sku, 0),
        )

    def _allow(self, call: Call, sent: Sent) -> None:
        """A push arrives: what was sold and not known when it left, beyond the cover it kept, may be listed again."""
        now, sku = self.market.wires.now, call.about[0]
        unseen = sum(units for at, units in self.sales.get((call.channel, sku), ()) if at > sent.known_until)
        too_many = max(0, unseen - (sent.claim - sent.quantity))
        late = now - sent.at > sent.bound
        self.beyond += late
        self.surprised += bool(too_many) and not late
        self.allowed[self.region(call.channel), sku] += too_many

    def region(self, channel: str) -> str:
        """The region a storefront sells in."""
        return next(region for shop, region in self.world.shops if shop.channel == channel)

    def audit(self) -> None:
        """Count what the platforms sold and list, after everything that happens."""
        for (region, sku), units in self.world.units.items():
            total = -units
            for shop, where in self.world.shops:
                if where == region:
                    platform = self.market.platforms[shop.channel]
                    total += platform.sold.get(sku, 0) + platform.stock.get(sku, 0) - platform.hand_listed.get(sku, 0)
            if total > self.excess[region, sku]:
                self.excess[region, sku] = total
                if total > self.allowed[region, sku]:
                    at = (self.market.wires.now - START) / SECOND
                    self.breaches.append(f"{at:.2f} s: {total} {sku} too many in {region}")

    # --- playing ----------------------------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Play some seconds."""
        with patch.object(wires, "CALL_LATE_MAX", int(self.world.late_seconds * SECOND)):
            self.market.run(self.market.wires.now + int(seconds * SECOND))

    def wind_down(self) -> None:
        """Take everything off the platforms until the ledger knows all that can be known."""
        self.market.exchange.handover.winding_down = True
        for _ in range(WIND_DOWN_SECONDS_MAX):
            self.run(1)
            if not self.stuck() and not self.unknown() - set(self.market.exchange.alarms.told):
                return

    def stuck(self) -> list[str]:
        """What is still under way, announced, or listed although it could be taken down."""
        show = self.room.world[SHOW]
        waiting = [f"{one} is announced" for one in show.announced if one not in self.market.exchange.alarms.told]
        for channel, connection in self.market.exchange.connections.items():
            for sku, listing in connection.listings.items():
                if not listing.idle():
                    waiting.append(f"{channel}: {listing}")
                elif listing.can_lower() and self.market.exchange.handover.claim(connection, sku):
                    waiting.append(f"{channel} still lists {sku}")
        return waiting

    # --- the end ----------------------------------------------------------------------------------------------

    def unknown(self) -> set[tuple[str, str]]:
        """Orders of which the ledger holds another number of units than the platform."""
        mine = self.room.world[SHOW].orders
        wrong: set[tuple[str, str]] = set()
        for channel, platform in self.market.platforms.items():
            for name, order in platform.orders.items():
                known = mine.get((channel, name))
                net = Counter({sku: -units for sku, units in order.cancelled.items()})
                for line in order.lines:
                    net[line.sku] += line.quantity
                held = Counter(dict.fromkeys(net, 0))
                for holding in known.held() if known else ():
                    held[holding.sku] += holding.open
                if held != net:
                    wrong.add((channel, name))
        return wrong

    def invented(self) -> set[tuple[str, str]]:
        """Orders the ledger has and no platform."""
        truth = {(channel, name) for channel, one in self.market.platforms.items() for name in one.orders}
        return set(self.room.world[SHOW].orders) - truth

    def oversold(self) -> int:
        """Units sold beyond those there are, region by region."""
        return sum(
            max(0, sum(self.market.platforms[shop.channel].sold.get(sku, 0) for shop, at in self.world.shops
                       if at == region) - units)
            for (region, sku), units in self.world.units.items()
        )  # fmt: skip

    def by_hand(self) -> int:
        """Units typed into back offices."""
        return sum(sum(platform.hand_listed.values()) for platform in self.market.platforms.values())

    def critical(self) -> set[str]:
        """Alerts that call somebody."""
        told = (event for _, _, event in self.room.events if isinstance(event, e.AlertRaised))
        return {alert.alert for alert in told if alert.severity == "critical"}

    def held(self) -> set[tuple[str, str]]:
        """Orders that wait as dead letters."""
        return {(one.channel, order) for one in self.market.inbox.dead.all_held() for order in one.orders}

    def listings(self) -> int:
        """How many counters there are."""
        return len(self.world.shops) * len(self.world.skus())

    def handed(self) -> int:
        """Events that moved claims between pools and channels, the opening aside."""
        kinds = (e.Exposed, e.Recalled, e.Withheld, e.CoverReleased)
        return sum(isinstance(event, kinds) for _, _, event in self.room.events) - sum(
            map(bool, self.world.listed.values())
        )


def audit_ledger(room: PureRoom, show: str = SHOW) -> Auditor:
    """Follow every event of a show as a stranger would; raises Breach."""
    auditor = Auditor()
    for seq, (name, at, event) in enumerate(room.events, 1):
        if name == show:
            told: dict[str, Any] = json.loads(msgspec.json.encode(event))
            auditor.take(seq, at, e.NAMES[type(event)], told)
    return auditor
