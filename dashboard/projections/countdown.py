"""Countdown: when a SKU sells out in a region, how sure that is, or an honest "lasts" or "unknown".

A simple rate with an interval. The rate is the units of the last steps, the youngest weighing most (half-life two
steps), so that it follows a spike within a minute. Units left over rate is the median time; its spread comes from
how few orders the rate was read from and how few units are left, widened for orders of several units. Times
beyond the close are never shown: then the SKU "lasts", with how likely a sell-out before the close still is. With
fewer than three recent units nothing is claimed. A sold-out SKU shows no countdown.
"""

import math
from typing import Any

from dashboard.projections.sales import MINUTE, Pace, Sales, spark
from dashboard.projections.stock import Shares

Row = dict[str, Any]

HALF_LIFE_STEPS = 2.0
SPIKE_STEPS = 3
UNITS_TO_SPEAK = 3
BURSTINESS = 1.27
"""Variance over mean of order sizes times counts: orders come in small lots."""
Z_80 = 1.2816
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


def predict(left: int, rate: float, evidence: float, minutes_left: float) -> tuple[str, list[float | None], float]:
    """State, [p10, p50, p90] in minutes (None beyond the close) and the chance to sell out before the close."""
    if evidence < UNITS_TO_SPEAK or rate <= 0:
        return "unknown", [None, None, None], 0.0
    median = left / rate
    spread = math.sqrt(BURSTINESS / evidence + BURSTINESS / left)
    if minutes_left <= 0:
        return "lasts", [None, None, None], 0.0
    chance = 0.5 * (1 + math.erf(math.log(minutes_left / median) / spread / math.sqrt(2)))
    quantiles = [median * math.exp(-Z_80 * spread), median, median * math.exp(Z_80 * spread)]
    shown = [round(minutes, 2) if minutes <= minutes_left else None for minutes in quantiles]
    return ("counting" if shown[1] is not None else "lasts"), shown, round(chance, 4)


def rows(shares: Shares, sales: Sales, titles: dict[str, str], at: int, ends_at: int, closed: bool) -> list[Row]:
    """One row per SKU and region that was ever allocated, most urgent first."""
    minutes_left = 0.0 if closed else (ends_at - at) / MINUTE
    result: list[Row] = []
    for sku, regions in shares.items():
        paces = sales.paces.get(sku, {})
        for region, share in regions.items():
            if share.allocated <= 0:
                continue
            result.append(_row(sku, region, share.left, share.allocated, sales, paces.get(region), at, minutes_left))
            result[-1]["title"] = titles.get(sku, sku)
    result.sort(key=_urgency_order)
    return result


def _row(
    sku: str, region: str, left: int, allocated: int, sales: Sales, pace: Pace | None, at: int, minutes_left: float
) -> Row:
    rate, baseline, evidence = rates(sales, pace, at)
    if left <= 0:
        state, (p10, p50, p90), chance = "out", [None, None, None], 1.0
    else:
        state, (p10, p50, p90), chance = predict(left, rate, evidence, minutes_left)
    return {
        "sku": sku,
        "region": region,
        "p10": p10,
        "p50": p50,
        "p90": p90,
        "state": state,
        "p_sells_out": None if state == "unknown" else chance,
        "sells_out_at": None if p50 is None else at + int(p50 * MINUTE),
        "left": left,
        "allocated": allocated,
        "share_sold": round(1 - left / allocated, 4),
        "rate_per_minute": round(rate, 3),
        "baseline_per_minute": round(baseline, 3),
        "spark": spark(sales, pace, at),
        "urgency": _urgency(state, p50, left, allocated),
    }


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
