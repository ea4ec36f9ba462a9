"""Whereabouts: through which hands the units went that were still unsold when a show closed.

    asks, the SKUs asked for and since when -> follow -> SKU -> Trail: places, passages between them, goods at the close

A place is whose units may be sold: a region (its pool, with what its channels list or withhold), the flexible pool, a
guest's pool; or `withdrawn`, which nobody may sell. Units of one place cannot be told from each other, so it makes no
sense to ask where *the* unit that was left had been. What can be said: a unit can be taken out of a place at a time t
without anybody who bought later going without, if the place never ran out from t on, or if those that came or went
meanwhile make up for it. A place is kept as spans: `units` is the least it held from any moment of the span to the next
passage, so each span holds no more than the ones after it, and orders that are followed by others need no span of their
own. A passage is units going from one place to another, or into the show (from nowhere). Sales are no passage, nor what
comes back from them by cancellation or return: such units were sold in between.

Time is when the room learned of a thing, microseconds. Everything after the close is left out; a show still open is
followed to its last event. Goods are taken as they lie at the close: what is in a building, what is on its way to one,
less what was sold ahead of it (first come, first served). Nothing here can fail but a show that nobody opened
(ValueError).
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from dashboard.decision import events as e
from dashboard.decision.ledger import (
    CLAIMS,
    CUSTOMER,
    FLEXIBLE,
    ISSUED,
    WITHDRAWN,
    available_at,
    committed_at,
    cover_of,
    exposure_of,
    in_transit,
    region_pool,
)
from dashboard.review.asked import Ask

FOR_EVER = 1 << 62
SOLD = ("committed/", "shipped/")


class Span(NamedTuple):
    """Until when (exclusive), and the least that is held from any moment of it to the next passage."""

    until: int
    units: int


class Passage(NamedTuple):
    """Units from a span of a place (None: new in the show) to a span of another, at a time."""

    at: int
    source: tuple[str, int] | None
    target: tuple[str, int]
    units: int


class Place:
    """What a place held, from `since` on."""

    def __init__(self) -> None:
        self.held = 0
        self.spans: list[Span] = []
        self._open = 0
        """Spans before this one end at a passage; the others may still be merged."""

    def change(self, by: int, at: int) -> None:
        """Some were sold, or came back."""
        self._end_span(at)
        self.held += by

    def passage(self, by: int, at: int) -> int:
        """Some came or went; returns the number of the span they went out of (they come into the next)."""
        self._end_span(at)
        self._open = len(self.spans)
        self.held += by
        return self._open - 1

    def span_at(self, at: int) -> int:
        """The number of the span in which a moment lies."""
        return bisect_right(self.spans, at, key=lambda span: span.until)

    def _end_span(self, at: int) -> None:
        """What is held now was held until `at`; earlier spans that held more are worth no more than that."""
        spans = self.spans
        while len(spans) > self._open and spans[-1].units >= self.held:
            spans.pop()
        spans.append(Span(at, self.held))


class Trail:
    """What became of the units of one SKU."""

    def __init__(self, since: int) -> None:
        self.since = since
        self.places: dict[str, Place] = {}
        self.passages: list[Passage] = []
        self.sold = 0
        self.goods: dict[str, int] = {}
        """Goods account -> units, at the close."""

    def place(self, name: str) -> Place:
        """A place, empty where it was never heard of."""
        place = self.places.get(name)
        if place is None:
            place = self.places[name] = Place()
        return place

    def moved(self, source: str | None, target: str | None, units: int, at: int, issued: bool) -> None:
        """Book one move of claims between places; None is no place: sold, or outside the show."""
        if at <= self.since:
            for name, by in ((source, -units), (target, units)):
                if name is not None:
                    self.place(name).held += by
        elif source is None and target is not None and not issued:
            self.place(target).change(units, at)
        elif target is None and source is not None:
            self.place(source).change(-units, at)
        elif target is not None:
            before = None if source is None else (source, self.place(source).passage(-units, at))
            self.passages.append(Passage(at, before, (target, self.place(target).passage(units, at) + 1), units))

    def finish(self) -> None:
        """The show closes: what is held now is left."""
        for place in self.places.values():
            place.change(0, FOR_EVER)


class Followed(NamedTuple):
    """A show's world, the trails of the SKUs asked for, and shipment -> where it goes, soonest first."""

    opened: e.ShowOpened
    trails: dict[str, Trail]
    bound: dict[str, str]


def follow(asks: Collection[Ask], show: str, since: Mapping[str, int]) -> Followed:
    """Follow the units of some SKUs, each from a time on, to the show's close."""
    trails = {sku: Trail(moment) for sku, moment in since.items()}
    bound: dict[str, tuple[int, str]] = {}
    opened: e.ShowOpened | None = None
    places: dict[str, str] = {}
    for ask in asks:
        if ask.stored[0].show != show:
            continue
        at = ask.stored[0].recorded_time
        for event in ask.events:
            if isinstance(event, e.ShowOpened):
                opened, places = event, place_of(event)
            elif isinstance(event, e.ShipmentStarted):
                bound[event.shipment] = event.eta, event.to_location
            _book(trails, places, event.moves, at)
        if isinstance(ask.events[-1], e.ShowClosed):
            break
    if opened is None:
        raise ValueError(f"There is no show {show!r} in this journal.")
    for trail in trails.values():
        trail.finish()
    soonest = sorted(bound.items(), key=lambda one: one[1][0])
    return Followed(opened, trails, {name: place for name, (_, place) in soonest})


def place_of(opened: e.ShowOpened) -> dict[str, str]:
    """Claims account -> the place it belongs to; guests' pools are places of their own and not listed."""
    found = {region_pool(region.region): region_pool(region.region) for region in opened.regions}
    for channel in opened.channels:
        pool = region_pool(channel.region)
        found[exposure_of(channel.channel)] = found[cover_of(channel.channel)] = pool
    return found | {FLEXIBLE: FLEXIBLE, WITHDRAWN: WITHDRAWN}


def _book(trails: dict[str, Trail], places: Mapping[str, str], moves: Iterable[e.Move], at: int) -> None:
    for move in moves:
        trail = trails.get(move.sku)
        if trail is None:
            continue
        if move.book != CLAIMS:
            trail.goods[move.source] = trail.goods.get(move.source, 0) - move.quantity
            trail.goods[move.target] = trail.goods.get(move.target, 0) + move.quantity
            continue
        trail.sold += move.quantity * (move.target.startswith(SOLD) - move.source.startswith(SOLD))
        source, target = _place(places, move.source), _place(places, move.target)
        if source != target:
            trail.moved(source, target, move.quantity, at, issued=move.source == ISSUED)


def _place(places: Mapping[str, str], account: str) -> str | None:
    return account if account.startswith("temporary/") else places.get(account)


def lying(trail: Trail, opened: e.ShowOpened, bound: Mapping[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    """Unsold goods at the close: location -> units there, and shipment -> units on their way that nobody bought yet."""
    goods = trail.goods
    locations = [place.location for place in opened.locations]
    ahead = trail.sold - goods.get(CUSTOMER, 0) - sum(goods.get(committed_at(name), 0) for name in locations)
    on_the_way: dict[str, int] = {}
    for shipment in bound:
        units = goods.get(in_transit(shipment), 0)
        waited = min(max(ahead, 0), units)
        ahead -= waited
        on_the_way[shipment] = units - waited
    return {name: goods.get(available_at(name), 0) for name in locations}, on_the_way
