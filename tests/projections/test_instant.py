"""Moments as people write them, one a row."""

import pytest
from hypothesis import given, strategies as st

from dashboard.projections.instant import InstantProblem, read
from tests.decision.watched import HOUR, MINUTE, SECOND, START

MADRID, SHANGHAI = "Europe/Madrid", "Asia/Shanghai"

READABLE = [
    ("T+00:00", "UTC", 0),
    ("T+40:00", "UTC", 40 * MINUTE),
    ("t+40:00", "UTC", 40 * MINUTE),
    ("  T+40:00 ", "UTC", 40 * MINUTE),
    ("T 40:00", "UTC", 40 * MINUTE),
    ("T-05:30", "UTC", -5 * MINUTE - 30 * SECOND),
    ("T+1:02:03", "UTC", HOUR + 2 * MINUTE + 3 * SECOND),
    ("T+90:00", "UTC", 90 * MINUTE),
    ("T+125:00", "UTC", 125 * MINUTE),
    ("T+00:00.5", "UTC", SECOND // 2),
    ("T+00:00.000001", "UTC", 1),
    ("2026-03-14T20:40:00Z", "UTC", 40 * MINUTE),
    ("2026-03-14T20:40:00.000001Z", "UTC", 40 * MINUTE + 1),
    ("2026-03-14T21:40:00+01:00", "UTC", 40 * MINUTE),
    ("2026-03-14T21:40:00 01:00", "UTC", 40 * MINUTE),
    ("2026-03-14T20:40:00", MADRID, 40 * MINUTE),
    ("2026-03-14 20:40", "UTC", 40 * MINUTE),
    ("20:40", "UTC", 40 * MINUTE),
    ("20:40:30", "UTC", 40 * MINUTE + 30 * SECOND),
    ("19:10", "UTC", -50 * MINUTE),
    ("18:59", "UTC", 22 * HOUR + 59 * MINUTE),
    ("00:15", "UTC", 4 * HOUR + 15 * MINUTE),
    ("21:40", MADRID, 40 * MINUTE),
    ("04:40", SHANGHAI, 40 * MINUTE),
    ("03:30", SHANGHAI, -30 * MINUTE),
]

UNREADABLE = [
    "", "now", "20", "T+40", "T40:00x", "T+4:5", "20:40:30:10", "25:00", "20:61", "20:10:99", "2026-13-01T00:00:00Z",
    "2026-03-14T20:40:00+99:00", "T+1:1", "٢٠:٤٠", "T+9999999:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "20:40; drop table events", "\x00", "T+00:00.1234567",
]  # fmt: skip


@pytest.mark.parametrize(("text", "time_zone", "after_start"), READABLE)
def test_a_moment_is_read_as_it_was_meant(text: str, time_zone: str, after_start: int) -> None:
    assert read(text, START, time_zone) - START == after_start


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_moment_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(InstantProblem) as caught:
        read(text, START, "UTC")
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_wall_clock_of_an_unknown_time_zone_asks_for_utc() -> None:
    with pytest.raises(InstantProblem, match="write the moment in UTC"):
        read("20:40", START, "Mars/Base")


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_a_sentence(text: str) -> None:
    try:
        said = read(text, START, MADRID)
    except InstantProblem as problem:
        said = str(problem)
    assert isinstance(said, int) or "\n" not in said


@given(st.integers(-99 * HOUR // SECOND, 99 * HOUR // SECOND))
def test_the_shows_clock_is_read_as_it_is_written(seconds: int) -> None:
    at = START + seconds * SECOND
    hours, rest = divmod(abs(seconds), 3600)
    written = f"T{'-' if seconds < 0 else '+'}{hours}:{rest // 60:02d}:{rest % 60:02d}"
    assert read(written, START, "UTC") == at
