"""Counts: how many units are asked for, as a Gamma-Poisson (negative binomial) law in lots.

A rate per exposure is Gamma(shape, rate) distributed; orders over an exposure are Poisson given it, so the orders
are negative binomial; units are orders times a typical lot (`lot` = E[q^2] / E[q]), so that wholesale is as uncertain
as it is. Everything is in closed form over the regularised incomplete beta function (`scipy.special`), vectorised.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

Floats = NDArray[np.float64]
SHAPE_MIN = 1e-9


def exposure_at(stock: Floats, shape: Floats, rate: Floats, lot: Floats, level: Floats | float) -> Floats:
    """The exposure by which so many units are sold with a probability (`level`); 0 where there is no stock."""
    share = betaincinv(np.maximum(stock / lot, 1e-12), np.maximum(shape, SHAPE_MIN), level)
    with np.errstate(divide="ignore"):
        found: Floats = np.where(stock <= 0, 0.0, rate * share / np.maximum(1 - share, 1e-300))
    return found


def chance_by(stock: Floats, shape: Floats, rate: Floats, lot: Floats, exposure: Floats | float) -> Floats:
    """The probability that at least the stock is asked for within an exposure."""
    share = exposure / np.maximum(rate + exposure, 1e-300)
    found: Floats = np.where(
        stock <= 0, 1.0, betainc(np.maximum(stock / lot, 1e-12), np.maximum(shape, SHAPE_MIN), share)
    )
    return found
