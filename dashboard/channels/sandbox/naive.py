"""The seller everybody is today: one number broadcast to every platform, with a fixed buffer taken off.

    webhook or list -> count down once per order -> every `sync_seconds`: set each platform to (units left - buffer)

It stands in the exchange's place on the same wires, platforms and weather, so the two differ by what they do and not by
luck. It takes an order back when it is cancelled and finds lost webhooks by listing orders, as good broadcasters do. It
oversells by what is sold elsewhere while its number travels; the buffer is what it leaves unsold to avoid that.
"""

from collections.abc import Mapping, Sequence
from random import Random

from dashboard.channels.adapter import (
    Adapter,
    Delivery,
    Heard,
    OrderHeard,
    OrderKnown,
    Push,
    Request,
    Response,
    Unreadable,
)
from dashboard.channels.connection import Call, Connection, Purpose


class NaiveSeller:
    """Broadcasts; `units` are what there is to sell by SKU."""

    def __init__(
        self,
        adapters: Mapping[str, Adapter],
        units: Mapping[str, int],
        buffer: int,
        sync_seconds: float,
        chance: Random,
        now: int,
    ) -> None:
        self.left = dict(units)
        self.buffer = buffer
        self.chance = chance
        self.period = int(sync_seconds * 1_000_000)
        self.connections = {channel: Connection(adapter, units, now) for channel, adapter in adapters.items()}
        self._counted: dict[tuple[str, str], dict[str, int]] = {}
        self._listed: dict[tuple[str, str], int] = {}
        self._wanted: dict[tuple[str, str], int] = {}
        self._busy: set[tuple[str, str]] = set()
        self._pushes: dict[int, Push] = {}
        self._synced_at = now
        self._calls = 0

    def deliver(self, channel: str, delivery: Delivery) -> None:
        """A webhook arrived."""
        adapter = self.connections[channel].adapter
        adapter.check(delivery)
        for heard in adapter.read(delivery).heard:
            self._count(channel, heard, delivery.at)

    def _count(self, channel: str, heard: Heard, now: int) -> None:
        if isinstance(heard, OrderKnown):
            self.connections[channel].announce(heard.order, now)
        if not isinstance(heard, OrderHeard):
            return
        self.connections[channel].arrived(heard.order)
        held = heard.kept()
        before = self._counted.get((channel, heard.order), {})
        for sku, units in held.items():
            self.left[sku] = self.left.get(sku, 0) - (units - before.get(sku, 0))
        self._counted[channel, heard.order] = held

    def wake(self, now: int) -> list[Call]:
        """Broadcast what changed, fetch and list orders."""
        if now - self._synced_at >= self.period:
            self._synced_at = now
            for sku, left in self.left.items():
                for channel in self.connections:
                    self._wanted[channel, sku] = max(0, left - self.buffer)
        calls: list[Call] = []
        for channel, connection in self.connections.items():
            batch = connection.to_fetch(now, self.chance)
            if batch:
                self._call(calls, connection, "orders", connection.adapter.fetch_orders(batch, now), now, batch)
            listing = connection.to_list(now)
            if listing:
                self._call(calls, connection, "list", listing, now)
            self._broadcast(calls, channel, connection, now)
        return calls

    def _broadcast(self, calls: list[Call], channel: str, connection: Connection, now: int) -> None:
        for sku in self.left:
            key = channel, sku
            wanted = self._wanted.get(key)
            if wanted is None or wanted == self._listed.get(key) or key in self._busy:
                continue
            if not connection.may_call("stock", now):
                return
            push = Push(sku, "absolute", wanted, f"{now}-{self._calls}")
            call = self._call(calls, connection, "push", connection.adapter.push(push, now), now, (sku,))
            self._pushes[call.id] = push
            self._busy.add(key)

    def _call(self, calls: list[Call], connection: Connection, purpose: Purpose, request: Request, now: int,
              about: Sequence[str] = ()) -> Call:  # fmt: skip
        self._calls += 1
        call = Call(self._calls, connection.channel, purpose, request, now, tuple(about))
        connection.called(call.request, now)
        calls.append(call)
        return call

    def answered(self, call: Call, response: Response | None, now: int) -> None:
        """A call came back; a push without an answer is sent again with what is true by then."""
        connection = self.connections[call.channel]
        connection.answered(call, now)
        good = response is not None and response.status < 400
        if good:
            connection.breaker.succeeded()
        else:
            connection.breaker.failed(now, "no answer")
        if call.purpose == "push":
            push = self._pushes.pop(call.id)
            self._busy.discard((call.channel, push.sku))
            if good:
                self._listed[call.channel, push.sku] = push.quantity
            return
        try:
            self._take(connection, call, response if good else None, now)
        except Unreadable:
            connection.list_failed(now, self.chance) if call.purpose == "list" else connection.fetched(call.about)

    def _take(self, connection: Connection, call: Call, response: Response | None, now: int) -> None:
        if call.purpose == "orders":
            for heard in connection.adapter.read_orders(response) if response else ():
                self._count(call.channel, heard, now)
            connection.fetched(call.about)
        elif response is None:
            connection.list_failed(now, self.chance)
        else:
            page = connection.adapter.read_page(response)
            for told in page.heard:
                self._count(call.channel, told, now)
            connection.listed(page, self.chance)
            connection.complete()
