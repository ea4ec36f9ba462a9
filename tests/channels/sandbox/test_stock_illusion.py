"""The stock illusion: 1,000 units on two platforms, 1,800 people, and what a seller's interval makes of them.

Nothing here is scripted: what the naive seller oversells follows from its interval, what ours does not from the ledger.
"""

from functools import cache
from typing import Any

import msgspec
import pytest

from dashboard.channels.sandbox.demand import Demand
from dashboard.channels.sandbox.play import STEP_SECONDS, Show
from dashboard.channels.sandbox.play_naive import play_naive
from dashboard.channels.sandbox.scenario import Broadcaster, find, load
from dashboard.settings import DATA
from tests.channels.sandbox.rooms import room

Row = dict[str, Any]
SCENARIO = load(find("stock_illusion", DATA / "scenarios"))
UNITS = 1000
OTHER_SEEDS = (2, 3, 4)
STEP = round(STEP_SECONDS * 1_000_000)


@cache
def ours(seed: int, faults: str = "none") -> tuple[Row, Show]:
    """The show as we sell it: result, and the show with its market."""
    show = Show(msgspec.structs.replace(SCENARIO, faults=faults), seed, room())
    show.open()
    while show.at < show.end:
        show.step(show.at + STEP)
    return show.finish(), show


@cache
def naive(seed: int, sync_seconds: float = 900.0, buffer: int = 0) -> Row:
    """The show as a broadcaster sells it."""
    return play_naive(msgspec.structs.replace(SCENARIO, naive=Broadcaster(sync_seconds, buffer)), seed)


def counts(row: Row) -> tuple[int, int, int, int]:
    return row["sold"], row["cancelled"], row["oversold"], row["leftover"]


def test_one_stock_is_shown_whole_on_two_platforms_for_a_crowd_of_eighteen_hundred() -> None:
    assert sum(units for of in SCENARIO.stock.values() for units in of.values()) == UNITS
    assert [channel.crowd for channel in SCENARIO.channels] == [1000, 800]
    assert SCENARIO.naive == Broadcaster(900.0, 0)
    assert SCENARIO.shoppers.baskets == {"1": 1}


def test_ours_sells_what_there_is_to_the_last_unit_and_nothing_twice() -> None:
    row, show = ours(SCENARIO.seed)
    assert counts(row) == (UNITS, 0, 0, 0)
    assert row["lost"] == 800, "so many want one and are told that it is gone"
    assert show.market is not None
    assert show.market.oversold() == 0, "the platforms' own counters say so as well"
    assert not show.market.exchange.alarms.told


def test_the_naive_seller_sells_eight_hundred_units_that_are_not_there() -> None:
    row = naive(SCENARIO.seed)
    assert counts(row) == (1800, 0, 800, 0)
    assert (row["orders"], row["orders_unserved"]) == (1800, 800)
    assert row["lost"] == 0, "nobody is told before they pay"


def test_both_meet_the_same_crowd() -> None:
    """Shoppers are drawn from the seed and the channel alone, whoever sells and whichever other channels there are."""
    first, second = SCENARIO.channels
    whole = Demand(SCENARIO, 1).arrivals(SCENARIO.start(), SCENARIO.end())
    alone = [
        shopper
        for channel in (first, second)
        for shopper in Demand(msgspec.structs.replace(SCENARIO, channels=(channel,)), 1).arrivals(
            SCENARIO.start(), SCENARIO.end()
        )
    ]
    assert sorted(whole, key=lambda one: one.order) == sorted(alone, key=lambda one: one.order)
    row, _ = ours(SCENARIO.seed)
    assert row["sold"] + row["lost"] == naive(SCENARIO.seed)["sold"] + naive(SCENARIO.seed)["lost"] == len(whole)


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_whoever_comes_and_when_ours_never_oversells_and_the_naive_seller_always_does(seed: int) -> None:
    row, show = ours(seed)
    assert row["oversold"] == 0
    assert row["sold"] + row["leftover"] == UNITS
    assert show.market is not None
    assert show.market.oversold() == 0
    assert naive(seed)["oversold"] == 800


def test_ours_oversells_nothing_when_everything_goes_wrong_at_once() -> None:
    row, show = ours(1, "all")
    assert show.market is not None
    assert row["oversold"] == 0
    assert row["sold"] <= UNITS
    by_hand = show.market.by_hand("AURA-MINI")
    assert show.market.oversold() <= by_hand, "what somebody types into a back office is not ours to promise"


def test_the_interval_is_the_cause() -> None:
    """The same crowd and platforms: the sooner the number travels, the less is oversold, and it is never nothing."""
    oversold = [naive(1, seconds)["oversold"] for seconds in (1.0, 60.0, 240.0, 900.0)]
    assert oversold == sorted(oversold)
    assert 0 < oversold[0] < 40
    assert oversold[-1] == 800


def test_a_buffer_hides_it_by_leaving_units_unsold() -> None:
    without, held_back = naive(1, 60.0), naive(1, 60.0, 300)
    assert without["oversold"] > 0
    assert without["leftover"] == 0
    assert held_back["oversold"] == 0
    assert held_back["leftover"] > 0
    assert held_back["buffer"] == 300
