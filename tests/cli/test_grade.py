"""`warroom grade`: the countdown's record for people and as one object, and what it says of shows without one."""

from pathlib import Path

import pytest

from tests.cli.command import refused, warroom
from tests.projections.seasons import opening, orders, play, room_at

KEYS = {
    "show", "coverage_80", "median_abs_error_minutes", "forecasts", "pending", "interrupted", "by_horizon", "by_tier",
    "pinball_minutes", "warned_share", "false_alarm_share", "sell_outs", "tuning", "tuning_shows",
}  # fmt: skip


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with two closed shows, one that runs, and one that nobody bought from."""
    path = tmp_path_factory.mktemp("season") / "season.duckdb"
    room = room_at(path)
    play(room, "monday", 0, host="Mei")
    play(room, "tuesday", 1, host="Mei")
    room.handle([*opening("wednesday", 2, host="Mei"), *orders("wednesday", 2)[:26]], None)
    room.handle(opening("thursday", 3), None)
    room.stop()
    return path


def test_a_closed_show_is_graded_whole(season: Path) -> None:
    outcome = warroom("grade", season, "--show", "monday", "--json")
    assert outcome.code == 0
    found = outcome.json
    assert found.keys() >= KEYS
    assert found["forecasts"] > 10
    assert found["pending"] == 0
    assert 0 <= found["coverage_80"] <= 1
    assert found["median_abs_error_minutes"] is None or found["median_abs_error_minutes"] >= 0
    for table in ("by_horizon", "by_tier"):
        assert sum(row["forecasts"] for row in found[table]) == found["forecasts"]


def test_the_record_is_that_of_the_frame(season: Path) -> None:
    graded = warroom("grade", season, "--show", "tuesday", "--json").json
    frame = warroom("frame", season, "--show", "tuesday", "--json").json
    assert {key: graded[key] for key in frame["record"]} == frame["record"]
    assert graded["tuning"] == "1 show of Mei"


def test_an_open_show_is_graded_by_what_is_due(season: Path) -> None:
    found = warroom("grade", season, "--show", "wednesday", "--json").json
    assert found["status"] == "open"
    assert found["pending"] > 0
    assert found["false_alarm_share"] is None
    assert found["pinball_minutes"] is None


def test_a_show_without_forecasts_says_so(season: Path) -> None:
    outcome = warroom("grade", season, "--show", "thursday")
    assert (outcome.code, outcome.out) == (0, "thursday: no forecast to grade.\n")
    found = warroom("grade", season, "--show", "thursday", "--json").json
    assert (found["forecasts"], found["coverage_80"], found["median_abs_error_minutes"]) == (0, None, None)


def test_for_people_it_is_a_table_with_a_line_per_horizon_and_tier(season: Path) -> None:
    out = warroom("grade", season, "--show", "tuesday").out
    found = warroom("grade", season, "--show", "tuesday", "--json").json
    assert f"tuesday: {found['forecasts']:,} forecasts graded" in out
    for words in ("80 % band held", "median error", "all", "campaign", "lasts the show", "Tuned by 1 show of Mei."):
        assert words in out, words
    assert "Not tuned by earlier shows." in warroom("grade", season, "--show", "monday").out


def test_what_cannot_be_graded_is_refused_in_one_sentence(
    season: Path, text: Path, other: Path, tmp_path: Path
) -> None:
    assert "There is no show 'friday'" in refused("grade", season, "--show", "friday")
    assert "monday" in refused("grade", season)
    refused("grade", text)
    refused("grade", other)
    refused("grade", tmp_path / "none.duckdb")
    refused("grade")
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(season.read_bytes()[:5000])
    refused("grade", cut)
