"""Each of the rules that move, price, show and buy: silent when off, asks once when suggesting, acts once by itself."""

from collections.abc import Callable

import pytest

from dashboard.decision.parameters import RULES
from dashboard.rules.arbiter import decide
from tests.rules.frames import Row, calm, told
from tests.rules.frames_more import guest
from tests.rules.test_crossing import CASES
from tests.rules.test_moving_rules import batch, cold_snap, low, night, visited
from tests.rules.test_stage_rules import heavy, paced, scarce, staged
from tests.rules.test_trade_rules import closing, priced, shops

FIRING: dict[str, tuple[Callable[[], Row], Callable[[], Row]]] = {
    "restock_bonded": (lambda: low(31), low),
    "time_zone_lending": (lambda: night(us_pace=3.0), night),
    "regional_share": (lambda: cold_snap(busy=None), cold_snap),
    "batch_split": (lambda: batch(49), batch),
    "surprise_guest": (lambda: visited(guest(55, 60, units=50)), lambda: visited(guest(40, 60, units=50))),
    "channel_rebalance": (lambda: shops(1.2, 1.0), lambda: shops(9.0, 0.5)),
    "price_nudge": (lambda: priced(0.7, 0.7), priced),
    "clearance_bundle": (lambda: closing(80.0), closing),
    "switch_hero": (lambda: staged(30), staged),
    "overstock": (lambda: heavy(60.0), heavy),
    "replenish": (lambda: scarce(200, 150), scarce),
    "dynamic_safety": (lambda: paced(1.7), lambda: paced(3.4)),
}
"""Rule -> a frame just short of its trigger, and one beyond it."""
each_rule = pytest.mark.parametrize("rule", FIRING)


def tags(rule: str, level: str, frames: list[Row]) -> list[list[str]]:
    """What one rule says on one frame after the other, everything it says being taken in."""
    before, said = calm(), list[list[str]]()
    for step, frame in enumerate(frames):
        now = frame | {"seq": 500 + step}
        now |= {"alerts": before["alerts"], "proposals": before["proposals"]}
        commands = decide(now, {"all": "off", rule: level})
        before = told(now, commands)
        said.append([str(command.__struct_config__.tag) for command in commands])
    return said


def test_every_rule_is_tested_here_or_on_its_crossing() -> None:
    assert {rule.name for rule in RULES} == {*FIRING, *(case.rule for case in CASES)}


@each_rule
def test_it_speaks_on_crossing_once_and_not_while_the_level_stands(rule: str) -> None:
    short, beyond = FIRING[rule]
    said = tags(rule, "suggest", [short(), beyond(), beyond(), beyond()])
    assert said[0] == []
    assert set(said[1]) <= {"propose_action", "raise_alert"}
    assert said[1], "it crossed"
    assert said[2:] == [[], []], "the level stands"


@each_rule
def test_it_acts_once_by_itself(rule: str) -> None:
    short, beyond = FIRING[rule]
    said = tags(rule, "auto", [short(), beyond(), beyond()])
    assert said[0] == []
    assert said[1].count("approve_action") == said[1].count("propose_action")
    assert said[1]
    assert set(said[2]) <= {"withdraw_action"}, "a batch that was split is done with"


@each_rule
def test_it_is_silent_when_off(rule: str) -> None:
    short, beyond = FIRING[rule]
    assert tags(rule, "off", [short(), beyond(), beyond()]) == [[], [], []]
