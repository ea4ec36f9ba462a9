"""The rules about channels and prices: weighing a channel, nudging a price, bundling what would stay."""

from typing import Any

import pytest

from dashboard.decision import commands as c
from tests.rules.frames import Row, balanced, calm, foreseen, micros, proposal, sku_row
from tests.rules.frames_more import channel, cleared, commands, cumulative, fired, only, waits, with_curves

# --- channel rebalance -----------------------------------------------------------------------------------------------


def shops(tiktok: float = 6.0, amazon: float = 1.0, exposure: int = 30, **tables: Any) -> Row:
    """Two shops of the US that list as much as each other, and what they sold a minute in the last ten."""
    frame = channel(calm(), "amazon-us", "US", exposure=30)
    frame["channels"][0] |= {"exposure": exposure}
    sku_row(frame, "RING", "US", rate_per_minute=2.0)
    with_curves(frame, tiktok_us=cumulative((20, 1), (10, tiktok)), amazon_us=cumulative((20, 1), (10, amazon)))
    return frame | tables


def weighed(row: Row) -> dict[tuple[str, str], int]:
    return {(told.channel, told.sku): told.percent for told in commands(row) if isinstance(told, c.SetSplit)}


def test_a_channel_far_below_its_share_is_weighed_less_and_one_far_above_more() -> None:
    frame = shops(9.0, 0.5)
    assert fired("channel_rebalance", frame)[0]["channel"] == "amazon-us"
    row = only("channel_rebalance", frame, rebalance_factor=3.0)
    assert weighed(row) == {("amazon-us", "RING"): 50, ("amazon-us", "BAND"): 50}, "never less than one over the most"
    assert (
        "sold 5 units in the last 10 minutes, 0.11 times the 48 of its share of US (trigger 0.33 times)" in row["why"]
    )
    frame = shops(6.0, 1.0)
    for row in frame["channels"]:
        row["plan_units"] = {"tiktok-us": 100, "amazon-us": 300}.get(row["channel"])
    (more, less) = fired("channel_rebalance", frame)
    assert weighed(more) == {("tiktok-us", "RING"): 200, ("tiktok-us", "BAND"): 200}, "the plan says a quarter"
    assert "3.43 times the 18 of its share" in more["why"]
    assert more["cost_minor"] == round((60 - 17.5) * 3000)
    assert less["channel"] == "amazon-us"


@pytest.mark.parametrize(
    ("frame", "name", "sentence"),
    [
        (shops(4.0, 1.0), "amazon-us", "The surprise in it, for amazon-us is 2.1 deviations, needed >= 3.0 deviations"),
        (shops(10.0, 2.5), "amazon-us", "The pace of amazon-us over its share is 0.40 times, needed <= 0.33 times"),
        (shops(1.4, 0.2), "amazon-us", "What amazon-us sold lately, or was expected to, is 8, needed >= 30"),
        (shops(9.0, 0.5, splits=[{"channel": "amazon-us", "sku": "BAND", "percent": 70}]), "amazon-us",
         "SKUs that amazon-us is weighed for is 1, needed <= 0"),
    ],
)  # fmt: skip
def test_a_channel_near_its_share_or_weighed_by_a_person_is_left(frame: Row, name: str, sentence: str) -> None:
    assert waits("channel_rebalance", frame, "US", channel=name, rebalance_factor=3.0) == sentence


def test_while_a_region_runs_dry_nobodys_pace_is_its_own() -> None:
    frame = shops(9.0, 0.5)
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=8, rate_per_minute=3.0)
    assert waits("channel_rebalance", frame, "US", channel="amazon-us").startswith("How long US lasts is 2.7 minutes")


def test_a_stream_counts_for_the_shop_behind_it_and_a_single_shop_has_all_of_its_region() -> None:
    frame = channel(shops(9.0, 0.5), "youtube-us", "US", behind="amazon-us", exposure=0)
    frame["curves"]["by_channel"]["youtube-us"] = cumulative((20, 1), (10, 6.0))
    assert fired("channel_rebalance", frame) == []
    assert fired("channel_rebalance", with_curves(calm(), tiktok_us=cumulative((30, 9)))) == []


def test_a_channel_at_its_share_again_is_weighed_as_it_sells_but_not_against_a_person() -> None:
    splits = [{"channel": "amazon-us", "sku": "RING", "percent": 50}]
    ours = proposal("channel_rebalance", "", "US", "approved", 10) | {"proposal": "channel_rebalance:US:amazon-us:9"}
    row = only("channel_rebalance", shops(3.0, 2.0, splits=splits, proposals=[ours]))
    assert weighed(row) == {("amazon-us", "RING"): 100}
    assert fired("channel_rebalance", shops(3.0, 2.0, splits=splits)) == []
    still = shops(6.0, 1.0, splits=splits, proposals=[ours])
    assert waits("channel_rebalance", still, "US", channel="amazon-us") == (
        "How far amazon-us is off its share is 3.50 times, needed <= 1.50 times"
    )


# --- price nudge -----------------------------------------------------------------------------------------------------


def priced(rate: float = 1.1, before: float = 1.1, floor: int = 4500, ceiling: int = 5500, **tables: Any) -> Row:
    """RING in the US has 60 left for 90 minutes at a pace, and a floor and a ceiling."""
    frame = calm()
    sku_row(frame, "RING", "US", rate_per_minute=rate, baseline_per_minute=before)
    frame["skus"][0] |= {"floor_minor": floor, "ceiling_minor": ceiling}
    for other in frame["countdowns"]:
        if (other["sku"], other["region"]) == ("RING", "EU"):
            other |= {"rate_per_minute": 0.7, "baseline_per_minute": 0.7}
    return balanced(frame) | tables


def unsure(mean: float, chance: float) -> Row:
    """As much is wanted of RING in the US as elsewhere, but from few orders."""
    frame = priced()
    foreseen(frame, "RING", "US", mean, shape=1.5, p_sells_out=chance)
    return frame


def prices(row: Row) -> dict[str, int]:
    return {told.channel: told.price_minor for told in commands(row) if isinstance(told, c.SetPrice)}


def test_a_price_rises_a_little_per_channel_when_it_sells_out_too_early() -> None:
    frame = channel(priced(), "amazon-us", "US")
    frame["prices"] = [{"sku": "RING", "channel": "amazon-us", "price_minor": 5450}]
    row = only("price_nudge", frame)
    assert prices(row) == {"tiktok-us": 5100, "amazon-us": 5500}, "two percent, and no higher than the ceiling"
    assert (
        "99 Ring are wanted in US by the close, 1.65 times the 60 left (trigger 1.5 times); it sells out with 100%: "
        "39 would lack." in row["why"]
    )
    assert row["cost_minor"] == 60 * 75


def test_a_price_falls_a_little_when_units_would_stay_but_not_below_floor_or_cost() -> None:
    row = only("price_nudge", priced(0.3, 0.3))
    assert prices(row) == {"tiktok-us": 4900}
    assert row["cost_minor"] == 33 * 3000
    assert prices(only("price_nudge", priced(0.3, 0.3, floor=4950))) == {"tiktok-us": 4950}
    frame = priced(0.3, 0.3)
    frame["skus"][0]["cost_minor"] = 4000
    frame["channels"][0]["fee_per_mille"] = 190
    assert prices(only("price_nudge", frame)) == {"tiktok-us": 4939}, "cost over what the platform leaves of a price"


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (priced(0.99, 0.99), "What is wanted of Ring in US over what is left is 1.48 times, needed >= 1.50 times"),
        (unsure(99.0, 0.7), "The chance that Ring in US sells out is 70.0%, needed >= 90.0%"),
        (unsure(27.0, 0.2), "The chance that Ring in US sells out is 20.0%, needed <= 10.0%"),
        (priced(0.42, 0.3), "What is wanted of Ring in US over what is left is 0.63 times, needed <= 0.60 times"),
        (priced(ceiling=5000), "Channels where the price of Ring in US can move is 0, needed >= 1"),
        (priced(limits=[{"sku": "RING", "region": "US"}]), "Terms in force for Ring in US is 1, needed <= 0"),
        (priced(coupons=[{"sku": "RING", "region": "US"}]), "Terms in force for Ring in US is 1, needed <= 0"),
        (priced(bundles=[{"skus": ["BAND", "RING"], "region": "US"}]), "Terms in force for Ring in US is 1, needed <= 0"),
    ],
)  # fmt: skip
def test_a_price_stays(frame: Row, sentence: str) -> None:
    assert waits("price_nudge", frame, "US", "RING") == sentence
    assert fired("price_nudge", frame) == []


def test_nothing_without_bounds_is_touched_nor_anything_in_a_young_show() -> None:
    for bounds in ({"floor": 0}, {"ceiling": 0}):
        assert fired("price_nudge", priced(3.0, 3.0, **bounds)) == []
    young = priced(3.0, 3.0)
    young["t_plus_seconds"] = 19 * 60
    assert waits("price_nudge", young, "US", "RING") == "The age of the show is 19.0 minutes, needed >= 20.0 minutes"


# --- clearance bundle ------------------------------------------------------------------------------------------------


def closing(minute: float = 95.0, slow: float = 0.4, best: float = 1.2, left: int = 60, **tables: Any) -> Row:
    """The last quarter of the show begins at minute 90; BAND in the EU is slow, RING sells."""
    frame = calm(minute)
    for sku, pace in (("BAND", slow), ("RING", best)):
        sku_row(frame, sku, "EU", left=left, rate_per_minute=pace, baseline_per_minute=pace)
    for sku in ("BAND", "RING"):
        sku_row(frame, sku, "US", left=10)
    return frame | tables


def test_near_the_close_what_would_stay_is_bundled_with_the_best_seller() -> None:
    row = only("clearance_bundle", closing())
    assert (row["what"], row["region"], row["sku"]) == ("Bundle Band with Ring in EU, -20 %", "EU", "BAND")
    assert "50 of 100 Band would stay in EU at the close (50.0%, trigger 30%), 25 minutes away" in row["why"]
    assert row["cost_minor"] == 50 * 3000
    (command,) = commands(row)
    assert isinstance(command, c.SetBundle)
    assert (command.skus, command.percent, command.expires) == (("RING", "BAND"), 20, micros(120))


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (closing(89.0), "The time to the close is 31.0 minutes, needed <= 30.0 minutes"),
        (closing(left=40, slow=0.4), "The part of Band in EU that would stay is 30.0%, needed > 30.0%"),
        (closing(bundles=[{"skus": ["X", "Y"], "region": "EU"}]), "Bundles in force in EU is 1, needed <= 0"),
    ],
)
def test_it_waits_for_the_last_quarter_and_for_enough_that_would_stay(frame: Row, sentence: str) -> None:
    assert waits("clearance_bundle", frame, "EU") == sentence
    assert fired("clearance_bundle", frame) == []


def test_the_discount_leaves_cost_way_and_fee_of_both_and_a_shallow_one_is_none() -> None:
    frame = closing()
    frame["lanes"] = [{"location": "HH", "region": "EU", "landed_cost_minor": 500, "days": 2}]
    frame["channels"][1]["fee_per_mille"] = 100
    frame["skus"][0]["cost_minor"] = 3200
    (command,) = commands(only("clearance_bundle", frame))
    assert isinstance(command, c.SetBundle)
    assert command.percent == 17, "5000 less 17 % covers 3700 / 0.9"
    frame["skus"][0]["cost_minor"] = 3800
    assert waits("clearance_bundle", frame, "EU").startswith("The discount that margins in EU allow is 4 percent")


def test_no_best_seller_is_taken_that_sells_out_soon_or_has_terms() -> None:
    frame = closing()
    sku_row(frame, "RING", "EU", p50=30.0)
    assert waits("clearance_bundle", frame, "EU") == "The discount that margins in EU allow is not known"
    assert fired("clearance_bundle", closing(limits=[{"sku": "RING", "region": "EU"}])) == []


def test_what_was_offered_is_looked_at_until_hardly_any_would_stay() -> None:
    told = [proposal("clearance_bundle", "BAND", "EU", "approved", 92)]
    running = [{"skus": ["RING", "BAND"], "region": "EU"}]
    assert not cleared("clearance_bundle", closing(slow=1.7, proposals=told, bundles=running), "EU", "BAND")
    assert cleared("clearance_bundle", closing(slow=1.8, proposals=told, bundles=running), "EU", "BAND")
