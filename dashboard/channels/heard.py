"""What was heard from a platform, as commands of the show it belongs to.

    Heard -> (which show, which channel) -> announce | place | cancel, or nothing left to ask

Command ids are made from show, channel and order, so what is told twice asks twice for the same thing and the room
answers `exists`. An order belongs to the show that knows it already, whichever is open now, and to the channel it was
known under first. A new one belongs to the newest open show that has the channel, and is counted for the channel the
platform names if that is one behind the delivering shop. Of an order the first command is the one that places it, so
whoever looks at the answers finds there whether it is new. Only one that was merely announced and is cancelled by now
is never placed: the wait for its lines ends.

What a platform says of cancellations are totals (`in all so far`): only what the ledger has not cancelled yet is asked
for, and never more than is still open, for what was shipped comes back as a return. A command is read once through the
decoder of commands before it goes on: an adapter cannot bring in what nobody else could send.

Reads what the room remembers without waiting for it: what is looked up here is replaced as a whole or only grows, so
the worst is an answer from a moment ago, and the room decides again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import msgspec

from dashboard.channels.adapter import (
    Adapter,
    CancelHeard,
    Delivery,
    Heard,
    NotAuthentic,
    OrderHeard,
    OrderKnown,
    Read,
    Unreadable,
)
from dashboard.channels.dead_letters import LetterBook
from dashboard.decision import commands as c
from dashboard.decision.holdings import Order, holdings_of
from dashboard.decision.refusals import Answer, Code
from dashboard.decision.state import Show


class Book(Protocol):
    """The part of a journal that is needed here."""

    @property
    def letters(self) -> LetterBook:
        """Its dead letters."""


class Gone(Protocol):
    """What was cancelled so far."""

    def of(self, show: str, channel: str, order: str) -> Mapping[str, int]:
        """Units by SKU."""


class Desk(Protocol):
    """The part of the room that is needed here."""

    @property
    def world(self) -> Mapping[str, Show]:
        """What the room knows of every show."""

    @property
    def cancelled(self) -> Gone:
        """What was cancelled so far."""

    @property
    def journal(self) -> Book:
        """Where letters are kept."""

    def handle(self, commands: Sequence[c.Command], now: int | None) -> list[Answer]:
        """Decide and write."""


class Home(msgspec.Struct, frozen=True):
    """The show and channel an order belongs to; without a show `code` and `sentence` say why there is none."""

    show: str = ""
    channel: str = ""
    code: str = ""
    sentence: str = ""


def home(desk: Desk, channel: str, heard: Heard) -> Home:
    """Where what was heard belongs; levels and what is ignored belong nowhere."""
    if not isinstance(heard, OrderHeard | OrderKnown | CancelHeard):
        return Home()
    found = Home("", "", Code.SHOW_UNKNOWN, f"No open show has the channel {channel}.")
    for name, show in reversed(list(desk.world.items())):
        if channel not in show.channels:
            continue
        seller, known = selling(show, channel, heard)
        if known:
            return Home(name, seller)
        if found.show:
            continue
        if show.state == "open":
            found = Home(name, seller)
        elif not found.channel:
            found = Home("", channel, Code.SHOW_CLOSED, f"Show {name} is closed, and no open show has {channel}.")
    return found


def selling(show: Show, channel: str, heard: OrderHeard | OrderKnown | CancelHeard) -> tuple[str, bool]:
    """The channel an order is counted for, and whether the show knows the order under it."""
    behind = [name for name, one in show.channels.items() if one.behind == channel]
    for name in (channel, *behind):
        if (name, heard.order) in show.orders or (name, heard.order) in show.announced:
            return name, True
    return heard.channel if heard.channel in behind else channel, False


def commands_for(
    desk: Desk, show: str, channel: str, source: str, heard: Heard, restocked: bool | None
) -> list[c.Command]:
    """What to ask of a show; raises Unreadable for what nobody could ask.

    `source` is the channel that told, `restocked` whether its platform lists cancelled units again by itself.
    """
    common = {"show": show, "actor": source, "source": f"/channels/{source}", "channel": channel}
    wanted: list[c.Command] = []
    if isinstance(heard, OrderKnown):
        world = desk.world[show]
        if (channel, heard.order) not in world.orders and (channel, heard.order) not in world.announced:
            id = f"announce/{show}/{channel}/{heard.order}"
            wanted.append(c.AnnounceOrder(id=id, order=heard.order, event_time=heard.at, **common))
    elif isinstance(heard, OrderHeard):
        wanted = _order(desk, heard, common, restocked)
    elif isinstance(heard, CancelHeard):
        told = {**common, "event_time": heard.at, "restocked": restocked}
        wanted = _cancel(desk, heard.order, _units(heard.lines), not heard.lines, told)
    return [_checked(command) for command in wanted]


def _order(desk: Desk, heard: OrderHeard, common: Mapping[str, Any], restocked: bool | None) -> list[c.Command]:
    show, channel = common["show"], common["channel"]
    wanted: list[c.Command] = []
    world = desk.world[show]
    gone = _units(heard.cancelled)
    told = {**common, "restocked": restocked}
    told["event_time"] = heard.updated_at if heard.updated_at is not None else heard.at
    if not gone and (channel, heard.order) in world.orders:
        return []  # lists tell every order several times: what is known whole need not be asked again
    if (channel, heard.order) in world.announced and is_cancelled(heard):
        return _cancel(desk, heard.order, {}, True, told)
    if world.state == "open" or (channel, heard.order) not in world.orders:
        wanted.append(
            c.PlaceOrder(
                id=f"order/{show}/{channel}/{heard.order}",
                order=heard.order,
                event_time=heard.at,
                lines=heard.lines,
                country=heard.country,
                currency=heard.currency,
                buyer=heard.buyer,
                sold=True,
                **common,
            )
        )
    if gone:
        wanted += _cancel(desk, heard.order, gone, is_cancelled(heard), told)
    return wanted


def _cancel(desk: Desk, order: str, gone: Mapping[str, int], whole: bool, told: Mapping[str, Any]) -> list[c.Command]:
    """Cancel all of an order, or what is gone in all less what the ledger cancelled already."""
    show, channel = told["show"], told["channel"]
    known = desk.world[show].orders.get((channel, order))
    left = open_units(known) if known else gone
    done = desk.cancelled.of(show, channel, order)
    missing = {sku: min(units - done.get(sku, 0), left.get(sku, 0)) for sku, units in gone.items()}
    lines = tuple(c.UnitLine(sku, units) for sku, units in missing.items() if units > 0)
    if not lines and not (whole and (any(left.values()) or not known)):
        return []  # without lines a command cancels everything
    # To stop waiting for an order is not yet to cancel it: its lines may still be told, and are cancelled then.
    what = "whole" if known or gone else "announced"
    id = f"cancel/{show}/{channel}/{order}/{what if whole else sum(gone.values())}"
    return [c.CancelOrder(id=id, order=order, lines=() if whole else lines, **told)]


def is_cancelled(heard: Heard) -> bool:
    """Tell whether nothing is left of what was heard of an order."""
    if isinstance(heard, OrderHeard):
        gone = _units(heard.cancelled)
        return bool(gone) and all(gone.get(sku, 0) >= units for sku, units in _units(heard.lines).items())
    return isinstance(heard, CancelHeard) and not heard.lines


def open_units(order: Order) -> dict[str, int]:
    """Units by SKU of an order that are neither cancelled nor shipped."""
    moves, lines = order.moves, order.lines  # read before the holdings, which replace them
    units: dict[str, int] = {}
    for holding in order.holdings or holdings_of(moves, lines):
        units[holding.sku] = units.get(holding.sku, 0) + holding.open
    return units


def _units(lines: Sequence[c.OrderLine] | Sequence[c.UnitLine]) -> dict[str, int]:
    units: dict[str, int] = {}
    for line in lines:
        units[line.sku] = units.get(line.sku, 0) + line.quantity
    return units


def _checked(command: c.Command) -> c.Command:
    """The same command as the decoder reads it; raises Unreadable with the decoder's complaint."""
    try:
        read: c.Command = c.decode(c.encode(command))
    except msgspec.ValidationError as problem:
        raise Unreadable(f"What it says is no {type(command).__name__}: {str(problem)[:200]}.") from None
    except (TypeError, OverflowError, UnicodeEncodeError):
        raise Unreadable(f"What it says is no {type(command).__name__}: it holds what no text can say.") from None
    if not read.id.isprintable():
        raise Unreadable("The order id holds a control character; it takes printable ones.")
    return read


def check(adapter: Adapter, delivery: Delivery) -> None:
    """Check a delivery; an adapter that fails is told as Unreadable."""
    try:
        adapter.check(delivery)
    except NotAuthentic:
        raise
    except Exception as problem:  # noqa: BLE001 - an adapter's mistake is no reason to fall silent
        raise _stumbled(problem) from None


def without_chat(adapter: Adapter, delivery: Delivery) -> Delivery:
    """A refused delivery as it may be kept: of what somebody in the audience wrote, nothing."""
    return replace(delivery, body=b"") if adapter.is_chat(delivery) else delivery


def read(adapter: Adapter, delivery: Delivery) -> Read:
    """Read a delivery; an adapter that fails is told as Unreadable."""
    try:
        return adapter.read(delivery)
    except Unreadable:
        raise
    except Exception as problem:  # noqa: BLE001 - as above
        raise _stumbled(problem) from None


def _stumbled(problem: Exception) -> Unreadable:
    """The words for a mistake in an adapter, without anything of what it stumbled over."""
    return Unreadable(f"The program that reads this platform failed ({type(problem).__name__}); the delivery is kept.")
