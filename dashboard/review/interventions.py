"""Interventions: everything that people and rules did after the start, how it sold around it, and what it changed.

    asks -> `interventions` -> one row per command: who, what, how many units, the pace ten minutes before and after
    rows -> `effects`       -> the same rows; for those that moved stock, what came of it

An intervention is a command that moves stock between those who may sell it, sends goods, sets terms, puts something on
screen that the rundown has not planned, or tells rules how to act. An approved proposal is one, with all its parts; so
is a move whose units came bit by bit, as the platforms gave them back. What is listed where follows from that and is
none, except where a rule proposes it; nor are alerts, what was received, and what others do. Each part keeps the type
and the fields of its event, so that a screen can say it in its own language; `what` says it in English.

What it changed is told by the rerun without it: the show is decided again from the first of these moments, with the
orders that were missed asked as well, once as it was and once with the one command left out, and `effect` is the
difference. That says what a move of stock did for the orders there were. It cannot say what a price, a coupon or a push
made people want, so those have no effect and the note `demand_side`; nor what a number or level did that rules go by,
since what the rules did is done again (`not_measured`). Reruns cost time, so only the largest moves are measured, at
most `MEASURED_MAX` and in a long show fewer (`WORK_MAX`); `too_small` moved nothing.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.projections.audit import describe
from dashboard.projections.written import iso
from dashboard.review.asked import Ask
from dashboard.review.change import Change
from dashboard.review.lost import Missed
from dashboard.review.paces import MINUTE, Paces
from dashboard.review.rerun import Outcome, rerun

Row = dict[str, Any]
AROUND = 10 * MINUTE
"""The pace is that of so long before and after."""
MEASURED_MAX = 40
WORK_MAX = 3_000_000
"""So many entries may be decided again for all effects together: some minutes."""
COUNTED = ("sold", "revenue_minor", "margin_minor", "stock_out_minutes", "lost")
DEMAND_SIDE, NOT_MEASURED, TOO_SMALL = "demand_side", "not_measured", "too_small"
RULE, EXCHANGE = "rule:", "exchange"

_KINDS: dict[type[e.Event], str] = {
    e.Reallocated: "reallocated",
    e.Undone: "undone",
    e.UnitsLent: "lent",
    e.LoanReturned: "returned",
    e.PoolOpened: "pool",
    e.PoolClosed: "pool_closed",
    e.ShipmentStarted: "shipment",
    e.UnitsRequested: "reallocated",
    e.LimitSet: "limit",
    e.PriceSet: "price",
    e.CouponSet: "coupon",
    e.BundleSet: "bundle",
    e.OnScreenSet: "on_screen",
    e.Exposed: "listed",
    e.Recalled: "listed",
    e.Withheld: "listed",
    e.CoverReleased: "listed",
    e.SafetySet: "safety",
    e.ReplenishmentRequested: "replenishment",
    e.SplitSet: "split",
    e.ListingModeSet: "listing",
    e.AutonomySet: "autonomy",
    e.ParameterSet: "parameter",
}
"""What counts as an intervention, and what it is called; the first kind of a row's parts is the row's."""
MOVING = ("reallocated", "undone", "lent", "returned", "pool", "pool_closed", "shipment")
WANTING = ("limit", "limit_lifted", "price", "coupon", "coupon_ended", "bundle", "bundle_ended", "on_screen", "push")
KINDS = tuple(dict.fromkeys((*_KINDS.values(), *WANTING)))


def interventions(asks: Collection[Ask], show: str) -> list[Row]:
    """Every intervention of a show after its start, in order; `effect` and `note` are open.

    Raises ValueError when the journal does not hold the show.
    """
    reading: _Reading | None = None
    for ask in asks:
        if ask.stored[0].show == show:
            if isinstance(ask.events[0], e.ShowOpened):
                reading = _Reading(ask.events[0])
            elif reading is not None:
                reading.take(ask)
    if reading is None:
        raise ValueError(f"There is no show {show!r} in this journal.")
    return reading.rows()


def kind_of(event: e.Event) -> str:
    """What an event is called as part of an intervention; empty where it is none."""
    kind = _KINDS.get(type(event), "")
    if isinstance(event, e.LimitSet) and event.units_per_order is None:
        return "limit_lifted"
    if isinstance(event, (e.CouponSet, e.BundleSet)) and not event.percent:
        return f"{kind}_ended"
    if isinstance(event, e.OnScreenSet) and event.push:
        return "push"
    if isinstance(event, e.UnitsRequested) and event.undoes is not None:
        return "undone"
    return kind


class _Reading:
    """A show's commands as they come."""

    def __init__(self, opened: e.ShowOpened) -> None:
        self.opened = opened
        self.paces = Paces(opened)
        self.end = opened.ends_at
        self.found: list[_Intervention] = []
        self.by_request: dict[str, _Intervention] = {}
        self.by_seq: dict[int, _Intervention] = {}
        self.proposals: dict[str, e.ActionProposed] = {}

    def take(self, ask: Ask) -> None:
        """The next command."""
        at = ask.stored[0].recorded_time
        for event in ask.events:
            self.paces.take(event, at)
            if isinstance(event, e.ActionProposed):
                self.proposals[event.proposal] = event
        if isinstance(ask.events[-1], e.ShowClosed):
            self.end = min(self.end, at)
        parts = [event for event in ask.events if kind_of(event)]
        if not parts or at <= self.opened.starts_at:
            return
        requests = (getattr(event, "request", "") for event in parts)
        known = next((self.by_request[request] for request in requests if request in self.by_request), None)
        if known is not None:
            known.parts += parts
            self._remember(known, ask)
        elif self._is_one(ask, parts, at):
            first = ask.events[0]
            approved = self.proposals.get(first.proposal) if isinstance(first, e.ActionApproved) else None
            self.found.append(_Intervention(ask, parts, approved))
            self._remember(self.found[-1], ask)

    def _remember(self, one: "_Intervention", ask: Ask) -> None:
        for stored, event in zip(ask.stored, ask.events, strict=True):
            self.by_seq[stored.seq] = one
            request = getattr(event, "request", "")
            if request and kind_of(event):
                self.by_request[request] = one

    def _is_one(self, ask: Ask, parts: Sequence[e.Event], at: int) -> bool:
        """Not what is listed by the exchange, nor what the rundown has on screen."""
        actor = ask.stored[0].actor
        if all(_KINDS[type(event)] == "listed" for event in parts):
            return actor != EXCHANGE
        event = parts[0]
        if len(parts) == 1 and isinstance(event, e.OnScreenSet) and not event.push and not actor.startswith(RULE):
            return not self._planned(event.sku, at)
        return True

    def _planned(self, sku: str, at: int) -> bool:
        """Whether the rundown has a SKU on about then (a show runs minutes late); nothing on screen is as planned."""
        start, slack = self.opened.starts_at, AROUND // 2
        return not sku or any(
            segment.sku == sku
            and segment.start_seconds * 1_000_000 - slack <= at - start <= segment.end_seconds * 1_000_000 + slack
            for segment in self.opened.rundown
        )

    def rows(self) -> list[Row]:
        """Every intervention as a row."""
        region_of = {channel.channel: channel.region for channel in self.opened.channels}
        rows = {one.seq: one.row(self.opened, self.paces, self.end, region_of) for one in self.found}
        for one in self.found:
            for event in one.parts:
                undoes = getattr(event, "undoes", None)
                if undoes is not None:
                    origin = self.by_seq.get(undoes)
                    rows[one.seq]["reverts"] = undoes if origin is None else origin.seq
                    if origin is not None:
                        rows[origin.seq]["undone_by"] = one.seq
        return list(rows.values())


class _Intervention:
    """One command and what came later for it."""

    def __init__(self, ask: Ask, parts: Sequence[e.Event], approved: e.ActionProposed | None) -> None:
        first = ask.stored[0]
        self.seq, self.at, self.actor = first.seq, first.recorded_time, first.actor
        self.parts = list(parts)
        self.approved = approved

    def row(self, opened: e.ShowOpened, paces: Paces, end: int, region_of: dict[str, str]) -> Row:
        """The row of a review."""
        came = [part for part in self.parts if not isinstance(part, e.UnitsRequested)]
        kinds = list(dict.fromkeys(kind_of(part) for part in came or self.parts))
        skus = list(dict.fromkeys(sku for part in self.parts for sku in _skus(part)))
        touched = {region for part in self.parts for region in _regions(part, region_of)}
        gaining = {region for part in self.parts for region in _regions(part, region_of, gaining=True)}
        regions = [region.region for region in opened.regions if region.region in touched]
        spoken = self.actor.removeprefix(RULE) if self.actor.startswith(RULE) else ""
        start = opened.starts_at
        return {
            "seq": self.seq,
            "at": iso(self.at),
            "t_plus_seconds": (self.at - start) // 1_000_000,
            "kind": kinds[0],
            "kinds": kinds,
            "rule": self.approved.rule if self.approved else spoken,
            "actor": self.actor,
            "what": self.approved.what if self.approved else "; ".join(map(describe, self.parts)),
            "parts": [_plain(part) for part in self.parts],
            "sku": skus[0] if len(skus) == 1 else "",
            "skus": skus,
            "regions": regions,
            "units": sum(_units(part) for part in self.parts),
            "pace_before": paces.pace(skus, gaining or touched, max(start, self.at - AROUND), self.at),
            "pace_after": paces.pace(skus, gaining or touched, self.at, min(end, self.at + AROUND)),
            "reverts": None,
            "undone_by": None,
            "effect": None,
            "note": "",
        }


def _plain(part: e.Event) -> Row:
    """An event's type, kind and fields, without its moves."""
    fields: Row = msgspec.to_builtins(part)
    fields.pop("moves", None)
    return {"type": e.NAMES[type(part)], "kind": kind_of(part), **fields}


def _skus(part: e.Event) -> Sequence[str]:
    """The SKUs a part is about; none means all."""
    if isinstance(part, e.BundleSet):
        return part.skus
    if isinstance(part, e.ShipmentStarted):
        return [line.sku for line in part.lines]
    if isinstance(part, e.PoolClosed):
        return [move.sku for move in part.moves]
    sku = getattr(part, "sku", "")
    return [sku] if sku else []


def _regions(part: e.Event, region_of: dict[str, str], gaining: bool = False) -> list[str]:
    """The regions a part is about; with `gaining` those alone that units come to."""
    pools = [] if gaining else [getattr(part, "from_pool", "")]
    pools += [getattr(part, "to_pool", ""), getattr(part, "arrive_pool", "")]
    found = [pool.removeprefix("region/") for pool in pools if pool.startswith("region/")]
    found += filter(None, [getattr(part, "region", "")])
    channels = (*getattr(part, "channels", ()), getattr(part, "channel", ""))
    return found + [region_of[channel] for channel in channels if channel]


def _units(part: e.Event) -> int:
    """Units a part moved or asked purchasing for; what is only asked back has not moved."""
    if isinstance(part, e.ShipmentStarted):
        return sum(line.quantity for line in part.lines)
    if isinstance(part, e.PoolClosed):
        return sum(move.quantity for move in part.moves)
    return 0 if isinstance(part, e.UnitsRequested) else int(getattr(part, "quantity", 0))


# --- what it changed ---------------------------------------------------------------------------------------------


def effects(
    asks: Collection[Ask],
    show: str,
    rows: Sequence[Row],
    missed: Sequence[Missed] = (),
    again: Callable[..., Outcome] = rerun,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """The rows with what each changed, or a note why that is not told; `again` decides a show again.

    Costs a rerun for each row measured and one for all. `progress` is told how many are done, of how many.
    """
    moving = [row for row in rows if row["units"] and any(kind in MOVING for kind in row["kinds"])]
    most = min(MEASURED_MAX, WORK_MAX // max(1, len(asks)))
    measured = sorted(moving, key=lambda row: (-row["units"], row["seq"]))[:most]
    told = [row | {"note": _note(row)} for row in rows]
    if not measured:
        return told
    wanted = {row["seq"] for row in measured}
    first = min(wanted)
    since = next(ask.stored[0].recorded_time for ask in asks if ask.stored[0].seq == first)
    control = again(asks, show, None, missed, since=since).tally
    for row in told:
        if row["seq"] in wanted:
            other = again(asks, show, Change(without=(row["seq"],)), missed, since=since).tally
            row["effect"] = {name: _less(control[name], other[name]) for name in COUNTED} | {"by": "rerun"}
            row["note"] = DEMAND_SIDE if any(kind in WANTING for kind in row["kinds"]) else ""
            wanted.discard(row["seq"])
            if progress:
                progress(len(measured) - len(wanted), len(measured))
    return told


def _note(row: Row) -> str:
    """Why an effect is not told."""
    if any(kind in MOVING for kind in row["kinds"]):
        return NOT_MEASURED if row["units"] else TOO_SMALL
    return DEMAND_SIDE if any(kind in WANTING for kind in row["kinds"]) else NOT_MEASURED


def _less(value: float, other: float) -> float:
    return value - other if isinstance(value, int) else round(value - other, 1)
