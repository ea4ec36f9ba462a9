"""Levels: which quantiles of the model are shown as P10 and P90, so that the band between them holds what it says.

    closed shows -> histograms of where the truth fell in the forecast (PIT) -> per tier and horizon (lower, upper)

A model that is too sure of itself sees the truth fall outside its band too often. The histogram of a cell (a tier at a
horizon) says at which levels the truth was passed in a tenth and in nine tenths of all forecasts; those levels are
shown from then on. Forecasts of one show are not independent, so a show weighs at most `SHOW_WEIGHT` forecasts in a
cell; a cell with little evidence is pulled to all tiers at its horizon and to the levels that are usual. The median
stays the model's own.
"""

import numpy as np

from dashboard.forecast.counts import Floats
from dashboard.forecast.selling_out import HORIZONS, Levels
from dashboard.forecast.states import TIERS

NEUTRAL = (0.1, 0.9)
BUCKETS = 200
"""Fine, since the levels of a model that is too sure lie close to 0 and 1."""
SHOW_WEIGHT = 15.0
PRIOR_WEIGHT = 30.0
LEAST, MOST = 0.005, 0.995
_NEAR_HALF = 0.05


def learn(shows: Floats, usual: Levels | None = None) -> dict[str, tuple[float, float]]:
    """Levels from the PIT histograms of closed shows (shows x tiers x horizons x buckets), starting from usual ones."""
    counts = shows.sum(axis=3, keepdims=True)
    evidence = (shows * SHOW_WEIGHT / (SHOW_WEIGHT + counts)).sum(axis=0)
    found: dict[str, tuple[float, float]] = {}
    for place, span in enumerate(HORIZONS):
        everybody = evidence[:, place].sum(axis=0)
        everybody *= PRIOR_WEIGHT / max(PRIOR_WEIGHT, everybody.sum())
        for number, tier in enumerate(TIERS):
            if counts[:, number, place].sum():
                before = PRIOR_WEIGHT * _shares((usual or {}).get(f"{tier}/{span}", NEUTRAL))
                seen = evidence[number, place] + everybody + before
                found[f"{tier}/{span}"] = _levels(seen / seen.sum())
    return found


def _shares(usual: tuple[float, float]) -> Floats:
    """The histogram of which these are the levels."""
    passed = np.interp(np.linspace(0, 1, BUCKETS + 1), [0.0, *usual, 1.0], [0.0, *NEUTRAL, 1.0])
    return np.diff(passed)


def _levels(shares: Floats) -> tuple[float, float]:
    passed = np.concatenate([[0.0], np.cumsum(shares)])
    lower, upper = np.interp(NEUTRAL, passed, np.linspace(0, 1, BUCKETS + 1))
    return (
        round(float(np.clip(lower, LEAST, 0.5 - _NEAR_HALF)), 4),
        round(float(np.clip(upper, 0.5 + _NEAR_HALF, MOST)), 4),
    )
