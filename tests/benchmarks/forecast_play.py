"""Playing a simulated show to a forecaster, strictly forward, and keeping what it said beside what came true.

    show -> Billing (what is known before) -> bin by bin Seen (what a room sees) -> every minute: Said -> Batch

Orders are served from the pool of their SKU and region until it is empty; what is asked for afterwards nobody sees. A
pool's truth is when the units asked for reach its stock. The forecaster is never given the show itself, so it cannot
look ahead; the row that knows the hidden rates says so (`knows`).
"""

import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tests.simulated.show import Flags, Floats, Ints, SimulatedShow, Size, Slots

MICROS = 60_000_000
LEVELS = np.array((0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98))


@dataclass(frozen=True)
class Billing:
    """What is known before the show."""

    size: Size
    tier: Ints  # [sku]
    plan: Floats  # [sku, region]
    pools: Ints  # [sku, region]
    rundown: Slots
    viewers_planned: Floats  # [region]


@dataclass(frozen=True)
class Seen:
    """What a room sees of one bin: orders served, and who watched what."""

    number: int
    sku: Ints
    region: Ints
    units: Ints
    sold: Floats  # [sku, region]
    open: Flags  # [sku, region] when the bin began
    viewers: Floats  # [region]
    on_screen: int
    pushed: bool
    price: Floats  # [sku]


@dataclass(frozen=True)
class Said:
    """Minutes from now until each pool [sku, region] is sold out at each of LEVELS (last axis), inf: not before the end.

    `shown` [sku, region, 2] are the levels shown as P10 and P90, of a forecaster that chooses them itself.
    """

    minutes: Floats
    chance: Floats  # [sku, region] probability to sell out before the end
    shown: Floats | None = None


class Forecaster(Protocol):
    """A row of the table."""

    name: str

    def begin(self, billing: Billing) -> None:
        """Start a show."""

    def take(self, seen: Seen) -> None:
        """Take in a bin that has ended."""

    def say(self, minute: float, left: Floats) -> Said:
        """Forecast every pool."""


@dataclass(frozen=True)
class Batch:
    """Forecasts and truths, one a row; times in minutes from when it was said."""

    show: Ints
    pool: Ints
    tier: Ints
    minute: Floats
    close: Floats
    truth: Floats  # inf: not sold out by the end
    minutes: Floats  # [row, level]
    chance: Floats
    shown: Floats  # [row, 2], NaN: whoever grades chooses the levels

    def only(self, rows: Flags) -> "Batch":
        """The rows where the flag is set."""
        return Batch(**{name: values[rows] for name, values in vars(self).items()})


def together(batches: list[Batch]) -> Batch:
    """All rows of several batches."""
    return Batch(**{name: np.concatenate([vars(one)[name] for one in batches]) for name in vars(batches[0])})


class Course:
    """How a show goes: which orders are served, and when every pool is empty."""

    def __init__(self, show: SimulatedShow) -> None:
        size = show.size
        self.show = show
        self.pools = show.pools()
        pool = show.order_sku * size.regions + show.order_region
        by_pool = np.argsort(pool, kind="stable")
        wanted = show.order_units[by_pool]
        total = np.cumsum(wanted)
        counted = np.bincount(pool, show.order_units, size.skus * size.regions)
        before = total - wanted - (np.cumsum(counted) - counted)[pool[by_pool]].astype(np.int64)
        stock = self.pools.ravel()[pool[by_pool]]
        served = np.clip(stock - before, 0, wanted)
        last = (before < stock) & (before + wanted >= stock)
        self.sold_out = np.full(size.skus * size.regions, np.inf)
        self.sold_out[pool[by_pool][last]] = show.order_at[by_pool][last] / MICROS
        self.sold_out = np.where(self.pools.ravel() <= 0, 0.0, self.sold_out)
        self.served = np.zeros_like(wanted)
        self.served[by_pool] = served
        self.edges = np.searchsorted(show.order_at, np.arange(size.bins + 1) * size.bin_seconds * 1_000_000)

    def billing(self) -> Billing:
        """What is known beforehand."""
        show = self.show
        planned = show.viewers_planned.sum(axis=1)
        return Billing(show.size, show.tier, show.plan.sum(axis=2), self.pools, show.rundown, planned)

    def seen(self, number: int, left: Floats) -> Seen:
        """One bin, given what was left when it began."""
        show = self.show
        rows = slice(self.edges[number], self.edges[number + 1])
        taken = self.served[rows] > 0
        sku, region, units = (values[rows][taken] for values in (show.order_sku, show.order_region, self.served))
        sold = np.zeros(left.shape)
        np.add.at(sold, (sku, region), units)
        return Seen(
            number, sku, region, units, sold, left > 0,
            show.viewers[:, :, number].sum(axis=1), int(show.on_screen[number]), bool(show.pushed[number]),
            show.price_factor[:, number],
        )  # fmt: skip


def play(show: SimulatedShow, forecaster: Forecaster, every_minutes: int = 1) -> tuple[Batch, list[float]]:
    """Play one show; the forecasts of every pool that has stock, and the milliseconds each round of them took."""
    course, size = Course(show), show.size
    if hasattr(forecaster, "knows"):
        forecaster.knows(show)
    forecaster.begin(course.billing())
    left = course.pools.astype(np.float64)
    tiers = np.repeat(show.tier, size.regions)
    step = every_minutes * 60 // size.bin_seconds
    found: list[Batch] = []
    costs: list[float] = []
    for number in range(size.bins):
        seen = course.seen(number, left)
        left = left - seen.sold
        forecaster.take(seen)
        if (number + 1) % step or number + 1 == size.bins:
            continue
        minute = (number + 1) * size.bin_minutes
        begun = time.perf_counter()
        said = forecaster.say(minute, left)
        costs.append((time.perf_counter() - begun) * 1000)
        rows = np.flatnonzero(left.ravel() > 0)
        count = len(rows)
        found.append(
            Batch(
                np.full(count, show.seed), rows, tiers[rows], np.full(count, minute),
                np.full(count, size.minutes - minute), course.sold_out[rows] - minute,
                said.minutes.reshape(-1, len(LEVELS))[rows].astype(np.float32), said.chance.ravel()[rows],
                np.full((count, 2), np.nan) if said.shown is None else said.shown.reshape(-1, 2)[rows],
            )
        )  # fmt: skip
    return together(found), costs
