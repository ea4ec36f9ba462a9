"""Readings: what several rules read off a frame, said once - minutes, groups of rows, margins, safety stocks.

Nothing here decides anything. A table that a frame does not have reads as empty, so that small frames are frames. Money
is in minor units of the show's currency, minutes are minutes of the show. What all rules read alike (`shared`) is
worked out once for a frame that the arbiter wrapped (`Seen`), on a plain frame each time: a show may have a hundred
thousand countdowns, and nobody but these readings looks at all of them. Pure; what can fail is a time nobody can read,
which only a broken frame has.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import wraps
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from dashboard.allocation.stakes import cheapest_ways
from dashboard.rules.conditions import Condition

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = dict[str, Any]
Reading = TypeVar("Reading")
MINUTE = 60_000_000
ROUNDING = 1e-6
FLEXIBLE = "flexible"
NEARER = ("forward", "central", "border", "bonded", "origin")
"""Kinds of locations, the one an order is served from first at the front."""


NUMBERS = (
    "left", "allocated", "share_sold", "rate_per_minute", "baseline_per_minute", "expected_per_minute", "wanted_mean",
    "wanted_p50",
    "leftover", "short", "p_sells_out", "p50",
)  # fmt: skip
"""The numbers of a countdown that rules choose rows by."""
_NUMBERS_OF, _NAMES_OF = itemgetter(*NUMBERS), itemgetter("sku", "region")
AT_ONCE = 512
"""So many rows are read at once: few enough to stay in the processor's cache until all their numbers are."""


class Seen(dict[str, Any]):
    """A frame as the rules of one tick see it, with what was read off it so far; nobody changes it meanwhile."""

    def __init__(self, frame: Row) -> None:
        super().__init__(frame)
        self.readings: dict[str, Any] = {}


def shared(read: Callable[[Row], Reading]) -> Callable[[Row], Reading]:
    """A reading that a `Seen` frame remembers."""

    @wraps(read)
    def reading(frame: Row) -> Reading:
        if not isinstance(frame, Seen):
            return read(frame)
        if read.__name__ not in frame.readings:
            frame.readings[read.__name__] = read(frame)
        found: Reading = frame.readings[read.__name__]
        return found

    return reading


def table(frame: Row, name: str) -> list[Row]:
    """The rows of a table; none where the frame has no such table."""
    return frame.get(name) or []


def hold(conditions: Iterable[Condition]) -> bool:
    """Whether all conditions hold."""
    return all(condition.holds() for condition in conditions)


def micros(text: str) -> int:
    """A time of the frame as commands write it: microseconds since 1970 UTC."""
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


@shared
def show_minutes(frame: Row) -> float:
    """How long the show is."""
    return (micros(frame["ends_at"]) - micros(frame["starts_at"])) / MINUTE


@shared
def minutes_left(frame: Row) -> float:
    """Minutes until the close, 0 after it."""
    return max(0.0, (micros(frame["ends_at"]) - micros(frame["at"])) / MINUTE)


def minutes_passed(frame: Row) -> float:
    """Minutes since the start."""
    return float(frame["t_plus_seconds"]) / 60


class Countdowns:
    """The countdowns as columns, so that a rule chooses its rows without a look at all the others.

    A number is an array over all rows (`table["left"]`; what is None there is not a number), a choice is an array of
    truths (`where`), and rows of a SKU or of a region are found by name (`of`).
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        skus, regions = (defaultdict[str, int](count().__next__) for _ in "sr")
        codes, numbers = np.empty((len(rows), 2), np.int64), np.empty((len(rows), len(NUMBERS)))
        self.is_known = np.empty(len(rows), dtype=bool)
        for first in range(0, len(rows), AT_ONCE):
            some, part = slice(first, first + AT_ONCE), rows[first : first + AT_ONCE]
            numbers[some] = [*map(_NUMBERS_OF, part)]
            codes[some] = [(skus[sku], regions[region]) for sku, region in map(_NAMES_OF, part)]
            self.is_known[some] = [row["state"] not in ("unknown", "none") for row in part]
        self.skus, self.regions = dict(skus), dict(regions)
        self.sku, self.region = codes[:, 0].copy(), codes[:, 1].copy()
        self._numbers = dict(zip(NUMBERS, numbers.T.copy(), strict=True))

    def __getitem__(self, name: str) -> "NDArray[np.float64]":
        return self._numbers[name]

    def where(self, chosen: "NDArray[np.bool_]") -> list[Row]:
        """The rows of a choice."""
        return [self.rows[number] for number in np.flatnonzero(chosen).tolist()]

    def within(self, regions: Iterable[str]) -> "NDArray[np.bool_]":
        """Which rows are about one of these regions."""
        wanted = np.zeros(len(self.regions), dtype=bool)
        wanted[[self.regions[name] for name in regions if name in self.regions]] = True
        found: NDArray[np.bool_] = wanted[self.region]
        return found

    def of(self, sku: str = "", region: str = "") -> list[Row]:
        """The rows of a SKU, of a region, or of a SKU in a region."""
        chosen = np.ones(len(self.rows), dtype=bool)
        if sku:
            chosen &= self.sku == self.skus.get(sku, -1)
        if region:
            chosen &= self.region == self.regions.get(region, -1)
        return self.where(chosen)


@shared
def countdowns(frame: Row) -> Countdowns:
    """The countdowns of a frame as columns."""
    return Countdowns(frame["countdowns"])


@shared
def skus(frame: Row) -> Mapping[str, Row]:
    """The SKUs by name."""
    return {sku["sku"]: sku for sku in frame["skus"]}


@shared
def landed(frame: Row) -> Mapping[str, int]:
    """The cheapest way of a unit to a buyer, per region; regions without a lane are left out."""
    return cheapest_ways(frame)


@shared
def margins(frame: Row) -> Mapping[str, int]:
    """SKU -> what one unit of it earns above its cost, minor units; 0 where it earns nothing."""
    return {sku["sku"]: margin(sku) for sku in frame["skus"]}


def margin(sku: Row, way_minor: int = 0) -> int:
    """What a sold unit earns: price less cost and way; never below 0."""
    return max(0, int(sku["price_minor"]) - int(sku["cost_minor"]) - way_minor)


def money(frame: Row, minor: float) -> str:
    """An amount in the show's currency."""
    return f"{minor / 100:,.2f} {frame.get('currency', '')}".rstrip()


@shared
def by_pool(frame: Row) -> Mapping[str, Mapping[str, Row]]:
    """The rows of each pool, by SKU."""
    pools: defaultdict[str, dict[str, Row]] = defaultdict(dict)
    for row in frame["pools"]:
        pools[row["pool"]][row["sku"]] = row
    return pools


@shared
def flexible(frame: Row) -> Mapping[str, int]:
    """Units left in the flexible pool, per SKU."""
    return {sku: row["left"] for sku, row in by_pool(frame).get(FLEXIBLE, {}).items()}


@shared
def safety_set(frame: Row) -> Mapping[tuple[str, str], int]:
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


@shared
def with_terms(frame: Row) -> Set[tuple[str, str]]:
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


@shared
def prices(frame: Row) -> Mapping[tuple[str, str], int]:
    """The price in force of a SKU on a channel, where it has one of its own."""
    return {(row["sku"], row["channel"]): row["price_minor"] for row in table(frame, "prices")}


@shared
def advised(frame: Row) -> Mapping[tuple[str, str], int]:
    """Units of a SKU that the allocator would give a region out of the flexible pool."""
    rows = (frame.get("allocation") or {}).get("advice", ())
    into = [row for row in rows if row["from_pool"] == FLEXIBLE and row["to_pool"].startswith("region/")]
    return {(row["sku"], row["to_pool"].removeprefix("region/")): row["units"] for row in into}


@shared
def worth(frame: Row) -> Mapping[tuple[str, str], int]:
    """What the allocator thinks the next unit of a SKU is worth in a region, minor units."""
    return {(row["sku"], row["region"]): row["minor"] for row in (frame.get("allocation") or {}).get("worth", ())}


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
