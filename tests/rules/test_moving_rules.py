"""The rules that move units: shipments, loans over night, shares of regions, batches, pools of guests."""

from typing import Any

import pytest

from dashboard.decision import commands as c
from tests.rules.frames import Row, balanced, calm, foreseen, iso, micros, proposal, sku_row
from tests.rules.frames_more import (
    channel,
    cleared,
    commands,
    cumulative,
    fired,
    guest,
    only,
    route,
    waits,
    with_curves,
    with_goods,
)

# --- restock ---------------------------------------------------------------------------------------------------------


def low(la: int = 10, hours: float = 36.0, sells_in_transit: bool = True, **goods: int) -> Row:
    """Los Angeles has 10 RING left and will lack 40 of 50 until the close; Shenzhen has 200, 36 hours away."""
    frame = with_goods(calm(), la=la, **goods)
    sku_row(frame, "RING", "US", left=60, rate_per_minute=0.6, baseline_per_minute=0.6)
    frame["routes"] = [route(hours)]
    return frame | {"sells_in_transit": sells_in_transit}


def test_a_forward_location_that_runs_out_is_restocked_from_the_bonded_one() -> None:
    row = only("restock_bonded", low())
    assert row["what"] == "Ship 44 Ring from Shenzhen to Los Angeles by air, 36 h"
    assert "Los Angeles has 10 Ring left of 100, enough for 17 minutes at 0.6 per minute" in row["why"]
    assert "36 h at a landed cost of 7.00 each; 11.00 straight from Shenzhen" in row["effect"]
    assert row["cost_minor"] == 44 * 400, "what the straight way costs more"
    (command,) = commands(row)
    assert isinstance(command, c.StartShipment)
    assert (command.from_location, command.to_location, command.mode) == ("SZ", "LA", "air")
    assert command.lines == (c.UnitLine("RING", 44),)
    assert command.eta == micros(30 + 36 * 60)
    assert command.arrive_pool == "region/US"


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (low(31), "What is left of Ring in LA is 31.0%, needed <= 30.0%"),
        (low(sz=9), "What another location can spare for Ring in LA is 9, needed >= 10"),
        (low(hours=73), "The way to Ring in LA, in time is 73.0 hours, needed <= 72.0 hours"),
        (low(sells_in_transit=False), "The way to Ring in LA, in time is 36.0 hours, needed <= 1.5 hours"),
        (low(sells_in_transit=False, hours=1.6), "The way to Ring in LA, in time is 1.6 hours, needed <= 1.5 hours"),
    ],
)
def test_a_shipment_waits_or_would_arrive_after_the_sell_out(frame: Row, sentence: str) -> None:
    assert waits("restock_bonded", frame, "US", "RING") == sentence
    assert fired("restock_bonded", frame) == []


def test_where_transit_does_not_sell_the_claims_leave_the_flexible_pool_and_it_says_so() -> None:
    frame = low(sells_in_transit=False, hours=1.0)
    frame["pools"][0]["left"] = 30
    row = only("restock_bonded", frame)
    assert "Ship 30 Ring" in row["what"], "no more than the flexible pool has claims for"
    assert "They leave the flexible pool until they arrive, for US then." in row["effect"]


def test_what_is_coming_or_needed_where_it_lies_is_not_shipped() -> None:
    frame = low()
    frame["stock"][0]["in_transit"] = 40
    assert waits("restock_bonded", frame, "US", "RING") == "What will lack of Ring in LA is 4, needed >= 10"
    frame = low(sz=70)
    frame["lanes"] = [lane for lane in frame["lanes"] if (lane["location"], lane["region"]) != ("HH", "EU")]
    assert waits("restock_bonded", frame, "US", "RING").endswith("spare for Ring in LA is 10, needed >= 10") is False
    row = only("restock_bonded", frame)
    assert "Ship 10 Ring" in row["what"], "the EU is served from Shenzhen and needs 60 there"


def test_the_faster_way_is_taken_and_two_locations_do_not_share_the_same_units() -> None:
    frame = low()
    frame["routes"] = [route(40.0, mode="sea"), route(30.0)]
    assert "by air, 30 h" in only("restock_bonded", frame)["what"]
    before = [dict(row) for row in frame["stock"]]
    fired("restock_bonded", frame)
    assert frame["stock"] == before, "a rule changes nothing"


# --- time-zone lending -----------------------------------------------------------------------------------------------


def night(us_left: int = 80, us_pace: float = 0.0, eu_left: int = 30, eu_pace: float = 1.0, hours: float = 30.0) -> Row:
    """Two in the morning in New York, seven in Berlin: the show goes on for a day, RING goes fast in the EU."""
    frame = with_goods(calm())
    minute = 18 * 60.0
    frame |= {"at": iso(minute), "t_plus_seconds": int(minute * 60), "ends_at": iso(minute + hours * 60)}
    sku_row(frame, "RING", "US", left=us_left, rate_per_minute=us_pace)
    sku_row(frame, "RING", "EU", left=eu_left, rate_per_minute=eu_pace, baseline_per_minute=eu_pace)
    for region in ("US", "EU"):
        sku_row(frame, "BAND", region, rate_per_minute=0.0)
    return frame


def test_a_sleeping_region_lends_to_one_awake_until_half_an_hour_before_its_morning() -> None:
    row = only("time_zone_lending", night())
    assert row["what"] == "US lends 24 Ring to EU until 05:30 of US"
    assert "EU has 30 left, gone in 30 minutes at 1.0 per minute, 180 minutes before" in row["why"]
    (command,) = commands(row)
    assert isinstance(command, c.LendUnits)
    assert (command.from_pool, command.to_pool, command.quantity) == ("region/US", "region/EU", 24)
    assert command.returns_at == micros(18 * 60 + 210)
    assert (command.recall, command.keeps) == (True, 10)
    assert row["cost_minor"] == 24 * 2600


def test_a_loan_is_back_at_the_close_if_that_is_earlier() -> None:
    (command,) = commands(only("time_zone_lending", night(hours=2)))
    assert isinstance(command, c.LendUnits)
    assert command.returns_at == micros(18 * 60 + 120)


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (night(eu_pace=0.1), "How long Ring in EU lasts is 300.0 minutes, needed < 240.0 minutes"),
        (night(eu_pace=0.135), "What Ring in EU will probably lack is -4, needed >= 10"),
        (night(us_left=18), "What a sleeping region can spare for Ring in EU is 5, needed >= 10"),
        (night(us_pace=0.3), "What a sleeping region can spare for Ring in EU is 7, needed >= 10"),
        (night(hours=0.9), "Time until the morning of a lender to Ring in EU is 54.0 minutes, needed >= 60.0 minutes"),
        (night() | {"lanes": []}, "What lies beyond its own where Ring in EU is served from is -30, needed >= 10"),
    ],
)
def test_nothing_is_lent(frame: Row, sentence: str) -> None:
    assert waits("time_zone_lending", frame, "EU", "RING") == sentence
    assert fired("time_zone_lending", frame) == []


def test_a_few_orders_in_a_row_borrow_nothing_and_what_may_sell_at_night_is_not_lent() -> None:
    """The same means as in `night`, of which nobody is sure."""
    frame = night()
    foreseen(frame, "RING", "EU", 1800.0, shape=0.1, expected_per_minute=1.0)
    assert waits("time_zone_lending", frame, "EU", "RING").startswith("What Ring in EU will probably lack is -")
    frame = night(us_left=80)
    foreseen(frame, "RING", "US", 380.0, shape=1e5)
    assert "US lends 20 Ring" in only("time_zone_lending", frame)["what"], "at most 50 are wanted within the night"
    foreseen(frame, "RING", "US", 380.0, shape=1.0, lot=9.0)
    assert fired("time_zone_lending", frame) == []


def test_by_day_nobody_lends_and_one_loan_at_a_time() -> None:
    frame = night()
    assert fired("time_zone_lending", frame, night_to_hour=2) == []
    assert fired("time_zone_lending", frame, day_from_hour=8) == [], "who sleeps or wakes up borrows nothing"
    loan = {"sku": "RING", "to_pool": "region/EU", "state": "lent", "unsold": 10}
    assert fired("time_zone_lending", frame | {"loans": [loan]}) == []
    assert fired("time_zone_lending", frame | {"loans": [loan | {"unsold": 9}]}), "the loan is as good as sold"


def test_a_region_already_sold_out_borrows_at_the_pace_it_had() -> None:
    frame = night(eu_left=0, eu_pace=0.0)
    sku_row(frame, "RING", "EU", baseline_per_minute=1.0)
    assert only("time_zone_lending", frame)["what"] == "US lends 24 Ring to EU until 05:30 of US"


# --- regional share --------------------------------------------------------------------------------------------------


def cold_snap(busy: float | None = 3.2, minute: int = 30, eu: float = 6.0, us: float = 2.0) -> Row:
    """US 500, EU 300 of RING; the EU's audience is 3.2 times as busy as usual and orders follow."""
    frame = calm(minute)
    frame["countdowns"] = [row for row in frame["countdowns"] if row["sku"] == "RING"]
    sku_row(frame, "RING", "US", allocated=500, left=440, rate_per_minute=us, baseline_per_minute=us)
    sku_row(frame, "RING", "EU", allocated=300, left=150, rate_per_minute=eu, baseline_per_minute=eu)
    frame["pools"] = [pool for pool in frame["pools"] if pool["pool"] != "flexible"]
    frame["pools"].append(
        {"pool": "flexible", "region": None, "sku": "RING", "left": 200, "allocated": 200, "free": 200}
    )
    frame["regions"][0]["projected_leftover"] = round(440 - us * (120 - minute))
    if busy:
        frame["channels"][1] |= {"interactions": round(100 * busy), "interactions_usual": 100}
    return with_curves(frame, US=cumulative((minute, us)), EU=cumulative((minute, eu)))


def unlike_the_forecast() -> Row:
    """The EU buys most now, but until the close the US will want as much as it."""
    frame = cold_snap()
    foreseen(frame, "RING", "EU", 110.0)
    foreseen(frame, "RING", "US", 270.0)
    return frame


def test_units_follow_a_cold_snap_to_the_most_a_region_may_have() -> None:
    row = only("regional_share", cold_snap())
    assert row["what"] == "+150 EU, its share of all units 30% -> 45%: 150 of flexible"
    assert "EU has 75% of what sold in the last 20 minutes and 25% of what is unsold (trigger 10% apart)." in row["why"]
    assert "Its audience is 3.2 times as busy as usual." in row["why"]
    assert row["cost_minor"] == 150 * 3000
    (command,) = commands(row)
    assert isinstance(command, c.Reallocate)
    assert (command.from_pool, command.to_pool, command.quantity, command.recall) == (
        "flexible",
        "region/EU",
        150,
        False,
    )


def test_other_regions_give_what_they_would_keep_and_are_asked_for_what_is_listed() -> None:
    frame = cold_snap()
    frame["pools"][-1] |= {"left": 0, "allocated": 0}
    (command,) = commands(only("regional_share", frame, regional_share_max=0.9))
    assert isinstance(command, c.Reallocate)
    fair = 590 * 2 / 8
    assert (command.from_pool, command.recall, command.keeps) == ("region/US", True, 50)
    assert command.quantity == 260, "440 less what it sells in ninety minutes"
    assert command.quantity < 440 - fair
    frame["safety"] = [{"sku": "RING", "region": "US", "units": 300}]
    (less,) = commands(only("regional_share", frame, regional_share_max=0.9))
    assert isinstance(less, c.Reallocate)
    assert less.quantity == 140, "and never its safety stock"


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (cold_snap(2.9), "The age of the show, for EU is 30.0 minutes, needed >= 180.0 minutes"),
        (cold_snap(None), "The age of the show, for EU is 30.0 minutes, needed >= 180.0 minutes"),
        (cold_snap(minute=29), "The age of the show, for EU is 29.0 minutes, needed >= 30.0 minutes"),
        (cold_snap(eu=1.0, us=2.0), "The surprise in it, for EU is 1.0 deviations, needed >= 3.0 deviations"),
        (
            unlike_the_forecast(),
            "What EU will ask for until the close beyond its share of what is unsold is 3.5%, needed >= 10.0%",
        ),
        (cold_snap(eu=1.5, us=0.9), "What all regions sold lately is 48, needed >= 50"),
    ],
)
def test_no_unit_moves_without_a_lasting_sign(frame: Row, sentence: str) -> None:
    assert waits("regional_share", frame, "EU") == sentence
    assert fired("regional_share", frame) == []


def test_a_night_in_which_one_region_is_awake_is_no_shift_of_demand() -> None:
    """Two days into a show of three: the EU alone buys for an hour, but over the last day it bought its share."""
    frame = balanced(cold_snap(minute=2 * 1440) | {"ends_at": iso(3 * 1440)})
    frame["regions"][0]["projected_leftover"] = 300
    alike = {"US": cumulative((2820, 4.0), (60, 0.0)), "EU": cumulative((2820, 1.3), (60, 6.0))}
    assert waits("regional_share", with_curves(frame, **alike), "EU") == (
        "The surprise in it, for EU is 0.5 deviations, needed >= 3.0 deviations"
    )
    shifted = {"US": cumulative((1440, 4.0), (1440, 0.5)), "EU": cumulative((1440, 4.0), (1440, 6.0))}
    assert fired("regional_share", with_curves(frame, **shifted))


def test_nothing_moves_where_nobody_keeps_any_or_the_region_has_its_most() -> None:
    frame = cold_snap()
    frame["regions"][0]["projected_leftover"] = 19
    assert waits("regional_share", frame, "EU") == "What regions other than EU would be left with is 19, needed >= 20"
    assert waits("regional_share", cold_snap(), "EU", regional_share_max=0.3) == (
        "The share of EU in all units is 30.0%, needed < 30.0%"
    )
    assert fired("regional_share", cold_snap(None), regional_minutes=30), "a shift that lasts needs no sign"
    asked = cold_snap() | {"requests": [{"sku": "RING", "to_pool": "region/EU", "missing": 120}]}
    assert only("regional_share", asked)["what"].startswith("+30 EU"), "what was asked back already counts as there"


# --- batch split -----------------------------------------------------------------------------------------------------


def batch(units: int = 200, minute: float = 25.0, us: int = 70, eu: int = 20, **tables: Any) -> Row:
    """A batch of RING five minutes ago, after the EU bought 80 of 100 and the US 30."""
    frame = calm()
    sku_row(frame, "RING", "US", left=us)
    sku_row(frame, "RING", "EU", left=eu)
    frame["pools"][0]["left"] = 300
    frame["receipts"] = [{"sku": "RING", "quantity": units, "pool": "flexible", "at": iso(minute), "location": "SZ"}]
    return frame | tables


def test_a_batch_goes_to_the_regions_by_what_each_bought_and_a_fifth_stays() -> None:
    row = only("batch_split", batch())
    assert row["what"] == "Split the batch of 200 Ring: 116 EU, 44 US"
    assert row["why"] == "200 came into the flexible pool; sold so far of 110: EU 80 (73%), US 30 (27%)."
    assert row["cost_minor"] == 160 * 3000
    told = [command for command in commands(row) if isinstance(command, c.Reallocate)]
    assert [(move.from_pool, move.to_pool, move.quantity) for move in told] == [
        ("flexible", "region/EU", 116),
        ("flexible", "region/US", 44),
    ]


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (batch(49), "What came in of Ring is 49, needed >= 50"),
        (batch(us=90, eu=61), "What is sold of Ring is 49, needed >= 50"),
        (batch(suspended=[{"region": "US", "channels": [], "reason": ""}]), "Regions whose feed is late is 1, needed <= 0"),
    ],
)  # fmt: skip
def test_a_batch_waits(frame: Row, sentence: str) -> None:
    assert waits("batch_split", frame, sku="RING") == sentence
    assert fired("batch_split", frame) == []


def test_what_lay_there_before_the_show_or_was_split_is_no_batch() -> None:
    assert fired("batch_split", batch(minute=-5.0)) == []
    settled = batch(proposals=[proposal("batch_split", "RING", "", "approved", 26)])
    assert fired("batch_split", settled) == []
    assert cleared("batch_split", settled, sku="RING"), "so the next batch is a new one"
    assert fired("batch_split", batch(proposals=[proposal("batch_split", "RING", "", "approved", 24)]))
    other_pool = batch()
    other_pool["receipts"][0]["pool"] = "region/US"
    assert fired("batch_split", other_pool) == []


# --- surprise guest --------------------------------------------------------------------------------------------------


def visited(visit: Row, pool: int = 150) -> Row:
    """TikTok US sold two a minute lately."""
    frame = with_curves(calm(), tiktok_us=cumulative((20, 1), (10, 2)))
    frame["pools"][0]["left"] = pool
    return frame | {"guests": [visit]}


def test_a_guest_gets_a_pool_of_the_flexible_one_ten_minutes_before() -> None:
    row = only("surprise_guest", visited(guest(40, 60, units=50)))
    assert (row["region"], row["channel"]) == ("US", "tiktok-us")
    assert "Mia comes in 10 minutes to tiktok-us; 50 units were announced." in row["why"]
    assert "Flexible pool 150 -> 100" in row["effect"]
    (command,) = commands(row)
    assert isinstance(command, c.OpenPool)
    assert (command.name, command.quantity, command.channels) == ("Mia", 50, ("tiktok-us",))


@pytest.mark.parametrize(
    ("visit", "pool", "units"),
    [(guest(40, 60), 150, 80), (guest(20, 60), 150, 120), (guest(20, 60), 300, 120), (guest(20, 60), 80, 70)],
)
def test_without_a_number_the_pace_of_the_channels_tells_it_and_the_floor_stays(
    visit: Row, pool: int, units: int
) -> None:
    (command,) = commands(only("surprise_guest", visited(visit, pool)))
    assert isinstance(command, c.OpenPool)
    assert command.quantity == units


def test_a_guest_waits_for_the_time_and_for_enough_units() -> None:
    assert waits("surprise_guest", visited(guest(40.5, 60)), "US", "RING") == (
        "The time until Mia comes is 10.5 minutes, needed <= 10.0 minutes"
    )
    assert waits("surprise_guest", visited(guest(30, 60), pool=19), "US", "RING") == (
        "What the flexible pool has for Mia above its floor is 9, needed >= 10"
    )


def test_after_the_end_the_pool_is_closed_once() -> None:
    frame = visited(guest(5, 30, pool="temporary/Mia"))
    frame["pools"].append(
        {"pool": "temporary/Mia", "region": None, "sku": "RING", "left": 12, "allocated": 12, "free": 12}
    )
    row = only("surprise_guest", frame)
    assert row["what"] == "Close the pool of Mia: 12 units return to the flexible pool"
    (command,) = commands(row)
    assert isinstance(command, c.ClosePool)
    assert (command.name, command.to_pool) == ("Mia", "flexible")
    assert fired("surprise_guest", visited(guest(5, 30.1, pool="temporary/Mia"))) == []
    assert fired("surprise_guest", visited(guest(5, 30, pool="temporary/Mia", closed=True))) == []
    assert fired("surprise_guest", visited(guest(5, 30))) == [], "and nothing is opened for who has gone"
    two = visited(guest(40, 60, units=100)) | {
        "guests": [guest(40, 60, units=100), guest(40, 60, guest="Leo", units=100)]
    }
    assert [row["commands"][0]["quantity"] for row in fired("surprise_guest", channel(two, "x", "EU"))] == [100, 40]
