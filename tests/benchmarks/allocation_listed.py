"""Proof listings as a policy: what the channels list never adds up to more than there is.

A marketplace sells what it lists, from its region's pool and the flexible one; both parts are set aside for it. After
every sale the split is looked at anew: listings that hold too much are lowered, which arrives one sync delay later, and
what came back is listed elsewhere after another. The last channel of each region is our own shop: we decide its orders
ourselves, from whatever is not listed at that moment.
"""

import math

from dashboard.allocation.overlap import AMPLE_LOTS, fair_parts
from tests.benchmarks.allocation_bound import Bound
from tests.benchmarks.allocation_demand import Demand
from tests.benchmarks.allocation_trade import Trade

PACE_SECONDS = 180.0
COVER_SECONDS = 600.0
CHANGE_SHARE = 0.1


class Proof(Bound):
    """Listings are split over the marketplaces and never overlap; bids and moves as in every mode."""

    def __init__(self, demand: Demand, sync_seconds: float = 1.0) -> None:
        super().__init__(demand)
        self.sync = sync_seconds
        self.name = f"ours, proof, sync {sync_seconds:g} s"

    def begin(self, trade: Trade) -> None:
        """List the opening stock."""
        super().begin(trade)
        skus = range(len(self.pool))
        self.listed = [[0] * self.nodes for _ in skus]  # of the region's pool
        self.lent = [[0] * self.nodes for _ in skus]  # of the flexible pool
        self.changes: list[list[tuple[float, int, int, int]]] = [[] for _ in skus]
        self.pace = [[0.0] * self.nodes for _ in skus]
        self.paced_at = [0.0] * len(self.pool)
        self.own = [spot % self.channels == self.channels - 1 for spot in range(self.nodes)]

    def minute(self, at: float) -> None:
        """Solve, then split every SKU anew."""
        for sku in range(len(self.pool)):
            self.settle(sku, at)
        super().minute(at)
        for sku in range(len(self.pool)):
            self.split(sku, at)

    def unlisted(self, sku: int, region: int) -> int:
        """Units of a region's pool that nobody lists."""
        there = slice(region * self.channels, (region + 1) * self.channels)
        return self.pool[sku][region] - sum(self.listed[sku][there])

    def free(self, sku: int, region: int) -> int:
        """Only what is not listed can be taken away at once."""
        return self.unlisted(sku, region)

    def open_share(self, sku: int, region: int) -> float:
        """The share of a region's channels that list anything."""
        there = range(region * self.channels, (region + 1) * self.channels)
        return sum(self.shown(sku, spot) > 0 for spot in there) / self.channels

    def shown(self, sku: int, spot: int) -> int:
        """Units that a channel can sell now."""
        if not self.own[spot]:
            return self.listed[sku][spot] + self.lent[sku][spot]
        flexible = self.flexible[sku] - sum(self.lent[sku]) if self.allowed[sku][spot] else 0
        return self.unlisted(sku, spot // self.channels) + flexible

    def order(self, at: float, sku: int, spot: int, units: int) -> int:
        """A marketplace sells what it lists, our own shop what nobody lists."""
        if self.changes[sku]:
            self.settle(sku, at)
        served = 0
        if units <= self.shown(sku, spot):
            region = spot // self.channels
            mine = self.listed[sku][spot] if not self.own[spot] else self.unlisted(sku, region)
            first = min(units, mine)
            self.pool[sku][region] -= first
            self.flexible[sku] -= units - first
            if not self.own[spot]:
                self.listed[sku][spot] -= first
                self.lent[sku][spot] -= units - first
            self.demand.sold(sku, spot, units)
            served = units
        self.note(sku, spot, units, at)
        if not self.changes[sku]:
            self.split(sku, at)
        return served

    def note(self, sku: int, spot: int, units: int, at: float) -> None:
        """Follow how fast each listing sells; a refused order is seen by the platform's counter too."""
        keep = math.exp(-(at - self.paced_at[sku]) / PACE_SECONDS)
        self.pace[sku] = [keep * one for one in self.pace[sku]]
        self.pace[sku][spot] += units / PACE_SECONDS
        self.paced_at[sku] = at

    def split(self, sku: int, at: float) -> None:
        """Compare what is listed with what should be, and begin the changes that matter."""
        if self.changes[sku]:
            return
        one_order = self.lot[sku] / PACE_SECONDS  # says nothing yet
        weights = [max(0.0, one - one_order) + rate for one, rate in zip(self.pace[sku], self.rates[sku], strict=True)]
        wants = [0] * self.nodes
        spare = [0.0] * self.nodes
        for region in range(self.regions):
            there = slice(region * self.channels, (region + 1) * self.channels)
            units, rates = self.pool[sku][region], weights[there]
            if units:
                wants[there] = parts_of(units, rates, self.lot[sku])
            cover = units / max(1e-9, sum(rates))
            for spot in range(there.start, there.stop):
                spare[spot] = weights[spot] * self.allowed[sku][spot] / (1 + cover / COVER_SECONDS)
        lends = parts_of(self.flexible[sku], spare, self.lot[sku])
        steps = [
            (spot, wants[spot] - self.listed[sku][spot], lends[spot] - self.lent[sku][spot])
            for spot in range(self.nodes)
            if not self.own[spot]
        ]
        total = self.flexible[sku] + sum(self.pool[sku])
        if sum(abs(one) + abs(other) for _, one, other in steps) < max(1.0, CHANGE_SHARE * total):
            return
        for spot, one, other in steps:
            if one < 0 or other < 0:
                self.changes[sku].append((at + self.sync, spot, min(0, one), min(0, other)))
        raised = at + self.sync * (2 if self.changes[sku] else 1)
        for spot, one, other in steps:
            if one > 0 or other > 0:
                self.changes[sku].append((raised, spot, max(0, one), max(0, other)))

    def settle(self, sku: int, at: float) -> None:
        """Carry out the changes that have arrived: what was sold meanwhile does not come back."""
        rest = [change for change in self.changes[sku] if change[0] > at]
        for _, spot, one, other in [change for change in self.changes[sku] if change[0] <= at]:
            region = spot // self.channels
            if one < 0:
                self.listed[sku][spot] -= min(-one, self.listed[sku][spot])
            elif one > 0:
                self.listed[sku][spot] += max(0, min(one, self.unlisted(sku, region)))
            if other < 0:
                self.lent[sku][spot] -= min(-other, self.lent[sku][spot])
            elif other > 0:
                self.lent[sku][spot] += max(0, min(other, self.flexible[sku] - sum(self.lent[sku])))
        self.changes[sku] = rest


def parts_of(units: int, weights: list[float], lot: float) -> list[int]:
    """The product's split; while stock is ample without arrays, which are slow for a dozen numbers."""
    if units <= 0:
        return [0] * len(weights)
    if units < AMPLE_LOTS * lot * len(weights):
        found: list[int] = fair_parts(units, weights, lot).tolist()
        return found
    whole = sum(weights) or 1.0
    exact = [units * weight / whole for weight in weights]
    parts = [int(part + 1e-9) for part in exact]
    for place in sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])[: units - sum(parts)]:
        parts[place] += 1
    return parts
