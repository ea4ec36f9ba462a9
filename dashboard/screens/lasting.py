"""How long a stock lasts once it is another one: the forecast's law of a countdown row, read at so many units more.

    row + units more or fewer  ->  minutes until half of all such shows have sold it, chance to sell out, units lacking

The law is the row's own (mean until the close, shape, lot), and so is when demand comes: the next ten minutes by
themselves, the rest evenly to the close. What is worked out here is the difference that some units make; it is added to
what the board says, which knows the rundown better. So a change of nothing gives the board's own numbers. Where orders
also draw on a pool that all regions share, a row lives on more than its own units: on as many as give its chance. Pure.
"""

import math
from typing import Any, NamedTuple

import numpy as np

from dashboard.forecast.counts import chance_by, exposure_at, leftover
from dashboard.rules.estimates import lasts, wanted_within

Row = dict[str, Any]
CLAIMED = ("counting", "lasts", "out")
"""States of a row in which something is claimed of its time."""
SAME_CHANCE = 0.02
HALVINGS = 30


class Lasting(NamedTuple):
    """Minutes until it is sold out (inf: not before the close), and the chance that it does before."""

    minutes: float
    chance: float


def lasting(row: Row | None, rest: float, change: int = 0) -> Lasting | None:
    """Tell how long a row lasts with some units more, `rest` minutes before the close; None: nothing is claimed."""
    if row is None or row["state"] not in CLAIMED or rest <= 0 or row["wanted_mean"] <= 0:
        return None
    p50 = {"counting": row["p50"], "out": 0.0}.get(row["state"])
    if not change:
        return Lasting(math.inf if p50 is None else p50, row["p_sells_out"] or 0.0)
    stock = _stock(row)
    after = max(0.0, stock + change)
    known = _needed(row, stock) if p50 is None else wanted_within(row, p50, rest)
    needed = max(0.0, known + _needed(row, after) - _needed(row, stock))
    minutes = lasts(row | {"left": needed}, rest)
    return Lasting(math.inf if minutes >= rest else minutes, _chance(row, after))


def lacking(row: Row | None, change: int = 0) -> int:
    """Tell the units that will be asked for by the close and not be there, expected, with some units more."""
    if row is None or row["wanted_mean"] <= 0:
        return 0
    stock = _stock(row) if change else 0.0
    made = _short(row, max(0.0, stock + change)) - _short(row, stock) if change else 0.0
    return max(0, round(float(row["short"]) + made))


def _law(row: Row) -> tuple[Any, Any, Any]:
    return np.array(float(row["wanted_mean"])), np.array(float(row["wanted_shape"])), np.array(float(row["lot"]))


def _chance(row: Row, stock: float) -> float:
    mean, shape, lot = _law(row)
    return float(chance_by(np.array(stock), shape, shape * lot / mean, lot, 1.0))


def _short(row: Row, stock: float) -> float:
    mean, shape, lot = _law(row)
    return float(mean - stock + leftover(np.array(stock), mean, shape, lot))


def _needed(row: Row, stock: float) -> float:
    """Units expected by the time at which half of all such shows have asked for the stock."""
    mean, shape, lot = _law(row)
    return float(exposure_at(np.array(stock), shape, shape * lot / mean, lot, 0.5)) * float(mean)


def _stock(row: Row) -> float:
    """The units a row lives on: its own, or as many as give the chance that the board says."""
    low, told = max(0.0, float(row["left"])), row["p_sells_out"]
    if told is None or told > _chance(row, low) - SAME_CHANCE:
        return low
    high = low + 20 * (float(row["wanted_mean"]) + float(row["lot"]))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _chance(row, middle) > told else (low, middle)
    return low
