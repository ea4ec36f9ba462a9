"""How long a stock lasts once it is another one: the forecast's law of a countdown row, read at so many units more.

    row + units more or fewer  ->  minutes until half of all such shows have sold it, chance to sell out, units lacking

The law is the row's own (mean until the close, shape, lot). When demand comes is told by the row too: the next ten
minutes by themselves, the rest evenly to the close. The board's median knows the rundown better than that, so times are
scaled to agree with it: a change of nothing gives the board's own numbers. Pure.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from dashboard.forecast.counts import chance_by, exposure_at, leftover
from dashboard.rules.estimates import lasts, wanted_within

Row = dict[str, Any]
CLAIMED = ("counting", "lasts", "out")
"""States of a row in which something is claimed of its time."""


class Lasting(NamedTuple):
    """Minutes until it is sold out (inf: not before the close), and the chance that it does before."""

    minutes: float
    chance: float


def lasting(row: Row | None, rest: float, change: int = 0) -> Lasting | None:
    """Tell how long a row lasts with some units more, `rest` minutes before the close; None: nothing is claimed."""
    if row is None or row["state"] not in CLAIMED or rest <= 0 or row["wanted_mean"] <= 0:
        return None
    if not change:
        p50 = {"counting": row["p50"], "out": 0.0}.get(row["state"])
        return Lasting(math.inf if p50 is None else p50, row["p_sells_out"] or 0.0)
    left = max(0.0, float(row["left"] + change))
    needed = _needed(row, left) * _scale(row, rest)
    minutes = lasts(row | {"left": needed}, rest)
    mean, shape, lot = _law(row)
    chance = float(chance_by(np.array(left), shape, shape * lot / mean, lot, 1.0))
    return Lasting(math.inf if minutes >= rest else minutes, chance)


def lacking(row: Row | None, change: int = 0) -> int:
    """Tell the units that will be asked for by the close and not be there, expected, with some units more."""
    if row is None or row["wanted_mean"] <= 0:
        return 0
    if not change:
        return round(row["short"])
    left, (mean, shape, lot) = np.array(max(0.0, float(row["left"] + change))), _law(row)
    return max(0, round(float(mean - left + leftover(left, mean, shape, lot))))


def _law(row: Row) -> tuple[Any, Any, Any]:
    return np.array(float(row["wanted_mean"])), np.array(float(row["wanted_shape"])), np.array(float(row["lot"]))


def _needed(row: Row, left: float) -> float:
    """Units expected by the time at which half of all such shows have asked for what is left."""
    mean, shape, lot = _law(row)
    return float(exposure_at(np.array(left), shape, shape * lot / mean, lot, 0.5)) * float(mean)


def _scale(row: Row, rest: float) -> float:
    """How far the board's median, which knows the rundown, is from an even pace."""
    if row["state"] != "counting" or row["p50"] is None or row["left"] <= 0:
        return 1.0
    known, even = wanted_within(row, row["p50"], rest), _needed(row, float(row["left"]))
    return known / even if known > 0 and even > 0 else 1.0
