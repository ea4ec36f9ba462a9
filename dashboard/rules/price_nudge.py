"""Price nudge: a SKU that sells well above or below the pace it needs gets a slightly higher or lower price.

Reads the countdowns, the prices in force per channel and the SKU's own floor and ceiling; a SKU without both is never
touched. The pace it needs is the one that sells what is left by the close. It must be off now and have been off before,
and enough must have been sold to tell. Nothing that has a limit, a coupon or a bundle is nudged - one term at a time -
and no price falls on what is about to sell out. A nudge is a few percent per channel, inside floor and ceiling and not
below what a unit costs there; where no price can move there is nothing to do.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.readings import (
    hold,
    known,
    landed,
    margin,
    minutes_left,
    minutes_passed,
    money,
    skus,
    table,
    with_terms,
)

Row = dict[str, Any]
AGAIN = "after cool-down"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU and region with bounds for its price, by how its pace compares to the one it needs."""
    bounded = {name: sku for name, sku in skus(frame).items() if sku.get("floor_minor") and sku.get("ceiling_minor")}
    minutes = minutes_left(frame)
    if not bounded or not minutes:
        return
    terms, prices = with_terms(frame), _prices(frame)
    for row in known(frame):
        sku = bounded.get(row["sku"])
        if sku is None or not row["left"]:
            continue
        needed = row["left"] / minutes
        now, before = row["rate_per_minute"] / needed, row["baseline_per_minute"] / needed
        up, where = now >= 1, f"{row['title']} in {row['region']}"
        conditions = (
            *_conditions(numbers, row, now, before, up),
            Condition("The age of the show", minutes_passed(frame), ">=", numbers["nudge_history_minutes"], "minutes"),
            Condition(f"What sold lately of {where}", sum(row["spark"]), ">=", numbers["nudge_units_min"]),
            Condition(f"Terms in force for {where}", float((row["sku"], row["region"]) in terms), "<=", 0, ""),
        )
        changes = _changes(frame, numbers, sku, row["region"], prices, up)
        conditions += (Condition(f"Channels where the price of {where} can move", len(changes), ">=", 1, ""),)
        yield Candidate(
            row["region"],
            conditions,
            _row(frame, numbers, row, now, changes) if hold(conditions) else None,
            sku=row["sku"],
        )


def _conditions(numbers: Mapping[str, float], row: Row, now: float, before: float, up: bool) -> tuple[Condition, ...]:
    """Off the needed pace now and before; what is made cheaper must not be about to sell out."""
    where = f"{row['title']} in {row['region']}"
    limit, sign = (numbers["nudge_fast_factor"], ">=") if up else (numbers["nudge_slow_factor"], "<=")
    conditions = (
        Condition(f"The pace of {where} over the one that sells it all", now, sign, limit, "times"),
        Condition(f"The pace of {where} before, over the same,", before, sign, limit, "times"),
    )
    if up or row["p50"] is None:
        return conditions
    return (
        *conditions,
        Condition(f"Time to the sell-out of {where}", row["p50"], ">", numbers["coupon_sell_out_minutes"], "minutes"),
    )


def _prices(frame: Row) -> dict[tuple[str, str], int]:
    return {(row["sku"], row["channel"]): row["price_minor"] for row in table(frame, "prices")}


def _changes(
    frame: Row, numbers: Mapping[str, float], sku: Row, region: str, prices: Mapping[tuple[str, str], int], up: bool
) -> list[tuple[Row, int, int]]:
    """Channels of the region with the price of now and the one to be; only where it moves."""
    way = landed(frame).get(region, 0)
    changes: list[tuple[Row, int, int]] = []
    for channel in frame["channels"]:
        if channel["region"] != region or channel.get("behind"):
            continue
        price = prices.get((sku["sku"], channel["channel"]), sku["price_minor"])
        kept = max(1, 1000 - (channel.get("fee_per_mille") or 0))
        least = max(sku["floor_minor"], math.ceil((sku["cost_minor"] + way) * 1000 / kept))
        step = max(1, round(price * numbers["price_nudge_percent"] / 100))
        wanted = min(sku["ceiling_minor"], price + step) if up else max(least, price - step)
        if wanted > price if up else wanted < price:
            changes.append((channel, price, wanted))
    return changes


def _row(frame: Row, numbers: Mapping[str, float], row: Row, now: float, changes: list[tuple[Row, int, int]]) -> Row:
    up = now >= 1
    name, title, minutes = row["region"], row["title"], minutes_left(frame)
    moved = ", ".join(
        f"{channel['name']} {price / 100:.2f} -> {money(frame, wanted)}" for channel, price, wanted in changes
    )
    step = sum(abs(wanted - price) for _, price, wanted in changes) / len(changes)
    stays = max(0.0, row["left"] - row["rate_per_minute"] * minutes)
    lost = row["left"] * step if up else stays * margin(skus(frame)[row["sku"]], landed(frame).get(name, 0))
    rate, left = row["rate_per_minute"], row["left"]
    fate = f"gone in {left / rate:.0f} of {minutes:.0f} minutes" if up else f"{stays:.0f} would stay at the close"
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": name,
        "what": f"{'Raise' if up else 'Lower'} the price of {title} in {name} by {numbers['price_nudge_percent']:g} % "
        f"at most: {moved}",
        "why": f"{title} sells {rate:.1f} per minute in {name}, {now:.2f} times the {left / minutes:.1f} that would "
        f"sell the {left} left by the close (trigger {numbers['nudge_fast_factor' if up else 'nudge_slow_factor']:g} "
        f"times): {fate}.",
        "effect": f"Up to {money(frame, left * step)} more for what is left."
        if up
        else "The lower price sells more; it stays above floor and cost.",
        "helps_minutes": left / rate if up else minutes / 2,
        "cost_minor": round(lost),
        "commands": [
            {"type": "set_price", "sku": row["sku"], "channel": channel["channel"], "price_minor": wanted}
            for channel, _, wanted in changes
        ],
    }
