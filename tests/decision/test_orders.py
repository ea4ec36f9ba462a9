"""Orders: where a claim is drawn, which building serves it, and what becomes of it afterwards."""

from dashboard.decision import commands as c
from tests.decision.shows import SHOW
from tests.decision.tape import Tape, tape


@tape()
def test_an_order_moves_its_claim_and_its_goods_in_one_event() -> None:
    """
    receive 100 lamp at LA into region/US  -> 100 issued > region/US, 100 supplier > LA/available
    expose 20 lamp on tiktok-us            -> 20 region/US > channel/tiktok-us
    order A on tiktok-us: 3 lamp to US     -> 3 channel/tiktok-us > committed/tiktok-us, 3 LA/available > LA/committed
    """


@tape()
def test_an_order_binds_late_exposure_first_then_cover_its_temporary_pool_and_its_region() -> None:
    """
    receive 100 lamp at LA into region/US
    expose 2 lamp on tiktok-us
    withhold 1 lamp for tiktok-us
    open pool guest with 3 lamp from region/US for tiktok-us
    order A on tiktok-us: 10 lamp -> 2 channel/tiktok-us > committed/tiktok-us, 1 cover/tiktok-us > committed/tiktok-us,
        3 temporary/guest > committed/tiktok-us, 4 region/US > committed/tiktok-us, 10 LA/available > LA/committed
    """


@tape(draws=("channel", "region", "flexible"))
def test_the_flexible_pool_comes_last_where_the_show_allows_it() -> None:
    """
    receive 10 lamp at LA
    move 4 lamp from flexible to region/US
    expose 1 lamp on tiktok-us
    order A on tiktok-us: 8 lamp -> 1 channel/tiktok-us > committed/tiktok-us, 3 region/US > committed/tiktok-us,
        4 flexible > committed/tiktok-us, 8 LA/available > LA/committed
    """


@tape(draws=("channel",))
def test_a_show_that_draws_from_channels_alone_leaves_the_region_alone() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 2 lamp on tiktok-us
    order A on tiktok-us: 3 lamp -> not_enough_claims 2
    order A on tiktok-us: 2 lamp -> 2 channel/tiktok-us > committed/tiktok-us, 2 LA/available > LA/committed
    """


@tape(draws=("region", "region", "flexible", "channel"))
def test_a_pool_named_twice_gives_its_units_once() -> None:
    """
    receive 5 lamp at LA into region/US
    order A on tiktok-us: 8 lamp -> not_enough_claims 5
    """


@tape()
def test_nobody_sells_from_another_channels_exposure_cover_or_guest_pool() -> None:
    """
    receive 10 lamp at LA into region/US
    expose 4 lamp on shopify-us
    withhold 3 lamp for shopify-us
    open pool guest with 2 lamp from region/US for shopify-us
    order A on tiktok-us: 2 lamp -> not_enough_claims 1
    order A on tiktok-us: 1 lamp -> 1 region/US > committed/tiktok-us, 1 LA/available > LA/committed
    """


@tape()
def test_all_lines_are_served_or_none_is() -> None:
    """
    receive 5 lamp at LA into region/US
    receive 1 ring at LA into region/US
    order A on tiktok-us: 2 lamp, 2 ring -> not_enough_claims 1
    order A on tiktok-us: 2 lamp, 1 ring -> 2 lamp region/US > committed/tiktok-us, 1 ring region/US > committed/tiktok-us,
        2 lamp LA/available > LA/committed, 1 ring LA/available > LA/committed
    """


@tape()
def test_lines_of_the_same_sku_are_added_up_before_they_are_judged() -> None:
    """
    receive 5 lamp at LA into region/US
    limit lamp in US to 4
    order A on tiktok-us: 3 lamp, 3 lamp -> over_limit 4
    limit lamp in US to none
    order A on tiktok-us: 3 lamp, 3 lamp -> not_enough_claims 5
    order A on tiktok-us: 3 lamp, 2 lamp -> 5 region/US > committed/tiktok-us, 5 LA/available > LA/committed
    """


@tape()
def test_the_forward_location_serves_before_the_central_one() -> None:
    """
    receive 4 lamp at LA into region/US
    receive 9 lamp at NJ into region/US
    order A on tiktok-us: 6 lamp -> 6 region/US > committed/tiktok-us, 4 LA/available > LA/committed,
        2 NJ/available > NJ/committed
    """


@tape()
def test_a_location_serves_no_region_without_a_lane() -> None:
    """
    receive 9 lamp at LA into region/EU
    receive 2 lamp at HH into region/EU
    order A on amazon-eu: 3 lamp -> no_location_serves 2
    """


@tape(hands={"LA": 3, "NJ": 2})
def test_hands_are_used_up_forward_first_then_next_door_and_then_the_order_is_late() -> None:
    """
    receive 90 lamp at LA into region/US
    receive 90 lamp at NJ into region/US
    order A on tiktok-us: 2 lamp  -> over_capacity=False, 2 region/US > committed/tiktok-us, 2 LA/available > LA/committed
    order B on tiktok-us: 2 lamp  -> over_capacity=False, 2 region/US > committed/tiktok-us, 1 LA/available > LA/committed,
        1 NJ/available > NJ/committed
    order C on tiktok-us: 2 lamp  -> over_capacity=True, 2 region/US > committed/tiktok-us, 1 NJ/available > NJ/committed,
        1 LA/available > LA/committed
    later 1d                      # tomorrow the hands are there again
    order D on tiktok-us: 3 lamp  -> over_capacity=False, 3 region/US > committed/tiktok-us, 3 LA/available > LA/committed
    """


@tape(hands={"LA": 3, "NJ": 0})
def test_one_order_of_two_skus_counts_its_units_against_the_same_hands() -> None:
    """
    receive 90 lamp at LA into region/US
    receive 90 ring at LA into region/US
    order A on tiktok-us: 2 lamp, 2 ring -> over_capacity=True
    """


@tape(hands={"LA": 3, "NJ": 0}, sells_in_transit=True)
def test_an_order_served_beyond_the_hands_and_partly_from_a_shipment_still_says_so() -> None:
    """
    receive 9 lamp at LA into region/US
    send S from LA to NJ: 4 lamp
    order A on tiktok-us: 7 lamp -> over_capacity=True, presold=2
    """


@tape()
def test_a_price_is_the_buyers_else_the_channels_else_the_shows() -> None:
    """
    receive 99 lamp at LA into region/US
    order A on tiktok-us: 1 lamp@4000 -> prices=4000
    order B on tiktok-us: 1 lamp      -> prices=4900
    price of lamp is 4500
    order C on tiktok-us: 1 lamp      -> prices=4500
    price of lamp is 4300 on tiktok-us
    order D on tiktok-us: 1 lamp      -> prices=4300
    order E on shopify-us: 1 lamp     -> prices=4500
    price of lamp is 0 on tiktok-us
    order F on tiktok-us: 1 lamp      -> prices=0
    """


@tape()
def test_an_order_worth_more_than_can_be_counted_is_refused() -> None:
    """
    receive 9 lamp at LA into region/US
    order A on tiktok-us: 2 lamp@1000000000000000             -> too_many
    order A on tiktok-us: 1 lamp@999999999999999, 2 lamp@1    -> too_many
    order A on tiktok-us: 1 lamp@1000000000000000             -> prices=1000000000000000
    """


@tape()
def test_a_cancelled_unit_returns_to_the_claim_and_the_shelf_it_came_from() -> None:
    """
    receive 2 lamp at LA into region/US
    receive 9 lamp at NJ into region/US
    expose 1 lamp on tiktok-us
    order A on tiktok-us: 4 lamp@100
    cancel A of tiktok-us: 1 lamp   -> revenue_minor=100, whole=False, 1 committed/tiktok-us > channel/tiktok-us,
        1 LA/committed > LA/available
    cancel A of tiktok-us           -> revenue_minor=300, whole=True, 1 committed/tiktok-us > region/US,
        1 LA/committed > LA/available, 2 committed/tiktok-us > region/US, 2 NJ/committed > NJ/available
    cancel A of tiktok-us           -> nothing_to_do 0
    """


@tape()
def test_each_cancelled_unit_gives_back_the_price_it_was_sold_for() -> None:
    """
    receive 9 lamp at LA into region/US
    order A on tiktok-us: 1 lamp@100, 2 lamp@50
    cancel A of tiktok-us: 2 lamp   -> revenue_minor=150
    cancel A of tiktok-us           -> revenue_minor=50
    """


@tape()
def test_a_unit_of_a_closed_pool_goes_to_its_channels_region_when_it_is_cancelled() -> None:
    """
    receive 9 lamp at LA into region/US
    open pool guest with 2 lamp from region/US for tiktok-us
    order A on tiktok-us: 2 lamp    -> 2 temporary/guest > committed/tiktok-us, 2 LA/available > LA/committed
    close pool guest                -> nothing moves
    cancel A of tiktok-us           -> 2 committed/tiktok-us > region/US, 2 LA/committed > LA/available
    """


@tape()
def test_what_was_shipped_can_be_returned_and_no_longer_cancelled() -> None:
    """
    receive 9 lamp at LA into region/US
    order A on tiktok-us: 5 lamp
    ship A of tiktok-us: 2 lamp            -> 2 committed/tiktok-us > shipped/tiktok-us, 2 LA/committed > customer
    cancel A of tiktok-us: 4 lamp          -> too_many 3
    return A of tiktok-us to NJ: 3 lamp    -> too_many 2
    return A of tiktok-us to NJ: 1 lamp    -> 1 shipped/tiktok-us > withdrawn, 1 customer > NJ/unavailable
    return A of tiktok-us to NJ (resellable) -> 1 shipped/tiktok-us > region/US, 1 customer > NJ/available
    return A of tiktok-us to NJ            -> nothing_to_do 0
    ship A of tiktok-us                    -> 3 committed/tiktok-us > shipped/tiktok-us, 3 LA/committed > customer
    ship A of tiktok-us                    -> nothing_to_do 0
    """


@tape()
def test_after_the_close_no_order_comes_but_what_follows_orders_goes_on() -> None:
    """
    receive 9 lamp at LA into region/US
    order A on tiktok-us: 5 lamp
    close the show
    order B on tiktok-us: 1 lamp                        -> show_closed
    cancel A of tiktok-us: 1 lamp                       -> 1 committed/tiktok-us > region/US, 1 LA/committed > LA/available
    ship A of tiktok-us                                 -> 4 committed/tiktok-us > shipped/tiktok-us, 4 LA/committed > customer
    return A of tiktok-us to LA: 1 lamp                 -> 1 shipped/tiktok-us > withdrawn, 1 customer > LA/unavailable
    note it was a good night                            -> nothing moves
    """


@tape()
def test_two_channels_may_use_the_same_order_number() -> None:
    """
    receive 9 lamp at LA into region/US
    order A on tiktok-us: 1 lamp
    order A on shopify-us: 1 lamp   -> 1 region/US > committed/shopify-us, 1 LA/available > LA/committed
    cancel A of shopify-us          -> 1 committed/shopify-us > region/US, 1 LA/committed > LA/available
    cancel A of tiktok-us           -> 1 committed/tiktok-us > region/US, 1 LA/committed > LA/available
    """


@tape()
def test_an_order_notes_what_was_on_screen() -> None:
    """
    receive 9 lamp at LA into region/US
    on screen ring (push)
    order A on tiktok-us: 1 lamp    -> on_screen=ring
    on screen nothing
    order B on tiktok-us: 1 lamp    -> on_screen=
    """


@tape(sells_in_transit=True)
def test_goods_on_the_way_are_sold_after_those_that_lie_there() -> None:
    """
    receive 10 lamp at HH into region/US
    send S from HH to LA: 10 lamp                  -> 10 HH/available > transit/S
    receive 2 lamp at LA into region/US
    order A on tiktok-us: 5 lamp                   -> presold=3, 5 region/US > committed/tiktok-us, 2 LA/available > LA/committed
    order B on tiktok-us: 8 lamp                   -> not_enough_claims 7
    order B on tiktok-us: 7 lamp                   -> presold=7, 7 region/US > committed/tiktok-us
    ship A of tiktok-us: 3 lamp                    -> too_many 2
    ship A of tiktok-us                            -> 2 committed/tiktok-us > shipped/tiktok-us, 2 LA/committed > customer
    S arrives with 4 lamp                          -> 4 transit/S > LA/available, 4 LA/available > LA/committed, closed=False
    ship A of tiktok-us                            -> 3 committed/tiktok-us > shipped/tiktok-us, 3 LA/committed > customer
    ship B of tiktok-us                            -> 1 committed/tiktok-us > shipped/tiktok-us, 1 LA/committed > customer
    cancel B of tiktok-us: 2 lamp                  -> 2 committed/tiktok-us > region/US
    S arrives (final)                              -> not_enough_claims 2
    S arrives with 6 lamp (final)                  -> 6 transit/S > LA/available, 4 LA/available > LA/committed, closed=True
    ship B of tiktok-us                            -> 4 committed/tiktok-us > shipped/tiktok-us, 4 LA/committed > customer
    """


@tape(sells_in_transit=True)
def test_two_presold_skus_of_one_order_are_two_holdings() -> None:
    """
    receive 3 lamp at HH into region/US
    receive 3 ring at HH into region/US
    send S from HH to LA: 3 lamp, 3 ring
    order A on tiktok-us: 1 lamp, 1 ring      -> presold=2, 1 lamp region/US > committed/tiktok-us, 1 ring region/US > committed/tiktok-us
    ship A of tiktok-us                       -> nothing_to_do 0
    cancel A of tiktok-us: 1 ring             -> 1 ring committed/tiktok-us > region/US
    S arrives with 3 lamp, 3 ring             -> closed=True
    ship A of tiktok-us                       -> 1 committed/tiktok-us > shipped/tiktok-us, 1 LA/committed > customer
    """


@tape(sells_in_transit=True)
def test_one_presold_sku_from_two_claims_remembers_both() -> None:
    """
    receive 4 lamp at HH into region/US
    expose 2 lamp on tiktok-us
    send S from HH to LA: 4 lamp
    order A on tiktok-us: 4 lamp              -> presold=4, 2 channel/tiktok-us > committed/tiktok-us, 2 region/US > committed/tiktok-us
    cancel A of tiktok-us                     -> 2 committed/tiktok-us > channel/tiktok-us, 2 committed/tiktok-us > region/US
    """


def test_a_long_tail_of_orders_sells_every_unit_once_and_then_says_zero() -> None:
    """Nothing is left over and nothing is sold twice, whatever sizes the orders have."""
    tape = Tape()
    tape.play("receive 100 lamp at LA into region/US")
    sold = 0
    for number in range(200):
        quantity = number % 7 + 1
        verdict = tape.ask(f"order n{number} on {('tiktok-us', 'shopify-us')[number % 2]}: {quantity} lamp")
        sold += quantity if isinstance(verdict, tuple) else 0
    assert sold == 100
    tape.line("order last on tiktok-us: 1 lamp -> not_enough_claims 0")


def test_a_refusal_and_an_answer_are_values_that_equal_themselves() -> None:
    """Asked by two programs, the same question has the same answer."""
    one, other = Tape(), Tape()
    asked = c.PlaceOrder(id="a", show="night", channel="tiktok-us", order="A", lines=(c.OrderLine("lamp", 1),))
    assert one.watched.ask(asked, one.now) == other.watched.ask(asked, other.now)


@tape()
def test_an_order_may_be_known_before_its_lines_are() -> None:
    """
    receive 5 lamp at LA into region/US
    tiktok-us announces order A            -> nothing moves
    tiktok-us announces order A            -> order_exists
    order A on tiktok-us: 2 lamp           -> 2 region/US > committed/tiktok-us, 2 LA/available > LA/committed
    tiktok-us announces order A            -> order_exists
    nobody announces order B               -> channel_unknown
    """


@tape(
    channels=(c.Channel("youtube-us", "youtube", "US", behind="shopify-us"), c.Channel("shopify-us", "shopify", "US"))
)
def test_a_stream_sells_what_the_shop_behind_it_lists() -> None:
    """
    receive 9 lamp at LA into region/US
    expose 2 lamp on shopify-us
    withhold 1 lamp for shopify-us
    expose 2 lamp on youtube-us            -> nothing_to_do
    order A on youtube-us: 4 lamp -> 2 channel/shopify-us > committed/youtube-us, 1 cover/shopify-us > committed/youtube-us,
        1 region/US > committed/youtube-us, 4 LA/available > LA/committed
    """


@tape()
def test_a_platform_that_lists_cancelled_units_again_keeps_their_claims() -> None:
    """
    receive 9 lamp at LA into region/US
    expose 2 lamp on tiktok-us
    order A on tiktok-us: 3 lamp
    cancel A of tiktok-us (restocked)      -> 2 committed/tiktok-us > channel/tiktok-us, 2 LA/committed > LA/available,
        1 committed/tiktok-us > channel/tiktok-us, 1 LA/committed > LA/available
    """


def test_a_platform_that_does_not_list_them_again_gives_their_claims_to_the_region() -> None:
    tape = Tape()
    tape.play("receive 9 lamp at LA into region/US\nexpose 2 lamp on tiktok-us\norder A on tiktok-us: 2 lamp")
    tape.watched.ask(c.CancelOrder(id="x", show=SHOW, order="A", channel="tiktok-us", restocked=False), tape.now)
    assert tape.show.ledger.claim("lamp", "region/US") == 9


@tape()
def test_an_order_that_was_cancelled_before_its_lines_were_known_is_waited_for_no_longer() -> None:
    """
    receive 5 lamp at LA into region/US
    tiktok-us announces order A
    cancel A of tiktok-us                  -> nothing moves, whole=True
    cancel A of tiktok-us                  -> order_unknown
    order A on tiktok-us: 1 lamp           -> 1 region/US > committed/tiktok-us, 1 LA/available > LA/committed
    """
