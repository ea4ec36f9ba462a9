"""Guidance: what forecast and allocator tell the decision, and how freely a SKU is listed.

    closed shows -> Tuning -> AdoptForecast    -> ForecastAdopted     the forecast of this show follows from its journal
    frame -> allocator     -> RecordAllocation -> AllocationRecorded  a flexible unit is sold for its bid or more
    a person               -> SetListingMode   -> ListingModeSet      proof: listings never exceed the units

None of the three moves a unit. Numbers are judged here and not where they are used: a forecast or an order that met a
probability of 1.2 or a bid below 0 could only be wrong quietly.
"""

from collections.abc import Iterator

from dashboard.decision import commands as c, events as e
from dashboard.decision.commands import Micros
from dashboard.decision.orders import unknown_sku
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Show
from dashboard.decision.stock import unknown_names
from dashboard.decision.talk import unknown_term
from dashboard.decision.world import TIERS, Tuning

Verdict = e.Event | Refusal
METHODS = ("lp", "proportional", "seller")
PROOF, SHARED = MODES = ("proof", "shared")
SHARES = frozenset(("region", "flexible"))
"""Shared listings sell out of a common pool: orders have to draw from one of these."""
STATES_MAX = 16
MINOR_MAX = 10**15
UNITS_MAX = 10**9
FACTOR_MAX = 1e6

Number = tuple[str, float, float, float]
"""What it is, its value, the least and the most it may be."""


def adopt(show: Show, command: c.AdoptForecast, now: Micros) -> Verdict:
    """Take over what earlier shows taught."""
    tuning = command.tuning
    refusal = _unknown_tier(tuning) or _beyond(_numbers(tuning)) or _unfit(tuning)
    if refusal:
        return refusal
    if show.tuning == tuning:
        return Refusal(Code.NOTHING_TO_DO, f"The show is forecast by {tuning.name} already.")
    return e.ForecastAdopted(tuning=tuning, reason=command.reason)


def _unknown_tier(tuning: Tuning) -> Refusal | None:
    tiers = (*tuning.states, *tuning.spread, *(key.partition("/")[0] for key in tuning.levels))
    return next((_choice("tier", tier, TIERS) for tier in tiers if tier not in TIERS), None)


def _numbers(tuning: Tuning) -> Iterator[Number]:
    """Every number of a tuning and what it may be."""
    yield "the number of shows it was learned from", tuning.shows, 0, UNITS_MAX
    yield "the trust in the rundown", tuning.trust, 0, 1
    for tier, states in tuning.states.items():
        yield f"the number of states of {tier}", len(states), 1, STATES_MAX
        yield from ((f"state {place} of {tier}", state, 0, FACTOR_MAX) for place, state in enumerate(states, 1))
    yield from ((f"the spread of {tier}", spread, 0, FACTOR_MAX) for tier, spread in tuning.spread.items())
    for key, levels in tuning.levels.items():
        yield from ((f"a level of {key}", level, 0, 1) for level in levels)
    yield from ((f"{name} of the history", value, -MINOR_MAX, MINOR_MAX) for name, value in tuning.history.items())


def _unfit(tuning: Tuning) -> Refusal | None:
    """Refuse levels that nobody could show as a band."""
    for key, (lower, upper) in tuning.levels.items():
        if not key.partition("/")[2]:
            return Refusal(Code.CHOICE_UNKNOWN, f"Levels are named tier/horizon; {key!r} names no horizon.")
        if lower > upper:
            sentence = f"The levels of {key} are {lower:.10g} and {upper:.10g}; the first may not be above the second."
            return Refusal(Code.OUT_OF_RANGE, sentence)
    return None


def record(show: Show, command: c.RecordAllocation, now: Micros) -> Verdict:
    """Note what the allocator found."""
    refusal = _unknown_name(show, command) or _beyond(_amounts(command))
    if refusal:
        return refusal
    return e.AllocationRecorded(
        method=command.method,
        bids=command.bids,
        worth=command.worth,
        advice=command.advice,
        why=command.why[:200],
        reason=command.reason,
    )


def _unknown_name(show: Show, command: c.RecordAllocation) -> Refusal | None:
    """Refuse the first region, SKU, pool or method that there is not."""
    for one in command.worth:
        refusal = unknown_term(show, region=one.region)
        if refusal:
            return refusal
    for sku in (*command.bids, *(one.sku for one in command.worth), *(one.sku for one in command.advice)):
        if sku not in show.skus:
            return unknown_sku(show, sku)
    for advised in command.advice:
        refusal = unknown_names(show, None, None, advised.from_pool, advised.to_pool)
        if refusal:
            return refusal
    if command.method not in METHODS:
        return _choice("method", command.method, METHODS)
    for advised in command.advice:
        if advised.from_pool == advised.to_pool:
            sentence = f"Advice to move {advised.sku} from {advised.from_pool} to itself says nothing."
            return Refusal(Code.NOTHING_TO_DO, sentence)
    return None


def _amounts(command: c.RecordAllocation) -> Iterator[Number]:
    """Every number of an allocation and what it may be."""
    yield from ((f"the bid for {sku}", minor, 0, MINOR_MAX) for sku, minor in command.bids.items())
    for one in command.worth:
        yield f"the worth of {one.sku} in {one.region}", one.minor, 0, MINOR_MAX
    for advised in command.advice:
        yield f"the units of {advised.sku} to leave {advised.from_pool}", advised.quantity, 1, UNITS_MAX
        yield f"the worth of moving {advised.sku} to {advised.to_pool}", advised.worth_minor, 0, MINOR_MAX


def listing_mode(show: Show, command: c.SetListingMode, now: Micros) -> Verdict:
    """Say whether listings of a SKU may overlap."""
    refusal = unknown_term(show, command.sku)
    if refusal:
        return refusal
    if command.mode not in MODES:
        return _choice("listing mode", command.mode, MODES)
    if command.mode == SHARED and SHARES.isdisjoint(show.opened.draws):
        sentence = "Orders of this show draw from their own channel alone; shared listings need region or flexible too."
        return Refusal(Code.NOT_IN_THAT_STATE, sentence)
    if (command.mode == SHARED) == (command.sku in show.shared):
        return Refusal(Code.NOTHING_TO_DO, f"{command.sku} is listed as {command.mode} already.")
    return e.ListingModeSet(sku=command.sku, mode=command.mode, reason=command.reason)


def _beyond(numbers: Iterator[Number]) -> Refusal | None:
    """Refuse the first number that is none, too small or too large, naming what would be taken."""
    for what, value, least, most in numbers:
        if not least <= value <= most:
            bound = most if value > most else least
            sentence = f"{value:.10g} for {what}; it takes {least:.16g} to {most:.16g}."
            return Refusal(Code.OUT_OF_RANGE, sentence, int(bound))
    return None


def _choice(kind: str, given: str, known: tuple[str, ...]) -> Refusal:
    """Refuse a word that is none of a few, naming them."""
    return Refusal(Code.CHOICE_UNKNOWN, f"{given[:40]!r} is no {kind}; it takes one of {', '.join(known)}.")
