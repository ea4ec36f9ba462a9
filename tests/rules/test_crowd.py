"""Ten thousand frames at random: no contradictory pair, nothing goes back, every floor stands."""

from collections import Counter

import pytest

from dashboard.decision import commands as c
from dashboard.decision.parameters import RULES
from dashboard.rules.arbiter import decide
from dashboard.rules.contradictions import Standing
from dashboard.rules.transfers import Transfers
from tests.rules.crowd import Judge, frames

FRAMES = 2_500
ONLY_ALERTS = {"watch", "overstock", "late_feed"}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_no_contradictory_pair_is_ever_commanded(seed: int) -> None:
    fired = Counter[str]()
    for number, frame in enumerate(frames(seed, FRAMES)):
        commands: list[c.Command] = []
        for command in decide(frame, {"all": "auto"}):
            if isinstance(command, c.ProposeAction):
                fired[command.rule] += 1
                commands += [c.decode(raw) for raw in command.commands]
                assert command.region not in {row["region"] for row in frame["suspended"]}
        wrong = Judge(frame, commands).contradictions() if commands else []
        assert not wrong, (number, wrong, commands)
    assert set(fired) == {rule.name for rule in RULES} - ONLY_ALERTS, fired


def test_the_judge_would_find_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an arbiter the same frames are full of what the judge looks for."""
    monkeypatch.setattr(Standing, "refuses", lambda *_: "")
    monkeypatch.setattr(Transfers, "refuses", lambda *_: "")
    found = Counter[str]()
    for frame in frames(5, 1_000):
        told = [command for command in decide(frame, {"all": "auto"}) if isinstance(command, c.ProposeAction)]
        found.update(Judge(frame, [c.decode(raw) for command in told for raw in command.commands]).contradictions())
    assert len(found) >= 8, found
