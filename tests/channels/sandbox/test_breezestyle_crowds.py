"""BreezeStyle with six other crowds: the beats move, what must hold holds."""

from functools import cache
from typing import Any

import msgspec
import pytest

from dashboard.channels.sandbox.play import play
from tests.channels.sandbox.rooms import breezestyle, room

Row = dict[str, Any]
SEEDS = range(100, 106)
COARSE = msgspec.structs.replace(breezestyle(), step_seconds=60.0, lists_per_minute=2.0)
"""The show in long steps, its platforms at one instant a second and their orders listed twice a minute."""


@cache
def crowd(seed: int) -> tuple[Row, Row]:
    """One crowd's show: result and last frame."""
    show_room = room()
    outcome = play(COARSE, seed, show_room, "auto")
    return outcome, show_room.frame(COARSE.name)


def first(seed: int, rule: str) -> str:
    """When a rule spoke first; empty if it never did."""
    return next((beat["t_plus"] for beat in crowd(seed)[0]["beats"] if beat["rule"] == rule), "")


def minutes(t_plus: str) -> int:
    """A beat's whole minutes since the start."""
    return int(t_plus.removeprefix("T+").partition(":")[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_another_crowd_breaks_nothing(seed: int) -> None:
    outcome, frame = crowd(seed)
    assert (outcome["oversold"], outcome["cancelled"]) == (0, 0)
    assert outcome["sold"] + outcome["leftover"] == 3000
    assert outcome["leftover"] >= 50, "ten units of each SKU stay in the flexible pool"
    assert all(pool["left"] >= 10 for pool in frame["pools"] if pool["pool"] == "flexible")
    assert not any(beat["rule"] == "uncovered" for beat in outcome["beats"])
    limited = first(seed, "purchase_limit")
    assert not limited or minutes(first(seed, "flexible_top_up")) < minutes(limited)


@pytest.mark.parametrize(("rule", "crowds"), [("flexible_top_up", 6), ("purchase_limit", 5), ("slow_region", 4)])
def test_the_beats_move_with_the_crowd(rule: str, crowds: int) -> None:
    """South-East Asia is not slow with every crowd: some buy there in time."""
    times = [first(seed, rule) for seed in SEEDS if first(seed, rule)]
    assert len(times) >= crowds
    assert len(set(times)) > 1
