"""The stress test: the same crowd for the same seed, a world that nearly sells out, and a verdict from the counters."""

from dataclasses import replace

import pytest

from dashboard.channels.sandbox.faults import PROFILES, SECOND, without_hands
from dashboard.channels.sandbox.stress import STALLS, Rush, Trial, crowd, hands
from tests.channels.pure_room import PureRoom

START = 1_770_000_000 * SECOND
SMALL = Trial(orders=120, seconds=60.0)


def test_the_crowd_depends_on_the_seed_and_not_on_the_seller() -> None:
    assert crowd(SMALL) == crowd(SMALL)
    assert crowd(SMALL) != crowd(replace(SMALL, seed=2))
    visits = crowd(SMALL)
    assert len(visits) == 120
    assert [visit.at for visit in visits] == sorted(visit.at for visit in visits)
    assert all(0 <= visit.at <= 60 for visit in visits)
    assert {visit.channel for visit in visits} <= {stall.shop.channel for stall in STALLS}


def test_there_are_as_many_units_as_the_crowd_nearly_takes() -> None:
    trial = Trial(orders=6_000)
    wanted = sum(line.quantity for visit in crowd(trial) for line in visit.lines)
    assert 0.8 < sum(trial.units().values()) / wanted < 1.0


def test_stalls_speak_for_every_platform_and_every_way_to_write_stock() -> None:
    pushes = {stall.shop.capability().push for stall in STALLS}
    assert pushes == {"delta", "compare_and_set", "absolute", "raise_only"}


def test_hands_come_as_often_as_the_profile_says() -> None:
    trial = replace(SMALL, profile=PROFILES["hands"])
    assert len(hands(trial)) == PROFILES["hands"].hands
    assert hands(trial) == hands(trial)
    assert hands(replace(trial, profile=without_hands(trial.profile))) == []


@pytest.mark.parametrize("faults", PROFILES)
def test_a_trial_ends_well_in_every_weather(faults: str) -> None:
    profile = PROFILES[faults]
    row = Rush(replace(SMALL, orders=200, seconds=80.0, profile=profile), PureRoom(), START).play()
    assert row["oversold"] <= profile.hands * profile.hand_units
    assert row["within_limits"]
    if not profile.cancelling:  # after the end people cancel still
        assert row["sold"] + row["leftover"] == row["units"]
    assert row["orders"] + row["refused"] == 200
    if not profile.hands:
        assert row["ok"], {name: row[name] for name in ("oversold", "accounted", "within_limits")}
        assert row["uncovered"] == 0


def test_lags_are_measured_from_the_platforms_counter_to_the_ledger() -> None:
    quick, slow = (
        Rush(replace(SMALL, profile=PROFILES[name]), PureRoom(), START).play()["lag_ms"] for name in ("none", "slow")
    )
    assert 20 < quick["p50"] < slow["p50"]
    assert all(lag["p50"] <= lag["p95"] <= lag["p99"] for lag in (quick, slow))


def test_progress_is_told_up_to_the_end() -> None:
    shares: list[float] = []
    Rush(replace(SMALL, orders=20, seconds=20.0), PureRoom(), START).play(shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_same_trial_comes_to_the_same() -> None:
    trial = replace(SMALL, profile=PROFILES["all"])
    assert Rush(trial, PureRoom(), START).play() == Rush(trial, PureRoom(), START).play()
