"""What a policy may know of the demand to come: the product's forecaster, a plain average, or the hidden rates.

All say the same thing: the law of the units wanted until the close at each SKU x region x channel. The forecaster speaks
of SKU x region; channels share that by their planned shares, mixed with what they sold. Nothing here sees an order
before it is served, nor one that is refused.
"""

from typing import Protocol

import numpy as np

from dashboard.allocation.segments import Law
from dashboard.forecast.bins import advance
from dashboard.forecast.pulse import Pulse, Slot, begin, node, show_sku, sold, watched
from dashboard.forecast.selling_out import look
from dashboard.forecast.states import TIERS, Tables
from tests.benchmarks.allocation_trade import Trade
from tests.simulated.show import Floats, SimulatedShow

SECOND = 1_000_000
SHARE_UNITS = 20.0
"""So many units of a SKU in a region weigh as much as the plan's split over its channels."""


class Demand(Protocol):
    """What is known of demand; axes [SKU x region x channel] flat, as in the program."""

    name: str

    def begin(self, trade: Trade) -> None:
        """Start a show."""

    def sold(self, sku: int, spot: int, units: int) -> None:
        """Units were sold at a node (`spot` counts region x channel)."""

    def step(self, number: int, is_open: Floats) -> None:
        """Bin `number` ended; `is_open` [SKU, region] is the share of channels that could sell in it."""

    def law(self, seconds: float) -> Law:
        """Demand from now to the close."""


class Pulsed:
    """The product's forecaster, given what a room sees."""

    name = "forecast"

    def __init__(self, tables: Tables | None = None) -> None:
        self.tables = tables or Tables.built_in()

    def begin(self, trade: Trade) -> None:
        """Plan, rundown, planned viewers."""
        show = self.show = trade.show
        size = show.size
        names = [f"r{one}" for one in range(size.regions)]
        slots = [
            Slot(int(start * SECOND), int(end * SECOND), int(sku))
            for start, end, sku in zip(show.rundown.start, show.rundown.end, show.rundown.sku, strict=True)
        ]
        skus = [(f"s{one}", TIERS[int(tier)]) for one, tier in enumerate(show.tier)]
        viewers = float(show.viewers_planned.sum()) if has_feed(show) else 0.0
        self.pulse: Pulse = begin(skus, names, (0, size.minutes * 60 * SECOND), slots, self.tables, viewers)
        self.node = [[node(self.pulse, sku, region) for region in range(size.regions)] for sku in range(size.skus)]
        order = np.array(self.node).reshape(-1)
        self.pulse.row("planned")[order] = show.plan.sum(axis=2).reshape(-1)
        self.pulse.row("left")[order] = show.pools().reshape(-1)
        self.order = order
        self.channels = size.channels
        planned = show.plan + 1e-9
        self.shares = (SHARE_UNITS * planned / planned.sum(axis=2, keepdims=True)).reshape(size.skus, -1).tolist()
        self._watch(0)

    def _watch(self, number: int) -> None:
        show = self.show
        if not has_feed(show):
            return
        for region, viewers in enumerate(show.viewers[:, :, number].sum(axis=1)):
            watched(self.pulse, region, float(viewers))
        before = int(show.on_screen[number - 1]) if number else -2
        now = int(show.on_screen[number])
        pushed = bool(show.pushed[number])
        begins = pushed and not (number and show.pushed[number - 1] and before == now)
        if now != before or begins:
            show_sku(self.pulse, now, number * show.size.bin_seconds * SECOND, begins)

    def sold(self, sku: int, spot: int, units: int) -> None:
        """An order was served."""
        sold(self.pulse, self.node[sku][spot // self.channels], units)
        self.shares[sku][spot] += units

    def step(self, number: int, is_open: Floats) -> None:
        """Close the bin, then see who watches what."""
        self.pulse.row("open")[self.order] = is_open.reshape(-1)
        advance(self.pulse, (number + 1) * self.show.size.bin_seconds * SECOND)
        if number + 1 < self.show.size.bins:
            self._watch(number + 1)

    def law(self, seconds: float) -> Law:
        """Means by the channels' shares; shape and lot of the region."""
        seen = look(self.pulse, int(seconds * SECOND))
        size = self.show.size
        shares = np.array(self.shares).reshape(-1, size.channels)
        shares /= shares.sum(axis=1, keepdims=True)
        mean = seen.mean[self.order][:, None] * shares
        shape, lot = (np.repeat(row[self.order], size.channels) for row in (seen.law.shape, seen.law.lot))
        return Law(mean.reshape(-1), shape, lot)


class Known:
    """The hidden rates, which nobody has: only chance is left."""

    name = "true rates"

    def begin(self, trade: Trade) -> None:
        """Add up what is still to come."""
        show = trade.show
        rest = np.cumsum(show.rate[..., ::-1], axis=3)[..., ::-1] * show.size.bin_minutes
        self.rest = np.concatenate([rest, np.zeros((*rest.shape[:3], 1))], axis=3)
        sums = np.bincount(show.order_sku, show.order_units, show.size.skus)
        squares = np.bincount(show.order_sku, show.order_units**2, show.size.skus)
        self.lot = np.repeat(np.where(sums > 0, squares / np.maximum(sums, 1), 1.0), rest.shape[1] * rest.shape[2])
        self.bin_seconds = show.size.bin_seconds

    def sold(self, sku: int, spot: int, units: int) -> None:
        """Nothing is learned."""

    def step(self, number: int, is_open: Floats) -> None:
        """Nothing is learned."""

    def law(self, seconds: float) -> Law:
        """What is still to come, known to a hair."""
        mean = self.rest[..., min(int(seconds / self.bin_seconds), self.rest.shape[3] - 1)].reshape(-1)
        return Law(mean, np.full(mean.size, 1e4), self.lot)


class Average:
    """The plan spread evenly over time, mixed with an exponentially weighted average of what sold."""

    name = "average"
    HALF_LIFE_SECONDS = 600.0
    PLAN_UNITS = 5.0
    SHAPE = 4.0

    def begin(self, trade: Trade) -> None:
        """Start from the plan."""
        show = self.show = trade.show
        self.planned = show.plan.reshape(show.size.skus, -1) / (show.size.minutes * 60.0)
        self.units = np.zeros(self.planned.shape)
        self.seconds = np.zeros(self.planned.shape)
        self.fresh = np.zeros(self.planned.shape)

    def sold(self, sku: int, spot: int, units: int) -> None:
        """An order was served."""
        self.fresh[sku, spot] += units

    def step(self, number: int, is_open: Floats) -> None:
        """Forget a little; time counts only while a node could sell."""
        keep = 0.5 ** (self.show.size.bin_seconds / self.HALF_LIFE_SECONDS)
        self.units = keep * self.units + self.fresh
        self.seconds = keep * self.seconds + self.show.size.bin_seconds * np.repeat(
            is_open, self.show.size.channels, axis=1
        )
        self.fresh[:] = 0

    def rate(self) -> Floats:
        """Units a second of each node."""
        found: Floats = (self.units + self.PLAN_UNITS) / (
            self.seconds + self.PLAN_UNITS / np.maximum(self.planned, 1e-9)
        )
        return found

    def law(self, seconds: float) -> Law:
        """The same pace until the close."""
        mean = (self.rate() * max(0.0, self.show.size.minutes * 60 - seconds)).reshape(-1)
        return Law(mean, np.full(mean.size, self.SHAPE), np.full(mean.size, 1.3))


def has_feed(show: SimulatedShow) -> bool:
    """Whether anybody tells what is on screen and who watches."""
    return bool((show.on_screen >= 0).any())
