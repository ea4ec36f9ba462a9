"""Readings: what several rules read off a frame, said once - minutes, paces, leftovers, margins, safety stocks.

Nothing here decides anything. A table that a frame does not have reads as empty, so that small frames are frames. The
pace of projections is the careful one of the regions' own leftover: a spike counts at most three times its baseline.
Money is in minor units of the show's currency, minutes are minutes of the show. Pure; what can fail is a time nobody
can read, which only a broken frame has.
"""

from bisect import bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.rules.conditions import Condition

Row = dict[str, Any]
MINUTE = 60_000_000
ROUNDING = 1e-6
FLEXIBLE = "flexible"
NEARER = ("forward", "central", "border", "bonded", "origin")
"""Kinds of locations, the one an order is served from first at the front."""


def table(frame: Row, name: str) -> list[Row]:
    """The rows of a table; none where the frame has no such table."""
    return frame.get(name) or []


def hold(conditions: Iterable[Condition]) -> bool:
    """Whether all conditions hold."""
    return all(condition.holds() for condition in conditions)


def micros(text: str) -> int:
    """A time of the frame as commands write it: microseconds since 1970 UTC."""
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def show_minutes(frame: Row) -> float:
    """How long the show is."""
    return (micros(frame["ends_at"]) - micros(frame["starts_at"])) / MINUTE


def minutes_left(frame: Row) -> float:
    """Minutes until the close, 0 after it."""
    return max(0.0, (micros(frame["ends_at"]) - micros(frame["at"])) / MINUTE)


def minutes_passed(frame: Row) -> float:
    """Minutes since the start."""
    return float(frame["t_plus_seconds"]) / 60


def steady_pace(row: Row) -> float:
    """Units per minute to project with: the present rate, of a spike at most three times its baseline."""
    rate, baseline = float(row["rate_per_minute"]), float(row["baseline_per_minute"])
    return min(rate, max(baseline, rate / 3))


def leftover(row: Row, minutes: float) -> float:
    """Units a countdown's row would have left after so many minutes."""
    return max(0.0, float(row["left"]) - steady_pace(row) * minutes)


def known(frame: Row) -> list[Row]:
    """The countdowns with enough orders to say something about their pace."""
    return [row for row in frame["countdowns"] if row["state"] not in ("unknown", "none") and row["allocated"]]


class ByRegion:
    """The countdowns with units left, per region; grouped once, when first asked for."""

    def __init__(self, frame: Row) -> None:
        self._frame = frame
        self._rows: dict[str, list[Row]] | None = None

    def of(self, region: str) -> list[Row]:
        """The rows of a region."""
        if self._rows is None:
            self._rows = {}
            for row in self._frame["countdowns"]:
                if row["left"] > 0 and row["allocated"]:
                    self._rows.setdefault(row["region"], []).append(row)
        return self._rows.get(region, [])


def skus(frame: Row) -> dict[str, Row]:
    """The SKUs by name."""
    return {sku["sku"]: sku for sku in frame["skus"]}


def landed(frame: Row) -> dict[str, int]:
    """The cheapest way of a unit to a buyer, per region; regions without a lane are left out."""
    cheapest: dict[str, int] = {}
    for lane in table(frame, "lanes"):
        cost = lane["landed_cost_minor"]
        cheapest[lane["region"]] = min(cost, cheapest.get(lane["region"], cost))
    return cheapest


def margin(sku: Row, way_minor: int = 0) -> int:
    """What a sold unit earns: price less cost and way; never below 0."""
    return max(0, int(sku["price_minor"]) - int(sku["cost_minor"]) - way_minor)


def money(frame: Row, minor: float) -> str:
    """An amount in the show's currency."""
    return f"{minor / 100:,.2f} {frame.get('currency', '')}".rstrip()


def flexible(frame: Row) -> dict[str, int]:
    """Units left in the flexible pool, per SKU."""
    return {pool["sku"]: pool["left"] for pool in frame["pools"] if pool["pool"] == FLEXIBLE}


def safety_set(frame: Row) -> dict[tuple[str, str], int]:
    """Safety stocks that were set, per SKU and region."""
    return {(row["sku"], row["region"]): row["units"] for row in table(frame, "safety")}


def safety(row: Row, was_set: Mapping[tuple[str, str], int], numbers: Mapping[str, float]) -> int:
    """Units of a countdown's row that stay in its region: as set, else the usual share of its allocation."""
    usual = round(numbers["safety_share"] * row["allocated"])
    return was_set.get((row["sku"], row["region"]), usual)


def servable(frame: Row, skus: Container[str]) -> dict[tuple[str, str], int]:
    """Units that lie, or may be sold while they come, where they can serve a region, per SKU (of these) and region."""
    stock: dict[str, dict[str, int]] = {}
    for row in table(frame, "stock"):
        if row["sku"] in skus:
            coming = row["in_transit"] if frame.get("sells_in_transit") else 0
            stock.setdefault(row["location"], {})[row["sku"]] = row["available"] + coming
    found: dict[tuple[str, str], int] = {}
    for lane in table(frame, "lanes"):
        for sku, units in stock.get(lane["location"], {}).items():
            found[sku, lane["region"]] = found.get((sku, lane["region"]), 0) + units
    return found


def with_terms(frame: Row) -> set[tuple[str, str]]:
    """SKU and region pairs that have a limit, a coupon or a bundle."""
    found = {(row["sku"], row["region"]) for name in ("limits", "coupons") for row in table(frame, name)}
    return found | {(sku, row["region"]) for row in table(frame, "bundles") for sku in row["skus"]}


def units_since(minutes: Sequence[float], curve: Sequence[float], back: float) -> float:
    """What a cumulative curve gained in the last minutes before its end; all of it where it is younger."""
    if not curve:
        return 0.0
    before = bisect_right(minutes, minutes[len(curve) - 1] - back + ROUNDING) - 1
    return curve[-1] - (curve[before] if before >= 0 else 0)


def covered(minutes: Sequence[float], back: float) -> float:
    """Minutes that `units_since` really looks back on: up to a point of the curve, of a young one to its start."""
    if not minutes:
        return back
    before = bisect_right(minutes, minutes[-1] - back + ROUNDING) - 1
    return minutes[-1] - (minutes[before] if before >= 0 else 0.0)


def at_minute(minutes: Sequence[float], curve: Sequence[float], minute: float) -> float:
    """The value of a cumulative curve at a minute, on the straight line between its points; 0 at the start."""
    if not curve or minute <= 0:
        return 0.0
    after = bisect_right(minutes, minute)
    if after >= len(curve):
        return float(curve[-1])
    x0, y0 = (minutes[after - 1], curve[after - 1]) if after else (0.0, 0.0)
    return y0 + (curve[after] - y0) * (minute - x0) / (minutes[after] - x0)


def told(frame: Row, rule: str) -> list[Row]:
    """The alerts and proposals of a rule whose cause has not gone yet."""
    alerts = [row for row in frame["alerts"] if row["rule"] == rule and row["state"] != "resolved"]
    return alerts + [row for row in frame["proposals"] if row["rule"] == rule and not row.get("cleared")]


def approved(frame: Row, rule: str, region: str, sku: str = "") -> bool:
    """Whether the rule's last word about a SKU in a region was carried out."""
    return any(
        row["rule"] == rule and row["state"] == "approved" and (row["sku"], row["region"]) == (sku, region)
        for row in frame["proposals"]
    )
