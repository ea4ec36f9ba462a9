"""Segments: the steps add up to what is wanted, fall, and follow the negative binomial law in lots."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import nbinom

from dashboard.allocation.segments import Law, reached, segments, spread_of


def law_of(mean: float, shape: float, lot: float) -> Law:
    """One node."""
    return Law(np.array([mean]), np.array([shape]), np.array([lot]))


@given(st.floats(0, 2000), st.floats(0.3, 200), st.sampled_from([1.0, 1.27, 3.0, 9.0]))
def test_chances_fall_and_widths_are_not_negative(mean: float, shape: float, lot: float) -> None:
    widths, chances = segments(law_of(mean, shape, lot))
    assert widths.shape == chances.shape == (1, 8)
    assert (widths >= 0).all()
    assert (np.diff(chances, axis=1) <= 1e-12).all()
    assert ((chances >= 0) & (chances <= 1)).all()


@pytest.mark.parametrize("mean", [0.3, 2.0, 10.0, 100.0, 1000.0])
@pytest.mark.parametrize("shape", [1.0, 5.0, 50.0])
def test_all_segments_together_hold_the_expected_demand(mean: float, shape: float) -> None:
    widths, chances = segments(law_of(mean, shape, 1.0))
    assert float((widths * chances).sum()) == pytest.approx(mean, rel=0.06, abs=0.02)


def test_the_chance_that_demand_reaches_the_next_unit_is_that_of_the_negative_binomial_law() -> None:
    law, units = law_of(12.0, 4.0, 1.0), np.arange(40.0)
    exact = nbinom.sf(units, 4.0, 4.0 / 16.0)
    assert reached(law, units[None, :] + 0.5)[0] == pytest.approx(exact)


def test_the_spread_is_that_of_samples() -> None:
    chance = np.random.default_rng(1)
    orders = chance.poisson(chance.gamma(4.0, 40 / 3 / 4.0, 200_000))
    assert 3 * orders.std() == pytest.approx(float(spread_of(law_of(40.0, 4.0, 3.0))[0]), rel=0.02)
