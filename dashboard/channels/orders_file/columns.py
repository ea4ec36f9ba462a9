"""The whole file as compact columns: every distinct text once, and an integer code per row.

    Source -> collect() -> Collected: codes of the mapped columns, a fingerprint per row, row numbers

Ten million rows cost about 4 bytes per row and mapped column plus their distinct texts. Columns the mapping does not
name are only folded into the row's fingerprint (64 bits over all columns in order), by which exact duplicates,
repeated header rows and empty rows are found; a duplicate is confirmed on the mapped columns, so two different rows
are never taken for one.
"""

from collections.abc import Callable

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.channels.orders_file.csv_blocks import Source
from dashboard.channels.orders_file.encoding import Progress

Codes = npt.NDArray[np.int32]
Uint64s = npt.NDArray[np.uint64]
Int64s = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_BYTE = np.random.Generator(np.random.PCG64(20101201)).integers(1, 2**63, 256, dtype=np.uint64) | np.uint64(1)
"""A fixed table of odd numbers, one a byte: the same on every machine."""


class Coded(msgspec.Struct):
    """A column of text: `values[codes[row]]`."""

    codes: Codes
    values: pa.Array

    def texts(self) -> list[str]:
        """The distinct texts in the order of their codes."""
        return [str(text) for text in self.values.to_pylist()]

    def at(self, row: int) -> str:
        """The text of one row."""
        return str(self.values[int(self.codes[row])].as_py())

    def changed(self, change: Callable[[pa.Array], pa.Array]) -> "Coded":
        """The column with every distinct text changed; texts that become alike share a code."""
        again = pc.fill_null(change(self.values), "").dictionary_encode()
        return Coded(again.indices.to_numpy().astype(np.int32)[self.codes], again.dictionary)


class Collected(msgspec.Struct):
    """The mapped columns of a file, row by row."""

    columns: dict[str, Coded]
    fingerprint: Uint64s
    number: Int64s
    is_header: Mask
    is_empty: Mask


def collect(source: Source, progress: Progress) -> Collected:
    """Read every batch of a source; ImportProblem comes through from the reading."""
    parts: dict[str, list[pa.DictionaryArray]] = {name: [] for name in source.where}
    prints: list[Uint64s] = []
    rows = 0
    for batch in source.batches:
        prints.append(_fingerprints(batch.columns))
        for name, place in source.where.items():
            parts[name].append(batch.column(place))
        rows += batch.num_rows
        progress("parse", rows, 0)
    fingerprint = np.concatenate(prints) if prints else np.empty(0, dtype=np.uint64)
    is_empty = fingerprint == _fingerprint_of([""] * len(source.names))
    keep = rows - _blank_at_end(source, is_empty)
    columns = {name: _joined(chunks, keep) for name, chunks in parts.items()}
    return Collected(
        columns=columns,
        fingerprint=fingerprint[:keep],
        number=_numbers(source, rows)[:keep],
        is_header=fingerprint[:keep] == _fingerprint_of(source.header_names),
        is_empty=is_empty[:keep],
    )


def _blank_at_end(source: Source, is_empty: Mask) -> int:
    """How many rows at the end are no rows: empty lines of a CSV, empty cells below a sheet's table."""
    filled = np.flatnonzero(~is_empty)
    empty = len(is_empty) - (int(filled[-1]) + 1 if len(filled) else 0)
    return min(empty, source.blank_lines_at_end) if source.blank_rows_at_end_count else empty


def _joined(chunks: list[pa.DictionaryArray], keep: int) -> Coded:
    if not chunks:
        return Coded(np.empty(0, dtype=np.int32), pa.array([], pa.string()))
    whole = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    chunks.clear()
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.chunk(0)
    return Coded(whole.indices.to_numpy()[:keep].astype(np.int32, copy=False), whole.dictionary)


def _numbers(source: Source, rows: int) -> Int64s:
    """Row numbers of the rows that were read: all numbers but those of rows kept aside."""
    numbers = np.arange(source.first_row, source.first_row + rows + len(source.ragged_rows), dtype=np.int64)
    aside = np.asarray(source.ragged_rows, dtype=np.int64) - source.first_row
    return np.delete(numbers, aside) if len(aside) else numbers


def joined(columns: list[Coded], joiner: str) -> Coded:
    """Several columns as one: their texts joined (a date column and a clock column, say)."""
    if len(columns) == 1:
        return columns[0]
    left, right = joined(columns[:-1], joiner), columns[-1]
    width = max(1, len(right.values))
    pairs, codes = np.unique(left.codes.astype(np.int64) * width + right.codes, return_inverse=True)
    first, second = left.values.take(pa.array(pairs // width)), right.values.take(pa.array(pairs % width))
    both = pc.utf8_trim_whitespace(pc.binary_join_element_wise(first, second, joiner))
    return Coded(codes.astype(np.int32), both)


def _fingerprints(columns: list[pa.Array]) -> Uint64s:
    prints = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        prints = (prints * _ODD) ^ (prints >> np.uint64(29))
        prints += hashes(column.dictionary)[column.indices.to_numpy()]
    return prints


def _fingerprint_of(texts: list[str]) -> np.uint64:
    columns = [pa.array([text], pa.string()).dictionary_encode() for text in texts]
    return np.uint64(_fingerprints(columns)[0])


def hashes(values: pa.Array) -> Uint64s:
    """A 64-bit hash of every text, the same on every machine; the sum over bytes of a table times a power."""
    if not len(values):
        return np.empty(0, dtype=np.uint64)
    _, offsets_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offsets_buffer, dtype=np.int32)[values.offset : values.offset + len(values) + 1]
    lengths = np.diff(offsets)
    data = np.frombuffer(data_buffer, dtype=np.uint8) if data_buffer else np.empty(0, dtype=np.uint8)
    data = data[offsets[0] : offsets[-1]]
    starts = (offsets[:-1] - offsets[0]).astype(np.int64)
    longest = int(lengths.max())
    powers = np.cumprod(np.full(longest + 1, _ODD, dtype=np.uint64))
    place = np.arange(len(data), dtype=np.int64) - np.repeat(starts, lengths)
    sums = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(_BYTE[data] * powers[place], out=sums[1:])
    result = sums[starts + lengths] - sums[starts] + lengths.astype(np.uint64)
    result ^= result >> np.uint64(31)
    result *= _MIX
    return np.asarray(result ^ (result >> np.uint64(27)))


def duplicates(collected: Collected, candidates: Mask) -> tuple[Int64s, Int64s]:
    """Rows that are exact copies of an earlier one, and which one."""
    rows = np.flatnonzero(candidates)
    _, first, which = np.unique(collected.fingerprint[rows], return_index=True, return_inverse=True)
    originals = rows[first[which]]
    copies = originals != rows
    later, earlier = rows[copies], originals[copies]
    same = np.ones(len(later), dtype=bool)
    for column in collected.columns.values():
        same &= column.codes[later] == column.codes[earlier]
    return later[same], earlier[same]
