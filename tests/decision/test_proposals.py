"""Proposals: several commands in one step, all of them or none, each as the ones before it leave the show."""

import pytest

from dashboard.decision import commands as c, machine
from tests.decision.tape import Tape, command, tape


@tape()
def test_an_approved_proposal_does_all_it_said() -> None:
    """
    receive 10 lamp at LA
    propose P: move 4 lamp from flexible to region/US + expose 3 lamp on tiktok-us + limit lamp in US to 2 -> nothing moves
    approve P -> 4 flexible > region/US, 3 region/US > channel/tiktok-us
    order A on tiktok-us: 3 lamp -> over_limit 2
    approve P -> not_in_that_state
    """


@tape()
def test_one_refused_command_refuses_them_all() -> None:
    """
    receive 10 lamp at LA
    propose P: move 4 lamp from flexible to region/US + move 7 lamp from flexible to region/EU
    approve P -> not_enough_claims 6
    move 10 lamp from flexible to region/US -> 10 flexible > region/US
    dismiss P
    approve P -> not_in_that_state
    """


@tape()
def test_a_refused_proposal_can_be_approved_once_it_works() -> None:
    """
    receive 3 lamp at LA
    propose P: move 4 lamp from flexible to region/US
    approve P             -> not_enough_claims 3
    receive 1 lamp at LA
    approve P             -> 4 flexible > region/US
    """


@tape()
def test_inside_a_proposal_a_pool_opened_before_is_open_and_cannot_be_opened_twice() -> None:
    """
    receive 10 lamp at LA
    propose P: open pool guest with 4 lamp for tiktok-us + move 2 lamp from flexible to temporary/guest
    approve P             -> 4 flexible > temporary/guest, 2 flexible > temporary/guest
    propose Q: open pool star with 1 lamp + open pool star with 1 lamp
    approve Q             -> pool_exists
    """


@tape()
def test_inside_a_proposal_nothing_is_undone_twice() -> None:
    """
    receive 20 lamp at LA
    move 10 lamp from flexible to region/US
    t = move 5 lamp from flexible to region/US
    propose P: undo t + undo t
    approve P             -> not_undoable 0
    """


@tape()
def test_inside_a_proposal_goods_are_sent_once() -> None:
    """
    receive 10 lamp at HH
    propose P: send S from HH to LA: 6 lamp + send T from HH to LA: 6 lamp
    approve P             -> not_enough_claims 4
    propose Q: send S from HH to LA: 5 lamp + send S from HH to LA: 5 lamp
    approve Q             -> shipment_exists
    """


@tape()
def test_what_others_report_is_no_action_that_could_be_proposed() -> None:
    """
    receive 10 lamp at LA into region/US
    propose P: order A on tiktok-us: 1 lamp
    approve P             -> malformed
    propose Q: approve P
    approve Q             -> malformed
    send S from LA to HH: 2 lamp out of region/US
    propose R: S arrives with 2 lamp
    approve R             -> malformed
    """


@tape()
def test_a_proposal_that_closes_the_show_ends_with_that() -> None:
    """
    receive 1 lamp at LA
    propose P: close the show + move 1 lamp from flexible to region/US
    approve P             -> show_closed
    move 1 lamp from flexible to region/US
    """


@tape()
def test_a_proposal_expires_at_its_decide_by() -> None:
    """
    receive 10 lamp at LA
    propose P by +10m: move 1 lamp from flexible to region/US
    later 11m
    approve P             -> too_late
    dismiss P
    """


@tape()
def test_a_proposal_without_commands_is_a_yes_and_nothing_else() -> None:
    """
    propose P: note switch the hero by hand
    approve P             -> nothing moves
    """


@tape()
def test_a_proposal_cannot_settle_itself_from_the_inside() -> None:
    """
    propose P: dismiss P
    approve P             -> not_in_that_state
    """


READY = """
    receive 30 lamp at LA into region/US
    receive 10 ring at HH
    expose 8 lamp on tiktok-us
    withhold 2 lamp for tiktok-us
    quarantine 3 lamp at LA out of region/US
    t = move 10 lamp from region/US to region/EU
    u = move 9 lamp from region/US to flexible (recall)
    recall 1 lamp from tiktok-us
    lend 2 lamp from region/EU to region/US as L
    open pool guest with 1 lamp from region/EU
    term = limit lamp in US to 2
    safety of lamp in US is 4
    alert A
    alert B
    propose Q: note yes
    propose R: note yes
    say S on tiktok-us
"""
EVERY_ACTION = """
    close the show
    receive 1 lamp at LA
    count of lamp at LA is off by -1 in region/EU
    quarantine 1 lamp at LA out of region/EU
    release 1 lamp at LA into region/US
    send X from LA to NJ: 1 lamp out of region/EU
    move 3 lamp from region/EU to region/US
    open pool star with 1 lamp from region/EU
    close pool guest to region/EU
    undo t
    fulfil u
    ask no longer for u
    lend 1 lamp from region/EU to region/US as M
    give back L
    replenish N with 5 lamp
    safety of lamp in US is none
    expose 1 lamp on amazon-eu
    recall 1 lamp from tiktok-us
    withhold 1 lamp for amazon-eu
    uncover 1 lamp of tiktok-us
    limit lamp in US to none
    price of lamp is 4000
    coupon GO for 10 % on lamp in US
    bundle B of lamp+ring for 10 % in US
    on screen ring
    weigh lamp on tiktok-us by 50 %
    list lamp as shared
    errand of term on tiktok-us is done
    alert C
    acknowledge A
    resolve B
    propose T: note yes
    dismiss Q
    the cause of R is gone
    rule watch is on auto
    parameter top_up_units is 120
    guest star with lamp on tiktok-us
    say U on tiktok-us
    retract S
    tell S
    speak en+zh on tiktok-us
    tiktok-us reports 3 lamp
    note done
"""
LINES = [line.strip() for line in EVERY_ACTION.strip().splitlines()]


@pytest.mark.parametrize("line", LINES)
def test_every_action_can_be_proposed_and_trying_it_leaves_no_trace(line: str) -> None:
    """A tape asks everything twice and compares what is remembered; what the approval does is what the command does."""
    proposed, straight = Tape(), Tape()
    proposed.play(READY)
    straight.play(READY)
    proposed.line(f"propose P: {line}")
    approved = proposed.ask("approve P")
    straight.now = proposed.now
    done = straight.watched.ask(command(line, "inner", straight.now, straight.seqs), straight.now)
    assert isinstance(approved, tuple), approved
    assert approved[1:] == done


def test_the_list_of_actions_is_complete() -> None:
    tape = Tape()
    tape.play(READY)
    kinds = {type(command(line, "x", tape.now, tape.seqs)) for line in LINES}
    nobody_wants = {c.IssueClaims}
    assert kinds | set(machine._NO_ACTION) | nobody_wants == set(c.Command.__subclasses__())
