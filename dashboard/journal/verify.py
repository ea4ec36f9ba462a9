"""The auditor behind `warroom verify FILE`: reads a journal and says whether its books hold.

It shares no code with the writer: besides DuckDB and the standard library it imports only its own door
(`verify_opening`: nothing in the file can act) and its own table of queries (`verify_checks`). What it checks is
defined by `schema.sql` and the two-book rules:

* events: seq 1..n without gaps, ids unique, recorded times in order, the head row equal to the last event, and the
  SHA-256 chain recomputed from the stored bytes;
* moves: exactly the lines that the hashed event data repeat, positive, between two different known accounts;
* balances after every single event: only `issued` and `supplier` ever negative, each book sums to zero, unsold claims
  equal available goods, committed claims equal committed goods (with the wider form for shows that sell in transit);
* orders: the lines an order was accepted with are the claims it took, and no accepted unit lacks a unit of goods.

Data flow: file -> narrow temporary tables in memory (spilling to a temporary folder) -> one SQL query a check ->
breaches, at most fifty spelled out and all of them counted. Every column of every table is read once, so that a block
whose checksum fails is noticed wherever it lies. What cannot be audited at all (no file, no journal, damaged, locked,
written by a newer version) is a `VerifyProblem` with one sentence, never a stack trace.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypedDict

import duckdb

from dashboard.journal.verify_checks import (
    BALANCE_CHECKS,
    EVENT_CHECKS,
    MACROS,
    MOVE_CHECKS,
    ORDER_CHECKS,
    ORDER_GAPS,
    OVERSOLD,
    SETUP,
    Check,
)
from dashboard.journal.verify_opening import SPILL_MAX, VerifyProblem as VerifyProblem, opened

BREACHES_SPELLED_OUT_MAX = 50
CHUNK_EVENTS = 250_000
ZEROS = "0" * 64


class Breach(TypedDict):
    """One thing that is wrong, and where."""

    check: str
    seq: int | None
    show: str | None
    sku: str | None
    sentence: str


class Head(TypedDict):
    """Where the journal ends."""

    seq: int
    hash: str


class Report(TypedDict):
    """What the auditor found; `breaches` holds the first fifty of `breach_count`."""

    ok: bool
    oversold: int
    events: int
    moves: int
    shows: int
    head: Head
    breach_count: int
    breaches: list[Breach]


@dataclass
class Findings:
    """Breaches found so far: the first fifty in words, all of them counted."""

    count: int = 0
    breaches: list[Breach] = field(default_factory=list)

    def add(self, check: str, seq: int | None, show: str | None, sku: str | None, sentence: str) -> None:
        """Note one breach."""
        self.count += 1
        if len(self.breaches) < BREACHES_SPELLED_OUT_MAX:
            self.breaches.append({"check": check, "seq": seq, "show": show, "sku": sku, "sentence": sentence})

    def add_uncounted(self, more: int) -> None:
        """Count breaches that a query found beyond those it handed over."""
        self.count += more


def verify(path: str | os.PathLike[str], memory_limit: str = "1GB", spill_limit: str = SPILL_MAX) -> Report:
    """Audit the journal at `path` and report; raises `VerifyProblem` if it cannot be read as one."""
    with opened(path, memory_limit, spill_limit) as connection:
        return _audit(connection)


def lines(report: Report, name: str = "journal") -> list[str]:
    """Say a report in words; the last line gives the verdict and the number oversold."""
    head = report["head"]
    said = [
        f"{name}: {report['events']:,} events, {report['moves']:,} moves, {report['shows']:,} shows",
        f"head: seq {head['seq']}, hash {head['hash']}",
    ]
    said += [f"{breach['check']}: {breach['sentence']}" for breach in report["breaches"]]
    unsaid = report["breach_count"] - len(report["breaches"])
    if unsaid:
        said.append(f"... and {unsaid:,} more")
    verdict = "every invariant holds" if report["ok"] else f"{report['breach_count']:,} breaches"
    return [*said, f"{'ok' if report['ok'] else 'FAILED'}: {verdict}, oversold {report['oversold']}"]


def _audit(connection: duckdb.DuckDBPyConnection) -> Report:
    _read_everything(connection)
    for macro in MACROS:
        connection.execute(macro)
    findings = Findings()
    events, last_seq = _row(connection, "select count(*), coalesce(max(seq), 0) from j.events")
    _check_head(connection, findings)
    for check in EVENT_CHECKS:
        _run(connection, check, findings, last_seq)
    _check_unusual_hashes(connection, findings)
    for statement in SETUP:
        connection.execute(statement)
    for span in _spans(last_seq):
        connection.execute(ORDER_GAPS, span)
    for check in MOVE_CHECKS + BALANCE_CHECKS + ORDER_CHECKS:
        _run(connection, check, findings, last_seq)
    oversold = int(_row(connection, OVERSOLD)[0])
    if oversold:
        findings.add("oversold", None, None, None, f"{oversold} accepted units have no unit that can serve them.")
    head = _row(connection, "select coalesce(max(seq), 0), coalesce(arg_max(hash, seq), repeat('0', 64)) from j.events")
    return {
        "ok": findings.count == 0,
        "oversold": oversold,
        "events": events,
        "moves": _row(connection, "select count(*) from j.moves")[0],
        "shows": _row(connection, "select count(distinct show_id) from j.events")[0],
        "head": {"seq": head[0], "hash": head[1]},
        "breach_count": findings.count,
        "breaches": findings.breaches,
    }


def _read_everything(connection: duckdb.DuckDBPyConnection) -> None:
    """Touch every column of every table, so that a block with a wrong checksum is met wherever it lies."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = 'j'"
    ).fetchall()
    for schema, table in tables:
        where = ".".join('"' + part.replace('"', '""') + '"' for part in ("j", schema, table))
        connection.execute(f"select bit_xor(hash(t)) from {where} as t").fetchall()  # noqa: S608 - a quoted name


def _run(connection: duckdb.DuckDBPyConnection, check: Check, findings: Findings, last_seq: int) -> None:
    query = f"select *, count(*) over () from ({check.sql}) order by 1 nulls last limit 50"  # noqa: S608 - our own table
    for span in _spans(last_seq) if check.chunked else [{}]:
        rows: list[tuple[Any, ...]] = connection.execute(query, span).fetchall()
        for row in rows:
            findings.add(check.name, row[0], row[1], row[2], check.sentence.format(*row[:-1]))
        if rows:
            findings.add_uncounted(rows[0][-1] - len(rows))


def _spans(last_seq: int) -> Iterator[dict[str, int]]:
    """Cut the journal into stretches, so that the widest queries need the memory of one stretch only."""
    for first in range(1, last_seq + 1, CHUNK_EVENTS):
        yield {"first": first, "last": min(first + CHUNK_EVENTS - 1, last_seq)}


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = connection.execute(query).fetchone()
    return row if row is not None else (0,)


def _check_head(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    rows = connection.execute("select seq, hash from j.head").fetchall()
    last = connection.execute("select seq, hash from j.events order by seq desc limit 1").fetchone() or (0, ZEROS)
    if len(rows) != 1:
        findings.add("head", None, None, None, f"The table head has {len(rows)} rows; it must have one.")
    elif rows[0] != last:
        sentence = f"The head says seq {rows[0][0]} with hash {rows[0][1]}; the last event is {last[0]} with {last[1]}."
        findings.add("head", rows[0][0], None, None, sentence)


def _check_unusual_hashes(connection: duckdb.DuckDBPyConnection, findings: Findings) -> None:
    """Recompute in Python the hashes of the events whose names hold control characters."""
    cursor = connection.execute(
        """select seq, show_id, type, source, actor, id, data::varchar, epoch_us(event_time), epoch_us(recorded_time),
           prev_hash, hash from j.events where unusual(actor, id, show_id, source, type) order by seq"""
    )
    while row := cursor.fetchone():
        seq, show, kind, source, actor, ident, data, event_time, recorded_time, before, told = row
        body = (
            f'{{"actor":{_text(actor)},"data":{data},"event_time":{event_time},"id":{_text(ident)},'
            f'"recorded_time":{recorded_time},"seq":{seq},"show_id":{_text(show)},"source":{_text(source)},'
            f'"type":{_text(kind)}}}'
        )
        if hashlib.sha256((before + body).encode()).hexdigest() != told:
            findings.add("hash", seq, show, None, f"The content of event {seq} does not give its hash {told}.")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
