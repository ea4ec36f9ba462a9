"""How the screens write numbers, money, clocks and states."""

import pytest
from babel.numbers import format_decimal, format_percent

from dashboard.catalogues import LANGUAGES
from dashboard.screens import marks
from dashboard.screens.marks import MARKS, age, city, date, day, delay, lasted, money, number, percent, span
from dashboard.screens.words import english, speaker
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
    assert marks.percent(0.999) == "99%"
    assert marks.percent(1.0) == "100%"
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_and_percents_are_written_as_readers_of_every_language_write_them(language: str) -> None:
    locale = speaker(language).locale
    for value in (0, 7, 999, 1_000, 12_345, 9_876_543, -1_234):
        assert number(value) == format_decimal(value, locale=locale)
    for share in (0.0, 0.07, 0.35, 0.99, 1.0):
        assert percent(share) == format_percent(share, locale=locale)


def test_money_days_and_lengths_of_time_are_the_reader_s() -> None:
    chinese = speaker("zh")
    assert [money(1_234_500, code) for code in ("USD", "CNY", "JPY", "EUR")] == [
        "$12,345", "CN¥12,345", "¥1,234,500", "€12,345",
    ]  # fmt: skip
    assert [money(1_234_500, code, chinese) for code in ("USD", "CNY", "JPY", "EUR")] == [
        "US$12,345", "¥12,345", "JP¥1,234,500", "€12,345",
    ]  # fmt: skip
    at = "2026-10-24T12:10:00.000000Z"
    assert [day(at, "Asia/Shanghai", say) for say in (english, chinese)] == ["Oct 24, 20:10", "10月24日 20:10"]
    assert [date(at, "Asia/Shanghai", say) for say in (english, chinese)] == ["Oct 24, 2026", "2026年10月24日"]
    assert [city("America/Los_Angeles", say) for say in (english, chinese)] == ["Los Angeles", "洛杉矶"]
    assert [city("Nowhere/Land", say) for say in (english, chinese)] == ["UTC", "UTC"]
    for minutes, told, said in ((7, "7 min", "7 分钟"), (2047, "34 h 07", "34时07分"), (4000, "2 d 18 h", "2天18时"),
                                (20_000, "14 d", "14 天")):  # fmt: skip
        assert (span(minutes), span(minutes, chinese)) == (told, said)
    assert [age(seconds, chinese) for seconds in (4.2, 42, 600, None)] == ["4.2 秒", "42 秒", "10 分钟", "–"]
    assert (delay(84), delay(84, chinese), lasted(554, chinese)) == ("84 ms", "84 毫秒", "554 分钟")
