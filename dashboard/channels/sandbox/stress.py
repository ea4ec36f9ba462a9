"""The stress test: a show at full tilt on pretended platforms, and what came of it against their ground truth.

    Trial (who sells what, how many orders, which faults, which seed) -> open_show -> Rush -> report

A trial is a small world of its own: storefronts of every platform in three regions, each with a share of the crowd,
and as many units as the orders nearly take, so that the end of the stock is part of the test. Shoppers see what the
platform lists and buy or turn away; some cancel; hands list a few units more in a platform's back office. `Rush` plays
it on the virtual wires of a `Market`, hundreds of orders a second; the same trial runs over real HTTP elsewhere.

The verdict compares what platforms sold with the units there are. Shared listings may sell a few twice; then each such
order has raised an alarm. `withheld` is what lay unsold and unlisted, `stranded` what shoppers were refused while their
region had it unsold; `lag_ms` how long an order took from the platform's counter to the ledger, by the clock of the one
who knows both.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from dashboard.channels.adapter import Heard, OrderHeard
from dashboard.channels.connection import quantile
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile
from dashboard.channels.sandbox.market import Market, Shop, ShowRoom
from dashboard.channels.sandbox.platform import Platform
from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer
from dashboard.decision.world import Channel, Lane, Location, OrderLine, PlanLine, Region, Sku

Row = dict[str, Any]
SAMPLES = 240
LOTS = (1, 1, 1, 1, 2, 2, 3)
"""Units people order, each as likely as the next."""
PRICE_MINOR = 4900
LISTED_SHARE = 0.8
"""Of the units, how much is listed before the first shopper comes."""


class StressProblem(Exception):
    """The room under test could not be run; the message is one sentence."""


@dataclass(frozen=True)
class Stall:
    """A storefront of a trial: its shop, the region it sells in, and its weight in the crowd."""

    shop: Shop
    region: str
    weight: float


STALLS: tuple[Stall, ...] = (
    Stall(Shop("tiktok-us", "tiktok_shop"), "US", 3.0),
    Stall(Shop("amazon-us", "amazon"), "US", 1.5),
    Stall(Shop("shopify-us", "shopify"), "US", 1.0),
    Stall(Shop("youtube-us", "youtube", "delta"), "US", 1.5),
    Stall(Shop("tiktok-eu", "tiktok_shop"), "EU", 2.0),
    Stall(Shop("woocommerce-eu", "woocommerce"), "EU", 0.8),
    Stall(Shop("instagram-eu", "instagram"), "EU", 1.2),
    Stall(Shop("shopee-my", "shopee", "raise_only"), "SEA", 1.5),
    Stall(Shop("own-sea", "generic"), "SEA", 0.7),
)
"""Storefronts of every platform and every way to write stock."""


@dataclass(frozen=True)
class Trial:
    """One stress test: `orders` people come over `seconds`, to buy `skus` of which there are units for nearly all."""

    orders: int = 2000
    seconds: float = 600.0
    profile: Profile = PROFILES["none"]
    seed: int = 1
    stalls: tuple[Stall, ...] = STALLS
    skus: tuple[str, ...] = ("HALO-ROSE", "PULSE-BLACK", "TEMPO-CLIP")
    supply: float = 0.9
    """Units there are for each unit that people want."""
    show: str = "stress"
    listing: str = "proof"
    """How every SKU is listed: proof or shared."""

    def units(self) -> dict[tuple[str, str], int]:
        """Units by (region, SKU): the crowd's share, so that some run out and some are left."""
        wanted = self.orders * sum(LOTS) / len(LOTS) * self.supply
        whole = sum(stall.weight for stall in self.stalls)
        shares: dict[str, float] = {}
        for stall in self.stalls:
            shares[stall.region] = shares.get(stall.region, 0.0) + stall.weight / whole
        return {
            (region, sku): max(1, math.ceil(wanted * share / len(self.skus)))
            for region, share in shares.items()
            for sku in self.skus
        }


def open_show(room: ShowRoom, trial: Trial, now: int) -> None:
    """Put a trial's world into a room: goods in one building a region, listed on its channels by their weight."""
    units = trial.units()
    regions = list(dict.fromkeys(stall.region for stall in trial.stalls))
    mine = {region: [stall for stall in trial.stalls if stall.region == region] for region in regions}
    common: dict[str, Any] = {"show": trial.show, "actor": "stress", "source": "/stress"}
    plan = [
        PlanLine(sku, region, round(units[region, sku] * stall.weight / _weight(mine[region])), stall.shop.channel)
        for region in regions
        for stall in mine[region]
        for sku in trial.skus
    ]
    commands: list[c.Command] = [
        c.OpenShow(
            id=f"{trial.show}/open",
            title="Stress test",
            starts_at=now,
            ends_at=now + int(trial.seconds * SECOND),
            skus=tuple(Sku(sku, sku.title(), price_minor=PRICE_MINOR) for sku in trial.skus),
            locations=tuple(Location(f"{region} warehouse", region, "forward") for region in regions),
            regions=tuple(Region(region, region) for region in regions),
            lanes=tuple(Lane(f"{region} warehouse", region) for region in regions),
            channels=tuple(
                Channel(stall.shop.channel, stall.shop.platform, stall.region, name=stall.shop.channel)
                for stall in trial.stalls
            ),
            plan=tuple(plan),
            origin="stress",
            **common,
        )
    ]
    for (region, sku), count in units.items():
        receipt = f"{trial.show}/goods/{region}/{sku}"
        pool = f"region/{region}"
        commands.append(
            c.ReceiveGoods(id=receipt, location=f"{region} warehouse", sku=sku, quantity=count, pool=pool, **common)
        )
    for line in plan:
        listed = int(line.units * LISTED_SHARE)
        if listed:
            commands.append(
                c.Expose(
                    id=f"{trial.show}/list/{line.channel}/{line.sku}",
                    channel=line.channel,
                    sku=line.sku,
                    quantity=listed,
                    **common,
                )
            )
    if trial.listing != "proof":
        commands += [
            c.SetListingMode(id=f"{trial.show}/mode/{sku}", sku=sku, mode=trial.listing, **common) for sku in trial.skus
        ]
    for answer in room.handle(commands, now):
        assert answer.status in ("accepted", "exists"), answer.sentence


def _weight(stalls: Sequence[Stall]) -> float:
    return sum(stall.weight for stall in stalls)


@dataclass(frozen=True)
class Visit:
    """One shopper: when (seconds after the start), where, what, and after how many seconds they cancel, if at all."""

    at: float
    channel: str
    lines: tuple[OrderLine, ...]
    cancels_after: float | None


def crowd(trial: Trial) -> list[Visit]:
    """Everybody who comes, in order: the same for every seller, whatever happens."""
    chance = Random(f"{trial.seed}/crowd")
    weights = [stall.weight * chance.uniform(0.5, 1.5) for stall in trial.stalls]
    visits: list[Visit] = []
    for _ in range(trial.orders):
        stall = chance.choices(trial.stalls, weights)[0]
        sku, units = chance.choice(trial.skus), chance.choice(LOTS)
        cancels = chance.random() < trial.profile.cancelling
        after = chance.uniform(1, trial.seconds / 4) if cancels else None
        at = trial.seconds * chance.betavariate(1.2, 1.2)
        visits.append(Visit(at, stall.shop.channel, (OrderLine(sku, units, PRICE_MINOR),), after))
    visits.sort(key=lambda visit: visit.at)
    return visits


def hands(trial: Trial) -> list[tuple[float, str, str, int]]:
    """Who types how many units of what into which back office, and when."""
    chance = Random(f"{trial.seed}/hands")
    profile = trial.profile
    return [
        (
            chance.uniform(0, trial.seconds),
            chance.choice(trial.stalls).shop.channel,
            chance.choice(trial.skus),
            profile.hand_units,
        )
        for _ in range(profile.hands)
    ]


@dataclass
class Tally:
    """What happened on the platforms, as those see it who know everything."""

    turned_away: int = 0
    stranded: int = 0
    """Units that people asked for in vain on one channel while their region had as many unsold."""
    cancelled: int = 0
    lags: list[int] = field(default_factory=list)
    samples: list[tuple[float, int, int, int]] = field(default_factory=list)
    """(seconds, units unsold, units listed, units that nobody lists)."""


class Rush:
    """A trial on virtual wires."""

    def __init__(self, trial: Trial, room: ShowRoom, now: int) -> None:
        self.trial, self.room, self.start = trial, room, now
        self.end = now + int(trial.seconds * SECOND)
        open_show(room, trial, now)
        shops = [stall.shop for stall in trial.stalls]
        self.market = Market(trial.show, room, shops, trial.profile, trial.seed, now, self.end)
        self.market.told_is_known = trial.listing == "shared"
        self.market.inbox.listener = self
        self.tally = Tally()
        self._schedule()

    def _schedule(self) -> None:
        wires = self.market.wires
        for visit in crowd(self.trial):
            wires.at(self.start + int(visit.at * SECOND), lambda visit=visit: self._visit(visit))  # type: ignore[misc]
        for at, channel, sku, units in hands(self.trial):
            platform = self.market.platforms[channel]
            wires.at(
                self.start + int(at * SECOND),
                lambda platform=platform, sku=sku, units=units: platform.list_by_hand(sku, units),  # type: ignore[misc]
            )

    def _visit(self, visit: Visit) -> None:
        order = self.market.buy(visit.channel, visit.lines)
        if order is None:
            self.tally.turned_away += 1
            self.tally.stranded += stranded_units(self.trial, self.market.platforms, visit)
        elif visit.cancels_after is not None:
            when = self.market.wires.now + int(visit.cancels_after * SECOND)
            self.market.wires.at(when, lambda: self._cancel(visit.channel, order))

    def _cancel(self, channel: str, order: Any) -> None:
        units = sum(line.quantity for line in order.lines)
        self.tally.cancelled += units if self.market.cancel(channel, order) else 0

    def heard(self, channel: str, heard: Heard, answers: Sequence[Answer], at: int) -> None:
        """Measure how long a new order took, and pass it on to the exchange."""
        if isinstance(heard, OrderHeard) and answers and answers[0].status == "accepted":
            platform = self.market.platforms[channel]
            self.tally.lags.append(at - (platform.orders[heard.order].created_at - platform.skew))
        self.market.exchange.heard(channel, heard, answers, at)

    def play(self, progress: Callable[[float], None] | None = None) -> Row:
        """Play the trial to its end, let the news arrive, and report."""
        step = max(SECOND // 10, (self.end - self.start) // SAMPLES)
        while self.market.wires.now < self.end:
            self.market.run(min(self.end, self.market.wires.now + step))
            self.tally.samples.append(self._sample())
            if progress:
                progress((self.market.wires.now - self.start) / (self.end - self.start))
        exchange = self.market.exchange
        events = exchange.handover.events
        unsold = sum(units - self.market.sold(sku) for sku, units in self.market.units.items())
        self.market.wind_down()
        return report(
            self.trial,
            self.market.platforms,
            self.market.units,
            self.tally,
            {
                "exposure_events": events,
                "leftover": unsold,
                "uncovered": len(exchange.alarms.told),
                "late_pushes": exchange.late_pushes,
                "accounted": self.market.is_quiet(),
            },
        )

    def _sample(self) -> tuple[float, int, int, int]:
        market = self.market
        unsold = sum(units - market.sold(sku) for sku, units in market.units.items())
        listed = sum(market.listed(sku) for sku in market.skus)
        return (market.wires.now - self.start) / SECOND, unsold, listed, max(0, unsold - listed)


def stranded_units(trial: Trial, platforms: Mapping[str, Platform], visit: Visit) -> int:
    """Units a shopper was refused though the region had them unsold, on other listings or on none."""
    region = next(stall.region for stall in trial.stalls if stall.shop.channel == visit.channel)
    units, total = trial.units(), 0
    for line in visit.lines:
        mine = (platforms[stall.shop.channel] for stall in trial.stalls if stall.region == region)
        sold = sum(platform.sold.get(line.sku, 0) for platform in mine)
        total += line.quantity if units[region, line.sku] - sold >= line.quantity else 0
    return total


def report(
    trial: Trial, platforms: Mapping[str, Platform], units: Mapping[str, int], tally: Tally, ours: Mapping[str, Any]
) -> Row:
    """What a trial came to, in plain numbers; `ours` is what our side says of itself."""
    sold = {sku: sum(platform.sold.get(sku, 0) for platform in platforms.values()) for sku in units}
    oversold = sum(max(0, count - units[sku]) for sku, count in sold.items())
    by_hand = sum(sum(platform.hand_listed.values()) for platform in platforms.values())
    withheld = [sample[3] for sample in tally.samples]
    calls = {
        channel: {
            "most_in_a_minute": platform.calls_in_a_minute_max["stock"],
            "limit": platform.account.capability.calls_per_minute,
            "fetches_most": platform.calls_in_a_minute_max["orders"],
            "fetches_limit": platform.account.capability.fetches_per_minute,
        }
        for channel, platform in platforms.items()
    }
    within = all(
        one["most_in_a_minute"] <= one["limit"] and one["fetches_most"] <= one["fetches_limit"]
        for one in calls.values()
    )
    orders = sum(len(platform.orders) for platform in platforms.values())
    may_oversell = trial.listing == "shared" and bool(ours.get("uncovered"))
    return {
        "faults": trial.profile.name,
        "seed": trial.seed,
        "listing": trial.listing,
        "orders": orders,
        "units": sum(units.values()),
        "sold": sum(sold.values()),
        "cancelled": tally.cancelled,
        "oversold": oversold,
        "refused": tally.turned_away,
        "listed_by_hand": by_hand,
        "stranded": tally.stranded,
        "value_minor": PRICE_MINOR * sum(sold.values()),
        "withheld": round(sum(withheld) / len(withheld), 1) if withheld else 0.0,
        "lag_ms": {
            f"p{round(share * 100)}": round(quantile(tally.lags, share) / 1000, 1) for share in (0.5, 0.95, 0.99)
        },
        "calls": calls,
        "within_limits": within,
        "samples": [list(sample) for sample in tally.samples],
        **ours,
        "ok": (oversold == 0 or may_oversell) and within and bool(ours.get("accounted", True)),
    }
