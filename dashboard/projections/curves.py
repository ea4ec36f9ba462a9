"""Consumption curves: cumulative units over the show, the plan beside them, and what people did about it.

Points sit at the end of each bucket; the last point is the instant of the frame. The plan is spread over the
rundown: a SKU's planned units sell while it is on screen (evenly over the show where the rundown is silent), so
the dashed line bends where the show does. Interventions become annotations.
"""

from itertools import accumulate
from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.projections.sales import Sales

Row = dict[str, Any]
MARKS_KEPT = 200
SKUS_SHOWN = 12


class Mark(msgspec.Struct):
    """An intervention on the time axis."""

    seq: int
    at: int
    kind: str
    what: str


def fold(marks: list[Mark], event: e.Event, seq: int, at: int, starts_at: int) -> None:
    """Remember what somebody did about the stock after the start."""
    if at < starts_at:
        return
    what = _what(event)
    if what:
        marks.append(Mark(seq, at, what[0], what[1]))
        if len(marks) > MARKS_KEPT:
            del marks[0]


def _what(event: e.Event) -> tuple[str, str] | None:
    if isinstance(event, e.Reallocated):
        return "reallocated", f"+{event.quantity} {event.to_pool.removeprefix('region/')}"
    if isinstance(event, e.Undone):
        return "undone", f"-{event.quantity} {event.from_pool.removeprefix('region/')}"
    if isinstance(event, e.UnitsLent) and event.quantity:
        return "lent", f"+{event.quantity} {event.to_pool.removeprefix('region/')} lent"
    if isinstance(event, e.LoanReturned) and event.quantity:
        return "returned", f"-{event.quantity} {event.from_pool.removeprefix('region/')} returned"
    if isinstance(event, e.BundleSet) and event.percent:
        return "bundle", f"bundle -{event.percent} % {event.region}"
    if isinstance(event, e.LimitSet):
        if event.units_per_order is None:
            return "limit_lifted", f"limit lifted {event.region}"
        return "limit", f"limit {event.units_per_order} {event.region}"
    if isinstance(event, e.CouponSet) and event.percent:
        return "coupon", f"-{event.percent} % {event.region}"
    if isinstance(event, e.PoolOpened):
        return "pool", f"{event.pool.removeprefix('temporary/')} +{event.quantity}"
    if isinstance(event, e.ShipmentStarted):
        return "shipment", f"{event.shipment} leaves"
    if isinstance(event, e.ShipmentArrived):
        return "shipment", f"{event.shipment} arrives"
    return None


def table(opened: e.ShowOpened, sales: Sales, marks: list[Mark], plan: list[int], at: int) -> Row:
    """Curves by channel, region and SKU, their total, the plan, and the annotations."""
    last = min(max(0, (at - sales.start) // sales.bucket), sales.last_bucket)
    minutes = [round((number + 1) * sales.bucket / 60e6, 3) for number in range(last)]
    minutes.append(round(max(0.0, (at - sales.start) / 60e6), 3))
    by_channel = {name: _cumulative(curve, last) for name, curve in sorted(sales.by_channel.items())}
    by_region: dict[str, list[int]] = {region.region: [0] * (last + 1) for region in opened.regions}
    for channel in opened.channels:
        by_region[channel.region] = _add(by_region[channel.region], by_channel[channel.channel])
    total = [0] * (last + 1)
    for curve in by_region.values():
        total = _add(total, curve)
    leading = sorted(sales.by_sku, key=lambda sku: (-sum(sales.by_sku[sku].values()), sku))[:SKUS_SHOWN]
    return {
        "bucket_seconds": sales.bucket // 1_000_000,
        "minutes": minutes,
        "by_channel": by_channel,
        "by_region": by_region,
        "by_sku": {sku: _cumulative(sales.by_sku[sku], last) for sku in leading},
        "total": total,
        "plan_total": plan[-1] if plan else None,
        "plan": plan,
        "plan_minutes": [round((number + 1) * sales.bucket / 60e6, 3) for number in range(len(plan))],
        "annotations": [
            {"minute": round((mark.at - sales.start) / 60e6, 3), "what": mark.what, "kind": mark.kind, "seq": mark.seq}
            for mark in marks
            if mark.at <= at
        ],
    }


def _cumulative(curve: dict[int, int], last: int) -> list[int]:
    return list(accumulate(curve.get(number, 0) for number in range(last + 1)))


def _add(one: list[int], other: list[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


def plan_curve(opened: e.ShowOpened, bucket: int) -> list[int]:
    """Cumulative planned units per bucket (microseconds long) over the whole show, or [] without a plan."""
    last = max(0, (opened.ends_at - 1 - opened.starts_at) // bucket)
    units: dict[str, int] = {}
    for line in opened.plan:
        units[line.sku] = units.get(line.sku, 0) + line.units
    if not units:
        return []
    seconds = bucket / 1e6
    values = [0.0] * (last + 1)
    for sku, planned in units.items():
        weights = [0.0] * (last + 1)
        for segment in opened.rundown:
            if segment.sku == sku:
                for number in range(last + 1):
                    overlap = min(segment.end_seconds, (number + 1) * seconds) - max(
                        segment.start_seconds, number * seconds
                    )
                    weights[number] += max(0.0, overlap)
        total = sum(weights)
        for number in range(last + 1):
            values[number] += planned * (weights[number] / total if total else 1 / (last + 1))
    running = 0.0
    result: list[int] = []
    for value in values:
        running += value
        result.append(round(running))
    return result
