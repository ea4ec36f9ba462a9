"""The countdown board: an honest answer per row, few rows, escaped titles."""

import pytest

from dashboard.screens import graded
from dashboard.screens.panels import board
from dashboard.screens.words import speaker
from tests.screens.sample_forecast import record
from tests.screens.sample_frame import frame_at, imported_frame

CHINESE = speaker("zh").templates()

ROW = frame_at(2408)["countdowns"][0]


@pytest.mark.parametrize(
    ("change", "large", "small", "state"),
    [
        ({"p10": 5.0, "p50": 6.667, "p90": 9.0, "urgency": "red"}, "06:40", "5–9 min", "red"),
        ({"p10": 5.0, "p50": 6.667, "p90": None, "urgency": "red"}, "06:40", "≥ 5 min", "red"),
        ({"p10": None, "p50": 6.667, "p90": None, "urgency": "yellow"}, "06:40", "", "yellow"),
        ({"p10": 90.0, "p50": 130.0, "p90": 200.0, "urgency": "green"}, "2 h 10", "1 h 30 – 3 h 20", "green"),
        ({"state": "lasts", "p_sells_out": 0.08, "leftover": 21.4}, "lasts", "≈ 21 left over", "green"),
        ({"state": "unknown", "p50": None}, "—", "too few orders", "grey"),
        ({"state": "out", "left": 0}, "0", "sold out", "out"),
    ],
)
def test_each_state_has_an_answer_of_its_own(change: dict[str, object], large: str, small: str, state: str) -> None:
    assert board.answer(ROW | change) == (large, small, state)


def test_the_most_urgent_row_comes_first_and_rows_nothing_was_allocated_to_do_not_come() -> None:
    frame = frame_at(2408)
    frame["countdowns"][1]["state"] = "none"
    text = board.html(frame)
    assert text.index("Halo ring · rose") < text.index("Tempo clip")
    assert text.count('class="row ') == len(frame["countdowns"]) - 1


def test_25000_rows_leave_the_server_as_a_few_and_the_rest_is_counted() -> None:
    text = board.html(imported_frame())
    assert text.count('class="row ') == board.ROWS_MAX
    assert f"+{2500 - board.ROWS_MAX:,} rows" in text
    assert len(text) < 12_000


def test_a_title_from_an_order_file_cannot_become_html() -> None:
    frame = frame_at(2408)
    frame["countdowns"][0]["title"] = "<script>alert(1)</script>"
    assert "<script" not in board.html(frame)


def test_colour_shape_and_word_come_together() -> None:
    text = board.html(frame_at(2408))
    assert "▼" in text
    assert "●" in text
    assert "too few orders" in text


def test_an_empty_board_says_so() -> None:
    assert "too few orders" in board.html(frame_at(2408) | {"countdowns": []})


def test_a_sparkline_needs_two_values_and_survives_zeros() -> None:
    assert board.sparkline([]) == ""
    assert board.sparkline([3]) == ""
    assert "22.0" in board.sparkline([0, 0, 0])


def test_rows_of_a_region_with_a_late_channel_are_hatched_and_say_how_late_and_others_are_not() -> None:
    frame = frame_at(2408)
    text = board.html(frame)
    assert text.count(" stale") == sum(row["region"] == "SEA" for row in frame["countdowns"])
    assert " stale" not in board.html(frame | {"suspended": []})
    own = frame | {"countdowns": [row for row in frame["countdowns"] if row["region"] == "SEA"]}
    assert board.html(own).count("feed 42 s late") == min(board.LARGE_ROWS, len(own["countdowns"]))
    assert "数据流 42 秒 延迟" in board.html(own, speaker("zh"))


@pytest.mark.parametrize(
    ("change", "odds"),
    [
        ({"p_sells_out": 0.724}, "72%"),
        ({"state": "lasts", "p_sells_out": 0.08}, "8%"),
        ({"p_sells_out": 0.9999}, "> 99%"),
        ({"state": "lasts", "p_sells_out": 0.0}, "< 1%"),
        ({"state": "unknown", "p_sells_out": None}, "–"),
        ({"state": "out", "p_sells_out": 1.0}, ""),
    ],
)
def test_beside_each_time_stands_how_likely_it_sells_out_at_all(change: dict[str, object], odds: str) -> None:
    assert board.odds(ROW | change) == odds


def test_the_chance_is_on_every_row_that_has_one_large_or_small() -> None:
    rows = [ROW | {"state": "lasts", "p_sells_out": 0.08} for _ in range(8)]
    text = board.html(frame_at(2408) | {"countdowns": rows})
    assert text.count("<b>8%</b><span>sells out</span>") == board.LARGE_ROWS
    assert text.count("lasts<small>8%</small>") == 8 - board.LARGE_ROWS
    unknown = board.html(frame_at(2408) | {"countdowns": [ROW | {"state": "unknown"}] * 8})
    assert "%</b>" not in unknown
    assert "<small>" not in unknown


def test_the_record_says_how_often_the_band_held_once_enough_forecasts_are_graded() -> None:
    assert graded.caption(record()) == "80% band held 79% of 412 forecasts · median error 2.6 min"
    assert graded.caption(record() | {"median_abs_error_minutes": None}) == "80% band held 79% of 412 forecasts"
    for too_few in (None, record(0), record(graded.ENOUGH - 1)):
        assert graded.caption(too_few) == "record: too few forecasts graded"
    assert "80% 区间命中 79%，共 412 次预测" in board.html(frame_at(2408), speaker("zh"))


def test_the_record_opens_to_a_table_by_horizon_and_what_it_learned_from() -> None:
    text = graded.html(record())
    assert "<th scope=row>within 10 min</th><td>120</td><td>81%</td><td>1.4 min</td>" in text
    assert "<th scope=row>lasts the show</th><td>52</td><td>80%</td><td>–</td>" in text
    assert "warned 2 min before 91% of sell-outs (11)" in text
    assert "learned from 20 shows · 88 forecasts wait for their time" in text
    assert "false alarms" not in text, "nobody can know before the close"
    closed = graded.html(record() | {"false_alarm_share": 0.22, "tuning_shows": 0, "sell_outs": 0})
    assert "no sell-out yet · false alarms 22%" in closed
    assert "learned from no show yet" in closed
    assert "<details" not in graded.html(record(0))
    few = [row | {"forecasts": graded.ENOUGH - 1} for row in record()["by_horizon"]]
    assert "%</td>" not in graded.html(record() | {"by_horizon": few})
    assert not [word for word in graded.HORIZONS.values() if word not in CHINESE]
