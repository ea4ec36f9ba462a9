"""On-screen states: what the host shows of a SKU makes it sell many times faster, or slower, than on average.

    waiting      not shown yet                     pushed 0-1, 1-3, 3-10 minutes ago, by age of the host's push
    on screen    shown now
    after 0-2, 2-10, more than 10 minutes          since it left the screen

Each tier has one multiplier per state. They start from what closed shows taught (a `Tuning`) and are learned on during
the show: orders seen over orders expected, first of all SKUs together, then of each tier (`SHOW_ORDERS`, `TIER_ORDERS`
say how many orders weigh as much as what was known before).
Without any feed everything is in one state and multipliers are 1.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.forecast.counts import Floats, Ints

TIERS = ("evergreen", "campaign", "test")
WAITING, ON_SCREEN, JUST_OFF, LATELY, LONG_AGO, PUSHED, PUSHED_LATELY, PUSH_FADES = range(8)
STATES = 8
MINUTE = 60_000_000
SHOW_ORDERS, TIER_ORDERS = 20.0, 40.0
NEVER = -1
_BUILT_IN = (0.3, 5.5, 1.8, 0.6, 0.4, 14.0, 9.0, 3.0)


@dataclass(frozen=True)
class Tables:
    """What a show starts from: per tier multipliers (tiers x states) and variance of the true over the planned rate."""

    states: Floats
    spread: Floats
    trust: float = 0.8

    @staticmethod
    def built_in() -> "Tables":
        """The tables of a journal that has no closed show."""
        return Tables(np.array([_BUILT_IN] * len(TIERS)), np.array([0.05, 0.16, 0.5]))


def learned(prior: Floats, orders: Floats, expected: Floats) -> Floats:
    """Multipliers (tiers x states) after a show's orders; `expected` is what was expected at a multiplier of 1.

    Only how states compare is learned here: a tier that sells faster in all of them has faster SKUs.
    """
    common = (SHOW_ORDERS + orders.sum(axis=0)) / (SHOW_ORDERS + (prior * expected).sum(axis=0))
    better = prior * common
    better = better * (TIER_ORDERS + orders) / (TIER_ORDERS + better * expected)
    seen = expected + SHOW_ORDERS
    found: Floats = better * ((prior * seen).sum(axis=1) / (better * seen).sum(axis=1))[:, None]
    return found


def state_of(since_shown: Floats, since_left: Floats, since_push: Floats) -> Ints:
    """State by minutes since a SKU came on screen (NaN: it is not on), left it and was pushed (NaN: it never was)."""
    state = np.full(np.broadcast(since_shown, since_left, since_push).shape, WAITING, dtype=np.int64)
    with np.errstate(invalid="ignore"):
        for limit, here in ((np.inf, LONG_AGO), (10.0, LATELY), (2.0, JUST_OFF)):
            state = np.where(since_left <= limit, here, state)
        state = np.where(since_shown >= 0, ON_SCREEN, state)
        for limit, here in ((10.0, PUSH_FADES), (3.0, PUSHED_LATELY), (1.0, PUSHED)):
            state = np.where((since_push >= 0) & (since_push <= limit) & (since_shown >= 0), here, state)
    return state
