"""Whatever is posted: no fault of the program, one answer a line, and exactly the good orders are on disk."""

import gzip
import itertools
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings, strategies as st

from dashboard import server
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.server.show import Client, one_sentence, open_room, order

Served = tuple[Client, Room]
numbers = itertools.count()

FIELDS = (
    "channel", "order_id", "order", "id", "show", "sku", "quantity", "price_minor", "lines", "country", "currency",
    "buyer", "time", "type", "", "unknown",
)  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["RING", "LAMP", "shop-eu", "spring", "2026-03-14T12:00:00Z", 2**53 + 1, -1, 0, 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), values, max_size=8)
bad_orders = st.builds(lambda base, extra: order("never") | base | extra, objects, st.just({"channel": "nowhere"}))
"""An order that is nearly right, on a channel that does not exist."""


def as_line(value: object) -> bytes:
    """One line of JSON; what JSON cannot say becomes null."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME, default=str)


def safely(value: object) -> bytes:
    """As a line; integers beyond 64 bits are said in words, which are just as wrong."""
    try:
        return as_line(value)
    except orjson.JSONEncodeError:
        return as_line(str(value).encode(errors="replace").decode())


junk = (
    st.binary(max_size=60).map(lambda line: line.replace(b"\n", b""))
    | st.text(max_size=30).map(lambda line: line.replace("\n", "").encode(errors="surrogatepass"))
    | values.map(safely)
    | objects.map(lambda found: safely(found | {"channel": "nowhere"}))
    | bad_orders.map(safely)
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One room for all examples; its books must hold when they are through."""
    path: Path = tmp_path_factory.mktemp("fuzz") / "show.duckdb"
    room = open_room(path)
    yield Client(room, server.Clock(room)), room
    room.stop()
    report = verify(path)
    assert report["ok"], report["breaches"]


@given(body=st.binary(max_size=300))
@settings(max_examples=80)
def test_random_bytes_commit_nothing(served: Served, body: bytes) -> None:
    client, room = served
    before = room.seq
    answer = client.post_body(body)
    assert answer.status_code in (200, 400, 413)
    if answer.status_code != 200:
        assert one_sentence(answer.json()["error"])
    assert room.seq == before


@given(body=st.binary(max_size=100), cut=st.integers(0, 200), flip=st.integers(0, 2**32))
@settings(max_examples=80)
def test_random_gzip_commits_nothing(served: Served, body: bytes, cut: int, flip: int) -> None:
    client, room = served
    before = room.seq
    packed = bytearray(gzip.compress(body)[: cut or None])
    if packed:
        packed[flip % len(packed)] ^= 1 << flip % 8
    answer = client.post_body(bytes(packed), content_encoding="gzip")
    assert answer.status_code in (200, 400, 413)
    assert room.seq == before


@given(kinds=st.lists(junk | st.none(), min_size=1, max_size=8))
@settings(max_examples=120)
def test_among_random_lines_exactly_the_good_orders_are_taken(served: Served, kinds: list[bytes | None]) -> None:
    client, room = served
    before = room.seq
    lines = [as_line(order(f"good-{next(numbers)}")) if junk is None else junk for junk in kinds]
    answer = client.post_body(b"\n".join(lines))
    if not b"".join(lines).strip():
        assert answer.status_code == 400
        return
    assert answer.status_code == 200
    answers = {found["line"]: found for found in map(orjson.loads, answer.content.splitlines())}
    assert list(answers) == sorted(answers)
    for number, (kind, line) in enumerate(zip(kinds, lines, strict=True), 1):
        if not line.strip():
            assert number not in answers
        elif kind is None:
            assert answers[number]["status"] == "accepted"
        else:
            assert answers[number]["status"] == "refused", (line, answers[number])
            assert answers[number]["sentence"].startswith(f"Line {number}: ")
            assert "\n" not in answers[number]["sentence"]
    assert room.seq == before + kinds.count(None)


@given(query=st.dictionaries(st.sampled_from(["show", "at", "seq", "x"]), st.text(max_size=20), max_size=3))
@settings(max_examples=80)
def test_a_random_question_for_a_frame_is_answered_plainly(served: Served, query: dict[str, str]) -> None:
    client, _ = served
    safe = {key: value.encode(errors="replace").decode() for key, value in query.items()}
    answer = client.get("/api/frame", **safe)
    assert answer.status_code in (200, 400, 404)
    if answer.status_code != 200:
        assert "\n" not in answer.json()["error"]


@given(at=st.from_regex(r"\AT[+-](\d{1,12}:)?\d{1,3}:\d\d(\.\d{1,6})?\Z") | st.datetimes().map(str))
@settings(max_examples=60)
def test_any_moment_that_looks_right_has_a_frame_or_a_sentence(served: Served, at: str) -> None:
    client, _ = served
    answer = client.get("/api/frame", at=at)
    assert answer.status_code in (200, 400, 404)
