"""Proposals, alerts and moves: order, words, and the size of an undo."""

from dashboard.screens.door import chosen, refusal
from dashboard.screens.panels import alerts, audit, moves
from dashboard.screens.words import speaker
from tests.screens.sample_frame import at_second, frame_at

FRAME = frame_at(2408)
MOVE = FRAME["reallocations"][0]


def test_what_expires_first_is_decided_first() -> None:
    assert [row["proposal"] for row in alerts.open_proposals(FRAME)] == ["P-31", "P-32"]
    decided = frame_at(2408, settled={"P-31": "approved"})
    assert [row["proposal"] for row in alerts.open_proposals(decided)] == ["P-32"]


def test_the_most_severe_alert_comes_first_and_owned_ones_do_not_come() -> None:
    assert [row["alert"] for row in alerts.open_alerts(FRAME)] == ["A-7", "A-8"]
    owned = FRAME | {"alerts": [FRAME["alerts"][0] | {"state": "acknowledged"}]}
    assert alerts.open_alerts(owned) == []


def test_a_proposal_says_what_why_effect_and_until_when() -> None:
    text = alerts.proposal(FRAME, FRAME["proposals"][0])
    for part in ("Limit 2 per buyer", "6.1x its baseline", "20:56", "decide by 2:50"):
        assert part in text
    assert 'class="red"' in alerts.proposal(FRAME, FRAME["proposals"][0] | {"decide_by": at_second(2450)})


def test_what_a_rule_did_by_itself_stays_visible_with_its_reason() -> None:
    row = FRAME["proposals"][0] | {
        "state": "approved",
        "decided_by": "rule:purchase_limit",
        "decided_at": at_second(2400),
    }
    assert [row] == alerts.settled(FRAME | {"proposals": [row]})
    text = alerts.decided(FRAME, row)
    assert "done by rule" in text
    assert "6.1x" in text


def test_moves_of_one_decision_are_one_line_with_one_undo() -> None:
    rows = [MOVE | {"seq": 900 + n, "sku": sku, "quantity": 50, "undoable": n * 10} for n, sku in enumerate("ABCD")]
    (group,) = moves.groups(FRAME | {"reallocations": rows})
    assert moves.label(group) == "Undo 60 of 200"
    assert "4 SKUs" in moves.line(FRAME, group)


def test_an_undo_shows_its_size_and_nothing_left_shows_as_sold() -> None:
    (group,) = moves.groups(FRAME | {"reallocations": [MOVE]})
    assert moves.label(group) == "Undo 31 of 200"
    (group,) = moves.groups(FRAME | {"reallocations": [MOVE | {"undoable": 0}]})
    assert moves.label(group) == "all sold"


def test_a_move_that_took_back_another_says_so() -> None:
    (group,) = moves.groups(FRAME | {"reallocations": [MOVE | {"undoes": 880, "undoable": 0}]})
    assert "taken back" in moves.line(FRAME, group)


def test_the_audit_tells_the_newest_first_on_the_shows_own_clock() -> None:
    text = audit.html(FRAME)
    assert "T+15:00" in text
    assert "#900" in text
    assert "Nothing happened yet" in audit.html(FRAME | {"audit": []})


def test_a_refusal_is_shown_in_the_rooms_words_with_the_number_that_would_work() -> None:
    answer = {"status": "refused", "seq": None, "code": "pool_short", "sentence": "Only 31 are left.", "would_work": 31}
    assert refusal(answer) == "Only 31 are left."
    assert refusal(answer | {"would_work": 30}) == "Only 31 are left. 30 would work."
    assert "sent with other numbers" in refusal(answer | {"status": "exists_with_different_body"})


def test_an_open_show_is_chosen_before_an_announced_and_a_closed_one() -> None:
    rows = [{"show": name, "status": name, "last_seq": seq} for seq, name in enumerate(("closed", "open", "announced"))]
    assert chosen(rows, None) == rows[1]
    assert chosen(rows, "closed") == rows[0]
    assert chosen(rows[::2], "no such show") == rows[2]
    assert chosen([], None) is None


def test_regions_whose_rules_wait_are_named_with_how_late_they_are() -> None:
    text = alerts.suspended(FRAME)
    assert "SEA · feed 42 s late" in text
    assert "rules wait" in text
    assert "规则暂停" in alerts.suspended(FRAME, speaker("zh"))
    assert alerts.suspended(FRAME | {"suspended": []}) == ""
    regions = [FRAME["suspended"][0] | {"region": name} for name in ("US", "EU", "SEA", "<AU>")]
    text = alerts.suspended(FRAME | {"suspended": regions})
    assert text.count("rules wait") == alerts.SUSPENDED_MAX
    assert "+2 more" in text
