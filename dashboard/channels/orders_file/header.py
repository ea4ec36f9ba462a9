"""Finding the header: which delimiter, which row, and which of its columns the mapping means.

The mapping's own column names decide. The delimiter is the one under which they are found; the header is the first
of the leading rows that has them all, so title lines above it do no harm (they are reported). If they are found
nowhere, the sentence says which column is missing and what the nearest existing ones are called. Names match exactly,
else without regard to case, width and surrounding blanks; a column may also be named by its number, counted from 1.
"""

import csv
import io
import unicodedata
from collections.abc import Sequence

import msgspec

from dashboard.channels.orders_file.problem import ImportProblem, nearest, quoted

LEADING_ROWS = 20
DELIMITERS = (",", ";", "\t", "|")


class Header(msgspec.Struct):
    """Where the header is and what its columns are called (made distinct by position where a name repeats)."""

    row: int
    names: list[str]
    where: dict[str, int]
    """Mapped column name -> its position."""
    line: int = 0
    """Physical lines down to the end of the header."""
    delimiter: str = ","


def leading_records(text: str, delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """The first records of a CSV text and the physical line each ends on."""
    lines_of = io.StringIO(text, newline="")
    if quote:
        reader = csv.reader(lines_of, delimiter=delimiter, quotechar=quote)
    else:
        reader = csv.reader(lines_of, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    records: list[list[str]] = []
    lines: list[int] = []
    try:
        for record in reader:
            records.append(record)
            lines.append(reader.line_num)
            if len(records) == LEADING_ROWS:
                break
    except csv.Error:
        return records, lines
    return records, lines


def find_in_csv(text: str, wanted: dict[str, str], rules: tuple[str, str, int | None], file: str) -> Header:
    """Find the header of a CSV by (delimiter or '', quote, declared header row)."""
    declared, quote, header_row = rules
    best: tuple[int, int, str] = (-1, 0, ",")
    for delimiter in (declared,) if declared else DELIMITERS:
        records, lines = leading_records(text, delimiter, quote)
        found = locate(records, wanted, header_row)
        if found is not None:
            found.line = lines[found.row - 1] if found.row else 0
            found.delimiter = delimiter
            if _rows_end_in_delimiter(records[found.row :], len(found.names)):
                found.names.append("")
            return found
        score = max((len(_positions(record, wanted)) for record in records), default=0)
        best = max(best, (score, len(records[0]) if records else 0, delimiter))
    records, _ = leading_records(text, best[2], quote)
    if declared:
        for other in DELIMITERS:
            if other != declared and locate(leading_records(text, other, quote)[0], wanted, header_row):
                raise ImportProblem(
                    f"{file} is not delimited by {declared!r} as the mapping says: its columns appear with {other!r}."
                )
    raise missing_column(records, wanted, header_row, file)


def _rows_end_in_delimiter(records: Sequence[list[str]], width: int) -> bool:
    """Whether every row ends in a delimiter that the header lacks: one more column, always empty."""
    filled = [record for record in records if record]
    return bool(filled) and all(len(record) == width + 1 and not record[-1] for record in filled)


def locate(records: Sequence[list[str]], wanted: dict[str, str], header_row: int | None) -> Header | None:
    """The header among the leading records, or None if no row has every wanted column."""
    if header_row == 0:
        width = max((len(record) for record in records), default=0)
        names = [str(place + 1) for place in range(width)]
        where = _positions(names, wanted)
        return Header(0, names, where) if len(where) == len(wanted) else None
    rows = range(1, len(records) + 1) if header_row is None else [header_row]
    for row in rows:
        if row > len(records):
            return None
        where = _positions(records[row - 1], wanted)
        by_number = all(name.isdecimal() for name in wanted)
        if len(where) == len(wanted) and not (by_number and not any(records[row - 1])):
            return Header(row, _distinct(records[row - 1]), where)
    return None


def missing_column(
    records: Sequence[list[str]], wanted: dict[str, str], header_row: int | None, file: str
) -> ImportProblem:
    """The sentence for a mapped column that is nowhere, naming the nearest that exist."""
    at = (header_row or 1) - 1
    if header_row is None and records:
        at = max(range(len(records)), key=lambda row: (len(_positions(records[row], wanted)), -row))
    names = [name for name in records[at] if name.strip()] if at < len(records) else []
    where = _positions(names, wanted)
    column, key = next((column, key) for column, key in wanted.items() if column not in where)
    near = nearest(column, names, 3)
    hint = f"nearest: {quoted(near)}; " if near else ""
    return ImportProblem(
        f"{file} has no column {column!r} (named by {key} in the mapping); {hint}"
        f"row {at + 1} has the columns {quoted(names) or 'none'}."
    )


def check_distinct(header: Header, record: Sequence[str], wanted: dict[str, str], file: str) -> None:
    """Refuse a mapped column whose name stands twice in the header."""
    plain = [_plain(name) for name in record]
    for column, key in wanted.items():
        if not column.isdecimal() and plain.count(_plain(column)) > 1 and list(record).count(column) != 1:
            places = [str(place + 1) for place, name in enumerate(plain) if name == _plain(column)]
            raise ImportProblem(
                f"{file} has {len(places)} columns named {column!r} (columns {' and '.join(places)}); "
                f'name the one meant in {key} by its number, such as "{places[0]}".'
            )


def _positions(record: Sequence[str], wanted: dict[str, str]) -> dict[str, int]:
    by_plain: dict[str, int] = {}
    exact: dict[str, int] = {}
    for place, name in enumerate(record):
        exact.setdefault(name, place)
        by_plain.setdefault(_plain(name), place)
    found: dict[str, int] = {}
    for column in wanted:
        place = exact.get(column, by_plain.get(_plain(column), -1))
        if place < 0 and column.isdecimal() and 1 <= int(column) <= len(record):
            place = int(column) - 1
        if place >= 0:
            found[column] = place
    return found


def _distinct(names: Sequence[str]) -> list[str]:
    seen: set[str] = set()
    result: list[str] = []
    for place, name in enumerate(names):
        own = name if name not in seen else f"{name}#{place + 1}"
        seen.add(own)
        result.append(own)
    return result


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").casefold().split())
