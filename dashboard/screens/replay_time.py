"""Replay's clock: how long a show is, where its slider stops, how a typed time is read.

Data flow: frame and text in, seconds since the start out. Invariants: what `marks.show_time` writes is read back; a
slider has few stops whatever the length of the show, and the present second is always one of them.
"""

import re

from dashboard.screens.marks import Frame, seconds_between

STEPS_MAX = 480
TIME = re.compile(r"^\s*(?:T\s*\+?)?\s*(?:(\d+)\s*d\s+)?(\d+):(\d{2})(?::(\d{2}))?\s*$", re.IGNORECASE)


def length_seconds(head: Frame) -> int:
    """Return how many seconds of a show there are to look at: until now while it runs, else until its end."""
    end = head["at"] if head["status"] != "closed" else min(head["at"], head["ends_at"])
    return max(1, int(seconds_between(head["starts_at"], end)))


def read_time(text: str) -> int | None:
    """Read T+mm:ss, h:mm:ss, `1 d 02:10` or plain seconds as seconds since the start; None where it is none of them."""
    if text.strip().isdecimal():
        return int(text)
    found = TIME.match(text)
    if not found:
        return None
    days, first, second, third = (None if part is None else int(part) for part in found.groups())
    assert first is not None
    assert second is not None
    if days is not None:
        return days * 86400 + first * 3600 + second * 60 + (third or 0)
    return first * 60 + second if third is None else first * 3600 + second * 60 + third


def step_of(length: int) -> tuple[int, str]:
    """Return how far one step goes, and its unit: a minute, in shows of days an hour, in shows of months a day."""
    if length <= 12 * 3600:
        return 60, "min"
    return (3600, "h") if length <= 10 * 86400 else (86400, "d")


def write_time(second: int) -> str:
    """Write a second for the address of the page: minutes and seconds, exact however long the show is."""
    return f"{second // 60}:{second % 60:02d}"


def stops(length: int, second: int) -> list[int]:
    """Return the slider's stops: at most STEPS_MAX evenly over the show, and the present second among them."""
    step = max(1, -(-length // STEPS_MAX))
    return sorted({*range(0, length, step), length, second})
