"""Scoring forecasts of sell-out times: coverage that the end of the show cannot flatter, pinball, errors, alarms.

A forecast is a distribution function with straight lines between its levels, that ends at the show's close at the
chance to sell out. The PIT of a pool that sold out is that function at the truth; of one that lasted, drawn uniformly
between the chance and one (naive: "inside the clipped band" reads 90 % on a band of 80 %). Levels for P10 and P90 are
the .1 and .9 quantiles of the PIT of *other* shows, for each tier and each horizon by the forecaster's own median.
Everything is summed by show first, since forecasts inside a show are not independent; the bootstrap draws shows.
"""

from dataclasses import dataclass

import numpy as np

from tests.benchmarks.forecast_play import LEVELS, Batch
from tests.simulated.show import Flags, Floats, Ints

HORIZONS = ("0-10", "10-30", "30+", "lasts")
TIERS = 3
BAND = (0.1, 0.9)
ALARM_MINUTES, AHEAD_MINUTES, QUIET_MINUTES = 5.0, 2.0, 15.0
DRAWS = 1000


def curve(batch: Batch) -> tuple[Floats, Floats]:
    """Times and probabilities (rows x knots) that the distribution functions go through."""
    beyond = ~np.isfinite(batch.minutes) | (batch.minutes >= batch.close[:, None])
    times = np.where(beyond, batch.close[:, None], batch.minutes)
    chances = np.where(beyond, batch.chance[:, None], np.minimum(LEVELS[None, :], batch.chance[:, None]))
    zero = np.zeros((len(times), 1))
    times = np.concatenate([zero, np.maximum.accumulate(times, axis=1), batch.close[:, None]], axis=1)
    chances = np.concatenate([zero, chances, batch.chance[:, None]], axis=1)
    return times.astype(np.float64), np.maximum.accumulate(chances, axis=1)


def _between(known: Floats, wanted: Floats, values: Floats) -> Floats:
    """Interpolate each row: where `wanted` lies in `known`, what that is in `values`."""
    place = np.clip((known < wanted[:, None]).sum(axis=1), 1, known.shape[1] - 1)
    rows = np.arange(len(known))
    low, high = known[rows, place - 1], known[rows, place]
    share = np.clip((wanted - low) / np.maximum(high - low, 1e-12), 0, 1)
    found: Floats = values[rows, place - 1] + share * (values[rows, place] - values[rows, place - 1])
    return found


def quantile(batch: Batch, level: Floats) -> Floats:
    """Minutes at a level for each row; inf beyond the chance to sell out."""
    times, chances = curve(batch)
    return np.where(level > batch.chance, np.inf, _between(chances, level, times))


def pit(batch: Batch, seed: int = 1) -> Floats:
    """Where each truth fell in its forecast, drawn at random beyond the close."""
    times, chances = curve(batch)
    drawn = np.random.default_rng(seed).random(len(batch.truth))
    sold = np.isfinite(batch.truth)
    inside = _between(times, np.where(sold, batch.truth, 0.0), chances)
    return np.where(sold, inside, batch.chance + drawn * (1 - batch.chance))


def cells(batch: Batch) -> Ints:
    """Tier and horizon of each row as one number."""
    median = quantile(batch, np.full(len(batch.truth), 0.5))
    horizon = np.where(np.isfinite(median), np.digitize(median, (10.0, 30.0)), 3)
    found: Ints = batch.tier * len(HORIZONS) + horizon
    return found


def learned_levels(cell: Ints, fallen: Floats) -> Floats:
    """(cells x 2) levels for P10 and P90 from the PIT of other shows; a cell with few keeps (.1, .9)."""
    found = np.tile(np.array(BAND), (TIERS * len(HORIZONS), 1))
    for number in range(len(found)):
        mine = fallen[cell == number]
        if len(mine) >= 30:
            found[number] = np.quantile(mine, BAND)
    return found


@dataclass(frozen=True)
class Graded:
    """A batch with everything that scores need; `p10` and `p90` as shown."""

    batch: Batch
    cell: Ints
    pit: Floats
    p10: Floats
    p50: Floats
    p90: Floats
    inside: Flags
    inside_raw: Flags


def grade(batch: Batch, levels: Floats, seed: int = 1) -> Graded:
    """Grade forecasts at the levels they were shown at, or else at these of their tier and horizon."""
    cell, fallen = cells(batch), pit(batch, seed)
    low, high = np.where(np.isnan(batch.shown), levels[cell], batch.shown).T
    p50 = quantile(batch, np.full(len(cell), 0.5))
    p10, p90 = np.minimum(quantile(batch, low), p50), np.maximum(quantile(batch, high), p50)
    return Graded(
        batch, cell, fallen, p10, p50, p90,
        (fallen >= low) & (fallen <= high), (fallen >= BAND[0]) & (fallen <= BAND[1]),
    )  # fmt: skip


def pinball(graded: Graded) -> Floats:
    """Mean pinball loss of P10, P50 and P90 on the sell-out time cut at the close, minutes."""
    close = graded.batch.close
    truth = np.minimum(graded.batch.truth, close)
    loss = np.zeros(len(truth))
    for level, said in ((0.1, graded.p10), (0.5, graded.p50), (0.9, graded.p90)):
        over = truth - np.minimum(said, close)
        loss += np.maximum(level * over, (level - 1) * over) / 3
    return loss


def width(graded: Graded) -> Floats:
    """Minutes between P10 and P90, cut at the close."""
    close = graded.batch.close
    found: Floats = np.minimum(graded.p90, close) - np.minimum(graded.p10, close)
    return found


def median_error(graded: Graded, least: float = 0.0, most: float = np.inf) -> float:
    """Median absolute error of the median over pools that did sell out so many minutes later."""
    batch = graded.batch
    rows = np.isfinite(batch.truth) & (batch.truth > least) & (batch.truth <= most)
    error = np.abs(np.minimum(graded.p50, batch.close) - batch.truth)[rows]
    return float(np.median(error)) if len(error) else float("nan")


@dataclass(frozen=True)
class Alarms:
    """ "P10 <= 5 min": sell-outs and those warned of in time, alarms and those that were false.

    A pool's alarm rings once; it is false if the pool lasts. `soon` counts more strictly: it rings again after a quiet
    quarter of an hour, and is false if no sell-out follows within one.
    """

    sell_outs: int
    warned: int
    rung: int
    false: int
    rung_soon: int
    false_soon: int

    @property
    def warned_share(self) -> float:
        """Sell-outs with an alarm at least two minutes ahead."""
        return self.warned / max(1, self.sell_outs)

    @property
    def false_share(self) -> float:
        """Alarms of pools that lasted."""
        return self.false / max(1, self.rung)

    @property
    def false_soon_share(self) -> float:
        """Alarms that no sell-out followed within a quarter of an hour."""
        return self.false_soon / max(1, self.rung_soon)


def alarms(graded: Graded) -> Alarms:
    """Count alarms, pool by pool; sell-outs in the first minutes, before anybody could have warned, do not count."""
    batch = graded.batch
    key = batch.show * 10_000 + batch.pool
    order = np.lexsort((batch.minute, key))
    ringing = graded.p10[order] <= ALARM_MINUTES
    found = np.zeros(6, dtype=np.int64)
    for rows in np.split(np.arange(len(order)), np.flatnonzero(np.diff(key[order])) + 1):
        mine = order[rows]
        at = batch.minute[mine]
        found += _alarms_of(at, at[ringing[rows]], float(at[0] + batch.truth[mine[0]]))
    return Alarms(*found.tolist())


def _alarms_of(at: Floats, rung: Floats, end: float) -> Ints:
    """The six counts of one pool that was forecast at some minutes, rang at some, and sold out at one (inf: never)."""
    could = bool(np.isfinite(end) and at[0] <= end - AHEAD_MINUTES)
    again, last = 0, -np.inf
    false_again = 0
    for minute in rung:
        if minute - last >= QUIET_MINUTES:
            again, last = again + 1, minute
            false_again += bool(end - minute > QUIET_MINUTES)
    ever = len(rung) > 0
    warned = ever and could and bool(rung[0] <= end - AHEAD_MINUTES)
    return np.array([could, warned, ever, ever and not np.isfinite(end), again, false_again], dtype=np.int64)


def by_show(show: Ints, values: Floats) -> tuple[Floats, Floats]:
    """Sums and counts of a figure by show."""
    _, place = np.unique(show, return_inverse=True)
    sums: Floats = np.bincount(place, values).astype(np.float64)
    counts: Floats = np.bincount(place).astype(np.float64)
    return sums, counts


def interval(sums: Floats, counts: Floats, against: Floats | None = None, seed: int = 7) -> tuple[float, float]:
    """95 % bootstrap interval by show of a mean, or of its ratio to another row's mean on the same shows."""
    drawn = np.random.default_rng(seed).integers(0, len(sums), (DRAWS, len(sums)))
    found = sums[drawn].sum(axis=1) / (counts if against is None else against)[drawn].sum(axis=1)
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)
