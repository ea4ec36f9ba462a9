"""Estimates: what rules reckon with beyond what they read - units that will lack, and what a unit not sold costs.

Money is integer minor units of the show's currency; a cost that nobody can tell is 0, as it is in alerts and proposals.
Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from dashboard.rules.readings import margin

Row = dict[str, Any]


def by_region(countdowns: Iterable[Row]) -> dict[str, list[Row]]:
    """The countdown rows of each region: sorted out once, as a show may have a hundred thousand."""
    rows: dict[str, list[Row]] = {}
    for row in countdowns:
        rows.setdefault(row["region"], []).append(row)
    return rows


def seconds_since(frame: Row, moment: str) -> float:
    """Seconds from an ISO moment of the frame to its own time."""
    return (datetime.fromisoformat(frame["at"]) - datetime.fromisoformat(moment)).total_seconds()


def lacking(countdown: Row, minutes: float) -> float:
    """Units a SKU will lack in a region in so many minutes at its present pace; if sold out, at the pace it had."""
    pace = float(countdown["rate_per_minute"])
    if not countdown["left"]:
        pace = max(pace, float(countdown["baseline_per_minute"]))
    return max(0.0, pace * minutes - float(countdown["left"]))


def margins(frame: Row) -> dict[str, int]:
    """SKU -> what one unit of it earns above its cost, minor units; 0 where it earns nothing."""
    return {sku["sku"]: margin(sku) for sku in frame["skus"]}


def cost_of_lacking(rows: Iterable[Row], minutes: float, earned: Mapping[str, int]) -> int:
    """Money that countdown rows will not earn in so many minutes for want of units, minor units."""
    return round(sum(lacking(row, minutes) * earned.get(row["sku"], 0) for row in rows))
