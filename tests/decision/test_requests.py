"""Asking units back and lending them: what moves at once, what follows, what a request is for, and when it ends."""

from dashboard.decision import pools
from dashboard.decision.recalls import WAIT
from tests.decision.tape import Tape, tape
from tests.decision.watched import SECOND


@tape()
def test_what_is_free_moves_now_and_what_is_listed_when_it_was_given_back() -> None:
    """
    receive 20 lamp at LA into region/US
    expose 15 lamp on tiktok-us
    t = move 12 lamp from region/US to region/EU          -> not_enough_claims 5
    t = move 12 lamp from region/US to region/EU (recall) -> 5 region/US > region/EU, quantity=7
    fulfil t                                              -> nothing_to_do
    recall 3 lamp from tiktok-us
    fulfil t                                              -> 3 region/US > region/EU
    fulfil t                                              -> nothing_to_do
    recall 9 lamp from tiktok-us
    fulfil t                                              -> 4 region/US > region/EU
    fulfil t                                              -> request_unknown
    undo t                                                -> quantity=12, 12 region/EU > region/US
    """


@tape()
def test_units_that_others_wait_for_are_not_promised_twice() -> None:
    """
    receive 20 lamp at LA into region/US
    expose 20 lamp on tiktok-us
    a = move 15 lamp from region/US to region/EU (recall)  -> nothing moves
    b = move 6 lamp from region/US to flexible (recall)    -> not_enough_claims 5
    b = move 5 lamp from region/US to flexible (recall)    -> nothing moves
    move 1 lamp from region/US to flexible (recall)        -> not_enough_claims 0
    recall 20 lamp from tiktok-us
    fulfil b                                               -> 5 region/US > flexible
    fulfil a                                               -> 15 region/US > region/EU
    """


@tape()
def test_a_request_that_is_withdrawn_leaves_what_came_where_it_came() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 8 lamp on tiktok-us
    t = move 6 lamp from region/US to region/EU (recall)  -> 2 region/US > region/EU
    recall 1 lamp from tiktok-us
    fulfil t                                              -> 1 region/US > region/EU
    ask no longer for t                                   -> missing=3, nothing moves
    ask no longer for t                                   -> request_unknown
    undo t                                                -> quantity=3, asked=3
    """


@tape()
def test_what_is_sold_meanwhile_is_sold() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 10 lamp on tiktok-us
    t = move 6 lamp from region/US to region/EU (recall)  -> nothing moves
    order A on tiktok-us: 8 lamp
    recall 2 lamp from tiktok-us
    fulfil t                                              -> 2 region/US > region/EU
    fulfil t                                              -> nothing_to_do
    """


@tape()
def test_taking_a_move_back_asks_no_longer_for_the_rest_of_it() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 8 lamp on tiktok-us
    t = move 6 lamp from region/US to region/EU (recall)
    undo t                                                -> missing=4, quantity=2, 2 region/EU > region/US
    fulfil t                                              -> request_unknown
    """


@tape()
def test_a_second_undo_replaces_the_first_one_and_nothing_is_asked_back_twice() -> None:
    """
    receive 50 lamp at LA into region/EU
    receive 10 lamp at LA into region/US
    t = move 10 lamp from region/US to region/EU
    expose 60 lamp on amazon-eu
    u = undo t (recall)                                   -> quantity=10, nothing moves
    recall 4 lamp from amazon-eu
    v = undo t (recall)                                   -> missing=10, 4 region/EU > region/US, quantity=6
    fulfil u                                              -> request_unknown
    recall 9 lamp from amazon-eu
    fulfil v                                              -> 6 region/EU > region/US
    undo t (recall)                                       -> not_undoable 0
    """


@tape()
def test_an_undo_of_what_is_all_sold_ends_the_request_for_it() -> None:
    """
    receive 10 lamp at HH into region/US
    t = move 10 lamp from region/US to region/EU
    expose 10 lamp on amazon-eu
    u = undo t (recall)                                   -> quantity=10, nothing moves
    order A on amazon-eu: 10 lamp
    undo t (recall)                                       -> missing=10, nothing moves
    undo t (recall)                                       -> not_undoable 0
    """


@tape()
def test_what_comes_back_in_parts_is_one_undo_and_one_redo() -> None:
    """
    receive 10 lamp at LA into region/US
    t = move 10 lamp from region/US to region/EU
    expose 8 lamp on amazon-eu
    u = undo t (recall)                                   -> 2 region/EU > region/US, asked=10, quantity=8
    recall 5 lamp from amazon-eu
    fulfil u                                              -> undoes=3, asked=8, 5 region/EU > region/US
    r = undo u                                            -> missing=3, quantity=7, 7 region/US > region/EU
    undo t                                                -> quantity=7
    """


@tape()
def test_an_undo_tells_how_many_could_return_and_not_how_many_lie_there() -> None:
    """
    receive 50 lamp at LA into region/US
    receive 10 lamp at LA
    t = move 10 lamp from flexible to region/US
    order A on tiktok-us: 1 lamp
    undo t seen t                                         -> stale_preview 10
    undo t seen t shown 11                                -> stale_preview 10
    expose 55 lamp on tiktok-us
    undo t seen t                                         -> stale_preview 4
    undo t seen t (recall)                                -> stale_preview 10
    undo t seen t shown 10 (recall)                       -> 4 region/US > flexible, quantity=6
    """


@tape()
def test_a_preview_stands_by_what_the_giving_region_keeps() -> None:
    """
    receive 20 lamp at LA into region/US
    look = expose 15 lamp on tiktok-us
    order A on tiktok-us: 5 lamp
    move 6 lamp from region/US to region/EU seen 2 keeping 10           -> stale_preview 5
    move 6 lamp from region/US to region/EU seen 2 keeping 9            -> not_enough_claims 5
    move 5 lamp from region/US to region/EU seen 2 keeping 10           -> 5 region/US > region/EU
    move 3 lamp from region/US to region/EU seen 2 keeping 8 (recall)   -> stale_preview 2
    move 2 lamp from region/US to region/EU seen 2 keeping 8 (recall)   -> quantity=2, nothing moves
    """


@tape()
def test_a_loan_goes_back_as_far_as_it_is_unsold() -> None:
    """
    receive 20 lamp at HH into region/US
    lend 5 lamp from flexible to region/EU as L           -> pool_unknown
    lend 5 lamp from region/US to region/US as L          -> nothing_to_do
    lend 5 lamp from region/US to region/EU as L until -1s -> too_late
    lend 21 lamp from region/US to region/EU as L         -> not_enough_claims 20
    lend 10 lamp from region/US to region/EU as L         -> 10 region/US > region/EU
    lend 1 lamp from region/US to region/EU as L          -> loan_exists
    order A on amazon-eu: 7 lamp
    give back L                                           -> quantity=3, closed=True, 3 region/EU > region/US
    give back L                                           -> not_in_that_state
    lend 1 lamp from region/US to region/EU as L          -> loan_exists
    lend 13 lamp from region/US to region/EU as M
    order B on amazon-eu: 13 lamp
    give back M                                           -> quantity=0, closed=True, nothing moves
    """


@tape()
def test_what_is_listed_of_a_loan_is_asked_back_and_a_withdrawn_request_leaves_it_lent() -> None:
    """
    receive 20 lamp at LA into region/US
    lend 10 lamp from region/US to region/EU as L
    expose 8 lamp on amazon-eu
    b = give back L                                       -> quantity=2, closed=False, quantity=8, 2 region/EU > region/US
    give back L                                           -> not_in_that_state
    ask no longer for b                                   -> missing=8
    b = give back L                                       -> quantity=0, quantity=8, nothing moves
    recall 8 lamp from amazon-eu
    fulfil b                                              -> closed=True, 8 region/EU > region/US
    """


@tape()
def test_lending_may_wait_for_listed_units_and_a_return_ends_the_waiting() -> None:
    """
    receive 20 lamp at LA into region/US
    expose 15 lamp on tiktok-us
    l = lend 10 lamp from region/US to region/EU as L (recall)  -> 5 region/US > region/EU, quantity=5
    recall 2 lamp from tiktok-us
    fulfil l                                                    -> 2 region/US > region/EU
    give back L                                                 -> missing=3, quantity=7, closed=True
    fulfil l                                                    -> request_unknown
    """


@tape()
def test_nobody_fulfils_a_request_for_a_pool_that_has_closed() -> None:
    """
    receive 10 lamp at LA into region/US
    open pool guest with 1 lamp from region/US
    expose 9 lamp on tiktok-us
    t = move 5 lamp from region/US to temporary/guest (recall)  -> nothing moves
    close pool guest to region/EU
    recall 5 lamp from tiktok-us
    fulfil t                                                    -> pool_unknown
    ask no longer for t                                         -> missing=5
    """


@tape()
def test_after_the_close_nothing_is_asked_any_more() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 9 lamp on tiktok-us
    t = move 5 lamp from region/US to region/EU (recall)
    close the show
    fulfil t                                                    -> show_closed
    ask no longer for t                                         -> missing=4
    """


@tape()
def test_a_channel_lists_units_of_a_pool_that_was_opened_for_it() -> None:
    """
    receive 10 lamp at LA into region/US
    open pool guest with 6 lamp from region/US for tiktok-us
    expose 4 lamp on tiktok-us from temporary/guest   -> 4 temporary/guest > channel/tiktok-us, from_pool=temporary/guest
    expose 4 lamp on tiktok-us from temporary/guest   -> not_enough_claims 2
    expose 4 lamp on shopify-us from temporary/guest  -> pool_unknown
    expose 1 lamp on shopify-us from region/EU        -> pool_unknown
    expose 1 lamp on shopify-us from region/US        -> 1 region/US > channel/shopify-us
    recall 4 lamp from tiktok-us                      -> 4 channel/tiktok-us > region/US
    """


@tape()
def test_two_requests_of_one_proposal_do_not_get_in_each_others_way() -> None:
    """
    receive 10 lamp at LA into region/US
    receive 10 ring at LA into region/US
    expose 8 lamp on tiktok-us
    expose 7 ring on tiktok-us
    propose P: move 5 lamp from region/US to region/EU (recall) + move 4 ring from region/US to region/EU (recall)
    approve P           -> 2 lamp region/US > region/EU, 3 ring region/US > region/EU
    recall 8 lamp from tiktok-us
    recall 7 ring from tiktok-us
    fulfil inner        -> 3 lamp region/US > region/EU
    fulfil inner/2      -> 1 ring region/US > region/EU
    undo 8              -> 5 lamp region/EU > region/US
    undo 10             -> 4 ring region/EU > region/US
    """


def test_a_request_is_waited_for_ten_minutes() -> None:
    tape = Tape()
    tape.play(
        """
        receive 10 lamp at LA into region/US
        expose 10 lamp on tiktok-us
        t = move 5 lamp from region/US to region/EU (recall)
        """
    )
    (request,) = tape.show.requests.values()
    assert request.expires == tape.now + WAIT == tape.now + 600 * SECOND


def test_what_can_be_undone_counts_each_listed_unit_for_one_request_only() -> None:
    tape = Tape()
    tape.play(
        """
        receive 10 lamp at LA into region/US
        t = move 10 lamp from region/US to region/EU
        expose 10 lamp on amazon-eu
        """
    )
    seq = tape.seqs["t"]
    assert (pools.undoable(tape.show, seq), pools.undoable(tape.show, seq, recall=True)) == (0, 10)
    tape.line("move 6 lamp from region/EU to flexible (recall)")
    assert pools.undoable(tape.show, seq, recall=True) == 4
