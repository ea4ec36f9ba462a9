"""The exchange: keeps what each platform lists in step with what the ledger has handed to it, for one show.

    the inbox heard an order, a cancellation ... -> heard (any thread, remembers only)
    wake(now) -> calls to make now                 every few hundred milliseconds
    answered(call, response or None, now)          when one came back, or was given up

Within a wake, in this order: take in what was heard; settle listings whose orders are complete; split regions' units
over channels and begin the changes that matter (`handover`); hand out fetches, lists, readings and pushes as the limits
allow (`connection`, `pacing`). The ledger is the only memory that counts: after a restart every listing is in doubt
until it is settled, and nothing is given back before.

Nothing here knows a network or a clock, and the only decisions about units are the ledger's own. What can fail: a
platform that does not answer (its units stay where they are, the others go on), one that lists what nobody handed to it
(taken down and reported as drift), an order no claim covers (kept by the inbox, counted in `alarms.told`, alarmed).
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol, TypeVar

from dashboard.channels import clock
from dashboard.channels.adapter import (
    Adapter,
    CancelHeard,
    Heard,
    OrderHeard,
    OrderKnown,
    OrderPage,
    Pushed,
    Request,
    Response,
    Throttled,
    Unreadable,
)
from dashboard.channels.alarms import Alarms
from dashboard.channels.answers import answered_at
from dashboard.channels.connection import Call, Connection, Purpose
from dashboard.channels.exposure import Listing
from dashboard.channels.handover import LIST_AGE_MAX, Handover, Room
from dashboard.channels.heard import selling
from dashboard.channels.pacing import SECOND, retry_at
from dashboard.channels.terms_out import TermsOut
from dashboard.decision.refusals import Answer, Code

CALL_LIFETIME = 30 * SECOND
"""A call without an answer can still arrive for so long."""
DAY = 86_400 * SECOND
RECONCILE = 20 * SECOND
REPORT = 2 * SECOND
LOOK_AROUND = 5 * SECOND
NAP = SECOND // 2
"""When nothing is under way, so long nobody looks whether something is."""
Told = TypeVar("Told")
ALARMS = (Code.NOT_ENOUGH_CLAIMS, Code.NO_LOCATION_SERVES)


class Inbox(Protocol):
    """What takes orders into the ledger."""

    def absorb_all(self, channel: str, told: Sequence[Heard], now: int) -> object:
        """Take in what was fetched or listed, in one go."""

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
        shops = {one.channel: one.behind or one.channel for one in opened.channels}
        skus = [sku.sku for sku in opened.skus]
        self.connections = {
            channel: Connection(adapter, _listed(adapter, skus), min(now, opened.starts_at) - DAY)
            for channel, adapter in adapters.items()
            if shops.get(channel) == channel
        }
        self.handover = Handover(show, room, self.connections, now)
        settled_at = now + CALL_LIFETIME if resumed else now
        self.terms = TermsOut(show, room, self.connections, Random(f"{show}/terms"), settled_at)
        self.alarms = Alarms(show, room)
        self.late_pushes = 0
        self._news: deque[tuple[str, Heard, Sequence[Answer], int]] = deque()
        self._calls = 0
        self._nothing_before = now
        self._looked_at = self._reported_at = now
        self._reconciled_at = dict.fromkeys(self.connections, now)
        self._held = bool(resumed)
        self._broken: dict[str, bool] = {}
        for channel, order in room.world[show].announced:
            if shops[channel] in self.connections:
                self.connections[shops[channel]].announce(order, now)
        for channel, connection in self.connections.items():
            room.observe(show, now, "patience_seconds", channel, value=round(connection.patience_seconds()))
        if resumed:
            self.handover.sharing.resumed(now)
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
                connection.announce(heard.order, at)
            elif isinstance(heard, CancelHeard) and any(answer.status == "accepted" for answer in answers):
                self._restocked(connection)
            elif isinstance(heard, CancelHeard) and not heard.lines:
                self.handover.owed.pop((channel, heard.order), None)

    def _order(self, connection: Connection, heard: OrderHeard, answers: Sequence[Answer], at: int) -> None:
        connection.arrived(heard.order)
        self.handover.owed.pop((connection.channel, heard.order), None)
        if not answers:
            return
        world = self.room.world[self.show]
        key = selling(world, connection.channel, heard)[0], heard.order
        if key not in world.orders:
            # the platform sold what the ledger cannot book: those units cannot be listed or given back
            self.handover.owed[connection.channel, heard.order] = heard.kept()
        if answers[0].status == "accepted":
            self.alarms.covered(connection.channel, heard.order, at)
            self.handover.orders += 1
            connection.told(heard.at, at)
            for line in heard.lines:
                self.handover.sold(connection, line.sku, line.quantity, at)
            self.handover.sharing.sold(connection, heard.lines, key)
        elif answers[0].code in ALARMS:
            region = self.handover.regions[connection.channel]
            self.alarms.uncovered(connection.channel, region, heard, answers[0], at)
        if heard.cancelled and any(answer.status == "accepted" for answer in answers[1:]):
            self._restocked(connection)

    def _restocked(self, connection: Connection) -> None:
        self._held = True
        for listing in connection.listings.values():
            listing.restocked()
        self.handover.everything()

    # --- waking -----------------------------------------------------------------------------------------------

    def wake(self, now: int) -> list[Call]:
        """Do what is due and return the calls to make."""
        show = self.room.world[self.show]
        if show.requests or show.guests:
            self.handover.look_for_asked()
        self.handover.sharing.look(now)
        if now < self._nothing_before and not (self._news or self._held or self.handover.dirty):
            return []
        self._take_in(now)
        if self._held or self.handover.given_back:
            self._held = self.handover.given_back = False
            self.inbox.retry_held(now)
            self._take_in(now)
        for connection in self.connections.values():
            began = connection.complete()
            if began is not None:
                self.room.observe(self.show, now, "complete_until", connection.channel, value=began)
                self.handover.settle(connection, began, now)
        if show.requests:
            self.room.handle(clock.due(show, self.show, now), now)
        if now - self._looked_at >= LOOK_AROUND:
            self._looked_at = now
            self.handover.everything()
        self.handover.rebalance(now)
        if now - self._reported_at >= REPORT:
            self._report(now)
        calls: list[Call] = []
        for connection in self.connections.values():
            try:
                self._calls_of(calls, connection, now)
            except Unreadable as problem:  # its account lacks a name: the others go on
                connection.breaker.failed(now, str(problem))
        for connection, request, about in self.terms.wake(now):
            self._call(calls, connection, "term", request, now, about)
        busy = calls or self.handover.due or any(connection.pending for connection in self.connections.values())
        self._nothing_before = now if busy else self._next_look(now)
        return calls

    def _next_look(self, now: int) -> int:
        """When something may be due again if nothing is heard before."""
        dues = (connection.list_due for connection in self.connections.values())
        lists = min((due for due in dues if due > now), default=now + NAP)
        return min(now + NAP, lists, self._looked_at + LOOK_AROUND, self._reported_at + REPORT)

    def _calls_of(self, calls: list[Call], connection: Connection, now: int) -> None:
        batch = connection.to_fetch(now, self.chance)
        if batch:
            self._call(calls, connection, "orders", connection.adapter.fetch_orders(batch, now), now, batch)
        listing = connection.to_list(now)
        if listing:
            self._call(calls, connection, "list", listing, now)
        wanted: list[str] = []
        for sku in [
            sku for (channel, sku), due in self.handover.due.items() if channel == connection.channel and due <= now
        ]:
            if not self._push(calls, connection, connection.listings[sku], now):
                wanted.append(sku)
        self._read_levels(calls, connection, wanted, now)

    def _call(self, calls: list[Call], connection: Connection, purpose: Purpose, request: Request, now: int,
              about: tuple[str, ...] = ()) -> None:  # fmt: skip
        self._calls += 1
        call = Call(self._calls, connection.channel, purpose, request, now, about, connection.round_trip())
        connection.called(call.request, now)
        calls.append(call)

    def _push(self, calls: list[Call], connection: Connection, listing: Listing, now: int) -> bool:
        """Send a listing's change if it may leave now; False when its counter must be read first."""
        if not connection.may_call("stock", now):
            return True
        hand = self.handover
        ceiling = hand.claim(connection, listing.sku) - hand.cover(connection, listing.sku, now)
        if listing.is_held_down(ceiling):
            ceiling = hand.sharing.lift(connection, listing.sku, ceiling, now)
        if listing.is_held_down(ceiling) and now - (connection.complete_until or 0) > LIST_AGE_MAX:
            connection.list_soon(now)
            return True
        push = listing.next_push(ceiling)
        if push is None:
            return False
        self._call(calls, connection, "push", connection.adapter.push(push, now), now, (listing.sku,))
        del self.handover.due[connection.channel, listing.sku]
        return True

    def _read_levels(self, calls: list[Call], connection: Connection, wanted: list[str], now: int) -> None:
        """Read the counters of listings that wait for it, are unsettled, or whose turn to be compared has come."""
        everyone = now - self._reconciled_at[connection.channel] >= RECONCILE
        for sku, listing in connection.listings.items():
            if listing.reading is None and (listing.unsettled or everyone) and listing.may_settle(now):
                wanted.append(sku)
        wanted = [sku for sku in wanted if sku not in connection.asked]
        if not wanted or not connection.may_call("stock", now, urgent=not everyone):
            return
        if everyone:
            self._reconciled_at[connection.channel] = now
        batch = tuple(wanted[: connection.capability.levels_per_call])
        connection.asked.update(batch)
        for sku in batch:
            connection.listings[sku].ask(now)
        self._call(calls, connection, "levels", connection.adapter.ask_levels(batch, now), now, batch)

    # --- answers ----------------------------------------------------------------------------------------------

    def answered(self, call: Call, response: Response | None, now: int) -> None:
        """A call came back; None when it was given up."""
        connection = self.connections[call.channel]
        self._nothing_before = now
        connection.answered(call, now)
        if response is None or response.status >= 500:
            connection.breaker.failed(now, "no answer" if response is None else f"answers {response.status}")
        else:
            connection.breaker.succeeded()
            self._clock(connection, call, response, now)
        if call.purpose == "term":
            self.terms.answered(connection, call, response, now)
            return
        answer = {"push": self._pushed, "levels": self._levels, "list": self._listed, "orders": self._fetched}
        answer[call.purpose](connection, call, response, now)

    def _clock(self, connection: Connection, call: Call, response: Response, now: int) -> None:
        stamp = answered_at(response)
        if stamp is not None:
            connection.clock_told(call, stamp, now)

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
        if listing.kind == "absolute" and (response is None or now - call.sent_at > call.bound):
            self.late_pushes += 1
            self.room.observe(
                self.show, now, "push_late", connection.channel, listing.sku, (now - call.sent_at) // 1000
            )
        if answer.outcome == "throttled":
            connection.throttled("push", answer.retry_after_seconds, now, self.chance)
        elif answer.outcome != "unknown":
            connection.taken("push")
        outcome = listing.answered(answer, now, CALL_LIFETIME)
        if outcome.again:
            pause = answer.retry_after_seconds
            wait = retry_at(now, change.attempts, self.chance)
            at_once = answer.outcome == "mismatch" and change.attempts < 4
            self.handover.due[connection.channel, listing.sku] = (
                now if at_once else wait if pause is None else now + int(pause * SECOND)
            )
        if outcome.give_back:
            self.handover.give_back(connection, listing.sku, outcome.give_back, now)
        self.handover.dirty.add((self.handover.regions[connection.channel], listing.sku))

    def _levels(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        levels = self._read(connection, call, response, now, connection.adapter.read_levels)
        connection.asked.difference_update(call.about)
        for sku in call.about:
            listing = connection.listings[sku]
            if levels is None or sku not in levels.units:
                listing.reading = None
                continue
            listing.read(levels.units[sku], now, levels.offered.get(sku))
            self.room.observe(self.show, now, "listed", connection.channel, sku, levels.units[sku])
        connection.list_soon(now)

    def _listed(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        page = self._read(connection, call, response, now, connection.adapter.read_page)
        if page is None:
            connection.list_failed(now, self.chance)
            return
        if page.at is not None:
            connection.clock_told(call, page.at, now)
        self._absorb(connection, page, now)
        connection.listed(page, self.chance)

    def _absorb(self, connection: Connection, page: OrderPage, now: int) -> None:
        if page.heard:
            self.inbox.absorb_all(connection.channel, page.heard, now)
        self._take_in(now)

    def _fetched(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        orders = self._read(connection, call, response, now, connection.adapter.read_orders)
        self._absorb(connection, OrderPage(orders or ()), now)
        connection.fetched(call.about)

    def _read(
        self, connection: Connection, call: Call, response: Response | None, now: int,
        read: Callable[[Response], Told],
    ) -> Told | None:  # fmt: skip
        """What an answer tells, None when there is none; one call too many is no failure, the lane rests."""
        if response is None:
            return None
        try:
            told = read(response)
        except Throttled as problem:
            connection.throttled(call.purpose, problem.retry_after_seconds, now, self.chance)
            connection.put_back(call.about if call.purpose == "orders" else ())
        except Unreadable as problem:
            if call.purpose != "levels":
                connection.breaker.failed(now, str(problem))
        else:
            connection.taken(call.purpose)
            return told
        return None

    # --- reporting --------------------------------------------------------------------------------------------

    def _report(self, now: int) -> None:
        self._reported_at = now
        self.handover.sharing.tell(now)
        for channel, connection in self.connections.items():
            usual, slow = connection.delay(0.5), connection.delay(0.95)
            if usual is not None and slow is not None:
                self.room.observe(self.show, now, "sync_p50_ms", channel, value=usual // 1000)
                self.room.observe(self.show, now, "sync_p95_ms", channel, value=max(usual, slow) // 1000)
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
