"""Time-zone lending: while a region sleeps, part of its units sells where it is day, and is back before its morning.

Reads the regions' clocks, the forecast, the lanes, the stock and the open loans. The lender's night is between two
hours of its own clock; it lends only what it will not sell until its morning, as far as the forecast is sure of that,
and keeps its safety stock, at most a share of what it has. The borrower is awake, will probably be sold out before the
units are due back - a few orders in a row are not enough - and the locations that serve it hold more than its own
units. Units come back by themselves half an hour before the lender's morning, or at the close.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import WHOLE_UNIT, all_within, at_most, lasts, pace, wanted_within
from dashboard.rules.readings import (
    MINUTE,
    countdowns,
    hold,
    landed,
    margin,
    micros,
    minutes_left,
    safety,
    safety_set,
    servable,
    skus,
    table,
)

Row = dict[str, Any]
AGAIN = "after cool-down"
LOOKED = 60
"""Lenders are looked for to so many SKUs and regions, those that sell out first."""


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU that a region awake will lack, with the sleeping region that needs it least."""
    clocks = {region["region"]: _clock(frame, region) for region in frame["regions"] if region.get("time_zone")}
    asleep = {name: _night_left(clock, numbers) for name, clock in clocks.items()}
    asleep = {name: minutes for name, minutes in asleep.items() if minutes}
    awake = {name for name, clock in clocks.items() if _is_day(clock, numbers)}
    if not asleep or not awake:
        return
    loans = {(row["sku"], row["to_pool"]) for row in table(frame, "loans") if _is_open(row, numbers)}
    longest, rest = max(asleep.values()), minutes_left(frame)
    rows = countdowns(frame)
    short = rows.within(awake) & (rows["short"] >= WHOLE_UNIT)
    soon = short & (all_within(rows, longest, rest) > rows["left"])
    lacking = [
        (lasts(row, rest), row["sku"], row["region"], row)
        for row in rows.where(soon)
        if (row["sku"], f"region/{row['region']}") not in loans
    ]
    for row in rows.where(short & ~soon)[:1]:
        late = Condition(f"How long {row['title']} in {row['region']} lasts", lasts(row, rest), "<", longest, "minutes")
        yield Candidate(row["region"], (late,), sku=row["sku"])
    yield from _matched(frame, numbers, [row for *_, row in nsmallest(LOOKED, lacking)], asleep)


def _matched(
    frame: Row, numbers: Mapping[str, float], lacking: list[Row], asleep: Mapping[str, float]
) -> Iterator[Candidate]:
    """What will lack where it is day, each with its best lender; units are lent once."""
    wanted = {row["sku"] for row in lacking}
    rows = {
        sku: {row["region"]: row for row in countdowns(frame).of(sku) if row["region"] in asleep and row["allocated"]}
        for sku in sorted(wanted)
    }
    served = servable(frame, wanted)
    lent: dict[tuple[str, str], int] = {}
    for row in lacking:
        yield _candidate(frame, numbers, row, rows.get(row["sku"], {}), asleep, served, lent)


def _is_open(loan: Row, numbers: Mapping[str, float]) -> bool:
    """Whether a loan still helps: it is out, and enough of it is unsold."""
    return loan["state"] != "returned" and bool(loan["unsold"] >= numbers["lend_units_min"])


def _clock(frame: Row, region: Row) -> datetime:
    return datetime.fromisoformat(frame["at"]).astimezone(ZoneInfo(region["time_zone"]))


def _night_left(clock: datetime, numbers: Mapping[str, float]) -> float:
    """Minutes until the morning of a clock; 0 by day. A night may begin before midnight."""
    begins, ends = numbers["night_from_hour"], numbers["night_to_hour"]
    hour = clock.hour + clock.minute / 60 + clock.second / 3600
    is_night = begins <= hour < ends if begins < ends else hour >= begins or hour < ends
    return (ends - hour) % 24 * 60 if is_night else 0.0


def _is_day(clock: datetime, numbers: Mapping[str, float]) -> bool:
    return bool(numbers["day_from_hour"] <= clock.hour < numbers["day_to_hour"])


def _candidate(
    frame: Row,
    numbers: Mapping[str, float],
    row: Row,
    regions: Mapping[str, Row],
    asleep: Mapping[str, float],
    served: Mapping[tuple[str, str], int],
    lent: dict[tuple[str, str], int],
) -> Candidate:
    """A region awake, and the best lender for it."""
    was_set = safety_set(frame)
    offers: list[tuple[int, str, float]] = []
    for name, night in asleep.items():
        if name in regions and name != row["region"]:
            back = min(night - numbers["lend_early_minutes"], minutes_left(frame))
            spare = _spare(frame, regions[name], back, safety(regions[name], was_set, numbers), numbers)
            offers.append((spare - lent.get((row["sku"], name), 0), name, back))
    spare, lender, back = max(offers, default=(0, "", 0.0))
    where = f"{row['title']} in {row['region']}"
    rest = minutes_left(frame)
    gone = lasts(row, rest)
    mean = wanted_within(row, back, rest)
    lack, likely = mean - row["left"], math.floor(at_most(row, mean, 1 - numbers["lend_lack_share"])) - row["left"]
    there = served.get((row["sku"], row["region"]), 0) - row["left"]
    units = min(spare, math.ceil(lack), there)
    conditions: tuple[Condition, ...] = (
        Condition(f"Time until the morning of a lender to {where}", back, ">=", numbers["lend_minutes_min"], "minutes"),
        Condition(f"How long {where} lasts", gone, "<", back, "minutes"),
        Condition(f"What {where} will probably lack", likely, ">=", numbers["lend_units_min"]),
        Condition(f"What a sleeping region can spare for {where}", spare, ">=", numbers["lend_units_min"]),
        Condition(f"What lies beyond its own where {where} is served from", there, ">=", numbers["lend_units_min"]),
    )
    if hold(conditions):
        conditions += (Condition(f"What can be lent to {where}", units, ">=", numbers["lend_units_min"]),)
    found = None
    if hold(conditions):
        lent[row["sku"], lender] = lent.get((row["sku"], lender), 0) + units
        keeps = safety(regions[lender], was_set, numbers)
        found = _row(frame, numbers, row, regions[lender], units, back, keeps)
    return Candidate(row["region"], conditions, found, sku=row["sku"])


def _spare(frame: Row, row: Row, back: float, keep: int, numbers: Mapping[str, float]) -> int:
    """Units a sleeping region can lend: a share, without what it may sell meanwhile and its safety stock."""
    mean = wanted_within(row, max(0.0, back), minutes_left(frame))
    most: int = math.floor(numbers["lend_share"] * row["left"])
    if min(most, row["left"] - mean - keep) < numbers["lend_units_min"]:
        idle: int = math.floor(row["left"] - mean - keep)
        return max(0, min(most, idle))
    idle = row["left"] - math.ceil(at_most(row, mean, numbers["lend_idle_share"])) - keep
    return max(0, min(most, idle))


def _row(frame: Row, numbers: Mapping[str, float], row: Row, lender: Row, units: int, back: float, keeps: int) -> Row:
    name, giver, title = row["region"], lender["region"], row["title"]
    rest, soon = minutes_left(frame), pace(row)
    gone = lasts(row, rest)
    returns = datetime.fromisoformat(frame["at"]) + timedelta(minutes=back)
    zone = next(region["time_zone"] for region in frame["regions"] if region["region"] == giver)
    clock = returns.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    lost = min(float(units), wanted_within(row, back, rest) - row["left"])
    return {
        "kind": "action",
        "sku": row["sku"],
        "region": name,
        "what": f"{giver} lends {units} {title} to {name} until {clock} of {giver}",
        "why": f"It is night in {giver}: {title} sells {pace(lender):.1f} per minute of {lender['left']} "
        f"left there; {name} has {row['left']} left, gone in {gone:.0f} minutes at {soon:.1f} per "
        f"minute, {back - gone:.0f} minutes before they are due back.",
        "effect": f"{name} {row['left']} -> {row['left'] + units}, {giver} {lender['left']} -> "
        f"{lender['left'] - units} (at most {numbers['lend_share']:.0%}); what is unsold returns by itself.",
        "helps_minutes": gone or None,
        "cost_minor": round(lost * margin(skus(frame)[row["sku"]], landed(frame).get(name, 0))),
        "commands": [
            {
                "type": "lend_units",
                "loan": f"night:{giver}:{name}:{row['sku'][:120]}:{frame['seq']}",
                "sku": row["sku"],
                "from_pool": f"region/{giver}",
                "to_pool": f"region/{name}",
                "quantity": units,
                "returns_at": micros(frame["at"]) + int(back * MINUTE),
                "keeps": keeps,
                "recall": True,
            }
        ],
    }
