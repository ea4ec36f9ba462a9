"""TikTok Shop's webhooks and answers in our words; whatever is not as documented is refused with one sentence."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.channels.adapter import (
    Account,
    CancelHeard,
    Delivery,
    Ignored,
    NotAuthentic,
    OrderKnown,
    Push,
    Read,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.tiktok_shop import TikTokShop
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.mutations import mutations

SAMPLE = Path("tests/data/webhooks/tiktok_shop/order_status_change.json").read_bytes()
SECOND = 1_000_000
NOW = 1_644_412_900 * SECOND
ORDER = "576486316948490001"
LISTINGS = {
    "HALO-ROSE": {"product_id": "172900", "sku_id": "1729386416015578024", "seller_sku": "halo/rose"},
    "HALO-GOLD": {"product_id": "172901", "sku_id": "1729386416015578025"},
}


def account(**changes: Any) -> Account:
    names = {"app_key": "68xu9ks5p4i8", "warehouse_id": "7", "activity_id": "99"}
    told: dict[str, Any] = {"currency": "USD", "names": names, "listings": LISTINGS}
    return Account("tiktok-us", "tiktok_shop", TikTokShop.capability, **(told | changes))


def adapter(*keys: str, **changes: Any) -> TikTokShop:
    return TikTokShop(account(**changes), Secrets(keys or ("e59af819cc",), "ROW_token"))


def delivery(body: bytes, key: str = "e59af819cc", app: str = "68xu9ks5p4i8") -> Delivery:
    sign = hmac.new(key.encode(), app.encode() + body, hashlib.sha256).hexdigest()
    return Delivery({"authorization": sign}, body, NOW)


def notice(**changes: Any) -> bytes:
    told = json.loads(SAMPLE)
    data = changes.pop("data", {})
    told.update(changes)
    told["data"] = {**told["data"], **data} if isinstance(data, dict) else data
    return json.dumps({name: value for name, value in told.items() if value is not ...}).encode()


def read(body: bytes, **changes: Any) -> Read:
    return adapter(**changes).read(Delivery({}, body, NOW))


def answer(data: Any, code: Any = 0, status: int = 200, **headers: str) -> Response:
    return Response(status, headers, json.dumps({"code": code, "message": "", "data": data}).encode())


def order(**changes: Any) -> dict[str, Any]:
    unit = {"sku_id": "1729386416015578024", "sale_price": "12.30", "currency": "USD", "display_status": "UNPAID"}
    return {"id": ORDER, "status": "UNPAID", "create_time": 1644412885, "line_items": [unit, unit], **changes}


def test_the_documented_sample_says_that_an_order_is_known() -> None:
    told = delivery(SAMPLE)
    adapter().check(told)
    heard = OrderKnown(ORDER, 1_644_412_885 * SECOND)
    assert adapter().read(told) == Read(("7327112393057371910",), (heard,))
    assert adapter().read(told).ids == adapter().read(delivery(SAMPLE)).ids


@pytest.mark.parametrize("keys", [("new", "old"), ("old", "new"), ("old",)])
def test_the_old_key_holds_while_it_is_rotated(keys: tuple[str, ...]) -> None:
    adapter(*keys).check(delivery(SAMPLE, "old"))


def test_what_the_platform_did_not_sign_is_not_authentic() -> None:
    good = delivery(SAMPLE)
    sign = good.headers["authorization"]
    flipped = SAMPLE.replace(b"UNPAID", b"UNPAIE")
    wrong = [
        Delivery({}, SAMPLE, NOW),
        Delivery({"authorization": ""}, SAMPLE, NOW),
        Delivery({"authorization": sign[:-1]}, SAMPLE, NOW),
        Delivery({"authorization": "é\ud800" + sign}, SAMPLE, NOW),
        Delivery({"authorization": sign}, flipped, NOW),
        Delivery({"authorization": sign}, SAMPLE + b" ", NOW),
        delivery(SAMPLE, "another"),
        delivery(SAMPLE, app="another"),
        delivery(SAMPLE, ""),
    ]
    for told in wrong:
        with pytest.raises(NotAuthentic) as refused:
            adapter().check(told)
        assert "e59af819cc" not in str(refused.value)
    with pytest.raises(NotAuthentic, match="WARROOM_SECRET_TIKTOK_US"):
        adapter("").check(delivery(SAMPLE, ""))
    with pytest.raises(NotAuthentic, match="app_key"):
        adapter(names={}).check(good)


STATUSES = [(word, OrderKnown) for word in "UNPAID ON_HOLD AWAITING_SHIPMENT AWAITING_COLLECTION IN_TRANSIT".split()]


@pytest.mark.parametrize(("status", "heard"), [*STATUSES, ("CANCEL", CancelHeard), ("CANCELLED", CancelHeard)])
def test_every_status_but_cancel_holds_stock(status: str, heard: type) -> None:
    (told,) = read(notice(data={"order_status": status})).heard
    assert isinstance(told, heard)
    assert isinstance(told, OrderKnown | CancelHeard)
    assert told.order == ORDER


@pytest.mark.parametrize(
    ("kind", "data", "heard"),
    [
        (11, {"cancel_status": "CANCELLATION_REQUEST_PENDING"}, Ignored),
        (11, {"cancel_status": "CANCELLATION_REQUEST_CANCELLED"}, Ignored),
        (11, {"cancel_status": "CANCELLATION_REQUEST_SUCCESS"}, OrderKnown),
        (11, {"cancel_status": "CANCELLATION_REQUEST_COMPLETE"}, OrderKnown),
        (12, {"return_status": "AWAITING_BUYER_SHIP"}, Ignored),
        (12, {"return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE"}, OrderKnown),
        (3, "anything", Ignored),
        (27, {}, Ignored),
        ("1", {}, OrderKnown),
    ],
)
def test_what_may_cancel_units_makes_us_fetch_the_order_and_the_rest_is_ignored(
    kind: Any, data: Any, heard: type
) -> None:
    assert isinstance(read(notice(type=kind, data=data)).heard[0], heard)


def test_an_order_of_another_shop_is_counted_for_its_channel_or_ignored() -> None:
    names = {"app_key": "a", "shop_id": "1"}
    assert isinstance(read(SAMPLE, names=names).heard[0], Ignored)
    (told,) = read(SAMPLE, names=names, sources={"7494049642642441621": "tiktok-gb"}).heard
    assert isinstance(told, OrderKnown)
    assert told.channel == "tiktok-gb"
    own = {"app_key": "a", "shop_id": "7494049642642441621"}
    assert isinstance(read(SAMPLE, names=own).heard[0], OrderKnown)


def test_numbers_above_2_to_the_53_stay_exact_whichever_way_they_are_written() -> None:
    told = read(notice(tts_notification_id=7327112393057371911, data={"order_id": 576486316948490003}))
    assert told.ids == ("7327112393057371911",)
    assert told.heard == (OrderKnown("576486316948490003", 1_644_412_885 * SECOND),)


BAD = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"type":1,"tts_notification_id":"\xff"}',
    b'{"x":' + b"[" * 100_000,
    notice(type=...),
    notice(type="one"),
    notice(type=1.5),
    notice(type=True),
    notice(type=-1),
    notice(tts_notification_id=...),
    notice(tts_notification_id=""),
    notice(tts_notification_id="a\x00b"),
    notice(tts_notification_id=1e30),
    notice(data=None),
    notice(data=[]),
    notice(data="x"),
    notice(data={"order_id": None}),
    notice(data={"order_id": ""}),
    notice(data={"order_id": "\ud800"}),
    notice(data={"order_id": "5" * 5000}),
    notice(data={"order_id": -5}),
    notice(data={"order_status": ""}),
    notice(data={"order_status": 4}),
    notice(data={"update_time": 1_644_412_885_000}),
    notice(data={"update_time": -1}),
    notice(data={"update_time": "soon"}),
    notice(data={"update_time": 1e30}),
]


@pytest.mark.parametrize("body", BAD)
def test_a_bad_shape_is_unreadable_with_one_short_sentence(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body)
    assert 10 < len(str(refused.value)) < 200


def test_whatever_happens_to_a_notification_it_is_read_or_unreadable() -> None:
    outcomes = {True: 0, False: 0}
    for body in mutations(SAMPLE, 600, 7):
        adapter().check(delivery(body))
        try:
            msgspec.json.encode(read(body))
            outcomes[True] += 1
        except Unreadable:
            outcomes[False] += 1
    assert min(outcomes.values()) > 50


def test_units_of_one_sku_and_price_are_counted_and_cancelled_ones_told() -> None:
    unit = {"sku_id": 1729386416015578024, "sale_price": "12.30", "currency": "USD", "display_status": "CANCELLED"}
    units = [unit, {**unit, "display_status": "UNPAID"}, {**unit, "sale_price": "0"}, {**unit, "sku_id": "5"}]
    units[3] |= {"seller_sku": "halo/rose", "sale_price": None, "display_status": None}
    (told,) = adapter().read_orders(answer({"orders": [order(line_items=units, user_id="u1")]}))
    assert told.lines == (
        OrderLine("HALO-ROSE", 2, 1230),
        OrderLine("HALO-ROSE", 1, 0),
        OrderLine("HALO-ROSE", 1, None),
    )
    assert told.cancelled == (UnitLine("HALO-ROSE", 2),)
    assert (told.order, told.at, told.buyer, told.currency) == (ORDER, 1_644_412_885 * SECOND, "u1", "USD")
    (whole,) = adapter().read_orders(answer({"orders": [order(status="CANCELLED")]}))
    assert whole.cancelled == (UnitLine("HALO-ROSE", 2),)


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("1200", "JPY", 1200), ("1.234", "KWD", 1234), ("19.99", "USD", 1999), ("350000", "VND", 350000), ("3", "", None)],
)
def test_prices_become_minor_units_of_their_own_currency(price: Any, currency: str, minor: int | None) -> None:
    unit = {"sku_id": "1", "sale_price": price, "currency": currency}
    told = adapter(currency="").read_orders(answer({"orders": [order(line_items=[unit])]}))
    assert told[0].lines[0].price_minor == minor


BAD_ORDERS = [
    order(line_items=[]),
    order(line_items=None),
    order(line_items=[{}]),
    order(line_items=[{"sku_id": "1", "sale_price": "NaN", "currency": "USD"}]),
    order(line_items=[{"sku_id": "1", "sale_price": "-1", "currency": "USD"}]),
    order(line_items=[{"sku_id": "1", "sale_price": "1e99", "currency": "USD"}]),
    order(line_items=[{"sku_id": "1", "sale_price": "dear", "currency": "USD"}]),
    order(line_items=[{"sku_id": "a b"}]),
    order(id="a\x00"),
    order(create_time="yesterday"),
]


@pytest.mark.parametrize("told", BAD_ORDERS)
def test_an_order_that_makes_no_sense_is_unreadable_and_known_by_its_number_on_a_page(told: Any) -> None:
    with pytest.raises(Unreadable):
        adapter().read_orders(answer({"orders": [told]}))
    page = answer({"orders": [{**told, "id": "1"}, order()], "next_page_token": "next"})
    heard = adapter().read_page(page).heard
    assert [one.order for one in heard] == ["1", ORDER]


def test_a_page_says_where_the_next_begins_and_what_the_platforms_clock_said() -> None:
    page = adapter().read_page(answer({"orders": []}, date="Wed, 09 Feb 2022 13:21:25 GMT"))
    assert (page.next_page, page.at) == ("", 1_644_412_885 * SECOND)
    assert adapter().read_page(answer({}, date="soon")).at is None


BAD_ANSWERS = [
    Response(200, {}, b"<html>"),
    Response(200, {}, b""),
    Response(500, {}, b"{}"),
    Response(429, {}, b"{}"),
    answer({}, 36009002),
    answer({}, 106001, 401),
    answer({}, "none"),
    answer([]),
    answer({"orders": "x", "inventory": "x"}),
    answer({"orders": [1], "inventory": [{"skus": [{"id": "1729386416015578025", "total_available_quantity": -1}]}]}),
]


@pytest.mark.parametrize("response", BAD_ANSWERS)
def test_an_answer_that_is_no_success_is_unreadable(response: Response) -> None:
    for method in (adapter().read_orders, adapter().read_page, adapter().read_levels):
        with pytest.raises(Unreadable):
            method(response)


PUSH = Push("HALO-ROSE", "absolute", 5, "key")


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (answer({}), "applied"),
        (answer(None), "applied"),
        (answer({"errors": [{"code": 12052048, "message": "x"}]}), "refused"),
        (answer(None, 106001, 401), "refused"),
        (answer(None, 36009002), "throttled"),
        (answer(None, 36009007), "unknown"),
        (Response(429, {"retry-after": "2.5"}), "throttled"),
        (Response(503), "unknown"),
    ],
)
def test_what_became_of_a_push(response: Response, outcome: str) -> None:
    pushed = adapter().read_push(PUSH, response)
    assert pushed.outcome == outcome
    assert pushed.level == (5 if outcome == "applied" else None)
    assert pushed.retry_after_seconds == (2.5 if response.headers else None)


def test_an_answer_to_a_push_that_nobody_can_read_is_unreadable() -> None:
    for response in (Response(200, {}, b"ok"), answer(None, "x"), answer("x"), answer({"errors": "x"})):
        with pytest.raises(Unreadable):
            adapter().read_push(PUSH, response)


def test_a_push_needs_its_names_its_key_and_a_kind_the_platform_has() -> None:
    with pytest.raises(Unreadable, match="delta"):
        adapter().push(Push("HALO-ROSE", "delta", 1, "k"), NOW)
    with pytest.raises(Unreadable, match="product_id"):
        adapter().push(Push("NOBODY", "absolute", 1, "k"), NOW)
    with pytest.raises(Unreadable, match="from 0"):
        adapter().push(Push("HALO-ROSE", "absolute", -1, "k"), NOW)
    with pytest.raises(Unreadable, match="activity_id"):
        adapter(names={"app_key": "a"}).push(Push("HALO-ROSE", "raise_only", 1, "k"), NOW)
    with pytest.raises(Unreadable, match="No signing secret is set for"):
        adapter("").ask_levels(["HALO-ROSE"], NOW)


def test_a_call_is_signed_as_the_documents_example_says() -> None:
    """app key 68xu9ks5p4i8, secret e59af819cc: path + sorted name-value pairs + body, the secret at both ends."""
    request = adapter().push(PUSH, NOW)
    path, _, query = request.path.partition("?")
    sign = dict(pair.split("=") for pair in query.split("&"))["sign"]
    stamp = NOW // SECOND - 120
    text = f"e59af819cc{path}app_key68xu9ks5p4i8timestamp{stamp}".encode() + request.body + b"e59af819cc"
    assert sign == hmac.new(b"e59af819cc", text, hashlib.sha256).hexdigest()
    assert request.headers["x-tts-access-token"] == "ROW_token"
    assert b"ROW_token" not in request.path.encode()
