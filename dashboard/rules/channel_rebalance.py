"""Channel rebalance: a channel that sells far faster or slower than its share is weighed so when units are listed.

Reads the channels' curves, their plan (where every shop of the region has one, else what they list) and the splits in
force. What streams sell that order through a shop counts for the shop, since that is what lists units. The exchange
follows sales by itself, with what the plan says mixed in; a split tells it that the plan is wrong about this channel.
It must be off by more than
luck. As soon as the channel sells by its share again it is weighed as it sells. Only splits of this rule are lifted.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import fastest
from dashboard.rules.readings import (
    approved,
    covered,
    hold,
    landed,
    margin,
    skus,
    table,
    units_since,
)

Row = dict[str, Any]
AGAIN = "after cool-down"
RULE = "channel_rebalance"
UNITS_VARIANCE = 2.0
"""Variance over mean of units sold: orders hold one to five."""


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every shop of a region that has more than one, by its pace against its share."""
    curves = frame.get("curves")
    if not curves:
        return
    back = numbers["rebalance_minutes"]
    behind = {row["channel"]: row.get("behind") or row["channel"] for row in frame["channels"]}
    sold = dict.fromkeys(behind.values(), 0.0)
    for channel, shop in behind.items():
        sold[shop] += units_since(curves["minutes"], curves["by_channel"].get(channel, ()), back)
    split: dict[str, list[str]] = {}
    for row in table(frame, "splits"):
        split.setdefault(row["channel"], []).append(row["sku"])
    regions: dict[str, list[Row]] = {}
    for row in frame["channels"]:
        if not row.get("behind"):
            regions.setdefault(row["region"], []).append(row)
    for shops in regions.values():
        shares = _shares(shops, frame["channels"])
        whole = sum(sold[shop["channel"]] for shop in shops)
        for shop in shops if len(shops) > 1 else ():
            expected = shares.get(shop["channel"], 0.0) * whole
            if expected:
                yield _candidate(frame, numbers, shop, sold[shop["channel"]], expected, split)


def _shares(shops: list[Row], channels: list[Row]) -> dict[str, float]:
    """What part of its region each shop should sell: by plan, with the streams behind it, else by what it lists."""
    names = [shop["channel"] for shop in shops]
    parts = dict.fromkeys(names, 0.0)
    for row in channels:
        shop = row.get("behind") or row["channel"]
        if shop in parts:
            parts[shop] += row.get("plan_units") or 0
    if not all(parts.values()):
        parts = {shop["channel"]: float(shop.get("exposure", 0)) for shop in shops}
    whole = sum(parts.values())
    return {name: part / whole for name, part in parts.items()} if whole else {}


def _candidate(
    frame: Row,
    numbers: Mapping[str, float],
    shop: Row,
    sold: float,
    expected: float,
    split: Mapping[str, list[str]],
) -> Candidate:
    channel, name, region, ratio = shop["channel"], shop["name"], shop["region"], sold / expected
    ours = split.get(channel, []) if _is_ours(frame, shop) else []
    if ours:
        off = max(ratio, 1 / ratio) if ratio else None
        conditions: tuple[Condition, ...] = (
            Condition(f"How far {name} is off its share", off, "<=", numbers["rebalance_calm_factor"], "times"),
        )
        row = _lift(numbers, shop, ratio, ours) if hold(conditions) else None
        return Candidate(region, conditions, row, channel=channel)
    factor = numbers["rebalance_factor"]
    conditions = (
        Condition(f"The pace of {name} over its share", ratio, ">=", factor, "times")
        if ratio >= 1
        else Condition(f"The pace of {name} over its share", ratio, "<=", 1 / factor, "times"),
        Condition(
            f"What {name} sold lately, or was expected to,", max(sold, expected), ">=", numbers["rebalance_units_min"]
        ),
        Condition(
            f"The surprise in it, for {name}",
            _surprise(sold, expected),
            ">=",
            numbers["rebalance_surprise"],
            "deviations",
        ),
        Condition(f"What {name} lists", shop.get("exposure", 0), ">=", 1),
        Condition(f"SKUs that {name} is weighed for", len(split.get(channel, [])), "<=", 0),
        Condition(f"How long {region} lasts", _lasts(frame, region), ">=", numbers["rebalance_minutes"], "minutes"),
    )
    row = _weigh(frame, numbers, shop, sold, expected) if hold(conditions) else None
    return Candidate(region, conditions, row, channel=channel)


def _lasts(frame: Row, region: str) -> float:
    """Minutes until a region is sold out: while listings run dry nobody's pace is its own."""
    row = next(row for row in frame["regions"] if row["region"] == region)
    return float(row["left"] / row["rate_per_minute"]) if row["rate_per_minute"] else float(row["left"])


def _surprise(sold: float, expected: float) -> float:
    """How far the channel is off its share, in standard deviations of orders of a few units each."""
    return abs(sold - expected) / math.sqrt(UNITS_VARIANCE * max(1.0, expected))


def _is_ours(frame: Row, shop: Row) -> bool:
    """Whether this rule was the last to weigh the channel, as far as anybody knows."""
    about = f"{RULE}:{shop['region']}:{shop['channel']}"
    return approved(frame, RULE, shop["region"]) and any(
        row["proposal"].rpartition(":")[0] == about and row["state"] == "approved" for row in frame["proposals"]
    )


def _weigh(frame: Row, numbers: Mapping[str, float], shop: Row, sold: float, expected: float) -> Row | None:
    """Weigh the channel by its pace for the SKUs that go fastest in its region."""
    region, most = shop["region"], numbers["rebalance_percent_max"]
    ratio = sold / expected
    percent = round(min(most, max(10_000 / most, 100 * ratio)))
    parts = [row for row in fastest(frame)[region] if row["rate_per_minute"]][: int(numbers["rebalance_skus_max"])]
    if not parts:
        return None
    per_unit = margin(skus(frame)[parts[0]["sku"]], landed(frame).get(region, 0))
    back = covered(frame["curves"]["minutes"], numbers["rebalance_minutes"])
    trigger = numbers["rebalance_factor"] if ratio >= 1 else 1 / numbers["rebalance_factor"]
    return {
        "kind": "action",
        "region": region,
        "channel": shop["channel"],
        "what": f"Weigh {shop['name']} {percent} % when {region} is listed: {', '.join(row['title'] for row in parts)}",
        "why": f"{shop['name']} sold {sold:.0f} units in the last {back:.0f} minutes, {ratio:.2f} times the "
        f"{expected:.0f} of its share of {region} (trigger {trigger:.2g} times).",
        "effect": f"{'More' if percent > 100 else 'Fewer'} of the units of {region} are listed on {shop['name']}; "
        f"none leaves {region}.",
        "helps_minutes": None,
        "cost_minor": round(max(0.0, sold - expected) * per_unit),
        "commands": [_split(shop, row["sku"], percent) for row in parts],
    }


def _lift(numbers: Mapping[str, float], shop: Row, ratio: float, ours: list[str]) -> Row:
    return {
        "kind": "action",
        "region": shop["region"],
        "channel": shop["channel"],
        "what": f"Weigh {shop['name']} as it sells again",
        "why": f"{shop['name']} sold {ratio:.2f} times its share lately, within "
        f"{numbers['rebalance_calm_factor']:g} times of it.",
        "effect": f"Its listings of {len(ours)} SKUs follow its own sales.",
        "helps_minutes": None,
        "cost_minor": 0,
        "commands": [_split(shop, sku, 100) for sku in ours],
    }


def _split(shop: Row, sku: str, percent: int) -> Row:
    return {"type": "set_split", "channel": shop["channel"], "sku": sku, "percent": percent}
