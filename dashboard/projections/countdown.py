"""Countdown: when a SKU sells out in a region, how sure that is, or an honest "lasts" or "unknown".

The times are those of the forecast (`dashboard/forecast`): P10, P50 and P90 in minutes, never beyond the close - then
the SKU "lasts" - and with each the chance that it sells out before it. Nothing is claimed of a SKU that neither orders
nor a plan speak of, and a sold-out one shows no countdown. What was said is on record and graded (`record`).

Beside the forecast stands what just happened: units per minute of the last steps, the youngest weighing most (half-life
two steps), and before the last three, the baseline a spike is held against.
"""

import math
from typing import Any, NamedTuple

from dashboard.decision import events as e
from dashboard.forecast.counts import wanted_at
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.selling_out import Forecast, Outlook
from dashboard.projections import forecasts
from dashboard.projections.forecasts import UNITS_TO_SPEAK, Forecasts
from dashboard.projections.sales import MINUTE, Pace, Sales, spark
from dashboard.projections.stock import Share, Shares

Row = dict[str, Any]

HALF_LIFE_STEPS = 2.0
SPIKE_STEPS = 3
URGENT_MINUTES = 10
SOON_MINUTES = 30
_WEIGHTS = tuple(0.5 ** (age / HALF_LIFE_STEPS) for age in range(64))
_ORDER = {"counting": 0, "out": 1, "lasts": 2, "unknown": 3, "none": 4}


def rates(sales: Sales, pace: Pace | None, at: int) -> tuple[float, float, float]:
    """Units per minute now and before the last three steps (the baseline), and the weighted units behind "now"."""
    if pace is None:
        return 0.0, 0.0, 0.0
    elapsed = (at - sales.start) / sales.step
    now = math.floor(elapsed)
    weighted = time = before = 0.0
    for step, units in pace.steps:
        age = now - step
        if 0 <= age < 30:
            weighted += units * _WEIGHTS[age]
            if age >= SPIKE_STEPS:
                before += units
    steps_seen = min(30, max(1, now - pace.first + 1))
    running = max(0.05, elapsed - now)
    time = running + sum(_WEIGHTS[1:steps_seen])
    baseline_steps = steps_seen - SPIKE_STEPS
    minutes = sales.step / MINUTE
    baseline = before / baseline_steps / minutes if baseline_steps > 0 else 0.0
    return weighted / time / minutes, baseline, weighted


class Said(NamedTuple):
    """What is forecast of every node, as plain lists."""

    pulse: Pulse
    known: list[float]
    stock: list[float]
    quantiles: tuple[list[float], list[float], list[float]]
    chance: list[float]
    wanted: tuple[list[float], list[float], list[float]]
    law: tuple[list[float], list[float], list[float]]
    """Units wanted by the close: mean, shape, lot."""
    stays: list[float]
    soon: list[float]


def said(pulse: Pulse, outlook: Outlook, found: Forecast) -> Said:
    """A forecast as plain lists."""
    return Said(
        pulse,
        forecasts.known(pulse).tolist(),
        outlook.stock.tolist(),
        (found.p10.tolist(), found.p50.tolist(), found.p90.tolist()),
        found.chance.tolist(),
        tuple(wanted_at(found.mean, found.shape, found.lot, level).tolist() for level in (0.1, 0.5, 0.9)),
        (found.mean.tolist(), found.shape.tolist(), found.lot.tolist()),
        found.stays.tolist(),
        found.soon.tolist(),
    )


class Look(NamedTuple):
    """What countdowns are read from at one instant; `running` False once the show is closed."""

    opened: e.ShowOpened
    state: Forecasts
    sales: Sales
    at: int
    running: bool


def rows(now: Look, shares: Shares, titles: dict[str, str]) -> list[Row]:
    """One row per SKU and region that was ever allocated, or draws what is everybody's; most urgent first."""
    told = said(*forecasts.seen_at(now.state, now.opened, now.at))
    pooled = told.pulse.pooled
    result: list[Row] = []
    nothing = Share()
    regions = [region.region for region in now.opened.regions]
    for number, sku in enumerate(told.pulse.skus):
        paces, mine = now.sales.paces.get(sku, {}), shares.get(sku, {})
        for place, region in enumerate(regions):
            share = mine.get(region, nothing)
            node = told.pulse.node_of.get((number, place))
            if node is None or (share.allocated <= 0 and not pooled[number]):
                continue
            row = _row(now, told, node, share, paces.get(region))
            result.append({"sku": sku, "region": region, **row, "title": titles.get(sku, sku)})
    result.sort(key=_urgency_order)
    return result


def _row(now: Look, told: Said, node: int, share: Share, pace: Pace | None) -> Row:
    rate, baseline, _ = rates(now.sales, pace, now.at)
    p10, p50, p90 = (_minutes(values[node]) for values in told.quantiles)
    state = _state(now, told, node, p50)
    if state not in ("counting", "lasts") or not now.running:
        p10 = p50 = p90 = None
    chance = {"out": 1.0, "unknown": None}.get(state, told.chance[node])
    wanted = [values[node] for values in told.wanted]
    mean, shape, lot = (values[node] for values in told.law)
    allocated = share.allocated or round(told.stock[node])
    return {
        "p10": p10,
        "p50": p50,
        "p90": p90,
        "state": state,
        "p_sells_out": None if chance is None else round(chance, 4),
        "sells_out_at": None if p50 is None else now.at + int(p50 * MINUTE),
        "left": share.left,
        "allocated": share.allocated,
        "share_sold": round(1 - share.left / share.allocated, 4) if share.allocated else 0.0,
        "rate_per_minute": round(rate, 3),
        "baseline_per_minute": round(baseline, 3),
        "expected_per_minute": round(told.soon[node], 3),
        "wanted_p10": round(wanted[0], 1),
        "wanted_p50": round(wanted[1], 1),
        "wanted_p90": round(wanted[2], 1),
        "wanted_mean": round(mean, 2),
        "wanted_shape": round(shape, 3),
        "lot": round(lot, 3),
        "leftover": round(min(told.stays[node], told.stock[node]), 2),
        "short": round(max(0.0, mean - told.stock[node] + told.stays[node]), 2),
        "spark": spark(now.sales, pace, now.at),
        "urgency": _urgency(state, p50, share.left, allocated),
    }


def _minutes(value: float) -> float | None:
    return None if math.isinf(value) else round(value, 2)


def _state(now: Look, told: Said, node: int, p50: float | None) -> str:
    if told.stock[node] < 1:
        return "out"
    if told.known[node] < UNITS_TO_SPEAK:
        return "unknown"
    return "counting" if p50 is not None and now.running else "lasts"


def _urgency(state: str, p50: float | None, left: int, allocated: int) -> str:
    if state == "out" or (p50 is not None and p50 <= URGENT_MINUTES):
        return "red"
    if state in ("unknown", "none"):
        return "grey"
    if p50 is not None and (p50 <= SOON_MINUTES or left <= 0.2 * allocated):
        return "yellow"
    return "green"


def _urgency_order(row: Row) -> tuple[int, float, str, str]:
    if row["state"] == "counting":
        within = float(row["p50"])
    else:
        within = -float(row["p_sells_out"] or 0)
    return _ORDER[row["state"]], within, row["sku"], row["region"]
