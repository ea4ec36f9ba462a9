"""Policies that hand stock out: once, by the seller's rule, by recent rates, or as the textbook's linear program says."""

import heapq

import numpy as np

from dashboard.allocation.overlap import whole_parts
from dashboard.allocation.program import PENALTY, Layout, Numbers, Program
from dashboard.allocation.segments import Law
from tests.benchmarks.allocation_demand import Demand
from tests.benchmarks.allocation_play import Ledger
from tests.benchmarks.allocation_trade import MOVE_SECONDS, RELEASE_SECONDS, Trade
from tests.simulated.show import Floats, Ints, apportioned


def layout_of(trade: Trade) -> Layout:
    """Every SKU on every channel of every region."""
    size = trade.show.size
    nodes = size.regions * size.channels
    region = np.tile(np.arange(size.regions).repeat(size.channels), size.skus)
    return Layout(size.skus, size.regions, np.arange(size.skus).repeat(nodes), region)


def numbers_of(trade: Trade, law: Law, stock: Floats, pool: Floats, flexible: Floats) -> Numbers:
    """A show's money with the stock of the moment."""
    size = trade.show.size
    return Numbers(
        law=law,
        stock=stock.reshape(-1),
        pool=pool,
        flexible=flexible,
        margin=trade.margin.reshape(-1),
        release=np.zeros(trade.margin.size),
        move=trade.move,
        leftover=np.repeat(trade.leftover[:, None], size.regions, axis=1),
        leftover_flexible=trade.leftover_flexible,
    )


class Handed(Ledger):
    """Each node sells its own stock, and only that; what is on its way arrives later."""

    name = "static split"

    def begin(self, trade: Trade) -> None:
        """Everything is handed out as planned."""
        self.trade = trade
        self.own = trade.firm().copy()
        self.flexible = trade.show.flexible.astype(np.int64).copy()
        self.coming: list[tuple[float, int, int, int]] = []
        self.nodes = self.own.shape[1]
        self.hand_out_at_first()

    def hand_out_at_first(self) -> None:
        """The static split gives every flexible unit away before the show."""
        self.own += apportioned(self.flexible, self.trade.show.plan).reshape(self.own.shape)
        self.flexible[:] = 0

    def send(self, at: float, sku: int, spot: int, units: int) -> None:
        """Units are on their way to a node until `at`."""
        if units > 0:
            heapq.heappush(self.coming, (at, sku, spot, units))

    def arrive(self, at: float) -> None:
        """Take in what has arrived."""
        while self.coming and self.coming[0][0] <= at:
            _, sku, spot, units = heapq.heappop(self.coming)
            self.own[sku, spot] += units

    def on_the_way(self) -> Ints:
        """Units that have not arrived [sku, node]."""
        found = np.zeros_like(self.own)
        for _, sku, spot, units in self.coming:
            found[sku, spot] += units
        return found

    def minute(self, at: float) -> None:
        """Nothing changes."""

    def bin_ended(self, number: int) -> None:
        """Nothing is learned."""

    def order(self, at: float, sku: int, spot: int, units: int) -> int:
        """Serve it from the node's own stock."""
        if self.coming and self.coming[0][0] <= at:
            self.arrive(at)
        if self.own[sku, spot] < units:
            return 0
        self.own[sku, spot] -= units
        return units

    def rest(self) -> tuple[Floats, Floats]:
        """What is left, and what never arrived."""
        return (self.own + self.on_the_way()).sum(axis=1).astype(float), self.flexible.astype(float)


class Seller(Handed):
    """A node that has sold 85 % gets 200 units of the flexible pool, or a tenth of the SKU."""

    def __init__(self, share: float | None = None) -> None:
        super().__init__()
        self.share = share
        self.name = "seller: 85 % -> " + ("200" if share is None else f"{share:.0%} of the SKU")

    def hand_out_at_first(self) -> None:
        """The flexible pool waits."""
        self.given = self.own.copy()
        total = self.own.sum(axis=1) + self.flexible
        self.lot = np.full(len(total), 200) if self.share is None else np.ceil(self.share * total).astype(np.int64)
        self.waits = np.zeros(self.own.shape)

    def order(self, at: float, sku: int, spot: int, units: int) -> int:
        """Serve it; then ask for more when little is left."""
        served = super().order(at, sku, spot, units)
        if self.flexible[sku] and at >= self.waits[sku, spot]:
            given = self.given[sku, spot]
            if self.own[sku, spot] <= 0.15 * given:
                more = int(min(self.flexible[sku], self.lot[sku]))
                self.flexible[sku] -= more
                self.moved += more
                self.given[sku, spot] += more
                self.send(at + RELEASE_SECONDS, sku, spot, more)
                self.waits[sku, spot] = at + RELEASE_SECONDS
        return served


class Proportional(Handed):
    """Every minute nodes that lack units for the next minutes get flexible ones, in proportion to their recent rate."""

    name = "proportional to recent rate"
    AHEAD_SECONDS = 300.0

    def __init__(self, demand: Demand) -> None:
        super().__init__()
        self.demand = demand

    def hand_out_at_first(self) -> None:
        """The flexible pool waits."""
        self.demand.begin(self.trade)
        self.is_open = np.ones((self.own.shape[0], self.trade.show.size.regions))

    def order(self, at: float, sku: int, spot: int, units: int) -> int:
        """Serve it and tell the forecaster."""
        served = super().order(at, sku, spot, units)
        if served:
            self.demand.sold(sku, spot, served)
        return served

    def bin_ended(self, number: int) -> None:
        """The forecaster learns who could sell."""
        channels = self.trade.channels
        self.demand.step(number, (self.own > 0).reshape(len(self.own), -1, channels).mean(axis=2))

    def minute(self, at: float) -> None:
        """Hand out what will lack soon."""
        self.arrive(at)
        left = max(1.0, self.trade.show.size.minutes * 60 - at)
        mean = self.demand.law(at).mean.reshape(self.own.shape) * min(1.0, self.AHEAD_SECONDS / left)
        lacking = np.maximum(0.0, mean - self.own - self.on_the_way())
        for sku in np.flatnonzero((self.flexible > 0) & (lacking.sum(axis=1) >= 1)):
            units = int(min(self.flexible[sku], np.ceil(lacking[sku].sum())))
            for spot, part in enumerate(whole_parts(units, lacking[sku])):
                self.send(at + RELEASE_SECONDS, int(sku), spot, int(part))
            self.flexible[sku] -= units
            self.moved += units


class Textbook(Proportional):
    """The linear program of means, solved every minute and executed at once: all of it handed out, moves and all."""

    name = "mean LP executed at once"

    def hand_out_at_first(self) -> None:
        """Build the program."""
        super().hand_out_at_first()
        self.program = Program(layout_of(self.trade))

    def minute(self, at: float) -> None:
        """Solve for the means as if they were certain, and do all of it."""
        self.arrive(at)
        trade, channels = self.trade, self.trade.channels
        mean = np.maximum(self.demand.law(at).mean, 1e-6)
        certain = Law(mean, np.full(mean.size, 1e5), np.full(mean.size, 1e-2))
        coming = self.on_the_way()
        pool = self.own.reshape(len(self.own), -1, channels).sum(axis=2)
        wanted = np.maximum(0.0, mean - coming.reshape(-1))
        numbers = numbers_of(
            trade, certain._replace(mean=wanted), np.zeros(mean.size), pool.astype(float), self.flexible.astype(float)
        )
        found = self.program.solve(Numbers(**(vars(numbers) | {"move": trade.move / PENALTY})))
        drawn, handed = (part.reshape(self.own.shape) for part in (found.from_pool, found.from_flexible))
        for sku in range(len(self.own)):
            self._hand(at, sku, handed[sku])
            self._move(at, sku, found.moves[sku], mean.reshape(self.own.shape)[sku])
            self._split(sku, drawn[sku], mean.reshape(self.own.shape)[sku])

    def _hand(self, at: float, sku: int, handed: Floats) -> None:
        units = int(min(self.flexible[sku], round(float(handed.sum()))))
        for spot, part in enumerate(whole_parts(units, handed)):
            self.send(at + RELEASE_SECONDS, sku, spot, int(part))
        self.flexible[sku] -= units
        self.moved += units

    def _move(self, at: float, sku: int, moves: Floats, mean: Floats) -> None:
        channels = self.trade.channels
        for one, other in zip(*np.nonzero(moves >= 0.5), strict=True):
            there = slice(one * channels, (one + 1) * channels)
            units = int(min(round(float(moves[one, other])), self.own[sku, there].sum()))
            taken = whole_parts(units, self.own[sku, there].astype(float))
            self.own[sku, there] -= taken
            here = mean[other * channels : (other + 1) * channels]
            for channel, part in enumerate(whole_parts(int(taken.sum()), here + 1e-9)):
                self.send(at + MOVE_SECONDS, sku, int(other) * channels + channel, int(part))
            self.moved += int(taken.sum())
            self.move_cost += float(taken.sum()) * float(self.trade.move[sku, one, other])

    def _split(self, sku: int, drawn: Floats, mean: Floats) -> None:
        channels = self.trade.channels
        for region in range(len(drawn) // channels):
            there = slice(region * channels, (region + 1) * channels)
            units = int(self.own[sku, there].sum())
            weights = drawn[there] if drawn[there].sum() >= 1 else mean[there]
            self.own[sku, there] = whole_parts(units, weights + 1e-9)
