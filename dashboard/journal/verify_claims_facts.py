"""The auditor's ledger of facts: what was true at a seq, and when it stopped being true, from the moves alone.

    claims -> the SKUs and regions they are about -> running balances of those (one pass over `moves`, in the engine)
           -> units left at each claim's seq, and when that was not so any more
    terms, shipments of the Stage -> what was in force at a seq, and when it was not

Units left of a region are its unsold claims: its pool, what its channels list and what is held back for them. Units on
their way are the balance of the account `transit/<shipment>`. A fact about a number stops being true with the move that
changes it; one about a term with the event that sets another, or at its end; all but one on goods under way with the
last unit. What comes back makes it true again. Balances are summed once for all claims, so a hundred thousand of them
cost what one does.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import duckdb

from dashboard.journal.verify_claims_read import ANSWER, Claim, Shipment, Stage, Term

NEVER = 1 << 62
"""A time after all times, in microseconds."""
ROUNDS_MAX = 200
"""How often what one line says may become true again before the rest is not looked at."""

_WANTED = {"claim": "BIGINT", "show_id": "VARCHAR", "sku": "VARCHAR", "region": "VARCHAR", "units": "BIGINT",
           "fact_seq": "BIGINT"}  # fmt: skip
_SELLING = {"selling_show": "VARCHAR", "region": "VARCHAR", "account": "VARCHAR"}
_AT_ONCE = 20_000
_CHANGES = """
    create temp table balances as
    select show_id, sku, region, seq, sum(delta) over (partition by show_id, sku, region order by seq) as units
    from (
      select show_id, sku, region, seq, sum(delta)::bigint as delta from (
        select show_id, sku, region, seq, -quantity as delta
        from j.moves join selling on show_id = selling_show and source_account = account where book = 'claims'
        union all
        select show_id, sku, region, seq, quantity
        from j.moves join selling on show_id = selling_show and target_account = account where book = 'claims')
      semi join wanted using (show_id, sku, region)
      group by show_id, sku, region, seq having sum(delta) <> 0)"""
_LEFT = """
    select w.claim, w.sku, coalesce(b.units, 0)::bigint from wanted w asof left join balances b
      on w.show_id = b.show_id and w.sku = b.sku and w.region = b.region and w.fact_seq >= b.seq"""
_UNTRUE = """
    with changed as (
      select a.*, n.seq as changed
      from (select * from wanted where units is not null) a asof join balances n
        on a.show_id = n.show_id and a.sku = n.sku and a.region = n.region and a.fact_seq < n.seq),
    gone as (
      select a.*, n.seq as changed
      from (select * from wanted where units is null) a asof join (select * from balances where units <= 0) n
        on a.show_id = n.show_id and a.sku = n.sku and a.region = n.region and a.fact_seq < n.seq),
    told as (
      select c.*, r.seq as again from changed c asof left join balances r
        on c.show_id = r.show_id and c.sku = r.sku and c.region = r.region and c.units = r.units and c.changed < r.seq
      union all
      select g.*, r.seq as again from gone g asof left join (select * from balances where units > 0) r
        on g.show_id = r.show_id and g.sku = r.sku and g.region = r.region and g.changed < r.seq)
    select claim, told.show_id, sku, region, units, again, epoch_us(c.recorded_time), epoch_us(g.recorded_time)
    from told join j.events c on changed = c.seq left join j.events g on again = g.seq"""
_TRANSIT = """
    select show_id, account, sku, seq, epoch_us(recorded_time), sum(delta)::bigint from (
      select seq, show_id, sku, source_account as account, -quantity as delta from j.moves
      where book = 'goods' and starts_with(source_account, 'transit/')
      union all
      select seq, show_id, sku, target_account, quantity from j.moves
      where book = 'goods' and starts_with(target_account, 'transit/'))
    join j.events using (seq, show_id) group by all order by seq"""


Untrue = list[tuple[int, int]]
"""Stretches of time (micros) in which something did not hold, from and to, in order."""


class Held(NamedTuple):
    """What was so at a claim's seq, and when it was not so any more after that."""

    value: Any
    untrue: Untrue


class Balance(NamedTuple):
    """Units on their way after a seq."""

    seq: int
    at: int
    units: int


class Ledger:
    """What was true when, of one journal."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, stages: dict[str, Stage], claims: Sequence[Claim]
    ) -> None:
        self._stages = stages
        self._left = _left(connection, stages, claims)
        self._transit = _transit(connection) if any(stage.shipments for stage in stages.values()) else {}

    def left(self, claim: Claim, sku: str) -> Held:
        """Units left of a SKU in a claim's region: that number if the claim states one, else any."""
        return self._left.get((claim.seq, sku), Held(0, []))

    def incoming(self, claim: Claim, sku: str, shipment: Shipment) -> Held:
        """Units of a SKU under way with a shipment; overdue they are not what was said."""
        balances = self._transit.get((claim.show, f"transit/{shipment.shipment}", sku), [])
        place = bisect_right(balances, fact_seq(claim), key=lambda one: one.seq)
        units = balances[place - 1].units if place else 0
        changes = [(one.at, one.units == units) for one in balances[place:] if one.at < shipment.eta]
        return Held(units, _untrue([*changes, (shipment.eta, False)]))

    def term(self, claim: Claim, *key: str) -> Held:
        """The term about something that was in force."""
        terms = self._stages[claim.show].terms.get(key, [])
        place = bisect_right(terms, fact_seq(claim), key=lambda term: term.seq)
        term = terms[place - 1] if place else None
        return Held(term, _untrue(_in_force(terms, place, term.value if term else None)))

    def price(self, claim: Claim, sku: str) -> Held:
        """The price of a SKU on a claim's channel, in minor units: its own, else that of all, else the opening one."""
        stage = self._stages[claim.show]
        own = stage.terms.get(("price", sku, claim.channel), [])
        common = stage.terms.get(("price", sku, ""), []) if claim.channel else []
        now: dict[bool, int | None] = {}
        changes: list[tuple[int, int | None]] = []
        price = stage.prices.get(sku)
        both = [*((True, term) for term in own), *((False, term) for term in common)]
        for is_own, term in sorted(both, key=lambda pair: pair[1].seq):
            now[is_own] = term.value
            if term.seq <= fact_seq(claim):
                price = now.get(True, term.value)
            else:
                changes.append((term.at, now.get(True, term.value)))
        return Held(price, _untrue((at, value == price) for at, value in changes))


def longest(parts: Iterable[tuple[int, int]], first: int, last: int) -> int:
    """The longest time without a break in which one of several stretches lay, between two moments (micros)."""
    best, begun, until = 0, first, first
    for start, end in sorted((max(start, first), min(end, last)) for start, end in parts):
        if start > until:
            begun = start
        until = max(until, end)
        best = max(best, until - max(begun, first)) if end > start else best
    return best


def _untrue(changes: Iterable[tuple[int, bool]]) -> Untrue:
    """Stretches in which something did not hold, of the moments at which it began to hold or ceased to."""
    found: Untrue = []
    since: int | None = None
    for at, holds in changes:
        if not holds and since is None:
            since = at
        elif holds and since is not None:
            found.append((since, at))
            since = None
    return [*found, (since, NEVER)] if since is not None else found


def _in_force(terms: Sequence[Term], place: int, value: Any) -> Iterator[tuple[int, bool]]:
    """When a value was in force, and when not, from the term before a place on: others may be set, and any may end."""
    for number in range(max(0, place - 1), len(terms)):
        term = terms[number]
        if number >= place:
            yield term.at, term.value == value
        after = terms[number + 1].at if number + 1 < len(terms) else NEVER
        if term.expires is not None and term.expires < after:
            yield max(term.at, term.expires), False


def fact_seq(claim: Claim) -> int:
    """The seq at which a claim says it was true; -1 where it names none."""
    told = claim.whole("seq")
    return told if told is not None and abs(told) < NEVER else -1


def counted(claim: Claim) -> tuple[str, ...]:
    """The SKUs of which a claim needs units left in its region."""
    if claim.kind == "restock" or (claim.kind == ANSWER and "units_left" not in claim.fact):
        return ()
    return claim.skus()


def _left(
    connection: duckdb.DuckDBPyConnection, stages: dict[str, Stage], claims: Sequence[Claim]
) -> dict[tuple[int, str], Held]:
    wanted = [
        (claim.seq, claim.show, sku, claim.word("region"), _bounded(claim.whole("units_left")), fact_seq(claim))
        for claim in claims
        for sku in counted(claim)
    ]
    if not wanted:
        return {}
    _table(connection, "wanted", _WANTED, wanted)
    _table(connection, "selling", _SELLING, list(_selling(stages)))
    connection.execute(_CHANGES)
    found = {(claim, sku): Held(units, []) for claim, sku, units in connection.execute(_LEFT).fetchall()}
    ends = {claim.seq: claim.ended_at for claim in claims}
    for _ in range(ROUNDS_MAX):  # what became true again may cease to be once more while it is shown
        if not wanted:
            break
        again = []
        for claim, show, sku, region, units, seq, since, until in connection.execute(_UNTRUE).fetchall():
            found[claim, sku].untrue.append((since, NEVER if until is None else until))
            if until is not None and until < (ends[claim] or NEVER):
                again.append((claim, show, sku, region, units, seq))
        wanted = again
        _table(connection, "wanted", _WANTED, wanted)
    return found


def _bounded(units: int | None) -> int | None:
    return units if units is None or abs(units) < NEVER else -1


def _selling(stages: dict[str, Stage]) -> Iterator[tuple[str, str, str]]:
    """Show, region and account of everything that holds unsold claims of a region."""
    for show, stage in stages.items():
        for region in stage.regions:
            yield show, region, f"region/{region}"
        for channel, region in stage.channels.items():
            yield show, region, f"channel/{channel}"
            yield show, region, f"cover/{channel}"


def _transit(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], list[Balance]]:
    found: dict[tuple[str, str, str], list[Balance]] = {}
    for show, account, sku, seq, at, delta in connection.execute(_TRANSIT).fetchall():
        balances = found.setdefault((show, account, sku), [])
        balances.append(Balance(seq, at, (balances[-1].units if balances else 0) + delta))
    return found


def _table(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Make a table of rows; as JSON, which the engine reads faster than it takes rows one by one."""
    told = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"create or replace temp table {name} ({told})")
    shape = json.dumps([columns])
    for start in range(0, len(rows), _AT_ONCE):
        given = json.dumps([dict(zip(columns, row, strict=True)) for row in rows[start : start + _AT_ONCE]])
        query = f"insert into {name} select unnest(from_json(?::json, ?), recursive := true)"
        connection.execute(query, [given, shape])
