"""`real-days`: sell-out forecasts on days of real orders, strictly forward, beside a mean that forgets in two minutes.

Forty days (`real_days.py`), as order lines and lumpy, are played one after the other; no rundown, no viewers, no tiers:
what is tested is counting, the plan as a prior, lots and the shape of the law. Before each day every row is taught by the
twenty days before it, ours by the lessons the room would draw, the others by the levels of P10 and P90 those days would
have wanted; the first ten days only teach. The means have the shape and the weight of the plan that suit these days
best. No second set of real orders that may be shared is at hand: nothing here says how another trade would fare.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dashboard.forecast.lessons import Lesson
from tests.benchmarks import forecast_score as score
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.forecast_ours import Ours
from tests.benchmarks.forecast_play import Forecaster, play
from tests.benchmarks.forecast_rows import MeanRate
from tests.benchmarks.real_days import days
from tests.simulated.show import Floats, Ints, SimulatedShow

TEACHING_DAYS = 10
TAUGHT_BY_DAYS = 20
EWMA_MINUTES = 2.0
FOREVER = 1e9
RATIO_MAX = 1.0
COVERAGE_LEAST = 0.78


@dataclass(frozen=True)
class Row:
    """What a forecaster scored on the days after the first ten; one number a day where there are several."""

    name: str
    loss: Floats
    """Sums of the pinball loss, minutes."""
    inside: Floats
    raw: Floats
    """Forecasts whose truth fell into the band, at the learned levels and at the model's own."""
    count: Floats
    error: float
    """Median absolute error of the median, minutes, where there was a sell-out."""

    @property
    def pinball(self) -> float:
        """Mean pinball loss of P10, P50 and P90, minutes."""
        return float(self.loss.sum() / self.count.sum())

    @property
    def coverage(self) -> float:
        """Share of truths inside the 80 % band."""
        return float(self.inside.sum() / self.count.sum())


def forward(shows: list[SimulatedShow], forecaster: Forecaster, teaching: int, every_minutes: int) -> Row:
    """Play the days in their order, each after what the days before taught."""
    cells: list[Ints] = []
    fallen: list[Floats] = []
    lessons: list[Lesson] = []
    graded: list[score.Graded] = []
    for number, show in enumerate(shows):
        last = slice(max(0, number - TAUGHT_BY_DAYS), number)
        if isinstance(forecaster, Ours):
            levels = forecaster.adopt(lessons[last])
        elif number:
            levels = score.learned_levels(np.concatenate(cells[last]), np.concatenate(fallen[last]))
        else:
            levels = score.learned_levels(np.zeros(0, dtype=np.int64), np.zeros(0))
        batch = play(show, forecaster, every_minutes)[0]
        cells.append(score.cells(batch))
        fallen.append(score.pit(batch, show.seed))
        if isinstance(forecaster, Ours):
            lessons.append(forecaster.learn(str(show.seed), cells[-1], fallen[-1])._replace(at=show.seed))
        if number >= teaching:
            graded.append(score.grade(batch, levels, show.seed))
    return _row(forecaster.name, graded)


def _row(name: str, graded: list[score.Graded]) -> Row:
    sold_out = [np.isfinite(one.batch.truth) for one in graded]
    errors = [
        np.abs(np.minimum(one.p50, one.batch.close) - one.batch.truth)[out]
        for one, out in zip(graded, sold_out, strict=True)
    ]
    return Row(
        name,
        np.array([score.pinball(one).sum() for one in graded]),
        np.array([one.inside.sum() for one in graded], dtype=float),
        np.array([one.inside_raw.sum() for one in graded], dtype=float),
        np.array([len(one.pit) for one in graded], dtype=float),
        float(np.median(np.concatenate(errors))),
    )


def rows() -> Iterator[Forecaster]:
    """The forecasters: the yardstick first, ours last."""
    yield MeanRate("EWMA, half-life 2 min", EWMA_MINUTES, 1.0, 20.0)
    yield MeanRate("units so far / time", FOREVER, 2.0, 5.0)
    yield MeanRate("the same, the plan weighing an hour", FOREVER, 2.0, 60.0)
    yield Ours("ours", feed=False)


def told(row: Row, yardstick: Row) -> str:
    """A row of the table for people."""
    low, high = score.interval(row.loss, row.count, yardstick.loss)
    spread = np.std(row.inside / row.count)
    return (
        f"  {row.name:36} pinball {row.pinball:.2f} ({row.pinball / yardstick.pinball:.2f} of EWMA, 95 % {low:.2f}-{high:.2f})"
        f"  band {row.coverage:.3f} (sd by day {spread:.3f}; raw {row.raw.sum() / row.count.sum():.3f})  error {row.error:.1f}"
    )


def measure(bench: Bench) -> list[Result]:
    """Play every row on the days as lines and as lumpy orders."""
    found: list[Result] = []
    for lumpy in (False, True):
        kind = "lumpy orders" if lumpy else "order lines"
        shows = days(lumpy)[: bench.size(40, 2)]
        scored: list[Row] = []
        bench.say(f"real-days: {len(shows)} days of {kind}")
        for forecaster in rows():
            scored.append(forward(shows, forecaster, bench.size(TEACHING_DAYS, 1), bench.size(1, 20)))
            bench.say(told(scored[-1], scored[0]))
        yardstick, ours = scored[0], scored[-1]
        beside = Yardstick("EWMA, half-life 2 min, recalibrated", yardstick.pinball)
        found.append(result(f"real-days, {kind}, pinball", ours.pinball, "min", beside, Goal("ratio", most=RATIO_MAX)))
        beside = Yardstick("EWMA, half-life 2 min, recalibrated", yardstick.coverage)
        goal = Goal("figure", least=COVERAGE_LEAST)
        found.append(result(f"real-days, {kind}, inside the 80 % band", ours.coverage, "share", beside, goal))
    return found
