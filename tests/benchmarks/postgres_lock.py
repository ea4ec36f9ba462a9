"""PostgreSQL as a yardstick: `update ... set left = left - 1 where left > 0` on one row, committed to disk.

The cluster is ours alone: made in a temporary folder, reached by a socket there, gone afterwards. Its own client
`pgbench` asks, so what is timed is PostgreSQL and not Python. Where this runs as root the server runs as the user
`postgres`, as it insists on.
"""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

TAKE = "update stock set units_left = units_left - 1 where sku = 'HOT-SKU' and units_left > 0 returning units_left;\n"
BATCH = 64
"""Orders a transaction: each adds a version of the row that the next must walk past, so larger ones are slower."""
CLIENTS = 8
SERVER_USER = "postgres"


def _tool(name: str) -> str | None:
    """Where a program of PostgreSQL is: Debian keeps most of them off the path."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(beside[-1]) if beside else shutil.which(name)


class RowLock:
    """A running cluster with stock in one row."""

    @staticmethod
    def installed() -> bool:
        """Tell whether a cluster can be made and measured on this machine."""
        if not all(_tool(name) for name in ("initdb", "pg_ctl", "psql", "pgbench")):
            return False
        return os.getuid() != 0 or SERVER_USER in {user.pw_name for user in pwd.getpwall()}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        if os.getuid() == 0:
            shutil.chown(folder, SERVER_USER)
            _open_way(folder)

    def __enter__(self) -> "RowLock":
        self._run("initdb", "--pgdata", str(self.data), "--auth", "trust", "--username", SERVER_USER)
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
        self._run(
            "pg_ctl", "--pgdata", str(self.data), "--wait", "--log", str(self.folder / "log"), "-o", options, "start"
        )
        self._run(
            "psql",
            *("--host", str(self.folder), "--username", SERVER_USER, "--dbname", "postgres", "--quiet", "--command"),
            "create table stock (sku text primary key, units_left bigint not null) with (fillfactor = 10); "
            "insert into stock values ('HOT-SKU', 1000000000)",
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, what: BaseException | None, where: TracebackType | None
    ) -> None:
        self._run("pg_ctl", "--pgdata", str(self.data), "--wait", "--mode", "immediate", "stop")

    def each(self, seconds: float) -> float:
        """Orders a second of eight clients that queue at the row, one commit each."""
        return self._rate(TAKE, CLIENTS, seconds)

    def batches(self, seconds: float) -> float:
        """Orders a second of one client that sends a transaction of many orders at once."""
        return BATCH * self._rate("begin;\n\\startpipeline\n" + TAKE * BATCH + "\\endpipeline\ncommit;\n", 1, seconds)

    def _rate(self, script: str, clients: int, seconds: float) -> float:
        """Transactions a second of a script."""
        path = self.folder / "script.sql"
        path.write_text(script)
        path.chmod(0o644)
        said = self._run(
            "pgbench",
            *("--host", str(self.folder), "--username", SERVER_USER, "--no-vacuum", "--protocol", "prepared"),
            *("--client", str(clients), "--time", str(max(1, round(seconds))), "--file", str(path), "postgres"),
        )
        found = re.search(r"tps = ([\d.]+)", said)
        assert found, said
        return float(found.group(1))

    def _run(self, name: str, *arguments: str) -> str:
        tool = _tool(name)
        assert tool
        account = SERVER_USER if os.getuid() == 0 else None
        # The server that pg_ctl leaves behind would keep a pipe open for ever.
        output = subprocess.DEVNULL if name == "pg_ctl" else subprocess.PIPE
        done = subprocess.run(
            [tool, *arguments],
            user=account,
            group=account,
            cwd="/",
            text=True,
            stdout=output,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        return done.stdout or ""


def _open_way(folder: Path) -> None:
    """Let the server's user reach a folder of ours: pass through what lies above it, no more."""
    for parent in folder.parents:
        if parent.stat().st_uid == os.getuid() and parent.stat().st_mode & 0o777 == 0o700:
            parent.chmod(0o711)
