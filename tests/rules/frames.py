"""Small frames for the tests of the rules: a show of two regions and two SKUs in which nothing is remarkable.

`calm()` gives a frame on which no rule fires; a test changes the few numbers it is about with `sku_row` and `region_row`.
Regions are kept equal to the sum of their SKUs by `balanced`, and every row has a forecast: what it sells now goes on
until the close, known for sure (a shape of a million); `foreseen` gives a row another one.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.decision import commands as c

Row = dict[str, Any]
START = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MINUTES = 120
KNOWN = 1e6
"""Shape of a rate of sales that is known for sure."""
SKUS = ("RING", "BAND")
REGIONS = ("US", "EU")
COUNTRIES = {"US": ["US"], "EU": ["DE", "FR"]}
ZONES = {"US": "America/New_York", "EU": "Europe/Berlin"}
TABLES = (
    "requests", "loans", "guests", "replenishments", "receipts", "errands", "bundles", "safety", "splits", "prices",
    "pushes", "went", "reallocations", "shipments", "rundown",
)  # fmt: skip
"""Tables that are empty while nothing is remarkable."""


def iso(minute: float) -> str:
    """A minute of the show the way frames write it."""
    return (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def micros(minute: float) -> int:
    """A minute of the show the way commands write it."""
    return round((START + timedelta(minutes=minute)).timestamp() * 1_000_000)


def calm(minute: float = 30.0) -> Row:
    """A frame with 100 units of each SKU in each region, 40 of them sold at one a minute."""
    frame: Row = {
        "show": "night",
        "status": "open",
        "seq": 500,
        "starts_at": iso(0),
        "ends_at": iso(MINUTES),
        "regions": [],
        "countdowns": [
            {
                "sku": sku, "region": region, "title": sku.title(), "allocated": 100, "left": 60, "share_sold": 0.4,
                "rate_per_minute": 1.0, "baseline_per_minute": 1.0, "p50": None, "state": "lasts", "spark": [1] * 20,
            }
            for sku in SKUS
            for region in REGIONS
        ],
        "pools": [
            {"pool": "flexible", "region": None, "sku": sku, "allocated": 150, "left": 150, "free": 150} for sku in SKUS
        ],
        "skus": [
            {
                "sku": sku, "title": sku.title(), "price_minor": 5000, "cost_minor": 2000, "floor_minor": 0,
                "ceiling_minor": 0, "left": 270, "sold": 80, "on_screen": False,
            }
            for sku in SKUS
        ],
        "channels": [
            {
                "channel": f"tiktok-{region.lower()}", "name": f"TikTok {region}", "region": region, "state": "fresh",
                "data_age_seconds": 1.0, "pending_age_seconds": None, "patience_seconds": 15.0, "behind": "",
                "drift_units": 0, "drift": [], "fee_per_mille": 0, "exposures": {}, "units_sold": 40,
                "interactions": None, "interactions_usual": None,
                "breaker": False, "breaker_note": "",
            }
            for region in REGIONS
        ],
        "withheld": [],
        "suspended": [],
        "alerts": [],
        "proposals": [],
        "limits": [],
        "coupons": [],
        "autonomy": {},
        "parameters": {},
        "locations": [{"location": "LA", "name": "Los Angeles", "kind": "forward", "country": "US", "time_zone": "America/Los_Angeles"}],
        "lanes": [],
        "routes": [],
        "stock": [],
        "curves": {"minutes": [], "by_region": {}, "by_sku": {}, "by_channel": {}, "plan": [], "plan_minutes": []},
        **{name: [] for name in TABLES},
    }  # fmt: skip
    frame["allocation"] = frame["record"] = None
    return balanced(at(frame, minute))


def forecast(row: Row, minutes: float) -> Row:
    """The forecast of a row whose present pace is sure to go on to the close; what is sold out is wanted as before."""
    rate, before = float(row["rate_per_minute"]), float(row["baseline_per_minute"])
    pace = rate if row["left"] else max(rate, before)
    return _law(row, pace, pace * minutes) | {"wanted_shape": KNOWN, "lot": 1.0}


def _law(row: Row, pace: float, mean: float) -> Row:
    luck = math.sqrt(max(1.0, mean))
    return {
        "expected_per_minute": pace, "wanted_mean": mean, "wanted_p10": max(0.0, mean - 1.28 * luck),
        "wanted_p50": mean, "wanted_p90": mean + 1.28 * luck, "leftover": max(0.0, row["left"] - mean),
        "short": max(0.0, mean - row["left"]),
        "p_sells_out": 0.5 * (1 + math.erf((mean - row["left"]) / luck / math.sqrt(2))),
    }  # fmt: skip


def foreseen(frame: Row, sku: str, region: str, mean: float, shape: float = 4.0, lot: float = 1.0, **told: Any) -> Row:
    """Give a row a forecast of its own: units wanted until the close, and how sure that is."""
    row = sku_row(frame, sku, region)
    row |= _law(row, mean / max(1.0, rest(frame)), mean) | {"wanted_shape": shape, "lot": lot} | told
    return row


def rest(frame: Row) -> float:
    """Minutes until the close."""
    ends, now = (datetime.fromisoformat(frame[name]) for name in ("ends_at", "at"))
    return max(0.0, (ends - now).total_seconds() / 60)


def at(frame: Row, minute: float) -> Row:
    """Move a frame to another minute."""
    frame["at"], frame["t_plus_seconds"] = iso(minute), int(minute * 60)
    return frame


def sku_row(frame: Row, sku: str, region: str, **changes: Any) -> Row:
    """Change one countdown row, keeping share and regions in step."""
    row: Row = next(row for row in frame["countdowns"] if (row["sku"], row["region"]) == (sku, region))
    row.update(changes)
    row["share_sold"] = round(1 - row["left"] / row["allocated"], 4)
    balanced(frame)
    return row


def balanced(frame: Row) -> Row:
    """Add up the regions and their pools from their SKUs."""
    for row in frame["countdowns"]:
        if row.get("wanted_shape", KNOWN) == KNOWN:
            row |= forecast(row, rest(frame))
    leftovers = {region["region"]: region["projected_leftover"] for region in frame["regions"]}
    frame["regions"] = []
    for name in REGIONS:
        rows = [row for row in frame["countdowns"] if row["region"] == name]
        allocated, left = sum(row["allocated"] for row in rows), sum(row["left"] for row in rows)
        frame["regions"].append(
            {
                "region": name, "allocated": allocated, "left": left, "sold": allocated - left,
                "share_sold": round(1 - left / allocated, 4),
                "rate_per_minute": sum(row["rate_per_minute"] for row in rows),
                "projected_leftover": leftovers.get(name, 0), "time_zone": ZONES[name], "countries": COUNTRIES[name],
            }
        )  # fmt: skip
    frame["pools"] = [pool for pool in frame["pools"] if pool["region"] is None] + [
        {
            "pool": f"region/{row['region']}", "region": row["region"], "sku": row["sku"],
            "allocated": row["allocated"], "left": row["left"], "free": row["left"] // 2,
        }
        for row in frame["countdowns"]
    ]  # fmt: skip
    return frame


def late(frame: Row, region: str, seconds: float = 42.0) -> Row:
    """Make the channel of a region late, as the frame tells it."""
    row: Row = next(row for row in frame["channels"] if row["region"] == region)
    row |= {"state": "late", "data_age_seconds": seconds}
    frame["withheld"].append(
        {"channel": row["channel"], "region": region, "reason": "Nobody knows.", "since_seconds": seconds - 15}
    )
    frame["suspended"].append({"region": region, "channels": [row["channel"]], "reason": "It waits."})
    return frame


def drifted(frame: Row, region: str, sku: str, units: int, **changes: Any) -> Row:
    """Let the platform of a region list so many units too many (too few below 0)."""
    row: Row = next(row for row in frame["channels"] if row["region"] == region)
    row["drift"].append(
        {
            "sku": sku, "units": units, "listed": 20 + units, "exposure": 20, "pool_left": 30, "age_seconds": 60.0,
            **changes,
        }
    )  # fmt: skip
    row["drift_units"] += abs(units)
    return frame


def alert(name: str, rule: str, sku: str, region: str, state: str, raised: float, **changes: Any) -> Row:
    """A row of the frame's alerts."""
    return {
        "alert": name, "rule": rule, "sku": sku, "region": region, "severity": "warning", "state": state,
        "raised_at": iso(raised), "decide_by": None, "cost_minor": 0, "quiet": False, "owner": "",
        **changes,
    }  # fmt: skip


def proposal(rule: str, sku: str, region: str, state: str, proposed: float, **changes: Any) -> Row:
    """A row of the frame's proposals."""
    settled = iso(proposed) if state in ("approved", "dismissed") else None
    return {
        "proposal": ":".join(part for part in (rule, region, sku, f"{proposed:g}") if part), "rule": rule, "sku": sku,
        "region": region, "state": state, "proposed_at": iso(proposed), "decide_by": iso(proposed + 15),
        "decided_at": settled, "decided_by": "", "cost_minor": 0, "quiet": False, "commands": [],
        "cleared": state == "withdrawn",
        **changes,
    }  # fmt: skip


def told(frame: Row, commands: Iterable[c.Command]) -> Row:
    """The frame after alerts and proposals of these commands were taken in; stock and terms stay as they are."""
    alerts = {row["alert"]: row for row in frame["alerts"]}
    proposals = {row["proposal"]: row for row in frame["proposals"]}
    for one in commands:
        if isinstance(one, c.RaiseAlert):
            alerts[one.alert] = alert(one.alert, one.rule, one.sku, one.region, "open", 0) | {
                "severity": one.severity, "raised_at": frame["at"], "cost_minor": one.cost_minor, "quiet": one.quiet,
            }  # fmt: skip
        elif isinstance(one, c.ResolveAlert):
            alerts[one.alert] = alerts[one.alert] | {"state": "resolved"}
        elif isinstance(one, c.ProposeAction):
            now = {"proposed_at": frame["at"], "cost_minor": one.cost_minor, "quiet": one.quiet}
            proposals[one.proposal] = proposal(one.rule, one.sku, one.region, "open", 0, proposal=one.proposal) | now
        elif isinstance(one, c.ApproveAction):
            settled = {"state": "approved", "decided_at": frame["at"], "decided_by": one.actor}
            proposals[one.proposal] = proposals[one.proposal] | settled
        elif isinstance(one, c.WithdrawAction):
            row = proposals[one.proposal]
            state = "withdrawn" if row["state"] in ("open", "expired") else row["state"]
            proposals[one.proposal] = row | {"cleared": True, "state": state}
    return frame | {"alerts": list(alerts.values()), "proposals": list(proposals.values())}
