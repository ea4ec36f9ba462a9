"""The auditor's door: a file from anywhere is opened so that nothing in it can act, or refused in one sentence.

    path -> empty database in memory -> the file attached read-only as `j` -> doors closed -> shape demanded -> queries

A DuckDB file may hold more than rows: views and generated columns that run when they are read, macros that bear the
names of functions. So the file is never the database that is asked: its macros are out of sight there, nothing can be
loaded, opened or fetched any more once it is attached, and its tables must be plain tables with exactly the columns of
a journal. Memory is limited; what does not fit goes to a temporary folder that is limited too.
What can fail is a `VerifyProblem`: no file, no journal, damaged, locked, written by a newer version, too large.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from dashboard.journal.verify_checks import COLUMNS

SCHEMA_VERSION_MAX = 1
SPILL_MAX = "20GB"
"""What a check may write beside the file, however the file is made."""
_SAID_MAX = 160
_SAYINGS = (
    ("no_duckdb", ("not a valid duckdb database",), "{name} is not a DuckDB file, so it is no journal."),
    ("forbidden", ("permission denied",), "{name} may not be read: permission denied."),
    (
        "newer",
        ("newer version", "newer duckdb"),
        "{name} was written by a newer DuckDB than {version}: update the program.",
    ),
    ("encrypted", ("encrypt",), "{name} is encrypted; a journal is not: write it anew without."),
)
"""Kind, what DuckDB says (any of it), and what is said to a person."""


KINDS = ("missing", "no_duckdb", "no_journal", "newer", "locked", "forbidden", "encrypted", "memory", "damaged")
"""Why a file cannot be audited."""


class VerifyProblem(Exception):
    """The file cannot be audited at all; `sentence` says why, `kind` is one of `KINDS`."""

    def __init__(self, sentence: str, kind: str = "no_journal") -> None:
        super().__init__(sentence)
        self.sentence, self.kind = sentence, kind


@contextmanager
def opened(
    path: str | os.PathLike[str], memory_limit: str = "1GB", spill_limit: str = SPILL_MAX
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a journal file for queries on `j`; whatever the engine says inside becomes a `VerifyProblem`."""
    name = os.fspath(path)
    with tempfile.TemporaryDirectory(prefix="warroom-verify-") as spill:
        connection = None
        try:
            connection = _connect(name, memory_limit, spill, spill_limit)
            yield connection
        except (duckdb.Error, RuntimeError, UnicodeDecodeError, MemoryError) as error:
            kind, sentence = _said(name, error)
            raise VerifyProblem(sentence, kind) from error
        finally:
            if connection is not None:
                with suppress(duckdb.Error):
                    connection.close()


def _connect(name: str, memory_limit: str, spill: str, spill_limit: str) -> duckdb.DuckDBPyConnection:
    if not Path(name).exists():
        raise VerifyProblem(f"There is no file {name}.", "missing")
    if Path(name).is_dir():
        raise VerifyProblem(f"{name} is a folder; a journal is one DuckDB file.", "no_duckdb")
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory_limit,
            "temp_directory": spill,
            "max_temp_directory_size": spill_limit,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        connection.execute("attach '" + name.replace("'", "''") + "' as j (read_only, type duckdb)")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
        _demand_tables(connection, name)
    except BaseException:
        connection.close()
        raise
    return connection


def _demand_tables(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    rows = connection.execute(
        "select table_name, column_name, data_type, column_default from duckdb_columns() "
        "where database_name = 'j' and schema_name = 'main'"
    ).fetchall()
    there: dict[str, dict[str, str]] = {}
    for table, column, kind, made_of in rows:
        if made_of is not None:
            raise VerifyProblem(f"{name} is no journal of this kind: {table}.{column} is computed, not stored.")
        there.setdefault(table, {})[column] = kind
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'j' and schema_name = 'main'"
    ).fetchall()
    for table, columns in COLUMNS.items():
        if table not in there:
            raise VerifyProblem(f"{name} is no journal: it has no table {table}.")
        if (table,) not in tables:
            raise VerifyProblem(f"{name} is no journal: {table} is a view there, not a table.")
        for column, kind in columns.items():
            found = there[table].get(column)
            if found != kind:
                what = f"{table}.{column} is {found}, not {kind}" if found else f"table {table} has no column {column}"
                raise VerifyProblem(f"{name} is no journal of this kind: {what}.")
    for (version,) in connection.execute("select value from j.meta where key = 'schema_version'").fetchall():
        if not re.fullmatch(r"[0-9]{1,9}", version) or int(version) > SCHEMA_VERSION_MAX:
            raise VerifyProblem(
                f"{name} has schema version {version[:20]}, newer than the {SCHEMA_VERSION_MAX} known here: "
                "update warroom.",
                "newer",
            )


def _said(name: str, error: BaseException) -> tuple[str, str]:
    """Turn what DuckDB says about a file into its kind and one sentence for a person."""
    text = " ".join(str(error).split())
    lowered = text.lower()
    if "lock" in lowered and ("conflicting" in lowered or "could not set" in lowered):
        holder = re.search(r"\(PID (\d+)\)", text)
        who = f"process {holder.group(1)}" if holder else "another process"
        return "locked", f"{name} is open in {who}; close it there or verify a copy."
    if "already attached" in lowered or "unique file handle" in lowered or "different configuration" in lowered:
        return "locked", f"{name} is open in this very process; close it first or verify a copy."
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError) or "no space left" in lowered:
        return "memory", f"There is not enough memory or temporary disk space to verify {name}."
    for kind, tokens, sentence in _SAYINGS:
        if any(token in lowered for token in tokens):
            return kind, sentence.format(name=name, version=duckdb.__version__)
    return "damaged", f"{name} is damaged and cannot be read to its end ({text[:_SAID_MAX].rstrip('.')})."
