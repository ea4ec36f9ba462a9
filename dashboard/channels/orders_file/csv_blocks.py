"""CSV text parsed in blocks by Arrow, with the two things Arrow leaves to its caller: row numbers and lost quotes.

    UTF-8 chunks -> CsvBlocks(...).batches() -> dictionary-encoded batches; ragged rows go aside with their numbers

A quotation mark that is opened and never closed swallows the rows that follow it into one value. That is never let
pass: a value that runs to the end of the file, a ragged row with an odd number of marks, and a mapped value in which
whole rows can be recognised all stop the import, naming the row.
"""

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

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


class _Pipe:
    """Chunks of bytes as the file object Arrow's CSV reader wants; remembers how they ended."""

    closed = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.rest = b""
        self.tail = b""
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
        self.tail = (self.tail + given)[-256:]
        return given

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


class CsvBlocks:
    """Parses one CSV; fills in its source's ragged rows on the way."""

    def __init__(self, source: Source, chunks: Iterator[bytes], layout: tuple[str, str], file: str) -> None:
        self.source, self.file = source, file
        self.delimiter, self.quote = layout
        self.pipe = _Pipe(chunks)
        self.rows = 0
        self.open_row = 0
        """A ragged row with an odd number of quotation marks and line ends in it."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows in batches; ImportProblem where a quotation mark is never closed."""
        last: pa.RecordBatch | None = None
        try:
            for batch in self._reader():
                if batch.num_rows:
                    self._check_values(batch)
                    self.rows += batch.num_rows
                    last = batch
                    yield batch
        except (pa.ArrowInvalid, OSError) as problem:
            if self.pipe.problem:
                raise self.pipe.problem from None
            if "Empty CSV file" not in str(problem):
                raise self._broken(f"near row {self._number(self.rows)}") from None
        if self.open_row:
            raise self._broken(f"row {self.open_row}")
        if self.quote and self._ends_open(last):
            raise self._broken(f"row {self._number(self.rows - 1)}")

    def _reader(self) -> Iterable[pa.RecordBatch]:
        names = [str(place) for place in range(len(self.source.names))]
        reader: Iterable[pa.RecordBatch] = arrow_csv.open_csv(
            self.pipe,
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter,
                quote_char=self.quote or False,
                newlines_in_values=bool(self.quote),
                ignore_empty_lines=False,
                invalid_row_handler=self._keep_aside,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, TEXT), strings_can_be_null=False
            ),
        )
        return reader

    def _keep_aside(self, row: arrow_csv.InvalidRow) -> str:
        number = row.number + self.source.first_row - 1
        self.source.ragged_rows.append(number)
        if len(self.source.ragged) < RAGGED_SAMPLES_MAX:
            self.source.ragged.append(Ragged(number, row.actual_columns, row.text[:200]))
        if self.quote and "\n" in row.text and row.text.count(self.quote) % 2 and not self.open_row:
            self.open_row = number
        return "skip"

    def _check_values(self, batch: pa.RecordBatch) -> None:
        """Stop where a mapped value holds a line that looks like a row of this file."""
        for place in self.source.where.values():
            column = batch.column(place)
            long = pc.match_substring(column.dictionary, "\n").to_numpy(zero_copy_only=False)
            for code in np.flatnonzero(long).tolist():
                lines = column.dictionary[code].as_py().splitlines()
                if any(line.count(self.delimiter) == batch.num_columns - 1 for line in lines[1:]):
                    index = int(np.flatnonzero(column.indices.to_numpy() == code)[0])
                    raise self._broken(f"row {self._number(self.rows + index)} swallows the rows after it")

    def _number(self, index: int) -> int:
        """The row number of the index-th row that was read."""
        number = index + self.source.first_row
        for aside in self.source.ragged_rows:
            if aside > number:
                break
            number += 1
        return number

    def _broken(self, where: str) -> ImportProblem:
        return ImportProblem(
            f"{self.file} cannot be read as CSV: a quotation mark {self.quote} is opened and never closed ({where}); "
            f'close it, or say quote = "" in [file] if the file does not quote.'
        )

    def _ends_open(self, last: pa.RecordBatch | None) -> bool:
        """Tell whether the last value of the file swallowed line ends up to the end of the file."""
        if last is None:
            return False
        value = str(last.column(last.num_columns - 1)[-1].as_py())
        return "\n" in value and self.pipe.tail.endswith(value[-64:].encode())
