"""Said once: alerts and proposals are raised on crossing, held while they stand, and taken back when their cause goes."""

import pytest

from dashboard.decision import commands as c
from dashboard.decision.parameters import defaults
from dashboard.rules.arbiter import decide
from dashboard.rules.latches import Latches, written
from tests.rules.frames import Row, alert, at, balanced, calm, late, proposal, sku_row, told

NUMBERS = defaults()


def low(left: int, minute: float = 30.0) -> Row:
    """A frame in which the US has so many of 200 units left and sells too slowly to be topped up."""
    frame = calm(minute)
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=left // 2, rate_per_minute=0.02)
    return frame


def tags(frame: Row, **levels: str) -> list[str]:
    """What is commanded on a frame, by type."""
    return [str(command.__struct_config__.tag) for command in decide(frame, levels)]


def test_an_alert_is_raised_on_crossing_told_once_and_resolved_beyond_the_second_number() -> None:
    """Left of 200: 60 % .. 20 % raises, wobbling between 20 % and 25 % says nothing, 25 % resolves, 20 % raises again."""
    frame = calm()
    tape = [
        (120, 0),
        (42, 0),
        (40, 1),
        (38, 0),
        (44, 0),
        (40, 0),
        (48, 0),
        (39, 0),
        (50, -1),
        (44, 0),
        (52, 0),
        (40, 1),
    ]
    for number, (left, expected) in enumerate(tape):
        now = low(left, 30 + number) | {"alerts": frame["alerts"], "proposals": frame["proposals"], "seq": number}
        commands = decide(now)
        said = [type(command) for command in commands]
        assert said == {0: [], 1: [c.RaiseAlert], -1: [c.ResolveAlert]}[expected], (number, left)
        frame = told(now, commands)


@pytest.mark.parametrize(
    ("state", "severity", "left", "expected"),
    [
        ("open", "warning", 30, []),
        ("acknowledged", "warning", 30, []),
        ("expired", "warning", 30, []),
        ("resolved", "warning", 30, ["raise_alert"]),
        ("open", "warning", 0, ["raise_alert", "resolve_alert"]),
        ("acknowledged", "warning", 0, ["raise_alert", "resolve_alert"]),
        ("expired", "warning", 0, ["raise_alert", "resolve_alert"]),
        ("acknowledged", "critical", 0, []),
        ("acknowledged", "critical", 30, []),
        ("acknowledged", "warning", 120, ["resolve_alert"]),
        ("expired", "warning", 120, ["resolve_alert"]),
        ("resolved", "warning", 120, []),
    ],
)
def test_an_alert_never_nags_but_once_more_when_it_gets_worse(
    state: str, severity: str, left: int, expected: list[str]
) -> None:
    frame = low(left)
    for row in frame["countdowns"]:
        row["baseline_per_minute"] = 0.0
    balanced(frame)
    frame["alerts"] = [alert("watch:US:1", "watch", "", "US", state, 10, severity=severity)]
    assert tags(frame) == expected


def test_what_gets_worse_and_is_told_again_stays_told() -> None:
    frame = low(0)
    for row in frame["countdowns"]:
        row["baseline_per_minute"] = 0.0
    balanced(frame)
    frame["alerts"] = [alert("watch:US:1", "watch", "", "US", "acknowledged", 10)]
    after = told(frame, decide(frame))
    assert {row["alert"]: row["state"] for row in after["alerts"]} == {
        "watch:US:1": "resolved", "watch:US:500": "open",
    }  # fmt: skip
    assert decide(after | {"seq": 501}) == []


def spike(rate: float, minute: float = 30.0) -> Row:
    """A frame in which one SKU sells at a pace that was 2.0 per minute before."""
    frame = calm(minute)
    sku_row(frame, "BAND", "EU", rate_per_minute=rate, baseline_per_minute=2.0, spark=[2] * 17 + [round(rate)] * 3)
    return frame


@pytest.mark.parametrize(
    ("rate", "expected"), [(9.0, []), (4.0, []), (3.1, []), (3.0, ["withdraw_action"]), (0.5, ["withdraw_action"])]
)
@pytest.mark.parametrize("state", ["open", "dismissed", "expired"])
def test_an_unanswered_or_refused_proposal_is_withdrawn_when_its_cause_goes(
    rate: float, state: str, expected: list[str]
) -> None:
    """A spike is three times the usual pace and over at one and a half times: between the two nothing happens."""
    frame = spike(rate) | {"proposals": [proposal("purchase_limit", "BAND", "EU", state, 20)]}
    assert tags(frame) == expected
    frame["proposals"][0]["cleared"] = True
    assert "withdraw_action" not in tags(frame)


def test_a_spike_wobbling_between_its_two_numbers_is_one_proposal() -> None:
    frame = calm()
    said: list[str] = []
    for number, rate in enumerate((9.0, 5.0, 7.0, 4.0, 9.0, 3.2, 8.0, 2.0, 3.5, 5.9, 9.0)):
        now = spike(rate, 30 + number / 2) | {"proposals": frame["proposals"], "seq": number}
        commands = decide(now)
        said += [f"{number}:{command.__struct_config__.tag}" for command in commands]
        frame = told(now, commands)
    assert said == ["0:propose_action", "7:withdraw_action", "10:propose_action"]


def test_a_thing_that_is_looked_at_no_more_is_taken_back() -> None:
    frame = calm() | {
        "alerts": [alert("drift:US:RING:tiktok-us:7", "drift", "RING", "US", "open", 29)],
        "proposals": [proposal("drift", "RING", "US", "open", 29, proposal="drift:US:RING:tiktok-us:8")],
    }
    assert tags(frame) == ["resolve_alert", "withdraw_action"]


@pytest.mark.parametrize("level", ["off", "suggest", "auto"])
def test_what_was_said_is_taken_back_at_every_level(level: str) -> None:
    frame = calm() | {"alerts": [alert("watch:US:7", "watch", "", "US", "acknowledged", 29)]}
    assert tags(frame, all=level) == ["resolve_alert"]


def test_nothing_is_taken_back_since_a_feed_is_late_but_by_what_is_seen_there() -> None:
    frame = late(low(30), "US")
    frame["alerts"] = [
        alert("watch:US:7", "watch", "", "US", "open", 20), alert("late_feed:US:tiktok-us:8", "late_feed", "", "US", "open", 29),
    ]  # fmt: skip
    assert tags(frame) == []
    calmer = late(calm(), "US") | {"alerts": frame["alerts"]}
    assert tags(calmer) == ["resolve_alert"]


def test_an_approved_proposal_of_a_rule_that_says_a_thing_once_is_cleared_and_no_other() -> None:
    """slow_region says it once: its proposal is cleared with its cause. A limit that was set stays approved."""
    frame = at(calm(), 80)
    frame["proposals"] = [
        proposal("slow_region", "", "EU", "approved", 60),
        proposal("purchase_limit", "BAND", "EU", "approved", 60),
    ]
    assert [command.id for command in decide(frame)] == ["slow_region:EU:500:withdraw:slow_region:EU:60"]


def test_a_rule_that_says_a_thing_once_is_silent_after_its_cool_down_until_its_cause_has_gone() -> None:
    frame = at(calm(), 80)
    frame["regions"][1]["projected_leftover"] = 60
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "EU", rate_per_minute=0.1)
    frame["proposals"] = [proposal("slow_region", "", "EU", "approved", 60)]
    assert tags(frame) == []
    frame["proposals"][0]["cleared"] = True
    assert tags(frame) == ["propose_action"]
    frame["proposals"][0] |= {"decided_at": frame["at"]}
    assert tags(frame) == [], "not within its cool-down either"


def test_only_the_newest_proposal_about_a_thing_counts() -> None:
    frame = at(spike(9.0), 70)
    frame["proposals"] = [
        proposal("purchase_limit", "BAND", "EU", "withdrawn", 60), proposal("purchase_limit", "BAND", "EU", "dismissed", 40),
    ]  # fmt: skip
    assert tags(frame) == ["propose_action"]
    frame["proposals"].reverse()
    assert tags(frame) == ["propose_action"]


def test_a_channel_stands_only_in_the_name() -> None:
    key = ("drift", "US", "RING", "tiktok-us")
    assert written(key) == "drift:US:RING:tiktok-us"
    frame = calm() | {"alerts": [alert(f"{written(key)}:7", "drift", "RING", "US", "open", 29)]}
    assert Latches(frame, NUMBERS).said("drift") == {key}
