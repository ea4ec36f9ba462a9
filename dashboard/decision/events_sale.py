"""Events about selling: orders, what channels may list, and the terms buyers get."""

from dashboard.decision.event import Event, SoldLine
from dashboard.decision.world import Micros, UnitLine


class OrderAnnounced(Event, frozen=True):
    """A platform said that an order exists; its lines are pending."""

    channel: str
    order: str


class OrderPlaced(Event, frozen=True):
    """A buyer's order was accepted; `presold` units will be served by goods on the way.

    What it was sold amid is told for those who learn from it: the SKU on screen, whether the host was pushing it
    (`pushed`), and the `viewers` of the channel (None: nobody knew). `sold` if the platform had taken it before.
    """

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
    viewers: int | None = None
    pushed: bool = False
    sold: bool = False


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
    """Units were handed to a channel to list, out of a temporary pool if one is named."""

    channel: str
    sku: str
    quantity: int
    from_pool: str = ""


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


class BundleSet(Event, frozen=True):
    """A bundle was offered, or ended (`percent` 0)."""

    bundle: str
    region: str
    skus: tuple[str, ...]
    percent: int
    expires: Micros | None = None


class SplitSet(Event, frozen=True):
    """What a channel is expected to sell is weighed by so many percent."""

    channel: str
    sku: str
    percent: int


class ListingModeSet(Event, frozen=True):
    """Channels list a SKU as proof or shared."""

    sku: str
    mode: str


class ErrandReported(Event, frozen=True):
    """What became of new terms on a channel was told."""

    term: int
    channel: str
    outcome: str
    note: str = ""
