"""Unseen: what was probably on screen in each bin of a show in which nobody said so, read off what sold.

    orders and those expected by [SKU, bin] -> chances() -> the chance of each SKU to be on screen, and what that does

A host shows one SKU at a time, for some minutes, and it sells many times faster meanwhile. So of all SKUs the one that
sells far above its usual is on screen, and while one is, no other is: a SKU that is sold out everywhere can only be
where no other one seems to be. That is a chain with hidden states (each SKU, or none) and one pass forward and one back
over the bins; how much faster, and how much of the time anything is shown, is learned on the way. Where nothing speaks
for a screen at all (a shop that is no show), the chances are 0 and nothing follows.
"""

from typing import NamedTuple

import numpy as np

from dashboard.forecast.counts import Floats

ON, OFF, HELD = 5.0, 0.3, 20.0
"""How many times faster than its mean a SKU sells on screen and off, to begin with, and how many orders that weighs."""
STAY_MINUTES = 4.0
SHARE = 0.8
PASSES = 3
TRUST, SURE = 1.0, 4.0
"""Orders come in rushes: what a bin says counts so much, and up to so many e-folds."""
GAIN_MIN = 20.0
"""E-folds by which the orders must be likelier with a screen than without one."""


class Unseen(NamedTuple):
    """Chance to be on screen by [SKU, bin], and how many times faster than its mean a SKU sells then, and else."""

    chance: Floats
    on: float
    off: float


def chances(orders: Floats, expected: Floats, bin_minutes: float) -> Unseen:
    """Who was on screen when; `expected` is what would be expected were all time alike, open bins only."""
    skus, bins = orders.shape
    on, off, share = ON, OFF, SHARE
    chance, gain = np.zeros((skus, bins)), 0.0
    for _ in range(PASSES):
        chance, gain = _passes(_speaks(orders, expected, on, off), share, float(np.exp(-bin_minutes / STAY_MINUTES)))
        shown = (chance * orders).sum(), (chance * expected).sum()
        rest = orders.sum() - shown[0], expected.sum() - shown[1]
        on, off = (HELD * ON + shown[0]) / (HELD + shown[1]), (HELD * OFF + rest[0]) / (HELD + rest[1])
        share = float(np.clip(chance.sum() / bins, 0.02, 0.98))
    if gain < GAIN_MIN or on < 1.5 * off:
        return Unseen(np.zeros((skus, bins)), 1.0, 1.0)
    return Unseen(chance, float(on), float(off))


def _speaks(orders: Floats, expected: Floats, on: float, off: float) -> Floats:
    """How far each bin speaks for a SKU being on screen, in e-folds."""
    found: Floats = np.clip(TRUST * (orders * np.log(on / off) - expected * (on - off)), -SURE, SURE)
    return found


def _passes(speaks: Floats, share: float, stay: float) -> tuple[Floats, float]:
    """Forward and back over the bins: the chances of all SKUs, and the e-folds gained over no screen at all."""
    skus, bins = speaks.shape
    odds = np.exp(np.concatenate([speaks, np.zeros((1, bins))])).T
    begins = np.append(np.full(skus, share / skus), 1.0 - share)
    ahead, back = np.empty((bins, skus + 1)), np.ones((bins, skus + 1))
    now, gain = begins, 0.0
    for place in range(bins):
        reached = (stay * now + (1.0 - stay) * begins if place else begins) * odds[place]
        whole = reached.sum()
        gain += float(np.log(whole))
        ahead[place] = now = reached / whole
    for place in range(bins - 2, -1, -1):
        later = odds[place + 1] * back[place + 1]
        now = stay * later + (1.0 - stay) * (begins @ later)
        back[place] = now / now.max()
    both = ahead * back
    found: Floats = (both / both.sum(axis=1, keepdims=True))[:, :skus].T
    return found, gain
