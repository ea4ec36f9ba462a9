"""The auditor reads numbers as twelve languages write them, and takes no name for a number."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision, list_currencies

from dashboard.journal import verify_claims_text as texts
from dashboard.journal.verify_claims_text import COUNT, SHARE, Expected, Number, numbers, problems, value

LANGUAGES = tuple(texts.SEPARATORS)
SPOKEN = ("USD", "EUR", "GBP", "JPY", "CNY", "KRW", "THB", "VND", "MYR", "IDR", "BRL", "SGD", "AUD", "MXN", "CHF")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_locale_writes_is_read_back(language: str) -> None:
    for whole in (1, 12, 999, 1_000, 1_234, 12_345, 1_234_567):
        assert numbers(format_decimal(whole, locale=language), language) == [
            Number(format_decimal(whole, locale=language), Decimal(whole), COUNT)
        ]
    (share,) = numbers(format_percent(0.15, locale=language), language)
    assert (share.value, share.kind) == (Decimal(15), SHARE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_is_read_back_with_its_currency(language: str) -> None:
    for currency in SPOKEN:
        minor = 123_456_789
        text = format_currency(texts.amount(minor, currency), currency, locale=language)
        assert [number.value for number in numbers(text, language)] == [texts.amount(minor, currency)], text
        assert texts.currency_problem(text, currency) == "", text
        other = "EUR" if currency != "EUR" else "JPY"
        assert texts.currency_problem(text, other) != "", text


def test_every_currency_has_the_decimals_that_amounts_are_written_with() -> None:
    assert {one: texts.DECIMALS.get(one, 2) for one in list_currencies()} == {
        one: get_currency_precision(one) for one in list_currencies()
    }


@pytest.mark.parametrize(
    ("written", "language", "number"),
    [
        ("1,234", "en", "1234"),
        ("1,234", "de", "1.234"),
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1\u202f234", "fr", "1234"),
        ("1\u202f234", "en", None),
        ("12,34", "en", None),
        ("1,23,456", "en", None),
        ("1.2.3", "en", None),
        ("1234.50", "th", "1234.50"),
        ("๑๒๓", "th", "123"),
        ("１２", "ja", "12"),
        ("1'234", "de", None),
    ],
)
def test_digits_mean_what_their_language_means(written: str, language: str, number: str | None) -> None:
    assert value(written, language) == (None if number is None else Decimal(number))


def units(*values: int) -> list[Expected]:
    return [Expected(f"units {number}", (Decimal(one),)) for number, one in enumerate(values)]


SAID: list[tuple[str, Sequence[str], list[Expected], list[str]]] = [
    ("Ring 20 mm: 20 left", ["Ring 20 mm"], units(20), []),
    ("Ring 20 mm: 21 left", ["Ring 20 mm"], units(20), ["does not say its units 0 20", "says 21, which is no number of its fact"]),
    ("Ring 2: 20 left", ["Ring 2"], units(20), []),
    ("Ring 20 left", ["Ring 2"], units(20), []),
    ("12: 12 left", ["12"], units(12), []),
    ("12: 13 left", ["12"], units(12), ["does not say its units 0 12", "says 13, which is no number of its fact"]),
    ("2 left, 2 each", [], units(2, 2), []),
    ("2 left", [], units(2, 2), ["does not say its units 1 2"]),
    ("the last one", [], units(1), []),
    ("2 left", [], units(1), ["says 2, which is no number of its fact"]),
    ("15 left", [], [Expected("percent", (Decimal(15),), SHARE)], ["does not say its percent 15", "says 15, which is no number of its fact"]),
    ("15 % off", [], [Expected("percent", (Decimal(15),), SHARE)], []),
    ("%15", [], [Expected("percent", (Decimal(15),), SHARE)], []),
    ("in 36 hours", [], [Expected("hours", (Decimal(35), Decimal(36)))], []),
    ("nothing to say", [], [], []),
    ("①", [], [], ["says ①, which is no number of its fact"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "expected", "told"), SAID, ids=[row[0] for row in SAID])
def test_a_text_says_its_numbers_and_no_other(
    text: str, names: Sequence[str], expected: list[Expected], told: list[str]
) -> None:
    assert problems(text, "en", names, expected) == told


def test_a_moment_is_said_on_some_clock_of_the_show_as_a_whole() -> None:
    at = 1_773_489_600_000_000  # 2026-03-14 12:00 UTC
    dates = [texts.moment(at, zone) for zone in ("UTC", "Asia/Bangkok")]
    right = ["March 14, 12:00", "14 มีนาคม 2569 19:00", "3月14日 19:00", "Mar 14 at 7 PM"]
    wrong = ["March 15, 12:00", "14 March", "March 14, 13:00", "3月14日 12:30", "tomorrow", "March 14, 12:00, 5 left"]
    assert [problems(text, "en", [], [], dates) for text in right] == [[]] * len(right)
    assert all(len(problems(text, "en", [], [], dates)) == 1 for text in wrong)
    assert problems("5 left, March 14, 12:00", "en", [], units(5), dates) == []
    assert texts.moment(at, "Mars/Olympus") == ()
