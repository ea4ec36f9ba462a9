"""Careful reading: what can mean one thing is read, everything else is refused in a sentence that shows little."""

from decimal import Decimal
from typing import Any

import pytest

from dashboard.channels import fields
from dashboard.channels.adapter import Unreadable
from dashboard.decision.world import UnitLine


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"1", b'"text"', b"null", b"{", b'{"a": NaN}', b'{"a": 1e400}', b'{"a": "\xff"}', b'{"a": "\\ud800"}',
        b"[" * 100_000, b'{"a":' * 50_000, b"\x00", b'{"a": ' + b"9" * 5_000 + b"}x",
    ],
)  # fmt: skip
def test_a_body_that_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"JSON|expected object|out of range"):
        fields.decode(raw)


def test_a_body_may_begin_with_a_byte_order_mark_and_repeat_a_key() -> None:
    assert fields.decode(b'\xef\xbb\xbf{"a": 1, "a": 9007199254740993}') == {"a": 9007199254740993}


@pytest.mark.parametrize(("value", "units"), [(5, 5), ("5", 5), (5.0, 5), (0, 0), ("007", 7), (10**9, 10**9)])
def test_units_are_read_in_every_way_they_are_written(value: Any, units: int) -> None:
    assert fields.whole(value, "quantity") == units


@pytest.mark.parametrize(
    "value", [None, True, -1, "-1", 1.5, 1e30, "5.0", "٥", "", [], {}, 10**9 + 1, 10**4000, float("inf"), "9" * 100]
)
def test_what_is_no_whole_number_of_units_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match=r"^quantity is .* whole number"):
        fields.whole(value, "quantity")


@pytest.mark.parametrize(
    ("value", "word"), [(None, ""), ("", ""), (2**64 + 1, "18446744073709551617"), ("é 1", "é 1"), (0, "0")]
)
def test_ids_are_texts_with_all_their_digits(value: Any, word: str) -> None:
    assert fields.word(value, "id") == word


@pytest.mark.parametrize("value", [True, 1.0, [], {}, "a\x00", "a\n", "\x7f", "x" * 201, 10**300, 10**4000])
def test_what_is_no_id_is_refused_and_shown_in_forty_characters(value: Any) -> None:
    with pytest.raises(Unreadable) as problem:
        fields.identity(value, "id")
    assert len(str(problem.value)) < 140


@pytest.mark.parametrize(
    ("value", "zone", "micros"),
    [
        ("2020-01-11T00:09:53.109Z", "UTC", 1578701393109000),
        ("2020-01-11T00:09:53.109z", "UTC", 1578701393109000),
        ("2020-01-11T01:09:53+01:00", "UTC", 1578701393000000),
        ("2020-01-11T01:09:53+0100", "UTC", 1578701393000000),
        ("2020-01-10T19:09:53", "America/New_York", 1578701393000000),
        ("2020-01-11 00:09", "UTC", 1578701340000000),
        (None, "UTC", None),
        ("", "UTC", None),
    ],
)
def test_times_are_read_in_their_zone(value: Any, zone: str, micros: int | None) -> None:
    assert fields.instant(value, "time", zone) == micros


@pytest.mark.parametrize(
    "value",
    [5, True, "now", "2020-13-01T00:00:00Z", "2020-01-11", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59",
     "0001-01-01T00:00:00+23:59", "2020-01-11T00:00:00+99:00", "２020-01-11T00:00:00Z", "2020-01-11T00:00:00Z" + " " * 50],
)  # fmt: skip
def test_what_is_no_time_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match="such as 2026"):
        fields.instant(value, "time")


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        (5, "USD", 500),
        (0.1, "USD", 10),
        ("0.005", "USD", 0),
    ],
)
def test_money_follows_its_currency(value: Any, currency: str, minor: int) -> None:
    assert fields.minor(value, "amount", currency) == minor


@pytest.mark.parametrize("value", ["-1", "1,50", "NaN", "1e5", True, [], "9" * 20, 10**4000, "", "9999999999999999"])
def test_what_is_no_amount_is_refused(value: Any) -> None:
    with pytest.raises(Unreadable, match="amount"):
        fields.minor(value, "amount", "USD")


def test_an_amount_that_is_not_told_or_in_no_known_currency_is_none() -> None:
    assert fields.minor(None, "amount", "USD") is None
    assert fields.minor("12.50", "amount", "") is None
    assert fields.minor(Decimal("1E-30"), "amount", "USD") == 0


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-0.01", "1E+14"])
def test_a_decimal_that_is_no_price_is_refused(value: str) -> None:
    with pytest.raises(Unreadable, match=r"^amount is "):
        fields.minor(Decimal(value), "amount", "USD")


@pytest.mark.parametrize("value", [None, "", "a b", "a,b", "é", "x" * 101, "-1", "a/../b", True])
def test_an_id_that_stands_in_an_address_is_plain(value: Any) -> None:
    assert fields.plain_id(2**60, "id") == "1152921504606846976"
    with pytest.raises(Unreadable, match=r"^id is "):
        fields.plain_id(value, "id")


@pytest.mark.parametrize("value", ["0", "-5", "1.5", "٥", "12a", 0])
def test_a_number_that_is_an_id_is_positive(value: Any) -> None:
    assert fields.number_id(" 007 ", "id") == "007"
    with pytest.raises(Unreadable, match="positive whole number"):
        fields.number_id(value, "id")


@pytest.mark.parametrize(("value", "micros"), [(None, None), ("", None), (0, None), ("0", None), ("7", 7_000_000)])
def test_seconds_since_1970_become_microseconds_and_nothing_stays_none(value: Any, micros: int | None) -> None:
    assert fields.unix_time(value, "time") == micros


def test_units_are_added_up_and_stay_countable() -> None:
    assert fields.added([("a", 1), ("b", 0), ("a", 2)]) == (UnitLine("a", 3),)
    with pytest.raises(Unreadable, match="add up"):
        fields.added([("a", 10**9), ("a", 1)])


def test_times_are_written_rounded_down() -> None:
    assert fields.iso(1578701393109999) == "2020-01-11T00:09:53.109Z"
    assert fields.iso(1578701393109999, 0) == "2020-01-11T00:09:53Z"
    assert fields.iso(1578701393109999, 6) == "2020-01-11T00:09:53.109999Z"


def test_a_number_too_long_to_be_written_out_is_shown_as_what_it_is() -> None:
    for read in (fields.whole, fields.word, lambda value, name: fields.minor(value, name, "USD")):
        with pytest.raises(Unreadable, match=r"^n is a huge number;"):
            read(10**5000, "n")
