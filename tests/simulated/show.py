"""`SimulatedShow`: one live show as arrays - what was planned, what the room could see, and what really drove demand.

Axes are always [sku, region, channel, bin]; a channel counts within its region (0, 1, ..), so the channel of a region
is named `names[region][channel]`. A bin lasts `bin_seconds`; orders carry microseconds since the start of the show.
Orders are *latent*: what shoppers would buy were nothing ever sold out; who plays the show serves them from its stock.
What a forecaster may read: tiers, prices, plan, rundown, planned viewers, stock, and - up to the present bin - orders
of open nodes, viewers, on-screen SKU, pushes and price factors. `rate` is hidden: only the true-rate row may read it.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TIERS = ("evergreen", "campaign", "test")


@dataclass(frozen=True)
class Variant:
    """What is unlike an ordinary show: a regime.

    `obeys` is the share of slots in which the host shows what the rundown says; `supply` scales every stock; `believed`
    scales the plan (0.6: published 40 % too low, and stocked accordingly).
    """

    obeys: float = 1.0
    spikes: bool = False
    crash: bool = False
    bursts: bool = False
    believed: float = 1.0
    supply: float = 1.0


VARIANTS = {
    "base": Variant(),
    "half": Variant(obeys=0.5),
    "whim": Variant(obeys=0.0),
    "spikes": Variant(spikes=True),
    "crash": Variant(crash=True),
    "low": Variant(believed=0.6),
    "bursts": Variant(bursts=True),
    "scarce": Variant(supply=0.6),
    "ample": Variant(supply=1.5),
}


@dataclass(frozen=True)
class Size:
    """How large a show is."""

    skus: int = 20
    regions: int = 3
    channels: int = 4
    minutes: int = 120
    bin_seconds: int = 10

    @property
    def bins(self) -> int:
        """Bins in the show."""
        return self.minutes * 60 // self.bin_seconds

    @property
    def bin_minutes(self) -> float:
        """Minutes in a bin."""
        return self.bin_seconds / 60

    def middles(self) -> Floats:
        """The middle of each bin, seconds from the start."""
        found: Floats = (np.arange(self.bins, dtype=np.float64) + 0.5) * self.bin_seconds
        return found


@dataclass(frozen=True)
class Slots:
    """Stretches in which an SKU is presented, in order: seconds from the start."""

    start: Floats
    end: Floats
    sku: Ints


@dataclass(frozen=True)
class SimulatedShow:
    """One show; see the module's text for axes and for what is hidden. Money in minor units."""

    seed: int
    variant: Variant
    size: Size
    tier: Ints  # [sku], index into TIERS
    price: Ints  # [sku]
    cost: Ints  # [sku]
    plan: Floats  # [sku, region, channel] units expected over the show if the rundown is followed
    rundown: Slots  # as planned
    on_screen: Ints  # [bin], -1: nothing
    pushed: Flags  # [bin], the host pushes what is on screen
    viewers: Floats  # [region, channel, bin]
    viewers_planned: Floats  # [region, channel], mean over the show
    price_factor: Floats  # [sku, bin]
    rate: Floats  # [sku, region, channel, bin] hidden: expected units per minute
    order_at: Ints  # [order], ascending
    order_sku: Ints
    order_region: Ints
    order_channel: Ints
    order_units: Ints
    firm: Ints  # [sku, region, channel] stock of the channel itself
    flexible: Ints  # [sku] stock that any region may draw

    @property
    def names(self) -> list[list[str]]:
        """The name of every channel, by region."""
        return [[f"r{one}-c{other}" for other in range(self.size.channels)] for one in range(self.size.regions)]

    @property
    def order_bin(self) -> Ints:
        """The bin of each order."""
        found: Ints = self.order_at // (self.size.bin_seconds * 1_000_000)
        return found

    def pools(self) -> Ints:
        """Stock by [sku, region]: firm, and the flexible units by planned share."""
        planned = self.plan.sum(axis=2)
        found: Ints = self.firm.sum(axis=2) + apportioned(self.flexible, planned)
        return found

    def units(self) -> Ints:
        """Units wanted by [sku, region, bin]."""
        shape = (self.size.skus, self.size.regions, self.size.bins)
        flat = np.ravel_multi_index((self.order_sku, self.order_region, self.order_bin), shape)
        counted = np.bincount(flat, self.order_units, int(np.prod(shape)))
        found: Ints = counted.astype(np.int64).reshape(shape)
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by name, those of the rundown too."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        named = {f"rundown_{one.name}": getattr(self.rundown, one.name) for one in fields(self.rundown)}
        return {name: value for name, value in (found | named).items() if isinstance(value, np.ndarray)}


def apportioned(units: Ints, weights: Floats) -> Ints:
    """Split whole units [n] over the cells of each row of weights [n, ...] by largest remainder; no unit is lost."""
    flat = weights.reshape(len(weights), -1)
    exact = units[:, None] * flat / flat.sum(axis=1, keepdims=True)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - whole), axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(flat.shape[1])[None, :], axis=1)
    whole += ranks < (units - whole.sum(axis=1))[:, None]
    found: Ints = whole.reshape(weights.shape)
    return found
