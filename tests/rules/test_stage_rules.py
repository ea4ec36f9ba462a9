"""The rules about what is shown and what is kept: another hero, overstock, replenishment, safety stocks."""

from math import ceil, sqrt
from typing import Any

import pytest

from dashboard.decision import commands as c
from tests.rules.frames import Row, calm, foreseen, iso, micros, proposal, sku_row
from tests.rules.frames_more import cleared, commands, cumulative, fired, only, waits, with_curves

# --- switch hero -----------------------------------------------------------------------------------------------------


def staged(us: int = 8, eu: int = 60, pool: int = 0, shown: str = "RING") -> Row:
    """RING is on screen, with so many of 100 left in either region and in the flexible pool."""
    frame = calm()
    sku_row(frame, "RING", "US", left=us, rate_per_minute=3.0)
    sku_row(frame, "RING", "EU", left=eu)
    for row in frame["pools"]:
        if row["pool"] == "flexible" and row["sku"] == "RING":
            row["left"] = pool
    for sku in frame["skus"]:
        sku["on_screen"] = sku["sku"] == shown
    return frame


def test_a_hero_nearly_gone_where_most_bought_it_makes_room_for_the_one_that_earns_most() -> None:
    row = only("switch_hero", staged())
    assert row["what"] == "Show Band instead of Ring"
    assert "8 of 100 units left in US, where 70% of its buyers were (trigger 10% left)" in row["why"]
    assert row["effect"] == "Band has 120 units left that earn 3,600.00."
    assert row["helps_minutes"] == pytest.approx(8 / 3)
    (command,) = commands(row)
    assert isinstance(command, c.SetOnScreen)
    assert (command.sku, command.push) == ("BAND", False)


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (staged(us=11), "What is left of Ring where it is scarcest is 11.0%, needed <= 10.0%"),
        (staged(pool=150), "What is left of Ring where it is scarcest is 63.2%, needed <= 10.0%"),
    ],
)
def test_a_hero_stays_with_enough_left_or_to_come(frame: Row, sentence: str) -> None:
    assert waits("switch_hero", frame, sku="RING") == sentence
    assert fired("switch_hero", frame) == []


def test_a_hero_gone_only_where_few_bought_it_stays() -> None:
    frame = staged(us=20, eu=1)
    sku_row(frame, "RING", "EU", allocated=20, left=1)
    assert waits("switch_hero", frame) == (
        "The buyers of Ring so far who were where it is nearly out is 19.2%, needed >= 50.0%"
    )


def test_without_another_sku_in_stock_everywhere_an_alert_says_delist() -> None:
    frame = staged()
    sku_row(frame, "BAND", "EU", left=0)
    row = only("switch_hero", frame)
    assert (row["kind"], row["severity"]) == ("alert", "warning")
    assert row["what"].startswith("Delist Ring: 8 of 100 units left in US")


def test_what_comes_next_is_looked_at_shortly_before() -> None:
    frame = staged(shown="")
    slot = {"start_seconds": 1920, "end_seconds": 2400, "sku": "RING", "title": "Ring", "state": "next"}
    frame["rundown"] = [slot]
    row = only("switch_hero", frame)
    assert row["cost_minor"] == (3 * 8 - 8) * 3000, "what eight minutes of air would have sold beyond the units left"
    assert fired("switch_hero", frame, switch_ahead_minutes=1) == []


def test_the_cause_is_gone_with_units_or_off_the_screen() -> None:
    assert not cleared("switch_hero", staged(us=12))
    assert cleared("switch_hero", staged(us=15))
    assert cleared("switch_hero", staged(shown="BAND"), sku="RING")


# --- overstock -------------------------------------------------------------------------------------------------------


def heavy(minute: float = 100.0, leftover: int = 100) -> Row:
    frame = calm(minute)
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "EU", rate_per_minute=0.5, baseline_per_minute=0.5)
    frame["regions"][1]["projected_leftover"] = leftover
    return frame


def test_overstock_late_in_the_show_is_told_with_what_it_would_have_earned() -> None:
    row = only("overstock", heavy())
    assert (row["severity"], row["region"], row["helps_minutes"]) == ("info", "EU", None)
    assert "Overstock in EU: 120 units left, 600% of the safety stock of 20 (alert above 150%); 100 stay" in row["what"]
    assert "40 Band, 40 Ring" in row["what"]
    assert row["cost_minor"] == 80 * 3000


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (heavy(95), "What has passed of the show is 79.2%, needed >= 80.0%"),
        (heavy(leftover=20), "What EU would be left with is 20, needed > 20"),
    ],
)
def test_what_is_early_or_within_the_safety_stock_is_no_overstock(frame: Row, sentence: str) -> None:
    assert waits("overstock", frame, "EU") == sentence


def test_a_safety_stock_that_was_set_counts_and_a_region_sold_down_is_clear() -> None:
    frame = heavy()
    frame["safety"] = [{"sku": sku, "region": "EU", "units": 60} for sku in ("RING", "BAND")]
    assert waits("overstock", frame, "EU").endswith("is 100.0%, needed > 150.0%")
    assert cleared("overstock", frame, "EU")
    assert not cleared("overstock", heavy(), "EU")


# --- replenish -------------------------------------------------------------------------------------------------------


def scarce(left: int = 80, sold: int = 270, coming: int = 0, eta: float = 5.0) -> Row:
    """RING sold 270 of 350 units: 40 left in either region; 90 are wanted in each by the close, at most 102 with 90 %."""
    frame = calm()
    for region in ("US", "EU"):
        sku_row(frame, "RING", region, left=left // 2, allocated=(left + sold) // 2)
    frame["skus"][0] |= {"left": left, "sold": sold}
    if coming:
        frame["shipments"] = [{"on_the_way": [{"sku": "RING", "quantity": coming}], "eta": iso(eta)}]
    return frame


def test_purchasing_is_asked_once_little_is_left_anywhere_and_little_is_coming() -> None:
    row = only("replenish", scarce())
    most = 90 * 2 + 1.28 * sqrt(90 + 90)
    lasting = most + 0.01 * 270 / 30 * (7 * 1440 - 90)
    assert row["what"] == "Emergency: ask purchasing for 1053 Ring"
    (command,) = commands(row)
    assert isinstance(command, c.RequestReplenishment)
    assert command.quantity == ceil(lasting + 36 - 80)
    assert command.need_by == micros(30 + 90 * 80 / most), "when 80 units are gone if nearly 200 are wanted"
    assert command.urgent
    assert command.replenishment.endswith(":500"), "a name of its own per firing"
    assert row["cost_minor"] == (90 * 2 - 80) * 3000
    assert "80 Ring are left over all pools and 0 on their way, 22.9% of 350 (trigger 30%)" in row["why"]


@pytest.mark.parametrize(("eta", "urgent"), [(66.0, False), (67.0, True)])
def test_it_is_urgent_when_nothing_arrives_before_it_runs_out(eta: float, urgent: bool) -> None:
    (command,) = commands(only("replenish", scarce(coming=20, eta=eta)))
    assert isinstance(command, c.RequestReplenishment)
    assert command.urgent is urgent


def test_what_is_coming_counts_unless_the_show_sells_it_already() -> None:
    frame = scarce(coming=30)
    assert waits("replenish", frame, sku="RING") == "What is left and coming of Ring is 31.4%, needed < 30.0%"
    assert fired("replenish", frame | {"sells_in_transit": True})
    assert waits("replenish", scarce(5, 15), sku="RING") == "What is sold of Ring is 15, needed >= 20"


def test_it_may_be_asked_again_after_two_fifths_were_there() -> None:
    assert not cleared("replenish", scarce(130, 220), sku="RING")
    assert cleared("replenish", scarce(140, 210), sku="RING")


def test_a_need_that_is_over_before_an_answer_is_moved_behind_it() -> None:
    (command,) = commands(only("replenish", scarce(left=2)))
    assert isinstance(command, c.RequestReplenishment)
    assert command.need_by == micros(30 + 16), "a person has fifteen minutes to answer"


# --- dynamic safety --------------------------------------------------------------------------------------------------


def paced(us: float, eu: float = 1.7, plan: float | None = None, **tables: Any) -> Row:
    """The regions' pace over the last quarter of an hour; without a plan 1.67 a minute is expected of each."""
    frame = with_curves(
        calm(),
        cumulative((120, plan)) if plan else None,
        US=cumulative((15, 0), (15, us)),
        EU=cumulative((15, 0), (15, eu)),
    )
    frame["regions"][0]["projected_leftover"] = 21
    return frame | tables


@pytest.mark.parametrize(("us", "units", "word"), [(3.4, 5, "Lower"), (0.8, 12, "Raise")])
def test_a_hot_region_keeps_less_and_a_cold_one_more(us: float, units: int, word: str) -> None:
    row = only("dynamic_safety", paced(us), safety_units_min=20)
    assert row["what"] == f"{word} the safety stock of US: 20 -> {2 * units} units"
    told = [command for command in commands(row) if isinstance(command, c.SetSafety)]
    assert sorted((command.sku, command.region, command.units) for command in told) == [
        ("BAND", "US", units),
        ("RING", "US", units),
    ]


def test_the_forecasts_own_law_says_how_much_is_kept_between_the_bounds() -> None:
    cold, hot = paced(0.8), paced(3.4)
    for frame in (cold, hot):
        for sku in ("RING", "BAND"):
            foreseen(frame, sku, "US", 90.0, shape=4.0)
    row = only("dynamic_safety", cold, safety_units_min=20)
    assert row["what"] == "Raise the safety stock of US: 20 -> 30 units", "half more at most, however unsure"
    assert fired("dynamic_safety", hot) == [], "nobody knows what half an hour will ask for: the usual stays"
    sure = only("dynamic_safety", hot, safety_hot_sure=0.6)
    assert sure["what"] == "Lower the safety stock of US: 20 -> 10 units"


def test_a_region_near_its_plan_or_about_to_sell_out_keeps_the_usual() -> None:
    assert (
        waits("dynamic_safety", paced(3.2), "US")
        == "The pace of US over the plan's is 1.92 times, needed >= 2.00 times"
    )
    assert fired("dynamic_safety", paced(3.4, plan=5.0)) == [], "a planned peak is not hot"
    frame = paced(0.8)
    frame["regions"][0]["projected_leftover"] = 20
    assert waits("dynamic_safety", frame, "US", safety_units_min=20) == "What US would be left with is 20, needed > 20"
    few = waits("dynamic_safety", paced(3.4), "US", safety_units_min=60)
    assert few == "What US sold lately, or was planned to, is 51, needed >= 60"


def test_near_the_plan_again_the_usual_share_holds_again_but_a_persons_stays() -> None:
    safety = [{"sku": "RING", "region": "US", "units": 5}]
    ours = paced(1.9, safety=safety, proposals=[proposal("dynamic_safety", "", "US", "approved", 10)])
    (command,) = commands(only("dynamic_safety", ours))
    assert isinstance(command, c.SetSafety)
    assert command.units is None
    assert fired("dynamic_safety", paced(3.4, safety=safety)) == []
    taken_back = paced(-0.1, safety=safety, proposals=ours["proposals"])
    assert fired("dynamic_safety", taken_back) == [], "more cancelled than sold is not near the plan"
    still = paced(2.4, safety=safety, proposals=ours["proposals"])
    assert waits("dynamic_safety", still, "US").endswith("is 1.44 times, needed <= 1.25 times")
