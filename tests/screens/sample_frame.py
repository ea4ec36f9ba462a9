"""A believable BreezeStyle show for the tests of the screens: every key of a frame, and a room that moves with time.

Data flow: seconds since the start of the show -> `frame_at` -> one plain dict, as the real room would publish it.
Invariants: on hand = available + committed + unavailable; the same second and the same moves give the same frame.
`FakeRoom` answers commands the way the real room does: one answer per command, ids recognised, stale previews
refused.
What can fail: nothing outside; there is no store and no network behind it.
"""

import copy
import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from tests.screens.sample_forecast import allocation, law, record

Frame = dict[str, Any]

STARTS_AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ENDS_AT = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
SHOW = "breezestyle-spring"

SKUS = (
    ("HALO-ROSE", "Halo ring · rose", 4900, 1700),
    ("HALO-SILVER", "Halo ring · silver", 4900, 1700),
    ("PULSE-BLACK", "Pulse band · black", 5900, 2100),
    ("PULSE-SAND", "Pulse band · sand", 5900, 2100),
    ("TEMPO-CLIP", "Tempo clip", 2900, 900),
)
REGIONS = (
    ("US", "United States", "America/Los_Angeles", ("US",), 960, 0.046),
    ("EU", "Europe", "Europe/Berlin", ("DE", "FR", "ES", "IT", "NL", "AT", "BE", "PL"), 800, 0.041),
    ("SEA", "South-East Asia", "Asia/Kuala_Lumpur", ("MY", "TH", "SG", "ID", "VN", "PH"), 640, 0.019),
)
LOCATIONS = (
    ("LAX", "Los Angeles", "forward", 33.94, -118.4, "US", "America/Los_Angeles", 560, 18),
    ("HAM", "Hamburg", "forward", 53.55, 9.99, "DE", "Europe/Berlin", 640, 0),
    ("SIN", "Singapore", "forward", 1.35, 103.8, "SG", "Asia/Singapore", 620, 0),
    ("SZX", "Shenzhen bonded", "bonded", 22.54, 114.06, "CN", "Asia/Shanghai", 420, 0),
    ("NGB", "Ningbo bonded", "bonded", 29.87, 121.55, "CN", "Asia/Shanghai", 260, 0),
    ("CGO", "Zhengzhou bonded", "bonded", 34.75, 113.63, "CN", "Asia/Shanghai", 260, 0),
)
CHANNELS = (
    ("tiktok-us", "TikTok US", "tiktok", "US", "en", 0.40, 0.3),
    ("tiktok-eu", "TikTok EU", "tiktok", "EU", "en", 0.34, 0.4),
    ("youtube-us", "YouTube", "youtube", "US", "en", 0.30, 0.6),
    ("instagram-eu", "Instagram", "instagram", "EU", "de", 0.26, 0.5),
    ("amazon-us", "Amazon US", "amazon", "US", "en", 0.18, 1.2),
    ("amazon-eu", "Amazon EU", "amazon", "EU", "de", 0.24, 0.9),
    ("shopee-my", "Shopee MY", "shopee", "SEA", "ms", 0.55, 42.0),
    ("shopee-th", "Shopee TH", "shopee", "SEA", "th", 0.45, 0.7),
    ("shopify-us", "Shopify", "shopify", "US", "en", 0.12, 0.2),
)
SHARES = {"HALO-ROSE": 0.30, "PULSE-BLACK": 0.27, "HALO-SILVER": 0.18, "PULSE-SAND": 0.15, "TEMPO-CLIP": 0.10}
PACES = {("HALO-ROSE", "EU"): 2.6, ("PULSE-BLACK", "US"): 1.7, ("HALO-ROSE", "US"): 1.3, ("PULSE-SAND", "US"): 1.1,
         ("HALO-SILVER", "US"): 0.8, ("PULSE-BLACK", "SEA"): 0.35, ("TEMPO-CLIP", "US"): 0.3, ("TEMPO-CLIP", "EU"): 0.3,
         ("HALO-SILVER", "SEA"): 0.4, ("PULSE-SAND", "SEA"): 0.4}  # fmt: skip
LANES = (("LAX", "US", 380, 2.0), ("SZX", "US", 1120, 8.0), ("HAM", "EU", 410, 2.0), ("CGO", "EU", 990, 7.0),
         ("SIN", "SEA", 300, 3.0))  # fmt: skip
DEMAND = (("US", 0.44), ("DE", 0.15), ("FR", 0.08), ("MY", 0.08), ("TH", 0.06), ("ES", 0.05), ("IT", 0.04), ("SG", 0.03),
          ("NL", 0.03), ("ID", 0.02), ("PL", 0.01), ("VN", 0.01))  # fmt: skip


def iso(moment: datetime) -> str:
    """Write a moment the way frames do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def at_second(second: float) -> str:
    """Write the moment `second` seconds after the start."""
    return iso(STARTS_AT + timedelta(seconds=second))


def share_sold(region: str, minute: float) -> float:
    """Return the share of a region's allocation sold after a number of minutes, a saturating curve."""
    speed = next(row[5] for row in REGIONS if row[0] == region)
    worked = 1.15 * min(30.0, max(0.0, minute)) + max(0.0, minute - 30)
    return min(0.995, 1 - math.exp(-speed * worked))


def _countdown(sku: str, title: str, region: str, minute: float) -> Frame:
    allocated = round(next(row[4] for row in REGIONS if row[0] == region) * SHARES[sku])
    heat = {"HALO-ROSE": 1.35, "PULSE-BLACK": 1.15, "HALO-SILVER": 0.9, "PULSE-SAND": 0.95, "TEMPO-CLIP": 0.35}[sku]
    sold = round(allocated * min(1.0, share_sold(region, minute * heat)))
    left = allocated - sold
    pace = PACES.get((sku, region), 0.7)
    rate = allocated * heat * next(row[5] for row in REGIONS if row[0] == region) * (left / allocated) * pace
    seed = sum(map(ord, sku + region))
    spark = [round(rate * 2 * (0.4 + ((seed * 31 + (i + int(minute)) * 7919) % 17) / 14)) for i in range(20)]
    row: Frame = {"sku": sku, "region": region, "title": title, "left": left, "allocated": allocated, "spark": spark,
                  "share_sold": sold / allocated, "rate_per_minute": round(rate, 2), "p10": None, "p50": None,
                  "baseline_per_minute": round(rate / 1.4, 2), "p90": None, "p_sells_out": None, "sells_out_at": None,
                  "state": "counting", "urgency": "green"}  # fmt: skip
    remaining = 120 - minute
    middle = left / rate if rate else 999.0
    if left == 0:
        row |= {"state": "out", "urgency": "red"}
    elif sold < 8 or (sku, region) == ("TEMPO-CLIP", "SEA"):
        row |= {"state": "unknown", "urgency": "grey"}
    elif middle > remaining:
        row |= {"state": "lasts", "p50": middle}
    else:
        row |= {"p10": middle * 0.75, "p50": middle, "p90": middle * 1.4,
                "sells_out_at": at_second((minute + middle) * 60),
                "urgency": "red" if middle < 15 else "yellow" if middle < 45 else "green"}  # fmt: skip
    return foreseen(row | {"wanted_mean": rate * max(0.0, remaining), "expected_per_minute": rate})


def foreseen(row: Frame) -> Frame:
    """Return a row with what the forecast's law says of the units it has left."""
    found = law(row["left"], row["wanted_mean"], row["expected_per_minute"])
    return row | found | ({"p_sells_out": None} if row["state"] == "unknown" else {})


def _countdowns(minute: float) -> list[Frame]:
    rows = [_countdown(sku, title, region[0], minute) for sku, title, _, _ in SKUS for region in REGIONS]
    order = {"out": 0, "counting": 1, "lasts": 2, "unknown": 3}
    return sorted(rows, key=lambda row: (order[row["state"]], row["p50"] or 0.0))


def _curves(minute: float) -> Frame:
    minutes = [float(m) for m in range(1, int(min(120, max(0, minute))) + 1)]
    by_channel = {}
    for channel, _, _, region, _, share, _ in CHANNELS:
        allocated = next(row[4] for row in REGIONS if row[0] == region)
        by_channel[channel] = [round(allocated * share * 0.9 * share_sold(region, m)) for m in minutes]
    total = [sum(values) for values in zip(*by_channel.values(), strict=True)]
    annotations = [{"minute": 15.0, "what": "+200 US", "kind": "reallocated", "seq": 900},
                   {"minute": 22.5, "what": "coupon SEA", "kind": "coupon_set", "seq": 1180},
                   {"minute": 40.0, "what": "limit 2 EU", "kind": "limit_set", "seq": 1801}]  # fmt: skip
    plan = [round(2950 * (1 - math.exp(-m / 55)) / (1 - math.exp(-120 / 55))) for m in minutes]
    return {"bucket_seconds": 60, "start": iso(STARTS_AT), "minutes": minutes, "by_channel": by_channel, "total": total,
            "by_region": {region[0]: [round(region[4] * share_sold(region[0], m)) for m in minutes] for region in REGIONS},
            "by_sku": {sku: [round(t * SHARES[sku]) for t in total] for sku, _, _, _ in SKUS},
            "plan_total": 2950, "plan": plan,
            "annotations": [note for note in annotations if note["minute"] <= minute]}  # fmt: skip


def _shipment(second: float) -> Frame:
    start, end, lift = (114.06, 22.54), (241.6, 33.94), 26.0
    points = [[start[0] + (end[0] - start[0]) * i / 40,
               start[1] + (end[1] - start[1]) * i / 40 + lift * math.sin(math.pi * i / 40)] for i in range(41)]  # fmt: skip
    progress = min(1.0, max(0.0, (second + 12.9 * 3600) / (36 * 3600)))
    step = progress * 40
    low, part = min(39, int(step)), step - min(39, int(step))
    position = [points[low][axis] + (points[low + 1][axis] - points[low][axis]) * part for axis in (0, 1)]
    return {"shipment": "S-104", "from_location": "SZX", "to_location": "LAX", "from_name": "Shenzhen bonded",
            "to_name": "Los Angeles", "mode": "air", "lines": [{"sku": "PULSE-BLACK", "quantity": 240}], "units": 240, "units_on_the_way": 240,
            "on_the_way": [{"sku": "PULSE-BLACK", "quantity": 240}], "units_arrived": 0, "departed_at": at_second(-12.9 * 3600), "eta": at_second(23.1 * 3600), "path": points,
            "progress": progress, "hours_left": 23.1 - second / 3600, "state": "in_transit", "position": position}  # fmt: skip


def _sea_shipment(second: float) -> Frame:
    path = [[121.9, 29.9], [120.5, 24.5], [114.2, 20.0], [109.8, 12.0], [104.9, 2.0], [103.8, 1.3]]
    position = [111.5 - second / 36000, 15.5 - second / 18000]
    return {"shipment": "S-098", "from_location": "NGB", "to_location": "SIN", "from_name": "Ningbo bonded",
            "to_name": "Singapore", "mode": "sea", "lines": [{"sku": "TEMPO-CLIP", "quantity": 300}], "units": 300,
            "units_on_the_way": 300, "on_the_way": [{"sku": "TEMPO-CLIP", "quantity": 300}],
            "units_arrived": 0, "departed_at": at_second(-3.1 * 86400), "eta": at_second(2.4 * 86400), "path": path,
            "progress": 0.62, "hours_left": 57.6 - second / 3600, "state": "late", "position": position}  # fmt: skip


def _lines(minute: float, countdowns: list[Frame], seq: int) -> list[Frame]:
    left = {(row["sku"], row["region"]): row["left"] for row in countdowns}
    rose = left[("HALO-ROSE", "EU")]
    expires = at_second(minute * 60 + 90)
    lines = [
        ("tiktok-eu", "EU", "en", "low_stock", f"The rose Halo ring: {rose} left for Europe, two per person.", "HALO-ROSE", rose),
        ("instagram-eu", "EU", "de", "low_stock", f"Der Halo Ring in Rosé: noch {rose} Stück für Europa.", "HALO-ROSE", rose),
        ("tiktok-us", "US", "en", "restock", "Los Angeles is being restocked, ships in 23 hours.", "PULSE-BLACK", None),
        ("shopee-th", "SEA", "th", "coupon", "ลด 15 % สำหรับสายรัด Pulse ถึง 21:45 น.", "PULSE-BLACK", None),
        ("shopee-th", "SEA", "th", "slow_region", "สายรัด Pulse ลด 15 % สำหรับผู้ชมในไทย ถึง 20:45", "PULSE-SAND", None),
        ("tiktok-us", "US", "zh", "next_hero", "接下来介绍 Pulse 手环，美国仓现货发出。", "PULSE-BLACK", None),
    ]  # fmt: skip
    result = []
    for channel, region, language, kind, text, sku, units in lines:
        fact: Frame = {"sku": sku, "region": region, "seq": seq, "expires": expires}
        if units is not None:
            fact["units_left"] = units
        if kind == "restock":
            fact["eta"] = at_second(23.1 * 3600)
        result.append({"channel": channel, "region": region, "language": language, "kind": kind, "text": text, "fact": fact,
                       "line": f"{channel}-{language}-{kind}-{units or 0}", "register": "calm", "value_minor": 100,
                       "shown_since": at_second(minute * 60 - 5), "said_at": None})  # fmt: skip
    return result if int(minute * 60) % 40 < 20 else result[:2] + result[3:]


def _unsaid(second: float) -> list[Frame]:
    """Two lines that stopped being true; the older one had been said."""
    rows = [("tiktok-eu", "en", "Halo ring silver: 12 left for Europe.", "sold_out", 20, False, None),
            ("tiktok-eu", "en", "Pulse band black: 41 left for Europe.", "changed", 50, True, 36),
            ("shopee-th", "th", "เหลือ 3 ชิ้น", "ended", 70, False, None)]  # fmt: skip
    return [{"channel": channel, "language": language, "line": f"gone-{place}", "text": text, "code": code,
             "at": at_second(second - ago), "said": said, "now": now}
            for place, (channel, language, text, code, ago, said, now) in enumerate(rows)]  # fmt: skip


def _stock(second: float, sold: dict[str, int]) -> list[Frame]:
    states = {"LAX": "US", "HAM": "EU", "SIN": "SEA"}
    result = []
    for code, name, kind, latitude, longitude, country, zone, goods, broken in LOCATIONS:
        taken = min(goods - broken, round(sold.get(states.get(code, ""), 0) * 0.62))
        committed = round(taken * 0.55)
        available = goods - broken - taken
        result.append({"location": code, "name": name, "kind": kind, "latitude": latitude, "longitude": longitude,
                       "country": country, "time_zone": zone, "available": available, "committed": committed,
                       "unavailable": broken, "incoming": {"LAX": 240, "SIN": 300}.get(code, 0),
                       "state": "low" if available < 0.2 * goods else "ok"})  # fmt: skip
    return result


def frame_at(second: float, moves: Sequence[Frame] = (), settled: dict[str, str] | None = None) -> Frame:
    """Return the frame of the sample show `second` seconds after its start, with the manual moves made so far."""
    minute = max(0.0, second / 60)
    countdowns = _countdowns(minute)
    sold = {region[0]: round(region[4] * share_sold(region[0], minute)) for region in REGIONS}
    units, settled = sum(sold.values()), settled or {}
    locations = _stock(second, sold)
    seq = 600 + int(second * 0.7) + 10 * len(moves)
    identity = {
        key: sum(row[key] for row in locations) for key in ("available", "committed", "unavailable", "incoming")
    }
    identity["on_hand"] = identity["available"] + identity["committed"] + identity["unavailable"]
    frame = {
        "show": SHOW, "title": "BreezeStyle · spring drop", "at": at_second(second), "seq": seq,
        "status": "announced" if second < 0 else "closed" if second >= 7200 else "open",
        "t_plus_seconds": int(second), "starts_at": iso(STARTS_AT), "ends_at": iso(ENDS_AT),
        "time_zone": "Asia/Shanghai", "currency": "USD", "origin": "scenario:breezestyle", "sells_in_transit": False,
        "totals": {"orders": round(units * 0.83), "units_sold": units, "units_cancelled": 3, "units_shipped": 40,
                   "revenue_minor": units * 4975, "allocated": 3000, "oversold": 0, "viewers": 80214 if second >= 0 else None,
                   "data_age_seconds": max(row[6] for row in CHANNELS)},
        "identity": identity, "locations": locations,
        "regions": [{"region": r, "name": name, "time_zone": zone, "countries": list(countries), "allocated": allocated,
                     "left": allocated - sold[r], "sold": sold[r], "share_sold": sold[r] / allocated,
                     "rate_per_minute": round(allocated * speed * 0.4, 1), "projected_leftover": round(allocated * 0.1),
                     "state": "low" if sold[r] / allocated > 0.8 else "ok"}
                    for r, name, zone, countries, allocated, speed in REGIONS],
        "skus": [{"sku": sku, "title": title, "tier": "campaign", "price_minor": price, "cost_minor": cost, "currency": "USD",
                  "category": "wearable", "sold": round(units * SHARES[sku]), "left": 600 - round(units * SHARES[sku] * 0.5),
                  "floor_minor": 0, "ceiling_minor": 0, "on_screen": sku == "HALO-ROSE"} for sku, title, price, cost in SKUS],
        "stock": [{"location": row["location"], "sku": sku, "available": round(row["available"] * SHARES[sku]),
                   "committed": round(row["committed"] * SHARES[sku]), "unavailable": 0, "in_transit": 0}
                  for row in locations for sku, _, _, _ in SKUS],
        "countdowns": countdowns, "pools": [], "lines": _lines(minute, countdowns, seq), "curves": _curves(minute),
        "channels": [{"channel": channel, "name": name, "platform": platform, "region": region, "language": language,
                      "languages": ["en", "zh"] if channel == "tiktok-us" else [language], "register": "calm",
                      "viewers": round(20000 * share), "exposure": 90, "cover": 0, "fee_per_mille": 0, "orders": 100, "units_sold": 120,
                      "revenue_minor": 600000, "plan_units": 400, "last_order_at": at_second(second - age), "age_seconds": age,
                      "behind": "", "state": "late" if age > 15 else "fresh", "sync_p50_ms": round(age * 800) if age < 15 else 700,
                      "sync_p95_ms": round(age * 1500) if age < 15 else 1400, "complete_until": at_second(second - age),
                      "data_age_seconds": age, "pending": 3 if age > 15 else 0, "pending_age_seconds": 30.0 if age > 15 else None,
                      "breaker": False, "breaker_note": "", "drift_units": 0, "drift": [], "patience_seconds": 15.0,
                      "exposures": {}, "interactions": None, "interactions_usual": None}
                     for channel, name, platform, region, language, share, age in CHANNELS],
        "do_not_say": _unsaid(second),
        "lines_withheld": [{"channel": "shopee-my", "region": "SEA", "kind": "", "sku": "", "code": "late_feed",
                            "reason": "What Shopee MY sold in the last 42 s is not known (limit 15 s)."},
                           {"channel": "tiktok-eu", "region": "EU", "kind": "restock", "sku": "TEMPO-CLIP", "code": "unknown_eta",
                            "reason": "Shipment S-9 to Hamburg has no arrival time."}],
        "withheld": [{"channel": "shopee-my", "region": "SEA", "since_seconds": 27.0,
                      "reason": "What Shopee MY sold in the last 42 s is not known (limit 15 s)."}],
        "suspended": [{"region": "SEA", "channels": ["shopee-my"],
                       "reason": "Rules for SEA wait until Shopee MY has caught up."}],
        "shipments": [_shipment(second), _sea_shipment(second)], "alerts": [], "proposals": [], "limits": [],
        "coupons": [{"sku": "PULSE-BLACK", "region": "SEA", "code": "BREEZE15", "percent": 15, "since": at_second(1350),
                     "expires": at_second(6300)}],
        "demand": [{"country": code, "units": round(units * share)} for code, share in DEMAND],
        "reallocations": [], "autonomy": {"flexible_top_up": "suggest", "purchase_limit": "suggest"},
        "requests": [], "loans": [], "guests": [], "parameters": {},
        "lanes": [{"location": place, "region": region, "landed_cost_minor": cost, "days": days}
                  for place, region, cost, days in LANES],
        "routes": [{"from_location": "SZX", "to_location": "LAX", "mode": "air", "hours": 0.5, "cost_minor": 420},
                   {"from_location": "SZX", "to_location": "LAX", "mode": "sea", "hours": 480.0, "cost_minor": 60}],
        "rundown": [{"start_seconds": start, "end_seconds": start + 1800, "sku": sku, "title": title,
                     "state": "past" if start + 1800 <= second else "now" if start <= second else "next" if start < second + 1800
                     else "later"} for start, sku, title in ((0, "PULSE-BLACK", "Pulse band"), (1800, "HALO-ROSE", "Halo ring"),
                                                             (3600, "PULSE-SAND", "Pulse band sand"), (5400, "TEMPO-CLIP", "Tempo clip"))],
        "record": record(), "allocation": allocation(at_second(second - 21)) if second >= 60 else None, "listing_modes": [],
        "audit": [], **{name: [] for name in (
            "replenishments", "receipts", "errands", "bundles", "safety", "splits", "prices")},
    }  # fmt: skip
    if frame["status"] != "open":
        frame |= {"withheld": [], "suspended": [], "lines_withheld": [], "do_not_say": []}
        frame["channels"] = [row | {"state": "fresh"} for row in frame["channels"]]
    _add_moves(frame, second, moves)
    _add_proposals(frame, second, settled)
    return frame


def _add_moves(frame: Frame, second: float, moves: Sequence[Frame]) -> None:
    first = {"seq": 900, "sku": "PULSE-BLACK", "from_pool": "flexible", "to_pool": "region/US", "quantity": 200, "undoable": 31,
             "at": at_second(900), "actor": "rule:flexible_top_up", "reason": "US 85 % sold", "undoes": None}  # fmt: skip
    made = [first, *moves] if second >= 900 else []
    rows = frame["countdowns"]
    pools = {("flexible", sku): round(600 * share) for sku, share in SHARES.items()}
    pools |= {(f"region/{row['region']}", row["sku"]): row["left"] for row in rows}
    allocated = {("flexible", sku): round(600 * share) for sku, share in SHARES.items()}
    allocated |= {(f"region/{row['region']}", row["sku"]): row["allocated"] for row in rows}
    for move in made:
        for key, change in ((move["from_pool"], -move["quantity"]), (move["to_pool"], move["quantity"])):
            pools[(key, move["sku"])] = max(0, pools.get((key, move["sku"]), 0) + change)
    for row in rows:
        row |= foreseen(row | {"left": pools[(f"region/{row['region']}", row["sku"])]})
    frame["pools"] = [{"pool": pool, "region": pool.partition("/")[2] or None, "sku": sku, "left": left,
                       "free": left if pool == "flexible" else min(left, 15), "allocated": allocated[(pool, sku)]}
                      for (pool, sku), left in pools.items()]  # fmt: skip
    for channel in frame["channels"]:
        names = [row["channel"] for row in frame["channels"] if row["region"] == channel["region"]]
        held = {row["sku"]: row["left"] - row["free"] for row in frame["pools"] if row["region"] == channel["region"]}
        channel["exposures"] = {sku: units // len(names) for sku, units in held.items() if units // len(names)}
    frame["reallocations"] = [copy.deepcopy(move) for move in reversed(made)]
    frame["audit"] = [{"seq": move["seq"], "at": move["at"], "actor": move["actor"], "type": "reallocated",
                       "what": f"{move['quantity']} {move['sku']} {move['from_pool']} → {move['to_pool']}"}
                      for move in reversed(made)]  # fmt: skip


def _add_proposals(frame: Frame, second: float, settled: dict[str, str]) -> None:
    if second < 600:
        return
    until = at_second(second + 170)
    frame["proposals"] = [
        {"proposal": "P-31", "rule": "purchase_limit", "what": "Limit 2 per buyer: Halo ring · rose, EU",
         "why": "rate 6.1x its baseline for 3 minutes", "effect": "sell-out moves from 20:47 to 20:56", "sku": "HALO-ROSE",
         "region": "EU", "proposed_at": at_second(second - 40), "decide_by": until, "decided_by": "", "decided_at": None},
        {"proposal": "P-32", "rule": "slow_region", "what": "Coupon 15 % and a host push: Pulse band, SEA",
         "why": "projected leftover 140 to 210 of 640", "effect": "margin stays 22 %", "sku": "PULSE-SAND", "region": "SEA",
         "proposed_at": at_second(second - 90), "decide_by": at_second(second + 900), "decided_by": "", "decided_at": None},
    ]  # fmt: skip
    for proposal in frame["proposals"]:
        proposal |= {
            "state": settled.get(proposal["proposal"], "open"),
            "cost_minor": 0,
            "quiet": False,
            "cleared": False,
        }
    frame["alerts"] = [
        {"alert": "A-7", "rule": "watch", "severity": "critical", "what": "Los Angeles is low: 96 units available",
         "sku": "PULSE-BLACK", "region": "US", "raised_at": at_second(second - 80), "decide_by": at_second(second + 300),
         "state": "open", "owner": ""},
        {"alert": "A-8", "rule": "channel", "severity": "warning",
         "what": "Shopee MY: feed 42 s late; its lines are withheld, rules for SEA wait.",
         "sku": "", "region": "SEA", "raised_at": at_second(second - 30), "decide_by": None, "state": "open", "owner": ""},
    ]  # fmt: skip
    frame["alerts"] = [row | {"cost_minor": 0, "quiet": False} for row in frame["alerts"]]


def imported_frame() -> Frame:
    """Return a frame shaped like an imported order file: one location, 37 countries, 2,500 rows, no live channel."""
    frame = frame_at(5400)
    countries = ("GB NL IE DE FR AU ES CH BE SE JP NO PT FI SG DK IT CY AT GR PL IL HK LT IS CA MT BH SA LB AE BR US CZ ZA "
                 "RS TH").split()  # fmt: skip
    region_of = {code: code for code in countries}
    base = frame["countdowns"][0]
    frame |= {
        "show": "online-retail", "title": "Online Retail 2010-12 to 2011-08", "origin": "import:online_retail", "currency": "GBP",
        "time_zone": "Europe/London", "locations": [frame["locations"][1] | {"location": "MAIN", "name": "Main warehouse",
                                                     "latitude": 52.5, "longitude": -1.5, "country": "GB"}],
        "regions": [frame["regions"][1] | {"region": code, "name": code, "time_zone": "UTC", "countries": [code]}
                    for code in region_of],
        "demand": [{"country": code, "units": max(1, round(2_400_000 / (n + 1) ** 2.2))} for n, code in enumerate(countries)],
        "countdowns": [base | {"sku": f"{n:05d}", "title": f"ITEM {n} WITH A RATHER LONG CATALOGUE DESCRIPTION IN CAPITALS",
                               "region": countries[n % 37]} for n in range(2500)],
        "pools": [{"pool": f"region/{countries[n % 37]}", "region": countries[n % 37], "sku": f"{n:05d}", "allocated": 90,
                   "left": 5} for n in range(2500)],
        "shipments": [], "lines": [], "do_not_say": [], "lines_withheld": [], "proposals": [], "alerts": [],
    }  # fmt: skip
    return frame


class NoJournal:
    """A journal that cannot be read."""

    path = "nowhere.duckdb"

    def reader(self) -> Any:
        """Fail the way the store does."""
        raise duckdb.Error("there is no journal behind the sample room")


class FakeRoom:
    """Answers like the running room; its show advances with the wall clock from `second`."""

    def __init__(self, second: float = 2408.0, speed: float = 1.0, shows: bool = True, stale_below: int = 0) -> None:
        self.second, self.speed, self.has_shows = second, speed, shows
        self.born = time.monotonic()
        self.moves: list[Frame] = []
        self.settled: dict[str, str] = {}
        self.bodies: dict[str, Frame] = {}
        self.sent: list[Frame] = []
        self.stale_below = stale_below
        self.journal: Any = NoJournal()

    def now(self) -> float:
        """Return the seconds since the start of the show."""
        return self.second + (time.monotonic() - self.born) * self.speed

    def clock(self) -> int:
        """Return the time in microseconds."""
        return int((STARTS_AT.timestamp() + self.now()) * 1e6)

    def shows(self) -> list[Frame]:
        """Return the only show there is, or none."""
        if not self.has_shows:
            return []
        frame = frame_at(self.now())
        return [{"show": SHOW, "title": frame["title"], "status": frame["status"], "starts_at": frame["starts_at"],
                 "ends_at": frame["ends_at"], "time_zone": frame["time_zone"], "first_seq": 1, "last_seq": frame["seq"]}]  # fmt: skip

    def latest(self, show: str) -> Frame:
        """Return the frame of this second."""
        return frame_at(math.floor(self.now()), self.moves, self.settled)

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> Frame:
        """Return the frame at a moment in microseconds."""
        if at is None:
            return self.latest(show)
        second = at / 1e6 - STARTS_AT.timestamp()
        return frame_at(second, [move for move in self.moves if move["at"] <= at_second(second)], self.settled)

    def submit_json(self, commands: list[Frame], person: object = None) -> list[Frame]:
        """Answer each command once; the same id again answers `exists`."""
        return [self._answer(command) for command in commands]

    def _answer(self, command: Frame) -> Frame:
        self.sent.append(command)
        answer = {
            "status": "accepted",
            "seq": 600 + int(self.now() * 0.7),
            "code": "",
            "sentence": "",
            "would_work": None,
        }
        if command["id"] in self.bodies:
            same = self.bodies[command["id"]] == command
            return answer | {"status": "exists" if same else "exists_with_different_body"}
        if command["type"] == "reallocate" and command.get("seen_seq", 0) < self.stale_below:
            return answer | {"status": "refused", "code": "stale_preview", "seq": None,
                             "sentence": "The numbers moved since the preview: 31 are left in the flexible pool.", "would_work": 31}  # fmt: skip
        self.bodies[command["id"]] = command
        if command["type"] == "reallocate":
            self.moves.append({"seq": answer["seq"], "sku": command["sku"], "from_pool": command["from_pool"], "undoes": None,
                               "to_pool": command["to_pool"], "quantity": command["quantity"], "undoable": command["quantity"],
                               "at": at_second(self.now()), "actor": command["actor"], "reason": command["reason"]})  # fmt: skip
        elif command["type"] == "undo":
            undone = next(move for move in self.moves if move["seq"] == command["seq"])
            undone["undoable"] = 0
        elif command["type"] in ("approve_action", "dismiss_action"):
            self.settled[command["proposal"]] = "approved" if command["type"] == "approve_action" else "dismissed"
        return answer
