"""Bulk orders read from bytes: what becomes a command, what is refused, and how the answers are written."""

import gzip
import tracemalloc

import msgspec
import pytest

from dashboard.channels import orders_api
from dashboard.channels.orders_api import BodyProblem
from dashboard.decision.commands import OrderLine, PlaceOrder, decode, encode
from dashboard.decision.refusals import Answer

BYTES_MAX = 1_000
LINES_MAX = 10


def commands(*lines: str, show: str | None = "spring") -> list[PlaceOrder]:
    """The commands of some lines, all of which must be readable."""
    found, _, refused = orders_api.read("\n".join(lines).encode(), show, LINES_MAX)
    assert not refused, refused
    return found


def refusal(line: str | bytes) -> str:
    """The sentence that refuses a line."""
    raw = line.encode() if isinstance(line, str) else line
    found, _, refused = orders_api.read(raw, "spring", LINES_MAX)
    assert not found
    assert [row["status"] for row in refused] == ["refused"]
    return str(refused[0]["sentence"])


def test_a_line_becomes_the_command_to_place_an_order() -> None:
    (command,) = commands(
        '{"channel":"tiktok-us","order_id":"17","sku":"RING","quantity":2,"price_minor":1999,"country":"US",'
        '"currency":"USD","buyer":"b-1","time":"2026-03-14T12:00:00Z"}'
    )
    assert command == PlaceOrder(
        id="order/spring/tiktok-us/17",
        show="spring",
        actor="tiktok-us",
        source="/channels/tiktok-us",
        event_time=1_773_489_600_000_000,
        channel="tiktok-us",
        order="17",
        lines=(OrderLine("RING", 2, 1999),),
        country="US",
        currency="USD",
        buyer="b-1",
    )
    assert decode(encode(command)) == command, "what is accepted here can be read again"


def test_an_order_may_have_several_lines() -> None:
    (command,) = commands(
        '{"channel":"c","order_id":"1","lines":[{"sku":"A","quantity":1},{"sku":"B","quantity":2,"price_minor":5}]}'
    )
    assert command.lines == (OrderLine("A", 1), OrderLine("B", 2, 5))


@pytest.mark.parametrize(
    ("line", "id"),
    [
        ('{"channel":"c","order_id":"7","sku":"A","quantity":1}', "order/spring/c/7"),
        ('{"channel":"c","order_id":7,"sku":"A","quantity":1}', "order/spring/c/7"),
        ('{"channel":"c","order":"7","sku":"A","quantity":1}', "order/spring/c/7"),
        ('{"channel":"c","order_id":"7","show":"autumn","sku":"A","quantity":1}', "order/autumn/c/7"),
        ('{"channel":"c","order_id":"7","id":"mine","sku":"A","quantity":1}', "mine"),
    ],
)
def test_the_command_id_is_the_callers_or_made_of_show_channel_and_order(line: str, id: str) -> None:
    (command,) = commands(line)
    assert (command.id, command.order) == (id, "7")


@pytest.mark.parametrize("number", [2**53 + 1, 2**63 - 1, 2**64 - 1, -1])
def test_an_order_number_keeps_every_digit(number: int) -> None:
    (command,) = commands(f'{{"channel":"c","order_id":{number},"sku":"A","quantity":1}}')
    assert command.order == str(number)


def test_fields_nobody_needs_are_passed_over() -> None:
    (command,) = commands('{"channel":"c","order_id":"1","sku":"A","quantity":1,"gift":true,"notes":{"deep":[1]}}')
    assert command.lines == (OrderLine("A", 1),)


def test_a_time_without_a_zone_is_utc_and_exact() -> None:
    (command,) = commands('{"channel":"c","order_id":"1","sku":"A","quantity":1,"time":"2026-03-14T12:00:00.123457"}')
    assert command.event_time == 1_773_489_600_123_457


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"channel":"c","order_id":"1","sku":"A","quantity":-1}', "quantity: expected int >= 1"),
        ('{"channel":"c","order_id":"1","lines":[{"sku":"A","quantity":0}]}', "lines[0].quantity: expected int >= 1"),
        ('{"channel":"c","order_id":"1","sku":"A"}', 'give both "sku" and "quantity"'),
        ('{"channel":"c","order_id":"1","quantity":1}', 'give both "sku" and "quantity"'),
        ('{"channel":"c","order_id":"1","sku":"A","quantity":1,"lines":[{"sku":"A","quantity":1}]}', "not both"),
        ('{"channel":"c","sku":"A","quantity":1}', 'there is no order id; give it as "order_id"'),
        ('{"order_id":"1","sku":"A","quantity":1}', "missing required field channel"),
        (b'{"channel":"c","order_id":"\xff","sku":"A","quantity":1}', "the text is not UTF-8"),
        ("[" * 9, "expected object, got array"),
        ('{"x":' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_refusal_says_which_field_is_wrong(line: str | bytes, words: str) -> None:
    sentence = refusal(line)
    assert words in sentence[:1].lower() + sentence[1:] or words in sentence.lower()
    assert sentence.startswith("Line 1: ")
    assert sentence.endswith(".")


def test_without_a_show_a_line_must_name_one() -> None:
    found, _, refused = orders_api.read(b'{"channel":"c","order_id":"1","sku":"A","quantity":1}', None, LINES_MAX)
    assert not found
    assert "no show is open" in refused[0]["sentence"]


def test_too_many_lines_are_refused_whole() -> None:
    line = b'{"channel":"c","order_id":"1","sku":"A","quantity":1}'
    found, _, _ = orders_api.read(b"\n".join([line] * LINES_MAX), "spring", LINES_MAX)
    assert len(found) == LINES_MAX
    with pytest.raises(BodyProblem) as problem:
        orders_api.read(b"\n".join([line] * (LINES_MAX + 1)), "spring", LINES_MAX)
    assert problem.value.status == 413


def test_line_numbers_count_blank_lines_too() -> None:
    body = b'\n\r\n{"channel":"c","order_id":"1","sku":"A","quantity":1}\r\n\n{}\n'
    found, numbers, refused = orders_api.read(body, "spring", LINES_MAX)
    assert (len(found), numbers, [row["line"] for row in refused]) == (1, [3], [5])


def test_a_body_is_taken_plain_and_gzipped_in_any_number_of_members() -> None:
    assert orders_api.body(b"ab", "", BYTES_MAX) == b"ab"
    assert orders_api.body(b"ab", "identity", BYTES_MAX) == b"ab"
    assert orders_api.body(gzip.compress(b"a") + gzip.compress(b"") + gzip.compress(b"b"), "gzip", BYTES_MAX) == b"ab"


@pytest.mark.parametrize("more", [0, 1, 1_000_000])
def test_the_limit_is_on_the_unpacked_body(more: int) -> None:
    packed = gzip.compress(b"x" * (BYTES_MAX + more))
    if more:
        with pytest.raises(BodyProblem) as problem:
            orders_api.body(packed, "gzip", BYTES_MAX)
        assert problem.value.status == 413
    else:
        assert len(orders_api.body(packed, "gzip", BYTES_MAX)) == BYTES_MAX


def test_a_gzip_bomb_is_not_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    with pytest.raises(BodyProblem):
        orders_api.body(bomb, "gzip", BYTES_MAX)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 1_000_000


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "x" * 1000])
def test_another_encoding_is_refused_in_a_short_sentence(encoding: str) -> None:
    with pytest.raises(BodyProblem) as problem:
        orders_api.body(b"x", encoding, BYTES_MAX)
    assert problem.value.status == 415
    assert len(str(problem.value)) < 200


def test_answers_come_in_the_order_of_the_lines() -> None:
    placed = commands(*(f'{{"channel":"c","order_id":"{number}","sku":"A","quantity":1}}' for number in (1, 2)))
    refused = [{"line": 2, "status": "refused", "code": "malformed", "sentence": "Line 2: no."}]
    decided = [Answer("accepted", 7), Answer("refused", None, "not_enough_claims", "2 asked, 1 left.", 1)]
    written = orders_api.answers(placed, [1, 3], refused, decided)
    assert written.endswith(b"\n")
    assert [msgspec.json.decode(line) for line in written.splitlines()] == [
        {"line": 1, "order": "1", "status": "accepted", "seq": 7},
        {"line": 2, "status": "refused", "code": "malformed", "sentence": "Line 2: no."},
        {
            "line": 3,
            "order": "2",
            "status": "refused",
            "code": "not_enough_claims",
            "sentence": "Line 3: 2 asked, 1 left.",
            "would_work": 1,
        },
    ]
