"""The audience of a simulated show: people join, stay a while and leave; platforms raid; one night half of them go.

Regions live in their own time zones, so that one is on its way to its evening peak while another goes to bed. People
brought by a raid leave soon and buy half as readily as those who came by themselves.
"""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from tests.simulated.show import Floats, Size, Variant
from tests.simulated.streams import Streams, drift

ZONES = (-5, 1, 8, 4, -8, 10)
STAY_SECONDS, RAID_STAY_SECONDS = 560.0, 150.0
READINESS, ELASTICITY = 0.5, 0.9
CHANNEL_MEAN = 900.0


@dataclass(frozen=True)
class Crowd:
    """Who watches, by [region, channel, bin]; `buying` is what that makes of demand, about one on the planned mean."""

    viewers: Floats
    planned: Floats
    buying: Floats


def crowd(streams: Streams, size: Size, variant: Variant) -> Crowd:
    """Draw the audience of every channel."""
    chance = streams.named("crowd")
    shape = (size.regions, size.channels, size.bins)
    planned = CHANNEL_MEAN * np.exp(chance.normal(0, 0.7, shape[:2]))
    truth = planned * np.exp(chance.normal(0, 0.15) + chance.normal(0, 0.15, shape[:2]))
    joins = truth[:, :, None] * _evening(chance, size)[:, None, :] * size.bin_seconds / STAY_SECONDS
    joins *= drift(chance, shape, 0.25, 240 / size.bin_seconds)
    own = _stay(chance.poisson(joins).astype(float), STAY_SECONDS, size)
    raids = np.where(chance.random(shape) < 1.2 / size.bins, 1.0, 0.0) * chance.lognormal(-0.2, 0.7, shape)
    guests = _stay(np.round(raids * truth[:, :, None]), RAID_STAY_SECONDS, size)
    if variant.crash:
        kept = _crash(streams, size)
        own, guests = own * kept, guests * kept
    buying = ((own + READINESS * guests) / planned[:, :, None]) ** ELASTICITY
    return Crowd(np.round(own + guests), np.round(planned), buying)


def _stay(joins: Floats, seconds: float, size: Size) -> Floats:
    """Who is there, given who joins in each bin; the show opens with a part of the room already filled."""
    keep = float(np.exp(-size.bin_seconds / seconds))
    opened = joins.copy()
    opened[..., 0] += 0.5 * joins[..., :30].mean(axis=-1) / (1 - keep)
    found: Floats = lfilter([1.0], [1.0, -keep], opened, axis=-1)
    return found


def _evening(chance: np.random.Generator, size: Size) -> Floats:
    """How many join in each region by the hour of its day, with a mean of one over the show."""
    start = float(chance.uniform(0, 24))
    hours = start + size.middles() / 3600
    zones = np.array([ZONES[region % len(ZONES)] for region in range(size.regions)])
    away = np.abs((hours[None, :] + zones[:, None] - 20.5 + 12) % 24 - 12)
    level = 0.5 + np.exp(-((away / 2.5) ** 2))
    found: Floats = level / level.mean(axis=1, keepdims=True)
    return found


def _crash(streams: Streams, size: Size) -> Floats:
    """The share of everybody who is still there: most leave within a minute, and few come back."""
    chance = streams.named("crash")
    at = chance.uniform(0.25, 0.75) * size.minutes * 60
    left = 1 / (1 + np.exp(-(size.middles() - at) / 20))
    found: Floats = 1 - left * chance.uniform(0.6, 0.8)
    return found
