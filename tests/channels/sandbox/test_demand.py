"""Simulated shoppers: drawn from the seed alone, moved only by what the shelf shows them."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from dashboard.channels.sandbox.demand import Demand, Shelf, Shopper, audience
from dashboard.channels.sandbox.scenario import MINUTE, Scenario, Storefront
from dashboard.decision.commands import CancelOrder, PlaceOrder
from tests.channels.sandbox.rooms import breezestyle

SCENARIO = breezestyle()
START = SCENARIO.start()
KEYS = [(sku.sku, channel.channel) for sku in SCENARIO.skus for channel in SCENARIO.channels]
REGION_KEYS = [(sku.sku, region.region) for sku in SCENARIO.skus for region in SCENARIO.regions]
PRICES = {sku.sku: sku.price_minor for sku in SCENARIO.skus}


@dataclass
class Said:
    status: str
    would_work: int | None = None
    sentence: str = ""


def shelf(**changes: object) -> Shelf:
    full = Shelf(limits={}, coupons={}, left=dict.fromkeys(KEYS, 1000), prices=PRICES)
    return msgspec.structs.replace(full, **changes)


def demand(seed: int = 1, scenario: Scenario = SCENARIO) -> Demand:
    return Demand(scenario, seed)


def orders(crowd: Demand, minutes: tuple[float, float], step: float, on: Shelf) -> list[PlaceOrder]:
    found: list[PlaceOrder] = []
    at = START + round(minutes[0] * MINUTE)
    until = START + round(minutes[1] * MINUTE)
    while at < until:
        next_at = min(until, at + round(step * MINUTE))
        commands = crowd.step(at, next_at, on)
        crowd.settle(commands, [Said("accepted")] * len(commands), on)
        found += [command for command in commands if isinstance(command, PlaceOrder)]
        at = next_at
    return found


def units(placed: list[PlaceOrder]) -> int:
    return sum(line.quantity for order in placed for line in order.lines)


def test_the_same_seed_gives_the_same_orders_whatever_the_step_and_wherever_it_begins() -> None:
    whole = orders(demand(), (0, 12), 12, shelf())
    assert len(whole) > 200
    assert orders(demand(), (0, 12), 0.083, shelf()) == whole
    late = orders(demand(), (7.3, 12), 1, shelf())
    assert late == [order for order in whole if (order.event_time or 0) >= START + round(7.3 * MINUTE)]


def test_another_seed_sends_other_people() -> None:
    assert orders(demand(2), (0, 5), 1, shelf()) != orders(demand(1), (0, 5), 1, shelf())


def test_whatever_the_shelf_the_same_shoppers_arrive() -> None:
    """Common random numbers: a coupon, a limit and empty shelves change orders, never arrivals."""
    busy = shelf(coupons={("TEMPO-CLIP", "SEA"): 15}, limits={("HALO-ROSE", "US"): 2}, on_screen="PULSE-SAND")
    plain, helped = demand(), demand()
    base, more = orders(plain, (30, 60), 1, shelf()), orders(helped, (30, 60), 1, busy)
    assert plain.arrivals(START, START + 5 * MINUTE) == helped.arrivals(START, START + 5 * MINUTE)
    assert {order.order for order in base} <= {order.order for order in more}, "help only adds people"
    added = [order for order in more if order.order not in {order.order for order in base}]
    assert added
    assert {order.lines[0].sku for order in added} <= {"TEMPO-CLIP", "PULSE-SAND"}


def test_a_coupon_is_paid_with_the_discount() -> None:
    placed = orders(demand(), (0, 10), 1, shelf(coupons=dict.fromkeys(REGION_KEYS, 15)))
    assert {order.lines[0].price_minor for order in placed} == {round(price * 0.85) for price in PRICES.values()}


def test_a_lower_price_brings_more_and_a_higher_one_fewer() -> None:
    def sold(factor: float) -> int:
        return units(orders(demand(), (30, 50), 1, shelf(prices={sku: round(p * factor) for sku, p in PRICES.items()})))

    assert sold(0.8) > sold(1.0) > sold(1.25)


def test_a_buyer_of_five_takes_two_under_a_limit_of_two() -> None:
    crowd = demand()
    free = orders(demand(), (0, 20), 1, shelf())
    limited = orders(crowd, (0, 20), 1, shelf(limits=dict.fromkeys(REGION_KEYS, 2)))
    assert [order.order for order in free] == [order.order for order in limited]
    assert max(order.lines[0].quantity for order in free) == 5
    assert [order.lines[0].quantity for order in limited] == [min(2, order.lines[0].quantity) for order in free]
    assert crowd.lost["limit"] == units(free) - units(limited)


def test_who_finds_a_sku_sold_out_switches_or_is_lost() -> None:
    empty = {key: 0 if key[0] == "HALO-ROSE" else 1000 for key in KEYS}
    crowd = demand()
    full, without = orders(demand(), (0, 10), 1, shelf()), orders(crowd, (0, 10), 1, shelf(left=empty))
    assert all(order.lines[0].sku != "HALO-ROSE" for order in without)
    wanted = {order.order for order in full if order.lines[0].sku == "HALO-ROSE"}
    stayed = wanted & {order.order for order in without}
    assert 0.4 < len(stayed) / len(wanted) < 0.8, "six in ten switch"
    assert units(full) - units(without) == crowd.lost["sold_out"]
    assert orders(demand(), (0, 10), 1, shelf(left=dict.fromkeys(KEYS, 0))) == []


def test_nobody_asks_for_more_than_the_shelf_shows() -> None:
    placed = orders(demand(), (0, 10), 1, shelf(left=dict.fromkeys(KEYS, 1)))
    assert {order.lines[0].quantity for order in placed} == {1}


@pytest.mark.parametrize(("would_work", "tries_again"), [(1, True), (0, None), (None, None)])
def test_a_refused_shopper_tries_what_would_work_and_not_for_ever(
    would_work: int | None, tries_again: bool | None
) -> None:
    crowd = demand()
    commands = crowd.step(START, START + 5 * MINUTE, shelf())
    rounds = 0
    while commands:
        rounds += 1
        again = crowd.settle(commands, [Said("refused", would_work)] * len(commands), shelf())
        if tries_again:
            assert all(order.lines[0].quantity == 1 for order in again if isinstance(order, PlaceOrder))
        assert not {order.id for order in again} & {order.id for order in commands}
        commands = again
    assert rounds == 3
    assert crowd.lost["refused"] > 0


def test_cancellations_come_later_and_only_of_accepted_orders() -> None:
    shoppers = msgspec.structs.replace(SCENARIO.shoppers, cancel_share=0.5, cancel_minutes=2.0)
    crowd = demand(scenario=msgspec.structs.replace(SCENARIO, shoppers=shoppers))
    placed = crowd.step(START, START + MINUTE, shelf())
    assert crowd.settle(placed, [Said("accepted")] * len(placed), shelf()) == []
    refused = crowd.step(START + MINUTE, START + 2 * MINUTE, shelf())
    crowd.settle(refused, [Said("refused", 0)] * len(refused), shelf(left=dict.fromkeys(KEYS, 0)))
    later = [one for one in crowd.step(START + 2 * MINUTE, START + 9 * MINUTE, shelf()) if isinstance(one, CancelOrder)]
    cancelled = {one.order for one in later}
    assert 0.3 < len(cancelled) / len(placed) < 0.7
    assert cancelled <= {order.order for order in placed if isinstance(order, PlaceOrder)}


def test_a_spike_multiplies_what_it_is_about_and_nothing_else() -> None:
    crowd = demand()

    def arrivals(start: float, end: float, region: str, sku: str) -> int:
        people: list[Shopper] = crowd.arrivals(START + round(start * MINUTE), START + round(end * MINUTE))
        return sum((one.region, one.sku) == (region, sku) for one in people)

    raided = arrivals(38.9, 47, "EU", "PULSE-BLACK") / arrivals(30, 38.1, "EU", "PULSE-BLACK")
    beside = arrivals(38.9, 47, "EU", "HALO-SILVER") / arrivals(30, 38.1, "EU", "HALO-SILVER")
    assert raided > 5
    assert beside < 1.5


def test_viewers_follow_the_scenario_and_shops_report_none() -> None:
    counts = demand().viewers(START + 20 * MINUTE)
    assert set(counts) == {"tiktok-us", "youtube-us", "tiktok-eu", "instagram-eu", "shopee-my", "shopee-th"}
    assert sum(counts.values()) == pytest.approx(80_000, rel=0.02)
    assert counts == demand().viewers(START + 20 * MINUTE)


def test_an_audience_is_nobody_before_the_first_point_and_stays_after_the_last() -> None:
    stream = SCENARIO.channels[0]
    assert audience(stream, -1) == 0
    assert audience(stream, 1) == (9000 + 30000) / 2
    assert audience(stream, 500) == stream.viewers[-1][1]


def test_nobody_arrives_before_the_start_or_after_the_end() -> None:
    crowd = demand()
    assert crowd.arrivals(START - 60 * MINUTE, START) == []
    assert crowd.arrivals(SCENARIO.end(), SCENARIO.end() + 60 * MINUTE) == []


# --- crowds -----------------------------------------------------------------------------------------------------------


def crowded(minutes: float = 12.0, **changes: Any) -> Scenario:
    """BreezeStyle with one stream that 500 people come to, most of them in the middle."""
    stream = Storefront("raid", "tiktok", "EU", ((0, 0), (4, 0), (6, 900), (8, 0)), crowd=500)
    shop = Storefront("shop", "shopify", "EU", ((0, 100),), crowd=70, watched=False)
    return msgspec.structs.replace(SCENARIO, minutes=minutes, channels=(stream, shop), **changes)


def crowd_of(scenario: Scenario, seed: int = 1) -> list[Shopper]:
    return Demand(scenario, seed).arrivals(scenario.start(), scenario.end())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("minutes", [12.0, 6.09])
def test_a_crowd_is_exactly_as_many_people_as_told(seed: int, minutes: float) -> None:
    people = crowd_of(crowded(minutes), seed)
    assert Counter(one.channel for one in people) == {"raid": 500, "shop": 70}
    assert len({one.order for one in people}) == 570
    assert all(START <= one.at < START + round(minutes * MINUTE) for one in people)


def test_a_crowd_comes_when_its_viewers_are_there() -> None:
    moments = [(one.at - START) / MINUTE for one in crowd_of(crowded()) if one.channel == "raid"]
    assert min(moments) >= 4
    assert max(moments) <= 8
    assert sum(5 <= moment <= 7 for moment in moments) / len(moments) == pytest.approx(0.75, abs=0.07)


def test_a_crowd_is_drawn_from_its_seed_and_its_channel_alone() -> None:
    whole = crowd_of(crowded())
    assert whole == crowd_of(crowded())
    assert whole != crowd_of(crowded(), 2)
    scenario = crowded()
    late = Demand(scenario, 1).arrivals(START + 5 * MINUTE, scenario.end())
    assert late == [one for one in whole if one.at >= START + 5 * MINUTE]
    shop = crowd_of(msgspec.structs.replace(scenario, channels=scenario.channels[1:]))
    assert shop == [one for one in whole if one.channel == "shop"]


def test_a_crowd_wants_what_its_region_wants_and_orders_unaided() -> None:
    scenario = crowded()
    people = crowd_of(scenario)
    mix = next(region.mix for region in scenario.regions if region.region == "EU")
    wanted = Counter(one.sku for one in people)
    assert wanted.keys() == mix.keys()
    assert wanted["PULSE-BLACK"] > wanted["TEMPO-CLIP"]
    assert {one.units for one in people} == {1, 2, 3, 5}
    shelves = shelf(left={(sku.sku, one.channel): 10_000 for sku in SCENARIO.skus for one in scenario.channels})
    dear = msgspec.structs.replace(shelves, prices={sku: 3 * price for sku, price in PRICES.items()})
    for on in shelves, dear:
        assert len(orders(demand(scenario=scenario), (0, 12), 1, on)) == 570


def test_spikes_and_slots_move_no_crowd() -> None:
    quiet = crowded(spikes=(), rundown=())
    assert crowd_of(quiet) == crowd_of(crowded())
