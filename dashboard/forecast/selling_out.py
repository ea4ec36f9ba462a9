"""Selling out: when each node's stock is gone, how sure that is, and how many units will be asked for by the close.

A node sells out at the first step whose expected orders reach what the law of its rate allows for a probability:
P10, P50 and P90 in closed form, no sampling. P10 and P90 are read at probabilities that recent shows have shown to
hold (`Levels`, per tier and horizon); the median is the model's own. A time beyond the close is never given: then the
node "lasts", with the chance that it does not.

Units that every region may draw (the flexible pool, where orders bind late) are shared: a node without units of its
own lives as long as they do.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dashboard.forecast.ahead import Ahead, ahead
from dashboard.forecast.counts import TINY, Floats, Ints, Number, chance_by, exposure_at, leftover
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.rates import Rates, drifting, rates
from dashboard.forecast.states import MINUTE, TIERS

HORIZONS = ("0-10", "10-30", "30+", "lasts")
HORIZON_MINUTES = (10.0, 30.0)
RAW_LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
SOON_MINUTES = 10.0
Levels = Mapping[str, tuple[float, float]]
"""'tier/horizon' -> the probabilities shown as P10 and P90."""


class Forecast(NamedTuple):
    """Per node; minutes are inf beyond the close, `horizon` is a place in HORIZONS, `stays` units left at the close.

    P10 and P90 are the quantiles at `lower` and `upper`.
    """

    p10: Floats
    p50: Floats
    p90: Floats
    chance: Floats
    mean: Floats
    shape: Floats
    lot: Floats
    soon: Floats
    horizon: Ints
    stays: Floats
    lower: Floats
    upper: Floats


class Outlook(NamedTuple):
    """What a forecast is read from.

    Laws, expected orders ahead and stock decide when it is gone, of a shared stock together; `mean` and `soon` are the
    units a node itself is asked for by the close and per minute soon, `part` its part of what is shared, `nodes` which.
    """

    law: Rates
    ahead: Ahead
    stock: Floats
    mean: Floats
    soon: Floats
    part: Floats
    nodes: Ints
    whole: Floats
    """Units that will be asked for of its stock by the close, by all who live on it."""


def look(pulse: Pulse, at: int, nodes: Ints | None = None) -> Outlook:
    """The laws and the exposure ahead of all nodes (or of some) now, and the stock each lives on."""
    law, mine = rates(pulse), np.arange(pulse.size)
    if nodes is not None and not pulse.pool.any():
        law, mine = Rates(*(values[nodes] for values in law)), nodes
    future = ahead(pulse, at, law, mine)
    per_order = law.factor * law.lot
    steps = len(future.minutes)
    mean = future.orders[:, -1] * per_order if steps else np.zeros(len(mine))
    step = min(int(np.searchsorted(future.minutes, SOON_MINUTES)), steps - 1)
    soon = future.orders[:, step] / future.minutes[step] * per_order if steps else np.zeros(len(mine))
    stock = np.maximum(pulse.row("left"), 0.0)[mine]
    seen = Outlook(law, future, stock, mean, soon, np.ones(len(mine)), mine, mean)
    if pulse.pool.any():
        seen = _with_pool(pulse, seen)
        seen = seen if nodes is None else part(seen, nodes)
    until = np.minimum(_when(seen.ahead, seen.stock / (seen.law.factor * seen.law.lot)), (pulse.end - at) / MINUTE)
    whole = seen.ahead.orders[:, -1] * seen.law.factor * seen.law.lot if steps else seen.mean
    return seen._replace(whole=whole, law=drifting(seen.law, np.maximum(until, 0.0), pulse.told or bool(pulse.slots)))


def part(seen: Outlook, nodes: Ints) -> Outlook:
    """What some of the nodes of an outlook live on, by their places in it."""
    law = Rates(*(values[nodes] for values in seen.law))
    future = Ahead(seen.ahead.minutes, seen.ahead.orders[nodes])
    return Outlook(
        law,
        future,
        seen.stock[nodes],
        seen.mean[nodes],
        seen.soon[nodes],
        seen.part[nodes],
        seen.nodes[nodes],
        seen.whole[nodes],
    )


def forecast(pulse: Pulse, outlook: Outlook, levels: Levels) -> Forecast:
    """Times to the sell-out and units wanted, per node."""
    law, future, stock = outlook.law, outlook.ahead, outlook.stock
    end = future.orders[:, -1] if len(future.minutes) else np.zeros(len(stock))
    chance = chance_by(stock, law.shape, law.rate, law.lot, end)
    p50 = _when(future, _orders_by(outlook, 0.5))
    horizon = np.where(np.isfinite(p50), np.digitize(p50, HORIZON_MINUTES), len(HORIZONS) - 1)
    lower, upper = _levels(pulse, outlook, p50, levels)
    p10, p90 = _when(future, _orders_by(outlook, np.stack([lower, upper])))
    stays = leftover(stock, outlook.whole, law.shape, law.lot) * outlook.part
    return Forecast(
        np.minimum(p10, p50), p50, np.maximum(p90, p50), chance, outlook.mean, law.shape, law.lot, outlook.soon,
        horizon, stays, lower, upper,
    )  # fmt: skip


def raw_quantiles(outlook: Outlook) -> Floats:
    """Minutes at each of RAW_LEVELS (levels x nodes), inf beyond the close."""
    return _when(outlook.ahead, _orders_by(outlook, np.array(RAW_LEVELS)[:, None]))


def _orders_by(outlook: Outlook, level: Number) -> Floats:
    law = outlook.law
    return exposure_at(outlook.stock, law.shape, law.rate, law.lot, level)


def _levels(pulse: Pulse, outlook: Outlook, p50: Floats, levels: Levels) -> tuple[Floats, Floats]:
    """The probabilities shown as P10 and P90: on straight lines between the middles of the horizons.

    A jump at the edge of a horizon would let a node with one unit more seem to sell out sooner.
    """
    tiers, minutes = pulse.tier[pulse.sku_of[outlook.nodes]], outlook.ahead.minutes
    whole = minutes[-1] if len(minutes) else 0.0
    end = outlook.ahead.orders[:, -1] if len(minutes) else np.zeros(len(tiers))
    needed = outlook.stock / (outlook.law.factor * outlook.law.lot)
    at = np.where(np.isfinite(p50), p50, whole * np.maximum(needed / np.maximum(end, TINY), 1.0))
    middles = (5.0, 18.0, max(19.0, min(50.0, 0.7 * whole)), max(20.0, 1.3 * whole))
    found = []
    for side in (0, 1):
        value = np.full(len(tiers), 0.9 if side else 0.1)
        for number, tier in enumerate(TIERS):
            mine = tiers == number
            known = [levels.get(f"{tier}/{name}", (0.1, 0.9))[side] for name in HORIZONS]
            value[mine] = np.interp(at[mine], middles, known)
        found.append(value)
    return found[0], found[1]


def _when(future: Ahead, wanted_orders: Floats) -> Floats:
    """Minutes until each node's expected orders reach some numbers (levels x nodes), inf beyond the close.

    On the straight line within a step; the nodes' running sums are laid end to end, so that one search finds them all.
    """
    minutes, orders = future
    size, steps = orders.shape
    if not steps or not size:
        return np.where(wanted_orders <= 0, 0.0, np.inf)
    end = np.maximum(orders[:, -1], TINY)
    nodes = np.arange(size)
    rising = (orders / end[:, None] + 2.0 * nodes[:, None]).ravel()
    place = np.searchsorted(rising, np.minimum(wanted_orders / end, 1.5) + 2.0 * nodes) - nodes * steps
    beyond = (wanted_orders > orders[:, -1]) | (orders[:, -1] <= 0)
    place = np.minimum(np.maximum(place, 0), steps - 1)
    before = np.maximum(place - 1, 0)
    high, low = orders[nodes, place], np.where(place > 0, orders[nodes, before], 0.0)
    begins = np.where(place > 0, minutes[before], 0.0)
    share = np.minimum(np.maximum((wanted_orders - low) / np.maximum(high - low, TINY), 0.0), 1.0)
    found = begins + share * (minutes[place] - begins)
    return np.where(wanted_orders <= 0, 0.0, np.where(beyond, np.inf, found))


def _with_pool(pulse: Pulse, alone: Outlook) -> Outlook:
    """Give nodes that draw a shared pool its future: as one node where most units were in it, else their part of it."""
    law, future, skus, count = alone.law, alone.ahead, pulse.sku_of[: pulse.size], len(pulse.skus)
    pool = np.maximum(pulse.pool, 0.0)
    own, wanted_whole = np.bincount(skus, alone.stock, count), np.bincount(skus, alone.mean, count)
    whole = np.zeros((count, len(future.minutes)))
    np.add.at(whole, skus, future.orders * (law.factor * law.lot)[:, None])
    part = alone.mean / np.maximum(wanted_whole[skus], 1e-12)
    unsure = np.bincount(skus, alone.mean**2 / law.shape, count)
    together = np.minimum(wanted_whole**2 / np.maximum(unsure, 1e-12), np.bincount(skus, law.shape, count))
    one = (pulse.pooled > 0)[skus]
    shape = np.where(one, np.maximum(together, 1e-3)[skus], law.shape)
    return Outlook(
        Rates(shape, np.where(one, shape, law.rate), law.lot, law.planned_pace),
        Ahead(future.minutes, np.where(one[:, None], whole[skus] / law.lot[:, None], future.orders)),
        np.where(one, (pool + own)[skus], alone.stock + pool[skus] * part),
        alone.mean,
        alone.soon,
        np.where(one, part, 1.0),
        alone.nodes,
        alone.whole,
    )
