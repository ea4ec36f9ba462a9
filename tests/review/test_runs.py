"""Reviews and reruns beside a running room: one after the other in processes of their own, from a copy of one instant."""

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dashboard.journal.store import Journal
from dashboard.projections.past import FrameProblem
from dashboard.review import runs as module
from dashboard.review.change import ChangeProblem
from dashboard.review.opening import NoShow
from dashboard.review.runs import KEPT_MAX, WAITING_MAX, Busy, NoRun, Runs
from tests.journal.entries_kit import ENTRIES, NOON, SECOND, SHOW, fill, journal_at, ordered

Row = dict[str, Any]
COPIES = 'import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2]); print(\'{"sold": 4, "lost": 1, "hash": "ab"}\')'
ENDLESS = [sys.executable, "-c", "import time\nwhile True: time.sleep(1)"]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = journal_at(tmp_path)
    yield found
    found.close()


class Children:
    """Pretended work: remembers its words; a review is printed as given, a rerun copies the journal it was handed."""

    def __init__(self, review: object = None) -> None:
        self.words: list[Sequence[str]] = []
        self.changes: list[str] = []
        self.review = {"version": 1} if review is None else review
        self.go = threading.Event()
        self.go.set()

    def __call__(self, words: Sequence[str]) -> list[str]:
        self.words.append(words)
        assert self.go.wait(30)
        if words[0] == "rerun":
            self.changes.append(Path(words[3]).read_text())
            return [sys.executable, "-c", COPIES, words[1], words[4]]
        text = self.review if isinstance(self.review, str) else f"print({json.dumps(self.review)!r})"
        return [sys.executable, "-c", text]


@pytest.fixture
def children() -> Children:
    return Children()


@pytest.fixture
def runs(journal: Journal, children: Children) -> Iterator[Runs]:
    ticks = count(NOON)
    found = Runs(journal, lambda: next(ticks), children)
    yield found
    children.go.set()
    found.stop()


def told(runs: Runs, what: str = "review") -> Row:
    found = runs.told(what, SHOW)
    assert found is not None
    return found


def test_a_review_is_what_the_child_prints_of_a_copy_of_this_instant(runs: Runs, children: Children) -> None:
    assert runs.told("review", SHOW) is runs.result(SHOW) is None
    runs.review(SHOW)
    runs.wait(30)
    assert runs.result(SHOW) == {"version": 1}
    assert (told(runs)["state"], told(runs)["problem"]) == ("done", "")
    ((what, path, show),) = children.words
    assert (what, show) == ("review", SHOW)
    copied = Journal(path, read_only=True)
    assert copied.head()[0] == len(ENTRIES)
    copied.close()


def test_asked_again_while_it_is_built_it_is_built_once_and_the_old_one_stays_until_then(
    runs: Runs, children: Children
) -> None:
    runs.review(SHOW)
    runs.wait(30)
    children.go.clear()
    children.review = {"version": 2}
    runs.review(SHOW)
    runs.review(SHOW)
    assert runs.result(SHOW) == {"version": 1}
    children.go.set()
    runs.wait(30)
    assert runs.result(SHOW) == {"version": 2}
    assert len(children.words) == 2


def test_a_copy_serves_until_the_journal_moves_on(runs: Runs, children: Children, journal: Journal) -> None:
    for _ in range(2):
        runs.review(SHOW)
        runs.wait(30)
    fill(journal, [(ordered("later"), "web", "/channels/web")])
    runs.review(SHOW)
    runs.wait(30)
    first, second, third = (words[1] for words in children.words)
    assert first == second != third
    assert not Path(first).exists()


def test_progress_is_followed_line_by_line(journal: Journal) -> None:
    line = json.dumps({"phase": "effects", "share": 0.25})
    endless = [sys.executable, "-c", f"import sys, time\nprint({line!r}, file=sys.stderr, flush=True)\ntime.sleep(60)"]
    runs = Runs(journal, lambda: NOON, lambda words: endless)
    runs.review(SHOW)
    while told(runs)["share"] == 0.0:
        runs.wait(0.01)
    assert (told(runs)["state"], told(runs)["phase"], told(runs)["share"]) == ("running", "effects", 0.25)
    runs.stop()
    assert (told(runs)["state"], told(runs)["problem"]) == ("failed", "The server was stopped.")


def test_a_rerun_keeps_its_change_its_figures_and_a_journal_whose_frames_can_be_asked(
    runs: Runs, children: Children
) -> None:
    runs.rerun("r1", SHOW, "rules_again = true\n", "Rules anew")
    runs.rerun("r1", SHOW, "", "another press of the same button")
    runs.rerun("r2", SHOW, "", "Nothing")
    runs.wait(60)
    assert children.changes == ["rules_again = true\n", ""]
    newest, first = runs.finished(SHOW)
    assert (newest["run"], first["run"]) == ("r2", "r1")
    assert (first["title"], first["sold"], first["lost"], first["hash"]) == ("Rules anew", 4, 1, "ab")
    assert runs.finished("another") == []
    frame = runs.frame("r1", SHOW, NOON + 4 * SECOND)
    assert (frame["show"], frame["seq"], frame["reallocations"][0]["quantity"]) == (SHOW, 4, 200)
    assert runs.frame("r1", SHOW, NOON - SECOND)["seq"] == 1, "before it began: its first frame"


def test_a_change_that_does_not_fit_the_show_is_refused_before_anything_runs(runs: Runs, children: Children) -> None:
    with pytest.raises(ChangeProblem, match="do you mean 'rules_again'"):
        runs.rerun("r1", SHOW, "rule_again = true", "Typed wrong")
    with pytest.raises(NoShow, match=r"There is no show .another. in this journal; it has night\."):
        runs.rerun("r1", "another", "", "")
    assert not children.words


def test_what_is_not_there_is_told_in_a_sentence(runs: Runs) -> None:
    with pytest.raises(NoRun, match="'r9' is not kept here any more"):
        runs.frame("r9", SHOW, NOON)
    runs.rerun("r1", SHOW, "", "Nothing")
    runs.wait(30)
    with pytest.raises(FrameProblem, match="has no show 'another'"):
        runs.frame("r1", "another", NOON)


@pytest.mark.parametrize(
    ("does", "problem"),
    [
        ("raise SystemExit('out of luck')", "out of luck"),
        ("print('no result')", "The work ended with code 0 and without a result."),
        ('print(\'{"error": "No show here."}\')', "No show here."),
    ],
)
def test_work_that_fails_says_why_and_the_next_goes_on(runs: Runs, children: Children, does: str, problem: str) -> None:
    children.review = does
    runs.review(SHOW)
    runs.rerun("r1", SHOW, "", "Nothing")
    runs.wait(60)
    assert (told(runs)["state"], told(runs)["problem"]) == ("failed", problem)
    assert runs.result(SHOW) is None
    assert told(runs, "rerun")["state"] == "done"


def test_a_program_that_is_missing_and_a_closed_journal_are_sentences(journal: Journal) -> None:
    runs = Runs(journal, lambda: NOON, lambda words: ["/no/such/program"])
    runs.review(SHOW)
    runs.wait(30)
    assert told(runs)["problem"] == "The work could not be started: No such file or directory."
    runs.stop()
    closed = Runs(journal, lambda: NOON)
    journal.close()
    closed.review(SHOW)
    closed.wait(30)
    assert told(closed)["problem"].startswith("The journal could not be copied: ")
    assert told(closed)["state"] == "failed"


def test_the_newest_runs_are_kept_and_too_many_in_line_are_refused(
    runs: Runs, children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_MAX", 2)
    for number in range(3):
        runs.rerun(f"r{number}", SHOW, "", "Nothing")
        runs.wait(30)
    runs.frame("r1", SHOW, NOON)
    runs.rerun("r3", SHOW, "", "Nothing")
    runs.wait(30)
    assert [row["run"] for row in runs.finished(SHOW)] == ["r3", "r2"]
    with pytest.raises(NoRun):
        runs.frame("r1", SHOW, NOON)
    children.go.clear()
    for number in range(WAITING_MAX + 1):
        runs.rerun(f"w{number}", SHOW, "", "Nothing")
    with pytest.raises(Busy, match=f"{WAITING_MAX} runs wait in line already"):
        runs.rerun("late", SHOW, "", "Nothing")
    assert KEPT_MAX >= WAITING_MAX


def test_a_stopped_server_ends_its_child_and_leaves_no_file(journal: Journal) -> None:
    started, places = threading.Event(), []

    def endless(words: Sequence[str]) -> list[str]:
        places.append(Path(words[1]).parent)
        started.set()
        return ENDLESS

    runs = Runs(journal, lambda: NOON, endless)
    runs.review(SHOW)
    assert started.wait(30)
    runs.stop()
    assert told(runs)["state"] == "failed"
    assert not places[0].exists()
    runs.rerun("late", SHOW, "", "")
    assert runs.told("rerun", SHOW) is None
    module.run_here(runs)
    assert module.running() is runs
    module.run_here(None)
    assert module.running() is None
