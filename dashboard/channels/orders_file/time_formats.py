"""Time formats as people write them, compiled to one regular expression each.

Accepted are strptime formats ('%d/%m/%Y %H:%M'), picture formats ('DD.MM.YYYY HH:mm', in any letter case; minutes
are told from months by standing after hours or before seconds), and words: 'iso', 'unix', 'unix_ms', 'unix_us',
'excel'. A compiled format turns one text into `(microseconds, is_utc)`: wall-clock microseconds still to be placed
in a time zone, or UTC when the value itself says so. A text that does not match, or names a day that does not
exist, gives None.
"""

import calendar
import datetime
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from babel import Locale, UnknownLocaleError

from dashboard.channels.orders_file.problem import ImportProblem

Reading = tuple[int, bool]
Reader = Callable[[str], Reading | None]

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
YEAR_MIN, YEAR_MAX = 1970, 2200
EXCEL_DAY_ZERO = -25_569
"""Days from 1970-01-01 back to Excel's day 0."""

OFFSET = r"(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}(?::?\d{2})?|[+-]\d{2})"
DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})", "y": r"(?P<y>\d{2})", "m": r"(?P<m>\d{1,2})", "d": r"(?P<d>\d{1,2})",
    "e": r"(?P<d>\d{1,2})", "H": r"(?P<H>\d{1,2})", "I": r"(?P<I>\d{1,2})", "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})", "f": r"(?P<f>\d{1,9})", "p": r"(?P<p>[ap]\.?\s?m\.?|上午|下午|午前|午後|오전|오후)",
    "z": OFFSET, "Z": OFFSET, "a": r"\w+\.?", "A": r"\w+\.?", "b": r"(?P<b>[^\W\d]+\.?)", "B": r"(?P<b>[^\W\d]+\.?)",
    "%": "%",
}  # fmt: skip
SHORTHAND = {"%T": "%H:%M:%S", "%D": "%m/%d/%y", "%F": "%Y-%m-%d", "%R": "%H:%M", "%-": "%", "%h": "%b"}
AFTERNOON = ("p", "下", "午後", "오후")
SCALES = {
    "unix": 1_000_000, "unix_seconds": 1_000_000, "unix_s": 1_000_000, "epoch": 1_000_000, "%s": 1_000_000,
    "unix_ms": 1_000, "unix_milliseconds": 1_000, "epoch_ms": 1_000, "milliseconds": 1_000,
    "unix_us": 1, "unix_microseconds": 1,
}  # fmt: skip
PICTURE = re.compile(
    r"'[^']*'|yyyy|yy|m{1,4}|d{1,2}|h{1,2}|s{1,2}(?!s)|s{3,6}|f{1,6}|am/pm|a|x{3}|z{1,3}|.", re.IGNORECASE | re.DOTALL
)


def compile_format(text: str, language: str, name: str) -> Reader:
    """A reader for one format; ImportProblem if the format itself makes no sense."""
    word = text.strip().lower()
    if word in ("iso", "iso8601", "iso-8601", "iso 8601"):
        return read_iso
    if word in SCALES:
        return _number_reader(SCALES[word])
    if word in ("excel", "excel_serial", "excel_date"):
        return _read_excel
    pattern = _pattern(text if "%" in text else picture_to_strptime(text), text, name)
    groups = pattern.groupindex
    if not ({"Y", "y"} & groups.keys() and {"m", "b"} & groups.keys() and "d" in groups):
        raise ImportProblem(
            f"{name}: time.format {text!r} must name year, month and day, such as '%d.%m.%Y %H:%M', "
            f"'DD.MM.YYYY HH:mm', 'iso', 'unix', 'unix_ms' or 'excel'."
        )
    months = month_names(language, name) if "b" in groups else {}

    def read(value: str) -> Reading | None:
        match = pattern.fullmatch(value)
        return from_parts(match.groupdict(), months) if match else None

    return read


def picture_to_strptime(text: str) -> str:
    """Turn a picture such as 'DD/MM/YYYY HH:mm:ss' into strptime directives."""
    tokens = PICTURE.findall(text)
    lowered = [token.lower() for token in tokens]
    twelve = any(token in ("a", "am/pm") for token in lowered)
    result: list[str] = []
    since_hour = 99
    for place, token in enumerate(lowered):
        since_hour += 1
        if token[0] == "h":
            result.append("%I" if twelve else "%H")
            since_hour = 0
        elif token in ("m", "mm"):
            before_seconds = any(later[0] == "s" for later in lowered[place + 1 : place + 3])
            result.append("%M" if since_hour <= 2 or before_seconds else "%m")
        else:
            result.append(_picture_token(token, tokens[place]))
    return "".join(result)


def _picture_token(token: str, written: str) -> str:
    fixed = {"yyyy": "%Y", "yy": "%y", "mmm": "%b", "mmmm": "%B", "d": "%d", "dd": "%d", "s": "%S", "ss": "%S",
             "a": "%p", "am/pm": "%p"}  # fmt: skip
    if token in fixed:
        return fixed[token]
    if token[0] in "sf" and token.strip("sf") == "":
        return "%f"
    if token in ("z", "zz", "zzz") or (token[0] == "x" and len(token) == 3):
        return "%z"
    return written.strip("'") if len(written) > 1 else written


def _pattern(strptime: str, text: str, name: str) -> re.Pattern[str]:
    for short, long in SHORTHAND.items():
        strptime = strptime.replace(short, long)
    parts: list[str] = []
    place = 0
    while place < len(strptime):
        letter = strptime[place]
        if letter == "%":
            directive = strptime[place + 1 : place + 2]
            if directive not in DIRECTIVES:
                raise ImportProblem(f"{name}: time.format {text!r} has the unknown directive '%{directive}'.")
            parts.append(DIRECTIVES[directive])
            place += 2
            continue
        parts.append(r"\s+" if letter.isspace() else re.escape(letter))
        place += 1
    try:
        return re.compile("".join(parts).replace(r"\s+\s+", r"\s+"), re.IGNORECASE)
    except re.error:
        raise ImportProblem(f"{name}: time.format {text!r} names the same part of a time twice.") from None


def from_parts(parts: dict[str, str | None], months: dict[str, int]) -> Reading | None:
    """Microseconds from the named parts of a matched time, or None if there is no such time."""
    month = months.get(_folded(parts["b"] or "")) if parts.get("b") else int(parts.get("m") or 0)
    hour = _hour(parts)
    if not month or hour is None:
        return None
    year = int(parts.get("Y") or 0)
    if not year:
        short = int(parts.get("y") or 0)
        year = short + (1900 if short >= 70 else 2000)
    fraction = int(((parts.get("f") or "") + "000000")[:6])
    minute, second = int(parts.get("M") or 0), int(parts.get("S") or 0)
    return micros(year, month, int(parts["d"] or 0), (hour, minute, second, fraction), parts.get("z") or "")


def micros(year: int, month: int, day: int, clock: tuple[int, int, int, int], offset: str) -> Reading | None:
    """Microseconds since 1970 of a calendar date and clock, or None if the calendar has no such moment."""
    hour, minute, second, fraction = clock
    if not (YEAR_MIN <= year <= YEAR_MAX and 1 <= month <= 12 and hour < 24 and minute < 60 and second < 60):
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    seconds = calendar.timegm((year, month, day, hour, minute, second))
    away = offset_seconds(offset)
    return (seconds - (away or 0)) * 1_000_000 + fraction, away is not None


def offset_seconds(offset: str) -> int | None:
    """Seconds east of Greenwich of '+02:00', '-0530' or 'Z'; None for no offset."""
    if not offset:
        return None
    if offset[0] not in "+-":
        return 0
    digits = offset[1:].replace(":", "")
    east = int(digits[:2]) * 3600 + int(digits[2:4] or 0) * 60 + int(digits[4:6] or 0)
    return east if offset[0] == "+" else -east


def _hour(parts: dict[str, str | None]) -> int | None:
    if parts.get("I") is None and not parts.get("p"):
        return int(parts.get("H") or 0)
    hour = int(parts.get("I") or parts.get("H") or 0)
    half = (parts.get("p") or "").lower()
    if not half or hour > 12 or (hour == 0 and parts.get("I")):
        return hour if not half or 12 < hour < 24 else None
    return hour % 12 + (12 if half.startswith(AFTERNOON) else 0)


def month_names(language: str, name: str) -> dict[str, int]:
    """Month names of a language, long and short, English ones beside them."""
    months: dict[str, int] = {}
    for code in ("en", language):
        try:
            locale = Locale.parse(code.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            raise ImportProblem(f"{name}: time.language {code!r} is unknown; use a code such as 'de'.") from None
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, written in locale.months[context][width].items():
                    months[_folded(written)] = number
    months.setdefault("sept", 9)
    return months


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).strip(". ")


def read_iso(value: str) -> Reading | None:
    """An ISO 8601 date or time, with or without an offset."""
    if len(value) < 8 or not value[:4].isdigit():
        return None
    try:
        moment = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        return None
    if moment.tzinfo is None:
        return (moment.replace(tzinfo=datetime.UTC) - EPOCH) // MICROSECOND, False
    return (moment - EPOCH) // MICROSECOND, True


def _number_reader(scale: int) -> Reader:
    def read(value: str) -> Reading | None:
        try:
            number = int(Decimal(value) * scale)
        except (InvalidOperation, ValueError, OverflowError):
            return None
        return (number, True) if 0 < number < YEAR_MAX_MICROS else None

    return read


def _read_excel(value: str) -> Reading | None:
    """An Excel serial day: days since 1899-12-30 in wall-clock time, rounded to the millisecond Excel keeps."""
    try:
        days = Decimal(value) + EXCEL_DAY_ZERO
        wall = round(days * 86_400_000) * 1_000
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return (wall, False) if 0 < wall < YEAR_MAX_MICROS else None


YEAR_MAX_MICROS = calendar.timegm((YEAR_MAX, 1, 1, 0, 0, 0)) * 1_000_000
