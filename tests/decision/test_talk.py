"""What moves no stock: limits, prices, coupons, the screen, alerts, host lines, levels and notes."""

from dashboard.decision import events as e
from dashboard.decision.line_memory import ENDED_KEPT, follow
from tests.decision.tape import tape


@tape()
def test_a_limit_holds_for_its_sku_and_region_until_it_is_lifted() -> None:
    """
    receive 20 lamp at LA into region/US
    receive 20 lamp at HH into region/EU
    limit lamp in US to none        -> nothing_to_do
    limit lamp in US to 2           -> nothing moves
    limit lamp in US to 2           -> nothing_to_do
    order A on tiktok-us: 3 lamp    -> over_limit 2
    order B on shopify-us: 3 lamp   -> over_limit 2
    order C on amazon-eu: 3 lamp    -> 3 region/EU > committed/amazon-eu, 3 HH/available > HH/committed
    limit lamp in US to 3           -> nothing moves
    order A on tiktok-us: 3 lamp    -> 3 region/US > committed/tiktok-us, 3 LA/available > LA/committed
    limit lamp in US to none
    order B on shopify-us: 9 lamp   -> 9 region/US > committed/shopify-us, 9 LA/available > LA/committed
    limit sofa in US to 1           -> sku_unknown
    """


@tape()
def test_a_price_is_set_for_a_channel_or_for_all() -> None:
    """
    price of lamp is 3900               -> nothing moves
    price of lamp is 3700 on tiktok-us  -> nothing moves
    price of sofa is 1                  -> sku_unknown
    price of lamp is 1 on nowhere       -> channel_unknown
    """


@tape()
def test_a_coupon_starts_before_it_expires() -> None:
    """
    coupon GO for 10 % on lamp in US until +10m  -> nothing moves
    coupon GO for 10 % on lamp in US until -1s   -> too_late
    coupon GO for 0 % on lamp in US              -> nothing moves
    coupon GO for 10 % on sofa in US             -> sku_unknown
    coupon GO for 10 % on lamp in MARS           -> region_unknown
    """


@tape()
def test_only_what_is_sold_comes_on_screen() -> None:
    """
    on screen lamp       -> push=False
    on screen ring (push) -> push=True
    on screen nothing
    on screen sofa       -> sku_unknown
    """


@tape()
def test_an_alert_is_raised_once_taken_once_and_resolved_once() -> None:
    """
    acknowledge A   -> alert_unknown
    alert A by +10m
    alert A         -> alert_exists
    acknowledge A
    acknowledge A   -> not_in_that_state
    resolve A
    resolve A       -> not_in_that_state
    acknowledge A   -> not_in_that_state
    alert A         -> alert_exists
    alert B
    resolve B       -> nothing moves
    """


@tape()
def test_a_host_line_is_shown_once_and_retracted_once() -> None:
    """
    retract L              -> line_unknown
    say L on tiktok-us
    say L on shopify-us    -> line_exists
    say M on nowhere       -> channel_unknown
    retract L
    retract L              -> not_in_that_state
    """


@tape()
def test_a_line_replaces_another_once_and_can_be_told_after_it_has_gone() -> None:
    """
    tell L                                -> line_unknown
    say M on tiktok-us instead of L       -> line_unknown
    say L on tiktok-us
    tell L                                -> nothing moves
    say M on tiktok-us instead of L
    say N on tiktok-us instead of L       -> not_in_that_state
    retract L                             -> not_in_that_state
    tell L
    tell M
    tell M
    retract M
    tell M
    """


@tape()
def test_a_channel_speaks_the_languages_it_is_told_to() -> None:
    """
    speak zh+en on nowhere                -> channel_unknown
    speak zh+en on tiktok-us              -> nothing moves
    """


def test_of_lines_that_ended_only_the_latest_are_remembered_and_standing_ones_always() -> None:
    lines: dict[str, str] = {}
    follow(lines, e.LinePublished(line="first", channel="web", language="en", kind="low_stock", text="9 left"))
    for number in range(3 * ENDED_KEPT):
        name = f"line {number}"
        follow(lines, e.LinePublished(line=name, channel="web", language="en", kind="low_stock", text="9 left"))
        follow(lines, e.LineRetracted(line=name))
    assert lines["first"] == "shown"
    assert ENDED_KEPT < len(lines) <= 2 * ENDED_KEPT + 1


@tape()
def test_after_the_close_loose_ends_are_tied_and_nothing_new_begins() -> None:
    """
    alert A
    alert B
    say L on tiktok-us
    propose P: note yes
    propose Q: note yes
    close the show
    acknowledge A               -> nothing moves
    resolve B                   -> nothing moves
    retract L                   -> nothing moves
    dismiss P                   -> nothing moves
    tiktok-us reports 0 lamp    -> level=0
    note goodnight              -> nothing moves
    approve Q                   -> show_closed
    alert C                     -> show_closed
    say M on tiktok-us          -> show_closed
    on screen lamp              -> show_closed
    price of lamp is 1          -> show_closed
    limit lamp in US to 1       -> show_closed
    close the show              -> show_closed
    """


@tape()
def test_a_platforms_own_count_is_written_down_and_moves_nothing() -> None:
    """
    receive 9 lamp at LA into region/US
    expose 5 lamp on tiktok-us
    tiktok-us reports 900 lamp      -> level=900, nothing moves
    tiktok-us reports 1 sofa        -> sku_unknown
    nowhere reports 1 lamp          -> channel_unknown
    order A on tiktok-us: 10 lamp   -> not_enough_claims 9
    """


@tape()
def test_a_level_is_off_suggest_or_auto() -> None:
    """
    rule watch is on off
    rule watch is on suggest
    rule watch is on auto
    rule watch is on maximum  -> level_unknown
    """
