"""The child of the runs: a review, or a show run again, printed as one JSON object; progress beside it."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.journal.store import Journal
from dashboard.review import work
from dashboard.review.work import Teller, main
from tests.review.small_evening import SHOW, play

Row = dict[str, Any]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    found = str(tmp_path_factory.mktemp("work") / "evening.duckdb")
    play(found)
    return found


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    def print_of(*words: str) -> tuple[Row, list[Row]]:
        main(*words)
        told = capsys.readouterr()
        found: Row = json.loads(told.out)
        return found, [json.loads(line) for line in told.err.splitlines()]

    return print_of


def test_a_review_is_built_of_a_journal_file(path: str, printed: Any) -> None:
    found, progress = printed("review", path, SHOW)
    assert (found["show"]["show"], found["proof"]["oversold"], found["proof"]["verified"]) == (SHOW, 0, True)
    assert [row["share"] for row in progress] == sorted(row["share"] for row in progress)
    assert {row["phase"] for row in progress} <= set(work.REVIEWING)


def test_without_a_change_the_run_has_the_hash_of_the_journal_and_one_of_its_own_otherwise(
    path: str, printed: Any, tmp_path: Path
) -> None:
    change = tmp_path / "change.toml"
    change.write_text("")
    found, _ = printed("rerun", path, SHOW, str(change), str(tmp_path / "same.duckdb"))
    assert found["same"]
    assert found["hash"] == found["original_hash"]
    change.write_text('[[move]]\nat = "T+05:00"\nsku = "RING"\nfrom = "region/US"\nto = "flexible"\nunits = 3\n')
    other, progress = printed("rerun", path, SHOW, str(change), str(tmp_path / "other.duckdb"))
    assert other["hash"] != found["hash"]
    assert {row["phase"] for row in progress} <= {"reading", *work.RERUNNING}
    kept = Journal(tmp_path / "other.duckdb", read_only=True)
    assert kept.head() == (other["seq"], other["hash"])
    kept.close()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("review", "PATH", "another"), f"There is no show 'another' in this journal; it has {SHOW}."),
        (("review", "/no/such.duckdb", SHOW), "There is no journal at /no/such.duckdb"),
        (("rerun", "PATH", SHOW, "/no/change.toml", "/no/out"), "/no/change.toml cannot be read"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(words: tuple[str, ...], sentence: str, path: str, printed: Any) -> None:
    found, _ = printed(*(path if word == "PATH" else word for word in words))
    assert found["error"].startswith(sentence)


def test_progress_is_told_over_all_phases_once_for_every_per_cent(capsys: pytest.CaptureFixture[str]) -> None:
    tell = Teller(("first", "second"))
    for phase, done in (("first", 0), ("first", 1), ("first", 1), ("second", 500), ("besides", 0)):
        tell(phase, done, 1000)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(row["phase"], row["share"]) for row in lines] == [("first", 0.0), ("second", 0.75), ("besides", 0.0)]
