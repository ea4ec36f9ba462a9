"""One listing and what each kind of answer means for each way to write its counter."""

from typing import Any

import pytest

from dashboard.channels.adapter import Push, Pushed, PushKind
from dashboard.channels.exposure import Listing, Outcome

LIFETIME = 30
NOW = 1_000
APPLIED, MISMATCH, THROTTLED, REFUSED, UNKNOWN = (
    Pushed(outcome) for outcome in ("applied", "mismatch", "throttled", "refused", "unknown")
)
AGAIN, NOTHING = Outcome(again=True), Outcome()


def listing(kind: PushKind, level: int | None = 10, offered: int = 10) -> Listing:
    """A listing whose counter was last seen at some level."""
    return Listing("lamp", kind, level, offered if kind == "raise_only" else 0)


def changing(kind: PushKind, units: int, unsure: bool = False, to: int = 7, ceiling: int = 100) -> Listing:
    """A listing whose push is on its way; `unsure` after one that nobody answered."""
    one = listing(kind)
    one.begin(units, "key", to)
    assert one.next_push(ceiling) is not None
    assert one.change is not None
    one.change.unsure = unsure
    return one


MEANINGS: list[tuple[PushKind, int, bool, Pushed, Outcome, str]] = [
    # kind, units, after one without an answer, answer -> what goes back or is sent again, state of the listing
    ("delta", 5, False, Pushed("applied", 5, 15), NOTHING, "idle"),
    ("delta", -5, False, Pushed("applied", -5, 5), Outcome(5), "idle"),
    ("delta", -5, False, Pushed("applied", -3, 0), Outcome(3), "idle"),
    ("delta", -5, False, Pushed("applied", 0, 0), NOTHING, "idle"),
    ("delta", -5, False, Pushed("applied", -9, 0), Outcome(5), "idle"),
    ("delta", -5, False, APPLIED, NOTHING, "unsettled"),
    ("delta", 5, False, THROTTLED, AGAIN, "under way"),
    ("delta", 5, False, REFUSED, Outcome(5), "idle"),
    ("delta", -5, False, REFUSED, NOTHING, "idle"),
    ("delta", 5, False, UNKNOWN, AGAIN, "under way"),
    ("delta", 5, True, UNKNOWN, AGAIN, "under way"),
    ("delta", 5, True, Pushed("applied", 5, 15), NOTHING, "idle"),
    ("delta", -5, True, Pushed("applied", -5, 5), Outcome(5), "idle"),
    ("delta", 5, True, REFUSED, NOTHING, "in doubt"),
    ("delta", -5, True, REFUSED, NOTHING, "in doubt"),
    ("compare_and_set", 5, False, APPLIED, NOTHING, "idle"),
    ("compare_and_set", -5, False, APPLIED, Outcome(5), "idle"),
    ("compare_and_set", -15, False, APPLIED, Outcome(10), "idle"),
    ("compare_and_set", 5, False, Pushed("mismatch", None, 8), AGAIN, "under way"),
    ("compare_and_set", 5, False, MISMATCH, AGAIN, "under way"),
    ("compare_and_set", 5, False, THROTTLED, AGAIN, "under way"),
    ("compare_and_set", 5, False, REFUSED, Outcome(5), "idle"),
    ("compare_and_set", -5, False, REFUSED, NOTHING, "idle"),
    ("compare_and_set", 5, False, UNKNOWN, NOTHING, "in doubt"),
    ("compare_and_set", -5, False, UNKNOWN, NOTHING, "in doubt"),
    ("absolute", 5, False, APPLIED, NOTHING, "unsettled"),
    ("absolute", -5, False, APPLIED, NOTHING, "unsettled"),
    ("absolute", 5, False, THROTTLED, AGAIN, "under way"),
    ("absolute", 5, False, REFUSED, Outcome(5), "idle"),
    ("absolute", -5, False, REFUSED, NOTHING, "idle"),
    ("absolute", 5, False, UNKNOWN, NOTHING, "in doubt"),
    ("raise_only", 5, False, APPLIED, NOTHING, "idle"),
    ("raise_only", 5, False, THROTTLED, AGAIN, "under way"),
    ("raise_only", 5, False, REFUSED, Outcome(5), "idle"),
    ("raise_only", 5, False, UNKNOWN, AGAIN, "under way"),
    ("raise_only", 5, True, REFUSED, NOTHING, "in doubt"),
]


@pytest.mark.parametrize(("kind", "units", "unsure", "answer", "outcome", "state"), MEANINGS)
def test_every_answer_has_one_meaning(
    kind: PushKind, units: int, unsure: bool, answer: Pushed, outcome: Outcome, state: str
) -> None:
    one = changing(kind, units, unsure)
    assert one.answered(answer, NOW, LIFETIME) == outcome
    found = (
        "under way"
        if one.change
        else "in doubt"
        if one.doubtful_until == NOW + LIFETIME and one.unsettled
        else "unsettled"
        if one.unsettled
        else "idle"
    )
    assert found == state
    assert one.idle() == (state == "idle" or (state == "unsettled" and kind != "absolute"))


def test_a_change_that_nobody_backed_gives_nothing_back() -> None:
    one = listing("delta")
    one.begin(-4, "key", backed=False)
    one.next_push(0)
    assert one.answered(Pushed("applied", -4, 6), NOW, LIFETIME) == NOTHING


@pytest.mark.parametrize(
    ("kind", "units", "pushed"),
    [
        ("delta", 5, Push("lamp", "delta", 5, "key")),
        ("delta", -5, Push("lamp", "delta", -5, "key")),
        ("compare_and_set", 5, Push("lamp", "compare_and_set", 15, "key", 10)),
        ("compare_and_set", -15, Push("lamp", "compare_and_set", 0, "key", 10)),
        ("absolute", 5, Push("lamp", "absolute", 7, "key")),
        ("raise_only", 5, Push("lamp", "raise_only", 15, "key")),
    ],
)
def test_a_change_is_written_as_its_platform_takes_it(kind: PushKind, units: int, pushed: Push) -> None:
    one = changing(kind, units)
    assert one.next_push(100) == pushed
    assert one.next_push(0) == pushed, "what was sent once is repeated word for word"


def test_a_mismatch_without_a_level_has_the_counter_read_first() -> None:
    one = changing("compare_and_set", 5)
    one.answered(MISMATCH, NOW, LIFETIME)
    assert one.next_push(100) is None
    one.ask(NOW)
    one.read(3, NOW)
    assert one.reading is None, "nothing is settled by a reading while a change is under way"
    assert one.next_push(100) == Push("lamp", "compare_and_set", 8, "key", 3)


@pytest.mark.parametrize(("to", "ceiling", "quantity"), [(7, 100, 7), (7, 5, 5), (7, 0, 0), (7, -3, 0), (0, 9, 0)])
def test_an_absolute_counter_is_never_set_above_what_may_be_listed(to: int, ceiling: int, quantity: int) -> None:
    one = listing("absolute")
    one.begin(3, "key", to)
    push = one.next_push(ceiling)
    assert push is not None
    assert push.quantity == quantity


def test_an_absolute_push_that_was_throttled_is_worked_out_anew() -> None:
    one = changing("absolute", 5, ceiling=7)
    one.answered(THROTTLED, NOW, LIFETIME)
    push = one.next_push(2)
    assert push is not None
    assert push.quantity == 2


def test_a_campaign_is_raised_by_its_total_and_never_lowered() -> None:
    one = changing("raise_only", 5)
    one.answered(APPLIED, NOW, LIFETIME)
    one.begin(2, "key 2")
    push = one.next_push(0)
    assert push is not None
    assert push.quantity == 17
    assert not one.can_lower()
    one.answered(APPLIED, NOW, LIFETIME)
    with pytest.raises(AssertionError):
        one.begin(-1, "key 3")


@pytest.mark.parametrize(("told", "next_total"), [(10, 13), (15, 18), (None, 13)])
def test_units_a_campaign_never_got_are_not_brought_along_by_the_next_raise(told: int | None, next_total: int) -> None:
    """5 were asked for without an answer, then refused; settling gives back what is not listed, and the total follows."""
    one = changing("raise_only", 5, unsure=True)
    one.answered(REFUSED, NOW, LIFETIME)
    one.ask(NOW + LIFETIME)
    one.read(15 if told == 15 else 10, NOW + LIFETIME, told)
    assert one.settle(15, 0) == (0 if told == 15 else 5, 0)
    one.begin(3, "key 2")
    push = one.next_push(0)
    assert push is not None
    assert push.quantity == next_total


SETTLED: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("all that is claimed is listed", {"claim": 10, "level": 10}, (0, 0)),
    ("four units are listed nowhere", {"claim": 10, "level": 6}, (4, 0)),
    ("as many as must be kept as cover", {"claim": 10, "level": 6, "keep": 4}, (0, 0)),
    ("two more than must be kept as cover", {"claim": 10, "level": 6, "keep": 2}, (2, 0)),
    ("three were listed by hand", {"claim": 10, "level": 13}, (0, 3)),
    ("three more, which orders seen meanwhile explain", {"claim": 10, "level": 13, "sold": 3}, (0, 0)),
    ("orders seen meanwhile hide nothing that is stranded", {"claim": 7, "level": 6, "sold": 3}, (1, 0)),
]


@pytest.mark.parametrize(("case", "known", "found"), SETTLED, ids=[case for case, _, _ in SETTLED])
def test_settling_tells_stranded_units_from_those_listed_by_hand(
    case: str, known: dict[str, Any], found: tuple[int, int]
) -> None:
    one = listing("delta")
    one.unsettled, one.doubtful_until = True, NOW
    one.ask(NOW)
    one.sold(known.get("sold", 0))
    one.read(known["level"], NOW)
    assert one.settle(known["claim"], known.get("keep", 0)) == found
    assert one.idle()
    assert not one.unsettled


def test_a_cancellation_spoils_a_reading() -> None:
    one = listing("delta")
    one.ask(NOW)
    one.read(10, NOW)
    one.restocked()
    assert one.reading is None


def test_nothing_is_settled_while_a_change_is_under_way_or_may_still_arrive() -> None:
    one = changing("compare_and_set", 5)
    assert not one.may_settle(NOW)
    one.answered(UNKNOWN, NOW, LIFETIME)
    assert not one.may_settle(NOW + LIFETIME - 1)
    assert one.may_settle(NOW + LIFETIME)
    assert not one.idle(), "no other push may overtake the lost one"


def test_a_new_change_throws_away_a_reading() -> None:
    one = listing("delta")
    one.ask(NOW)
    one.read(4, NOW)
    one.begin(-2, "key")
    assert one.reading is None
