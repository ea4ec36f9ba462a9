"""Purchase limit: while a SKU spikes in a region, each order gets at most a few units; calm lifts the limit again.

Reads the countdowns (rate now against the rate before, the baseline), the limits and coupons in force, and the
proposals of the last hour. A spike is a rate several times the baseline and more than a lucky minute, reckoned in
orders of the usual size; a show too young to have a baseline has no spikes, and a rush that a coupon invited is none.
What will hardly sell out needs no limit either: a morning that begins is a rise, not a run. Only limits that this rule
set are lifted by it; a person's limit stays until a person lifts it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dashboard.rules.conditions import CLEAR_GAP, Candidate, Condition
from dashboard.rules.readings import countdowns, hold, margins, told

Row = dict[str, Any]
Numbers = Mapping[str, float]
AGAIN = "after cool-down"
RULE = "purchase_limit"
RECENT_STEPS = 3
UNITS_VARIANCE = 2.0
"""Variance over mean of units sold, at least: orders hold one to five."""


def candidates(frame: Row, numbers: Numbers) -> Iterator[Candidate]:
    """What sells or is limited, SKU by region, the fastest first: whether to limit it, or to lift the limit it has."""
    limits = {(limit["sku"], limit["region"]): limit for limit in frame["limits"]}
    invited = {(coupon["sku"], coupon["region"]) for coupon in frame["coupons"]}
    old = Condition(
        "the age of the show", frame["t_plus_seconds"] / 60, ">=", numbers["limit_history_minutes"], "minutes"
    )
    earned = margins(frame)
    for row in sorted(
        _near(frame, limits, numbers), key=lambda row: (-row["rate_per_minute"], row["sku"], row["region"])
    ):
        key = row["sku"], row["region"]
        limit = limits.get(key)
        if limit is None:
            yield _to_set(row, old, key in invited, earned, numbers)
        else:
            yield _to_lift(frame, row, limit, numbers)


def _near(frame: Row, limits: Mapping[tuple[str, str], Row], numbers: Numbers) -> list[Row]:
    """What is limited, was spoken of or is not far from a spike; where nothing is, what comes nearest to one."""
    table, far = countdowns(frame), (1 - CLEAR_GAP) * numbers["limit_rate_factor"]
    rate, before = table["rate_per_minute"], table["baseline_per_minute"]
    rows = table.where((before > 0) & (rate >= far * before))
    known = {(row["sku"], row["region"]) for row in rows}
    spoken = {(row["sku"], row["region"]) for row in told(frame, RULE)}
    for sku, region in sorted((spoken | limits.keys()) - known):
        rows += [row for row in table.of(sku, region) if row["rate_per_minute"] or (sku, region) in limits]
    if not rows and rate.any():
        rows = [table.rows[int(np.argmax(rate / np.maximum(0.1, before)))]]
    return rows


def _to_set(row: Row, old: Condition, is_invited: bool, earned: Mapping[str, int], numbers: Numbers) -> Candidate:
    rate, before = row["rate_per_minute"], row["baseline_per_minute"]
    conditions = (
        old,
        Condition("what is left of it", row["left"], ">", 0),
        Condition("its usual pace", before, ">", 0, "per minute"),
        Condition("its pace", rate, ">=", numbers["limit_rate_factor"] * before, "per minute"),
        Condition(
            "the surprise in its pace", _surprise(row), ">=", numbers["limit_surprise"],
            "deviations",
        ),
        Condition("coupons in force for it", int(is_invited), "<=", 0, ""),
        Condition("the chance that it sells out", row["p_sells_out"], ">=", numbers["limit_sell_out_share"], "share"),
    )  # fmt: skip
    spikes = hold(conditions)
    return Candidate(
        row["region"],
        conditions,
        _set(row, earned, numbers) if spikes else None,
        row["sku"],
        clear=_is_calm(row, numbers),
    )


def _to_lift(frame: Row, row: Row, limit: Row, numbers: Numbers) -> Candidate:
    """Lift when calm; the wish to lift is void when it spikes again, the wish to set when a person did."""
    rate, before = row["rate_per_minute"], row["baseline_per_minute"]
    ours = _is_ours(frame, row)
    conditions = (
        Condition("limits that this rule set for it", int(ours), ">=", 1, ""),
        Condition("its pace", rate, "<=", numbers["limit_calm_factor"] * before, "per minute"),
    )
    clear = not ours or rate >= numbers["limit_rate_factor"] * before > 0
    return Candidate(row["region"], conditions, _lift(row, limit, numbers), row["sku"], clear=clear)


def _surprise(row: Row) -> float:
    """How far the last steps lie above those before, in standard deviations of orders of the SKU's usual size."""
    spark: list[int] = row["spark"]
    recent, before = spark[-RECENT_STEPS:], spark[:-RECENT_STEPS]
    expected = sum(before) / max(1, len(before)) * len(recent)
    return (sum(recent) - expected) / math.sqrt(max(UNITS_VARIANCE, row.get("lot") or 0.0) * max(1.0, expected))


def _is_ours(frame: Row, row: Row) -> bool:
    return any(
        proposal["rule"] == RULE and proposal["state"] == "approved"
        for proposal in frame["proposals"]
        if (proposal["sku"], proposal["region"]) == (row["sku"], row["region"])
    )


def _is_calm(row: Row, numbers: Numbers) -> bool:
    return bool(row["rate_per_minute"] <= numbers["limit_calm_factor"] * row["baseline_per_minute"])


def _set(row: Row, earned: Mapping[str, int], numbers: Numbers) -> Row:
    rate, before, units = row["rate_per_minute"], row["baseline_per_minute"], int(numbers["limit_units"])
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": row["region"],
        "what": f"Limit {units} per buyer in {row['region']}: {row['title']}",
        "why": f"{row['title']} sells {rate:.1f} per minute in {row['region']}, {rate / before:.1f} times the "
        f"{before:.1f} before (trigger {numbers['limit_rate_factor']:g} times); {row['left']} left.",
        "effect": f"The {row['left']} units left reach more buyers.",
        "helps_minutes": row["left"] / rate,
        "cost_minor": row["left"] * earned.get(row["sku"], 0),
        "commands": [_limit(row, units)],
    }


def _lift(row: Row, limit: Row, numbers: Numbers) -> Row:
    rate, before = row["rate_per_minute"], row["baseline_per_minute"]
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": row["region"],
        "what": f"Lift the limit of {limit['units_per_order']} in {row['region']}: {row['title']}",
        "why": f"{row['title']} sells {rate:.1f} per minute in {row['region']}, no longer above "
        f"{numbers['limit_calm_factor']:g} times the {before:.1f} before.",
        "effect": "Buyers may order as many as they like again.",
        "helps_minutes": None,
        "cost_minor": 0,
        "commands": [_limit(row, None)],
    }


def _limit(row: Row, units: int | None) -> Row:
    return {"type": "set_limit", "sku": row["sku"], "region": row["region"], "units_per_order": units}
