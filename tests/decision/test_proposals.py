"""Proposals: several commands in one step, all of them or none, each as the ones before it leave the show."""

from tests.decision.tape import tape


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
