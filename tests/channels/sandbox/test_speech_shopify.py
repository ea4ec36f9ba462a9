"""The Shopify adapter against a pretended Shopify: everything that is said arrives, both ways."""

import pytest

from dashboard.channels.adapter import (
    Adapter,
    Capability,
    LevelHeard,
    NotAuthentic,
    OrderHeard,
    OrderKnown,
    Push,
    Pushed,
    PushKind,
    Secrets,
    Throttled,
    Unreadable,
)
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.speech_shopify import ShopifySpeech
from dashboard.channels.shopify import Shopify
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.shop_kit import NOW, SECOND, TOKEN, delivered, shop

LINES = (OrderLine("HALO-ROSE", 3, 1999), OrderLine("LAMP", 1, 500), OrderLine("HALO-ROSE", 1, 1899))


def opened(push: PushKind = "compare_and_set", zone: str = "America/New_York") -> tuple[Platform, Adapter]:
    return shop(ShopifySpeech(), Shopify, push, time_zone=zone)


def pushed(platform: Platform, adapter: Adapter, push: Push) -> Pushed:
    return adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))


def heard(platform: Platform, adapter: Adapter) -> OrderHeard:
    """The next webhook, checked and read."""
    delivery = delivered(platform.outbox.popleft())
    adapter.check(delivery)
    (told,) = adapter.read(delivery).heard
    assert isinstance(told, OrderHeard)
    return told


@pytest.mark.parametrize(("currency", "zone"), [("USD", "America/New_York"), ("JPY", "Asia/Tokyo"), ("KWD", "UTC")])
def test_a_sale_arrives_exactly(currency: str, zone: str) -> None:
    platform, adapter = opened(zone=zone)
    order = platform.buy(LINES, NOW, "US", currency)
    assert order is not None
    told = heard(platform, adapter)
    assert (told.order, told.lines, told.at, told.updated_at) == (order.order, LINES, NOW, NOW)
    assert (told.country, told.currency, told.cancelled) == ("US", currency, ())
    fetched = adapter.read_orders(platform.call(adapter.fetch_orders([order.order], NOW), NOW))
    assert fetched == (told,)
    assert int(order.order) > 2**53


def test_a_part_and_then_the_whole_is_cancelled_cumulatively() -> None:
    platform, adapter = opened()
    order = platform.buy(LINES, NOW, "US")
    assert order is not None
    platform.cancel(order, NOW + SECOND, "HALO-ROSE", 2)
    platform.cancel(order, NOW + 2 * SECOND)
    told = [heard(platform, adapter) for _ in range(3)]
    assert [sorted((line.sku, line.quantity) for line in one.cancelled) for one in told] == [
        [],
        [("HALO-ROSE", 2)],
        [("HALO-ROSE", 4), ("LAMP", 1)],
    ]
    assert [one.lines for one in told] == [LINES] * 3
    assert told[2].updated_at == NOW + 2 * SECOND
    assert adapter.read_orders(platform.call(adapter.fetch_orders([order.order], NOW), NOW)) == (told[2],)


def test_refunds_and_levels_arrive() -> None:
    speech = ShopifySpeech()
    platform, adapter = shop(speech, Shopify, "delta")
    order = platform.buy(LINES[:1], NOW)
    assert order is not None
    refund = delivered(speech.refund_webhook(platform, order, "d1", NOW))
    level = delivered(speech.level_webhook(platform, "HALO-ROSE", "d2", NOW))
    for one in (refund, level):
        adapter.check(one)
    assert adapter.read(refund).heard == (OrderKnown(order.order),)
    assert adapter.read(level).heard == (LevelHeard("HALO-ROSE", 7, NOW),)


def test_a_repeated_delivery_has_the_same_ids_and_another_has_others() -> None:
    platform, adapter = opened()
    platform.buy(LINES[:1], NOW)
    platform.buy(LINES[:1], NOW)
    first, second = (adapter.read(delivered(webhook)).ids for webhook in platform.outbox)
    assert first == adapter.read(delivered(platform.outbox[0])).ids
    assert len(first) == 2
    assert not set(first) & set(second)


def test_a_tampered_delivery_is_refused() -> None:
    platform, adapter = opened()
    platform.buy(LINES[:1], NOW)
    webhook = platform.outbox[0]
    for place in range(0, len(webhook.body), 37):
        body = bytearray(webhook.body)
        body[place] ^= 1
        with pytest.raises(NotAuthentic):
            adapter.check(delivered(type(webhook)(webhook.headers, bytes(body))))


def test_every_changed_order_is_listed_page_by_page() -> None:
    platform, adapter = opened()
    for number in range(70):
        platform.list_by_hand("LAMP", 1)
        platform.buy((OrderLine("LAMP", 1, number),), NOW + number * SECOND)
    told: list[str] = []
    cursor, pages = "", 0
    while cursor or not pages:
        page = adapter.read_page(platform.call(adapter.list_orders(NOW + 5 * SECOND, cursor, NOW), NOW + 99 * SECOND))
        assert page.at == NOW + 99 * SECOND
        told += [order.order for order in page.heard]
        cursor, pages = page.next_page, pages + 1
    assert (told, pages) == (list(platform.orders)[5:], 3)


def test_an_order_with_many_lines_is_listed_as_known_and_fetched_alone() -> None:
    platform, adapter = opened()
    for _ in range(2):
        platform.list_by_hand("LAMP", 20)
        platform.buy(tuple(OrderLine("LAMP", 1, 5) for _ in range(20)), NOW)
    page = adapter.read_page(platform.call(adapter.list_orders(NOW, "", NOW), NOW))
    first, second = platform.orders
    assert page.heard == (OrderKnown(first, NOW), OrderKnown(second, NOW))
    assert adapter.read_orders(platform.call(adapter.fetch_orders([first, second], NOW), NOW)) == ()
    (alone,) = adapter.read_orders(platform.call(adapter.fetch_orders([first], NOW), NOW))
    assert len(alone.lines) == 20
    platform.list_by_hand("LAMP", 101)
    order = platform.buy(tuple(OrderLine("LAMP", 1, 5) for _ in range(101)), NOW)
    assert order is not None
    with pytest.raises(Unreadable, match="more than 100 lines"):
        adapter.read_orders(platform.call(adapter.fetch_orders([order.order], NOW), NOW))


def test_unknown_orders_are_absent_from_what_is_fetched() -> None:
    platform, adapter = opened()
    assert adapter.read_orders(platform.call(adapter.fetch_orders(["1", "2"], NOW), NOW)) == ()


def test_levels_are_told_by_our_skus() -> None:
    platform, adapter = opened()
    platform.list_by_hand("LAMP", 5)
    levels = adapter.read_levels(platform.call(adapter.ask_levels(["LAMP", "HALO-ROSE"], NOW), NOW))
    assert levels.units == {"LAMP": 15, "HALO-ROSE": 10}


def test_a_delta_is_done_once_however_often_it_is_sent() -> None:
    platform, adapter = opened("delta")
    push = Push("LAMP", "delta", -4, "key-1")
    assert pushed(platform, adapter, push) == Pushed("applied", -4, 6)
    assert pushed(platform, adapter, push) == Pushed("applied", -4, 6)
    assert platform.level("LAMP") == 6
    assert pushed(platform, adapter, Push("LAMP", "delta", -9, "key-2")) == Pushed("applied", -6, 0)
    assert pushed(platform, adapter, Push("LAMP", "delta", 3, "key-2")).outcome == "refused"


def test_shops_that_share_a_speech_do_not_share_keys() -> None:
    speech = ShopifySpeech()
    for _ in range(2):
        platform, adapter = shop(speech, Shopify, "delta")
        assert pushed(platform, adapter, Push("LAMP", "delta", -4, "key-1")) == Pushed("applied", -4, 6)
        assert platform.level("LAMP") == 6


def test_compare_and_set_refuses_a_counter_that_moved() -> None:
    platform, adapter = opened()
    push = Push("LAMP", "compare_and_set", 25, "key-1", expected=10)
    assert pushed(platform, adapter, push) == Pushed("applied", 15, 25)
    platform.buy((OrderLine("LAMP", 1),), NOW)
    assert pushed(platform, adapter, push) == Pushed("applied", 15, 25), "a repetition gets its first answer"
    assert platform.level("LAMP") == 24
    late = pushed(platform, adapter, Push("LAMP", "compare_and_set", 30, "key-2", expected=25))
    assert (late.outcome, late.level, platform.level("LAMP")) == ("mismatch", None, 24)
    assert pushed(platform, adapter, Push("LAMP", "compare_and_set", 24, "key-3", expected=24)) == Pushed(
        "applied", 0, 24
    )


def test_absolute_writes_over_whatever_stood_there() -> None:
    platform, adapter = opened("absolute")
    assert pushed(platform, adapter, Push("LAMP", "absolute", 3, "k")) == Pushed("applied", -7, 3)
    assert pushed(platform, adapter, Push("LAMP", "absolute", -3, "k2")).outcome == "refused"


def test_too_many_calls_are_throttled_and_told_for_how_long() -> None:
    platform, adapter = shop(ShopifySpeech(), Shopify, "delta", capability=Capability("delta", calls_per_minute=2))
    outcomes = [pushed(platform, adapter, Push("LAMP", "delta", 1, f"k{number}")) for number in range(3)]
    assert [one.outcome for one in outcomes] == ["applied", "applied", "throttled"]
    assert outcomes[2].retry_after_seconds == pytest.approx(60)
    with pytest.raises(Throttled, match=r"ask again in 60\.0 seconds"):
        adapter.read_levels(platform.call(adapter.ask_levels(["LAMP"], NOW), NOW))


def test_a_wrong_token_is_refused() -> None:
    platform, adapter = opened()
    stranger = Shopify(adapter.account, Secrets((), TOKEN + "x"))
    assert pushed(platform, stranger, Push("LAMP", "delta", 1, "k")).outcome == "refused"
    with pytest.raises(Unreadable, match="Shopify answered 401: it does not know the token"):
        stranger.read_orders(platform.call(stranger.fetch_orders(["1"], NOW), NOW))


def test_an_item_the_shop_does_not_know_is_refused() -> None:
    platform, _ = opened()
    _, other = shop(ShopifySpeech(), Shopify, "delta", channel="another-shop")
    assert pushed(platform, other, Push("LAMP", "delta", 1, "k")).outcome == "refused"
    assert other.read_levels(platform.call(other.ask_levels(["LAMP"], NOW), NOW)).units == {}
    with pytest.raises(Unreadable, match="RING has no inventory_item_id"):
        other.push(Push("RING", "delta", 1, "k"), NOW)


def test_units_of_one_sku_on_two_lines_are_cancelled_together() -> None:
    platform, adapter = opened()
    order = platform.buy(LINES, NOW)
    assert order is not None
    platform.cancel(order, NOW, "HALO-ROSE", 4)
    platform.outbox.popleft()
    assert heard(platform, adapter).cancelled == (UnitLine("HALO-ROSE", 4),)
