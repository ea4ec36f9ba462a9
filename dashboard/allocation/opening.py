"""The opening split: how many units of each SKU start in which region, and how many stay flexible.

    law of demand + units + margins  ->  the program, everything in the flexible pool  ->  what each region will need

The same program as during the show, on the same segments, before anything is sold: every unit is flexible and goes to
the demand it serves best (a newsvendor for each region, tied together by the units there are). Regions then get what
they need of that, and a share stays flexible (`flexible_share`, a fifth by default), taken where the last units are
worth least. Units that nobody is expected to want stay flexible too. Pure; whole units, none is lost.
"""

import numpy as np

from dashboard.allocation.overlap import whole_parts
from dashboard.allocation.program import Layout, Numbers, Program
from dashboard.allocation.segments import Law, reached
from dashboard.forecast.counts import Floats, Ints

FLEXIBLE_SHARE = 0.2
OPENING_SECONDS = 5.0


def opening_split(
    units: Ints, law: Law, margin: Floats, flexible_share: float = FLEXIBLE_SHARE, floor: Ints | None = None
) -> tuple[Ints, Ints]:
    """Units by [SKU, region], and those that stay flexible by [SKU].

    `units` [SKU] there are; `law` of demand until the close and `margin` in minor units by SKU x region, flat; `floor`
    [SKU, region] units that a region starts with in any case, as far as there are any. Raises ValueError when lengths
    do not fit, Unsolved when the program has no solution in seconds.
    """
    skus = len(units)
    regions = len(law.mean) // max(1, skus)
    layout = Layout(skus, regions, np.arange(skus).repeat(regions), np.tile(np.arange(regions), skus))
    nothing = np.zeros((skus, regions))
    numbers = Numbers(
        law=law,
        stock=nothing.reshape(-1),
        pool=nothing,
        flexible=np.maximum(units, 0).astype(np.float64),
        margin=margin,
        release=nothing.reshape(-1),
        move=np.full((skus, regions, regions), np.inf),
        leftover=nothing,
        leftover_flexible=nothing[:, 0] if regions else np.zeros(skus),
    )
    needed = Program(layout).solve(numbers, OPENING_SECONDS).from_flexible.reshape(skus, regions)
    parts = np.zeros((skus, regions), dtype=np.int64)
    for sku in range(skus):
        least = np.zeros(regions, dtype=np.int64) if floor is None else floor[sku]
        parts[sku] = _regions_of(int(units[sku]), needed[sku], least, flexible_share)
    return parts, np.maximum(units, 0) - parts.sum(axis=1)


def _regions_of(units: int, needed: Floats, least: Ints, flexible_share: float) -> Ints:
    """Of what is needed, what regions get at once; at least their floors, first come first served."""
    kept = int(np.ceil(flexible_share * units))
    given = whole_parts(max(0, min(units - kept, int(needed.sum() + 1e-3))), np.maximum(needed, 0.0))
    given = np.maximum(given, np.maximum(least, 0))
    for region in reversed(range(len(given))):
        over = int(given.sum()) - max(0, units)
        if over > 0:
            given[region] -= min(over, int(given[region]))
    return given


def sells_out(law: Law, parts: Ints) -> Floats:
    """The chance that each region's part is asked for, flat like the law."""
    return reached(law, np.maximum(parts.reshape(-1) - 0.5, 0.0))
