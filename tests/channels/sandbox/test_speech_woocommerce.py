"""The WooCommerce adapter against a pretended WooCommerce: everything that is said arrives, both ways."""

import pytest

from dashboard.channels.adapter import (
    Adapter,
    CancelHeard,
    Capability,
    LevelHeard,
    NotAuthentic,
    OrderHeard,
    Push,
    Pushed,
    Secrets,
    Throttled,
    Unreadable,
)
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.speech_woocommerce import WooCommerceSpeech
from dashboard.channels.woocommerce import WooCommerce
from dashboard.decision.world import OrderLine
from tests.channels.shop_kit import NOW, SECOND, SKUS, TOKEN, delivered, shop

LINES = (OrderLine("HALO-ROSE", 3, 1999), OrderLine("LAMP", 1, 500), OrderLine("HALO-ROSE", 1, 1899))


def opened(zone: str = "America/New_York", calls_per_minute: int = 120) -> tuple[Platform, Adapter]:
    wanted = Capability("absolute", calls_per_minute=calls_per_minute)
    return shop(WooCommerceSpeech(), WooCommerce, "absolute", time_zone=zone, capability=wanted)


def pushed(platform: Platform, adapter: Adapter, push: Push) -> Pushed:
    return adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))


def heard(platform: Platform, adapter: Adapter) -> OrderHeard:
    """The next webhook, checked and read."""
    delivery = delivered(platform.outbox.popleft())
    adapter.check(delivery)
    (told,) = adapter.read(delivery).heard
    assert isinstance(told, OrderHeard)
    return told


def test_some_skus_are_variations_and_some_are_products() -> None:
    platform, _ = opened()
    assert {"variation_id" in ids for ids in platform.account.listings.values()} == {True, False}


@pytest.mark.parametrize(("currency", "zone"), [("USD", "America/New_York"), ("JPY", "Asia/Tokyo"), ("KWD", "UTC")])
def test_a_sale_arrives_exactly(currency: str, zone: str) -> None:
    platform, adapter = opened(zone)
    order = platform.buy(LINES, NOW, "US", currency)
    assert order is not None
    told = heard(platform, adapter)
    assert (told.order, told.lines, told.at, told.updated_at) == (order.order, LINES, NOW, NOW)
    assert (told.country, told.currency, told.cancelled) == ("US", currency, ())
    assert adapter.read_orders(platform.call(adapter.fetch_orders([order.order], NOW), NOW)) == (told,)


def test_a_part_and_then_the_whole_is_cancelled_cumulatively() -> None:
    platform, adapter = opened()
    order = platform.buy(LINES, NOW, "US")
    assert order is not None
    platform.cancel(order, NOW + SECOND, "HALO-ROSE", 2)
    platform.cancel(order, NOW + 2 * SECOND, "HALO-ROSE", 2)
    platform.cancel(order, NOW + 3 * SECOND)
    told = [heard(platform, adapter) for _ in range(4)]
    assert [sorted((line.sku, line.quantity) for line in one.cancelled) for one in told] == [
        [],
        [("HALO-ROSE", 2)],
        [("HALO-ROSE", 4)],
        [("HALO-ROSE", 4), ("LAMP", 1)],
    ]
    assert [one.lines for one in told] == [LINES] * 4
    assert adapter.read_orders(platform.call(adapter.fetch_orders([order.order], NOW), NOW)) == (told[3],)


def test_deletions_and_levels_arrive() -> None:
    speech = WooCommerceSpeech()
    platform, adapter = shop(speech, WooCommerce, "absolute")
    order = platform.buy(LINES[:1], NOW)
    assert order is not None
    deleted = delivered(speech.delete_webhook(platform, order, "d1", NOW))
    adapter.check(deleted)
    assert adapter.read(deleted).heard == (CancelHeard(order.order),)
    for sku in SKUS:
        level = delivered(speech.level_webhook(platform, sku, "d2", NOW))
        adapter.check(level)
        assert adapter.read(level).heard == (LevelHeard(sku, platform.level(sku), NOW),)


def test_orders_of_one_second_share_the_shops_delivery_id_and_not_ours() -> None:
    platform, adapter = opened()
    for _ in range(3):
        platform.buy(LINES[:1], NOW)
    assert len({webhook.headers["x-wc-webhook-delivery-id"] for webhook in platform.outbox}) == 1
    ids = [adapter.read(delivered(webhook)).ids for webhook in platform.outbox]
    assert len(set(ids)) == 3
    assert adapter.read(delivered(platform.outbox[0])).ids == ids[0]


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
    for number in range(250):
        platform.list_by_hand("LAMP", 1)
        platform.buy((OrderLine("LAMP", 1, number),), NOW + number * SECOND)
    told: list[str] = []
    page, pages = "", 0
    while page or not pages:
        answer = platform.call(adapter.list_orders(NOW + 5 * SECOND, page, NOW), NOW + 300 * SECOND)
        listed = adapter.read_page(answer)
        assert listed.at == NOW + 300 * SECOND
        told += [order.order for order in listed.heard]
        page, pages = listed.next_page, pages + 1
    assert (told, pages) == (list(platform.orders)[5:], 3)


def test_unknown_orders_are_absent_from_what_is_fetched() -> None:
    platform, adapter = opened()
    assert adapter.read_orders(platform.call(adapter.fetch_orders(["1", "2"], NOW), NOW)) == ()


def test_levels_are_told_by_our_skus() -> None:
    platform, adapter = opened()
    platform.list_by_hand("LAMP", 5)
    levels = adapter.read_levels(platform.call(adapter.ask_levels(SKUS, NOW), NOW))
    assert levels.units == {"LAMP": 15, "HALO-ROSE": 10, "HALO-GOLD": 10}


@pytest.mark.parametrize("sku", SKUS)
def test_absolute_writes_over_whatever_stood_there(sku: str) -> None:
    platform, adapter = opened()
    push = Push(sku, "absolute", 25, "k")
    assert pushed(platform, adapter, push) == Pushed("applied", level=25)
    assert pushed(platform, adapter, push) == Pushed("applied", level=25)
    assert [platform.level(one) for one in SKUS] == [25 if one == sku else 10 for one in SKUS]


def test_too_many_calls_are_throttled_and_told_for_how_long() -> None:
    platform, adapter = opened(calls_per_minute=2)
    outcomes = [pushed(platform, adapter, Push("LAMP", "absolute", number, "k")) for number in range(3)]
    assert [one.outcome for one in outcomes] == ["applied", "applied", "throttled"]
    assert outcomes[2].retry_after_seconds == 60.0
    with pytest.raises(Throttled, match="takes no more calls"):
        adapter.read_levels(platform.call(adapter.ask_levels(["LAMP"], NOW), NOW))


def test_a_wrong_token_is_refused() -> None:
    platform, adapter = opened()
    stranger = WooCommerce(adapter.account, Secrets((), TOKEN + "x"))
    assert pushed(platform, stranger, Push("LAMP", "absolute", 1, "k")).outcome == "refused"
    with pytest.raises(Unreadable, match="WooCommerce answered 401: it does not know the token"):
        stranger.read_orders(platform.call(stranger.fetch_orders(["1"], NOW), NOW))


def test_a_product_the_shop_does_not_know_is_refused() -> None:
    platform, _ = opened()
    _, other = shop(WooCommerceSpeech(), WooCommerce, "absolute", channel="another-shop")
    assert pushed(platform, other, Push("LAMP", "absolute", 1, "k")).outcome == "refused"
    with pytest.raises(Unreadable, match="RING has no product_id"):
        other.push(Push("RING", "absolute", 1, "k"), NOW)
