"""What sending goods would do: ways, arrival, landed cost, and whether it comes too late. Pure arithmetic over a frame.

    from, to -> `ways`     the show's own routes, or a mode whose hours somebody types
    frame + wish -> `plan` when it arrives, what a unit costs there, whom it serves, and the `veto`

The veto: goods that arrive when the show is over and the destination's buyers have found nothing are not sent by
mistake; the sentence carries the numbers. A show that goes on when they arrive only gets a warning.
"""

from datetime import datetime, timedelta
from typing import Any

from dashboard.screens import whatif
from dashboard.screens.marks import Frame, clock, moment, span
from dashboard.screens.words import Say, english

Wish = dict[str, Any]
"""What is chosen: sku, from_location, to_location, units, way, hours, pool."""

HOURS = {"air": 36.0, "truck": 24.0, "rail": 360.0, "sea": 480.0}
"""Modes somebody may choose where the show names no route, and the hours offered first."""


def ways(frame: Frame, origin: str, target: str) -> list[Frame]:
    """Return the ways from one location to another: the show's routes, quickest first, then modes to be typed."""
    own = [
        row | {"known": True}
        for row in frame.get("routes", ())
        if row["from_location"] == origin and row["to_location"] == target
    ]
    own.sort(key=lambda row: (row["hours"], row["cost_minor"]))
    return own + [{"mode": mode, "hours": hours, "cost_minor": 0, "known": False} for mode, hours in HOURS.items()]


def region_of(frame: Frame, location: str) -> str:
    """Return the region a location serves most cheaply; empty where it serves none."""
    rows = [lane for lane in frame.get("lanes", ()) if lane["location"] == location]
    return min(rows, key=lambda lane: (lane["landed_cost_minor"], lane["days"]))["region"] if rows else ""


def place(frame: Frame, location: str) -> Frame:
    """Return a location's row; its id as its name where the frame does not know it."""
    unknown = {"location": location, "name": location, "time_zone": "UTC"}
    return next((row for row in frame["locations"] if row["location"] == location), unknown)


def available(frame: Frame, location: str, sku: str) -> int:
    """Return the units of a SKU a location could send."""
    rows = (row["available"] for row in frame["stock"] if row["location"] == location and row["sku"] == sku)
    return int(sum(rows))


def plan(frame: Frame, wish: Wish, say: Say = english) -> Frame:
    """Compute a shipment: eta (ISO), region, landed_minor of a unit (None unknown), days after, veto, warning."""
    eta = moment(frame["at"]) + timedelta(hours=wish["hours"] or 0)
    region = region_of(frame, wish["to_location"])
    lane = next(
        (one for one in frame.get("lanes", ()) if (one["location"], one["region"]) == (wish["to_location"], region)),
        None,
    )
    row = whatif.countdown(frame, wish["sku"], f"region/{region}")
    late = eta > moment(frame["ends_at"])
    return {
        "eta": eta.isoformat(),
        "region": region,
        "landed_minor": lane["landed_cost_minor"] + wish["cost_minor"] if lane else None,
        "days": lane["days"] if lane else None,
        "veto": _too_late(frame, row, region, eta, say) if late else "",
        "warning": "" if late else _gap(row, region, (eta - moment(frame["at"])).total_seconds() / 60, say),
    }


def _too_late(frame: Frame, row: Frame | None, region: str, eta: datetime, say: Say) -> str:
    """Say that goods arrive when the show is over, and when the SKU will be sold out."""
    after = span((eta - moment(frame["ends_at"])).total_seconds() / 60, say)
    ends = (
        f"{say('the show ends')} {clock(frame['ends_at'], frame['time_zone'])}, {say('this arrives later by')} {after}"
    )
    if row is None or row["state"] not in ("counting", "out"):
        return f"{say('Arrives after the close')}: {ends}"
    return f"{say('Arrives after sell-out')}: {region} {sells_out(frame, row, say)}; {ends}"


def sells_out(frame: Frame, row: Frame, say: Say = english) -> str:
    """Say when a SKU sells out, on the studio's clock: p50 (p90)."""
    if row["state"] == "out":
        return say("is sold out")
    at = clock(row["sells_out_at"], frame["time_zone"])
    if row["p90"] is None:
        return f"{say('sells out')} {at}"
    latest = moment(frame["at"]) + timedelta(minutes=row["p90"])
    return f"{say('sells out')} {at} ({say('at the latest')} {clock(latest.isoformat(), frame['time_zone'])})"


def _gap(row: Frame | None, region: str, minutes: float, say: Say) -> str:
    """Warn of the time a region has nothing to sell before goods arrive during the show."""
    sold_out = 0.0 if row and row["state"] == "out" else row["p50"] if row and row["state"] == "counting" else None
    if sold_out is None or sold_out >= minutes:
        return ""
    return f"{region} {say('has nothing to sell for')} {span(minutes - sold_out, say)} {say('before it arrives')}"
