"""`rules`: what one look of all rules at a frame costs, with 3,500 SKUs in 37 regions (129,500 countdowns).

The frame is made up: sales are as uneven as in a real assortment (a few SKUs sell fast, most hardly at all), the show
is late enough for every rule to have a say, some regions sleep, and some SKUs are scarce. The yardstick is the least
anybody could do with so many rows: look once at each of them.
"""

import math
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.rules.arbiter import decide
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, in_turns, result

Row = dict[str, Any]
START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
SHOW_MINUTES, MINUTE = 600, 400
DECIDE_MS_MAX = 300.0
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Singapore", "Pacific/Auckland", "UTC")


def iso(minute: float) -> str:
    """A minute of the show as frames write it."""
    return (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sells_out(mean: float, left: int) -> float:
    """The chance that so many units are asked for, where `mean` are expected and that is known within a third."""
    luck = math.sqrt(2 * max(1.0, mean + (mean / 3) ** 2))
    return 0.5 * (1 + math.erf((mean - left) / luck))


def countdown(chance: random.Random, sku: int, region: int) -> Row:
    """One SKU in one region: how fast it sells, what is left, what the forecast says."""
    pace = chance.lognormvariate(-3.0, 1.6) if chance.random() < 0.6 else 0.0
    rate = round(pace * chance.lognormvariate(0, 0.4), 3)
    allocated = max(5, round(pace * SHOW_MINUTES * chance.lognormvariate(0.2, 0.4)))
    left = max(0, min(allocated, round(allocated - pace * MINUTE)))
    mean = pace * (SHOW_MINUTES - MINUTE)
    state = "out" if not left else "unknown" if pace < 0.02 else "counting" if mean > left else "lasts"
    return {
        "sku": f"SKU-{sku:04d}", "region": f"R{region:02d}", "title": f"SKU {sku}", "allocated": allocated,
        "left": left, "share_sold": round(1 - left / allocated, 4), "rate_per_minute": rate,
        "baseline_per_minute": round(pace, 3), "state": state, "urgency": "green",
        "p10": None, "p50": round(left / pace, 2) if state == "counting" else None, "p90": None,
        "p_sells_out": round(sells_out(mean, left), 4), "sells_out_at": None, "spark": [round(rate)] * 20,
        "wanted_p10": round(0.8 * mean), "wanted_p50": round(mean), "wanted_p90": round(1.2 * mean) + 1,
        "wanted_mean": mean, "wanted_shape": 20.0, "lot": 1.0, "expected_per_minute": pace,
        "leftover": max(0.0, left - mean), "short": max(0.0, mean - left),
    }  # fmt: skip


def frame(skus: int, regions: int, seed: int = 1) -> Row:
    """A frame of so many SKUs and regions, the same for the same seed."""
    chance = random.Random(seed)
    countdowns = [countdown(chance, sku, region) for sku in range(skus) for region in range(regions)]
    names = [f"R{region:02d}" for region in range(regions)]
    minutes = [float(minute) for minute in range(1, MINUTE + 1)]
    made: Row = {
        "show": "wide", "status": "open", "seq": 900, "at": iso(MINUTE), "t_plus_seconds": MINUTE * 60,
        "starts_at": iso(0), "ends_at": iso(SHOW_MINUTES), "currency": "USD", "sells_in_transit": False,
        "countdowns": countdowns,
        "regions": [_region(name, number, countdowns[number::regions]) for number, name in enumerate(names)],
        "skus": [_sku(sku, countdowns[sku * regions : (sku + 1) * regions]) for sku in range(skus)],
        "channels": [_channel(name, shop) for name in names for shop in ("tiktok", "amazon")],
        "locations": [{"location": f"L{name}", "name": name, "kind": "forward", "country": name} for name in names],
        "lanes": [{"location": f"L{name}", "region": name, "landed_cost_minor": 300, "days": 2.0} for name in names],
        "routes": [
            {"from_location": f"L{names[0]}", "to_location": f"L{name}", "mode": "air", "hours": 1.0, "cost_minor": 100}
            for name in names[1:4]
        ],
        "stock": [
            {"location": f"L{row['region']}", "sku": row["sku"], "available": row["left"],
             "committed": row["allocated"] - row["left"], "unavailable": 0, "in_transit": 0}
            for row in countdowns
        ],
        "curves": {
            "minutes": minutes, "by_region": dict.fromkeys(names, minutes), "by_sku": {}, "plan": [],
            "by_channel": {f"{shop}-{name}": minutes for name in names for shop in ("tiktok", "amazon")},
            "plan_minutes": [],
        },
        **{
            name: [] for name in
            ("withheld", "suspended", "alerts", "proposals", "limits", "coupons", "requests", "loans", "guests",
             "replenishments", "receipts", "errands", "bundles", "safety", "splits", "prices", "pushes", "went",
             "reallocations", "shipments", "rundown", "listing_modes")
        },
        "autonomy": {}, "parameters": {}, "allocation": None, "record": None,
    }  # fmt: skip
    made["pools"] = [
        {"pool": "flexible", "region": None, "sku": row["sku"], "allocated": 100, "left": 100}
        for row in made["skus"]
        if row["sku"] < f"SKU-{skus // 10:04d}"
    ] + [
        {"pool": f"region/{row['region']}", "region": row["region"], "sku": row["sku"], "allocated": row["allocated"],
         "left": row["left"]}
        for row in countdowns
    ]  # fmt: skip
    return made


def _region(name: str, number: int, rows: list[Row]) -> Row:
    allocated, left = sum(row["allocated"] for row in rows), sum(row["left"] for row in rows)
    return {
        "region": name, "allocated": allocated, "left": left, "sold": allocated - left, "countries": [name],
        "share_sold": round(1 - left / allocated, 4), "time_zone": ZONES[number % len(ZONES)],
        "rate_per_minute": sum(row["rate_per_minute"] for row in rows),
        "projected_leftover": round(sum(row["leftover"] for row in rows)),
    }  # fmt: skip


def _sku(number: int, rows: list[Row]) -> Row:
    return {
        "sku": f"SKU-{number:04d}", "title": f"SKU {number}", "tier": "evergreen", "price_minor": 5000,
        "cost_minor": 2000, "floor_minor": 4000, "ceiling_minor": 6000, "on_screen": number == 0,
        "sold": sum(row["allocated"] - row["left"] for row in rows), "left": sum(row["left"] for row in rows) + 100,
    }  # fmt: skip


def _channel(region: str, shop: str) -> Row:
    return {
        "channel": f"{shop}-{region}", "name": f"{shop} {region}", "region": region, "state": "fresh", "behind": "",
        "data_age_seconds": 1.0, "pending_age_seconds": None, "patience_seconds": 15.0, "drift_units": 0, "drift": [],
        "fee_per_mille": 0, "exposure": 100, "exposures": {}, "units_sold": 40, "plan_units": None,
        "interactions": None, "interactions_usual": None, "breaker": False, "breaker_note": "",
    }  # fmt: skip


def decide_ms(seen: Row) -> float:
    """Milliseconds for all rules to look at a frame, with nothing known of it before."""
    begun = time.perf_counter()
    decide(seen, {"all": "auto"})
    return (time.perf_counter() - begun) * 1000


def look_ms(seen: Row) -> float:
    """Milliseconds to look once at every row."""
    begun = time.perf_counter()
    sum(row["left"] for row in seen["countdowns"])
    return (time.perf_counter() - begun) * 1000


def measure(bench: Bench) -> list[Result]:
    """All rules on the wide frame, in turns with one look at each row."""
    skus, regions = bench.size(3500, 40), bench.size(37, 5)
    bench.say(f"rules: a frame of {skus * regions:,} countdowns")
    seen = frame(skus, regions)
    decide_ms(seen)
    medians = in_turns(bench.size(7, 1), {"rules": lambda: decide_ms(seen), "look": lambda: look_ms(seen)})
    yardstick = Yardstick("one look at every row", medians["look"])
    goal = Goal("figure", most=DECIDE_MS_MAX)
    return [result(f"rules, {skus} SKUs x {regions} regions", medians["rules"], "ms", yardstick, goal)]
