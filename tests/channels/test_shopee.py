"""Shopee's pushes and answers in our words; whatever is not as documented is refused with one sentence."""

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
    Capability,
    Delivery,
    Ignored,
    Levels,
    NotAuthentic,
    OrderKnown,
    Push,
    Read,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.shopee import Shopee
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.mutations import mutations

SAMPLE = Path("tests/data/webhooks/shopee/order_status_push.json").read_bytes()
SECOND = 1_000_000
NOW = 1_660_123_130 * SECOND
URL = "https://war.example/channels/shopee-my"
ORDER = "220810QSK8S7BX"
LISTINGS = {
    "HALO-ROSE": {"item_id": "34002", "model_id": "0", "item_sku": "halo rose"},
    "HALO-GOLD": {"item_id": "34003", "model_id": "901", "model_sku": "halo gold"},
    "HALO-JADE": {"item_id": "34003", "model_id": "902"},
    "HALO-PEARL": {"item_id": "34004"},
}
NAMES = {"partner_id": "2001", "shop_id": "727720655", "flash_sale_id": "88"}


def adapter(*keys: str, **changes: Any) -> Shopee:
    told: dict[str, Any] = {"callback_url": URL, "currency": "MYR", "names": NAMES, "listings": LISTINGS}
    told |= {"capability": Shopee.capability, **changes}
    return Shopee(Account("shopee-my", "shopee", **told), Secrets(keys or ("partner-key",), "token-of-the-shop"))


def delivery(body: bytes, key: str = "partner-key", url: str = URL, to: str = "") -> Delivery:
    sign = hmac.new(key.encode(), url.encode() + b"|" + body, hashlib.sha256).hexdigest()
    return Delivery({"authorization": sign}, body, NOW, to)


def push(**changes: Any) -> bytes:
    told = json.loads(SAMPLE)
    data = changes.pop("data", {})
    told.update(changes)
    told["data"] = {**told["data"], **data} if isinstance(data, dict) else data
    if isinstance(told["data"], dict):
        told["data"] = {name: value for name, value in told["data"].items() if value is not ...}
    return json.dumps({name: value for name, value in told.items() if value is not ...}).encode()


def read(body: bytes, **changes: Any) -> Read:
    return adapter(**changes).read(Delivery({}, body, NOW))


def answer(data: Any, error: Any = "", status: int = 200, **headers: str) -> Response:
    return Response(status, headers, json.dumps({"error": error, "message": "", "response": data}).encode())


def item(**changes: Any) -> dict[str, Any]:
    return {"item_id": 34002, "model_id": 0, "model_quantity_purchased": 2, "model_discounted_price": 12.3, **changes}


def order(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    told = {"order_sn": ORDER, "order_status": "READY_TO_SHIP", "currency": "MYR", "region": "MY"}
    return {**told, "create_time": 1660123100, "item_list": list(items) or [item()], **changes}


def test_the_documented_sample_says_that_an_order_is_known() -> None:
    told = delivery(SAMPLE)
    adapter().check(told)
    heard = OrderKnown(ORDER, 1_660_123_127 * SECOND)
    assert adapter().read(told) == Read((f"727720655/3/{ORDER}/PROCESSED/1660123127",), (heard,))


def test_a_repeated_push_has_the_same_id_and_another_change_has_another() -> None:
    first = read(SAMPLE).ids
    assert read(push(timestamp=1660133927)).ids == first
    for changed in ({"status": "SHIPPED"}, {"update_time": 1660123128}, {"ordersn": "220810QSK8S7BY"}):
        assert read(push(data=changed)).ids != first
    assert read(push(shop_id=1)).ids != first


@pytest.mark.parametrize("keys", [("new", "old"), ("old", "new"), ("old",)])
def test_the_old_key_holds_while_it_is_rotated(keys: tuple[str, ...]) -> None:
    adapter(*keys).check(delivery(SAMPLE, "old"))


def test_the_url_the_push_was_sent_to_counts_where_the_account_names_none() -> None:
    adapter(callback_url="").check(delivery(SAMPLE, to=URL))
    adapter().check(delivery(SAMPLE, to="http://10.0.0.1/behind-the-proxy"))
    with pytest.raises(NotAuthentic, match="callback_url"):
        adapter(callback_url="").check(delivery(SAMPLE))


def test_what_the_platform_did_not_sign_is_not_authentic() -> None:
    sign = delivery(SAMPLE).headers["authorization"]
    wrong = [
        Delivery({}, SAMPLE, NOW, URL),
        Delivery({"authorization": sign[:-1] + "é"}, SAMPLE, NOW, URL),
        Delivery({"authorization": sign}, SAMPLE.replace(b"PROCESSED", b"PROCESSEC"), NOW, URL),
        delivery(SAMPLE, "another"),
        delivery(SAMPLE, url=URL + "/"),
        delivery(SAMPLE, url=URL.replace("https", "http")),
        delivery(SAMPLE, url=URL + "?a=1"),
    ]
    for told in wrong:
        with pytest.raises(NotAuthentic) as refused:
            adapter().check(told)
        assert "partner-key" not in str(refused.value)
    with pytest.raises(NotAuthentic, match="WARROOM_SECRET_SHOPEE_MY"):
        adapter("").check(delivery(SAMPLE, ""))


@pytest.mark.parametrize("status", "UNPAID READY_TO_SHIP IN_CANCEL RETRY_SHIP SHIPPED COMPLETED".split())
def test_every_status_but_cancelled_holds_stock(status: str) -> None:
    assert isinstance(read(push(data={"status": status})).heard[0], OrderKnown)


def test_a_cancelled_order_is_a_cancellation() -> None:
    told = read(push(data={"status": "CANCELLED"}))
    assert told.heard == (CancelHeard(ORDER, at=1_660_123_127 * SECOND),)


@pytest.mark.parametrize(
    "body", [b'{"code":0,"data":{"verify_info":"x"}}', push(code=4), push(code="15"), push(code=8)]
)
def test_the_test_push_and_other_codes_are_ignored(body: bytes) -> None:
    assert isinstance(read(body).heard[0], Ignored)


def test_an_order_of_another_shop_is_counted_for_its_channel_or_ignored() -> None:
    assert isinstance(read(push(shop_id=5)).heard[0], Ignored)
    (told,) = read(push(shop_id=5), sources={"5": "shopee-sg"}).heard
    assert told == OrderKnown(ORDER, 1_660_123_127 * SECOND, "shopee-sg")


BAD = [
    b"",
    b"null",
    b"[]",
    b"\xff",
    b'{"x":' + b"[" * 100_000,
    push(code=...),
    push(code=None),
    push(code=3.5),
    push(code="three"),
    push(shop_id=...),
    push(shop_id=1e30),
    push(data=None),
    push(data="x"),
    push(data={"ordersn": ...}),
    push(data={"ordersn": ""}),
    push(data={"ordersn": "a\x00b"}),
    push(data={"ordersn": "\ud800"}),
    push(data={"ordersn": ["a"]}),
    push(data={"status": ...}),
    push(data={"status": ""}),
    push(data={"status": 3}),
    push(data={"status": "A" * 5000}),
    push(data={"update_time": ...}),
    push(data={"update_time": None}),
    push(data={"update_time": -5}),
    push(data={"update_time": 1_660_123_127_000}),
    push(data={"update_time": "now"}),
]


@pytest.mark.parametrize("body", BAD)
def test_a_bad_shape_is_unreadable_with_one_short_sentence(body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read(body)
    assert 10 < len(str(refused.value)) < 200


def test_whatever_happens_to_a_push_it_is_read_or_unreadable() -> None:
    outcomes = {True: 0, False: 0}
    for body in mutations(SAMPLE, 600, 8):
        try:
            msgspec.json.encode(read(body))
            outcomes[True] += 1
        except Unreadable:
            outcomes[False] += 1
    assert min(outcomes.values()) > 50


def test_lines_are_read_with_their_prices_and_what_is_cancelled_of_them() -> None:
    told = order(
        item(cancelled_qty=1),
        item(item_id=34003, model_id=902, model_quantity_purchased="3", model_discounted_price=0.1),
        item(item_id=1, model_id=7, model_sku="halo gold", model_discounted_price=None, model_original_price="5"),
        item(
            item_id=34004, model_id=None, model_discounted_price=0, model_original_price=8, promotion_type="bundle_deal"
        ),
        item(item_id=77, model_id=8, item_sku="halo rose"),
        update_time=1660123101,
        buyer_user_id=12345678901234567890,
    )
    (heard,) = adapter().read_orders(answer({"order_list": [told]}))
    assert heard.lines == (
        OrderLine("HALO-ROSE", 2, 1230),
        OrderLine("HALO-JADE", 3, 10),
        OrderLine("HALO-GOLD", 2, 500),
        OrderLine("HALO-PEARL", 2, 800),
        OrderLine("77.8", 2, 1230),
    )
    assert heard.cancelled == (UnitLine("HALO-ROSE", 1),)
    assert (heard.at, heard.updated_at) == (1_660_123_100 * SECOND, 1_660_123_101 * SECOND)
    assert (heard.order, heard.country, heard.currency, heard.buyer) == (ORDER, "MY", "MYR", "12345678901234567890")


def test_a_cancelled_order_has_all_its_units_cancelled_and_one_about_to_be_has_none() -> None:
    told = [order(order_status="CANCELLED"), order(order_status="IN_CANCEL")]
    gone, asked = adapter().read_orders(answer({"order_list": told}))
    assert gone.cancelled == (UnitLine("HALO-ROSE", 2),)
    assert asked.cancelled == ()


BAD_ORDERS = [
    order(item_list=[]),
    order(item(model_quantity_purchased=0)),
    order(item(model_quantity_purchased=-2)),
    order(item(model_quantity_purchased=1e30)),
    order(item(model_quantity_purchased=10**10)),
    order(item(cancelled_qty=3)),
    order(item(model_discounted_price=-1)),
    order(item(model_discounted_price=1e30)),
    order(item(model_discounted_price="NaN")),
    order(item(item_id=None)),
    order(order_sn="a\x00"),
    order(create_time="x"),
]


@pytest.mark.parametrize("told", BAD_ORDERS)
def test_an_order_that_makes_no_sense_is_unreadable(told: Any) -> None:
    with pytest.raises(Unreadable):
        adapter().read_orders(answer({"order_list": [told]}))


def test_a_page_of_numbers_says_where_the_next_begins() -> None:
    numbers = {"more": True, "next_cursor": 100, "order_list": [{"order_sn": ORDER}]}
    page = adapter().read_page(answer(numbers, date="Wed, 10 Aug 2022 09:18:47 GMT"))
    assert page.heard == (OrderKnown(ORDER),)
    assert (page.next_page, page.at) == ("100", 1_660_123_127 * SECOND)
    assert adapter().read_page(answer({"more": False, "next_cursor": "x"})).next_page == ""
    with pytest.raises(Unreadable, match="next_cursor"):
        adapter().read_page(answer({"more": True, "order_list": []}))


def test_a_list_never_reaches_back_further_than_the_platform_answers() -> None:
    path = adapter().list_orders(0, "", NOW).path
    end = NOW // SECOND + 300
    assert f"time_from={end - 15 * 86400}&time_to={end}&" in path


def test_levels_are_asked_for_items_together_and_for_the_models_of_one_item() -> None:
    skus = ["HALO-ROSE", "HALO-GOLD", "HALO-PEARL"]
    assert "get_item_base_info?item_id_list=34002%2C34004&" in adapter().ask_levels(skus, NOW).path
    assert "get_model_list?item_id=34003&" in adapter().ask_levels(skus[1:], NOW).path
    raising = adapter(capability=Capability("raise_only"))
    assert "get_shop_flash_sale_items?flash_sale_id=88&" in raising.ask_levels(skus, NOW).path


def test_levels_of_items_models_and_campaigns_are_read() -> None:
    def stock(level: Any) -> dict[str, Any]:
        return {"stock_info_v2": {"summary_info": {"total_available_stock": level}}}

    items = [{"item_id": 34002, **stock(7)}, {"item_id": 34003, "has_model": True}, {"item_id": 9, **stock(1)}]
    assert adapter().read_levels(answer({"item_list": items})) == Levels({"HALO-ROSE": 7})
    models = [{"model_id": 901, **stock(0)}, {"model_id": "902", **stock("4")}, {"model_id": 5, **stock(1)}]
    assert adapter().read_levels(answer({"model": models})) == Levels({"HALO-GOLD": 0, "HALO-JADE": 4})
    sale = {
        "item_info": [{"item_id": 34004, "stock": 3, "campaign_stock": 9}, {"item_id": 34003}],
        "models": [{"item_id": 34003, "model_id": 901, "stock": 2, "campaign_stock": 5}],
    }
    told = adapter().read_levels(answer(sale))
    assert told == Levels({"HALO-PEARL": 3, "HALO-GOLD": 2}, {"HALO-PEARL": 9, "HALO-GOLD": 5})
    for level in (-1, 1.5, "x"):
        with pytest.raises(Unreadable):
            adapter().read_levels(answer({"item_list": [{"item_id": 34002, **stock(level)}]}))


BAD_ANSWERS = [
    Response(200, {}, b"<html>"),
    Response(502, {}, b"{}"),
    Response(429, {}, b"{}"),
    answer({}, "error_too_many_request"),
    answer({}, "common.error_auth", 403),
    answer({}, 5),
    answer([]),
    answer({"order_list": "x", "item_list": "x"}),
]


@pytest.mark.parametrize("response", BAD_ANSWERS)
def test_an_answer_that_is_no_success_is_unreadable(response: Response) -> None:
    for method in (adapter().read_orders, adapter().read_page, adapter().read_levels):
        with pytest.raises(Unreadable):
            method(response)


PUSH = Push("HALO-GOLD", "absolute", 5, "key")


@pytest.mark.parametrize(
    ("response", "outcome", "level"),
    [
        (answer({"success_list": [{"model_id": 901, "stock": 5}], "failure_list": []}), "applied", 5),
        (answer({"failed_items": []}), "applied", None),
        (answer(None), "applied", None),
        (answer({"failure_list": [{"model_id": 901, "failed_reason": "x"}]}), "refused", None),
        (answer({"failed_items": [{"item_id": 1}]}), "refused", None),
        (answer({}, "product.error_param"), "refused", None),
        (answer({}, "error_sign", 403), "refused", None),
        (answer({}, "common.error_too_many_request"), "throttled", None),
        (answer({}, "error_server"), "unknown", None),
        (Response(429), "throttled", None),
        (Response(500), "unknown", None),
    ],
)
def test_what_became_of_a_push(response: Response, outcome: str, level: int | None) -> None:
    pushed = adapter().read_push(PUSH, response)
    assert (pushed.outcome, pushed.level, pushed.change) == (outcome, level, None)


def test_an_answer_to_a_push_that_nobody_can_read_is_unreadable() -> None:
    for response in (Response(200, {}, b"ok"), answer("x"), answer({"success_list": 1})):
        with pytest.raises(Unreadable):
            adapter().read_push(PUSH, response)


def test_a_push_needs_its_names_its_key_and_a_kind_the_platform_has() -> None:
    with pytest.raises(Unreadable, match="compare_and_set"):
        adapter().push(Push("HALO-GOLD", "compare_and_set", 1, "k", 2), NOW)
    with pytest.raises(Unreadable, match="item_id"):
        adapter().push(Push("NOBODY", "absolute", 1, "k"), NOW)
    with pytest.raises(Unreadable, match="from 0"):
        adapter().push(Push("HALO-GOLD", "absolute", -1, "k"), NOW)
    with pytest.raises(Unreadable, match="flash_sale_id"):
        adapter(names={"partner_id": "1", "shop_id": "2"}).push(Push("HALO-GOLD", "raise_only", 1, "k"), NOW)
    with pytest.raises(Unreadable, match="No signing secret is set for"):
        adapter("").push(PUSH, NOW)


def test_a_call_is_signed_over_partner_path_time_token_and_shop() -> None:
    request = adapter().push(PUSH, NOW)
    text = f"2001/api/v2/product/update_stock{NOW // SECOND}token-of-the-shop727720655".encode()
    assert request.path.endswith("&sign=" + hmac.new(b"partner-key", text, hashlib.sha256).hexdigest())
    assert json.loads(request.body) == {
        "item_id": 34003,
        "stock_list": [{"model_id": 901, "seller_stock": [{"stock": 5}]}],
    }
