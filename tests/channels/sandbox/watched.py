"""A scenario played coarsely and watched: what came of it, and what every look at the frame showed.

A show of days takes a minute at its own step; at five minutes a step it tells the same story in seconds, which is what
the tests can afford. Beats are found by content and order; when they fall is the crowd's affair.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from dashboard.channels.sandbox.play import Rules, Show
from dashboard.channels.sandbox.scenario import Scenario, find, load
from dashboard.room import Room
from dashboard.settings import DATA
from tests.channels.sandbox.rooms import room

Row = dict[str, Any]
KEPT = ("at", "t_plus_seconds", "regions", "pools", "locations", "shipments", "lines", "loans", "guests", "bundles")
CHANNELS = ("channel", "region", "state", "interactions", "interactions_usual")
LISTS_PER_MINUTE = 0.2


class Watched(msgspec.Struct):
    """A show from its first viewer to its close; `looks` are parts of every frame, `proposals` all there ever were."""

    outcome: Row
    last: Row
    looks: list[Row]
    proposals: dict[str, Row]
    replenishments: dict[str, Row]

    def first(self, rule: str, text: str = "") -> Row:
        """The first proposal of a rule that says so."""
        return next(row for row in self.proposals.values() if row["rule"] == rule and text in row["what"])

    def all_of(self, rule: str, text: str = "") -> list[Row]:
        """Every proposal of a rule that says so, oldest first."""
        return [row for row in self.proposals.values() if row["rule"] == rule and text in row["what"]]

    def when(self, proposal: Row) -> Row:
        """The look at the instant of a proposal."""
        return next(look for look in self.looks if look["at"] >= proposal["proposed_at"])

    def alerts(self) -> set[str]:
        """The rules that spoke."""
        return {beat["rule"] for beat in self.outcome["beats"]}


def scenario(name: str, **changes: Any) -> Scenario:
    """A scenario that ships, with some keys changed."""
    return msgspec.structs.replace(load(find(name, DATA / "scenarios")), **changes)


@cache
def watched(name: str, rules: Rules = "auto", seconds: float = 300.0, seed: int = 0, minutes: float = 0.0) -> Watched:
    """A scenario played in steps of so many seconds, whole or only its beginning."""
    told = scenario(name)
    told = msgspec.structs.replace(told, step_seconds=seconds)
    if told.lists_per_minute:
        told = msgspec.structs.replace(told, lists_per_minute=LISTS_PER_MINUTE)
    if minutes:
        told = msgspec.structs.replace(told, minutes=minutes)
    return watch(told, room(), rules, seconds, seed or told.seed)


def watch(told: Scenario, show_room: Room, rules: Rules, seconds: float, seed: int) -> Watched:
    """Play it and look at every frame."""
    show = Show(told, seed, show_room, rules)
    show.open()
    found = Watched({}, {}, [], {}, {})
    while show.at < show.end:
        show.step(show.at + round(seconds * 1_000_000))
        frame = show_room.latest(show.show)
        channels = [{key: row[key] for key in CHANNELS} for row in frame["channels"]]
        found.looks.append({key: frame[key] for key in KEPT} | {"channels": channels})
        for row in sorted(frame["proposals"], key=lambda row: (row["proposed_at"], row["proposal"])):
            found.proposals[row["proposal"]] = row
        found.replenishments.update({row["replenishment"]: row for row in frame["replenishments"]})
    found.outcome = show.finish()
    found.last = show_room.frame(show.show)
    return found


def of(rows: Sequence[Row], key: str, name: str) -> Row:
    """The row of that name."""
    return next(row for row in rows if row[key] == name)


def units(told: Scenario) -> int:
    """All units of a scenario: at the start, on their way and from production."""
    there = sum(sum(of_sku.values()) for of_sku in told.stock.values())
    coming = sum(sum(one.units.values()) for one in (*told.shipments, *told.batches))
    return there + coming


def minutes_between(earlier: str, later: str) -> float:
    """Minutes from one time of a frame to another."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds() / 60


def left(look: Row, pool: str) -> int:
    """Units left in a pool."""
    return sum(row["left"] for row in look["pools"] if row["pool"] == pool)


def shares(look: Row) -> Mapping[str, float]:
    """Region -> its part of all units that were given out or are held back."""
    allocated = {row["region"]: row["allocated"] for row in look["regions"]}
    whole = sum(allocated.values()) + left(look, "flexible")
    return {name: part / whole for name, part in allocated.items()}
