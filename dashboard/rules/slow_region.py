"""Slow region: what a region is going to be left with is pushed by the host and discounted by a coupon, once.

Reads what the forecast says the regions will be left with, the countdowns and the prices. Only the later part of a show
can be called slow.
The SKU with the most left over is pushed; it and the next ones get a coupon until the close, as deep as the margin
over cost allows. A SKU about to sell out, or under a purchase limit, gets none: that would contradict itself. A region
that already has a coupon is left alone.
"""

import heapq
import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import leftover as units_left, that_stay
from dashboard.rules.readings import hold, margins, show_minutes

Row = dict[str, Any]
RULE = "slow_region"
AGAIN = "after clearing"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Each region that was given anything; what it could offer is looked at only where all else holds."""
    minutes, passed = show_minutes(frame), frame["t_plus_seconds"] / 60
    share_passed = passed / minutes if minutes > 0 else None
    late = Condition("the share of the show that has passed", share_passed, ">=", numbers["slow_show_share"], "share")
    percents: dict[str, int] = {}
    for region in frame["regions"]:
        if not region["allocated"]:
            continue
        name, leftover = region["region"], region["projected_leftover"]
        share = None if leftover is None else leftover / region["allocated"]
        coupons = sum(coupon["region"] == name for coupon in frame["coupons"])
        conditions = [
            late,
            Condition("the share it would be left with", share, ">", numbers["slow_leftover_share"], "share"),
            Condition("coupons in force there", coupons, "<=", 0, ""),
        ]
        row = None
        if share is not None and hold(conditions):
            percents = percents or {sku["sku"]: _percent(sku, numbers) for sku in frame["skus"]}
            offers = _offers(frame, name, percents, numbers)
            conditions.append(Condition("SKUs worth a coupon there", len(offers), ">=", 1, "SKUs"))
            row = _row(frame, region, share, offers, minutes - passed, numbers) if offers else None
        clear = share is not None and share <= numbers["slow_clear_share"]
        yield Candidate(name, tuple(conditions), row, clear=clear or (coupons > 0 and _is_asking(frame, name)))


def _is_asking(frame: Row, region: str) -> bool:
    """Whether a proposal of this rule waits for an answer: a coupon that somebody set answers it."""
    return any(
        (proposal["rule"], proposal["region"], proposal["state"]) == (RULE, region, "open")
        for proposal in frame["proposals"]
    )


def _offers(
    frame: Row,
    region: str,
    percents: Mapping[str, int],
    numbers: Mapping[str, float],
) -> list[tuple[Row, int]]:
    """The SKUs worth a coupon and its percent, most left over first."""
    limited = {(limit["sku"], limit["region"]) for limit in frame["limits"]}
    found: list[tuple[float, str, Row]] = []
    for row in that_stay(frame).get(region, ()):
        leftover = units_left(row)
        sells_out_soon = row["p50"] is not None and row["p50"] <= numbers["coupon_sell_out_minutes"]
        if leftover >= 1 and not sells_out_soon and percents[row["sku"]] and (row["sku"], region) not in limited:
            found.append((-leftover, row["sku"], row))
    most = heapq.nsmallest(int(numbers["slow_skus_max"]), found, key=lambda offer: offer[:2])
    return [(row, percents[sku]) for _, sku, row in most]


def _percent(sku: Row, numbers: Mapping[str, float]) -> int:
    """The coupon's depth: as set, or what the margin allows; 0 when that is not worth it."""
    price = sku["price_minor"]
    if not price:
        return 0
    floor = sku["cost_minor"] * (1 + numbers["coupon_margin_share"])
    percent = min(int(numbers["coupon_percent"]), math.floor(100 * (price - floor) / price))
    return percent if percent >= numbers["coupon_percent_min"] else 0


def _row(
    frame: Row,
    region: Row,
    share: float,
    offers: list[tuple[Row, int]],
    minutes_left: float,
    numbers: Mapping[str, float],
) -> Row:
    name, pushed = region["region"], offers[0][0]
    coupons = ", ".join(f"-{percent} % {row['title']}" for row, percent in offers)
    push = {"type": "set_on_screen", "sku": pushed["sku"], "push": True}
    return {
        "kind": "action",
        "region": name,
        "what": f"{name}: host push for {pushed['title']} + coupon {coupons}",
        "why": f"{name} would be left with {region['projected_leftover']} of {region['allocated']} units at the close "
        f"({share:.1%}, trigger {numbers['slow_leftover_share']:.0%}): {region['left']} left, "
        f"{region['rate_per_minute']:.1f} per minute, {minutes_left:.0f} minutes to go.",
        "effect": f"Without it {region['projected_leftover']} units stay; prices keep "
        f"{numbers['coupon_margin_share']:.0%} over cost.",
        "helps_minutes": minutes_left / 2,
        "cost_minor": _cost(frame, offers),
        "commands": [push, *(_coupon(frame, name, row["sku"], percent) for row, percent in offers)],
    }


def _cost(frame: Row, offers: list[tuple[Row, int]]) -> int:
    """What the units offered would have earned, had they been sold at full price, minor units."""
    earned = margins(frame)
    return round(sum(units_left(row) * earned[row["sku"]] for row, _ in offers))


def _coupon(frame: Row, region: str, sku: str, percent: int) -> Row:
    ends_at = datetime.fromisoformat(frame["ends_at"])
    return {
        "type": "set_coupon",
        "sku": sku,
        "region": region,
        "code": f"{region}{percent}",
        "percent": percent,
        "expires": round(ends_at.timestamp() * 1_000_000),
    }
