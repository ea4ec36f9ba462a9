"""Shows whose truth is drawn from a law the forecaster knows, so that its forecasts are right by construction.

Each node sells at a rate drawn from a Gamma law, evenly over time; the forecaster knows the law and counts what was
sold, so its quantiles are those of the exact posterior. `sure` > 1 makes it claim more evidence than it has.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dashboard.forecast import record as records
from dashboard.forecast.counts import Floats, Ints, chance_by, exposure_at
from dashboard.forecast.record import Record
from dashboard.forecast.selling_out import RAW_LEVELS, Forecast

MINUTE = 60_000_000
BIN = MINUTE // 6
LEVELS = (0.1, 0.9)


@dataclass
class Guess:
    """A show of `nodes` nodes that sell `rate` units a minute on average (Gamma with `shape`), `stock` units each."""

    nodes: int = 1200
    minutes: int = 20
    stock: float = 10.0
    rate: float = 0.5
    shape: float = 2.0
    seed: int = 1
    sure: float = 1.0
    levels: tuple[float, float] = LEVELS

    def __post_init__(self) -> None:
        """Draw the rates and stocks."""
        self.chance = np.random.default_rng(self.seed)
        self.rates = self.chance.gamma(self.shape, self.rate / self.shape, self.nodes)
        self.left: Floats = 1 + self.chance.poisson(self.stock, self.nodes).astype(np.float64)
        self.sold: Floats = np.zeros(self.nodes)
        self.tiers: Ints = np.arange(self.nodes, dtype=np.int64) % 3
        self.record = records.begin("guess", 0, self.minutes * MINUTE)
        self.naive: list[Floats] = []

    def sell(self) -> None:
        """Sell for one bin; nobody can buy what is not there."""
        bought = np.minimum(self.chance.poisson(self.rates * BIN / MINUTE), self.left)
        self.left = self.left - bought
        self.sold = self.sold + bought

    def say(self, at: int) -> tuple[Forecast, Floats]:
        """The exact posterior's forecast of every node, and its raw quantiles."""
        close = self.minutes - at / MINUTE
        shape = (self.shape + self.sold) * self.sure
        rate = np.full(self.nodes, (self.shape / self.rate + at / MINUTE) * self.sure)
        lot = np.ones(self.nodes)
        raw = np.stack([exposure_at(self.left, shape, rate, lot, level) for level in RAW_LEVELS])
        raw[raw > close] = np.inf
        shown = [exposure_at(self.left, shape, rate, lot, level) for level in self.levels]
        p10, p90 = (np.where(minutes > close, np.inf, minutes) for minutes in shown)
        p50 = raw[RAW_LEVELS.index(0.5)]
        p10, p90 = np.minimum(p10, p50), np.maximum(p90, p50)
        flat = np.zeros(self.nodes)
        horizon = np.where(np.isinf(p50), 3, np.digitize(p50, (10.0, 30.0)))
        lower, upper = (np.full(self.nodes, level) for level in self.levels)
        chance = chance_by(self.left, shape, rate, lot, close)
        return Forecast(p10, p50, p90, chance, flat, shape, lot, flat, horizon, flat, lower, upper), raw

    def run(self, upto: int | None = None, every_bin: Callable[["Guess", int], None] | None = None) -> Record:
        """Play the show to its end, or to some minutes before its close was reached."""
        for number in range(6 * (self.minutes if upto is None else upto) + 1):
            at = number * BIN
            if number:
                self.sell()
            if every_bin:
                every_bin(self, at)
            records.settle(self.record, at, self.left, self.sold)
            if records.wants(self.record, at):
                said, raw = self.say(at)
                nodes = np.flatnonzero((self.left > 0) & (self.sold >= 0))
                records.keep(self.record, at, nodes, self.tiers, said, raw, self.left, self.sold)
        return self.record


def naive_coverage(guess: Guess) -> float:
    """The share of nodes whose truth, cut at the close, lies in the first band, cut at the close: flattering."""
    said, _ = guess.say(0)
    start_left = guess.left.copy()
    done = np.full(guess.nodes, np.inf)
    for number in range(1, 6 * guess.minutes + 1):
        guess.sell()
        done = np.where(np.isinf(done) & (guess.left <= 0), number / 6, done)
    close = float(guess.minutes)
    truth, low, high = (np.minimum(minutes, close) for minutes in (done, said.p10, said.p90))
    assert (start_left > 0).all()
    return float(((low <= truth) & (truth <= high)).mean())
