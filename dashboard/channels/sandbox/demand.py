"""Simulated shoppers: who arrives when is drawn from the seed alone, what they do depends on the shelf they find.

    Demand(scenario, seed).step(from, to, shelf) -> commands;  settle(commands, answers, shelf) -> second tries

Shoppers are drawn per channel and stretch of ten seconds (a minute where orders are listed seldom), each stretch
from its own seed, before anybody looks at the shelf. So the same people arrive whether rules are off or on, whatever
the step, and from wherever a show is joined: two runs differ by what the system did, not by luck. More people are drawn
than would order unaided; each has a threshold, and only a coupon, a push or a lower price brings in those above it. A
channel with a `crowd` gets exactly so many shoppers over the show, who all order unaided and come when its viewers are
there.

A shopper orders as many units as the limit allows and the shelf shows. Who finds a SKU sold out takes another one or is
lost; who is refused tries once more with the number that would have worked. Nothing here knows the rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Any, Protocol

import msgspec

from dashboard.channels.sandbox.scenario import MINUTE, Scenario, Storefront, Territory
from dashboard.decision.commands import CancelOrder, Command, OrderLine, PlaceOrder

STRETCH_SECONDS = 10
STRETCH_SECONDS_SELDOM = 60
COUPON_PERCENT_MAX = 30
VIEWERS_SECONDS = 30
TRIES_MAX = 3


class Answered(Protocol):
    """What the room says to a command, as far as a shopper cares."""

    @property
    def status(self) -> str:
        """accepted, exists, exists_with_different_body or refused."""

    @property
    def sentence(self) -> str:
        """Why it was refused."""

    @property
    def would_work(self) -> int | None:
        """The number that would have worked."""


class Shelf(msgspec.Struct, frozen=True):
    """What shoppers see: limits, coupons (percent) by (SKU, region), units by (SKU, channel), prices, the pushed."""

    limits: Mapping[tuple[str, str], int]
    coupons: Mapping[tuple[str, str], int]
    left: Mapping[tuple[str, str], int]
    prices: Mapping[str, int]
    on_screen: str = ""
    channel_prices: Mapping[tuple[str, str], int] = {}
    """(SKU, channel) -> its own price there."""
    bundles: Mapping[tuple[str, str], tuple[tuple[str, ...], int]] = {}
    """(SKU, region) -> the SKUs sold together with it, and by how many percent less."""

    def price(self, sku: str, channel: str) -> int:
        """What a SKU costs on a channel."""
        return self.channel_prices.get((sku, channel)) or self.prices.get(sku, 0)


class Shopper(msgspec.Struct, frozen=True):
    """One person on a channel: when, what they came for, how many, how eager, and how they take disappointment."""

    at: int
    order: str
    channel: str
    region: str
    sku: str
    units: int
    threshold: float
    country: str
    switches: bool
    second_choice: float
    cancels: bool
    tries: int = 1


def shelf_of(frame: Mapping[str, Any], listed: Mapping[tuple[str, str], int]) -> Shelf:
    """The shelf as a frame shows it, with what each channel lists of each SKU."""
    return Shelf(
        limits={(row["sku"], row["region"]): row["units_per_order"] for row in frame["limits"]},
        coupons={(row["sku"], row["region"]): row["percent"] for row in frame["coupons"]},
        left=listed,
        prices={row["sku"]: row["price_minor"] for row in frame["skus"]},
        on_screen=next((row["sku"] for row in frame["skus"] if row["on_screen"]), ""),
        channel_prices={(row["sku"], row["channel"]): row["price_minor"] for row in frame["prices"] if row["channel"]},
        bundles={
            (sku, row["region"]): (tuple(row["skus"]), row["percent"])
            for row in frame["bundles"]
            for sku in row["skus"]
        },
    )


class Demand:
    """The shoppers of one show; `lost` counts units that were wanted and not sold, by reason."""

    def __init__(self, scenario: Scenario, seed: int, show: str = "") -> None:
        self.scenario = scenario
        self.seed = seed
        self.show = show or scenario.name
        self.lost = {"sold_out": 0, "limit": 0, "refused": 0}
        self.refused = 0
        self._start = scenario.start()
        self._seconds = STRETCH_SECONDS_SELDOM if scenario.lists_per_minute else STRETCH_SECONDS
        self._width = self._seconds * 1_000_000
        self._regions = {region.region: region for region in scenario.regions}
        self._list_prices = {sku.sku: sku.price_minor for sku in scenario.skus}
        shoppers = scenario.shoppers
        self._lift_max = _coupon_lift(shoppers.coupon_lift, COUPON_PERCENT_MAX) * shoppers.push_lift
        self._pending: dict[str, Shopper] = {}
        self._to_cancel: list[tuple[int, Shopper]] = []
        self._drawn: dict[tuple[str, int], list[Shopper]] = {}
        self._crowds = {channel.channel: self._crowd(channel) for channel in scenario.channels if channel.crowd}

    # --- who arrives ------------------------------------------------------------------------------------------

    def arrivals(self, since: int, until: int) -> list[Shopper]:
        """Everybody who might order from one instant to before another, in order of arrival."""
        until, width = min(until, self.scenario.end()), self._width
        first, last = (since - self._start) // width, (until - 1 - self._start) // width
        found = [
            shopper
            for number in range(max(0, first), last + 1)
            for channel in self.scenario.channels
            for shopper in self._stretch(channel, number)
            if since <= shopper.at < until
        ]
        found.sort(key=lambda shopper: (shopper.at, shopper.order))
        return found

    def _stretch(self, channel: Storefront, number: int) -> list[Shopper]:
        if channel.crowd:
            return self._crowds[channel.channel].get(number, [])
        key = (channel.channel, number)
        if key not in self._drawn:
            if len(self._drawn) > 4 * len(self.scenario.channels):
                self._drawn.clear()
            self._drawn[key] = list(self._draw(channel, number))
        return self._drawn[key]

    def _crowd(self, channel: Storefront) -> dict[int, list[Shopper]]:
        """An exact number of shoppers by stretch, drawn as the channel's viewers come and go."""
        chance = Random(f"{self.seed}/{channel.channel}/crowd")
        region = self._regions[channel.region]
        ends = self.scenario.end() - self._start
        begins = range(0, ends, self._width)
        widths = [min(self._width, ends - begin) for begin in begins]
        middles = [(begin + width / 2) / MINUTE for begin, width in zip(begins, widths, strict=True)]
        weights = [audience(channel, minute) * width + 1e-9 for minute, width in zip(middles, widths, strict=True)]
        numbers = chance.choices(range(len(begins)), weights, k=channel.crowd)
        moments = sorted(begins[number] + chance.randrange(widths[number]) for number in numbers)
        skus, shares = list(region.mix), list(region.mix.values())
        found: dict[int, list[Shopper]] = {}
        for count, moment in enumerate(moments):
            order = f"{channel.channel}-{count:06}"
            (sku,) = chance.choices(skus, shares)
            shopper = self._shopper(chance, region, channel.channel, sku, self._start + moment, order)
            found.setdefault(moment // self._width, []).append(msgspec.structs.replace(shopper, threshold=0.0))
        return found

    def _draw(self, channel: Storefront, number: int) -> Iterator[Shopper]:
        chance = Random(f"{self.seed}/{channel.channel}/{number}")
        region = self._regions[channel.region]
        minute = (number + 0.5) * self._seconds / 60
        count = 0
        for sku, share in region.mix.items():
            rate = self.intensity(channel, sku, share, minute) * self._lift_max * self._seconds / 60
            if rate <= 0:
                continue
            moment = chance.expovariate(rate)
            while moment < 1:
                count += 1
                at = self._start + number * self._width + int(moment * self._width)
                yield self._shopper(
                    chance, region, channel.channel, sku, at, f"{channel.channel}-{number:05}{count:03}"
                )
                moment += chance.expovariate(rate)

    def intensity(self, channel: Storefront, sku: str, share: float, minute: float) -> float:
        """Orders a minute that a channel would place for a SKU, unaided, with a full shelf."""
        mix = self._regions[channel.region].mix
        slot = self.scenario.slot(minute)
        rate = (
            audience(channel, minute) / 1000 * channel.orders_per_mille * channel.conversion * share / sum(mix.values())
        )
        if slot and slot.sku == sku:
            rate *= self.scenario.shoppers.screen_lift
        for spike in self.scenario.spikes:
            meant = spike.region in ("", channel.region) and spike.channel in ("", channel.channel)
            if meant and spike.sku in ("", sku) and spike.start <= minute < spike.end:
                rate *= spike.factor
        return rate

    def _shopper(self, chance: Random, region: Territory, channel: str, sku: str, at: int, order: str) -> Shopper:
        habits = self.scenario.shoppers
        sizes, weights = list(habits.baskets), list(habits.baskets.values())
        countries, shares = list(region.countries), list(region.countries.values())
        return Shopper(
            at=at,
            order=order,
            channel=channel,
            region=region.region,
            sku=sku,
            units=int(chance.choices(sizes, weights)[0]),
            threshold=chance.random() * self._lift_max,
            country=chance.choices(countries, shares)[0],
            switches=chance.random() < habits.switch_share,
            second_choice=chance.random(),
            cancels=chance.random() < habits.cancel_share,
        )

    # --- what they do -----------------------------------------------------------------------------------------

    def step(self, since: int, until: int, shelf: Shelf) -> list[Command]:
        """The orders and cancellations between two instants, given the shelf at the beginning."""
        commands: list[Command] = []
        for shopper in self.arrivals(since, until):
            if shopper.threshold < self._lift(shopper, shelf):
                order = self._order(shopper, shelf)
                if order:
                    commands.append(order)
        due = [entry for entry in self._to_cancel if entry[0] < until]
        self._to_cancel = [entry for entry in self._to_cancel if entry[0] >= until]
        commands += [self._cancel(at, shopper) for at, shopper in due]
        commands.sort(key=lambda command: (command.event_time or 0, command.id))
        return commands

    def settle(self, commands: Sequence[Command], answers: Sequence[Answered], shelf: Shelf) -> list[Command]:
        """Take in the answers to orders; returns what the refused ones try instead."""
        again: list[Command] = []
        for command, answer in zip(commands, answers, strict=True):
            if not isinstance(command, PlaceOrder):
                continue
            shopper = self._pending.pop(command.order)
            if answer.status != "refused":
                if shopper.cancels:
                    self._to_cancel.append((shopper.at + int(self.scenario.shoppers.cancel_minutes * MINUTE), shopper))
                continue
            self.refused += 1
            order = self._second_try(shopper, answer.would_work or 0, command.lines[0].quantity, shelf)
            if order:
                again.append(order)
        return again

    def viewers(self, at: int) -> dict[str, int]:
        """People watching each stream at an instant."""
        minute = (at - self._start) / MINUTE
        counts: dict[str, int] = {}
        for channel in self.scenario.channels:
            if channel.watched:
                wobble = Random(f"{self.seed}/viewers/{channel.channel}/{int(minute * 60 // VIEWERS_SECONDS)}")
                counts[channel.channel] = round(audience(channel, minute) * wobble.uniform(0.98, 1.02))
        return counts

    def interactions(self, at: int) -> dict[str, tuple[int, int]]:
        """Comments and likes a minute on each stream at an instant, and how many are usual for so many viewers."""
        minute = (at - self._start) / MINUTE
        counts: dict[str, tuple[int, int]] = {}
        for channel in self.scenario.channels:
            if channel.watched:
                usual = audience(channel, minute) / 1000 * channel.interactions_per_mille
                factor = 1.0
                for spike in self.scenario.spikes:
                    meant = spike.region in ("", channel.region) and spike.channel in ("", channel.channel)
                    if meant and spike.start <= minute < spike.end:
                        factor *= spike.interaction
                wobble = Random(f"{self.seed}/written/{channel.channel}/{int(minute * 60 // VIEWERS_SECONDS)}")
                counts[channel.channel] = round(usual * factor * wobble.uniform(0.9, 1.1)), round(usual)
        return counts

    def _lift(self, shopper: Shopper, shelf: Shelf) -> float:
        habits = self.scenario.shoppers
        lift = 1.0
        percent = shelf.coupons.get((shopper.sku, shopper.region), 0)
        percent = max(percent, shelf.bundles.get((shopper.sku, shopper.region), ((), 0))[1])
        if percent:
            lift *= _coupon_lift(habits.coupon_lift, percent)
        slot = self.scenario.slot((shopper.at - self._start) / MINUTE)
        if shelf.on_screen == shopper.sku and (slot is None or slot.sku != shopper.sku):
            lift *= habits.push_lift
        price, usual = shelf.price(shopper.sku, shopper.channel), self._list_prices[shopper.sku]
        if price and usual:
            lift *= (usual / price) ** habits.elasticity
        return lift

    def _order(self, shopper: Shopper, shelf: Shelf) -> PlaceOrder | None:
        left = shelf.left.get((shopper.sku, shopper.channel), 0)
        if left <= 0:
            return self._disappointed(shopper, shopper.units, shelf)
        bundle, percent = shelf.bundles.get((shopper.sku, shopper.region), ((), 0))
        wants_all = bundle and shopper.second_choice < self.scenario.shoppers.bundle_share
        if wants_all and all(shelf.left.get((sku, shopper.channel), 0) > 0 for sku in bundle):
            return self._place_lines(shopper, tuple((sku, 1, percent) for sku in bundle), shelf)
        units = min(shopper.units, left)
        limit = shelf.limits.get((shopper.sku, shopper.region), units)
        self.lost["sold_out"] += shopper.units - units
        self.lost["limit"] += max(0, units - limit)
        return self._place(shopper, min(units, limit), shelf)

    def _second_try(self, shopper: Shopper, would_work: int, asked: int, shelf: Shelf) -> PlaceOrder | None:
        if shopper.tries >= TRIES_MAX:
            self.lost["refused"] += asked
            return None
        shopper = msgspec.structs.replace(shopper, tries=shopper.tries + 1)
        if would_work <= 0:
            return self._disappointed(shopper, asked, shelf)
        self.lost["refused"] += asked - would_work
        return self._place(shopper, would_work, shelf)

    def _disappointed(self, shopper: Shopper, units: int, shelf: Shelf) -> PlaceOrder | None:
        """The SKU is gone: another one of the region, or nothing."""
        others = [
            (sku, share)
            for sku, share in self._regions[shopper.region].mix.items()
            if sku != shopper.sku and shelf.left.get((sku, shopper.channel), 0) > 0
        ]
        if not (shopper.switches and others):
            self.lost["sold_out"] += units
            return None
        sku = _pick(others, shopper.second_choice)
        left, limit = shelf.left[(sku, shopper.channel)], shelf.limits.get((sku, shopper.region), units)
        taken = min(units, left, limit)
        self.lost["sold_out"] += units - taken
        return self._place(msgspec.structs.replace(shopper, sku=sku), taken, shelf)

    def _place(self, shopper: Shopper, units: int, shelf: Shelf) -> PlaceOrder:
        return self._place_lines(shopper, ((shopper.sku, units, 0),), shelf)

    def _place_lines(self, shopper: Shopper, wanted: tuple[tuple[str, int, int], ...], shelf: Shelf) -> PlaceOrder:
        """An order of (SKU, units, percent off); a coupon that is deeper counts instead."""
        self._pending[shopper.order] = shopper
        lines: list[OrderLine] = []
        for sku, units, less in wanted:
            price = shelf.price(sku, shopper.channel) or self._list_prices[sku]
            percent = max(less, shelf.coupons.get((sku, shopper.region), 0))
            lines.append(OrderLine(sku, units, round(price * (100 - percent) / 100)))
        return PlaceOrder(
            id=f"{self.show}:order:{shopper.order}:{shopper.tries}",
            show=self.show,
            actor=shopper.channel,
            source=f"/channels/{shopper.channel}",
            event_time=shopper.at,
            channel=shopper.channel,
            order=shopper.order,
            lines=tuple(lines),
            country=shopper.country,
            currency=self.scenario.currency,
        )

    def _cancel(self, at: int, shopper: Shopper) -> CancelOrder:
        return CancelOrder(
            id=f"{self.show}:cancel:{shopper.order}",
            show=self.show,
            actor=shopper.channel,
            source=f"/channels/{shopper.channel}",
            event_time=at,
            reason="buyer changed their mind",
            order=shopper.order,
            channel=shopper.channel,
        )


def audience(channel: Storefront, minute: float) -> float:
    """People on a channel at a minute, on straight lines between the scenario's points; nobody before the first."""
    points = channel.viewers
    if minute < points[0][0]:
        return 0.0
    for (since, before), (until, after) in pairwise(points):
        if minute < until:
            return before + (after - before) * (minute - since) / (until - since)
    return float(points[-1][1])


def _pick(shares: Sequence[tuple[str, float]], point: float) -> str:
    """The name whose share a point between 0 and 1 falls into."""
    reached = 0.0
    whole = sum(share for _, share in shares)
    for name, share in shares:
        reached += share
        if point * whole < reached:
            return name
    return shares[-1][0]


def _coupon_lift(lift_at_ten_percent: float, percent: int) -> float:
    return 1 + (lift_at_ten_percent - 1) * min(percent, COUPON_PERCENT_MAX) / 10
