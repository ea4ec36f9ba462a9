"""The top strip and the channels: the identity adds up in print, a late feed is named, zero oversold is green."""

import re
from typing import Any

import pytest

from dashboard.screens.panels import channels, strip
from dashboard.screens.words import speaker
from tests.screens.sample_frame import frame_at, imported_frame


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_identity_is_printed_with_numbers_that_add_up() -> None:
    frame = frame_at(2408)
    found = re.search(
        r"([\d,]+) on hand = ([\d,]+) available \+ ([\d,]+) committed \+ ([\d,]+) unavailable · ([\d,]+) incoming",
        words(strip.html(frame)),
    )
    assert found
    on_hand, available, committed, unavailable, incoming = (int(part.replace(",", "")) for part in found.groups())
    assert on_hand == available + committed + unavailable
    assert incoming == frame["identity"]["incoming"]


def test_zero_oversold_is_green_and_anything_else_is_red_in_colour_and_shape() -> None:
    frame = frame_at(2408)
    assert re.search(r'class="fact green"><b>0<small> <i class="mark green">●', strip.html(frame))
    frame["totals"]["oversold"] = 3
    assert re.search(r'class="fact red"><b>3<small> <i class="mark red">▼', strip.html(frame))


def test_the_clocks_are_utc_the_studio_and_the_regions_each_time_once() -> None:
    text = words(strip.html(frame_at(2408)))
    assert "T+40:08" in text
    assert "UTC 12:40 · Shanghai 20:40 · Los Angeles 05:40 · Berlin 13:40" in text
    assert "Kuala Lumpur" not in text, "it shows the studio's time once more"


def test_the_age_of_the_data_is_that_of_the_feed_in_trouble_with_its_name() -> None:
    frame = frame_at(2408)
    assert "42 s ◆ data age · Shopee MY" in words(strip.html(frame))
    for row in frame["channels"]:
        row |= {"data_age_seconds": min(3.4, row["data_age_seconds"]), "state": "fresh"}
    frame["totals"]["data_age_seconds"] = 3.4
    assert "3.4 s ● data age" in words(strip.html(frame)), "the worst of them, and nobody is blamed"
    for row in frame["channels"]:
        row |= {"data_age_seconds": None, "state": "fresh" if row["age_seconds"] < 1 else "silent"}
    frame["totals"]["data_age_seconds"] = None
    assert "0.2 s ● data age" in words(strip.html(frame)), "without a feed, the last order of all"
    assert "no feed" in words(strip.html(frame | {"channels": []}))
    assert "no feed" in words(strip.html(frame | {"status": "closed"})), "a closed show waits for nothing"


def test_the_badge_says_whether_the_show_runs() -> None:
    assert "ANNOUNCED" in strip.html(frame_at(-60))
    assert "LIVE" in strip.html(frame_at(60))
    assert "CLOSED" in strip.html(frame_at(7300))
    assert "REPLAY" in strip.html(frame_at(60), replay=True)
    assert "直播中" in strip.html(frame_at(60), speaker("zh"))


def test_a_late_channel_is_marked_in_colour_shape_and_word_and_never_hidden() -> None:
    frame = frame_at(2408)
    assert 'class="chip late"' in channels.html(frame)
    assert "late" in words(channels.html(frame))
    frame["channels"] = [row | {"state": "fresh"} for row in frame["channels"]] * 4
    frame["channels"].append(frame["channels"][0] | {"state": "silent", "age_seconds": None})
    text = channels.html(frame)
    assert 'class="chip silent"' in text
    assert f"+{len(frame['channels']) - channels.CHANNELS_MAX} more" in text


def test_a_chip_tells_state_and_delay_and_what_is_wrong() -> None:
    text = words(channels.html(frame_at(2408)))
    assert "● TikTok US fresh 0.2 s · p95 0.5 s" in text
    assert "◆ Shopee MY feed 42 s late · 3 pending" in text
    row = frame_at(2408)["channels"][0]
    troubled = row | {"pending": 1200, "breaker": True, "drift_units": 12}
    assert "fresh 0.2 s · p95 0.5 s · 1,200 pending · calls paused · drift 12" in words(
        channels.html(frame_at(2408) | {"channels": [troubled]})
    )
    zh = words(channels.html(frame_at(2408), speaker("zh")))
    assert "正常 0.2 秒 · p95 0.5 秒" in zh
    assert "数据流 42 秒 延迟 · 3 待取明细" in zh


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"sync_p50_ms": 40, "sync_p95_ms": 95}, "fresh 40 ms · p95 95 ms"),
        ({"sync_p50_ms": 340, "sync_p95_ms": None}, "fresh 0.3 s"),
        ({"sync_p50_ms": None, "sync_p95_ms": None}, "fresh 1.5 s"),
        ({"sync_p50_ms": None, "sync_p95_ms": None, "data_age_seconds": None}, "fresh 8.0 s"),
    ],
)
def test_without_a_measured_delay_a_chip_tells_the_next_best_thing(changes: dict[str, Any], text: str) -> None:
    row = frame_at(2408)["channels"][0] | {"data_age_seconds": 1.5, "age_seconds": 8.0} | changes
    assert words(channels.html(frame_at(2408) | {"channels": [row]})).strip().endswith(text)


def test_an_imported_show_has_a_strip_without_viewers_or_rundown() -> None:
    frame = imported_frame() | {"rundown": [], "channels": [], "skus": []}
    frame["totals"] = frame["totals"] | {"viewers": None}
    text = words(strip.html(frame))
    assert "Online Retail" in text
    assert "watching" not in text


def test_a_closed_show_raises_no_alarm_about_its_channels_but_shows_what_they_sold() -> None:
    frame = frame_at(7300)
    text = channels.html(frame)
    assert "late" not in text
    assert "120 sold" in words(text)
