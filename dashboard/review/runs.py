"""Reviews and reruns of a served journal: each in a process of its own, from a copy of one instant.

    review(show)               -> [copy] -> [child: work review] -> result(show)
    rerun(id, show, change)    -> [copy] -> [child: work rerun]  -> finished(show), frame(run, show, at)

They are done one after the other, at low priority, so that the room keeps its time; who asks meanwhile waits in line.
What is asked belongs to the server and not to whoever looks: pages come and go, `told` says how it stands. A copy is
kept for as long as the journal stands still, so that asking again costs no second one. The review of a show holds up to
the head it was built at; a page compares. The journal of a rerun is kept beside its figures, opened only for reading,
so that its frames come from the same fold as any other's. The newest `KEPT_MAX` reruns are kept, and as many reviews;
all files go with the server.

A child writes progress on standard error, one JSON object with `phase` and `share` (of 1) a line, and one JSON object
on standard output. What can fail: the copy, or the child; then the work says `failed` with a sentence.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from dashboard.journal.copies import Copier
from dashboard.journal.store import Journal, JournalProblem
from dashboard.projections.past import FrameProblem, Past
from dashboard.review.change import read
from dashboard.review.opening import opened_of
from dashboard.room import patience

ROOT = Path(__file__).resolve().parents[2]
KEPT_MAX = 8
WAITING_MAX = 4
PRIORITY = 10
"""How far the children stand back behind the room, in steps of `nice`."""

TOLD = ("id", "what", "show", "title", "change", "asked_at", "state", "phase", "share", "problem")

Row = dict[str, Any]
Child = Callable[[Sequence[str]], Sequence[str]]
"""The words of a piece of work (`review` or `rerun`, files, the show) -> the command that does it."""


def child(words: Sequence[str]) -> list[str]:
    """The command that builds a review, or runs a show again, and prints what came of it."""
    return [sys.executable, "-m", "dashboard.review.work", *words]


class Busy(Exception):
    """Too much waits in line already; the sentence says so."""


class NoRun(ValueError):
    """There is no such rerun any more, or none with a journal; the sentence says so."""


@dataclass
class _Work:
    """One thing that was asked, and how it stands."""

    id: str
    what: str
    show: str
    title: str
    change: str
    asked_at: int
    state: str = "waiting"
    phase: str = ""
    share: float = 0.0
    problem: str = ""
    outcome: Row = field(default_factory=dict)
    path: str = ""


class Runs:
    """The reviews and reruns of one served journal; safe to use from any thread."""

    def __init__(self, journal: Journal, clock: Callable[[], int], child: Child = child) -> None:
        self._journal, self._clock, self._child_of = journal, clock, child
        self._copier = Copier(journal, "copy_for_the_review")
        self._works: dict[str, _Work] = {}
        self._opened: dict[str, tuple[Journal, Past]] = {}
        self._copied: tuple[tuple[int, str], str] | None = None
        self._place: Path | None = None
        self._child: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._lock = threading.Lock()

    # --- asking ---------------------------------------------------------------------------------------------

    def review(self, show: str) -> None:
        """Begin to build the review of a show as of now, unless that is under way."""
        with self._lock:
            newest = self._newest("review", show)
            if newest is None or newest.state not in ("waiting", "running"):
                self._add(_Work(f"review/{show}", "review", show, "", "", self._clock()))

    def rerun(self, id: str, show: str, change: str, title: str) -> None:
        """Run a show again under a change (TOML text); the same id again is the same run.

        Raises ChangeProblem where the text does not fit the show, NoShow, and Busy.
        """
        read(change, opened_of(self._journal, show))
        with self._lock:
            if id in self._works:
                return
            if sum(work.state in ("waiting", "running") for work in self._works.values()) > WAITING_MAX:
                raise Busy(f"{WAITING_MAX} runs wait in line already; start yours when one of them has ended.")
            self._add(_Work(id, "rerun", show, title, change, self._clock()))

    def told(self, what: str, show: str) -> Row | None:
        """How the newest `review` or `rerun` of a show stands, as plain values; None before the first.

        id, what, show, title, change, asked_at, state (waiting, running, done, failed), phase, share, problem.
        """
        with self._lock:
            work = self._newest(what, show)
            return _plain(work) if work else None

    def result(self, show: str) -> Row | None:
        """The newest review of a show that was built, whose proof names its head; None before the first."""
        with self._lock:
            work = self._newest("review", show)
            return work.outcome or None if work else None

    def finished(self, show: str) -> list[Row]:
        """The reruns of a show that ended well, the newest first: run, title, change, sold, lost, hash, outcome."""
        with self._lock:
            done = [
                work for work in self._works.values() if (work.what, work.show, work.state) == ("rerun", show, "done")
            ]
            return [
                {"run": work.id, "title": work.title, "change": work.change, "outcome": work.outcome}
                | {name: work.outcome.get(name) for name in ("sold", "lost", "hash")}
                for work in reversed(done)
            ]  # fmt: skip

    def frame(self, run: str, show: str, at: int) -> Row:
        """The frame of a rerun at a moment (microseconds); before it began, its first; raises NoRun, FrameProblem."""
        journal, past = self._journal_of(run)
        seq = journal.seq_at(show, at)
        if not seq:
            seq = next((span.first_seq for span in journal.spans() if span.show == show), 0)
        if not seq:
            raise FrameProblem(f"Run {run!r} has no show {show!r}.")
        return past.frame(show, seq, at)

    def wait(self, seconds: float) -> None:
        """Wait until nothing runs any more, so long at most."""
        thread = self._thread
        if thread:
            thread.join(seconds)

    def stop(self) -> None:
        """End whatever runs, start nothing any more, and leave no file behind."""
        with self._lock:
            self._stopped = True
            running = self._child
        self._copier.stop()
        if running:
            running.terminate()
        self.wait(10)
        for journal, _ in self._opened.values():
            journal.close()
        self._opened.clear()
        if self._place:
            shutil.rmtree(self._place, ignore_errors=True)

    # --- what is kept ---------------------------------------------------------------------------------------

    def _newest(self, what: str, show: str) -> _Work | None:
        found = [work for work in self._works.values() if (work.what, work.show) == (what, show)]
        return found[-1] if found else None

    def _add(self, work: _Work) -> None:
        """Put work in line and let go of the oldest; a review keeps what was built before until it is built anew."""
        if self._stopped:
            return
        before = self._works.pop(work.id, None)
        if before:
            work.outcome = before.outcome
        self._works[work.id] = work
        like = [other for other in self._works.values() if other.what == work.what]
        ended = [other.id for other in like if other.state in ("done", "failed")]
        for id in ended[: max(0, len(like) - KEPT_MAX)]:
            gone = self._works.pop(id)
            opened = self._opened.pop(id, None)
            if opened:
                opened[0].close()
            if gone.path:
                Path(gone.path).unlink(missing_ok=True)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="review", daemon=True)
            self._thread.start()

    def _journal_of(self, run: str) -> tuple[Journal, Past]:
        with self._lock:
            work = self._works.get(run)
            if self._stopped or work is None or work.state != "done" or not work.path:
                raise NoRun(f"Run {run!r} is not kept here any more; start it again.")
            if run not in self._opened:
                journal = Journal(work.path, read_only=True)
                self._opened[run] = journal, Past(journal, patience())
            return self._opened[run]

    # --- the thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        """Do what waits, one after the other, until nothing does."""
        while True:
            with self._lock:
                work = next((work for work in self._works.values() if work.state == "waiting"), None)
                if work is None or self._stopped:
                    self._thread = None
                    return
                work.state, work.phase = "running", "copying"
            self._do(work)

    def _do(self, work: _Work) -> None:
        found: Row = {"error": "The work failed here; the log says why."}
        try:
            words = self._words(work, self._copy())
            found = self._listen_to(work, self._child_of(words))
        except JournalProblem as error:
            found = {"error": str(error)}
        except OSError as error:
            found = {"error": f"The work could not be started: {error.strerror or error}."}
        finally:
            with self._lock:
                self._child = None
                work.problem = str(found.get("error", ""))
                work.outcome = work.outcome if work.problem else found
                work.state = "failed" if work.problem else "done"

    def _copy(self) -> str:
        """A copy of the journal as it stands; the last one where nothing has happened since."""
        head = self._copier.head()
        if self._copied and self._copied[0] == head:
            return self._copied[1]
        if self._place is None:
            self._place = Path(tempfile.mkdtemp(prefix="warroom-review-"))
        if self._copied:
            Path(self._copied[1]).unlink(missing_ok=True)
            self._copied = None
        path = str(self._place / f"journal-{head[0]}.duckdb")
        Path(path).unlink(missing_ok=True)
        self._copier.copy(path)
        self._copied = head, path
        return path

    def _words(self, work: _Work, copy: str) -> list[str]:
        if work.what == "review":
            return ["review", copy, work.show]
        assert self._place is not None
        name = f"run-{len(list(self._place.iterdir()))}-{work.asked_at}"
        change, work.path = self._place / f"{name}.toml", str(self._place / f"{name}.duckdb")
        change.write_text(work.change, encoding="utf-8")
        return ["rerun", copy, work.show, str(change), work.path]

    def _listen_to(self, work: _Work, command: Sequence[str]) -> Row:
        """Run a child to its end; returns what it printed, or `error` with a sentence."""
        with self._lock:
            if self._stopped:
                return {"error": "The server was stopped."}
            child = self._child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        with suppress(OSError, AttributeError):  # a system without priorities works at its own
            os.setpriority(os.PRIO_PROCESS, child.pid, PRIORITY)
        assert child.stdout is not None
        assert child.stderr is not None
        said: list[str] = []
        listener = threading.Thread(
            target=_follow, args=(work, child.stderr, said), name="review progress", daemon=True
        )
        listener.start()
        printed = child.stdout.read()
        listener.join()
        code = child.wait()
        child.stdout.close()
        child.stderr.close()
        found = _row(printed)
        if found:
            return found
        if self._stopped:
            return {"error": "The server was stopped."}
        return {"error": said[-1] if said else f"The work ended with code {code} and without a result."}


def _follow(work: _Work, stream: IO[str], said: list[str]) -> None:
    """Follow a child's standard error: progress, and the last words it says otherwise."""
    for line in stream:
        row = _row(line)
        share = row.get("share")
        if isinstance(share, int | float):
            work.phase, work.share = str(row.get("phase", "")), min(1.0, max(0.0, float(share)))
        elif line.strip():
            said[:] = [line.strip()]


def _row(text: str) -> Row:
    """A text as a JSON object; anything else is empty."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _plain(work: _Work) -> Row:
    return {name: getattr(work, name) for name in TOLD}


_running: list[Runs] = []


def run_here(runs: Runs | None) -> None:
    """Make these the reviews and reruns of this process (None: none any more)."""
    _running[:] = [runs] if runs else []


def running() -> Runs | None:
    """The reviews and reruns of this process, if its server has any."""
    return _running[0] if _running else None
