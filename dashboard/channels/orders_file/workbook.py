"""Files that are tables already: workbooks (XLSX, XLS, ODS) and Parquet, as text columns like those of a CSV.

Typed cells are written the one way the parsers read without being told: whole numbers without a fraction, times as
ISO 8601 with a T, Parquet times with a zone as UTC. A workbook is held in memory once as its reader gives it (a sheet
has at most 1,048,576 rows); Parquet is read batch by batch.
"""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import python_calamine

from dashboard.channels.orders_file.header import LEADING_ROWS
from dashboard.channels.orders_file.problem import ImportProblem, nearest, quoted

BATCH_ROWS = 65_536
Batches = Callable[[int, int], Iterator[pa.RecordBatch]]


class Table(msgspec.Struct):
    """The leading rows as text, and the batches of what follows a header of `rows` rows and `columns` columns."""

    leading: list[list[str]]
    batches: Batches
    first_row: int = 1
    may_have_title_rows: bool = True


def open_sheet(path: Path, wanted: str | int) -> Table:
    """A sheet of a workbook: the one wanted by name or number, else the first that holds anything."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError, ValueError) as problem:
        raise ImportProblem(f"{path.name} cannot be read as a workbook: {problem}; save it again as .xlsx.") from None
    name = _sheet_name(book, wanted, path.name)
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, ValueError) as problem:
        raise ImportProblem(f"Sheet {name!r} of {path.name} cannot be read: {problem}.") from None
    while rows and not any(_is_filled(cell) for cell in rows[-1]):
        rows.pop()
    if not rows:
        raise ImportProblem(f"Sheet {name!r} of {path.name} is empty; its sheets are {quoted(book.sheet_names)}.")

    def batches(skip: int, columns: int) -> Iterator[pa.RecordBatch]:
        for start in range(skip, len(rows), BATCH_ROWS):
            part = rows[start : start + BATCH_ROWS]
            texts = [pa.array([cell_text(row[place]) for row in part], pa.string()) for place in range(columns)]
            yield _batch([text.dictionary_encode() for text in texts])

    return Table([[cell_text(cell) for cell in row] for row in rows[:LEADING_ROWS]], batches)


def _sheet_name(book: python_calamine.CalamineWorkbook, wanted: str | int, file: str) -> str:
    names = book.sheet_names
    if not names:
        raise ImportProblem(f"{file} has no sheets.")
    if isinstance(wanted, int):
        if 1 <= wanted <= len(names):
            return names[wanted - 1]
        raise ImportProblem(f"{file} has {len(names)} sheet(s), not {wanted}; they are {quoted(names)}.")
    if wanted and wanted not in names:
        near = nearest(wanted, names)
        hint = f"did you mean {near[0]!r}?" if near else f"it has {quoted(names)}."
        raise ImportProblem(f"{file} has no sheet {wanted!r}; {hint}")
    if wanted:
        return wanted
    filled = [name for name in names if book.get_sheet_by_name(name).height > 1]
    return (filled or names)[0]


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def cell_text(cell: Any) -> str:
    """A workbook cell as text."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.isoformat()
    if isinstance(cell, datetime.date):
        return f"{cell.isoformat()}T00:00:00"
    return str(cell)


def open_parquet(path: Path) -> Table:
    """A Parquet file; nested columns have no text and are refused only if the mapping names them."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as problem:
        raise ImportProblem(f"{path.name} cannot be read as Parquet: {_first_line(problem)}.") from None
    names = list(file.schema_arrow.names)

    def batches(skip: int, columns: int) -> Iterator[pa.RecordBatch]:
        try:
            for batch in file.iter_batches(BATCH_ROWS):
                yield _batch([_as_text(column) for column in batch.columns])
        except (pa.ArrowException, OSError) as problem:
            raise ImportProblem(f"{path.name} is damaged: {_first_line(problem)}.") from None

    return Table([names], batches, may_have_title_rows=False)


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0].rstrip(".")


def _batch(columns: list[pa.Array]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(columns, [str(place) for place in range(len(columns))])


def _as_text(column: pa.Array) -> pa.Array:
    """Any flat Arrow column as dictionary-encoded text, nulls as empty text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        values = _plain_text(column.dictionary)
        column = pa.DictionaryArray.from_arrays(column.indices.cast(pa.int32()), values).dictionary_decode()
    else:
        column = _plain_text(column)
    return pc.fill_null(column, "").dictionary_encode()


def _plain_text(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_floating(kind):
        return pa.array([None if value is None else cell_text(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_date(kind):
        return pc.strftime(column.cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%S")
    if pa.types.is_timestamp(kind):
        zone = "UTC" if kind.tz else None
        moments = column.cast(pa.timestamp("us", zone), safe=False)
        return pc.strftime(moments, format="%Y-%m-%dT%H:%M:%S" + ("Z" if zone else ""))
    if pa.types.is_nested(kind):
        return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if value is None else value.decode("utf-8", "replace") for value in column.to_pylist()])
    return column.cast(pa.string())
