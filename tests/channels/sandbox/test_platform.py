"""The pretended platform's counter: it sells what it lists, answers as it is asked, and counts what it is asked too often."""

from random import Random

import pytest
from hypothesis import given, strategies as st

from dashboard.channels.adapter import Push, PushKind
from dashboard.channels.adapters import make
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Weather
from dashboard.channels.sandbox.market import Shop, platform_of
from dashboard.channels.sandbox.platform import MINUTE, Platform
from dashboard.decision.world import OrderLine

NOW = 1_770_000_000 * SECOND
LAMP, RING = OrderLine("lamp", 2, 1000), OrderLine("ring", 1, 1000)


def shop(push: PushKind = "delta", units: int = 10, restocks: bool | None = None, calls: int | None = None) -> Platform:
    """A shop with so many lamps and rings."""
    one = Shop("shop", "generic", push, calls, restocks)
    platform = platform_of(one, ["lamp", "ring"], "USD", Weather(PROFILES["none"], Random(1)))
    platform.stock.update(lamp=units, ring=units)
    return platform


def test_an_order_is_sold_whole_or_not_at_all() -> None:
    platform = shop(units=2)
    assert platform.buy([LAMP, OrderLine("ring", 3, 1000)], NOW) is None
    assert (platform.level("lamp"), platform.level("ring")) == (2, 2)
    assert platform.buy([LAMP, LAMP], NOW) is None, "two lines of one SKU are four lamps"
    assert platform.buy([LAMP, RING], NOW)
    assert (platform.level("lamp"), platform.level("ring")) == (0, 1)
    assert len(platform.outbox) == 1


@pytest.mark.parametrize(("restocks", "level"), [(True, 10), (False, 8)])
def test_a_cancelled_unit_comes_back_where_the_platform_does_that(restocks: bool, level: int) -> None:
    platform = shop(restocks=restocks)
    order = platform.buy([LAMP], NOW)
    assert order
    assert platform.cancel(order, NOW, "lamp", 1)
    assert not order.is_cancelled()
    assert platform.cancel(order, NOW)
    assert order.is_cancelled()
    assert not platform.cancel(order, NOW), "nothing is left to cancel"
    assert platform.level("lamp") == level
    assert platform.sold["lamp"] == 0


@given(changes=st.lists(st.tuples(st.integers(-20, 20), st.sampled_from(["a", "b", "c", ""])), max_size=20))
def test_a_key_that_was_used_changes_nothing_again(changes: list[tuple[int, str]]) -> None:
    platform, first = shop(), dict[str, tuple[int, int]]()
    for change, key in changes:
        before = platform.level("lamp")
        answer = platform.adjust("lamp", change, key)
        if key in first:
            assert answer == first[key]
            assert platform.level("lamp") == before
        elif key:
            first[key] = answer
        assert platform.level("lamp") >= 0


def test_a_counter_is_swapped_only_from_what_it_stands_at() -> None:
    platform = shop()
    assert platform.swap("lamp", 9, 3) == (False, 10)
    assert platform.swap("lamp", 10, 3) == (True, 3)
    assert platform.level("lamp") == 3


@given(st.lists(st.integers(0, 60), max_size=20))
def test_a_campaigns_total_only_grows(totals: list[int]) -> None:
    platform = shop("raise_only", units=0)
    for total in totals:
        platform.offer("lamp", total)
        assert platform.offered["lamp"] == platform.level("lamp") + platform.sold.get("lamp", 0)
        platform.buy([OrderLine("lamp", 1, 1000)], NOW)
    assert platform.offered.get("lamp", 0) == max(totals, default=0)


def test_calls_over_the_limit_are_refused_and_counted() -> None:
    platform = shop(calls=3)
    adapter = make(platform.account, platform.secrets)
    statuses = [platform.call(adapter.ask_levels(["lamp"], NOW), NOW + number).status for number in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    assert platform.refused_calls == 2
    assert platform.calls_in_a_minute_max["stock"] == 5
    assert platform.calls_in_a_minute_max["orders"] == 0
    later = NOW + MINUTE + 10
    assert platform.call(adapter.ask_levels(["lamp"], later), later).status == 200


def test_a_pushed_change_reaches_the_counter_through_the_platforms_own_words() -> None:
    platform = shop()
    adapter = make(platform.account, platform.secrets)
    push = Push("lamp", "delta", -4, "key")
    for _ in range(2):
        answer = adapter.read_push(push, platform.call(adapter.push(push, NOW), NOW))
        assert (answer.outcome, answer.change, answer.level) == ("applied", -4, 6)


def test_orders_changed_since_are_told_once_each_in_the_order_of_their_change() -> None:
    platform = shop(units=100)
    orders = [platform.buy([RING], NOW + number * SECOND) for number in range(5)]
    assert orders[0]
    platform.cancel(orders[0], NOW + 10 * SECOND)
    told, more = platform.changed_since(NOW + 2 * SECOND, 0, 3)
    assert [order.order for order in told] == [order.order for order in orders[2:5] if order]
    assert more
    told, more = platform.changed_since(NOW + 2 * SECOND, 3, 3)
    assert told == [orders[0]]
    assert not more


def test_the_platform_stamps_orders_with_its_own_clock() -> None:
    platform = shop()
    platform.skew = 90 * SECOND
    order = platform.buy([LAMP], NOW)
    assert order
    assert order.created_at == NOW + 90 * SECOND


def test_what_a_hand_lists_is_remembered() -> None:
    platform = shop()
    platform.list_by_hand("lamp", 3)
    assert platform.level("lamp") == 13
    assert platform.hand_listed == {"lamp": 3}
