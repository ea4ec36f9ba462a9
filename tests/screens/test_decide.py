"""The deciding column: what calls, in which order; what stands folded; what each press sends, and to whom nothing shows."""

from typing import Any

import pytest

from dashboard import room as rooms
from dashboard.screens import answers, door
from dashboard.screens.panels import alerts, errands
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom, at_second, frame_at
from tests.screens.test_pages import open_page, press, sent

NOW = 2408
FRAME = frame_at(NOW)
PROPOSAL, ALERT = FRAME["proposals"][0], FRAME["alerts"][0]
ERRAND = {"term": 900, "channel": "shopee-my", "kind": "limit", "sku": "HALO-ROSE", "region": "SEA", "platform": "shopee",
          "what": "limit 2 per buyer: Halo ring", "since": at_second(NOW - 60), "state": "by_hand", "note": "", "by": "",
          "settled_at": None, "name": "Shopee MY"}  # fmt: skip


def proposals(*rows: tuple[str, int, bool]) -> list[dict[str, Any]]:
    return [PROPOSAL | {"proposal": name, "cost_minor": cost, "quiet": quiet} for name, cost, quiet in rows]


def names(rows: list[dict[str, Any]]) -> str:
    return " ".join(row.get("proposal") or row["alert"] for row in rows)


@pytest.mark.parametrize(
    ("rows", "shown", "folded"),
    [
        ([("a", 5, False), ("b", 9, False)], "b a", ""),
        ([("a", 5, False), ("b", 9, False), ("c", 7, False)], "b c", "a"),
        ([("a", 5, False), ("q", 2, True), ("r", 3, True)], "a", "r q"),
        ([("a", 5, False), ("q", 9, True)], "q a", ""),
        ([("q", 0, True), ("r", 0, True)], "", "q r"),
        ([("q", 1, True), ("r", 4, True), ("s", 3, True)], "r s", "q"),
    ],
    ids=["costliest first", "more than fit", "quiet is folded", "a costly quiet one shows", "nothing at stake", "none calls"],
)  # fmt: skip
def test_what_is_folded_never_costs_more_than_what_is_shown(rows: Any, shown: str, folded: str) -> None:
    found = alerts.calling(alerts.open_proposals({"proposals": proposals(*rows)}), alerts.PROPOSALS_MAX)
    assert (names(found[0]), names(found[1])) == (shown, folded)


def test_in_a_flood_nothing_costly_is_folded() -> None:
    rows = [(f"p{n}", n * 37 % 101, n % 3 > 0) for n in range(500)]
    shown, folded = alerts.calling(alerts.open_proposals({"proposals": proposals(*rows)}), alerts.PROPOSALS_MAX)
    assert len(shown) == alerts.PROPOSALS_MAX
    assert len(shown) + len(folded) == 500
    assert min(row["cost_minor"] for row in shown) >= folded[0]["cost_minor"]


def test_an_alert_about_the_same_thing_is_told_once_and_critical_ones_come_first() -> None:
    def raised(name: str, severity: str, at: int) -> Any:
        return ALERT | {"alert": name, "severity": severity, "raised_at": at_second(at), "region": name.split(":")[1]}

    rows = [
        raised("watch:US:11", "warning", 10),
        raised("watch:US:12", "warning", 20),
        raised("watch:EU:9", "critical", 5),
    ]
    assert names(alerts.open_alerts({"alerts": rows})) == "watch:EU:9 watch:US:12"


def test_what_waiting_costs_is_said_as_money_and_an_unknown_cost_is_not() -> None:
    assert "if nobody acts −$1,240" in alerts.proposal(FRAME, PROPOSAL | {"cost_minor": 124_000})
    assert "不处理将损失" in alerts.proposal(FRAME, PROPOSAL | {"cost_minor": 124_000}, speaker("zh"))
    assert "if nobody acts" not in alerts.proposal(FRAME, PROPOSAL)


def test_what_somebody_owns_calls_nobody_and_says_who_has_it() -> None:
    taken = ALERT | {"state": "acknowledged", "owner": "Kim"}
    frame = FRAME | {"alerts": [taken], "proposals": []}
    assert alerts.prompts(frame) == []
    assert alerts.taken(frame) == [taken]
    assert "Kim has it" in alerts.owned(frame, taken)


def test_quiet_ones_make_no_sound() -> None:
    assert alerts.prompts(FRAME) == ["A-7", "A-8", "P-31", "P-32"]
    assert alerts.prompts(FRAME | {"alerts": [ALERT | {"quiet": True}], "proposals": []}) == []


@pytest.mark.parametrize(
    ("state", "word"), [("withdrawn", "no longer needed"), ("dismissed", "dismissed"), ("approved", "approved")]
)
def test_what_is_settled_says_how(state: str, word: str) -> None:
    row = PROPOSAL | {"state": state, "decided_by": "kim", "decided_at": at_second(NOW)}
    assert alerts.past(FRAME | {"proposals": [row], "alerts": []}) == [row]
    assert word in alerts.decided(FRAME, row)


def test_what_ran_out_of_time_is_greyed() -> None:
    rows = [PROPOSAL | {"state": "expired"}, ALERT | {"state": "expired"}]
    frame = FRAME | {"proposals": rows[:1], "alerts": rows[1:]}
    assert len(alerts.past(frame)) == 2
    assert all(' gone"' in alerts.decided(frame, row) for row in rows)


def test_a_resolved_alert_is_not_told_with_a_moment_still_to_come() -> None:
    row = ALERT | {"state": "resolved", "raised_at": at_second(60), "decide_by": at_second(7000)}
    assert "20:01 · resolved" in alerts.decided(FRAME, row)


def test_failed_errands_come_first_and_written_ones_only_for_a_minute() -> None:
    rows = [
        ERRAND,
        ERRAND | {"channel": "b", "state": "open"},
        ERRAND | {"channel": "c", "state": "failed", "note": "429"},
    ]
    rows += [ERRAND | {"channel": "d", "state": "pushed", "settled_at": at_second(NOW - 20)}]
    rows += [ERRAND | {"channel": "e", "state": "pushed", "settled_at": at_second(NOW - 90)}]
    frame = FRAME | {"errands": rows}
    assert [row["channel"] for row in errands.waiting(frame)] == ["c", "shopee-my", "b"]
    assert [row["channel"] for row in errands.just_done(frame)] == ["d"]
    assert errands.calling(frame) == 2
    assert "Shopee MY: limit 2 per buyer: Halo ring" in errands.text(frame, ERRAND)
    assert "429" in errands.text(frame, rows[2])


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> FakeRoom:
    fake = FakeRoom()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    plain = fake.latest
    taken = ALERT | {"alert": "A-9", "state": "acknowledged", "owner": "kim"}

    def latest(show: str) -> dict[str, Any]:
        frame = plain(show)
        errand = ERRAND | {"since": at_second(NOW - 60)}
        return frame | {"errands": [errand], "alerts": [*frame["alerts"], taken]}

    monkeypatch.setattr(fake, "latest", latest)
    return fake


def test_dismissing_takes_a_reason(room: FakeRoom) -> None:
    page = open_page("live")
    page.text_input(key="reason_P-31").input("we restock").run()
    page.button(key="no_P-31").click().run()
    (command,) = sent(room, "dismiss_action")
    assert (command["proposal"], command["reason"]) == ("P-31", "we restock")


def test_what_moves_up_sleeps_for_a_moment_so_a_double_click_decides_once(room: FakeRoom) -> None:
    page = open_page("live")
    page.button(key="approve_0_P-31").click().run()
    assert page.button(key="approve_0_P-32").disabled
    assert len(sent(room, "approve_action")) == 1


def test_an_errand_is_ticked_off_once(room: FakeRoom) -> None:
    page = open_page("live")
    page.button(key="tab_hand").click().run()
    press(page, "Done")
    (command,) = sent(room, "report_errand")
    assert (command["term"], command["channel"], command["outcome"]) == (900, "shopee-my", "done")


def test_an_alert_somebody_has_is_resolved_by_hand(room: FakeRoom) -> None:
    page = open_page("live")
    page.button(key="tab_settled").click().run()
    press(page, "Resolve")
    assert [command["alert"] for command in sent(room, "resolve_alert")] == ["A-9"]


def test_a_refused_decision_shows_the_rooms_sentence(monkeypatch: pytest.MonkeyPatch, room: FakeRoom) -> None:
    said = {"status": "refused", "code": "too_late", "seq": None, "would_work": None,
            "sentence": "Proposal P-31 expired: acting no longer helps."}  # fmt: skip
    monkeypatch.setattr(room, "_answer", lambda command: said)
    page = press(open_page("live"), "Approve")
    assert any("acting no longer helps" in html.proto.body for html in page.get("html"))


def test_a_viewer_sees_everything_and_can_press_nothing_that_is_sent(
    monkeypatch: pytest.MonkeyPatch, room: FakeRoom
) -> None:
    monkeypatch.setattr(door, "asking", lambda running: None)
    page = open_page("live")
    assert {str(button.key).partition("_")[0] for button in page.button} <= {"tab", "desk", "decide"}
    assert not [one for one in page.get("bidi_component") if "chime" in str(one.proto)]


def test_a_folded_list_opens_and_its_buttons_decide(monkeypatch: pytest.MonkeyPatch, room: FakeRoom) -> None:
    plain, quiet = room.latest, proposals(("Q-1", 0, True))
    monkeypatch.setattr(room, "latest", lambda show: plain(show) | {"proposals": plain(show)["proposals"] + quiet})
    monkeypatch.setattr(answers, "ASLEEP_SECONDS", 0.0)
    page = press(open_page("live"), "+1 more")
    page.button(key="approve_2_Q-1").click().run()
    assert [command["proposal"] for command in sent(room, "approve_action")] == ["Q-1"]
