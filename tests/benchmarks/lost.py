"""`lost`: how far the estimate of what nobody could buy is from the truth, beside three naive ones.

Simulated shows know what their shoppers wanted, so what was lost is known to the unit. Each is played with a static
split, in which half of all channels and SKUs sell out, and told to `review.lost` as events. The naive rows: sales are
all demand; the mean pace while open goes on while closed; the pace of the last ten minutes before the sell-out does.
Bias is (sum of estimates - sum of truths) / sum of truths over all shows, its interval a bootstrap over shows; the
other columns are mean absolute errors over the truth, by show, by region and by channel and SKU. Seeds are of those
kept for scoring. `python -m tests.benchmarks.lost [SHOWS]` prints the whole table.

The goal is on ordinary shows: at most half the bias of the best naive row. The other regimes are told without one. In
some of them the mean pace happens to be too high in as many shows as too low, so that its bias over all is small though
each show is far off; ours is more than twice as near show by show, but not half as biased: scarce shows of which nobody
told what was on screen, and spikes, of which it misses part of what came after the sell-out.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from dashboard.review.history import History, read
from dashboard.review.lost import estimate
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.lost_play import SHOW, Played, played
from tests.simulated.draw import draw
from tests.simulated.show import VARIANTS, Floats
from tests.simulated.streams import SCORE

SEEDS = SCORE[100:200]
"""The first hundred were looked at while the numbers of the estimate were chosen."""
REGIMES = ("base", "scarce", "spikes", "half", "crash", "low")
ROWS = ("ours", "sales are demand", "mean pace", "last pace")
MINUTE = 60_000_000
LAST_MINUTES = 10
DRAWS = 2000


@dataclass(frozen=True)
class Score:
    """One regime: truths and estimates by [row, show, region, channel, SKU]; the truth is the last row."""

    regime: str
    feed: bool
    units: Floats
    sold_out: float

    def bias(self, row: int) -> float:
        """Relative bias over all shows."""
        return float(self.units[row].sum() / self.units[-1].sum() - 1.0)

    def interval(self, row: int) -> tuple[float, float]:
        """95 of 100 bootstraps over shows fall in between."""
        of_show = self.units.sum(axis=(2, 3, 4))
        picked = np.random.default_rng(1).integers(0, of_show.shape[1], (DRAWS, of_show.shape[1]))
        found = of_show[row][picked].sum(axis=1) / of_show[-1][picked].sum(axis=1) - 1.0
        low, high = np.quantile(found, (0.025, 0.975))
        return float(low), float(high)

    def error(self, row: int, axes: tuple[int, ...]) -> float:
        """Mean absolute error over the truth, after summing over some axes of a show."""
        apart = (self.units[row] - self.units[-1]).sum(axis=axes) if axes else self.units[row] - self.units[-1]
        return float(np.abs(apart).sum() / self.units[-1].sum())

    def best_naive(self) -> int:
        """The naive row of least bias."""
        return min(range(1, len(ROWS)), key=lambda row: abs(self.bias(row)))


def score(regime: str, feed: bool, seeds: Sequence[int]) -> Score:
    """Play every seed and estimate what it lost."""
    nights = [played(draw(seed, VARIANTS[regime]), feed) for seed in seeds]
    units = np.stack([_rows(night) for night in nights], axis=1)
    return Score(regime, feed, units, float(np.mean([night.sold_out for night in nights])))


def _rows(night: Played) -> Floats:
    """All rows of one show by [row, region, channel, SKU], the truth last."""
    history = read(night.asks, SHOW)
    assert history is not None
    shape = (len(ROWS) + 1, *night.lost.shape)
    found = np.zeros((shape[0], len(history.channels), len(history.skus)))
    places = {name: number for number, name in enumerate(history.channels)}
    for row in estimate(night.asks, SHOW).expected:
        found[0, places[row["channel"]], history.skus.index(row["sku"])] += row["sold_out"] + row["limit"]
    found[2], found[3] = naive(history, history.end), naive(history, LAST_MINUTES * MINUTE)
    found[-1] = night.lost.reshape(found.shape[1:])
    return found.reshape(shape)


def naive(history: History, window: int) -> Floats:
    """Units by [channel, SKU]: the pace in so much time before the sell-out, for as long as it was sold out after it."""
    nodes = len(history.channels) * len(history.skus)
    closed = np.bincount(history.closed.node, history.closed.ended - history.closed.begun, nodes)
    until = np.full(nodes, history.end)
    np.minimum.at(until, history.closed.node, history.closed.begun)
    since = np.maximum(until - window, history.start)
    orders = history.orders
    counted = (orders.at >= since[orders.node]) & (orders.at <= until[orders.node])
    units = np.bincount(orders.node[counted], orders.units[counted], nodes)
    found: Floats = units / np.maximum(until - since, MINUTE / 6) * closed
    return found.reshape(len(history.channels), len(history.skus))


def scores(seeds: Sequence[int], bench: Bench | None = None) -> Iterator[Score]:
    """Every regime with a feed and without."""
    for regime in REGIMES[:1] if bench and bench.quick else REGIMES:
        for feed in (True, False):
            if bench:
                bench.say(f"lost: {len(seeds)} shows, {_named(regime, feed)}")
            yield score(regime, feed, seeds)


def _named(regime: str, feed: bool) -> str:
    return f"{regime}, {'told' if feed else 'not told'} what is on screen"


def measure(bench: Bench) -> list[Result]:
    """The bias of each regime in percent, beside that of the best naive row."""
    found: list[Result] = []
    for one in scores(SEEDS[: bench.size(len(SEEDS), 1)], bench):
        best = one.best_naive()
        yardstick = Yardstick(ROWS[best], max(100 * abs(one.bias(best)), 1e-9))
        goal = Goal("ratio", most=0.5) if one.regime == REGIMES[0] else None
        figure = 100 * abs(one.bias(0))
        found.append(result(f"lost, {_named(one.regime, one.feed)}", figure, "% bias", yardstick, goal))
    return found


def table(found: Sequence[Score]) -> Table:
    """Everything for people."""
    rows = Table(title=f"what {found[0].units.shape[1]} shows lost", title_justify="left")
    for heading in ("shows", "sold out", "row", "bias", "95 %", "by show", "by region", "by channel, SKU"):
        rows.add_column(heading, justify="left" if heading in ("shows", "row") else "right")
    for one in found:
        for row, name in enumerate(ROWS):
            low, high = one.interval(row)
            errors = (one.error(row, axes) for axes in ((1, 2, 3), (2, 3), ()))
            rows.add_row(
                "" if row else _named(one.regime, one.feed),
                "" if row else f"{one.sold_out:.0%}",
                name,
                f"{one.bias(row):+.1%}",
                f"{low:+.1%} to {high:+.1%}",
                *(f"{error:.0%}" for error in errors),
            )
    return rows


if __name__ == "__main__":
    shows = int(sys.argv[1]) if len(sys.argv) > 1 else len(SEEDS)
    Console(width=150).print(table(list(scores(SEEDS[:shows]))))
