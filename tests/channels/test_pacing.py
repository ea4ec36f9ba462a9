"""Limits that hold whatever is asked of them, pauses that grow, and a breaker that tries one call at a time."""

from collections.abc import Sequence
from random import Random

from hypothesis import given, strategies as st

from dashboard.channels.pacing import (
    FAILURES_MAX,
    PAUSE_SECONDS,
    PAUSE_SECONDS_MAX,
    RETRY_SECONDS,
    RETRY_SECONDS_MAX,
    SECOND,
    Breaker,
    Bucket,
    Window,
    retry_at,
)

MINUTE = 60 * SECOND
LAG_MAX = 3 * SECOND
gaps = st.lists(st.tuples(st.integers(0, 2 * SECOND), st.booleans()), max_size=400)


def most_in_a_minute(arrivals: Sequence[int]) -> int:
    """How many of some instants fall into one minute at most."""
    return max((sum(at - MINUTE < other <= at for other in arrivals) for at in arrivals), default=0)


@given(asked=gaps, limit=st.integers(1, 60), chance=st.randoms(use_true_random=False))
def test_no_sequence_of_calls_exceeds_a_platforms_limit(
    asked: list[tuple[int, bool]], limit: int, chance: Random
) -> None:
    """The platform counts arrivals, so each call may take up to three seconds longer than another."""
    window, now, arrivals = Window(limit), 0, []
    for gap, urgent in asked:
        now += gap
        if window.room(now, urgent):
            window.count(now)
            arrivals.append(now + chance.randrange(LAG_MAX))
    assert most_in_a_minute(arrivals) <= limit


@given(limit=st.integers(4, 200))
def test_half_of_a_limit_is_kept_for_what_is_urgent(limit: int) -> None:
    window = Window(limit)
    while window.room(0, urgent=False):
        window.count(0)
    calm = sum(1 for _ in iter(lambda: window.room(0) and (window.count(0) or True), False))
    assert calm >= window.most // 2
    assert not window.room(MINUTE)
    assert window.room(MINUTE + 3 * SECOND)


@given(gaps=st.lists(st.integers(0, 30 * SECOND), max_size=200), burst=st.integers(1, 20))
def test_a_bucket_lets_out_its_burst_and_then_as_fast_as_it_fills(gaps: list[int], burst: int) -> None:
    bucket, now, left = Bucket(0.1, burst, 0), 0, 0
    for gap in gaps:
        now += gap
        if bucket.tokens(now) >= 1:
            bucket.take(now)
            left += 1
    assert left <= burst + 0.1 * now / SECOND + 1e-6


def test_a_clock_that_steps_back_fills_no_bucket() -> None:
    bucket = Bucket(1.0, 5, 10 * SECOND)
    bucket.take(10 * SECOND)
    assert bucket.tokens(0) == 4
    assert bucket.tokens(10 * SECOND) == 4


def test_the_breaker_opens_after_failures_in_a_row_and_closes_with_one_success() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_MAX - 1):
        breaker.failed(0, "no answer")
    breaker.succeeded()
    for _ in range(FAILURES_MAX - 1):
        breaker.failed(0, "no answer")
    assert breaker.may_call(0)
    breaker.failed(0, "answers 503")
    assert breaker.is_open()
    assert breaker.why == "answers 503"
    assert not breaker.may_call(int(PAUSE_SECONDS * SECOND) - 1)
    breaker.succeeded()
    assert breaker.may_call(0)
    assert breaker.why == ""


def test_an_open_breaker_tries_one_call_and_doubles_its_pause_up_to_a_minute() -> None:
    breaker, now, pauses = Breaker(), 0, []
    for _ in range(FAILURES_MAX):
        breaker.failed(now, "no answer")
    for _ in range(8):
        pauses.append((breaker.open_until - now) / SECOND)
        now = breaker.open_until
        assert breaker.may_call(now)
        breaker.called()
        assert not breaker.may_call(now), "only one call is a trial"
        breaker.failed(now, "no answer")
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]
    assert pauses[-1] == PAUSE_SECONDS_MAX


@given(attempts=st.integers(0, 1000), seed=st.integers(0, 99))
def test_retries_wait_twice_as_long_each_time_but_do_not_march(attempts: int, seed: int) -> None:
    pause = min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** min(attempts, 10))
    when = retry_at(7, attempts, Random(seed)) - 7
    assert pause / 2 <= when / SECOND <= pause
    assert retry_at(7, attempts, Random(seed)) - 7 == when
