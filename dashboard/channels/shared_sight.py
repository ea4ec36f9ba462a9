"""What sharing sees of one SKU in one region: who may overlap now, what orders could draw late, and how soon.

    connections + ledger + what listings promise  ->  Node (who is quick, what is left, what may be lost)

A listing overlaps only where it can be lowered in time. A connection whose news, calls or lists are slow takes no part:
it sells what it holds, as in proof mode, and what it still promises beyond that counts as sold. Reads only.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from dashboard.channels.connection import Connection
from dashboard.channels.exposure import Listing
from dashboard.channels.pacing import SECOND
from dashboard.channels.rebalance import FOR_GOOD_SECONDS, LISTED_SHARE, Pace, Standing, shares
from dashboard.channels.shared_gate import reaction_seconds
from dashboard.decision import ledger as book
from dashboard.decision.serving import spare
from dashboard.decision.state import Show
from dashboard.decision.world import OrderLine

SLOW_SECONDS, QUICK_SECONDS = 6.0, 4.0
"""A connection that takes longer to react does not overlap; it does again when it takes less than so."""
QUICKEST_SECONDS = 2.0
"""The quickest react within so long."""
LOST_SECONDS = 4.0
"""A call that took so long was given up, or nearly."""
UNSTEADY = 1.5
"""Where calls were lost lately, a listing promises so many times its part."""
CHANGE_SECONDS = 4.0
"""A change that has no answer for so long may never arrive: the listing cannot be lowered."""
WEIGHED_SECONDS = 30.0
"""Regions' shares of the flexible pool are worked out so seldom, so that all of them fit it."""
LOT_FIRST = 3.0
"""Units an order takes, weighed by units, before any was seen: (sum of squares) / sum."""
LOT_WEIGHT = 4.0
"""So many units does that count for."""


class Ledgers(Protocol):
    """What is read of the room."""

    @property
    def world(self) -> Mapping[str, Show]:
        """The ledger of every show."""


class Claims(Protocol):
    """What sharing asks of the handing over of claims."""

    regions: dict[str, str]
    paces: dict[tuple[str, str], Pace]
    dirty: set[tuple[str, str]]
    ends_at: int

    def units(self, sku: str, account: str) -> int:
        """Units of a SKU on a claims account."""

    def cover(self, connection: Connection, sku: str, now: int) -> int:
        """Units that must not be listed of a channel's claim."""

    def standing(self, connection: Connection, sku: str, now: int) -> Standing:
        """How a listing stands."""

    def is_late(self, connection: Connection, now: int) -> bool:
        """Tell whether a channel's news is late."""

    def change(self, connection: Connection, listing: Listing, units: int, to: int, now: int) -> None:
        """Begin a change."""

    def take_back(self, sku: str, short: int, standings: list[Standing], now: int) -> list[Standing]:
        """Lower listings by so many units; returns them as they stand then."""

    def give_back(self, connection: Connection, sku: str, units: int, now: int) -> None:
        """Units are listed no more, and were not sold."""

    def move(self, kind: type, connection: Connection, sku: str, units: int, now: int) -> bool:
        """Move a claim."""


class Node(NamedTuple):
    """One SKU in one region, as it is looked at now.

    `quick` are the listings that can be lowered in time, `slow` the others whose news is in time; `left` units of the
    region's pool may be handed out, `flexible` of the other one drawn; `gone` is what those that are not quick promise
    beyond what they hold.
    """

    region: str
    sku: str
    quick: list[Standing]
    slow: list[Standing]
    left: int
    flexible: int
    gone: int
    draws_region: bool
    now: int

    def late(self) -> int:
        """Units that orders of the quick listings could draw late."""
        return (self.left if self.draws_region else 0) + self.flexible - self.gone


class Sight:
    """What one show's listings look like to those who let them overlap."""

    def __init__(self, show: str, room: Ledgers, connections: Mapping[str, Connection], claims: Claims) -> None:
        self.show, self.room, self.connections, self.claims = show, room, connections, claims
        self._lots: dict[str, tuple[float, float]] = {}
        self._reactions: dict[str, tuple[int, float]] = {}
        self._slow: set[str] = set()
        self._weights: dict[str, tuple[int, dict[str, int]]] = {}

    def world(self) -> Show:
        """The show."""
        return self.room.world[self.show]

    def heard(self, lines: Sequence[OrderLine]) -> None:
        """An order came: learn how many units orders take."""
        for line in lines:
            units, squares = self._lots.get(line.sku, (LOT_WEIGHT, LOT_WEIGHT * LOT_FIRST))
            self._lots[line.sku] = units + line.quantity, squares + line.quantity**2

    def lot(self, sku: str) -> float:
        """Units an order takes, weighed by units."""
        units, squares = self._lots.get(sku, (LOT_WEIGHT, LOT_WEIGHT * LOT_FIRST))
        return squares / units

    def mine(self, region: str, sku: str) -> list[Connection]:
        """The connections of a region that list a SKU."""
        everyone = self.connections.values()
        return [one for one in everyone if sku in one.listings and self.claims.regions[one.channel] == region]

    def node(
        self, region: str, sku: str, standings: list[Standing], left: int, promised: Mapping[tuple[str, str], int],
        now: int,
    ) -> Node:  # fmt: skip
        """Look at one SKU in one region; `promised` is what listings promise beyond what they hold."""
        show = self.world()
        quick = [one for one in standings if one.can_lower and self.is_quick(self.connections[one.channel], sku, now)]
        names = {one.channel for one in quick}
        mine = [one.channel for one in self.mine(region, sku)]
        gone = sum(promised.get((channel, sku), 0) for channel in mine if channel not in names)
        sources = show.selling[mine[0]].sources if mine else ()
        flexible = 0
        if book.FLEXIBLE in sources and sku in show.shared:
            flexible = self._flexible_share(show, region, sku, now)
            if flexible:
                flexible = max(0, min(flexible, spare(show, sku, region, left + flexible) - left))
        slow = [one for one in standings if one.channel not in names]
        return Node(region, sku, quick, slow, left, flexible, gone, book.region_pool(region) in sources, now)

    def quickest(self, node: Node, promised: Mapping[tuple[str, str], int]) -> Node:
        """The same with only the quickest of the quick listings among them."""
        quick = [one for one in node.quick if self._reaction_of(one.channel, node.now) <= QUICKEST_SECONDS]
        rest = [one for one in node.quick if one not in quick]
        gone = node.gone + sum(promised.get((one.channel, node.sku), 0) for one in rest)
        return node._replace(quick=quick, slow=[*rest, *node.slow], gone=gone)

    def is_quick(self, connection: Connection, sku: str, now: int) -> bool:
        """Tell whether what a listing promises can be taken down in time, as far as anybody knows."""
        listing = connection.listings[sku]
        change = listing.change
        waits = change is not None and (change.unsure or now - change.at > CHANGE_SECONDS * SECOND)
        unsettled = listing.kind == "absolute" and listing.unsettled and connection.lists.tokens(now) < 1
        return (
            listing.doubtful_until is None
            and not waits
            and not unsettled
            and not connection.breaker.is_open()
            and connection.rests["stock"].is_over(now)
            and connection.stock.left(now) > 0
            and not self._is_slow(connection, now)
            and not self.claims.is_late(connection, now)
        )

    def _is_slow(self, connection: Connection, now: int) -> bool:
        channel = connection.channel
        seconds = self._reaction_of(channel, now)
        if seconds > (SLOW_SECONDS if channel not in self._slow else QUICK_SECONDS):
            self._slow.add(channel)
        else:
            self._slow.discard(channel)
        return channel in self._slow

    def _reaction_of(self, channel: str, now: int) -> float:
        at, seconds = self._reactions.get(channel, (-SECOND, 0.0))
        if now - at >= SECOND:
            seconds = reaction_seconds(self.connections[channel], now)
            self._reactions[channel] = now, seconds
        return seconds

    def reaction(self, node: Node) -> float:
        """Seconds in which the slowest of the quick listings can be lowered for what another one sold."""
        return max((self._reaction_of(one.channel, node.now) for one in node.quick), default=0.0)

    def rates(self, node: Node) -> list[float]:
        """Units a second that quick channels may sell soon; where goods are contested, those of all regions."""
        wide = node.region in self.world().contested
        names = {one.channel for one in node.quick}
        return [
            self.claims.paces[one.channel, node.sku].soon(node.now)
            for one in self.connections.values()
            if one.channel in names
            or (wide and node.sku in one.listings and self.claims.regions[one.channel] != node.region)
        ]

    def _flexible_share(self, show: Show, region: str, sku: str, now: int) -> int:
        """The region's share of the flexible pool, by what the regions sell; all shares together fit the pool."""
        units = self.claims.units(sku, book.FLEXIBLE) - show.asked_back(sku, book.FLEXIBLE)
        at, parts = self._weights.get(sku, (0, {}))
        if now - at >= WEIGHED_SECONDS * SECOND or region not in parts:
            rates: dict[str, float] = {}
            for (channel, name), pace in self.claims.paces.items():
                if name == sku:
                    where = self.claims.regions[channel]
                    rates[where] = rates.get(where, 0.0) + pace.rate(now)
            standings = [Standing(where, 0, rate, 0.0) for where, rate in rates.items()]
            self._weights[sku] = now, (parts := shares(1000, standings))
            self.claims.dirty.update((where, sku) for where in rates)
        earns = any(self.earns(one.channel, sku) for one in self.mine(region, sku))
        return max(0, units) * parts[region] // 1000 if earns else 0

    def earns(self, channel: str, sku: str) -> bool:
        """Tell whether a sale on a channel at the show's price is worth a flexible unit."""
        show = self.world()
        bid = show.bids.get(sku, 0)
        price = show.prices.get((sku, channel), show.prices.get((sku, ""), show.skus[sku].price_minor))
        selling = show.selling[channel]
        kept = price * (1000 - selling.fee_per_mille) // 1000 - show.skus[sku].cost_minor - selling.landed_minor
        return bid <= 0 or kept >= bid

    def part(self, node: Node, one: Standing, most: float) -> float:
        """How much of what can be drawn late a listing may promise: `most`, or little more than its part.

        What is promised on a platform that is gone is sold by nobody else; where calls were lost, it may be again.
        """
        if max(self.connections[one.channel].round_trips, default=0) < LOST_SECONDS * SECOND:
            return most
        whole = sum(other.rate for other in node.quick)
        return min(most, UNSTEADY * one.rate / whole) if whole else most

    def beyond(self, node: Node, one: Standing) -> int:
        """Units a channel lists beyond those it holds."""
        return max(0, one.claim - self.claims.units(node.sku, self.connections[one.channel].exposure))

    def part_of_slow(self, node: Node) -> int:
        """Units that slow channels would hold in proof mode beside their own; of those that keep what they get, few."""
        own = {one.channel: one.claim - self.beyond(node, one) for one in node.slow}
        total = max(0, node.late() + sum(one.claim for one in node.slow))
        whole = shares(int(LISTED_SHARE * total), [*node.quick, *node.slow])
        for one in node.slow:
            if not one.can_lower:
                whole[one.channel] = min(whole[one.channel], math.ceil(one.rate * FOR_GOOD_SECONDS) + 1)
        return sum(max(0, whole[name] - units) for name, units in own.items())
