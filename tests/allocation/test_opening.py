"""The opening split: whole units, none lost, more to where more is wanted or earned, floors kept."""

import numpy as np
from hypothesis import given, settings, strategies as st

from dashboard.allocation.opening import opening_split, sells_out
from dashboard.allocation.segments import Law


def law_of(mean: list[float], shape: float = 10.0) -> Law:
    """The same shape and lot everywhere."""
    return Law(np.array(mean), np.full(len(mean), shape), np.full(len(mean), 1.27))


def test_a_split_follows_demand_and_keeps_a_fifth_flexible() -> None:
    parts, flexible = opening_split(np.array([1000]), law_of([500.0, 300.0, 200.0]), np.full(3, 100.0))
    assert flexible.tolist() == [200]
    assert abs(parts[0] / 800 - np.array([0.5, 0.3, 0.2])).max() < 0.03


def test_scarce_units_go_where_they_earn_most() -> None:
    parts, _ = opening_split(np.array([100]), law_of([200.0, 200.0]), np.array([100.0, 60.0]), flexible_share=0.0)
    assert parts[0, 0] > 90


def test_units_that_nobody_will_want_stay_flexible() -> None:
    parts, flexible = opening_split(np.array([1000]), law_of([20.0, 10.0]), np.full(2, 100.0))
    assert flexible[0] > 850
    assert parts.sum() + flexible[0] == 1000
    assert sells_out(law_of([20.0, 10.0]), parts).max() < 0.05


def test_a_region_starts_with_its_floor() -> None:
    parts, flexible = opening_split(np.array([50]), law_of([100.0, 0.0]), np.full(2, 100.0), floor=np.array([[0, 8]]))
    assert parts[0, 1] == 8
    assert parts.sum() + flexible[0] == 50
    parts, flexible = opening_split(np.array([5]), law_of([9.0, 9.0]), np.full(2, 1.0), floor=np.array([[4, 8]]))
    assert parts.tolist() == [[4, 1]]
    assert flexible.tolist() == [0]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 500), st.floats(0, 300), st.floats(0, 300)), min_size=1, max_size=5),
    st.floats(0, 1),
)
def test_no_unit_is_lost_or_made(rows: list[tuple[int, float, float]], share: float) -> None:
    units = np.array([row[0] for row in rows])
    law = law_of([mean for row in rows for mean in row[1:]])
    parts, flexible = opening_split(units, law, np.full(len(law.mean), 50.0), share)
    assert (parts.sum(axis=1) + flexible == units).all()
    assert parts.min() >= 0
    assert (flexible >= np.floor(share * units)).all()
