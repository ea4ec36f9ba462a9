"""The public tables as Parquet: their columns, their rows in order a stretch at a time, and files that are whole.

    rows(cursor) -> record batches (a stretch is sorted at a time) -> write -> NAME.parquet

The files are an interface for outside tools, as the tables are. What is read at once is bounded, however long the
journal is. A file gets its name once it is whole; what fails before leaves nothing. The engine's errors are the
caller's to translate.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import parquet

from dashboard.journal.batch import EVENTS, MOMENT, MOVES

OBSERVATIONS = pa.schema(
    {
        "show_id": pa.string(),
        "time": MOMENT,
        "after_seq": pa.int64(),
        "kind": pa.string(),
        "channel": pa.string(),
        "sku": pa.string(),
        "value": pa.int64(),
        "note": pa.string(),
    }
)
PUBLIC: Mapping[str, tuple[pa.Schema, str]] = {
    "events": (EVENTS, "seq"),
    "moves": (MOVES, "seq, line"),
    "observations": (OBSERVATIONS, "rowid"),
}
"""Table -> its columns, and the order of its rows."""
ROWS = 20_000
SPAN_EVENTS = 100_000

Batches = Iterable[pa.RecordBatch]


def rows(connection: duckdb.DuckDBPyConnection, table: str, where: str = "") -> Iterator[pa.RecordBatch]:
    """The rows of a public table in order; `where` is a prefix as `j.`."""
    schema, order = PUBLIC[table]
    query = f"select {', '.join(schema.names)} from {where}{table}"  # noqa: S608 - our own names
    if "seq" not in schema.names:
        yield from connection.cursor().sql(f"{query} order by {order}").to_arrow_reader(ROWS) or ()
        return
    [(last,)] = connection.cursor().execute(f"select coalesce(max(seq), 0) from {where}events").fetchall()  # noqa: S608
    for after, upto in pairwise((*range(0, last, SPAN_EVENTS), last)):
        stretch = f"{query} where seq > {after} and seq <= {upto} order by {order}"
        yield from connection.cursor().sql(stretch).to_arrow_reader(ROWS) or ()


def write(
    connection: duckdb.DuckDBPyConnection,
    directory: Path,
    where: str = "",
    change: Callable[[pa.RecordBatch], pa.RecordBatch] | None = None,
) -> dict[str, int]:
    """Write every public table into a directory, its events changed on the way; returns rows per table."""
    directory.mkdir(parents=True, exist_ok=True)
    written: dict[str, int] = {}
    for table, (schema, _) in PUBLIC.items():
        batches: Batches = rows(connection, table, where)
        batches = map(change, batches) if change and table == "events" else batches
        written[table] = _write(directory / f"{table}.parquet", schema, batches)
    return written


def _write(path: Path, schema: pa.Schema, batches: Batches) -> int:
    beside, count = path.with_name(path.name + ".new"), 0
    try:
        with parquet.ParquetWriter(beside, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch.cast(schema))
                count += batch.num_rows
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return count
