"""Pools: transfers, undo and redo, stale previews, temporary pools, what channels are handed."""

from dashboard.decision import machine, pools
from dashboard.decision.refusals import Refusal
from tests.decision.tape import Tape, tape


@tape()
def test_a_transfer_moves_claims_and_no_goods() -> None:
    """
    receive 100 lamp at LA
    move 60 lamp from flexible to region/US -> 60 flexible > region/US
    move 41 lamp from flexible to region/EU -> not_enough_claims 40
    move 40 lamp from flexible to region/EU -> 40 flexible > region/EU
    move 10 lamp from region/EU to region/US -> 10 region/EU > region/US
    """


@tape()
def test_undo_returns_what_is_still_unsold() -> None:
    """
    receive 100 lamp at LA
    t = move 100 lamp from flexible to region/US
    order A on tiktok-us: 60 lamp
    undo t -> quantity=40, asked=100, 40 region/US > flexible
    undo t -> not_undoable 0
    cancel A of tiktok-us -> 60 committed/tiktok-us > region/US, 60 LA/committed > LA/available
    undo t -> quantity=60, asked=60, 60 region/US > flexible
    undo t -> not_undoable 0
    """


@tape()
def test_undoing_an_undo_is_a_redo_and_can_itself_be_undone() -> None:
    """
    receive 100 lamp at LA
    t = move 100 lamp from flexible to region/US
    u = undo t  -> 100 region/US > flexible
    r = undo u  -> 100 flexible > region/US
    undo u      -> not_undoable 0
    s = undo r  -> 100 region/US > flexible
    undo r      -> not_undoable 0
    undo t      -> not_undoable 0
    undo s      -> 100 flexible > region/US
    undo t      -> 100 region/US > flexible
    """


@tape()
def test_no_chain_of_undos_returns_other_peoples_units() -> None:
    """
    receive 300 lamp at LA
    move 100 lamp from flexible to region/US     # these are not the transfer's
    t = move 100 lamp from flexible to region/US
    order A on tiktok-us: 160 lamp
    u = undo t  -> quantity=40, 40 region/US > flexible
    r = undo u  -> quantity=40, 40 flexible > region/US
    cancel A of tiktok-us: 160 lamp
    undo t      -> quantity=100, 100 region/US > flexible
    undo r      -> not_undoable 0
    """


@tape()
def test_three_undos_deep_the_first_transfer_counts_as_returned_again() -> None:
    """
    receive 300 lamp at LA
    move 100 lamp from flexible to region/US
    t = move 100 lamp from flexible to region/US
    u = undo t
    r = undo u
    undo r      -> 100 region/US > flexible
    undo t      -> not_undoable 0
    """


@tape()
def test_units_that_moved_on_or_are_listed_do_not_return() -> None:
    """
    receive 100 lamp at LA
    t = move 50 lamp from flexible to region/US
    expose 20 lamp on tiktok-us
    move 20 lamp from region/US to region/EU
    undo t                          -> quantity=10, 10 region/US > flexible
    recall 20 lamp from tiktok-us
    undo t                          -> quantity=20, 20 region/US > flexible
    """


@tape()
def test_a_preview_is_stale_once_the_pool_it_takes_from_has_moved() -> None:
    """
    look = receive 100 lamp at LA
    move 30 lamp from flexible to region/US
    move 80 lamp from flexible to region/US seen look -> stale_preview 70
    note somebody looked again
    look = note and wrote down the number
    move 70 lamp from flexible to region/US seen look -> 70 flexible > region/US
    """


@tape()
def test_a_preview_is_not_stale_because_of_other_pools_skus_or_sales_elsewhere() -> None:
    """
    receive 50 lamp at LA
    receive 50 ring at LA
    receive 50 lamp at LA into region/US
    look = expose 10 lamp on tiktok-us
    move 5 ring from flexible to region/EU
    order A on tiktok-us: 4 lamp
    order B on tiktok-us: 7 lamp                       # draws one from the region's pool
    move 20 lamp from flexible to region/EU seen look  -> 20 flexible > region/EU
    move 20 lamp from region/US to region/EU seen look -> stale_preview 39
    """


@tape()
def test_an_undo_previewed_before_a_sale_is_stale() -> None:
    """
    receive 100 lamp at LA
    t = move 100 lamp from flexible to region/US
    undo t seen t           -> 100 region/US > flexible
    t = move 100 lamp from flexible to region/US
    order A on tiktok-us: 1 lamp
    undo t seen t           -> stale_preview 99
    undo t                  -> 99 region/US > flexible
    """


@tape()
def test_an_undo_goes_on_while_the_pool_sells_as_long_as_the_shown_units_are_there() -> None:
    """
    receive 100 lamp at LA into region/US
    receive 100 lamp at LA
    t = move 40 lamp from flexible to region/US
    order A on tiktok-us: 70 lamp
    undo t seen t shown 40  -> 40 region/US > flexible
    t = move 40 lamp from flexible to region/US
    order B on tiktok-us: 35 lamp
    undo t seen t shown 40  -> stale_preview 35
    undo t seen t shown 35  -> 35 region/US > flexible
    """


@tape()
def test_a_temporary_pool_is_carved_out_sold_from_refilled_and_sent_home() -> None:
    """
    receive 100 lamp at LA into region/US
    open pool guest with 30 lamp from region/US for tiktok-us+shopify-us -> 30 region/US > temporary/guest
    open pool guest with 1 lamp from region/US       -> pool_exists
    move 5 lamp from region/US to temporary/guest    -> 5 region/US > temporary/guest
    order A on shopify-us: 8 lamp                    -> 8 temporary/guest > committed/shopify-us, 8 LA/available > LA/committed
    close pool guest to temporary/guest              -> nothing_to_do
    close pool guest to region/US                    -> 27 temporary/guest > region/US
    close pool guest                                 -> pool_unknown
    move 1 lamp from region/US to temporary/guest    -> pool_unknown
    open pool guest with 1 lamp from region/US       -> 1 region/US > temporary/guest
    """


@tape()
def test_a_pool_that_closes_sends_every_sku_home() -> None:
    """
    receive 10 lamp at LA
    receive 10 ring at LA
    open pool guest with 4 lamp
    move 3 ring from flexible to temporary/guest
    close pool guest -> 4 lamp temporary/guest > flexible, 3 ring temporary/guest > flexible
    """


@tape()
def test_a_transfer_out_of_a_closed_pool_cannot_be_undone() -> None:
    """
    receive 10 lamp at LA
    open pool guest with 4 lamp
    t = move 4 lamp from temporary/guest to region/US
    close pool guest -> nothing moves
    undo t -> not_undoable
    """


@tape()
def test_exposure_and_cover_come_from_the_channels_region_and_return_there() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 6 lamp on tiktok-us      -> 6 region/US > channel/tiktok-us
    withhold 3 lamp for tiktok-us   -> 3 region/US > cover/tiktok-us
    expose 2 lamp on shopify-us     -> not_enough_claims 1
    recall 7 lamp from tiktok-us    -> not_enough_claims 6
    recall 6 lamp from tiktok-us    -> 6 channel/tiktok-us > region/US
    uncover 4 lamp of tiktok-us     -> not_enough_claims 3
    uncover 3 lamp of tiktok-us     -> 3 cover/tiktok-us > region/US
    """


@tape()
def test_after_the_close_channels_may_still_give_back() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 6 lamp on tiktok-us
    withhold 3 lamp for tiktok-us
    close the show
    recall 6 lamp from tiktok-us             -> 6 channel/tiktok-us > region/US
    uncover 3 lamp of tiktok-us              -> 3 cover/tiktok-us > region/US
    expose 1 lamp on tiktok-us               -> show_closed
    move 1 lamp from region/US to region/EU  -> show_closed
    """


def test_what_an_undo_says_beforehand_is_what_it_does() -> None:
    """ "40 of 100 can return" is read off the same function that decides."""
    tape = Tape()
    tape.play(
        """
        receive 100 lamp at LA
        t = move 100 lamp from flexible to region/US
        order A on tiktok-us: 60 lamp
        """
    )
    said = pools.undoable(tape.show, tape.seqs["t"])
    verdict = tape.ask("undo t")
    assert not isinstance(verdict, Refusal)
    assert (said, verdict[0].quantity, verdict[0].asked) == (40, 40, 100)  # type: ignore[attr-defined]


def test_every_command_has_somebody_who_decides_it() -> None:
    """The table of deciders and the phrases of the tapes are both complete."""
    from dashboard.decision import commands as c
    from tests.decision.tape import PHRASES

    everything = set(c.Command.__subclasses__())
    assert set(machine.DECIDERS) | {c.OpenShow, c.ApproveAction} == everything
    assert {kind for _, kind in PHRASES} | {c.OpenShow} == everything
