"""Price nudge: a SKU that more buyers want than there are units, or far fewer, gets a slightly higher or lower price.

Reads the forecast of every SKU and region - what is wanted until the close, and how likely a sell-out is - the prices
in force per channel and the SKU's own floor and ceiling; a SKU without both is never touched. What is wanted must be
far off what is left, and the same law must be sure of it: a rise needs a sell-out that is all but certain, a fall one
that is all but out of the question; so neither a lucky minute nor a few orders move a price. Nothing that has a limit,
a coupon or a bundle is nudged: one term at a time. A nudge is a few percent per channel, inside floor and ceiling and
not below what a unit costs there; where no price can move there is nothing to do.
"""

import math
from collections.abc import Container, Iterator, Mapping
from typing import Any

import numpy as np

from dashboard.rules.conditions import CLEAR_GAP, Candidate, Condition
from dashboard.rules.estimates import lacking, leftover, wanted
from dashboard.rules.readings import (
    countdowns,
    hold,
    landed,
    margin,
    minutes_left,
    minutes_passed,
    money,
    prices,
    skus,
    told,
    with_terms,
)

Row = dict[str, Any]
RULE = "price_nudge"
AGAIN = "after cool-down"
LOOKED = 300
"""So many SKUs and regions are looked at, those that are off by most units."""


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU and region with bounds for its price where what is wanted is not far from being far off."""
    bounded = {name: sku for name, sku in skus(frame).items() if sku.get("floor_minor") and sku.get("ceiling_minor")}
    if not bounded or not minutes_left(frame):
        return
    terms = with_terms(frame)
    for times, row in _near(frame, bounded, numbers):
        where, sku = f"{row['title']} in {row['region']}", bounded[row["sku"]]
        conditions = (
            *_conditions(numbers, row, times),
            Condition("The age of the show", minutes_passed(frame), ">=", numbers["nudge_history_minutes"], "minutes"),
            Condition(f"What sold lately of {where}", sum(row["spark"]), ">=", numbers["nudge_units_min"]),
            Condition(f"Terms in force for {where}", float((row["sku"], row["region"]) in terms), "<=", 0, ""),
        )
        is_off = hold(conditions)
        changes = _changes(frame, numbers, sku, row["region"], times >= 1) if is_off else []
        if is_off:
            conditions += (Condition(f"Channels where the price of {where} can move", len(changes), ">=", 1, ""),)
        wanted_row = _row(frame, numbers, row, times, changes) if changes else None
        yield Candidate(row["region"], conditions, wanted_row, sku=row["sku"])


def _near(frame: Row, bounded: Container[str], numbers: Mapping[str, float]) -> list[tuple[float, Row]]:
    """How many times what is left is wanted, and the row: those near a trigger that sold, else the one most wanted."""
    table, few = countdowns(frame), numbers["nudge_units_min"] * (1 - CLEAR_GAP)
    fast, slow = numbers["nudge_fast_factor"] * (1 - CLEAR_GAP), numbers["nudge_slow_factor"] / (1 - CLEAR_GAP)
    may = np.array([sku in bounded for sku in table.skus], dtype=bool)[table.sku]
    may &= table.is_known & (table["left"] > 0) & (table["rate_per_minute"] > 0)
    times = table["wanted_mean"] / np.maximum(1, table["left"])
    off = np.where(may & ((times > fast) | (times < slow)), np.abs(table["wanted_mean"] - table["left"]), 0.0)
    rows = [table.rows[number] for number in np.argsort(-off, kind="stable")[:LOOKED].tolist() if off[number]]
    for row in told(frame, RULE):
        rows += [one for one in table.of(row["sku"], row["region"]) if one["left"] and one not in rows]
    near = [row for row in rows if sum(row["spark"]) > few]
    if not near and may.any():
        near = [table.rows[int(np.argmax(np.where(may, times, -1.0)))]]
    return [(wanted(row) / row["left"], row) for row in near]


def _conditions(numbers: Mapping[str, float], row: Row, times: float) -> tuple[Condition, ...]:
    """Far off what is left, and sure to be."""
    where = f"{row['title']} in {row['region']}"
    off, chance = f"What is wanted of {where} over what is left", f"The chance that {where} sells out"
    sold_out = row["p_sells_out"]
    if times >= 1:
        return (
            Condition(off, times, ">=", numbers["nudge_fast_factor"], "times"),
            Condition(chance, sold_out, ">=", numbers["nudge_sure_share"], "share"),
        )
    return (
        Condition(off, times, "<=", numbers["nudge_slow_factor"], "times"),
        Condition(chance, sold_out, "<=", 1 - numbers["nudge_sure_share"], "share"),
    )


def _changes(frame: Row, numbers: Mapping[str, float], sku: Row, region: str, up: bool) -> list[tuple[Row, int, int]]:
    """Channels of the region with the price of now and the one to be; only where it moves."""
    way = landed(frame).get(region, 0)
    changes: list[tuple[Row, int, int]] = []
    for channel in frame["channels"]:
        if channel["region"] != region or channel.get("behind"):
            continue
        price = prices(frame).get((sku["sku"], channel["channel"]), sku["price_minor"])
        kept = max(1, 1000 - (channel.get("fee_per_mille") or 0))
        least = max(sku["floor_minor"], math.ceil((sku["cost_minor"] + way) * 1000 / kept))
        step = max(1, round(price * numbers["price_nudge_percent"] / 100))
        wanted = min(sku["ceiling_minor"], price + step) if up else max(least, price - step)
        if wanted > price if up else wanted < price:
            changes.append((channel, price, wanted))
    return changes


def _row(frame: Row, numbers: Mapping[str, float], row: Row, times: float, changes: list[tuple[Row, int, int]]) -> Row:
    up = times >= 1
    name, title, left, minutes = row["region"], row["title"], row["left"], minutes_left(frame)
    moved = ", ".join(
        f"{channel['name']} {price / 100:.2f} -> {money(frame, price_wanted)}"
        for channel, price, price_wanted in changes
    )
    step = sum(abs(price_wanted - price) for _, price, price_wanted in changes) / len(changes)
    stays, lacks = leftover(row), lacking(row)
    lost = left * step if up else stays * margin(skus(frame)[row["sku"]], landed(frame).get(name, 0))
    fate = f"{lacks:.0f} would lack" if up else f"{stays:.0f} would stay"
    trigger = numbers["nudge_fast_factor" if up else "nudge_slow_factor"]
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": name,
        "what": f"{'Raise' if up else 'Lower'} the price of {title} in {name} by {numbers['price_nudge_percent']:g} % "
        f"at most: {moved}",
        "why": f"{wanted(row):.0f} {title} are wanted in {name} by the close, {times:.2f} times the {left} left "
        f"(trigger {trigger:g} times); it sells out with {row['p_sells_out']:.0%}: {fate}.",
        "effect": f"Up to {money(frame, left * step)} more for what is left."
        if up
        else "The lower price sells more; it stays above floor and cost.",
        "helps_minutes": minutes / 2 if not up else row["p50"] or minutes / 2,
        "cost_minor": round(lost),
        "commands": [
            {"type": "set_price", "sku": row["sku"], "channel": channel["channel"], "price_minor": price}
            for channel, _, price in changes
        ],
    }
