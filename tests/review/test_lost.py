"""What a show lost: nothing where nothing was short, whole units at moments when they could not be had, and why."""

from collections import Counter

import pytest

from dashboard.decision import commands as c
from dashboard.review.asked import asks
from dashboard.review.lost import ASSUMPTION, Estimate, estimate
from tests.decision.watched import MINUTE, START
from tests.review.lost_kit import AMAZON, MINUTES, SHOPIFY, TIKTOK, Evening, minute_of, note, play


def by_channel(found: Estimate, why: str = "sold_out") -> Counter[str]:
    """Missed units per channel."""
    return Counter(one.channel for one in found.orders if one.why == why for _ in range(one.units))


def short_evening(tiktok: int = 40, every: float = 1.0) -> tuple[Evening, dict[str, int]]:
    """Two shops of a region and one of another are wanted alike; only one of them sells out."""
    evening = Evening()
    for region in ("US", "EU"):
        evening.stock(1000, region=region)
    for channel, units in ((TIKTOK, tiktok), (SHOPIFY, 500), (AMAZON, 500)):
        evening.list(channel, units)
    return evening, play(evening, [(TIKTOK, every), (SHOPIFY, every), (AMAZON, every)])


def test_nothing_sold_out_is_nothing_missed() -> None:
    evening, lost = short_evening(tiktok=500)
    found = evening.lost()
    assert not any(lost.values())
    assert (found.orders, found.expected) == ((), ())
    assert found.assumption == ASSUMPTION
    assert ASSUMPTION.endswith("none came back later, none took another SKU.")


def test_a_show_that_nobody_opened_lost_nothing() -> None:
    evening, _ = short_evening()
    assert estimate(list(asks(evening.book.rows)), "another") == Estimate((), ())


def test_a_channel_that_sold_out_would_have_gone_on_as_it_did_and_as_its_sisters_do() -> None:
    evening, lost = short_evening()
    found = evening.lost()
    assert by_channel(found).keys() == {TIKTOK}
    assert by_channel(found)[TIKTOK] == pytest.approx(lost[TIKTOK], rel=0.1)
    assert all(one.units == 1 and one.why == "sold_out" and one.region == "US" for one in found.orders)


def test_units_are_missed_only_while_they_could_not_be_had_and_the_show_was_on() -> None:
    evening, _ = short_evening()
    moments = [minute_of(one.at) for one in evening.lost().orders]
    assert moments == sorted(moments)
    assert min(moments) > 39.5
    assert max(moments) <= MINUTES


def test_a_show_that_is_closed_early_misses_nothing_afterwards() -> None:
    whole, _ = short_evening()
    early = Evening()
    for region in ("US", "EU"):
        early.stock(1000, region=region)
    early.list(TIKTOK, 40)
    early.list(SHOPIFY, 500)
    lost = play(early, [(TIKTOK, 1), (SHOPIFY, 1)], ends=60)
    found = early.lost(close=60)
    assert max(one.at for one in found.orders) <= START + 60 * MINUTE
    assert by_channel(found)[TIKTOK] == pytest.approx(lost[TIKTOK], abs=3)
    assert len(found.orders) < len(whole.lost().orders)


def test_whole_units_add_up_to_the_expectation_within_half_a_unit() -> None:
    evening, _ = short_evening()
    found = evening.lost()
    (row,) = found.expected
    assert abs(row["sold_out"] - len(found.orders)) <= 0.5
    assert (row["channel"], row["region"], row["sku"]) == (TIKTOK, "US", "lamp")


def test_twice_the_demand_misses_twice_as_much() -> None:
    once, twice = (short_evening(units, every)[0].lost() for units, every in ((40, 1.0), (80, 0.5)))
    assert twice.expected[0]["sold_out"] == pytest.approx(2 * once.expected[0]["sold_out"], rel=0.06)


def test_the_same_journal_gives_the_same_orders() -> None:
    first, second = (short_evening()[0].lost() for _ in range(2))
    assert first == second


def test_a_listing_that_is_empty_counts_though_its_region_has_units() -> None:
    evening, _ = short_evening()
    assert evening.book.world["night"].ledger.claim("lamp", "region/US") > 0
    assert by_channel(evening.lost()).keys() == {TIKTOK}


def test_what_is_listed_again_is_missed_in_between_only() -> None:
    evening = Evening()
    evening.stock(1000)
    evening.list(TIKTOK, 30)
    lost = evening.sell(TIKTOK, 1.0, 0, 60)
    evening.list(TIKTOK, 500, minute=60)
    evening.sell(TIKTOK, 1.0, 60, MINUTES)
    found = evening.lost()
    moments = [minute_of(one.at) for one in found.orders]
    assert len(found.orders) == pytest.approx(lost, abs=5)
    assert 29 < min(moments) < max(moments) <= 60


def test_channels_that_list_nothing_sell_while_their_region_has_some() -> None:
    evening = Evening()
    evening.stock(60)
    lost = play(evening, [(TIKTOK, 1), (SHOPIFY, 1)])
    found = by_channel(evening.lost())
    assert min(lost.values()) > 85
    for channel in (TIKTOK, SHOPIFY):
        assert found[channel] == pytest.approx(lost[channel], rel=0.15)


def test_a_sku_whose_listings_may_overlap_sells_while_the_region_has_some() -> None:
    alone, _ = short_evening()
    shared, _ = short_evening()
    shared.say(c.SetListingMode, 60, sku="lamp", mode="shared")
    assert max(minute_of(one.at) for one in shared.lost().orders) <= 60
    assert max(minute_of(one.at) for one in alone.lost().orders) > 100


def test_what_was_cancelled_later_was_not_wanted() -> None:
    evening = Evening()
    evening.stock(1000)
    evening.list(TIKTOK, 100)
    evening.buy(TIKTOK, 10, 100)
    evening.say(c.CancelOrder, 50, order=str(evening.number), channel=TIKTOK)
    assert len(evening.lost().orders) <= 1


def test_an_order_as_large_as_a_limit_stands_for_what_such_orders_usually_hold() -> None:
    evening = Evening()
    evening.stock(2000)
    evening.list(TIKTOK, 2000)
    for minute in range(60):
        evening.buy(TIKTOK, minute + 0.5, 4 if minute % 3 == 0 else 1)
    evening.say(c.SetLimit, 60, sku="lamp", region="US", units_per_order=2)
    for minute in range(60, 120):
        evening.buy(TIKTOK, minute + 0.5, 2 if minute % 3 == 0 else 1)
    found = evening.lost()
    assert {one.why for one in found.orders} == {"limit"}
    assert len(found.orders) == pytest.approx(20 * 2, abs=2)
    assert min(minute_of(one.at) for one in found.orders) > 60


def test_a_limit_that_nobody_reaches_cuts_nothing() -> None:
    evening = Evening()
    evening.stock(2000)
    evening.list(TIKTOK, 2000)
    evening.say(c.SetLimit, 0, sku="lamp", region="US", units_per_order=5)
    evening.sell(TIKTOK, 1.0)
    assert evening.lost().orders == ()


def test_what_our_own_gate_refused_is_counted_and_not_estimated() -> None:
    evening = Evening()
    evening.stock(60)
    lost = play(evening, [(TIKTOK, 1), (SHOPIFY, 1)])
    at = START + MINUTES * MINUTE - 1
    seen = {("refused/not_enough_claims", channel, "lamp"): (at, lost[channel], "") for channel in lost}
    seen["refused/not_enough_claims", "a channel of another show", "lamp"] = (at, 99, "")
    found = evening.lost(seen)
    assert by_channel(found) == lost, "there was none left, which is no term of ours"
    assert by_channel(found, "refused") == {}


def test_what_our_own_terms_refused_is_told_apart() -> None:
    evening = Evening()
    evening.stock(60)
    at = START + 70 * MINUTE
    kinds = {"below_bid": 3, "over_limit": 4, "no_location_serves": 5, "not_enough_claims": 6}
    found = evening.lost({(f"refused/{kind}", TIKTOK, "lamp"): (at, units, "") for kind, units in kinds.items()})
    assert (by_channel(found, "refused"), by_channel(found)) == ({TIKTOK: 7}, {TIKTOK: 11})


def test_a_listing_channel_is_estimated_for_what_its_platform_turned_away_unseen() -> None:
    evening, lost = short_evening()
    seen = {("refused/not_enough_claims", TIKTOK, "lamp"): (START + 100 * MINUTE, 10, "")}
    found = evening.lost(seen)
    assert by_channel(found)[TIKTOK] == pytest.approx(lost[TIKTOK], rel=0.12)


def test_refusals_that_were_seen_one_by_one_are_missed_when_they_happened() -> None:
    evening = Evening()
    evening.stock(60)
    seen = [note(minute, "refused/not_enough_claims", TIKTOK, units, "lamp") for minute, units in ((50, 2), (70, 5))]
    newest = {("refused/not_enough_claims", TIKTOK, "lamp"): (seen[-1].time, 5, "")}
    found = evening.lost(newest, observed=seen)
    moments = [minute_of(one.at) for one in found.orders]
    assert moments == [50, 50, 70, 70, 70]


def test_a_channel_that_everybody_left_loses_nobody() -> None:
    watched = [note(minute, "viewers", channel, 1000) for channel in (TIKTOK, SHOPIFY) for minute in range(0, 120, 5)]
    gone = [one._replace(value=20) if one.channel == TIKTOK and minute_of(one.time) >= 45 else one for one in watched]
    stayed, left = (short_evening()[0].lost(observed=seen) for seen in (watched, gone))
    assert len(left.orders) < 0.3 * len(stayed.orders)


def test_an_empty_world_lost_nothing() -> None:
    evening = Evening(skus=(), channels=())
    assert evening.lost().orders == ()
