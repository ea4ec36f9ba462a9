"""Our own protocol: events signed and read in three wrappings, calls signed, every bent body told by its field."""

import base64
import hashlib
import hmac
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dashboard.channels.adapter import (
    Account,
    CancelHeard,
    Delivery,
    Heard,
    Ignored,
    LevelHeard,
    Levels,
    NotAuthentic,
    OrderHeard,
    OrderKnown,
    Push,
    Pushed,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.generic import Generic
from dashboard.channels.signatures import SECOND, sign_standard
from dashboard.decision.world import OrderLine, UnitLine
from tests.channels.loop_kit import NOW, complaint
from tests.channels.mutations import mutations

SAMPLE = (Path(__file__).parents[1] / "data/webhooks/generic/order_created.json").read_bytes()
ACCOUNT = Account(
    "corner-us",
    "generic",
    Generic.capability,
    time_zone="America/New_York",
    currency="USD",
    listings={"HALO-ROSE": {"sku": "SHOP-ROSE"}},
    sources={"live-show": "corner-live"},
)
ADAPTER = Generic(ACCOUNT, Secrets(("newest", "previous"), "the-token"))
LINES = (OrderLine("HALO-ROSE", 2, 1999), OrderLine("HALO-JADE", 1))
EIGHT = NOW
"""2026-03-01T20:00:00Z."""


def event(kind: str = "order.created", **data: Any) -> dict[str, Any]:
    """The sample with some of its data replaced; None takes a key away."""
    body: dict[str, Any] = json.loads(SAMPLE)
    body["type"] = kind
    body["data"] = {key: value for key, value in {**body["data"], **data}.items() if value is not None}
    return body


def read(body: Any, **headers: str) -> Heard:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    (heard,) = ADAPTER.read(Delivery({"webhook-id": "msg-1", **headers}, raw, NOW)).heard
    return heard


# --- proof ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["newest", "previous"])
def test_a_signed_event_is_taken_under_the_newest_and_the_previous_secret(secret: str) -> None:
    ADAPTER.check(Delivery(sign_standard(secret, "msg-1", NOW // SECOND, SAMPLE), SAMPLE, NOW))


def test_a_wrong_missing_old_or_bent_one_is_refused() -> None:
    good = sign_standard("newest", "msg-1", NOW // SECOND, SAMPLE)
    bad: list[tuple[dict[str, str], bytes, int]] = [
        ({}, SAMPLE, NOW),
        (sign_standard("oldest", "msg-1", NOW // SECOND, SAMPLE), SAMPLE, NOW),
        ({**good, "webhook-id": "msg-2"}, SAMPLE, NOW),
        (good, SAMPLE.replace(b"2", b"3", 1), NOW),
        (good, SAMPLE, NOW + 301 * SECOND),
        (good, SAMPLE, NOW - 301 * SECOND),
    ]
    for headers, body, at in bad:
        with pytest.raises(NotAuthentic):
            ADAPTER.check(Delivery(headers, body, at))


# --- events ---------------------------------------------------------------------------------------------------


def test_an_order_is_read_with_every_field() -> None:
    told = ADAPTER.read(Delivery({"webhook-id": "msg-1"}, SAMPLE, NOW))
    assert told.ids == ("msg-1", "/shops/corner-shop#evt-1001")
    assert told.heard == (
        OrderHeard("9007199254740993", LINES, EIGHT + 500_000, EIGHT + 1_250_000, "US", "USD", "b-77", "corner-live"),
    )
    assert ADAPTER.read(Delivery({"webhook-id": "msg-1"}, SAMPLE, NOW + 5)) == told, "a duplicate says the same"


def test_the_three_wrappings_say_the_same() -> None:
    cloud = json.loads(SAMPLE)
    standard = {"type": "order.created", "timestamp": cloud["time"], "data": cloud["data"]}
    plain = {**cloud["data"], "updated": cloud["time"]}
    assert read(cloud) == read(standard) == read(plain) == read(plain, **{"ce-type": "order.created"})
    assert read({**plain, "type": "order.updated"}) == read(cloud)


def test_numbers_stand_for_ids_and_local_times_for_instants() -> None:
    heard = read(event(order=2**64 + 1, time="2026-03-01T15:00:00"))
    assert isinstance(heard, OrderHeard)
    assert (heard.order, heard.at) == ("18446744073709551617", EIGHT)


def test_an_order_without_lines_is_to_be_fetched() -> None:
    assert read(event(lines=None)) == OrderKnown("9007199254740993", EIGHT + 500_000, "corner-live")


JADE = [{"sku": "HALO-JADE", "quantity": 1}]


@pytest.mark.parametrize(
    ("data", "cancelled"),
    [
        ({"cancelled": JADE}, (UnitLine("HALO-JADE", 1),)),
        ({"cancelled": [{"sku": "SHOP-ROSE", "quantity": 1}] * 2}, (UnitLine("HALO-ROSE", 2),)),
        ({}, (UnitLine("HALO-ROSE", 2), UnitLine("HALO-JADE", 1))),
    ],
)
def test_a_cancellation_with_lines_tells_the_whole_order_again(data: dict[str, Any], cancelled: Any) -> None:
    heard = read(event("order.cancelled", **data))
    assert isinstance(heard, OrderHeard)
    assert (heard.lines, heard.cancelled) == (LINES, cancelled)


@pytest.mark.parametrize(("data", "lines"), [({"cancelled": JADE}, (UnitLine("HALO-JADE", 1),)), ({}, ())])
def test_a_cancellation_without_lines_tells_what_is_gone(data: dict[str, Any], lines: Any) -> None:
    heard = read(event("order.cancelled", lines=None, **data))
    assert heard == CancelHeard("9007199254740993", lines, EIGHT + 1_250_000, "corner-live")
    bare = {"order": 5, "cancelled": JADE}
    assert read(bare) == CancelHeard("5", (UnitLine("HALO-JADE", 1),))


def test_a_level_is_reported_with_its_time_and_may_be_unknown() -> None:
    said = {"specversion": "1.0", "id": 1, "type": "level.reported", "time": "2026-03-01T20:00:00Z"}
    assert read({**said, "data": {"sku": "SHOP-ROSE", "level": 4}}) == LevelHeard("HALO-ROSE", 4, EIGHT)
    assert read({"sku": "SHOP-ROSE", "level": None}) == LevelHeard("HALO-ROSE", None)


def test_an_unknown_type_asks_nothing_of_us() -> None:
    assert isinstance(read(event("order.shipped")), Ignored)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "JSON"),
        ([], "object"),
        ({}, "order is missing"),
        ({"type": 5.5, "data": {}}, "type"),
        ({"type": "order.created", "data": []}, "data"),
        ({"type": "order.created", "data": None}, "order is missing"),
        ({**event(), "id": ""}, "id is missing"),
        ({**event(), "source": 1.5}, "source"),
        ({**event(), "time": "yesterday"}, "time"),
        (event(order=""), "order"),
        (event(order="a\x00"), "order"),
        (event(order=True), "order"),
        (event(lines={}), "lines"),
        (event(lines=[5]), "lines"),
        (event(lines=[{"quantity": 1}]), "sku"),
        (event(lines=[{"sku": "A"}]), "quantity"),
        (event(lines=[{"sku": "A", "quantity": 0}]), "quantity"),
        (event(lines=[{"sku": "A", "quantity": 1e30}]), "quantity"),
        (event(lines=[{"sku": "A", "quantity": 10**9}] * 2), "add up"),
        (event(lines=[{"sku": "A", "quantity": 1, "price_minor": "12.50"}]), "price_minor"),
        (event(lines=[{"sku": "A", "quantity": 1, "price_minor": -1}]), "price_minor"),
        (event(country="USA"), "country"),
        (event(currency="$"), "currency"),
        (event(cancelled=[{"sku": "HALO-JADE", "quantity": 2}]), "cancelled"),
        (event(cancelled=[{"sku": "OTHER", "quantity": 1}]), "cancelled"),
        (event("order.cancelled", cancelled=[]), "leave it out"),
        (event("order.cancelled", lines=None, cancelled=[{"sku": "A", "quantity": 0}]), "leave it out"),
        ({"sku": "A", "level": -1}, "level"),
        ({"sku": "", "level": 1}, "sku"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused_by_field(body: Any, word: str) -> None:
    with pytest.raises(Unreadable, match=word):
        read(body)


def test_an_event_without_an_id_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="webhook-id"):
        ADAPTER.read(Delivery({}, SAMPLE, NOW))


def test_no_bent_event_is_anything_but_read_or_unreadable() -> None:
    for kind in ("order.created", "order.cancelled", "level.reported"):
        sample = json.dumps(event(kind, level=3, sku="A", cancelled=JADE)).encode()
        for body in mutations(sample, seed=11, count=400):
            assert len(complaint(partial(ADAPTER.read, Delivery({"webhook-id": "m"}, body, NOW)))) < 250


# --- calls ----------------------------------------------------------------------------------------------------


def test_a_call_without_a_body_signs_its_path() -> None:
    for request in (
        ADAPTER.fetch_orders(["a,b", "c"], NOW),
        ADAPTER.list_orders(EIGHT, "2", NOW),
        ADAPTER.ask_levels(["HALO-ROSE", "Ü"], NOW),
    ):
        headers = request.headers
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{request.path}".encode()
        digest = base64.b64encode(hmac.new(b"newest", signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        assert headers["authorization"] == "Bearer the-token"
    assert ADAPTER.fetch_orders(["a,b", "c"], NOW).path == "/orders?ids=a%2Cb,c"
    assert ADAPTER.list_orders(EIGHT, "2", NOW).path == "/orders?changed_since=2026-03-01T20:00:00.000000Z&page=2"
    assert ADAPTER.ask_levels(["HALO-ROSE", "Ü"], NOW).path == "/levels?skus=SHOP-ROSE,%C3%9C"


def test_a_push_carries_its_key_and_what_it_expects() -> None:
    request = ADAPTER.push(Push("HALO-ROSE", "compare_and_set", 5, "k 1", expected=3), NOW)
    assert json.loads(request.body) == {"sku": "SHOP-ROSE", "kind": "compare_and_set", "quantity": 5, "expected": 3}
    assert request.headers["idempotency-key"] == request.headers["webhook-id"] == "k%201"
    assert (request.method, request.path, request.lane) == ("POST", "/listings", "stock")


def test_without_a_secret_no_call_is_made() -> None:
    with pytest.raises(Unreadable, match="No signing secret is set for"):
        Generic(ACCOUNT, Secrets()).ask_levels(["A"], NOW)


@pytest.mark.parametrize(
    ("response", "pushed"),
    [
        (Response(200, {}, b'{"change": -2, "level": 5}'), Pushed("applied", -2, 5)),
        (Response(200, {}, b"{}"), Pushed("applied")),
        (Response(409, {}, b'{"level": 4}'), Pushed("mismatch", None, 4)),
        (Response(429, {"retry-after": "1.5"}), Pushed("throttled", retry_after_seconds=1.5)),
        (Response(429, {"retry-after": "soon"}), Pushed("throttled")),
        (Response(404, {}, b'{"sentence": "not sold here"}'), Pushed("refused")),
        (Response(401, {}, b"<html>"), Pushed("refused")),
        (Response(502, {}, b""), Pushed("unknown")),
    ],
)
def test_the_answer_to_a_push_is_read(response: Response, pushed: Pushed) -> None:
    told = ADAPTER.read_push(Push("A", "delta", 1, "k"), response)
    assert (told.outcome, told.change, told.level) == (pushed.outcome, pushed.change, pushed.level)
    assert told.retry_after_seconds == pushed.retry_after_seconds
    assert bool(told.sentence) == (pushed.outcome != "applied")


def test_levels_and_offers_come_by_our_names() -> None:
    body = b'{"levels": [{"sku": "SHOP-ROSE", "level": 4, "offered": 9}, {"sku": "X", "level": null}]}'
    assert ADAPTER.read_levels(Response(200, {}, body)) == Levels({"HALO-ROSE": 4}, {"HALO-ROSE": 9})


def test_answers_that_are_none_are_unreadable() -> None:
    answer = {"orders": [json.loads(SAMPLE)["data"]], "levels": [{"sku": "A", "level": 1}], "change": 1, "level": 2}
    for reader in (ADAPTER.read_orders, ADAPTER.read_page, ADAPTER.read_levels):
        for response in (Response(500), Response(404), Response(200, {}, b"<html>"), Response(200, {}, b"[]")):
            with pytest.raises(Unreadable):
                reader(response)
    with pytest.raises(Unreadable, match="no lines"):
        ADAPTER.read_orders(Response(200, {}, b'{"orders": [{"order": 1}]}'))
    for body in mutations(json.dumps(answer).encode(), seed=5, count=300):
        for call in (
            ADAPTER.read_orders,
            ADAPTER.read_page,
            ADAPTER.read_levels,
            partial(ADAPTER.read_push, Push("A", "delta", 1, "k")),
        ):
            complaint(partial(call, Response(200, {}, body)))
