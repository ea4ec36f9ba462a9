"""Audit: who did what when, and which transfers can still be taken back.

Orders are not listed here one by one (they are in the journal), nor are host lines, which have a log of their own;
everything else is, newest first, in one sentence. Of what the allocator found, every minute, only the newest is.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.decision.ledger import Book

Row = dict[str, Any]
TAIL = 30
TRANSFERS_KEPT = 60
TRANSFERS_SHOWN = 20
HOUR = 3_600_000_000
WAYS_KEPT = 1000
_MOVES = (e.Reallocated, e.Undone, e.UnitsLent, e.LoanReturned)
_EVERYDAY = (e.OrderAnnounced, e.OrderPlaced, e.OrderShipped, e.LinePublished, e.LineRetracted)
_ALLOCATION = e.NAMES[e.AllocationRecorded]


class Entry(msgspec.Struct):
    """One audited event."""

    seq: int
    at: int
    actor: str
    type: str
    what: str


class Transfer(msgspec.Struct):
    """A reallocation and what has gone back of it."""

    seq: int
    at: int
    actor: str
    reason: str
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    returned: int = 0
    undoes: int | None = None
    request: str = ""


class Audit(msgspec.Struct):
    """The tail of the audit, the latest transfers by seq, and the temporary pools that are open."""

    tail: list[Entry] = []
    transfers: dict[int, Transfer] = {}
    open_pools: list[str] = []
    first: dict[str, int] = {}
    """Request -> seq of the transfer that what comes for it adds to."""
    went: dict[str, int] = {}
    """SKU, pool and pool between which units were moved, taken back, lent or returned -> when last, oldest first."""


def fold(audit: Audit, event: e.Event, seq: int, at: int, actor: str) -> None:
    """Keep the tail short and the transfers undoable."""
    if isinstance(event, _EVERYDAY):
        return
    if isinstance(event, e.AllocationRecorded):
        audit.tail[:] = [entry for entry in audit.tail if entry.type != _ALLOCATION]
    what = describe(event)
    if event.reason:
        what = f"{what} ({event.reason})"
    audit.tail.append(Entry(seq, at, actor, e.NAMES[type(event)], what))
    if len(audit.tail) > 2 * TAIL:
        del audit.tail[:-TAIL]
    if isinstance(event, _MOVES):
        _went(audit, event, at)
    if isinstance(event, e.PoolOpened):
        audit.open_pools.append(event.pool)
    elif isinstance(event, e.PoolClosed):
        audit.open_pools.remove(event.pool)
    elif isinstance(event, e.Reallocated):
        _keep(audit, event, seq, at, actor)
    elif isinstance(event, e.Undone):
        for step, back in _chain(audit, event.undoes):
            step.returned += event.quantity if back else -event.quantity
        _keep(audit, event, seq, at, actor)


def _went(audit: Audit, event: e.Reallocated | e.Undone | e.UnitsLent | e.LoanReturned, at: int) -> None:
    """Remember which way units went."""
    if event.quantity:
        way = f"{event.sku}\n{event.from_pool}\n{event.to_pool}"
        audit.went.pop(way, None)
        audit.went[way] = at
        if len(audit.went) > WAYS_KEPT:
            del audit.went[next(iter(audit.went))]


def _chain(audit: Audit, seq: int) -> list[tuple[Transfer, bool]]:
    """A transfer and what it undoes, step by step; every second one goes the other way (False)."""
    chain: list[tuple[Transfer, bool]] = []
    step = audit.transfers.get(seq)
    while step is not None:
        chain.append((step, len(chain) % 2 == 0))
        step = audit.transfers.get(step.undoes) if step.undoes is not None else None
    return chain


def _keep(audit: Audit, event: e.Reallocated | e.Undone, seq: int, at: int, actor: str) -> None:
    """Remember a transfer; what comes later for the same request adds to it."""
    first = audit.first.get(event.request) if event.request else None
    if first is not None and first in audit.transfers:
        audit.transfers[first].quantity += event.quantity
        return
    if event.request:
        audit.first[event.request] = seq
    undoes = event.undoes if isinstance(event, e.Undone) else None
    audit.transfers[seq] = Transfer(
        seq, at, actor, event.reason, event.sku, event.from_pool, event.to_pool, event.quantity, 0, undoes,
        event.request,
    )  # fmt: skip
    if len(audit.transfers) > TRANSFERS_KEPT:
        dropped = audit.transfers.pop(min(audit.transfers))
        audit.first.pop(dropped.request, None)


def describe(event: e.Event) -> str:
    """Say in a few words what happened."""
    describe_one = _SENTENCES.get(type(event))
    return describe_one(event) if describe_one else e.NAMES[type(event)].replace("_", " ")


def _units(lines: Any) -> int:
    return sum(line.quantity for line in lines)


_SENTENCES: dict[type[e.Event], Any] = {
    e.ShowOpened: lambda x: f"show {x.title} opened",
    e.GoodsReceived: lambda x: f"{x.quantity} x {x.sku} received at {x.location} into {x.pool}",
    e.GoodsAdjusted: lambda x: f"count of {x.sku} at {x.location} corrected by {x.change:+d}",
    e.GoodsQuarantined: lambda x: f"{x.quantity} x {x.sku} off sale at {x.location}",
    e.GoodsReleased: lambda x: f"{x.quantity} x {x.sku} back on sale at {x.location}",
    e.ShipmentStarted: lambda x: f"shipment {x.shipment}: {_units(x.lines)} units {x.from_location} to {x.to_location}",
    e.ShipmentArrived: lambda x: f"shipment {x.shipment}: {_units(x.lines)} arrived, {_units(x.lost)} lost",
    e.ClaimsIssued: lambda x: f"{x.quantity} claims on {x.sku} issued into {x.pool}",
    e.Reallocated: lambda x: f"{x.quantity} x {x.sku} from {x.from_pool} to {x.to_pool}",
    e.Undone: lambda x: f"{x.quantity} of {x.asked} x {x.sku} went back to {x.to_pool} (undoes {x.undoes})",
    e.PoolOpened: lambda x: f"pool {x.pool} opened with {x.quantity} x {x.sku}",
    e.PoolClosed: lambda x: f"pool {x.pool} closed, rest to {x.to_pool}",
    e.UnitsRequested: lambda x: f"{x.quantity} x {x.sku} asked back from {x.from_pool} for {x.to_pool}",
    e.RequestEnded: lambda x: f"request {x.request} ended, {x.missing} units never came",
    e.UnitsLent: lambda x: f"{x.quantity} x {x.sku} lent by {x.from_pool} to {x.to_pool}",
    e.LoanReturned: lambda x: f"{x.quantity} x {x.sku} of loan {x.loan} went back to {x.to_pool}",
    e.ReplenishmentRequested: lambda x: f"purchasing asked for {x.quantity} x {x.sku}{' at once' if x.urgent else ''}",
    e.SafetySet: lambda x: f"safety stock of {x.sku} in {x.region}: {'as usual' if x.units is None else x.units}",
    e.OrderCancelled: lambda x: f"order {x.order} of {x.channel}: {_units(x.lines)} units cancelled",
    e.OrderReturned: lambda x: f"order {x.order} of {x.channel}: {_units(x.lines)} units returned",
    e.Exposed: lambda x: f"{x.quantity} x {x.sku} listed on {x.channel}",
    e.Recalled: lambda x: f"{x.quantity} x {x.sku} taken back from {x.channel}",
    e.Withheld: lambda x: f"{x.quantity} x {x.sku} withheld for {x.channel}",
    e.CoverReleased: lambda x: f"{x.quantity} x {x.sku} released from the cover of {x.channel}",
    e.LimitSet: lambda x: (
        f"limit on {x.sku} in {x.region}: {x.units_per_order} per order"
        if x.units_per_order
        else f"limit on {x.sku} in {x.region} lifted"
    ),
    e.PriceSet: lambda x: (
        f"price of {x.sku} set to {x.price_minor} minor units{' on ' + x.channel if x.channel else ''}"
    ),
    e.CouponSet: lambda x: f"coupon {x.code} on {x.sku} in {x.region}: {x.percent} %",
    e.BundleSet: lambda x: f"bundle {x.bundle} in {x.region}: {' + '.join(x.skus)}, {x.percent} %",
    e.SplitSet: lambda x: f"{x.channel} weighed {x.percent} % for {x.sku}",
    e.ErrandReported: lambda x: f"terms of event {x.term} on {x.channel}: {x.outcome.replace('_', ' ')}",
    e.OnScreenSet: lambda x: f"on screen: {x.sku or 'nothing'}{' (push)' if x.push else ''}",
    e.ListingModeSet: lambda x: f"{x.sku} listed as {x.mode}",
    e.ForecastAdopted: lambda x: f"forecast tuned by {x.tuning.name}, {x.tuning.shows} shows",
    e.AllocationRecorded: lambda x: f"allocation by {x.method}{': ' + x.why if x.why else ''}",
    e.AlertRaised: lambda x: x.what,
    e.AlertAcknowledged: lambda x: f"alert {x.alert} acknowledged",
    e.AlertResolved: lambda x: f"alert {x.alert} resolved",
    e.ActionProposed: lambda x: f"{x.rule} proposes: {x.what}",
    e.ActionApproved: lambda x: f"proposal {x.proposal} approved",
    e.ActionDismissed: lambda x: f"proposal {x.proposal} dismissed",
    e.ActionWithdrawn: lambda x: f"cause of {x.proposal} is gone",
    e.ParameterSet: lambda x: f"{x.parameter} set to {'its default' if x.value is None else f'{x.value:g}'}",
    e.GuestAnnounced: lambda x: f"guest {x.guest} announced with {x.sku} on {', '.join(x.channels)}",
    e.AutonomySet: lambda x: f"rule {x.rule} set to {x.level}",
    e.LineSaid: lambda x: f"host line {x.line} said",
    e.SpeechSet: lambda x: f"{x.channel} speaks {', '.join(x.languages)}, {x.register}",
    e.LevelReported: lambda x: f"{x.channel} reports {x.level} x {x.sku} listed",
    e.NoteAdded: lambda x: x.text,
}


def way_rows(audit: Audit, at: int) -> list[Row]:
    """Which way units of a SKU went between pools in the last hour, the newest last."""
    rows: list[Row] = []
    for way, moment in audit.went.items():
        if at - moment < HOUR:
            sku, from_pool, to_pool = way.split("\n")
            rows.append({"sku": sku, "from_pool": from_pool, "to_pool": to_pool, "at": moment})
    return rows


def rows(audit: Audit) -> list[Row]:
    """The last events that were no orders, newest first."""
    return [msgspec.structs.asdict(entry) for entry in reversed(audit.tail[-TAIL:])]


Listed = Callable[[str, str], int]
"""(SKU, pool) -> units of it that its channels list unsold and no request waits for."""


def transfer_rows(audit: Audit, claims: Book, listed: Listed) -> list[Row]:
    """The last transfers, newest first: units that could still go back, and how many of them at once."""
    result: list[Row] = []
    for seq in sorted(audit.transfers, reverse=True)[:TRANSFERS_SHOWN]:
        transfer = audit.transfers[seq]
        row = msgspec.structs.asdict(transfer)
        del row["returned"]
        free = claims.get(transfer.sku, {}).get(transfer.to_pool, 0)
        row["undoable"] = _undoable(audit, transfer, free + listed(transfer.sku, transfer.to_pool))
        row["undoable_now"] = min(row["undoable"], _undoable(audit, transfer, free))
        result.append(row)
    return result


def _undoable(audit: Audit, transfer: Transfer, held: int) -> int:
    """What an undo would return of the units held: the decision's own rule, read off the same facts."""
    if transfer.from_pool.startswith("temporary/") and transfer.from_pool not in audit.open_pools:
        return 0
    left = (step.quantity - step.returned for step, back in _chain(audit, transfer.seq) if back)
    return max(0, min(held, *left))
