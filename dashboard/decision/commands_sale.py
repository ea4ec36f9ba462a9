"""Commands about selling: orders, what channels may list, and the terms buyers get."""

from typing import Annotated

import msgspec

from dashboard.decision.command import Command
from dashboard.decision.world import Count, Micros, Minor, Name, OrderLine, UnitLine, Units


class AnnounceOrder(Command, frozen=True, tag="announce_order"):
    """A platform says that an order exists; its lines are still to be fetched."""

    channel: Name
    order: Name


class PlaceOrder(Command, frozen=True, tag="place_order"):
    """A buyer ordered. All lines are served or none is; `sold` if the platform took it: no limit undoes that.

    `viewers` are those its channel had then, if the sender knows; else the room takes what it heard last.
    """

    channel: Name
    order: Name
    lines: tuple[OrderLine, ...]
    country: str = ""
    currency: str = ""
    buyer: str = ""
    sold: bool = False
    viewers: Count | None = None


class CancelOrder(Command, frozen=True, tag="cancel_order"):
    """Cancel an order, or only `lines` of it; unshipped units return to where their claims came from.

    `restocked` tells what the platform did: True puts the units back on the channel's exposure (it lists them again by
    itself), False into the region's pool (it does not).
    """

    order: Name
    channel: Name
    lines: tuple[UnitLine, ...] = ()
    restocked: bool | None = None


class ShipOrder(Command, frozen=True, tag="ship_order"):
    """The order left the building, whole or only `lines` of it."""

    order: Name
    channel: Name
    lines: tuple[UnitLine, ...] = ()


class ReturnOrder(Command, frozen=True, tag="return_order"):
    """Shipped units came back to `location`; resellable ones go on sale in the region's pool."""

    order: Name
    channel: Name
    location: Name
    lines: tuple[UnitLine, ...] = ()
    resellable: bool = False


class Expose(Command, frozen=True, tag="expose"):
    """Hand units of the region's pool, or of a temporary pool it sells from, to a channel: it may list them."""

    channel: Name
    sku: Name
    quantity: Units
    from_pool: str = ""


class Recall(Command, frozen=True, tag="recall"):
    """The platform confirmed it took units off its listing: they return to the region's pool."""

    channel: Name
    sku: Name
    quantity: Units


class Withhold(Command, frozen=True, tag="withhold"):
    """Move units of the region's pool into the cover of a channel whose orders arrive late."""

    channel: Name
    sku: Name
    quantity: Units


class ReleaseCover(Command, frozen=True, tag="release_cover"):
    """The feed caught up: cover returns to the region's pool."""

    channel: Name
    sku: Name
    quantity: Units


class SetLimit(Command, frozen=True, tag="set_limit"):
    """At most `units_per_order` of a SKU per order in a region; None lifts the limit."""

    sku: Name
    region: Name
    units_per_order: Units | None


class SetPrice(Command, frozen=True, tag="set_price"):
    """Set the price of a SKU on one channel, or on all (`channel` empty)."""

    sku: Name
    price_minor: Minor
    channel: str = ""


class SetCoupon(Command, frozen=True, tag="set_coupon"):
    """Offer a coupon on a SKU in a region until `expires`; `percent` 0 withdraws it."""

    sku: Name
    region: Name
    code: Name
    percent: Annotated[int, msgspec.Meta(ge=0, le=90)]
    expires: Micros | None = None


class SetOnScreen(Command, frozen=True, tag="set_on_screen"):
    """This SKU is on screen now (empty: none)."""

    sku: str
    push: bool = False


class SetBundle(Command, frozen=True, tag="set_bundle"):
    """Sell SKUs of a region together for `percent` less until `expires`; `percent` 0 ends it."""

    bundle: Name
    region: Name
    skus: Annotated[tuple[Name, ...], msgspec.Meta(min_length=2, max_length=5)]
    percent: Annotated[int, msgspec.Meta(ge=0, le=90)]
    expires: Micros | None = None


class SetSplit(Command, frozen=True, tag="set_split"):
    """Weigh what a channel is expected to sell by `percent` when its region's units are split; 100 is as it sells."""

    channel: Name
    sku: Name
    percent: Annotated[int, msgspec.Meta(ge=0, le=1000)]


class SetListingMode(Command, frozen=True, tag="set_listing_mode"):
    """Let channels list a SKU as proof (their listings never exceed the units) or shared (they may overlap)."""

    sku: Name
    mode: str


class ReportErrand(Command, frozen=True, tag="report_errand"):
    """Say what became of new terms on a channel: pushed to the platform, by_hand, done by hand, or failed.

    `term` is the seq of the event that set them; `channel` is `purchasing` for a replenishment.
    """

    term: Annotated[int, msgspec.Meta(ge=1)]
    channel: Name
    outcome: str
    note: str = ""
