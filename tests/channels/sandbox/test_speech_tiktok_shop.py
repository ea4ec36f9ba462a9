"""A pretended TikTok Shop and its adapter understand each other: orders, cancellations, lists, levels, pushes."""

import dataclasses
import json
from typing import Any

import pytest

from dashboard.channels.adapter import (
    Account,
    CancelHeard,
    Capability,
    Delivery,
    NotAuthentic,
    OrderHeard,
    OrderKnown,
    Push,
    Pushed,
    PushKind,
    Read,
    Request,
    Secrets,
    Throttled,
    Unreadable,
)
from dashboard.channels.sandbox.platform import Platform, SandboxOrder
from dashboard.channels.sandbox.speech_tiktok_shop import TikTokShopSpeech
from dashboard.channels.tiktok_shop import TikTokShop
from dashboard.decision.world import OrderLine, UnitLine

SECOND = 1_000_000
NOW = 1_763_000_000 * SECOND
SPEECH = TikTokShopSpeech()
SKUS = ("HALO-ROSE", "HALO-GOLD")
SECRETS = Secrets(("app-secret",), "ROW_token")


def pair(
    push: PushKind = "absolute", secrets: Secrets = SECRETS, skew: int = 0, **limits: Any
) -> tuple[Platform, TikTokShop]:
    capability = Capability(push, **limits)
    listings = {sku: SPEECH.listing("tiktok-us", sku) for sku in SKUS}
    names = SPEECH.names("tiktok-us")
    account = Account("tiktok-us", "tiktok_shop", capability, names=names, listings=listings, currency="USD")
    platform = Platform(account, SECRETS, SPEECH, skew)
    platform.stock = dict.fromkeys((*SKUS, "STRANGE"), 100)
    return platform, TikTokShop(account, secrets)


def bought(platform: Platform, lines: tuple[OrderLine, ...], now: int, *where: str) -> SandboxOrder:
    order = platform.buy(lines, now, *where)
    assert order is not None
    return order


def next_delivery(platform: Platform) -> Delivery:
    webhook = platform.outbox.popleft()
    return Delivery(webhook.headers, webhook.body, NOW)


def heard(platform: Platform, adapter: TikTokShop) -> Read:
    delivery = next_delivery(platform)
    adapter.check(delivery)
    return adapter.read(delivery)


def fetched(platform: Platform, adapter: TikTokShop, *orders: str) -> tuple[OrderHeard, ...]:
    return adapter.read_orders(platform.call(adapter.fetch_orders(orders, NOW), NOW))


@pytest.mark.parametrize(("currency", "price"), [("USD", 1299), ("JPY", 1200), ("KWD", 1234), ("USD", None)])
def test_an_order_is_known_by_its_webhook_and_fetched_exactly(currency: str, price: Any) -> None:
    platform, adapter = pair()
    lines = (OrderLine("HALO-ROSE", 3, price), OrderLine("HALO-GOLD", 1, price))
    order = bought(platform, lines, NOW, "US", currency)
    read = heard(platform, adapter)
    assert read.heard == (OrderKnown(order.order, NOW),)
    (told,) = fetched(platform, adapter, order.order, "1")
    assert (told.order, told.lines, told.country, told.currency) == (order.order, lines, "US", currency)
    assert (told.at, told.buyer, told.cancelled) == (NOW, "buyer-0", ())
    assert int(order.order) > 2**53


def test_part_of_an_order_is_cancelled_and_then_the_rest() -> None:
    platform, adapter = pair()
    order = bought(platform, (OrderLine("HALO-ROSE", 3, 1299), OrderLine("HALO-GOLD", 1, 999)), NOW)
    first = heard(platform, adapter)
    platform.cancel(order, NOW + SECOND, "HALO-ROSE", 2)
    part = heard(platform, adapter)
    assert part.heard == (OrderKnown(order.order, NOW + SECOND),)
    assert fetched(platform, adapter, order.order)[0].cancelled == (UnitLine("HALO-ROSE", 2),)
    platform.cancel(order, NOW + 2 * SECOND)
    whole = heard(platform, adapter)
    assert whole.heard == (CancelHeard(order.order, at=NOW + 2 * SECOND),)
    assert set(fetched(platform, adapter, order.order)[0].cancelled) == {
        UnitLine("HALO-ROSE", 3),
        UnitLine("HALO-GOLD", 1),
    }
    assert len({first.ids, part.ids, whole.ids}) == 3


def test_a_webhook_with_one_other_byte_is_refused() -> None:
    platform, adapter = pair()
    platform.buy((OrderLine("HALO-ROSE", 1),), NOW)
    delivery = next_delivery(platform)
    for place in range(0, len(delivery.body), 7):
        body = bytearray(delivery.body)
        body[place] ^= 1
        with pytest.raises(NotAuthentic):
            adapter.check(dataclasses.replace(delivery, body=bytes(body)))


def test_a_sku_nobody_listed_keeps_the_sellers_code() -> None:
    platform, adapter = pair()
    order = bought(platform, (OrderLine("STRANGE", 2, 5),), NOW)
    assert fetched(platform, adapter, order.order)[0].lines == (OrderLine("STRANGE", 2, 5),)


def test_changed_orders_are_listed_page_by_page_by_the_platforms_clock() -> None:
    platform, adapter = pair(skew=90 * SECOND)
    for second in range(230):
        platform.buy((OrderLine("HALO-ROSE", 1, 1299),), NOW + second * SECOND)
        platform.stock["HALO-ROSE"] = 100
    since = platform.clock(NOW + 5 * SECOND)
    orders: list[str] = []
    page, pages = "", 0
    while page or not pages:
        told = adapter.read_page(platform.call(adapter.list_orders(since, page, NOW), NOW))
        orders += [one.order for one in told.heard]
        page, pages = told.next_page, pages + 1
        assert told.at == platform.clock(NOW)
        assert all(isinstance(one, OrderHeard) for one in told.heard)
    assert pages == 3
    assert orders == list(platform.orders)[5:]


def test_levels_are_what_the_counters_stand_at() -> None:
    platform, adapter = pair()
    platform.stock["HALO-GOLD"] = 0
    levels = adapter.read_levels(platform.call(adapter.ask_levels(SKUS, NOW), NOW))
    assert levels.units == {"HALO-ROSE": 100, "HALO-GOLD": 0}
    assert adapter.read_levels(platform.call(adapter.ask_levels(SKUS[:1], NOW), NOW)).units == {"HALO-ROSE": 100}


def pushed(platform: Platform, adapter: TikTokShop, push: Push) -> Pushed:
    return adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))


def test_an_absolute_push_sets_the_counter_and_a_repetition_sets_it_again() -> None:
    platform, adapter = pair()
    for _ in range(2):
        done = pushed(platform, adapter, Push("HALO-ROSE", "absolute", 42, "a"))
        assert (done.outcome, done.level, done.change) == ("applied", 42, None)
        assert platform.level("HALO-ROSE") == 42


def test_a_raise_only_push_raises_the_total_and_never_lowers_it() -> None:
    platform, adapter = pair("raise_only")
    for total, level in ((30, 130), (30, 130), (20, 130), (35, 135)):
        assert pushed(platform, adapter, Push("HALO-GOLD", "raise_only", total, "a")).outcome == "applied"
        assert platform.level("HALO-GOLD") == level


def test_a_sku_the_platform_does_not_sell_is_refused() -> None:
    platform, adapter = pair()
    listings = {**adapter.account.listings, "HALO-ROSE": {"product_id": "1", "sku_id": "2"}}
    stranger = TikTokShop(dataclasses.replace(adapter.account, listings=listings), SECRETS)
    kinds: tuple[PushKind, ...] = ("absolute", "raise_only")
    for kind in kinds:
        assert pushed(platform, stranger, Push("HALO-ROSE", kind, 1, "a")).outcome == "refused"
    assert stranger.read_levels(platform.call(stranger.ask_levels(["HALO-ROSE"], NOW), NOW)).units == {}


@pytest.mark.parametrize("secrets", [Secrets(("another",), "ROW_token"), Secrets(("app-secret",), "another")])
def test_a_call_with_a_wrong_sign_or_token_is_refused_and_changes_nothing(secrets: Secrets) -> None:
    platform, stranger = pair(secrets=secrets)
    assert pushed(platform, stranger, Push("HALO-ROSE", "absolute", 1, "a")).outcome == "refused"
    assert platform.level("HALO-ROSE") == 100
    with pytest.raises(Unreadable, match="401"):
        fetched(platform, stranger, "1")


def test_a_call_that_was_changed_on_its_way_or_comes_too_late_is_refused() -> None:
    platform, adapter = pair()
    request = adapter.push(Push("HALO-ROSE", "absolute", 41, "a"), NOW)
    changed = Request(request.method, request.path, request.headers, request.body.replace(b"41", b"99"), "stock")
    for told, at in ((changed, NOW), (request, NOW + 400 * SECOND), (request, NOW - 300 * SECOND)):
        assert platform.call(told, at).status == 401
    assert platform.level("HALO-ROSE") == 100


def test_calls_over_the_limit_are_throttled_and_told_when_to_come_back() -> None:
    platform, adapter = pair(calls_per_minute=2, fetches_per_minute=1)
    push = Push("HALO-ROSE", "absolute", 1, "a")
    outcomes = [pushed(platform, adapter, push) for _ in range(3)]
    assert [one.outcome for one in outcomes] == ["applied", "applied", "throttled"]
    assert outcomes[-1].retry_after_seconds == 60
    fetched(platform, adapter, "1")
    with pytest.raises(Throttled, match="takes no more calls"):
        fetched(platform, adapter, "1")


def test_a_call_that_is_nonsense_is_answered_natively() -> None:
    platform, adapter = pair()
    for request in (
        adapter._request("POST", "/nowhere", {}, b"", "orders", NOW),
        adapter._request("POST", "/order/202309/orders/search", {}, b"[]", "orders", NOW),
        adapter._request("GET", "/order/202309/orders", {"ids": "1," * 60}, b"", "orders", NOW),
        Request("GET", "/"),
    ):
        answer = platform.call(request, NOW)
        assert answer.status >= 400
        assert json.loads(answer.body)["code"]
