"""Curves: what was sold by when, what the plan said, and what people did in between."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from dashboard.decision import commands as c, events as e
from dashboard.projections import sales
from dashboard.projections.curves import plan_curve
from tests.decision.watched import HOUR, MINUTE, SECOND, START
from tests.projections.film import Film


def test_the_curves_of_channels_regions_and_skus_add_up_to_the_total() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA into region/US
        receive 100 ring at HH into region/EU
        order A on tiktok-us: 3 lamp
        later 10m
        order B on shopify-us: 4 lamp
        order C on amazon-eu: 5 ring
        later 10m
        cancel B of shopify-us: 1 lamp
        later 5m
        """
    )
    curves = film.frame()["curves"]
    assert curves["total"][-1] == 11
    for parts in (curves["by_channel"], curves["by_region"], curves["by_sku"]):
        assert [sum(values) for values in zip(*parts.values(), strict=True)] == curves["total"]
    assert {name: values[-1] for name, values in curves["by_channel"].items()} == {
        "tiktok-us": 3, "shopify-us": 3, "amazon-eu": 5,
    }  # fmt: skip
    assert {name: values[-1] for name, values in curves["by_sku"].items()} == {"lamp": 6, "ring": 5}
    at = dict(zip(curves["minutes"], curves["total"], strict=True))
    assert [at[minutes] for minutes in (0.5, 5.0, 10.5, 20.0, 20.5)] == [3, 3, 12, 12, 11]


def test_the_last_point_is_the_instant_of_the_frame() -> None:
    film = Film()
    film.play("receive 100 lamp at LA into region/US\nlater 7m\norder A on tiktok-us: 3 lamp")
    for at in (film.now, film.now + 12 * SECOND, film.now + 30 * MINUTE, START + 2 * HOUR):
        curves = film.frame(at)["curves"]
        assert curves["minutes"][-1] == pytest.approx((at - START) / MINUTE, abs=0.001)
        assert all(a <= b for a, b in pairwise(curves["minutes"]))
        assert len(curves["minutes"]) == len(curves["total"])
        assert curves["total"][-1] == 3
    assert film.frame()["curves"]["start"] == "2026-03-14T20:00:00.000000Z"


def test_what_is_sold_before_the_start_stands_at_the_start() -> None:
    film = Film(starts_at=START + HOUR, ends_at=START + 3 * HOUR)
    film.play("receive 100 lamp at LA into region/US\norder A on tiktok-us: 3 lamp")
    curves = film.frame()["curves"]
    assert (curves["minutes"], curves["total"]) == ([0.0], [3])


def test_a_show_that_goes_on_past_its_end_keeps_counting() -> None:
    film = Film()
    film.play("receive 100 lamp at LA into region/US\nlater 9h\norder A on tiktok-us: 3 lamp")
    curves = film.frame()["curves"]
    assert curves["total"][-1] == 3
    assert len(curves["minutes"]) <= 2 * sales.BUCKETS_MAX + 1


@given(st.integers(1, 400 * 24 * 3600))
def test_no_show_has_more_points_than_a_screen_can_draw(seconds: int) -> None:
    opened = e.ShowOpened(title="", starts_at=START, ends_at=START + seconds * SECOND)
    started = sales.start(opened)
    assert seconds * SECOND / started.bucket <= sales.BUCKETS_MAX or started.bucket == 604_800 * SECOND
    assert started.step >= MINUTE


def test_the_dozen_skus_that_sell_most_have_a_curve() -> None:
    skus = tuple(c.Sku(f"s{number:02d}") for number in range(20))
    film = Film(skus=skus)
    for number in range(20):
        film.play(
            f"""
            receive 50 s{number:02d} at LA into region/US
            order o{number} on tiktok-us: {number + 1} s{number:02d}
            """
        )
    curves = film.frame()["curves"]
    assert list(curves["by_sku"]) == [f"s{number:02d}" for number in range(19, 7, -1)]


def planned(**world: object) -> dict[float, int]:
    """Minutes -> planned units, of a two-hour show."""
    fields: dict[str, object] = {"title": "", "starts_at": START, "ends_at": START + 2 * HOUR}
    opened = e.ShowOpened(**(fields | world))  # type: ignore[arg-type]
    curve = plan_curve(opened, 30 * SECOND)
    return {(number + 1) / 2: units for number, units in enumerate(curve)}


def test_a_planned_sku_sells_while_it_is_on_screen() -> None:
    plan = planned(
        plan=(c.PlanLine("lamp", "US", 70), c.PlanLine("lamp", "EU", 30), c.PlanLine("ring", "EU", 40)),
        rundown=(c.Segment(0, 3600, "lamp"), c.Segment(3600, 5400, "ring"), c.Segment(6000, 6600, "ring")),
    )
    assert [plan[minute] for minute in (30.0, 60.0, 75.0, 90.0, 100.0, 110.0, 120.0)] == [
        50,
        100,
        115,
        130,
        130,
        140,
        140,
    ]


def test_where_the_rundown_is_silent_the_plan_is_even() -> None:
    plan = planned(plan=(c.PlanLine("lamp", "US", 240),), rundown=())
    assert [plan[minute] for minute in (30.0, 60.0, 120.0)] == [60, 120, 240]
    assert planned(rundown=(c.Segment(0, 3600, "lamp"),)) == {}


@given(st.integers(0, 10_000), st.integers(0, 7_000), st.integers(1, 7_000))
def test_the_plan_ends_at_what_was_planned(units: int, start: int, seconds: int) -> None:
    plan = planned(plan=(c.PlanLine("lamp", "US", units),), rundown=(c.Segment(start, start + seconds, "lamp"),))
    values = list(plan.values())
    assert values[-1] == units
    assert values == sorted(values)


def test_the_frame_carries_the_whole_plan_with_its_minutes() -> None:
    film = Film(plan=(c.PlanLine("lamp", "US", 240, "tiktok-us"), c.PlanLine("ring", "EU", 60)))
    frame = film.frame()
    assert frame["curves"]["plan_total"] == 300
    assert frame["curves"]["plan_minutes"][-1] == 120.0
    assert len(frame["curves"]["plan"]) == len(frame["curves"]["plan_minutes"])
    assert [row["plan_units"] for row in frame["channels"]] == [240, None, None]


def test_every_intervention_is_marked_at_its_minute() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA
        later 9m
        t = move 40 lamp from flexible to region/US
        undo t
        limit lamp in US to 2
        limit lamp in US to none
        coupon GO for 15 % on lamp in EU
        coupon GO for 0 % on lamp in EU
        open pool guest with 5 lamp
        send S from LA to HH: 9 lamp
        S arrives with 9 lamp
        note a note is no intervention
        """
    )
    marks = film.frame()["curves"]["annotations"]
    assert [(mark["kind"], mark["what"]) for mark in marks] == [
        ("reallocated", "+40 US"),
        ("undone", "-40 US"),
        ("limit", "limit 2 US"),
        ("limit_lifted", "limit lifted US"),
        ("coupon", "-15 % EU"),
        ("pool", "guest +5"),
        ("shipment", "S leaves"),
        ("shipment", "S arrives"),
    ]
    assert [mark["seq"] for mark in marks] == [3, 4, 5, 6, 7, 9, 10, 11]
    assert marks[0]["minute"] == pytest.approx(9 + 2 / 60, abs=0.001)
