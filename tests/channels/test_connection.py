"""What one storefront's connection asks for, and when it may say that every order up to an instant is known."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, strategies as st

from dashboard.channels.adapter import OrderPage
from dashboard.channels.adapters import make
from dashboard.channels.connection import (
    CALLS_AT_ONCE,
    FETCH_WAIT,
    LIST_SECONDS,
    OVERLAP,
    TRIES_TOGETHER,
    Call,
    Connection,
    Purpose,
    quantile,
)
from dashboard.channels.pacing import FAILURES_MAX, SECOND
from dashboard.channels.sandbox.faults import PROFILES, Weather
from dashboard.channels.sandbox.market import Shop, platform_of

START = 1_770_000_000 * SECOND
DAY = 86_400 * SECOND
CHANCE = Random(7)


def connection(platform: str = "generic", **shop: Any) -> Connection:
    """A connection that knows nothing yet."""
    pretended = platform_of(Shop("shop", platform, **shop), ["lamp"], "USD", Weather(PROFILES["none"], Random(1)))
    return Connection(make(pretended.account, pretended.secrets), ["lamp"], START - DAY)


def listed_since(one: Connection, now: int) -> int | None:
    """Ask for a list; the time from which it asks (the pretended page is the connection's own memory)."""
    request = one.to_list(now)
    return None if request is None else one._since


def test_an_order_waits_a_moment_for_others_to_be_fetched_with_it() -> None:
    one = connection()
    one.announce("A", START)
    assert one.to_fetch(START, CHANCE) == ()
    one.announce("B", START + 1)
    assert one.to_fetch(START + FETCH_WAIT, CHANCE) == ("A", "B")
    assert one.to_fetch(START + FETCH_WAIT, CHANCE) == (), "they are on their way"


def test_a_full_batch_does_not_wait() -> None:
    one = connection()
    for number in range(one.capability.orders_per_fetch + 1):
        one.announce(f"{number}", START)
    assert len(one.to_fetch(START, CHANCE)) == one.capability.orders_per_fetch


def test_an_order_that_does_not_come_is_tried_again_later_and_at_last_alone() -> None:
    one = connection()
    now = START
    one.announce("poison", now)
    batches = []
    for number in range(TRIES_TOGETHER + 1):
        one.announce(f"good {number}", now)
        now += 60 * SECOND
        batches.append(one.to_fetch(now, CHANCE))
        one.arrived(f"good {number}")
        one.fetched(batches[-1])
        assert one.to_fetch(now + FETCH_WAIT, CHANCE) == (), "not at once"
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert batches[-1] == ("poison",)


def test_an_order_told_of_while_it_is_fetched_is_fetched_again() -> None:
    """The answer may have left before the cancellation that was told meanwhile."""
    one = connection()
    one.announce("A", START)
    assert one.to_fetch(START + FETCH_WAIT, CHANCE) == ("A",)
    one.announce("A", START + SECOND)
    one.arrived("A")
    one.fetched(("A",))
    assert one.to_fetch(START + SECOND, CHANCE) == ("A",)
    one.arrived("A")
    one.fetched(("A",))
    assert not one.pending


def test_a_list_is_complete_only_when_every_order_pending_then_has_arrived() -> None:
    one = connection()
    assert listed_since(one, START) is not None
    one.announce("A", START + 1)
    one.listed(OrderPage((), "", START + 2), CHANCE)
    one.announce("B", START + 3)
    assert one.complete() is None
    one.arrived("A")
    assert one.complete() == START, "B came after the list, it may wait"
    assert one.complete_until == START
    assert one.complete() is None, "it is said once"


def test_a_list_waits_for_an_order_whose_fetched_answer_is_stale() -> None:
    one = connection()
    one.announce("A", START)
    one.to_fetch(START + FETCH_WAIT, CHANCE)
    assert listed_since(one, START + FETCH_WAIT) is not None
    one.announce("A", START + SECOND)
    one.listed(OrderPage((), "", START + SECOND), CHANCE)
    one.arrived("A")
    one.fetched(("A",))
    assert one.complete() is None
    one.to_fetch(START + 2 * SECOND, CHANCE)
    one.arrived("A")
    assert one.complete() is not None


def test_pages_belong_to_the_list_that_began_with_the_first() -> None:
    one = connection()
    assert one.to_list(START) is not None
    assert one.to_list(START) is None, "one page at a time"
    one.listed(OrderPage((), "page 2", START + 5), CHANCE)
    assert one.complete() is None
    request = one.to_list(START + 20 * SECOND)
    assert request is not None
    assert "page" in request.path
    one.listed(OrderPage((), "", START + 20 * SECOND), CHANCE)
    assert one.complete() == START
    assert one._since == START + 5 - OVERLAP, "the cursor is the platform's clock at the first page, less an overlap"


def test_two_lists_never_step_the_cursor_back() -> None:
    one = connection()
    one.to_list(START)
    one.listed(OrderPage((), "", START + 100 * SECOND), CHANCE)
    first = one._since
    one.list_soon(START + 60 * SECOND)
    assert one.to_list(START + 60 * SECOND) is not None
    one.listed(OrderPage((), "", START + 50 * SECOND), CHANCE)
    assert one._since == first


@given(skew=st.integers(-4000, 4000), lag=st.integers(1, 900))
def test_a_wrong_clock_on_either_side_moves_no_cursor_past_an_order(skew: int, lag: int) -> None:
    """Without a stamp of the platform's the list's own beginning is used, moved by how far the clocks are apart."""
    one = connection("woocommerce")
    call = Call(1, "shop", "levels", one.adapter.ask_levels(["lamp"], START), START)
    answered = START + 2 * lag * 1000
    stamp = (START + lag * 1000 + skew * SECOND) // SECOND * SECOND
    one.clock_told(call, stamp, answered)
    assert abs(one.offset - skew * SECOND) <= max(2 * lag * 1000, SECOND)
    one.to_list(answered)
    one.listed(OrderPage((), "", None), CHANCE)
    assert one._since <= answered + skew * SECOND


def test_a_list_is_asked_for_every_few_seconds_and_sooner_when_something_waits() -> None:
    one = connection()
    one.to_list(START)
    one.listed(OrderPage((), "", START), CHANCE)
    assert one.to_list(START + SECOND) is None
    one.list_soon(START + SECOND)
    assert one.to_list(START + SECOND) is not None
    one.listed(OrderPage((), "", START + SECOND), CHANCE)
    assert one.to_list(START + SECOND + int(LIST_SECONDS * SECOND)) is not None


def test_a_list_that_failed_is_asked_for_again_though_few_lists_are_left() -> None:
    """A platform that takes a list a minute: somebody waits for this one, it may use what is kept for that."""
    one = connection("amazon")
    now = START
    while one.lists.tokens(now) >= 2:
        one.list_soon(now)
        assert one.to_list(now) is not None
        one.listed(OrderPage((), "", now), CHANCE)
        now += SECOND
    one.list_soon(now)
    assert one.to_list(now) is not None
    one.list_failed(now, CHANCE)
    now += int(SECOND * 61 / one.lists.per_second / 60)
    assert one.to_list(now) is not None


def test_no_more_than_a_few_calls_are_out_at_once() -> None:
    one = connection()
    request = one.adapter.ask_levels(["lamp"], START - DAY)
    for _ in range(CALLS_AT_ONCE):
        assert one.may_call("stock", START)
        one.called(request, START)
    assert not one.may_call("orders", START)
    one.answered(Call(1, "shop", "levels", request, START), START + SECOND)
    assert one.may_call("orders", START)


def test_nothing_is_asked_of_a_platform_that_is_gone() -> None:
    one = connection()
    one.announce("A", START)
    for _ in range(FAILURES_MAX):
        one.breaker.failed(START, "no answer")
    assert one.to_fetch(START + SECOND, CHANCE) == ()
    assert one.to_list(START + SECOND) is None


@pytest.mark.parametrize(
    ("platform", "purpose", "stock", "fetches", "lists"),
    [
        ("generic", "push", False, True, True),
        ("generic", "levels", False, True, True),
        ("generic", "orders", True, False, False),
        ("generic", "list", True, False, False),
        ("amazon", "list", True, True, False),
    ],
)
def test_a_lane_rests_for_as_long_as_the_platform_asks(
    platform: str, purpose: Purpose, stock: bool, fetches: bool, lists: bool
) -> None:
    """Amazon counts lists by themselves: minutes without one must not keep orders from being fetched."""
    one = connection(platform)
    one.throttled(purpose, 7.0, START, CHANCE)
    one.throttled(purpose, 2.0, START, CHANCE)
    later = START + 7 * SECOND
    for lane, free in (("stock", stock), ("orders", fetches)):
        assert one.may_call(lane, later - 1) is free  # type: ignore[arg-type]
        assert one.may_call(lane, later)  # type: ignore[arg-type]
    assert (one.to_list(later - 1) is not None) is lists
    if not lists:
        assert one.to_list(later) is not None
    assert not one.breaker.failures


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_a_pause_nobody_named_grows_until_a_call_is_taken(seconds: float | None) -> None:
    one, now, pauses = connection(), START, []
    for _ in range(5):
        for _ in range(3):  # they were out together
            one.throttled("levels", seconds, now, CHANCE)
        pauses.append(one.rests["stock"].until - now)
        now = one.rests["stock"].until
    assert pauses[0] < SECOND < pauses[-1] / 2
    one.taken("push")
    one.throttled("levels", seconds, now, CHANCE)
    assert one.rests["stock"].until - now < SECOND


def test_orders_of_a_call_too_many_are_not_taken_for_unreadable_ones() -> None:
    one, now = connection(), START
    one.announce("A", START)
    one.announce("B", START)
    for _ in range(2 * TRIES_TOGETHER):
        now += SECOND
        assert one.to_fetch(now, CHANCE) == ("A", "B"), "together, and as soon as the platform takes calls"
        one.put_back(("A", "B"))
        one.fetched(("A", "B"))


@given(skew=st.integers(-3600, 3600), delays=st.lists(st.integers(0, 5000), min_size=1, max_size=50))
def test_lateness_is_measured_on_the_platforms_clock_corrected(skew: int, delays: list[int]) -> None:
    one = connection()
    call = Call(1, "shop", "levels", one.adapter.ask_levels(["lamp"], START), START)
    one.clock_told(call, START + skew * SECOND, START)
    for delay in delays:
        one.told(START + skew * SECOND - delay * 1000, START)
    found = one.delay(0.5)
    assert found is not None
    assert abs(found - quantile([delay * 1000 for delay in delays], 0.5)) <= 2


@given(values=st.lists(st.integers(), min_size=1), share=st.floats(0, 1))
def test_a_quantile_is_one_of_the_values_and_not_exceeded_by_its_share(values: list[int], share: float) -> None:
    found = quantile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert quantile([], share) == 0
