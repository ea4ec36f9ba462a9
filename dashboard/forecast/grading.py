"""Grading: where the truth fell in a forecast, and what many such grades say.

A forecast is a curve of how likely a sell-out is by each minute up to the close. Its PIT is the height of that curve at
the minute the sell-out came; where none came by the last minute anybody looked, it is drawn from what is above it.
PITs of a model that is right are uniform, whatever share of shows sells out. All arrays, one entry a forecast.
"""

from typing import Any

import numpy as np

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.selling_out import HORIZONS, RAW_LEVELS
from dashboard.forecast.states import TIERS

Row = dict[str, Any]
SHOWN = (0.1, 0.5, 0.9)


def passed(quantiles: Floats, chance: Floats, close: Floats, minutes: Floats) -> Floats:
    """The chance to sell out within some minutes: straight between the quantiles, up to the chance at the close."""
    count = len(minutes)
    nothing, beyond = np.zeros((count, 1)), np.isinf(quantiles)
    times = np.hstack([nothing, np.where(beyond, close[:, None], quantiles), close[:, None]])
    heights = np.hstack([nothing, np.where(beyond, 1.0, RAW_LEVELS), chance[:, None]])
    heights = np.minimum(heights, chance[:, None])
    times = np.maximum.accumulate(np.minimum(times, close[:, None]), axis=1)
    place = np.clip((times <= minutes[:, None]).sum(axis=1) - 1, 0, len(RAW_LEVELS))
    row = np.arange(count)
    start, end = times[row, place], times[row, place + 1]
    share = np.clip((minutes - start) / np.maximum(end - start, 1e-9), 0.0, 1.0)
    low: Floats = heights[row, place]
    found: Floats = low + share * (heights[row, place + 1] - low)
    return found


def draw(seed: int, look: Ints, node: Ints) -> Floats:
    """A number between 0 and 1 for each forecast that is the same whenever it is asked for (splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = look.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + node.astype(np.uint64)
        mixed = mixed * np.uint64(0xD1342543DE82EF95) + np.uint64(seed)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    found: Floats = ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return found


def pinball(shown: Floats, truth: Floats, last: Floats) -> Floats:
    """Mean loss of P10, P50 and P90 (3 x forecasts) in minutes; what is beyond the last minute counts as there."""
    told, happened = np.minimum(shown, last), np.minimum(truth, last)
    levels = np.array(SHOWN)[:, None]
    loss: Floats = np.maximum(levels * (happened - told), (levels - 1) * (happened - told)).mean(axis=0)
    return loss


def figures(inside: Floats, error: Floats) -> Row:
    """How many forecasts, the share whose band held the truth, and the median error of those that sold out."""
    known = error[~np.isnan(error)]
    return {
        "forecasts": len(inside),
        "coverage_80": round(float(inside.mean()), 4) if len(inside) else None,
        "median_abs_error_minutes": round(float(np.median(known)), 2) if len(known) else None,
    }


def by_horizon(cell: Ints, inside: Floats, error: Floats) -> list[Row]:
    """The figures of each horizon that has forecasts."""
    here = cell % len(HORIZONS)
    return [
        {"horizon": name, **figures(inside[here == number], error[here == number])}
        for number, name in enumerate(HORIZONS)
        if (here == number).any()
    ]


def by_tier(cell: Ints, inside: Floats, error: Floats) -> list[Row]:
    """The figures of each tier that has forecasts."""
    here = cell // len(HORIZONS)
    return [
        {"tier": name, **figures(inside[here == number], error[here == number])}
        for number, name in enumerate(TIERS)
        if (here == number).any()
    ]
