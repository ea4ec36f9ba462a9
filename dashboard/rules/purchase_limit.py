"""Purchase limit: while a SKU spikes in a region, each order gets at most a few units; calm lifts the limit again.

Reads the countdowns (rate now against the rate before, the baseline), the limits and coupons in force, and the
proposals of the last hour. A spike is a rate several times the baseline and more than a lucky minute; a show too young
to have a baseline has no spikes, and a rush that a coupon invited is none. Only limits that this rule set are lifted by
it; a person's limit stays until a person lifts it.
"""

import math
from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
RECENT_STEPS = 3
UNITS_VARIANCE = 2.0
"""Variance over mean of units sold: orders hold one to five."""


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """Limits to set and limits to lift, the fastest SKU first."""
    limited = {(limit["sku"], limit["region"]): limit for limit in frame["limits"]}
    invited = {(coupon["sku"], coupon["region"]) for coupon in frame["coupons"]}
    rows: list[Row] = []
    for row in sorted(frame["countdowns"], key=lambda row: (-row["rate_per_minute"], row["sku"], row["region"])):
        limit = limited.get((row["sku"], row["region"]))
        if limit is None:
            if (row["sku"], row["region"]) not in invited and _spikes(frame, row, parameters):
                rows.append(_set(row, parameters))
        elif _is_ours(frame, row) and _is_calm(row, parameters):
            rows.append(_lift(row, limit, parameters))
    return rows


def _spikes(frame: Row, row: Row, parameters: Mapping[str, float]) -> bool:
    rate, before = row["rate_per_minute"], row["baseline_per_minute"]
    return bool(
        frame["t_plus_seconds"] >= 60 * parameters["limit_history_minutes"]
        and row["left"] > 0
        and before > 0
        and rate >= parameters["limit_rate_factor"] * before
        and _surprise(row["spark"]) >= parameters["limit_surprise"]
    )


def _surprise(spark: list[int]) -> float:
    """How far the last steps lie above those before, in standard deviations of orders of a few units each."""
    recent, before = spark[-RECENT_STEPS:], spark[:-RECENT_STEPS]
    expected = sum(before) / max(1, len(before)) * len(recent)
    return (sum(recent) - expected) / math.sqrt(UNITS_VARIANCE * max(1.0, expected))


def _is_ours(frame: Row, row: Row) -> bool:
    return any(
        proposal["rule"] == "purchase_limit" and proposal["state"] == "approved"
        for proposal in frame["proposals"]
        if (proposal["sku"], proposal["region"]) == (row["sku"], row["region"])
    )


def _is_calm(row: Row, parameters: Mapping[str, float]) -> bool:
    return bool(row["rate_per_minute"] <= parameters["limit_calm_factor"] * row["baseline_per_minute"])


def _set(row: Row, parameters: Mapping[str, float]) -> Row:
    rate, before, units = row["rate_per_minute"], row["baseline_per_minute"], int(parameters["limit_units"])
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": row["region"],
        "what": f"Limit {units} per buyer in {row['region']}: {row['title']}",
        "why": f"{row['title']} sells {rate:.1f} per minute in {row['region']}, {rate / before:.1f} times the "
        f"{before:.1f} before (trigger {parameters['limit_rate_factor']:g} times); {row['left']} left.",
        "effect": f"The {row['left']} units left reach more buyers.",
        "helps_minutes": row["left"] / rate,
        "commands": [_limit(row, units)],
    }


def _lift(row: Row, limit: Row, parameters: Mapping[str, float]) -> Row:
    rate, before = row["rate_per_minute"], row["baseline_per_minute"]
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": row["region"],
        "what": f"Lift the limit of {limit['units_per_order']} in {row['region']}: {row['title']}",
        "why": f"{row['title']} sells {rate:.1f} per minute in {row['region']}, no longer above "
        f"{parameters['limit_calm_factor']:g} times the {before:.1f} before.",
        "effect": "Buyers may order as many as they like again.",
        "helps_minutes": None,
        "commands": [_limit(row, None)],
    }


def _limit(row: Row, units: int | None) -> Row:
    return {"type": "set_limit", "sku": row["sku"], "region": row["region"], "units_per_order": units}
