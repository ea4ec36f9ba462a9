"""Why a rule did not fire: the nearest failing condition with its numbers, or what held it back."""

from collections.abc import Callable

import pytest

from dashboard.decision.parameters import RULES
from dashboard.rules.conditions import Candidate, Condition, nearest
from dashboard.rules.explanations import explain
from tests.rules.frames import Row, alert, at, calm, drifted, iso, late, proposal, sku_row
from tests.rules.pretend import pretend, telling


def hot(left: int = 12) -> Row:
    frame = calm()
    for sku in ("RING", "BAND"):
        sku_row(frame, sku, "US", left=left, rate_per_minute=3.0)
    return frame


def slow(leftover: int, minute: float = 80) -> Row:
    frame = at(calm(), minute)
    frame["regions"][1]["projected_leftover"] = leftover
    for row in frame["countdowns"]:
        row["rate_per_minute"] = 0.1
    return frame


def spiking(rate: float, recent: int) -> Row:
    frame = calm()
    sku_row(frame, "BAND", "EU", rate_per_minute=rate, baseline_per_minute=2.0, spark=[2] * 17 + [recent] * 3)
    return frame


def told_of_drift(units: int, minute: float) -> Row:
    frame = drifted(calm(), "US", "RING", units)
    return frame | {"alerts": [alert("drift:US:RING:tiktok-us:7", "drift", "RING", "US", "open", minute)]}


def empty_pool() -> Row:
    frame = hot()
    for pool in frame["pools"][:2]:
        pool["left"] = 14
    return frame


WAITING: tuple[tuple[str, Callable[[], Row], str], ...] = (
    ("flexible_top_up", lambda: hot(17), "US: the share it has sold is 83.0%, needed >= 85.0%."),
    ("flexible_top_up", empty_pool, "US: what it will lack and the flexible pool may give is 8, needed >= 10."),
    ("purchase_limit", lambda: spiking(5.9, 9), "Band in EU: its pace is 5.90 per minute, needed >= 6.00 per minute."),
    ("purchase_limit", lambda: spiking(9.0, 4),
     "Band in EU: the surprise in its pace is 1.7 deviations, needed >= 6.0 deviations."),
    ("purchase_limit", lambda: at(spiking(9.0, 9), 14),
     "Band in EU: the age of the show is 14.0 minutes, needed >= 15.0 minutes."),
    ("slow_region", lambda: slow(48), "EU: the share it would be left with is 24.0%, needed > 25.0%."),
    ("slow_region", lambda: slow(60, 59), "EU: the share of the show that has passed is 49.2%, needed >= 50.0%."),
    ("watch", lambda: hot(21), "US: the share it has left is 21.0%, needed <= 20.0%."),
    ("late_feed", calm, "US, TikTok US: the age of its data is 1 seconds, needed > 15 seconds."),
    ("drift", lambda: drifted(calm(), "US", "RING", 4), "Ring in US, TikTok US: what it lists too many is 4, needed >= 5."),
    ("drift", lambda: drifted(calm(), "US", "RING", -12, age_seconds=4.0),
     "Ring in US, TikTok US: the time it has stood is 4 seconds, needed >= 10 seconds."),
)  # fmt: skip


def row_of(rule: str, frame: Row, **levels: str) -> Row:
    return next(row for row in explain(frame, levels) if row["rule"] == rule)


@pytest.mark.parametrize(("rule", "frame", "sentence"), WAITING)
def test_a_rule_that_waits_says_the_nearest_number_and_what_it_needs(
    rule: str, frame: Callable[[], Row], sentence: str
) -> None:
    row = row_of(rule, frame())
    assert (row["state"], row["sentence"]) == ("waiting", sentence)
    assert row["condition"]["what"] in sentence


HELD: tuple[tuple[str, Row, str], ...] = (
    ("flexible_top_up", proposal("flexible_top_up", "", "US", "open", 25), "Its proposal of 12:25:00 UTC waits for an answer."),
    ("flexible_top_up", proposal("flexible_top_up", "", "US", "approved", 25),
     "Its proposal of 12:25:00 UTC was approved; 10 minutes of silence, 5.0 to go."),
    ("flexible_top_up", proposal("flexible_top_up", "", "US", "dismissed", 10),
     "Its proposal of 12:10:00 UTC was dismissed; 60 minutes of silence, 40.0 to go."),
    ("flexible_top_up", proposal("flexible_top_up", "", "US", "expired", 5),
     "Its proposal of 12:05:00 UTC expired, and its cause has not gone since."),
    ("watch", alert("watch:US:7", "watch", "", "US", "acknowledged", 20),
     "Its alert of 12:20:00 UTC is acknowledged and not resolved."),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "said", "sentence"), HELD)
def test_a_rule_that_is_held_back_says_by_what(rule: str, said: Row, sentence: str) -> None:
    frame = hot()
    frame["alerts" if "alert" in said else "proposals"] = [said]
    row = row_of(rule, frame)
    assert row["state"] == "held back"
    assert row["sentence"].startswith(f"{sentence} Held back: ")
    assert (row["region"], row["condition"]) == ("US", None)


def test_a_rule_out_of_budget_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, {"watch": [telling("RING")]})
    frame = calm() | {"alerts": [alert(f"drift:{n}:7", "drift", "", str(n), "open", 29) for n in range(12)]}
    row = row_of("watch", frame)
    assert row["state"] == "held back"
    assert row["sentence"].startswith("People were called often enough in the last ten minutes, and it costs little.")


def test_a_rule_that_fires_says_what() -> None:
    row = row_of("flexible_top_up", hot())
    assert (row["state"], row["region"]) == ("fired", "US")
    assert row["sentence"] == "+200 US from the flexible pool: 100 Ring, 100 Band"


def test_every_rule_has_a_row_in_order_of_precedence_with_its_level() -> None:
    rows = explain(calm(), {"all": "auto", "watch": "off"})
    assert [row["rule"] for row in rows] == [rule.name for rule in RULES]
    off = next(row for row in rows if row["rule"] == "watch")
    assert (off["level"], off["state"], off["sentence"]) == ("off", "off", "It is switched off.")
    assert all(row["level"] == "auto" for row in rows if row is not off)


@pytest.mark.parametrize("status", ["announced", "closed"])
def test_out_of_the_show_every_rule_waits_for_it(status: str) -> None:
    assert {row["sentence"] for row in explain(calm() | {"status": status})} == {f"The show is {status}, not open."}


def test_a_suspended_region_is_not_explained() -> None:
    frame = late(hot(), "US")
    assert row_of("watch", frame)["region"] == "EU"
    assert row_of("late_feed", frame)["state"] == "fired"


def test_a_limit_that_a_person_set_is_not_ours_to_lift() -> None:
    frame = calm()
    frame["countdowns"] = frame["countdowns"][:1]
    frame["limits"] = [{"sku": "RING", "region": "US", "units_per_order": 2, "since": iso(1)}]
    sentence = row_of("purchase_limit", frame)["sentence"]
    assert sentence == "Ring in US: limits that this rule set for it is 0, needed >= 1."


def test_what_is_not_known_never_holds_and_says_so() -> None:
    unknown = Condition("its pace", None, ">=", 3)
    assert not unknown.holds()
    assert unknown.sentence() == "its pace is not known"
    nearly, far = Condition("left", 4, ">=", 5), Condition("left", 1, ">=", 5)
    candidates = [Candidate("US", (unknown,)), Candidate("EU", (far,)), Candidate("SEA", (nearly,))]
    found = nearest(candidates)
    assert found is not None
    assert found.region == "SEA"


@pytest.mark.parametrize(
    ("clear", "value", "gone"),
    [
        (None, 5, False), (None, 4.1, False), (None, 4.0, True), (None, 0, True), (None, None, False),
        (False, 0, False), (True, 5, True),
    ],
)  # fmt: skip
def test_a_cause_has_gone_by_the_rules_own_number_or_a_fifth_below_the_trigger(
    clear: bool | None, value: float | None, gone: bool
) -> None:
    assert Candidate("US", (Condition("left", value, ">=", 5),), clear=clear).has_gone() is gone


def test_a_measured_number_of_units_is_written_without_noise() -> None:
    assert Condition("what sold", 7.835294118, ">=", 30, "units").sentence() == "what sold is 7.84, needed >= 30"
    assert Condition("what sold", 0.00123456, ">=", 0.002, "").sentence() == "what sold is 0.0012, needed >= 0.002"
