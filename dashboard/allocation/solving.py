"""Solving in time, or doing something simpler that says so; and when the last answer is too old.

    linear program, within its seconds      bids and worth by duals, hand-outs and moves by the plan
    proportional, when it does not solve    the flexible pool goes where demand will lack units, in proportion
    seller's rule, when nobody forecasts    a region that has sold 85 % of its units gets 200 of the flexible pool

Every answer has the same form, so that whoever asked need not care, and `why` says what kept it from a better one. An
answer is good for a minute; a shock (`shock`: a pure comparison of what was known then with what is known now) makes it
old at once. Pure; time is an argument.
"""

from typing import NamedTuple

import numpy as np

from dashboard.allocation.overlap import whole_parts
from dashboard.allocation.program import Numbers, Program, Unsolved
from dashboard.allocation.segments import Law, reached
from dashboard.forecast.counts import Floats, Ints

SECONDS = 0.25
"""Longer than the usual solve by far; a program that needs more is given up."""
EVERY_SECONDS = 60.0
SELLER_SHARE, SELLER_UNITS = 0.85, 200
SHOCK_UNITS = 12.0
SHOCK_SHARE = 0.25
SHOCK_FACTOR = 1.5


class Answer(NamedTuple):
    """What to do with a stock; minor units per unit.

    `method` lp, proportional or seller, `why` not a better one; `bid` [SKU] of the flexible pool, `worth` [SKU, region]
    of the next unit there; `hand` [SKU, region] whole units of the flexible pool that a region will need, `moves` [SKU,
    from, to] units between regions.
    """

    method: str
    why: str
    bid: Floats
    worth: Floats
    hand: Ints
    moves: Floats


class Seen(NamedTuple):
    """What an answer was based on: seconds since any origin, and units by [SKU], [SKU, region], [SKU, region]."""

    at: float
    flexible: Floats
    left: Floats
    wanted: Floats


def answer(program: Program, numbers: Numbers, sold_share: Floats, seconds: float = SECONDS) -> Answer:
    """The best answer there is within so many seconds; `sold_share` [SKU, region] is what the seller's rule reads.

    Raises ValueError when an array does not fit the program's layout.
    """
    known = all(bool(np.isfinite(part).all()) for part in numbers.law)
    if not known or not numbers.law.mean.any():
        return seller(program, numbers, sold_share, "there is no forecast" if known else "the forecast is no number")
    try:
        return _solved(program, numbers, seconds)
    except Unsolved as problem:
        return proportional(program, numbers, str(problem).rstrip("."))


def _solved(program: Program, numbers: Numbers, seconds: float) -> Answer:
    layout, found = program.layout, program.solve(numbers, seconds)
    pools = layout.skus * layout.regions
    drawn = np.bincount(layout.pool, found.from_flexible, pools).reshape(layout.skus, layout.regions)
    hand = np.array([_whole(drawn[sku], numbers.flexible[sku]) for sku in range(layout.skus)], dtype=np.int64)
    bid = np.maximum(0.0, found.bid - numbers.leftover_flexible)
    worth = np.maximum(0.0, found.pool_worth - numbers.leftover)
    return Answer("lp", "", bid, worth, hand.reshape(layout.skus, layout.regions), found.moves)


def proportional(program: Program, numbers: Numbers, why: str) -> Answer:
    """The flexible pool in proportion to what regions will lack; nobody is refused, nothing moves between regions."""
    layout = program.layout
    size, pools = (layout.skus, layout.regions), layout.skus * layout.regions
    wanted = np.bincount(layout.pool, numbers.law.mean, pools).reshape(size)
    has = numbers.pool + np.bincount(layout.pool, numbers.stock, pools).reshape(size)
    lacking = np.maximum(0.0, wanted - has)
    hand = np.array(
        [
            whole_parts(int(min(numbers.flexible[sku], np.ceil(lacking[sku].sum()))), lacking[sku])
            for sku in range(layout.skus)
        ],
        dtype=np.int64,
    ).reshape(size)
    return Answer(
        "proportional", why, np.zeros(layout.skus), _worth(program, numbers, has + hand), hand, _none(program)
    )


def seller(program: Program, numbers: Numbers, sold_share: Floats, why: str) -> Answer:
    """200 units for each region that has sold 85 % of what it was given, the one with the most sold first."""
    layout = program.layout
    hand = np.zeros((layout.skus, layout.regions), dtype=np.int64)
    for sku in range(layout.skus):
        left = int(numbers.flexible[sku])
        for region in np.argsort(-sold_share[sku], kind="stable"):
            if sold_share[sku, region] >= SELLER_SHARE:
                hand[sku, region] = min(SELLER_UNITS, left)
                left -= int(hand[sku, region])
    nothing = np.zeros((layout.skus, layout.regions))
    return Answer("seller", why, np.zeros(layout.skus), nothing, hand, _none(program))


def shock(before: Seen, now: Seen) -> str:
    """Why an answer is too old, or an empty text: a minute has passed, stock came, a pool drained, demand leapt."""
    if before.left.shape != now.left.shape:
        return "other SKUs or regions"
    if now.at - before.at >= EVERY_SECONDS:
        return "a minute has passed"
    if _leapt(now.flexible, before.flexible) or _leapt(now.left, before.left):
        return "stock came in"
    drained = before.flexible - now.flexible
    if bool(((drained > SHOCK_UNITS) & (drained > SHOCK_SHARE * before.flexible)).any()):
        return "the flexible pool drains"
    short = now.wanted > now.left
    if bool((short & (now.wanted > SHOCK_FACTOR * before.wanted) & (now.wanted > before.wanted + SHOCK_UNITS)).any()):
        return "demand leapt"
    if bool(((now.left <= 0) & (before.left > 0) & (now.wanted >= 1)).any()):
        return "a region ran out"
    return ""


def _leapt(now: Floats, before: Floats) -> bool:
    return bool((now > before + SHOCK_UNITS).any())


def _whole(parts: Floats, most: float) -> Ints:
    """Fractions of units as whole ones that do not add up to more than there are."""
    return whole_parts(int(min(np.floor(most), np.floor(float(parts.sum()) + 1e-3))), np.maximum(parts, 0.0))


def _worth(program: Program, numbers: Numbers, units: Floats) -> Floats:
    """The best margin of each pool times the chance that its demand reaches past the units it has."""
    layout = program.layout
    size, pools = (layout.skus, layout.regions), layout.skus * layout.regions
    best = np.zeros(pools)
    np.maximum.at(best, layout.pool, numbers.margin)
    mean: Floats = np.bincount(layout.pool, numbers.law.mean, pools).astype(np.float64)
    lot: Floats = np.bincount(layout.pool, numbers.law.lot, pools).astype(np.float64)
    nodes = np.maximum(np.bincount(layout.pool, np.ones(layout.nodes), pools), 1.0)
    shape = np.full(pools, np.inf)
    np.minimum.at(shape, layout.pool, numbers.law.shape)
    whole = Law(mean, np.where(np.isfinite(shape), shape, 1.0), np.maximum(lot / nodes, 1e-9))
    return (best * reached(whole, units.reshape(-1))).reshape(size)


def _none(program: Program) -> Floats:
    layout = program.layout
    return np.zeros((layout.skus, layout.regions, layout.regions))
