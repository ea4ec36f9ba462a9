"""The naive seller playing a scenario: the same shoppers and platforms as ours, one number broadcast to all of them.

    Scenario, seed -> play_naive -> units sold, oversold and left over; orders that no unit can serve

It plays with a region's whole entitlement and broadcasts it on the region's channels only, so what it oversells is due
to its number being late and to nothing else. How late is the scenario's word: `naive.sync_seconds`. Nobody steers it:
no limits, no coupons, the host keeps to the rundown. The shoppers are those of `Demand` with the same seed, who turn to
the platforms in the same steps as in `play` and see what each platform lists.

Every platform takes an absolute number here, since that is all a broadcaster sends. Oversold units are read from the
platforms' own counters when the show is over. An order is unserved when the units there are, handed out in the order
people bought, do not suffice for all of it: that is the buyer who gets an apology. What can fail: nothing.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import msgspec

from dashboard.channels.adapters import make
from dashboard.channels.sandbox.demand import Answered, Demand, Shelf
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Weather
from dashboard.channels.sandbox.market import Shop, platform_of
from dashboard.channels.sandbox.naive import NaiveSeller
from dashboard.channels.sandbox.platform import Platform, SandboxOrder
from dashboard.channels.sandbox.play import STEP_SECONDS
from dashboard.channels.sandbox.scenario import MINUTE, Broadcaster, Scenario
from dashboard.channels.sandbox.wires import Wires
from dashboard.decision.commands import CancelOrder, Command, PlaceOrder
from dashboard.decision.refusals import Answer, Code

Row = dict[str, Any]
TAIL_SECONDS = 5


def play_naive(
    scenario: Scenario,
    seed: int,
    step_seconds: float = STEP_SECONDS,
    on_step: Callable[[float], None] = lambda share: None,
) -> Row:
    """Play a whole show as the naive seller would; `on_step` hears the share done. Needs a scenario with `naive`."""
    assert scenario.naive is not None
    step = round(step_seconds * SECOND)
    shows = [_Show(scenario, scenario.naive, region.region, seed) for region in scenario.regions]
    for number, show in enumerate(shows):
        while show.at < show.end:
            show.step(min(show.at + step, show.end))
            on_step((number + (show.at - show.start) / (show.end - show.start)) / len(shows))
    rows = [show.result() for show in shows]
    whole: Row = {name: sum(row[name] for row in rows) for name in rows[0]}
    whole["oversold_share"] = round(whole["oversold"] / max(1, whole["sold"]), 4)
    return whole | {"sync_seconds": scenario.naive.sync_seconds, "buffer": scenario.naive.buffer}


class _Show:
    """One region of a scenario in the hands of a broadcaster."""

    def __init__(self, scenario: Scenario, naive: Broadcaster, region: str, seed: int) -> None:
        channels = tuple(channel for channel in scenario.channels if channel.region == region)
        self.scenario = msgspec.structs.replace(scenario, channels=channels)
        self.demand = Demand(self.scenario, seed)
        self.at = self.start = scenario.start()
        self.end = scenario.end()
        self.skus = [sku.sku for sku in scenario.skus]
        self.units = {sku: scenario.entitlement.get(region, {}).get(sku, 0) for sku in self.skus}
        self.prices = {sku.sku: sku.price_minor for sku in scenario.skus}
        profile = PROFILES[scenario.faults]
        self.platforms: dict[str, Platform] = {}
        for channel in channels:
            shop = Shop(channel.channel, channel.platform, "absolute")
            weather = Weather(profile, Random(f"{seed}/{channel.channel}"))
            platform = platform_of(shop, self.skus, scenario.currency, weather)
            platform.stock.update({sku: max(0, units - naive.buffer) for sku, units in self.units.items()})
            self.platforms[channel.channel] = platform
        adapters = {channel: make(one.account, one.secrets) for channel, one in self.platforms.items()}
        chance = Random(f"{seed}/{region}/retries")
        seller = NaiveSeller(adapters, self.units, naive.buffer, naive.sync_seconds, chance, self.start)
        wires_chance = Random(f"{seed}/{region}/wires")
        self.wires = Wires(seller, seller, self.platforms, profile, wires_chance, self.start, self.end)
        self._bought: dict[str, tuple[int, SandboxOrder]] = {}

    def step(self, now: int) -> None:
        """Shoppers order on the platforms; who is turned away tries once more at the end of the step."""
        shelf = self._shelf()
        commands = self.demand.step(self.at, now, shelf)
        while commands:
            answers = [self._shop(command) for command in commands]
            commands = self.demand.settle(commands, answers, shelf)
        self.wires.run(now)
        self.at = now

    def _shelf(self) -> Shelf:
        slot = self.scenario.slot((self.at - self.start) / MINUTE)
        listed = {(sku, name): one.level(sku) for name, one in self.platforms.items() for sku in self.skus}
        return Shelf({}, {}, listed, self.prices, slot.sku if slot else "")

    def _shop(self, command: Command) -> Answered:
        """One order or cancellation on its platform, at its own moment."""
        self.wires.run(command.event_time or self.at)
        now = self.wires.now
        if isinstance(command, CancelOrder):
            self.platforms[command.channel].cancel(self._bought[command.order][1], now)
            self.wires.collect(command.channel)
            return Answer("accepted")
        assert isinstance(command, PlaceOrder)
        platform = self.platforms[command.channel]
        out = self.wires.is_out(command.channel)
        order = None if out else platform.buy(command.lines, now, command.country, self.scenario.currency)
        self.wires.collect(command.channel)
        if order is not None:
            self._bought[command.order] = now, order
            return Answer("accepted")
        level = 0 if out else platform.level(command.lines[0].sku)
        return Answer("refused", None, Code.NOT_ENOUGH_CLAIMS, f"{command.channel} lists {level}.", level)

    def result(self) -> Row:
        """What came of it, in units and orders, once the last message has arrived."""
        self.wires.run(self.end + TAIL_SECONDS * SECOND)
        sold = {sku: sum(one.sold.get(sku, 0) for one in self.platforms.values()) for sku in self.skus}
        orders = [order for _, order in sorted(self._bought.values(), key=lambda entry: entry[0])]
        gone = [sum(order.cancelled.values()) for order in orders]
        return {
            "sold": sum(sold.values()),
            "cancelled": sum(gone),
            "oversold": sum(max(0, sold[sku] - units) for sku, units in self.units.items()),
            "leftover": sum(max(0, units - sold[sku]) for sku, units in self.units.items()),
            "refused": self.demand.refused,
            "lost": sum(self.demand.lost.values()),
            "orders": len(orders),
            "orders_unserved": _unserved(self.units, orders),
        }


def _unserved(units: Mapping[str, int], orders: list[SandboxOrder]) -> int:
    """Orders, oldest first, that what is left of the units does not cover whole."""
    left, count = dict(units), 0
    for order in orders:
        if order.is_cancelled():
            continue
        wanted: dict[str, int] = {}
        for line in order.lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
        if any(left[sku] < number for sku, number in wanted.items()):
            count += 1
            continue
        for sku, number in wanted.items():
            left[sku] -= number
    return count
