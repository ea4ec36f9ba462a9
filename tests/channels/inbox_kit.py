"""A storefront whose deliveries say exactly what a test wants, and an inbox over a room of its own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dashboard.channels.adapter import (
    Account,
    Adapter,
    CancelHeard,
    Capability,
    Delivery,
    Heard,
    NotAuthentic,
    OrderHeard,
    Read,
    Secrets,
    Unreadable,
)
from dashboard.channels.inbox import Inbox, Outcome
from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer
from dashboard.journal.store import Journal
from dashboard.room import Room

NOW = 1_773_492_000_000_000
SECOND = 1_000_000
SHOW = "spring"
KEY = "a-key-nobody-may-read"
TOKEN = "a-token-nobody-may-read"


class Told(Adapter):
    """Reads from a body's number what `tell` put there; authentic is who knows the key."""

    capability = Capability(push="delta")
    told: list[Any]

    def tell(self, *heard: Heard | Exception, ids: Sequence[str] = ()) -> bytes:
        """A body that says all this when it is read."""
        self.told = [
            *getattr(self, "told", []),
            heard[0] if isinstance(heard[0], Exception) else Read(tuple(ids), heard),
        ]  # type: ignore[arg-type]
        return str(len(self.told) - 1).encode()

    def check(self, delivery: Delivery) -> None:
        if delivery.headers.get("x-crash"):
            raise KeyError(delivery.headers["x-crash"])
        if delivery.headers.get("x-signature") not in self.secrets.signing:
            raise NotAuthentic("The signature is wrong.")

    def read(self, delivery: Delivery) -> Read:
        if not delivery.body.isdigit():
            raise Unreadable("The body is no number; send one.")
        told = self.told[int(delivery.body)]
        if isinstance(told, Exception):
            raise told
        assert isinstance(told, Read)
        return told

    def _speechless(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("this storefront is never called")

    fetch_orders = read_orders = list_orders = read_page = ask_levels = read_levels = push = read_push = _speechless


def adapter(channel: str, **more: Any) -> Told:
    """A storefront on a channel."""
    return Told(Account(channel, "told", Told.capability, **more), Secrets((KEY,), TOKEN))


def opening(show: str = SHOW, units: int = 10, **more: Any) -> list[c.Command]:
    """Open a show that sells rings and lamps on a shop, a stream behind it and a second shop."""
    channels = (
        c.Channel("shop-us", "shopify", "US"),
        c.Channel("stream-us", "youtube", "US", behind="shop-us"),
        c.Channel("shop-eu", "shopify", "EU"),
    )
    wanted: dict[str, Any] = {
        "title": show,
        "starts_at": NOW - SECOND,
        "ends_at": NOW + 3_600 * SECOND,
        "skus": (c.Sku("RING", price_minor=1999), c.Sku("LAMP", price_minor=4900)),
        "locations": (c.Location("LA"), c.Location("HAM")),
        "regions": (c.Region("US"), c.Region("EU")),
        "lanes": (c.Lane("LA", "US"), c.Lane("HAM", "EU")),
        "channels": channels,
    }
    return [
        c.OpenShow(id=f"{show}/open", show=show, **(wanted | more)),
        *(
            c.ReceiveGoods(id=f"{show}/{place}", show=show, location=place, sku="RING", quantity=units, pool=pool)
            for place, pool in (("LA", "region/US"), ("HAM", "region/EU"))
        ),
    ]


class Desk:
    """A room with an open show, an inbox of three storefronts, and what its listener heard."""

    def __init__(self, path: Path, opened: bool = True) -> None:
        self.room = Room(Journal(path), clock=lambda: NOW)
        if opened and not self.room.shows():
            for answer in self.room.handle(opening(), NOW):
                assert answer.status == "accepted", answer.sentence
        self.adapters = {channel: adapter(channel) for channel in ("shop-us", "shop-eu")}
        self.inbox = Inbox(self.room, self.adapters, self)
        self.news: list[tuple[str, Heard, list[str]]] = []

    def heard(self, channel: str, heard: Heard, answers: Sequence[Answer], at: int) -> None:
        """What the inbox tells its listener."""
        self.news.append((channel, heard, [str(answer.status) for answer in answers]))

    def say(
        self, *heard: Heard | Exception, channel: str = "shop-us", at: int = NOW, ids: Sequence[str] = ()
    ) -> Outcome:
        """Deliver something authentic."""
        return self.inbox.deliver(channel, self.delivery(*heard, channel=channel, at=at, ids=ids))

    def delivery(
        self, *heard: Heard | Exception, channel: str = "shop-us", at: int = NOW, ids: Sequence[str] = ()
    ) -> Delivery:
        """A signed delivery that says something."""
        body = self.adapters[channel].tell(*heard, ids=ids)
        return Delivery({"x-signature": KEY, "x-topic": "orders"}, body, at)

    def left(self, pool: str = "region/US", sku: str = "RING") -> int:
        """Claims in a pool."""
        return self.room.world[SHOW].ledger.claim(sku, pool)

    def types(self) -> list[str]:
        """What happened after the opening."""
        return [stored.type for stored in self.room.journal.events()][3:]

    def letters(self, **more: str) -> list[tuple[str, str, str]]:
        """(channel, state, reason) of every letter, the oldest first."""
        rows = self.inbox.letters(**more)
        return [(row["channel"], row["state"], row["reason"]) for row in reversed(rows)]

    def again(self) -> "Desk":
        """The same after a restart."""
        self.room.stop()
        fresh = Desk(Path(self.room.journal.path))
        for channel, one in self.adapters.items():
            fresh.adapters[channel].told = getattr(one, "told", [])
        fresh.inbox = Inbox(fresh.room, fresh.adapters, fresh)
        return fresh


def order(number: str = "1", *lines: tuple[str, int], **more: Any) -> OrderHeard:
    """An order, of one ring unless said otherwise."""
    return OrderHeard(number, tuple(c.OrderLine(sku, units) for sku, units in lines or (("RING", 1),)), **more)


def cancelled(number: str = "1", *lines: tuple[str, int], **more: Any) -> CancelHeard:
    """A cancellation, whole without lines."""
    return CancelHeard(number, gone(*lines), **more)


def gone(*lines: tuple[str, int]) -> tuple[c.UnitLine, ...]:
    """What of an order is cancelled."""
    return tuple(c.UnitLine(sku, units) for sku, units in lines)
