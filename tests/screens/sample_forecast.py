"""What a believable frame says of the time to come: the law of each row, the record of forecasts, and the allocator.

Data flow: a countdown row of `sample_frame` + the minutes left -> the forecast's keys of that row, from the same law the
room uses. The record and the allocation are fixed values in the form a frame carries them.
"""

from typing import Any

import numpy as np

from dashboard.forecast.counts import chance_by, leftover, wanted_at

Frame = dict[str, Any]

SHAPE, LOT = 12.0, 1.3


def law(left: float, mean: float, soon: float) -> Frame:
    """What the forecast says of a row with units left, units expected until the close, and units a minute soon."""
    stock, wanted, shape, lot = (np.array(value) for value in (left, mean, SHAPE, LOT))
    p10, p50, p90 = (round(float(wanted_at(wanted, shape, lot, level)), 1) for level in (0.1, 0.5, 0.9))
    stays = float(leftover(stock, wanted, shape, lot))
    chance = float(chance_by(stock, shape, shape * lot / max(mean, 1e-9), lot, 1.0))
    return {
        "p_sells_out": round(chance, 4), "expected_per_minute": round(soon, 3), "wanted_p10": p10, "wanted_p50": p50, "wanted_p90": p90,
        "wanted_mean": round(mean, 2), "wanted_shape": SHAPE, "lot": LOT, "leftover": round(stays, 2),
        "short": round(max(0.0, mean - left + stays), 2),
    }  # fmt: skip


def record(forecasts: int = 412) -> Frame:
    """The record of forecasts after so many were graded."""
    figures = {"forecasts": forecasts, "coverage_80": 0.79, "median_abs_error_minutes": 2.6}
    if not forecasts:
        figures |= {"coverage_80": None, "median_abs_error_minutes": None}
    rows = [
        {"horizon": "0-10", "forecasts": 120, "coverage_80": 0.81, "median_abs_error_minutes": 1.4},
        {"horizon": "10-30", "forecasts": 150, "coverage_80": 0.78, "median_abs_error_minutes": 3.1},
        {"horizon": "30+", "forecasts": 90, "coverage_80": 0.77, "median_abs_error_minutes": 6.2},
        {"horizon": "lasts", "forecasts": 52, "coverage_80": 0.8, "median_abs_error_minutes": None},
    ]
    return figures | {
        "pending": 88, "interrupted": 0, "pinball_minutes": None, "by_horizon": rows if forecasts else [], "by_tier": [],
        "sell_outs": 11, "warned_share": 0.9091, "false_alarm_share": None, "tuning": "after 20 shows", "tuning_shows": 20,
    }  # fmt: skip


def allocation(at: str, flexible: int = 180) -> Frame:
    """What the allocator said last: EU lacks rose rings, SEA is rich in them."""
    worth = {("HALO-ROSE", "EU"): 2830, ("HALO-ROSE", "US"): 1610, ("HALO-ROSE", "SEA"): 240,
             ("PULSE-BLACK", "US"): 2210, ("PULSE-BLACK", "EU"): 905, ("PULSE-BLACK", "SEA"): 0}  # fmt: skip
    return {
        "at": at, "seq": 900, "method": "lp", "why": "",
        "bids": [{"sku": "HALO-ROSE", "bid_minor": 1450}, {"sku": "PULSE-BLACK", "bid_minor": 620}],
        "worth": [{"sku": sku, "region": region, "minor": minor} for (sku, region), minor in worth.items()],
        "advice": [
            {"sku": "HALO-ROSE", "from_pool": "flexible", "to_pool": "region/EU", "units": min(90, flexible), "worth_minor": 231_000},
            {"sku": "PULSE-BLACK", "from_pool": "region/SEA", "to_pool": "region/US", "units": 12, "worth_minor": 9_900},
        ],
    }  # fmt: skip
