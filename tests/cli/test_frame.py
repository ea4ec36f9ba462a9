"""`warroom frame`: one frame of a journal as JSON, by moment, by seq, or the head."""

import json
from pathlib import Path

import pytest

from tests.cli.command import refused, warroom
from tests.cli.conftest import ORDERS, write
from tests.server.test_frame import KEYS


def test_the_head_is_the_default(journal: Path) -> None:
    outcome = warroom("frame", journal, "--json")
    assert outcome.code == 0
    assert outcome.err == ""
    frame = outcome.json
    assert frame.keys() >= KEYS
    assert frame["totals"]["units_sold"] == ORDERS
    assert warroom("frame", journal, "--head", "--json").json == frame
    assert warroom("frame", journal, "--show", "spring", "--json").json == frame


def test_for_people_the_same_object_is_spread_over_lines(journal: Path) -> None:
    outcome = warroom("frame", journal)
    assert outcome.out.startswith('{\n "show": "spring",\n')
    assert json.loads(outcome.out) == warroom("frame", journal, "--json").json


@pytest.mark.parametrize(
    "at", ["T+03:00", "20:03:00", "20:03", "2026-03-14T12:03:00Z", "2026-03-14T20:03:00+08:00", "2026-03-14T12:03:00"]
)
def test_a_moment_may_be_written_in_three_ways(at: str, journal: Path) -> None:
    frame = warroom("frame", journal, "--at", at, "--json").json
    assert frame["at"] == "2026-03-14T12:03:00.000000Z"
    assert frame["totals"]["units_sold"] == 3


def test_a_seq_gives_the_frame_right_after_that_event(journal: Path) -> None:
    assert [
        warroom("frame", journal, "--seq", seq, "--json").json["totals"]["units_sold"] for seq in (1, 4, 5, 8, 99)
    ] == [0, 1, 2, 5, 5]


@pytest.mark.parametrize(
    "given",
    [("--at", "T+01:00", "--seq", "3"), ("--at", "T+01:00", "--head"), ("--seq", "3", "--head")],
    ids=" ".join,
)
def test_two_moments_at_once_are_refused(given: tuple[str, ...], journal: Path) -> None:
    assert refused("frame", journal, *given) == "Give one of --at, --seq and --head; see warroom frame --help."


@pytest.mark.parametrize("at", ["", "garbage", "25:00", "T+1", "9999-12-31T23:59:59-14:00", "T+" + "9" * 30 + ":00:00"])
def test_a_moment_nobody_can_read_is_refused(at: str, journal: Path) -> None:
    refused("frame", journal, "--at", at)


@pytest.mark.parametrize("seq", ["0", "-1", "x", "1.5", ""])
def test_a_seq_that_is_no_whole_number_above_0_is_refused(seq: str, journal: Path) -> None:
    assert "--seq" in refused("frame", journal, "--seq", seq)


def test_a_moment_before_the_opening_is_refused(journal: Path) -> None:
    assert "had not opened" in refused("frame", journal, "--at", "2020-01-01T00:00:00Z")


def test_in_a_journal_of_two_shows_one_must_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "two.duckdb", "spring", "autumn")
    assert refused("frame", path) == "Name a show with --show; it has spring, autumn."
    assert warroom("frame", path, "--show", "autumn", "--json").json["show"] == "autumn"
    assert "had not opened" in refused("frame", path, "--show", "autumn", "--seq", "3")


def test_an_unknown_show_is_refused_with_the_known_ones(journal: Path) -> None:
    assert refused("frame", journal, "--show", "autumn").endswith("it has spring.")


def test_a_file_that_is_no_journal_is_refused(text: Path, other: Path, tmp_path: Path) -> None:
    assert "notes.txt" in refused("frame", text)
    assert "without a journal in it" in refused("frame", other)
    assert "There is no journal at" in refused("frame", tmp_path / "none.duckdb")
    assert "is a directory" in refused("frame", tmp_path)
    assert not (tmp_path / "none.duckdb").exists()


def test_a_refusal_as_json_is_one_object_and_the_sentence_besides(journal: Path) -> None:
    outcome = warroom("frame", journal, "--at", "garbage", "--json")
    assert outcome.code == 2
    assert outcome.json == {"error": outcome.err.strip()}


def test_a_frame_reads_and_changes_nothing(journal: Path) -> None:
    before = journal.read_bytes()
    warroom("frame", journal)
    assert journal.read_bytes() == before
