"""Flexible top-up: a region that is nearly sold out gets units of the flexible pool before it is.

Reads the regions, the countdowns (left, rate and share sold per SKU and region) and the flexible pool. Two cases: a
region as a whole has sold its share and gets the usual number of units, spread over its SKUs by what each will lack
until the close; or one SKU is far ahead of its region and gets what it will lack itself. A SKU whose region is close
behind waits for the region, so that one shortage does not become five small moves, but it does not wait until it is
sold out. What would last until the close gets nothing.

The donor floor stays: some units of each SKU are never given away. Rows come in the order of the regions' need, and
what one takes is gone for the next.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

Row = dict[str, Any]


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """Moves out of the flexible pool, the region with the most sold first."""
    free = _free(frame, parameters)
    rows: list[Row] = []
    regions = [region for region in frame["regions"] if region["allocated"]]
    for region in sorted(regions, key=lambda region: (-region["share_sold"], region["region"])):
        skus = [row for row in frame["countdowns"] if row["region"] == region["region"] and row["allocated"]]
        lacking = {row["sku"]: _lacking(row, frame) for row in skus}
        if region["share_sold"] >= parameters["top_up_sold_share"]:
            rows += _region_row(region, skus, lacking, free, parameters)
        else:
            for row in skus:
                if _is_ahead(row, region, parameters):
                    rows += _sku_row(row, lacking[row["sku"]], free, parameters)
    return rows


def _free(frame: Row, parameters: Mapping[str, float]) -> dict[str, int]:
    """Units per SKU the flexible pool may give: what is above its floor."""
    floor = int(parameters["top_up_floor_units"])
    return {pool["sku"]: max(0, pool["left"] - floor) for pool in frame["pools"] if pool["pool"] == "flexible"}


def _lacking(row: Row, frame: Row) -> float:
    """Units a SKU will lack in a region until the close at its present pace; if sold out, at the pace it had."""
    pace = float(row["rate_per_minute"])
    if not row["left"]:
        pace = max(pace, float(row["baseline_per_minute"]))
    return max(0.0, pace * _minutes_left(frame) - float(row["left"]))


def _minutes_left(frame: Row) -> float:
    left = datetime.fromisoformat(frame["ends_at"]) - datetime.fromisoformat(frame["at"])
    return max(0.0, left.total_seconds() / 60)


def _is_ahead(row: Row, region: Row, parameters: Mapping[str, float]) -> bool:
    region_is_near = bool(region["share_sold"] >= parameters["top_up_near_share"])
    share = float(row["share_sold"])
    return share >= parameters["top_up_wait_share" if region_is_near else "top_up_sold_share"]


def _region_row(
    region: Row, skus: list[Row], lacking: dict[str, float], free: dict[str, int], parameters: Mapping[str, float]
) -> list[Row]:
    """The region as a whole: the usual number of units, spread by what each SKU will lack."""
    parts = _spread(int(parameters["top_up_units"]), lacking, free)
    units = sum(parts.values())
    if units < parameters["top_up_units_min"]:
        return []
    for sku, part in parts.items():
        free[sku] -= part
    name, left, rate = region["region"], region["left"], region["rate_per_minute"]
    titles = {row["sku"]: row["title"] for row in skus}
    moved = ", ".join(f"{part} {titles[sku]}" for sku, part in parts.items())
    return [
        {
            "kind": "action",
            "region": name,
            "what": f"+{units} {name} from the flexible pool: {moved}",
            "why": f"{name} has {_why(region, parameters)}",
            "effect": f"{name} {left} -> {left + units} units{_for(left + units, rate)}.",
            "helps_minutes": left / rate if left and rate else None,
            "commands": [_move(name, sku, part) for sku, part in parts.items()],
        }
    ]


def _sku_row(row: Row, lacking: float, free: dict[str, int], parameters: Mapping[str, float]) -> list[Row]:
    """One SKU ahead of its region: what it will lack, without draining the pool of it."""
    sku, name = row["sku"], row["region"]
    most = math.ceil(parameters["top_up_sku_share"] * free.get(sku, 0))
    units = min(int(parameters["top_up_units"]), math.ceil(lacking), most)
    if units < parameters["top_up_units_min"]:
        return []
    free[sku] -= units
    left, rate = row["left"], row["rate_per_minute"]
    return [
        {
            "kind": "action",
            "sku": sku,
            "region": name,
            "what": f"+{units} {name} from the flexible pool: {units} {row['title']}",
            "why": f"{row['title']} in {name} has {_why(row, parameters)}",
            "effect": f"{row['title']} in {name} {left} -> {left + units} units{_for(left + units, rate)}.",
            "helps_minutes": left / rate if left and rate else None,
            "commands": [_move(name, sku, units)],
        }
    ]


def _why(row: Row, parameters: Mapping[str, float]) -> str:
    """Say how much is sold, of a region or of a SKU in it, and how long the rest lasts."""
    left, rate = row["left"], row["rate_per_minute"]
    return (
        f"sold {row['share_sold']:.1%} of {row['allocated']} units (trigger {parameters['top_up_sold_share']:.0%}); "
        f"{left} left at {rate:.1f} per minute{_for(left, rate)}."
    )


def _for(units: int, rate: float) -> str:
    return f", enough for {units / rate:.0f} minutes" if rate else ""


def _move(region: str, sku: str, units: int) -> Row:
    return {
        "type": "reallocate",
        "sku": sku,
        "from_pool": "flexible",
        "to_pool": f"region/{region}",
        "quantity": units,
    }


def _spread(units: int, lacking: dict[str, float], free: dict[str, int]) -> dict[str, int]:
    """Split units by what is lacking, never more than is free of a SKU nor more than it will lack."""
    most = {sku: min(math.ceil(need), free.get(sku, 0)) for sku, need in lacking.items() if need > 0}
    parts = dict.fromkeys(most, 0)
    left = min(units, sum(most.values()))
    while left:
        open_skus = [sku for sku in most if parts[sku] < most[sku]]
        whole = sum(lacking[sku] for sku in open_skus)
        for sku in sorted(open_skus, key=lambda sku: (-lacking[sku], sku)):
            part = min(left, most[sku] - parts[sku], max(1, int(left * lacking[sku] / whole)))
            parts[sku] += part
            left -= part
            whole -= lacking[sku]
            if not left or whole <= 0:
                break
    return {sku: part for sku, part in parts.items() if part}
