"""What happened: one small frozen record per event, named in the past tense.

An event carries the moves it makes in the two books, so the journal's hash chain covers them and anybody can
check the `moves` table against it. Names are short and stable; a field may be added with a default, never
renamed or removed: old journals are read for ever. Times are microseconds since 1970 UTC, money minor units.
"""

import msgspec

from dashboard.decision.event import (
    Event as Event,
    Move as Move,
    SoldLine as SoldLine,
)
from dashboard.decision.events_guide import (
    AllocationRecorded as AllocationRecorded,
    ForecastAdopted as ForecastAdopted,
)
from dashboard.decision.events_sale import (
    BundleSet as BundleSet,
    CouponSet as CouponSet,
    CoverReleased as CoverReleased,
    ErrandReported as ErrandReported,
    Exposed as Exposed,
    LimitSet as LimitSet,
    ListingModeSet as ListingModeSet,
    OnScreenSet as OnScreenSet,
    OrderAnnounced as OrderAnnounced,
    OrderCancelled as OrderCancelled,
    OrderPlaced as OrderPlaced,
    OrderReturned as OrderReturned,
    OrderShipped as OrderShipped,
    PriceSet as PriceSet,
    Recalled as Recalled,
    SplitSet as SplitSet,
    Withheld as Withheld,
)
from dashboard.decision.events_stock import (
    ClaimsIssued as ClaimsIssued,
    GoodsAdjusted as GoodsAdjusted,
    GoodsQuarantined as GoodsQuarantined,
    GoodsReceived as GoodsReceived,
    GoodsReleased as GoodsReleased,
    LoanReturned as LoanReturned,
    PoolClosed as PoolClosed,
    PoolOpened as PoolOpened,
    Reallocated as Reallocated,
    ReplenishmentRequested as ReplenishmentRequested,
    RequestEnded as RequestEnded,
    SafetySet as SafetySet,
    ShipmentArrived as ShipmentArrived,
    ShipmentStarted as ShipmentStarted,
    Undone as Undone,
    UnitsLent as UnitsLent,
    UnitsRequested as UnitsRequested,
)
from dashboard.decision.events_talk import (
    ActionApproved as ActionApproved,
    ActionDismissed as ActionDismissed,
    ActionProposed as ActionProposed,
    ActionWithdrawn as ActionWithdrawn,
    AlertAcknowledged as AlertAcknowledged,
    AlertRaised as AlertRaised,
    AlertResolved as AlertResolved,
    AutonomySet as AutonomySet,
    GuestAnnounced as GuestAnnounced,
    LevelReported as LevelReported,
    LinePublished as LinePublished,
    LineRetracted as LineRetracted,
    LineSaid as LineSaid,
    NoteAdded as NoteAdded,
    ParameterSet as ParameterSet,
    SpeechSet as SpeechSet,
)
from dashboard.decision.world import (
    Channel,
    Lane,
    Location,
    Micros,
    PlanLine,
    Region,
    Route,
    Segment,
    Sku,
)


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
    routes: tuple[Route, ...] = ()
    draws: tuple[str, ...] = ("channel", "region")
    sells_in_transit: bool = False
    origin: str = ""
    host: str = ""
    viewers_planned: int = 0


class ShowClosed(Event, frozen=True):
    """The show closed to new orders."""


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
