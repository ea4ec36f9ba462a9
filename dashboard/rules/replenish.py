"""Replenish: when little of a SKU is left anywhere and little is coming, purchasing is asked for more.

Reads the SKUs' totals over all pools, the shipments on their way, the pace per region and the safety stocks. Quantity:
what will sell until new goods could be here - the rest of the show at its pace, then a small part of the show's
average - and the safety stock, less what is left and coming. It is needed by when the SKU runs out, and urgent when
nothing arrives before. Asked once per SKU, until enough is left again; nothing is in stock because of it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.readings import (
    MINUTE,
    hold,
    margin,
    micros,
    minutes_left,
    minutes_passed,
    safety,
    safety_set,
    show_minutes,
    steady_pace,
    table,
)

Row = dict[str, Any]
AGAIN = "after clearing"
DAY_MINUTES = 24 * 60
QUANTITY_MAX = 1_000_000


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU that sold enough to speak of, the scarcest need not come first: they share nothing."""
    coming = _coming(frame)
    parts: dict[str, list[Row]] = {}
    for row in frame["countdowns"]:
        if row["allocated"] > row["left"]:
            parts.setdefault(row["sku"], []).append(row)
    for sku in frame["skus"]:
        sold = sku.get("sold", 0)
        if not sold or sku["sku"] not in parts:
            continue
        there = sku["left"] + sum(units for units, _ in coming.get(sku["sku"], ()))
        share = there / (sold + sku["left"])
        conditions = (
            Condition(
                f"What is left and coming of {sku['title']}", share, "<", numbers["replenish_left_share"], "share"
            ),
            Condition(f"What is sold of {sku['title']}", sold, ">=", numbers["replenish_sold_units"]),
        )
        row = _row(frame, numbers, sku, parts[sku["sku"]], coming.get(sku["sku"], [])) if hold(conditions) else None
        yield Candidate("", conditions, row, sku=sku["sku"], clear=share >= numbers["replenish_clear_share"])


def _coming(frame: Row) -> dict[str, list[tuple[int, int]]]:
    """Units on their way that nobody may sell yet, with their arrival, per SKU."""
    if frame.get("sells_in_transit"):
        return {}
    coming: dict[str, list[tuple[int, int]]] = {}
    for shipment in table(frame, "shipments"):
        for line in shipment["on_the_way"]:
            coming.setdefault(line["sku"], []).append((line["quantity"], micros(shipment["eta"])))
    return coming


def _row(
    frame: Row, numbers: Mapping[str, float], sku: Row, parts: list[Row], coming: list[tuple[int, int]]
) -> Row | None:
    """What is asked of purchasing; nothing where what is there and coming is enough after all."""
    rest, lead = minutes_left(frame), numbers["replenish_lead_days"] * DAY_MINUTES
    pace = sum(steady_pace(row) for row in parts)
    sold = sum(row["allocated"] - row["left"] for row in parts)
    after = numbers["replenish_tail_share"] * sold / max(1.0, min(minutes_passed(frame), show_minutes(frame)))
    demand = pace * min(rest, lead) + after * max(0.0, lead - rest)
    was_set = safety_set(frame)
    keep = sum(safety(row, was_set, numbers) for row in parts)
    arriving = sum(units for units, _ in coming)
    quantity = min(QUANTITY_MAX, math.ceil(demand + keep - sku["left"] - arriving))
    if quantity < numbers["replenish_units_min"]:
        return None
    now = micros(frame["at"])
    lasts = _lasts(sku["left"], pace, rest, after)
    runs_out = now + round(min(lasts, lead) * MINUTE)
    urgent = not any(eta <= runs_out for _, eta in coming)
    asked = now + round((numbers["prompt_minutes_max"] + 1) * MINUTE)
    lost = max(0.0, pace * rest - sku["left"])
    title = sku["title"]
    return {
        "kind": "action",
        "region": "",
        "sku": sku["sku"],
        "what": f"{'Emergency: ask' if urgent else 'Ask'} purchasing for {quantity} {title}",
        "why": f"{sku['left']} {title} are left over all pools and {arriving} on their way, "
        f"{(sku['left'] + arriving) / (sku['sold'] + sku['left']):.1%} of {sku['sold'] + sku['left']} (trigger "
        f"{numbers['replenish_left_share']:.0%}); {pace:.1f} sell per minute, so they last {_long(min(lasts, lead))}.",
        "effect": f"{quantity} cover {demand:.0f} units expected in {numbers['replenish_lead_days']:g} days and a "
        f"safety stock of {keep}."
        + (" Nothing arrives before it runs out." if urgent else " A shipment arrives before it runs out."),
        "helps_minutes": None,
        "cost_minor": round(lost * margin(sku)),
        "commands": [
            {
                "type": "request_replenishment",
                "replenishment": f"{sku['sku'][:150]}:{frame['seq']}",
                "sku": sku["sku"],
                "quantity": quantity,
                "need_by": max(runs_out, asked),
                "urgent": urgent,
            }
        ],
    }


def _lasts(left: int, pace: float, rest: float, after: float) -> float:
    """Minutes until nothing is left: at the show's pace while it goes on, at that of the days after it then."""
    if left <= pace * rest:
        return left / pace if pace else 0.0
    beyond = left - pace * rest
    return rest + (beyond / after if after else math.inf)


def _long(minutes: float) -> str:
    return f"{minutes:.0f} minutes" if minutes < 2 * 60 else f"{minutes / 60:.0f} hours"
