"""The auditor beside a running room: is every entry what it was, do books and claims hold, up to which seq?

    start -> [thread: copy of one instant] -> [child: verify the copy] -> report -> told()

The writer keeps its file to itself, so the auditor (`verify`, `verify_claims`) gets a copy of the public tables as they
stand, while the writer goes on. The check is a process of its own at low priority, so that the room keeps its time; it
shares no code with the writer.
One check runs at a time, for everybody: who asks meanwhile gets the running one. The newest result is kept in memory;
a check belongs to the server, which ends it with its child. What can fail: the copy (no disk left, journal closed) or
the child; then the check says `failed` with a sentence. Run as a program: `python -m ... FILE` prints a report as JSON.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dashboard.journal.copies import AUDITED, Copier
from dashboard.journal.store import Journal, JournalProblem
from dashboard.journal.verify_claims import verify_whole
from dashboard.journal.verify_opening import VerifyProblem

ROOT = Path(__file__).resolve().parents[2]
PRIORITY = 10
"""How far the check stands back behind the room, in steps of `nice`."""

Row = dict[str, Any]


def auditor(path: str) -> list[str]:
    """The command that verifies a journal file and prints its report."""
    return [sys.executable, "-m", "dashboard.journal.verification", path]


@dataclass
class _Check:
    """One check and how it stands; times in microseconds since 1970 UTC."""

    started_at: int
    state: str = "running"
    doing: str = "copying"
    ended_at: int | None = None
    seq: int = 0
    hash: str = ""
    events: int = 0
    claims: int = 0
    oversold: int = 0
    breach_count: int = 0
    breaches: list[str] = field(default_factory=list)
    problem: str = ""


class Verification:
    """The checks of one served journal; safe to use from any thread."""

    def __init__(
        self, journal: Journal, clock: Callable[[], int], auditor: Callable[[str], Sequence[str]] = auditor
    ) -> None:
        self._copier, self._clock, self._auditor = Copier(journal, "copy_for_the_auditor"), clock, auditor
        self._newest: _Check | None = None
        self._child: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin a check, unless one is running."""
        with self._lock:
            if self._stopped or (self._newest and self._newest.state == "running"):
                return
            check = self._newest = _Check(self._clock())
            self._thread = threading.Thread(target=self._run, args=(check,), name="verification", daemon=True)
            self._thread.start()

    def told(self) -> Row | None:
        """How the newest check stands as plain values; None before the first.

        state (running, ok, breach, failed), doing (copying, checking), started_at, ended_at, seq, hash, events,
        claims, oversold, breach_count, breaches (sentences), problem.
        """
        with self._lock:
            return asdict(self._newest) if self._newest else None

    def wait(self, seconds: float) -> None:
        """Wait until nothing runs any more, so long at most."""
        if self._thread:
            self._thread.join(seconds)

    def stop(self) -> None:
        """End whatever runs, and start nothing any more."""
        with self._lock:
            self._stopped = True
            child = self._child
        self._copier.stop()
        if child:
            child.terminate()
        self.wait(10)

    # --- the thread of a check ------------------------------------------------------------------------------

    def _run(self, check: _Check) -> None:
        problem = "The check failed here; the log says why."
        report: Row = {}
        try:
            with tempfile.TemporaryDirectory(prefix="warroom-check-") as place:
                path = str(Path(place) / "journal.duckdb")
                self._copier.copy(path, AUDITED)
                check.doing = "checking"
                report = self._verified(path)
            problem = str(report.get("error", ""))
        except JournalProblem as error:
            problem = str(error)
        except OSError as error:
            problem = f"The check could not be started: {error.strerror or error}."
        finally:
            self._end(check, report, problem)

    def _verified(self, path: str) -> Row:
        """Let the child verify a file; returns its report, or `error` with a sentence."""
        command = self._auditor(path)
        with self._lock:
            if self._stopped:
                return {"error": "The server was stopped."}
            child = self._child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
        with suppress(OSError, AttributeError):  # a system without priorities checks at its own
            os.setpriority(os.PRIO_PROCESS, child.pid, PRIORITY)
        said, complaint = child.communicate()
        try:
            report = json.loads(said)
        except ValueError:
            report = None
        if isinstance(report, dict):
            return report
        last = (complaint.strip().splitlines() or [""])[-1]
        return {"error": last or f"The check ended with code {child.returncode} and without a report."}

    def _end(self, check: _Check, report: Row, problem: str) -> None:
        with self._lock:
            if not problem:
                check.seq, check.hash = report["head"]["seq"], report["head"]["hash"]
                check.events, check.oversold = report["events"], report["oversold"]
                check.claims = report.get("claims", 0)
                check.breach_count = report["breach_count"]
                check.breaches = [breach["sentence"] for breach in report["breaches"]]
            check.problem, check.ended_at, self._child = problem, self._clock(), None
            check.state = "failed" if problem else "ok" if report["ok"] else "breach"


def main(path: str) -> None:
    """Verify a file and print the report, or `error` with a sentence, as one JSON object."""
    try:
        told: Row = verify_whole(path)
    except VerifyProblem as problem:
        told = {"error": problem.sentence}
    sys.stdout.write(json.dumps(told) + "\n")


_running: list[Verification] = []


def run_here(verification: Verification | None) -> None:
    """Make these the checks of this process (None: none any more)."""
    _running[:] = [verification] if verification else []


def running() -> Verification | None:
    """The checks of this process, if its server has any."""
    return _running[0] if _running else None


if __name__ == "__main__":
    main(sys.argv[1])
