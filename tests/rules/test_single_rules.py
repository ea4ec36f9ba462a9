"""Each rule by itself: what it wants on a frame, what it says about it, and what it leaves alone."""

from pathlib import Path
from typing import Any

import pytest

from dashboard.decision import commands as c
from dashboard.decision.parameters import PARAMETERS, RULES, defaults
from dashboard.rules import registry
from dashboard.rules.arbiter import decide, propose
from dashboard.rules.registry import load
from tests.rules.frames import Row, alert, calm, drifted, foreseen, iso, late, micros, proposal, sku_row

NUMBERS = defaults()


def hot(left: int = 12) -> Row:
    """A frame in which both SKUs of the US are nearly gone."""
    frame = calm()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=left, rate_per_minute=3.0)
    return frame


def spike(rate: float = 9.0, recent: int = 9) -> Row:
    frame = calm()
    sku_row(frame, "BAND", "EU", rate_per_minute=rate, baseline_per_minute=2.0, spark=[2] * 17 + [recent] * 3)
    return frame


def slow(minute: float = 80.0, leftover: int = 60) -> Row:
    frame = calm(minute)
    frame["regions"][1]["projected_leftover"] = leftover
    for sku, rate in (("RING", 0.5), ("BAND", 0.1)):
        sku_row(frame, sku, "EU", rate_per_minute=rate)
    return frame


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_a_calm_frame_moves_nobody(rule: str) -> None:
    assert propose(rule, calm(), NUMBERS) == []


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    files = {
        path.stem for path in Path(registry.__file__).parent.glob("*.py") if "\nAGAIN = " in path.read_text("utf-8")
    }
    assert {rule.name for rule in RULES} == files
    assert all(load(rule.name) is not None for rule in RULES)
    assert len({parameter.name for parameter in PARAMETERS}) == len(PARAMETERS)
    assert all(said.endswith(".") for said in [rule.help for rule in RULES] + [number.help for number in PARAMETERS])


# --- flexible top-up -------------------------------------------------------------------------------------------------


def moved(rows: list[Row]) -> dict[tuple[str, str], int]:
    return {(move["to_pool"], move["sku"]): move["quantity"] for row in rows for move in row["commands"]}


@pytest.mark.parametrize(("left", "fires"), [(16, False), (15, True), (14, True), (1, True)])
def test_a_region_is_topped_up_from_85_percent_on(left: int, fires: bool) -> None:
    assert bool(propose("flexible_top_up", hot(left), NUMBERS)) is fires


def test_a_region_as_a_whole_gets_200_spread_over_its_skus_by_what_they_lack() -> None:
    frame = hot()
    sku_row(frame, "RING", "US", rate_per_minute=6.0)
    (row,) = propose("flexible_top_up", frame, NUMBERS)
    parts = moved([row])
    assert sum(parts.values()) == 200
    assert parts["region/US", "RING"] > parts["region/US", "BAND"] > 50
    assert row["what"].startswith("+200 US from the flexible pool: ")
    assert "88.0% of 200 units (trigger 85%); 24 left at 9.0 per minute, enough for 3 minutes" in row["why"]
    assert "US 24 -> 224 units" in row["effect"]


def test_the_floor_of_the_flexible_pool_stays() -> None:
    frame = hot()
    for pool, left in zip(frame["pools"][:2], (25, 10), strict=True):
        pool["left"] = left
    assert moved(propose("flexible_top_up", frame, NUMBERS)) == {("region/US", "RING"): 15}
    frame["pools"][0]["left"] = 19
    assert propose("flexible_top_up", frame, NUMBERS) == [], "nine units are not worth a move"


def test_two_regions_in_need_share_what_is_there_once() -> None:
    frame = hot()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "EU", left=5, rate_per_minute=3.0)
    rows = propose("flexible_top_up", frame, NUMBERS)
    assert [row["region"] for row in rows] == ["EU", "US"], "the one with more sold comes first"
    for sku in ("RING", "BAND"):
        assert sum(units for (_, name), units in moved(rows).items() if name == sku) <= 140


def test_a_hot_sku_far_ahead_of_its_region_is_topped_up_alone_and_leaves_half_for_others() -> None:
    frame = calm()
    sku_row(frame, "RING", "US", left=10, rate_per_minute=5.0)
    sku_row(frame, "BAND", "US", left=95)
    (row,) = propose("flexible_top_up", frame, NUMBERS)
    assert moved([row]) == {("region/US", "RING"): 70}
    assert row["sku"] == "RING"
    assert "Ring in US has sold 90.0% of 100 units" in row["why"]


def test_a_hot_sku_waits_for_a_region_close_behind_until_it_is_nearly_out() -> None:
    frame = calm()
    sku_row(frame, "BAND", "US", left=40)
    sku_row(frame, "RING", "US", left=10, rate_per_minute=5.0)
    assert propose("flexible_top_up", frame, NUMBERS) == []
    sku_row(frame, "RING", "US", left=3, rate_per_minute=5.0)
    assert moved(propose("flexible_top_up", frame, NUMBERS)) == {("region/US", "RING"): 70}


def test_what_lasts_until_the_close_gets_nothing() -> None:
    frame = hot()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=12, rate_per_minute=0.1)
    assert propose("flexible_top_up", frame, NUMBERS) == []


def allocated(frame: Row, **units: int) -> Row:
    """The frame with the allocator's advice for the US, and what the next unit is worth there."""
    frame["allocation"] = {
        "advice": [
            {"sku": sku, "from_pool": "flexible", "to_pool": "region/US", "units": part, "worth_minor": 1200}
            for sku, part in units.items()
        ],
        "worth": [{"sku": sku, "region": "US", "minor": 1200} for sku in ("RING", "BAND")],
    }
    return frame


def test_the_allocators_number_is_said_and_with_the_switch_it_is_what_moves() -> None:
    (usual,) = propose("flexible_top_up", allocated(hot(), RING=30, BAND=50), NUMBERS)
    assert sum(moved([usual]).values()) == 200, "the seller's rule, until somebody switches"
    assert usual["why"].endswith(" The allocator would give 80; the next unit is worth up to 12.00 there.")
    switched = NUMBERS | {"top_up_by_allocator": 1}
    (row,) = propose("flexible_top_up", allocated(hot(), RING=30, BAND=500), switched)
    assert moved([row]) == {("region/US", "RING"): 30, ("region/US", "BAND"): 140}, "never below the floor"
    assert row["what"] == "+170 US from the flexible pool: 30 Ring, 140 Band"
    (row,) = propose("flexible_top_up", allocated(hot()), switched)
    assert sum(moved([row]).values()) == 200, "without advice the usual number"
    assert row["why"].endswith(" To the allocator the next unit is worth up to 12.00 there.")
    assert propose("flexible_top_up", allocated(hot(), RING=5), switched) == [], (
        "it would give less than a move is worth"
    )
    assert "llocator" not in propose("flexible_top_up", hot(), switched)[0]["why"]


def test_a_hot_sku_alone_gets_what_the_allocator_would_give_it() -> None:
    frame = calm()
    sku_row(frame, "RING", "US", left=10, rate_per_minute=5.0)
    sku_row(frame, "BAND", "US", left=95)
    switched = NUMBERS | {"top_up_by_allocator": 1}
    assert moved(propose("flexible_top_up", allocated(frame, RING=110), switched)) == {("region/US", "RING"): 110}
    assert moved(propose("flexible_top_up", allocated(frame, RING=9), switched)) == {}


def test_a_region_already_sold_out_is_topped_up_at_the_pace_it_had() -> None:
    frame = calm()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=0, rate_per_minute=0.0, baseline_per_minute=2.0)
    (row,) = propose("flexible_top_up", frame, NUMBERS)
    assert sum(moved([row]).values()) == 200
    assert row["helps_minutes"] is None


def test_a_region_that_was_given_nothing_is_left_alone() -> None:
    frame = calm()
    frame["regions"][0].update(allocated=0, left=0, sold=0, share_sold=None)
    assert all(not propose(rule.name, frame, NUMBERS) for rule in RULES)


# --- purchase limit --------------------------------------------------------------------------------------------------


def test_a_spike_of_three_times_the_rate_before_is_limited_to_two() -> None:
    (row,) = propose("purchase_limit", spike(), NUMBERS)
    assert row["commands"] == [{"type": "set_limit", "sku": "BAND", "region": "EU", "units_per_order": 2}]
    assert row["what"] == "Limit 2 per buyer in EU: Band"
    assert "9.0 per minute in EU, 4.5 times the 2.0 before (trigger 3 times); 60 left" in row["why"]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (spike(rate=5.9), "not three times"),
        (spike(recent=4), "a lucky minute"),
        ({**spike(), "t_plus_seconds": 14 * 60}, "no history yet"),
        ({**spike(), "limits": [{"sku": "BAND", "region": "EU", "units_per_order": 5, "since": iso(1)}]}, "limited"),
        ({**spike(), "coupons": [{"sku": "BAND", "region": "EU", "percent": 10}]}, "invited by a coupon"),
    ],
)
def test_what_is_no_spike_is_not_limited(frame: Row, why: str) -> None:
    assert propose("purchase_limit", frame, NUMBERS) == [], why


def test_what_will_hardly_sell_out_and_what_comes_in_large_lots_is_not_limited() -> None:
    ample = spike()
    foreseen(ample, "BAND", "EU", 30.0, p_sells_out=0.4)
    assert propose("purchase_limit", ample, NUMBERS) == []
    for lot, limits in ((2.0, 1), (9.0, 0)):
        frame = spike()
        foreseen(frame, "BAND", "EU", 300.0, lot=lot)
        assert len(propose("purchase_limit", frame, NUMBERS)) == limits


def limited(rate: float, ours: bool = True) -> Row:
    frame = calm(50)
    sku_row(frame, "BAND", "EU", rate_per_minute=rate, baseline_per_minute=4.0)
    frame["limits"] = [{"sku": "BAND", "region": "EU", "units_per_order": 2, "since": iso(35)}]
    if ours:
        frame["proposals"] = [proposal("purchase_limit", "BAND", "EU", "approved", 35)]
    return frame


def test_calm_lifts_the_limit() -> None:
    (row,) = propose("purchase_limit", limited(5.0), NUMBERS)
    assert row["commands"] == [{"type": "set_limit", "sku": "BAND", "region": "EU", "units_per_order": None}]
    assert "no longer above 1.5 times the 4.0 before" in row["why"]


def test_a_limit_stays_while_it_is_hot_and_a_persons_limit_stays_anyway() -> None:
    assert propose("purchase_limit", limited(7.0), NUMBERS) == []
    assert propose("purchase_limit", limited(5.0, ours=False), NUMBERS) == []


# --- slow region -----------------------------------------------------------------------------------------------------


def test_a_slow_region_gets_a_push_and_coupons_for_what_will_be_left() -> None:
    (row,) = propose("slow_region", slow(), NUMBERS)
    push, *coupons = row["commands"]
    assert push == {"type": "set_on_screen", "sku": "BAND", "push": True}
    assert [(coupon["sku"], coupon["code"], coupon["percent"]) for coupon in coupons] == [
        ("BAND", "EU15", 15),
        ("RING", "EU15", 15),
    ]
    assert {coupon["expires"] for coupon in coupons} == {micros(120)}
    assert "60 of 200 units at the close (30.0%, trigger 25%): 120 left, 0.6 per minute, 40 minutes" in row["why"]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (slow(leftover=50), "a quarter is not more than a quarter"),
        (slow(minute=59), "the first half is too early"),
        ({**slow(), "coupons": [{"sku": "RING", "region": "EU", "percent": 10}]}, "has a coupon"),
        ({**slow(), "skus": [{"sku": s, "price_minor": 2300, "cost_minor": 2000} for s in ("RING", "BAND")]}, "margin"),
    ],
)
def test_a_region_is_left_alone(frame: Row, why: str) -> None:
    assert propose("slow_region", frame, NUMBERS) == [], why


def test_a_coupon_is_as_deep_as_the_margin_allows() -> None:
    frame = slow()
    frame["skus"][1].update(price_minor=2500, cost_minor=2000)
    (row,) = propose("slow_region", frame, NUMBERS)
    assert [command["percent"] for command in row["commands"][1:]] == [8, 15]


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: sku_row(frame, "BAND", "EU", p50=20.0),
        lambda frame: frame["limits"].append({"sku": "BAND", "region": "EU", "units_per_order": 2}),
    ],
)
def test_no_coupon_contradicts_a_countdown_or_a_limit(change: Any) -> None:
    frame = slow()
    change(frame)
    (row,) = propose("slow_region", frame, NUMBERS)
    assert {command["sku"] for command in row["commands"]} == {"RING"}


# --- watch -----------------------------------------------------------------------------------------------------------


def test_a_region_with_a_fifth_left_raises_an_alert_with_its_numbers() -> None:
    (row,) = propose("watch", hot(20), NUMBERS)
    assert (row["kind"], row["severity"]) == ("alert", "warning")
    assert (
        row["what"] == "US has 40 of 200 units left (20.0%, alert at 20%): gone in about 7 minutes at 6.0 per minute."
    )
    assert propose("watch", hot(21), NUMBERS) == []
    assert propose("watch", hot(0), NUMBERS)[0]["what"] == "US is sold out: none of 200 units left."


def resolved(frame: Row, **changes: Any) -> list[str]:
    """The alerts that are resolved on a frame, in their order."""
    return [command.alert for command in decide({**frame, **changes}) if isinstance(command, c.ResolveAlert)]


@pytest.mark.parametrize(("left", "resolves"), [(20, False), (24, False), (25, True), (60, True)])
def test_the_alert_is_resolved_only_when_a_quarter_is_there_again(left: int, resolves: bool) -> None:
    told = alert("watch:US:1", "watch", "", "US", "acknowledged", 10)
    assert resolved(hot(left), alerts=[told]) == (["watch:US:1"] if resolves else [])
    assert resolved(hot(left), alerts=[{**told, "state": "resolved"}]) == []


# --- late feed -------------------------------------------------------------------------------------------------------


def test_a_late_channel_is_told_with_its_age_and_what_waits() -> None:
    (row,) = propose("late_feed", late(calm(), "US"), NUMBERS)
    assert (row["kind"], row["region"], row["channel"], row["severity"]) == ("alert", "US", "tiktok-us", "warning")
    assert row["what"] == "TikTok US: feed 42 s late; its lines are withheld, rules for US wait."
    frame = late(calm(), "US")
    frame["channels"][0] |= {"breaker": True, "breaker_note": "HTTP 503 five times"}
    assert propose("late_feed", frame, NUMBERS)[0]["what"].endswith(
        "wait. Calls to it are paused: HTTP 503 five times."
    )


def test_a_channel_late_by_a_pending_order_tells_the_age_of_that_order() -> None:
    frame = late(calm(), "US", seconds=0.4)
    frame["channels"][0]["pending_age_seconds"] = 33.0
    assert "feed 33 s late" in propose("late_feed", frame, NUMBERS)[0]["what"]


@pytest.mark.parametrize("state", ["open", "acknowledged", "expired", "resolved"])
def test_the_alert_of_a_channel_that_caught_up_or_left_is_resolved_and_no_other(state: str) -> None:
    frame = late(calm(), "EU")
    frame["alerts"] = [
        alert("late_feed:US:tiktok-us:7", "late_feed", "", "US", state, 20),
        alert("late_feed:US:shopify-us:7", "late_feed", "", "US", "open", 20),
        alert("late_feed:EU:tiktok-eu:7", "late_feed", "", "EU", "open", 20),
        alert("watch:US:7", "watch", "", "US", "open", 20),
    ]
    gone = [name for name in resolved(frame) if name.startswith("late_feed")]
    assert gone == ["late_feed:US:shopify-us:7", *([] if state == "resolved" else ["late_feed:US:tiktok-us:7"])]


# --- drift -----------------------------------------------------------------------------------------------------------


def told(raised: float = 29.0, state: str = "open") -> list[Row]:
    """The alert about Ring on TikTok US that was raised at a minute (the frame's is 30)."""
    return [alert("drift:US:RING:tiktok-us:7", "drift", "RING", "US", state, raised)]


@pytest.mark.parametrize(
    ("units", "age", "speaks"),
    [(4, 60, False), (5, 60, True), (5, 0, True), (-4, 60, False), (-5, 60, True), (-5, 9, False), (-5, 10, True)],
)
def test_a_listing_that_is_off_is_told_at_once_if_it_is_too_much_and_when_it_stands_if_too_little(
    units: int, age: float, speaks: bool
) -> None:
    rows = propose("drift", drifted(calm(), "US", "RING", units, age_seconds=float(age)), NUMBERS)
    assert [row["kind"] for row in rows] == (["alert"] if speaks else [])


def test_what_is_told_of_a_drift_holds_its_numbers() -> None:
    (row,) = propose("drift", drifted(calm(), "US", "RING", 12), NUMBERS)
    assert row["what"] == (
        "TikTok US lists 12 Ring that it was not given (32 listed, 20 given): the exchange takes them down."
    )
    (row,) = propose("drift", drifted(calm(), "US", "RING", 12, pool_left=0, listed=None), NUMBERS)
    assert row["what"].endswith("was not given: no unit is free to back them; they are taken down.")
    (row,) = propose("drift", drifted(calm(), "US", "RING", -12), NUMBERS)
    assert row["severity"] == "info"
    assert "lists 12 Ring fewer than it was given (8 listed, 20 given) for 60 s" in row["what"]


@pytest.mark.parametrize(("seconds", "proposes"), [(0, False), (9, False), (10, True), (60, True)])
def test_backing_is_proposed_only_when_the_drift_still_stands_after_a_while(seconds: float, proposes: bool) -> None:
    frame = drifted(calm(), "US", "RING", 12)
    frame["alerts"] = told(30 - seconds / 60)
    assert [row["kind"] for row in propose("drift", frame, NUMBERS)] == ["alert", *(["action"] if proposes else [])]


def test_a_listing_is_backed_from_the_regions_pool_as_far_as_it_reaches() -> None:
    frame = drifted(calm(), "US", "RING", 12, pool_left=7)
    frame["alerts"] = told()
    _, row = propose("drift", frame, NUMBERS)
    assert row["commands"] == [{"type": "expose", "channel": "tiktok-us", "sku": "RING", "quantity": 7}]
    assert row["what"] == "Back 7 Ring on TikTok US from the pool of US"
    assert "(32 listed, 20 given)" in row["why"]
    assert "TikTok US 20 -> 27 units, the pool of US 7 -> 0" in row["effect"]
    assert "The other 5 are taken down" in row["effect"]
    frame["channels"][0]["drift"][0]["pool_left"] = 0
    assert [row["kind"] for row in propose("drift", frame, NUMBERS)] == ["alert"], "nothing to back it with"


def test_two_channels_of_a_region_share_its_pool_once() -> None:
    frame = drifted(calm(), "US", "RING", 12, pool_left=15)
    other = frame["channels"][0] | {"channel": "shopify-us", "name": "Shopify"}
    frame["channels"].append(other)
    frame["alerts"] = [*told(), alert("drift:US:RING:shopify-us:8", "drift", "RING", "US", "open", 29)]
    actions = [row for row in propose("drift", frame, NUMBERS) if row["kind"] == "action"]
    assert [row["commands"][0]["quantity"] for row in actions] == [12, 3]


@pytest.mark.parametrize(("units", "resolves"), [(0, True), (2, True), (-2, True), (3, False), (12, False)])
def test_a_drift_is_resolved_when_it_is_nearly_gone(units: int, resolves: bool) -> None:
    frame = drifted(calm(), "US", "RING", units) if units else calm()
    frame["alerts"] = told(30)
    assert resolved(frame) == (["drift:US:RING:tiktok-us:7"] if resolves else [])
    assert resolved(frame, alerts=told(30, "resolved")) == []
