"""The parts a show is made of: what is sold, where it lies, who sells it, and the lines commands carry.

Plain frozen records, part of commands and of the events they cause; a part is never a command itself. Unknown fields
are refused when they are read. Times are microseconds since 1970 UTC, money minor units, ids strings.
"""

from typing import Annotated

import msgspec

Micros = Annotated[int, msgspec.Meta(ge=0, le=250_000_000_000_000_000)]
"""Microseconds since 1970-01-01T00:00:00Z, up to the year 9892: what a date can still be written for."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Said = dict[str, str | int | tuple[str, ...] | None]
"""The fact behind what is said: SKU, region, the numbers the words hold, seq and until when it is to be trusted."""
Units = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**15)]


TIERS = ("evergreen", "campaign", "test")
"""What a SKU may be: sold for ever, for a campaign, or tried out."""


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a larger record; part of a command, never a command itself."""


class Sku(Part, frozen=True):
    """One sellable item; `tier` is evergreen, campaign or test.

    A price is never set below `floor_minor` or above `ceiling_minor` by a rule (0: no such bound).
    """

    sku: Name
    title: str = ""
    tier: str = "campaign"
    price_minor: Minor = 0
    cost_minor: Minor = 0
    currency: str = "USD"
    category: str = ""
    floor_minor: Minor = 0
    ceiling_minor: Minor = 0


class Location(Part, frozen=True):
    """A building that holds goods; `kind` is central, forward, bonded, border or origin."""

    location: Name
    name: str = ""
    kind: str = "central"
    latitude: float = 0.0
    longitude: float = 0.0
    country: str = ""
    time_zone: str = "UTC"
    handling_per_day: int | None = None


class Region(Part, frozen=True):
    """A sales region: destination countries (ISO 3166-1 alpha-2 where known) and the clock it lives by."""

    region: Name
    name: str = ""
    countries: tuple[str, ...] = ()
    time_zone: str = "UTC"


class Lane(Part, frozen=True):
    """A location that serves a region: landed cost per unit in minor units, days promised to the buyer."""

    location: Name
    region: Name
    landed_cost_minor: Minor = 0
    days: float = 3.0


class Route(Part, frozen=True):
    """How goods may go from one location to another: mode, hours on the way, what a unit costs in minor units."""

    from_location: Name
    to_location: Name
    mode: str = "air"
    hours: float = 24.0
    cost_minor: Minor = 0


class Channel(Part, frozen=True):
    """One storefront on one platform in exactly one region; `language` is that of its stream.

    A stream whose orders come through a shop names that channel as `behind`: it sells what is listed there. Of each
    sale the platform keeps `fee_per_mille` thousandths.
    """

    channel: Name
    platform: str
    region: Name
    language: str = "en"
    name: str = ""
    behind: str = ""
    fee_per_mille: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0


class Segment(Part, frozen=True):
    """A slot of the rundown: from and to, in seconds after the start, one SKU is on screen."""

    start_seconds: int
    end_seconds: int
    sku: Name
    title: str = ""


class PlanLine(Part, frozen=True):
    """Units expected to sell of a SKU in a region, or on one channel of it, over the whole show."""

    sku: Name
    region: Name
    units: int
    channel: str = ""


class OrderLine(Part, frozen=True):
    """One line of an order; `price_minor` is the price of one unit (None: the show's price at that moment)."""

    sku: Name
    quantity: Units
    price_minor: Minor | None = None


class Tuning(Part, frozen=True):
    """What earlier shows taught the forecast: `name` of the lesson, and how many closed `shows` it was learned from.

    `trust` is the share of the time the rundown is followed. By tier: `states`, the multiplier of each state a SKU can
    be in on screen, and `spread`, the variance of the true over the planned rate. `levels` are, by "tier/horizon", the
    probabilities to show as P10 and P90. `history` holds numbers that whoever learned them reads again.
    """

    name: Name
    shows: int = 0
    trust: float = 0.8
    states: dict[str, tuple[float, ...]] = {}
    spread: dict[str, float] = {}
    levels: dict[str, tuple[float, float]] = {}
    history: dict[str, float] = {}


class UnitWorth(Part, frozen=True):
    """What the next unit of a SKU is worth in a region, minor units."""

    sku: Name
    region: Name
    minor: int


class Advice(Part, frozen=True):
    """Units of a SKU that would earn `worth_minor` more in another pool."""

    sku: Name
    from_pool: Name
    to_pool: Name
    quantity: int
    worth_minor: int = 0


class UnitLine(Part, frozen=True):
    """A SKU and a number of units, for shipments, cancellations and returns."""

    sku: Name
    quantity: Units
