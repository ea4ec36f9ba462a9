"""Rates: how much faster than planned each node sells, learned on three levels.

    show    all units over all that were expected            a plan that is 40 % low is found out in minutes
    SKU     starts from the show's, as sure as its tier       `spread` is the variance of the true over the planned rate
    node    starts from its SKU's, as sure as NODE_ORDERS orders

"Expected" is the node's planned pace times exposure times the state's multiplier; the planned pace spreads the planned
units over the exposure that the rundown would bring with the audience of the first minutes (or the planned one). Counts
are divided by the lot, so that one wholesale order is one piece of news. What a rate will do next is less sure than
what it did: `drifting` adds a variance that no amount of orders takes away, and that grows with the time ahead.
"""

from typing import NamedTuple

import numpy as np

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.states import JUST_OFF, LATELY, LONG_AGO, MINUTE, ON_SCREEN, STATES, WAITING

HALF_LIFE_MINUTES = 20.0
HALF_LIFE_SHARE, HALF_LIFE_MINUTES_MAX = 1 / 12, 60.0
SHOW_ORDERS = 20.0
NODE_ORDERS = 8.0
UNPLANNED_SPREAD = 1.0
DRIFT_MINUTES = 40.0
DRIFT_FED, DRIFT_BLIND = (0.03, 0.25), (0.2, 1.0)
"""Variance of the rates now and from DRIFT_MINUTES on: who knows no rundown must expect everything in one slot."""
PLAN_MIN = 0.25


class Rates(NamedTuple):
    """Gamma laws per node: shape and rate in expected orders, the lot, and the planned units per viewer-minute."""

    shape: Floats
    rate: Floats
    lot: Floats
    planned_pace: Floats

    @property
    def factor(self) -> Floats:
        """How many times faster than planned."""
        found: Floats = self.shape / self.rate
        return found


def forget_minutes(pulse: Pulse) -> float:
    """Minutes in which the sums forget by half."""
    length = (pulse.end - pulse.start) / MINUTE
    return max(HALF_LIFE_MINUTES, min(HALF_LIFE_MINUTES_MAX, length * HALF_LIFE_SHARE), 3 * pulse.width / MINUTE)


def reference(pulse: Pulse) -> Floats:
    """Viewers per region that the plan reckons with; 1 where nobody tells."""
    now, _, total, bins = pulse.audience
    first = np.where(bins > 0, total / np.maximum(bins, 1), now)
    if pulse.viewers_planned > 0 and first.sum() > 0:
        first = first * (pulse.viewers_planned / first.sum())
    found: Floats = np.where(first > 0, first, 1.0)
    return found


def planned_minutes(pulse: Pulse) -> Floats:
    """Minutes each SKU would be in each state if the rundown were followed (SKUs x states)."""
    cached: Floats | None = pulse.__dict__.get("planned_minutes")
    if cached is not None:
        return cached
    whole = (pulse.end - pulse.start) / MINUTE
    found = np.zeros((len(pulse.skus), STATES))
    found[:, WAITING] = whole
    for number in {slot.sku for slot in pulse.slots}:
        mine = [slot for slot in pulse.slots if slot.sku == number]
        found[number] = _states_of(
            [((s.start - pulse.start) / MINUTE, (s.end - pulse.start) / MINUTE) for s in mine], whole
        )
    if not pulse.slots and pulse.told:
        shown = whole / max(1, len(pulse.skus))
        found[:] = 0.0
        found[:, ON_SCREEN], found[:, WAITING], found[:, LONG_AGO] = shown, (whole - shown) / 2, (whole - shown) / 2
    pulse.__dict__["planned_minutes"] = found
    return found


def planned_exposure(pulse: Pulse, tables: Floats) -> Floats:
    """Minutes of each SKU along the rundown, weighed by the multipliers of their states, pushes as often as by now."""
    weights = tables[pulse.tier]
    weights[:, ON_SCREEN] = pulse.shown(tables)[pulse.tier]
    found: Floats = (planned_minutes(pulse) * weights).sum(axis=1)
    return found


def _states_of(slots: list[tuple[float, float]], whole: float) -> Floats:
    found = np.zeros(STATES)
    found[WAITING] = slots[0][0]
    for number, (start, end) in enumerate(slots):
        after = slots[number + 1][0] if number + 1 < len(slots) else whole
        gap = max(0.0, after - end)
        found[ON_SCREEN] += max(0.0, min(end, whole) - start)
        found[JUST_OFF] += min(gap, 2.0)
        found[LATELY] += min(max(0.0, gap - 2.0), 8.0)
        found[LONG_AGO] += max(0.0, gap - 10.0)
    return found


def rates(pulse: Pulse) -> Rates:
    """The laws of all nodes, from what is counted by the last closed bin and since."""
    size = pulse.size
    skus, regions = pulse.sku_of[:size], pulse.region_of[:size]
    tiers = pulse.tier[skus]
    learned = pulse.tables
    tables = learned[tiers]
    lot = pulse.lot()[skus]
    planned, spread = _planned(pulse, tiers)
    whole = planned_exposure(pulse, learned)[skus] * reference(pulse)[regions]
    pace = planned / np.maximum(whole, 1e-9)
    units = np.maximum(pulse.row("units"), 0.0) / lot
    expected = pace * (pulse.exposure[:, :size] * tables.T).sum(axis=0) / lot
    mean_of_sku, of_sku = _of_skus(pulse, skus, units, expected, spread)
    shape = NODE_ORDERS + units
    rate = NODE_ORDERS / mean_of_sku[skus] + expected
    shared = (NODE_ORDERS / shape) ** 2 / of_sku[skus]
    known = 1.0 / (1.0 / shape + shared)
    return Rates(known, known * rate / shape, lot, pace)


def drifting(law: Rates, minutes: Floats, fed: bool = True) -> Rates:
    """The laws of what the rates will do over so many minutes from now, per node: less sure the longer that is.

    As many futures are faster as slower, so the middle of the law stays where it is and its mean rises.
    """
    now, later = DRIFT_FED if fed else DRIFT_BLIND
    drift = now + (later - now) * np.minimum(minutes / DRIFT_MINUTES, 1.0)
    shape = 1.0 / (1.0 / law.shape + drift)
    return law._replace(shape=shape, rate=law.rate * shape / law.shape * _middle(shape) / _middle(law.shape))


def _middle(shape: Floats) -> Floats:
    """The median of a Gamma law over its mean, nearly."""
    return np.maximum(1.0 - 1.0 / (3.0 * shape), 0.2)


def _of_skus(pulse: Pulse, skus: Ints, units: Floats, expected: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """Per SKU: how many times faster than planned, and how many orders that is as sure as.

    What a node says of its SKU, and a SKU of the show, counts up to where its own peculiarity begins: ten thousand
    orders of one SKU still are one SKU.
    """
    count = len(pulse.skus)
    news = 1.0 / (1.0 + expected / NODE_ORDERS)
    orders, hoped = _sums(skus, units * news, count), _sums(skus, expected * news, count)
    sure = np.full(count, 1.0 / UNPLANNED_SPREAD)
    np.maximum.at(sure, skus, 1.0 / spread)
    weight = 1.0 / (1.0 + hoped / sure)
    show = (SHOW_ORDERS + (orders * weight).sum()) / (SHOW_ORDERS + (hoped * weight).sum())
    shape: Floats = sure + orders
    found: Floats = shape / (sure / show + hoped)
    return found, shape


def _sums(places: Ints, values: Floats, count: int) -> Floats:
    found: Floats = np.bincount(places, values, count).astype(np.float64)
    return found


def _planned(pulse: Pulse, tiers: Ints) -> tuple[Floats, Floats]:
    """Units planned per node and how unsure that is; without a plan, the stock it opened with stands for one."""
    planned, opening = pulse.row("planned"), pulse.row("opening")
    spread = pulse.spread[tiers]
    if planned.any():
        usual = planned[planned > 0].min()
        return np.where(planned > 0, planned, max(PLAN_MIN, usual / 2)), np.where(planned > 0, spread, UNPLANNED_SPREAD)
    stand_in = np.maximum(np.where(opening > 0, opening, pulse.row("left")), 1.0)
    return stand_in, np.maximum(spread, UNPLANNED_SPREAD)


def paces(pulse: Pulse) -> Floats:
    """Units expected per viewer-minute of each node at multiplier 1."""
    law = rates(pulse)
    found: Floats = law.factor * law.planned_pace
    return found
