"""The prompt budget: a flood never nags, nothing costly is hidden, and what is cheap comes when there is room."""

from collections import Counter
from random import Random

import pytest

from dashboard.decision import commands as c
from dashboard.rules.arbiter import decide
from tests.rules.frames import Row, alert, at, calm, drifted, iso, micros, proposal, told
from tests.rules.pretend import action, pretend, telling

COSTLY = 100_000
LIMIT: Row = {"type": "set_limit", "sku": "RING", "region": "EU", "units_per_order": 2}


def raised(commands: list[c.Command]) -> list[c.RaiseAlert]:
    return [command for command in commands if isinstance(command, c.RaiseAlert)]


def flood(count: int = 500) -> list[Row]:
    """So many things in need: a twentieth critical, a fifth costly, the others cheap."""
    chance = Random(3)
    rows = []
    for number in range(count):
        cost = chance.randrange(COSTLY, 9 * COSTLY) if number % 5 == 0 else chance.randrange(COSTLY)
        rows.append(telling(f"S{number:03}", "critical" if number % 20 == 7 else "warning", cost))
    chance.shuffle(rows)
    return rows


def is_costly(told_of: c.RaiseAlert) -> bool:
    return told_of.severity == "critical" or told_of.cost_minor >= COSTLY


def test_a_flood_of_five_hundred_calls_twelve_times_for_the_worst_and_lists_all_that_is_costly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = flood()
    pretend(monkeypatch, {"watch": rows})
    alerts = raised(decide(calm()))
    loud = [one for one in alerts if not one.quiet]
    worst = sorted(rows, key=lambda row: (row["severity"] != "critical", -row["cost_minor"]))[:12]
    assert {one.sku for one in loud} == {row["sku"] for row in worst}
    assert {one.sku for one in alerts} == {
        row["sku"] for row in rows if row["severity"] == "critical" or row["cost_minor"] >= COSTLY
    }
    assert all(is_costly(one) for one in alerts)


def test_a_flood_over_many_ticks_stays_within_the_budget_and_all_that_is_cheap_comes_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten new needs every ten seconds; then quiet, in which what was cheap is told as the budget allows."""
    rows, calls, seen = flood(), list[tuple[float, c.RaiseAlert]](), Counter[str]()
    frame = calm()
    for step in range(150):
        minute = 10 + (step / 6 if step < 60 else 10 + (step - 60) / 2)
        pretend(monkeypatch, {"watch": rows[: 10 * (step + 1)]})
        now = at(calm(), minute) | {"alerts": frame["alerts"], "seq": step}
        alerts = raised(decide(now))
        seen.update(one.sku for one in alerts)
        calls += [(minute, one) for one in alerts if not one.quiet]
        assert sum(minute - then < 10 for then, _ in calls) <= 12
        for row in rows[: 10 * (step + 1)]:
            assert row["sku"] in seen or (row["severity"] != "critical" and row["cost_minor"] < COSTLY)
        frame = told(now, alerts)
    assert max(seen.values()) == 1, "nothing is told twice"
    assert sum(not is_costly(one) for _, one in calls) >= 40, "eight of the cheap ones every ten minutes"


def test_a_third_is_kept_for_what_is_costly(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, {"watch": [telling(f"S{number}") for number in range(20)]})
    alerts = raised(decide(calm()))
    assert len(alerts) == 8
    assert not any(one.quiet for one in alerts)
    frame = told(calm(), alerts)
    pretend(monkeypatch, {"watch": [telling(f"C{number}", cost_minor=COSTLY) for number in range(6)]})
    assert [one.quiet for one in raised(decide(frame | {"seq": 501}))] == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("row", "calls"),
    [
        (alert("watch:US:1", "watch", "", "US", "resolved", 21), 11),
        (alert("watch:US:1", "watch", "", "US", "open", 20), 12),
        (alert("watch:US:1", "watch", "", "US", "open", 29, quiet=True), 12),
        (alert("drift:US:1", "drift", "", "US", "open", 29, severity="info"), 12),
        (proposal("slow_region", "", "US", "dismissed", 29), 11),
        (proposal("slow_region", "", "US", "approved", 29, decided_by="rule:slow_region"), 12),
        (proposal("slow_region", "", "US", "approved", 29, decided_by="mia"), 11),
    ],
)
def test_what_called_somebody_in_the_last_ten_minutes_counts(
    monkeypatch: pytest.MonkeyPatch, row: Row, calls: int
) -> None:
    pretend(monkeypatch, {"overstock": [telling(f"S{number}", cost_minor=COSTLY) for number in range(20)]})
    frame = calm() | {"alerts": [row] if "alert" in row else [], "proposals": [row] if "proposal" in row else []}
    assert sum(not one.quiet for one in raised(decide(frame))) == calls


@pytest.mark.parametrize(("level", "proposes"), [("suggest", 8), ("auto", 20)])
def test_what_a_rule_does_by_itself_calls_nobody(monkeypatch: pytest.MonkeyPatch, level: str, proposes: int) -> None:
    rows = [action(LIMIT | {"sku": sku}, sku=sku) for sku in [f"S{number}" for number in range(20)]]
    pretend(monkeypatch, {"purchase_limit": rows})
    proposed = [command for command in decide(calm(), {"all": level}) if isinstance(command, c.ProposeAction)]
    assert len(proposed) == proposes
    assert not any(one.quiet for one in proposed)


def test_costly_proposals_beyond_the_budget_stand_in_the_list_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [action(LIMIT, region=f"R{number}", cost_minor=COSTLY + number) for number in range(20)]
    pretend(monkeypatch, {"purchase_limit": rows})
    proposed = [command for command in decide(calm()) if isinstance(command, c.ProposeAction)]
    assert [one.quiet for one in proposed] == [True] * 8 + [False] * 12, "the costliest call, in the rules' own order"


def test_information_calls_nobody_and_is_never_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, {"overstock": [telling(f"S{number}", "info") for number in range(40)]})
    assert len(raised(decide(calm()))) == 40


def test_the_numbers_of_the_show_set_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, {"watch": [telling(f"S{number}", cost_minor=500) for number in range(20)]})
    for numbers, calls in (({"prompts_per_ten_minutes": 3.0}, 2), ({"prompt_costly_minor": 500.0}, 20)):
        assert len(raised(decide(calm() | {"parameters": numbers}))) == calls
    assert (
        len(
            raised(
                decide(
                    calm() | {"parameters": {"prompts_per_ten_minutes": 3.0}}, None, {"prompts_per_ten_minutes": 6.0}
                )
            )
        )
        == 4
    )


def test_a_real_flood_of_drifting_listings_calls_within_the_budget() -> None:
    frame = calm()
    for number in range(250):
        for region in ("US", "EU"):
            drifted(frame, region, f"S{number}", 6 + number % 40, age_seconds=60.0)
    frame["skus"] = [frame["skus"][0] | {"sku": f"S{number}"} for number in range(250)]
    alerts = raised(decide(frame))
    assert sum(not one.quiet for one in alerts) == 12
    assert sum(is_costly(one) for one in alerts) == len(alerts)
    assert len(alerts) == sum(3000 * (6 + number % 40) >= COSTLY for number in range(250)) * 2
    assert all(one.decide_by is None or one.decide_by > micros(30) for one in alerts)
    assert frame["at"] == iso(30)
