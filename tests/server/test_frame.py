"""GET /api/frame: any show at any moment as JSON, and one sentence for a moment or show that is not there."""

from pathlib import Path

import pytest

from dashboard import server
from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.server.show import NOW, STARTS_AT, Client, one_sentence, opening, order

KEYS = {
    "show", "at", "seq", "stock", "pools", "channels", "countdowns", "lines", "curves", "shipments", "alerts",
    "proposals",
}  # fmt: skip
"""What outside tools read; the frame may hold more."""


def test_the_head_has_every_key_that_outside_tools_read(client: Client) -> None:
    client.post(order("1"))
    frame = client.get("/api/frame", show="spring").json()
    assert frame.keys() >= KEYS
    assert frame["at"] == "2026-03-14T12:40:00.000000Z"
    assert frame["totals"]["units_sold"] == 1
    assert set(frame["stock"][0]) == {"location", "sku", "available", "committed", "unavailable", "in_transit"}
    assert {"pool", "region", "sku", "allocated", "left"} <= set(frame["pools"][0])


def test_without_a_name_the_newest_show_is_meant(client: Client, room: Room) -> None:
    room.handle(opening("autumn"), None)
    assert client.get("/api/frame").json()["show"] == "autumn"
    assert client.get("/api/frame", show="").json()["show"] == "autumn"
    assert client.get("/api/frame", show="spring").json()["show"] == "spring"


def test_after_a_tick_the_head_is_the_frame_of_the_tick(client: Client, room: Room) -> None:
    room.tick("spring", NOW)
    ticked = client.get("/api/frame").json()
    client.post(order("1"))
    assert client.get("/api/frame").json() == ticked, "one frame per tick for everybody"
    room.tick("spring", NOW + 1_000_000)
    assert client.get("/api/frame").json()["totals"]["units_sold"] == 1


def test_a_seq_gives_the_frame_right_after_that_event(client: Client, room: Room) -> None:
    first = room.seq
    client.post(order("1"), order("2"), order("3"))
    sold = [client.get("/api/frame", seq=str(first + step)).json()["totals"]["units_sold"] for step in range(4)]
    assert sold == [0, 1, 2, 3]


def test_a_seq_of_the_future_gives_the_head(client: Client, room: Room) -> None:
    assert client.get("/api/frame", seq=str(room.seq + 1000)).json()["seq"] == room.seq


@pytest.mark.parametrize(
    "at",
    ["T+10:00", "T 10:00", "t+10:00", "T+0:10:00", "20:10", "20:10:00", "2026-03-14T12:10:00Z", "2026-03-14T12:10:00",
     "2026-03-14T20:10:00+08:00", "2026-03-14T20:10:00 08:00", " T+10:00 "],
)  # fmt: skip
def test_a_moment_may_be_written_in_three_ways(at: str, client: Client) -> None:
    frame = client.get("/api/frame", at=at).json()
    assert frame["at"] == "2026-03-14T12:10:00.000000Z"
    assert frame["t_plus_seconds"] == 600


def test_a_moment_shows_what_was_known_then(client: Client, room: Room) -> None:
    client.post(order("1"))
    assert client.get("/api/frame", at="T+39:59").json()["totals"]["units_sold"] == 0
    assert client.get("/api/frame", at="T+40:00").json()["totals"]["units_sold"] == 1


def test_a_moment_of_the_future_shows_the_head_as_it_will_look(client: Client, room: Room) -> None:
    frame = client.get("/api/frame", at="T+50:00").json()
    assert frame["seq"] == room.seq
    assert frame["t_plus_seconds"] == 3000


@pytest.mark.parametrize("at", ["T-01:01", "2026-03-14T11:58:59Z", "2020-01-01T00:00:00Z", "1900-01-01T00:00:00Z"])
def test_a_moment_before_the_opening_has_no_frame(at: str, client: Client) -> None:
    answer = client.get("/api/frame", at=at)
    assert answer.status_code == 404
    assert one_sentence(answer.json()["error"]), answer.text


@pytest.mark.parametrize(
    "at",
    ["garbage", "25:00", "20:99", "T+", "T+1", "T+10:0", "2026-13-01T00:00:00Z", "2026-03-14T12:10:00X", "\0", "²0:10",
     "T+٤٠:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "T+9999999:00:00", "T-9999999:00:00",
     "T+" + "9" * 30 + ":00:00", "T-" + "9" * 30 + ":00:00", "T+" + "9" * 5000 + ":00", "x" * 3000],
    ids=lambda at: at[:24],
)  # fmt: skip
def test_a_moment_nobody_can_read_is_refused_in_one_sentence(at: str, client: Client) -> None:
    answer = client.get("/api/frame", at=at)
    assert answer.status_code == 400
    assert one_sentence(answer.json()["error"]), answer.text


@pytest.mark.parametrize("seq", ["-1", "abc", "1.5", "1e3", "²", "٣", "0x10", "1 2", "9" * 19, "9" * 3000, "\0"])
def test_a_seq_that_is_no_whole_number_is_refused_in_one_sentence(seq: str, client: Client) -> None:
    answer = client.get("/api/frame", seq=seq)
    assert answer.status_code == 400
    assert one_sentence(answer.json()["error"]), answer.text


def test_seq_0_is_before_the_opening(client: Client) -> None:
    assert client.get("/api/frame", seq="0").status_code == 404


def test_a_moment_and_a_seq_at_once_are_refused(client: Client) -> None:
    answer = client.get("/api/frame", at="T+10:00", seq="1")
    assert answer.status_code == 400
    assert answer.json()["error"] == "Give at or seq, not both."


@pytest.mark.parametrize("show", ["autumn", "Spring", "../spring", "\0", "x" * 3000], ids=lambda show: show[:12])
def test_an_unknown_show_is_refused_with_the_known_ones(show: str, client: Client) -> None:
    answer = client.get("/api/frame", show=show)
    assert answer.status_code == 404
    assert answer.json()["error"].endswith("this journal has spring.")
    assert one_sentence(answer.json()["error"])


def test_a_seq_before_a_later_show_opened_has_no_frame_of_it(client: Client, room: Room) -> None:
    room.handle(opening("autumn"), None)
    answer = client.get("/api/frame", show="autumn", seq="1")
    assert answer.status_code == 404
    assert one_sentence(answer.json()["error"])


def test_an_empty_journal_has_no_frame(tmp_path: Path) -> None:
    room = Room(Journal(tmp_path / "empty.duckdb"), clock=lambda: NOW)
    answer = Client(room, server.Clock(room)).get("/api/frame")
    assert answer.status_code == 404
    assert one_sentence(answer.json()["error"])
    room.stop()


def test_a_wall_clock_of_an_unknown_time_zone_asks_for_utc(client: Client, room: Room) -> None:
    opened = c.OpenShow(id="m", show="mars", title="", starts_at=STARTS_AT, ends_at=NOW, time_zone="Mars/Olympus")
    room.handle([opened], None)
    answer = client.get("/api/frame", show="mars", at="20:10")
    assert answer.status_code == 400
    assert one_sentence(answer.json()["error"])
    assert client.get("/api/frame", show="mars", at="T+10:00").status_code == 200


@pytest.mark.parametrize("name", ["countries.json", "countries.geojson"])
def test_the_shapes_of_the_map_come_from_this_machine(name: str, client: Client) -> None:
    answer = client.get(f"/world/{name}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "max-age=86400"


@pytest.mark.parametrize(
    "name", ["atlantis.json", "modes.png", "..%2Fmappings", "%2e%2e%2fsettings.toml", "%00.json", "x" * 3000 + ".json"]
)
def test_no_other_file_is_served_as_a_shape(name: str, client: Client) -> None:
    assert client.get(f"/world/{name}").status_code == 404
