"""Moments as people write them: ISO 8601, the show's own T+mm:ss, or the studio's wall clock.

One reader for the command line, the HTTP route and the replay page, so that a moment copied from one works in all.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000_000
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""What a frame can be asked for; the store and the calendar still work some way beyond."""
_SHOW_CLOCK = re.compile(r"^T([+-])(?:(\d{1,7}):)?(\d{1,3}):(\d{2})(?:\.(\d{1,6}))?$", re.IGNORECASE | re.ASCII)
_PLUS_LOST = re.compile(r"(?<=T\d\d:\d\d:\d\d) (?=\d\d)|(?<=^T) (?=\d)", re.IGNORECASE)
"""In a URL a plus sign arrives as a space: 2026-03-14T12:40:00 01:00, T 40:00."""
_WALL_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$", re.ASCII)


class InstantProblem(ValueError):
    """A moment cannot be read; the message says what would be right."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC of an aware moment."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def read(text: str, starts_at: int, time_zone: str) -> int:
    """Microseconds since 1970 of a written moment; a wall clock is the studio's, on the show's night.

    Raises InstantProblem with one sentence when the text is none of the three forms, or centuries away.
    """
    text = _PLUS_LOST.sub("+", text.strip())
    if found := _SHOW_CLOCK.match(text):
        sign, hours, minutes, seconds, fraction = found.groups()
        elapsed = (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * SECOND
        elapsed += int((fraction or "0").ljust(6, "0"))
        return _near(starts_at + (elapsed if sign == "+" else -elapsed), text)
    if found := _WALL_CLOCK.match(text):
        hour, minute, second = (int(part or 0) for part in found.groups())
        return _on_the_night(hour, minute, second, starts_at, time_zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InstantProblem(
            f"{text[:80]!r} is no moment; write 2026-03-14T12:40:00Z, T+40:00 (mm:ss into the show) or 20:40:00."
        ) from None
    return _near(micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC)), text)


def _near(at: int, text: str) -> int:
    """The moment itself; raises InstantProblem when it is centuries away."""
    if not micros(EARLIEST) <= at < micros(LATEST):
        raise InstantProblem(f"{text!r} lies too far away; give a moment of the years 1900 to 2199.")
    return at


def _on_the_night(hour: int, minute: int, second: int, starts_at: int, time_zone: str) -> int:
    """The first such wall-clock time at or after an hour before the start."""
    if hour > 23 or minute > 59 or second > 59:
        raise InstantProblem(f"{hour:02d}:{minute:02d}:{second:02d} is no time of day.")
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, ValueError):
        raise InstantProblem(
            f"The show's time zone {time_zone!r} has no clock here; write the moment in UTC."
        ) from None
    start = datetime.fromtimestamp(starts_at / SECOND, zone)
    moment = start.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if moment < start - timedelta(hours=1):
        moment += timedelta(days=1)
    return micros(moment)
