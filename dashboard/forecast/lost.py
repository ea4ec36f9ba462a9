"""Lost: how much would have been bought where nothing was for sale, told after the show, when both sides are known.

    Night (orders and open shares by channel, SKU and bin, viewers, on-screen states, plan) -> wanted(night) -> orders
    expected in every bin, open or not; those of the closed share nobody could place

A rate is a product, and each factor is learned from all orders that bear on it, pulled to 1 while those are few:

    viewers x state on screen (states.py) x price      known beforehand, or told
    pace        planned units over all exposure, times factors of the show, the channel, the SKU, the SKU in the region
                and the node: what little sold of a node is completed by its sisters
    tide of a SKU           orders over those expected in the same minutes wherever it could still be bought
    tide of a node's region, and of the SKU in the region, the same, slower

Tides are looked for in windows from most of an hour down to half a minute around each bin, before and after it, each
window on top of the wider ones; so near orders weigh more than far ones, many more than few, and where nobody could
buy at all a tide returns to 1. Exposure counts by the share of the bin in which it could be bought: what was sold out
says nothing of demand. Orders are counted, not units, so that one wholesale order is one piece of news.

A rush (a raid, a gift, a clip that went round) is far above what is usual for its SKU. It says nothing of the hour, so
paces, states and wide windows leave it out, and narrow ones follow it for a minute or two: what a rush sold out is not
wanted at that speed for the rest of the show. The order that took the last unit counts nowhere, as every stretch
that ends with a sell-out holds one by necessity. What is on screen is refined by stretches of minutes since it came,
went or was pushed; where nobody says, it is read off what sold (unseen.py).

Pure, deterministic, some hundred vector operations over all bins. What can fail: shoppers who take another SKU instead
make that one look wanted, and with it whatever else the region sells; a SKU that sold in a rush only is known by its
plan alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.states import STATES, TIERS, Tables, learned, state_of
from dashboard.forecast.unseen import chances

Flags = NDArray[np.bool_]
ROUNDS = 4
SHOW_ORDERS, CHANNEL_ORDERS, REGION_ORDERS, NODE_ORDERS = 20.0, 20.0, 8.0, 8.0
LOOSE = 0.25
"""Without a plan nodes differ more: factors are held by so much less."""
SKU_TIDE = ((40.0, 20.0), (12.0, 8.0), (4.0, 8.0), (2.0, 4.0), (0.5, 4.0))
"""Windows in minutes to either side, and how many orders weigh as much as no change at all."""
NODE_TIDE = ((20.0, 12.0), (6.0, 12.0))
REGION_TIDE = ((30.0, 10.0), (10.0, 10.0))
CALM_MINUTES = 5.0
"""Wider windows leave rushes out."""
RUSH, RUSH_UNSEEN, RUSH_HELD = 2.5, 5.0, 4.0
"""Orders over those expected, over what is usual; a guessed screen excuses more."""
RUSH_MINUTES = (0.5, 1.5)
"""Windows in which rushes are looked for: of a SKU, and of a SKU in a region."""
PHASES = (
    (0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0),
    (0.5, 1.0, 2.0, 4.0, 10.0),
    (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0),
)
"""Stretches of minutes since a SKU came on screen, left it, was pushed; each has a factor beside that of its state."""
PHASE_ORDERS = 30.0


class Night(NamedTuple):
    """One show; axes are always [channel, SKU, bin]."""

    orders: Floats
    open: Floats
    """The share of each bin in which it could be bought there."""
    last: Floats
    """Orders that took the last unit: a window that ends with one holds it by necessity, so it tells nothing."""
    able: Flags
    """[channel, SKU]: whether it could ever be sold there."""
    region_of: Ints
    """[channel]"""
    tier: Ints
    """[SKU]: its place in TIERS."""
    plan: Floats
    """[channel, SKU] units; all 0 without a plan."""
    viewers: Floats
    """[channel, bin], all 1 where nobody tells."""
    since: Floats
    """[which, SKU, bin]: minutes since it came on screen (NaN: it is not on), left it, and was pushed (NaN: never)."""
    fed: bool
    """Whether anybody says what is on screen."""
    lift: Floats
    """[region, SKU, bin]: what prices and coupons multiply demand by."""
    tables: Tables
    bin_minutes: float


def audience(channel: Ints, place: Ints, viewers: Floats, channels: int, bins: int) -> Floats:
    """Viewers by [channel, bin] from counts told now and then (channel, bin, viewers), in order of time.

    Between and beyond its counts a channel follows what the channels whose counts are known make of the evening.
    """
    told = np.full((channels, bins), np.nan)
    inside = (place < bins) & (viewers > 0)
    told[channel[inside], np.maximum(place[inside], 0)] = viewers[inside]
    known = np.isfinite(told)
    if not known.any():
        return np.ones((channels, bins))
    held, size = np.where(known, told, 0.0), np.ones(channels)
    evening: Floats = np.ones(bins)
    for _ in range(5):
        whole = (known * size[:, None]).sum(axis=0)
        seen = np.flatnonzero(whole > 0)
        evening = np.interp(np.arange(bins), seen, held.sum(axis=0)[seen] / whole[seen])
        size = np.where(known.any(axis=1), held.sum(axis=1) / np.maximum((known * evening).sum(axis=1), 1e-9), 1.0)
    found = np.repeat(evening[None, :], channels, axis=0)
    for number in np.flatnonzero(known.any(axis=1)):
        seen = np.flatnonzero(known[number])
        found[number] *= np.interp(np.arange(bins), seen, told[number, seen] / evening[seen])
    return found


def wanted(night: Night) -> Floats:
    """Orders that shoppers would have placed in each bin had everything been for sale, by [channel, SKU, bin]."""
    fit = _Fit(night)
    for _ in range(ROUNDS):
        fit.paces()
        if not night.fed:
            fit.screen()
        fit.rushes()
        fit.paces()
        if night.fed:
            fit.states()
        fit.tides()
    return fit.whole()


def _counted(cell: Ints, values: Floats, cells: int) -> Floats:
    """Sums of values by cell."""
    found: Floats = np.bincount(cell.ravel(), values.ravel(), cells).astype(np.float64)
    return found


def _phase(since: Floats, edges: tuple[float, ...]) -> Ints:
    """Which stretch the minutes since something fall into, from 1 on; 0 for never."""
    stretch: Ints = np.searchsorted(edges, np.nan_to_num(since)).astype(np.int64) + 1
    found: Ints = np.where(np.isfinite(since), stretch, 0)
    return found


def _box(values: Floats, reach: int) -> Floats:
    """Sums over so many bins to either side, along the last axis; at the edges of the show over those there are."""
    bins = values.shape[-1]
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)
    places = np.arange(bins)
    found: Floats = sums[..., np.minimum(places + reach + 1, bins)] - sums[..., np.maximum(places - reach, 0)]
    return found


def _tide(
    now: tuple[Floats, Floats], calm: tuple[Floats, Floats], windows: Sequence[tuple[float, float]], bin_minutes: float
) -> Floats:
    """How many times more than expected was ordered around each bin, from wide windows to narrow ones.

    `now` and `calm` are orders and those expected, in all bins and in those without a rush, which wide windows look at.
    """
    found = np.ones_like(now[0])
    for minutes, held in windows:
        reach = round(minutes / bin_minutes)
        orders, expected = calm if minutes > CALM_MINUTES else now
        found *= (held + _box(orders, reach)) / (held + _box(expected * found, reach))
    return found


def _quiet(orders: Floats, expected: Floats, sure: Floats, reach: int, rush: float) -> Floats:
    """1 in bins without a rush, 0 in those with: far more orders than there are in most of the time.

    What is usual is the middle of the ratios, with the plan itself as one more that weighs `sure` orders. The last axis
    is time.
    """
    ratio = (RUSH_HELD + _box(orders, reach)) / (RUSH_HELD + _box(expected, reach))
    ratios = np.concatenate([ratio, np.ones((*ratio.shape[:-1], 1))], axis=-1)
    weights = np.concatenate([expected, np.broadcast_to(sure, ratio.shape[:-1])[..., None]], axis=-1)
    order = np.argsort(ratios, axis=-1, kind="stable")
    reached = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    place = (reached < reached[..., -1:] / 2).sum(axis=-1)[..., None]
    usual = np.take_along_axis(ratios, np.take_along_axis(order, place, axis=-1), axis=-1)
    return np.where(ratio > rush * usual, 0.0, 1.0)


class _Fit:
    """The factors as learned by now."""

    def __init__(self, night: Night) -> None:
        self.night = night
        channels, skus, bins = night.orders.shape
        self.regions = int(night.region_of.max(initial=0)) + 1
        self.member = np.zeros((self.regions, channels))
        self.member[night.region_of, np.arange(channels)] = 1.0
        """Region x channel: whether it is one of it."""
        self.state = state_of(*night.since) if night.fed else np.zeros((skus, bins), np.int64)
        self.tables: Floats = 1.0 * night.tables.states
        self.phases = [_phase(since, edges) for since, edges in zip(night.since, PHASES, strict=True)]
        self.phase_factors = [np.ones(len(edges) + 2) for edges in PHASES]
        self.planned = bool(night.plan.any())
        self.plan = night.able.astype(np.float64)
        if self.planned:
            usual = float(night.plan[night.plan > 0].min()) / 2
            self.plan = np.where(night.plan > 0, night.plan, usual * self.plan)
        self.orders = night.orders - night.last
        self.unseen = np.ones((skus, bins))
        self.quiet = np.ones((self.regions, skus, bins))
        self.factor = np.ones((channels, skus))
        self.common = np.ones(channels)
        self.sku_tide = np.ones((skus, bins))
        self.node_tide = np.ones((self.regions, skus, bins))
        self.region_tide = np.ones((self.regions, bins))
        self._show()

    def _show(self) -> None:
        """What is known or told: planned pace times viewers, state, price; and its open share."""
        night = self.night
        self.shown = self.tables[night.tier[:, None], self.state] if night.fed else self.unseen
        if night.fed:
            for factors, phase in zip(self.phase_factors, self.phases, strict=True):
                self.shown = self.shown * factors[phase]
        base = night.viewers[:, None, :] * (night.lift * self.shown)[night.region_of]
        self.base = base * (self.plan / np.maximum(base.sum(axis=2), 1e-12))[:, :, None]

    def moving(self) -> Floats:
        """All tides together, by [channel, SKU, bin]."""
        tides = self.sku_tide * self.node_tide * self.region_tide[:, None, :]
        found: Floats = tides[self.night.region_of]
        return found

    def whole(self) -> Floats:
        """Orders expected in each bin if it is open."""
        found: Floats = self.base * self.factor[:, :, None] * self.moving()
        return found

    def paces(self) -> None:
        """Factors of show, channel, SKU, SKU in its region, and node, one after the other."""
        night, loose = self.night, 1.0 if self.planned else LOOSE
        quiet = self.quiet[night.region_of]
        hoped = (self.base * night.open * self.moving() * quiet).sum(axis=2)
        found, orders = np.ones_like(hoped), (self.orders * quiet).sum(axis=2)
        self.common = np.ones(len(found))
        sure = loose / night.tables.spread[night.tier]
        for _ in range(3):
            whole = (SHOW_ORDERS * loose + orders.sum()) / (SHOW_ORDERS * loose + (hoped * found).sum())
            found *= whole
            now = hoped * found
            mine = (CHANNEL_ORDERS * loose + orders.sum(axis=1)) / (CHANNEL_ORDERS * loose + now.sum(axis=1))
            found *= mine[:, None]
            self.common *= whole * mine
            now = hoped * found
            found *= ((sure + orders.sum(axis=0)) / (sure + now.sum(axis=0)))[None, :]
        for member, held in ((self.member, REGION_ORDERS * loose), (np.eye(len(found)), NODE_ORDERS * loose)):
            now = hoped * found
            found *= member.T @ ((held + member @ orders) / (held + member @ now))
        self.factor = found

    def rushes(self) -> None:
        """When there is a rush on a SKU, or on a SKU in a region."""
        night = self.night
        hoped = np.einsum("rc,csb->rsb", self.member, self.base * night.open * self.common[:, None, None])
        orders = np.einsum("rc,csb->rsb", self.member, self.orders)
        sure = 1.0 / night.tables.spread[night.tier]
        rush = RUSH if night.fed else RUSH_UNSEEN
        first, second = (round(minutes / night.bin_minutes) for minutes in RUSH_MINUTES)
        everywhere = _quiet(orders.sum(axis=0), hoped.sum(axis=0), sure, first, rush)
        self.quiet = everywhere * _quiet(orders, hoped, sure, second, rush)

    def states(self) -> None:
        """What each state on screen, and each stretch since the SKU came, went or was pushed, makes of demand here."""
        night = self.night
        quiet = self.quiet[night.region_of]
        plain = np.einsum("csb,cs->sb", self.base * night.open * quiet, self.factor) / self.shown
        orders = (self.orders * quiet).sum(axis=0)
        cell = night.tier[:, None] * STATES + self.state
        lift = [factors[phase] for factors, phase in zip(self.phase_factors, self.phases, strict=True)]
        shape = (len(TIERS), STATES)
        seen, hoped = (_counted(cell, one, len(TIERS) * STATES) for one in (orders, plain * np.prod(lift, axis=0)))
        self.tables = learned(night.tables.states, seen.reshape(shape), hoped.reshape(shape))
        plain *= self.tables[night.tier[:, None], self.state]
        for number, (factors, phase) in enumerate(zip(self.phase_factors, self.phases, strict=True)):
            others = np.prod([one for other, one in enumerate(lift) if other != number], axis=0)
            seen, hoped = (_counted(phase, one, len(factors)) for one in (orders, plain * others))
            factors[1:] = ((PHASE_ORDERS + seen) / (PHASE_ORDERS + hoped))[1:]
            lift[number] = factors[phase]
        self._show()

    def screen(self) -> None:
        """What was probably on screen, as nobody says."""
        night = self.night
        plain = np.einsum("csb,cs->sb", self.base * night.open, self.factor) / self.shown
        orders = self.orders.sum(axis=0)
        plain *= (orders.sum(axis=1) / np.maximum(plain.sum(axis=1), 1e-9))[:, None]
        found = chances(orders, plain, night.bin_minutes)
        self.unseen = found.off + (found.on - found.off) * found.chance
        self._show()

    def tides(self) -> None:
        """What moved a SKU everywhere, a region whatever it bought, and a SKU in a region."""
        night, minutes = self.night, self.night.bin_minutes
        hoped = self.base * self.factor[:, :, None] * night.open
        there = np.einsum("rc,csb->rsb", self.member, hoped)
        orders = np.einsum("rc,csb->rsb", self.member, self.orders)
        quiet, local = self.quiet, self.node_tide * self.region_tide[:, None, :]
        calm = (quiet * orders).sum(axis=0), (quiet * there * local).sum(axis=0)
        self.sku_tide = _tide((orders.sum(axis=0), (there * local).sum(axis=0)), calm, SKU_TIDE, minutes)
        moved = there * self.sku_tide
        both = orders.sum(axis=1), (moved * self.node_tide).sum(axis=1)
        calm = (quiet * orders).sum(axis=1), (quiet * moved * self.node_tide).sum(axis=1)
        self.region_tide = _tide(both, calm, REGION_TIDE, minutes)
        moved *= self.region_tide[:, None, :]
        self.node_tide = _tide((orders, moved), (quiet * orders, quiet * moved), NODE_TIDE, minutes)
