"""The next plan: what was wanted, by tier and with a reason; an opening that adds up; a table that an import reads."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dashboard.decision import commands as c
from dashboard.review.next_plan import as_csv, opening, plan
from tests.channels.orders_file_kit import lines as rows_of, run
from tests.decision.shows import SHOW
from tests.review.causes_kit import Told

Row = dict[str, Any]
PLAN = (
    c.PlanLine("lamp", "US", 8, "tiktok-us"),
    c.PlanLine("lamp", "US", 12, "shopify-us"),
    c.PlanLine("lamp", "EU", 30),
    c.PlanLine("ring", "US", 10),
)


def evening(**world: Any) -> Told:
    """America buys all of its twenty lamps, Europe two of thirty; one lamp is cancelled."""
    told = Told(**{"plan": PLAN} | world)
    told.play("receive 20 lamp at NJ into region/US\nreceive 30 lamp at HH into region/EU\nreceive 10 ring at NJ")
    told.told(5, "order A on tiktok-us: 15 lamp\norder B on shopify-us: 5 lamp\norder C on amazon-eu: 3 lamp")
    told.told(
        6, "cancel C of amazon-eu: 1 lamp\nmove 10 ring from flexible to region/US\norder D on tiktok-us: 10 ring"
    )
    return told


def lost(sku: str, region: str, *units: int) -> list[Row]:
    """Rows of losses: one for each channel."""
    return [{"sku": sku, "region": region, "channel": f"c{n}", "units": one} for n, one in enumerate(units)]


def lines(told: Told, missed: list[Row]) -> dict[tuple[str, str], Row]:
    return {(row["sku"], row["region"]): row for row in plan(told.asks, SHOW, missed)["lines"]}


def test_what_was_sold_and_missed_is_planned_next_time_and_says_why() -> None:
    found = plan(evening().asks, SHOW, lost("lamp", "US", 6, 3))["lines"]
    assert found == [
        {"sku": "lamp", "region": "US", "units": 29, "sold": 20, "lost": 9, "planned": 20, "why": "sold_out"},
        {"sku": "lamp", "region": "EU", "units": 2, "sold": 2, "lost": 0, "planned": 30, "why": "leftover"},
        {"sku": "ring", "region": "US", "units": 10, "sold": 10, "lost": 0, "planned": 10, "why": "as_planned"},
    ]


def test_what_sold_better_than_planned_without_a_loss_says_so() -> None:
    found = lines(evening(plan=(c.PlanLine("lamp", "US", 12),)), [])
    assert found["lamp", "US"]["why"] == "sold_more"


def test_without_a_plan_a_line_is_held_against_what_the_region_had() -> None:
    found = lines(evening(plan=()), lost("lamp", "US", 6))
    assert [(row["units"], row["planned"], row["why"]) for row in found.values()] == [
        (26, None, "sold_out"), (2, None, "leftover"), (10, None, "as_planned"),
    ]  # fmt: skip


def test_a_sku_that_is_tried_out_goes_halfway_from_its_old_plan() -> None:
    skus = (c.Sku("lamp", "Desk lamp", "test", 4900, 2100), c.Sku("ring", "Smart ring", "evergreen", 19900, 8000))
    found = lines(evening(skus=skus), lost("lamp", "US", 9))
    assert [(row["units"], row["why"]) for row in found.values()] == [
        (25, "sold_out"), (16, "leftover"), (10, "as_planned"),
    ]  # fmt: skip
    assert lines(evening(skus=skus, plan=()), lost("lamp", "US", 9))["lamp", "US"]["units"] == 29


def test_a_show_that_nobody_opened_is_told() -> None:
    with pytest.raises(ValueError, match="There is no show 'day' in this journal"):
        plan(evening().asks, "day", [])


def test_the_opening_follows_the_lines_and_keeps_a_fifth_flexible() -> None:
    assert plan(evening().asks, SHOW, lost("lamp", "US", 9))["opening"] == [
        {"sku": "lamp", "pool": "region/US", "units": 23},
        {"sku": "lamp", "pool": "region/EU", "units": 2},
        {"sku": "lamp", "pool": "flexible", "units": 6},
        {"sku": "ring", "pool": "region/US", "units": 8},
        {"sku": "ring", "pool": "flexible", "units": 2},
    ]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 10_000)), max_size=12), st.floats(0, 1))
def test_no_unit_is_lost_or_made(units: list[tuple[str, int]], share: float) -> None:
    told: list[Row] = [{"sku": sku, "region": f"R{n}", "units": one} for n, (sku, one) in enumerate(units)]
    rows = opening(told, share)
    for name in "abc":
        assert sum(row["units"] for row in rows if row["sku"] == name) == sum(one for sku, one in units if sku == name)
    for line in told:
        part = sum(row["units"] for row in rows if row["pool"] == f"region/{line['region']}")
        assert abs(part - line["units"] * (1 - share)) < 1
    assert all(row["units"] > 0 for row in rows)


def test_an_import_reads_the_table_as_its_plan(tmp_path: Path) -> None:
    told: list[Row] = [
        {"sku": "A", "region": "DE", "units": 1500, "why": "sold_out"},
        {"sku": 'Lamp, 12"', "region": "US", "units": 0},
        {"sku": "B", "region": "US", "units": 7},
    ]
    (tmp_path / "plan.csv").write_text(as_csv(told), encoding="utf-8")
    report, room = run(
        tmp_path, rows_of("1,2026-03-14 10:00:10,A,5,1.00,DE,ann", "2,2026-03-14 10:01:10,B,5,1.00,US,bo")
    )
    assert report.tables == {"plan": 3}
    opened = room.commands[0]
    assert isinstance(opened, c.OpenShow)
    assert [(line.sku, line.region, line.units) for line in opened.plan] == [
        (line["sku"], line["region"], line["units"]) for line in told
    ]
