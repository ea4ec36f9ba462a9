"""Consumption curves: few points, labels apart, interventions marked, plans on their own time axis."""

import itertools
from typing import Any

import pytest
from hypothesis import given, strategies as some

from dashboard.screens.panels import curves
from tests.screens.sample_frame import frame_at, imported_frame


@given(some.lists(some.floats(0, 100), max_size=9), some.floats(1, 14))
def test_labels_keep_their_distance_and_stay_inside(wanted: list[float], gap: float) -> None:
    placed = sorted(curves.spread(wanted, gap))
    room = min(gap, 100 / max(1, len(wanted) - 1)) if wanted else gap
    assert all(b - a >= room - 1e-6 for a, b in itertools.pairwise(placed))
    assert all(-1e-6 <= y <= 100 + 1e-6 for y in placed)


@given(some.lists(some.floats(0, 100), min_size=1, max_size=9))
def test_labels_keep_the_order_of_their_lines(wanted: list[float]) -> None:
    placed = curves.spread(wanted, 10)
    pairs = sorted(zip(wanted, placed, strict=True))
    assert all(a[1] <= b[1] + 1e-9 for a, b in itertools.pairwise(pairs))


def test_labels_that_do_not_meet_stay_beside_their_lines() -> None:
    assert curves.spread([10, 50, 90], 10) == [10, 50, 90]


@pytest.mark.parametrize("count", [1, 2, 199, 200, 201, 5_000])
def test_at_most_200_points_a_line_and_always_the_first_and_the_last(count: int) -> None:
    picked = curves.sampled(count)
    assert len(picked) <= curves.POINTS_MAX
    assert picked[0] == 0
    assert picked[-1] == count - 1
    assert picked == sorted(set(picked))


@given(
    some.lists(
        some.builds(lambda m, w: {"minute": m, "what": w}, some.floats(0, 120), some.text("abcdefgh ", min_size=1)),
        max_size=50,
    )
)
def test_texts_of_interventions_never_overlap(annotations: list[dict[str, Any]]) -> None:
    shown = sorted((n for n in curves.notes(annotations, 120.0) if n["text"]), key=lambda n: n["x"])
    for left, right in itertools.pairwise(shown):
        assert left["x"] + left["width"] <= right["x"] + 1e-6


def test_moves_of_one_moment_to_one_region_are_one_intervention() -> None:
    moved = [
        {"minute": 15.7, "what": f"+{units} US", "kind": "reallocated", "seq": units} for units in (75, 44, 33, 31, 17)
    ]
    (note,) = curves.merged(moved)
    assert note["what"] == "+200 US"


def test_a_plan_on_its_own_time_axis_is_read_at_the_minutes_of_the_curves() -> None:
    read = curves.planned(
        {"plan": [0, 100, 400], "plan_minutes": [0.0, 10.0, 20.0], "minutes": [5.0, 10.0, 15.0, 30.0]}
    )
    assert read == [50.0, 100.0, 250.0, 400.0]
    assert curves.planned({"plan": [], "minutes": [1.0]}) == []


def test_the_figure_shows_total_against_plan_and_one_line_per_channel() -> None:
    drawn = curves.figure(frame_at(2408))
    assert [line["name"] for line in drawn["total"]["lines"]] == ["sold", "plan"]
    assert len(drawn["split"]["lines"]) == curves.LINES_MAX
    assert all(0 <= units <= drawn["split"]["top"] for line in drawn["split"]["lines"] for units in line["units"])
    assert [note["what"] for note in drawn["notes"]] == ["limit 2 EU", "coupon SEA", "+200 US"]


def test_one_channel_alone_is_split_by_region_instead() -> None:
    frame = frame_at(2408)
    frame["curves"]["by_channel"] = {"shop": frame["curves"]["total"]}
    names = [line["name"] for line in curves.figure(frame)["split"]["lines"]]
    assert names == ["United States", "Europe", "South-East Asia"]


def test_a_show_without_orders_says_so_instead_of_drawing_nothing() -> None:
    assert curves.figure(frame_at(-600)) == {}
    assert curves.chart({}) == {"empty": "No order yet"}


def test_the_chart_keeps_its_labels_inside_their_plots_and_its_zoom_between_ticks() -> None:
    early, late = (curves.chart(curves.figure(frame_at(seconds))) for seconds in (2400, 2408))
    assert early["layout"]["uirevision"] == late["layout"]["uirevision"]
    labels = [note for note in late["layout"]["annotations"] if note["xref"] == "paper"]
    assert len(labels) == len(late["data"])
    assert all(0 <= label["y"] <= 1 for label in labels)
    assert all(len(trace["x"]) == len(trace["y"]) <= curves.POINTS_MAX + 1 for trace in late["data"])


def test_a_name_from_outside_cannot_write_into_the_chart() -> None:
    frame = frame_at(2408)
    frame["channels"][0]["name"] = "<a href='x'>click</a>"
    texts = [note["text"] for note in curves.chart(curves.figure(frame))["layout"]["annotations"]]
    assert not any("<a" in text for text in texts)


def test_a_long_show_gets_ticks_in_days_and_few_of_them() -> None:
    frame = imported_frame()
    frame["curves"]["minutes"] = [minute * 4000.0 for minute in frame["curves"]["minutes"]]
    ticks = curves.figure(frame)["ticks"]
    assert 2 <= len(ticks) <= 7
    assert ticks[-1]["text"].endswith(" d")


def test_the_line_of_a_late_channel_is_dotted_and_marked_and_the_others_are_not() -> None:
    drawn = curves.chart(curves.figure(frame_at(2408)))
    dashes = {trace["name"]: trace["line"].get("dash") for trace in drawn["data"]}
    assert dashes.pop("Shopee MY") == "dot"
    assert dashes.pop("plan") == "dash"
    assert set(dashes.values()) == {None}
    marked = [note["text"] for note in drawn["layout"]["annotations"] if note["text"].startswith("◆")]
    assert len(marked) == 1
    assert "Shopee MY" in marked[0]


def test_where_regions_are_drawn_those_that_wait_are_dotted() -> None:
    frame = frame_at(2408)
    frame["curves"]["by_channel"] = {}
    frame["curves"]["by_region"] = {"US": frame["curves"]["total"], "SEA": frame["curves"]["total"]}
    drawn = curves.chart(curves.figure(frame))
    dashes = {trace["name"]: trace["line"].get("dash") for trace in drawn["data"]}
    assert (dashes["United States"], dashes["South-East Asia"]) == (None, "dot")
