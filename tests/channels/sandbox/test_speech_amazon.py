"""Amazon's pretended side against the adapter: a shopper buys, cancels, and our calls change the same counter."""

import json

import msgspec
import pytest

from dashboard.channels.adapter import CancelHeard, Levels, OrderHeard, OrderKnown, Push, Secrets, Throttled, Unreadable
from dashboard.channels.amazon import Amazon
from dashboard.channels.sandbox.platform import MINUTE, Platform
from dashboard.channels.sandbox.speech_amazon import AmazonSpeech
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.loop_kit import NOW, SKUS, heard, storefront

ROSE, JADE, _INK = SKUS


def facing(**limits: int) -> tuple[Platform, Amazon]:
    platform, adapter = storefront(AmazonSpeech(), Amazon, "amazon", None, **limits)
    assert isinstance(adapter, Amazon)
    return platform, adapter


def test_an_order_is_bought_heard_and_fetched_alike() -> None:
    platform, adapter = facing()
    bought = platform.buy([OrderLine(ROSE, 2, 1999), OrderLine(JADE, 1, 500)], NOW + 123_456, "US")
    assert bought is not None
    told = heard(platform, adapter)
    assert told.ids == ("amazon-us-1",)
    (order,) = told.heard
    assert isinstance(order, OrderHeard)
    assert (order.order, order.at, order.country) == (bought.order, NOW + 123_000, "US")
    assert order.lines == (OrderLine(ROSE, 2), OrderLine(JADE, 1))
    (fetched,) = adapter.read_orders(platform.call(adapter.fetch_orders([bought.order], NOW), NOW))
    assert fetched.lines == bought.lines
    assert (fetched.currency, fetched.at, fetched.cancelled) == ("USD", order.at, ())


def test_a_whole_cancellation_names_every_unit() -> None:
    platform, adapter = facing()
    order = platform.buy([OrderLine(ROSE, 2)], NOW)
    assert order is not None
    platform.cancel(order, NOW + 5)
    heard(platform, adapter)
    (told,) = heard(platform, adapter).heard
    assert isinstance(told, OrderHeard)
    assert told.cancelled == (UnitLine(ROSE, 2),)
    assert platform.level(ROSE) == 10


def test_a_cancelled_unit_of_one_sku_is_told_at_once_and_of_two_by_a_fetch() -> None:
    platform, adapter = facing()
    one, two = platform.buy([OrderLine(ROSE, 3)], NOW), platform.buy([OrderLine(ROSE, 1), OrderLine(JADE, 2)], NOW)
    assert one is not None
    assert two is not None
    platform.outbox.clear()
    platform.cancel(one, NOW, ROSE, 1)
    platform.cancel(two, NOW, JADE, 1)
    (told,) = heard(platform, adapter).heard
    assert isinstance(told, OrderHeard)
    assert told.cancelled == (UnitLine(ROSE, 1),)
    again, known = heard(platform, adapter).heard
    assert isinstance(again, OrderHeard)
    assert isinstance(known, OrderKnown)
    (fetched,) = adapter.read_orders(platform.call(adapter.fetch_orders([known.order], NOW), NOW))
    assert fetched.cancelled == (UnitLine(JADE, 1),)
    platform.cancel(two, NOW, ROSE, 1)
    (fetched,) = adapter.read_orders(platform.call(adapter.fetch_orders([known.order], NOW), NOW))
    assert fetched.cancelled == (UnitLine(ROSE, 1), UnitLine(JADE, 1))


def test_a_long_list_is_told_page_by_page() -> None:
    platform, adapter = facing()
    platform.stock[ROSE] = 1_000
    for number in range(230):
        platform.buy([OrderLine(ROSE, 1)], NOW + number * 1_000)
    page, found, pages = "", [], 0
    while pages == 0 or page:
        answer = adapter.read_page(platform.call(adapter.list_orders(NOW + 5_000, page, NOW + MINUTE), NOW + MINUTE))
        found += [order.order for order in answer.heard]
        page, pages = answer.next_page, pages + 1
        assert answer.at == NOW + MINUTE
    assert (pages, len(found), len(set(found))) == (3, 225, 225)


def test_quantities_are_set_and_read_back() -> None:
    platform, adapter = facing()
    push = Push(ROSE, "absolute", 4, "key")
    for _ in range(2):
        assert adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW)).outcome == "applied"
        assert platform.level(ROSE) == 4
    levels = adapter.read_levels(platform.call(adapter.ask_levels([ROSE, JADE, "NOT-SOLD"], NOW), NOW))
    assert levels == Levels({ROSE: 4, JADE: 10})
    assert adapter.read_levels(platform.call(adapter.ask_levels([JADE], NOW), NOW)) == Levels({JADE: 10})
    assert adapter.read_levels(platform.call(adapter.ask_levels(["NOT-SOLD"], NOW), NOW)) == Levels({})


@pytest.mark.parametrize("push", [Push("NOT-SOLD", "absolute", 4, "key"), Push(ROSE, "absolute", -1, "key")])
def test_an_unknown_sku_and_an_impossible_quantity_are_refused(push: Push) -> None:
    platform, adapter = facing()
    pushed = adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))
    assert pushed.outcome == "refused"
    assert pushed.sentence
    assert platform.level(ROSE) == 10


def test_a_wrong_token_opens_nothing() -> None:
    platform, adapter = facing()
    stranger = Amazon(adapter.account, Secrets(("x",), "another-token"))
    push = Push(ROSE, "absolute", 1, "key")
    assert stranger.read_push(push, platform.call(stranger.push(push, NOW), NOW)).outcome == "refused"
    with pytest.raises(Unreadable, match="403"):
        stranger.read_levels(platform.call(stranger.ask_levels([ROSE], NOW), NOW))
    assert platform.level(ROSE) == 10


def test_over_the_rate_limit_nothing_is_done() -> None:
    platform, adapter = facing(calls_per_minute=2, fetches_per_minute=1)
    push = Push(ROSE, "absolute", 3, "key")
    outcomes = [adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW)) for _ in range(3)]
    assert [one.outcome for one in outcomes] == ["applied", "applied", "throttled"]
    assert outcomes[2].retry_after_seconds == pytest.approx(60, rel=0.01)
    platform.call(adapter.fetch_orders(["1"], NOW), NOW)
    with pytest.raises(Throttled, match="takes no more calls"):
        adapter.read_orders(platform.call(adapter.fetch_orders(["1"], NOW), NOW))


def test_calls_amazon_does_not_know_are_told_so() -> None:
    platform, adapter = facing()
    good = adapter.push(Push(ROSE, "absolute", 3, "key"), NOW)
    for change, status in (
        ({"path": "/nowhere"}, 400),
        ({"path": good.path.replace("/items/", "/things/")}, 404),
        ({"path": good.path.partition("?")[0]}, 400),
        ({"path": "/orders/2026-01-01/orders?lastUpdatedAfter=soon", "method": "GET"}, 400),
        ({"path": "/orders/2026-01-01/orders/902-1", "method": "GET"}, 404),
        ({"body": b"{"}, 400),
        ({"body": good.body.replace(b"fulfillment_availability", b"colour")}, 200),
    ):
        answer = platform.call(msgspec.structs.replace(good, **change), NOW)
        assert answer.status == status
        assert json.loads(answer.body).get("status") == ("INVALID" if status == 200 else None)
    assert platform.level(ROSE) == 10


def test_a_cancelled_order_whose_items_tell_no_quantity_is_heard_as_gone() -> None:
    platform, adapter = facing()
    order = platform.buy([OrderLine(ROSE, 1)], NOW)
    assert order is not None
    platform.cancel(order, NOW)
    webhook = platform.outbox.pop()
    body = webhook.body.replace(b'"Quantity": 1', b'"Quantity": 0')
    platform.outbox.appendleft(type(webhook)(webhook.headers, body))
    assert heard(platform, adapter).heard == (CancelHeard(order.order, at=NOW),)
