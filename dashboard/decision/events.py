"""What happened: one small frozen record per event, named in the past tense.

An event carries the moves it makes in the two books, so the journal's hash chain covers them and anybody can
check the `moves` table against it. Names are short and stable; a field may be added with a default, never
renamed or removed: old journals are read for ever. Times are microseconds since 1970 UTC, money minor units.
"""

import msgspec

from dashboard.decision.commands import (
    Channel,
    Lane,
    Location,
    Micros,
    PlanLine,
    Region,
    Segment,
    Sku,
    UnitLine,
)


class Move(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Units of a SKU go from one account of a book to another; the quantity is positive."""

    sku: str
    book: str
    source: str
    target: str
    quantity: int


class SoldLine(msgspec.Struct, frozen=True, gc=False):
    """One line of an accepted order; `price_minor` is what one unit was sold for."""

    sku: str
    quantity: int
    price_minor: int


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every event carries: the moves it makes (none for those that touch no stock)."""

    moves: tuple[Move, ...] = ()
    reason: str = ""


class ShowOpened(Event, frozen=True):
    """A show opened with its whole world."""

    title: str
    starts_at: Micros
    ends_at: Micros
    currency: str = "USD"
    time_zone: str = "UTC"
    skus: tuple[Sku, ...] = ()
    locations: tuple[Location, ...] = ()
    regions: tuple[Region, ...] = ()
    lanes: tuple[Lane, ...] = ()
    channels: tuple[Channel, ...] = ()
    rundown: tuple[Segment, ...] = ()
    plan: tuple[PlanLine, ...] = ()
    draws: tuple[str, ...] = ("channel", "region")
    sells_in_transit: bool = False
    origin: str = ""


class ShowClosed(Event, frozen=True):
    """The show closed to new orders."""


class GoodsReceived(Event, frozen=True):
    """Goods came in and claims on them were issued."""

    location: str
    sku: str
    quantity: int
    pool: str


class GoodsAdjusted(Event, frozen=True):
    """A count corrected the book by `change` units."""

    location: str
    sku: str
    change: int
    pool: str


class GoodsQuarantined(Event, frozen=True):
    """Units went off sale."""

    location: str
    sku: str
    quantity: int
    pool: str


class GoodsReleased(Event, frozen=True):
    """Quarantined units went back on sale."""

    location: str
    sku: str
    quantity: int
    pool: str


class ShipmentStarted(Event, frozen=True):
    """Goods left one location for another."""

    shipment: str
    from_location: str
    to_location: str
    lines: tuple[UnitLine, ...]
    eta: Micros
    mode: str
    arrive_pool: str


class ShipmentArrived(Event, frozen=True):
    """Some or all of a shipment arrived; `closed` when nothing of it is on the way any more."""

    shipment: str
    lines: tuple[UnitLine, ...] = ()
    lost: tuple[UnitLine, ...] = ()
    served: tuple[UnitLine, ...] = ()
    closed: bool = False


class ClaimsIssued(Event, frozen=True):
    """Claims were issued on goods that had none."""

    sku: str
    quantity: int
    pool: str


class Reallocated(Event, frozen=True):
    """Claims moved between pools."""

    sku: str
    from_pool: str
    to_pool: str
    quantity: int


class PoolOpened(Event, frozen=True):
    """A temporary pool opened."""

    pool: str
    sku: str
    quantity: int
    from_pool: str
    channels: tuple[str, ...] = ()


class PoolClosed(Event, frozen=True):
    """A temporary pool closed; its rest went to `to_pool`."""

    pool: str
    to_pool: str


class Undone(Event, frozen=True):
    """What was still unsold of a reallocation went back; it names the event it corrects."""

    undoes: int
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    asked: int


class OrderAnnounced(Event, frozen=True):
    """A platform said that an order exists; its lines are pending."""

    channel: str
    order: str


class OrderPlaced(Event, frozen=True):
    """A buyer's order was accepted; `presold` units will be served by goods on the way."""

    channel: str
    order: str
    region: str
    lines: tuple[SoldLine, ...]
    country: str = ""
    currency: str = ""
    buyer: str = ""
    presold: int = 0
    over_capacity: bool = False
    on_screen: str = ""


class OrderCancelled(Event, frozen=True):
    """Units of an order were cancelled and went back on sale; `revenue_minor` is what they were worth."""

    channel: str
    order: str
    region: str
    lines: tuple[UnitLine, ...]
    revenue_minor: int = 0
    country: str = ""
    currency: str = ""
    whole: bool = False


class OrderShipped(Event, frozen=True):
    """Units of an order left the building."""

    channel: str
    order: str
    region: str
    lines: tuple[UnitLine, ...]


class OrderReturned(Event, frozen=True):
    """Shipped units came back."""

    channel: str
    order: str
    region: str
    location: str
    lines: tuple[UnitLine, ...]
    resellable: bool = False


class Exposed(Event, frozen=True):
    """Units were handed to a channel to list."""

    channel: str
    sku: str
    quantity: int


class Recalled(Event, frozen=True):
    """A channel gave units back."""

    channel: str
    sku: str
    quantity: int


class Withheld(Event, frozen=True):
    """Units went into a channel's cover."""

    channel: str
    sku: str
    quantity: int


class CoverReleased(Event, frozen=True):
    """Cover went back to the region's pool."""

    channel: str
    sku: str
    quantity: int


class LimitSet(Event, frozen=True):
    """A purchase limit was set, or lifted (None)."""

    sku: str
    region: str
    units_per_order: int | None


class PriceSet(Event, frozen=True):
    """A price was set."""

    sku: str
    price_minor: int
    channel: str = ""


class CouponSet(Event, frozen=True):
    """A coupon was offered, or withdrawn (`percent` 0)."""

    sku: str
    region: str
    code: str
    percent: int
    expires: Micros | None = None


class OnScreenSet(Event, frozen=True):
    """A SKU came on screen; `push` when the host pushes it."""

    sku: str
    push: bool = False


class AlertRaised(Event, frozen=True):
    """An alert was raised."""

    alert: str
    rule: str
    severity: str
    what: str
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None


class AlertAcknowledged(Event, frozen=True):
    """Somebody took an alert."""

    alert: str


class AlertResolved(Event, frozen=True):
    """An alert's cause is gone."""

    alert: str


class ActionProposed(Event, frozen=True):
    """A rule proposed an action."""

    proposal: str
    rule: str
    what: str
    why: str
    effect: str = ""
    commands: tuple[msgspec.Raw, ...] = ()
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None


class ActionApproved(Event, frozen=True):
    """A proposal was approved; the events of its commands follow."""

    proposal: str


class ActionDismissed(Event, frozen=True):
    """A proposal was dismissed."""

    proposal: str


class AutonomySet(Event, frozen=True):
    """A rule's level was set."""

    rule: str
    level: str


class LinePublished(Event, frozen=True):
    """A host line was shown with the fact that backs it."""

    line: str
    channel: str
    language: str
    kind: str
    text: str
    fact: dict[str, str | int | None] = {}


class LineRetracted(Event, frozen=True):
    """A shown host line stopped being true."""

    line: str


class LevelReported(Event, frozen=True):
    """A platform reported its own count."""

    channel: str
    sku: str
    level: int


class NoteAdded(Event, frozen=True):
    """An operator's remark."""

    text: str


def _snake(name: str) -> str:
    """Turn a class name into the event's stable name: OrderPlaced -> order_placed."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")


TYPES: dict[str, type[Event]] = {_snake(kind.__name__): kind for kind in Event.__subclasses__()}
"""Stable event name -> record."""

NAMES: dict[type[Event], str] = {kind: name for name, kind in TYPES.items()}
"""Record -> stable event name."""

_DECODERS = {name: msgspec.json.Decoder(kind) for name, kind in TYPES.items()}


def decode(name: str, data: bytes | str) -> Event:
    """Read an event's record from its stored `data`; raises msgspec.ValidationError when it does not fit."""
    event: Event = _DECODERS[name].decode(data)
    return event
