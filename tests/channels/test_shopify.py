"""Shopify's webhooks and answers in our words: what is read, what is refused, and in which sentence."""

from typing import Any

import msgspec
import orjson
import pytest

from dashboard.channels.adapter import (
    Account,
    CancelHeard,
    Capability,
    Ignored,
    LevelHeard,
    NotAuthentic,
    OrderHeard,
    OrderKnown,
    Push,
    Read,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.shopify import Shopify
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.mutations import mutations
from tests.channels.shop_kit import KEY, changed, delivery, sample, signature

ORDER = sample("shopify/orders_create_test_notification_2020.json")
LEVEL = sample("shopify/inventory_levels_update.json")
COURSE = "course-v1:amirtadrisi+demo101+2020"
CREATED_AT = 1_585_328_479_000_000
LISTINGS = {
    "COURSE": {"sku": COURSE, "variant_id": "33426620022829", "inventory_item_id": "271878346596884015"},
    "LAMP": {"variant_id": "40000000000001"},
}
ACCOUNT = Account(
    "shopify-us",
    "shopify",
    Capability("compare_and_set"),
    names={"location_id": "53716844710"},
    listings=LISTINGS,
    sources={"youtube": "youtube-us", "instagram": "instagram-us", "web": "shopify-us"},
)
SHOP = Shopify(ACCOUNT, Secrets((KEY, "old key"), "token"))
PUSH = Push("COURSE", "delta", 3, "key-1")


def read(body: bytes, topic: str = "orders/create", **headers: str) -> Read:
    return SHOP.read(delivery(body, {"x-shopify-topic": topic, **headers} if topic else headers))


def heard(body: bytes, topic: str = "orders/create") -> Any:
    return read(body, topic).heard[0]


def lines(*items: dict[str, Any], **fields: Any) -> bytes:
    """An order that is not cancelled, with these lines."""
    plain = [{"id": number, "quantity": 1, "sku": COURSE, **item} for number, item in enumerate(items)]
    return changed(ORDER, line_items=plain, **{"cancelled_at": None, **fields})


def test_the_platforms_own_test_notification_is_read() -> None:
    told = heard(ORDER)
    assert told == OrderHeard(
        "820982911946154508",
        (OrderLine("COURSE", 1, 0), OrderLine("COURSE", 1, 0)),
        at=CREATED_AT,
        updated_at=CREATED_AT,
        country="US",
        currency="USD",
        buyer="115310627314723954",
        cancelled=(UnitLine("COURSE", 2),),
    )


def test_a_level_may_be_unknown_and_is_told_by_our_sku() -> None:
    at = 1_599_137_050_000_000
    assert heard(LEVEL, "inventory_levels/update") == LevelHeard("COURSE", None, at)
    assert heard(changed(LEVEL, available=-2), "inventory_levels/update") == LevelHeard("COURSE", -2, at)


def test_a_counter_that_is_not_ours_says_nothing() -> None:
    assert isinstance(heard(changed(LEVEL, location_id=1), "inventory_levels/update"), Ignored)
    assert isinstance(heard(changed(LEVEL, inventory_item_id=1), "inventory_levels/update"), Ignored)


def test_without_a_topic_the_shape_tells() -> None:
    assert isinstance(heard(ORDER, ""), OrderHeard)
    assert isinstance(heard(LEVEL, ""), LevelHeard)
    assert heard(b'{"id":1,"order_id":2,"refund_line_items":[]}', "") == OrderKnown("2")
    with pytest.raises(Unreadable, match="Neither x-shopify-topic nor"):
        heard(b'{"id":1}', "")


def test_other_topics_are_ignored_whatever_their_body() -> None:
    assert isinstance(heard(b"\xff", "products/update"), Ignored)
    with pytest.raises(Unreadable, match="x-shopify-topic holds a control character"):
        heard(b"", "a\x00")


def test_a_refund_makes_its_order_known_since_it_tells_only_its_own_lines() -> None:
    refund = b'{"id":7,"order_id":820982911946154508,"refund_line_items":[{"quantity":1,"line_item_id":1}]}'
    assert heard(refund, "refunds/create") == OrderKnown("820982911946154508")


def test_what_is_left_of_a_line_tells_what_is_cancelled_in_all() -> None:
    told = heard(
        lines({"quantity": 5, "current_quantity": 3}, {"quantity": 2, "current_quantity": 2}), "orders/updated"
    )
    assert told.lines == (OrderLine("COURSE", 5), OrderLine("COURSE", 2))
    assert told.cancelled == (UnitLine("COURSE", 2),)


def test_without_current_quantities_all_refunds_so_far_tell_it() -> None:
    refunds = [{"refund_line_items": [{"quantity": 1, "line_item_id": 0}]}] * 2
    assert heard(lines({"quantity": 5}, refunds=refunds), "orders/updated").cancelled == (UnitLine("COURSE", 2),)


def test_a_cancelled_order_has_nothing_left_with_or_without_lines() -> None:
    assert heard(lines({"quantity": 5}), "orders/cancelled").cancelled == (UnitLine("COURSE", 5),)
    assert heard(changed(ORDER, line_items=...), "orders/cancelled") == CancelHeard(
        "820982911946154508", (), CREATED_AT
    )
    assert heard(changed(ORDER, line_items=...), "orders/create") == OrderKnown("820982911946154508", CREATED_AT)


@pytest.mark.parametrize(
    ("item", "sku"),
    [
        ({"sku": COURSE}, "COURSE"),
        ({"sku": ""}, "LAMP"),
        ({"sku": None}, "LAMP"),
        ({"sku": "UNKNOWN"}, "LAMP"),
        ({"sku": "UNKNOWN", "variant_id": 5}, "UNKNOWN"),
        ({"sku": None, "variant_id": "9007199254740993"}, "9007199254740993"),
    ],
)
def test_a_line_is_named_by_sku_then_by_variant(item: dict[str, Any], sku: str) -> None:
    assert heard(lines({"variant_id": 40000000000001, **item})).lines[0].sku == sku


def test_tips_and_removed_lines_take_no_stock() -> None:
    tip: dict[str, Any] = {"sku": None, "variant_id": None}
    assert heard(lines(tip, {})).lines == (OrderLine("COURSE", 1),)
    assert heard(lines({"quantity": 0}, {})).lines == (OrderLine("COURSE", 1),)
    assert isinstance(heard(lines(tip)), Ignored)


@pytest.mark.parametrize(
    ("price", "currency", "discounts", "quantity", "minor"),
    [
        ("12.50", "USD", [], 1, 1250),
        ("1250", "JPY", [], 1, 1250),
        ("1.250", "KWD", [], 1, 1250),
        ("10.00", "USD", ["5.00"], 2, 750),
        ("10.00", "USD", ["1.00", "0.50"], 3, 950),
        ("1.00", "USD", ["5.00"], 1, 0),
        (19.99, "USD", [], 1, 1999),
        (None, "USD", [], 1, None),
    ],
)
def test_a_price_is_that_of_one_unit_in_minor_units(
    price: Any, currency: str, discounts: list[str], quantity: int, minor: int | None
) -> None:
    off = [{"amount": amount} for amount in discounts]
    body = lines({"price": price, "quantity": quantity, "discount_allocations": off}, currency=currency)
    assert heard(body).lines[0].price_minor == minor


def test_an_order_counts_for_the_channel_it_came_from() -> None:
    assert heard(lines({}, source_name="youtube")).channel == "youtube-us"
    assert heard(lines({}, source_name="web")).channel == ""
    assert heard(lines({}, source_name="580111")).channel == ""


def test_the_country_is_where_it_is_shipped_to_else_where_it_is_billed() -> None:
    assert heard(lines({}, billing_address={"country_code": "CA"})).country == "US"
    assert heard(lines({}, shipping_address=None, billing_address={"country_code": "CA"})).country == "CA"
    assert heard(lines({}, shipping_address=None, billing_address=None)).country == ""


def test_both_delivery_ids_are_kept_and_carry_their_topic() -> None:
    headers = {"x-shopify-event-id": "event", "x-shopify-webhook-id": "hook"}
    first = read(ORDER, **headers).ids
    assert first == ("orders/create:event", "orders/create:hook")
    assert read(ORDER, **headers).ids == first
    assert read(ORDER, "orders/updated", **headers).ids != first
    assert read(ORDER).ids == ()


# --- signatures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY, "old key"])
def test_every_key_we_hold_is_good(key: str) -> None:
    SHOP.check(delivery(ORDER, {"x-shopify-hmac-sha256": signature(ORDER, key)}))


@pytest.mark.parametrize("given", [signature(ORDER, "another key"), "", "é", "\ud800", "A" * 100_000, signature(LEVEL)])
def test_another_signature_is_refused(given: str) -> None:
    with pytest.raises(NotAuthentic):
        SHOP.check(delivery(ORDER, {"x-shopify-hmac-sha256": given}))


def test_a_changed_byte_or_no_signature_is_refused() -> None:
    with pytest.raises(NotAuthentic, match="does not fit"):
        SHOP.check(delivery(ORDER + b" ", {"x-shopify-hmac-sha256": signature(ORDER)}))
    with pytest.raises(NotAuthentic, match="x-shopify-hmac-sha256 is missing"):
        SHOP.check(delivery(ORDER, {}))


def test_without_a_key_the_sentence_says_where_to_set_it() -> None:
    for signing in ((), ("",)):
        with pytest.raises(NotAuthentic, match="for shopify-us; set WARROOM_SECRET_SHOPIFY_US"):
            Shopify(ACCOUNT, Secrets(signing)).check(delivery(b"", {"x-shopify-hmac-sha256": signature(b"", "")}))


# --- bad shapes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "JSON"),
        (b"[]", "object"),
        (b'{"id":', "JSON"),
        (b'{"id":"\xed\xa0\x80"}', "UTF-8"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
        (changed(ORDER, id=None), "id is missing"),
        (changed(ORDER, id=0), "id is '0'"),
        (changed(ORDER, id=-5), "id is '-5'"),
        (changed(ORDER, id=1.5), "id: expected"),
        (changed(ORDER, id="1\x002"), "id holds a control character"),
        (changed(ORDER, id="9" * 300), "id is 300 characters"),
        (changed(ORDER, line_items={}), "line_items: expected"),
        (changed(ORDER, created_at="yesterday"), "created_at is 'yesterday'"),
        (changed(ORDER, created_at="1969-12-31T23:59:59Z"), "created_at"),
        (changed(ORDER, created_at="0001-01-01T00:00:00+14:00"), "created_at"),
        (changed(ORDER, currency="DOLLARS"), "currency is"),
        (changed(ORDER, shipping_address={"country_code": "USA"}), "shipping_address.country_code is"),
        (lines({"quantity": -1}), r"line_items\[0\].quantity: expected"),
        (lines({"quantity": "2"}), r"line_items\[0\].quantity: expected"),
        (lines({"quantity": 10**10}), "quantity"),
        (lines({"quantity": 1, "current_quantity": 2}), "current_quantity is 2"),
        (lines({"price": "-1.00"}), "price is no price"),
        (lines({"price": "NaN"}), "price is no price"),
        (lines({"price": "Infinity"}), "price is no price"),
        (lines({"price": "free"}), "price: invalid decimal"),
        (lines({"price": "1e40"}), "price is more than"),
        (lines({"sku": "x\x00"}), "sku holds a control character"),
        (lines({"sku": "x" * 201}), "sku is 201 characters"),
    ],
)
def test_a_bad_shape_is_a_sentence_about_its_field(body: bytes, field: str) -> None:
    with pytest.raises(Unreadable, match=field) as refused:
        heard(body)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    "topic", ["orders/create", "orders/cancelled", "refunds/create", "inventory_levels/update", ""]
)
@pytest.mark.parametrize("body", [ORDER, LEVEL], ids=["order", "level"])
def test_damaged_bodies_are_read_or_unreadable_and_nothing_else(body: bytes, topic: str) -> None:
    sentences: list[str] = []
    for damaged in mutations(body, 300, seed=7):
        try:
            told = read(damaged, topic)
        except Unreadable as refused:
            sentences.append(str(refused))
            continue
        assert msgspec.json.encode(told)
    assert len(sentences) > 60
    assert max(map(len, sentences)) < 200


# --- answers ------------------------------------------------------------------------------------------------------


def said(body: Any, status: int = 200, **headers: str) -> Response:
    return Response(status, headers, orjson.dumps(body))


def refused_input(code: str) -> Response:
    return said({"data": {"done": {"inventoryAdjustmentGroup": None, "userErrors": [{"code": code, "message": "m"}]}}})


THROTTLED = said(
    {
        "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
        "extensions": {
            "cost": {"requestedQueryCost": 60, "throttleStatus": {"currentlyAvailable": 10, "restoreRate": 20}}
        },
    }
)


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (THROTTLED, "throttled"),
        (Response(429, {"retry-after": "2.5"}), "throttled"),
        (refused_input("CHANGE_FROM_QUANTITY_STALE"), "mismatch"),
        (refused_input("COMPARE_QUANTITY_STALE"), "mismatch"),
        (refused_input("IDEMPOTENCY_CONCURRENT_REQUEST"), "unknown"),
        (refused_input("ITEM_NOT_STOCKED_AT_LOCATION"), "refused"),
        (said({"errors": [{"message": "m", "extensions": {"code": "ACCESS_DENIED"}}]}), "refused"),
        (said({"errors": [{"message": "m", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}), "unknown"),
        (said({"errors": [{"message": "m"}]}), "unknown"),
        (Response(401), "refused"),
        (Response(302), "refused"),
        (Response(503), "unknown"),
    ],
)
def test_what_became_of_a_push_that_was_not_done(response: Response, outcome: str) -> None:
    pushed = SHOP.read_push(PUSH, response)
    assert (pushed.outcome, bool(pushed.sentence)) == (outcome, True)
    if outcome == "throttled":
        assert pushed.retry_after_seconds == 2.5


@pytest.mark.parametrize("response", [said({}), said({"data": {}}), said([]), Response(200, {}, b"\xff")])
def test_an_answer_that_makes_no_sense_is_unreadable(response: Response) -> None:
    with pytest.raises(Unreadable):
        SHOP.read_push(PUSH, response)


@pytest.mark.parametrize("response", [THROTTLED, Response(500), said({}), said({"data": {"nodes": 5}}), Response(200)])
def test_a_reading_that_failed_is_unreadable(response: Response) -> None:
    for reading in (SHOP.read_orders, SHOP.read_page, SHOP.read_levels):
        with pytest.raises(Unreadable):
            reading(response)


def test_a_page_that_is_not_the_last_says_where_to_go_on() -> None:
    page = {"data": {"orders": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": None}}}}
    with pytest.raises(Unreadable, match="endCursor is missing"):
        SHOP.read_page(said(page))


def test_what_the_account_does_not_list_cannot_be_written() -> None:
    with pytest.raises(Unreadable, match="LAMP has no inventory_item_id on shopify-us"):
        SHOP.push(Push("LAMP", "delta", 1, "k"), 0)
    with pytest.raises(Unreadable, match="cannot be written as raise_only"):
        SHOP.push(Push("COURSE", "raise_only", 1, "k"), 0)
    nowhere = Shopify(without_location(ACCOUNT), Secrets())
    with pytest.raises(Unreadable, match="shopify-us has no location_id"):
        nowhere.ask_levels(["COURSE"], 0)


def without_location(account: Account) -> Account:
    """The account without its location."""
    return Account(account.channel, account.platform, account.capability, listings=account.listings)
