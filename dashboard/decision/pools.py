"""Pools: who may sell. Claims go from pool to pool, to channels and back; no goods move.

A transfer is one event; taking it back is another that names it. Undo is partial-safe: it returns what is still
unsold, never more. Undoing an undo is a redo. A person's transfer carries the seq its preview was computed on;
if the pool it takes from has moved since, the answer is `stale_preview` with the number that holds now.
"""

from dashboard.decision import commands as c, events as e, ledger as book
from dashboard.decision.commands import Micros
from dashboard.decision.events import Move
from dashboard.decision.ledger import CLAIMS
from dashboard.decision.orders import unknown
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Reallocation, Show
from dashboard.decision.stock import Verdict, short_of_claims, unknown_names


def _stale(show: Show, sku: str, pool: str, seen_seq: int | None) -> Refusal | None:
    if seen_seq is None or not show.ledger.touched_since(sku, pool, seen_seq):
        return None
    left = show.ledger.claim(sku, pool)
    sentence = f"Pool {pool} moved since this preview: it holds {left} x {sku} now. Look again, then confirm."
    return Refusal(Code.STALE_PREVIEW, sentence, left)


def reallocate(show: Show, command: c.Reallocate, now: Micros) -> Verdict:
    """Move claims between two pools."""
    sku, source, target, quantity = command.sku, command.from_pool, command.to_pool, command.quantity
    refusal = unknown_names(show, None, sku, source, target)
    if refusal:
        return refusal
    if source == target:
        return Refusal(Code.NOTHING_TO_DO, f"From and to are the same pool, {source}; name two.")
    refusal = _stale(show, sku, source, command.seen_seq) or short_of_claims(show, sku, source, quantity)
    if refusal:
        return refusal
    return e.Reallocated(
        sku=sku,
        from_pool=source,
        to_pool=target,
        quantity=quantity,
        moves=(Move(sku, CLAIMS, source, target, quantity),),
        reason=command.reason,
    )


def undo(show: Show, command: c.Undo, now: Micros) -> Verdict:
    """Return what is still unsold of a reallocation."""
    entry = show.reallocations.get(command.seq)
    if entry is None:
        return Refusal(Code.NOT_UNDOABLE, f"Event {command.seq} is no reallocation of this show.")
    if not show.pool_exists(entry.from_pool):
        return Refusal(Code.NOT_UNDOABLE, f"Pool {entry.from_pool} is closed; reallocate to an open pool instead.")
    units = undoable(show, command.seq)
    if not units:
        asked = entry.quantity - entry.returned
        sentence = f"0 of {asked} units can return: the rest is sold, listed or moved on."
        return Refusal(Code.NOT_UNDOABLE, sentence, 0)
    if command.shown_units is None:
        refusal = _stale(show, entry.sku, entry.to_pool, command.seen_seq)
        if refusal:
            return refusal
    elif units < command.shown_units:
        sentence = f"{command.shown_units} units could return when you looked, {units} can now. Look again, then undo."
        return Refusal(Code.STALE_PREVIEW, sentence, units)
    return e.Undone(
        undoes=command.seq,
        sku=entry.sku,
        from_pool=entry.to_pool,
        to_pool=entry.from_pool,
        quantity=units,
        asked=entry.quantity - entry.returned,
        moves=(Move(entry.sku, CLAIMS, entry.to_pool, entry.from_pool, units),),
        reason=command.reason,
    )


def undoable(show: Show, seq: int) -> int:
    """Units of a reallocation that could return now: still in the pool, and not gone back along its undos already."""
    entry = show.reallocations[seq]
    units = show.ledger.claim(entry.sku, entry.to_pool)
    step: Reallocation | None = entry
    back = True
    while step is not None:
        if back:
            units = min(units, step.quantity - step.returned)
        step, back = show.undone_by(step), not back
    return max(0, units)


def open_pool(show: Show, command: c.OpenPool, now: Micros) -> Verdict:
    """Carve a temporary pool out of another."""
    for channel in command.channels:
        if channel not in show.channels:
            return Refusal(Code.CHANNEL_UNKNOWN, unknown("channel", channel, show.channels))
    refusal = unknown_names(show, None, command.sku, command.from_pool)
    if refusal:
        return refusal
    pool = f"temporary/{command.name}"
    if pool in show.guests:
        return Refusal(Code.POOL_EXISTS, f"Pool {pool} is open already; fill it by a reallocation.")
    refusal = short_of_claims(show, command.sku, command.from_pool, command.quantity)
    if refusal:
        return refusal
    return e.PoolOpened(
        pool=pool,
        sku=command.sku,
        quantity=command.quantity,
        from_pool=command.from_pool,
        channels=command.channels,
        moves=(Move(command.sku, CLAIMS, command.from_pool, pool, command.quantity),),
        reason=command.reason,
    )


def close_pool(show: Show, command: c.ClosePool, now: Micros) -> Verdict:
    """Close a temporary pool and send its rest home."""
    pool = f"temporary/{command.name}"
    refusal = unknown_names(show, None, None, pool, command.to_pool)
    if refusal:
        return refusal
    if pool == command.to_pool:
        return Refusal(Code.NOTHING_TO_DO, f"The rest of {pool} cannot go to itself; name another pool.")
    moves = tuple(
        Move(sku, CLAIMS, pool, command.to_pool, accounts[pool])
        for sku, accounts in show.ledger.claims.items()
        if accounts.get(pool)
    )
    return e.PoolClosed(pool=pool, to_pool=command.to_pool, moves=moves, reason=command.reason)


def hand_over(show: Show, command: c.Expose | c.Recall | c.Withhold | c.ReleaseCover, now: Micros) -> Verdict:
    """Move claims between a region's pool and a channel's exposure or cover."""
    if command.channel not in show.channels:
        return Refusal(Code.CHANNEL_UNKNOWN, unknown("channel", command.channel, show.channels))
    shop = show.channels[command.channel].behind
    if shop:
        return Refusal(Code.NOTHING_TO_DO, f"{command.channel} sells what {shop} lists; hand the units to {shop}.")
    refusal = unknown_names(show, None, command.sku)
    if refusal:
        return refusal
    pool = book.region_pool(show.selling[command.channel].region)
    account, outward, happened = {
        c.Expose: (book.exposure_of(command.channel), True, e.Exposed),
        c.Recall: (book.exposure_of(command.channel), False, e.Recalled),
        c.Withhold: (book.cover_of(command.channel), True, e.Withheld),
        c.ReleaseCover: (book.cover_of(command.channel), False, e.CoverReleased),
    }[type(command)]
    source, target = (pool, account) if outward else (account, pool)
    short = short_of_claims(show, command.sku, source, command.quantity)
    if short:
        return short
    return happened(
        channel=command.channel,
        sku=command.sku,
        quantity=command.quantity,
        moves=(Move(command.sku, CLAIMS, source, target, command.quantity),),
        reason=command.reason,
    )
