"""Slow region: what a region is going to be left with is pushed by the host and discounted by a coupon, once.

Reads the regions' projected leftover, the countdowns and the prices. Only the later part of a show can be called slow.
The SKU with the most left over is pushed; it and the next ones get a coupon until the close, as deep as the margin
over cost allows. A SKU about to sell out, or under a purchase limit, gets none: that would contradict itself. A region
that already has a coupon is left alone.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

Row = dict[str, Any]


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """At most one push with coupons per slow region."""
    minutes = _minutes(frame["starts_at"], frame["ends_at"])
    passed = frame["t_plus_seconds"] / 60
    if minutes <= 0 or passed < parameters["slow_show_share"] * minutes:
        return []
    rows: list[Row] = []
    for region in frame["regions"]:
        if not region["allocated"] or region["projected_leftover"] is None:
            continue
        share = region["projected_leftover"] / region["allocated"]
        has_coupon = any(coupon["region"] == region["region"] for coupon in frame["coupons"])
        if share > parameters["slow_leftover_share"] and not has_coupon:
            offers = _offers(frame, region["region"], minutes - passed, parameters)
            if offers:
                rows.append(_row(frame, region, share, offers, minutes - passed, parameters))
    return rows


def _minutes(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds() / 60


def _offers(frame: Row, region: str, minutes_left: float, parameters: Mapping[str, float]) -> list[tuple[Row, int]]:
    """The SKUs worth a coupon and its percent, most left over first."""
    limited = {(limit["sku"], limit["region"]) for limit in frame["limits"]}
    skus = {sku["sku"]: sku for sku in frame["skus"]}
    found: list[tuple[float, Row, int]] = []
    for row in frame["countdowns"]:
        if row["region"] != region or (row["sku"], region) in limited:
            continue
        leftover = row["left"] - row["rate_per_minute"] * minutes_left
        sells_out_soon = row["p50"] is not None and row["p50"] <= parameters["coupon_sell_out_minutes"]
        percent = _percent(skus[row["sku"]], parameters)
        if leftover > 0 and not sells_out_soon and percent:
            found.append((leftover, row, percent))
    found.sort(key=lambda offer: (-offer[0], offer[1]["sku"]))
    return [(row, percent) for _, row, percent in found[: int(parameters["slow_skus_max"])]]


def _percent(sku: Row, parameters: Mapping[str, float]) -> int:
    """The coupon's depth: as set, or what the margin allows; 0 when that is not worth it."""
    price = sku["price_minor"]
    if not price:
        return 0
    floor = sku["cost_minor"] * (1 + parameters["coupon_margin_share"])
    percent = min(int(parameters["coupon_percent"]), math.floor(100 * (price - floor) / price))
    return percent if percent >= parameters["coupon_percent_min"] else 0


def _row(
    frame: Row,
    region: Row,
    share: float,
    offers: list[tuple[Row, int]],
    minutes_left: float,
    parameters: Mapping[str, float],
) -> Row:
    name, pushed = region["region"], offers[0][0]
    coupons = ", ".join(f"-{percent} % {row['title']}" for row, percent in offers)
    push = {"type": "set_on_screen", "sku": pushed["sku"], "push": True}
    return {
        "kind": "action",
        "region": name,
        "what": f"{name}: host push for {pushed['title']} + coupon {coupons}",
        "why": f"{name} would be left with {region['projected_leftover']} of {region['allocated']} units at the close "
        f"({share:.1%}, trigger {parameters['slow_leftover_share']:.0%}): {region['left']} left, "
        f"{region['rate_per_minute']:.1f} per minute, {minutes_left:.0f} minutes to go.",
        "effect": f"Without it {region['projected_leftover']} units stay; prices keep "
        f"{parameters['coupon_margin_share']:.0%} over cost.",
        "helps_minutes": minutes_left / 2,
        "commands": [push, *(_coupon(frame, name, row["sku"], percent) for row, percent in offers)],
    }


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
