"""Losses told again without a network: try every way to save every missed unit, and keep the best.

Every missed unit is left lost, or takes a unit out of a place at its time, or waits for one of the later passages, or
for a shipment still on its way; of the units that are away, any number may be among those that pass from place to
place. A way is possible when no place ever holds fewer than are away from it, and when the goods that lie at the close
can be sent to as many buyers. Best is: most saved by unlocking, then most by a transfer in time, then most by another
split. Only for very small cases.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from dashboard.decision import events as e
from dashboard.review.asked import Ask
from dashboard.review.lost import Missed

Counts = dict[str, int]
Option = tuple[str, str | int]
LOST: Option = ("lost", "")


class Step(NamedTuple):
    """Units that left one place and came to another."""

    at: int
    source: str | None
    target: str | None
    units: int
    new: bool


class Naive:
    """One SKU of one show, as its events alone tell it."""

    def __init__(self, asks: Sequence[Ask], sku: str) -> None:
        self.steps: list[Step] = []
        self.goods: Counts = {}
        self.bound: dict[str, str] = {}
        for ask in asks:
            for event in ask.events:
                if isinstance(event, e.ShowOpened):
                    self.opened = event
                if isinstance(event, e.ShipmentStarted):
                    self.bound[event.shipment] = event.to_location
                for move in event.moves:
                    if move.sku == sku:
                        self._take(move, ask.stored[0].recorded_time)
        self.region_of = {channel.channel: channel.region for channel in self.opened.channels}

    def _take(self, move: e.Move, at: int) -> None:
        if move.book == "goods":
            self.goods[move.source] = self.goods.get(move.source, 0) - move.quantity
            self.goods[move.target] = self.goods.get(move.target, 0) + move.quantity
            return
        source, target = self._place(move.source), self._place(move.target)
        if source != target:
            self.steps.append(Step(at, source, target, move.quantity, move.source == "issued"))

    def _place(self, account: str) -> str | None:
        kind, _, name = account.partition("/")
        if kind in ("channel", "cover"):
            region = next(one.region for one in self.opened.channels if one.channel == name)
            return f"region/{region}"
        return account if kind in ("region", "flexible", "temporary", "withdrawn") else None

    def causes(self, missed: Sequence[Missed]) -> Counts:
        """Units by cause, for orders nobody turned away."""
        units = [one for one in missed for _ in range(one.units)]
        best, found = (-1, 0, 0), [LOST] * len(units)
        remedies = ("exposure_lock", "late_transfer", "opening_split")
        for options in product(*(list(self._options(one)) for one in units)):
            causes = [self._cause(one, option) for one, option in zip(units, options, strict=True)]
            score = (causes.count(remedies[0]), causes.count(remedies[1]), causes.count(remedies[2]))
            if score > best and self._possible(units, options):
                best, found = score, list(options)
        causes = [self._cause(one, option) for one, option in zip(units, found, strict=True)]
        return {cause: causes.count(cause) for cause in (*remedies, "stock")}

    def _options(self, one: Missed) -> Iterator[Option]:
        yield LOST
        held: Counts = {}
        for number, step in enumerate(self.steps):
            if step.at <= one.at:
                _shift(held, step.source, step.target, step.units)
            elif step.target not in (None, "withdrawn") and (step.new or step.source is not None):
                yield "coming", number
        for place, units in held.items():
            if units and place != "withdrawn":
                yield "place", place
        for shipment, place in self.bound.items():
            if self.goods.get(f"transit/{shipment}") and self._reaches(place, one.region):
                yield "way", shipment

    def _reaches(self, location: str, region: str) -> bool:
        return any(lane.location == location and lane.region == region for lane in self.opened.lanes)

    def _cause(self, one: Missed, option: Option) -> str:
        kind, what = option
        if kind == "lost":
            return "stock"
        if kind == "way":
            return "late_transfer"
        place = self.steps[int(what)].target if kind == "coming" else str(what)
        if place == f"region/{one.region}":
            return "late_transfer" if kind == "coming" else "exposure_lock"
        return "opening_split" if str(place).startswith("region/") else "late_transfer"

    def _possible(self, units: Sequence[Missed], options: Sequence[Option]) -> bool:
        saved = [one.region for one, option in zip(units, options, strict=True) if option != LOST]
        supplies = {place.location: self.goods.get(f"{place.location}/available", 0) for place in self.opened.locations}
        way = {shipment: self.goods.get(f"transit/{shipment}", 0) for shipment in self.bound}
        if not self._sendable(saved, supplies, way):
            return False
        takers = [(one.at, str(what)) for one, (kind, what) in zip(units, options, strict=True) if kind == "place"]
        waiting = [int(what) for kind, what in options if kind == "coming"]
        late = [str(what) for kind, what in options if kind == "way"]
        if any(late.count(shipment) > way[shipment] for shipment in late):
            return False
        return self._plays(0, {}, {}, takers, waiting, sum(way.values()) - len(late))

    def _sendable(self, regions: list[str], supplies: Counts, way: Counts) -> bool:
        if not regions:
            return True
        for stock, to in ((supplies, {name: name for name in supplies}), (way, self.bound)):
            for name, units in stock.items():
                if units > 0 and self._reaches(to[name], regions[0]):
                    stock[name] -= 1
                    fits = self._sendable(regions[1:], supplies, way)
                    stock[name] += 1
                    if fits:
                        return True
        return False

    def _plays(
        self, number: int, held: Counts, away: Counts, takers: list[tuple[int, str]], waiting: list[int], way: int
    ) -> bool:
        """Play the steps from one on, with units away, any of which may be among those that pass on."""
        if number == len(self.steps) or (due := [one for one in takers if one[0] < self.steps[number].at]):
            due = takers if number == len(self.steps) else due
            away = dict(away)
            for one in due:
                away[one[1]] = away.get(one[1], 0) + 1
            if not _covered(held, away):
                return False
            if number == len(self.steps):
                return away.get("withdrawn", 0) <= way
            takers = [one for one in takers if one not in due]
        step, after = self.steps[number], dict(held)
        _shift(after, step.source, step.target, step.units)
        joins = waiting.count(number)
        most = min(away.get(step.source or "", 0), step.units - joins) if step.target else 0
        for passing in range(max(0, most) + 1):
            if joins > step.units:
                return False
            then = dict(away)
            _shift(then, step.source, step.target, passing)
            if joins and step.target:
                then[step.target] = then.get(step.target, 0) + joins
            if _covered(after, then) and self._plays(number + 1, after, then, takers, waiting, way):
                return True
        return False


def _covered(held: Counts, away: Counts) -> bool:
    return all(units <= held.get(place, 0) for place, units in away.items())


def _shift(counts: Counts, source: str | None, target: str | None, units: int) -> None:
    if source is not None:
        counts[source] = counts.get(source, 0) - units
    if target is not None:
        counts[target] = counts.get(target, 0) + units
