"""POST /api/orders: every line gets its own answer in its place, and only what was accepted is on disk."""

import gzip
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from pathlib import Path

import orjson
import pytest

from dashboard import server
from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.server.show import Client, one_sentence, order

HUGE = 2**53 + 1


def test_each_line_is_answered_in_its_place(client: Client, room: Room) -> None:
    before = room.seq
    answers = client.post(order("1"), order("2", quantity=0), order("3", sku="HAT"), order("4"))
    assert [answer["line"] for answer in answers] == [1, 2, 3, 4]
    assert [answer["status"] for answer in answers] == ["accepted", "refused", "refused", "accepted"]
    assert [answers[0]["seq"], answers[3]["seq"]] == [before + 1, before + 2]
    assert room.seq == before + 2


REFUSED = {
    "not JSON": b"one ring please",
    "broken JSON": b'{"channel": "shop-us", ',
    "an array": b"[1, 2]",
    "null": b"null",
    "not UTF-8": b'{"channel":"shop-us","order_id":"\xff\xfe","sku":"RING","quantity":1}',
    "half a surrogate pair": b'{"channel":"shop-us","order_id":"\\ud800","sku":"RING","quantity":1}',
    "UTF-16": b"{\x00}\x00",
    "deep nesting": b'{"channel":"shop-us","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "no channel": b'{"order_id":"1","sku":"RING","quantity":1}',
    "an unknown channel": order("1", channel="shop-moon"),
    "an empty channel": order("1", channel=""),
    "a channel of the wrong type": order("1", channel=7),
    "no order id": b'{"channel":"shop-us","sku":"RING","quantity":1}',
    "an empty order id": order(""),
    "an order id that is true": order(True),
    "an order id with a fraction": order(1.5),
    "an order id of a thousand letters": order("x" * 1000),
    "an order id nobody can print": order("a\0b"),
    "an order id of 5,000 digits": b'{"channel":"shop-us","order_id":' + b"9" * 5000 + b',"sku":"RING","quantity":1}',
    "an unknown SKU": order("1", sku="HAT"),
    "a SKU of the wrong type": order("1", sku=7),
    "no quantity": b'{"channel":"shop-us","order_id":"1","sku":"RING"}',
    "quantity 0": order("1", quantity=0),
    "a negative quantity": order("1", quantity=-1),
    "a quantity in words": order("1", quantity="one"),
    "a fraction of a unit": order("1", quantity=1.5),
    "a quantity that is true": order("1", quantity=True),
    "a quantity above all stock": order("1", quantity=10_001),
    "a quantity of a billion and one": order("1", quantity=1_000_000_001),
    "a quantity of 5,000 digits": b'{"channel":"shop-us","order_id":"1","sku":"RING","quantity":' + b"9" * 5000 + b"}",
    "a quantity of 1e400": b'{"channel":"shop-us","order_id":"1","sku":"RING","quantity":1e400}',
    "a negative price": order("1", price_minor=-1),
    "a price with cents": order("1", price_minor=19.99),
    "a country of a megabyte": order("1", country="x" * 1_000_000),
    "an unknown show": order("1", show="autumn"),
    "a show of the wrong type": order("1", show=7),
    "a time nobody can read": order("1", time="yesterday"),
    "no lines": b'{"channel":"shop-us","order_id":"1","lines":[]}',
    "a bad line among lines": b'{"channel":"shop-us","order_id":"1","lines":[{"sku":"RING","quantity":1},{"sku":"RING"}]}',
    "lines and a SKU": order("1", lines=[{"sku": "RING", "quantity": 1}]),
    "lines that are together too many": order("1")
    | {"sku": None, "quantity": None}
    | {"lines": [{"sku": "RING", "quantity": 9_000}, {"sku": "RING", "quantity": 9_000}]},
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_line_that_cannot_be_taken_is_refused_in_one_sentence_and_the_others_go_on(
    what: str, client: Client, room: Room
) -> None:
    before = room.seq
    first, bad, last = client.post(order("before"), REFUSED[what], order("after"))
    assert (first["status"], bad["status"], last["status"]) == ("accepted", "refused", "accepted")
    assert bad["code"]
    assert bad["sentence"].startswith("Line 2: ")
    assert one_sentence(bad["sentence"]), bad["sentence"]
    assert "seq" not in bad
    assert room.seq == before + 2


def test_a_refusal_names_the_number_that_would_work(client: Client) -> None:
    (answer,) = client.post(order("1", quantity=10_001))
    assert answer["code"] == "not_enough_claims"
    assert answer["would_work"] == 10_000
    assert client.post(order("2", quantity=answer["would_work"]))[0]["status"] == "accepted"


def test_a_retry_of_a_line_exists_and_changes_nothing(client: Client, room: Room) -> None:
    accepted, twice = client.post(order("1"), order("1"))
    (later,) = client.post(order("1"))
    assert (accepted["status"], twice["status"], later["status"]) == ("accepted", "exists", "exists")
    assert accepted["seq"] == twice["seq"] == later["seq"] == room.seq


def test_the_same_order_id_with_another_body_is_not_taken(client: Client, room: Room) -> None:
    (accepted,) = client.post(order("1"))
    (other,) = client.post(order("1", quantity=2))
    assert other["status"] == "exists_with_different_body"
    assert other["seq"] == accepted["seq"] == room.seq
    assert one_sentence(other["sentence"])


def test_the_same_order_id_on_another_channel_is_another_order(client: Client) -> None:
    answers = client.post(order("1"), order("1", channel="shop-eu"))
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]


@pytest.mark.parametrize("number", [HUGE, -1, 0, 10**19], ids=str)
def test_an_order_id_written_as_a_number_stays_exact(number: int, client: Client, room: Room) -> None:
    line = b'{"channel":"shop-us","order_id":%d,"sku":"RING","quantity":1}' % number
    (answer,) = client.post(line)
    assert (answer["status"], answer["order"]) == ("accepted", str(number))
    assert client.post(order(str(number)))[0]["status"] == "exists", "the same id in quotes is the same order"
    *_, stored = room.journal.events()
    assert f'"order":"{number}"' in stored.data


def test_without_a_show_an_order_goes_to_the_open_one(client: Client, room: Room) -> None:
    client.post(order("1"))
    *_, stored = room.journal.events()
    assert stored.show == "spring"


def test_without_an_open_show_every_line_says_so(tmp_path: Path) -> None:
    room = Room(Journal(tmp_path / "empty.duckdb"), clock=lambda: 0)
    room.start()
    client = Client(room, server.Clock(room))
    unnamed, named = client.post(order("1"), order("2", show="spring"))
    assert unnamed["sentence"] == 'Line 1: no show is open; open one, or name it as "show".'
    assert named["code"] == "show_unknown"
    assert room.seq == 0
    room.stop()


def test_the_time_of_an_order_is_kept_to_the_microsecond(client: Client, room: Room) -> None:
    client.post(order("1", time="2026-03-14T12:34:56.123457Z"), order("2", time="2026-03-14T20:34:56.123457+08:00"))
    *_, first, second = room.journal.events()
    assert first.event_time == second.event_time == 1_773_491_696_123_457
    assert first.recorded_time == 1_773_492_000_000_000


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\n\n", b"\r\n \r\n"], ids=["LF", "CRLF", "blank lines", "blanks"])
def test_line_ends_and_blank_lines_do_not_matter(end: bytes, client: Client) -> None:
    answers = client.post(order("1"), order("2"), order("3"), end=end)
    assert [answer["status"] for answer in answers] == ["accepted"] * 3


def test_a_blank_line_counts_as_a_line_of_the_body(client: Client) -> None:
    answers = client.post(order("1"), b"", order("2", quantity=0))
    assert [answer["line"] for answer in answers] == [1, 3]
    assert answers[1]["sentence"].startswith("Line 3: quantity")


def test_a_byte_order_mark_does_not_matter(client: Client) -> None:
    (answer,) = client.post(b"\xef\xbb\xbf" + orjson.dumps(order("1")))
    assert answer["status"] == "accepted"


LINE = orjson.dumps(order("1")) + b"\n"
BODIES: dict[str, tuple[bytes, str, int]] = {
    "empty": (b"", "", 400),
    "only blanks": (b" \r\n\n", "", 400),
    "10 MB": (b"x" * 10_000_000, "", 413),
    "10 MB of good lines": (LINE * (10_000_000 // len(LINE)), "", 413),
    "60,000 blank lines and an order": (b"\n" * 60_000 + LINE, "", 413),
    "truncated gzip": (gzip.compress(LINE)[:-5], "gzip", 400),
    "gzip that ends in its header": (gzip.compress(LINE)[:8], "gzip", 400),
    "empty gzip": (b"", "gzip", 400),
    "gzip of nothing": (gzip.compress(b""), "gzip", 400),
    "a second gzip member cut short": (gzip.compress(LINE) + gzip.compress(LINE)[:-5], "gzip", 400),
    "gzip with something after it": (gzip.compress(LINE) + b"more", "gzip", 400),
    "no gzip at all": (LINE, "gzip", 400),
    "a flipped bit in gzip": (gzip.compress(LINE)[:-9] + b"\xff" + gzip.compress(LINE)[-8:], "gzip", 400),
    "a gzip bomb": (gzip.compress(b"\0" * 100_000_000), "gzip", 413),
    "a gzip bomb of lines": (gzip.compress(LINE * 200_000), "gzip", 413),
    "brotli": (LINE, "br", 415),
    "deflate": (LINE, "deflate", 415),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_cannot_be_read_is_refused_whole_in_one_sentence(what: str, client: Client, room: Room) -> None:
    body, encoding, status = BODIES[what]
    before = room.seq
    answer = client.post_body(body, **({"content_encoding": encoding} if encoding else {}))
    assert answer.status_code == status
    assert one_sentence(answer.json()["error"]), answer.text
    assert room.seq == before


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(client: Client, room: Room) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000_000:
            sent += 1_000_000
            yield b"x" * 1_000_000

    before = room.seq
    assert client.post_body(endless()).status_code == 413
    assert room.seq == before


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip", " gzip "])
def test_a_gzipped_body_is_taken(encoding: str, client: Client) -> None:
    answer = client.post_body(gzip.compress(LINE), content_encoding=encoding)
    assert orjson.loads(answer.content)["status"] == "accepted"


def test_every_member_of_a_gzipped_body_is_read(client: Client, room: Room) -> None:
    parts = [gzip.compress(orjson.dumps(order(str(number))) + b"\n") for number in range(3)]
    before = room.seq
    answer = client.post_body(b"".join(parts), content_encoding="gzip")
    assert answer.content.count(b'"accepted"') == 3
    assert room.seq == before + 3


def test_the_largest_body_that_is_allowed_is_taken(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    body = LINE * 20
    monkeypatch.setenv("WARROOM_BULK_BODY_BYTES_MAX", str(len(body)))
    assert client.post_body(body).status_code == 200
    assert client.post_body(body + b" ").status_code == 413
    assert client.post_body(gzip.compress(body), content_encoding="gzip").status_code == 200
    assert client.post_body(gzip.compress(body + b" "), content_encoding="gzip").status_code == 413


def test_a_room_that_does_not_answer_in_time_asks_for_a_retry(
    client: Client, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_ANSWER_SECONDS_MAX", "0.01")
    monkeypatch.setattr(room, "submit", lambda commands: Future())
    answer = client.ask_any("POST", "/api/orders", content=LINE)
    assert answer.status_code == 503
    assert one_sentence(answer.json()["error"])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_orders_can_only_be_posted(method: str, client: Client) -> None:
    assert client.ask(method, "/api/orders").status_code == 405


@pytest.fixture
def audited(room: Room, tmp_path: Path) -> Iterator[None]:
    """Whatever happened in the test, the books hold afterwards."""
    yield
    room.stop()
    report = verify(tmp_path / "show.duckdb")
    assert report["ok"], report["breaches"]
    assert report["oversold"] == 0


@pytest.mark.usefixtures("audited")
def test_orders_for_more_than_there_is_never_oversell(client: Client) -> None:
    answers = client.post(*(order(str(number), channel="shop-eu", quantity=7) for number in range(30)))
    statuses = [answer["status"] for answer in answers]
    assert statuses == ["accepted"] * 14 + ["refused"] * 16
    assert answers[14]["would_work"] == 2
