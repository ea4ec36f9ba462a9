"""Pools: who may sell. Claims go from pool to pool, to channels and back; no goods move.

A transfer is one event, or one and what comes back later for its request (`recalls`); taking it back is another that
names it. Undo is partial-safe: it returns what is still unsold, never more. Undoing an undo is a redo. A person's
transfer carries what its preview was computed on: the seq of the state, refused when the pool it takes from has moved
since, or what the pool was promised to keep, refused when it no longer can; both say the number that holds now.
"""

from dashboard.decision import commands as c, events as e, ledger as book
from dashboard.decision.commands import Micros
from dashboard.decision.events import Move
from dashboard.decision.ledger import CLAIMS
from dashboard.decision.orders import unknown
from dashboard.decision.recalls import (
    Verdict,
    asked,
    ended,
    fulfil as fulfil_request,
    name_of,
    parts,
    reachable,
    short_of_promise,
    stale,
)
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Reallocation, Show
from dashboard.decision.stock import short_of_claims, unknown_names


def reallocate(show: Show, command: c.Reallocate, now: Micros) -> Verdict:
    """Move claims between two pools; with `recall` what is listed follows when the platforms have given it back."""
    sku, source, target = command.sku, command.from_pool, command.to_pool
    refusal = unknown_names(show, None, sku, source, target)
    if refusal:
        return refusal
    if source == target:
        return Refusal(Code.NOTHING_TO_DO, f"From and to are the same pool, {source}; name two.")
    split = short_of_promise(show, command) or parts(show, command)
    if isinstance(split, Refusal):
        return split
    units, rest = split
    happened: list[e.Event] = []
    if units:
        happened.append(
            e.Reallocated(
                sku=sku,
                from_pool=source,
                to_pool=target,
                quantity=units,
                moves=(Move(sku, CLAIMS, source, target, units),),
                reason=command.reason,
                request=name_of(show, command) if rest else "",
            )
        )
    if rest:
        happened.append(asked(show, command, Move(sku, CLAIMS, source, target, rest), now))
    return tuple(happened)


def undo(show: Show, command: c.Undo, now: Micros) -> Verdict:
    """Return what is still unsold of a reallocation; what of it was asked for and has not come is asked no more.

    What an earlier undo of the same still waits for is asked for anew, or no more: nothing is asked back twice.
    """
    entry = show.reallocations.get(command.seq)
    if entry is None:
        return Refusal(Code.NOT_UNDOABLE, f"Event {command.seq} is no reallocation of this show.")
    if not show.pool_exists(entry.from_pool):
        return Refusal(Code.NOT_UNDOABLE, f"Pool {entry.from_pool} is closed; reallocate to an open pool instead.")
    own = sum(request.missing() for request in show.requests.values() if request.undoes == command.seq)
    units = undoable(show, command.seq, command.recall, own)
    happened = ended(show, command, lambda name, request: command.seq in (show.transfers.get(name), request.undoes))
    if not units and not happened:
        left = entry.quantity - entry.returned
        rest = "sold or moved on" if command.recall else "sold, listed or moved on"
        return Refusal(Code.NOT_UNDOABLE, f"0 of {left} units can return: the rest is {rest}.", 0)
    if command.shown_units is None:
        refusal = stale(show, entry.sku, entry.to_pool, command.seen_seq, units)
        if refusal:
            return refusal
    elif units < command.shown_units:
        sentence = f"{command.shown_units} units could return when you looked, {units} can now. Look again, then undo."
        return Refusal(Code.STALE_PREVIEW, sentence, units)
    free = min(units, undoable(show, command.seq))
    rest_units = units - free
    if free:
        happened.append(
            e.Undone(
                undoes=command.seq,
                sku=entry.sku,
                from_pool=entry.to_pool,
                to_pool=entry.from_pool,
                quantity=free,
                asked=entry.quantity - entry.returned,
                moves=(Move(entry.sku, CLAIMS, entry.to_pool, entry.from_pool, free),),
                reason=command.reason,
                request=name_of(show, command) if rest_units else "",
            )
        )
    if rest_units:
        wanted = Move(entry.sku, CLAIMS, entry.to_pool, entry.from_pool, rest_units)
        happened.append(asked(show, command, wanted, now, undoes=command.seq))
    return tuple(happened)


def undoable(show: Show, seq: int, recall: bool = False, own: int = 0) -> int:
    """Units of a reallocation that could return: still in the pool, and not gone back along its undos already.

    With `recall` also those that the pool's channels list unsold and nobody waits for, but for `own` of them.
    """
    entry = show.reallocations[seq]
    units = reachable(show, entry.sku, entry.to_pool, recall, own)
    step: Reallocation | None = entry
    back = True
    while step is not None:
        if back:
            units = min(units, step.quantity - step.returned)
        step, back = show.undone_by(step), not back
    return max(0, units)


def fulfil(show: Show, command: c.FulfilRequest, now: Micros) -> Verdict:
    """Move on what came back for a request."""
    return fulfil_request(show, command, now, undoable)


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
    if isinstance(command, c.Expose) and command.from_pool not in ("", pool):
        pool = command.from_pool
        if command.channel not in show.guests.get(pool, ()):
            return Refusal(Code.POOL_UNKNOWN, f"{command.channel} does not sell from {pool}; name its region's pool.")
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
    told = {"from_pool": pool} if isinstance(command, c.Expose) and command.from_pool else {}
    moved: e.Event = happened(
        channel=command.channel,
        sku=command.sku,
        quantity=command.quantity,
        moves=(Move(command.sku, CLAIMS, source, target, command.quantity),),
        reason=command.reason,
        **told,
    )
    return moved
