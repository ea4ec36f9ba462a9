"""The exchange: keeps what each platform lists in step with what the ledger has handed to it, for one show.

    the inbox heard an order, a cancellation ... -> heard (any thread, remembers only)
    wake(now) -> calls to make now                 every few hundred milliseconds
    answered(call, response or None, now)          when one came back, or was given up

Within a wake, in this order: take in what was heard; settle listings whose orders are complete; split regions' units over
channels (`rebalance`) and begin the changes that matter (ledger first, `exposure`); hand out fetches, lists, readings and
pushes as the limits allow (`connection`, `pacing`). The ledger is the only memory that counts: after a restart every
listing is in doubt until it is settled, and nothing is given back before.

Exposure events are spent where they matter: fewer than one per ten orders over a show. Nothing here knows a network or a
clock, and the only decisions about units are the ledger's own. What can fail: a platform that does not answer (its units
stay where they are, the others go on), one that lists what nobody handed to it (taken down and reported as drift), an
order no claim covers (kept by the inbox, counted in `uncovered`, alarmed).
"""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from random import Random
from typing import Protocol

from dashboard.channels.adapter import (
    Adapter,
    CancelHeard,
    Heard,
    OrderHeard,
    OrderKnown,
    OrderPage,
    Pushed,
    Response,
    Unreadable,
    platform_time,
)
from dashboard.channels.connection import Call, Connection, Purpose, quantile
from dashboard.channels.exposure import Listing
from dashboard.channels.pacing import SECOND, retry_at
from dashboard.channels.rebalance import Pace, Shift, Standing, shifts
from dashboard.decision import commands as c, ledger as book
from dashboard.decision.refusals import Answer, Code
from dashboard.decision.state import Show

CALL_LIFETIME = 30 * SECOND
"""A call without an answer can still arrive for so long."""
RECONCILE = 60 * SECOND
REPORT = 2 * SECOND
LOOK_AROUND = 2 * SECOND
LIST_AGE_MAX = 2 * SECOND
"""An absolute counter is set only when all orders up to so long ago are known."""
SURPRISES = 4.0
"""Cover holds what sells at the fastest rate seen, and so many deviations more."""
EVENTS_PER_ORDER = 0.08
EVENTS_FIRST = 12
LEVELS_PER_CALL = 50
ALARMS = (Code.NOT_ENOUGH_CLAIMS, Code.NO_LOCATION_SERVES)


class Room(Protocol):
    """What the exchange needs of the room."""

    @property
    def world(self) -> Mapping[str, Show]:
        """The ledger of every show."""

    def handle(self, commands: Sequence[c.Command], now: int) -> Sequence[Answer]:
        """Decide commands and write what happened."""

    def observe(
        self, show: str, now: int, kind: str, channel: str = "", sku: str = "", value: int = 0, note: str = ""
    ) -> None:
        """Note what decides nothing."""


class Inbox(Protocol):
    """What takes orders into the ledger."""

    def absorb(self, channel: str, heard: Heard, now: int) -> object:
        """Take in what was fetched or listed."""

    def retry_held(self, now: int) -> object:
        """Try again what the ledger could not take."""


class Exchange:
    """Every connection of one show; `resumed` when calls of an earlier process may still be on their way."""

    def __init__(
        self, show: str, room: Room, inbox: Inbox, adapters: Mapping[str, Adapter], chance: Random, now: int,
        resumed: bool = True,
    ) -> None:  # fmt: skip
        self.show, self.room, self.inbox, self.chance = show, room, inbox, chance
        opened = room.world[show].opened
        self.regions = {one.channel: one.region for one in opened.channels if not one.behind}
        skus = [sku.sku for sku in opened.skus]
        self.connections = {
            channel: Connection(adapter, _listed(adapter, skus), min(now, opened.starts_at) - 86_400 * SECOND)
            for channel, adapter in adapters.items()
            if channel in self.regions
        }
        seconds = max(60.0, (opened.ends_at - opened.starts_at) / 1e6)
        planned = {(line.channel, line.sku): line.units / seconds for line in opened.plan if line.channel}
        self.paces = {
            (channel, sku): Pace(planned.get((channel, sku), 0.0), now)
            for channel, connection in self.connections.items()
            for sku in connection.listings
        }
        self.lots: dict[tuple[str, str], int] = {}
        """(channel, SKU) -> the most units one order took."""
        self.winding_down = False
        self.orders = self.events = self.uncovered = self.late_pushes = 0
        self._news: deque[tuple[str, Heard, Sequence[Answer], int]] = deque()
        self._calls = self._keys = 0
        self._due: dict[tuple[str, str], int] = {}
        """(channel, SKU) of a change under way -> when its push may leave (absent while one is on its way)."""
        self._dirty = {(self.regions[channel], sku) for channel, sku in self.paces}
        self._looked_at = self._reported_at = now
        self._reconciled_at = dict.fromkeys(self.connections, now)
        self._held = False
        self._drifts: dict[tuple[str, str], int] = {}
        self._broken: dict[str, bool] = {}
        shops = {one.channel: one.behind or one.channel for one in opened.channels}
        for channel, order in room.world[show].announced:
            if shops[channel] in self.connections:
                self.connections[shops[channel]].announce(order, now)
        if resumed:
            for connection in self.connections.values():
                for listing in connection.listings.values():
                    listing.unsettled, listing.doubtful_until = True, now + CALL_LIFETIME

    # --- hearing ----------------------------------------------------------------------------------------------

    def heard(self, channel: str, heard: Heard, answers: Sequence[Answer], at: int) -> None:
        """The inbox took something in from a channel; remembered until the next wake."""
        if channel in self.connections:
            self._news.append((channel, heard, answers, at))

    def _take_in(self, now: int) -> None:
        while self._news:
            channel, heard, answers, at = self._news.popleft()
            connection = self.connections[channel]
            if isinstance(heard, OrderHeard):
                self._order(connection, heard, answers, at)
            elif isinstance(heard, OrderKnown):
                if any(order == heard.order for _, order in self.room.world[self.show].announced):
                    connection.announce(heard.order, at)
            elif isinstance(heard, CancelHeard) and any(answer.status == "accepted" for answer in answers):
                self._restocked(connection)

    def _order(self, connection: Connection, heard: OrderHeard, answers: Sequence[Answer], at: int) -> None:
        connection.arrived(heard.order)
        if not answers:
            return
        if answers[0].status == "accepted":
            self.orders += 1
            connection.told(heard.at, at)
            for line in heard.lines:
                self._sold(connection, line.sku, line.quantity, at)
        elif answers[0].code in ALARMS:
            self._held = True
            self._alarm(connection, heard, answers[0], at)
        if heard.cancelled and any(answer.status == "accepted" for answer in answers[1:]):
            self._restocked(connection)

    def _sold(self, connection: Connection, sku: str, units: int, at: int) -> None:
        listing = connection.listings.get(sku)
        if listing is None:
            return
        listing.sold(units)
        key = connection.channel, sku
        self.paces[key].sold(units, at)
        self.lots[key] = max(units, self.lots.get(key, 2))
        self._dirty.add((self.regions[connection.channel], sku))

    def _restocked(self, connection: Connection) -> None:
        self._held = True
        for sku, listing in connection.listings.items():
            listing.restocked()
            self._dirty.add((self.regions[connection.channel], sku))

    def _alarm(self, connection: Connection, heard: OrderHeard, answer: Answer, at: int) -> None:
        self.uncovered += 1
        alert = c.RaiseAlert(
            id=f"uncovered/{self.show}/{connection.channel}/{heard.order}",
            show=self.show,
            actor="exchange",
            source=f"/channels/{connection.channel}",
            alert=f"uncovered:{connection.channel}:{heard.order}",
            rule="uncovered",
            severity="critical",
            what=f"{connection.channel} sold order {heard.order}, which no unit covers: {answer.sentence}",
            sku=heard.lines[0].sku if heard.lines else "",
            region=self.regions[connection.channel],
        )
        self.room.handle([alert], at)

    # --- waking -----------------------------------------------------------------------------------------------

    def wake(self, now: int) -> list[Call]:
        """Do what is due and return the calls to make."""
        self._take_in(now)
        if self._held:
            self._held = False
            self.inbox.retry_held(now)
            self._take_in(now)
        for connection in self.connections.values():
            began = connection.complete()
            if began is not None:
                self.room.observe(self.show, now, "complete_until", connection.channel, value=began)
                self._settle(connection, began, now)
        if now - self._looked_at >= LOOK_AROUND:
            self._looked_at = now
            self._dirty.update((self.regions[channel], sku) for channel, sku in self.paces)
        for region, sku in sorted(self._dirty):
            self._rebalance(region, sku, now)
        self._dirty.clear()
        if now - self._reported_at >= REPORT:
            self._report(now)
        return [call for connection in self.connections.values() for call in self._calls_of(connection, now)]

    def _calls_of(self, connection: Connection, now: int) -> list[Call]:
        calls: list[Call] = []
        batch = connection.to_fetch(now, self.chance)
        if batch:
            self._call(calls, connection, "orders", connection.adapter.fetch_orders(batch, now), now, batch)
        listing = connection.to_list(now)
        if listing:
            self._call(calls, connection, "list", listing, now)
        wanted: list[str] = []
        for sku in [sku for (channel, sku), due in self._due.items() if channel == connection.channel and due <= now]:
            if not self._push(calls, connection, connection.listings[sku], now):
                wanted.append(sku)
        self._read_levels(calls, connection, wanted, now)
        return calls

    def _call(self, calls: list[Call], connection: Connection, purpose: Purpose, request: object, now: int,
              about: tuple[str, ...] = ()) -> None:  # fmt: skip
        self._calls += 1
        call = Call(self._calls, connection.channel, purpose, request, now, about)  # type: ignore[arg-type]
        connection.called(call.request, now)
        calls.append(call)

    def _push(self, calls: list[Call], connection: Connection, listing: Listing, now: int) -> bool:
        """Send a listing's change if it may leave now; False when its counter must be read first."""
        if not connection.may_call("stock", now):
            return True
        if listing.kind == "absolute" and now - (connection.complete_until or 0) > LIST_AGE_MAX:
            connection.list_soon(now)
            return True
        push = listing.next_push(self._claim(connection, listing.sku) - self._cover(connection, listing.sku, now))
        if push is None:
            return False
        self._call(calls, connection, "push", connection.adapter.push(push, now), now, (listing.sku,))
        del self._due[connection.channel, listing.sku]
        return True

    def _read_levels(self, calls: list[Call], connection: Connection, wanted: list[str], now: int) -> None:
        """Read the counters of listings that wait for it, are unsettled, or whose turn to be compared has come."""
        everyone = now - self._reconciled_at[connection.channel] >= RECONCILE
        for sku, listing in connection.listings.items():
            if listing.reading is None and (listing.unsettled or everyone) and listing.may_settle(now):
                wanted.append(sku)
        if not wanted or not connection.may_call("stock", now, urgent=not everyone):
            return
        if everyone:
            self._reconciled_at[connection.channel] = now
        batch = tuple(wanted[:LEVELS_PER_CALL])
        for sku in batch:
            connection.listings[sku].ask(now)
        self._call(calls, connection, "levels", connection.adapter.ask_levels(batch, now), now, batch)

    # --- changing listings ------------------------------------------------------------------------------------

    def _claim(self, connection: Connection, sku: str) -> int:
        return self._units(sku, book.exposure_of(connection.channel)) + self._units(
            sku, book.cover_of(connection.channel)
        )

    def _units(self, sku: str, account: str) -> int:
        return self.room.world[self.show].ledger.claim(sku, account)

    def _cover(self, connection: Connection, sku: str, now: int) -> int:
        """Units an absolute channel can sell between the last complete list of its orders and a push's arrival."""
        if connection.capability.push != "absolute":
            return 0
        seconds = (LIST_AGE_MAX + connection.round_trip()) / SECOND
        mean = self.paces[connection.channel, sku].peak(now) * seconds
        lot = self.lots.get((connection.channel, sku), 2)
        return math.ceil(mean + SURPRISES * math.sqrt(mean * lot)) + lot

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
        standings = [self._standing(connection, sku, now) for connection in mine if not self.is_late(connection, now)]
        for shift in shifts(self._units(sku, pool), standings):
            if self._affordable(shift.urgent):
                self._begin(self.connections[shift.channel], sku, shift, now)

    def is_late(self, connection: Connection, now: int) -> bool:
        """Tell whether a channel's news is too old to trust it with more units."""
        since = connection.complete_until
        return connection.breaker.is_open() or (
            since is not None and now - since > connection.patience_seconds() * SECOND
        )

    def _standing(self, connection: Connection, sku: str, now: int) -> Standing:
        cover = self._cover(connection, sku, now) - self._units(sku, book.cover_of(connection.channel))
        return Standing(
            connection.channel,
            self._units(sku, book.exposure_of(connection.channel)),
            self.paces[connection.channel, sku].rate(now),
            connection.round_trip() / SECOND + 1 + 60 / connection.capability.calls_per_minute,
            connection.listings[sku].idle(),
            connection.listings[sku].can_lower(),
            max(0, cover),
        )

    def _affordable(self, urgent: bool) -> bool:
        left = EVENTS_FIRST + EVENTS_PER_ORDER * self.orders - self.events
        return left >= (1 if urgent else EVENTS_FIRST / 2)

    def _begin(self, connection: Connection, sku: str, shift: Shift, now: int) -> None:
        listing = connection.listings[sku]
        if shift.units > 0:
            missing = self._cover(connection, sku, now) - self._units(sku, book.cover_of(connection.channel))
            if missing > 0:
                self._ledger(c.Withhold, connection, sku, missing, now)
            if not self._ledger(c.Expose, connection, sku, shift.units, now):
                return
        to = self._units(sku, book.exposure_of(connection.channel)) + min(0, shift.units)
        self._change(connection, listing, shift.units, to, now)

    def _change(
        self, connection: Connection, listing: Listing, units: int, to: int, now: int, backed: bool = True
    ) -> None:
        self._keys += 1
        listing.begin(units, f"{self.show}-{connection.channel}-{listing.sku}-{now}-{self._keys}", to, backed)
        self._due[connection.channel, listing.sku] = now

    def _take_all(self, connection: Connection, listing: Listing, now: int) -> None:
        units = self._units(listing.sku, book.exposure_of(connection.channel))
        if listing.idle() and listing.can_lower() and listing.level != 0 and units:
            self._change(connection, listing, -units, 0, now)

    def _ledger(
        self, kind: type[c.Expose | c.Recall | c.Withhold | c.ReleaseCover], connection: Connection, sku: str, units: int,
        now: int,
    ) -> bool:  # fmt: skip
        """Move a claim between the region's pool and the channel; tells whether it was moved."""
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
        moved = self.room.handle([command], now)[0].status == "accepted"
        self.events += moved
        self._held = self._held or (moved and kind in (c.Recall, c.ReleaseCover))
        return moved

    # --- answers ----------------------------------------------------------------------------------------------

    def answered(self, call: Call, response: Response | None, now: int) -> None:
        """A call came back; None when it was given up."""
        connection = self.connections[call.channel]
        connection.answered(call, now)
        if response is None or response.status >= 500:
            connection.breaker.failed(now, "no answer" if response is None else f"answers {response.status}")
        else:
            connection.breaker.succeeded()
            self._clock(connection, call, response, now)
        answer = {"push": self._pushed, "levels": self._levels, "list": self._listed, "orders": self._fetched}
        answer[call.purpose](connection, call, response, now)

    def _clock(self, connection: Connection, call: Call, response: Response, now: int) -> None:
        stamp = platform_time(response)
        if stamp:
            try:
                connection.clock_told(call, int(parsedate_to_datetime(stamp).timestamp()) * SECOND, now)
            except (ValueError, TypeError):
                return

    def _pushed(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        listing = connection.listings[call.about[0]]
        change = listing.change
        assert change is not None
        assert change.push is not None
        answer = Pushed("unknown")
        if response is not None:
            try:
                answer = connection.adapter.read_push(change.push, response)
            except Unreadable as problem:
                answer = Pushed("unknown", sentence=str(problem))
        if listing.kind == "absolute" and now - call.sent_at > connection.round_trip():
            self.late_pushes += 1
            self.room.observe(
                self.show, now, "push_late", connection.channel, listing.sku, (now - call.sent_at) // 1000
            )
        outcome = listing.answered(answer, now, CALL_LIFETIME)
        if outcome.again:
            pause = answer.retry_after_seconds
            wait = retry_at(now, change.attempts, self.chance)
            at_once = answer.outcome == "mismatch" and change.attempts < 4
            self._due[connection.channel, listing.sku] = (
                now if at_once else wait if pause is None else now + int(pause * SECOND)
            )
        if outcome.give_back:
            exposed = self._units(listing.sku, book.exposure_of(connection.channel))
            self._ledger(c.Recall, connection, listing.sku, min(exposed, outcome.give_back), now)
        self._dirty.add((self.regions[connection.channel], listing.sku))

    def _levels(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        try:
            levels = connection.adapter.read_levels(response) if response is not None else None
        except Unreadable:
            levels = None
        for sku in call.about:
            listing = connection.listings[sku]
            if levels is None or sku not in levels.units:
                listing.reading = None
                continue
            listing.read(levels.units[sku], now, levels.offered.get(sku))
            self.room.observe(self.show, now, "listed", connection.channel, sku, levels.units[sku])
        connection.list_soon(now)

    def _listed(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        try:
            page = connection.adapter.read_page(response) if response is not None else None
        except Unreadable as problem:
            connection.breaker.failed(now, str(problem))
            page = None
        if page is None:
            connection.list_failed(now, self.chance)
            return
        self._absorb(connection, page, now)
        connection.listed(page)

    def _absorb(self, connection: Connection, page: OrderPage, now: int) -> None:
        for heard in page.heard:
            self.inbox.absorb(connection.channel, heard, now)
        self._take_in(now)

    def _fetched(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        connection.fetched(call.about)
        try:
            orders = connection.adapter.read_orders(response) if response is not None else ()
        except Unreadable as problem:
            connection.breaker.failed(now, str(problem))
            return
        self._absorb(connection, OrderPage(orders), now)

    # --- settling ---------------------------------------------------------------------------------------------

    def _settle(self, connection: Connection, began: int, now: int) -> None:
        """Every order up to `began` is known: settle the listings read before."""
        for sku, listing in connection.listings.items():
            reading = listing.reading
            if reading is None or reading.level is None or reading.answered_at > began:
                continue
            keep = min(self._cover(connection, sku, now), self._units(sku, book.cover_of(connection.channel)))
            stranded, by_hand = listing.settle(self._claim(connection, sku), 0 if self.winding_down else keep)
            if stranded:
                exposed = self._units(sku, book.exposure_of(connection.channel))
                self._ledger(c.Recall, connection, sku, min(exposed, stranded), now)
                self._ledger(c.ReleaseCover, connection, sku, stranded - min(exposed, stranded), now)
            self._drift(connection, listing, by_hand, now)
            self._dirty.add((self.regions[connection.channel], sku))

    def _drift(self, connection: Connection, listing: Listing, by_hand: int, now: int) -> None:
        """Say what a platform lists beyond its claim, and take it down."""
        told = self._drifts.get((connection.channel, listing.sku), 0)
        if by_hand != told:
            self._drifts[connection.channel, listing.sku] = by_hand
            self.room.observe(self.show, now, "drift", connection.channel, listing.sku, by_hand)
        if by_hand and listing.idle() and listing.can_lower():
            to = self._units(listing.sku, book.exposure_of(connection.channel))
            self._change(connection, listing, -by_hand, to, now, backed=False)
            listing.unsettled = True

    # --- reporting --------------------------------------------------------------------------------------------

    def _report(self, now: int) -> None:
        self._reported_at = now
        for channel, connection in self.connections.items():
            if connection.delays:
                for name, share in (("sync_p50_ms", 0.5), ("sync_p95_ms", 0.95)):
                    self.room.observe(self.show, now, name, channel, value=quantile(connection.delays, share) // 1000)
            broken = connection.breaker.is_open()
            if broken != self._broken.get(channel, False):
                self._broken[channel] = broken
                self.room.observe(
                    self.show, now, "breaker", channel, value=int(broken), note=connection.breaker.why if broken else ""
                )


def _listed(adapter: Adapter, skus: Sequence[str]) -> list[str]:
    """The SKUs of a show that an account lists: those it names, or all where it names none."""
    named = adapter.account.listings
    return [sku for sku in skus if not named or sku in named]
