"""Paces: how fast SKUs sold in regions, before and after a moment.

    order and stock events, one by one -> Paces.take -> pace(SKUs, regions, from, to) -> units a minute, or None

Units count as they were ordered: a cancellation later takes nothing off. None means that nothing could have been sold
at any moment of the span, because none of the regions had a unit of any of the SKUs, nor had the flexible pool where
the show sells out of it; or that the span is empty. One number per order line, and per time something ran out or came
in again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from itertools import product

from dashboard.decision import events as e
from dashboard.decision.ledger import CLAIMS, FLEXIBLE, region_pool
from dashboard.review.whereabouts import place_of

MINUTE = 60_000_000
Key = tuple[str, str]


class _Sold:
    """When units were sold, and how many until then."""

    def __init__(self) -> None:
        self.moments: list[int] = []
        self.units: list[int] = [0]

    def add(self, at: int, units: int) -> None:
        self.moments.append(at)
        self.units.append(self.units[-1] + units)

    def between(self, begun: int, ended: int) -> int:
        return self.units[bisect_left(self.moments, ended)] - self.units[bisect_left(self.moments, begun)]


class Paces:
    """What was sold when, and when there was something to sell."""

    def __init__(self, opened: e.ShowOpened) -> None:
        self.opened = opened
        self.regions = [region.region for region in opened.regions]
        self.skus = [sku.sku for sku in opened.skus]
        self._places = place_of(opened)
        self._flexible = FLEXIBLE in opened.draws
        self._sold: dict[Key, _Sold] = {}
        self._held: dict[Key, int] = {}
        self._turns: dict[Key, list[int]] = {}
        """(SKU, place) -> moments at which it got its first unit or lost its last, in turn."""

    def take(self, event: e.Event, at: int) -> None:
        """One event, at the time the room learned of it."""
        if isinstance(event, e.OrderPlaced):
            for line in event.lines:
                self._sold.setdefault((line.sku, event.region), _Sold()).add(at, line.quantity)
        for move in event.moves:
            if move.book == CLAIMS:
                source, target = self._places.get(move.source), self._places.get(move.target)
                if source != target:
                    self._change((move.sku, source or ""), -move.quantity, at)
                    self._change((move.sku, target or ""), move.quantity, at)

    def _change(self, key: Key, by: int, at: int) -> None:
        if key[1]:
            before = self._held.get(key, 0)
            self._held[key] = before + by
            if (before > 0) != (before + by > 0):
                self._turns.setdefault(key, []).append(at)

    def pace(self, skus: Collection[str], regions: Collection[str], begun: int, ended: int) -> float | None:
        """Units a minute from one moment to another; no SKUs or no regions mean all of them."""
        pairs = list(product(skus or self.skus, regions or self.regions))
        units = sum(self._sold[pair].between(begun, ended) for pair in pairs if pair in self._sold)
        if ended <= begun or not (units or self._could(pairs, begun, ended)):
            return None
        return round(units * MINUTE / (ended - begun), 2)

    def _could(self, pairs: Iterable[Key], begun: int, ended: int) -> bool:
        places = {(sku, region_pool(region)) for sku, region in pairs}
        if self._flexible:
            places |= {(sku, FLEXIBLE) for sku, _ in places}
        return any(self._had(self._turns[place], begun, ended) for place in places if place in self._turns)

    @staticmethod
    def _had(turns: list[int], begun: int, ended: int) -> bool:
        """Whether there was a unit at any moment of a span: after an odd turn there is one."""
        first = bisect_right(turns, begun)
        return first % 2 == 1 or bisect_left(turns, ended) > first
