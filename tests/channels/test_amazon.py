"""Amazon: notifications proven and read, envelopes opened, partly told orders fetched, calls as Amazon documents them."""

import copy
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.channels.adapter import (
    Account,
    CancelHeard,
    Delivery,
    Heard,
    Ignored,
    NotAuthentic,
    OrderHeard,
    OrderKnown,
    Push,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.amazon import Amazon
from dashboard.channels.signatures import SECOND, sign_standard
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.loop_kit import NOW, complaint
from tests.channels.mutations import mutations

SAMPLE = (Path(__file__).parents[1] / "data/webhooks/amazon/order_change.json").read_bytes()
NAMES = {"seller_id": "A3TH9S8BH6GOGM", "marketplace_id": "ATVPDKIKX0DER"}
ACCOUNT = Account(
    "amazon-us", "amazon", Amazon.capability, names=NAMES, listings={"ROSE": {"seller_sku": "SellerSKUID1"}}
)
ADAPTER = Amazon(ACCOUNT, Secrets(("newest", "previous"), "Atza|token"))
PURCHASED = 1_657_741_324_284_000
CHANGED = 1_669_750_924_284_000
ORDER = "903-8868176-2219830"


def note(**summary: Any) -> dict[str, Any]:
    """The sample with some of its summary replaced; None takes a key away."""
    body: dict[str, Any] = json.loads(SAMPLE)
    told = body["Payload"]["OrderChangeNotification"]["Summary"]
    for key, value in summary.items():
        told[key] = value
        if value is None:
            del told[key]
    return body


def item(sku: str = "SellerSKUID1", quantity: Any = 10, **more: Any) -> dict[str, Any]:
    return {"OrderItemId": "1", "SellerSKU": sku, "SupplySourceId": None, "Quantity": quantity, **more}


def read(body: Any) -> tuple[Heard, ...]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ADAPTER.read(Delivery({}, raw, NOW)).heard


def heard(body: Any) -> OrderHeard:
    (order,) = read(body)
    assert isinstance(order, OrderHeard)
    return order


# --- proof ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["newest", "previous"])
@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_the_forwarder_shows_the_newest_or_the_previous_secret(secret: str, header: str) -> None:
    shown = f"Bearer {secret}" if header == "authorization" else secret
    ADAPTER.check(Delivery({header: shown}, SAMPLE, NOW))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": "Bearer newes"},
        {"authorization": "Basic newest"},
        {"authorization": "newest"},
        {"x-api-key": "oldest"},
        {"x-api-key": "\udcff"},
        {"x-api-key": "newest", "webhook-signature": "v1,AAAA"},
    ],
)
def test_any_other_forwarder_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(NotAuthentic):
        ADAPTER.check(Delivery(headers, SAMPLE, NOW))


def test_a_signed_forwarding_is_taken_once_it_fits_and_refused_when_it_is_old_or_bent() -> None:
    headers = sign_standard("previous", "id-1", NOW // SECOND, SAMPLE)
    ADAPTER.check(Delivery(headers, SAMPLE, NOW))
    for body, at in ((SAMPLE + b" ", NOW), (SAMPLE, NOW + 301 * SECOND)):
        with pytest.raises(NotAuthentic):
            ADAPTER.check(Delivery(headers, body, at))


def test_without_a_secret_nobody_is_believed() -> None:
    with pytest.raises(NotAuthentic, match="WARROOM_SECRET_AMAZON_US"):
        Amazon(ACCOUNT, Secrets()).check(Delivery({"x-api-key": ""}, SAMPLE, NOW))


# --- notifications --------------------------------------------------------------------------------------------


def test_amazons_own_example_is_an_order_with_nothing_cancelled_yet() -> None:
    told = ADAPTER.read(Delivery({}, SAMPLE, NOW))
    assert told.ids == ("d0e9e693-c3ad-4373-979f-ed4ec98dd746",)
    assert told.heard == (OrderHeard(ORDER, (OrderLine("ROSE", 10),), PURCHASED, CHANGED, "US"),)
    assert ADAPTER.read(Delivery({}, SAMPLE, NOW + 1)) == told, "a duplicate says the same"


@pytest.mark.parametrize(
    "envelope",
    [
        lambda body: {"version": "0", "detail-type": "ORDER_CHANGE", "detail": body},
        lambda body: {"MessageId": "m", "Body": json.dumps(body)},
        lambda body: {"messageId": "m", "body": json.dumps({"detail": body})},
        lambda body: {"Type": "Notification", "Message": json.dumps(body)},
    ],
)
def test_envelopes_are_opened(envelope: Any) -> None:
    assert read(envelope(json.loads(SAMPLE))) == read(SAMPLE)


def test_keys_may_begin_with_a_small_letter() -> None:
    def small(value: Any) -> Any:
        if isinstance(value, dict):
            return {key[0].lower() + key[1:]: small(inside) for key, inside in value.items()}
        return [small(inside) for inside in value] if isinstance(value, list) else value

    assert read(small(json.loads(SAMPLE))) == read(SAMPLE)


@pytest.mark.parametrize(
    ("summary", "cancelled"),
    [
        ({"OrderStatus": "Canceled", "NumberOfItemsUnshipped": 0}, 10),
        ({"OrderStatus": "Cancelled"}, 10),
        ({"OrderItems": [item(OrderItemStatus="Canceled")], "NumberOfItemsUnshipped": 0}, 10),
        ({"NumberOfItemsUnshipped": 7}, 3),
        ({"NumberOfItemsUnshipped": 3, "NumberOfItemsShipped": 4, "OrderStatus": "PartiallyShipped"}, 3),
        ({"NumberOfItemsUnshipped": 12}, 0),
        ({"NumberOfItemsUnshipped": 0, "OrderStatus": "Pending"}, 0),
        ({"NumberOfItemsUnshipped": None}, 0),
    ],
)
def test_what_is_cancelled_is_read_from_status_and_counts(summary: dict[str, Any], cancelled: int) -> None:
    order = heard(note(**summary))
    assert order.lines == (OrderLine("ROSE", 10),)
    assert order.cancelled == ((UnitLine("ROSE", cancelled),) if cancelled else ())


def test_a_unit_gone_from_one_of_two_skus_is_told_by_a_fetch() -> None:
    items = [item("A", 2), item("B", 1)]
    order, known = read(note(OrderItems=items, NumberOfItemsUnshipped=2))
    assert order == OrderHeard(ORDER, (OrderLine("A", 2), OrderLine("B", 1)), PURCHASED, CHANGED, "US")
    assert known == OrderKnown(ORDER, PURCHASED)


@pytest.mark.parametrize("items", [None, [], [item(quantity=0)]])
def test_an_order_without_lines_is_known_and_a_cancelled_one_is_gone(items: Any) -> None:
    assert read(note(OrderItems=items)) == (OrderKnown(ORDER, PURCHASED),)
    assert read(note(OrderItems=items, OrderStatus="Canceled")) == (CancelHeard(ORDER, at=CHANGED),)


def test_one_item_of_several_is_not_the_whole_order() -> None:
    body = note()
    body["Payload"]["OrderChangeNotification"]["NotificationLevel"] = "OrderItemLevel"
    assert read(body) == (OrderKnown(ORDER, PURCHASED),)


def test_orders_that_amazon_ships_and_other_notifications_ask_nothing_of_us() -> None:
    (afn,) = read(note(FulfillmentType="AFN"))
    (other,) = read({**note(), "NotificationType": "LISTINGS_ITEM_STATUS_CHANGE"})
    assert isinstance(afn, Ignored)
    assert isinstance(other, Ignored)


@pytest.mark.parametrize(("marketplace", "country"), [("A1F83G8C2ARO7P", "GB"), ("A1VC38T7YXB528", "JP"), ("NEW", "")])
def test_the_marketplace_gives_the_country(marketplace: str, country: str) -> None:
    assert heard(note(MarketplaceId=marketplace)).country == country


def test_a_marketplace_can_be_counted_for_another_channel() -> None:
    account = Account("amazon-eu", "amazon", Amazon.capability, sources={"ATVPDKIKX0DER": "amazon-us"})
    (order,) = Amazon(account, Secrets(("s",))).read(Delivery({}, SAMPLE, NOW)).heard
    assert isinstance(order, OrderHeard)
    assert (order.channel, order.lines[0].sku) == ("amazon-us", "SellerSKUID1")


def test_a_purchase_time_may_be_missing_and_the_event_time_stands_in_for_the_change() -> None:
    body = note(PurchaseDate=None)
    body["Payload"]["OrderChangeNotification"]["OrderChangeTrigger"]["TimeOfOrderChange"] = None
    assert (heard(body).at, heard(body).updated_at) == (None, 1_578_701_393_109_000)


def bent(*path: str, to: Any) -> dict[str, Any]:
    body = copy.deepcopy(note())
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return body


CHANGE = ("Payload", "OrderChangeNotification")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ([], "object"),
        ({}, "NotificationId"),
        ({"detail": {}}, "NotificationId"),
        ({"detail": 5}, "envelope"),
        ({"Body": "no json"}, "JSON"),
        ({"detail": {"detail": {"detail": {"detail": {"detail": {}}}}}}, "envelopes"),
        (bent("NotificationMetadata", to=5), "NotificationMetadata"),
        (bent("NotificationMetadata", "NotificationId", to="a\x00b"), "NotificationId"),
        (bent("NotificationType", to=None), "NotificationType"),
        (bent("Payload", to=[]), "Payload"),
        (bent("EventTime", to=5), "EventTime"),
        (bent(*CHANGE, to=None), "AmazonOrderId"),
        (bent(*CHANGE, "AmazonOrderId", to=""), "AmazonOrderId"),
        (bent(*CHANGE, "SellerId", to="ANOTHER"), "another seller"),
        (bent(*CHANGE, "Summary", to="x"), "Summary"),
        (note(OrderItems={}), "OrderItems"),
        (note(OrderItems=[1]), "OrderItems"),
        (note(OrderItems=[item("")]), "SellerSKU"),
        (note(OrderItems=[item(quantity=-1)]), "Quantity"),
        (note(OrderItems=[item(quantity=1e30)]), "Quantity"),
        (note(OrderItems=[item(quantity=True)]), "Quantity"),
        (note(OrderItems=[item(quantity=10**9), item()]), "add up"),
        (note(OrderItems=[item(QuantityShipped="x")]), "QuantityShipped"),
        (note(NumberOfItemsUnshipped=-1), "NumberOfItemsUnshipped"),
        (note(PurchaseDate="1960-01-01T00:00:00Z"), "PurchaseDate"),
        (note(OrderStatus=7.5), "OrderStatus"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_by_field(body: Any, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        read(body)


def test_no_bent_body_is_anything_but_read_or_unreadable() -> None:
    for body in mutations(SAMPLE, seed=7, count=800):
        assert len(complaint(partial(ADAPTER.read, Delivery({}, body, NOW)))) < 250


# --- calls ----------------------------------------------------------------------------------------------------


def query(path: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(path).query)


def test_calls_carry_the_token_and_ask_for_no_personal_data() -> None:
    one = ADAPTER.fetch_orders([ORDER], NOW)
    listed = ADAPTER.list_orders(PURCHASED, "tok en", NOW)
    assert one.headers["x-amz-access-token"] == listed.headers["x-amz-access-token"] == "Atza|token"
    assert one.path == f"/orders/2026-01-01/orders/{ORDER}?includedData=CANCELLATION,FULFILLMENT"
    assert query(listed.path)["paginationToken"] == ["tok en"]
    assert query(listed.path)["lastUpdatedAfter"] == ["2022-07-13T19:42:04.284Z"]
    assert "BUYER" not in listed.path
    assert "RECIPIENT" not in listed.path
    assert {one.lane, listed.lane} == {"orders"}


def test_a_sku_is_set_by_a_merge_and_asked_for_by_its_own_name() -> None:
    request = ADAPTER.push(Push("ROSE", "absolute", 7, "key"), NOW)
    assert (request.method, request.lane) == ("PATCH", "stock")
    assert urlsplit(request.path).path == "/listings/2021-08-01/items/A3TH9S8BH6GOGM/SellerSKUID1"
    assert json.loads(request.body) == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
            }
        ],
    }
    assert "/A%2F%20B%2C1?" in ADAPTER.ask_levels(["A/ B,1"], NOW).path
    assert query(ADAPTER.ask_levels(["ROSE", "C D"], NOW).path)["identifiers"] == ["SellerSKUID1,C D"]


def test_what_amazon_cannot_do_is_refused_before_it_is_asked() -> None:
    nameless = Amazon(Account("amazon-us", "amazon", Amazon.capability), Secrets())
    asked: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: ADAPTER.push(Push("ROSE", "delta", 1, "k"), NOW), "absolute"),
        (lambda: ADAPTER.fetch_orders(["1", "2"], NOW), "one order"),
        (lambda: ADAPTER.ask_levels([f"S{n}" for n in range(21)], NOW), "20 SKUs"),
        (lambda: ADAPTER.ask_levels([], NOW), "20 SKUs"),
        (lambda: ADAPTER.ask_levels(["A,B", "C"], NOW), "comma"),
        (lambda: nameless.ask_levels(["A"], NOW), "seller_id"),
    )
    for ask, word in asked:
        with pytest.raises(Unreadable, match=word):
            ask()


@pytest.mark.parametrize(
    ("status", "headers", "body", "outcome"),
    [
        (200, {}, b'{"sku": "S", "status": "ACCEPTED", "submissionId": "1"}', "applied"),
        (200, {}, b'{"status": "INVALID", "issues": [{"message": "No such attribute"}]}', "refused"),
        (429, {"x-amzn-ratelimit-limit": "0.5"}, b"", "throttled"),
        (403, {}, b'{"errors": [{"code": "Unauthorized", "message": "Access denied"}]}', "refused"),
        (404, {}, b"<html>", "refused"),
        (500, {}, b"", "unknown"),
        (503, {}, b"", "unknown"),
    ],
)
def test_a_push_is_answered(status: int, headers: dict[str, str], body: bytes, outcome: str) -> None:
    pushed = ADAPTER.read_push(Push("ROSE", "absolute", 7, "k"), Response(status, headers, body))
    assert pushed.outcome == outcome
    assert pushed.level is None
    assert pushed.retry_after_seconds == (2.0 if status == 429 else None)


ANSWER = json.dumps(
    {
        "order": {
            "orderId": ORDER,
            "createdTime": "2022-07-13T19:42:04.284Z",
            "lastUpdatedTime": "2022-11-29T19:42:04.284Z",
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A1VC38T7YXB528"},
            "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
            "orderItems": [
                {
                    "orderItemId": "1",
                    "quantityOrdered": 5,
                    "product": {
                        "sellerSku": "SellerSKUID1",
                        "price": {"unitPrice": {"amount": "1200", "currencyCode": "JPY"}},
                    },
                    "fulfillment": {"quantityFulfilled": 1, "quantityUnfulfilled": 2},
                },
                {"orderItemId": "2", "quantityOrdered": 1, "product": {"sellerSku": "B"}, "cancellation": {"cancellationExecution": {"cancelledBy": "BUYER"}}},
                {"orderItemId": "3", "quantityOrdered": 0, "product": {"sellerSku": "C"}},
            ],
        }
    }
).encode()  # fmt: skip


def test_a_fetched_order_tells_prices_and_what_is_gone() -> None:
    (order,) = ADAPTER.read_orders(Response(200, {}, ANSWER))
    assert order.lines == (OrderLine("ROSE", 5, 1200), OrderLine("B", 1))
    assert order.cancelled == (UnitLine("ROSE", 2), UnitLine("B", 1))
    assert (order.country, order.currency, order.at, order.updated_at) == ("JP", "JPY", PURCHASED, CHANGED)


def test_a_pending_order_is_not_taken_for_a_cancelled_one() -> None:
    body = json.loads(ANSWER)
    body["order"]["fulfillment"]["fulfillmentStatus"] = "PENDING"
    body["order"]["orderItems"][0]["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}
    (order,) = ADAPTER.read_orders(Response(200, {}, json.dumps(body).encode()))
    assert order.cancelled == (UnitLine("B", 1),)


def test_an_order_amazon_does_not_know_is_none_and_one_it_ships_is_left_out() -> None:
    assert ADAPTER.read_orders(Response(404, {}, b"")) == ()
    assert ADAPTER.read_orders(Response(200, {}, ANSWER.replace(b"MERCHANT", b"AMAZON"))) == ()


def test_answers_that_are_none_are_unreadable() -> None:
    readers = (ADAPTER.read_orders, ADAPTER.read_page, ADAPTER.read_levels)
    for reader in readers:
        for answer in (Response(500), Response(429), Response(200, {}, b"<html>"), Response(200, {}, b"[]")):
            with pytest.raises(Unreadable):
                reader(answer)
        for body in mutations(ANSWER, seed=3, count=150):
            complaint(partial(reader, Response(200, {}, body)))
    for body in mutations(b'{"sku": "S", "status": "ACCEPTED", "issues": [{"message": "m"}]}', seed=4, count=150):
        complaint(partial(ADAPTER.read_push, Push("ROSE", "absolute", 1, "k"), Response(200, {}, body)))


def test_a_fetched_order_whose_items_tell_no_quantity_has_no_lines() -> None:
    body = json.loads(ANSWER)
    for row in body["order"]["orderItems"]:
        row["quantityOrdered"] = 0
    body["order"]["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
    (order,) = ADAPTER.read_orders(Response(200, {}, json.dumps(body).encode()))
    assert (order.order, order.lines, order.cancelled) == (ORDER, (), ())
