"""Interventions: one row for each thing somebody did, its pace before and after, and what a rerun says it changed."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.decision import commands as c
from dashboard.decision.events import SoldLine
from dashboard.review.asked import Ask
from dashboard.review.change import Change
from dashboard.review.interventions import MEASURED_MAX, effects, interventions
from dashboard.review.lost import Missed
from tests.decision.shows import SHOW
from tests.review.causes_kit import WIDE, Told, missed

Row = dict[str, Any]


def stocked(**world: Any) -> Told:
    """Forty lamps in the flexible pool, ten in each region, before the show starts."""
    told = Told(**{"lanes": WIDE} | world)
    told.to(-60)
    told.play("receive 60 lamp at NJ\nmove 10 lamp from flexible to region/US\nmove 10 lamp from flexible to region/EU")
    return told


def rows(told: Told) -> list[Row]:
    return interventions(told.asks, SHOW)


def only(told: Told) -> Row:
    """The one row there is."""
    (row,) = rows(told)
    return row


def test_what_was_done_before_the_start_is_no_intervention() -> None:
    assert rows(stocked()) == []


def test_a_show_that_nobody_opened_is_told() -> None:
    with pytest.raises(ValueError, match="There is no show 'day' in this journal"):
        interventions(stocked().asks, "day")


def test_a_move_says_who_when_what_and_how_many() -> None:
    told = stocked()
    told.told(5, "move 7 lamp from flexible to region/US")
    row = only(told)
    assert row["seq"] == 5
    assert row["at"] == "2026-03-14T20:05:01.000000Z"
    assert row["t_plus_seconds"] == 301
    assert (row["kind"], row["rule"], row["actor"]) == ("reallocated", "", "ann@example.com")
    assert row["what"] == "7 x lamp from flexible to region/US"
    assert (row["sku"], row["regions"], row["units"]) == ("lamp", ["US"], 7)
    assert (row["effect"], row["note"], row["reverts"], row["undone_by"]) == (None, "", None, None)
    assert row["parts"] == [
        {
            "type": "reallocated", "kind": "reallocated", "sku": "lamp",
            "from_pool": "flexible", "to_pool": "region/US", "quantity": 7,
        }
    ]  # fmt: skip


def test_orders_alerts_listings_and_what_buildings_report_are_none() -> None:
    told = stocked()
    told.by = "exchange"
    told.told(5, "expose 4 lamp on tiktok-us\nrecall 1 lamp from tiktok-us\nwithhold 1 lamp for tiktok-us")
    told.told(6, "order A on tiktok-us: 2 lamp\ncancel A of tiktok-us\nalert low\nresolve low\nreceive 3 lamp at NJ")
    told.told(7, "tiktok-us reports 3 lamp\nnote all is well\nguest mia with lamp on tiktok-us\nallocate")
    assert rows(told) == []


def test_every_other_kind_is_one() -> None:
    told = stocked()
    told.told(5, "limit lamp in US to 2\nlimit lamp in US to none\nprice of lamp is 4800 on amazon-eu")
    told.told(6, "coupon C for 5 % on lamp in EU\ncoupon C for 0 % on lamp in EU\nbundle B of lamp+ring for 5 % in US")
    told.told(
        7, "bundle B of lamp+ring for 0 % in US\non screen lamp\non screen lamp (push)\nsafety of lamp in US is 3"
    )
    told.told(8, "replenish R with 30 lamp\nweigh lamp on amazon-eu by 120 %\nlist lamp as shared")
    told.told(9, "rule watch is on off\nparameter top_up_units is 50\nopen pool mia with 5 lamp for tiktok-us")
    told.told(
        10, "close pool mia to region/EU\nsend S from NJ to LA: 6 lamp\nlend 2 lamp from region/US to region/EU as L"
    )
    told.told(20, "give back L")
    assert [(row["kind"], row["regions"], row["units"]) for row in rows(told)] == [
        ("limit", ["US"], 0),
        ("limit_lifted", ["US"], 0),
        ("price", ["EU"], 0),
        ("coupon", ["EU"], 0),
        ("coupon_ended", ["EU"], 0),
        ("bundle", ["US"], 0),
        ("bundle_ended", ["US"], 0),
        ("on_screen", [], 0),
        ("push", [], 0),
        ("safety", ["US"], 0),
        ("replenishment", [], 30),
        ("split", ["EU"], 0),
        ("listing", [], 0),
        ("autonomy", [], 0),
        ("parameter", [], 0),
        ("pool", ["US"], 5),
        ("pool_closed", ["EU"], 5),
        ("shipment", [], 6),
        ("lent", ["US", "EU"], 2),
        ("returned", ["US", "EU"], 2),
    ]


def test_what_the_rundown_has_on_screen_is_none_unless_it_is_pushed_or_a_rule_shows_it() -> None:
    told = stocked(rundown=(c.Segment(0, 600, "lamp"), c.Segment(600, 1200, "ring")))
    told.told(1, "on screen lamp\non screen nothing")
    told.told(8, "on screen ring")
    told.told(18, "on screen lamp")
    told.by = "rule:switch_hero"
    told.told(19, "on screen ring")
    assert [(row["sku"], row["actor"]) for row in rows(told)] == [("lamp", "ann@example.com"), ("ring", told.by)]
    assert rows(told)[1]["rule"] == "switch_hero"


def test_an_approved_proposal_and_its_parts_are_one() -> None:
    told = stocked()
    told.by = "rule:watch"
    told.told(5, "propose P: move 3 lamp from flexible to region/US + coupon C for 5 % on lamp in EU")
    told.by = "ann@example.com"
    told.told(6, "approve P")
    row = only(told)
    assert (row["rule"], row["actor"], row["what"]) == ("watch", "ann@example.com", "something")
    assert (row["kinds"], row["regions"], row["units"]) == (["reallocated", "coupon"], ["US", "EU"], 3)
    assert [part["type"] for part in row["parts"]] == ["reallocated", "coupon_set"]


def test_what_a_rule_proposes_to_list_is_one() -> None:
    told = stocked()
    told.told(5, "propose P: expose 3 lamp on tiktok-us\napprove P")
    assert only(told)["kind"] == "listed"


def test_what_comes_later_for_a_move_belongs_to_it() -> None:
    told = stocked()
    told.to(-50)
    told.play("expose 8 lamp on tiktok-us")
    told.told(5, "it = move 7 lamp from region/US to region/EU (recall)\nrecall 3 lamp from tiktok-us\nfulfil it")
    told.by = "clock"
    told.told(8, "recall 1 lamp from tiktok-us\nfulfil it\nask no longer for it")
    row, *listed = rows(told)
    assert [row["kind"] for row in listed] == ["listed", "listed"]
    assert (row["kind"], row["units"], row["actor"], row["regions"]) == (
        "reallocated",
        6,
        "ann@example.com",
        ["US", "EU"],
    )
    assert [part["type"] for part in row["parts"]] == ["reallocated", "units_requested", "reallocated", "reallocated"]


def test_an_undo_and_what_it_takes_back_name_each_other() -> None:
    told = stocked()
    told.told(5, "it = move 7 lamp from flexible to region/US")
    told.told(9, "undo it")
    move, undo = rows(told)
    assert (move["undone_by"], move["reverts"]) == (undo["seq"], None)
    assert (undo["kind"], undo["reverts"], undo["undone_by"], undo["units"]) == ("undone", move["seq"], None, 7)


def test_the_pace_is_that_of_the_region_that_gains_ten_minutes_before_and_after() -> None:
    told = stocked()
    told.told(1, "order A on tiktok-us: 3 lamp")
    told.told(12, "order B on tiktok-us: 2 lamp\norder C on amazon-eu: 4 lamp")
    told.told(20, "move 5 lamp from region/EU to region/US")
    told.told(21, "order D on tiktok-us: 5 lamp")
    told.told(29, "order E on shopify-us: 1 lamp")
    told.told(31, "order F on shopify-us: 1 lamp")
    row = only(told)
    assert (row["pace_before"], row["pace_after"]) == (0.2, 0.6)


def test_the_pace_is_that_of_a_shorter_time_near_start_and_close() -> None:
    told = stocked()
    told.told(1, "order A on tiktok-us: 3 lamp")
    told.told(3.9833333, "limit lamp in US to 2")
    told.told(110, "limit lamp in US to 3")
    told.told(112, "order B on tiktok-us: 1 lamp")
    told.told(114.9833333, "close the show")
    early, late = rows(told)
    assert early["pace_before"] == 0.75
    assert late["pace_after"] == 0.2


def test_what_could_not_be_sold_has_no_pace() -> None:
    told = stocked()
    told.told(5, "order A on tiktok-us: 10 lamp")
    told.told(30, "move 5 lamp from flexible to region/US")
    told.told(31, "limit ring in US to 2")
    moved, ring = rows(told)
    assert (moved["pace_before"], moved["pace_after"]) == (None, 0.0)
    assert (ring["pace_before"], ring["pace_after"]) == (None, None)
    flexible = stocked(draws=("channel", "region", "flexible"))
    flexible.told(5, "order A on tiktok-us: 10 lamp")
    flexible.told(30, "limit lamp in US to 2")
    assert only(flexible)["pace_before"] == 0.0


def test_the_pace_without_a_sku_or_region_is_that_of_all() -> None:
    told = stocked()
    told.told(5, "rule watch is on off")
    told.told(6, "order A on tiktok-us: 4 lamp\norder B on amazon-eu: 6 lamp")
    assert only(told)["pace_after"] == 1.0


# --- what they changed -------------------------------------------------------------------------------------------


class Again:
    """A rerun that sold ten more with every command it does not leave out."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[int, ...], int]] = []

    def __call__(
        self, asks: Sequence[Ask], show: str, change: Change | None, missed: Sequence[Missed], *, since: int
    ) -> Any:
        without = change.without if change else ()
        self.asked.append((without, since))
        less = 10 * len(without)
        return SimpleNamespace(
            tally={
                "sold": 50 - less, "revenue_minor": 5000 - 100 * less, "margin_minor": 500 - less,
                "stock_out_minutes": 7.3 + 0.1 * less, "lost": 4 + less,
            }
        )  # fmt: skip


def test_what_moved_stock_is_measured_against_the_rerun_without_it() -> None:
    told = stocked()
    told.told(5, "move 7 lamp from flexible to region/US\ncoupon C for 5 % on lamp in EU\nsafety of lamp in US is 3")
    again = Again()
    found = effects(told.asks, SHOW, rows(told), (), again)
    assert [row["note"] for row in found] == ["", "demand_side", "not_measured"]
    assert [row["effect"] for row in found[1:]] == [None, None]
    assert found[0]["effect"] == {
        "sold": 10, "revenue_minor": 1000, "margin_minor": 10, "stock_out_minutes": -1.0, "lost": -10, "by": "rerun",
    }  # fmt: skip
    moment = told.asks[-3].stored[0].recorded_time
    assert again.asked == [((), moment), ((5,), moment)]


def test_only_the_largest_moves_are_measured_and_those_that_moved_nothing_are_told() -> None:
    told = stocked()
    told.told(2, "expose 10 lamp on tiktok-us\nmove 3 lamp from region/US to region/EU (recall)")
    for _ in range(MEASURED_MAX):
        told.play("move 1 lamp from flexible to region/US\nmove 2 lamp from region/EU to flexible")
        told.play("move 2 lamp from flexible to region/EU")
    again = Again()
    steps: list[tuple[int, int]] = []
    found = effects(told.asks, SHOW, rows(told), (), again, lambda done, of: steps.append((done, of)))
    assert len(again.asked) == MEASURED_MAX + 1
    assert steps[-1] == (MEASURED_MAX, MEASURED_MAX)
    assert next(row["note"] for row in found if row["kind"] == "reallocated") == "too_small"
    assert {row["units"] for row in found if row["effect"]} == {2}
    assert {row["note"] for row in found if row["units"] == 1} == {"not_measured"}


def test_a_proposal_that_also_drew_in_buyers_says_so() -> None:
    told = stocked()
    told.told(5, "propose P: move 3 lamp from flexible to region/US + coupon C for 5 % on lamp in US\napprove P")
    (row,) = effects(told.asks, SHOW, rows(told), (), Again())
    assert row["effect"]
    assert row["note"] == "demand_side"


def test_without_moves_nothing_is_decided_again() -> None:
    told = stocked()
    told.told(5, "limit lamp in US to 2")
    again = Again()
    assert [row["note"] for row in effects(told.asks, SHOW, rows(told), (), again)] == ["demand_side"]
    assert again.asked == []


def test_a_real_rerun_says_what_a_move_saved() -> None:
    told = stocked()
    told.told(5, "order A on tiktok-us: 10 lamp")
    told.told(10, "move 6 lamp from flexible to region/US")
    told.told(12, "order B on tiktok-us: 4 lamp")
    told.told(119, "close the show")
    assert SoldLine("lamp", 4, 4900, 6) in told.asks[-2].events[0].lines  # type: ignore[attr-defined]
    (row,) = effects(told.asks, SHOW, rows(told), [missed(20, "tiktok-us")] * 3)
    assert row["effect"]["sold"] == 6
    assert row["effect"]["lost"] == -6
    assert row["effect"]["stock_out_minutes"] < 0
