"""Calibration: how often the truth came by the minute that the countdown's own curve gave each chance to.

    the record of the countdown -> heights (0 to 1) at which the truth fell -> share at or below each level

Of a countdown that knows how sure it may be, a tenth of all sell-outs come by the minute it gives a tenth of the
chance, and so on: observed equals level. Above: they come sooner than told; below: later. Every forecast with a known
grade counts once, also those still kept because their show goes on.
"""

from typing import Any

import numpy as np

from dashboard.forecast import record
from dashboard.forecast.record import Record

Row = dict[str, Any]
LEVELS = tuple(round(0.1 * number, 1) for number in range(1, 10))


def rows(kept: Record) -> list[Row]:
    """Per level: the share of the truth at or below it, and of how many forecasts; [] where none is graded."""
    heights = np.sort(record.heights(kept))
    if not len(heights):
        return []
    below = np.searchsorted(heights, LEVELS, side="right") / len(heights)
    return [
        {"level": level, "observed": round(float(observed), 4), "forecasts": len(heights)}
        for level, observed in zip(LEVELS, below, strict=True)
    ]
