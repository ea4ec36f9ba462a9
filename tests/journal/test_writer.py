"""The writer's thread by itself: who shares a turn with whom, and what everybody gets."""

from collections.abc import Sequence

import pytest

from dashboard.journal.writer import Writer


class Turns:
    """Answers with what it was asked, and remembers each turn."""

    def __init__(self) -> None:
        self.turns: list[tuple[list[str], int | None]] = []

    def answer(self, asks: Sequence[str], now: int | None) -> list[str]:
        self.turns.append((list(asks), now))
        if "bug" in asks:
            raise ZeroDivisionError("a bug")
        return [ask.upper() for ask in asks]

    def refuse(self, asks: Sequence[str]) -> list[str]:
        return ["closed"] * len(asks)


@pytest.fixture
def turns() -> Turns:
    return Turns()


def writer(turns: Turns, asks_max: int = 100) -> Writer[str, str]:
    return Writer(turns.answer, turns.refuse, lambda: 7, asks_max)


def test_what_waits_on_the_clock_shares_a_turn(turns: Turns) -> None:
    one = writer(turns)
    futures = [one.hand_in(asks, None, on_clock=True) for asks in (["a", "b"], [], ["c"])]
    one.start()
    assert [future.result(5) for future in futures] == [["A", "B"], [], ["C"]]
    assert turns.turns == [(["a", "b", "c"], 7)]
    one.stop()


def test_what_has_its_own_time_has_a_turn_of_its_own_and_keeps_its_place(turns: Turns) -> None:
    one = writer(turns)
    waiting = [("a", None, True), ("b", 3, False), ("c", None, False), ("d", None, True), ("e", None, True)]
    futures = [one.hand_in([ask], now, on_clock) for ask, now, on_clock in waiting]
    one.start()
    assert [future.result(5) for future in futures] == [["A"], ["B"], ["C"], ["D"], ["E"]]
    assert turns.turns == [(["a"], 7), (["b"], 3), (["c"], None), (["d", "e"], 7)]
    one.stop()


def test_a_turn_is_full_at_some_point(turns: Turns) -> None:
    one = writer(turns, asks_max=3)
    futures = [one.hand_in(["x", "y"], None, on_clock=True) for _ in range(3)]
    one.start()
    assert [future.result(5) for future in futures] == [["X", "Y"]] * 3
    assert [len(asks) for asks, _ in turns.turns] == [4, 2]
    one.stop()


def test_a_bug_is_told_to_those_who_shared_its_turn_and_the_next_are_served(turns: Turns) -> None:
    one = writer(turns)
    futures = [one.hand_in([ask], None, on_clock=True) for ask in ("a", "bug")]
    one.start()
    for future in futures:
        with pytest.raises(ZeroDivisionError):
            future.result(5)
    assert one.hand_in(["b"], None, on_clock=True).result(5) == ["B"]
    one.stop()


def test_those_who_gave_up_are_passed_over_even_when_nobody_is_left(turns: Turns) -> None:
    one = writer(turns)
    gone = [one.hand_in([ask], None, on_clock=True) for ask in ("a", "b")]
    assert all(future.cancel() for future in gone)
    one.start()
    assert one.hand_in(["c"], None, on_clock=True).result(5) == ["C"]
    assert turns.turns == [(["c"], 7)]
    one.stop()


def test_after_the_stop_everybody_is_refused_and_nobody_waits(turns: Turns) -> None:
    one = writer(turns)
    before = one.hand_in(["a"], None, on_clock=True)
    gone = one.hand_in(["b"], None, on_clock=True)
    gone.cancel()
    assert not one.alive()
    one.stop()
    assert before.result(0) == ["closed"]
    assert one.hand_in(["c", "d"], None, on_clock=True).result(0) == ["closed", "closed"]
    assert turns.turns == []


def test_what_waits_at_the_stop_is_served_first(turns: Turns) -> None:
    one = writer(turns)
    futures = [one.hand_in([ask], None, on_clock=True) for ask in "abc"]
    one.start()
    one.stop()
    assert [future.result(0) for future in futures] == [["A"], ["B"], ["C"]]
    assert not one.alive()
