"""Careful hands for what a platform sent: untyped JSON -> words, units, instants, money, or one sentence.

    raw bytes -> table -> find(...) -> word | units | instant | rows | minor

Platforms write the same thing as 5, "5" and 5.0, write null for nothing, and let anybody name a SKU. Every reader here
takes what can only mean one thing and raises Unreadable for everything else, naming the field, at most 40 characters
of what stood there, and what would be right. Nothing else is ever raised, whatever the bytes are.

Ids stay texts: a number is written out with all its digits and a control character in one is refused, since nobody
could type it again. Instants are microseconds since 1970 UTC and lie in the years a journal can hold.
"""

import codecs
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Unreadable
from dashboard.decision.world import UnitLine

Table = dict[str, Any]
UNITS_MAX = 1_000_000_000
MINOR_MAX = 10**15
INSTANT_MAX = 250_000_000_000_000_000
SHOWN_MAX = 40
ID_MAX = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DIGITS = re.compile(r"[0-9]{1,10}")
_AMOUNT = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,8})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
_decode = msgspec.json.Decoder().decode
zone_of = cache(ZoneInfo)
"""A time zone by name, made once."""


def shown(value: object) -> str:
    """A value as a sentence may show it: its kind, or at most 40 characters of it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= 10**SHOWN_MAX:
        return "a huge number"
    text = repr(value[: SHOWN_MAX + 1] if isinstance(value, str) else value)
    return text if len(text) <= SHOWN_MAX else f"{text[: SHOWN_MAX - 3]}..."


def decode(raw: bytes) -> Table:
    """The JSON object a body is; raises Unreadable."""
    try:
        table = _decode(raw.removeprefix(codecs.BOM_UTF8))
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
        raise Unreadable("The body is no JSON; send one JSON object as UTF-8.") from None
    if not isinstance(table, dict):
        raise Unreadable(f"The body is {shown(table)}; send one JSON object.")
    return table


def find(table: Table, *names: str) -> Any:
    """What stands under the first of the names that holds something, else None."""
    for name in names:
        value = table.get(name)
        if value is not None:
            return value
    return None


def inner(value: object, name: str) -> Table:
    """A table inside a table, empty where there is none; raises Unreadable."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is {shown(value)}; it takes an object.")
    return value


def rows(value: object, name: str) -> list[Table]:
    """A list of tables, empty where there is none; raises Unreadable."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreadable(
            f"{name} is {'mixed' if isinstance(value, list) else shown(value)}; it takes a list of objects."
        )
    return value


def word(value: object, name: str, most: int = ID_MAX) -> str:
    """A text or an id, empty where there is none; raises Unreadable."""
    if isinstance(value, str):
        if len(value) <= most and not _CONTROL.search(value):
            return value
    elif value is None:
        return ""
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**SHOWN_MAX:
        return str(value)
    raise Unreadable(f"{name} is {shown(value)}; it takes a text of at most {most} characters, none of them a control.")


def identity(value: object, name: str) -> str:
    """An id that must be there; raises Unreadable."""
    text = word(value, name)
    if not text.strip():
        raise Unreadable(f"{name} is missing; it takes the platform's own id.")
    return text


def code(value: object, name: str, letters: int) -> str:
    """A country or currency code in capitals, empty where there is none; raises Unreadable."""
    text = word(value, name)
    if text and not (len(text) == letters and text.isascii() and text.isalpha()):
        raise Unreadable(f"{name} is {shown(value)}; it takes {letters} letters.")
    return text.upper()


def units(value: object, name: str, least: int = 0) -> int:
    """Whole units, at least so many; raises Unreadable."""
    number = -1
    if isinstance(value, str):
        number = int(value) if _DIGITS.fullmatch(value) else -1
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and abs(value) <= UNITS_MAX and value.is_integer():
        number = int(value)
    if not least <= number <= UNITS_MAX:
        raise Unreadable(f"{name} is {shown(value)}; it takes a whole number from {least} to {UNITS_MAX}.")
    return number


def added(pairs: Iterable[tuple[str, int]]) -> tuple[UnitLine, ...]:
    """Units added up by SKU, nothings left out; raises Unreadable when they are more than a journal can count."""
    total: dict[str, int] = {}
    for sku, quantity in pairs:
        total[sku] = total.get(sku, 0) + quantity
        if total[sku] > UNITS_MAX:
            raise Unreadable(f"The quantities of {shown(sku)} add up to more than {UNITS_MAX}.")
    return tuple(UnitLine(sku, quantity) for sku, quantity in total.items() if quantity)


def instant(value: object, name: str, zone: str = "UTC") -> int | None:
    """The microseconds of an ISO 8601 time, local to `zone` without an offset, None where there is none."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or len(value) > SHOWN_MAX or not _TIME.fullmatch(value):
            raise ValueError
        moment = datetime.fromisoformat(value.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone_of(zone))
        micros = (moment - _EPOCH) // _MICROSECOND
        if not 0 <= micros <= INSTANT_MAX:
            raise ValueError
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} is {shown(value)}; it takes a time such as 2026-03-01T20:00:00.000Z.") from None
    return micros


def iso(micros: int, digits: int = 3) -> str:
    """A time as platforms like it: ISO 8601 in UTC, Z, 3 or 6 digits after the second, rounded down."""
    moment = _EPOCH + timedelta(microseconds=micros)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06d}"[:digits] + "Z"


def minor(value: object, name: str, currency: str) -> int:
    """A decimal amount in minor units of its currency, by the currency's own digits; raises Unreadable."""
    try:
        text = value if isinstance(value, str) else str(value) if type(value) in (int, float) else ""
        if not _AMOUNT.fullmatch(text):
            raise ValueError
        amount = Decimal(text).scaleb(get_currency_precision(currency)).quantize(Decimal(1), ROUND_HALF_EVEN)
        if amount > MINOR_MAX:
            raise ValueError
    except (ValueError, InvalidOperation):
        raise Unreadable(f"{name} is {shown(value)}; it takes an amount such as 12.50.") from None
    return int(amount)
