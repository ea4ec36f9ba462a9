"""The linear program is what another solver finds, says what the next unit is worth, and refuses what does not fit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dashboard.allocation.program import PENALTY, Layout, Numbers, Program, Unsolved
from dashboard.allocation.segments import Law
from tests.allocation.programs import full_layout, oracle, some_numbers

SMALL = full_layout(2, 3, 2)


@pytest.mark.parametrize("seed", range(12))
def test_the_program_is_worth_what_another_solver_finds(seed: int) -> None:
    layout = full_layout(3, 3, 2)
    program = Program(layout)
    for again in range(3):
        numbers = some_numbers(layout, seed * 10 + again, (2.0, 20.0, 200.0)[seed % 3])
        found, other = program.solve(numbers), oracle(program, numbers)
        assert found.value == pytest.approx(other.value, rel=1e-6, abs=1e-6)
        duals = np.concatenate([found.node_worth, found.pool_worth.reshape(-1), found.bid])
        assert duals == pytest.approx(other.duals, rel=1e-5, abs=1e-5)


def test_the_worth_of_a_unit_is_what_one_more_adds() -> None:
    program, numbers = Program(SMALL), some_numbers(SMALL, 3)
    found, little = program.solve(numbers), 1e-5
    for sku in range(SMALL.skus):
        more = numbers.flexible.copy()
        more[sku] += little
        gained = program.solve(replace(numbers, flexible=more)).value - found.value
        assert gained / little == pytest.approx(found.bid[sku], rel=1e-3, abs=1e-3)
    pool = numbers.pool.copy()
    pool[1, 2] += little
    gained = program.solve(replace(numbers, pool=pool)).value - found.value
    assert gained / little == pytest.approx(found.pool_worth[1, 2], rel=1e-3, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 1), st.integers(0, 2))
def test_one_more_unit_is_never_worth_more_than_the_one_before(seed: int, sku: int, region: int) -> None:
    program, numbers = Program(SMALL), some_numbers(SMALL, seed)
    worth, bids = [], []
    for units in (0, 1, 5, 30, 200):
        pool, flexible = numbers.pool.copy(), numbers.flexible.copy()
        pool[sku, region] = units
        worth.append(program.solve(replace(numbers, pool=pool)).pool_worth[sku, region])
        flexible[sku] = units
        bids.append(program.solve(replace(numbers, flexible=flexible)).bid[sku])
    assert (np.diff(worth) <= 1e-6).all()
    assert (np.diff(bids) <= 1e-6).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_no_more_is_given_than_there_is(seed: int) -> None:
    program, numbers = Program(SMALL), some_numbers(SMALL, seed)
    found = program.solve(numbers)
    given_away = np.zeros(SMALL.skus)
    np.add.at(given_away, SMALL.sku, found.from_flexible)
    assert (given_away <= numbers.flexible + 1e-3).all()
    drawn = np.zeros(SMALL.skus * SMALL.regions)
    np.add.at(drawn, SMALL.pool, found.from_pool)
    rest = numbers.pool - drawn.reshape(2, 3) - found.moves.sum(axis=2) + found.moves.sum(axis=1)
    assert (rest >= -1e-3).all()
    assert (found.moves[:, 0, 2] < 1e-9).all(), "there is no way from the first region to the last"


def test_without_stock_a_unit_is_worth_its_best_sale_and_without_demand_nothing() -> None:
    program, numbers = Program(SMALL), some_numbers(SMALL, 5, 300.0)
    empty = replace(numbers, stock=0 * numbers.stock, pool=0 * numbers.pool, flexible=0 * numbers.flexible)
    found = program.solve(empty)
    assert found.value == pytest.approx(0, abs=10)
    best = np.zeros(SMALL.skus)
    saved = numbers.leftover_flexible[SMALL.sku]
    np.maximum.at(best, SMALL.sku, numbers.margin + saved - numbers.release)
    assert (found.bid <= best + 1e-6).all()
    assert (found.bid > 0.5 * best).all()
    nobody = replace(numbers, law=numbers.law._replace(mean=0 * numbers.law.mean))
    found = program.solve(nobody)
    assert found.value == 0
    assert not found.bid.any()
    assert not found.pool_worth.any()
    assert not found.from_flexible.any()


def test_a_move_must_earn_its_cost_twice() -> None:
    layout = Layout(1, 2, np.zeros(2, dtype=np.int64), np.arange(2))
    program = Program(layout)
    for cost, expected in ((0.0, True), (40.0, True), (60.0, False)):
        numbers = Numbers(
            law=Law(np.array([0.0, 100.0]), np.full(2, 1e6), np.ones(2)),
            stock=np.zeros(2),
            pool=np.array([[10.0, 0.0]]),
            flexible=np.zeros(1),
            margin=np.full(2, 100.0),
            release=np.zeros(2),
            move=np.full((1, 2, 2), cost),
            leftover=np.zeros((1, 2)),
            leftover_flexible=np.zeros(1),
        )
        moved = program.solve(numbers).moves[0, 0, 1]
        assert bool(moved > 9) is expected, f"at a cost of {cost}, counted {PENALTY} times"


@pytest.mark.parametrize("name", ["stock", "pool", "flexible", "margin", "release", "move", "leftover", "law"])
def test_an_array_of_the_wrong_length_is_refused_before_the_solver_sees_it(name: str) -> None:
    program, numbers = Program(SMALL), some_numbers(SMALL, 1)
    if name == "law":
        wrong = replace(numbers, law=numbers.law._replace(lot=np.ones(3)))
        name = "lot"
    else:
        wrong = replace(numbers, **{name: getattr(numbers, name)[..., :1]})
    with pytest.raises(ValueError, match=f"{name} has the shape"):
        program.solve(wrong)


def test_a_number_that_is_none_is_refused() -> None:
    numbers = some_numbers(SMALL, 1)
    with pytest.raises(ValueError, match="flexible holds a number that is none"):
        Program(SMALL).solve(replace(numbers, flexible=np.array([1.0, np.nan])))


def test_a_program_that_runs_out_of_time_says_so_and_solves_the_next_time() -> None:
    layout = full_layout(30, 4, 5)
    program, numbers = Program(layout), some_numbers(layout, 2)
    with pytest.raises(Unsolved, match="time limit"):
        program.solve(numbers, seconds=0.0)
    found = program.solve(numbers, seconds=10.0)
    assert found.value == pytest.approx(oracle_value(layout, numbers), rel=1e-6)


def oracle_value(layout: Layout, numbers: Numbers) -> float:
    """The value by another solver."""
    return oracle(Program(layout), numbers).value


def test_a_layout_of_one_region_or_one_node_works() -> None:
    layout = Layout(1, 1, np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64))
    numbers = some_numbers(layout, 0)
    numbers = replace(numbers, pool=np.array([[3.0]]))
    numbers = replace(numbers, move=np.zeros((1, 1, 1)))
    assert Program(layout).solve(numbers).value > 0
