"""The outlook over the next days: units per channel and SKU, at P10, P50 and P90, learned from past shows.

    past shows: (units, exposure) per channel, tier and SKU -> law per tier (`Law`) -> law per SKU -> quantiles

Exposure is how much there was to buy with (thousand viewer-minutes) while a buyer could buy: it stops at the sell-out.
So a show that was sold out at half-time says what it sold in half a show, and not that nobody wanted more; sales taken
for demand would plan less after every sell-out. The law is the one of the countdown: units are Poisson given a rate per
exposure, the rate of a SKU in a show is Gamma about the SKU's own (`between`, the squared spread from show to show),
and the SKU's own is Gamma about its tier's on that channel (`within`). All three are read off the shows by moments; a
SKU shown twice leans on its tier, one shown twelve times stands by itself, a new one is its tier. The more units a show
had, the less they say beyond the luck of that show, so each counts as at most 1/`between` orders.

Vectorised per SKU, no sampling, pure. What can fail: a tier that nobody ever showed has no outlook and is left out;
with few shows the spreads are the usual ones (`USUAL_...`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.special import btdtria

from dashboard.forecast.counts import TINY, Floats, Number

Row = dict[str, Any]
Series = tuple[str, str, str]
"""Channel, tier, SKU."""
Shows = Sequence[tuple[float, float]]
"""Units and exposure of each past show; exposure in thousand viewer-minutes, until the close or the sell-out."""

USUAL_BETWEEN, USUAL_WITHIN = 0.12, 0.5
USUAL_WEIGHT = 8.0
"""The usual spreads count as much as so many measured ones."""
LEAST, MOST = 0.005, 4.0
ROUNDS = 4
CHANNEL_SHAPE = 20.0
"""How far channels follow their tier: the prior shape of a channel's own multiple of it."""


class Law(NamedTuple):
    """What a tier on a channel sells: units per exposure, squared spread of SKUs about it, and from show to show."""

    rate: float
    within: float
    between: float


class Own(NamedTuple):
    """What one SKU sells on a channel: Gamma(shape, rate) units per exposure, and its spread from show to show."""

    shape: float
    rate: float
    between: float


def outlook(history: Mapping[Series, Shows], planned: Mapping[Series, float]) -> list[Row]:
    """One row per planned series: channel, tier, sku, shows, exposure, mean, p10, p50, p90; unknown tiers left out.

    `planned` is the exposure of the days to come, in the unit of the history. `own_share` is how much of the estimate
    is the SKU's own past rather than its tier's.
    """
    laws, rows = learned(history), list[Row]()
    for series, exposure in planned.items():
        channel, tier, sku = series
        law = laws.get((channel, tier)) or laws.get(("", tier))
        if law is None:
            continue
        shows = _told(history.get(series, ()))
        own = posterior(law, shows)
        mean, shape = predicted(own, exposure)
        low, middle, high = (float(units_at(mean, shape, level)) for level in (0.1, 0.5, 0.9))
        rows.append(
            {
                "channel": channel, "tier": tier, "sku": sku, "shows": len(shows), "exposure": exposure, "mean": mean,
                "shape": shape, "p10": low, "p50": middle, "p90": high,
                "own_share": 1 - (1 / law.within / law.rate) / own.rate,
            }
        )  # fmt: skip
    return rows


def units_at(mean: Number, shape: Number, level: Number) -> Floats:
    """The least units that are enough with a probability: the quantile of a negative binomial, exactly."""
    share = np.maximum(mean, TINY) / (np.maximum(shape, TINY) + np.maximum(mean, TINY))
    found: Floats = np.maximum(0.0, np.ceil(btdtria(1 - np.asarray(level), np.maximum(shape, TINY), share) - 1e-9) - 1)
    return found


def predicted(own: Own, exposure: float) -> tuple[float, float]:
    """Mean and shape of the units of one show, or of some days, of so much exposure."""
    return exposure * own.shape / own.rate, 1 / (1 / own.shape + own.between)


def posterior(law: Law, shows: Floats) -> Own:
    """A SKU's own law: its tier's, and what its shows (units, exposure) say beyond the luck of each show."""
    shape = 1 / law.within
    rate = shape / law.rate
    if not len(shows):
        return Own(shape, rate, law.between)
    expected, found = law.rate, Own(shape, rate, law.between)
    for _ in range(ROUNDS):
        counts = 1 / (1 + law.between * expected * shows[:, 1])
        found = Own(shape + float(counts @ shows[:, 0]), rate + float(counts @ shows[:, 1]), law.between)
        expected = found.shape / found.rate
    return found


def learned(history: Mapping[Series, Shows]) -> dict[tuple[str, str], Law]:
    """The law of each channel and tier, and of each tier over all channels (channel "")."""
    tiers: dict[str, dict[str, list[Floats]]] = {}
    for (channel, tier, _), shows in history.items():
        told = _told(shows)
        if len(told):
            tiers.setdefault(tier, {}).setdefault(channel, []).append(told)
    laws: dict[tuple[str, str], Law] = {}
    for tier, channels in tiers.items():
        whole = _law([shows for series in channels.values() for shows in series])
        if whole is None:
            continue
        laws["", tier] = whole
        for channel, series in channels.items():
            units, exposure = np.concatenate(series).sum(axis=0)
            expected = whole.rate * exposure
            counts = 1 / (1 + whole.within * expected / len(series))
            multiple = (CHANNEL_SHAPE + counts * units) / (CHANNEL_SHAPE + counts * expected)
            laws[channel, tier] = whole._replace(rate=whole.rate * float(multiple))
    return laws


def _told(shows: Shows) -> Floats:
    """Shows as an array, without those nobody could buy in."""
    found = np.array([(units, exposure) for units, exposure in shows if exposure > 0], dtype=float)
    return found.reshape(-1, 2)


def _law(series: Iterable[Floats]) -> Law | None:
    """The law of a tier from the shows of its SKUs; None where nothing was ever sold."""
    all_of = list(series)
    units, exposure = np.concatenate(all_of).sum(axis=0)
    if units <= 0:
        return None
    between = _between([shows for shows in all_of if len(shows) > 1])
    whole = np.array([shows[:, 1].sum() for shows in all_of])
    rates = np.array([shows[:, 0].sum() for shows in all_of]) / whole
    shares = np.array([np.square(shows[:, 1] / shows[:, 1].sum()).sum() for shows in all_of])
    mean, within = float(units / exposure), USUAL_WITHIN
    for _ in range(ROUNDS):
        luck = 1 / (mean * whole) + between * (1 + within) * shares
        weights = 1 / (within + luck)
        mean = float(weights @ rates / weights.sum())
        beyond = np.minimum((rates / mean - 1) ** 2, MOST) - luck
        within = (float(beyond.sum()) + USUAL_WITHIN * USUAL_WEIGHT) / (len(all_of) - 1 + USUAL_WEIGHT)
        within = float(np.clip(within, LEAST, MOST))
    return Law(mean, within, between)


def _between(series: Sequence[Floats]) -> float:
    """The squared spread of a SKU's rate from show to show, beyond the luck of single orders."""
    beyond = weight = 0.0
    for shows in series:
        whole = shows.sum(axis=0)
        expected = whole[0] * shows[:, 1] / whole[1]
        if whole[0] <= 0:
            continue
        spread = ((shows[:, 0] - expected) ** 2 / (1 - 1 / len(shows)) - expected) / expected**2
        trust = (USUAL_BETWEEN * expected / (1 + USUAL_BETWEEN * expected)) ** 2
        beyond += float(trust @ spread)
        weight += float(trust.sum())
    return float(np.clip((beyond + USUAL_BETWEEN * USUAL_WEIGHT) / (weight + USUAL_WEIGHT), LEAST, MOST))
