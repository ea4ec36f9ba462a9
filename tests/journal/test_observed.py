"""What was observed: the newest of each kind, nothing twice, and nothing that changes what a tick has shown."""

import pytest

from dashboard.journal.observed import Observed, Seen
from dashboard.journal.store import Observation

SHOW = "night"


class Empty:
    """A journal in which nothing was observed."""

    def seen(self, show: str, seq: int, at: int | None = None) -> Seen:
        return {}


@pytest.fixture
def observed() -> Observed:
    return Observed(Empty())


def viewers(time: int, value: int, seq: int = 5) -> Observation:
    return Observation(SHOW, time, seq, "viewers", "tiktok-us", "", value, "")


def count(observed: Observed, at: int) -> int | None:
    found = observed.at(SHOW, at, 5).get(("viewers", "tiktok-us", ""))
    return found[1] if found else None


def test_what_comes_after_a_tick_counts_from_just_after_it(observed: Observed) -> None:
    observed.note(viewers(90, 1_000), last=80)
    observed.shown(SHOW, 100)
    observed.note(viewers(95, 2_000), last=80)
    assert [count(observed, at) for at in (89, 90, 100, 101)] == [None, 1_000, 1_000, 2_000]
    assert [(row.time, row.after_seq) for row in observed.waiting] == [(90, 5), (101, 5)]


def test_a_history_keeps_its_own_times(observed: Observed) -> None:
    noted = observed.note(viewers(10, 7), last=80)
    assert noted is not None
    assert (noted.time, noted.after_seq) == (10, 0)
    assert (count(observed, 9), count(observed, 10)) == (None, 7)


def test_what_says_the_same_is_not_noted_and_what_is_older_is_not_the_newest(observed: Observed) -> None:
    assert observed.note(viewers(90, 1_000), last=80) is not None
    assert observed.note(viewers(91, 1_000), last=80) is None
    assert len(observed.waiting) == 1
    assert observed.note(viewers(85, 500), last=80) is None
    assert [count(observed, at) for at in (85, 89, 90, 99)] == [500, 500, 1_000, 1_000]


def test_of_one_instant_the_last_word_counts(observed: Observed) -> None:
    observed.note(viewers(90, 1), last=80)
    observed.note(viewers(90, 2), last=80)
    observed.note(viewers(200, 3), last=80)
    assert count(observed, 90) == 2


def test_only_what_was_written_waits_no_longer(observed: Observed) -> None:
    for value in (1, 2, 3):
        observed.note(viewers(90 + value, value), last=80)
    observed.written(2)
    assert [row.value for row in observed.waiting] == [3]
    observed.load({SHOW: 5})
    assert observed.newest[SHOW]["viewers", "tiktok-us", ""] == (93, 3, "")
