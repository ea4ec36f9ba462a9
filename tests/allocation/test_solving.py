"""Answers come in time: by the program, else in proportion, else by the seller's rule, each saying why; and shocks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dashboard.allocation.program import Numbers, Program, Solution, Unsolved
from dashboard.allocation.segments import Law
from dashboard.allocation.solving import SELLER_UNITS, Seen, answer, shock
from tests.allocation.programs import full_layout, some_numbers

LAYOUT = full_layout(3, 3, 2)
SOLD = np.array([[0.9, 0.2, 0.86], [0.1, 0.1, 0.1], [0.99, 0.9, 0.95]])


class Broken(Program):
    """A program whose solver gives up."""

    def solve(self, numbers: Numbers, seconds: float = 1.0) -> Solution:
        """Give up."""
        raise Unsolved("The solver stopped: time limit reached.")


def test_what_solves_is_the_program_and_needs_no_excuse() -> None:
    found = answer(Program(LAYOUT), some_numbers(LAYOUT, 1), SOLD)
    assert (found.method, found.why) == ("lp", "")
    assert found.bid.shape == (3,)
    assert found.worth.shape == found.hand.shape == (3, 3)


def test_a_solver_that_gives_up_is_replaced_by_shares_of_what_will_lack() -> None:
    numbers = some_numbers(LAYOUT, 1)
    numbers = replace(numbers, flexible=np.array([9.0, 900.0, 0.0]), stock=0 * numbers.stock, pool=0 * numbers.pool)
    found = answer(Broken(LAYOUT), numbers, SOLD)
    assert found.method == "proportional"
    assert "time limit" in found.why
    wanted = numbers.law.mean.reshape(3, 3, 2).sum(axis=2)
    assert found.hand[0].sum() == 9
    assert found.hand[1].tolist() == pytest.approx(wanted[1], abs=1)
    assert not found.hand[2].any()
    assert not found.bid.any()
    assert not found.moves.any()


def test_a_time_limit_of_nothing_degrades_and_the_next_solve_is_the_program_again() -> None:
    layout = full_layout(40, 4, 5)
    program, numbers = Program(layout), some_numbers(layout, 4)
    sold = np.zeros((40, 4))
    assert answer(program, numbers, sold, seconds=0.0).method == "proportional"
    assert answer(program, numbers, sold, seconds=10.0).method == "lp"


@pytest.mark.parametrize("missing", [np.nan, 0.0])
def test_without_a_forecast_the_sellers_rule_hands_out_two_hundred(missing: float) -> None:
    numbers = some_numbers(LAYOUT, 1)
    nodes = LAYOUT.nodes
    law = Law(np.full(nodes, missing), np.ones(nodes), np.ones(nodes))
    numbers = replace(numbers, law=law, flexible=np.array([350.0, 500.0, 30.0]))
    found = answer(Program(LAYOUT), numbers, SOLD)
    assert found.method == "seller"
    assert "forecast" in found.why
    assert found.hand.tolist() == [[SELLER_UNITS, 0, 150], [0, 0, 0], [30, 0, 0]]


def test_an_array_that_does_not_fit_is_a_broken_caller_and_not_a_reason_to_degrade() -> None:
    numbers = some_numbers(LAYOUT, 1)
    with pytest.raises(ValueError, match="stock has the shape"):
        answer(Program(LAYOUT), replace(numbers, stock=np.zeros(2)), SOLD)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_whole_units_are_handed_out_and_never_more_than_there_are(seed: int, broken: bool) -> None:
    program = Broken(LAYOUT) if broken else Program(LAYOUT)
    numbers = some_numbers(LAYOUT, seed)
    found = answer(program, numbers, SOLD)
    assert found.hand.dtype == np.int64
    assert found.hand.min() >= 0
    assert (found.hand.sum(axis=1) <= numbers.flexible).all()
    assert (found.bid >= 0).all()
    assert (found.worth >= 0).all()


CALM = Seen(0.0, np.array([100.0]), np.array([[50.0, 30.0]]), np.array([[60.0, 20.0]]))


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (CALM._replace(at=30.0), ""),
        (CALM._replace(at=30.0, left=np.array([[45.0, 29.0]])), ""),
        (CALM._replace(at=60.0), "a minute has passed"),
        (CALM._replace(flexible=np.array([70.0])), "the flexible pool drains"),
        (CALM._replace(left=np.array([[50.0, 80.0]])), "stock came in"),
        (CALM._replace(wanted=np.array([[120.0, 20.0]])), "demand leapt"),
        (CALM._replace(left=np.array([[50.0, 0.0]])), "a region ran out"),
        (CALM._replace(left=np.zeros((2, 2))), "other SKUs or regions"),
    ],
)
def test_a_shock_makes_an_answer_old_before_its_minute(now: Seen, why: str) -> None:
    assert shock(CALM, now) == why
