"""Bins: a show's time, cut into steps of ten seconds, in which a pulse takes in what happened and forgets what is old.

`advance(pulse, at)` closes every bin that ended by `at`. What sold inside a bin counts for the rates at its end (the
stock left, at once). Shows of days have wider bins, two thousand at most.
"""

import numpy as np

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.pulse import ON_AIR, SIZES, Pulse, screen
from dashboard.forecast.rates import forget_minutes, paces
from dashboard.forecast.states import MINUTE, NEVER, STATES, state_of

QUICK_MINUTES = 1.5
QUICK_BINS = 3
TIDE_MINUTES = 5.0
SLOW_VIEWERS_MINUTES = 10.0
REFERENCE_MINUTES = 10.0
REFRESH_BINS = 6


def advance(pulse: Pulse, at: int) -> None:
    """Close every bin that ended by a time."""
    last = (min(at, pulse.end) - pulse.start) // pulse.width
    while pulse.done < last:
        close(pulse)


def states(pulse: Pulse, at: float) -> Ints:
    """The state of each SKU at a time."""
    return state_of((at - pulse.shown_at) / MINUTE, (at - pulse.left_at) / MINUTE, (at - pulse.pushed_at) / MINUTE)


def close(pulse: Pulse) -> None:
    """Take in what happened in the running bin, and begin the next."""
    begun = pulse.start + pulse.done * pulse.width
    middle = begun + pulse.width // 2
    minutes = pulse.width / MINUTE
    if pulse.done == 0:
        pulse.row("opening")[:] = pulse.row("left")
    if not pulse.told and pulse.slots:
        screen(pulse, planned_at(pulse, middle), begun)
    if pulse.done % REFRESH_BINS == 0:
        pulse.row("pace")[:] = paces(pulse)
    state = states(pulse, middle)
    if pulse.told and pulse.on_screen != NEVER and state[pulse.on_screen] in ON_AIR:
        pulse.on_air[ON_AIR.index(state[pulse.on_screen])] += 1
    _count(pulse, _flush(pulse), state, minutes)
    _watch(pulse, minutes)
    _compare(pulse, middle)
    pulse.done += 1


def _count(pulse: Pulse, fresh: Floats, state_of_sku: Ints, minutes: float) -> None:
    size = pulse.size
    skus, regions = pulse.sku_of[:size], pulse.region_of[:size]
    state, tiers, lots = state_of_sku[skus], pulse.tier[skus], pulse.lot()[skus]
    now = pulse.audience[0]
    seen = np.where(now > 0, now, 1.0)[regions] * pulse.row("open") * pulse.row("terms") * minutes
    expected = pulse.row("pace") * seen
    slowly = 0.5 ** (minutes / forget_minutes(pulse))
    pulse.exposure[:, :size] *= slowly
    pulse.exposure[state, np.arange(size)] += seen
    quickly = 0.5 ** (minutes / max(QUICK_MINUTES, QUICK_BINS * minutes))
    ebbing = 0.5 ** (minutes / max(TIDE_MINUTES, QUICK_BINS * minutes))
    hoped = expected * pulse.tables[tiers, state]
    for name, forget, more in (
        ("units", slowly, fresh),
        ("quick", quickly, fresh),
        ("quick_expected", quickly, hoped),
        ("late", ebbing, fresh),
        ("late_expected", ebbing, hoped),
    ):
        row = pulse.row(name)
        row *= forget
        row += more
    cell, cells = tiers * STATES + state, pulse.seen_orders.size
    for sums, news in ((pulse.seen_orders, np.maximum(fresh, 0.0) / lots), (pulse.seen_exposure, expected / lots)):
        sums += np.bincount(cell, news, cells).reshape(sums.shape)


def _flush(pulse: Pulse) -> Floats:
    """Units per node since the last bin, whose sizes and sums are noted."""
    fresh = np.zeros(pulse.size)
    if not pulse.fresh:
        return fresh
    both = np.array(pulse.fresh, np.int64)
    pulse.fresh = []
    numbers, units = both[:, 0], both[:, 1].astype(np.float64)
    np.add.at(fresh, numbers, units)
    bought = np.maximum(units, 0.0)
    np.add.at(pulse.lots[0], pulse.sku_of[numbers], bought)
    np.add.at(pulse.lots[1], pulse.sku_of[numbers], bought**2)
    np.add.at(pulse.sizes, np.minimum(bought, SIZES - 1).astype(np.int64), np.sign(bought))
    pulse.row("sold")[:] += fresh
    return fresh


def _watch(pulse: Pulse, minutes: float) -> None:
    """Follow the audience: its slow average, and the mean of the first minutes, which the plan is held against."""
    now, slow, total, bins = pulse.audience
    if (
        pulse.viewers_planned > 0 and pulse.done == 0 and now.sum() > 0
    ):  # streams fill up: expect those who were planned
        slow[:] = now * (pulse.viewers_planned / now.sum())
    keep = 0.5 ** (minutes / max(SLOW_VIEWERS_MINUTES, QUICK_BINS * minutes))
    slow[:] = np.where(now > 0, keep * slow + (1 - keep) * now, slow)
    if pulse.done * minutes < REFERENCE_MINUTES:
        total += now
        bins += now > 0


def _compare(pulse: Pulse, at: int) -> None:
    """Count whether the screen shows what the rundown, late as it is, says."""
    if not pulse.told or not pulse.slots:
        return
    planned = planned_at(pulse, at - pulse.delay)
    if planned == pulse.on_screen:
        pulse.followed += planned != NEVER
    else:
        pulse.strayed += 1


def planned_at(pulse: Pulse, at: int) -> int:
    """The SKU that the rundown has on screen at a time, NEVER where it has none."""
    return next((slot.sku for slot in pulse.slots if slot.start <= at < slot.end), NEVER)
