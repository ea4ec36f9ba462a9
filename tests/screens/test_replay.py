"""Replay without a browser: reading and writing moments, where the page stands, and what it draws for an address."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import room as rooms
from dashboard.journal.store import Journal
from dashboard.screens import replay_place, replay_time, side_by_side
from dashboard.screens.marks import micros, show_time
from dashboard.screens.replay_place import Place
from dashboard.screens.replay_time import InstantProblem, Span
from tests.journal.entries_kit import fill
from tests.screens.sample_frame import SHOW, FakeRoom, frame_at
from tests.screens.test_pages import open_page, panels

SECOND = 1_000_000
STARTS = micros(frame_at(0)["starts_at"])
SPAN = Span(STARTS, 7200 * SECOND, "Asia/Shanghai", False)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRoom]:
    fake = FakeRoom(speed=0.0)
    monkeypatch.setattr(rooms, "running", lambda: fake)
    return fake


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("T+40:08", 2408), ("t+ 40:08", 2408), ("2408", 2408), ("T+1:00:00", 3600), ("T+1 d 02:10", 94_200),
        ("T+40:08.25", 2408.25), ("T−05:00", -300), ("T 20:00", 1200), ("122:05", 7325), ("04:00", 240),
        ("20:40", 2400), ("20:40:08", 2408), ("2026-03-14T12:40:08Z", 2408), ("2026-03-14T20:40:08+08:00", 2408),
    ],
)  # fmt: skip
def test_a_moment_is_read_as_people_write_it(text: str, second: float) -> None:
    assert replay_time.read_time(text, SPAN) == second * SECOND


@pytest.mark.parametrize("text", ["", "noon", "²", "4:7", "25:61:00", "T+", "2026-13-40"])
def test_what_is_no_moment_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(InstantProblem, match=r"\."):
        replay_time.read_time(text, SPAN)


@pytest.mark.parametrize("at", [0, 59, 2408.25, 35_999, 36_000, 59_999, 60_000, 94_200.000001, -300, 31_536_000])
def test_what_the_page_writes_it_also_reads(at: float) -> None:
    exact = round(at * SECOND)
    assert replay_time.read_time(replay_time.write_time(exact), SPAN) == exact
    whole = int(at) - int(at) % 60
    assert replay_time.read_time(show_time(whole), SPAN) == whole * SECOND


def test_an_open_show_is_replayed_until_now_and_a_closed_one_until_it_had_closed() -> None:
    assert replay_time.span_of(frame_at(2408))[1:] == (2408 * SECOND, "Asia/Shanghai", True)
    assert replay_time.span_of(frame_at(7201))[1] == 7201 * SECOND
    assert replay_time.span_of(frame_at(9_999))[1] == 7260 * SECOND
    assert replay_time.span_of(frame_at(-60))[1] == SECOND


@pytest.mark.parametrize(("hours", "step"), [(2, (60, "min")), (72, (3600, "h")), (9000, (86400, "d"))])
def test_a_step_is_as_long_as_the_show_needs(hours: int, step: tuple[int, str]) -> None:
    assert replay_time.step_of(hours * 3600 * SECOND) == step


@pytest.mark.parametrize(
    "place",
    [Place(0), Place(2408 * SECOND), Place(2408_250_000, seq=1148), Place(SECOND, other=7200 * SECOND), Place(5, run="r 1&2")],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_address_leads_back_to_the_same_place(place: Place, language: str) -> None:
    from urllib.parse import parse_qsl

    asked = dict(parse_qsl(replay_place.address("night & day", language, place)))
    assert asked["show"] == "night & day"
    assert asked.get("lang", "en") == language
    assert replay_place.read(asked, SPAN) == place


def test_an_address_without_a_moment_is_the_end_and_one_outside_is_the_nearest() -> None:
    assert replay_place.read({}, SPAN) == Place(SPAN.length)
    assert replay_place.read({"at": "T+999:00"}, SPAN).at == SPAN.length
    assert replay_place.read({"at": "T-9:00", "other": "T+999:00"}, SPAN) == Place(0, other=SPAN.length)
    with pytest.raises(InstantProblem, match="seq=1184"):
        replay_place.read({"seq": "12a"}, SPAN)


def test_the_axis_moves_both_halves_and_what_is_typed_moves_its_own() -> None:
    place = Place(60 * SECOND, seq=7, other=0)
    assert replay_place.moved(place, {"at": 90.0 * SECOND, "other": 30 * SECOND}, SPAN) == Place(
        90 * SECOND, None, 30 * SECOND
    )
    assert replay_place.moved(place, {"text": "T+20:00", "half": "other"}, SPAN) == place._replace(other=1200 * SECOND)
    assert replay_place.moved(place, {"text": "T+20:00", "half": "at"}, SPAN) == Place(1200 * SECOND, None, 0)
    assert replay_place.moved(Place(5), {"at": 10**18, "other": 3}, SPAN) == Place(5)
    assert replay_place.moved(Place(5), {"at": float("nan")}, SPAN) == Place(5)


def sent(page: AppTest, piece: str) -> dict[str, Any]:
    """What one piece of the time axis was told."""
    told = [orjson.loads(component.proto.json) for component in page.get("bidi_component")]
    (found,) = [data for data in told if data.get("piece") == piece]
    return found


def ask(page: AppTest, number: int = 1, **question: Any) -> AppTest:
    """Ask as the axis does."""
    page.session_state["timeline_ask"] = {"number": number, **question}
    page.run()
    assert not page.exception
    return page


def test_replay_shows_the_second_of_the_address_without_controls_of_the_show(room: FakeRoom) -> None:
    page = open_page("replay", at="T+31:10")
    assert "T+31:10" in panels(page)["strip"]
    assert "REPLAY" in panels(page)["strip"]
    assert [button.label for button in page.button] == []
    assert sent(page, "moment") | {"at": 1870.0, "number": 0, "said": ""} == sent(page, "moment")
    assert sent(page, "moment")["address"] == f"show={SHOW}&at=T%2B31:10"


def test_the_answer_carries_the_number_of_the_question_and_where_the_page_stands(room: FakeRoom) -> None:
    page = ask(open_page("replay", at="T+31:10"), 7, at=32 * 60 * SECOND)
    assert "T+32:00" in panels(page)["strip"]
    assert sent(page, "moment") | {"at": 1920.0, "number": 7} == sent(page, "moment")
    ask(page, 8, text="T+20:15", half="at")
    assert "T+20:15" in panels(page)["strip"]
    ask(page, 9, text="noon", half="at")
    assert "T+20:15" in panels(page)["strip"], "a time that cannot be read changes nothing"
    assert "'noon' is no moment" in sent(page, "moment")["said"]
    page.run()
    assert "T+20:15" in panels(page)["strip"], "a page drawn again stays where it was"


def test_a_moment_that_cannot_be_read_in_the_address_is_said_and_the_end_is_shown(room: FakeRoom) -> None:
    page = open_page("replay", at="noon")
    assert "T+40:08" in panels(page)["strip"]
    assert "'noon' is no moment" in sent(page, "moment")["said"]


def test_an_open_show_ends_now_and_beyond_it_is_live(room: FakeRoom) -> None:
    page = open_page("replay", at="T+999:00", lang="zh")
    assert "T+40:08" in panels(page)["strip"]
    assert sent(page, "axis")["length"] == 2408
    assert sent(page, "moment")["live"] == f"./?show={SHOW}&lang=zh"


def test_another_show_or_something_beside_is_a_place_of_its_own(room: FakeRoom) -> None:
    page = open_page("replay", at="T+31:10")
    page.selectbox(key="replay_beside").select("moment").run()
    assert dict(page.query_params) == {"show": SHOW, "at": "T+31:10", "other": "T+31:10"}
    assert "Nothing differs" in panels(page)["differences"]
    ask(page, at=1870 * SECOND, other=600 * SECOND)
    found = panels(page)
    assert "T+31:10" in found["first_strip"]
    assert "T+10:00" in found["second_strip"]
    assert {"first_board", "second_board", "first_channels", "second_channels"} <= set(found)
    assert "differs" in found["differences"]
    assert sent(page, "moment")["address"].endswith("&other=T%2B10:00")
    page.selectbox(key="replay_beside").select("").run()
    assert "strip" in panels(page)


class FakeRuns:
    """One run, in which everything happened a minute later."""

    def finished(self, show: str) -> list[dict[str, Any]]:
        return [{"run": "r1", "title": "200 more to the US", "sold": 2960, "lost": 0, "hash": "ab"}]

    def frame(self, run: str, show: str, at: int) -> dict[str, Any]:
        if run != "r1":
            raise side_by_side.NoRun(run)
        return frame_at((at - STARTS) / SECOND - 60)


def test_a_run_stands_beside_the_show_at_the_same_moment(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "runs", FakeRuns)
    page = open_page("replay", at="T+31:10", run="r1")
    assert "T+30:10" in panels(page)["second_strip"]
    assert any("Rerun: 200 more to the US" in html.proto.body for html in page.get("html"))
    ask(page, at=600 * SECOND)
    assert "T+09:00" in panels(page)["second_strip"]
    assert sent(page, "moment")["address"] == f"show={SHOW}&at=T%2B10:00&run=r1"


def test_a_run_that_is_gone_is_said_and_the_show_stands_alone(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page("replay", at="T+31:10", run="r1")
    assert "T+31:10" in panels(page)["strip"]
    assert "There is no run r1 here any more" in sent(page, "moment")["said"]
    runs = FakeRuns()
    monkeypatch.setattr(side_by_side, "runs", lambda: runs)
    page = open_page("replay", at="T+31:10", run="r1")
    monkeypatch.setattr(runs, "frame", lambda *_: runs.__class__.frame(runs, "gone", "", 0))
    ask(page, at=600 * SECOND)
    assert "T+10:00" in panels(page)["strip"]
    assert "There is no run r1 here any more" in sent(page, "moment")["said"]


class JournalRoom(FakeRoom):
    """The sample room over a real, small journal, whose frames are those of its entries."""

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> dict[str, Any]:
        """Return the frame of a second, or of an entry: each a second after the one before it."""
        if seq is None:
            return super().frame(show, at)
        return frame_at(seq) | {"seq": min(seq, 10)}


class LateRoom(JournalRoom):
    """A show that was opened an hour after it had begun."""

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> dict[str, Any]:
        """Refuse what was before."""
        if seq is None:
            raise rooms.FrameProblem("The show had not opened at that moment; ask for a later one.")
        return frame_at(2400) | {"seq": seq}


def test_before_the_show_was_opened_its_first_entry_is_shown_and_that_is_said(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = LateRoom(speed=0.0)
    found.journal = Journal(tmp_path / "night.duckdb")
    fill(found.journal, show=SHOW)
    monkeypatch.setattr(rooms, "running", lambda: found)
    page = open_page("replay", at="T+10:00")
    assert "T+40:00" in panels(page)["strip"]
    assert "had not opened" in sent(page, "moment")["said"]
    assert sent(page, "moment")["address"] == f"show={SHOW}&at=T%2B40:00&seq=1"
    page = open_page("replay", seq="1", other="T+10:00")
    assert "T+40:00" in panels(page)["second_strip"]
    assert "had not opened" in sent(page, "moment")["said"]
    found.journal.close()


def test_the_journal_is_walked_entry_by_entry(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    found = JournalRoom(speed=0.0)
    found.journal = Journal(tmp_path / "night.duckdb")
    fill(found.journal, show=SHOW)
    monkeypatch.setattr(rooms, "running", lambda: found)
    page = open_page("replay", seq="5")
    assert sent(page, "moment")["entry"] == 5
    assert sent(ask(page, entry=1), "moment")["address"] == f"show={SHOW}&at=T%2B00:06&seq=6"
    assert sent(ask(page, entry=3), "moment")["entry"] == 9
    assert sent(ask(page, entry=9), "moment")["entry"] == 10
    assert sent(ask(page, entry=-2), "moment")["entry"] == 8
    assert [row["text"] for row in sent(page, "axis")["marks"]] == ["200 units Flexible pool → US", "limit 2 EU"]
    found.journal.close()
