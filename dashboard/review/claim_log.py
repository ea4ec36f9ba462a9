"""The claim log as a file: CSV, XLSX, JSON or Parquet, and the claims of an export beside its tables.

    claims.read -> rows -> LOG.(csv|xlsx|json|parquet)      -> warroom verify FILE --claims --claims-log LOG
    events.parquet of an export -> claims.fold -> claims.parquet

Text from outside stays text: no cell begins like a formula. Moments are ISO 8601 in UTC to the microsecond, in a
workbook dates with milliseconds, in Parquet timestamps; numbers are numbers. What can fail: an ending that is none of
the four, a folder that cannot be written (`ClaimLogProblem`, OSError).
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from pyarrow import parquet

from dashboard.journal import claims
from dashboard.journal.batch import MOMENT as TIMESTAMP
from dashboard.journal.claims import COLUMNS, MOMENT, SECONDS, TEXT, WHOLE

Row = dict[str, Any]
NAME = "claims.parquet"
MIME = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
TEXT_MAX = 32_000
FORMATS_OF_CELLS = {WHOLE: "#,##0", SECONDS: "#,##0.000", MOMENT: "yyyy-mm-dd hh:mm:ss.000", TEXT: "@"}
NUMBERS = {"seq": "0", "fact_seq": "0", "percent": "0"}
WIDTHS = {"text": 60, "line": 24, "fact": 30, "event_hash": 30, MOMENT: 24, TEXT: 14, WHOLE: 12, SECONDS: 12}
HEAD = PatternFill("solid", fgColor="17212B")
SCHEMA = pa.schema(
    {
        name: {TEXT: pa.string(), WHOLE: pa.int64(), SECONDS: pa.float64(), MOMENT: TIMESTAMP}[kind]
        for name, kind in COLUMNS.items()
    }
)
_1970 = datetime(1970, 1, 1, tzinfo=UTC)


class ClaimLogProblem(Exception):
    """A claim log cannot be written so; the sentence says what would be right."""


def content(rows: Sequence[Row], ending: str, about: Mapping[str, Any]) -> bytes:
    """A log as a file of an ending of `MIME`; `about` goes before the rows where the format has room for it."""
    writer: Callable[[Sequence[Row], Mapping[str, Any]], bytes] | None = _WRITERS.get(ending)
    if writer is None:
        known = ", ".join(f".{one}" for one in _WRITERS)
        raise ClaimLogProblem(f"A claim log is not written as {ending or 'a file without an ending'}; use {known}.")
    return writer(rows, about)


def write(rows: Sequence[Row], path: Path, about: Mapping[str, Any]) -> None:
    """Write a log; the file's ending says how. Raises ClaimLogProblem, OSError."""
    whole = content(rows, path.suffix.lstrip(".").lower(), about)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_bytes(whole)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def beside(directory: Path) -> int:
    """Write the claims of exported events beside them; returns how many there are."""
    rows = claims.fold(_exported(directory / "events.parquet"))
    write(rows, directory / NAME, {})
    return len(rows)


def _exported(path: Path) -> Iterator[claims.Told]:
    names = ("seq", "show_id", "type", "recorded_time", "data", "hash")
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=list(names)):
            wanted = pa.compute.is_in(batch.column("type"), pa.array(claims.TYPES))
            found = batch.filter(wanted)
            times = found.column("recorded_time").cast(pa.int64()).to_pylist()
            others = [found.column(name).to_pylist() for name in ("seq", "show_id", "type", "data", "hash")]
            for seq, show, kind, data, digest, at in zip(*others, times, strict=True):
                yield claims.Told(seq, show, kind, at, data, digest)


def iso(micros: int) -> str:
    """A moment in UTC, to the microsecond."""
    return (_1970 + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(row: Row) -> Row:
    """A row as JSON has it: moments as text, SKUs and facts as what they are."""
    told = {
        name: iso(row[name]) if kind == MOMENT and row[name] is not None else row[name]
        for name, kind in COLUMNS.items()
    }
    return told | {name: json.loads(row[name]) if row[name] else None for name in ("skus", "fact")}


def _json(rows: Sequence[Row], about: Mapping[str, Any]) -> bytes:
    return (json.dumps({**about, "claims": [plain(row) for row in rows]}, ensure_ascii=False, indent=1) + "\n").encode()


def _csv(rows: Sequence[Row], about: Mapping[str, Any]) -> bytes:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")  # so that a cell with either of them is quoted
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_cell(row[name], kind) for name, kind in COLUMNS.items()])
    return out.getvalue().encode()


def _cell(value: Any, kind: str) -> Any:
    if value is None:
        return ""
    if kind == MOMENT:
        return iso(value)
    return "'" + value if kind == TEXT and value.startswith(DANGEROUS) else value


def _parquet(rows: Sequence[Row], about: Mapping[str, Any]) -> bytes:
    table = pa.table({name: [row[name] for row in rows] for name in COLUMNS}, SCHEMA)
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _xlsx(rows: Sequence[Row], about: Mapping[str, Any]) -> bytes:
    """A workbook of one sheet, written a row at a time, so that a long log needs little memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Claims")
    sheet.freeze_panes = "C2"
    for place, (name, kind) in enumerate(COLUMNS.items(), 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, WIDTHS[kind])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(rows) + 1}"
    sheet.append([_heading(sheet, name) for name in COLUMNS])
    for row in rows:
        sheet.append([_sheet_cell(sheet, name, row[name], kind) for name, kind in COLUMNS.items()])
    book.properties.creator = "Live war room"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading(sheet: Any, name: str) -> Any:
    cell = WriteOnlyCell(sheet, name)
    cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD
    return cell


def _sheet_cell(sheet: Any, name: str, value: Any, kind: str) -> Any:
    if value is None or value == "":
        return None
    if kind == MOMENT:
        value = _1970.replace(tzinfo=None) + timedelta(microseconds=value)
    elif kind == TEXT:
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:TEXT_MAX]
    cell = WriteOnlyCell(sheet, value)
    if kind == TEXT:
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(DANGEROUS)
    cell.number_format = NUMBERS.get(name, FORMATS_OF_CELLS[kind])
    return cell


_WRITERS: Mapping[str, Callable[[Sequence[Row], Mapping[str, Any]], bytes]] = {
    "csv": _csv, "xlsx": _xlsx, "json": _json, "parquet": _parquet,
}  # fmt: skip
