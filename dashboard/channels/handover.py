"""Handing over: moves claims between a region's pool and its channels, and begins the changes of listings that follow.

    rebalance -> which listings to change -> claim moved in the ledger -> change begun (`due`: when to push)
    settle    -> what is stranded goes back, what was listed by hand is taken down

Take before you give is kept here: the ledger's answer comes before a raise begins, and a claim goes back only for what
an answer or a settled reading proves. Exposure events are spent where they matter: fewer than one per ten orders over a
show; what an answer gives back is always booked. Nothing here calls a platform.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from dashboard.channels.connection import Connection
from dashboard.channels.exposure import Listing
from dashboard.channels.pacing import SECOND
from dashboard.channels.rebalance import SOON_SECONDS, Pace, Shift, Standing, shifts
from dashboard.channels.sharing import Sharing
from dashboard.channels.wanted import guest_lot, taken_back
from dashboard.decision import commands as c, ledger as book, serving
from dashboard.decision.refusals import Answer
from dashboard.decision.state import Show

LIST_AGE_MAX = 2 * SECOND
"""An absolute counter is set only when all orders up to so long ago are known."""
SURPRISES = 4.0
"""Cover holds what sells at the fastest rate seen, and so many deviations more."""
SOONS_PER_SHOW = 15
"""A show of minutes turns faster than one of hours: what it calls soon is a fifteenth of it."""
AMPLE_COVERS = 8
"""Cover stays between two pushes while the region has so many times as much to sell; else it is sold meanwhile."""
WORTH_A_COVER = 12
"""Less cover than this is exposed to the channel and not listed, instead of withheld."""
WORTH_AN_EVENT = 6
"""While stock is ample, fewer stranded units than this wait in the channel's claim."""
EVENTS_PER_ORDER = 0.085
EVENTS_AHEAD = 16
"""So many orders, and a share of those there were, may be counted on before they come."""
SHARE_AHEAD = 0.04
EVENTS_PER_ORDER_MAX = 0.096
"""When nothing at all is listed any more, the last events may be spent."""

Handing = type[c.Expose | c.Recall | c.Withhold | c.ReleaseCover]


class Room(Protocol):
    """What handing over needs of the room."""

    @property
    def world(self) -> Mapping[str, Show]:
        """The ledger of every show."""

    def handle(self, commands: Sequence[c.Command], now: int | None) -> list[Answer]:
        """Decide commands and write what happened."""

    def observe(
        self, show: str, now: int, kind: str, channel: str = "", sku: str = "", value: int = 0, note: str = ""
    ) -> None:
        """Note what decides nothing."""


class Handover:
    """The claims of one show's channels."""

    def __init__(self, show: str, room: Room, connections: Mapping[str, Connection], now: int) -> None:
        self.show, self.room, self.connections = show, room, connections
        opened = room.world[show].opened
        self.regions = {one.channel: one.region for one in opened.channels if not one.behind}
        self.ends_at = opened.ends_at
        seconds = max(60.0, (opened.ends_at - opened.starts_at) / SECOND)
        self.soon_seconds = min(SOON_SECONDS, seconds / SOONS_PER_SHOW)
        planned = {(line.channel, line.sku): line.units / seconds for line in opened.plan if line.channel}
        self.paces = {
            (channel, sku): Pace(planned.get((channel, sku), 0.0), now)
            for channel, connection in connections.items()
            for sku in connection.listings
        }
        self.lots: dict[tuple[str, str], int] = {}
        """(channel, SKU) -> the most units one order took."""
        self.owed: dict[tuple[str, str], dict[str, int]] = {}
        """(channel, order) that the ledger could not take yet -> units by SKU: sold, though no claim says so."""
        self.due: dict[tuple[str, str], int] = {}
        """(channel, SKU) of a change under way -> when its push may leave (absent while one is on its way)."""
        self.dirty = {(self.regions[channel], sku) for channel, sku in self.paces}
        """(region, SKU) whose listings are to be looked at."""
        self.winding_down = False
        self.given_back = False
        """Whether a claim went back since somebody last asked."""
        self.orders = self.units_sold = self.events = 0
        self.skus = sorted({sku for connection in connections.values() for sku in connection.listings})
        self._keys = 0
        self._regions = set(self.regions.values())
        self._drifts: dict[tuple[str, str], int] = {}
        self._shifted: dict[tuple[str, str], tuple[int, int]] = {}
        self._of_guests: dict[tuple[str, str], int] = {}
        """(channel, SKU) -> units listed out of a temporary pool and, as far as anybody can tell, unsold."""
        self.sharing = Sharing(show, room, connections, self)

    def everything(self) -> None:
        """Look at every listing at the next occasion."""
        self.dirty.update((self.regions[channel], sku) for channel, sku in self.paces)

    def sold(self, connection: Connection, sku: str, units: int, at: int) -> None:
        """An order line reached the ledger."""
        listing = connection.listings.get(sku)
        if listing is None:
            return
        listing.sold(units)
        self.units_sold += units
        key = connection.channel, sku
        self.paces[key].sold(units, at)
        self._of_guests[key] = max(0, self._of_guests.get(key, 0) - units)
        self.lots[key] = max(units, self.lots.get(key, 2))
        self.dirty.add((self.regions[connection.channel], sku))

    # --- changing listings ------------------------------------------------------------------------------------

    def claim(self, connection: Connection, sku: str) -> int:
        """Units a channel may list: exposure, cover and overlap, less what the ledger owes to waiting orders."""
        accounts = self.room.world[self.show].ledger.claims.get(sku, {})
        held = accounts.get(connection.exposure, 0) + accounts.get(connection.cover, 0)
        if self.sharing.units:
            held += self.sharing.units.get((connection.channel, sku), 0)
        if self.owed:
            mine = (units.get(sku, 0) for (channel, _), units in self.owed.items() if channel == connection.channel)
            held = max(0, held - sum(mine))
        return held

    def units(self, sku: str, account: str) -> int:
        """Units of a SKU on a claims account."""
        return self.room.world[self.show].ledger.claim(sku, account)

    def _promised(self, connection: Connection, sku: str) -> int:
        """Units a channel may list with its cover aside."""
        return self.units(sku, connection.exposure) + self.sharing.units.get((connection.channel, sku), 0)

    def cover(self, connection: Connection, sku: str, now: int) -> int:
        """Units an absolute channel can have sold between the last complete list of its orders and a push's arrival.

        Never more than it lists before the push.
        """
        if connection.capability.push != "absolute":
            return 0
        change = connection.listings[sku].change
        raised = change.units if change is not None and change.units > 0 else 0
        listed = max(0, self._promised(connection, sku) - raised)
        age = max(LIST_AGE_MAX, now - (connection.complete_until or now - LIST_AGE_MAX))
        seconds = (age + connection.round_trip()) / SECOND
        mean = self.paces[connection.channel, sku].peak(now) * seconds
        lot = self.lots.get((connection.channel, sku), 2)
        return min(listed, math.ceil(mean + SURPRISES * math.sqrt(mean * lot)) + lot)

    def _missing_cover(self, connection: Connection, sku: str, now: int) -> int:
        """Units to withhold before a raise beside those that are."""
        return max(0, self.cover(connection, sku, now) - self.units(sku, connection.cover))

    def _unsold(self, region: str, sku: str) -> int:
        """Units of a SKU that a region can still sell."""
        mine = (one for one in self.connections.values() if self.regions[one.channel] == region)
        claims = (self.claim(one, sku) - self.sharing.units.get((one.channel, sku), 0) for one in mine)
        return self.units(sku, book.region_pool(region)) + sum(claims)

    def rebalance(self, now: int) -> None:
        """Split the units of every region and SKU where something happened over the listings of its channels."""
        for region, sku in sorted(self.dirty):
            self._rebalance(region, sku, now)
        self.dirty.clear()

    def _rebalance(self, region: str, sku: str, now: int) -> None:
        pool = book.region_pool(region)
        mine = [
            connection
            for connection in self.connections.values()
            if self.regions[connection.channel] == region and sku in connection.listings
        ]
        if self.winding_down:
            for connection in mine:
                self._take_all(connection, connection.listings[sku], now)
            return
        standings = [self.standing(connection, sku, now) for connection in mine if not self.is_late(connection, now)]
        nothing_listed = not any(one.claim for one in standings)
        if nothing_listed:
            standings = [one._replace(rests=0) for one in standings]
        standings = self._guests(sku, standings, now)
        free = self.units(sku, pool)
        asked = self.room.world[self.show].asked_back(sku, pool)
        if asked:
            standings = self.take_back(sku, asked - free, standings, now)
        left = max(0, free - asked)
        if standings:
            spare = serving.spare(self.room.world[self.show], sku, region, left)
            if spare < 0:
                standings = self.take_back(sku, -spare, standings, now)
            left = max(0, min(left, spare))
        if self.sharing.concerns(region, sku):
            left, standings = self.sharing.share(region, sku, standings, left, now)
        wanted = shifts(left, standings, max(0.0, (self.ends_at - now) / SECOND), self.soon_seconds)
        unsold = sum(map(self.room.world[self.show].unsold, self.skus)) if wanted else 0
        for shift in wanted:
            if self._affordable(shift, unsold, nothing_listed):
                self._begin(self.connections[shift.channel], sku, shift, now)

    def look_for_asked(self) -> None:
        """Look at the listings of what was asked back, and of what guests sell, at the next occasion."""
        show = self.room.world[self.show]
        for request in show.requests.values():
            region = request.from_pool.removeprefix("region/")
            if region in self._regions:
                self.dirty.add((region, request.sku))
        for pool, channels in show.guests.items():
            regions = {self.regions[channel] for channel in channels if channel in self.regions} & self._regions
            self.dirty.update((region, sku) for sku in self.skus if self.units(sku, pool) for region in regions)

    def take_back(self, sku: str, short: int, standings: list[Standing], now: int) -> list[Standing]:
        """Lower listings by what was asked back and is neither free nor coming already; the lowered rest from now."""
        changes = (self.connections[one.channel].listings[sku].change for one in standings)
        coming = sum(-change.units for change in changes if change is not None and change.units < 0)
        lowered = taken_back(short - coming, standings)
        for shift in lowered:
            self._begin(self.connections[shift.channel], sku, shift, now)
        busy = {shift.channel for shift in lowered}
        return [one._replace(idle=False) if one.channel in busy else one for one in standings]

    def _guests(self, sku: str, standings: list[Standing], now: int) -> list[Standing]:
        """List a lot of a temporary pool on its channels whenever they have sold most of the lot before."""
        busy: set[str] = set()
        for pool, channels in self.room.world[self.show].guests.items():
            for one in standings:
                if one.channel in channels and one.idle and one.channel not in busy:
                    listed = self._of_guests.get((one.channel, sku), 0)
                    units = guest_lot(one, listed, self.units(sku, pool))
                    connection = self.connections[one.channel]
                    if units and self.move(c.Expose, connection, sku, units, now, pool):
                        self._of_guests[one.channel, sku] = listed + units
                        self.change(connection, connection.listings[sku], units, one.claim + units, now)
                        busy.add(one.channel)
        return [one._replace(idle=False) if one.channel in busy else one for one in standings]

    def is_late(self, connection: Connection, now: int) -> bool:
        """Tell whether a channel's news is too old to trust it with more units."""
        since = connection.complete_until
        return connection.breaker.is_open() or (
            since is not None and now - since > connection.patience_seconds() * SECOND
        )

    def standing(self, connection: Connection, sku: str, now: int) -> Standing:
        """How a listing stands now."""
        return Standing(
            connection.channel,
            self._listed(connection, sku),
            self.paces[connection.channel, sku].rate(now) * self._weight(connection.channel, sku),
            connection.round_trip() / SECOND + 1 + 60 / connection.capability.calls_per_minute,
            connection.listings[sku].idle(),
            connection.listings[sku].can_lower(),
            self._missing_cover(connection, sku, now),
            3 if connection.capability.push == "absolute" else 1,
            self._rests(connection.channel, sku, now),
        )

    def _weight(self, channel: str, sku: str) -> float:
        """How a channel's expected sales are weighed, 1 unless somebody set it otherwise."""
        return self.room.world[self.show].splits.get((channel, sku), 100) / 100

    def _listed(self, connection: Connection, sku: str) -> int:
        """Units a channel lists, as far as is known; of an absolute channel's exposure some may wait unlisted."""
        exposed = self._promised(connection, sku)
        listing = connection.listings[sku]
        if listing.kind != "absolute" or listing.level is None or listing.change is not None:
            return exposed
        return min(exposed, listing.level)

    def _rests(self, channel: str, sku: str, now: int) -> int:
        """Whether a listing was raised (+1) or lowered (-1) a while ago, so that units do not travel to and fro."""
        at, way = self._shifted.get((channel, sku), (0, 0))
        return way if now - at < self.soon_seconds / 2 * SECOND else 0

    def _affordable(self, shift: Shift, unsold: int, nothing_listed: bool) -> bool:
        """Tell whether a change is worth its event: what it moves will be orders, and so will all that is unsold."""
        coming = unsold * max(1, self.orders) / max(1, self.units_sold)
        orders = self.orders + min(coming, EVENTS_AHEAD + self.orders * SHARE_AHEAD)
        spent = self.events - self.sharing.events
        if nothing_listed:
            return spent + 1 < EVENTS_PER_ORDER_MAX * (self.orders + shift.units)
        left = EVENTS_PER_ORDER * orders - spent
        return left >= (1 if shift.urgent else spent + 1)

    def _begin(self, connection: Connection, sku: str, shift: Shift, now: int) -> None:
        """Begin a change, the claim first; a little cover is exposed and not listed instead: it takes no event."""
        listing = connection.listings[sku]
        self._shifted[connection.channel, sku] = now, 1 if shift.units > 0 else -1
        listed = self._listed(connection, sku)
        to, units = listed + shift.units, shift.units
        if units > 0:
            units -= self._promised(connection, sku) - listed
            missing = self._missing_cover(connection, sku, now)
            if missing < WORTH_A_COVER or not self.move(c.Withhold, connection, sku, missing, now):
                units += missing
            if units > 0 and not self.move(c.Expose, connection, sku, units, now):
                return
            units = max(1, units)
        self.change(connection, listing, units, to, now)

    def change(
        self, connection: Connection, listing: Listing, units: int, to: int, now: int, backed: bool = True
    ) -> None:
        """Begin a change of a listing."""
        self._keys += 1
        listing.begin(units, f"{self.show}-{connection.channel}-{listing.sku}-{now}-{self._keys}", to, backed, now)
        self.due[connection.channel, listing.sku] = now

    def _take_all(self, connection: Connection, listing: Listing, now: int) -> None:
        units = self.claim(connection, listing.sku)
        if listing.idle() and listing.can_lower() and listing.level != 0 and units:
            self.change(connection, listing, -units, 0, now)

    def move(self, kind: Handing, connection: Connection, sku: str, units: int, now: int, from_pool: str = "") -> bool:
        """Move a claim between the region's pool (or the named one) and the channel; tells whether it was moved."""
        if units <= 0:
            return False
        self._keys += 1
        command = kind(
            id=f"exchange/{self.show}/{now}/{self._keys}",
            show=self.show,
            actor="exchange",
            source=f"/channels/{connection.channel}",
            channel=connection.channel,
            sku=sku,
            quantity=units,
        )
        if from_pool and isinstance(command, c.Expose):
            command = msgspec.structs.replace(command, from_pool=from_pool)
        moved = self.room.handle([command], now)[0].status == "accepted"
        self.events += moved
        self.given_back = self.given_back or (moved and kind in (c.Recall, c.ReleaseCover))
        return moved

    def give_back(self, connection: Connection, sku: str, units: int, now: int) -> None:
        """Units are listed no more, or never were: overlap ends first, then the claim goes back."""
        if connection.listings[sku].change is None:
            self.due.pop((connection.channel, sku), None)
        units = self.sharing.take_back(connection.channel, sku, units)
        self.move(c.Recall, connection, sku, min(self.units(sku, connection.exposure), units), now)

    # --- settling ---------------------------------------------------------------------------------------------

    def settle(self, connection: Connection, began: int, now: int) -> None:
        """Every order up to `began` is known: settle the listings read before."""
        for sku, listing in connection.listings.items():
            reading = listing.reading
            if reading is None or reading.level is None or reading.answered_at > began:
                continue
            keep = min(self.cover(connection, sku, now), self.units(sku, connection.cover))
            unsold = self._unsold(self.regions[connection.channel], sku)
            ample = unsold >= AMPLE_COVERS * max(keep, WORTH_AN_EVENT) and not self.winding_down
            stranded, by_hand = listing.settle(self.claim(connection, sku), keep if ample else 0)
            stranded = self.sharing.take_back(connection.channel, sku, stranded)
            self.sharing.settled(connection.channel, sku, by_hand)
            if stranded >= WORTH_AN_EVENT or (stranded and (4 * stranded >= unsold or self.winding_down)):
                covered = min(stranded, self.units(sku, connection.cover) - (keep if ample else 0))
                self.move(c.ReleaseCover, connection, sku, covered, now)
                self.move(c.Recall, connection, sku, stranded - covered, now)
            self._drift(connection, listing, by_hand, now)
            self.dirty.add((self.regions[connection.channel], sku))

    def _drift(self, connection: Connection, listing: Listing, by_hand: int, now: int) -> None:
        """Say what a platform lists beyond its claim, and take it down."""
        told = self._drifts.get((connection.channel, listing.sku), 0)
        if by_hand != told:
            self._drifts[connection.channel, listing.sku] = by_hand
            self.room.observe(self.show, now, "drift", connection.channel, listing.sku, by_hand)
        if by_hand and listing.idle() and listing.can_lower():
            to = self._promised(connection, listing.sku)
            self.change(connection, listing, -by_hand, to, now, backed=False)
            listing.unsettled = True
