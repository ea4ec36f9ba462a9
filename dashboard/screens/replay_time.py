"""Replay's clock: how long a show is, how a moment is read and written, how far a step goes.

Data flow: the newest frame of a show -> `Span`; text and a span -> microseconds since the start; those -> text for the
address. Invariants: what `marks.show_time` and `write_time` write is read back to the microsecond; a moment is read by
the reader that the command line and the HTTP route use (`projections.instant`), so one copied from there works here.
A wall clock such as 20:40 means the studio's; where that is not in the show, it is minutes and seconds since the start.
What can fail: a text that is no moment; that is an `InstantProblem` with one sentence.
"""

import re
from typing import NamedTuple

from dashboard.projections import instant
from dashboard.projections.instant import InstantProblem as InstantProblem
from dashboard.screens.marks import Frame, micros

SECOND = 1_000_000
CLOSING_SECONDS = 60
"""How long after its planned end a show may still be closing: what happens then belongs to it."""
TIME = re.compile(r"^(?:T\s*\+?)?\s*(?:(\d{1,5})\s*d\s+)?(\d{1,7}):(\d{2})(?::(\d{2}))?$", re.IGNORECASE | re.ASCII)
PLAIN = re.compile(r"^\d{1,9}$", re.ASCII)


class Span(NamedTuple):
    """The part of a show there is to look at: start and length in microseconds, its studio's zone, if it goes on."""

    starts_at: int
    length: int
    time_zone: str
    open: bool

    def holds(self, at: int) -> bool:
        """Tell whether a moment (microseconds since the start) lies in the show."""
        return 0 <= at <= self.length

    def inside(self, at: int) -> int:
        """Return the nearest moment that lies in the show."""
        return max(0, min(self.length, at))


def span_of(head: Frame) -> Span:
    """Return what there is of a show by its newest frame: until now while it runs, else until it had closed."""
    starts_at, at, ends_at = (micros(head[name]) for name in ("starts_at", "at", "ends_at"))
    closed = head["status"] == "closed"
    end = min(at, ends_at + CLOSING_SECONDS * SECOND) if closed else at
    return Span(starts_at, max(SECOND, end - starts_at), head["time_zone"], not closed)


def read_time(text: str, span: Span) -> int:
    """Read a moment as microseconds since the start: T+mm:ss, a wall clock, ISO 8601, mm:ss, or plain seconds.

    Raises InstantProblem with one sentence where it is none of them.
    """
    text = text.strip().replace("−", "-")
    if PLAIN.match(text):
        return int(text) * SECOND
    since_start = _since_start(text)
    try:
        read = instant.read(text, span.starts_at, span.time_zone) - span.starts_at
    except InstantProblem:
        if since_start is None:
            raise
        return since_start
    if since_start is not None and not span.holds(read) and span.holds(since_start):
        return since_start
    return read


def _since_start(text: str) -> int | None:
    found = TIME.match(text)
    if not found:
        return None
    days, first, second, third = (None if part is None else int(part) for part in found.groups())
    assert first is not None
    assert second is not None
    if max(second, third or 0) > 59:
        return None
    if days is None and third is None:
        return (first * 60 + second) * SECOND
    return ((days or 0) * 86400 + first * 3600 + second * 60 + (third or 0)) * SECOND


def step_of(length: int) -> tuple[int, str]:
    """Return how many seconds a step goes in a show of so many microseconds, and its unit: a minute, an hour, a day."""
    if length <= 12 * 3600 * SECOND:
        return 60, "min"
    return (3600, "h") if length <= 10 * 86400 * SECOND else (86400, "d")


def write_time(at: int) -> str:
    """Write a moment (microseconds since the start) for the address of the page, exact however long the show is."""
    sign, (seconds, fraction) = ("-" if at < 0 else "+"), divmod(abs(at), SECOND)
    minutes, second = divmod(seconds, 60)
    part = f".{fraction:06d}".rstrip("0") if fraction else ""
    if minutes < 1000:
        return f"T{sign}{minutes:02d}:{second:02d}{part}"
    return f"T{sign}{minutes // 60}:{minutes % 60:02d}:{second:02d}{part}"
