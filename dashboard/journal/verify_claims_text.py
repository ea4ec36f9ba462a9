"""The auditor's reading of numbers in a sentence: what a host line says must be what its fact says, digit for digit.

    text -> names taken out -> numbers in any script, grouped as the language groups them -> one expectation each

A number is a run of decimal digits with the separators its language writes within numbers; a percent sign beside it
makes it a share. What belongs to a name (a title, a place, a coupon's code) is no number of the sentence and is taken
out first. A number that is none of the expected ones is told, and so is an expected one that is not said. One may be
said by a word ("the last one"). Nothing here is shared with whoever wrote the sentence: digits come from Unicode, and
separators, decimals and signs of currencies stand in the tables below.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COUNT, SHARE = "count", "share"
SEPARATORS = {
    **dict.fromkeys(("en", "zh", "th", "ms", "ja", "ko"), (",", ".")),
    **dict.fromkeys(("es", "de", "id", "vi", "pt"), (".\u00a0\u202f", ",")),
    "fr": ("\u202f\u00a0", ","),
}
"""Language -> what may stand between groups of three digits, and before decimals."""
OTHER = (",", ".")
DECIMALS = {
    **dict.fromkeys(
        "ADP AFN ALL BIF BYR CLP DJF ESP GNF IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PYG RSD RWF "
        "SLL SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD".split(),
        0,
    ),
    **dict.fromkeys("BHD JOD KWD LYD OMR TND".split(), 3),
    "CLF": 4,
    "UYW": 4,
}
"""Decimals of a currency where they are not two."""
SIGNS = {
    "$": "USD AUD CAD NZD SGD HKD TWD MXN BRL ARS CLP COP BBD BMD BND BSD BZD CVE DOP FJD GYD JMD KYD LRD NAD NIO SBD "
    "SRD TOP TTD UYU WST XCD",
    "€": "EUR", "£": "GBP EGP GIP FKP SHP SSP SYP LBP", "¥": "JPY CNY", "￥": "JPY CNY", "₩": "KRW KPW", "￦": "KRW",
    "₫": "VND", "฿": "THB", "₹": "INR", "₱": "PHP CUP", "₺": "TRY", "₽": "RUB", "₪": "ILS", "₴": "UAH", "₦": "NGN",
    "₸": "KZT", "₡": "CRC", "₲": "PYG", "₮": "MNT", "₭": "LAK", "৳": "BDT", "៛": "KHR", "₵": "GHS", "₾": "GEL",
    "₼": "AZN",
}  # fmt: skip
"""Sign -> the currencies that are written with it."""
LETTERS = {
    "MYR": ("RM",), "IDR": ("Rp",), "CNY": ("元", "人民币"), "JPY": ("円", "日元"), "KRW": ("원",), "VND": ("đ",),
    "THB": ("บาท",), "SEK": ("kr",), "NOK": ("kr",), "DKK": ("kr",), "PLN": ("zł",), "USD": ("美元",), "EUR": ("欧元",),
}  # fmt: skip
"""Currency -> what else it is written with."""
_NUMBER = re.compile(r"\d+(?:[.,'’٫٬\u00a0\u2009\u202f]\d+)*")
_RUN = re.compile(r"\d{1,9}")
_PERCENT_AFTER = re.compile(r"[\s\u00a0\u202f]?[%％٪﹪]")
_PERCENT_BEFORE = re.compile(r"[%％٪﹪][\s\u00a0\u202f]?$")
_NOON = 12
_BUDDHIST = 543


class Expected(NamedTuple):
    """A number that a text is to say: its name, the values it may have, count or share; `must` be said."""

    name: str
    values: tuple[Decimal, ...]
    kind: str = COUNT
    must: bool = True


class Number(NamedTuple):
    """A number as it stands in a text; the value is None where no number is written so in that language."""

    written: str
    value: Decimal | None
    kind: str


def problems(
    text: str, language: str, names: Iterable[str], expected: Sequence[Expected], dates: Sequence[tuple[int, ...]] = ()
) -> list[str]:
    """What a text says that it should not, and does not say that it should; as ends of a sentence.

    `dates` are moments the text states, each as a tuple of ways to write it (micros, per zone: see `moment`).
    """
    found = numbers(without(text, names), language)
    left, told = _taken(found, expected)
    missing = [
        f"does not say its {one.name} {one.values[0]:f}" for one in expected if one.must and one.name not in told
    ]
    odd = [one for one in left if not _one_of(one, expected)]
    if dates:
        return missing + _dated(left, odd, dates)
    return missing + [f"says {one.written}, which is no number of its fact" for one in odd]


def numbers(text: str, language: str) -> list[Number]:
    """The numbers of a text, in order; signs for fractions and the like count as numbers nobody expects."""
    found = [
        Number(match.group(), value(match.group(), language), _kind(text, match)) for match in _NUMBER.finditer(text)
    ]
    odd = [Number(sign, None, COUNT) for sign in text if unicodedata.category(sign) in ("No", "Nl")]
    return found + odd


def value(written: str, language: str) -> Decimal | None:
    """The value of digits and separators as a language writes them; None if it does not write numbers so."""
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in written)
    digits = digits.replace("٬", ",").replace("٫", ".")
    between, before_decimals = SEPARATORS.get(language, OTHER)
    whole, point, decimals = digits.partition(before_decimals)
    for sign in between:
        groups = whole.split(sign)
        if len(groups) > 1:
            if not (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
                return None
            whole = "".join(groups)
            break
    if not (whole.isascii() and whole.isdigit()) or (point and not (decimals.isascii() and decimals.isdigit())):
        return None
    return Decimal(f"{whole}.{decimals}" if point else whole)


def without(text: str, names: Iterable[str]) -> str:
    """A text with names taken out, the longest first; a name of digits alone is taken out once."""
    met = {name for name in names if name in text and any(sign.isnumeric() for sign in name)}
    for name in sorted(met, key=len, reverse=True):
        ahead = r"(?<!\d)(?<!\d[.,])" if name[0].isdecimal() else ""
        behind = r"(?!\d)(?![.,]\d)" if name[-1].isdecimal() else ""
        once = 1 if all(sign.isdecimal() for sign in name) else 0
        text = re.sub(ahead + re.escape(name) + behind, "\ufffc", text, count=once)
    return text


def amount(minor: int, currency: str) -> Decimal:
    """Minor units as an amount of the currency."""
    return Decimal(minor).scaleb(-DECIMALS.get(currency, 2))


def currency_problem(text: str, currency: str) -> str:
    """What is wrong with the currency a text names, as the end of a sentence; empty if nothing is."""
    signs = [sign for sign in text if unicodedata.category(sign) == "Sc" and sign in SIGNS]
    for sign in signs:
        if currency not in SIGNS[sign].split():
            return f"says {sign}, but its price is in {currency}"
    if not signs and not any(word in text for word in (currency, *LETTERS.get(currency, ()))):
        return f"does not say its currency {currency}"
    return ""


def moment(micros: int, zone: str) -> tuple[int, ...]:
    """How a moment is written in a time zone: day, hour, hour of twelve; minute, month, years, and the day of the week.

    Thai counts years from the Buddha, and Vietnamese the days of the week from Sunday as the first.
    """
    try:
        at = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OverflowError, OSError):
        return ()
    return (
        at.day,
        at.hour,
        at.hour % _NOON or _NOON,
        at.minute,
        at.month,
        at.year,
        at.year + _BUDDHIST,
        at.isoweekday() + 1,
    )


def _kind(text: str, match: re.Match[str]) -> str:
    share = _PERCENT_AFTER.match(text, match.end()) or _PERCENT_BEFORE.search(text[: match.start()])
    return SHARE if share else COUNT


def _one_of(number: Number, expected: Sequence[Expected]) -> bool:
    return any(number.kind == one.kind and number.value in one.values for one in expected)


def _taken(found: Sequence[Number], expected: Sequence[Expected]) -> tuple[list[Number], set[str]]:
    """Give every expectation one number; returns the numbers left over, and what was said or need not be in digits."""
    left, told = list(found), set[str]()
    for one in expected:
        number = next((number for number in left if number.kind == one.kind and number.value in one.values), None)
        if number is not None:
            left.remove(number)
            told.add(one.name)
        elif one.kind == COUNT and one.values == (Decimal(1),):
            told.add(one.name)  # "the last one"
    return left, told


def _dated(left: list[Number], odd: list[Number], dates: Sequence[tuple[int, ...]]) -> list[str]:
    """Whether the numbers left over are those of one of the ways to write a moment; day and hour must be said."""
    for ways in dates:
        if ways and any(_is_date(numbers, ways) for numbers in (left, odd)):
            return []
    if not odd:
        return ["does not say the day and hour of its fact"]
    return [f"says {' '.join(one.written for one in odd)}, which is no moment of its fact"]


def _is_date(found: Sequence[Number], ways: tuple[int, ...]) -> bool:
    day, hour, twelfth, *others = ways
    values = [int(run) for one in found for run in _RUN.findall(one.written) or ["-1"]]  # 07.06 is a clock as well
    if day not in values:
        return False
    values.remove(day)
    if hour in values:
        values.remove(hour)
    elif twelfth in values:
        values.remove(twelfth)
    else:
        return False
    for one in others:
        if one in values:
            values.remove(one)
    return not values
