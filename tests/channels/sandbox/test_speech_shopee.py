"""A pretended Shopee and its adapter understand each other: orders, cancellations, lists, levels, pushes."""

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
from dashboard.channels.sandbox.speech_shopee import ShopeeSpeech
from dashboard.channels.shopee import Shopee
from dashboard.decision.world import OrderLine, UnitLine

SECOND = 1_000_000
NOW = 1_763_000_000 * SECOND
SPEECH = ShopeeSpeech()
SKUS = ("HALO-ROSE", "HALO-GOLD", "HALO-JADE")
SECRETS = Secrets(("partner-key",), "shop-token")
URL = "https://war.example/channels/shopee-my"
MODELS = {"item_id": "34003", "model_sku": ""}


def pair(
    push: PushKind = "absolute", secrets: Secrets = SECRETS, skew: int = 0, models: bool = False, **limits: Any
) -> tuple[Platform, Shopee]:
    """A platform and its adapter; with `models`, GOLD and JADE are two models of one item."""
    capability = Capability(push, **limits)
    listings = {sku: SPEECH.listing("shopee-my", sku) for sku in SKUS}
    if models:
        listings |= {"HALO-GOLD": {**MODELS, "model_id": "901"}, "HALO-JADE": {**MODELS, "model_id": "902"}}
    names = SPEECH.names("shopee-my")
    account = Account("shopee-my", "shopee", capability, "", URL, names=names, listings=listings, currency="MYR")
    platform = Platform(account, SECRETS, SPEECH, skew)
    platform.stock = dict.fromkeys((*SKUS, "STRANGE"), 100)
    return platform, Shopee(account, secrets)


def bought(platform: Platform, lines: tuple[OrderLine, ...], now: int, *where: str) -> SandboxOrder:
    order = platform.buy(lines, now, *where)
    assert order is not None
    return order


def next_delivery(platform: Platform) -> Delivery:
    webhook = platform.outbox.popleft()
    return Delivery(webhook.headers, webhook.body, NOW, URL)


def heard(platform: Platform, adapter: Shopee) -> Read:
    delivery = next_delivery(platform)
    adapter.check(delivery)
    return adapter.read(delivery)


def fetched(platform: Platform, adapter: Shopee, *orders: str) -> tuple[OrderHeard, ...]:
    return adapter.read_orders(platform.call(adapter.fetch_orders(orders, NOW), NOW))


@pytest.mark.parametrize("models", [False, True])
@pytest.mark.parametrize(("currency", "price"), [("MYR", 1299), ("TWD", 119900), ("VND", 350000), ("MYR", None)])
def test_an_order_is_known_by_its_push_and_fetched_exactly(currency: str, price: Any, models: bool) -> None:
    platform, adapter = pair(models=models)
    lines = tuple(OrderLine(sku, units, price) for units, sku in enumerate(SKUS, 1))
    order = bought(platform, lines, NOW, "MY", currency)
    assert heard(platform, adapter).heard == (OrderKnown(order.order, NOW),)
    (told,) = fetched(platform, adapter, order.order, "220101NOBODY")
    assert (told.order, told.lines, told.country, told.currency) == (order.order, lines, "MY", currency)
    assert (told.at, told.buyer, told.cancelled) == (NOW, "buyer-0", ())


def test_part_of_an_order_is_cancelled_and_then_the_rest() -> None:
    platform, adapter = pair()
    lines = (OrderLine("HALO-ROSE", 3, 1299), OrderLine("HALO-GOLD", 1, 999), OrderLine("HALO-ROSE", 1, 999))
    order = bought(platform, lines, NOW)
    first = heard(platform, adapter)
    platform.cancel(order, NOW + SECOND, "HALO-ROSE", 4)
    part = heard(platform, adapter)
    assert part.heard == (OrderKnown(order.order, NOW + SECOND),)
    assert fetched(platform, adapter, order.order)[0].cancelled == (UnitLine("HALO-ROSE", 4),)
    platform.cancel(order, NOW + SECOND)
    whole = heard(platform, adapter)
    assert whole.heard == (CancelHeard(order.order, at=NOW + SECOND),)
    assert set(fetched(platform, adapter, order.order)[0].cancelled) == {
        UnitLine("HALO-ROSE", 4),
        UnitLine("HALO-GOLD", 1),
    }
    assert len({first.ids, part.ids, whole.ids}) == 3


def test_a_push_with_one_other_byte_or_for_another_url_is_refused() -> None:
    platform, adapter = pair()
    platform.buy((OrderLine("HALO-ROSE", 1),), NOW)
    delivery = next_delivery(platform)
    for place in range(0, len(delivery.body), 7):
        body = bytearray(delivery.body)
        body[place] ^= 1
        with pytest.raises(NotAuthentic):
            adapter.check(dataclasses.replace(delivery, body=bytes(body)))
    elsewhere = Shopee(dataclasses.replace(adapter.account, callback_url=URL + "/"), SECRETS)
    with pytest.raises(NotAuthentic):
        elsewhere.check(delivery)


def test_a_sku_nobody_listed_is_named_by_the_platforms_id() -> None:
    platform, adapter = pair()
    order = bought(platform, (OrderLine("STRANGE", 2, 5),), NOW)
    assert fetched(platform, adapter, order.order)[0].lines == (OrderLine("1", 2, 5),)


def test_changed_orders_are_listed_page_by_page_by_the_platforms_clock() -> None:
    platform, adapter = pair(skew=90 * SECOND)
    for second in range(230):
        platform.buy((OrderLine("HALO-ROSE", 1, 1299),), NOW + second * SECOND)
        platform.stock["HALO-ROSE"] = 100
    later = NOW + 230 * SECOND
    since = platform.clock(NOW + 5 * SECOND)
    orders: list[str] = []
    page, pages = "", 0
    while page or not pages:
        told = adapter.read_page(platform.call(adapter.list_orders(since, page, later), later))
        orders += [one.order for one in told.heard]
        page, pages = told.next_page, pages + 1
        assert told.at == platform.clock(later)
    assert pages == 3
    assert orders == list(platform.orders)[5:]


def test_levels_are_what_the_counters_stand_at_and_models_are_asked_item_by_item() -> None:
    platform, adapter = pair()
    platform.stock["HALO-GOLD"] = 0
    levels = adapter.read_levels(platform.call(adapter.ask_levels(SKUS, NOW), NOW))
    assert levels.units == {"HALO-ROSE": 100, "HALO-GOLD": 0, "HALO-JADE": 100}
    platform, adapter = pair(models=True)
    first = adapter.read_levels(platform.call(adapter.ask_levels(SKUS, NOW), NOW)).units
    rest = [sku for sku in SKUS if sku not in first]
    second = adapter.read_levels(platform.call(adapter.ask_levels(rest, NOW), NOW)).units
    assert first | second == dict.fromkeys(SKUS, 100)


def pushed(platform: Platform, adapter: Shopee, push: Push) -> Pushed:
    return adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))


@pytest.mark.parametrize("models", [False, True])
def test_an_absolute_push_sets_the_counter_and_a_repetition_sets_it_again(models: bool) -> None:
    platform, adapter = pair(models=models)
    for _ in range(2):
        done = pushed(platform, adapter, Push("HALO-GOLD", "absolute", 42, "a"))
        assert (done.outcome, done.level, done.change) == ("applied", 42, None)
        assert (platform.level("HALO-GOLD"), platform.level("HALO-JADE")) == (42, 100)


@pytest.mark.parametrize("models", [False, True])
def test_a_raise_only_push_raises_the_total_and_never_lowers_it(models: bool) -> None:
    platform, adapter = pair("raise_only", models=models)
    for total, offered, level in ((30, 30, 130), (30, 30, 130), (20, 30, 130), (35, 35, 135)):
        assert pushed(platform, adapter, Push("HALO-GOLD", "raise_only", total, "a")).outcome == "applied"
        levels = adapter.read_levels(platform.call(adapter.ask_levels(SKUS, NOW), NOW))
        assert (levels.units["HALO-GOLD"], levels.offered["HALO-GOLD"]) == (level, offered)


def test_a_sku_the_platform_does_not_sell_is_refused() -> None:
    platform, adapter = pair()
    listings = {**adapter.account.listings, "HALO-ROSE": {"item_id": "1"}}
    stranger = Shopee(dataclasses.replace(adapter.account, listings=listings), SECRETS)
    kinds: tuple[PushKind, ...] = ("absolute", "raise_only")
    for kind in kinds:
        assert pushed(platform, stranger, Push("HALO-ROSE", kind, 1, "a")).outcome == "refused"
    assert stranger.read_levels(platform.call(stranger.ask_levels(["HALO-ROSE"], NOW), NOW)).units == {}


@pytest.mark.parametrize("secrets", [Secrets(("another",), "shop-token"), Secrets(("partner-key",), "another")])
def test_a_call_with_a_wrong_sign_or_token_is_refused_and_changes_nothing(secrets: Secrets) -> None:
    platform, stranger = pair(secrets=secrets)
    assert pushed(platform, stranger, Push("HALO-ROSE", "absolute", 1, "a")).outcome == "refused"
    assert platform.level("HALO-ROSE") == 100
    with pytest.raises(Unreadable, match="403"):
        fetched(platform, stranger, "1")


def test_a_call_that_was_changed_on_its_way_or_comes_too_late_is_refused() -> None:
    platform, adapter = pair()
    request = adapter.push(Push("HALO-ROSE", "absolute", 41, "a"), NOW)
    changed = Request(request.method, request.path.replace("update_stock", "update_price"), {}, request.body)
    for told, at in ((changed, NOW), (request, NOW + 400 * SECOND), (request, NOW - 400 * SECOND)):
        assert platform.call(told, at).status == 403
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
        adapter._request("/api/v2/nowhere", {}, None, "orders", NOW),
        adapter._request("/api/v2/order/get_order_list", {}, None, "orders", NOW),
        adapter._request("/api/v2/order/get_order_detail", {"order_sn_list": "1," * 60}, None, "orders", NOW),
        adapter._request("/api/v2/product/update_stock", {}, [], "stock", NOW),
        Request("GET", "/"),
    ):
        answer = platform.call(request, NOW)
        assert answer.status >= 400
        assert json.loads(answer.body)["error"]
