"""More for the frames of the rules' tests: curves, goods and lanes, a channel more, and questions to ask a rule.

Built on `frames.calm`: two regions, two SKUs, 100 of each in each region. A rule is asked for the rows it wants
(`fired`), for the sentence of the condition it waits for (`waits`), and whether it finds its cause gone (`cleared`);
`commands` reads a row's commands the way the room does.
"""

from typing import Any

import msgspec

from dashboard.decision import commands as c
from dashboard.decision.parameters import defaults
from dashboard.rules.conditions import Candidate
from dashboard.rules.registry import load
from tests.rules.frames import REGIONS, Row, iso


def candidates(rule: str, frame: Row, **numbers: float) -> list[Candidate]:
    """What a rule looks at; `numbers` differ from the defaults."""
    loaded = load(rule)
    assert loaded is not None
    assert set(numbers) <= set(defaults())
    return list(loaded.candidates(frame, defaults() | numbers))


def fired(rule: str, frame: Row, **numbers: float) -> list[Row]:
    """The rows a rule wants."""
    return [one.row for one in candidates(rule, frame, **numbers) if one.fires() and one.row is not None]


def only(rule: str, frame: Row, **numbers: float) -> Row:
    """The one row a rule wants, checked for what every row must have."""
    (row,) = fired(rule, frame, **numbers)
    assert isinstance(row["cost_minor"], int)
    assert row["cost_minor"] >= 0
    assert row["what"]
    return row


def waits(rule: str, frame: Row, region: str = "", sku: str = "", channel: str = "", **numbers: float) -> str:
    """The sentence of the condition that a candidate waits for; empty where it waits for none."""
    found = [
        one
        for one in candidates(rule, frame, **numbers)
        if one.region == region and sku in ("", one.sku) and channel in ("", one.channel)
    ]
    failing = found[0].waits_for()
    return failing.sentence() if failing else ""


def cleared(rule: str, frame: Row, region: str = "", sku: str = "") -> bool:
    """Whether a rule finds the cause gone, or no longer looks at the thing."""
    found = [one for one in candidates(rule, frame) if one.region == region and sku in ("", one.sku)]
    return all(one.clear for one in found)


def commands(row: Row) -> list[c.Command]:
    """A row's commands as the room reads them."""
    common = {"show": "night", "actor": "rule:test", "source": "/rules/test"}
    return [
        c.decode(msgspec.json.encode({**raw, "id": f"x{number}", **common}))
        for number, raw in enumerate(row["commands"])
    ]


def cumulative(*paces: tuple[int, float]) -> list[int]:
    """Units sold by the end of each minute, from (minutes, units per minute) in a row."""
    sold, curve = 0.0, list[int]()
    for minutes, pace in paces:
        for _ in range(minutes):
            sold += pace
            curve.append(round(sold))
    return curve


def with_curves(frame: Row, plan: list[int] | None = None, **curves: list[int]) -> Row:
    """Put curves of regions (US) or channels (tiktok_us) into a frame, a point a minute."""
    by_region = {name: curve for name, curve in curves.items() if name in REGIONS}
    by_channel = {name.replace("_", "-"): curve for name, curve in curves.items() if name not in REGIONS}
    length = max(map(len, curves.values()))
    frame["curves"] = {
        "minutes": [float(minute) for minute in range(1, length + 1)],
        "by_region": by_region,
        "by_channel": by_channel,
        "plan": plan or [],
        "plan_minutes": [float(minute) for minute in range(1, len(plan or []) + 1)],
    }
    return frame


def with_goods(frame: Row, la: int = 10, hh: int = 60, sz: int = 200) -> Row:
    """Los Angeles serves the US, Hamburg the EU, Shenzhen both from far: units of RING there, and a way to LA."""
    places = (
        ("LA", "Los Angeles", "forward", "US"),
        ("HH", "Hamburg", "forward", "DE"),
        ("SZ", "Shenzhen", "bonded", "CN"),
    )
    frame["locations"] = [
        {"location": name, "name": title, "kind": kind, "country": code} for name, title, kind, code in places
    ]
    frame["stock"] = [
        {"location": name, "sku": "RING", "available": units, "committed": 100 - units if name == "LA" else 0,
         "unavailable": 0, "in_transit": 0}
        for name, units in (("LA", la), ("HH", hh), ("SZ", sz))
    ]  # fmt: skip
    frame["lanes"] = [
        {"location": name, "region": region, "landed_cost_minor": cost, "days": days}
        for name, region, cost, days in (("LA", "US", 400, 2), ("SZ", "US", 1100, 8), ("HH", "EU", 400, 2), ("SZ", "EU", 1200, 9))
    ]  # fmt: skip
    frame["routes"] = [route()]
    return frame


def route(hours: float = 36.0, **changes: Any) -> Row:
    """The way of goods from Shenzhen to Los Angeles."""
    return {"from_location": "SZ", "to_location": "LA", "mode": "air", "hours": hours, "cost_minor": 300} | changes


def channel(frame: Row, name: str, region: str, **changes: Any) -> Row:
    """A further channel of a region."""
    row = dict(next(row for row in frame["channels"] if row["region"] == region))
    frame["channels"].append(row | {"channel": name, "name": name, **changes})
    return frame


def guest(begins: float, ends: float, **changes: Any) -> Row:
    """A guest with RING on TikTok US between two minutes."""
    return {
        "guest": "Mia", "sku": "RING", "channels": ["tiktok-us"], "starts_at": iso(begins), "ends_at": iso(ends),
        "units": None, "pool": "", "closed": False, **changes,
    }  # fmt: skip
