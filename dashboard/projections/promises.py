"""Promises: what was asked back, lent, announced or ordered, and what came in - everything that still has to happen.

Requests stay until they are fulfilled or ended, loans until they are back; guests until they have gone; replenishments
and receipts are the last few.
"""

from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.decision.ledger import Book

Row = dict[str, Any]
KEPT = 20


class Asked(msgspec.Struct):
    """Units asked back from a region's channels."""

    request: str
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    since: int
    expires: int
    by: str
    moved: int = 0
    undoes: int | None = None
    loan: str = ""


class Lent(msgspec.Struct):
    """Units one region lent another."""

    loan: str
    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    since: int
    returns_at: int
    by: str
    returned: int = 0
    state: str = "lent"


class Guest(msgspec.Struct):
    """A guest who comes."""

    guest: str
    sku: str
    channels: tuple[str, ...]
    starts_at: int
    ends_at: int
    units: int | None
    pool: str = ""
    """The guest's temporary pool once it was opened."""
    closed: bool = False


class Ordered(msgspec.Struct):
    """Units asked of purchasing."""

    replenishment: str
    sku: str
    quantity: int
    need_by: int
    urgent: bool
    since: int


class Receipt(msgspec.Struct):
    """Goods that came in."""

    seq: int
    location: str
    sku: str
    quantity: int
    pool: str
    at: int


class Promises(msgspec.Struct):
    """Everything folded that still has to happen."""

    requests: dict[str, Asked] = {}
    loans: dict[str, Lent] = {}
    guests: dict[str, Guest] = {}
    ordered: list[Ordered] = []
    receipts: list[Receipt] = []


def fold(promises: Promises, event: e.Event, seq: int, at: int, actor: str) -> None:
    """Follow what is promised."""
    follow = _FOLLOW.get(type(event))
    if follow:
        follow(promises, event, seq, at, actor)


def _requested(promises: Promises, event: e.UnitsRequested, seq: int, at: int, actor: str) -> None:
    promises.requests[event.request] = Asked(
        event.request, event.sku, event.from_pool, event.to_pool, event.quantity, at, event.expires, actor, 0,
        event.undoes, event.loan,
    )  # fmt: skip
    loan = promises.loans.get(event.loan)
    if loan is not None and event.from_pool == loan.to_pool:
        loan.state = "returning"


def _came(promises: Promises, request: str, units: int) -> None:
    asked = promises.requests.get(request)
    if asked is not None:
        asked.moved += units
        if asked.moved >= asked.quantity:
            del promises.requests[request]


def _moved(promises: Promises, event: e.Reallocated | e.Undone, seq: int, at: int, actor: str) -> None:
    if event.request:
        _came(promises, event.request, event.quantity)


def _ended(promises: Promises, event: e.RequestEnded, seq: int, at: int, actor: str) -> None:
    asked = promises.requests.pop(event.request, None)
    loan = promises.loans.get(asked.loan) if asked else None
    if loan is not None and loan.state == "returning":
        loan.state = "lent"


def _lent(promises: Promises, event: e.UnitsLent, seq: int, at: int, actor: str) -> None:
    loan = promises.loans.get(event.loan)
    if loan is None:
        promises.loans[event.loan] = Lent(
            event.loan, event.sku, event.from_pool, event.to_pool, event.quantity, at, event.returns_at, actor
        )
    else:
        loan.quantity += event.quantity
    _came(promises, event.request, event.quantity)


def _returned(promises: Promises, event: e.LoanReturned, seq: int, at: int, actor: str) -> None:
    loan = promises.loans[event.loan]
    loan.returned += event.quantity
    _came(promises, event.request, event.quantity)
    if event.closed:
        loan.state = "returned"
    done = [name for name, one in promises.loans.items() if one.state == "returned"]
    for name in done[:-KEPT]:
        del promises.loans[name]


def _guest(promises: Promises, event: e.GuestAnnounced, seq: int, at: int, actor: str) -> None:
    promises.guests[event.guest] = Guest(
        event.guest, event.sku, event.channels, event.starts_at, event.ends_at, event.units
    )


def _opened(promises: Promises, event: e.PoolOpened, seq: int, at: int, actor: str) -> None:
    guest = promises.guests.get(event.pool.removeprefix("temporary/"))
    if guest is not None:
        guest.pool, guest.closed = event.pool, False


def _closed(promises: Promises, event: e.PoolClosed, seq: int, at: int, actor: str) -> None:
    guest = promises.guests.get(event.pool.removeprefix("temporary/"))
    if guest is not None:
        guest.closed = True


def _ordered(promises: Promises, event: e.ReplenishmentRequested, seq: int, at: int, actor: str) -> None:
    promises.ordered.append(Ordered(event.replenishment, event.sku, event.quantity, event.need_by, event.urgent, at))
    del promises.ordered[:-KEPT]


def _received(promises: Promises, event: e.GoodsReceived, seq: int, at: int, actor: str) -> None:
    promises.receipts.append(Receipt(seq, event.location, event.sku, event.quantity, event.pool, at))
    del promises.receipts[:-KEPT]


_FOLLOW: dict[type[e.Event], Any] = {
    e.UnitsRequested: _requested,
    e.RequestEnded: _ended,
    e.Reallocated: _moved,
    e.Undone: _moved,
    e.UnitsLent: _lent,
    e.LoanReturned: _returned,
    e.GuestAnnounced: _guest,
    e.PoolOpened: _opened,
    e.PoolClosed: _closed,
    e.ReplenishmentRequested: _ordered,
    e.GoodsReceived: _received,
}


def asked_back(promises: Promises, sku: str, pool: str) -> int:
    """Units of a pool that open requests wait for."""
    rows = (one for one in promises.requests.values() if one.sku == sku and one.from_pool == pool)
    return sum(one.quantity - one.moved for one in rows)


def request_rows(promises: Promises) -> list[Row]:
    """What was asked back and has not all come."""
    rows = [msgspec.structs.asdict(one) for one in promises.requests.values()]
    for row in rows:
        row["missing"] = row["quantity"] - row["moved"]
    return rows


def loan_rows(promises: Promises, claims: Book, listed: dict[str, tuple[str, ...]]) -> list[Row]:
    """Loans, open ones first, each with what of it is unsold; `listed` are a region's channel accounts."""
    rows: list[Row] = []
    for loan in promises.loans.values():
        accounts = claims.get(loan.sku, {})
        held = accounts.get(loan.to_pool, 0)
        held += sum(accounts.get(account, 0) for account in listed.get(loan.to_pool.removeprefix("region/"), ()))
        unsold = 0 if loan.state == "returned" else max(0, min(loan.quantity - loan.returned, held))
        rows.append(msgspec.structs.asdict(loan) | {"unsold": unsold})
    return sorted(rows, key=lambda row: (row["state"] == "returned", row["returns_at"], row["loan"]))


def guest_rows(promises: Promises) -> list[Row]:
    """Guests by the time they come."""
    rows = [msgspec.structs.asdict(guest) | {"channels": list(guest.channels)} for guest in promises.guests.values()]
    return sorted(rows, key=lambda row: (row["starts_at"], row["guest"]))


def replenishment_rows(promises: Promises) -> list[Row]:
    """What purchasing was asked for, newest first."""
    return [msgspec.structs.asdict(one) for one in reversed(promises.ordered)]


def receipt_rows(promises: Promises) -> list[Row]:
    """What came in last, newest first."""
    return [msgspec.structs.asdict(one) for one in reversed(promises.receipts)]
