"""Both pages run against a room, without a browser: what is drawn, what is sent, what happens on a second press."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import room as rooms
from dashboard.screens import answers
from tests.screens.sample_frame import SHOW, FakeRoom, imported_frame

SCREENS = Path(__file__).resolve().parents[2] / "dashboard" / "screens"


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRoom]:
    fake = FakeRoom()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    return fake


def open_page(name: str, **query: str) -> AppTest:
    page = AppTest.from_file(SCREENS / f"{name}.py", default_timeout=30)
    for key, value in query.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def panels(page: AppTest, what: str = "panels") -> dict[str, Any]:
    sent = [orjson.loads(component.proto.json) for component in page.get("bidi_component")]
    (found,) = [data[what] for data in sent if what in data]
    return found


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label.startswith(label)).click().run()
    assert not page.exception
    return page


def sent(room: FakeRoom, kind: str) -> list[dict[str, Any]]:
    return [command for command in room.sent if command["type"] == kind]


def test_live_draws_every_panel_in_one_message(room: FakeRoom) -> None:
    found = panels(open_page("live"))
    assert "BreezeStyle" in found["strip"]
    assert "06:" in found["board"]
    assert [trace["name"] for trace in panels(open_page("live"), "charts")["curves"]["data"]][:2] == ["sold", "plan"]
    assert "Halo ring" in found["lines"]
    assert "Flexible pool" in found["preview"]
    assert all("failed" not in html for html in found.values())


def test_a_late_channel_is_seen_on_every_panel_it_makes_unsure(room: FakeRoom) -> None:
    page = open_page("live")
    found = panels(page)
    assert 'class="chip late"' in found["channels"]
    assert "Shopee MY: lines withheld" in found["lines"]
    assert " stale" in found["board"]
    assert "SEA · feed 42 s late" in found["map_head"]
    assert "data age · Shopee MY" in found["strip"]
    assert any("rules wait" in html.proto.body for html in page.get("html"))


def test_a_move_sends_one_command_with_the_state_its_numbers_came_from(room: FakeRoom) -> None:
    page = open_page("live")
    page.text_input[0].input("EU spikes")
    press(page, "Move")
    (command,) = sent(room, "reallocate")
    assert command["from_pool"] == "flexible"
    assert command["to_pool"] == "region/EU"
    assert command["reason"] == "EU spikes"
    assert command["actor"] == "operator"
    assert isinstance(command["seen_seq"], int)
    assert any("Moved" in html.proto.body for html in page.get("html"))


def test_after_a_move_the_button_is_new_and_asleep_so_a_second_press_moves_nothing(room: FakeRoom) -> None:
    page = open_page("live")
    old = next(button for button in page.button if button.label.startswith("Move"))
    press(page, "Move")
    new = next(button for button in page.button if button.label.startswith("Move"))
    assert new.id != old.id
    assert new.disabled
    assert page.number_input[0].value is None
    assert len(sent(room, "reallocate")) == 1


def test_a_press_that_arrives_twice_carries_the_same_id_and_moves_once(room: FakeRoom) -> None:
    from dashboard.screens.door import ask

    for _ in range(2):
        answer = ask(room.submit_json, "reallocate", SHOW, "id-1", sku="HALO-ROSE", from_pool="flexible",
                     to_pool="region/EU", quantity=5, seen_seq=10**9, reason="")  # fmt: skip
    assert answer["status"] == "exists"
    assert len(room.moves) == 1


def test_a_stale_preview_shows_the_rooms_sentence_and_keeps_what_was_typed(room: FakeRoom) -> None:
    room.stale_below = 10**9
    page = open_page("live")
    units = page.number_input[0].value
    press(page, "Move")
    assert any("31 are left in the flexible pool" in html.proto.body for html in page.get("html"))
    assert page.number_input[0].value == units
    assert room.moves == []
    room.stale_below = 0
    press(page, "Move")
    first, second = sent(room, "reallocate")
    assert first["id"] == second["id"], "an id is renewed only after an accepted answer"
    assert len(room.moves) == 1


def test_undo_sends_the_entry_and_its_button_shows_the_size(room: FakeRoom) -> None:
    page = open_page("live")
    press(page, "Move")
    page.run()
    quantity = room.moves[0]["quantity"]
    press(page, f"Undo {quantity} of {quantity}")
    (command,) = sent(room, "undo")
    assert command["seq"] == room.moves[0]["seq"]


def test_a_proposal_is_approved_or_dismissed_by_name_and_leaves_the_list(
    monkeypatch: pytest.MonkeyPatch, room: FakeRoom
) -> None:
    page = open_page("live")
    monkeypatch.setattr(answers, "ASLEEP_SECONDS", 0.0)
    press(page, "Approve")
    assert [command["proposal"] for command in sent(room, "approve_action")] == ["P-31"]
    press(page, "Dismiss")
    assert [command["proposal"] for command in sent(room, "dismiss_action")] == ["P-32"]
    assert not [button for button in page.button if button.label in ("Approve", "Dismiss")]


def test_an_alert_is_owned_once(room: FakeRoom) -> None:
    page = open_page("live")
    press(page, "Got it")
    assert [command["alert"] for command in sent(room, "acknowledge_alert")] == ["A-7"]


def test_choosing_an_audience_survives_and_shows_its_lines(room: FakeRoom) -> None:
    page = open_page("live")
    page.selectbox(key="audience_choice").select("EU · de").run()
    assert panels(page)["lines"].count("<q ") == 1


def test_chinese_is_one_word_in_the_address_away(room: FakeRoom) -> None:
    found = panels(open_page("live", lang="zh"))
    assert "直播中" in found["strip"]
    assert "够卖" in found["board"]


def test_without_a_show_live_says_how_to_get_one(room: FakeRoom) -> None:
    room.has_shows = False
    page = open_page("live")
    assert any("No show yet" in html.proto.body for html in page.get("html"))


def test_without_a_room_both_pages_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "running", lambda: None)
    assert any("No room here" in html.proto.body for html in open_page("live").get("html"))
    assert any("Nothing to replay" in html.proto.body for html in open_page("replay").get("html"))


@pytest.mark.parametrize(("second", "badge"), [(-600.0, "ANNOUNCED"), (7300.0, "CLOSED")])
def test_before_and_after_the_show_the_page_stands_too(
    monkeypatch: pytest.MonkeyPatch, second: float, badge: str
) -> None:
    monkeypatch.setattr(rooms, "running", lambda: FakeRoom(second))
    page = open_page("live")
    assert badge in panels(page)["strip"]
    assert bool([button for button in page.button if button.label.startswith("Move")]) == (badge == "ANNOUNCED")


def test_an_imported_show_with_thousands_of_rows_sends_a_small_page(
    monkeypatch: pytest.MonkeyPatch, room: FakeRoom
) -> None:
    frame = imported_frame()
    monkeypatch.setattr(room, "latest", lambda show: frame)
    page = open_page("live")
    assert sum(len(html) for html in panels(page).values()) < 60_000
    assert len(page.selectbox(key="desk_sku").options) <= 310


def test_a_panel_that_fails_leaves_the_others_standing(monkeypatch: pytest.MonkeyPatch, room: FakeRoom) -> None:
    from dashboard.screens.panels import board

    monkeypatch.setattr(board, "html", lambda frame, say: 1 / 0)
    found = panels(open_page("live"))
    assert "this panel failed" in found["board"]
    assert "BreezeStyle" in found["strip"]
