"""Order times: texts in any declared mixture of formats -> microseconds since 1970 UTC.

    distinct texts -> read(): (wall clock or UTC, reason) -> place(): wall clock into the time zone

Nothing is guessed. With formats declared, a text that two of them read differently is `ambiguous_time`; without,
year-first dates and dotted day.month.year dates are understood, and 03/04/2011 is `ambiguous_time` until `day_first`
is said. A wall-clock time that the zone's clocks skipped in spring is `bad_time`; one they showed twice in autumn is
read as the first, and counted so that the report can say it.
"""

import datetime
import re
import zoneinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.channels.orders_file.time_formats import EPOCH, OFFSET, Reading, compile_format, from_parts, read_iso

Int64s = npt.NDArray[np.int64]
QUARTER_HOUR = 900_000_000

CLOCK = (
    r"(?:[T\s]\s*(?P<p1>上午|下午|午前|午後|오전|오후)?\s*(?P<H>\d{1,2})\s*[:.時时]\s*(?P<M>\d{1,2})"
    r"(?:\s*[:.分]\s*(?P<S>\d{1,2})(?:[.,](?P<f>\d{1,9}))?秒?|分)?\s*(?P<p2>[ap]\.?m\.?)?\s*" + OFFSET + "?)?"
)
YEAR_FIRST = re.compile(r"(?P<Y>\d{4})\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})日?" + CLOCK, re.IGNORECASE)
YEAR_LAST = re.compile(r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<Y>\d{4})" + CLOCK, re.IGNORECASE)
COMPACT = re.compile(r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[T\s]?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?")
ISO_WITH_T = re.compile(r"\d{4}-\d{2}-\d{2}T.*")
NUMBER = re.compile(r"\d+(?:\.\d+)?")


class TimeReader:
    """Reads the times of one file by its declared formats, zone and day order."""

    def __init__(self, formats: tuple[str, ...], zone: datetime.tzinfo, rules: tuple[bool | None, str], name: str):
        self.zone = zone
        self.day_first, language = rules
        self.formats = formats
        self.readers = [compile_format(text, language, name) for text in formats]
        self.shown_twice = 0

    def read(self, text: str) -> Reading | str:
        """One text as (microseconds, is_utc), or the reason it is not a time."""
        value = text.strip()
        if not value:
            return "missing_time"
        if not self.readers:
            return self._undeclared(value)
        readings = {reading for reader in self.readers if (reading := reader(value)) is not None}
        if len(readings) > 1:
            return "ambiguous_time"
        if readings:
            return readings.pop()
        native = read_iso(value) if ISO_WITH_T.fullmatch(value) else None
        return native if native is not None else "bad_time"

    def _undeclared(self, value: str) -> Reading | str:
        if value[4:5] == "-" and (reading := read_iso(value)) is not None:
            return reading
        match = YEAR_FIRST.fullmatch(value) or COMPACT.fullmatch(value)
        if match:
            return _by_match(match.groupdict()) or "bad_time"
        match = YEAR_LAST.fullmatch(value)
        return self._day_or_month_first(match.groupdict()) if match else "bad_time"

    def _day_or_month_first(self, parts: dict[str, Any]) -> Reading | str:
        as_day_first = _by_match({**parts, "d": parts["one"], "m": parts["two"]})
        as_month_first = _by_match({**parts, "d": parts["two"], "m": parts["one"]})
        day_first = True if parts["mark"] == "." and self.day_first is None else self.day_first
        if day_first is not None:
            return (as_day_first if day_first else as_month_first) or "bad_time"
        if as_day_first and as_month_first and as_day_first != as_month_first:
            return "ambiguous_time"
        return as_day_first or as_month_first or "bad_time"

    def place(self, wall: Int64s, is_utc: npt.NDArray[np.bool_]) -> tuple[Int64s, npt.NDArray[np.bool_]]:
        """Wall-clock microseconds as UTC, and a mask of those the zone's clocks never showed."""
        never = np.zeros(len(wall), dtype=bool)
        if self.zone is datetime.UTC or bool(is_utc.all()):
            return wall, never
        quarters, which = np.unique(wall[~is_utc] // QUARTER_HOUR, return_inverse=True)
        first = np.empty(len(quarters), dtype=np.int64)
        second = np.empty(len(quarters), dtype=np.int64)
        for place, quarter in enumerate(quarters.tolist()):
            moment = (EPOCH + datetime.timedelta(minutes=15 * quarter)).replace(tzinfo=self.zone)
            first[place] = _offset(moment)
            second[place] = _offset(moment.replace(fold=1))
        result = wall.copy()
        result[~is_utc] -= first[which]
        never[~is_utc] = (second > first)[which]
        self.shown_twice += int((second < first)[which].sum())
        return result, never

    def explain(self, text: str, reason: str) -> str:
        """One sentence on why a text was not taken as a time."""
        if reason == "missing_time":
            return "The row has no time."
        if reason == "ambiguous_time":
            if self.formats:
                return f"{text!r} reads differently by {' and '.join(self.formats)}; keep the one format that is meant."
            return f"{text!r} may be day or month first; say day_first = true or false, or a format, in [time]."
        if isinstance(self.read(text), tuple):
            zone = self.zone.key if isinstance(self.zone, zoneinfo.ZoneInfo) else str(self.zone)
            return f"{text!r} was skipped by the clocks of {zone}: no such time exists there."
        if self.formats:
            return f"{text!r} is no time by {' or '.join(self.formats)}."
        if NUMBER.fullmatch(text.strip()):
            return f"{text!r} is a bare number; say format = 'unix', 'unix_ms' or 'excel' in [time]."
        return f"{text!r} is no time this file's mapping explains; name its format in [time], such as '%d %b %Y %H:%M'."


def _by_match(parts: dict[str, Any]) -> Reading | None:
    parts["p"] = parts.get("p1") or parts.get("p2")
    return from_parts(parts, {})


def _offset(moment: datetime.datetime) -> int:
    offset = moment.utcoffset()
    return int(offset.total_seconds()) * 1_000_000 if offset else 0
