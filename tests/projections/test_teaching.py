"""A show that opens adopts what the journal's closed shows taught, once, and only from shows before its own."""

from pathlib import Path

import msgspec
import pytest

from dashboard.decision import events as e
from dashboard.decision.world import OrderLine, Tuning
from dashboard.projections.past import fold_upto
from dashboard.room import Room
from tests.projections.seasons import FIRST, MINUTE, closing, events, opening, orders, play, room_at


def adopted(room: Room, show: str) -> list[Tuning]:
    """The tunings a show was given."""
    found = (e.decode(stored.type, stored.data) for stored in room.journal.events(show))
    return [event.tuning for event in found if isinstance(event, e.ForecastAdopted)]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A room whose journal has one closed show."""
    found = room_at(tmp_path / "season.duckdb")
    play(found, "monday", 0, host="Mei")
    return found


def test_the_first_show_of_a_journal_has_nothing_to_adopt(room: Room) -> None:
    assert adopted(room, "monday") == []
    record = room.frame("monday")["record"]
    assert (record["tuning"], record["tuning_shows"]) == ("simulated shows", 0)


def test_a_show_adopts_right_behind_its_opening_what_the_closed_one_taught(room: Room) -> None:
    play(room, "tuesday", 1, host="Mei")
    (first, _), (second, kind) = events(room, "tuesday")[:2]
    assert (second, kind) == (first + 1, "forecast_adopted")
    (tuning,) = adopted(room, "tuesday")
    assert (tuning.name, tuning.shows) == ("1 show of Mei", 1)
    assert "test/0-10" in tuning.levels
    record = room.frame("tuesday")["record"]
    assert (record["tuning"], record["tuning_shows"]) == ("1 show of Mei", 1)
    assert record["forecasts"] > 0


def test_an_opening_that_is_sent_again_or_refused_teaches_nothing_twice(room: Room) -> None:
    play(room, "tuesday", 1)
    (again,) = room.handle(opening("tuesday", 1)[:1], None)
    assert again.status == "exists"
    other = msgspec.structs.replace(opening("tuesday", 1)[0], id="tuesday/other")
    (refused,) = room.handle([other], None)
    assert refused.status == "refused"
    assert len(adopted(room, "tuesday")) == 1


def test_a_show_that_is_still_open_teaches_nothing(tmp_path: Path) -> None:
    room = room_at(tmp_path / "open.duckdb")
    room.handle(opening("monday", 0), None)
    play(room, "tuesday", 1)
    assert adopted(room, "tuesday") == []


def test_a_day_imported_late_is_not_taught_by_later_days(room: Room) -> None:
    play(room, "sunday", -1)
    assert adopted(room, "sunday") == []


def test_a_room_that_is_opened_again_teaches_the_same(room: Room, tmp_path: Path) -> None:
    play(room, "tuesday", 1, host="Mei")
    room.stop()
    again = room_at(tmp_path / "season.duckdb")
    play(again, "wednesday", 2, host="Mei")
    whole = room_at(tmp_path / "whole.duckdb")
    for day, show in enumerate(("monday", "tuesday", "wednesday")):
        play(whole, show, day, host="Mei")
    assert adopted(again, "wednesday") == adopted(whole, "wednesday")
    assert again.frame("wednesday")["record"] == whole.frame("wednesday")["record"]
    assert adopted(again, "wednesday")[0].shows == 2


def test_the_adopted_frame_is_the_same_when_it_is_folded_again(room: Room) -> None:
    play(room, "tuesday", 1, host="Mei")
    seq = events(room, "tuesday")[-1][0]
    assert room.frame("tuesday", seq=seq - 1)["record"]["tuning"] == "1 show of Mei"


@pytest.mark.parametrize("minutes", [6, 13, 19])
def test_a_forecast_comes_true_when_all_that_was_there_is_sold(room: Room, minutes: int) -> None:
    """Nothing was moved, so whenever it was said: sold by then and left add up to what there was at the start."""
    seq = room.journal.seq_at("monday", FIRST + minutes * MINUTE)
    facts = fold_upto(room.journal, "monday", seq)
    assert facts is not None
    kept = facts.forecasts.record
    assert kept.looks == minutes
    assert set(zip(kept.row("node"), kept.row("target"), strict=True)) <= {(0, 30), (1, 90)}
    assert kept.kept.shape[1] > 0


def test_a_sell_out_in_the_last_seconds_before_an_early_close_counts(tmp_path: Path) -> None:
    room = room_at(tmp_path / "short.duckdb")
    bought = orders("monday", 0)[:26]
    moment = (bought[-1].event_time or 0) + 3_000_000
    last = msgspec.structs.replace(
        bought[0], id="last", order="last", lines=(OrderLine("RING", 10),), event_time=moment
    )
    close = msgspec.structs.replace(closing("monday", 0)[0], event_time=moment + 1_000_000)
    for answer in room.handle([*opening("monday", 0), *bought, last, close], None):
        assert answer.status == "accepted", answer.sentence
    record = room.frame("monday")["record"]
    assert record["interrupted"] == record["pending"] == 0
    assert record["median_abs_error_minutes"] is not None
