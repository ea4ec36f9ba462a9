"""Each rule fires on crossing its trigger once, not on the level, and wobbling between its two numbers says nothing."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from dashboard.decision import commands as c
from dashboard.rules.arbiter import decide
from dashboard.rules.registry import load
from tests.rules.frames import Row, at, balanced, calm, drifted, late, sku_row, told


class Case(NamedTuple):
    """A rule; the frames before its trigger, at it, between it and its clearing number, and beyond that; what it says."""

    rule: str
    before: Callable[[float], Row]
    crossed: Callable[[float], Row]
    between: Callable[[float], Row]
    cleared: Callable[[float], Row]
    said: str
    undone: str


def sold(left: int) -> Callable[[float], Row]:
    """The US with so many of 100 units left of each SKU, at a pace that needs more of them."""

    def frame(minute: float) -> Row:
        made = calm(minute)
        for sku in ("RING", "BAND"):
            sku_row(made, sku, "US", left=left, rate_per_minute=3.0)
        return made

    return frame


def spike(rate: float) -> Callable[[float], Row]:
    def frame(minute: float) -> Row:
        made = calm(minute)
        recent = round(rate) if rate >= 6 else 3
        sku_row(made, "BAND", "EU", rate_per_minute=rate, baseline_per_minute=2.0, spark=[2] * 17 + [recent] * 3)
        return made

    return frame


def leftover(units: int) -> Callable[[float], Row]:
    def frame(minute: float) -> Row:
        made = at(calm(), minute + 40)
        made["regions"][1]["projected_leftover"] = units
        for row in made["countdowns"]:
            row |= {"rate_per_minute": 0.1, "baseline_per_minute": 0.1}
        return balanced(made)

    return frame


def listed(units: int, free: int = 0) -> Callable[[float], Row]:
    """TikTok US lists so many units too many, with so many in the pool to back them."""
    return lambda minute: drifted(calm(minute), "US", "RING", units, pool_left=free)


PROPOSED, WITHDRAWN = "propose_action", "withdraw_action"
RAISED, RESOLVED = "raise_alert", "resolve_alert"
CASES = (
    Case("flexible_top_up", sold(16), sold(15), sold(18), sold(21), PROPOSED, WITHDRAWN),
    Case("purchase_limit", spike(5.9), spike(9.0), spike(4.0), spike(3.0), PROPOSED, WITHDRAWN),
    Case("slow_region", leftover(50), leftover(51), leftover(45), leftover(40), PROPOSED, WITHDRAWN),
    Case("watch", sold(21), sold(20), sold(24), sold(25), RAISED, RESOLVED),
    Case("late_feed", calm, lambda minute: late(calm(minute), "US"), lambda minute: late(calm(minute), "US"), calm,
         RAISED, RESOLVED),
    Case("drift", listed(4), listed(5), listed(3), listed(2), RAISED, RESOLVED),
)  # fmt: skip
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)


def play(case: Case, level: str, frames: list[Callable[[float], Row]], seconds: float = 5.0) -> list[list[str]]:
    """What the rule says on one frame after the other, everything it says being taken in."""
    before, result = calm(), list[list[str]]()
    for step, frame in enumerate(frames):
        now = frame(30 + step * seconds / 60) | {"seq": step}
        now |= {"alerts": before["alerts"], "proposals": before["proposals"]}
        commands = decide(now, {"all": "off", case.rule: level})
        before = told(now, commands)
        result.append([str(command.__struct_config__.tag) for command in commands])
    return result


@each_case
def test_a_rule_speaks_when_its_number_is_crossed_and_not_while_it_stands(case: Case) -> None:
    below, level = [case.before] * 2, [case.crossed] * 2
    wobble = [case.between, case.crossed] * 2
    said = play(case, "suggest", [*below, case.crossed, *level, *wobble, case.between, case.cleared, case.crossed])
    assert said == [[], [], [case.said], [], [], [], [], [], [], [], [case.undone], [case.said]]


@each_case
def test_a_rule_that_acts_by_itself_acts_once(case: Case) -> None:
    said = play(case, "auto", [case.before, case.crossed, case.crossed, case.between, case.crossed])
    does = [case.said, "approve_action"] if case.said == PROPOSED else [case.said]
    assert said == [[], does, [], [], []]


@each_case
def test_a_rule_that_is_off_is_silent(case: Case) -> None:
    assert play(case, "off", [case.before, case.crossed, case.between, case.cleared]) == [[], [], [], []]


@pytest.mark.parametrize("case", [case for case in CASES if case.said == PROPOSED], ids=lambda case: case.rule)
def test_after_its_cool_down_only_a_rule_that_may_act_again_does(case: Case) -> None:
    """Ten minutes on the level in steps of five seconds; then a rule whose acting changes the level may act again."""
    said = play(case, "auto", [case.crossed] * 122)
    times = [step for step, one in enumerate(said) if PROPOSED in one]
    loaded = load(case.rule)
    assert loaded is not None
    assert times == ([0, 120] if loaded.again == "after cool-down" else [0])


def test_a_drift_that_stands_is_backed_once() -> None:
    case = CASES[-1]
    said = play(case, "suggest", [listed(12, free=30)] * 6)
    assert said == [[RAISED], [], [PROPOSED], [], [], []]
    said = play(case, "auto", [listed(12, free=30)] * 6)
    assert said == [[RAISED], [], [PROPOSED, "approve_action"], [], [], []]


def test_a_limit_is_lifted_when_calm_and_the_wish_to_lift_goes_when_it_spikes_again() -> None:
    case = CASES[1]
    limited = {"limits": [{"sku": "BAND", "region": "EU", "units_per_order": 2, "since": "x"}]}

    def under_limit(rate: float) -> Callable[[float], Row]:
        return lambda minute: spike(rate)(minute) | limited

    said = play(case, "auto", [spike(9.0), *[under_limit(2.0)] * 121])
    assert [step for step, one in enumerate(said) if one] == [0, 120], "set, and lifted after the cool-down"
    frame = under_limit(2.0)(60)
    frame["proposals"] = told(spike(9.0)(40), decide(spike(9.0)(40), {"all": "auto"}))["proposals"]
    lifting = decide(frame | {"seq": 7})
    assert [type(command) for command in lifting] == [c.ProposeAction]
    after = told(frame | {"seq": 7}, lifting) | {"seq": 8}
    again = under_limit(9.0)(60.1) | {"seq": 8, "proposals": after["proposals"]}
    assert [type(command) for command in decide(again)] == [c.WithdrawAction]


def test_numbers_set_the_wrong_way_round_make_no_flicker() -> None:
    """A show may say that an alert is raised at 30 % and resolved at 25 %: it is raised once and resolved above 30 %."""
    case, numbers = CASES[3], {"watch_left_share": 0.30}
    before, said = calm(), list[str]()
    for step, left in enumerate((40, 28, 27, 29, 28, 31, 28)):
        now = sold(left)(30 + step) | {"alerts": before["alerts"], "parameters": numbers, "seq": step}
        commands = decide(now, {"all": "off", case.rule: "suggest"})
        said += [f"{left}:{command.__struct_config__.tag}" for command in commands]
        before = told(now, commands)
    assert said == ["28:raise_alert", "31:resolve_alert", "28:raise_alert"]
