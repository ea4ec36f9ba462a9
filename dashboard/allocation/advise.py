"""Advice from a frame: bids of the flexible pool, the worth of the next unit of each region, and a few moves.

    frame rows -> stakes -> one program -> body of a `RecordAllocation` command

Moves go from the flexible pool to a region that would run dry soon (where orders draw on it themselves nothing is lost
by waiting), and between regions late and small: what is needed within minutes, when it earns its cost twice. No pool
goes below its floor. The same frame gives the same body: nothing in it depends on a clock or on how long the solver
took, save when it fails (`why`).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboard.allocation.program import Program
from dashboard.allocation.segments import Law, reached
from dashboard.allocation.solving import SECONDS, Answer, answer
from dashboard.allocation.stakes import SOON_MINUTES, Stakes, stakes_of

Row = dict[str, Any]
MOVES_MAX = 5
LATE_MINUTES = 6.0
UNITS_MIN = 2
EARNS_SHARE = 0.02
"""A move that earns less than such a part of the margins of its units is not worth anybody's attention."""


def advise(frame: Row, numbers: Mapping[str, float] | None = None, seconds: float = SECONDS) -> Row:
    """The body of a `RecordAllocation` command for this frame; an empty dict where nothing is or was decided.

    `numbers` are the parameters of the rules (floors); `seconds` is what the solver may take. What was said before
    holds until something else is said: when nothing is at stake any more, the body says that nothing is bid.
    """
    stakes = stakes_of(frame)
    if stakes is None:
        said = frame.get("allocation") or {}
        nothing: Row = {"method": "lp", "bids": {}, "worth": [], "advice": [], "why": ""}
        return nothing if said.get("bids") or said.get("advice") else {}
    found = answer(Program(stakes.layout), stakes.numbers, stakes.sold_share, seconds)
    floors = _Floors(frame, stakes, numbers or {})
    bids = {
        sku: int(bid)
        for sku, bid, units in zip(stakes.skus, found.bid, stakes.numbers.flexible, strict=True)
        if units > 0 and bid >= 1
    }
    worth = [
        {"sku": sku, "region": region, "minor": round(float(found.worth[number, place]))}
        for number, sku in enumerate(stakes.skus)
        for place, region in enumerate(stakes.regions)
        if stakes.wanted[number, place] > 0 or stakes.left[number, place] > 0
    ]
    moves = [*_handed(stakes, found, floors), *_between(stakes, found, floors)]
    moves.sort(key=lambda row: (-row["worth_minor"], row["sku"], row["from_pool"], row["to_pool"]))
    return {"method": found.method, "bids": bids, "worth": worth, "advice": moves[:MOVES_MAX], "why": found.why}


class _Floors:
    """What each pool may give: units above its floor; what one move takes is gone for the next."""

    def __init__(self, frame: Row, stakes: Stakes, numbers: Mapping[str, float]) -> None:
        floor = numbers.get("top_up_floor_units", 0.0)
        share = numbers.get("safety_share", 0.0)
        was_set = {(row["sku"], row["region"]): float(row["units"]) for row in frame.get("safety") or ()}
        allocated = {(row["sku"], row["region"]): float(row["allocated"]) for row in frame["countdowns"]}
        self.flexible = np.floor(np.maximum(0.0, stakes.numbers.flexible - floor))
        keeps = np.array(
            [
                [was_set.get((sku, region), share * allocated.get((sku, region), 0.0)) for region in stakes.regions]
                for sku in stakes.skus
            ]
        )
        self.region = np.floor(np.maximum(0.0, np.minimum(stakes.free, stakes.left - keeps)))


def _handed(stakes: Stakes, found: Answer, floors: _Floors) -> list[Row]:
    """Flexible units to the regions that run dry soon."""
    rows: list[Row] = []
    for sku, name in enumerate(stakes.skus):
        need = np.ceil(1.3 * stakes.wanted[sku] * stakes.soon[sku]) - stakes.left[sku]
        for place in sorted(range(len(stakes.regions)), key=lambda place: (-found.worth[sku, place], place)):
            units = int(min(found.hand[sku, place], need[place], floors.flexible[sku]))
            if found.method != "lp":
                units = int(min(found.hand[sku, place], floors.flexible[sku]))
            if units < UNITS_MIN:
                continue
            gained = _gained(stakes, sku, place, units) - units * float(found.bid[sku])
            if gained < EARNS_SHARE * units * stakes.earns[sku] and found.method == "lp":
                continue
            floors.flexible[sku] -= units
            rows.append(_row(name, "flexible", f"region/{stakes.regions[place]}", units, gained))
    return rows


def _between(stakes: Stakes, found: Answer, floors: _Floors) -> list[Row]:
    """Units between regions: only what is needed within minutes and the flexible pool does not have."""
    rows: list[Row] = []
    late = stakes.wanted * stakes.soon * LATE_MINUTES / SOON_MINUTES
    for sku, one, other in sorted(zip(*np.nonzero(found.moves >= UNITS_MIN), strict=True)):
        need = np.ceil(late[sku, other]) - stakes.left[sku, other] - floors.flexible[sku]
        units = int(min(found.moves[sku, one, other], need, floors.region[sku, one]))
        if units < UNITS_MIN:
            continue
        each = float(found.worth[sku, one]) + float(stakes.numbers.move[sku, one, other])
        gained = _gained(stakes, int(sku), int(other), units) - units * each
        if gained < EARNS_SHARE * units * stakes.earns[sku]:
            continue
        floors.region[sku, one] -= units
        source, target = (f"region/{stakes.regions[place]}" for place in (one, other))
        rows.append(_row(stakes.skus[sku], source, target, units, gained))
    return rows


def _gained(stakes: Stakes, sku: int, place: int, units: int) -> float:
    """What so many more units of a SKU earn in a region until the close, expected."""
    layout = stakes.layout
    here = np.flatnonzero((layout.sku == sku) & (layout.region == place))
    margin, law = stakes.numbers.margin[here], stakes.numbers.law
    weights = law.mean[here]
    mean = float(weights.sum())
    if mean <= 0:
        return 0.0
    whole = Law(np.array([mean]), law.shape[here][:1], law.lot[here][:1])
    chances = reached(whole, stakes.left[sku, place] + np.arange(units)[None, :])
    return float(chances.sum() * (weights * margin).sum() / mean)


def _row(sku: str, source: str, target: str, units: int, gained: float) -> Row:
    return {"sku": sku, "from_pool": source, "to_pool": target, "quantity": units, "worth_minor": max(0, round(gained))}
