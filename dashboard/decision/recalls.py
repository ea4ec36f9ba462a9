"""Asking units back, and lending them: moves that take as long as the platforms take.

    reallocate / undo / lend / return, with `recall`  ->  what is free moves now, the rest is requested
    a platform gives units back (Recall)              ->  FulfilRequest moves them on, until nothing is missing
    expired, withdrawn                                ->  RequestEnded; what came stays where it came

Most of a region's units are listed on its channels, where somebody may buy them at any moment; so they are never moved
from under a listing: they are asked for, and only what a platform has really given back goes on. A request is a promise
of effort, not of units: what is sold meanwhile is sold. What comes for one request is one move in the list of moves, so
it is undone as one. Units that open requests wait for are not promised twice.

A loan goes back at its time, as far as it is unsold; sold units stay sold and close it.
"""

from collections.abc import Callable

import msgspec

from dashboard.decision import commands as c, events as e
from dashboard.decision.commands import Micros
from dashboard.decision.events import Move
from dashboard.decision.ledger import CLAIMS
from dashboard.decision.orders import unknown
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Loan, Request, Show
from dashboard.decision.stock import short_of_claims, unknown_names
from dashboard.decision.talk import not_in_state

WAIT = 600_000_000
"""A request is waited for ten minutes."""

Verdict = e.Event | tuple[e.Event, ...] | Refusal


def reachable(show: Show, sku: str, pool: str, recall: bool, own: int = 0) -> int:
    """Units of a pool that can be had: what is free, with `recall` what is listed too, less what others wait for.

    `own` of the units waited for are those of whoever asks.
    """
    free = show.ledger.claim(sku, pool)
    return max(0, free + show.listed(sku, pool) - show.asked_back(sku, pool) + own) if recall else free


def stale(show: Show, sku: str, pool: str, seen_seq: int | None, units: int) -> Refusal | None:
    """Refuse when a pool moved after the state a preview was computed on; `units` can be had of it now."""
    if seen_seq is None or not show.ledger.touched_since(sku, pool, seen_seq):
        return None
    sentence = f"Pool {pool} moved since this preview: {units} x {sku} can be had now. Look again, then confirm."
    return Refusal(Code.STALE_PREVIEW, sentence, units)


def short_of_promise(show: Show, command: c.Reallocate | c.LendUnits) -> Refusal | None:
    """Refuse when the giving pool can no longer keep what the preview promised; without a promise, when it moved."""
    sku, pool = command.sku, command.from_pool
    reach = reachable(show, sku, pool, command.recall)
    if command.keeps is None:
        return stale(show, sku, pool, command.seen_seq, reach)
    left = show.ledger.claim(sku, pool) + show.listed(sku, pool)
    if left - command.quantity >= command.keeps:
        return None
    units = min(max(0, left - command.keeps), reach)
    sentence = (
        f"The preview promised that {pool} keeps {command.keeps} x {sku}; it holds {left} now, so {command.quantity} "
        f"would leave fewer, {units} would not. Look again, then confirm."
    )
    return Refusal(Code.STALE_PREVIEW, sentence, units)


def parts(show: Show, command: c.Reallocate | c.LendUnits) -> Refusal | tuple[int, int]:
    """Units that move now, and units that have to be asked back first; a refusal when there are not so many."""
    sku, pool, quantity = command.sku, command.from_pool, command.quantity
    if not command.recall:
        return short_of_claims(show, sku, pool, quantity) or (quantity, 0)
    most = reachable(show, sku, pool, recall=True)
    if quantity > most:
        sentence = f"{quantity} x {sku} asked of pool {pool}, which has {most}, with what its channels list."
        return Refusal(Code.NOT_ENOUGH_CLAIMS, sentence, most)
    now = min(quantity, max(0, show.ledger.claim(sku, pool) - show.asked_back(sku, pool)))
    return now, quantity - now


def name_of(show: Show, command: c.Command) -> str:
    """What the request of a command is called: its id, numbered where another of a proposal had the same one."""
    name, number = command.id, 1
    while name in show.requests or name in show.transfers:
        number += 1
        name = f"{command.id}/{number}"
    return name


def asked(
    show: Show, command: c.Command, wanted: Move, now: Micros, undoes: int | None = None, loan: str = ""
) -> e.UnitsRequested:
    """Ask units back for a command; `wanted` is the move they are for."""
    return e.UnitsRequested(
        request=name_of(show, command),
        sku=wanted.sku,
        from_pool=wanted.source,
        to_pool=wanted.target,
        quantity=wanted.quantity,
        expires=now + WAIT,
        undoes=undoes,
        loan=loan,
        reason=command.reason,
    )


def ended(show: Show, command: c.Command, about: Callable[[str, Request], bool]) -> list[e.Event]:
    """End the open requests that a command makes needless."""
    return [
        e.RequestEnded(request=name, missing=request.missing(), reason=command.reason)
        for name, request in show.requests.items()
        if about(name, request)
    ]


def fulfil(show: Show, command: c.FulfilRequest, now: Micros, undoable: Callable[[Show, int], int]) -> Verdict:
    """Move on what came back for a request."""
    request = show.requests.get(command.request)
    if request is None:
        return Refusal(Code.REQUEST_UNKNOWN, unknown("open request", command.request, show.requests))
    if not show.pool_exists(request.to_pool):
        sentence = f"Pool {request.to_pool} is closed; withdraw the request, or move units to an open pool."
        return Refusal(Code.POOL_UNKNOWN, sentence)
    units = min(request.missing(), show.ledger.claim(request.sku, request.from_pool))
    if request.undoes is not None:
        units = min(units, undoable(show, request.undoes))
    if units <= 0:
        return Refusal(Code.NOTHING_TO_DO, f"Nothing came back for request {command.request} yet.")
    return _moved_on(show, command, request, units)


def _moved_on(show: Show, command: c.FulfilRequest, request: Request, units: int) -> e.Event:
    """The event of units that go where a request wants them."""
    moved = e.Reallocated(
        sku=request.sku,
        from_pool=request.from_pool,
        to_pool=request.to_pool,
        quantity=units,
        moves=(Move(request.sku, CLAIMS, request.from_pool, request.to_pool, units),),
        reason=command.reason,
        request=command.request,
    )
    told = msgspec.structs.asdict(moved)
    if request.undoes is not None:
        return e.Undone(undoes=request.undoes, asked=request.missing(), **told)
    loan = show.loans.get(request.loan)
    if loan is None:
        return moved
    if request.from_pool == loan.from_pool:
        return e.UnitsLent(loan=request.loan, returns_at=loan.returns_at, **told)
    return e.LoanReturned(loan=request.loan, closed=units == request.missing(), **told)


def withdraw(show: Show, command: c.WithdrawRequest, now: Micros) -> Verdict:
    """Ask no longer."""
    request = show.requests.get(command.request)
    if request is None:
        return Refusal(Code.REQUEST_UNKNOWN, unknown("open request", command.request, show.requests))
    return e.RequestEnded(request=command.request, missing=request.missing(), reason=command.reason)


def lend(show: Show, command: c.LendUnits, now: Micros) -> Verdict:
    """Lend claims of one region to another until a time."""
    refusal = unknown_names(show, None, command.sku, command.from_pool, command.to_pool)
    if refusal:
        return refusal
    for pool in (command.from_pool, command.to_pool):
        if not pool.startswith("region/"):
            sentence = f"Only regions lend to each other; {pool} is none, reallocate instead."
            return Refusal(Code.POOL_UNKNOWN, sentence)
    if command.loan in show.loans:
        return Refusal(Code.LOAN_EXISTS, f"Loan {command.loan} was given already; a new loan needs its own name.")
    if command.from_pool == command.to_pool:
        return Refusal(Code.NOTHING_TO_DO, f"{command.from_pool} cannot lend to itself; name two regions.")
    if command.returns_at <= now:
        return Refusal(Code.TOO_LATE, f"Loan {command.loan} would return before it is given.")
    split = short_of_promise(show, command) or parts(show, command)
    if isinstance(split, Refusal):
        return split
    units, rest = split
    lent = e.UnitsLent(
        loan=command.loan,
        sku=command.sku,
        from_pool=command.from_pool,
        to_pool=command.to_pool,
        quantity=units,
        returns_at=command.returns_at,
        moves=(Move(command.sku, CLAIMS, command.from_pool, command.to_pool, units),) if units else (),
        reason=command.reason,
    )
    if not rest:
        return lent
    wanted = Move(command.sku, CLAIMS, command.from_pool, command.to_pool, rest)
    return lent, asked(show, command, wanted, now, loan=command.loan)


def give_back(show: Show, command: c.ReturnLoan, now: Micros) -> Verdict:
    """Return what is unsold of a loan."""
    loan = show.loans.get(command.loan)
    if loan is None:
        return Refusal(Code.LOAN_UNKNOWN, unknown("loan", command.loan, show.loans))
    refusal = not_in_state(f"loan {command.loan}", "loan", loan.state, command)
    if refusal:
        return refusal
    happened = ended(show, command, lambda name, request: request.loan == command.loan)
    unsold = returnable(show, loan)
    units = min(unsold, show.ledger.claim(loan.sku, loan.to_pool))
    rest = unsold - units
    happened.append(
        e.LoanReturned(
            loan=command.loan,
            sku=loan.sku,
            from_pool=loan.to_pool,
            to_pool=loan.from_pool,
            quantity=units,
            closed=not rest,
            moves=(Move(loan.sku, CLAIMS, loan.to_pool, loan.from_pool, units),) if units else (),
            reason=command.reason,
        )
    )
    if rest:
        wanted = Move(loan.sku, CLAIMS, loan.to_pool, loan.from_pool, rest)
        happened.append(asked(show, command, wanted, now, loan=command.loan))
    return tuple(happened)


def returnable(show: Show, loan: Loan) -> int:
    """Units of a loan that are unsold in the borrowing region, free or listed."""
    unsold = show.ledger.claim(loan.sku, loan.to_pool) + show.listed(loan.sku, loan.to_pool)
    return max(0, min(loan.quantity - loan.returned, unsold))
