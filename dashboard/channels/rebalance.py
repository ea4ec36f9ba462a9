"""How a region's units are split over the listings of its channels: `proof` mode, listings never add up to more.

    units not listed + what each channel lists, how fast each sells  ->  raise this one, lower that one

Nearly everything is listed while stock is ample: a big order that finds a listing empty is lost, however many units wait
elsewhere. Shares follow expected claims: what a channel sold lately, mixed with what the plan says of it. As the pool
empties the same shares become small lots, so that few units are stranded on a channel that no longer sells. A listing is
touched only where it matters: when it runs dry within the time a change takes to arrive, or when it is far from its
share. Units come from what is not listed, else from the listing with the most to spare. Pure.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LISTED_SHARE = 0.9
"""Of a region's units, how much is listed while stock is ample."""
AMPLE_UNITS = 40
"""With fewer units than this nothing is held back from the listings."""
DRY_FACTOR = 2.0
"""A listing runs dry when it holds less than so many times what sells while a change is under way."""
FAR_SHARE = 0.5
"""A listing is far from its share when it holds less than this part of it."""
RATE_FLOOR = 1e-6


class Standing(NamedTuple):
    """One channel's listing of a SKU: its claim, units expected per second, and what can be done with it now.

    `reaction_seconds` is how long a change takes to arrive; `idle` whether one may begin; `can_lower` whether units can
    be taken off; `cover` what must be withheld for it beside the claim before it is raised.
    """

    channel: str
    claim: int
    rate: float
    reaction_seconds: float
    idle: bool = True
    can_lower: bool = True
    cover: int = 0


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


def shifts(unlisted: int, standings: Sequence[Standing]) -> list[Shift]:
    """What to change now for one SKU in one region; raises never add up to more than is unlisted."""
    if not standings:
        return []
    total = unlisted + sum(one.claim for one in standings)
    listed = total if total < AMPLE_UNITS else int(total * LISTED_SHARE)
    target = shares(listed, standings)
    result: list[Shift] = []
    left = unlisted
    short = 0
    for one in sorted(standings, key=lambda one: one.claim - _need(one)):
        gap = target[one.channel] - one.claim
        dry = one.claim < _need(one)
        far = one.claim < FAR_SHARE * target[one.channel]
        if gap <= 0 or not (dry or far):
            continue
        units = min(gap, max(0, left - one.cover)) if one.idle else 0
        if units > 0:
            result.append(Shift(one.channel, units, dry))
            left -= units + one.cover
        if dry:
            short += gap - units
    return result + (_lower(short, target, standings, {shift.channel for shift in result}) if short > 0 else [])


def _need(one: Standing) -> float:
    """Units below which a listing runs dry before a change can arrive."""
    return DRY_FACTOR * one.rate * one.reaction_seconds + (1 if one.rate > RATE_FLOOR else 0)


def _lower(short: int, target: Mapping[str, int], standings: Sequence[Standing], raised: set[str]) -> list[Shift]:
    """Take what a dry listing lacks from those that hold more than their share, the fullest first."""
    result: list[Shift] = []
    spare = {
        one.channel: one.claim - max(target[one.channel], round(_need(one)))
        for one in standings
        if one.idle and one.can_lower and one.channel not in raised
    }
    for channel in sorted(spare, key=lambda name: -spare[name]):
        units = min(spare[channel], short)
        if units > 0:
            result.append(Shift(channel, -units, True))
            short -= units
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

    def peak(self, now: int) -> float:
        """The fastest it sold lately, units a second."""
        self._age(now)
        return max(self._peak, self._fast, self._slow)
