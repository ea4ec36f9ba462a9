"""What is for sale in a simulated show: tiers, prices, lots, the plan and how wrong it is, and the stock.

Few evergreens carry most units; test items are expected to sell one or two in a node. The true level of an SKU is the
plan times a lognormal error that grows from tier to tier, and that regions share for the larger part.
"""

from dataclasses import dataclass

import numpy as np

from tests.simulated.show import Floats, Ints, Size, Variant, apportioned
from tests.simulated.streams import Streams

TIER_SHARES = (0.25, 0.35, 0.4)
PLAN_MEDIAN = np.array([1000.0, 280.0, 42.0])
PLAN_SPREAD = np.array([0.5, 0.6, 0.5])
ERROR = np.array([0.2, 0.4, 0.7])
REGION_ERROR = np.array([0.08, 0.15, 0.25])
LUMPY_SHARE = 0.15
LOTS = np.array([1, 2, 3, 5])
LOT_CHANCES = np.array([0.86, 0.11, 0.02, 0.01])
WHOLESALE_TAIL, WHOLESALE_MOST = 1.3, 40


@dataclass(frozen=True)
class Goods:
    """The SKUs of a show; `level` is the units that an ordinary crowd would really want over the planned rundown."""

    tier: Ints
    price: Ints
    cost: Ints
    lumpy: Ints  # [sku] 1: bought by the dozen too
    elasticity: Floats
    plan: Floats
    level: Floats
    firm: Ints
    flexible: Ints


def goods(streams: Streams, size: Size, variant: Variant) -> Goods:
    """Draw the SKUs, their plan and their stock."""
    chance = streams.named("goods")
    tier = _tiers(chance, size.skus)
    price = np.round(np.exp(chance.normal(7.6, 0.6, size.skus)) / 10).astype(np.int64) * 10 + 99
    cost = np.round(price * chance.uniform(0.35, 0.65, size.skus)).astype(np.int64)
    lumpy = (chance.random(size.skus) < LUMPY_SHARE).astype(np.int64)
    honest = np.exp(chance.normal(np.log(PLAN_MEDIAN[tier]), PLAN_SPREAD[tier]))
    shares = chance.dirichlet(np.full(size.regions, 9.0), size.skus)
    split = chance.dirichlet(np.full(size.channels, 5.0), size.regions) * np.exp(
        chance.normal(0, 0.15, (size.skus, size.regions, size.channels))
    )
    split /= split.sum(axis=2, keepdims=True)
    expected = honest[:, None, None] * shares[:, :, None] * split
    error = _error(chance, ERROR[tier])[:, None] * _error(
        chance, np.repeat(REGION_ERROR[tier][:, None], size.regions, 1)
    )
    plan = expected * variant.believed
    firm, flexible = _stock(streams, plan, variant.supply)
    elasticity = chance.uniform(1.2, 2.8, size.skus)
    return Goods(tier, price, cost, lumpy, elasticity, plan, expected * error[:, :, None], firm, flexible)


def lots(chance: np.random.Generator, lumpy: Ints) -> Ints:
    """Units of each order, given whether its SKU is bought by the dozen."""
    small = LOTS[np.searchsorted(np.cumsum(LOT_CHANCES), chance.random(len(lumpy)), side="right")]
    heavy = np.minimum(1 + np.floor(chance.pareto(WHOLESALE_TAIL, len(lumpy))), WHOLESALE_MOST).astype(np.int64)
    found: Ints = np.where(lumpy == 1, heavy, small)
    return found


def mean_lot() -> Floats:
    """Units in the mean order of an ordinary and of a lumpy SKU, exactly."""
    reached = np.arange(1, WHOLESALE_MOST + 1, dtype=float) ** -WHOLESALE_TAIL
    return np.array([float(LOTS @ LOT_CHANCES), float(reached.sum())])


def _tiers(chance: np.random.Generator, skus: int) -> Ints:
    bounds = np.floor(np.cumsum(TIER_SHARES) * skus + 0.5)
    return chance.permutation(np.searchsorted(bounds, np.arange(skus), side="right").astype(np.int64))


def _error(chance: np.random.Generator, deviation: Floats) -> Floats:
    found: Floats = np.exp(chance.normal(0, 1, deviation.shape) * deviation - deviation**2 / 2)
    return found


def _stock(streams: Streams, plan: Floats, supply: float) -> tuple[Ints, Ints]:
    chance = streams.named("stock")
    skus = len(plan)
    total = np.maximum(1, np.round(plan.sum(axis=(1, 2)) * chance.uniform(0.55, 0.92, skus) * supply)).astype(np.int64)
    flexible = np.floor(total * chance.uniform(0.2, 0.4, skus)).astype(np.int64)
    return apportioned(total - flexible, plan), flexible
