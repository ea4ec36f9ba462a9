"""Overstock: late in the show a region holds far more than its safety stock and will not sell it any more.

Reads the regions' units left, what the forecast says will be left, and the safety stocks. The alert says how many units
stay, what they would have earned, and of which SKUs most: the next plan gets fewer of them, the promotion moves on. It
is a remark, not an alarm. It goes when the region sold down to little more than its safety stock.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import leftover, that_stay
from dashboard.rules.readings import (
    countdowns,
    hold,
    landed,
    margin,
    minutes_passed,
    money,
    safety,
    safety_set,
    show_minutes,
    skus,
)

Row = dict[str, Any]
AGAIN = "after clearing"
NAMED = 3


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every region with units; an alert where too many of them stay."""
    passed = minutes_passed(frame) / max(1.0, show_minutes(frame))
    for region in frame["regions"]:
        if not region["allocated"]:
            continue
        name, stays = region["region"], region["projected_leftover"]
        keep = _keep(frame, region, numbers)
        ratio = region["left"] / max(1, keep)
        conditions = (
            Condition("What has passed of the show", passed, ">=", numbers["overstock_show_share"], "share"),
            Condition(
                f"What {name} has left over its safety stock", ratio, ">", numbers["overstock_safety_share"], "share"
            ),
            Condition(f"What {name} would be left with", stays, ">", keep),
        )
        row = _alert(frame, region, keep, numbers) if hold(conditions) else None
        clear = ratio <= numbers["overstock_clear_share"] or (stays is not None and 4 * stays <= keep)
        yield Candidate(name, conditions, row, clear=clear)


def _keep(frame: Row, region: Row, numbers: Mapping[str, float]) -> int:
    """The safety stock of a region over all its SKUs."""
    usual: float = numbers["safety_share"] * region["allocated"]
    was_set = {sku: units for (sku, name), units in safety_set(frame).items() if name == region["region"]}
    if was_set:
        usual += sum(
            was_set[row["sku"]] - numbers["safety_share"] * row["allocated"]
            for row in countdowns(frame).of(region=region["region"])
            if row["sku"] in was_set and row["left"] > 0
        )
    return round(usual)


def _alert(frame: Row, region: Row, keep: int, numbers: Mapping[str, float]) -> Row:
    name, was_set = region["region"], safety_set(frame)
    items, way = skus(frame), landed(frame).get(region["region"], 0)
    leading = that_stay(frame).get(name, ())
    parts = [(max(0, round(leftover(row)) - safety(row, was_set, numbers)), row) for row in leading]
    parts.sort(key=lambda part: (-part[0], part[1]["sku"]))
    beyond = sum(units for units, _ in parts)
    earned = sum(units * margin(items[row["sku"]], way) for units, row in parts) / beyond if beyond else 0.0
    worth = round(earned * max(0, region["projected_leftover"] - keep))
    most = ", ".join(f"{units} {row['title']}" for units, row in parts[:NAMED] if units)
    return {
        "kind": "alert",
        "region": name,
        "severity": "info",
        "what": f"Overstock in {name}: {region['left']} units left, {region['left'] / max(1, keep):.0%} of the safety "
        f"stock of {keep} (alert above {numbers['overstock_safety_share']:.0%}); {region['projected_leftover']} stay "
        f"at the close, {money(frame, worth)} of margin above the safety stock not earned"
        f"{': ' + most if most else ''}. Promote something else, plan fewer next time.",
        "helps_minutes": None,
        "cost_minor": worth,
    }
