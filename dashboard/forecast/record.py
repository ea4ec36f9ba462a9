"""The countdown's own record: forecasts kept as they were shown, and graded once nothing can change the grade.

    every look (a minute, wider in long shows): keep        what was shown, and the sales at which it came true
    every bin: settle                                       sell-outs noted, forecasts that are due graded
    the close: finish                                       the rest graded, however far it got

A forecast comes true when net sales reach what was sold plus what was left when it was made: a restock does not change
that. When units are moved away and the rest sells out before, nobody can know any more; it is dropped as interrupted.

When a forecast is graded follows from the forecast alone, never from how it turned out: at its P90, or at the close if
that comes first. Grading each as soon as it sells out would fill a running show's record with early sell-outs.

The band [P10, P90] is cut by the close in many forecasts, and "it did not sell out, and the band reached past the
close" would count every such case as a success: that reads 90 % where 80 % is true. So where the close came first the
truth is drawn uniformly from the levels beyond it (a randomised PIT: uniform between the chance to sell out before the
close and 1) and is inside when it lies between the levels shown as P10 and P90. The draw is a hash of show, node and
look: the same whenever the journal is folded.

Median errors are over forecasts that did sell out, which picks by the outcome; the pinball loss is over all of them and
is known after the close only. Nothing here looks ahead: a record folded to any event is the same whatever follows.
"""

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dashboard.forecast import grading
from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.levels import BUCKETS
from dashboard.forecast.selling_out import HORIZONS, RAW_LEVELS, Forecast
from dashboard.forecast.states import TIERS

Row = dict[str, Any]

if TYPE_CHECKING:
    Singles = NDArray[np.float32]
    Flags = NDArray[np.bool_]
else:  # what a record is read back as must be a class
    Singles = Flags = np.ndarray

MINUTE = 60_000_000
KEPT_MAX = 4000
LOOKS_MAX = 240
NODE_LOOKS_MAX = 200_000
ALARM_MINUTES = 5.0
WARNING_MINUTES = 2.0
ROUNDING = 1e-6
"""Minutes; what falls on the end of a bin is due at it."""
_KEPT = "look node cell target made close due lower p10 p50 p90 upper chance hit inside".split()
_GRADED = "cell inside pit error pinball".split()
_AT = {name: number for number, name in enumerate(_KEPT)}


def _columns(names: int) -> Any:
    return msgspec.field(default_factory=lambda: np.zeros((names, 0)))


def _nothing() -> Any:
    return msgspec.field(default_factory=lambda: np.zeros(0))


class Record(msgspec.Struct):
    """One show's forecasts; times in `kept` are minutes since the start, one column a forecast."""

    seed: int
    starts_at: int
    ends_at: int
    tuning: str = ""
    tuning_shows: int = 0
    next_look: int = 0
    looks: int = 0
    finished: bool = False
    kept: Floats = _columns(len(_KEPT))
    """Rows as in _KEPT: `hit` (minutes after `made`) is NaN until it sells out; until it is graded `inside` is NaN."""
    quantiles: Singles = msgspec.field(default_factory=lambda: np.zeros((0, len(RAW_LEVELS)), np.float32))
    graded: Singles = msgspec.field(default_factory=lambda: np.zeros((len(_GRADED), 0), np.float32))
    """Rows as in _GRADED: forecasts whose truth is known, or will never be known better."""
    interrupted: int = 0
    at: int = 0
    left: Floats = _nothing()
    sold: Floats = _nothing()
    stocked: Floats = _nothing()
    """Per node: minutes since the start when it last came to have stock."""
    alarm: Floats = _nothing()
    """Per node: when "P10 <= 5 min" was first shown for this stock; NaN: never."""
    sell_outs: int = 0
    warned: int = 0
    alarms_true: int = 0
    alarms_false: int = 0

    def row(self, name: str) -> Floats:
        """One property of the kept forecasts, to be read or changed in place."""
        found: Floats = self.kept[_AT[name]]
        return found


def begin(show: str, starts_at: int, ends_at: int) -> Record:
    """An empty record of a show (microseconds)."""
    seed = int.from_bytes(blake2b(show.encode(), digest_size=7).digest(), "big")
    return Record(seed, starts_at, ends_at, next_look=starts_at, at=starts_at)


def adopt(record: Record, tuning: str, shows: int) -> None:
    """Note under which tuning the forecasts are made from now on, and from how many shows it was learned."""
    record.tuning, record.tuning_shows = tuning, shows


def wants(record: Record, at: int) -> bool:
    """Whether it is time for the next look."""
    return record.next_look <= at < record.ends_at and not record.finished


# --- keeping ----------------------------------------------------------------------------------------------------


def chosen(record: Record, nodes: Ints) -> Ints:
    """Those of some nodes of which the next look keeps the forecast."""
    share = KEPT_MAX / max(1, len(nodes) * _looks(record, len(nodes)))
    found: Ints = nodes[grading.draw(record.seed + 1, np.array([record.looks + 1]), nodes) < share]
    return found


def _looks(record: Record, nodes: int) -> int:
    length = max(1, record.ends_at - record.starts_at)
    return min(LOOKS_MAX, max(1, NODE_LOOKS_MAX // max(1, nodes)), max(1, length // MINUTE))


def keep(
    record: Record, at: int, nodes: Ints, tiers: Ints, said: Forecast, raw: Floats, left: Floats, sold: Floats
) -> None:
    """Keep what was said of some nodes; tiers, forecast, raw quantiles, units left and net sold are of all, by number.

    In a show of many nodes each look keeps some of them, others each time; alarms are looked at in all.
    """
    _grow(record, len(sold))
    mine = chosen(record, nodes)
    record.next_look = at + max(1, record.ends_at - record.starts_at) // _looks(record, len(nodes))
    record.looks += 1
    made, close = (at - record.starts_at) / MINUTE, (record.ends_at - at) / MINUTE
    if close <= 0 or record.finished:
        return
    rung = nodes[(said.p10[nodes] <= ALARM_MINUTES) & np.isnan(record.alarm[nodes])]
    record.alarm[rung] = made
    rows = np.full((len(_KEPT), len(mine)), np.nan)
    given = {
        "look": record.looks,
        "node": mine,
        "cell": tiers[mine] * len(HORIZONS) + said.horizon[mine],
        "target": sold[mine] + left[mine],
        "made": made,
        "close": close,
        "due": made + np.minimum(said.p90[mine], close) - ROUNDING,
        "lower": said.lower[mine],
        "p10": said.p10[mine],
        "p50": said.p50[mine],
        "p90": said.p90[mine],
        "upper": said.upper[mine],
        "chance": said.chance[mine],
    }
    for name, values in given.items():
        rows[_AT[name]] = values
    record.kept = np.concatenate([record.kept, rows], axis=1)
    record.quantiles = np.concatenate([record.quantiles, raw[:, mine].T.astype(np.float32)])


def _grow(record: Record, nodes: int) -> None:
    """Make room for nodes that are new."""
    more = nodes - len(record.sold)
    if more > 0:
        for name, value in (("left", 0.0), ("sold", 0.0), ("stocked", 0.0), ("alarm", np.nan)):
            setattr(record, name, np.concatenate([getattr(record, name), np.full(more, value)]))


# --- settling ---------------------------------------------------------------------------------------------------


def settle(record: Record, at: int, left: Floats, sold: Floats) -> None:
    """Take in what all nodes have left and sold (net) at a time, and grade what is due; at the end, everything."""
    if record.finished:
        return
    _take_in(record, at, left, sold)
    if at >= record.ends_at:
        _end(record, at)


def finish(record: Record, at: int, left: Floats, sold: Floats) -> None:
    """The show closed: grade every forecast by how far it got."""
    if not record.finished:
        _take_in(record, at, left, sold)
        _end(record, at)


def _take_in(record: Record, at: int, left: Floats, sold: Floats) -> None:
    _grow(record, len(sold))
    now = (at - record.starts_at) / MINUTE
    if not _has_news(record, at, now, left, sold):
        record.at = at
        return
    _hear_alarms(record, now, left, sold)
    if record.kept.shape[1]:
        _note_sell_outs(record, now, sold)
        node, hit = record.row("node").astype(np.int64), record.row("hit")
        lost = np.isnan(hit) & (left[node] <= 0) & (sold[node] < record.row("target"))
        _grade(record, now, (now >= record.row("due")) & ~lost)
        graded = ~np.isnan(record.row("inside"))
        over = now >= record.row("made") + record.row("close") - ROUNDING
        record.interrupted += int((lost & ~graded).sum())
        _put_away(record, now, graded & (over | lost | ~np.isnan(hit)), lost & ~graded)
    record.at, record.left, record.sold = at, left.astype(np.float64), sold.astype(np.float64)


def _has_news(record: Record, at: int, now: float, left: Floats, sold: Floats) -> bool:
    """Whether anything sold, moved or fell due since the last time; most bins of a quiet show have no news."""
    if at >= record.ends_at or not (np.array_equal(sold, record.sold) and np.array_equal(left, record.left)):
        return True
    return bool(record.kept.shape[1]) and bool(record.row("due").min() <= now)


def _end(record: Record, at: int) -> None:
    now = (at - record.starts_at) / MINUTE
    everything = np.ones(record.kept.shape[1], np.bool_)
    _grade(record, now, everything)
    _put_away(record, now, everything, ~everything)
    record.alarms_false += int((~np.isnan(record.alarm)).sum())
    record.alarm[:] = np.nan
    record.finished = True


def _hear_alarms(record: Record, now: float, left: Floats, sold: Floats) -> None:
    """Count the sell-outs of stock that was there for two minutes at least, and those that "P10 <= 5 min" announced."""
    gone = (record.left > 0) & (left <= 0)
    out = gone & (sold > record.sold) & (now - record.stocked >= WARNING_MINUTES)
    record.sell_outs += int(out.sum())
    record.warned += int((out & (record.alarm <= now - WARNING_MINUTES)).sum())
    record.alarms_true += int((out & ~np.isnan(record.alarm)).sum())
    record.alarm[gone] = np.nan
    record.stocked[(record.left <= 0) & (left > 0)] = max(0.0, now)


def _note_sell_outs(record: Record, now: float, sold: Floats) -> None:
    """When each forecast's target was reached since the last bin: its sales at even distances, from a drawn start."""
    before = (record.at - record.starts_at) / MINUTE
    node, target, made = record.row("node").astype(np.int64), record.row("target"), record.row("made")
    hit = record.row("hit")
    new = np.isnan(hit) & (sold[node] >= target)
    if new.any():
        was, became = record.sold[node[new]], sold[node[new]]
        start = grading.draw(record.seed, record.row("look")[new].astype(np.int64), node[new])
        share = np.clip((target[new] - start - was) / np.maximum(became - was, 1e-9), 0.0, 1.0)
        hit[new] = np.maximum(before + share * (now - before) - made[new], 0.0)
        hit[hit > record.row("close")] = np.nan  # it came after the close the forecast speaks of


def _grade(record: Record, now: float, these: Flags) -> None:
    """Say whether the truth of some forecasts is inside the band shown, where nobody said so yet."""
    inside = record.row("inside")
    these = these & np.isnan(inside)
    if not these.any():
        return
    hit, p10, p90 = (record.row(name)[these] for name in ("hit", "p10", "p90"))
    reached = np.minimum(now - record.row("made")[these], record.row("close")[these])
    pit = _pit(record, now, these)
    censored = (record.row("lower")[these] <= pit) & (pit <= record.row("upper")[these]) & (reached < p90 - ROUNDING)
    inside[these] = np.where(np.isnan(hit), censored, (p10 <= hit) & (hit <= p90))
    record.row("due")[these] = np.inf


def _pit(record: Record, now: float, these: Flags) -> Floats:
    """Where the truth fell in some forecasts; drawn from what is above the last minute seen where it did not come."""
    made, close, chance, hit = (record.row(name)[these] for name in ("made", "close", "chance", "hit"))
    come = ~np.isnan(hit)
    reached = passed_at = np.minimum(np.where(come, hit, now - made), close)
    height = grading.passed(record.quantiles[these].astype(np.float64), chance, close, passed_at)
    height = np.where(~come & (reached >= close), chance, height)
    look, node = (record.row(name)[these].astype(np.int64) for name in ("look", "node"))
    drawn = height + grading.draw(record.seed, look, node) * (1 - height)
    return np.where(come, height, drawn)


def _put_away(record: Record, now: float, done: Flags, dropped: Flags) -> None:
    """Keep of some forecasts their grades only, and of others nothing."""
    if not (done.any() or dropped.any()):
        return
    hit, close, p50 = (record.row(name)[done] for name in ("hit", "close", "p50"))
    last = np.minimum(close, now - record.row("made")[done])
    shown = np.stack([record.row(name)[done] for name in ("p10", "p50", "p90")])
    truth = np.where(np.isnan(hit), np.inf, hit)
    grades = [
        record.row("cell")[done],
        record.row("inside")[done],
        _pit(record, now, done),
        np.abs(hit - np.minimum(p50, close)),
        grading.pinball(shown, truth, last),
    ]
    record.graded = np.concatenate([record.graded, np.stack(grades).astype(np.float32)], axis=1)
    stays = ~(done | dropped)
    record.kept, record.quantiles = record.kept[:, stays], record.quantiles[stays]


# --- reading ----------------------------------------------------------------------------------------------------


def summary(record: Record) -> Row:
    """What the record says by now; coverage of what is due, and after the close of everything."""
    inside_now = record.row("inside")
    here = ~np.isnan(inside_now)
    nothing = np.full(int(here.sum()), np.nan)
    cell = np.concatenate([record.graded[0], record.row("cell")[here]]).astype(np.int64)
    inside = np.concatenate([record.graded[1], inside_now[here]])
    error = np.concatenate([record.graded[3], nothing])
    alarms = record.alarms_true + record.alarms_false
    ended = record.finished and record.graded.shape[1] > 0
    return {
        **grading.figures(inside, error),
        "pending": int((~here).sum()),
        "interrupted": record.interrupted,
        "pinball_minutes": round(float(record.graded[4].mean()), 3) if ended else None,
        "by_horizon": grading.by_horizon(cell, inside, error),
        "by_tier": grading.by_tier(cell, inside, error),
        "sell_outs": record.sell_outs,
        "warned_share": round(record.warned / record.sell_outs, 4) if record.sell_outs else None,
        "false_alarm_share": round(record.alarms_false / alarms, 4) if record.finished and alarms else None,
        "tuning": record.tuning,
        "tuning_shows": record.tuning_shows,
    }


def heights(record: Record) -> Floats:
    """How high in its forecast each truth fell (PIT, 0 to 1) whose grade is known, one a forecast."""
    graded = ~np.isnan(record.row("inside"))
    now = (record.at - record.starts_at) / MINUTE
    return np.concatenate([record.graded[2].astype(np.float64), _pit(record, now, graded)])


def pits(record: Record) -> Floats:
    """How often the truth fell in each bucket of the forecast: tiers x horizons x BUCKETS, counts."""
    cell = record.graded[0].astype(np.int64)
    bucket = np.clip((record.graded[2] * BUCKETS).astype(np.int64), 0, BUCKETS - 1)
    counts = np.bincount(cell * BUCKETS + bucket, minlength=len(TIERS) * len(HORIZONS) * BUCKETS)
    return counts.reshape(len(TIERS), len(HORIZONS), BUCKETS).astype(np.float64)
