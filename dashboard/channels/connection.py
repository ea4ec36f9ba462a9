"""One storefront's connection: which calls are due, what we know of its orders, how late it is.

    announced orders -> fetched in batches -> absorbed            lines of thin webhooks
    every few seconds: every order changed since -> absorbed       what webhooks lost
    a list that began after an instant and is absorbed whole: every order up to that instant is known (complete_until)

Everything counts against the platform's limits (`pacing`). A cursor is a time of the platform's own clock, taken from
its answers and stepped back by an overlap, so that a wrong clock on either side loses nothing; orders met twice are
recognised by their number. How late the platform's news is, is measured per order from its own stamp, corrected by how
far its clock is off ours (the tightest answer seen says so) and by half of its resolution.

The connection decides about calls only; what becomes of orders is the exchange's. Time and chance are arguments.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from dashboard.channels.adapter import Adapter, OrderPage, Request
from dashboard.channels.exposure import Listing
from dashboard.channels.pacing import SECOND, Breaker, Bucket, Rest, Window, retry_at
from dashboard.decision import ledger as book

LIST_SECONDS = 5.0
"""A full list of changed orders is asked for so often, where the platform's limit allows it."""
LIST_SECONDS_MIN = 0.5
LISTS_BURST = 20
LISTS_KEPT = 0.5
"""Of a burst of lists, this share is kept for when something waits for one."""
OVERLAP = 3 * SECOND
FETCH_WAIT = SECOND // 20
"""An order whose lines are pending waits so long for others to be fetched with it."""
TRIES_TOGETHER = 2
"""After so many tries an order is fetched alone: one that cannot be read holds up nobody else."""
DELAYS_KEPT = 400
ROUND_TRIPS_KEPT = 100
ROUND_TRIP_FIRST = SECOND
CALLS_AT_ONCE = 8

Purpose = Literal["push", "levels", "list", "orders", "term"]


@dataclass(frozen=True)
class Call:
    """One call to a platform on its way; `about` are the SKUs or orders it speaks of.

    `bound` is how long calls took at most when it left (`round_trip`): what an absolute push was prepared for.
    """

    id: int
    channel: str
    purpose: Purpose
    request: Request
    sent_at: int
    about: tuple[str, ...] = ()
    bound: int = 0


class Connection:
    """What is known of one storefront beside the ledger."""

    def __init__(self, adapter: Adapter, skus: Iterable[str], since: int) -> None:
        self.adapter = adapter
        self.channel = adapter.account.channel
        self.exposure, self.cover = book.exposure_of(self.channel), book.cover_of(self.channel)
        self.capability = adapter.account.capability
        self.stock = Window(self.capability.calls_per_minute)
        self.orders = Window(self.capability.fetches_per_minute)
        self.lists = Bucket(self.capability.lists_per_minute / 60, LISTS_BURST, since)
        self.breaker = Breaker()
        self.rests = {"stock": Rest(), "orders": Rest(), "lists": Rest()}
        """Lanes whose calls the platform takes no more of for now; lists where they have a limit of their own."""
        self.listings = {sku: Listing(sku, self.capability.push) for sku in skus}
        self.calls_out = 0
        self.pending: dict[str, int] = {}
        """Orders whose lines are pending -> since when."""
        self._tries: dict[str, tuple[int, int]] = {}
        self._fetching: set[str] = set()
        self._stale: set[str] = set()
        """Orders told of while they were being fetched: the answer may be older than what was told."""
        self._since = since
        self._page = ""
        self._page_at: int | None = None
        self._list_began = 0
        self._list_open = False
        self._listed: int | None = None
        self._list_waits: set[str] = set()
        self.list_due = 0
        self._list_wanted = False
        self.complete_until: int | None = None
        self.offset = 0
        self._offset_bounds: tuple[int, int] | None = None
        self.asked: set[str] = set()
        """SKUs whose counter is being read."""
        self.delays: deque[int] = deque(maxlen=DELAYS_KEPT)
        self.round_trips: deque[int] = deque(maxlen=ROUND_TRIPS_KEPT)
        self._round_trip = ROUND_TRIP_FIRST

    def list_seconds(self) -> float:
        """How often orders are listed: as often as its limit allows, not more often than needed."""
        return max(LIST_SECONDS, 60 / self.capability.lists_per_minute)

    def patience_seconds(self) -> float:
        """How long without a complete list before its news counts as late."""
        return 3 * self.list_seconds()

    # --- lines pending ----------------------------------------------------------------------------------------

    def announce(self, order: str, now: int) -> None:
        """An order exists; its lines must be fetched."""
        self.pending.setdefault(order, now)
        if order in self._fetching:
            self._stale.add(order)

    def arrived(self, order: str) -> None:
        """The lines of an order are in the ledger, or the order was put aside as a whole."""
        if order in self._stale:
            return
        self.pending.pop(order, None)
        self._tries.pop(order, None)
        self._list_waits.discard(order)

    def to_fetch(self, now: int, chance: Random) -> tuple[str, ...]:
        """The next batch of orders to fetch, if one is due; it counts as on its way."""
        if not self.pending or not self.may_call("orders", now) or now < self.orders.due(now):
            return ()
        ready = [order for order in self.pending if order not in self._fetching and self._try_due(order) <= now]
        most = self.capability.orders_per_fetch
        if not ready or (len(ready) < most and now - self.pending[ready[0]] < FETCH_WAIT):
            return ()
        alone = self._tries.get(ready[0], (0, 0))[0] >= TRIES_TOGETHER
        batch = tuple(ready[: 1 if alone else most])
        self._fetching.update(batch)
        for order in batch:
            tries = self._tries.get(order, (0, 0))[0]
            self._tries[order] = tries + 1, retry_at(now, tries, chance)
        return batch

    def _try_due(self, order: str) -> int:
        return self._tries.get(order, (0, 0))[1]

    def fetched(self, orders: Iterable[str]) -> None:
        """A batch came back and was absorbed: what is still pending is tried again later, what is stale at once."""
        for order in orders:
            self._fetching.discard(order)
            if order in self._stale:
                self._stale.remove(order)
                self._tries.pop(order, None)

    def put_back(self, orders: Iterable[str]) -> None:
        """A batch was one call too many: that says nothing of its orders, they are asked for as if they never were."""
        for order in orders:
            self._fetching.discard(order)
            self._stale.discard(order)
            tries = self._tries.pop(order, (0, 0))[0]
            if tries > 1:
                self._tries[order] = tries - 1, 0

    # --- lists ------------------------------------------------------------------------------------------------

    def list_soon(self, now: int) -> None:
        """Something waits for a complete list: do not wait for its turn."""
        self._list_wanted = True
        self.list_due = min(self.list_due, max(now, self._list_began + int(LIST_SECONDS_MIN * SECOND)))

    def to_list(self, now: int) -> Request | None:
        """The next page of a list, if one is due."""
        if self._list_open or not self.may_call("orders", now) or not self.rests["lists"].is_over(now):
            return None
        if not self._page:
            if now < self.list_due or self.lists.tokens(now) < (1 if self._list_wanted else LISTS_KEPT * LISTS_BURST):
                return None
            self.lists.take(now)
            self._list_began, self._page_at, self._list_wanted = now, None, False
        self._list_open = True
        return self.adapter.list_orders(self._since, self._page, now)

    def listed(self, page: OrderPage, chance: Random) -> None:
        """A page was absorbed; after the last one the list waits for every order whose lines are pending then."""
        self._list_open = False
        if self._page_at is None:
            self._page_at = page.at if page.at is not None else self._list_began + self.offset
        self._page = page.next_page
        if not self._page:
            self._since = max(self._since, self._page_at - OVERLAP)
            self._listed, self._list_waits = self._list_began, set(self.pending)
            self.list_due = self._list_began + int(self.list_seconds() * chance.uniform(0.8, 1.0) * SECOND)

    def list_failed(self, now: int, chance: Random) -> None:
        """A page did not come: it is asked for again, as urgently as if something waited for it, which may be so."""
        self._list_open, self._list_wanted = False, True
        self.list_due = retry_at(now, self.breaker.failures, chance)

    def complete(self) -> int | None:
        """When a list that is now wholly in the ledger began, if it is newer than the last such one."""
        if self._list_waits or self._listed is None:
            return None
        self.complete_until, self._listed = self._listed, None
        return self.complete_until

    # --- calls ------------------------------------------------------------------------------------------------

    def may_call(self, lane: Literal["stock", "orders"], now: int, urgent: bool = True) -> bool:
        """Tell whether a call of a lane may leave now."""
        window = self.stock if lane == "stock" else self.orders
        free = self.calls_out < CALLS_AT_ONCE and self.rests[lane].is_over(now) and self.breaker.may_call(now)
        return free and window.room(now, urgent)

    def called(self, request: Request, now: int) -> None:
        """A call leaves."""
        (self.stock if request.lane == "stock" else self.orders).count(now)
        self.calls_out += 1
        self.breaker.called()

    def answered(self, call: Call, now: int) -> None:
        """A call came back or was given up."""
        self.calls_out -= 1
        self.round_trips.append(now - call.sent_at)
        self._round_trip = max(ROUND_TRIP_FIRST, quantile(self.round_trips, 0.99) * 3 // 2)

    def throttled(self, purpose: Purpose, seconds: float | None, now: int, chance: Random) -> None:
        """The platform takes no more calls for now: those of the lane wait for as long as it asks (None: unsaid)."""
        self._rest(purpose).refused(now, seconds, chance)

    def taken(self, purpose: Purpose) -> None:
        """The platform did what a call asked for."""
        self._rest(purpose).taken()

    def _rest(self, purpose: Purpose) -> Rest:
        if purpose in ("push", "levels", "term"):
            return self.rests["stock"]
        return self.rests["lists" if purpose == "list" and self.capability.lists_apart else "orders"]

    def clock_told(self, call: Call, at: int, now: int) -> None:
        """The platform stamped its answer between two of our times, in whole steps of its clock.

        That bounds how far its clock is off ours, and what several answers say together is tighter than any of them.
        """
        self._clock_lies_within(at - now, at + self.capability.time_resolution - call.sent_at)

    def _clock_lies_within(self, low: int, high: int) -> None:
        bounds = self._offset_bounds or (low, high)
        if max(low, bounds[0]) > min(high, bounds[1]):  # one of the clocks was set meanwhile: believe the newest
            bounds = low, high
        self._offset_bounds = max(low, bounds[0]), min(high, bounds[1])
        self.offset = sum(self._offset_bounds) // 2

    def told(self, at: int | None, now: int) -> None:
        """An order taken at a time of the platform's clock is in the ledger."""
        if at is not None:
            if self._offset_bounds:
                self._clock_lies_within(at - now, max(self._offset_bounds[1], at - now))
            self.delays.append(now - (at - self.offset))

    def delay(self, share: float) -> int | None:
        """How late news is: microseconds that a share of the orders do not exceed, None without any.

        A stamp in whole steps makes an order look older by a part of a step, each part as likely as any other; so much
        of a step as the share asked for is taken off.
        """
        if not self.delays:
            return None
        return max(0, quantile(self.delays, share) - int(share * self.capability.time_resolution))

    def round_trip(self) -> int:
        """Microseconds that nearly every call takes at most."""
        return self._round_trip


def quantile(values: Iterable[int], share: float) -> int:
    """The value that a share of the values does not exceed (0 without any)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0
