"""The auditor beside a running journal: a copy of one instant is checked by a process of its own, once for everybody."""

import json
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.journal import verification
from dashboard.journal.store import Journal
from dashboard.journal.verification import Verification
from tests.journal.entries_kit import ENTRIES, NOON, fill, journal_at, ordered


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = journal_at(tmp_path)
    yield found
    found.close()


def clock() -> Any:
    ticks = count(NOON)
    return lambda: next(ticks)


def told(check: Verification) -> dict[str, Any]:
    found = check.told()
    assert found is not None
    return found


def says(report: object) -> Any:
    text = report if isinstance(report, str) else json.dumps(report)
    return lambda path: [sys.executable, "-c", f"import sys; sys.stdout.write({text!r})"]


def test_a_sound_journal_is_told_ok_up_to_the_entry_it_was_copied_at(journal: Journal) -> None:
    check = Verification(journal, clock())
    assert check.told() is None
    head = journal.head()
    check.start()
    check.wait(60)
    found = told(check)
    assert (found["state"], found["seq"], found["hash"]) == ("ok", *head)
    assert (found["events"], found["oversold"], found["breaches"], found["problem"]) == (len(ENTRIES), 0, [], "")
    assert found["ended_at"] > found["started_at"]
    fill(journal, [(ordered("later"), "web", "/channels/web")])
    assert told(check)["seq"] == head[0] < journal.head()[0]


def test_a_changed_entry_is_told_with_the_auditors_sentence(journal: Journal) -> None:
    journal.reader().execute("update events set actor = 'nobody' where seq = 4")
    check = Verification(journal, clock())
    check.start()
    check.wait(60)
    found = told(check)
    assert (found["state"], found["breach_count"]) == ("breach", 1)
    assert found["breaches"][0].startswith("The content of event 4 does not give its hash")


def test_a_second_press_while_one_runs_starts_nothing(journal: Journal) -> None:
    asked, go = [], threading.Event()

    def slow(path: str) -> list[str]:
        asked.append(path)
        go.wait(30)
        return list(says({"error": "enough"})(path))

    check = Verification(journal, clock(), slow)
    check.start()
    check.start()
    assert told(check)["state"] == "running"
    fill(journal, [(ordered("meanwhile"), "web", "/channels/web")])
    go.set()
    check.wait(30)
    assert len(asked) == 1
    assert (told(check)["state"], told(check)["problem"]) == ("failed", "enough")
    assert not Path(asked[0]).exists(), "the copy is gone"
    check.start()
    check.wait(30)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("auditor", "problem"),
    [
        (says("no report"), "The check ended with code 0 and without a report."),
        (lambda path: [sys.executable, "-c", "raise SystemExit('out of luck')"], "out of luck"),
        (lambda path: ["/no/such/program"], "The check could not be started: No such file or directory."),
    ],
)
def test_a_check_that_fails_says_why(journal: Journal, auditor: Any, problem: str) -> None:
    check = Verification(journal, clock(), auditor)
    check.start()
    check.wait(30)
    assert (told(check)["state"], told(check)["problem"]) == ("failed", problem)


def test_a_journal_that_is_closed_meanwhile_is_a_sentence(tmp_path: Path) -> None:
    journal = journal_at(tmp_path)
    journal.close()
    check = Verification(journal, clock())
    check.start()
    check.wait(30)
    assert told(check)["state"] == "failed"
    assert told(check)["problem"].startswith("The journal could not be copied")


def test_a_stopped_server_ends_the_child_and_starts_none(journal: Journal) -> None:
    started = threading.Event()

    def endless(path: str) -> list[str]:
        started.set()
        return [sys.executable, "-c", "import time\nwhile True: time.sleep(1)"]

    check = Verification(journal, clock(), endless)
    check.start()
    assert started.wait(30)
    check.stop()
    assert told(check)["state"] == "failed"
    check.start()
    assert told(check)["started_at"] == NOON


def test_a_stopped_server_waits_for_no_copy(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    class Slow:
        """A reader that copies until it is interrupted."""

        interrupt = go.set

        def execute(self, statement: str) -> None:
            begun.set()
            assert go.wait(30)
            raise duckdb.InterruptException("Interrupted!")

        rollback = begin = commit = begun.set

    monkeypatch.setattr(journal, "reader", Slow)
    check = Verification(journal, clock())
    check.start()
    assert begun.wait(30)
    check.stop()
    assert told(check)["problem"] == "The journal could not be copied: Interrupted!"


def test_as_a_program_it_prints_one_report_or_one_sentence(
    tmp_path: Path, journal: Journal, capsys: pytest.CaptureFixture[str]
) -> None:
    verification.main(str(tmp_path / "nothing.duckdb"))
    assert json.loads(capsys.readouterr().out)["error"].startswith("There is no file")
