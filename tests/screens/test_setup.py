"""Setup: levels and numbers of the rules, why each waits, terms in force; every control sends one command."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import people, room as rooms
from dashboard.decision.parameters import PARAMETERS, RULES
from dashboard.decision.roles import Person
from dashboard.screens import answers
from dashboard.screens.panels import rule_table, term_forms, term_list
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom, at_second, frame_at
from tests.screens.test_pages import open_page, panels, press, sent

CHINESE = speaker("zh").templates()

FRAME = frame_at(2408)
TOP_UP = rule_table.numbers_of("flexible_top_up")[0]
EXPLAINED = [
    {"rule": rule.name, "level": "suggest", "state": "waiting", "region": "US", "sku": "", "channel": "",
     "sentence": "What US has sold is 79.3%, needed >= 85.0%.", "condition": None}
    for rule in RULES
]  # fmt: skip
TERMS: dict[str, Any] = {
    "limits": [{"sku": "HALO-ROSE", "region": "EU", "units_per_order": 2, "since": at_second(0)}],
    "prices": [{"sku": "HALO-ROSE", "channel": "", "price_minor": 4500}],
    "bundles": [{"bundle": "duo", "region": "SEA", "skus": ["HALO-ROSE", "TEMPO-CLIP"], "percent": 10,
                 "since": at_second(0), "expires": None}],
    "safety": [{"sku": "HALO-ROSE", "region": "EU", "units": 10}],
    "splits": [{"sku": "HALO-ROSE", "channel": "amazon-eu", "percent": 50}],
}  # fmt: skip


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> FakeRoom:
    fake = FakeRoom()
    plain = fake.latest
    monkeypatch.setattr(fake, "latest", lambda show: plain(show) | TERMS | {"parameters": {TOP_UP.name: 0.9}})
    monkeypatch.setattr(rooms, "running", lambda: fake)
    monkeypatch.setattr("dashboard.rules.explanations.explain", lambda frame, levels: EXPLAINED)
    monkeypatch.setattr(answers, "ASLEEP_SECONDS", 0.0)
    return fake


def shown(page: AppTest) -> str:
    return " ".join(html.proto.body for html in page.get("html"))


def test_every_rule_says_how_it_stands_and_why(room: FakeRoom) -> None:
    found = panels(open_page("setup"))
    for rule in RULES:
        assert "needed &gt;= 85.0%" in found[f"rule_{rule.name}"]
    assert "numbers changed" in found["strip"]


def test_a_level_is_set_with_one_command(room: FakeRoom) -> None:
    page = open_page("setup")
    page.button_group(key="level_drift").set_value("auto").run()
    (command,) = sent(room, "set_autonomy")
    assert (command["rule"], command["level"]) == ("drift", "auto")


def test_a_level_for_all_stands_on_top(room: FakeRoom) -> None:
    page = open_page("setup")
    page.button_group(key="level_all").set_value("off").run()
    (command,) = sent(room, "set_autonomy")
    assert (command["rule"], command["level"]) == ("all", "off")


def test_a_number_is_set_and_reset_with_one_command_each(room: FakeRoom) -> None:
    page = open_page("setup")
    assert page.number_input(key=f"value_{TOP_UP.name}").value == 0.9
    page.number_input(key=f"value_{TOP_UP.name}").set_value(0.8).run()
    press(page, "Default")
    first, second = sent(room, "set_parameter")
    assert (first["parameter"], first["value"]) == (TOP_UP.name, 0.8)
    assert (second["parameter"], second["value"]) == (TOP_UP.name, None)
    assert first["id"] != second["id"]


def test_a_refused_number_shows_its_sentence_and_the_control_goes_back(
    monkeypatch: pytest.MonkeyPatch, room: FakeRoom
) -> None:
    page = open_page("setup")
    said = {"status": "refused", "code": "out_of_range", "seq": None, "would_work": 1,
            "sentence": "top_up_sold_share is 7 share; it takes 0 to 1."}  # fmt: skip
    monkeypatch.setattr(room, "_answer", lambda command: said)
    page.number_input(key=f"value_{TOP_UP.name}").set_value(7.0).run()
    assert "it takes 0 to 1." in shown(page)
    assert page.number_input(key=f"value_{TOP_UP.name}").value == 0.9


def test_a_number_entered_as_it_is_and_a_level_pressed_again_send_nothing(room: FakeRoom) -> None:
    page = open_page("setup")
    page.button_group(key="level_drift").set_value("suggest").run()
    page.number_input(key=f"value_{TOP_UP.name}").set_value(0.9).run()
    page.button(key="rule_open_drift").click().run()
    assert room.sent == []


def test_numbers_of_another_rule_are_one_press_away(room: FakeRoom) -> None:
    page = open_page("setup")
    page.button(key="rule_open_drift").click().run()
    assert {one.key for one in page.number_input if str(one.key).startswith("value_")} == {
        f"value_{one.name}" for one in rule_table.numbers_of("drift")
    }


def test_a_limit_is_set_by_hand_once(room: FakeRoom) -> None:
    page = open_page("setup")
    page.number_input(key="term_limit_units").set_value(3).run()
    press(page, "Set")
    (command,) = sent(room, "set_limit")
    assert (command["sku"], command["region"], command["units_per_order"]) == ("HALO-ROSE", "US", 3)
    assert next(button for button in page.button if button.label == "Set").disabled, "the same again takes a change"


def test_a_refused_term_shows_the_rooms_sentence_and_keeps_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, room: FakeRoom
) -> None:
    page = open_page("setup")
    said = {"status": "refused", "code": "nothing_to_do", "seq": None, "would_work": None,
            "sentence": "The limit on HALO-ROSE in US is that already."}  # fmt: skip
    monkeypatch.setattr(room, "_answer", lambda command: said)
    page.number_input(key="term_limit_units").set_value(3).run()
    press(page, "Set")
    assert "is that already" in shown(page)
    assert page.number_input(key="term_limit_units").value == 3


@pytest.mark.parametrize(
    ("key", "kind", "fields"),
    [
        ("lift_set_limit:HALO-ROSE:EU:None", "set_limit", {"units_per_order": None}),
        ("lift_set_coupon:PULSE-BLACK:SEA:BREEZE15:0", "set_coupon", {"percent": 0}),
        ("lift_set_safety:HALO-ROSE:EU:None", "set_safety", {"units": None}),
        ("lift_set_split:amazon-eu:HALO-ROSE:100", "set_split", {"percent": 100}),
        ("lift_set_on_screen:", "set_on_screen", {"sku": ""}),
    ],
)
def test_a_term_is_lifted_with_one_command(room: FakeRoom, key: str, kind: str, fields: dict[str, Any]) -> None:
    page = open_page("setup")
    page.button(key=key).click().run()
    assert not page.exception
    (command,) = sent(room, kind)
    assert fields.items() <= command.items()


def test_a_viewer_reads_everything_and_has_no_control(monkeypatch: pytest.MonkeyPatch, room: FakeRoom) -> None:
    monkeypatch.setattr(people.People, "here", lambda self, headers: Person("vic", "viewer"))
    page = open_page("setup")
    assert not page.number_input
    assert not page.button_group
    assert all(str(button.key).startswith("rule_open_") for button in page.button)
    assert "HALO" in shown(page) or "Halo" in shown(page)


def test_a_strategist_sets_terms_and_no_numbers(monkeypatch: pytest.MonkeyPatch, room: FakeRoom) -> None:
    monkeypatch.setattr(people.People, "here", lambda self, headers: Person("sam", "strategist"))
    page = open_page("setup")
    assert [one.key for one in page.number_input] == ["term_limit_units"]
    keys = {str(button.key) for button in page.button}
    assert any(key.startswith("lift_set_limit") for key in keys)
    assert not any(key.startswith("lift_set_safety") for key in keys)


def test_every_term_in_force_is_listed_and_a_price_has_no_lift() -> None:
    found = term_list.in_force(FRAME | TERMS)
    assert [term.kind for term in found] == ["on screen", "limit", "coupon", "price", "bundle", "safety", "split"]
    assert [term.kind for term in found if not term.command] == ["price"]


@pytest.mark.parametrize(
    ("kind", "typed", "command"),
    [
        ("limit", {"sku": "A", "region": "EU", "units": None}, None),
        ("price", {"sku": "A", "channel": "", "price": 45.5}, {"sku": "A", "channel": "", "price_minor": 4550}),
        ("screen", {"sku": "A", "push": None}, {"sku": "A", "push": False}),
        ("bundle", {"bundle": "duo", "region": "EU", "skus": ["A"], "percent": 5}, None),
        ("safety", {"sku": "A", "region": "EU", "count": None}, {"sku": "A", "region": "EU", "units": None}),
        ("safety", {"sku": "A", "region": "EU", "count": 0}, {"sku": "A", "region": "EU", "units": 0}),
        ("split", {"channel_one": "x", "sku": "A", "weight": 0}, {"channel": "x", "sku": "A", "percent": 0}),
    ],
)
def test_what_is_typed_becomes_one_command_or_none_while_something_is_missing(
    kind: str, typed: dict[str, Any], command: Any
) -> None:
    assert term_forms.command_of(kind, FRAME, typed) == command


def test_a_coupon_lasts_the_minutes_typed_or_until_the_close() -> None:
    typed = {"sku": "A", "region": "EU", "code": " X ", "percent": 10, "minutes": 10}
    made, open_end = (term_forms.command_of("coupon", FRAME, typed | {"minutes": minutes}) for minutes in (10, None))
    assert made is not None
    assert open_end is not None
    assert made["code"] == "X"
    assert open_end["expires"] - made["expires"] == round((7200 - 2408 - 600) * 1e6)


def test_the_deepest_percent_covers_cost_way_and_fee_on_the_worst_shop_of_the_region() -> None:
    frame = FRAME | {"lanes": [{"region": "EU", "landed_cost_minor": 300}, {"region": "EU", "landed_cost_minor": 500}]}
    frame["channels"] = [row | {"fee_per_mille": 100} for row in FRAME["channels"]]
    assert term_forms.deepest_percent(frame, "HALO-ROSE", "EU") == 54
    cheap = frame | {"prices": [{"sku": "HALO-ROSE", "channel": "amazon-eu", "price_minor": 2500}]}
    assert term_forms.deepest_percent(cheap, "HALO-ROSE", "EU") == 11
    typed = {"sku": "HALO-ROSE", "region": "EU"}
    assert term_forms.note("coupon", frame, typed) == "margin allows at most 54%"


def test_a_number_says_unit_default_range_and_whether_it_was_changed() -> None:
    text = rule_table.number_text(TOP_UP, FRAME | {"parameters": {TOP_UP.name: 0.9}})
    for part in ("top up sold share", "share", "default 0.85", "0–1", "changed"):
        assert part in text
    assert "changed" not in rule_table.number_text(TOP_UP, FRAME)


def test_who_changed_what_last_is_told() -> None:
    rows = [{"seq": 9, "at": at_second(60), "actor": "kim", "type": "parameter_set", "what": "limit_units set to 3"},
            {"seq": 8, "at": at_second(50), "actor": "x", "type": "exposed", "what": "5 listed"}]  # fmt: skip
    text = rule_table.changes(FRAME | {"audit": rows})
    assert "kim" in text
    assert "listed" not in text


def test_every_rule_has_a_chinese_name_and_help_and_every_number_belongs_to_a_rule() -> None:
    words = {rule_table.title(rule.name) for rule in RULES} | {rule.help for rule in RULES}
    assert not sorted(words - set(CHINESE))
    assert {one.rule for one in PARAMETERS} <= {"", *(rule.name for rule in RULES)}
    assert rule_table.title("drift", speaker("zh")) == "平台偏差"
