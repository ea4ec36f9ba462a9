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
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import by_region, lacking as units_lacking, margins
from dashboard.rules.readings import hold, minutes_left

Row = dict[str, Any]
Numbers = Mapping[str, float]
AGAIN = "after cool-down"
LACKS = "what it will lack and the flexible pool may give"


def candidates(frame: Row, numbers: Numbers) -> Iterator[Candidate]:
    """Each region, the one with the most sold first; where it waits, its SKUs that are not far from their trigger."""
    free, minutes, earned = _free(frame, numbers), minutes_left(frame), margins(frame)
    far = min(numbers["top_up_clear_share"], numbers["top_up_sold_share"])
    regions = [region for region in frame["regions"] if region["allocated"]]
    near = {region["region"] for region in regions if region["share_sold"] >= far}
    rows = by_region(row for row in frame["countdowns"] if row["share_sold"] >= far or row["region"] in near)
    for region in sorted(regions, key=lambda region: (-region["share_sold"], region["region"])):
        skus, share = rows.get(region["region"], []), region["share_sold"]
        if share < far:
            sold = Condition("the share it has sold", share, ">=", numbers["top_up_sold_share"], "share")
            yield Candidate(region["region"], (sold,), clear=True)
        else:
            lacking = {row["sku"]: units_lacking(row, minutes) for row in skus}
            yield _for_region(region, skus, lacking, free, earned, numbers)
        if share < numbers["top_up_sold_share"]:
            for row in skus:
                if row["share_sold"] >= far:
                    yield _for_sku(row, region, units_lacking(row, minutes), free, earned, numbers)


def _free(frame: Row, numbers: Numbers) -> dict[str, int]:
    """Units per SKU the flexible pool may give: what is above its floor."""
    floor = int(numbers["top_up_floor_units"])
    return {pool["sku"]: max(0, pool["left"] - floor) for pool in frame["pools"] if pool["pool"] == "flexible"}


def _for_region(
    region: Row, skus: list[Row], lacking: dict[str, float], free: dict[str, int], earned: Mapping[str, int],
    numbers: Numbers,
) -> Candidate:  # fmt: skip
    """The region as a whole: the usual number of units, spread by what each SKU will lack."""
    name, share = region["region"], region["share_sold"]
    units = min(int(numbers["top_up_units"]), sum(_most(lacking, free).values()))
    conditions = (
        Condition("the share it has sold", share, ">=", numbers["top_up_sold_share"], "share"),
        Condition(LACKS, units, ">=", numbers["top_up_units_min"]),
    )
    row = None
    if hold(conditions):
        parts = _spread(units, lacking, free)
        for sku, part in parts.items():
            free[sku] -= part
        titles = {row["sku"]: row["title"] for row in skus}
        row = _row(region, {titles[sku]: part for sku, part in parts.items()}, f"{name} has", name, numbers) | {
            "cost_minor": round(sum(part * earned.get(sku, 0) for sku, part in parts.items())),
            "commands": [_move(name, sku, part) for sku, part in parts.items()],
        }
    clear = share < numbers["top_up_clear_share"] or not any(lacking.values())
    return Candidate(name, conditions, row, clear=clear)


def _for_sku(
    row: Row, region: Row, lacking: float, free: dict[str, int], earned: Mapping[str, int], numbers: Numbers
) -> Candidate:
    """One SKU ahead of its region: what it will lack, without draining the pool of it."""
    sku, name = row["sku"], row["region"]
    most = math.ceil(numbers["top_up_sku_share"] * free.get(sku, 0))
    units = min(int(numbers["top_up_units"]), math.ceil(lacking), most)
    is_near = region["share_sold"] >= numbers["top_up_near_share"]
    trigger = numbers["top_up_wait_share" if is_near else "top_up_sold_share"]
    conditions = (
        Condition("the share it has sold", row["share_sold"], ">=", trigger, "share"),
        Condition(LACKS, units, ">=", numbers["top_up_units_min"]),
    )
    wanted = None
    if hold(conditions):
        free[sku] -= units
        where = f"{row['title']} in {name}"
        wanted = _row(row, {row["title"]: units}, f"{where} has", where, numbers) | {
            "sku": sku,
            "cost_minor": units * earned.get(sku, 0),
            "commands": [_move(name, sku, units)],
        }
    clear = row["share_sold"] < numbers["top_up_clear_share"] or not lacking
    return Candidate(name, conditions, wanted, sku, clear=clear)


def _row(row: Row, parts: Mapping[str, int], who: str, where: str, numbers: Numbers) -> Row:
    """What is wanted for a region or a SKU in it, and why; `parts` are units by title."""
    units, left, rate, name = sum(parts.values()), row["left"], row["rate_per_minute"], row["region"]
    moved = ", ".join(f"{part} {title}" for title, part in parts.items())
    return {
        "kind": "action",
        "region": name,
        "what": f"+{units} {name} from the flexible pool: {moved}",
        "why": f"{who} {_why(row, numbers)}",
        "effect": f"{where} {left} -> {left + units} units{_for(left + units, rate)}.",
        "helps_minutes": left / rate if left and rate else None,
    }


def _why(row: Row, numbers: Numbers) -> str:
    """Say how much is sold, of a region or of a SKU in it, and how long the rest lasts."""
    left, rate = row["left"], row["rate_per_minute"]
    return (
        f"sold {row['share_sold']:.1%} of {row['allocated']} units (trigger {numbers['top_up_sold_share']:.0%}); "
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


def _most(lacking: dict[str, float], free: dict[str, int]) -> dict[str, int]:
    """Units per SKU that will lack, as far as they are free."""
    return {sku: min(math.ceil(need), free.get(sku, 0)) for sku, need in lacking.items() if need > 0}


def _spread(units: int, lacking: dict[str, float], free: dict[str, int]) -> dict[str, int]:
    """Split units by what is lacking, never more than is free of a SKU nor more than it will lack."""
    most = _most(lacking, free)
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
