"""Policies that bind late: regional pools and one flexible pool, bid prices every minute, shared or proof listings.

shared   every listing shows its region's pool and, where its margin beats the bid, the flexible pool; a sale reaches
         the other listings one sync delay later; where that could sell a unit twice, listings are split
proof    what the channels list never adds up to more than there is; listings are split anew after every sale, taken
         down one sync delay later and put up elsewhere after another; the last channel of each region is our own
         shop, whose orders we decide ourselves from what is not listed
"""

import heapq
from collections import deque

import numpy as np

from dashboard.allocation.overlap import RISK_MAX, fair_parts, risk
from dashboard.allocation.program import Program
from dashboard.allocation.segments import Law
from dashboard.allocation.solving import Seen, shock
from tests.benchmarks.allocation_demand import Demand
from tests.benchmarks.allocation_handed import layout_of, numbers_of
from tests.benchmarks.allocation_play import Ledger
from tests.benchmarks.allocation_trade import MOVE_SECONDS, Trade
from tests.simulated.show import Floats

SOON_SECONDS = 360.0
MOVE_UNITS_MIN = 1


class Bound(Ledger):
    """What both modes have in common: pools, bids and moves between regions."""

    def __init__(self, demand: Demand) -> None:
        super().__init__()
        self.demand = demand

    def begin(self, trade: Trade) -> None:
        """Firm units lie in their region's pool."""
        size = trade.show.size
        self.trade, self.channels, self.regions = trade, size.channels, size.regions
        self.ends = size.minutes * 60.0
        self.pool: list[list[int]] = trade.show.firm.sum(axis=2).tolist()
        self.flexible: list[int] = trade.show.flexible.tolist()
        self.coming: list[tuple[float, int, int, int]] = []
        self.demand.begin(trade)
        self.program = Program(layout_of(trade))
        self.saved = (trade.margin + trade.leftover_flexible[:, None]).tolist()
        self.nodes = size.regions * size.channels
        self.allowed = [[True] * self.nodes for _ in range(size.skus)]
        self.rates = [[0.0] * self.nodes for _ in range(size.skus)]
        self.lot = [1.0] * size.skus
        self.shape = 8.0

    def law(self, at: float) -> Law:
        """What is known of demand now."""
        return self.demand.law(at)

    def minute(self, at: float) -> None:
        """Solve anew: bids, and small moves that are needed soon."""
        while self.coming and self.coming[0][0] <= at:
            _, sku, region, units = heapq.heappop(self.coming)
            self.pool[sku][region] += units
            self.arrived(sku, region)
        law = self.law(at)
        pool = np.array(self.pool, dtype=float)
        for _, sku, region, units in self.coming:
            pool[sku, region] += units
        numbers = numbers_of(self.trade, law, np.zeros(law.mean.size), pool, np.array(self.flexible, dtype=float))
        found = self.program.solve(numbers)
        saved = np.array(self.saved)
        self.allowed = (saved >= found.bid[:, None] - 1e-6).tolist()
        left = max(1.0, self.ends - at)
        mean = law.mean.reshape(saved.shape)
        self.mean = mean
        self.rates = (mean / left).tolist()
        self.lot = law.lot.reshape(saved.shape)[:, 0].tolist()
        self.based_on = self.now(at)
        self._moves(at, found.moves, mean, pool, left)

    def _moves(self, at: float, moves: Floats, mean: Floats, pool: Floats, left: float) -> None:
        soon = mean.reshape(len(mean), self.regions, -1).sum(axis=2) * min(1.0, SOON_SECONDS / left)
        for sku, one, other in zip(*np.nonzero(moves >= 1.0), strict=True):
            need = soon[sku, other] - pool[sku, other] - self.flexible[sku]
            units = int(min(moves[sku, one, other], need, self.free(sku, one)))
            if units >= MOVE_UNITS_MIN and left > MOVE_SECONDS:
                self.pool[sku][one] -= units
                pool[sku, one] -= units
                pool[sku, other] += units
                heapq.heappush(self.coming, (at + MOVE_SECONDS, int(sku), int(other), units))
                self.moved += units
                self.move_cost += units * float(self.trade.move[sku, one, other])

    def free(self, sku: int, region: int) -> int:
        """Units of a region that can be taken away at once."""
        return self.pool[sku][region]

    def arrived(self, sku: int, region: int) -> None:
        """Units came to a region."""

    def now(self, at: float) -> Seen:
        """What a solve at this moment is based on."""
        wanted = self.mean.reshape(len(self.mean), self.regions, -1).sum(axis=2)
        return Seen(at, np.array(self.flexible, dtype=float), np.array(self.pool, dtype=float), wanted)

    def bin_ended(self, number: int) -> None:
        """The forecaster learns who could sell; a shock has the program solved before its minute."""
        found = np.array(
            [[self.open_share(sku, region) for region in range(self.regions)] for sku in range(len(self.pool))]
        )
        self.demand.step(number, found)
        at = (number + 1) * float(self.trade.show.size.bin_seconds)
        if at < self.ends and at % 60 and shock(self.based_on, self.now(at)):
            self.minute(at)

    def open_share(self, sku: int, region: int) -> float:
        """The share of a region's channels that can sell now."""
        if self.pool[sku][region] > 0:
            return 1.0
        if not self.flexible[sku]:
            return 0.0
        there = self.allowed[sku][region * self.channels : (region + 1) * self.channels]
        return sum(there) / self.channels

    def rest(self) -> tuple[Floats, Floats]:
        """What is left."""
        found = np.array(self.pool, dtype=float).sum(axis=1)
        for _, sku, _, units in self.coming:
            found[sku] += units
        return found, np.array(self.flexible, dtype=float)

    def take(self, sku: int, spot: int, units: int) -> int:
        """Draw an order from its region's pool, then from the flexible one; units there were."""
        region = spot // self.channels
        first = min(units, self.pool[sku][region])
        second = min(units - first, self.flexible[sku]) if self.allowed[sku][spot] else 0
        self.pool[sku][region] -= first
        self.flexible[sku] -= second
        if first + second:
            self.demand.sold(sku, spot, first + second)
        return first + second


class Shared(Bound):
    """Listings overlap while that is safe."""

    def __init__(self, demand: Demand, sync_seconds: float = 1.0) -> None:
        super().__init__(demand)
        self.sync = sync_seconds
        self.name = f"ours, shared, sync {sync_seconds:g} s" + ("" if demand.name == "forecast" else f", {demand.name}")

    def begin(self, trade: Trade) -> None:
        """Nothing was sold lately."""
        super().begin(trade)
        self.recent: list[deque[tuple[float, int, int, int]]] = [deque() for _ in self.pool]
        self.split = [False] * len(self.pool)

    def order(self, at: float, sku: int, spot: int, units: int) -> int:
        """Accept it if its listing shows enough; what others sold within the sync delay is still shown."""
        region = spot // self.channels
        flexible = self.flexible[sku] if self.allowed[sku][spot] else 0
        there = self.pool[sku][region] + flexible
        recent = self.recent[sku]
        while recent and recent[0][0] < at - self.sync:
            recent.popleft()
        if there <= 0 and not recent:
            return 0
        if self.is_split(sku, region, there):
            if units > there or not self.holds(sku, spot, units):
                return 0
        else:
            shown = there
            for _, other, first, second in recent:
                if other != spot:
                    shown += first * (other // self.channels == region) + second * self.allowed[sku][spot]
            if units > shown:
                return 0
            self.oversold += max(0, units - there)
        before = self.flexible[sku]
        served = self.take(sku, spot, min(units, there))
        drawn = before - self.flexible[sku]
        recent.append((at, spot, served - drawn, drawn))
        return served

    def is_split(self, sku: int, region: int, there: int) -> bool:
        """Whether listings of a region must not overlap any more."""
        rates, lot = self.rates[sku], self.lot[sku]
        if there > 40 * lot + 12 * sum(rates) * self.sync:
            return False
        claims = list(rates[region * self.channels : (region + 1) * self.channels])
        for other in range(self.regions):
            if other != region and self.pool[sku][other] <= 8 * lot:
                claims += rates[other * self.channels : (other + 1) * self.channels]
        return risk(there, [2 * rate for rate in claims], self.sync, lot, self.shape) >= RISK_MAX

    def holds(self, sku: int, spot: int, units: int) -> bool:
        """Whether a listing holds that much of what is split."""
        region = spot // self.channels
        there = slice(region * self.channels, (region + 1) * self.channels)
        own = fair_parts(self.pool[sku][region], self.rates[sku][there], self.lot[sku])[spot % self.channels]
        if own >= units or not self.allowed[sku][spot]:
            return bool(own >= units)
        weights = [rate * fits for rate, fits in zip(self.rates[sku], self.allowed[sku], strict=True)]
        return bool(own + fair_parts(self.flexible[sku], weights, self.lot[sku])[spot] >= units)
