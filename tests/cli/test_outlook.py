"""`warroom outlook`: what the closed shows of a journal promise for the next days, for people and as one object."""

from pathlib import Path

import pytest
from msgspec import structs

from dashboard import cli_outlook
from dashboard.decision import commands as c
from tests.cli.command import refused, warroom
from tests.projections.seasons import closing, opening, orders, play, room_at

KEYS = {"channel", "of_shows", "told", "viewers", "shows", "exposure", "expected", "p10", "p50", "p90", "own_share"}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with three closed shows of twenty minutes and one that runs."""
    path = tmp_path_factory.mktemp("season") / "season.duckdb"
    room = room_at(path)
    for day, show in enumerate(("monday", "tuesday", "wednesday")):
        play(room, show, day)
    room.handle([*opening("thursday", 3), *orders("thursday", 3)[:20]], None)
    room.stop()
    return path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal whose only show is open."""
    path = tmp_path_factory.mktemp("running") / "running.duckdb"
    room = room_at(path)
    room.handle([*opening("monday", 0), *orders("monday", 0)], None)
    room.stop()
    return path


def test_seventy_two_hours_on_air_sell_as_the_past_hours_did(season: Path) -> None:
    outcome = warroom("outlook", season, "--json")
    assert outcome.code == 0
    found = outcome.json
    assert (found["shows"], found["minutes"], found["viewers"], found["skus"]) == (3, 72 * 60, None, None)
    (row,) = found["channels"]
    assert set(row) == KEYS
    assert (row["channel"], row["shows"], row["viewers"]) == ("shop", 3, None)
    assert row["expected"] == pytest.approx(38 / 20 * 72 * 60, rel=0.05)
    assert row["p10"] < row["p50"] < row["p90"]
    (shorter,) = warroom("outlook", season, "--minutes", "20", "--json").json["channels"]
    assert shorter["expected"] == pytest.approx(38, rel=0.05)
    (daily,) = warroom("outlook", season, "--hours", "24", "--json").json["channels"]
    assert daily["expected"] == pytest.approx(row["expected"] / 3, rel=0.01)


def test_skus_have_rows_of_their_own_where_they_are_wanted(season: Path) -> None:
    rows = warroom("outlook", season, "--minutes", "20", "--skus", "--json").json["skus"]
    assert [(row["channel"], row["sku"], row["tier"], row["shows"]) for row in rows] == [
        ("shop", "RING", "test", 3), ("shop", "LAMP", "campaign", 3),
    ]  # fmt: skip
    assert [row["expected"] for row in rows] == [pytest.approx(29, rel=0.08), pytest.approx(9, rel=0.08)]


def test_for_people_it_is_a_table_and_what_it_rests_on(season: Path) -> None:
    out = warroom("outlook", season, "--skus").out
    for words in (
        "The next 72 hours on air, from 3 shows", "P10", "P90", "If on sale all that time", "RING",
        "No show tells how many watched: each minute counts as much as any other.",
    ):  # fmt: skip
        assert words in out, words
    assert "The next 1 hour on air" in warroom("outlook", season, "--hours", "1").out
    assert "The next 45 minutes on air" in warroom("outlook", season, "--minutes", "45").out


def test_the_newest_shows_count_and_long_lists_are_cut_for_people(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_outlook, "SHOWS_MAX", 2)
    monkeypatch.setattr(cli_outlook, "SKUS_SHOWN", 1)
    assert warroom("outlook", season, "--json").json["shows"] == 2
    assert "And 1 row more, which --json has." in warroom("outlook", season, "--skus").out


def test_without_a_closed_show_it_says_so(running: Path) -> None:
    outcome = warroom("outlook", running, "--skus")
    assert (outcome.code, outcome.out) == (0, f"{running} holds no closed show to learn from.\n")
    found = warroom("outlook", running, "--skus", "--json").json
    assert (found["shows"], found["channels"], found["skus"]) == (0, [], [])
    assert found["notes"] == [f"{running} holds no closed show to learn from."]


def test_viewers_are_measured_where_orders_tell_them(tmp_path: Path) -> None:
    path = tmp_path / "watched.duckdb"
    room = room_at(path)
    two = (c.Channel("shop", "shopify", "US"), c.Channel("mall", "amazon", "US"))
    for day, show in enumerate(("monday", "tuesday")):
        first, *rest = opening(show, day)
        sold = [structs.replace(order, viewers=None if day else 2_000) for order in orders(show, day)]
        room.handle([structs.replace(first, channels=two), *rest, *sold, *closing(show, day)], None)
    room.stop()
    found = warroom("outlook", path, "--minutes", "20", "--viewers", "1000", "--json").json
    shop, mall = found["channels"]
    assert shop["expected"] == pytest.approx(19, rel=0.1)
    assert (shop["told"], shop["of_shows"], mall["told"]) == (1, 2, 0)
    assert mall["expected"] < shop["expected"]
    assert found["notes"] == [
        "The viewers of shop are told in 1 of 2 shows; in the others as many are assumed.",
        "Nobody tells the viewers of mall: as many are assumed as elsewhere.",
    ]
    assert "2,000" in warroom("outlook", path).out


def test_shows_in_which_nothing_was_sold_have_no_outlook(tmp_path: Path) -> None:
    path = tmp_path / "quiet.duckdb"
    room = room_at(path)
    room.handle([*opening("monday", 0), *closing("monday", 0)], None)
    room.stop()
    outcome = warroom("outlook", path, "--skus")
    assert (outcome.code, outcome.out) == (0, "Nothing was sold in 1 show, so there is no outlook.\n")


def test_what_has_no_outlook_is_refused_in_one_sentence(season: Path, text: Path, other: Path, tmp_path: Path) -> None:
    assert "tells how many watched" in refused("outlook", season, "--viewers", "500")
    assert "one of --hours and --minutes" in refused("outlook", season, "--hours", "2", "--minutes", "3")
    refused("outlook", season, "--hours", "0")
    refused("outlook", season, "--minutes", "soon")
    refused("outlook", text)
    refused("outlook", other)
    refused("outlook", tmp_path / "none.duckdb")
    refused("outlook")
