"""What somebody wants of the listings: units asked back from them, and guests' units on them.

    units short of what was asked back  -> which listings to lower, by how much
    a guest's pool and its channel      -> the next lot to list

Units are taken first from what would not sell within a minute, from the slowest first; only then from the rest, since
somebody decided that they are worth more elsewhere. What cannot be taken off a platform stays. A guest's units are
listed lot by lot, so that what is unsold when the guest has gone is mostly still in the pool. Pure.
"""

import math
from collections.abc import Sequence

from dashboard.channels.rebalance import RATE_FLOOR, Shift, Standing

SPARED_SECONDS = 60.0
"""What sells within so long is taken back last."""
LOT_SECONDS = 60.0
LOT_UNITS = 12
"""A guest's lot is what sells within so long, and at least so many units."""


def taken_back(short: int, standings: Sequence[Standing]) -> list[Shift]:
    """Lower listings by `short` units in all, as far as they hold so many and a change may begin."""
    givers = [one for one in standings if one.idle and one.can_lower and one.claim > 0]
    givers.sort(key=lambda one: (-one.claim / max(RATE_FLOOR, one.rate), one.channel))
    parts = dict.fromkeys((one.channel for one in givers), 0)
    for spared in (SPARED_SECONDS, 0.0):
        for one in givers:
            spare = one.claim - parts[one.channel] - math.ceil(one.rate * spared)
            units = max(0, min(short, spare))
            parts[one.channel] += units
            short -= units
    return [Shift(channel, -units, True) for channel, units in parts.items() if units]


def guest_lot(one: Standing, listed: int, units: int) -> int:
    """Units of a guest's pool to list now, given those listed and unsold; 0 while most of the last lot is left."""
    lot = max(LOT_UNITS, math.ceil(one.rate * LOT_SECONDS))
    return min(units, lot) if 2 * listed < lot else 0
