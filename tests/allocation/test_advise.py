"""Advice from plain rows: bids and worth follow scarcity, moves are few and small, floors hold, the same in gives the same."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from dashboard.allocation import advise as advising
from dashboard.allocation.advise import MOVES_MAX, advise
from dashboard.allocation.program import Program, Unsolved
from dashboard.allocation.solving import shock
from dashboard.allocation.stakes import seen, stakes_of
from dashboard.decision.commands import RecordAllocation, decode, encode

Row = dict[str, Any]
FEES = {"EU": (80, 150), "SEA": (100, 120), "US": (60, 90)}


def frame_of(rows: dict[str, dict[str, tuple[int, float]]], flexible: dict[str, int], **more: Any) -> Row:
    """A frame: SKU -> region -> (units left, units wanted until the close), and the flexible pool."""
    countdowns, pools = [], []
    for sku, regions in rows.items():
        if flexible.get(sku):
            units = flexible[sku]
            pools.append(
                {"pool": "flexible", "region": None, "sku": sku, "allocated": units, "left": units, "free": units}
            )
        for region, (left, wanted) in regions.items():
            countdowns.append(
                {
                    "sku": sku, "region": region, "left": left, "allocated": 2 * left + 1, "share_sold": 0.5,
                    "wanted_p50": wanted, "wanted_p90": 1.3 * wanted, "wanted_mean": wanted, "wanted_shape": 20.0,
                    "lot": 1.27, "expected_per_minute": wanted / 30, "rate_per_minute": wanted / 30,
                }
            )  # fmt: skip
            pools.append(
                {"pool": f"region/{region}", "region": region, "sku": sku, "allocated": 2 * left + 1, "left": left,
                 "free": left}
            )  # fmt: skip
    return {
        "at": "2026-03-14T20:00:00.000000Z",
        "countdowns": countdowns,
        "pools": pools,
        "skus": [{"sku": sku, "price_minor": 5000, "cost_minor": 2000} for sku in rows],
        "channels": [
            {"channel": f"{place}-{region}", "region": region, "behind": "", "fee_per_mille": fee, "units_sold": 10}
            for region, fees in FEES.items()
            for place, fee in enumerate(fees)
        ],
        "lanes": [
            {"location": f"hub-{region}", "region": region, "landed_cost_minor": cost}
            for region, cost in (("EU", 300), ("SEA", 200), ("US", 400))
        ],
        "routes": [{"from_location": "hub-SEA", "to_location": "hub-EU", "cost_minor": 150}],
    } | more


SHORT = {"HALO": {"EU": (10, 300.0), "SEA": (400, 40.0), "US": (200, 210.0)}}
DRY = {"HALO": {"EU": (10, 300.0), "SEA": (30, 40.0), "US": (240, 210.0)}}


def test_a_scarce_flexible_pool_has_a_bid_and_an_ample_one_has_none() -> None:
    scarce = advise(frame_of(DRY, {"HALO": 50}))
    assert 2000 < scarce["bids"]["HALO"] < 2600
    assert "HALO" not in advise(frame_of(DRY, {"HALO": 5000}))["bids"]


def test_the_next_unit_is_worth_most_where_units_lack() -> None:
    worth = {row["region"]: row["minor"] for row in advise(frame_of(DRY, {"HALO": 50}, routes=[]))["worth"]}
    assert worth["EU"] > worth["SEA"] > worth["US"]


def test_a_few_moves_go_where_units_lack_soon_and_say_what_they_earn() -> None:
    advice = advise(frame_of(SHORT, {}))["advice"]
    assert [(row["from_pool"], row["to_pool"]) for row in advice] == [("region/SEA", "region/EU")]
    assert 10 <= advice[0]["quantity"] <= 60, "what is needed within minutes, not all that will be missing"
    assert advice[0]["worth_minor"] > 1000 * advice[0]["quantity"]


def test_flexible_units_go_to_a_region_that_earns_more_than_elsewhere() -> None:
    rows = {"HALO": {"EU": (0, 50.0), "SEA": (400, 40.0), "US": (300, 30.0)}}
    advice = advise(frame_of(rows, {"HALO": 200}))["advice"]
    assert [(row["from_pool"], row["to_pool"]) for row in advice] == [("flexible", "region/EU")]


def test_no_pool_goes_below_its_floor() -> None:
    rows = {"HALO": {"EU": (0, 300.0), "SEA": (40, 1.0), "US": (0, 0.0)}}
    numbers = {"top_up_floor_units": 30, "safety_share": 0.1}
    frame = frame_of(rows, {"HALO": 35}, safety=[{"sku": "HALO", "region": "SEA", "units": 33}])
    for row in advise(frame, numbers)["advice"]:
        assert row["quantity"] <= {"flexible": 5, "region/SEA": 7}[row["from_pool"]]


def test_what_is_listed_cannot_move_at_once() -> None:
    frame = frame_of(SHORT, {})
    for row in frame["pools"]:
        row["free"] = min(row["free"], 12)
    assert all(row["quantity"] <= 12 for row in advise(frame)["advice"])


def test_the_body_is_a_command_and_the_same_frame_gives_the_same_body() -> None:
    frame = frame_of(SHORT, {"HALO": 50})
    before = copy.deepcopy(frame)
    body = advise(frame)
    assert frame == before
    assert body == advise(copy.deepcopy(frame))
    shuffled = frame | {"countdowns": frame["countdowns"][::-1], "pools": frame["pools"][::-1]}
    assert advise(shuffled) == body
    command = decode(encode({"type": "record_allocation", "id": "1", "show": "s", "actor": "x"} | body))
    assert isinstance(command, RecordAllocation)
    assert command.method == "lp"
    assert command.bids == body["bids"]


def test_without_a_forecast_the_sellers_rule_answers() -> None:
    frame = frame_of(SHORT, {"HALO": 500})
    for row in frame["countdowns"]:
        row.pop("wanted_mean")
        row["share_sold"] = 0.9 if row["region"] == "US" else 0.2
    body = advise(frame)
    assert body["method"] == "seller"
    assert "forecast" in body["why"]
    assert [(row["to_pool"], row["quantity"]) for row in body["advice"]] == [("region/US", 200)]


def test_a_solver_that_gives_up_is_answered_for_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object) -> None:
        raise Unsolved("The solver stopped: time limit reached.")

    monkeypatch.setattr(Program, "solve", give_up)
    body = advise(frame_of(SHORT, {"HALO": 50}))
    assert body["method"] == "proportional"
    assert "solver" in body["why"]
    assert sum(row["quantity"] for row in body["advice"]) <= 50


def test_where_nothing_is_at_stake_nothing_is_said_but_an_old_bid_is_taken_back() -> None:
    calm = frame_of({"HALO": {"EU": (100, 5.0), "US": (100, 5.0)}}, {})
    assert advise(calm) == {}
    assert advise(calm | {"countdowns": [], "pools": []}) == {}
    after = advise(calm | {"allocation": {"bids": [{"sku": "HALO", "bid_minor": 900}], "advice": []}})
    assert after["bids"] == {}


def test_a_channel_with_a_price_of_its_own_earns_by_that() -> None:
    frame = frame_of(DRY, {"HALO": 50})
    dearer = [{"sku": "HALO", "channel": "0-EU", "price_minor": 9000}]
    assert advise(frame | {"prices": dearer})["bids"]["HALO"] > advise(frame)["bids"]["HALO"] + 500


def test_a_coupon_lowers_what_its_region_earns() -> None:
    frame = frame_of(DRY, {"HALO": 50})
    coupons = [{"sku": "HALO", "region": region, "percent": 20} for region in FEES]
    assert advise(frame | {"coupons": coupons})["bids"]["HALO"] < advise(frame)["bids"]["HALO"] - 500
    only = advise(frame | {"coupons": coupons[1:2]})["bids"]["HALO"]
    assert only == pytest.approx(advise(frame)["bids"]["HALO"], abs=300)


def test_a_move_costs_what_the_cheapest_way_costs() -> None:
    stakes = stakes_of(frame_of(SHORT, {"HALO": 50}))
    assert stakes is not None
    cost = stakes.numbers.move[0]
    places = {region: place for place, region in enumerate(stakes.regions)}
    assert cost[places["SEA"], places["EU"]] == 150
    assert cost[places["US"], places["EU"]] == pytest.approx(0.14 * 5000)


def test_of_many_skus_those_with_most_at_stake_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.allocation.stakes.SKUS_MAX", 3)
    rows = {f"S{number}": {"EU": (0, 10.0 * number), "US": (50, 1.0)} for number in range(1, 9)}
    body = advise(frame_of(rows, {}))
    assert {row["sku"] for row in body["worth"]} == {"S6", "S7", "S8"}
    assert len(body["advice"]) <= MOVES_MAX


def test_a_frame_tells_whether_an_answer_is_old() -> None:
    frame = frame_of(SHORT, {"HALO": 50})
    before = seen(frame)
    assert shock(before, seen(frame)) == ""
    assert shock(before, seen(frame | {"at": "2026-03-14T20:01:00.000000Z"})) == "a minute has passed"
    drained = frame_of(SHORT, {"HALO": 20})
    assert shock(before, seen(drained)) == "the flexible pool drains"


units = st.integers(0, 60)
region_rows = st.fixed_dictionaries({name: st.tuples(units, st.floats(0, 90)) for name in FEES})


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from("ABC"), region_rows, min_size=1), units, st.integers(0, 20))
def test_advice_never_gives_more_than_there_is(rows: dict[str, Any], flexible: int, floor: int) -> None:
    frame = frame_of(rows, dict.fromkeys(rows, flexible))
    given_away: dict[tuple[str, str], int] = {}
    body = advise(frame, {"top_up_floor_units": floor, "safety_share": 0.1})
    for row in body.get("advice", []):
        key = row["sku"], row["from_pool"]
        given_away[key] = given_away.get(key, 0) + row["quantity"]
    for (sku, pool), quantity in given_away.items():
        left = next(row["left"] for row in frame["pools"] if (row["sku"], row["pool"]) == (sku, pool))
        keeps = floor if pool == "flexible" else 0.1 * (2 * left + 1)
        assert quantity <= max(0, left - keeps) + 1e-9
    assert all(bid > 0 for bid in body.get("bids", {}).values())
    assert advising.EARNS_SHARE > 0
