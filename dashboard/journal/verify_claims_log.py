"""The auditor's reading of an exported log of claims: is every row still what the journal says, cell by cell?

    LOG.csv | .xlsx | .json | .parquet -> rows of cells as they stand there
    claims of the journal -> the cells each row has to have -> differences, each named by row and column

What a log has to hold is reckoned here anew from the claims; nothing is shared with whoever wrote it. Rows may be in
any order; they are matched by the hash of their event, and one whose hash was changed by its seq. A log is about the
shows it names: of these it has to hold every claim. Moments are compared to the microsecond, in a workbook to five,
which is as fine as its cells are. What can fail is a `LogProblem` with one sentence: no file, no log, another format.
"""

import csv
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import duckdb

from dashboard.journal.verify_claims_read import Claim
from dashboard.journal.verify_claims_sheet import sheet

Row = Mapping[str, Any]
TEXT, WHOLE, SECONDS, MOMENT = "text", "whole", "seconds", "moment"
COLUMNS = {
    "seq": WHOLE, "line": TEXT, "show": TEXT, "channel": TEXT, "language": TEXT, "kind": TEXT, "register": TEXT,
    "text": TEXT, "shown_at": MOMENT, "ended_at": MOMENT, "ended": TEXT, "said_at": MOMENT, "times_said": WHOLE,
    "seconds_shown": SECONDS, "sku": TEXT, "region": TEXT, "units_left": WHOLE, "units_incoming": WHOLE, "eta": MOMENT,
    "limit": WHOLE, "price_minor": WHOLE, "currency": TEXT, "percent": WHOLE, "code": TEXT, "skus": TEXT,
    "fact_seq": WHOLE, "expires": MOMENT, "fact": TEXT, "event_hash": TEXT,
}  # fmt: skip
"""Column -> what its cells are."""
FORMATS = ("csv", "xlsx", "json", "parquet")
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS_BEFORE_1970, _DAY, _FINEST = 25_569, 86_400_000_000, 5
"""A workbook counts days from 1899-12-30; what is left of a microsecond in that is a few of them."""
_CLOSE = 5e-7
"""Seconds are the same within half of a microsecond."""
_WHOLE_MAX, _MICROS_MAX = 1 << 63, 250_000_000_000_000_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that a workbook cannot hold."""
_CELL_MAX = 32_000
_SAID_MAX = 80


_UNREADABLE = (
    ValueError, TypeError, LookupError, EOFError, RuntimeError, csv.Error, duckdb.Error,
    BadZipFile, ParseError, zlib.error,
)  # fmt: skip
"""What reading a file that is not what its name says may raise."""


class LogProblem(Exception):
    """A file that should be a log of claims cannot be read as one; the sentence says why."""


class Log(NamedTuple):
    """The rows of a log as they stand in it; `row` numbers count as people do, with the headings as row 1."""

    format: str
    columns: tuple[str, ...]
    rows: list[Row]


class Difference(NamedTuple):
    """Where a log and the journal differ."""

    row: int | None
    column: str
    seq: int | None
    show: str | None
    sentence: str


def read(path: str | os.PathLike[str]) -> Log:
    """Read a log of claims; raises LogProblem."""
    place = Path(path)
    kind = place.suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise LogProblem(
            f"{place} is no log of claims: its name ends in none of {', '.join('.' + f for f in FORMATS)}."
        )
    if not place.is_file():
        raise LogProblem(f"There is no file {place}.")
    try:
        columns, rows = _READ[kind](place)
    except OSError as problem:
        raise LogProblem(f"{place} cannot be read: {problem.strerror or problem}.") from problem
    except _UNREADABLE as problem:
        why = " ".join(str(problem).split())[:_SAID_MAX]
        raise LogProblem(f"{place} cannot be read as {kind.upper()} ({why}).") from problem
    if "seq" not in columns:
        raise LogProblem(f"{place} is no log of claims: it has no column seq; name what warroom claims --out wrote.")
    return Log(kind, tuple(columns), rows)


def differences(log: Log, claims: Sequence[Claim]) -> Iterator[Difference]:
    """Every cell, row and column in which a log is not what the journal says; the first of a row first."""
    for name in COLUMNS:
        if name not in log.columns:
            yield Difference(None, name, None, None, f"The log has no column {name}.")
    shows = {str(row.get("show")) for row in log.rows}
    about = {claim.show for claim in claims} & shows or {claim.show for claim in claims}
    by_seq = {claim.seq: claim for claim in claims if claim.show in about}
    by_hash = {claim.hash: claim for claim in by_seq.values()}
    met: dict[int, int] = {}
    for number, row in enumerate(log.rows, 2):
        claim = by_hash.get(str(row.get("event_hash"))) or by_seq.get(_seq(row))
        if claim is None:
            sentence = f"Row {number}: the journal has no claim with seq {_told(row.get('seq'))}."
            yield Difference(number, "seq", None, None, sentence)
            continue
        if claim.seq in met:
            sentence = f"Row {number} is about event {claim.seq}, as is row {met[claim.seq]}."
            yield Difference(number, "seq", claim.seq, claim.show, sentence)
        met.setdefault(claim.seq, number)
        yield from _cells(log, number, row, claim)
    for seq, claim in by_seq.items():
        if seq not in met:
            yield Difference(None, "", seq, claim.show, f"The log lacks the claim of event {seq}, line {claim.line!r}.")


def _cells(log: Log, number: int, row: Row, claim: Claim) -> Iterator[Difference]:
    same = _SAME[log.format]
    for name, value in expected(claim).items():
        if name in log.columns and not same(row.get(name), value, COLUMNS[name]):
            right = _told(_written(value, COLUMNS[name]))
            sentence = f"Row {number}, column {name}: {_told(row.get(name))}; the journal says {right}."
            yield Difference(number, name, claim.seq, claim.show, sentence)


def expected(claim: Claim) -> dict[str, Any]:
    """The cells of a claim: texts, whole numbers, seconds, moments in microseconds; None where a cell is empty."""
    ended, fact = claim.ended_at, claim.fact
    told: dict[str, Any] = {
        "seq": claim.seq, "line": claim.line, "show": claim.show, "channel": claim.channel, "language": claim.language,
        "kind": claim.kind, "register": claim.register, "text": claim.text, "shown_at": claim.shown_at,
        "ended_at": ended, "ended": claim.ended, "said_at": claim.said_at, "times_said": claim.times_said,
        "seconds_shown": None if ended is None else (ended - claim.shown_at) / 1_000_000,
        "skus": _json(fact["skus"]) if isinstance(fact.get("skus"), list) else "",
        "fact_seq": claim.whole("seq"), "fact": _json(fact), "event_hash": claim.hash,
    }  # fmt: skip
    for name, kind in COLUMNS.items():
        if name not in told:
            told[name] = (
                claim.word(name) if kind == TEXT else claim.moment(name) if kind == MOMENT else claim.whole(name)
            )
    return {name: _bounded(told[name], kind) for name, kind in COLUMNS.items()}


def _bounded(value: Any, kind: str) -> Any:
    """What no cell can hold is left out of it."""
    if kind == WHOLE and value is not None and not -_WHOLE_MAX <= value < _WHOLE_MAX:
        return None
    return None if kind == MOMENT and value is not None and not 0 <= value <= _MICROS_MAX else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _seq(row: Row) -> int:
    try:
        return int(row.get("seq") or 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def _told(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    text = value.isoformat() if isinstance(value, datetime) else f"{value:.15g}" if type(value) is float else str(value)
    return repr(text if len(text) <= _SAID_MAX else text[:_SAID_MAX] + "…")


def _written(value: Any, kind: str) -> Any:
    return _iso(value) if kind == MOMENT and value is not None else value


def _iso(micros: int) -> str:
    return (_1970 + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- the four formats: how a cell stands there, and when it is the same -----------------------------------------------


def _csv_rows(path: Path) -> tuple[Sequence[str], list[Row]]:
    csv.field_size_limit(1 << 27)
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = csv.reader(file, strict=True)
        columns = next(found, [])
        rows = [_row(columns, cells) for cells in found]
    return columns, rows


def _json_rows(path: Path) -> tuple[Sequence[str], list[Row]]:
    told = json.loads(path.read_text(encoding="utf-8"))
    rows = told.get("claims") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it has no list of claims")
    return tuple(rows[0]) if rows else tuple(COLUMNS), rows


def _parquet_rows(path: Path) -> tuple[Sequence[str], list[Row]]:
    with duckdb.connect(":memory:") as connection:
        found = connection.execute("select * from read_parquet(?)", [str(path)])
        columns = [column[0] for column in found.description or ()]
        return columns, [_row(columns, cells) for cells in found.fetchall()]


def _xlsx_rows(path: Path) -> tuple[Sequence[str], list[Row]]:
    columns, *rows = list(sheet(path)) or [[]]
    return [str(name) for name in columns], [_row([str(name) for name in columns], cells) for cells in rows]


def _row(columns: Sequence[str], cells: Sequence[Any]) -> Row:
    if len(cells) > len(columns):
        raise ValueError("a row has more cells than there are headings")
    return dict(zip(columns, cells, strict=False))


def _same_csv(cell: Any, value: Any, kind: str) -> bool:
    if value is None:
        return bool(cell == "")
    if kind == SECONDS:
        return _near(cell, value)
    text = str(_written(value, kind))
    return bool(cell == ("'" + text if kind == TEXT and text.startswith(_FORMULA) else text))


def _same_json(cell: Any, value: Any, kind: str) -> bool:
    if isinstance(cell, list | dict):
        cell = _json(cell)
    if value is None or kind == TEXT:
        return bool((cell or "") == (value or ""))
    if kind == SECONDS:
        return _near(cell, value)
    return bool(cell == _written(value, kind)) and type(cell) is not bool


def _same_parquet(cell: Any, value: Any, kind: str) -> bool:
    if kind == MOMENT and isinstance(cell, datetime):
        cell = (cell.replace(tzinfo=UTC) - _1970) // timedelta(microseconds=1)
        return bool(cell == value)
    return _same_json(cell, value, kind)


def _same_xlsx(cell: Any, value: Any, kind: str) -> bool:
    if value is None:
        return cell in ("", None)
    if kind == TEXT:
        return _one_line_end(cell or "") == _one_line_end(_UNSEEN.sub("", value)[:_CELL_MAX])
    if not isinstance(cell, int | float):
        return False
    if kind == MOMENT:
        return bool(abs((cell - _DAYS_BEFORE_1970) * _DAY - value) <= _FINEST)
    return _near(cell, value) if kind == SECONDS else bool(cell == value)


def _one_line_end(text: object) -> str:
    """A text as XML reads it: every end of a line is the same."""
    return str(text).replace("\r\n", "\n").replace("\r", "\n")


def _near(cell: Any, value: float) -> bool:
    try:
        return abs(float(cell) - value) < _CLOSE
    except (TypeError, ValueError):
        return False


_READ: Mapping[str, Callable[[Path], tuple[Sequence[str], list[Row]]]] = {
    "csv": _csv_rows, "json": _json_rows, "parquet": _parquet_rows, "xlsx": _xlsx_rows,
}  # fmt: skip
_SAME: Mapping[str, Callable[[Any, Any, str], bool]] = {
    "csv": _same_csv, "json": _same_json, "parquet": _same_parquet, "xlsx": _same_xlsx,
}  # fmt: skip
