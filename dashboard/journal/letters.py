"""Dead letters on disk: what came in and could not be taken, until somebody settles it.

    add, settle -> [wait in memory] -> written in the writer's next transaction -> rows, get, count

Nothing here opens a transaction of its own: the journal writes what waits together with the next events, so a flood of
refused deliveries costs one insert at a time, not one commit each. `waits` tells whether a letter is on disk yet; a
failed transaction leaves it waiting. Of what did not even prove who sent it (`add(..., bounded=True)`) only the newest
thousand of a channel are kept; everything else stays for ever. Ids are whole numbers counted up by this one writer.

Rows are plain tables: id, show_id, channel, received_time, reason, sentence, headers (a table of texts), body (bytes),
state, settled_time, attempts; times in microseconds since 1970 UTC.
"""

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

Row = dict[str, Any]
Taken = tuple[dict[int, Row], dict[int, Row], set[str]]
"""New letters, changes, and the channels whose unproven letters are to be counted."""
UNPROVEN = "not_authentic"
"""The reason of a letter that did not prove who sent it."""
UNPROVEN_MAX = 1000
"""How many of those are kept for a channel."""
COLUMNS = (
    "id, show_id, channel, epoch_us(received_time), reason, sentence, headers::varchar, body, state, "
    "epoch_us(settled_time), attempts"
)
NAMES = (
    "id", "show_id", "channel", "received_time", "reason", "sentence", "headers", "body", "state", "settled_time",
    "attempts",
)  # fmt: skip
_MOMENT = pa.timestamp("us")
_CHANGES: Mapping[str, pa.DataType] = {
    "id": pa.int64(),
    "state": pa.string(),
    "reason": pa.string(),
    "sentence": pa.string(),
    "settled_time": _MOMENT,
    "attempts": pa.int32(),
}
_LETTERS: Mapping[str, pa.DataType] = {
    "id": pa.int64(),
    "show_id": pa.string(),
    "channel": pa.string(),
    "received_time": _MOMENT,
    "reason": pa.string(),
    "sentence": pa.string(),
    "headers": pa.string(),
    "body": pa.binary(),
    "state": pa.string(),
    "settled_time": _MOMENT,
    "attempts": pa.int32(),
}


class Letters:
    """The dead letters of one journal file; safe to use from any thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._new: dict[int, Row] = {}
        self._changed: dict[int, Row] = {}
        self._bounded: set[str] = set()
        found = connection.execute("select count(*) from duckdb_tables() where table_name = 'dead_letters'").fetchone()
        self._there = bool(found and found[0])
        newest = connection.execute("select max(id) from dead_letters").fetchone() if self._there else None
        self._last = int(newest[0] or 0) if newest else 0

    @property
    def waiting(self) -> bool:
        """Whether anything waits for the next transaction."""
        return bool(self._new or self._changed)

    def waits(self, id: int) -> bool:
        """Tell whether what is known of a letter is not on disk yet."""
        return id in self._new or id in self._changed

    def add(self, row: Mapping[str, Any], bounded: bool = False) -> int:
        """Keep a letter with the next transaction and return its id; `bounded`: only the newest of its kind stay."""
        with self._lock:
            self._last += 1
            self._new[self._last] = {**row, "id": self._last}
            if bounded:
                self._bounded.add(str(row["channel"]))
            return self._last

    def settle(self, id: int, state: str, reason: str, sentence: str, settled_time: int | None, attempts: int) -> None:
        """Note what became of a letter, with the next transaction."""
        told: Row = {"state": state, "reason": reason, "sentence": sentence}
        told |= {"settled_time": settled_time, "attempts": attempts}
        with self._lock:
            if id in self._new:
                self._new[id] = {**self._new[id], **told}
            self._changed[id] = {"id": id, **told}

    # --- the writer's transaction ---------------------------------------------------------------------------

    def taken(self) -> Taken:
        """What waits now."""
        with self._lock:
            return dict(self._new), dict(self._changed), set(self._bounded)

    @staticmethod
    def write(connection: duckdb.DuckDBPyConnection, taken: Taken) -> None:
        """Write what was taken, inside a transaction of the caller."""
        new, changed, bounded = taken
        if new:
            rows = _table(list(new.values()), _LETTERS)  # noqa: F841 - DuckDB finds `rows` by its name
            connection.execute("insert into dead_letters select * from rows")
        if changed:
            changes = _table(list(changed.values()), _CHANGES)  # noqa: F841 - DuckDB finds `changes` by its name
            connection.execute(
                "update dead_letters set state = changes.state, reason = changes.reason, sentence = changes.sentence, "
                "settled_time = changes.settled_time, attempts = changes.attempts "
                "from changes where dead_letters.id = changes.id"
            )
        for channel in bounded:
            unproven = "channel = $1 and state = 'refused' and reason = $2"
            connection.execute(
                f"delete from dead_letters where {unproven} and id <= "  # noqa: S608 - our own words
                f"(select id from dead_letters where {unproven} order by id desc limit 1 offset {UNPROVEN_MAX})",
                [channel, UNPROVEN],
            )

    def written(self, taken: Taken) -> None:
        """Forget what is on disk now; what was added or changed meanwhile goes on waiting."""
        new, changed, bounded = taken
        with self._lock:
            for id in new:
                del self._new[id]
            for id, row in changed.items():
                if self._changed.get(id) == row:
                    del self._changed[id]
            self._bounded -= bounded

    # --- reading --------------------------------------------------------------------------------------------

    def rows(self, state: str = "", channel: str = "", limit: int = 200) -> list[Row]:
        """Letters on disk, the newest first; `body` says how many bytes it has."""
        columns = COLUMNS.replace("body", "octet_length(body)")
        return self._read(
            f"select {columns} from dead_letters where ($1 = '' or state = $1) and ($2 = '' or channel = $2) "  # noqa: S608
            "order by id desc limit $3",
            [state, channel, limit],
        )

    def held(self) -> list[Row]:
        """Every held letter whole, the oldest first."""
        return self._read(f"select {COLUMNS} from dead_letters where state = 'held' order by id", [])  # noqa: S608

    def get(self, id: int) -> Row | None:
        """One letter whole, as known now, on disk or waiting."""
        with self._lock:
            waiting, change = self._new.get(id), self._changed.get(id, {})
        if waiting is None:
            found = self._read(f"select {COLUMNS} from dead_letters where id = $1", [id])  # noqa: S608
            waiting = found[0] if found else None
        return None if waiting is None else {**waiting, **change}

    def count(self, state: str) -> int:
        """How many letters on disk are in a state."""
        found = (
            self._connection.cursor().execute("select count(*) from dead_letters where state = ?", [state]).fetchone()
            if self._there
            else None
        )
        return int(found[0]) if found else 0

    def _read(self, query: str, values: Sequence[object]) -> list[Row]:
        if not self._there:
            return []
        found = self._connection.cursor().execute(query, values).fetchall()
        return [dict(zip(NAMES, row, strict=True)) | {"headers": json.loads(row[6])} for row in found]


def _table(rows: Sequence[Row], columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Rows as an Arrow table for DuckDB; times go in as the integers they are."""
    arrays: dict[str, pa.Array] = {}
    for name, kind in columns.items():
        values = [json.dumps(row[name]) if name == "headers" else row[name] for row in rows]
        if kind == _MOMENT:
            arrays[name] = pa.array(values, pa.int64()).view(_MOMENT)
        else:
            arrays[name] = pa.array(values, kind)
    return pa.table(arrays)
