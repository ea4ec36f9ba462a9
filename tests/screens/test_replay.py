"""Replay's clock: reading typed times, stops of the slider, the length of a show."""

import pytest

from dashboard.screens import replay_time as replay
from dashboard.screens.marks import show_time
from tests.screens.sample_frame import frame_at


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("T+40:08", 2408), ("40:08", 2408), (" t+ 40:08 ", 2408), ("1:00:00", 3600), ("2408", 2408), ("T+1 d 02:10", 94200),
        ("122:05", 7325), ("", None), ("noon", None), ("²", None), ("4:7", None), ("-3", None),
    ],
)  # fmt: skip
def test_a_typed_time_is_read_or_refused(text: str, second: int | None) -> None:
    assert replay.read_time(text) == second


@pytest.mark.parametrize("second", [0, 59, 2408, 35_999, 36_000, 94_200])
def test_what_the_page_writes_it_also_reads(second: int) -> None:
    assert replay.read_time(show_time(second)) == second
    assert replay.read_time(replay.write_time(second + 7)) == second + 7


@pytest.mark.parametrize("length", [1, 59, 480, 7_200, 10_000_000])
def test_the_slider_has_few_stops_and_the_present_second_is_one_of_them(length: int) -> None:
    stops = replay.stops(length, length // 3)
    assert len(stops) <= replay.STEPS_MAX + 3
    assert {0, length // 3, length} <= set(stops)


def test_a_running_show_can_be_replayed_until_now_and_a_closed_one_until_its_end() -> None:
    assert replay.length_seconds(frame_at(2408)) == 2408
    assert replay.length_seconds(frame_at(9_999)) == 7200
    assert replay.length_seconds(frame_at(-60)) == 1
