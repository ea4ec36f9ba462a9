"""Seasons: one row of the table played over shows, strictly forward, each graded by what earlier shows taught.

    frozen    levels and lessons of the CALIBRATE shows, then the shows that are scored
    rolling   a regime that nobody knows beforehand: always the last twenty shows, the first twenty are not scored

A forecaster that only needs levels gets them from the PITs of those shows; ours is taught by lessons, as the room is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.forecast.lessons import Lesson
from tests.benchmarks.forecast_ours import Ours
from tests.benchmarks.forecast_play import Batch, Forecaster, play, together
from tests.benchmarks.forecast_rows import MeanRate, TrueRate
from tests.benchmarks.forecast_score import Graded, cells, grade, learned_levels, pit
from tests.simulated.draw import draw
from tests.simulated.show import VARIANTS, Floats, Ints
from tests.simulated.streams import CALIBRATE, SCORE

ROLLING = 20
SO_FAR, EWMA, BLIND, FED, TRUTH = "units so far", "EWMA", "ours, no feed", "ours, with feed", "hidden rate known"


def rows() -> dict[str, Callable[[], Forecaster]]:
    """Every row of the table, by name; shape and planned minutes of the means are tuned on the TUNE shows."""
    return {
        SO_FAR: lambda: MeanRate(SO_FAR, 1e9, 0.3, 20.0),
        EWMA: lambda: MeanRate(EWMA, 2.0, 0.3, 20.0),
        BLIND: lambda: Ours(BLIND, feed=False),
        FED: lambda: Ours(FED),
        TRUTH: TrueRate,
    }


@dataclass(frozen=True)
class Taught:
    """What one show left behind for later ones."""

    cell: Ints
    pit: Floats
    lesson: Lesson | None


@dataclass(frozen=True)
class Season:
    """All graded forecasts of a row, and the milliseconds of each round of them."""

    graded: Graded
    costs: list[float]


def season(
    forecaster: Forecaster, scored: Sequence[int], earlier: Sequence[int] = CALIBRATE[:40], every_minutes: int = 1
) -> Season:
    """Learn from earlier shows, then score others, the levels frozen; both of the base regime."""
    taught = [_played(forecaster, seed, "base", every_minutes)[1] for seed in earlier]
    levels = _adopt(forecaster, taught)
    found: list[Graded] = []
    costs: list[float] = []
    for seed in scored:
        batch, _, spent = _played(forecaster, seed, "base", every_minutes)
        found.append(grade(batch, levels, seed))
        costs += spent
    return Season(joined(found), costs)


def rolling(forecaster: Forecaster, shows: int, variant: str, every_minutes: int = 1) -> Season:
    """Twenty unscored shows of a regime, then so many, each after the lessons of the twenty before it."""
    taught: list[Taught] = []
    found: list[Graded] = []
    costs: list[float] = []
    for place, seed in enumerate(SCORE[: ROLLING + shows]):
        levels = _adopt(forecaster, taught[-ROLLING:])
        batch, left_behind, spent = _played(forecaster, seed, variant, every_minutes)
        taught.append(left_behind)
        if place >= ROLLING:
            found.append(grade(batch, levels, seed))
            costs += spent
    return Season(joined(found), costs)


def joined(found: Sequence[Graded]) -> Graded:
    """Several shows' graded forecasts as one."""
    rest = {
        name: np.concatenate([getattr(one, name) for one in found])
        for name in ("cell", "pit", "p10", "p50", "p90", "inside", "inside_raw")
    }
    return Graded(batch=together([one.batch for one in found]), **rest)


def _played(forecaster: Forecaster, seed: int, variant: str, every_minutes: int) -> tuple[Batch, Taught, list[float]]:
    batch, spent = play(draw(seed, VARIANTS[variant]), forecaster, every_minutes)
    cell, fallen = cells(batch), pit(batch, seed)
    lesson = forecaster.learn(str(seed), cell, fallen) if isinstance(forecaster, Ours) else None
    return batch, Taught(cell, fallen, lesson), spent


def _adopt(forecaster: Forecaster, taught: Sequence[Taught]) -> Floats:
    if isinstance(forecaster, Ours):
        return forecaster.adopt([one.lesson for one in taught if one.lesson is not None])
    nothing = [np.zeros(0)]
    cell = np.concatenate([one.cell for one in taught] or nothing)
    return learned_levels(cell, np.concatenate([one.pit for one in taught] or nothing))
