"""Replenish: when little of a SKU is left anywhere and little is coming, purchasing is asked for more.

Reads the SKUs' totals over all pools, the shipments on their way, the forecast per region and the safety stocks.
Quantity: what nine shows of ten would ask for until the close (the regions' P90, their luck taken as independent), then
a small part of the show's average until new goods could be here, and the safety stock, less what is left and coming. It
is needed by when the SKU runs out if the show asks that much, and urgent when nothing arrives before. Asked once per
SKU, until enough is left again; nothing is in stock because of it.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import CLEAR_GAP, Candidate, Condition
from dashboard.rules.estimates import pace, wanted
from dashboard.rules.readings import (
    MINUTE,
    countdowns,
    hold,
    margin,
    micros,
    minutes_left,
    minutes_passed,
    safety,
    safety_set,
    show_minutes,
    table,
)

Row = dict[str, Any]
AGAIN = "after clearing"
DAY_MINUTES = 24 * 60
QUANTITY_MAX = 1_000_000


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU that sold enough to speak of, the scarcest need not come first: they share nothing."""
    coming = _coming(frame)
    for share, sku in _near(frame, coming, numbers):
        sold = sku["sold"]
        conditions = (
            Condition(
                f"What is left and coming of {sku['title']}", share, "<", numbers["replenish_left_share"], "share"
            ),
            Condition(f"What is sold of {sku['title']}", sold, ">=", numbers["replenish_sold_units"]),
        )
        row = _row(frame, numbers, sku, coming.get(sku["sku"], [])) if hold(conditions) else None
        yield Candidate("", conditions, row, sku=sku["sku"], clear=share >= numbers["replenish_clear_share"])


def _near(
    frame: Row, coming: Mapping[str, list[tuple[int, int]]], numbers: Mapping[str, float]
) -> list[tuple[float, Row]]:
    """What is left and coming of each SKU that sold, as a share, and the SKU: those not far from scarce, else one."""
    found: list[tuple[float, Row]] = []
    for sku in frame["skus"]:
        if sku.get("sold", 0) > 0:
            there = sku["left"] + sum(units for units, _ in coming.get(sku["sku"], ()))
            found.append((there / (sku["sold"] + sku["left"]), sku))
    far = max(numbers["replenish_clear_share"], numbers["replenish_left_share"] / (1 - CLEAR_GAP))
    return [one for one in found if one[0] <= far] or sorted(found, key=lambda one: one[0])[:1]


def _coming(frame: Row) -> dict[str, list[tuple[int, int]]]:
    """Units on their way that nobody may sell yet, with their arrival, per SKU."""
    if frame.get("sells_in_transit"):
        return {}
    coming: dict[str, list[tuple[int, int]]] = {}
    for shipment in table(frame, "shipments"):
        for line in shipment["on_the_way"]:
            coming.setdefault(line["sku"], []).append((line["quantity"], micros(shipment["eta"])))
    return coming


def _row(frame: Row, numbers: Mapping[str, float], sku: Row, coming: list[tuple[int, int]]) -> Row | None:
    """What is asked of purchasing; nothing where what is there and coming is enough after all."""
    rest, lead = minutes_left(frame), numbers["replenish_lead_days"] * DAY_MINUTES
    parts = [row for row in countdowns(frame).of(sku["sku"]) if row["allocated"] > row["left"]]
    wants, most = _wanted(parts)
    soon = sum(pace(row) for row in parts)
    sold = sum(row["allocated"] - row["left"] for row in parts)
    after = numbers["replenish_tail_share"] * sold / max(1.0, min(minutes_passed(frame), show_minutes(frame)))
    demand = most * min(1.0, lead / max(rest, 1.0)) + after * max(0.0, lead - rest)
    was_set = safety_set(frame)
    keep = sum(safety(row, was_set, numbers) for row in parts)
    arriving = sum(units for units, _ in coming)
    quantity = min(QUANTITY_MAX, math.ceil(demand + keep - sku["left"] - arriving))
    if quantity < numbers["replenish_units_min"]:
        return None
    now = micros(frame["at"])
    lasts = _lasts(sku["left"], most, rest, after)
    runs_out = now + round(min(lasts, lead) * MINUTE)
    urgent = not any(eta <= runs_out for _, eta in coming)
    asked = now + round((numbers["prompt_minutes_max"] + 1) * MINUTE)
    lost = max(0.0, wants - sku["left"])
    title = sku["title"]
    return {
        "kind": "action",
        "region": "",
        "sku": sku["sku"],
        "what": f"{'Emergency: ask' if urgent else 'Ask'} purchasing for {quantity} {title}",
        "why": f"{sku['left']} {title} are left over all pools and {arriving} on their way, "
        f"{(sku['left'] + arriving) / (sku['sold'] + sku['left']):.1%} of {sku['sold'] + sku['left']} (trigger "
        f"{numbers['replenish_left_share']:.0%}); {soon:.1f} sell per minute and {wants:.0f} to {most:.0f} are wanted "
        f"by the close, so they last at least {_long(min(lasts, lead))}.",
        "effect": f"{quantity} cover the {demand:.0f} units that nine shows of ten would ask for in "
        f"{numbers['replenish_lead_days']:g} days and a safety stock of {keep}."
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


def _wanted(parts: list[Row]) -> tuple[float, float]:
    """Units wanted in all regions until the close: expected, and at most with 90 %."""
    mean = sum(wanted(row) for row in parts)
    luck = sum(max(0.0, row["wanted_p90"] - wanted(row)) ** 2 for row in parts)
    return mean, mean + math.sqrt(luck)


def _lasts(left: int, most: float, rest: float, after: float) -> float:
    """Minutes until nothing is left, if the show asks for so much; then at the pace of the days after it."""
    if left <= most:
        return rest * left / most if most else 0.0
    beyond = left - most
    return rest + (beyond / after if after else math.inf)


def _long(minutes: float) -> str:
    return f"{minutes:.0f} minutes" if minutes < 2 * 60 else f"{minutes / 60:.0f} hours"
