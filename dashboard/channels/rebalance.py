"""How a region's units are split over the listings of its channels: `proof` mode, listings never add up to more.

    units not listed + what each channel lists, how fast each sells  ->  raise this one, lower that one

Most units are listed while stock is ample: a big order that finds a listing empty is lost, however many units wait
elsewhere. The rest waits for the listing that runs dry first, since raising it costs one change and taking from another
costs two. Shares follow expected claims: what a channel sold lately, mixed with what the plan says of it. As the pool
empties fewer and fewer channels share it, the fastest ones, so that no unit is stranded on a channel that no longer
sells. A listing is touched only where it matters: when it holds less than what sells while
a change is under way. Where nothing can be taken back, little is given at a time. Pure.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LISTED_SHARE = 0.75
"""Of a region's units, how much is listed while stock is ample."""
AMPLE_UNITS_EACH = 12
"""With fewer units than so many for each channel, nothing is held back from the listings."""
UNITS_EACH = 16
"""So many units are kept for each of the fastest channels; fewer units, fewer channels."""
WORTH_UNITS = 12
"""Fewer units than this are not worth a change, unless there are hardly more."""
DRY_FACTOR = 2.0
"""A listing runs dry when it holds less than so many times what sells while a change is under way."""
DRY_UNITS = 2
"""And less than an order's worth more."""
FAR_SHARE = 0.3
"""A listing is far from its share when it holds less than this part of it."""
IN_TIME = 1.5
"""The channels that share the last units could sell so many times as many before the show ends."""
HOLDING = 1.5
"""How much faster an empty listing must sell to be kept before one that holds units."""
SOON_SECONDS = 600.0
"""What a listing sells within so long, or half of what is left of the show, is left to it."""
FASTER = 1.25
"""Units go to a listing that sells so many times faster than the one that holds them."""
FOR_GOOD_SECONDS = 90.0
"""A listing that cannot be lowered gets what it sells in so long, and no more: what it has, it keeps."""
RATE_FLOOR = 1e-6


class Standing(NamedTuple):
    """One channel's listing of a SKU: its claim, units expected per second, and what can be done with it now.

    `reaction_seconds` is how long a change takes to arrive; `idle` whether one may begin; `can_lower` whether units can
    be taken off; `cover` what must be withheld for it beside the claim before it is raised, `cost` how many events one
    change takes. `rests` is +1 for a while after a raise (it is no donor), -1 after a lowering (it is not raised).
    """

    channel: str
    claim: int
    rate: float
    reaction_seconds: float
    idle: bool = True
    can_lower: bool = True
    cover: int = 0
    cost: int = 1
    rests: int = 0


class Shift(NamedTuple):
    """Raise (positive) or lower (negative) a channel's listing; urgent when it is about to run dry."""

    channel: str
    units: int
    urgent: bool


def shares(units: int, standings: Sequence[Standing]) -> dict[str, int]:
    """Split units over channels by expected claims, whole units by largest remainder."""
    whole = sum(max(RATE_FLOOR, one.rate) for one in standings)
    exact = {one.channel: units * max(RATE_FLOOR, one.rate) / whole for one in standings}
    parts = {channel: int(value) for channel, value in exact.items()}
    for channel in sorted(parts, key=lambda name: parts[name] - exact[name])[: units - sum(parts.values())]:
        parts[channel] += 1
    return parts


def shifts(
    unlisted: int, standings: Sequence[Standing], seconds_left: float = math.inf, soon_seconds: float = SOON_SECONDS
) -> list[Shift]:
    """What to change now for one SKU in one region; raises never add up to more than is unlisted.

    `seconds_left` is how long the show goes on; what sells within `soon_seconds` is left where it is.
    """
    if not standings:
        return []
    total = unlisted + sum(one.claim for one in standings)
    target = targets(total, standings, seconds_left)
    result: list[Shift] = []
    left, short, fastest_dry = unlisted, 0, 0.0
    for one in sorted(standings, key=lambda one: one.claim - _need(one)):
        gap = target[one.channel] - one.claim
        dry = one.claim < _need(one)
        if gap <= 0 or not one.idle or one.rests < 0 or not (dry or one.claim < FAR_SHARE * target[one.channel]):
            continue
        worth = min(WORTH_UNITS, math.ceil((total - one.claim) / 2))
        units = min(max(gap, worth, left // 2), max(0, left - one.cover))
        if units >= worth:
            result.append(Shift(one.channel, units, dry))
            left -= units + one.cover
            gap -= units
        if dry and gap > 0:
            short, fastest_dry = short + gap, max(fastest_dry, one.rate)
    raised = {shift.channel for shift in result}
    donors = [
        one
        for one in standings
        if one.idle
        and one.can_lower
        and one.rests <= 0
        and one.channel not in raised
        and _is_slow(one, fastest_dry, min(soon_seconds, seconds_left / 2))
    ]
    return result + _lower(short, target, donors, min(WORTH_UNITS // 2, math.ceil(total / 4)))


def targets(total: int, standings: Sequence[Standing], seconds_left: float) -> dict[str, int]:
    """What each channel should list of a region's units: fewer channels the fewer units there are.

    But as many as it takes to sell them before the show ends.
    """
    target = {one.channel: 0 for one in standings}
    ranked = sorted((one for one in standings if one.rests >= 0), key=_worth_keeping, reverse=True)
    movable = [one for one in ranked if one.can_lower]
    kept = movable[: max(1, total // UNITS_EACH)]
    while len(kept) < len(movable) and sum(one.rate for one in kept) * seconds_left < IN_TIME * total:
        kept = movable[: len(kept) + 1]
    fixed = [one for one in standings if not one.can_lower]
    ample = total >= AMPLE_UNITS_EACH * len(standings)
    listed = int(total * LISTED_SHARE) if ample else total
    split = shares(listed, [*kept, *fixed] if ample or not kept else kept)
    target.update(split)
    for one in fixed:
        target[one.channel] = min(target[one.channel], math.ceil(one.rate * FOR_GOOD_SECONDS) + 1)
    return target


def _worth_keeping(one: Standing) -> tuple[float, int, str]:
    """The faster and cheaper to change, the better; one that holds units already need not be given any."""
    return one.rate / math.sqrt(one.cost) * (HOLDING if one.claim > DRY_UNITS else 1), one.claim, one.channel


def _need(one: Standing) -> float:
    """Units below which a listing runs dry before a change can arrive."""
    return DRY_FACTOR * one.rate * one.reaction_seconds + (DRY_UNITS if one.rate > RATE_FLOOR else 0)


def _is_slow(one: Standing, rate: float, soon_seconds: float) -> bool:
    """Whether a listing holds units that it does not sell soon, and one that sells at a rate would sooner."""
    return one.claim > one.rate * soon_seconds and rate > FASTER * one.rate


def _lower(short: int, target: Mapping[str, int], donors: Sequence[Standing], worth: int) -> list[Shift]:
    """Take what a dry listing lacks from those that hold more than their share, the fullest first."""
    result: list[Shift] = []
    spare = {one.channel: one.claim - target[one.channel] for one in donors}
    for channel in sorted(spare, key=lambda name: -spare[name]):
        if short > 0 and spare[channel] >= worth:
            result.append(Shift(channel, -spare[channel], True))
            short -= spare[channel]
    return result


class Pace:
    """How fast a listing sells: units per second, forgetting by half every `half_life_seconds`, and the fastest lately.

    Starts from what the plan expects, which fades as orders speak.
    """

    __slots__ = ("_at", "_fast", "_peak", "_slow", "prior")

    HALF_LIFE_SECONDS = 120.0
    BURST_SECONDS = 8.0
    PEAK_HALF_LIFE_SECONDS = 600.0

    def __init__(self, prior: float, now: int) -> None:
        self.prior = prior
        self._slow = prior
        self._fast = prior
        self._peak = prior
        self._at = now

    def _age(self, now: int) -> None:
        seconds = max(0.0, (now - self._at) / 1e6)
        self._slow *= 0.5 ** (seconds / self.HALF_LIFE_SECONDS)
        self._fast *= 0.5 ** (seconds / self.BURST_SECONDS)
        self._peak *= 0.5 ** (seconds / self.PEAK_HALF_LIFE_SECONDS)
        self._at = max(self._at, now)

    def sold(self, units: int, now: int) -> None:
        """Units were sold."""
        self._age(now)
        self._slow += units * 0.693 / self.HALF_LIFE_SECONDS
        self._fast += units * 0.693 / self.BURST_SECONDS
        self._peak = max(self._peak, self._fast)

    def rate(self, now: int) -> float:
        """Units a second expected now: what sold lately, and a tenth of the plan so that a quiet channel keeps some."""
        self._age(now)
        return self._slow + 0.1 * self.prior

    def soon(self, now: int) -> float:
        """Units a second in the next moments: what sold lately, or just now if that was faster."""
        self._age(now)
        return max(self._slow, self._fast)

    def peak(self, now: int) -> float:
        """The fastest it sold lately, units a second."""
        self._age(now)
        return max(self._peak, self._fast, self._slow)
