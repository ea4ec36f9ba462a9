"""Counts: how many units are asked for, as a Gamma-Poisson (negative binomial) law in lots.

A rate per exposure is Gamma(shape, rate) distributed; orders over an exposure are Poisson given it, so the orders
are negative binomial; units are orders times a typical lot (`lot` = E[q^2] / E[q]), so that wholesale is as uncertain
as it is. Times to a sell-out come in closed form over the regularised incomplete beta function; units asked for over an
exposure over the Gamma law of the same mean and variance. All vectorised, no sampling.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv, gammainc, gammaincinv

if TYPE_CHECKING:
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
else:  # what a record is read back as must be a class
    Floats = Ints = np.ndarray

Number = float | Floats
TINY = 1e-12


def exposure_at(stock: Floats, shape: Floats, rate: Floats, lot: Floats, level: Number) -> Floats:
    """The exposure by which the stock is asked for with a probability (`level`); 0 where there is no stock."""
    share = betaincinv(np.maximum(stock / lot, TINY), np.maximum(shape, TINY), level)
    found: Floats = np.where(stock <= 0, 0.0, rate * share / np.maximum(1 - share, TINY))
    return found


def chance_by(stock: Floats, shape: Floats, rate: Floats, lot: Floats, exposure: Number) -> Floats:
    """The probability that at least the stock is asked for within an exposure."""
    share = exposure / np.maximum(rate + exposure, TINY)
    asked = betainc(np.maximum(stock / lot, TINY), np.maximum(shape, TINY), share)
    found: Floats = np.where(stock <= 0, 1.0, asked)
    return found


def wanted_at(mean: Floats, shape: Floats, lot: Floats, level: Number) -> Floats:
    """Units asked for with a probability of at most `level`, given their mean."""
    size, scale = _gamma(mean, shape, lot)
    found: Floats = np.where(mean <= 0, 0.0, gammaincinv(size, level) * scale)
    return found


def leftover(stock: Floats, mean: Floats, shape: Floats, lot: Floats) -> Floats:
    """Units of the stock that nobody will have asked for, expected; `mean - stock + leftover` will be missing."""
    size, scale = _gamma(mean, shape, lot)
    reached = stock / scale
    kept = stock * gammainc(size, reached) - mean * gammainc(size + 1, reached)
    found: Floats = np.where(mean <= 0, stock, np.clip(kept, 0.0, stock))
    return found


def _gamma(mean: Floats, shape: Floats, lot: Floats) -> tuple[Any, Any]:
    """Shape and scale of the Gamma law with the mean and variance of the units."""
    known = np.maximum(mean, TINY)
    variance = known * lot + known**2 / np.maximum(shape, TINY)
    return known**2 / variance, variance / known
