"""Figures, amounts, hours and instants as a language writes them; by Babel, always exact.

Whole numbers keep every digit, with the locale's own grouping. Amounts are minor units of a currency, shown in the
currency's own decimals. An instant is shown on the clock of a named zone and says whose clock that is: a stream is
watched on several. Results are kept, since a tick says the same few numbers on many channels; the functions are pure,
so what is kept cannot be wrong.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers, units

_KEPT = 4096
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(_KEPT)
def count(value: int, locale: Locale) -> str:
    """A whole number with all its digits: 1,234,567."""
    return str(numbers.format_decimal(value, locale=locale))


@lru_cache(_KEPT)
def percent(value: int, locale: Locale) -> str:
    """A whole percentage: 15%."""
    return str(numbers.format_percent(Decimal(value) / 100, locale=locale))


@lru_cache(_KEPT)
def money(minor: int, currency: str, locale: Locale) -> str:
    """An amount in minor units with its currency: $19.90."""
    amount = Decimal(minor).scaleb(-numbers.get_currency_precision(currency))
    return str(numbers.format_currency(amount, currency, locale=locale))


@lru_cache(_KEPT)
def hours(value: int, locale: Locale) -> str:
    """A number of hours with its unit in the longest writing the locale has: 36 hours."""
    writings = (units.format_unit(value, "duration-hour", length, locale=locale) for length in ("long", "short"))
    return next(text for text in writings if "duration" not in text)


@lru_cache(_KEPT)
def instant(at: int, zone: str, locale: Locale) -> Mapping[str, str]:
    """An instant in microseconds as day, clock and city of a zone: Tue, Nov 24 / 8:00 AM / Los Angeles."""
    clock = ZoneInfo(zone)
    moment = (_EPOCH + timedelta(microseconds=at)).astimezone(clock)
    day = "MMMMEd" if "MMMMEd" in locale.datetime_skeletons else "MMMEd"
    pattern = locale.time_formats["short"].pattern.replace("a", "aaaa")  # the day's half in the locale's own word
    return {
        "date": dates.format_skeleton(day, moment, tzinfo=clock, locale=locale),
        "time": dates.format_time(moment, pattern, tzinfo=clock, locale=locale),
        "city": dates.get_timezone_location(clock, locale=locale, return_city=True),
    }


@lru_cache(_KEPT)
def listed(titles: tuple[str, ...], locale: Locale, either: bool = False) -> str:
    """Several titles in one breath: A, B and C; with `either`: A, B or C."""
    return str(lists.format_list(titles, style="or" if either else "standard", locale=locale))


@lru_cache(_KEPT)
def plural(value: int, locale: Locale) -> str:
    """The plural form of a whole number in a language: zero, one, two, few, many or other."""
    return str(locale.plural_form(value))


def whole(value: Any) -> bool:
    """Whether a value is a whole number that can be counted: no truth value, no fraction, nothing below none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
