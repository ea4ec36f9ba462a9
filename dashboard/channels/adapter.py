"""What every platform's adapter can do, and the words in which it speaks to us.

    webhook bytes -> check (signature) -> read -> Heard ...          a platform speaks
    what we want  -> Request -> (network) -> Response -> read_...    we speak

An adapter knows one platform's signatures, bodies, ids, times and calls, and nothing else: no clock, no network, no
ledger. Everything that leaves it is in our words: our SKUs, integer minor units, microseconds since 1970 UTC, ids as
strings. What a platform sent and nobody can use is an `Unreadable` with one sentence; what did not come from the
platform is a `NotAuthentic`. Neither carries a secret, nor more of a body than the word that was wrong.

Four ways to write a listing (`Capability.push`), each made safe by `exposure.py`:

    delta            change the counter by n; the key makes a repetition harmless, the answer tells what really changed
    compare_and_set  set the counter from x to y, refused when it is not x
    absolute         set the counter to y, whatever it is: orders on their way to us are overwritten
    raise_only       set the total ever offered (a campaign's stock); it never shrinks, so a repetition is harmless
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import msgspec
from babel.numbers import get_currency_precision

from dashboard.channels.term import ByHand, Term, TermKind, Wrote
from dashboard.decision.world import OrderLine, UnitLine

PushKind = Literal["delta", "compare_and_set", "absolute", "raise_only"]
Lane = Literal["stock", "orders"]
"""Which of a platform's rate limits a call counts against."""


class NotAuthentic(Exception):
    """The delivery was not signed by the platform, or too long ago; the message is one sentence."""


class Unreadable(Exception):
    """An authentic delivery or answer makes no sense; the message is one sentence naming the field."""


class Throttled(Unreadable):
    """The platform takes no more calls for now; `retry_after_seconds` is how long it asks to wait, None: unsaid."""

    def __init__(self, sentence: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(sentence)
        self.retry_after_seconds = retry_after_seconds


class Capability(msgspec.Struct, frozen=True):
    """What a storefront lets us do: how stock is written, how often we may call, what else is writable."""

    push: PushKind
    calls_per_minute: int = 120
    """Stock pushes and level readings."""
    fetches_per_minute: int = 600
    """Order readings: single orders and lists."""
    orders_per_fetch: int = 50
    lists_per_minute: float = 60.0
    """Lists of changed orders, over a long time; a few more at once."""
    lists_apart: bool = False
    """Whether lists have a limit of their own: one refused list says nothing of other calls then."""
    levels_per_call: int = 50
    restocks_on_cancel: bool = True
    """Whether the platform puts a cancelled unit back on its own counter."""
    terms: tuple[TermKind, ...] = ()
    """Terms that can be written; the others are done by hand on the platform."""
    time_resolution: int = 1_000_000
    """Microseconds; a platform that stamps whole seconds has 1,000,000."""


@dataclass(frozen=True)
class Account:
    """A channel's account on its platform: where it is called, under which names it knows our SKUs.

    `names` holds the platform's own ids (shop_id, app_key, location_id, marketplace_id, ...), `listings` our SKU -> the
    platform's ids of it, `sources` the platform's word for an order's origin -> the channel it is counted for.
    """

    channel: str
    platform: str
    capability: Capability
    base_url: str = ""
    callback_url: str = ""
    time_zone: str = "UTC"
    currency: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    listings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Secrets:
    """What signs and what opens: `signing` newest first (rotation keeps the old one for a while), `token` for calls."""

    signing: tuple[str, ...] = field(default=(), repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Delivery:
    """One webhook as it arrived: lower-case header names, the raw body, when, and the public URL it was sent to."""

    headers: Mapping[str, str]
    body: bytes
    at: int
    url: str = ""


class OrderHeard(msgspec.Struct, frozen=True):
    """An order with its lines as first ordered, and what of it is cancelled by now; `channel` if another sold it."""

    order: str
    lines: tuple[OrderLine, ...]
    at: int | None = None
    updated_at: int | None = None
    country: str = ""
    currency: str = ""
    buyer: str = ""
    channel: str = ""
    cancelled: tuple[UnitLine, ...] = ()

    def kept(self) -> dict[str, int]:
        """Units by SKU as ordered, less what is cancelled by now."""
        units: dict[str, int] = {}
        for line in self.lines:
            units[line.sku] = units.get(line.sku, 0) + line.quantity
        for gone in self.cancelled:
            units[gone.sku] = units.get(gone.sku, 0) - gone.quantity
        return units


class OrderKnown(msgspec.Struct, frozen=True):
    """An order exists, its lines must be fetched."""

    order: str
    at: int | None = None
    channel: str = ""


class CancelHeard(msgspec.Struct, frozen=True):
    """An order was cancelled, whole (no lines) or `lines` of it in all so far."""

    order: str
    lines: tuple[UnitLine, ...] = ()
    at: int | None = None
    channel: str = ""


class LevelHeard(msgspec.Struct, frozen=True):
    """The platform says what its counter of a SKU stood at; the newest by `at` counts, None means it does not know."""

    sku: str
    level: int | None
    at: int | None = None


class CommentHeard(msgspec.Struct, frozen=True):
    """Somebody in the audience wrote something: its words, `cut` where they were longer, and never who wrote it.

    `channel` is where it was written, if another one told of it.
    """

    comment: str
    text: str
    at: int | None = None
    cut: bool = False
    channel: str = ""


class Ignored(msgspec.Struct, frozen=True):
    """An authentic delivery that asks nothing of us, and why."""

    why: str


Aside = LevelHeard | CommentHeard | Ignored
"""What asks nothing of the ledger."""
Heard = OrderHeard | OrderKnown | CancelHeard | LevelHeard | CommentHeard | Ignored


class Read(msgspec.Struct, frozen=True):
    """A delivery in our words; `ids` are the platform's own delivery ids, one of them seen before is a duplicate."""

    ids: tuple[str, ...]
    heard: tuple[Heard, ...]


class Request(msgspec.Struct, frozen=True):
    """One call to a platform: `path` with its query, signed headers, and which rate limit it counts against."""

    method: str
    path: str
    headers: dict[str, str] = {}
    body: bytes = b""
    lane: Lane = "orders"


class Response(msgspec.Struct, frozen=True):
    """What the platform answered."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


class Push(msgspec.Struct, frozen=True):
    """One change of a listing, in the platform's terms.

    delta: `quantity` is added (negative: taken). compare_and_set: from `expected` to `quantity`. absolute: to
    `quantity`. raise_only: `quantity` is the total ever offered. `key` is the same for every repetition.
    """

    sku: str
    kind: PushKind
    quantity: int
    key: str
    expected: int | None = None


class Pushed(msgspec.Struct, frozen=True):
    """What became of a push.

    `applied`: done; `change` is what the counter really changed by (None where the platform does not say) and `level`
    what it stands at. `mismatch`: not done, the counter stands at `level`. `throttled`, `refused`: not done.
    `unknown`: nobody can tell (a server error after the request was read).
    """

    outcome: Literal["applied", "mismatch", "throttled", "refused", "unknown"]
    change: int | None = None
    level: int | None = None
    retry_after_seconds: float | None = None
    sentence: str = ""


class Levels(msgspec.Struct, frozen=True):
    """What a platform's counters stand at: units by our SKU (a SKU it does not know is absent).

    `offered` is the total ever offered, where the platform tells it (raise_only).
    """

    units: dict[str, int]
    offered: dict[str, int] = {}


class OrderPage(msgspec.Struct, frozen=True):
    """One page of orders changed since a time: full ones, or only their numbers; `next_page` is empty at the end.

    `at` is the platform's clock when it answered (None: it does not say).
    """

    heard: tuple[OrderHeard | OrderKnown, ...]
    next_page: str = ""
    at: int | None = None


class Adapter(ABC):
    """One storefront's speech; made from its account and secrets, remembers nothing."""

    capability: Capability
    """The platform's usual capability; an account may narrow it."""

    def __init__(self, account: Account, secrets: Secrets) -> None:
        self.account = account
        self.secrets = secrets
        self._ours = {
            value: sku
            for sku, names in account.listings.items()
            for name, value in names.items()
            if name in self.sku_names
        }

    sku_names: tuple[str, ...] = ("sku",)
    """Which of a listing's ids name exactly one SKU in what the platform sends."""

    def our_sku(self, *names: str) -> str:
        """Our SKU for the first of the platform's names that we know; else the first name there is, as it stands."""
        for name in names:
            if name in self._ours:
                return self._ours[name]
        return next((name for name in names if name), "")

    def theirs(self, sku: str, name: str) -> str:
        """The platform's id of one of our SKUs; raises Unreadable when the account does not list it."""
        try:
            return self.account.listings[sku][name]
        except KeyError:
            where = f"[channels.{self.account.channel}.listings.{sku}]"
            raise Unreadable(f"{sku} has no {name} on {self.account.channel}; add it under {where}.") from None

    def counted_for(self, origin: str) -> str:
        """The channel that orders of one of the platform's origins are counted for, empty for this one."""
        channel = self.account.sources.get(origin, "") if origin else ""
        return "" if channel == self.account.channel else channel

    def sold_by(self, shop: str) -> str | None:
        """The other channel a shop's orders count for, empty if the shop is the account's, None if it is nobody's."""
        own = self.account.names.get("shop_id", "")
        return "" if not shop or not own or shop == own else self.account.sources.get(shop)

    # --- the platform speaks ----------------------------------------------------------------------------------

    @abstractmethod
    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless the platform signed exactly these bytes with a key we hold."""

    @abstractmethod
    def read(self, delivery: Delivery) -> Read:
        """Say in our words what an authentic delivery says; raises Unreadable."""

    def is_chat(self, delivery: Delivery) -> bool:
        """Tell whether a delivery is what somebody in the audience wrote, authentic or not: none of that is written."""
        return False

    # --- we speak ---------------------------------------------------------------------------------------------

    @abstractmethod
    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """Ask for orders by number, at most `capability.orders_per_fetch` of them."""

    @abstractmethod
    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read the answer to `fetch_orders`; raises Unreadable, Throttled among it."""

    @abstractmethod
    def list_orders(self, since: int, page: str, now: int) -> Request:
        """Ask for every order created, changed or cancelled since a time of the platform's clock."""

    @abstractmethod
    def read_page(self, response: Response) -> OrderPage:
        """Read the answer to `list_orders`; raises Unreadable, Throttled among it."""

    @abstractmethod
    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask what the counters of some SKUs stand at."""

    @abstractmethod
    def read_levels(self, response: Response) -> Levels:
        """Read the answer to `ask_levels`; raises Unreadable, Throttled among it."""

    @abstractmethod
    def push(self, push: Push, now: int) -> Request:
        """Change a listing."""

    @abstractmethod
    def read_push(self, push: Push, response: Response) -> Pushed:
        """Read the answer to `push`; raises Unreadable, which counts as unknown."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write a term, given what earlier calls of the same writing found; raises ByHand or Unreadable."""
        raise ByHand(f"{self.account.platform} has no call for a {term.kind}.")

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Read the answer to `write_term` of the same term and `found`; raises Unreadable, which counts as unknown."""
        raise Unreadable(f"{self.account.platform} answers no {term.kind}.")

    def price_of(self, term: Term) -> str:
        """A price term's amount as the platform writes it; raises ByHand where the shop sells in another currency."""
        currency = self.account.currency or term.currency
        if term.currency and currency != term.currency:
            raise ByHand(f"{self.account.channel} sells in {currency}, the price is told in {term.currency}.")
        digits = get_currency_precision(currency) if currency else 2
        return str(Decimal(term.price_minor).scaleb(-digits))
