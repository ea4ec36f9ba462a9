"""Levels learned from closed shows: a band that was too narrow is widened until it holds what it says."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dashboard.forecast import levels, record as records
from dashboard.forecast.counts import Floats
from dashboard.forecast.levels import BUCKETS, LEAST, MOST
from dashboard.forecast.record import Record
from dashboard.forecast.selling_out import HORIZONS
from dashboard.forecast.states import TIERS
from tests.forecast.guessing import Guess

SHAPE = len(TIERS), len(HORIZONS), BUCKETS


def shows(count: int, tier: int, span: int, shares: Floats, forecasts: int = 200) -> Floats:
    """So many closed shows with forecasts in one cell only."""
    found = np.zeros((count, *SHAPE))
    found[:, tier, span] = shares * forecasts
    return found


FLAT = np.full(BUCKETS, 1 / BUCKETS)
TOO_SURE = np.repeat([0.25, *[0.5 / 18] * 18, 0.25], BUCKETS // 20) / (BUCKETS // 20)
"""A quarter of the truths fall into each outer twentieth."""


def test_shows_that_went_as_said_leave_the_levels_alone() -> None:
    assert levels.learn(shows(20, 0, 0, FLAT)) == {"evergreen/0-10": (0.1, 0.9)}


def test_a_band_that_was_too_narrow_is_widened() -> None:
    lower, upper = levels.learn(shows(20, 1, 2, TOO_SURE))["campaign/30+"]
    assert lower < 0.03
    assert upper > 0.97


def test_little_evidence_moves_them_little_and_more_of_it_more() -> None:
    lowers = [levels.learn(shows(count, 1, 2, TOO_SURE))["campaign/30+"][0] for count in (1, 3, 10, 40)]
    assert lowers == sorted(lowers, reverse=True)
    assert 0.03 < lowers[0] < 0.1
    assert lowers[-1] < 0.025


def test_one_shows_many_forecasts_do_not_outvote_many_shows() -> None:
    one = shows(1, 0, 0, TOO_SURE, forecasts=100_000)
    many = shows(20, 0, 0, FLAT, forecasts=50)
    lower, upper = levels.learn(np.concatenate([one, many]))["evergreen/0-10"]
    assert [lower, upper] == pytest.approx([0.1, 0.9], abs=0.02)


def test_a_cell_with_few_forecasts_is_pulled_to_the_other_tiers_at_its_horizon() -> None:
    rich, poor = shows(20, 0, 1, TOO_SURE), shows(20, 2, 1, FLAT, forecasts=0)
    poor[0, 2, 1] = FLAT * 20
    found = levels.learn(rich + poor)
    assert found["test/10-30"][0] < 0.06
    assert found["test/10-30"][0] > found["evergreen/10-30"][0]


def test_a_cell_starts_from_the_levels_that_are_usual() -> None:
    usual = {"campaign/30+": (0.03, 0.98)}
    few = levels.learn(shows(1, 1, 2, FLAT, forecasts=1), usual)["campaign/30+"]
    assert few == pytest.approx((0.03, 0.98), abs=0.01)
    many = levels.learn(shows(30, 1, 2, FLAT), usual)["campaign/30+"]
    assert many == pytest.approx((0.1, 0.9), abs=0.02)
    assert levels.learn(np.zeros((1, *SHAPE)), usual) == {}


def test_nothing_is_said_of_cells_nobody_saw() -> None:
    assert levels.learn(np.zeros((0, *SHAPE))) == {}
    assert levels.learn(np.zeros((5, *SHAPE))) == {}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(0, 1e6), min_size=BUCKETS, max_size=BUCKETS), st.integers(1, 40))
def test_levels_keep_around_the_median_and_away_from_the_ends(counts: list[float], number: int) -> None:
    found = levels.learn(shows(number, 2, 3, np.array(counts), forecasts=1))
    for lower, upper in found.values():
        assert LEAST <= lower < 0.5 < upper <= MOST


def test_shown_at_learned_levels_a_forecaster_that_is_too_sure_reads_80_percent() -> None:
    def closed(seed: int, shown: tuple[float, float] = (0.1, 0.9)) -> Record:
        return Guess(nodes=300, rate=0.8, shape=1, sure=30, seed=seed, levels=shown).run()

    everything = np.zeros((6, *SHAPE))
    for number in range(6):
        everything[number, 0, 0] = records.pits(closed(100 + number)).sum(axis=(0, 1))
    cell = levels.learn(everything)["evergreen/0-10"]
    before, after = (
        np.mean([records.summary(closed(seed, shown))["coverage_80"] for seed in range(200, 203)])
        for shown in ((0.1, 0.9), cell)
    )
    assert before < 0.75
    assert after == pytest.approx(0.8, abs=0.02)
