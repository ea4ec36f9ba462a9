"""An order file -> chunks of Arrow columns of text, with row numbers, whatever kind of file it is.

    open_source(path, rules, wanted) -> Source ; for batch in source.batches: ...

Every batch holds every column of the file as dictionary-encoded text (mapped or not: exact duplicates are judged on
all of them). Row numbers are those a spreadsheet shows: the header is row 1 unless something stands above it. Rows of
a CSV with the wrong number of columns never become part of a batch; they are kept aside with their numbers. The
kind of file is told by its first bytes, not by its name.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dashboard.channels.orders_file import encoding, header, workbook
from dashboard.channels.orders_file.csv_blocks import CsvBlocks, Source
from dashboard.channels.orders_file.encoding import Progress
from dashboard.channels.orders_file.mapping_keys import FileKeys
from dashboard.channels.orders_file.problem import ImportProblem


def open_source(path: Path, rules: FileKeys, wanted: dict[str, str], progress: Progress) -> Source:
    """Open a CSV (also compressed), workbook or Parquet file; ImportProblem if it cannot be read as what it is."""
    if not path.exists():
        raise ImportProblem(f"There is no file {path}.")
    if not path.is_file():
        raise ImportProblem(f"{path} is not a file.")
    with path.open("rb") as file:
        magic = file.read(8)
    kind = path.suffix.lower()
    if magic[:4] == b"PAR1" or kind in (".parquet", ".pq"):
        return _from_table(workbook.open_parquet(path), wanted, rules, path.name)
    if magic[:4] == b"PK\x03\x04" or magic[:4] == b"\xd0\xcf\x11\xe0" or kind in (".xlsx", ".xlsm", ".xls", ".ods"):
        return _from_table(workbook.open_sheet(path, rules.sheet), wanted, rules, path.name)
    return _open_csv(path, rules, wanted, progress)


def _from_table(table: workbook.Table, wanted: dict[str, str], rules: FileKeys, file: str) -> Source:
    header_row = rules.header_row if table.may_have_title_rows else 1
    found = header.locate(table.leading, wanted, header_row)
    if found is None:
        raise header.missing_column(table.leading, wanted, header_row, file)
    titles = table.leading[found.row - 1] if found.row else found.names
    header.check_distinct(found, titles, wanted, file)
    return Source(
        names=found.names,
        where=found.where,
        header_names=list(titles),
        first_row=table.first_row + found.row,
        batches=table.batches(found.row, len(found.names)),
        notes=_above(found.row),
        blank_rows_at_end_count=False,
    )


def _open_csv(path: Path, rules: FileKeys, wanted: dict[str, str], progress: Progress) -> Source:
    found = encoding.survey(path, progress)
    layout = (rules.delimiter, rules.quote, rules.header_row)

    def fits(name: str) -> bool:
        text = found.head.decode(name, "ignore")
        delimiters = (rules.delimiter,) if rules.delimiter else header.DELIMITERS
        return any(
            header.locate(header.leading_records(text, mark, rules.quote)[0], wanted, rules.header_row)
            for mark in delimiters
        )

    charset, assumed = encoding.choose(found, rules.encoding, fits)
    text = found.head.decode(charset, "ignore")
    top = header.find_in_csv(text, wanted, layout, path.name)
    titles = header.leading_records(text, top.delimiter, rules.quote)[0][top.row - 1] if top.row else top.names
    header.check_distinct(top, titles, wanted, path.name)
    source = Source(
        names=top.names,
        where=top.where,
        header_names=list(titles),
        first_row=top.row + 1,
        batches=iter(()),
        notes=[*([assumed] if assumed else []), *_above(top.row)],
        blank_lines_at_end=_blank_lines(found.tail.decode(charset, "ignore")),
    )
    lines = _after(encoding.utf8(found, charset), top.line)
    source.batches = CsvBlocks(source, lines, (top.delimiter, rules.quote), path.name).batches()
    return source


def _above(row: int) -> list[str]:
    return [f"The header is row {row}; {row - 1} row(s) above it are no orders and were skipped."] if row > 1 else []


def _blank_lines(tail: str) -> int:
    """Empty lines after the last row."""
    end = tail[len(tail.rstrip("\r\n")) :]
    return max(0, len(end.replace("\r\n", "\n")) - 1)


def _after(chunks: Iterable[bytes], lines: int) -> Iterator[bytes]:
    """UTF-8 chunks without a byte order mark and without the first physical lines."""
    pending = b""
    started = False
    for chunk in chunks:
        if lines <= 0 and started:
            yield chunk
            continue
        pending += chunk
        if not started:
            pending = pending.removeprefix(b"\xef\xbb\xbf")
            started = True
        pieces = pending.splitlines(keepends=True)
        whole = len(pieces) - 1
        used = min(lines, whole)
        lines -= used
        pending = b"".join(pieces[used:])
        if lines <= 0:
            yield pending
            pending = b""
    if pending and lines <= 0:
        yield pending
