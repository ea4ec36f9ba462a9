"""Chance for the simulator: one integer seed, one independent generator for each named part, and ranges of seeds.

A part that draws more numbers than before leaves every other part's numbers as they were. The ranges are disjoint, so
that nothing is learned, tuned, recalibrated and scored on the same show.
"""

from zlib import crc32

import numpy as np
from scipy.signal import lfilter

from tests.simulated.show import Floats

LEARN = range(10_000, 10_060)
TUNE = range(20_000, 20_040)
CALIBRATE = range(30_000, 30_060)
SCORE = range(40_000, 40_400)
GOLDEN = range(50_000, 50_020)


class Streams:
    """The generators of one show."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def named(self, name: str) -> np.random.Generator:
        """The generator of one part, always from its start."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, crc32(name.encode())])))


def drift(chance: np.random.Generator, shape: tuple[int, ...], deviation: float, memory_bins: float) -> Floats:
    """A factor with mean one whose logarithm wanders back to its mean over `memory_bins`; the last axis is time."""
    keep = float(np.exp(-1 / memory_bins))
    shocks = chance.standard_normal(shape) * np.sqrt(1 - keep * keep)
    shocks[..., 0] /= np.sqrt(1 - keep * keep)
    found: Floats = np.exp(deviation * lfilter([1.0], [1.0, -keep], shocks, axis=-1) - deviation**2 / 2)
    return found
