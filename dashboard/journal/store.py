"""The journal in one DuckDB file: append in order, read in order, forget nothing.

`append` puts a batch of events and moves into one transaction and demands the seq it was stamped on: a writer
that lost the race, or a second one, changes no row and is told so (`OutOfOrder`). When `append` returns, the batch
is on disk: after a power cut or kill -9 the file opens with every acknowledged event and no half event.

Beside the two public tables it keeps what can be dropped and rebuilt: checkpoints of folded state, so that a frame
of any instant costs the same however long the show is, and observations, which decide nothing; and the dead letters
(`letters`), which nothing else repeats. Readers use cursors
of the same connection (DuckDB allows one process per file for writing). Errors of the engine are translated here,
naming the file and what would be right; nothing above this module catches a DuckDB exception.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from dashboard.journal import tables
from dashboard.journal.batch import NO_HASH, Batch
from dashboard.journal.letters import Letters

SCHEMA_VERSION = "1"
WAL_BEFORE_CHECKPOINT = "256MB"
READ_ROWS = 8192
MANY_EVENTS = 512
SAID_MAX = 160
TABLES = {"meta", "head", "events", "moves"}
"""What every journal has, however old; what else it has can be made again, empty."""
TIME_MAX = 250_000_000_000_000_000
SEQ_MAX = (1 << 63) - 1
_APPEND = {
    "begin": "begin",
    "head": "update head set seq = ?, hash = ? where seq = ?",
    "events": "insert into events select * from rows",
    "moves": "insert into moves select * from rows",
    "observations": "insert into observations select * from rows",
    "commit": "commit",
}
"""What an append says to the engine; parsed once, since parsing costs as much as writing a few rows."""
_SEQ_AT = "select seq from events where show_id = ? and recorded_time <= make_timestamp(?) order by seq desc limit 1"
_STATE = "select state from checkpoints where seq = ? and show_id = ? and version = ?"
_LAST_STATE = "select max(seq) from checkpoints where show_id = ? and version = ? and seq > ? and seq <= ?"
_NEWEST = """
with newest as (
    select max(epoch_us(time)::hugeint * 1099511627776 + rowid) as place
    from observations where show_id = ? and after_seq <= ? and time <= make_timestamp(?)
    group by kind, channel, sku
)
select kind, channel, sku, epoch_us(time), value, note from observations
where rowid in (select (place % 1099511627776)::bigint from newest) order by kind, channel, sku
"""
"""The newest observation of each kind, of one instant the one noted last: one number of time and place is compared."""


class JournalProblem(Exception):
    """The journal cannot be used; the sentence says what is wrong, where, and what would be right."""


def unfit(path: str, problem: Exception) -> JournalProblem:
    """What to say of a journal in which an event does not fit what came before it."""
    what = f"an event does not fit what came before it ({type(problem).__name__} {str(problem)[:SAID_MAX]})"
    return JournalProblem(f"{path} cannot be read: {what}; warroom verify says what changed.")


class OutOfOrder(JournalProblem):
    """Another writer appended first; this batch was not written."""


class Stored(NamedTuple):
    """One event as it lies in the journal; times in microseconds since 1970 UTC."""

    seq: int
    id: str
    show: str
    type: str
    source: str
    event_time: int
    recorded_time: int
    actor: str
    data: str


class ShowSpan(NamedTuple):
    """A show's first and last seq and recorded times."""

    show: str
    first_seq: int
    last_seq: int
    first_time: int
    last_time: int


class Observation(NamedTuple):
    """Something seen that decides nothing."""

    show: str
    time: int
    after_seq: int
    kind: str
    channel: str
    sku: str
    value: int
    note: str


def _schema() -> str:
    return resources.files("dashboard.journal").joinpath("schema.sql").read_text()


def _sentence(problem: Exception) -> str:
    return str(problem).splitlines()[0]


class Journal:
    """One journal file, open for writing (the default) or only for reading."""

    def __init__(self, path: str | Path, read_only: bool = False) -> None:
        self.path = str(path)
        self.read_only = read_only
        self._lock = threading.Lock()
        self._many_threads = True
        if read_only and self.path != ":memory:" and not Path(self.path).exists():
            raise JournalProblem(f"There is no journal at {self.path}; name the .duckdb file of a show.")
        try:
            self._connection = duckdb.connect(self.path, read_only=read_only)
        except duckdb.Error as problem:
            raise JournalProblem(self._cannot_open(problem)) from problem
        try:
            self._prepare()
        except (duckdb.Error, JournalProblem) as problem:
            self._connection.close()
            if isinstance(problem, JournalProblem):
                raise
            raise JournalProblem(f"{self.path} is no journal of ours: {_sentence(problem)}") from problem

    def _cannot_open(self, problem: Exception) -> str:
        text = _sentence(problem)
        if "lock" in text.lower():
            return f"{self.path} is in use by another process; one process writes a journal at a time."
        if "not a valid duckdb" in text.lower():
            return f"{self.path} is not a DuckDB file, so it is no journal."
        if not Path(self.path).parent.is_dir():
            return f"{self.path} cannot be made: there is no folder {Path(self.path).parent}."
        return f"{self.path} cannot be opened as a journal: {text.rstrip('.')}."

    def _cannot_read(self, problem: Exception) -> str:
        said = _sentence(problem)[:SAID_MAX].rstrip(".")
        why = "it was closed meanwhile" if "already closed" in said else f"it may be damaged ({said})"
        return f"{self.path} cannot be read to its end: {why}."

    def _prepare(self) -> None:
        """Create the tables in a new file, check the version of an old one, and find the head."""
        if self.read_only:  # nothing that somebody put into the file may reach beyond it
            self._connection.execute("set enable_external_access = false")
        else:
            self._connection.execute(f"set checkpoint_threshold = '{WAL_BEFORE_CHECKPOINT}'")
            self._connection.execute("set preserve_insertion_order = true")
            # Writing has one plan, and looking for a better one costs a tenth of a small transaction; readers have
            # connections of their own, with the optimizer.
            self._connection.execute("pragma disable_optimizer")
            if not self._tables():
                self._create()
        missing = TABLES - self._tables()
        if missing:  # a view of that name is no table: it could read anything
            raise JournalProblem(
                f"{self.path} is a DuckDB file without a journal in it: it has no table {min(missing)}; "
                "name the file of a show."
            )
        found = self._connection.execute("select value from meta where key = 'schema_version'").fetchone()
        version = found[0] if found else None
        if version != SCHEMA_VERSION:
            raise JournalProblem(
                f"{self.path} has journal version {version}; this program reads version {SCHEMA_VERSION}. "
                "Use the program version that wrote it, or a newer one."
            )
        if not self.read_only and not self._tables() >= {"observations", "checkpoints", "dead_letters"}:
            self._connection.execute(_schema())
        self.letters = Letters(self._connection)
        self._statements = {name: self._connection.extract_statements(text)[0] for name, text in _APPEND.items()}

    def _tables(self) -> set[str]:
        rows = self._connection.execute("select table_name from system.main.duckdb_tables() where schema_name = 'main'")
        return {row[0] for row in rows.fetchall()}

    def _create(self) -> None:
        self._connection.begin()
        self._connection.execute(_schema())
        self._connection.execute("insert into meta values ('schema_version', ?)", [SCHEMA_VERSION])
        self._connection.execute("insert into head values (0, ?)", [NO_HASH])
        self._connection.commit()

    def _one(self, query: str, values: Sequence[object] = ()) -> object:
        return next(self.read(query, values), (None,))[0]

    def read(self, query: str, values: Sequence[object] | Mapping[str, object] = ()) -> Iterator[tuple[Any, ...]]:
        """Read rows, for the journal package's own readers; what the engine says of the file is a JournalProblem."""
        try:
            cursor = self._connection.cursor()
            cursor.execute(query, values)
            while rows := cursor.fetchmany(READ_ROWS):
                yield from rows
        except (duckdb.Error, UnicodeDecodeError) as problem:
            raise JournalProblem(self._cannot_read(problem)) from problem

    def reader(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own to the same file, for the journal package's own readers."""
        return self._connection.cursor()

    def head(self) -> tuple[int, str]:
        """Seq and hash of the last event (0 and 64 zeros when empty)."""
        seq, digest = next(self.read("select seq, hash from head"), (0, NO_HASH))
        return int(seq), str(digest)

    def append(self, batch: Batch, observations: Sequence[Observation] = ()) -> None:
        """Write a batch and what letters wait in one transaction; raises OutOfOrder when another writer was first."""
        try:
            tables = _tables(batch, observations)
        except (pa.ArrowException, OverflowError, UnicodeEncodeError) as problem:
            raise JournalProblem(f"{self.path} cannot hold this batch: {_sentence(problem)}") from problem
        with self._lock:
            connection = self._connection
            letters = self.letters.taken() if self.letters.waiting else None
            try:
                self._use_threads(len(batch) >= MANY_EVENTS)
                connection.execute(self._statements["begin"])
                self._append_rows(connection, batch, tables)
                if letters:
                    self.letters.write(connection, letters)
                connection.execute(self._statements["commit"])
            except OutOfOrder:
                connection.rollback()
                raise
            except duckdb.Error as problem:
                self._roll_back(connection)
                raise JournalProblem(f"{self.path} cannot be written: {_sentence(problem)}") from problem
            if letters:
                self.letters.written(letters)

    def _use_threads(self, many: bool) -> None:
        """Let the engine use every core for many rows and one for a few: its threads wait for each other busily."""
        if many != self._many_threads:
            self._many_threads = many
            self._connection.execute("reset threads" if many else "set threads = 1")

    def _append_rows(
        self,
        connection: duckdb.DuckDBPyConnection,
        batch: Batch,
        tables: Sequence[tuple[str, pa.Table | pa.RecordBatch]],
    ) -> None:
        if len(batch):
            values = [batch.seq, batch.hash, batch.expected_seq]
            changed = connection.execute(self._statements["head"], values).fetchone()
            if not changed or changed[0] != 1:
                raise OutOfOrder(
                    f"{self.path} has moved past seq {batch.expected_seq}; only the one writer may append."
                )
        for name, rows in tables:  # noqa: B007 - DuckDB finds `rows` by its name
            connection.execute(self._statements[name])

    @staticmethod
    def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
        """Roll back what is left of a failed transaction; a failed commit has rolled back already."""
        try:
            connection.rollback()
        except duckdb.Error:
            return

    def events(self, show: str | None = None, after: int = 0, upto: int | None = None) -> Iterator[Stored]:
        """Read events in order, after one seq and up to another, of one show or of all."""
        query = (
            "select seq, id, show_id, type, source, epoch_us(event_time), epoch_us(recorded_time), actor, "
            "data::varchar from events where seq > ? and seq <= ?"
        )
        values: list[object] = [after, upto if upto is not None else self.head()[0]]
        if show is not None:
            query += " and show_id = ?"
            values.append(show)
        return map(Stored._make, self.read(query, values))

    def told(self, show: str, after: int, upto: int) -> Iterator[tuple[int, int, str, str, str]]:
        """Read what a fold needs of a show's events, after one seq and up to another: seq, time, actor, type, data."""
        query = (
            "select seq, epoch_us(recorded_time), actor, type, data from events "
            "where seq > ? and seq <= ? and show_id = ?"
        )
        return self.read(query, [after, upto, show])

    def ids(self) -> Iterator[tuple[str, str, int]]:
        """Read (event id, command digest, seq) of every command's first event."""
        return self.read("select id, data->>'$.command', seq from events where data->>'$.command' is not null")

    def spans(self) -> list[ShowSpan]:
        """The shows of this file, in the order they opened."""
        rows = self.read(
            "select show_id, min(seq), max(seq), epoch_us(min(recorded_time)), epoch_us(max(recorded_time)) "
            "from events group by show_id order by 2"
        )
        return [ShowSpan(*row) for row in rows]

    def seq_at(self, show: str, at: int) -> int:
        """The last seq of a show recorded at or before a time (0: nothing yet)."""
        found = self._one(_SEQ_AT, [show, at])
        return int(str(found)) if found is not None else 0

    def time_of(self, show: str, seq: int) -> int | None:
        """When the last event of a show up to a seq was recorded."""
        found = self._one("select epoch_us(max(recorded_time)) from events where show_id = ? and seq <= ?", [show, seq])
        return int(str(found)) if found is not None else None

    def seen(self, show: str, seq: int, at: int | None = None) -> dict[tuple[str, str, str], tuple[int, int, str]]:
        """The newest (time, value, note) per (kind, channel, SKU), as known at a seq and, if given, a time."""
        known = self.read(_NEWEST, [show, seq, TIME_MAX if at is None else at])
        return {tuple(key): (time, value, note) for *key, time, value, note in known}

    def observed(self, show: str) -> Iterator[Observation]:
        """Everything that was seen of a show, in the order of its time."""
        query = (
            "select show_id, epoch_us(time), after_seq, kind, channel, sku, value, note from observations "
            "where show_id = ? order by time, rowid"
        )
        return map(Observation._make, self.read(query, [show]))

    def save_checkpoint(self, show: str, seq: int, recorded_time: int, version: int, state: bytes) -> None:
        """Keep folded state; losing it costs time, never truth."""
        packed = pa.compress(state, codec="zstd", asbytes=True)
        with self._lock:
            try:
                self._connection.execute(
                    "insert into checkpoints values (?, ?, make_timestamp(?), ?, ?)",
                    [show, seq, recorded_time, version, packed],
                )
            except duckdb.Error as problem:
                raise JournalProblem(f"{self.path} cannot keep a checkpoint: {_sentence(problem)}") from problem

    def checkpoint(self, show: str, seq: int, version: int, after: int = 0) -> tuple[int, bytes] | None:
        """The newest folded state of a show after one seq and up to another, as (seq, state)."""
        found = self.last_checkpoint(show, version, after, seq)
        if not found:
            return None
        try:  # a second question, so that no other state is read
            return found, _expand(next(self.read(_STATE, [found, show, version]))[0])
        except (pa.ArrowException, OSError):
            return None  # what cannot be read is folded again

    def last_checkpoint(self, show: str, version: int, after: int = 0, upto: int = SEQ_MAX) -> int:
        """The seq of the newest folded state of a show after one seq and up to another (0: none)."""
        found = self._one(_LAST_STATE, [show, version, after, upto])
        return int(str(found)) if found is not None else 0

    def export(self, directory: Path) -> dict[str, int]:
        """Write every public table as Parquet into a directory; returns rows per table."""
        try:
            return tables.write(self._connection, directory)
        except duckdb.Error as problem:
            raise JournalProblem(self._cannot_read(problem)) from problem

    def close(self) -> None:
        """Close the file; what was acknowledged is on disk already."""
        self._connection.close()


def _tables(batch: Batch, observations: Sequence[Observation]) -> list[tuple[str, pa.Table | pa.RecordBatch]]:
    """The rows of a batch by table; what is not there to write is left out."""
    tables: list[tuple[str, pa.Table | pa.RecordBatch]] = []
    if len(batch):
        tables.append(("events", batch.events_table()))
        moves = batch.moves_table()
        if moves is not None:
            tables.append(("moves", moves))
    if observations:
        tables.append(("observations", _observations_table(observations)))
    return tables


def _observations_table(observations: Sequence[Observation]) -> pa.Table:
    show, time, after_seq, kind, channel, sku, value, note = zip(*observations, strict=True)
    return pa.table(
        {
            "show_id": show,
            "time": pa.array(time, pa.int64()).view(pa.timestamp("us")),
            "after_seq": pa.array(after_seq, pa.int64()),
            "kind": kind,
            "channel": channel,
            "sku": sku,
            "value": pa.array(value, pa.int64()),
            "note": note,
        }
    )


def _expand(packed: bytes) -> bytes:
    """Undo the compression of a checkpoint (zstd frames carry no size that pyarrow reads, so it is streamed)."""
    with pa.CompressedInputStream(pa.BufferReader(packed), "zstd") as stream:
        return bytes(stream.read())
