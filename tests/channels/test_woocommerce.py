"""WooCommerce's webhooks and answers in our words: what is read, what is refused, and in which sentence."""

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
    Push,
    Read,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.woocommerce import WooCommerce
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.mutations import mutations
from tests.channels.shop_kit import KEY, changed, delivery, sample, signature

ORDER = sample("woocommerce/order.json")
CREATED_AT = 1_490_210_882_000_000
LISTINGS = {
    "SINGLE": {"product_id": "93"},
    "IDEA": {"sku": "Bar3", "product_id": "22", "variation_id": "23"},
    "NINETY-THREE": {"sku": "93", "product_id": "500"},
}
ACCOUNT = Account(
    "woocommerce-us", "woocommerce", Capability("absolute"), time_zone="America/Sao_Paulo", listings=LISTINGS
)
SHOP = WooCommerce(ACCOUNT, Secrets((KEY, "old key"), "ck_x:cs_y"))
PRODUCT = orjson.dumps({"id": 23, "sku": "Bar3", "stock_quantity": 4, "date_modified_gmt": "2017-03-22T19:28:02"})
PUSH = Push("IDEA", "absolute", 3, "key-1")


def read(body: bytes, topic: str = "order.created", **headers: str) -> Read:
    return SHOP.read(delivery(body, {"x-wc-webhook-topic": topic, **headers} if topic else headers))


def heard(body: bytes, topic: str = "order.created") -> Any:
    return read(body, topic).heard[0]


def lines(*items: dict[str, Any], **fields: Any) -> bytes:
    """An order with these lines."""
    return changed(ORDER, line_items=[{"quantity": 1, "sku": "Bar3", **item} for item in items], **fields)


def noted(**notes: Any) -> list[dict[str, Any]]:
    return [{"id": 1, "key": key, "value": value} for key, value in notes.items()]


def test_the_documentations_own_order_is_read() -> None:
    assert heard(ORDER) == OrderHeard(
        "727",
        (OrderLine("SINGLE", 2, 300), OrderLine("IDEA", 1, 1200)),
        at=CREATED_AT,
        updated_at=CREATED_AT + 6_000_000,
        country="US",
        currency="USD",
    )


def test_a_time_without_an_offset_is_the_shops_own() -> None:
    body = changed(ORDER, date_created_gmt=..., date_modified_gmt=None)
    assert (heard(body).at, heard(body).updated_at) == (CREATED_AT, CREATED_AT + 6_000_000)


@pytest.mark.parametrize(
    ("status", "paid", "outcome"),
    [
        ("processing", None, "sold"),
        ("on-hold", None, "sold"),
        ("completed", "2017-03-22T19:28:08", "sold"),
        ("wc-packed", None, "sold"),
        ("pending", None, "ignored"),
        ("checkout-draft", None, "ignored"),
        ("failed", None, "ignored"),
        ("failed", "2017-03-22T19:28:08", "gone"),
        ("cancelled", None, "gone"),
        ("refunded", None, "gone"),
        ("trash", None, "gone"),
    ],
)
def test_a_status_says_whether_stock_is_taken(status: str, paid: str | None, outcome: str) -> None:
    told = heard(lines({"quantity": 2}, status=status, date_paid_gmt=paid, date_paid=None))
    if outcome == "ignored":
        assert isinstance(told, Ignored)
    else:
        assert told.lines == (OrderLine("IDEA", 2),)
        assert told.cancelled == ((UnitLine("IDEA", 2),) if outcome == "gone" else ())


@pytest.mark.parametrize(
    ("notes", "lost"),
    [
        ({}, 0),
        ({"_reduced_stock": "5"}, 0),
        ({"_reduced_stock": "3"}, 2),
        ({"_reduced_stock": 3, "_restock_refunded_items": "2"}, 2),
        ({"_restock_refunded_items": "5"}, 5),
        ({"_reduced_stock": "0"}, 5),
    ],
)
def test_the_shops_own_notes_tell_what_a_line_has_lost(notes: dict[str, Any], lost: int) -> None:
    body = lines({"quantity": 5, "meta_data": noted(**notes)}, refunds=[{"id": 1, "total": "-6.00"}])
    assert heard(body, "order.updated").cancelled == ((UnitLine("IDEA", lost),) if lost else ())


def test_a_deleted_order_is_cancelled_whole() -> None:
    assert heard(b'{"id":727}', "order.deleted") == CancelHeard("727")


@pytest.mark.parametrize(
    ("item", "sku"),
    [
        ({"sku": "Bar3", "variation_id": 0, "product_id": 93}, "IDEA"),
        ({"sku": "", "variation_id": 23, "product_id": 22}, "IDEA"),
        ({"sku": "", "variation_id": 0, "product_id": 93}, "SINGLE"),
        ({"sku": "93", "variation_id": 0, "product_id": 500}, "NINETY-THREE"),
        ({"sku": "", "variation_id": 24, "product_id": 22}, "24"),
        ({"sku": "", "variation_id": 0, "product_id": 22}, "22"),
        ({"sku": "OTHER", "variation_id": 24, "product_id": 93}, "OTHER"),
        ({"sku": "OTHER", "variation_id": 23}, "IDEA"),
    ],
)
def test_a_line_is_named_by_sku_then_variation_then_product(item: dict[str, Any], sku: str) -> None:
    assert heard(lines(item)).lines[0].sku == sku


@pytest.mark.parametrize(
    ("price", "currency", "minor"), [(3, "USD", 300), (12.345, "USD", 1234), ("7", "JPY", 7), (1.5, "KWD", 1500)]
)
def test_a_price_is_in_minor_units_of_its_currency(price: Any, currency: str, minor: int) -> None:
    assert heard(lines({"price": price}, currency=currency)).lines[0].price_minor == minor


def test_lines_without_stock_are_passed_over() -> None:
    nothing = {"sku": "", "product_id": 0, "variation_id": 0}
    assert heard(lines(nothing, {})).lines == (OrderLine("IDEA", 1),)
    assert isinstance(heard(lines(nothing, {"quantity": 0})), Ignored)


def test_a_product_tells_its_counter() -> None:
    assert heard(PRODUCT, "product.updated") == LevelHeard("IDEA", 4, CREATED_AT)
    assert heard(changed(PRODUCT, stock_quantity=None), "product.updated") == LevelHeard("IDEA", None, CREATED_AT)
    assert heard(changed(PRODUCT, stock_quantity=2.9), "product.updated").level == 2
    assert heard(changed(PRODUCT, id=93, sku=""), "product.updated").sku == "SINGLE"
    assert isinstance(heard(changed(PRODUCT, id=22, sku=""), "product.updated"), Ignored)


def test_without_a_topic_the_shape_tells() -> None:
    assert isinstance(heard(ORDER, ""), OrderHeard)
    assert isinstance(heard(PRODUCT, ""), LevelHeard)
    with pytest.raises(Unreadable, match="Neither x-wc-webhook-topic nor"):
        heard(b'{"id":727}', "")


def test_other_topics_are_ignored_whatever_their_body() -> None:
    assert isinstance(heard(b"\xff", "coupon.created"), Ignored)


def test_an_order_counts_for_the_channel_it_came_from() -> None:
    sources = {"youtube": "youtube-us", "rest-api": "api-us"}
    shop = WooCommerce(with_sources(ACCOUNT, sources), Secrets((KEY,)))
    from_stream = changed(ORDER, meta_data=noted(_wc_order_attribution_utm_source="youtube"))
    told = [shop.read(delivery(body, {})).heard[0] for body in (from_stream, ORDER)]
    assert [one.channel for one in told if isinstance(one, OrderHeard)] == ["youtube-us", "api-us"]


def with_sources(account: Account, sources: dict[str, str]) -> Account:
    """The account with sources."""
    return Account(account.channel, account.platform, account.capability, listings=LISTINGS, sources=sources)


@pytest.mark.parametrize("header", ["x-wc-webhook-delivery-id", "x-wc-delivery-id"])
def test_a_delivery_id_has_two_spellings_and_counts_with_its_body(header: str) -> None:
    first = SHOP.read(delivery(ORDER, {header: "abc"})).ids
    assert len(first) == 1
    assert SHOP.read(delivery(ORDER, {header: "abc"})).ids == first
    assert SHOP.read(delivery(changed(ORDER, id=728), {header: "abc"})).ids != first, "one second, one id, two orders"


# --- signatures ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [KEY, "old key"])
def test_every_key_we_hold_is_good(key: str) -> None:
    SHOP.check(delivery(ORDER, {"x-wc-webhook-signature": signature(ORDER, key)}))


@pytest.mark.parametrize("given", [signature(ORDER, "another key"), "", "é", "\ud800", "A" * 100_000])
def test_another_signature_is_refused(given: str) -> None:
    with pytest.raises(NotAuthentic):
        SHOP.check(delivery(ORDER, {"x-wc-webhook-signature": given}))
    with pytest.raises(NotAuthentic):
        SHOP.check(delivery(b"webhook_id=3", {"x-wc-webhook-signature": given}))


def test_a_changed_byte_or_no_signature_or_no_key_is_refused() -> None:
    with pytest.raises(NotAuthentic, match="does not fit"):
        SHOP.check(delivery(ORDER + b" ", {"x-wc-webhook-signature": signature(ORDER)}))
    with pytest.raises(NotAuthentic, match="x-wc-webhook-signature is missing"):
        SHOP.check(delivery(ORDER, {}))
    with pytest.raises(NotAuthentic, match="set WARROOM_SECRET_WOOCOMMERCE_US"):
        WooCommerce(ACCOUNT, Secrets()).check(delivery(ORDER, {"x-wc-webhook-signature": signature(ORDER)}))


def test_the_unsigned_ping_of_a_new_webhook_passes_and_says_nothing() -> None:
    ping = delivery(b"webhook_id=3", {})
    SHOP.check(ping)
    assert isinstance(SHOP.read(ping).heard[0], Ignored)
    for more in (b"webhook_id=3&x=1", b"webhook_id=", b"webhook_id=3\n", b" webhook_id=3", b"webhook_id=" + b"3" * 21):
        with pytest.raises(NotAuthentic):
            SHOP.check(delivery(more, {}))


# --- bad shapes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "JSON"),
        (b"[]", "object"),
        (b"webhook=3", "JSON"),
        (b'{"id":"\xed\xa0\x80"}', "UTF-8"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
        (changed(ORDER, id=...), "id is missing"),
        (changed(ORDER, id="12a"), "id is '12a'"),
        (changed(ORDER, id=1e30), "id: expected"),
        (changed(ORDER, status=...), "status is missing"),
        (changed(ORDER, line_items=...), "line_items is missing"),
        (changed(ORDER, line_items="none"), "line_items: expected"),
        (changed(ORDER, date_created_gmt="soon"), "date_created_gmt is 'soon'"),
        (changed(ORDER, date_created_gmt=None, date_created="1900-01-01T00:00:00"), "date_created is"),
        (changed(ORDER, currency="$"), "currency is"),
        (changed(ORDER, shipping={"country": "United States"}), "shipping.country is"),
        (lines({"quantity": -1}), r"line_items\[0\].quantity: expected"),
        (lines({"quantity": 1.5}), r"line_items\[0\].quantity: expected"),
        (lines({"quantity": 1e30}), "quantity"),
        (lines({"price": -1}), "price is no price"),
        (lines({"price": "NaN"}), "price is no price"),
        (lines({"variation_id": -3}), "variation_id is '-3'"),
        (lines({"sku": "x\x00"}), "sku holds a control character"),
        (lines({"meta_data": noted(_reduced_stock="2")}), "_reduced_stock is '2'; it takes a whole number from 0 to 1"),
        (lines({"meta_data": noted(_reduced_stock=[])}), "_reduced_stock is a list"),
        (lines({"meta_data": noted(_restock_refunded_items="-1")}), "_restock_refunded_items is '-1'"),
    ],
)
def test_a_bad_shape_is_a_sentence_about_its_field(body: bytes, field: str) -> None:
    with pytest.raises(Unreadable, match=field) as refused:
        heard(body)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("topic", ["order.created", "order.deleted", "product.updated", ""])
@pytest.mark.parametrize("body", [ORDER, PRODUCT], ids=["order", "product"])
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


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (Response(429, {"retry-after": "3"}), "throttled"),
        (Response(429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}), "throttled"),
        (Response(401), "refused"),
        (Response(404), "refused"),
        (Response(500), "unknown"),
        (Response(408), "unknown"),
    ],
)
def test_what_became_of_a_push_that_was_not_done(response: Response, outcome: str) -> None:
    pushed = SHOP.read_push(PUSH, response)
    assert (pushed.outcome, bool(pushed.sentence)) == (outcome, True)
    assert pushed.retry_after_seconds == (3.0 if response.headers.get("retry-after") == "3" else None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"stock_quantity":null}', b'{"stock_quantity":1e30}', b"<html>"])
def test_an_answer_that_makes_no_sense_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        SHOP.read_push(PUSH, Response(200, {}, body))


@pytest.mark.parametrize("response", [Response(429), Response(500), Response(200), Response(200, {}, b"{}")])
def test_a_reading_that_failed_is_unreadable(response: Response) -> None:
    for reading in (SHOP.read_orders, SHOP.read_page, SHOP.read_levels):
        with pytest.raises(Unreadable):
            reading(response)


@pytest.mark.parametrize("link", ["<https://x.example/?page=two>", "<https://x.example/>", "<http://[broken/?page=2>"])
def test_a_next_page_must_be_a_number(link: str) -> None:
    with pytest.raises(Unreadable, match="The next page is called"):
        SHOP.read_page(Response(200, {"link": f'{link}; rel="next"'}, b"[]"))


def test_only_absolute_pushes_can_be_written() -> None:
    for kind in ("delta", "compare_and_set", "raise_only"):
        with pytest.raises(Unreadable, match=f"cannot be written as {kind}; use absolute"):
            SHOP.push(Push("IDEA", kind, 1, "k", expected=0), 0)


def test_levels_are_asked_for_in_one_call_or_not_at_all() -> None:
    assert "sku=Bar3%2C93" in SHOP.ask_levels(["IDEA", "NINETY-THREE"], 0).path
    assert "include=93" in SHOP.ask_levels(["SINGLE"], 0).path
    with pytest.raises(Unreadable, match="are asked for by sku; add it to each"):
        SHOP.ask_levels(["SINGLE", "IDEA"], 0)
    with pytest.raises(Unreadable, match="LAMP has no product_id"):
        SHOP.ask_levels(["LAMP"], 0)
