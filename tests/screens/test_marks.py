"""How the screens write numbers, money, clocks and states."""

import pytest

from dashboard.screens import marks
from dashboard.screens.marks import MARKS
from tests.screens.sample_frame import frame_at


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "T+00:00"), (2408, "T+40:08"), (-750, "T−12:30"), (7325, "T+122:05"), (35999, "T+599:59"),
        (36000, "T+0 d 10:00"), (10_000_000, "T+115 d 17:46"),
    ],
)  # fmt: skip
def test_show_time_reads_as_minutes_until_a_show_lasts_for_hours(seconds: int, text: str) -> None:
    assert marks.show_time(seconds) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (6.667, "06:40"),
        (0.0, "00:00"),
        (99.99, "99:59"),
        (100.0, "1 h 40"),
        (47.9 * 60, "47 h 54"),
        (3460.0, "2 d 9 h"),
    ],
)
def test_a_countdown_reads_in_the_two_largest_units_that_matter(minutes: float, text: str) -> None:
    assert marks.minutes_left(minutes) == text


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (9_164_000, "USD", "$91,640"), (4_950, "USD", "$49.50"), (4_900, "USD", "$49"), (5_000, "JPY", "¥5,000"),
        (123, "???", "???1.23"),
    ],
)  # fmt: skip
def test_money_follows_its_currency_and_an_unknown_currency_is_shown_as_it_is(
    minor: int, currency: str, text: str
) -> None:
    assert marks.money(minor, currency) == text


def test_only_a_full_share_reads_as_a_hundred_per_cent() -> None:
    assert marks.percent(0.999) == "99 %"
    assert marks.percent(1.0) == "100 %"
    assert marks.percent(None) == "–"


def test_a_clock_shows_the_time_of_its_zone_and_an_unknown_zone_shows_utc() -> None:
    iso = "2026-03-14T12:40:08.000000Z"
    assert marks.clock(iso, "Asia/Shanghai") == "20:40"
    assert marks.clock(iso, "Europe/Berlin", seconds=True) == "13:40:08"
    assert marks.clock(iso, "Nowhere/Land") == "12:40"


def test_micros_is_the_exact_inverse_of_the_frames_time() -> None:
    assert marks.micros("1970-01-01T00:00:01.000002Z") == 1_000_002
    assert marks.micros("2026-03-14T12:00:00.000000Z") == 1_773_489_600_000_000


def test_no_two_states_that_can_stand_side_by_side_differ_by_colour_only() -> None:
    for group in (("available", "committed", "low", "transit"), ("red", "yellow", "green", "grey"),
                  ("fresh", "late", "silent"), ("critical", "warning", "info")):  # fmt: skip
        assert len({MARKS[name].shape for name in group}) == len(group)
        assert len({MARKS[name].word for name in group}) == len(group)


def test_what_comes_from_outside_cannot_become_html() -> None:
    assert marks.safe('<img src=x onerror="alert(1)">') == "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;"


@pytest.mark.parametrize(("delay", "text"), [(None, "–"), (0, "0 ms"), (99, "99 ms"), (100, "0.1 s"), (1500, "1.5 s")])
def test_a_delay_is_written_in_seconds_from_a_tenth_on(delay: int | None, text: str) -> None:
    assert marks.delay(delay) == text


def test_a_region_is_as_late_as_the_latest_of_its_late_channels() -> None:
    frame = frame_at(2408)
    frame["suspended"].append({"region": "US", "channels": ["tiktok-us", "amazon-us"], "reason": ""})
    for row, seconds in ((frame["channels"][0], 130.0), (frame["channels"][4], 16.4)):
        row["data_age_seconds"] = seconds
    assert marks.late_regions(frame) == {"SEA": "feed 42 s late", "US": "feed 2 min late"}
    frame["channels"][4]["pending_age_seconds"] = 7300.0
    assert marks.late_regions(frame)["US"] == "feed 2 h 02 late"
    assert marks.tag("") == ""
    assert "&lt;b&gt;" in marks.tag("<b>")


def test_minutes_that_were_added_up_stay_short() -> None:
    assert [marks.lasted(minutes) for minutes in (0, 526.6, 5999, 6000, 86_219_793)] == [
        "0 min", "527 min", "5,999 min", "4 d 4 h", "59,875 d",
    ]  # fmt: skip
