"""Regional share: units follow the demand from the regions that will be left with them to the one that lacks them.

Reads the curves per region, the forecast, the pools, the safety stocks, and what the streams' audiences do: comments
and likes a minute, now and as usual. A region's share of what sold lately is held against its share of what is unsold;
it must be ahead over the whole of the window, over its younger half and, in a show of days, over the last day, since at
night whoever is awake buys everything. It must be ahead by more than luck, and in what the forecast says is still
wanted until the close. An audience several times as busy as usual is an early sign, and with it the rule speaks early
in the show; without it a peak of the rundown could look the same, so it waits for hours.

What moves, SKU by SKU: the flexible pool first (never below its floor), then other regions, which give what they would
be left with, down to the share of what is left that their own demand has, and never their safety stock. No region gets
more than a part of all units, nor more than lies where it is served from. Listed units are asked back.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import leftover, wanted
from dashboard.rules.readings import (
    countdowns,
    covered,
    flexible,
    hold,
    landed,
    margin,
    minutes_passed,
    safety,
    safety_set,
    servable,
    show_minutes,
    skus,
    table,
    units_since,
)

Row = dict[str, Any]
AGAIN = "after cool-down"
DAY_MINUTES = 24 * 60.0
UNITS_VARIANCE = 2.0
"""Variance over mean of units sold: orders hold one to five."""


class Demand(NamedTuple):
    """A region against the others: shares of what sold lately and of what is unsold, how busy its audience is."""

    sold: int
    demand: float
    unsold: float
    busy: float | None


class Move(NamedTuple):
    """Units of a SKU that one pool gives, and what it keeps at least."""

    sku: str
    pool: str
    units: int
    keeps: int


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every region with units, where there is more than one."""
    regions = [region for region in frame["regions"] if region["allocated"]]
    curves = frame.get("curves")
    if len(regions) < 2 or not curves:
        return
    whole = sum(region["allocated"] for region in regions) + sum(flexible(frame).values())
    for region in regions:
        told = _demand(frame, curves, regions, region, numbers["regional_window_minutes"])
        if told is None:
            continue
        coming = _coming(frame, region["region"])
        has = region["allocated"] + sum(coming.values())
        ready = _ready(frame, numbers, regions, region, told, has / whole)
        if hold(ready):
            ready += (_lasting(frame, numbers, region["region"], told),)
        if not hold(ready):
            yield Candidate(region["region"], ready)
            continue
        room = math.floor(numbers["regional_share_max"] * whole) - has
        moves = _moves(frame, numbers, region["region"], room, coming)
        units = sum(move.units for move in moves)
        conditions = (
            *ready,
            Condition(f"What can move to {region['region']}", units, ">=", numbers["regional_units_min"]),
        )
        row = _row(frame, numbers, region, told, moves, whole) if hold(conditions) else None
        yield Candidate(region["region"], conditions, row)


def _demand(frame: Row, curves: Row, regions: list[Row], region: Row, back: float) -> Demand | None:
    """How a region stands; None where nothing sold lately. The lower share of the window and its younger half."""
    shares: list[float] = []
    sold = 0.0
    for minutes in (back / 2, back, *_day(frame)):
        units = {
            one["region"]: max(0.0, units_since(curves["minutes"], curves["by_region"].get(one["region"], ()), minutes))
            for one in regions
        }
        whole = sum(units.values())
        if not whole:
            return None
        sold = whole if minutes == back else sold
        shares.append(units[region["region"]] / whole)
    left = sum(one["left"] for one in regions)
    channels = [row for row in frame["channels"] if row["region"] == region["region"]]
    usual = sum(row.get("interactions_usual") or 0 for row in channels)
    now = sum(row.get("interactions") or 0 for row in channels if row.get("interactions_usual"))
    return Demand(round(sold), min(shares), region["left"] / left if left else 0.0, now / usual if usual else None)


def _day(frame: Row) -> tuple[float, ...]:
    """The last day as a window of its own, in a show of days that is older than one."""
    return (DAY_MINUTES,) if show_minutes(frame) > DAY_MINUTES <= minutes_passed(frame) else ()


def _lasting(frame: Row, numbers: Mapping[str, float], name: str, told: Demand) -> Condition:
    """Whether the forecast sees the region ahead until the close as well."""
    table = countdowns(frame)
    whole, here = float(table["wanted_mean"].sum()), float(table["wanted_mean"][table.within([name])].sum())
    ahead = here / whole - told.unsold if whole else None
    what = f"What {name} will ask for until the close beyond its share of what is unsold"
    return Condition(what, ahead, ">=", numbers["regional_ahead_share"], "share")


def _ready(
    frame: Row, numbers: Mapping[str, float], regions: list[Row], region: Row, told: Demand, share: float
) -> tuple[Condition, ...]:
    """What has to hold before anybody works out which units could move."""
    is_sign = told.busy is not None and told.busy >= numbers["regional_busy_factor"]
    wait = numbers["regional_busy_minutes" if is_sign else "regional_minutes"]
    stays = sum(one["projected_leftover"] or 0 for one in regions if one is not region)
    name, ahead = region["region"], told.demand - told.unsold
    return (
        Condition(f"The age of the show, for {name}", minutes_passed(frame), ">=", wait, "minutes"),
        Condition(
            f"The demand of {name} beyond its share of what is unsold",
            ahead,
            ">=",
            numbers["regional_ahead_share"],
            "share",
        ),
        Condition("What all regions sold lately", told.sold, ">=", numbers["regional_sold_units"]),
        Condition(f"The surprise in it, for {name}", _surprise(told), ">=", numbers["regional_surprise"], "deviations"),
        Condition(f"What regions other than {name} would be left with", stays, ">=", numbers["regional_units_min"]),
        Condition(
            f"The share of {name} in all units",
            share,
            "<",
            numbers["regional_share_max"],
            "share",
        ),
    )


def _surprise(told: Demand) -> float:
    """How far a region is ahead of its share, in standard deviations of orders of a few units each."""
    spread = math.sqrt(UNITS_VARIANCE * max(0.01, told.unsold * (1 - told.unsold)) / max(1, told.sold))
    return (told.demand - told.unsold) / spread


def _coming(frame: Row, name: str) -> dict[str, int]:
    """Units asked back for a region that have not come yet, per SKU."""
    coming: dict[str, int] = {}
    for row in table(frame, "requests"):
        if row["to_pool"] == f"region/{name}":
            coming[row["sku"]] = coming.get(row["sku"], 0) + row["missing"]
    return coming


def _moves(frame: Row, numbers: Mapping[str, float], name: str, room: int, coming: Mapping[str, int]) -> list[Move]:
    """What moves to a region, at most `room` units, the SKU it lacks most of first."""
    table = countdowns(frame)
    asked = {row["sku"] for row in table.where(table.within([name]) & (table["rate_per_minute"] > 0))}
    parts = {sku: [row for row in table.of(sku) if row["allocated"]] for sku in sorted(asked)}
    pools, was_set = flexible(frame), safety_set(frame)
    found: list[tuple[int, list[Move]]] = []
    served = servable(frame, asked)
    for sku, rows in parts.items():
        whole = sum(wanted(row) for row in rows)
        spare = max(0, pools.get(sku, 0) - int(numbers["top_up_floor_units"]))
        left = sum(row["left"] for row in rows) + spare
        fair = {row["region"]: left * wanted(row) / whole if whole else 0.0 for row in rows}
        mine = next((row for row in rows if row["region"] == name), None)
        if mine is None:
            continue
        lacks = math.floor(fair[name]) - mine["left"] - coming.get(sku, 0)
        if frame.get("lanes"):
            lacks = min(lacks, served.get((sku, name), 0) - mine["left"])
        givers = [Move(sku, "flexible", spare, 0)]
        for row in sorted(rows, key=lambda row: (-leftover(row), row["region"])):
            keeps = safety(row, was_set, numbers)
            units = min(row["left"] - math.ceil(fair[row["region"]]), leftover(row), row["left"] - keeps)
            if row is not mine:
                givers.append(Move(sku, f"region/{row['region']}", math.floor(units), keeps))
        found.append((min(lacks, sum(max(0, giver.units) for giver in givers)), givers))
    found.sort(key=lambda one: -one[0])
    chosen = [one for one in found[: int(numbers["regional_skus_max"])] if one[0] > 0]
    part = min(1.0, room / max(1, sum(units for units, _ in chosen)))
    return [move for units, givers in chosen for move in _upto(givers, math.floor(units * part))]


def _upto(givers: list[Move], units: int) -> list[Move]:
    """The moves in order, together at most so many units."""
    taken: list[Move] = []
    for giver in givers:
        part = min(giver.units, units)
        if part > 0:
            taken.append(giver._replace(units=part))
            units -= part
    return taken


def _row(frame: Row, numbers: Mapping[str, float], region: Row, told: Demand, moves: list[Move], whole: int) -> Row:
    name, items = region["region"], skus(frame)
    way = landed(frame).get(name, 0)
    units = sum(move.units for move in moves)
    givers: dict[str, int] = {}
    for move in moves:
        giver = move.pool.removeprefix("region/")
        givers[giver] = givers.get(giver, 0) + move.units
    given = ", ".join(f"{part} of {giver}" for giver, part in givers.items())
    before, after = region["allocated"] / whole, (region["allocated"] + units) / whole
    busy = f" Its audience is {told.busy:.1f} times as busy as usual." if told.busy is not None else ""
    rate = region["rate_per_minute"]
    back = covered(frame["curves"]["minutes"], numbers["regional_window_minutes"])
    return {
        "kind": "action",
        "region": name,
        "what": f"+{units} {name}, its share of all units {before:.0%} -> {after:.0%}: {given}",
        "why": f"{name} has {told.demand:.0%} of what sold in the last {back:.0f} minutes "
        f"and {told.unsold:.0%} of what is unsold (trigger {numbers['regional_ahead_share']:.0%} apart).{busy}",
        "effect": f"{name} {region['left']} -> {region['left'] + units} units; the others keep what they sell until "
        "the close and their safety stock. Listed units follow when the platforms gave them back.",
        "helps_minutes": region["left"] / rate if region["left"] and rate else None,
        "cost_minor": sum(move.units * margin(items[move.sku], way) for move in moves),
        "commands": [_command(move, name) for move in moves],
    }


def _command(move: Move, name: str) -> Row:
    told = {
        "type": "reallocate",
        "sku": move.sku,
        "from_pool": move.pool,
        "to_pool": f"region/{name}",
        "quantity": move.units,
    }
    return told if move.pool == "flexible" else told | {"keeps": move.keeps, "recall": True}
