"""The table of lifecycles is the truth: the page is drawn from it, and the machine does what it says."""

from pathlib import Path

import pytest

from dashboard.decision.refusals import Refusal
from dashboard.decision.talk import LIFECYCLES
from tests.decision.lifecycles import page
from tests.decision.tape import Tape

PAGE = Path(__file__).parents[2] / "dashboard" / "decision" / "LIFECYCLES.md"

STOCKED = "receive 10 lamp at LA into region/US"
LENT = "expose 8 lamp on tiktok-us\nr = lend 4 lamp from region/US to region/EU as A (recall)"
RECALLED = "recall 8 lamp from tiktok-us"
RETURNING = "r = give back A\nrecall 4 lamp from amazon-eu"
LIMITED = "t = limit lamp in US to 2"
HOW_TO_REACH = {
    ("show", "open"): "",
    ("show", "closed"): "close the show",
    ("order", "placed"): "order A on tiktok-us: 2 lamp",
    ("order", "shipped"): "order A on tiktok-us: 2 lamp\nship A of tiktok-us",
    ("order", "cancelled"): "order A on tiktok-us: 2 lamp\ncancel A of tiktok-us",
    ("order", "returned"): "order A on tiktok-us: 2 lamp\nship A of tiktok-us\nreturn A of tiktok-us to LA",
    ("shipment", "in_transit"): "send A from LA to NJ: 2 lamp out of region/US",
    ("shipment", "arrived"): "send A from LA to NJ: 2 lamp out of region/US\nA arrives with 2 lamp",
    ("alert", "open"): "alert A",
    ("alert", "acknowledged"): "alert A\nacknowledge A",
    ("alert", "resolved"): "alert A\nresolve A",
    ("proposal", "open"): "propose A: note yes",
    ("proposal", "approved"): "propose A: note yes\napprove A",
    ("proposal", "dismissed"): "propose A: note yes\ndismiss A",
    ("proposal", "withdrawn"): "propose A: note yes\nthe cause of A is gone",
    ("loan", "lent"): f"{LENT}\n{RECALLED}",
    ("loan", "returning"): f"{LENT}\n{RECALLED}\nfulfil r\nexpose 4 lamp on amazon-eu\n{RETURNING}",
    ("loan", "returned"): f"{LENT}\ngive back A",
    ("errand", "open"): LIMITED,
    ("errand", "pushed"): f"{LIMITED}\nerrand of t on tiktok-us is pushed",
    ("errand", "by_hand"): f"{LIMITED}\nerrand of t on tiktok-us is by_hand",
    ("errand", "done"): f"{LIMITED}\nerrand of t on tiktok-us is done",
    ("errand", "failed"): f"{LIMITED}\nerrand of t on tiktok-us is failed",
    ("line", "shown"): "say A on tiktok-us",
    ("line", "said"): "say A on tiktok-us\ntell A",
    ("line", "replaced"): "say A on tiktok-us\nsay B on tiktok-us instead of A",
    ("line", "retracted"): "say A on tiktok-us\nretract A",
}
HOW_TO_ASK = {
    "close_show": "close the show",
    "cancel_order": "cancel A of tiktok-us",
    "ship_order": "ship A of tiktok-us",
    "return_order": "return A of tiktok-us to LA",
    "arrive_shipment": "A arrives with 1 lamp",
    "acknowledge_alert": "acknowledge A",
    "resolve_alert": "resolve A",
    "approve_action": "approve A",
    "dismiss_action": "dismiss A",
    "withdraw_action": "the cause of A is gone",
    "return_loan": "give back A",
    "fulfil_request": "fulfil r",
    "withdraw_request": "ask no longer for r",
    "report_errand": "errand of t on tiktok-us is done",
    "publish_line": "say C on tiktok-us instead of A",
    "retract_line": "retract A",
    "say_line": "tell A",
}
EVERY_QUESTION = [
    (noun, state, command)
    for noun, states in LIFECYCLES.items()
    for state in states
    for command in sorted({name for commands in states.values() for name in commands})
]


def test_the_page_of_lifecycles_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run: python -m tests.decision.lifecycles > dashboard/decision/LIFECYCLES.md"
    )


def test_every_state_leads_to_states_that_exist() -> None:
    for states in LIFECYCLES.values():
        reached = {next(iter(states))} | {
            to for commands in states.values() for many in commands.values() for to in many
        }
        assert reached == set(states)


@pytest.mark.parametrize(("noun", "state", "command"), EVERY_QUESTION)
def test_a_state_takes_the_commands_of_the_table_and_no_others(noun: str, state: str, command: str) -> None:
    tape = Tape()
    tape.play(STOCKED)
    tape.play(HOW_TO_REACH[noun, state])
    refused = isinstance(tape.ask(HOW_TO_ASK[command]), Refusal)
    assert refused == (command not in LIFECYCLES[noun][state])
