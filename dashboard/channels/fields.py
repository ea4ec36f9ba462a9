"""Careful hands for what a platform sent: foreign JSON -> words, units, instants, money, or one sentence.

    raw bytes -> decode_as(Record) | decode (a table) -> word | identity | whole | instant | minor | added

Platforms write the same thing as 5, "5" and 5.0, write null for nothing, and let anybody name a SKU. Every reader here
takes what can only mean one thing and raises Unreadable for everything else, naming the field, at most 40 characters
of what stood there, and what would be right. Nothing else is ever raised, whatever the bytes are.

A body is decoded once: into a record that names the fields we use where a platform keeps to its shapes, into a table
where it writes names in either case. Ids stay texts with all their digits, beyond 2^53 too; a control character in one
is refused, since nobody could type it again. Money is read as exact decimals and rounded once, to its currency's own
minor unit. Instants are microseconds since 1970 UTC and lie in the years a journal can hold.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache, lru_cache
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Account, Unreadable
from dashboard.decision.world import UnitLine

Table = dict[str, Any]
Id = int | str
"""An id, a time or a number, which platforms write either way."""
UNITS_MAX = 1_000_000_000
Count = Annotated[int, msgspec.Meta(ge=0, le=UNITS_MAX)]
Level = Annotated[int, msgspec.Meta(ge=-UNITS_MAX, le=UNITS_MAX)]
"""A counter; an oversold one stands below zero."""
Record = TypeVar("Record")

SECOND = 1_000_000
MINOR_MAX = 10**15
INSTANT_MAX = 250_000_000_000_000_000
SHOWN_MAX = 40
ID_MAX = 200
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,99}")
_DIGITS = re.compile(r"[0-9]{1,20}")
_AMOUNT = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,8})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?", re.ASCII)
_AT = re.compile(r"(?P<what>.*) - at `(?:key in )?\$\.?(?P<field>.*)`", re.DOTALL)
zone_of = cache(ZoneInfo)
"""A time zone by name, made once."""
digits_of = lru_cache(512)(get_currency_precision)
"""How many digits a currency has after its point: JPY 0, USD 2, KWD 3."""


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


# --- whole bodies ---------------------------------------------------------------------------------------------


def decode_as(kind: type[Record], within: str = "") -> Callable[[bytes], Record]:
    """A decoder of one record from JSON, which raises Unreadable whatever the bytes are.

    `within` is the field the bytes stand in, where they are not a whole body.
    """
    decode_it = msgspec.json.Decoder(kind).decode

    def read(raw: bytes) -> Record:
        try:
            return decode_it(raw if within else raw.removeprefix(codecs.BOM_UTF8))
        except UnicodeDecodeError:
            raise Unreadable(f"{within or 'The body'} is not UTF-8 text; send JSON in UTF-8.") from None
        except RecursionError:
            raise Unreadable(f"{within or 'The body'} is nested too deeply to be JSON of ours.") from None
        except (msgspec.DecodeError, ValueError, OverflowError) as problem:
            raise Unreadable(_misfit(problem, within)) from None

    return read


def _misfit(problem: Exception, within: str) -> str:
    """A decoder's complaint as one sentence about a field; only names we gave ourselves stand in it."""
    match = _AT.fullmatch(str(problem))
    if not match and not isinstance(problem, msgspec.ValidationError):
        return f"{within or 'The body'} is not well-formed JSON; it may have been cut off."
    inside = match["field"] if match else ""
    field = ".".join(filter(None, (within, inside if len(inside) <= 80 else f"{inside[:79]}…")))
    what = (match["what"] if match else str(problem)).replace("`", "")
    return f"{field or 'The body'}: {what[:1].lower()}{what[1:]}."


decode = decode_as(Table)
"""The JSON object a body is; raises Unreadable."""


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


# --- words and ids --------------------------------------------------------------------------------------------


def word(value: object, name: str, most: int = ID_MAX) -> str:
    """A text or an id without blanks around it, empty where there is none; raises Unreadable."""
    if isinstance(value, str):
        if len(value) > most:
            raise Unreadable(f"{name} is {len(value)} characters long; it takes at most {most}.")
        if _UNSPEAKABLE.search(value):
            raise Unreadable(f"{name} holds a control character; it takes plain text.")
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**SHOWN_MAX:
        return str(value)
    raise Unreadable(f"{name} is {shown(value)}; it takes a text of at most {most} characters.")


def identity(value: object, name: str) -> str:
    """An id that must be there; raises Unreadable."""
    text = word(value, name)
    if not text:
        raise Unreadable(f"{name} is missing; it takes the platform's own id.")
    return text


def plain_id(value: object, name: str) -> str:
    """An id of letters, digits and `_.:-`, at most 100, which can stand in an address; raises Unreadable."""
    text = identity(value, name)
    if not _PLAIN_ID.fullmatch(text):
        raise Unreadable(f"{name} is {shown(text)}; it takes letters, digits and _.:-, at most 100 of them.")
    return text


def number_id(value: object, name: str) -> str:
    """An id that is a positive whole number on its platform, as text; raises Unreadable."""
    text = identity(value, name)
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        raise Unreadable(f"{name} is {shown(text)}; it takes a positive whole number.")
    return text


def code(value: object, name: str, letters: int) -> str:
    """A country or currency code in capitals, empty where there is none; raises Unreadable."""
    text = word(value, name)
    if text and not (len(text) == letters and text.isascii() and text.isalpha()):
        raise Unreadable(f"{name} is {shown(value)}; it takes {letters} letters.")
    return text.upper()


def named(account: Account, name: str) -> str:
    """One of the account's own ids; raises Unreadable when it is not set."""
    value = account.names.get(name, "")
    if not value:
        raise Unreadable(f"{account.channel} has no {name}; add it under [channels.{account.channel}.names].")
    return value


# --- units ----------------------------------------------------------------------------------------------------


def whole(value: object, name: str, least: int = 0, most: int = UNITS_MAX) -> int:
    """A whole number within bounds, in every way it is written; raises Unreadable."""
    number: int | None = None
    if isinstance(value, str):
        number = int(value) if _DIGITS.fullmatch(value) else None
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, float) and abs(value) <= UNITS_MAX and value.is_integer():
        number = int(value)
    if number is None or not least <= number <= most:
        raise Unreadable(f"{name} is {shown(value)}; it takes a whole number from {least} to {most}.")
    return number


def added(pairs: Iterable[tuple[str, int]]) -> tuple[UnitLine, ...]:
    """Units added up by SKU in order of appearance, nothings left out; raises Unreadable beyond what can be counted."""
    total: dict[str, int] = {}
    for sku, quantity in pairs:
        total[sku] = total.get(sku, 0) + quantity
        if total[sku] > UNITS_MAX:
            raise Unreadable(f"The quantities of {shown(sku)} add up to more than {UNITS_MAX}.")
    return tuple(UnitLine(sku, quantity) for sku, quantity in total.items() if quantity)


# --- times ----------------------------------------------------------------------------------------------------


def instant(value: object, name: str, zone: str = "UTC") -> int | None:
    """The microseconds of an ISO 8601 time, None where there is none; raises Unreadable.

    Without an offset it is local to `zone`; a time that its clocks showed twice is the first.
    """
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str) or len(value) > SHOWN_MAX or not _TIME.fullmatch(value):
            raise ValueError
        moment = datetime.fromisoformat(value.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone_of(zone))
        micros = (moment - EPOCH) // MICROSECOND
        if not 0 <= micros <= INSTANT_MAX:
            raise ValueError
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} is {shown(value)}; it takes a time such as 2026-03-01T20:00:00.000Z.") from None
    return micros


def unix_time(value: object, name: str) -> int | None:
    """Whole seconds since 1970 UTC as microseconds; absent, null, empty and 0 are None; raises Unreadable."""
    if value is None or value == "":
        return None
    return whole(value, name, 0, INSTANT_MAX // SECOND) * SECOND or None


def iso(micros: int, digits: int = 3) -> str:
    """A time as platforms like it: ISO 8601 in UTC, Z, 0, 3 or 6 digits after the second, rounded down."""
    moment = EPOCH + timedelta(microseconds=micros)
    part = "." + f"{moment.microsecond:06d}"[:digits] if digits else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{part}Z"


# --- money ----------------------------------------------------------------------------------------------------


def minor(value: object, name: str, currency: str) -> int | None:
    """An amount in minor units of its currency, by the currency's own digits, rounded half to even once.

    None where none is told, or its currency is not known; raises Unreadable below zero and beyond 10^15.
    """
    if value is None:
        return None
    if isinstance(value, Decimal):
        amount = value
    else:
        text = value if isinstance(value, str) else str(value) if _is_writable(value) else ""
        if not _AMOUNT.fullmatch(text):
            raise Unreadable(f"{name} is {shown(value)}; it takes an amount such as 12.50.")
        amount = Decimal(text)
    if not amount.is_finite() or amount < 0:
        raise Unreadable(f"{name} is no price; it takes an amount of zero or more.")
    if not currency:
        return None
    digits = digits_of(currency)
    if amount.adjusted() + digits >= 15:
        raise Unreadable(f"{name} is more than {MINOR_MAX} minor units; it takes a smaller amount.")
    if amount.adjusted() < -20:
        return 0
    return int(amount.scaleb(digits).quantize(Decimal(1), ROUND_HALF_EVEN))


def _is_writable(value: object) -> bool:
    """A number that can be written out; one of thousands of digits cannot."""
    return type(value) is float or (type(value) is int and abs(value) < 10**SHOWN_MAX)
