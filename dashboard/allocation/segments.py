"""Demand still to come as a few segments: how many units each is wide, and how likely demand reaches into it.

Units wanted until the close are orders in lots, negative binomial as everywhere (`dashboard.forecast.counts`). A unit
put aside for a node is worth its margin times the chance that somebody comes for it, which falls from unit to unit; a
linear program sees that as steps. Where the steps lie only has to be sensible (quantiles of a cubed normal law, cheap),
how likely each is reached is exact in its middle. Pure, vectorised over nodes.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import betainc, ndtri

from dashboard.forecast.counts import Floats

LEVELS = (0.06, 0.2, 0.36, 0.52, 0.68, 0.82, 0.93, 0.995)
"""Where the segments end, as quantiles of demand."""
_NORMAL: Floats = np.asarray(ndtri(np.array(LEVELS)), dtype=np.float64)
MEAN_MIN = SHAPE_MIN = 1e-9


class Law(NamedTuple):
    """Units wanted until the close at each of n nodes: mean (units), shape of the Gamma rate, lot (units)."""

    mean: Floats
    shape: Floats
    lot: Floats


def spread_of(law: Law) -> Floats:
    """Standard deviation of the units wanted at each node."""
    found: Floats = np.sqrt(law.lot * law.mean + law.mean * law.mean / np.maximum(law.shape, SHAPE_MIN))
    return found


def reached(law: Law, units: Floats) -> Floats:
    """The chance that demand reaches past so many units: that the next one is asked for; `units` may be (n, k)."""
    mean, shape, lot = (value[:, None] if units.ndim == 2 else value for value in law)
    orders = mean / lot
    shape = np.maximum(shape, SHAPE_MIN)
    found: Floats = betainc(np.maximum(units, 0.0) / lot + 0.5, shape, orders / (orders + shape))
    return found


def segments(law: Law) -> tuple[Floats, Floats]:
    """Widths in units and the chance that each is reached, both (n, 8), falling from segment to segment."""
    mean = np.maximum(law.mean, MEAN_MIN)
    degrees = (mean / np.maximum(spread_of(law), MEAN_MIN)) ** 2
    ninth = 1 / (9 * np.maximum(degrees, 1e-3))
    cube = np.maximum(0.0, 1 - ninth[:, None] + _NORMAL * np.sqrt(ninth)[:, None]) ** 3
    ends = np.maximum(mean[:, None] * cube, np.linspace(0.1, 1.2, len(LEVELS)) * np.minimum(1.0, mean)[:, None])
    ends = np.maximum.accumulate(ends, axis=1)
    widths = np.diff(ends, axis=1, prepend=0.0)
    chances = reached(law, ends - widths / 2)
    widths[law.mean <= 0] = 0.0
    return widths, chances
