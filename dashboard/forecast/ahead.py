"""Ahead: how much exposure each node will get from now to the close, along the rundown as late as it runs.

    grid      steps from now to the close: ten seconds at first, wider further away
    schedule  the slot on screen lasts until its planned end plus the delay (a little longer when that has passed), the
              next ones follow; a host who strays shows something else for a while and comes back
    trust     the share of the time the rundown is followed, prior and this show's own: as much of the future is taken
              from the schedule, the rest is "any order", each SKU with its mean multiplier
    audience  now, returning to its slow average where that is lower: a raid passes, a crash mostly stays
    openness  as now: what is listed on few channels goes on selling on few
    spike     orders of a node in the last minutes over those expected, fading in minutes
    tide      the same of a whole region, fading in half an hour: a region that has gone to bed, or woken up

The product of all is exposure per node and step; its running sum meets the law of the rate in selling_out.py.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.rates import Rates, planned_exposure
from dashboard.forecast.states import MINUTE, NEVER, ON_SCREEN, state_of

STEPS = ((18, 1), (27, 3))
"""So many steps of so many bins; the rest of the show is cut into REST_STEPS."""
REST_STEPS = 30
TRUST_MINUTES = 30.0
STRAY_MINUTES = 2.0
CATCH_UP_SHARE = 0.1
OVERRUN_SHARE = 0.25
OVERRUN_MINUTES_MIN = 0.5
RAID_MINUTES = 8.0
COME_BACK = 0.3
"""Of viewers who left, so many are expected back."""
FILLING_BINS = 60
OPEN_MIN = 0.15
KNOWN_MINUTES = 0.5
SPIKE_ORDERS = 8.0
SPIKE_MINUTES = 4.0
SPIKE_BINS = 8
TIDE_ORDERS, TIDE_VOICE, TIDE_MINUTES = 8.0, 0.5, 25.0


class Ahead(NamedTuple):
    """Minutes from now at the end of each step, and expected orders per node by then (nodes x steps) at factor 1."""

    minutes: Floats
    orders: Floats


def grid(pulse: Pulse, at: int) -> Floats:
    """Ends of the steps in minutes from now; empty at the close."""
    whole = max(0.0, (pulse.end - at) / MINUTE)
    bin_minutes = pulse.width / MINUTE
    ends: list[NDArray[np.floating[Any]]] = []
    reached = 0.0
    for count, bins in STEPS:
        ends.append(reached + np.arange(1, count + 1) * bins * bin_minutes)
        reached += count * bins * bin_minutes
    if whole > reached:
        ends.append(np.linspace(reached, whole, REST_STEPS + 1)[1:])
    found = np.concatenate(ends)
    found = found[found < whole - 1e-9]
    return np.append(found, whole) if whole > 0 else np.zeros(0)


def ahead(pulse: Pulse, at: int, law: Rates, nodes: Ints) -> Ahead:
    """Expected orders of some nodes by the end of each step, at factor 1 of their laws."""
    ends = grid(pulse, at)
    if not len(ends) or not len(nodes):
        return Ahead(ends, np.zeros((len(nodes), len(ends))))
    widths = np.diff(ends, prepend=0.0)
    middles = ends - widths / 2
    skus, regions = pulse.sku_of[nodes], pulse.region_of[nodes]
    used, place = np.unique(skus, return_inverse=True)
    lift = _multipliers(pulse, at, middles, used)
    watching = _audience(pulse, middles)
    per_minute = lift[place] * watching[regions]
    able = (pulse.row("terms") * np.maximum(pulse.row("open"), OPEN_MIN))[nodes]
    per_minute *= (law.planned_pace * able / law.lot)[:, None]
    fading = np.exp(-middles / max(SPIKE_MINUTES, SPIKE_BINS * pulse.width / MINUTE))
    per_minute *= 1.0 + (spike(pulse)[nodes] - 1.0)[:, None] * fading
    staying = np.exp(-middles / max(TIDE_MINUTES, SPIKE_BINS * pulse.width / MINUTE))
    per_minute *= (1.0 + (tide(pulse) - 1.0)[:, None] * staying)[regions]
    return Ahead(ends, np.cumsum(per_minute * widths, axis=1))


def spike(pulse: Pulse) -> Floats:
    """How many times faster than expected each node sold in the last minutes, pulled to 1 while that is few orders."""
    lot = pulse.lot()[pulse.sku_of[: pulse.size]]
    found: Floats = (SPIKE_ORDERS + np.maximum(pulse.row("quick"), 0.0) / lot) / (
        SPIKE_ORDERS + pulse.row("quick_expected") / lot
    )
    return found


def tide(pulse: Pulse) -> Floats:
    """How many times faster than expected each region bought lately, whatever it bought; no SKU speaks for all."""
    lot = pulse.lot()[pulse.sku_of[: pulse.size]]
    seen, hoped = np.maximum(pulse.row("late"), 0.0) / lot, pulse.row("late_expected") / lot
    voice = 1.0 / (1.0 + hoped / TIDE_VOICE)
    regions, count = pulse.region_of[: pulse.size], len(pulse.regions)
    found: Floats = (TIDE_ORDERS + np.bincount(regions, seen * voice, count)) / (
        TIDE_ORDERS + np.bincount(regions, hoped * voice, count)
    )
    return found


def trust(pulse: Pulse) -> float:
    """The share of the time the rundown is followed."""
    if not pulse.told:
        return 1.0 if pulse.slots else 0.0
    bins = TRUST_MINUTES * MINUTE / pulse.width
    return (pulse.trust * bins + pulse.followed) / (bins + pulse.followed + pulse.strayed)


def _audience(pulse: Pulse, middles: Floats) -> Floats:
    """Viewers per region and step; 1 where nobody tells."""
    now, slow = pulse.audience[0], pulse.audience[1]
    if pulse.done > FILLING_BINS:
        slow = np.minimum(slow, COME_BACK * slow + (1 - COME_BACK) * now)
    fading = np.exp(-middles / max(RAID_MINUTES, 3 * pulse.width / MINUTE))
    found: Floats = np.where(now > 0, slow, 1.0)[:, None] + np.where(now > 0, now - slow, 0.0)[:, None] * fading
    return np.maximum(found, 0.0)


def _multipliers(pulse: Pulse, at: int, middles: Floats, used: Ints) -> Floats:
    """Multiplier of every SKU in use at each step."""
    if not pulse.told and not pulse.slots:
        return np.ones((len(used), len(middles)))
    learned = pulse.tables
    tables = learned[pulse.tier[used]]
    shown, settled = schedule(pulse, at, middles)
    state = _states_ahead(pulse, at, middles, shown, used)
    later = tables.copy()
    later[:, ON_SCREEN] = pulse.shown(learned)[pulse.tier[used]]
    scheduled = np.take_along_axis(later, state, axis=1)
    if pulse.told and pulse.on_screen != NEVER:  # what is on screen now is pushed or is not
        known = (used == pulse.on_screen)[:, None] & (middles <= KNOWN_MINUTES) & (state == ON_SCREEN)
        scheduled = np.where(known, tables[:, [ON_SCREEN]], scheduled)
    whole = (pulse.end - pulse.start) / MINUTE
    usual = planned_exposure(pulse, learned)[used] / whole
    sure = np.where(middles <= settled, 1.0, trust(pulse))
    found: Floats = scheduled * sure + usual[:, None] * (1.0 - sure)
    return found


def schedule(pulse: Pulse, at: int, middles: Floats) -> tuple[Ints, float]:
    """SKU on screen at each step (NEVER: none), and for how many minutes that is settled by what is on screen now."""
    shown = np.full(len(middles), NEVER, np.int64)
    if not pulse.slots:
        shown[middles <= STRAY_MINUTES] = pulse.on_screen
        return shown, STRAY_MINUTES
    now = (at - pulse.start) / MINUTE
    times = [((slot.start - pulse.start) / MINUTE, (slot.end - pulse.start) / MINUTE, slot.sku) for slot in pulse.slots]
    current, late = pulse.slot, pulse.delay / MINUTE
    settled, reached = 0.0, now
    if current != NEVER and times[current][2] == pulse.on_screen:
        start, end, _ = times[current]
        reached = max(end + late, now + max(OVERRUN_MINUTES_MIN, OVERRUN_SHARE * (end - start)) * (end + late <= now))
        late = reached - end
    elif pulse.on_screen != NEVER:
        reached = now + STRAY_MINUTES
    if pulse.on_screen != NEVER:
        settled = reached - now
        shown[middles <= settled] = pulse.on_screen
    for start, end, sku in times[current + 1 :]:
        if (start + end) / 2 + late < reached:
            continue  # something else was shown in its place
        begins = max(start + late, reached)
        ends = end + (begins - start) - CATCH_UP_SHARE * min(max(begins - start, 0.0), end - start)
        late = ends - end
        shown[(middles > begins - now) & (middles <= ends - now)] = sku
        reached = ends
    return shown, settled


def _states_ahead(pulse: Pulse, at: int, middles: Floats, shown: Ints, used: Ints) -> Ints:
    """State of every SKU in use at each step, if the schedule holds."""
    on = shown[None, :] == used[:, None]
    left = (pulse.left_at[used] - at) / MINUTE
    is_on = used == pulse.on_screen
    left = np.where(is_on, 0.0, left)
    last = np.maximum.accumulate(np.where(on, middles[None, :], -np.inf), axis=1)
    last = np.where(np.isfinite(last), last, left[:, None])
    pushed = (pulse.pushed_at[used] - at) / MINUTE
    since_push = np.where(pushed > -10.0, -pushed, np.nan)[:, None] + middles[None, :]
    return state_of(np.where(on, 0.0, np.nan), np.where(on, np.nan, middles[None, :] - last), since_push)
