"""The gate of `shared` listings: whether several channels may list the same units, and the split when they may not.

    units that several would list + what each sells + how long a change takes to arrive  ->  list all of it, or a part

A unit that is sold on one channel stays listed on the others for one sync delay. It is sold twice only when orders on
two channels or more ask for more than there is within one delay: one channel's own counter never does. Orders within a
delay are negative binomial (a Gamma rate of a certain shape, Poisson given it), an order's units are geometric, with
the mean that fits the lot, so that wholesale is as risky as it is. While the chance to sell more than there is stays
below one in ten thousand, every channel may list the whole pool beyond its own units; from then on none may, and
`fair_parts` says who should hold the rest. Pure; what can fail is the delay: measure it, and pass a high quantile.
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammaln

from dashboard.forecast.counts import Floats

Units = NDArray[np.int64]
RISK_MAX = 1e-4
"""Overlap ends where the chance to sell more than there is within one delay reaches this: the 99.99 % quantile."""
RATE_FLOOR = 1e-9
ORDERS_MAX = 20_000
AMPLE_LOTS = 8.0
"""With so many lots for each channel, every channel holds its part."""


def risk(
    pool_units: int, rates_per_second: ArrayLike, sync_seconds: float, lot: float = 1.0, shape: float = 10.0
) -> float:
    """The chance that within one sync delay more than `pool_units` are sold by channels that all list them.

    `rates_per_second` are expected units per second of each channel, `lot` is E[q^2] / E[q] of an order's units,
    `shape` that of the Gamma law of the rate (large: the rate is known well). More orders than anybody can count within
    a delay are a certainty.
    """
    rates = _rates(rates_per_second)
    mean_units = (max(1.0, lot) + 1) / 2
    orders = float(rates.sum()) * max(0.0, sync_seconds) / mean_units
    if orders <= 0 or rates.size < 2:
        return 0.0
    shape = max(shape, 1e-6)
    most = math.ceil(orders + 12 * math.sqrt(orders + orders * orders / shape) + 20)
    if most > ORDERS_MAX:
        return 1.0
    count = np.arange(2, most + 1, dtype=np.float64)
    share = orders / (shape + orders)
    chance = np.exp(
        gammaln(shape + count) - gammaln(shape) - gammaln(count + 1)
        + shape * math.log1p(-share) + count * math.log(share)
    )  # fmt: skip
    beyond = float(betainc(most + 1.0, shape, share))
    parts = rates / rates.sum()
    split = 1 - (parts[:, None] ** count).sum(axis=0)
    found = float((chance * split * _more_than(pool_units, count, mean_units)).sum()) + beyond
    return min(1.0, max(0.0, found))


def overlap_units(
    pool_units: int, rates_per_second: ArrayLike, sync_seconds: float, lot: float = 1.0, shape: float = 10.0
) -> Units:
    """Units each channel may list beyond its own: the whole pool while the risk is small, else none.

    Shapes and units as in `risk`; the result has one whole number for each channel.
    """
    rates = _rates(rates_per_second)
    units = max(0, int(pool_units))
    if units and risk(units, rates, sync_seconds, lot, shape) >= RISK_MAX:
        units = 0
    return np.full(rates.size, units, dtype=np.int64)


def fair_parts(units: int, rates_per_second: ArrayLike, lot: float = 1.0) -> Units:
    """Split units that may not overlap over channels by expected claims; the parts add up to the units.

    The fewer units there are, the fewer channels hold them, the fastest (`holders`); equal ones by order.
    """
    rates = np.maximum(_rates(rates_per_second), RATE_FLOOR)
    units = max(0, int(units))
    if not rates.size:
        return np.zeros(0, dtype=np.int64)
    order = np.argsort(-rates, kind="stable")
    kept = np.zeros(rates.size)
    fastest = order[: holders(units, rates[order], lot)]
    kept[fastest] = rates[fastest]
    return whole_parts(units, kept)


def holders(units: int, falling_rates: Floats, lot: float = 1.0) -> int:
    """How many of the fastest channels should share units that may not overlap, so that most claims are served whole.

    Many channels serve many buyers, but no big order; few the other way round. Orders' units are as in `risk`.
    """
    count = falling_rates.size
    mean_units = (max(1.0, lot) + 1) / 2
    if units <= 0 or units >= AMPLE_LOTS * lot * count:
        return max(1, count) if units > 0 else 1
    sums = np.cumsum(falling_rates)
    among = np.tri(count)
    parts = np.floor(units * falling_rates[None, :] / sums[:, None] + 0.5)
    larger = (1 - 1 / mean_units) ** parts
    served = mean_units - larger * (parts + mean_units)
    return int(np.argmax((among * falling_rates[None, :] * served).sum(axis=1))) + 1


def whole_parts(units: int, weights: Floats) -> Units:
    """Whole units in proportion to weights, by largest remainder, ties by order; nothing where nothing weighs."""
    whole = float(weights.sum())
    if whole <= 0 or units <= 0:
        return np.zeros(weights.size, dtype=np.int64)
    exact = units * (weights / whole)
    parts = np.floor(exact + 1e-9).astype(np.int64)
    rest = units - int(parts.sum())
    if rest > 0:
        order = np.argsort(-np.where(weights > 0, exact - parts, -1.0), kind="stable")
        parts[order[:rest]] += 1
    return parts


def _rates(rates_per_second: ArrayLike) -> Floats:
    rates = np.asarray(rates_per_second, dtype=np.float64).reshape(-1)
    return np.where(np.isfinite(rates), np.maximum(rates, 0.0), 0.0)


def _more_than(units: int, orders: Floats, mean_units: float) -> Floats:
    """The chance that so many orders ask for more than the units: geometric sizes, at least one unit each."""
    more = orders > units
    if mean_units <= 1:
        return more.astype(np.float64)
    trials = np.maximum(units - orders + 1, 1.0)
    found: Floats = np.where(more, 1.0, betainc(trials, orders, 1 - 1 / mean_units))
    return found
