"""What rules read off the forecast: how much is wanted when, how long units last, and the leading rows of a region."""

import pytest

from dashboard.rules import estimates, readings
from dashboard.rules.readings import Seen
from tests.rules.frames import Row, calm, foreseen, sku_row

REST = 90.0


def wanting(mean: float = 200.0, soon: float = 5.0, left: int = 60, shape: float = 4.0, lot: float = 1.0) -> Row:
    """RING in the US, of which so many are wanted in ninety minutes and so many a minute in the next ten."""
    frame = calm()
    sku_row(frame, "RING", "US", left=left)
    return foreseen(frame, "RING", "US", mean, shape, lot, expected_per_minute=soon)


@pytest.mark.parametrize(
    ("minutes", "units"), [(-1, 0.0), (0, 0.0), (4, 20.0), (10, 50.0), (50, 125.0), (90, 200.0), (500, 200.0)]
)
def test_the_next_minutes_are_the_forecasts_own_and_the_rest_is_spread_to_the_close(
    minutes: float, units: float
) -> None:
    row = wanting()
    assert estimates.wanted_within(row, minutes, REST) == pytest.approx(units)
    table = readings.countdowns({"countdowns": [row]})
    assert estimates.all_within(table, minutes, REST).tolist() == pytest.approx([units])


@pytest.mark.parametrize(("left", "minutes"), [(0, 0.0), (25, 5.0), (50, 10.0), (125, 50.0), (200, 90.0), (400, 180.0)])
def test_units_last_until_as_many_are_wanted(left: int, minutes: float) -> None:
    assert estimates.lasts(wanting(left=left), REST) == pytest.approx(minutes)


def test_what_nobody_wants_lasts_for_ever_and_what_is_wanted_later_lasts_longer() -> None:
    assert estimates.lasts(wanting(0.0, 0.0), REST) == estimates.NEVER
    assert estimates.lasts(wanting(200.0, 0.0), REST) == pytest.approx(10 + 60 / 200 * 80)
    assert estimates.lasts(wanting(8.0, 2.0, left=4), 4.0) == pytest.approx(2.0), "four minutes before the close"


def test_how_much_it_may_be_at_most_follows_the_rows_own_law() -> None:
    sure, unsure, lumpy = wanting(shape=1e6), wanting(shape=2.0), wanting(shape=1e6, lot=9.0)
    assert estimates.at_most(sure, 100.0, 0.9) == pytest.approx(113, abs=1)
    assert estimates.at_most(lumpy, 100.0, 0.9) == pytest.approx(100 + 3 * 13, abs=3)
    assert estimates.at_most(unsure, 100.0, 0.9) > 180
    assert estimates.at_most(unsure, 100.0, 0.1) < 30
    assert estimates.at_most(unsure, 0.0, 0.9) == 0


def test_less_than_half_a_unit_does_not_lack() -> None:
    row = wanting()
    assert estimates.lacking(row) == 140
    assert estimates.lacking(row | {"short": 0.4}) == 0


def test_the_leading_rows_of_a_region_have_units_left() -> None:
    frame = calm()
    sku_row(frame, "BAND", "US", left=0)
    sku_row(frame, "BAND", "EU", left=90, rate_per_minute=0.2)
    assert [row["sku"] for row in estimates.fastest(frame)["US"]] == ["RING"]
    assert [row["sku"] for row in estimates.fastest(frame)["EU"]] == ["RING", "BAND"]
    assert [row["sku"] for row in estimates.that_stay(frame)["EU"]] == ["BAND", "RING"]


def test_a_frame_that_rules_share_is_read_once() -> None:
    frame = calm()
    assert readings.countdowns(frame) is not readings.countdowns(frame)
    seen = Seen(frame)
    assert readings.countdowns(seen) is readings.countdowns(seen)
    assert isinstance(seen | {"seq": 9}, dict)
    assert not isinstance(seen | {"seq": 9}, Seen), "another frame is read anew"


def test_countdowns_are_found_by_name_and_by_number() -> None:
    frame = calm()
    sku_row(frame, "RING", "EU", left=7)
    table = readings.countdowns(frame)
    assert [row["left"] for row in table.of("RING", "EU")] == [7]
    assert [row["region"] for row in table.of("BAND")] == ["US", "EU"]
    assert len(table.of(region="EU")) == 2
    assert table.of("NOBODY") == table.of(region="MOON") == []
    assert table.where(table["left"] < 10) == table.of("RING", "EU")
    assert table.within(["EU", "MOON"]).tolist() == [False, True, False, True]
    empty = readings.countdowns(frame | {"countdowns": []})
    assert empty.of("RING") == empty.where(empty["left"] > 0) == []


def test_at_the_very_close_and_where_nothing_is_left_nothing_is_divided_by_nothing() -> None:
    row = wanting()
    assert estimates.wanted_within(row, -3.0, 0.0) == 0.0
    assert estimates.all_within(readings.countdowns({"countdowns": [row]}), -3.0, 0.0).tolist() == [0.0]
    assert estimates.lasts(wanting(200.0, 0.0, left=0), REST) == 0.0
    assert estimates.lasts(wanting(left=4), 0.0) == 0.0
