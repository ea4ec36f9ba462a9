"""The tables of a scenario file: regions, storefronts, slots, spikes, freight, batches, guests, how people behave."""

from typing import Annotated

import msgspec

from dashboard.channels.adapter import PushKind

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Factor = Annotated[float, msgspec.Meta(ge=0, le=1000)]
Audience = Annotated[float, msgspec.Meta(ge=0, le=1_000_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Crowd = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class Piece(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file; keys it does not know are refused."""


class Territory(Piece, frozen=True):
    """A sales region: destination countries with their weight in orders, and what sells there without help (`mix`)."""

    region: str
    countries: dict[str, Factor]
    mix: dict[str, Factor]
    name: str = ""
    time_zone: str = "UTC"


class Storefront(Piece, frozen=True):
    """A channel and its audience: `viewers` are points [minute, people], `orders_per_mille` per 1,000 of them a minute.

    `conversion` is what the audience does against that plan (1.35: a third more). `watched` channels report viewers;
    others are shops that people of the streams walk to. `crowd` is an exact number of shoppers instead, spread over the
    show as its viewers are and moved by nothing else. `push` is how the platform lets stock be written, if not in its
    usual way. Of 1,000 viewers `interactions_per_mille` comment or like in a minute.
    """

    channel: str
    platform: str
    region: str
    viewers: tuple[tuple[float, Audience], ...]
    orders_per_mille: Factor = 0.0
    crowd: Crowd = 0
    name: str = ""
    language: str = "en"
    conversion: Factor = 1.0
    watched: bool = True
    plan_units: Count = 0
    push: PushKind | None = None
    fee_per_mille: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    interactions_per_mille: Factor = 40.0


class Slot(Piece, frozen=True):
    """A slot of the rundown, from one minute to another."""

    start: float
    end: float
    sku: str
    title: str = ""


class Spike(Piece, frozen=True):
    """Something that multiplies demand for a while: who is meant (empty: everybody), when, by how much, and why.

    `interaction` is by how much it multiplies comments and likes.
    """

    start: float
    end: float
    factor: Factor
    cause: str
    region: str = ""
    channel: str = ""
    sku: str = ""
    interaction: Factor = 1.0


class Freight(Piece, frozen=True):
    """Goods on their way when the show starts: `departed` and `eta` in minutes after the start (before: negative)."""

    shipment: str
    from_location: str
    to_location: str
    departed: float
    eta: float
    units: dict[str, Count]
    mode: str = "air"


class Batch(Piece, frozen=True):
    """Goods that come in from production during the show, into the flexible pool."""

    minute: float
    location: str
    units: dict[str, Count]


class Visitor(Piece, frozen=True):
    """A guest who comes by surprise: somebody announces it at a minute; who comes for it is told by a spike."""

    guest: str
    sku: str
    channels: tuple[str, ...]
    announced: float
    start: float
    end: float


class Customs(Piece, frozen=True):
    """Goods on the way are held in part: `share` of each shipment arrives `minutes` later than the rest."""

    share: Share
    minutes: Annotated[float, msgspec.Meta(ge=0, le=14_400)]


class Purchasing(Piece, frozen=True):
    """What purchasing does with a notice: goods come to `location` so many hours later, half the time if urgent."""

    location: str
    hours: Annotated[float, msgspec.Meta(gt=0, le=10_000)]


class Shoppers(Piece, frozen=True):
    """How people order: basket sizes with weights, and what moves them.

    Orders of a SKU are multiplied by `screen_lift` while it is on screen, `push_lift` under a host push, `coupon_lift`
    per ten percent of a coupon, and by (list price / price) to the power of `elasticity`. Of those who find a SKU sold
    out, `switch_share` take another; `cancel_share` of orders are cancelled. Of those who find a bundle of what
    they came for, `bundle_share` take all of it.
    """

    baskets: dict[str, Factor]
    screen_lift: Factor = 1.0
    push_lift: Annotated[float, msgspec.Meta(ge=1, le=100)] = 1.0
    coupon_lift: Annotated[float, msgspec.Meta(ge=1, le=100)] = 1.0
    elasticity: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.0
    switch_share: Share = 0.0
    cancel_share: Share = 0.0
    cancel_minutes: float = 10.0
    bundle_share: Share = 0.0


class Broadcaster(Piece, frozen=True):
    """The naive seller beside ours: every `sync_seconds` it sets each platform to what it has less `buffer` units."""

    sync_seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)]
    buffer: Count = 0
