"""Stress tests run from a page: each in a process of its own, so that the room beside it keeps its time.

    Wish -> start -> [child: warroom stress] -> report -> [child: the naive seller] -> rows beside it -> told()

One test runs at a time, at low priority; who asks for another meanwhile is told how far the first one is. A test
belongs to the server and not to whoever looks: pages come and go, `told` says how it stands. The server makes the one
`StressRuns` of the process (`run_here`) and ends it with its children; the newest few tests are kept in memory only.

A child writes progress on standard error, one JSON object with `share` (of 1) a line, and results on standard output,
one JSON object a line; a test that did not pass ends with 1 and has a report all the same. What can fail: the child;
then the test says `failed` with the child's own sentence.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
KEPT_MAX = 8
PRIORITY = 10
"""How far the children stand back behind the room, in steps of `nice`."""
PASSED_OR_NOT = (0, 1)

Row = dict[str, Any]


class Busy(Exception):
    """Another test is running; `share` tells how far it is."""

    def __init__(self, share: float) -> None:
        super().__init__(f"A test is running, {share:.0%} done; start yours when it has ended.")
        self.share = share


class Wish(NamedTuple):
    """What to test with: a fault profile by name, how many orders, which crowd."""

    faults: str
    orders: int
    seed: int


def ours(wish: Wish) -> list[str]:
    """The command that plays a test the way this room sells."""
    options = ["--faults", wish.faults, "--orders", str(wish.orders), "--seed", str(wish.seed)]
    flags = ["--in-process", "--json", "--samples", "--progress-json"]
    return [sys.executable, "-m", "dashboard.cli", "stress", *flags, *options]


def theirs(wish: Wish, report: Row) -> list[str]:
    """The command that plays the same test with the naive seller; it lasts as long as ours did."""
    seconds = report["samples"][-1][0] if report.get("samples") else 600.0
    trial = wish._asdict() | {"seconds": seconds}
    return [sys.executable, "-m", "dashboard.channels.sandbox.beside", json.dumps(trial)]


@dataclass
class _Run:
    """One test and how it stands."""

    id: str
    wish: Wish
    state: str = "running"
    doing: str = "ours"
    share: float = 0.0
    report: Row = field(default_factory=dict)
    beside: list[Row] = field(default_factory=list)
    problem: str = ""


class StressRuns:
    """The stress tests of one server; safe to use from any thread."""

    def __init__(
        self,
        ours: Callable[[Wish], Sequence[str]] = ours,
        theirs: Callable[[Wish, Row], Sequence[str]] = theirs,
    ) -> None:
        self._ours, self._theirs = ours, theirs
        self._runs: dict[str, _Run] = {}
        self._child: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def start(self, id: str, wish: Wish) -> None:
        """Begin a test under an id; the same id again is the same test; raises Busy while another one runs."""
        with self._lock:
            if id in self._runs or self._stopped:
                return
            for run in self._runs.values():
                if run.state == "running":
                    raise Busy(run.share)
            run = self._runs[id] = _Run(id, wish)
            while len(self._runs) > KEPT_MAX:
                del self._runs[next(iter(self._runs))]
            self._thread = threading.Thread(target=self._play, args=(run,), name="stress", daemon=True)
            self._thread.start()

    def told(self, id: str = "") -> Row | None:
        """How a test stands, the newest one without an id, as plain values; None where there is no such test.

        state (running, done, failed), doing (ours, beside), share, faults, orders, seed, report, beside, problem.
        """
        with self._lock:
            run = self._runs.get(id) if id else next(reversed(self._runs.values()), None)
            if run is None:
                return None
            told = {name: getattr(run, name) for name in ("id", "state", "doing", "share", "report", "problem")}
            return told | run.wish._asdict() | {"beside": list(run.beside)}

    def wait(self, seconds: float) -> None:
        """Wait until nothing runs any more, so long at most."""
        if self._thread:
            self._thread.join(seconds)

    def stop(self) -> None:
        """End whatever runs, and start nothing any more."""
        with self._lock:
            self._stopped = True
            child = self._child
        if child:
            child.terminate()
        self.wait(10)

    # --- the thread of a test -------------------------------------------------------------------------------

    def _play(self, run: _Run) -> None:
        try:
            run.problem = self._through(run, self._ours(run.wish), run.report.update)
            if not run.problem and not run.report:
                run.problem = "The test ended without a report."
            if not run.problem:
                run.doing, run.share = "beside", 0.0
                run.problem = self._through(run, self._theirs(run.wish, run.report), run.beside.append)
        except OSError as problem:
            run.problem = f"The test could not be started: {problem.strerror or problem}."
        except Exception:
            run.problem = "The test failed here; the log says why."
            raise
        finally:
            run.state = "failed" if run.problem else "done"

    def _through(self, run: _Run, command: Sequence[str], take: Callable[[Row], None]) -> str:
        """Run a child to its end and take its rows; returns a sentence if it failed."""
        with self._lock:
            if self._stopped:
                return "The server was stopped."
            child = self._child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        with suppress(OSError, AttributeError):  # a system without priorities tests at its own
            os.setpriority(os.PRIO_PROCESS, child.pid, PRIORITY)
        assert child.stdout is not None
        assert child.stderr is not None
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(run, child.stderr, said), name="stress progress", daemon=True)
        listener.start()
        error = ""
        for line in child.stdout:
            row = _row(line)
            if "error" in row:
                error = str(row["error"])
            elif row:
                take(row)
        listener.join()
        code = child.wait()
        child.stdout.close()
        child.stderr.close()
        if code in PASSED_OR_NOT and not error:
            return ""
        return error or (said[-1] if said else f"The test ended with code {code}.")


def _listen(run: _Run, stream: IO[str], said: list[str]) -> None:
    """Follow a child's standard error: progress, and the last words it says otherwise."""
    for line in stream:
        share = _row(line).get("share")
        if isinstance(share, int | float):
            run.share = min(1.0, max(0.0, float(share)))
        elif line.strip():
            said[:] = [line.strip()]


def _row(line: str) -> Row:
    """A line as a JSON object; anything else is empty."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


_running: list[StressRuns] = []


def run_here(runs: StressRuns | None) -> None:
    """Make these the stress tests of this process (None: none any more)."""
    _running[:] = [runs] if runs else []


def running() -> StressRuns | None:
    """The stress tests of this process, if its server has any."""
    return _running[0] if _running else None
