"""The desk's four modes without a browser: what each sends, what each asks before, and what a click on the map fills."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import people, room as rooms
from dashboard.decision.roles import Person
from dashboard.screens import keys, transfer
from dashboard.screens.panels import guest, lend, moves, ship
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom, at_second, frame_at
from tests.screens.test_pages import open_page, panels, press, sent

CHINESE = speaker("zh").templates()

FRAME = frame_at(2408)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRoom]:
    fake = FakeRoom()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    return fake


def said(page: AppTest) -> str:
    return " ".join(html.proto.body for html in page.get("html") if "said" in html.proto.body)


def in_mode(mode: str, /, **fields: Any) -> AppTest:
    """Open Live in a mode with some fields chosen, as a click would do."""
    page = open_page("live")
    page.session_state["desk_wanted"] = {"mode": mode, **fields}
    page.run()
    assert not page.exception
    return page


def test_typing_and_sliding_say_the_same_and_the_allocator_fills_both(room: FakeRoom) -> None:
    page = open_page("live")
    page.number_input(key="desk_units_0").set_value(33).run()
    assert page.slider(key="desk_slide_0").value == 33
    page.slider(key="desk_slide_0").set_value(21).run()
    assert page.number_input(key="desk_units_0").value == 21
    press(page, "Take 90")
    assert page.number_input(key="desk_units_0").value == page.slider(key="desk_slide_0").value == 90


def test_nothing_is_offered_to_take_before_the_allocator_has_spoken_or_where_it_advises_nothing(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = in_mode("move", sku="HALO-ROSE", from_pool="region/SEA", to_pool="region/EU", units=None)
    (button,) = (one for one in page.button if one.key == "desk_says")
    assert (button.label, button.disabled) == ("Advises none", True)
    monkeypatch.setattr(room, "latest", lambda show: frame_at(2408) | {"allocation": None})
    assert not [one for one in open_page("live").button if one.key == "desk_says"]


def test_a_region_as_donor_sends_what_it_keeps_and_asks_its_platforms(room: FakeRoom) -> None:
    page = in_mode("move", sku="HALO-ROSE", from_pool="region/SEA", to_pool="region/EU", units=40)
    press(page, "Move 40")
    (command,) = sent(room, "reallocate")
    assert command["recall"] is True
    assert command["keeps"] >= 0
    assert "seen_seq" not in command


def test_a_stale_preview_asks_to_confirm_the_new_numbers(room: FakeRoom) -> None:
    room.stale_below = 10**9
    page = press(open_page("live"), "Move")
    assert "31 are left in the flexible pool. The numbers above are new: press again to confirm." in said(page)
    assert room.moves == []


def test_a_shipment_on_a_known_route_carries_its_hours_and_its_pool(room: FakeRoom) -> None:
    page = in_mode("ship", sku="PULSE-BLACK", from_location="SZX", to_location="LAX", units=12)
    assert "Los Angeles" in panels(page)["preview"]
    assert "$8 landed" in panels(page)["preview"], "the lane and the way there"
    assert page.number_input(key="ship_hours").disabled
    press(page, "Ship 12")
    (command,) = sent(room, "start_shipment")
    assert command["lines"] == [{"sku": "PULSE-BLACK", "quantity": 12}]
    assert command["mode"] == "air"
    assert 1790 < command["eta"] / 1e6 - room.clock() / 1e6 < 1810


def test_goods_that_arrive_after_the_show_are_sent_only_when_somebody_says_why(room: FakeRoom) -> None:
    page = in_mode("ship", sku="HALO-ROSE", from_location="SZX", to_location="HAM", units=12)
    assert "Arrives after sell-out: EU sells out" in panels(page)["preview"]
    button = lambda: next(one for one in page.button if one.label == "Ship 12")  # noqa: E731
    assert button().disabled
    page.checkbox(key="ship_anyway_0").check().run()
    assert button().disabled, "a tick without a reason"
    page.text_input(key="ship_reason_0").input("next show").run()
    press(page, "Ship 12")
    assert sent(room, "start_shipment")[0]["reason"] == "next show"


def test_an_arrival_is_taken_in_by_parts_and_closed(room: FakeRoom) -> None:
    page = in_mode("ship", which="S-104")
    page.number_input(key="ship_arrived_0").set_value(200).run()
    page.number_input(key="ship_lost_0").set_value(3).run()
    page.checkbox(key="ship_final_0").check().run()
    press(page, "Take in 200")
    (command,) = sent(room, "arrive_shipment")
    assert command["shipment"] == "S-104"
    assert command["lines"] == [{"sku": "PULSE-BLACK", "quantity": 200}]
    assert command["lost"] == [{"sku": "PULSE-BLACK", "quantity": 3}]
    assert command["final"] is True


def test_more_than_is_on_the_way_cannot_arrive(room: FakeRoom) -> None:
    page = in_mode("ship", which="S-104")
    page.number_input(key="ship_arrived_0").set_value(200).run()
    page.number_input(key="ship_lost_0").set_value(41).run()
    assert next(one for one in page.button if one.label == "Take in 200").disabled


def test_a_loan_goes_back_at_the_time_on_the_lenders_clock(room: FakeRoom) -> None:
    page = in_mode("lend", sku="HALO-ROSE", from_pool="region/SEA", to_pool="region/EU", units=20)
    assert "what is unsold goes back at 22:00" in panels(page)["preview"], "the show ends before SEA's morning"
    press(page, "Lend 20")
    (command,) = sent(room, "lend_units")
    assert command["returns_at"] == 1_773_496_800_000_000
    assert command["recall"] is True
    assert command["loan"].startswith("L-")


@pytest.mark.parametrize(("ends", "usual"), [(at_second(7200), "22:00"), (at_second(3 * 86400), "06:00")])
def test_a_loan_is_given_until_the_lenders_morning_or_the_end_of_the_show(ends: str, usual: str) -> None:
    assert lend.usual_time(FRAME | {"ends_at": ends}, "region/SEA").strftime("%H:%M") == usual


def test_a_guest_is_announced_and_gets_a_pool_of_the_flexible_one(room: FakeRoom) -> None:
    page = in_mode("guest", name="Ana", sku="TEMPO-CLIP", channels=["tiktok-us"], units=30, minutes=20)
    press(page, "Set apart 30")
    (announced,), (opened,) = sent(room, "announce_guest"), sent(room, "open_pool")
    assert announced["ends_at"] - announced["starts_at"] == 20 * 60_000_000
    assert (opened["name"], opened["quantity"], opened["from_pool"]) == ("Ana", 30, "flexible")
    assert opened["channels"] == ["tiktok-us"]
    assert announced["id"] != opened["id"]


def test_modes_are_offered_to_who_may_ask_their_commands(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people.People, "here", lambda self, headers: Person("ann", "strategist"))
    page = in_mode("ship", which="S-104")
    assert not [one for one in page.button if one.label.startswith("Take in") and one.key.startswith("ship")]


@pytest.mark.parametrize(
    ("what", "filled"),
    [
        ("country/DE", {"mode": "move", "to_pool": "region/EU"}),
        ("location/HAM", {"mode": "ship", "from_location": "HAM"}),
        ("shipment/S-104", {"mode": "ship", "which": "S-104"}),
        ("country/BR", {}),
        ("nonsense", {}),
    ],
)
def test_a_click_on_the_map_fills_the_form(room: FakeRoom, what: str, filled: dict[str, str]) -> None:
    page = open_page("live")
    page.run()
    transfer.clicked(FRAME, what)
    wanted = transfer.forms.wanted()
    assert {key: value for key, value in wanted.items() if key in filled} == filled
    assert bool(wanted) == bool(filled)


def test_a_click_is_called_once_and_never_where_no_desk_is_drawn() -> None:
    transfer.forms.want(mode="ship", selected="location/HAM")
    assert not transfer.called(FRAME | {"status": "closed"})
    assert [transfer.called(FRAME), transfer.called(FRAME)] == [True, False]
    transfer.forms.wanted()


def test_a_low_building_that_is_clicked_gets_goods(room: FakeRoom) -> None:
    low = FRAME | {"locations": [row | {"state": "low"} for row in FRAME["locations"]]}
    transfer.clicked(low, "location/LAX")
    assert transfer.forms.wanted()["to_location"] == "LAX"


def test_what_is_selected_is_seen_and_can_be_cleared(room: FakeRoom) -> None:
    page = in_mode("ship", selected="location/HAM", from_location="HAM")
    press(page, "selected: Hamburg")
    assert not [one for one in page.button if one.label.startswith("selected")]


def test_modes_and_keys_are_said_in_both_languages() -> None:
    phrases = [word for _, word in transfer.MODES] + [key.help for key in keys.KEYS] + [text for _, text in keys.OTHERS]
    assert not set(phrases) - set(CHINESE)
    told = keys.told(speaker("zh"))
    assert told["press"] == {"a": "approve_", "d": "dismiss_", "u": "undo_"}
    assert [letter for letter, _ in told["help"]] == ["A", "D", "U", "J / K", "Enter", "?", "Esc"]


def test_under_the_desk_stands_first_what_belongs_to_its_mode() -> None:
    request = {"request": "r-1", "sku": "HALO-ROSE", "from_pool": "region/SEA", "to_pool": "region/EU", "quantity": 85,
               "moved": 60, "missing": 25, "since": at_second(2400), "expires": at_second(3000), "by": "ann",
               "undoes": None, "loan": ""}  # fmt: skip
    loan = {"loan": "L-1", "sku": "HALO-ROSE", "from_pool": "region/US", "to_pool": "region/EU", "quantity": 50, "unsold": 20,
            "since": at_second(0), "returns_at": at_second(7200), "by": "ann", "returned": 0, "state": "lent"}  # fmt: skip
    guests = [{"guest": "Ana", "sku": "TEMPO-CLIP", "channels": [], "starts_at": at_second(0), "ends_at": at_second(3600),
               "units": 30, "pool": "temporary/Ana", "closed": False}]  # fmt: skip
    frame = FRAME | {"requests": [request], "loans": [loan], "guests": guests}
    lines = {mode: moves.lines(frame, lambda rows: [], mode) for mode in ("move", "ship", "lend", "guest")}
    assert "85 asked back" in lines["move"][0].html
    assert "60 came, 25 missing" in lines["move"][0].html
    assert lines["move"][0].label == "Withdraw"
    assert [row.label for row in lines["ship"][:2]] == ["Take in", "Take in"]
    assert "20 unsold" in lines["lend"][0].html
    assert lines["guest"][0].key == "close_Ana"
    assert all(any(row.key.startswith("undo_") for row in rows) for rows in lines.values()), "U works in every mode"


def test_what_an_undo_brings_back_is_told_before_free_and_listed() -> None:
    row = FRAME["reallocations"][0] | {"quantity": 100, "undoable": 40, "undoable_now": 15}
    (group,) = moves.groups(FRAME | {"reallocations": [row]})
    assert moves.window(group) == "40 of 100 can return: 15 now, 25 listed"
    (back,) = moves.groups(FRAME | {"reallocations": [row | {"undoes": 880}]})
    assert moves.label(back) == "Redo 40 of 100"


def test_the_opening_split_is_not_undone_by_a_key() -> None:
    before = FRAME["reallocations"][0] | {"at": at_second(-60)}
    (line,) = moves.lines(FRAME | {"reallocations": [before]}, lambda rows: [])
    assert line.key.startswith("recall_")


def test_one_building_or_one_region_have_nothing_to_ship_or_lend(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = FRAME | {"locations": FRAME["locations"][:1], "regions": FRAME["regions"][:1]}
    monkeypatch.setattr(room, "latest", lambda show: alone)
    for mode, sentence in (("ship", "There is one building"), ("lend", "There is one region")):
        assert any(sentence in html.proto.body for html in in_mode(mode).get("html"))
    assert guest.sellers(alone)
    assert [row["shipment"] for row in ship.under_way(FRAME)] == ["S-104", "S-098"]
