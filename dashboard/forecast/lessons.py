"""Lessons: what closed shows teach the forecast of the next.

    a closed show's pulse and record -> Lesson -> of the last thirty, the host's own first -> Tuning

What is taught: how far the truth fell outside what was said (levels.py), how much faster SKUs sell in each state on
screen, how far rates stray from plans, and how much of the time this host follows the rundown. Each starts from a
default and moves as evidence comes in, so one strange show moves little. Shows of other hosts fill up while a host has
few of their own; what they say of following the rundown counts a quarter. A tuning is a plain value that goes into the
journal, so a forecast follows from its journal though other shows taught it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from dashboard import settings
from dashboard.decision.world import Tuning
from dashboard.forecast import levels, record as records
from dashboard.forecast.counts import Floats
from dashboard.forecast.pulse import Pulse
from dashboard.forecast.rates import rates
from dashboard.forecast.record import Record
from dashboard.forecast.states import STATES, TIERS, Tables, learned

SHOWS_MAX, FILLED_UP_TO = 30, 20
TRUST_SHOWS = 2.0
OTHERS_WEIGHT = 0.25
SPREAD_SKUS = 10.0
NOISE = 0.5
"""Sums that forget by halves have about half the variance of plain counts."""
FARTHEST = 4.0
"""A spread is learned up to so many times its default, and down to that part of it."""


class Lesson(NamedTuple):
    """What one closed show teaches; `spread` is evidence of tiers x (squares seen beyond chance, their weight)."""

    show: str
    host: str
    at: int
    pits: Floats
    orders: Floats
    expected: Floats
    followed: float
    strayed: float
    spread: Floats


def defaults() -> Tuning:
    """What is assumed before any show taught anything: the shipped file, or what is built in where there is none."""
    path = settings.DATA / "forecast" / "defaults.json"
    if path.is_file():
        return msgspec.json.decode(path.read_bytes(), type=Tuning)
    tables = Tables.built_in()
    states = {tier: tuple(map(float, tables.states[place])) for place, tier in enumerate(TIERS)}
    spread = {tier: float(tables.spread[place]) for place, tier in enumerate(TIERS)}
    return Tuning("built in", trust=tables.trust, states=states, spread=spread)


def learn(show: str, host: str, pulse: Pulse, record: Record) -> Lesson:
    """What a closed show of a host teaches."""
    nothing = np.zeros((len(TIERS), STATES))
    fed = pulse.told or bool(pulse.slots)
    return Lesson(
        show,
        host,
        record.at,
        records.pits(record),
        pulse.seen_orders.copy() if fed else nothing,
        pulse.seen_exposure.copy() if fed else nothing,
        float(pulse.followed),
        float(pulse.strayed),
        _spread(pulse),
    )


def _spread(pulse: Pulse) -> Floats:
    """How far the SKUs' rates strayed from the plan, the show's own mean apart."""
    found = np.zeros((len(TIERS), 2))
    planned = pulse.row("planned") > 0
    if not planned.any():
        return found
    law, skus, count = rates(pulse), pulse.sku_of[: pulse.size], len(pulse.skus)
    tables = pulse.tables[pulse.tier[skus]]
    hoped_of_node = law.planned_pace * (pulse.exposure[:, : pulse.size] * tables.T).sum(axis=0) / law.lot
    orders = np.bincount(skus, planned * np.maximum(pulse.row("units"), 0.0) / law.lot, count)
    hoped = np.bincount(skus, planned * hoped_of_node, count)
    usual = np.maximum(pulse.spread, 1e-6)[pulse.tier]
    weight = 1.0 / (1.0 + hoped * usual)
    mean = float((orders * weight).sum() / max((hoped * weight).sum(), 1e-9))
    some = np.flatnonzero(hoped * mean > 1.0)
    expected = hoped[some] * mean
    sure = 1.0 / (NOISE / expected + usual[some]) ** 2
    beyond = (orders[some] / expected - 1.0) ** 2 - NOISE / expected
    np.add.at(found, pulse.tier[some], np.stack([sure * beyond, sure], axis=1))
    return found


def tuning(lessons: Sequence[Lesson], host: str, usual: Tuning) -> Tuning | None:
    """What the closed shows teach for a show of a host; None when there are none."""
    newest = sorted(lessons, key=lambda lesson: (lesson.at, lesson.show), reverse=True)
    own = [lesson for lesson in newest if lesson.host == host][:SHOWS_MAX]
    others = [lesson for lesson in newest if lesson.host != host][: max(0, FILLED_UP_TO - len(own))]
    heard = own + others
    if not heard:
        return None
    by = f", {len(own)} of {host[:100]}" if host and others else f" of {host[:100]}" if host else ""
    return Tuning(
        name=f"{len(heard)} show{'s' if len(heard) > 1 else ''}{by}",
        shows=len(heard),
        trust=_trust(own, others, usual.trust),
        states=_states(heard, usual),
        spread=_spreads(heard, usual),
        levels={**usual.levels, **levels.learn(np.stack([lesson.pits for lesson in heard]), usual.levels)},
        history=usual.history,
    )


def _trust(own: Sequence[Lesson], others: Sequence[Lesson], usual: float) -> float:
    total, weight = usual * TRUST_SHOWS, TRUST_SHOWS
    for lessons, each in ((own, 1.0), (others, OTHERS_WEIGHT)):
        for lesson in lessons:
            watched = lesson.followed + lesson.strayed
            if watched > 0:
                total += each * lesson.followed / watched
                weight += each
    return round(total / weight, 4)


def _states(heard: Sequence[Lesson], usual: Tuning) -> dict[str, tuple[float, ...]]:
    built_in = Tables.built_in().states
    prior = np.array([usual.states.get(tier, tuple(built_in[place])) for place, tier in enumerate(TIERS)])
    orders = np.sum([lesson.orders for lesson in heard], axis=0)
    expected = np.sum([lesson.expected for lesson in heard], axis=0)
    found = learned(prior, orders, expected)
    return {tier: tuple(round(float(value), 4) for value in found[place]) for place, tier in enumerate(TIERS)}


def _spreads(heard: Sequence[Lesson], usual: Tuning) -> dict[str, float]:
    built_in = Tables.built_in().spread
    found: dict[str, float] = {}
    for place, tier in enumerate(TIERS):
        before = usual.spread.get(tier, float(built_in[place]))
        beyond, weight = np.sum([lesson.spread[place] for lesson in heard], axis=0)
        prior = SPREAD_SKUS / max(before, 1e-6) ** 2
        seen = (prior * before + float(beyond)) / (prior + float(weight))
        found[tier] = round(float(np.clip(seen, before / FARTHEST, before * FARTHEST)), 4)
    return found
