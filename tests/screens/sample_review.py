"""A believable review of BreezeStyle after its close, and runs of it under other decisions, for tests of page and exports.

Data flow: a few tables of figures -> `review()`, one plain dict with every key that `dashboard.review.report.build`
gives; `outcome()` is what a rerun prints. Invariants: sums hold (regions, SKUs and channels add up to the totals, the
causes of each row to its units, the rows to every aggregate), and everything is JSON-able.
"""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]

SHOW = "breezestyle"
STARTS_AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HASH = "b3fffa3f7e48f1779295988592099fd34acd47e2f9136b0b0381519447a88516"
CAUSES = ("exposure_lock", "late_transfer", "opening_split", "rule", "stock")
ASSUMPTION = (
    "While a channel could not sell a SKU, its audience is taken to have wanted as much of it per viewer as in the show's "
    "own minutes on sale, scaled by what was on screen; nobody is taken to have come back later or bought elsewhere."
)

# region, name, allocated, sold, revenue, margin, stock-out minutes
REGIONS = (
    ("US", "United States", 1360, 1360, 6920000, 4489000, 214.5),
    ("EU", "Europe", 950, 950, 4905000, 3210800, 301.2),
    ("SEA", "South-East Asia", 640, 640, 3051680, 1914680, 38.4),
)
# channel, name, platform, region, orders, units, revenue, plan, viewer minutes
CHANNELS = (
    ("tiktok-us", "TikTok US", "tiktok", "US", 390, 576, 2912400, 570, 1_902_000),
    ("youtube-us", "YouTube", "youtube", "US", 210, 325, 1684500, 240, 821_400),
    ("amazon-us", "Amazon US", "amazon", "US", 182, 276, 1417400, 270, None),
    ("shopify-us", "Shopify", "shopify", "US", 121, 183, 905700, 195, None),
    ("tiktok-eu", "TikTok EU", "tiktok", "EU", 296, 439, 2251100, 440, 476_250),
    ("instagram-eu", "Instagram", "instagram", "EU", 167, 242, 1257800, 255, 281_700),
    ("amazon-eu", "Amazon EU", "amazon", "EU", 189, 269, 1396100, 255, None),
    ("shopee-my", "Shopee MY", "shopee", "SEA", 217, 328, 1582275, 360, 832_350),
    ("shopee-th", "Shopee TH", "shopee", "SEA", 206, 312, 1469405, 280, 676_950),
)
# sku, title, tier, allocated, sold, revenue, margin, stock-out minutes
SKUS = (
    ("HALO-ROSE", "Halo ring · rose", "campaign", 882, 872, 4218000, 2735600, 171.0),
    ("HALO-SILVER", "Halo ring · silver", "evergreen", 576, 566, 2740100, 1777900, 122.3),
    ("PULSE-BLACK", "Pulse band · black", "campaign", 776, 766, 4469480, 2860880, 96.8),
    ("PULSE-SAND", "Pulse band · sand", "evergreen", 458, 448, 2604900, 1664100, 88.0),
    ("TEMPO-CLIP", "Tempo clip", "test", 308, 298, 844200, 576000, 76.0),
)
# region, SKU, channel, units lost by exposure lock, late transfer, opening split, rule, stock
LOST = (
    ("US", "HALO-ROSE", "tiktok-us", 4, 9, 12, 0, 31),
    ("US", "HALO-ROSE", "youtube-us", 2, 5, 7, 0, 18),
    ("US", "HALO-SILVER", "tiktok-us", 0, 3, 0, 0, 14),
    ("US", "PULSE-BLACK", "youtube-us", 1, 2, 4, 0, 9),
    ("US", "TEMPO-CLIP", "amazon-us", 0, 0, 2, 0, 6),
    ("EU", "HALO-ROSE", "tiktok-eu", 6, 14, 21, 0, 44),
    ("EU", "HALO-SILVER", "instagram-eu", 3, 6, 8, 0, 20),
    ("EU", "PULSE-BLACK", "tiktok-eu", 2, 4, 0, 7, 19),
    ("EU", "PULSE-BLACK", "instagram-eu", 1, 1, 0, 3, 8),
    ("EU", "PULSE-SAND", "amazon-eu", 0, 5, 3, 0, 11),
    ("EU", "TEMPO-CLIP", "amazon-eu", 0, 0, 4, 0, 9),
    ("SEA", "HALO-ROSE", "shopee-th", 5, 0, 0, 0, 3),
    ("SEA", "HALO-SILVER", "shopee-th", 3, 0, 0, 0, 2),
)
# seq, seconds, kind, rule, actor, what, sku, regions, units, pace before and after, effect, note
INTERVENTIONS = (
    (1148, 905, "reallocated", "flexible_top_up", "rule:flexible_top_up", "+41 US", "HALO-ROSE", ["US"], 41, 6.2, 7.1,
     (38, 186200, 114380, -21.0, -38), ""),
    (1540, 1560, "reallocated", "flexible_top_up", "rule:flexible_top_up", "+39 US", "HALO-ROSE", ["US"], 39, 3.1, 2.4,
     (35, 171500, 105350, -17.5, -35), ""),
    (1935, 2405, "limit", "purchase_limit", "rule:purchase_limit", "limit 2 EU", "PULSE-BLACK", ["EU"], 0, 11.4, 6.3,
     (-4, -23600, -15200, -12.0, -6), ""),
    (2201, 2695, "reallocated", "flexible_top_up", "rule:flexible_top_up", "+86 EU", "HALO-ROSE", ["EU"], 86, 4.8, 5.0,
     (84, 411600, 252840, -33.0, -84), ""),
    (2336, 3005, "limit_lifted", "purchase_limit", "rule:purchase_limit", "limit lifted EU", "PULSE-BLACK", ["EU"], 0,
     1.2, 1.6, (3, 17700, 11400, 4.0, -3), ""),
    (2896, 5450, "coupon", "slow_region", "ann@example.com", "-15 % SEA", "HALO-ROSE", ["SEA"], 0, 0.6, 1.9, None,
     "demand_side"),
    (3299, 7915, "bundle", "clearance_bundle", "rule:clearance_bundle", "bundle -20 % SEA", "TEMPO-CLIP", ["SEA"], 0,
     0.9, 1.4, None, "demand_side"),
)  # fmt: skip


def at(seconds: float) -> str:
    """A moment of the show, ISO 8601 like a frame's."""
    return (STARTS_AT + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def review(**changed: Any) -> Row:
    """The review of the closed show, but for what is changed at its top."""
    lost = _lost()
    found: Row = {
        "version": 1,
        "show": {
            "show": SHOW, "title": "BreezeStyle spring wearables", "starts_at": at(0), "ends_at": at(9000), "last_at": at(9001),
            "status": "closed", "time_zone": "Asia/Shanghai", "currency": "USD", "host": "", "tuning": "6 earlier evenings",
        },
        "proof": {
            "oversold": 0, "verified": True, "breach_count": 0, "breaches": [], "head": {"seq": 3750, "hash": HASH}, "events": 3750,
            "moves": 9214, "identity": {"on_hand": 3000, "available": 50, "committed": 2950, "unavailable": 0, "incoming": 540},
        },
        "totals": _totals(lost["units"]),
        "regions": _regions(),
        "channels": _channels(),
        "skus": _skus(),
        "interventions": [_intervention(*row) for row in INTERVENTIONS],
        "countdown": _countdown(),
        "lost": lost,
        "plan": _plan(),
        "curves": _curves(),
        "rundown": _rundown(),
    }  # fmt: skip
    return copy.deepcopy(found | changed)


def tally(**changed: Any) -> Row:
    """What a run came to, as reruns count it, but for what is changed."""
    names = ("sold", "cancelled", "left", "lost", "refused", "revenue_minor", "margin_minor", "stock_out_minutes")
    regions = {
        row["region"]: {name: row.get(name, 0) for name in names} for row in _regions()
    }  # fmt: skip
    return {
        "sold": 2950, "cancelled": 0, "refused": 0, "lost": _lost()["units"], "oversold": 0, "leftover": 50, "orders": 1978,
        "revenue_minor": 14876680, "revenue": {"USD": 14876680}, "margin_minor": 9614480, "stock_out_minutes": 554.1,
        "moves": 14, "moved_units": 550, "regions": regions,
    } | changed  # fmt: skip


def outcome(**changed: Any) -> Row:
    """What `warroom rerun` says of a run with 60 more units of the rose ring for the EU at T+20:00."""
    original, control = tally(), tally()
    other = tally(sold=2962, lost=control["lost"] - 12, leftover=38, orders=1986, revenue_minor=14935480, margin_minor=9652880,
                  revenue={"USD": 14935480}, stock_out_minutes=521.6, moves=15, moved_units=610)  # fmt: skip
    difference: Row = {
        name: value - control[name] for name, value in other.items() if isinstance(value, int | float)
    }  # fmt: skip
    nothing = dict.fromkeys(control["regions"]["US"], 0)
    difference["regions"] = {
        region: nothing
        | ({"sold": 12, "lost": -12, "revenue_minor": 58800, "margin_minor": 38400} if region == "EU" else {})
        for region in other["regions"]
    }
    return {
        "show": SHOW, "original_hash": HASH, "assumption": ASSUMPTION, "original": original, **other, "seq": 3761,
        "hash": "7d0c" + HASH[4:], "same": False, "differs_at": None, "since": at(1200), "first_new_seq": 1291,
        "control": control, "difference": difference,
    } | changed  # fmt: skip


def unchanged() -> Row:
    """What it says of a run of the show as it was: the very same hash."""
    return outcome(
        **tally(), hash=HASH, same=True, since=None, first_new_seq=None, control=None, difference=None, seq=3750
    )


def _causes(units: tuple[int, ...]) -> Row:
    return dict(zip(CAUSES, units, strict=True))


def _lost() -> Row:
    rows = [
        {"region": region, "sku": sku, "channel": channel, "units": sum(units), "causes": _causes(tuple(units))}
        for region, sku, channel, *units in LOST
    ]
    return {
        "units": sum(row["units"] for row in rows), "assumption": ASSUMPTION, "rows": rows,
        **{f"by_{name}": _by(rows, name) for name in ("region", "channel", "sku")},
    }  # fmt: skip


def _by(rows: list[Row], name: str) -> list[Row]:
    found: dict[str, Row] = {}
    for row in rows:
        total = found.setdefault(row[name], {name: row[name], "units": 0, "causes": dict.fromkeys(CAUSES, 0)})
        total["units"] += row["units"]
        for cause in CAUSES:
            total["causes"][cause] += row["causes"][cause]
    return list(found.values())


def _lost_of(name: str, value: str) -> int:
    return sum(int(row["units"]) for row in _lost()["rows"] if row[name] == value)


def _totals(lost: int) -> Row:
    return {
        "sold": 2950, "cancelled": 0, "refused": 0, "lost": lost, "oversold": 0, "leftover": 50, "orders": 1978,
        "revenue_minor": 14876680, "revenue": {"USD": 14876680}, "margin_minor": 9614480, "stock_out_minutes": 554.1,
        "moves": 14, "moved_units": 550, "allocated": 3000, "viewers_peak": 80214, "units_shipped": 0, "units_returned": 0,
        "sell_through": 0.9833, "lost_units": lost, "lost_share": round(lost / (2950 + lost), 4),
    }  # fmt: skip


def _regions() -> list[Row]:
    return [
        {
            "region": region, "name": name, "allocated": allocated, "sold": sold, "cancelled": 0, "left": allocated - sold,
            "lost": _lost_of("region", region), "revenue_minor": revenue, "margin_minor": margin, "stock_out_minutes": minutes,
            "sell_through": round(sold / allocated, 4),
        }
        for region, name, allocated, sold, revenue, margin, minutes in REGIONS
    ]  # fmt: skip


def _channels() -> list[Row]:
    return [
        {
            "channel": channel, "name": name, "region": region, "platform": platform, "orders": orders, "units": units,
            "revenue_minor": revenue, "viewer_minutes": minutes,
            "orders_per_thousand_viewer_minutes": round(1000 * orders / minutes, 3) if minutes else None,
            "plan_units": plan, "plan_ratio": round(units / plan, 4),
        }
        for channel, name, platform, region, orders, units, revenue, plan, minutes in CHANNELS
    ]  # fmt: skip


def _skus() -> list[Row]:
    return [
        {
            "sku": sku, "title": title, "tier": tier, "allocated": allocated, "sold": sold, "cancelled": 0, "left": allocated - sold,
            "lost": _lost_of("sku", sku), "revenue_minor": revenue, "margin_minor": margin, "stock_out_minutes": minutes,
        }
        for sku, title, tier, allocated, sold, revenue, margin, minutes in SKUS
    ]  # fmt: skip


def _intervention(*told: Any) -> Row:
    names = "seq seconds kind rule actor what sku regions units pace_before pace_after effect note".split()
    row = dict(zip(names, told, strict=True))
    seconds, effect = row.pop("seconds"), row.pop("effect")
    counted = ("sold", "revenue_minor", "margin_minor", "stock_out_minutes", "lost")
    row["effect"] = dict(zip(counted, effect, strict=True)) | {"by": "rerun"} if effect else None
    more = {"kinds": [row["kind"]], "skus": [row["sku"]], "parts": [], "reverts": None, "undone_by": None}
    return {"at": at(seconds), "t_plus_seconds": seconds, **row, **more}


def _countdown() -> Row:
    observed = (0.14, 0.24, 0.33, 0.41, 0.5, 0.58, 0.68, 0.77, 0.88)
    horizons = (
        ("0-10", 168, 0.72, 3.31),
        ("10-30", 453, 0.67, 11.43),
        ("30+", 604, 0.92, 15.04),
        ("lasts", 502, 0.67, None),
    )
    tiers = (("evergreen", 695, 0.81, 7.98), ("campaign", 682, 0.7, 10.83), ("test", 350, 0.8, 8.72))
    return {
        "forecasts": 1727, "coverage_80": 0.762, "median_abs_error_minutes": 8.85, "pending": 0, "interrupted": 0,
        "pinball_minutes": 5.66, "sell_outs": 15, "warned_share": 0.9333, "false_alarm_share": 0.0,
        "tuning": "6 earlier evenings", "tuning_shows": 6,
        "by_horizon": [dict(zip(("horizon", *_GRADES), row, strict=True)) for row in horizons],
        "by_tier": [dict(zip(("tier", *_GRADES), row, strict=True)) for row in tiers],
        "calibration": [
            {"level": round(0.1 * (n + 1), 1), "observed": share, "forecasts": 1727} for n, share in enumerate(observed)
        ],
    }  # fmt: skip


_GRADES = ("forecasts", "coverage_80", "median_abs_error_minutes")


def _plan() -> Row:
    """Next time: what each region sold, and what it lost; the opening split gives the flexible pool its fifth."""
    shares = {"US": 0.46, "EU": 0.32, "SEA": 0.22}
    planned = {"US": 0.4, "EU": 0.34, "SEA": 0.26}
    lines: list[Row] = []
    for sku, _, _, allocated, sold, *_ in SKUS:
        for region, share in shares.items():
            lost = sum(sum(units) for where, what, _, *units in LOST if (where, what) == (region, sku))
            was = round(sold * share)
            why = "sold_out" if lost else "as_planned"
            lines.append({"sku": sku, "region": region, "units": was + lost, "sold": was, "lost": lost,
                          "planned": round(allocated * planned[region]), "why": why})  # fmt: skip
    opening: list[Row] = []
    for sku, *_ in SKUS:
        mine = [line for line in lines if line["sku"] == sku]
        opening += [
            {"sku": sku, "pool": f"region/{line['region']}", "units": round(0.8 * line["units"])} for line in mine
        ]
        opening.append({"sku": sku, "pool": "flexible", "units": round(0.2 * sum(line["units"] for line in mine))})
    return {"lines": lines, "opening": opening}


def _curves() -> Row:
    minutes = [float(minute) for minute in range(1, 151)]
    total = [round(2950 * (1 - (1 - minute / 150) ** 2.2)) for minute in minutes]
    parts = {channel: units / 2950 for channel, _, _, _, _, units, *_ in CHANNELS}
    places = {region: sold / 2950 for region, _, _, sold, *_ in REGIONS}
    goods = {sku: sold / 2950 for sku, _, _, _, sold, *_ in SKUS}
    return {
        "bucket_seconds": 60, "minutes": minutes, "total": total,
        **{
            name: {key: [round(share * units) for units in total] for key, share in shares.items()}
            for name, shares in (("by_channel", parts), ("by_region", places), ("by_sku", goods))
        },
        "plan_total": 2865, "plan_minutes": minutes, "plan": [round(2865 * minute / 150) for minute in minutes],
        "annotations": [
            {"minute": round(row[1] / 60, 3), "what": row[5], "kind": row[2], "seq": row[0]} for row in INTERVENTIONS
        ],
        "start": at(0),
    }  # fmt: skip


def _rundown() -> list[Row]:
    spans = ((0, 1080, 0, ", launch"), (1080, 2160, 1, ""), (2160, 3360, 2, ""), (3360, 4440, 3, ""), (4440, 5400, 4, ""),
             (5400, 6720, 0, ", second look"), (6720, 9000, 2, ", on request"))  # fmt: skip
    return [
        {"start_seconds": start, "end_seconds": end, "sku": SKUS[n][0], "title": SKUS[n][1] + more, "state": "past"}
        for start, end, n, more in spans
    ]


class FakeRuns:
    """The server's reviews and reruns as the page reads them: one review is built, and what is asked is remembered."""

    def __init__(self, built: Row | None = None, standing: str = "done") -> None:
        self.built, self.standing = built, standing
        self.asked: list[str] = []
        self.started: list[Row] = []
        self.ended: list[Row] = []
        self.refuses: Exception | None = None

    def told(self, what: str, show: str) -> Row | None:
        """How the review stands; no rerun is under way."""
        if what == "rerun" or (self.built is None and self.standing == "done" and not self.asked):
            return None
        state = "waiting" if self.asked else self.standing
        problem = "The journal is gone <b>." if state == "failed" else ""
        return {"id": f"review/{show}", "what": what, "show": show, "title": "", "change": "", "asked_at": 0, "state": state,
                "phase": "verifying", "share": 0.4, "problem": problem}  # fmt: skip

    def result(self, show: str) -> Row | None:
        """The review, if one was built."""
        return self.built

    def finished(self, show: str) -> list[Row]:
        """Reruns that ended."""
        return self.ended

    def review(self, show: str) -> None:
        """Remember it."""
        self.asked.append(show)

    def rerun(self, id: str, show: str, change: str, title: str) -> None:
        """Remember it, or refuse it."""
        if self.refuses:
            raise self.refuses
        self.started.append({"run": id, "show": show, "change": change, "title": title})
