"""Dynamic safety: the safety stock of a region follows its pace - lower while it sells hot, higher while it is cold.

Reads the regions' curves, the plan's curve (the show's own shape, so that a planned peak is not hot), the forecast and
the safety stocks. Without a plan a region is expected to sell its allocation evenly. What sells hot should be sold, so
less is kept back from what rules may give; what is cold is kept from being emptied by a lucky quarter of an hour.

How much: what may be asked for beyond the mean until units could come (`safety_restock_minutes`), by the forecast's own
law - at a lower certainty while hot, at a higher one while cold. It stays between the usual share and a part, or a
multiple, of it; where the law asks for no other stock than the usual, the usual stays. As soon as the pace is near the
plan again the usual share holds. Where this rule set none, what a person set stays.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import at_most, fastest, wanted_within
from dashboard.rules.readings import (
    approved,
    at_minute,
    covered,
    hold,
    minutes_left,
    minutes_passed,
    safety_set,
    show_minutes,
    units_since,
)

Row = dict[str, Any]
AGAIN = "after cool-down"
RULE = "dynamic_safety"


class Pace(NamedTuple):
    """What a region sold over what was planned, the larger of both in units, in so many minutes."""

    ratio: float | None
    units: float
    minutes: float

    def is_hot(self) -> bool:
        """Whether it sold at least what was planned."""
        return self.ratio is not None and self.ratio >= 1

    def __str__(self) -> str:
        return f"{self.ratio or 0:.1f} times what was planned in the last {self.minutes:.0f} minutes"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every region whose expected pace is known, as hot or as cold, or as calm again."""
    curves, back = frame.get("curves"), numbers["safety_pace_minutes"]
    minute = minutes_passed(frame)
    if not curves or minute < back:
        return
    back = covered(curves["minutes"], back)
    whole = sum(region["allocated"] for region in frame["regions"])
    were_set = safety_set(frame)
    planned = _planned(frame, curves, minute, back)
    for region in frame["regions"]:
        name = region["region"]
        if not region["allocated"] or not region["left"]:
            continue
        units = max(0.0, units_since(curves["minutes"], curves["by_region"].get(name, ()), back))
        expected = planned * region["allocated"] / whole
        pace = Pace(units / expected if expected else None, max(units, expected), back)
        ours = {sku for sku, where in were_set if where == name} if approved(frame, RULE, name) else set()
        if ours:
            yield _calm(numbers, name, pace, ours)
        elif not any(where == name for _, where in were_set):
            yield _far(frame, numbers, region, pace)


def _planned(frame: Row, curves: Row, minute: float, back: float) -> float:
    """Units all regions together are expected to have sold in the last minutes."""
    plan, minutes = curves.get("plan"), curves.get("plan_minutes")
    if plan and minutes:
        return at_minute(minutes, plan, minute) - at_minute(minutes, plan, minute - back)
    return float(sum(region["allocated"] for region in frame["regions"]) * back / max(1.0, show_minutes(frame)))


def _far(frame: Row, numbers: Mapping[str, float], region: Row, pace: Pace) -> Candidate:
    """A region that sells much faster than planned, or much slower and will keep more than the usual stock."""
    name, ratio = region["region"], pace.ratio
    usual = round(numbers["safety_share"] * region["allocated"])
    what = f"The pace of {name} over the plan's"
    conditions: tuple[Condition, ...] = (
        Condition(f"What {name} sold lately, or was planned to,", pace.units, ">=", numbers["safety_units_min"]),
    )
    if pace.is_hot():
        conditions += (Condition(what, ratio, ">=", numbers["safety_hot_factor"], "times"),)
    else:
        conditions += (
            Condition(what, ratio, "<=", numbers["safety_cold_factor"], "times"),
            Condition(f"What {name} would be left with", region["projected_leftover"], ">", usual),
        )
    row = _row(frame, numbers, name, pace) if hold(conditions) else None
    return Candidate(name, conditions, row)


def _row(frame: Row, numbers: Mapping[str, float], name: str, pace: Pace) -> Row | None:
    """Set the safety stock of the region's leading SKUs."""
    hot = pace.is_hot()
    leading = int(numbers["safety_skus_max"])
    parts = fastest(frame).get(name, ())[:leading]
    usual = sum(round(numbers["safety_share"] * row["allocated"]) for row in parts)
    wanted = {row["sku"]: _units(row, minutes_left(frame), numbers, hot) for row in parts}
    if not parts or sum(wanted.values()) == usual:
        return None
    trigger = numbers["safety_hot_factor" if hot else "safety_cold_factor"]
    return {
        "kind": "action",
        "region": name,
        "what": f"{'Lower' if hot else 'Raise'} the safety stock of {name}: {usual} -> {sum(wanted.values())} units",
        "why": f"{name} sold {pace} (trigger {trigger:g} times).",
        "effect": f"Rules may give away {'more' if hot else 'less'} of {len(parts)} SKUs in {name}, until the pace is "
        f"near the plan again.",
        "helps_minutes": None,
        "cost_minor": 0,
        "commands": [_set(name, sku, units) for sku, units in wanted.items()],
    }


def _units(row: Row, rest: float, numbers: Mapping[str, float], hot: bool) -> int:
    """What may be asked for beyond the mean until units could come, between the usual share and its bound."""
    usual = numbers["safety_share"] * row["allocated"]
    mean = wanted_within(row, numbers["safety_restock_minutes"], rest)
    beyond = at_most(row, mean, numbers["safety_hot_sure" if hot else "safety_cold_sure"]) - mean
    bound = numbers["safety_hot_share" if hot else "safety_cold_share"] * usual
    low, high = sorted((usual, bound))
    units: int = round(min(high, max(low, beyond)))
    return units


def _calm(numbers: Mapping[str, float], name: str, pace: Pace, ours: set[str]) -> Candidate:
    """A region whose safety stock this rule set: as usual again, when its pace is."""
    off = max(pace.ratio, 1 / pace.ratio) if pace.ratio else None
    conditions = (
        Condition(f"How far {name} is off the plan's pace", off, "<=", numbers["safety_calm_factor"], "times"),
    )
    row = None
    if hold(conditions):
        row = {
            "kind": "action",
            "region": name,
            "what": f"Safety stock of {name} as usual again",
            "why": f"{name} sold {pace}, within {numbers['safety_calm_factor']:g} times of it.",
            "effect": f"{numbers['safety_share']:.0%} of the allocation of {len(ours)} SKUs stays in {name}.",
            "helps_minutes": None,
            "cost_minor": 0,
            "commands": [_set(name, sku, None) for sku in sorted(ours)],
        }
    return Candidate(name, conditions, row)


def _set(region: str, sku: str, units: int | None) -> Row:
    return {"type": "set_safety", "sku": sku, "region": region, "units": units}
