"""Stock: goods in and out of buildings, on their way, lost, and sold before they arrive."""

from tests.decision.tape import tape


@tape()
def test_received_goods_bring_as_many_claims() -> None:
    """
    receive 10 lamp at LA                  -> 10 issued > flexible, 10 supplier > LA/available
    receive 5 lamp at HH into region/EU    -> 5 issued > region/EU, 5 supplier > HH/available
    issue 1 lamp                           -> not_enough_goods 0
    """


@tape()
def test_a_count_corrects_both_books() -> None:
    """
    receive 10 lamp at LA
    count of lamp at LA is off by 2     -> 2 issued > flexible, 2 supplier > LA/available
    count of lamp at LA is off by -5    -> 5 flexible > issued, 5 LA/available > supplier
    count of lamp at LA is off by -8    -> not_enough_claims 7
    count of lamp at HH is off by -1    -> not_enough_goods 0
    count of lamp at LA is off by 0     -> nothing_to_do
    """


@tape()
def test_quarantined_units_leave_the_sale_with_their_claims_and_return_with_them() -> None:
    """
    receive 10 lamp at LA
    quarantine 4 lamp at LA             -> 4 flexible > withdrawn, 4 LA/available > LA/unavailable
    quarantine 7 lamp at LA             -> not_enough_claims 6
    release 5 lamp at LA                -> not_enough_claims 4
    release 1 lamp at HH                -> not_enough_goods 0
    release 3 lamp at LA into region/US -> 3 withdrawn > region/US, 3 LA/unavailable > LA/available
    """


@tape()
def test_a_shipment_takes_its_claims_off_sale_until_it_arrives() -> None:
    """
    receive 10 lamp at HH into region/EU
    receive 10 lamp at HH into region/EU
    send S from HH to LA: 8 lamp by sea out of region/EU into region/US -> 8 region/EU > withdrawn, 8 HH/available > transit/S
    S arrives with 5 lamp        -> closed=False, 5 transit/S > LA/available, 5 withdrawn > region/US
    S arrives with 4 lamp        -> too_many 3
    S arrives with 3 lamp        -> closed=True, 3 transit/S > LA/available, 3 withdrawn > region/US
    S arrives with 1 lamp        -> not_in_that_state
    """


@tape()
def test_units_lost_on_the_way_leave_both_books() -> None:
    """
    receive 10 lamp at HH
    receive 10 ring at HH
    send S from HH to LA: 6 lamp, 4 ring
    S arrives with 2 lamp, lost 1 lamp  -> closed=False, 2 transit/S > LA/available, 2 withdrawn > flexible, 1 transit/S > supplier,
        1 withdrawn > issued
    S arrives with 3 ring (final)       -> closed=True, 3 ring transit/S > LA/available, 3 ring withdrawn > flexible,
        3 lamp transit/S > supplier, 3 lamp withdrawn > issued, 1 ring transit/S > supplier, 1 ring withdrawn > issued
    """


@tape()
def test_a_shipment_may_arrive_after_the_close() -> None:
    """
    receive 10 lamp at HH
    send S from HH to LA: 6 lamp
    close the show
    S arrives (final)            -> closed=True, 6 transit/S > supplier, 6 withdrawn > issued
    send T from HH to LA: 4 lamp -> show_closed
    """


@tape()
def test_a_shipment_lands_in_the_flexible_pool_when_its_own_has_closed() -> None:
    """
    receive 10 lamp at HH
    open pool guest with 4 lamp
    send S from HH to LA: 4 lamp out of temporary/guest
    close pool guest
    S arrives with 4 lamp -> 4 transit/S > LA/available, 4 withdrawn > flexible
    """


@tape()
def test_lines_of_one_sku_are_one_load() -> None:
    """
    receive 10 lamp at HH
    send S from HH to LA: 6 lamp, 5 lamp -> not_enough_claims 10
    send S from HH to LA: 6 lamp, 4 lamp -> 10 flexible > withdrawn, 10 HH/available > transit/S
    S arrives with 5 lamp, 6 lamp        -> too_many 10
    S arrives with 5 lamp, 5 lamp        -> closed=True
    """


@tape(sells_in_transit=True)
def test_where_goods_are_sold_on_the_way_a_shipment_keeps_its_claims() -> None:
    """
    receive 10 lamp at HH into region/US
    send S from HH to LA: 10 lamp  -> 10 HH/available > transit/S
    move 4 lamp from region/US to region/EU
    S arrives with 7 lamp          -> 7 transit/S > LA/available, closed=False
    S arrives, lost 3 lamp         -> 3 transit/S > supplier, 3 region/US > issued, closed=True
    """


@tape(sells_in_transit=True)
def test_lost_units_take_free_claims_from_the_shipments_pool_first_then_from_the_others() -> None:
    """
    receive 10 lamp at HH
    move 4 lamp from flexible to region/EU
    open pool guest with 2 lamp
    send S from HH to LA: 10 lamp into region/EU
    S arrives (final)   -> 10 transit/S > supplier, 4 region/EU > issued, 4 flexible > issued, 2 temporary/guest > issued
    """


@tape(sells_in_transit=True)
def test_units_that_are_listed_cannot_be_lost_before_they_are_recalled() -> None:
    """
    receive 10 lamp at HH into region/US
    expose 6 lamp on tiktok-us
    send S from HH to LA: 10 lamp
    S arrives (final)                -> not_enough_claims 4
    recall 6 lamp from tiktok-us
    S arrives (final)                -> closed=True
    """


@tape(sells_in_transit=True)
def test_units_that_buyers_wait_for_cannot_be_lost_even_while_other_regions_hold_free_ones() -> None:
    """
    receive 10 lamp at HH into region/US
    send S from HH to LA: 10 lamp
    receive 10 lamp at HH into region/EU
    order A on tiktok-us: 10 lamp         -> presold=10
    S arrives with 4 lamp, lost 6 lamp    -> not_enough_claims 0
    cancel A of tiktok-us: 6 lamp
    S arrives with 4 lamp, lost 6 lamp    -> 4 transit/S > LA/available, 4 LA/available > LA/committed, 6 transit/S > supplier,
        6 region/US > issued
    """


@tape(sells_in_transit=True)
def test_arrived_units_go_to_those_who_waited_longest() -> None:
    """
    receive 9 lamp at HH into region/US
    send S from HH to LA: 9 lamp
    order A on tiktok-us: 2 lamp
    order B on shopify-us: 4 lamp
    order C on tiktok-us: 3 lamp
    S arrives with 4 lamp      -> 4 transit/S > LA/available, 4 LA/available > LA/committed
    ship A of tiktok-us        -> 2 committed/tiktok-us > shipped/tiktok-us, 2 LA/committed > customer
    ship B of shopify-us       -> 2 committed/shopify-us > shipped/shopify-us, 2 LA/committed > customer
    ship C of tiktok-us        -> nothing_to_do 0
    cancel A of tiktok-us      -> nothing_to_do 0
    cancel C of tiktok-us: 1 lamp -> 1 committed/tiktok-us > region/US
    S arrives with 5 lamp      -> 5 transit/S > LA/available, 4 LA/available > LA/committed
    ship C of tiktok-us        -> 2 committed/tiktok-us > shipped/tiktok-us, 2 LA/committed > customer
    """


@tape(sells_in_transit=True)
def test_a_cancelled_presale_frees_the_units_on_the_way_for_the_next_buyer() -> None:
    """
    receive 3 lamp at HH into region/US
    send S from HH to LA: 3 lamp
    order A on tiktok-us: 3 lamp   -> presold=3, 3 region/US > committed/tiktok-us
    order B on tiktok-us: 1 lamp   -> not_enough_claims 0
    cancel A of tiktok-us          -> 3 committed/tiktok-us > region/US
    order B on tiktok-us: 2 lamp   -> presold=2, 2 region/US > committed/tiktok-us
    S arrives (final)              -> not_enough_claims 1
    S arrives with 2 lamp (final)  -> 2 transit/S > LA/available, 2 LA/available > LA/committed, 1 transit/S > supplier,
        1 region/US > issued
    """


@tape()
def test_a_shipment_on_its_way_is_no_goods_for_sale_whatever_it_is_called() -> None:
    """
    receive 9 lamp at HH
    send available from HH to LA: 5 lamp
    send S/available from HH to LA: 4 lamp
    issue 9 lamp                           -> not_enough_goods 0
    """
