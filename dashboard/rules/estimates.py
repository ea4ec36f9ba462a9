"""Estimates: what the forecast of a countdown's row says about the time to come, in the units that rules reckon with.

There is one law of demand in a frame, the forecast's: units asked for until the close are negative binomial, with the
row's mean, shape and lot. Everything here is read off it - what will be left, what will lack, what is asked for within
some minutes and how much that may be at most - so no rule reckons with a pace of its own. The next minutes are told by
the forecast itself (`expected_per_minute`, over the ten minutes to come); what lies beyond them is spread evenly to the
close.

Money is integer minor units of the show's currency; a cost that nobody can tell is 0, as it is in alerts and proposals.
Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from dashboard.forecast.counts import Floats, wanted_at
from dashboard.rules.readings import Countdowns, countdowns, shared

Row = dict[str, Any]
SOON_MINUTES = 10.0
"""What `expected_per_minute` of a row is the mean over."""
NEVER = 1e9
WHOLE_UNIT = 0.5
"""Less than half a unit is none: the mean of many lucky and unlucky shows is never quite 0."""
LEADING = 50
"""So many rows of a region are looked at where a rule wants its fastest, or those that stay."""


def seconds_since(frame: Row, moment: str) -> float:
    """Seconds from an ISO moment of the frame to its own time."""
    return (datetime.fromisoformat(frame["at"]) - datetime.fromisoformat(moment)).total_seconds()


def pace(row: Row) -> float:
    """Units a minute that are expected in the next minutes."""
    return float(row["expected_per_minute"])


def wanted(row: Row) -> float:
    """Units that are asked for until the close, expected."""
    return float(row["wanted_mean"])


def wanted_within(row: Row, minutes: float, rest: float) -> float:
    """Units that are asked for in so many of the `rest` minutes until the close, expected."""
    whole = wanted(row)
    if minutes >= rest:
        return whole
    if minutes <= 0:
        return 0.0
    near = min(SOON_MINUTES, rest)
    soon = min(whole, pace(row) * near)
    if minutes <= near:
        return soon * minutes / near
    return soon + (whole - soon) * (minutes - near) / (rest - near)


def all_within(table: Countdowns, minutes: float, rest: float) -> Floats:
    """The same of all rows at once."""
    whole, near = table["wanted_mean"], min(SOON_MINUTES, rest)
    soon = np.minimum(whole, table["expected_per_minute"] * near)
    if minutes >= rest:
        return whole
    if minutes <= 0:
        return whole * 0.0
    if minutes <= near:
        return soon * minutes / near
    return soon + (whole - soon) * (minutes - near) / (rest - near)


def at_most(row: Row, mean: float, level: float) -> float:
    """Units that are asked for at most, with a probability, where `mean` are expected: the same law, another time."""
    shape, lot = np.array(row["wanted_shape"]), np.array(row["lot"])
    return float(wanted_at(np.array(mean), shape, lot, level))


def leftover(row: Row) -> float:
    """Units nobody will have asked for at the close, expected."""
    return float(row["leftover"])


def lacking(row: Row) -> float:
    """Units that will be asked for by the close and not be there, expected; 0 below half a unit."""
    short = float(row["short"])
    return short if short >= WHOLE_UNIT else 0.0


def probably_lacking(row: Row, minutes: float, rest: float) -> float:
    """Units that will be missing within so many minutes, in the middle case: half of all shows would ask for them."""
    mean = wanted(row)
    part = wanted_within(row, minutes, rest) / mean if mean else 0.0
    short = part * float(row["wanted_p50"]) - float(row["left"])
    return short if short >= WHOLE_UNIT else 0.0


def lasts(row: Row, rest: float) -> float:
    """Minutes until it is sold out, as expected; beyond the close as if the show went on like this."""
    left, whole, near = float(row["left"]), wanted(row), min(SOON_MINUTES, rest)
    if whole <= left:
        return rest * left / whole if whole else NEVER
    if not left:
        return 0.0
    first = wanted_within(row, near, rest)
    if left <= first:
        return near * left / first
    return near + (left - first) / (whole - first) * (rest - near)


@shared
def that_stay(frame: Row) -> Mapping[str, Sequence[Row]]:
    """The rows of each region of which most will be left, most first."""
    return _leading(frame, "leftover")


@shared
def fastest(frame: Row) -> Mapping[str, Sequence[Row]]:
    """The rows of each region, with units left, that sell fastest, as expected."""
    return _leading(frame, "expected_per_minute")


def _leading(frame: Row, by: str) -> Mapping[str, Sequence[Row]]:
    table, found = countdowns(frame), dict[str, Sequence[Row]]()
    stocked, order = (table["left"] > 0) & (table["allocated"] > 0), -table[by]
    for region in frame["regions"]:
        rows = np.flatnonzero(stocked & (table.region == table.regions.get(region["region"], -1)))
        first = rows[np.argsort(order[rows], kind="stable")[:LEADING]]
        found[region["region"]] = [table.rows[number] for number in first.tolist()]
    return found


def cost_of_lacking(rows: Iterable[Row], earned: Mapping[str, int]) -> int:
    """Money that countdown rows will not earn until the close for want of units, minor units."""
    return round(sum(lacking(row) * earned.get(row["sku"], 0) for row in rows))
