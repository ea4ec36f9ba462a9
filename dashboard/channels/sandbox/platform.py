"""A pretended platform: its own stock counter, its own orders, its own clock, its own rate limits.

    shoppers -> buy, cancel -> counter, orders -> webhooks (native, signed, in the outbox)
    our calls (native requests) -> answer -> the same counter

The counter is the truth the demo and the stress run are measured against: it sells whatever it lists and asks nobody,
at the terms that were written on it (`in_force`) and no others.
Everything it says and hears goes through the platform's native bodies (`Speech`, one file a platform), so adapters are
used exactly as against the real thing. Time is an argument; the platform's clock is the caller's plus its own skew.

`offered` - `sold` + `restocked` is what a raise_only counter lists; the other kinds keep a plain number. A key that was
used before changes nothing again and gets the first answer (delta).
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dashboard.channels.adapter import Account, Lane, Request, Response, Secrets
from dashboard.channels.sandbox.in_force import InForce
from dashboard.decision.world import OrderLine

SECOND = 1_000_000
MINUTE = 60 * SECOND


@dataclass
class SandboxOrder:
    """One order on the platform, times on its own clock; `cancelled` counts units by SKU so far."""

    order: str
    lines: tuple[OrderLine, ...]
    created_at: int
    updated_at: int
    country: str = ""
    currency: str = "USD"
    buyer: str = ""
    cancelled: dict[str, int] = field(default_factory=dict)

    def is_cancelled(self) -> bool:
        """Tell whether nothing of it is left."""
        return all(self.cancelled.get(line.sku, 0) >= _ordered(self, line.sku) for line in self.lines)


def _ordered(order: SandboxOrder, sku: str) -> int:
    return sum(line.quantity for line in order.lines if line.sku == sku)


@dataclass(frozen=True)
class Webhook:
    """One delivery the platform wants to make: native headers and body, ready to be signed again by nobody."""

    headers: Mapping[str, str]
    body: bytes


class Speech(Protocol):
    """A platform's native side: what it sends, and how it answers."""

    def order_id(self, number: int) -> str:
        """The platform's kind of order number for the n-th order."""

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """The platform's ids of a SKU, as an account's `listings` holds them."""

    def names(self, channel: str) -> dict[str, str]:
        """The platform's ids of a shop, as an account's `names` holds them."""

    def order_webhook(self, platform: "Platform", order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The native, signed webhook of a new order; `delivery` is the platform's unique delivery id."""

    def cancel_webhook(self, platform: "Platform", order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The native, signed webhook of a cancellation, whole or partial."""

    def answer(self, platform: "Platform", request: Request, now: int) -> Response:
        """Answer a native call: check its credentials, do what it asks with `platform`, say so natively."""

    def lane_of(self, request: Request) -> Lane:
        """Which rate limit a native call counts against."""

    def throttled(self, retry_after_seconds: float) -> Response:
        """The native answer to a call over the rate limit."""


class Platform:
    """One storefront of the sandbox."""

    def __init__(self, account: Account, secrets: Secrets, speech: Speech, skew: int = 0) -> None:
        self.account = account
        self.secrets = secrets
        self.speech = speech
        self.skew = skew
        self.stock: dict[str, int] = {}
        self.terms = InForce()
        self.offered: dict[str, int] = {}
        self.orders: dict[str, SandboxOrder] = {}
        self.outbox: deque[Webhook] = deque()
        self.sold: dict[str, int] = {}
        self.restocked: dict[str, int] = {}
        self.hand_listed: dict[str, int] = {}
        self.calls: dict[Lane, deque[int]] = {"stock": deque(), "orders": deque()}
        self.calls_in_a_minute_max: dict[Lane, int] = {"stock": 0, "orders": 0}
        self.refused_calls = 0
        self.paused_until = 0
        """Shoppers and calls find the platform gone until then (an outage)."""
        self._keys: dict[str, tuple[int, int]] = {}
        self._changes: list[tuple[int, str]] = []
        self._deliveries = 0

    def clock(self, now: int) -> int:
        """The platform's own clock."""
        return now + self.skew

    # --- shoppers ---------------------------------------------------------------------------------------------

    def level(self, sku: str) -> int:
        """Units the platform would still sell."""
        return self.stock.get(sku, 0)

    def takes(self, sku: str) -> int:
        """Units of a SKU one order may hold now."""
        return min(self.level(sku), self.terms.limits.get(sku, self.level(sku)))

    def buy(
        self, lines: Sequence[OrderLine], now: int, country: str = "", currency: str = "USD"
    ) -> SandboxOrder | None:
        """Sell at the platform's terms, if the counter has it all; nothing is sold in part, nothing over a limit."""
        wanted: dict[str, int] = {}
        for line in lines:
            wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
        if any(self.level(sku) < units for sku, units in wanted.items()):
            return None
        if not all(self.terms.allows(sku, units) for sku, units in wanted.items()):
            return None
        at = self.clock(now)
        order = SandboxOrder(
            self.speech.order_id(len(self.orders) + 1),
            tuple(
                OrderLine(line.sku, line.quantity, self.terms.price(line.sku, line.price_minor, at)) for line in lines
            ),
            at,
            at,
            country,
            currency,
            f"buyer-{len(self.orders)}",
        )
        for sku, units in wanted.items():
            self.stock[sku] -= units
            self.sold[sku] = self.sold.get(sku, 0) + units
        self.orders[order.order] = order
        self._changes.append((at, order.order))
        self.outbox.append(self.speech.order_webhook(self, order, self._delivery(), now))
        return order

    def cancel(self, order: SandboxOrder, now: int, sku: str = "", units: int = 0) -> bool:
        """The buyer cancels, whole or some units of a SKU; restocked where the platform does that."""
        gone: dict[str, int] = {}
        for name in {line.sku for line in order.lines}:
            left = _ordered(order, name) - order.cancelled.get(name, 0)
            take = left if not sku else min(left, units) if name == sku else 0
            if take > 0:
                gone[name] = take
        if not gone:
            return False
        for name, take in gone.items():
            order.cancelled[name] = order.cancelled.get(name, 0) + take
            self.sold[name] -= take
            if self.account.capability.restocks_on_cancel:
                self.stock[name] = self.stock.get(name, 0) + take
                self.restocked[name] = self.restocked.get(name, 0) + take
        order.updated_at = self.clock(now)
        self._changes.append((order.updated_at, order.order))
        self.outbox.append(self.speech.cancel_webhook(self, order, self._delivery(), now))
        return True

    def list_by_hand(self, sku: str, units: int) -> None:
        """Somebody types more units into the platform's own back office."""
        self.stock[sku] = self.stock.get(sku, 0) + units
        self.hand_listed[sku] = self.hand_listed.get(sku, 0) + units

    def _delivery(self) -> str:
        self._deliveries += 1
        return f"{self.account.channel}-{self._deliveries}"

    # --- calls ------------------------------------------------------------------------------------------------

    def call(self, request: Request, now: int) -> Response:
        """Answer one of our calls natively; counts it against the rate limit first."""
        wait = self._over_limit(request.lane, now)
        if wait > 0:
            self.refused_calls += 1
            return self.speech.throttled(wait)
        return self.speech.answer(self, request, now)

    def _over_limit(self, lane: Lane, now: int) -> float:
        """Seconds to wait before another call may be made (0: now); a call over the limit is counted as well."""
        recent = self.calls[lane]
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        recent.append(now)
        self.calls_in_a_minute_max[lane] = max(self.calls_in_a_minute_max[lane], len(recent))
        capability = self.account.capability
        most = capability.calls_per_minute if lane == "stock" else capability.fetches_per_minute
        return (recent[0] + MINUTE - now) / SECOND if len(recent) > most else 0.0

    def find(self, orders: Iterable[str]) -> list[SandboxOrder]:
        """Orders by number; unknown ones are left out."""
        return [self.orders[order] for order in orders if order in self.orders]

    def changed_since(self, since: int, offset: int, most: int) -> tuple[list[SandboxOrder], bool]:
        """Orders created or changed at or after a time of the platform's clock, oldest first; whether more follow."""
        first = bisect_left(self._changes, (since, ""))
        names = list(dict.fromkeys(order for _, order in self._changes[first:]))
        return [self.orders[name] for name in names[offset : offset + most]], len(names) > offset + most

    def adjust(self, sku: str, change: int, key: str) -> tuple[int, int]:
        """Change the counter (delta), never below zero; returns (what it changed by, what it stands at)."""
        if key and key in self._keys:
            return self._keys[key]
        done = max(change, -self.level(sku))
        self.stock[sku] = self.level(sku) + done
        result = done, self.stock[sku]
        if key:
            self._keys[key] = result
        return result

    def swap(self, sku: str, expected: int, to: int) -> tuple[bool, int]:
        """Set the counter if it stands at `expected`; returns (done, what it stands at)."""
        if self.level(sku) != expected:
            return False, self.level(sku)
        self.stock[sku] = to
        return True, to

    def set(self, sku: str, to: int) -> int:
        """Set the counter, whatever it is."""
        self.stock[sku] = to
        return to

    def offer(self, sku: str, total: int) -> tuple[int, int]:
        """Raise the total ever offered; a smaller one changes nothing. Returns (total, what is listed)."""
        more = max(0, total - self.offered.get(sku, 0))
        self.offered[sku] = self.offered.get(sku, 0) + more
        self.stock[sku] = self.level(sku) + more
        return self.offered[sku], self.stock[sku]
