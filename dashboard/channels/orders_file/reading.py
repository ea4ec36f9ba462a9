"""An order file -> chunks of Arrow columns of text, with row numbers, whatever kind of file it is.

    open_source(path, rules, wanted) -> Source ; for batch in source.batches: ...

Every batch holds every column of the file as dictionary-encoded text (mapped or not: exact duplicates are judged on
all of them). Row numbers are those a spreadsheet shows: the header is row 1 unless something stands above it. Rows of
a CSV with the wrong number of columns never become part of a batch; they are kept aside with their numbers. The
kind of file is told by its first bytes, not by its name.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.csv as arrow_csv

from dashboard.channels.orders_file import encoding, header, workbook
from dashboard.channels.orders_file.encoding import Progress, Survey
from dashboard.channels.orders_file.mapping_keys import FileKeys
from dashboard.channels.orders_file.problem import ImportProblem

BLOCK_BYTES = 1 << 21
RAGGED_SAMPLES_MAX = 20
TEXT = pa.dictionary(pa.int32(), pa.string())


class Ragged(msgspec.Struct):
    """A CSV row that does not have the header's number of columns."""

    row: int
    columns: int
    text: str


class Source(msgspec.Struct):
    """An opened order file; `batches` may be iterated once, what follows it in this record is complete only then."""

    names: list[str]
    where: dict[str, int]
    header_names: list[str]
    first_row: int
    batches: Iterator[pa.RecordBatch]
    notes: list[str] = []
    ragged_rows: list[int] = []
    ragged: list[Ragged] = []
    blank_lines_at_end: int = 0
    blank_rows_at_end_count: bool = True


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
    source.batches = _csv_batches(source, lines, (top.delimiter, rules.quote, path.name), found)
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


class _Pipe:
    """Chunks of bytes as the file object Arrow's CSV reader wants."""

    closed = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.rest = b""
        self.problem: ImportProblem | None = None

    def read(self, size: int = -1) -> bytes:
        while len(self.rest) < size or size < 0:
            try:
                chunk = next(self.chunks, b"")
            except ImportProblem as problem:
                self.problem = problem
                raise OSError(problem.sentence) from None
            if not chunk:
                break
            self.rest += chunk
        given, self.rest = (self.rest, b"") if size < 0 else (self.rest[:size], self.rest[size:])
        return given

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


def _csv_batches(
    source: Source, lines: Iterator[bytes], layout: tuple[str, str, str], found: Survey
) -> Iterator[pa.RecordBatch]:
    """Parse in blocks; ragged rows go aside, an unclosed quotation mark stops the import."""
    delimiter, quote, file = layout
    pipe = _Pipe(lines)
    last: pa.RecordBatch | None = None
    try:
        for batch in _arrow_reader(source, pipe, delimiter, quote):
            if batch.num_rows:
                last = batch
                yield batch
    except (pa.ArrowInvalid, OSError) as problem:
        if pipe.problem:
            raise pipe.problem from None
        if "Empty CSV file" not in str(problem):
            raise _broken(file, quote, str(problem)) from None
    if quote and _ends_in_open_quote(source, last, found.tail):
        row = source.first_row + len(source.ragged_rows)
        raise _broken(file, quote, f"the last row read ends with the file, after row {row}")


def _arrow_reader(source: Source, pipe: _Pipe, delimiter: str, quote: str) -> Iterable[pa.RecordBatch]:
    shift = source.first_row - 1

    def keep_aside(row: arrow_csv.InvalidRow) -> str:
        source.ragged_rows.append(row.number + shift)
        if len(source.ragged) < RAGGED_SAMPLES_MAX:
            source.ragged.append(Ragged(row.number + shift, row.actual_columns, row.text[:200]))
        if row.text.startswith(quote or "\0") and "\n" in row.text and row.text.count(quote) % 2:
            raise pa.ArrowInvalid(f"row {row.number + shift} runs on for {row.text.count(chr(10))} lines")
        return "skip"

    names = [str(place) for place in range(len(source.names))]
    reader: Iterable[pa.RecordBatch] = arrow_csv.open_csv(
        pipe,
        read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK_BYTES),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            quote_char=quote or False,
            newlines_in_values=bool(quote),
            ignore_empty_lines=False,
            invalid_row_handler=keep_aside,
        ),
        convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, TEXT), strings_can_be_null=False),
    )
    return reader


def _broken(file: str, quote: str, detail: str) -> ImportProblem:
    return ImportProblem(
        f"{file} cannot be read as CSV: a quotation mark {quote} that is opened is never closed ({detail}); "
        f'close it, or say quote = "" in [file] if the file does not quote.'
    )


def _ends_in_open_quote(source: Source, last: pa.RecordBatch | None, tail: bytes) -> bool:
    """Tell whether the last value of the file swallowed line ends up to the end of the file."""
    if last is None:
        return False
    value = str(last.column(last.num_columns - 1)[-1].as_py())
    return "\n" in value and tail.endswith(value[-64:].encode())
