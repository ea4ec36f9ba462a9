"""The child of `runs`: builds a review, or runs a show again, from a copy of a journal, and prints what came of it.

    python -m dashboard.review.work review JOURNAL SHOW
    python -m dashboard.review.work rerun JOURNAL SHOW CHANGE.toml OUT

One JSON object goes to standard output, progress as JSON lines (`phase`, `share` of 1) to standard error. What can fail
(a journal that cannot be read, no such show, a change that does not fit it) is told as `error`, one sentence, in the
object; anything else ends the program, and its last line is what the page shows.
"""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from dashboard.journal.store import Journal, JournalProblem
from dashboard.projections.past import FrameProblem
from dashboard.review.change import ChangeProblem, read_file
from dashboard.review.opening import NoShow, opened_of
from dashboard.review.report import build
from dashboard.review.tried import tried

Row = dict[str, Any]
Report = Callable[[str, int, int], None]
REVIEWING = ("reading", "verifying", "missed orders", "interventions")
RERUNNING = ("as it was", "control", "changed")
"""Phases of each work in their order, taken to last equally long."""


def review(path: str, show: str, report: Report) -> Row:
    """Build the review of a show; raises NoShow, JournalProblem."""
    journal = Journal(path, read_only=True)
    try:
        opened_of(journal, show)
        return build(journal, show, report)
    finally:
        journal.close()


def rerun(path: str, show: str, change: str, out: str, report: Report) -> Row:
    """Run a show again under a change and keep its journal; raises NoShow, JournalProblem, ChangeProblem."""
    journal = Journal(path, read_only=True)
    try:
        asked = read_file(change, opened_of(journal, show))
        kept = Journal(out)
        try:
            return tried(journal, show, asked, kept, report)
        finally:
            kept.close()
    finally:
        journal.close()


class Teller:
    """Tells progress as JSON lines: a phase counts as one of `phases` where it is one, and alone where it is not."""

    def __init__(self, phases: Sequence[str] = ()) -> None:
        self._phases = list(phases)
        self._last = ""

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Tell how far a phase is, once for every per cent."""
        share = done / total if total else 0.0
        if phase in self._phases:
            share = (self._phases.index(phase) + share) / len(self._phases)
        line = json.dumps({"phase": phase, "share": round(share, 2)})
        if line != self._last:
            self._last = line
            sys.stderr.write(line + "\n")
            sys.stderr.flush()


def main(what: str, path: str, show: str, *files: str) -> None:
    """Do one piece of work and print it."""
    try:
        if what == "review":
            found = review(path, show, Teller(REVIEWING))
        else:
            change, out = files
            found = rerun(path, show, change, out, Teller(RERUNNING))
    except (NoShow, JournalProblem, ChangeProblem, FrameProblem) as problem:
        found = {"error": str(problem)}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
