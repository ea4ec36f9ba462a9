"""The rows beside ours: units so far over time, an exponentially weighted mean, and the hidden rate itself.

The two means know no rundown. Their band is that of a Gamma-Poisson law around the mean with one fitted shape, so that
recalibration has little left to do: a Poisson band would be far too narrow. The row that knows the hidden rate of every
minute to come shows what chance alone leaves open.
"""

import numpy as np
from scipy.special import betainc, betaincinv, gammainc, gammaincinv

from tests.benchmarks.forecast_play import LEVELS, Billing, Said, Seen
from tests.simulated.show import Floats, SimulatedShow

LOT = 1.27
LOT_UNITS = 20.0


class Lots:
    """E[q^2] / E[q] per SKU, pulled to the usual one while there are few units."""

    def __init__(self, skus: int) -> None:
        self.units, self.squares = np.zeros(skus), np.zeros(skus)

    def take(self, seen: Seen) -> None:
        """Count a bin's orders."""
        np.add.at(self.units, seen.sku, seen.units)
        np.add.at(self.squares, seen.sku, seen.units.astype(np.float64) ** 2)

    def now(self) -> Floats:
        """Per SKU, as a column."""
        return ((LOT * LOT_UNITS + self.squares) / (LOT_UNITS + self.units))[:, None]


class MeanRate:
    """A mean of units per minute; `half_life` in minutes, inf: units so far over time."""

    def __init__(self, name: str, half_life: float, shape: float, planned_minutes: float) -> None:
        self.name = name
        self.keep_a_minute = 0.5 ** (1 / half_life)
        self.shape = shape
        self.planned_minutes = planned_minutes

    def begin(self, billing: Billing) -> None:
        """Forget the last show; the plan's pace stands for some minutes, so that no mean is ever zero."""
        self.billing = billing
        self.keep = self.keep_a_minute**billing.size.bin_minutes
        self.minutes = np.full(billing.plan.shape, self.planned_minutes)
        self.units = self.minutes * billing.plan / billing.size.minutes
        self.lots = Lots(billing.size.skus)

    def take(self, seen: Seen) -> None:
        """Forget a little, count what sold."""
        width = self.billing.size.bin_minutes
        self.units = np.where(seen.open, self.units * self.keep + seen.sold, self.units)
        self.minutes = np.where(seen.open, self.minutes * self.keep + width, self.minutes)
        self.lots.take(seen)

    def say(self, minute: float, left: Floats) -> Said:
        """As fast as the mean to the end."""
        close = self.billing.size.minutes - minute
        lot = self.lots.now()
        rate = np.maximum(self.units / self.minutes, 1e-6) / lot
        stock = np.maximum(left / lot, 1e-9)
        share = betaincinv(stock[..., None], self.shape, LEVELS)
        minutes = self.shape / rate[..., None] * share / np.maximum(1 - share, 1e-12)
        chance = betainc(stock, self.shape, close / (self.shape / rate + close))
        return Said(np.where(minutes < close, minutes, np.inf), chance)


class TrueRate:
    """The hidden rate of every bin to come is known; only the orders' own chance is not."""

    name = "hidden rate known"

    def knows(self, show: SimulatedShow) -> None:
        """Read what nobody else may."""
        rate = show.rate.sum(axis=2) * show.size.bin_minutes
        self.ahead = np.concatenate([np.zeros((*rate.shape[:2], 1)), np.cumsum(rate, axis=2)], axis=2)

    def begin(self, billing: Billing) -> None:
        """Start over."""
        self.billing = billing
        self.lots = Lots(billing.size.skus)

    def take(self, seen: Seen) -> None:
        """Only lots are learned."""
        self.lots.take(seen)

    def say(self, minute: float, left: Floats) -> Said:
        """When the known rate's sum reaches what the stock takes."""
        size = self.billing.size
        now = round(minute / size.bin_minutes)
        curve = self.ahead[:, :, now:] - self.ahead[:, :, now : now + 1]
        lot = self.lots.now()
        stock = np.maximum(left / lot, 1e-9)
        needed = gammaincinv(stock[..., None], LEVELS) * lot[..., None]
        reached = np.arange(curve.shape[2]) * size.bin_minutes
        minutes = np.full(needed.shape, np.inf)
        for pool in np.ndindex(left.shape):
            if left[pool] > 0:
                minutes[pool] = np.interp(needed[pool], curve[pool], reached, right=np.inf)
        return Said(minutes, gammainc(stock, curve[:, :, -1] / lot))
