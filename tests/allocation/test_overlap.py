"""The gate of shared listings: its chance is that of a simulated delay, it shuts in time, and a split loses no unit."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from dashboard.allocation.overlap import RISK_MAX, fair_parts, overlap_units, risk

some_rates = st.lists(st.floats(0, 20, allow_nan=False), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("units", "rates", "seconds", "lot", "shape"),
    [(2, (1.0, 0.5, 0.5), 1.0, 1.0, 5.0), (30, (8.0, 6.0, 2.0), 1.5, 1.0, 20.0), (12, (1.0, 1.0), 2.0, 9.0, 4.0)],
)
def test_the_risk_is_the_share_of_simulated_delays_in_which_two_channels_sell_more_than_there_is(
    units: int, rates: tuple[float, ...], seconds: float, lot: float, shape: float
) -> None:
    chance = np.random.default_rng(7)
    runs, mean_units = 100_000, (lot + 1) / 2
    speed = chance.gamma(shape, 1 / shape, runs)
    orders = chance.poisson(speed[:, None] * np.array(rates) * seconds / mean_units)
    claims = np.where(orders > 0, orders + chance.negative_binomial(np.maximum(orders, 1), 1 / mean_units), 0)
    if lot == 1:
        claims = orders
    sold_twice = (claims.sum(axis=1) > units) & ((claims > 0).sum(axis=1) > 1)
    assert risk(units, rates, seconds, lot, shape) == pytest.approx(sold_twice.mean(), abs=0.004)


def test_a_full_pool_overlaps_whole_and_a_nearly_empty_one_not_at_all() -> None:
    assert overlap_units(400, [0.5, 0.2, 0.1], 1.0).tolist() == [400, 400, 400]
    assert overlap_units(1, [0.5, 0.2, 0.1], 1.0).tolist() == [0, 0, 0]
    assert overlap_units(0, [0.5, 0.2], 1.0).tolist() == [0, 0]


def test_one_channel_alone_never_sells_a_unit_twice() -> None:
    assert overlap_units(1, [50.0], 60.0).tolist() == [1]
    assert risk(3, [5.0, 0.0, 0.0], 10.0) == pytest.approx(0.0, abs=1e-12)


def test_a_slower_sync_shuts_the_gate_earlier() -> None:
    opens = [
        next(units for units in range(1, 4000) if overlap_units(units, [1.0, 0.5], seconds)[0])
        for seconds in (0.2, 1.0, 10.0, 60.0)
    ]
    assert opens == sorted(opens)
    assert opens[0] < opens[-1]


def test_no_delay_and_no_demand_are_no_risk_and_endless_demand_is_a_certain_one() -> None:
    assert risk(1, [5.0, 5.0], 0.0) == 0
    assert risk(1, [0.0, 0.0], 5.0) == 0
    assert risk(10, [1e6, 1e6], 60.0) == 1
    assert overlap_units(5, [], 1.0).size == 0
    assert overlap_units(5, [float("nan"), 0.1], 1.0).tolist() == [5, 5]


@given(some_rates, st.integers(0, 300), st.floats(0, 90), st.floats(1, 12), st.floats(0.2, 50))
def test_the_risk_falls_with_the_units_and_opens_the_gate(
    rates: list[float], units: int, seconds: float, lot: float, shape: float
) -> None:
    now = risk(units, rates, seconds, lot, shape)
    assert 0 <= risk(units + 1, rates, seconds, lot, shape) <= now + 1e-12 <= 1 + 1e-12
    allowed = overlap_units(units, rates, seconds, lot, shape)
    assert set(allowed.tolist()) == ({units} if now < RISK_MAX else {0})


@given(some_rates, st.integers(0, 500), st.floats(1, 12))
def test_a_split_hands_out_every_unit_once_and_most_to_the_fastest(rates: list[float], units: int, lot: float) -> None:
    parts = fair_parts(units, rates, lot)
    assert parts.sum() == units
    assert parts.min() >= 0
    order = np.argsort(-np.array(rates), kind="stable")
    assert parts[order[0]] == parts.max()


def test_single_units_are_spread_and_big_orders_find_one_channel_that_holds_enough() -> None:
    assert fair_parts(4, [1.0] * 8).tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
    assert fair_parts(30, [1.0] * 8, lot=19.0).tolist()[2:] == [0] * 6
    assert (fair_parts(3000, [1.0] * 8, lot=19.0) == 375).all()
