"""The auditor's ledger of facts: what was true at a seq, and when it stopped being true, from the moves alone.

    claims -> the SKUs and regions they are about -> running balances of those (one pass over `moves`, in the engine)
           -> units left at each claim's seq, the next change, the next zero
    terms, shipments of the Stage -> what was in force at a seq, and until when

Units left of a region are its unsold claims: its pool, what its channels list and what is held back for them. Units on
their way are the balance of the account `transit/<shipment>`. A fact about a number stops being true with the first
move that changes it; one about a term with the first that sets another, or at its end; all but one on goods under way
with the last unit. Balances are summed once for all claims, so a hundred thousand of them cost what one does.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import duckdb

from dashboard.journal.verify_claims_read import ANSWER, Claim, Shipment, Stage, Term

NEVER = 1 << 62
"""A time after all times, in microseconds."""

_WANTED = {"claim": "BIGINT", "show_id": "VARCHAR", "sku": "VARCHAR", "region": "VARCHAR", "fact_seq": "BIGINT"}
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
    with told as (
      select w.claim, w.sku, coalesce(b.units, 0) as units, n.seq as changed, z.seq as gone
      from wanted w
      asof left join balances b
        on w.show_id = b.show_id and w.sku = b.sku and w.region = b.region and w.fact_seq >= b.seq
      asof left join balances n
        on w.show_id = n.show_id and w.sku = n.sku and w.region = n.region and w.fact_seq < n.seq
      asof left join (select * from balances where units <= 0) z
        on w.show_id = z.show_id and w.sku = z.sku and w.region = z.region and w.fact_seq < z.seq)
    select claim, told.sku, units::bigint, epoch_us(c.recorded_time), epoch_us(g.recorded_time)
    from told left join j.events c on changed = c.seq left join j.events g on gone = g.seq"""
_TRANSIT = """
    select show_id, account, sku, seq, epoch_us(recorded_time), sum(delta)::bigint from (
      select seq, show_id, sku, source_account as account, -quantity as delta from j.moves
      where book = 'goods' and starts_with(source_account, 'transit/')
      union all
      select seq, show_id, sku, target_account, quantity from j.moves
      where book = 'goods' and starts_with(target_account, 'transit/'))
    join j.events using (seq, show_id) group by all order by seq"""


class Left(NamedTuple):
    """Units left of a SKU in a region at a seq, and when that number changed, and when none were left (micros)."""

    units: int
    changed_at: int
    gone_at: int


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
        self._left = dict(_left(connection, stages, claims))
        self._transit = _transit(connection) if any(stage.shipments for stage in stages.values()) else {}

    def left(self, claim: Claim, sku: str) -> Left:
        """What was left of a SKU in a claim's region at its seq."""
        return self._left.get((claim.seq, sku), Left(0, NEVER, NEVER))

    def incoming(self, claim: Claim, sku: str, shipment: Shipment) -> Balance:
        """Units of a SKU under way with a shipment at a claim's seq; `at` is when that changed."""
        balances = self._transit.get((claim.show, f"transit/{shipment.shipment}", sku), [])
        place = bisect_right(balances, fact_seq(claim), key=lambda one: one.seq)
        units = balances[place - 1].units if place else 0
        changed_at = balances[place].at if place < len(balances) else NEVER
        return Balance(fact_seq(claim), changed_at, units)

    def terms(self, claim: Claim, *key: str) -> tuple[Term | None, int]:
        """The term about something that was in force at a claim's seq, and until when (micros)."""
        return in_force(self._stages[claim.show].terms.get(key, []), fact_seq(claim))

    def price(self, claim: Claim, sku: str) -> tuple[int | None, int]:
        """The price of a SKU on a claim's channel at its seq, in minor units, and until when (micros)."""
        stage = self._stages[claim.show]
        own = stage.terms.get(("price", sku, claim.channel), [])
        common = stage.terms.get(("price", sku, ""), [])
        term, until = in_force(own, fact_seq(claim))
        if term is None:
            term, until = in_force(common, fact_seq(claim))
            until = min(until, own[0].at if own else NEVER)
        return (term.value if term else stage.prices.get(sku)), until


def fact_seq(claim: Claim) -> int:
    """The seq at which a claim says it was true; -1 where it names none."""
    told = claim.whole("seq")
    return told if told is not None and abs(told) < NEVER else -1


def in_force(terms: Sequence[Term], seq: int) -> tuple[Term | None, int]:
    """The last term at a seq, and when another value or its own end came (micros)."""
    place = bisect_right(terms, seq, key=lambda term: term.seq)
    term = terms[place - 1] if place else None
    value = term.value if term else None
    until = next((later.at for later in terms[place:] if later.value != value), NEVER)
    return term, min(until, term.expires) if term and term.expires is not None else until


def counted(claim: Claim) -> tuple[str, ...]:
    """The SKUs of which a claim needs units left in its region."""
    if claim.kind == "restock" or (claim.kind == ANSWER and "units_left" not in claim.fact):
        return ()
    return claim.skus()


def _left(
    connection: duckdb.DuckDBPyConnection, stages: dict[str, Stage], claims: Sequence[Claim]
) -> Iterator[tuple[tuple[int, str], Left]]:
    wanted = [
        (claim.seq, claim.show, sku, claim.word("region"), fact_seq(claim))
        for claim in claims
        for sku in counted(claim)
    ]
    if not wanted:
        return
    _table(connection, "wanted", _WANTED, wanted)
    _table(connection, "selling", _SELLING, list(_selling(stages)))
    connection.execute(_CHANGES)
    cursor = connection.execute(_LEFT)
    while rows := cursor.fetchmany(10_000):
        for claim, sku, units, changed_at, gone_at in rows:
            yield (claim, sku), Left(units, _or_never(changed_at), _or_never(gone_at))


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
    connection.execute(f"create temp table {name} ({told})")
    shape = json.dumps([columns])
    for start in range(0, len(rows), _AT_ONCE):
        given = json.dumps([dict(zip(columns, row, strict=True)) for row in rows[start : start + _AT_ONCE]])
        query = f"insert into {name} select unnest(from_json(?::json, ?), recursive := true)"
        connection.execute(query, [given, shape])


def _or_never(at: int | None) -> int:
    return NEVER if at is None else at
