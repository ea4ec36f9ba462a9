"""Quantities and prices: texts -> exact numbers, with decimal and thousands marks declared or proven by the file.

A mark is never guessed from one value: '1.234' may be one or one thousand. When the mapping declares nothing, the
distinct values of the column are asked: '12,50' or '1.234,56' prove a decimal comma, '12.50' proves a decimal point,
and what stays undecided is rejected by row. Currency signs and names, blanks and apostrophes between digits, a
trailing minus and accounting brackets are understood.
"""

import re
import unicodedata
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

MISSING = frozenset(("", "nan", "null", "none", "n/a", "na", "-", "–", "—", "\\n", "#n/a"))
MINOR_MAX = 10**15
MONEY_WORDS = frozenset(
    "kr kr. zł kč ft lei лв лв. руб руб. р. р rs rs. r rm s/ bs bs. fr fr. sfr sfr. din tl qr dh nt hk us au ca nz sg "
    "a c 元 円 圆 圓 원 บาท rp rp. so'm ден eur usd gbp".split()
)
AROUND = re.compile(
    r"(?P<before>[^\d\-+(.,]*(?:(?<=[^\W\d_])\.)?\s*)(?P<number>[\d\-+(.,](?:.*[\d).,\-])?)(?P<after>[^\d]*)", re.DOTALL
)
EVIDENCE_POINT = re.compile(
    r"\D*(?:\d{1,3}(?:,\d{2,3})+\.\d*|\d{1,3}(?:,\d{3}){2,}|\d*\.(?:\d{1,2}|\d{4,})|0\.\d+|\d{4,}\.\d+)\D*"
)
EVIDENCE_COMMA = re.compile(
    r"\D*(?:\d{1,3}(?:\.\d{3})+,\d*|\d{1,3}(?:\.\d{3}){2,}|\d*,(?:\d{1,2}|\d{4,})|0,\d+|\d{4,},\d+)\D*"
)
NO_CENTS = re.compile(r"(?<=\d)[.,]\s?[-–—]+(?=\D*$)")
"""'12,-' as prices are written in German and Dutch: twelve, no cents."""
UNDECIDED = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
PLAIN = re.compile(r"\d+(?:\.\d*)?(?:[eE][+-]?\d{1,3})?|\.\d+")


class Marks(NamedTuple):
    """The decimal and thousands marks of a column; an empty decimal means: not known."""

    decimal: str
    thousands: str


def marks_of(values: Iterable[str], decimal: str, thousands: str) -> tuple[Marks, str]:
    """The marks declared, or proven by the values, and the value that proved a decimal comma ('' if none did)."""
    if decimal or thousands:
        other = {".": ",", ",": "."}
        return Marks(decimal or other.get(thousands, "."), thousands), ""
    point = comma = ""
    for value in values:
        if not point and EVIDENCE_POINT.fullmatch(value):
            point = value
        elif not comma and EVIDENCE_COMMA.fullmatch(value):
            comma = value
    if point and not comma:
        return Marks(".", ","), ""
    if comma and not point:
        return Marks(",", "."), comma
    return Marks("", ""), ""


def number(text: str, marks: Marks) -> Decimal | None:
    """The exact number a text stands for, or None if it stands for none, or for two."""
    value = text.strip()
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value).replace("\N{MINUS SIGN}", "-")
    value = NO_CENTS.sub("", value)
    sign, digits = _sign(_without_money(value))
    digits = re.sub(r"(?<=\d)[\s'’_](?=\d)", "", digits)
    if not marks.decimal:
        if UNDECIDED.fullmatch(digits):
            return None
        marks = Marks(",", ".") if EVIDENCE_COMMA.fullmatch(digits) and "e" not in digits else Marks(".", ",")
    plain = _ungrouped(digits, marks)
    return sign * Decimal(plain) if PLAIN.fullmatch(plain) else None


def _ungrouped(digits: str, marks: Marks) -> str:
    """Digits with a decimal point and no thousands marks; '' if the marks stand where they cannot."""
    whole, mark, rest = digits.partition(marks.decimal)
    if marks.thousands and marks.thousands in whole:
        groups = whole.split(marks.thousands)
        if len(groups[-1]) != 3 or not 1 <= len(groups[0]) <= 3 or any(len(part) not in (2, 3) for part in groups[1:]):
            return ""
        whole = "".join(groups)
    if mark and not rest.replace("e", "").replace("E", "").replace("-", "").replace("+", "").isdigit() and rest:
        return ""
    return whole + ("." + rest if mark and (whole or rest) else "")


def _without_money(value: str) -> str:
    """A value without the currency sign or name before or after it; '' if something else stands there."""
    match = AROUND.fullmatch(value)
    if not match:
        return ""
    for outside in (match["before"], match["after"]):
        word = outside.strip()
        if not word or (word == "." and not match["before"]):
            continue
        letters = "".join(letter for letter in word if unicodedata.category(letter) != "Sc").strip().casefold()
        if letters and letters not in MONEY_WORDS and not (len(letters) == 3 and letters.isalpha() and word.isupper()):
            return ""
    return match["number"].strip()


def _sign(value: str) -> tuple[int, str]:
    if value.startswith("(") and value.endswith(")"):
        return -1, value[1:-1].strip()
    if value.endswith("-"):
        return -1, value[:-1].strip()
    if value[:1] in ("-", "+"):
        sign = -1 if value[0] == "-" else 1
        return sign, _without_money(value[1:].strip())
    return 1, value


def quantity(text: str, marks: Marks, maximum: int) -> int | str:
    """Whole units, possibly negative, or the reason a text is no quantity."""
    if text.strip().casefold() in MISSING:
        return "missing_quantity"
    value = number(text, marks)
    if value is None or value != value.to_integral_value():
        return "bad_quantity"
    if value == 0:
        return "zero_quantity"
    return int(value) if abs(value) <= maximum else "quantity_too_large"


def price_minor(text: str, marks: Marks, digits: int) -> int | str:
    """A price in minor units of a currency with so many digits, or the reason a text is no price; empty is free."""
    if text.strip().casefold() in MISSING:
        return 0
    value = number(text, marks)
    if value is None:
        return "bad_price"
    if value < 0:
        return "negative_price"
    if value >= MINOR_MAX:
        return "bad_price"
    return int((value * 10**digits).quantize(Decimal(1), ROUND_HALF_EVEN))
