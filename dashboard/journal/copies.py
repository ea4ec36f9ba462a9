"""A copy of a journal as it stands at one instant, for whoever reads it in a process of his own.

    Copier.copy(path, tables) -> one transaction of a reader's cursor -> a file of its own

The writer keeps its file to itself and goes on meanwhile: what it appends after the copy began is not in it. Two
copiers of one journal need two names. What can fail: no disk left, the journal closed, or the copy stopped; that is a
`JournalProblem` with one sentence.
"""

import threading
from collections.abc import Sequence
from contextlib import suppress

import duckdb

from dashboard.journal.store import Journal, JournalProblem

AUDITED = ("meta", "head", "events", "moves")
"""What the auditor reads."""
WHOLE = (*AUDITED, "observations", "checkpoints")
"""What the journal itself opens: all but the letters that platforms sent."""


class Copier:
    """Copies one journal, one copy at a time; `stop` may be called from any thread."""

    def __init__(self, journal: Journal, name: str) -> None:
        self._journal, self._name = journal, name
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._lock = threading.Lock()

    def head(self) -> tuple[int, str]:
        """Seq and hash of the newest event, which say whether an earlier copy still serves; raises JournalProblem."""
        try:
            return self._journal.head()
        except JournalProblem as problem:
            raise _failed(problem) from problem

    def copy(self, path: str, tables: Sequence[str] = WHOLE) -> None:
        """Copy tables as of now into a new file; raises JournalProblem."""
        try:
            with self._lock:
                cursor = self._cursor = self._journal.reader()
        except duckdb.Error as problem:
            raise _failed(problem) from problem
        try:
            cursor.execute(f"attach '{path.replace(chr(39), chr(39) * 2)}' as {self._name}")
            cursor.begin()
            for table in tables:
                cursor.execute(f"create table {self._name}.{table} as from {table}")
            cursor.commit()
        except duckdb.Error as problem:
            raise _failed(problem) from problem
        finally:
            with suppress(duckdb.Error):
                cursor.rollback()
            with suppress(duckdb.Error):
                cursor.execute(f"detach {self._name}")
            self._cursor = None

    def stop(self) -> None:
        """End a copy that is under way."""
        with self._lock:
            cursor = self._cursor
        if cursor:
            cursor.interrupt()


def _failed(problem: Exception) -> JournalProblem:
    return JournalProblem(f"The journal could not be copied: {str(problem).splitlines()[0]}")
