"""The arbiter: who may speak, how often, and what becomes of it."""

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from dashboard.decision import commands as c
from dashboard.decision.parameters import RULES, Rule
from dashboard.rules import arbiter, registry
from dashboard.rules.arbiter import decide, level_of, propose
from dashboard.rules.conditions import Candidate
from dashboard.rules.registry import Loaded, load
from tests.rules.frames import Row, alert, at, calm, drifted, late, micros, proposal, sku_row, told
from tests.rules.pretend import action, pretend

RULES_FOLDER = Path(arbiter.__file__).parent


def hot() -> Row:
    """A frame on which flexible_top_up wants to act and watch to warn, both about the US."""
    frame = calm()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=12, rate_per_minute=3.0)
    return frame


def kinds(frame: Row, **levels: str) -> list[str]:
    return [str(command.__struct_config__.tag) for command in decide(frame, levels)]


def test_the_level_decides_between_silence_proposal_and_act() -> None:
    assert kinds(hot(), all="off") == []
    assert kinds(hot(), all="suggest") == ["propose_action", "raise_alert"]
    assert kinds(hot(), all="auto") == ["propose_action", "approve_action", "raise_alert"]
    assert kinds(hot()) == ["propose_action", "raise_alert"], "suggest unless somebody says otherwise"


def test_the_show_outranks_the_room_and_one_rule_outranks_all() -> None:
    assert level_of("watch", {}, {}) == "suggest"
    assert level_of("watch", {}, {"all": "auto"}) == "auto"
    assert level_of("watch", {}, {"all": "auto", "watch": "off"}) == "off"
    assert level_of("watch", {"all": "suggest"}, {"watch": "off"}) == "suggest"
    frame = hot()
    frame["autonomy"] = {"all": "auto", "flexible_top_up": "off"}
    assert kinds(frame, flexible_top_up="auto") == ["raise_alert"]


@pytest.mark.parametrize("status", ["announced", "closed"])
def test_nothing_is_decided_before_and_after_the_show(status: str) -> None:
    assert decide({**hot(), "status": status}, {"all": "auto"}) == []


def test_a_proposal_carries_commands_the_room_can_read_and_says_why() -> None:
    proposed, approved, alert = decide(hot(), {"all": "auto"})
    assert isinstance(proposed, c.ProposeAction)
    inner = [c.decode(raw) for raw in proposed.commands]
    assert all(isinstance(command, c.Reallocate) and command.show == "night" for command in inner)
    assert len({command.id for command in (*inner, proposed, approved, alert)}) == len(inner) + 3
    assert proposed.actor == "rule:flexible_top_up"
    assert "88.0%" in proposed.why
    assert proposed.decide_by == micros(30 + 24 / 6)
    assert isinstance(approved, c.ApproveAction)
    assert approved.proposal == proposed.proposal
    assert isinstance(alert, c.RaiseAlert)


def test_a_moment_to_decide_lies_never_after_the_close() -> None:
    frame = at(hot(), 119)
    sku_row(frame, "RING", "US", rate_per_minute=30.0)
    proposed = decide(frame)[0]
    assert isinstance(proposed, c.ProposeAction)
    assert proposed.decide_by is not None
    assert proposed.decide_by <= micros(120)


def test_the_same_frame_gives_the_same_bytes_and_is_not_touched() -> None:
    frame = hot()
    before = copy.deepcopy(frame)
    first, second = decide(frame, {"all": "auto"}), decide(frame, {"all": "auto"})
    assert msgspec.json.encode(first) == msgspec.json.encode(second)
    assert frame == before


@pytest.mark.parametrize(
    ("state", "minutes_ago", "cleared", "speaks"),
    [
        ("open", 1, False, False), ("open", 50, False, False),
        ("approved", 9, False, False), ("approved", 9, True, False), ("approved", 11, False, True),
        ("dismissed", 11, True, False), ("dismissed", 59, True, False), ("dismissed", 61, True, True),
        ("dismissed", 61, False, False),
        ("expired", 24, False, False), ("expired", 60, False, False), ("expired", 16, True, True),
        ("withdrawn", 1, True, True),
    ],
)  # fmt: skip
def test_a_rule_that_may_act_again_after_its_cool_down_fires_on_crossing_and_not_on_level(
    state: str, minutes_ago: float, cleared: bool, speaks: bool
) -> None:
    frame = at(hot(), 70)
    frame["proposals"] = [proposal("flexible_top_up", "", "US", state, 70 - minutes_ago, cleared=cleared)]
    assert ("propose_action" in kinds(frame)) is speaks


def test_another_region_or_another_rule_does_not_hold_back() -> None:
    frame = hot()
    frame["proposals"] = [
        proposal("flexible_top_up", "", "EU", "open", 29),
        proposal("slow_region", "", "US", "open", 29),
    ]
    assert "propose_action" in kinds(frame)


def test_numbers_come_from_the_caller_else_from_the_show_else_from_the_table() -> None:
    numbers = {"top_up_sold_share": 0.95, "watch_left_share": 0.05}
    assert decide(hot(), parameters=numbers) == []
    assert decide(hot() | {"parameters": numbers}) == []
    assert len(decide(hot() | {"parameters": numbers}, parameters={"watch_left_share": 0.2})) == 1


def both_hot() -> Row:
    """A frame on which both regions want what the flexible pool cannot give to both."""
    frame = hot()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "EU", left=14, rate_per_minute=3.0)
    return frame


def about(commands: list[c.Command], region: str) -> list[str]:
    return [str(command.__struct_config__.tag) for command in commands if f":{region}" in command.id]


def test_rules_of_a_late_region_wait_and_the_others_get_what_they_would_get_alone() -> None:
    frame = late(both_hot(), "US")
    commands = decide(frame, {"all": "auto"})
    assert about(commands, "US") == ["raise_alert"], "the late feed itself is told"
    assert isinstance(commands[-1], c.RaiseAlert)
    assert (commands[-1].rule, commands[-1].severity) == ("late_feed", "warning")
    assert about(commands, "EU") == ["propose_action", "approve_action", "raise_alert"]
    alone = hot()
    for sku in ("RING", "BAND"):
        sku_row(alone, sku, "US", left=60, rate_per_minute=1.0)
        sku_row(alone, sku, "EU", left=14, rate_per_minute=3.0)
    assert [command for command in commands if ":EU" in command.id] == decide(alone, {"all": "auto"})


def test_with_the_feed_the_rules_are_back_as_if_nothing_had_been() -> None:
    assert decide(both_hot(), {"all": "auto"}) != decide(late(both_hot(), "US"), {"all": "auto"})
    again = late(both_hot(), "US")
    again["channels"][0] |= {"state": "fresh", "data_age_seconds": 1.0}
    again |= {"withheld": [], "suspended": []}
    assert decide(again, {"all": "auto"}) == decide(both_hot(), {"all": "auto"})


@pytest.mark.parametrize("level", ["off", "suggest", "auto"])
def test_a_late_feed_is_told_once_per_channel_and_outage(level: str) -> None:
    frame = late(calm(), "US")
    frame["channels"].append(frame["channels"][0] | {"channel": "shopify-us", "name": "Shopify"})
    frame["withheld"].append(frame["withheld"][0] | {"channel": "shopify-us"})
    told = decide(frame, {"all": level})
    names = [command.alert for command in told if isinstance(command, c.RaiseAlert)]
    if level == "off":
        assert told == []
        return
    assert names == ["late_feed:US:tiktok-us:500", "late_feed:US:shopify-us:500"]
    frame["alerts"] = [alert(names[0], "late_feed", "", "US", "open", 30)]
    assert [command.alert for command in decide(frame) if isinstance(command, c.RaiseAlert)] == names[1:]
    frame["alerts"][0]["state"] = "resolved"
    assert len(decide(frame)) == 2, "the next outage is told again"


def test_a_drift_is_told_then_backed_and_two_channels_do_not_hold_each_other_back() -> None:
    frame = drifted(calm(), "US", "RING", 12)
    frame["channels"].append(frame["channels"][0] | {"channel": "shopify-us", "name": "Shopify"})
    assert kinds(frame) == ["raise_alert", "raise_alert"]
    frame["alerts"] = [
        alert(f"drift:US:RING:{channel}:490", "drift", "RING", "US", "open", 29)
        for channel in ("tiktok-us", "shopify-us")
    ]
    proposed = decide(frame)
    assert all(isinstance(command, c.ProposeAction) for command in proposed)
    assert [command.id for command in proposed] == [
        "drift:US:RING:tiktok-us:500:propose", "drift:US:RING:shopify-us:500:propose",
    ]  # fmt: skip
    first = proposed[0]
    assert isinstance(first, c.ProposeAction)
    assert isinstance(c.decode(first.commands[0]), c.Expose)
    frame["proposals"] = [
        proposal("drift", "RING", "US", "open", 29.5) | {"proposal": "drift:US:RING:tiktok-us:495"},
    ]
    assert [command.id for command in decide(frame)] == ["drift:US:RING:shopify-us:500:propose"]
    assert kinds(frame, all="auto") == ["propose_action", "approve_action"]


def test_a_drift_in_a_region_whose_feed_is_late_waits_since_orders_on_their_way_look_like_one() -> None:
    assert kinds(late(drifted(calm(), "US", "RING", 12), "US"), late_feed="off") == []


def test_a_name_without_a_file_is_no_rule_and_the_show_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = decide(hot())
    monkeypatch.setattr(registry, "RULES", (Rule("rain_dance", "auto", "Not there."), *RULES))
    assert load("rain_dance") is None
    assert decide(hot()) == before
    with pytest.raises(KeyError):
        propose("rain_dance", hot(), {})


def breaking(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Let the file of a rule raise as soon as it is asked."""

    def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
        raise ZeroDivisionError("nothing left")

    real = registry.plugged_in()
    rules = [Loaded(one.name, candidates, one.again) if one.name == broken else one for one in real]
    monkeypatch.setattr(arbiter, "plugged_in", lambda: rules)


def test_a_rule_that_raises_stops_no_other_and_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    well = decide(hot(), {"all": "auto"})
    breaking(monkeypatch, "price_nudge")
    frame = hot()
    told_of, *others = sorted(decide(frame, {"all": "auto"}), key=lambda one: "price_nudge" not in one.id)
    assert others == well
    assert isinstance(told_of, c.RaiseAlert)
    assert (told_of.rule, told_of.severity) == ("price_nudge", "warning")
    assert told_of.what == "The rule price_nudge fails and is left out: ZeroDivisionError: nothing left"
    again = told(frame, [told_of])
    assert not [one for one in decide(again | {"seq": 501}) if "price_nudge" in one.id], "told once"
    monkeypatch.undo()
    (gone,) = [one for one in decide(again | {"seq": 502}) if "price_nudge" in one.id]
    assert isinstance(gone, c.ResolveAlert)
    assert gone.alert == told_of.alert
    breaking(monkeypatch, "watch")
    assert decide(hot(), {"watch": "off"})[0].id.startswith("flexible_top_up"), "what is off is not told"


def test_what_a_failing_rule_said_before_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = calm()
    frame["alerts"] = [alert("watch:US:7", "watch", "", "US", "open", 20)]
    assert kinds(frame) == ["resolve_alert"]
    breaking(monkeypatch, "watch")
    assert kinds(frame) == ["raise_alert"], "only that it fails"


def test_of_a_flood_of_actions_the_costliest_forty_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = {"type": "set_limit", "region": "EU", "units_per_order": 2}
    rows = [action(limit | {"sku": f"S{n}"}, sku=f"S{n}", cost_minor=n % 60) for n in range(120)]
    pretend(monkeypatch, {"purchase_limit": rows})
    proposed = [one for one in decide(calm(), {"all": "auto"}) if isinstance(one, c.ProposeAction)]
    assert len(proposed) == 40
    assert min(one.cost_minor for one in proposed) == 40
    frame = told(calm(), decide(calm(), {"all": "auto"}))
    later = [one for one in decide(frame | {"seq": 501}, {"all": "auto"}) if isinstance(one, c.ProposeAction)]
    assert {one.cost_minor for one in later} == set(range(20, 40)), "the rest comes with the next frames"


def test_no_rule_knows_a_moment_of_any_show() -> None:
    """No beat is scripted: rule files hold no clock time and no show minute."""
    for path in RULES_FOLDER.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "20:15" not in text
        assert "breezestyle" not in text.lower()
