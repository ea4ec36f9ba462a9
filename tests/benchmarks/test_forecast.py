"""The scoring of forecasts is honest: nothing looks ahead, a right model reads 80 %, and the table adds up."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from dashboard.decision.world import Tuning
from dashboard.forecast import lessons
from dashboard.forecast.states import STATES, TIERS
from tests.benchmarks import forecast, forecast_learn
from tests.benchmarks.forecast_ours import Ours
from tests.benchmarks.forecast_play import LEVELS, Batch, Course, Seen, play
from tests.benchmarks.forecast_rows import MeanRate, TrueRate
from tests.benchmarks.forecast_score import (
    BAND,
    alarms,
    by_show,
    cells,
    grade,
    interval,
    learned_levels,
    pinball,
    pit,
    quantile,
)
from tests.benchmarks.forecast_season import EWMA, FED, rolling, rows, season
from tests.simulated.draw import draw
from tests.simulated.show import SimulatedShow, Size
from tests.simulated.streams import CALIBRATE, LEARN, SCORE, TUNE

SMALL = Size(skus=6, regions=2, channels=2, minutes=40)
NEUTRAL = np.tile(np.array(BAND), (12, 1))


def exponential(count: int, close: float) -> Batch:
    """Sell-outs that are exponential with a mean of 60 minutes, forecast exactly so."""
    chance = np.random.default_rng(5)
    drawn = chance.exponential(60.0, count)
    minutes = np.tile(-60.0 * np.log(1 - LEVELS), (count, 1))
    return Batch(
        show=np.arange(count) // 50,
        pool=np.arange(count) % 50,
        tier=np.zeros(count, dtype=np.int64),
        minute=np.zeros(count),
        close=np.full(count, close),
        truth=np.where(drawn < close, drawn, np.inf),
        minutes=np.where(minutes < close, minutes, np.inf),
        chance=np.full(count, 1 - np.exp(-close / 60.0)),
        shown=np.full((count, 2), np.nan),
    )


def test_a_right_forecast_reads_80_percent_though_most_shows_end_first() -> None:
    graded = grade(exponential(20_000, 50.0), NEUTRAL)
    assert graded.inside.mean() == pytest.approx(0.8, abs=0.01)
    clipped = np.minimum(graded.batch.truth, 50.0)
    naive = (clipped >= graded.p10) & (clipped <= np.minimum(graded.p90, 50.0))
    assert naive.mean() > 0.88
    assert np.histogram(graded.pit, 10, (0, 1))[0] / 20_000 == pytest.approx(np.full(10, 0.1), abs=0.012)


def test_levels_learned_from_other_shows_mend_a_band_that_is_too_narrow() -> None:
    right = exponential(20_000, 50.0)
    narrow = replace(right, minutes=np.where(np.isfinite(right.minutes), 20.0 + 0.3 * right.minutes, np.inf))
    first, second = narrow.only(right.show < 200), narrow.only(right.show >= 200)
    assert abs(grade(second, NEUTRAL).inside.mean() - 0.8) > 0.03
    levels = learned_levels(cells(first), pit(first))
    assert grade(second, levels).inside.mean() == pytest.approx(0.8, abs=0.02)


def test_a_quantile_is_where_the_pit_has_its_level() -> None:
    batch = exponential(500, 200.0)
    for level in (0.07, 0.5, 0.83):
        at = quantile(batch, np.full(500, level))
        assert pit(replace(batch, truth=at)) == pytest.approx(np.full(500, level), abs=1e-6)
    assert np.isinf(quantile(batch, np.full(500, 0.99))).all()


def test_levels_that_a_forecaster_shows_itself_are_the_ones_it_is_graded_at() -> None:
    batch = exponential(4000, 50.0)
    shown = replace(batch, shown=np.tile(np.array([0.3, 0.6]), (4000, 1)))
    assert grade(shown, NEUTRAL).inside.mean() == pytest.approx(0.3, abs=0.03)


def test_pinball_is_least_for_the_right_law() -> None:
    right = exponential(20_000, 100.0)
    wrong = [replace(right, minutes=right.minutes * factor) for factor in (0.6, 1.6)]
    best = pinball(grade(right, NEUTRAL)).mean()
    assert all(pinball(grade(one, NEUTRAL)).mean() > best for one in wrong)


def test_alarms_count_pools_and_the_time_they_rang_ahead() -> None:
    minute = np.tile(np.arange(1.0, 11.0), 3)
    pool = np.repeat(np.arange(3), 10)
    ends = np.array([10.5, np.inf, 7.5])[
        pool
    ]  # the first sells out and is warned of, the second lasts, the third is late
    rings = np.array([4.0, 2.0, 7.0])[pool]
    soonest = np.where(minute >= rings, 1.0, 30.0)
    kept = minute < ends
    batch = Batch(
        show=np.zeros(30, dtype=np.int64),
        pool=pool,
        tier=np.zeros(30, dtype=np.int64),
        minute=minute,
        close=40.0 - minute,
        truth=ends - minute,
        minutes=soonest[:, None] + np.arange(len(LEVELS)) * 0.01,
        chance=np.full(30, 0.99),
        shown=np.full((30, 2), np.nan),
    ).only(kept)
    found = alarms(grade(batch, NEUTRAL))
    assert (found.sell_outs, found.warned, found.rung, found.false) == (2, 1, 3, 1)
    assert found.false_soon == 1
    assert found.warned_share == 0.5
    assert found.false_share == pytest.approx(1 / 3)


def test_orders_are_served_from_the_pool_until_it_is_empty() -> None:
    show = draw(TUNE[2], size=SMALL)
    course = Course(show)
    left = course.pools.astype(float)
    emptied = np.full(left.shape, np.inf)
    for number in range(SMALL.bins):
        seen = course.seen(number, left)
        assert (seen.sold[~seen.open] == 0).all()
        left = left - seen.sold
        emptied = np.where((left <= 0) & ~np.isfinite(emptied), (number + 1) * SMALL.bin_minutes, emptied)
    assert (left >= 0).all()
    out = np.isfinite(course.sold_out)
    assert (np.isfinite(emptied.ravel()) == out).all()
    assert (emptied.ravel()[out] - course.sold_out[out] <= SMALL.bin_minutes + 1e-9).all()
    served = np.minimum(show.units().sum(axis=2), course.pools)
    assert (course.pools - left == served).all()


def changed_after(show: SimulatedShow, bins: int) -> SimulatedShow:
    """The same show with another second half."""
    later, other = show.order_bin >= bins, draw(show.seed + 1, size=show.size)
    return replace(
        show,
        order_units=np.where(later, show.order_units + 3, show.order_units),
        on_screen=np.where(np.arange(show.size.bins) >= bins, other.on_screen, show.on_screen),
        viewers=np.where(np.arange(show.size.bins) >= bins, other.viewers, show.viewers),
    )


@pytest.mark.parametrize("name", [EWMA, FED])
def test_no_row_knows_what_comes_later(name: str) -> None:
    show = draw(TUNE[3], size=SMALL)
    half = SMALL.bins // 2
    minutes = half * SMALL.bin_minutes
    told = [play(one, rows()[name]())[0] for one in (show, changed_after(show, half))]
    first, second = (one.only(one.minute <= minutes) for one in told)
    assert np.array_equal(first.minutes, second.minutes)
    assert np.array_equal(first.chance, second.chance)


def test_who_knows_the_hidden_rate_beats_who_counts() -> None:
    loss = {}
    for row in (MeanRate("mean", 1e9, 0.3, 20.0), TrueRate(), Ours("ours")):
        loss[row.name] = pinball(season(row, SCORE[:2], CALIBRATE[:2], 6).graded).mean()
    assert loss["hidden rate known"] < 0.6 * loss["ours"]
    assert loss["ours"] < loss["mean"]


def test_a_season_grades_only_what_it_was_asked_for_and_the_table_shows_it() -> None:
    found = {name: season(rows()[name](), SCORE[:1], CALIBRATE[:1], 10) for name in (EWMA, FED)}
    assert set(found[FED].graded.batch.show) == {SCORE[0]}
    console = Console(width=170, record=True, file=io.StringIO())
    console.print(forecast.table("one show", found), forecast.coverage_table("coverage", found))
    said = console.export_text()
    assert "ours, with feed" in said
    assert "evergreen" in said


def test_a_rolling_season_adopts_what_the_shows_before_taught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.benchmarks.forecast_season.ROLLING", 2)
    ours = Ours("ours")
    found = rolling(ours, 1, "half", 20)
    assert set(found.graded.batch.show) == {SCORE[2]}
    assert ours.tuning.shows == 2
    assert ours.tuning.levels != ours.usual.levels


def test_an_interval_by_show_holds_the_mean() -> None:
    sums, counts = by_show(np.repeat(np.arange(40), 5), np.random.default_rng(2).normal(3.0, 1.0, 200))
    low, high = interval(sums, counts)
    assert low < 3.0 < high
    assert counts.tolist() == [5.0] * 40


def test_what_is_learned_has_the_shape_of_a_tuning() -> None:
    found = forecast_learn.learned(2)
    assert set(found.states) == set(found.spread) == set(TIERS)
    assert all(len(values) == STATES for values in found.states.values())
    assert 0.5 < found.trust <= 1.0
    for low, high in found.levels.values():
        assert 0 < low < 0.5 < high < 1
    on, off = found.states["evergreen"][1], found.states["evergreen"][4]
    assert on > 5 * off > 0


def test_the_shipped_defaults_are_read_and_come_from_the_learn_shows() -> None:
    shipped = lessons.defaults()
    assert isinstance(shipped, Tuning)
    assert shipped.name == "simulated shows"
    assert forecast_learn.PATH.is_file()
    states = forecast_learn.multipliers(forecast_learn.study(LEARN[:3]))
    for place, tier in enumerate(TIERS[:2]):
        assert np.log(states[place][1:7]) == pytest.approx(np.log(shipped.states[tier][1:7]), abs=0.5)


def test_every_bin_is_handed_over_with_what_was_seen_in_it_alone() -> None:
    show = draw(TUNE[4], size=SMALL)
    heard: list[Seen] = []

    class Listener(MeanRate):
        def take(self, seen: Seen) -> None:
            heard.append(seen)
            super().take(seen)

    play(show, Listener("listener", 2.0, 0.3, 20.0))
    assert [seen.number for seen in heard] == list(range(SMALL.bins))
    assert sum(int(seen.units.sum()) for seen in heard) == np.minimum(show.units().sum(axis=2), show.pools()).sum()
