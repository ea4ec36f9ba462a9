"""Lessons of closed shows: a tuning moves with evidence, from defaults, the host's own shows first."""

import numpy as np
import pytest

from dashboard.decision.world import Tuning
from dashboard.forecast import lessons, pulse as pulses, record as records
from dashboard.forecast.bins import advance
from dashboard.forecast.counts import Floats
from dashboard.forecast.lessons import Lesson
from dashboard.forecast.levels import BUCKETS
from dashboard.forecast.pulse import Pulse, Slot
from dashboard.forecast.selling_out import HORIZONS
from dashboard.forecast.states import ON_SCREEN, STATES, TIERS, WAITING, Tables

MINUTE = 60_000_000
USUAL = lessons.defaults()
NOTHING = np.zeros((len(TIERS), STATES))


def lesson(at: int = 0, host: str = "Mei", followed: float = 0, strayed: float = 0, **more: Floats) -> Lesson:
    """What a show teaches that says nothing but what is given."""
    given = {
        "pits": np.zeros((len(TIERS), len(HORIZONS), BUCKETS)),
        "orders": NOTHING,
        "expected": NOTHING,
        "spread": np.zeros((len(TIERS), 2)),
    } | more
    return Lesson(
        f"show {at}", host, at, given["pits"], given["orders"], given["expected"], followed, strayed, given["spread"]
    )


def learned(*heard: Lesson, host: str = "Mei") -> Tuning:
    """The tuning of some lessons."""
    found = lessons.tuning(heard, host, USUAL)
    assert found is not None
    return found


def test_nothing_heard_is_nothing_learned() -> None:
    assert lessons.tuning([], "Mei", USUAL) is None


def test_the_defaults_cover_every_tier_and_state() -> None:
    assert 0 < USUAL.trust <= 1
    assert set(USUAL.spread) == set(TIERS)
    assert {len(states) for states in USUAL.states.values()} == {STATES}


def test_a_show_that_says_nothing_leaves_the_defaults() -> None:
    found = learned(lesson())
    assert found.trust == pytest.approx(USUAL.trust)
    assert found.spread == pytest.approx(USUAL.spread)
    for tier in TIERS:
        assert found.states[tier] == pytest.approx(USUAL.states[tier], rel=1e-3)
    assert found.levels == USUAL.levels


# --- trust in the rundown ----------------------------------------------------------------------------------------


def test_a_host_who_ignores_half_the_rundown_is_found_out() -> None:
    trusts = [learned(*(lesson(day, followed=50, strayed=50) for day in range(count))).trust for count in (1, 5, 20)]
    assert trusts == sorted(trusts, reverse=True)
    assert trusts[-1] == pytest.approx(0.5, abs=0.04)


def test_what_other_hosts_do_counts_less_than_what_this_one_does() -> None:
    others = [lesson(day, host="Ann", strayed=100) for day in range(20)]
    alone = learned(*others).trust
    with_own = learned(*others, *(lesson(30 + day, followed=100) for day in range(10))).trust
    assert alone < 0.35
    assert with_own > 0.75


def test_a_show_nobody_told_the_screen_of_says_nothing_about_the_host() -> None:
    assert learned(lesson()).trust == learned(lesson(), lesson(1)).trust


# --- which shows are heard ---------------------------------------------------------------------------------------


def test_the_hosts_newest_shows_are_heard_first_and_others_fill_up() -> None:
    own = [lesson(day) for day in range(50)]
    others = [lesson(100 + day, host="Ann") for day in range(50)]
    assert learned(*own, *others).shows == lessons.SHOWS_MAX
    few = learned(*own[:5], *others)
    assert (few.shows, few.name) == (lessons.FILLED_UP_TO, "20 shows, 5 of Mei")
    assert learned(*own[:5]).name == "5 shows of Mei"
    assert learned(*others, host="").name == "20 shows"


def test_old_habits_are_forgotten() -> None:
    before = [lesson(day, strayed=10) for day in range(100)]
    since = [lesson(1000 + day, followed=10) for day in range(lessons.SHOWS_MAX)]
    assert learned(*before, *since).trust > 0.95


def test_the_order_lessons_come_in_changes_nothing() -> None:
    heard = [lesson(day, followed=day, strayed=10) for day in range(60)]
    assert learned(*heard) == learned(*reversed(heard))


# --- states and spread -------------------------------------------------------------------------------------------


def test_a_state_that_sells_twice_as_fast_as_was_known_is_learned() -> None:
    known = np.array(USUAL.states["evergreen"])
    expected, orders = NOTHING.copy(), NOTHING.copy()
    expected[0] = 1000.0
    orders[0] = expected[0] * known
    orders[0, ON_SCREEN] *= 2
    found = learned(lesson(orders=orders, expected=expected)).states
    faster = np.array(found["evergreen"]) / known
    assert faster[ON_SCREEN] / faster[WAITING] == pytest.approx(2, rel=0.1)
    test = np.array(found["test"]) / np.array(USUAL.states["test"])
    assert 1 < test[ON_SCREEN] / test[WAITING] < 2.1


@pytest.mark.parametrize("factor", [0.0, 1000.0])
def test_a_spread_moves_within_bounds(factor: float) -> None:
    before = USUAL.spread["test"]
    evidence = np.zeros((len(TIERS), 2))
    evidence[2] = 1e6 * factor * before, 1e6
    found = learned(lesson(spread=evidence)).spread["test"]
    assert before / lessons.FARTHEST - 1e-3 <= found <= before * lessons.FARTHEST + 1e-3


def season(sd: float, count: int = 6) -> list[Lesson]:
    """Shows of thirty SKUs without a feed whose true rates are log-normal around the plan."""
    chance = np.random.default_rng(5)
    found = []
    for number in range(count):
        pulse = pulses.begin(
            [(f"S{k}", "campaign") for k in range(30)], ["US"], (0, 60 * MINUTE), [], Tables.built_in()
        )
        rates = 200 * np.exp(chance.normal(-(sd**2) / 2, sd, 30)) / 360
        for sku in range(30):
            node = pulses.node(pulse, sku, 0)
            pulse.row("planned")[node], pulse.row("left")[node], pulse.row("open")[node] = 200, 10_000, 1
        for number_of_bin in range(360):
            for sku, units in enumerate(chance.poisson(rates)):
                if units:
                    pulses.sold(pulse, sku, int(units))
            advance(pulse, (number_of_bin + 1) * MINUTE // 6)
        found.append(lessons.learn(f"show {number}", "Mei", pulse, records.begin("show", 0, 60 * MINUTE)))
    return found


@pytest.mark.parametrize(("sd", "least", "most"), [(0.15, 0.03, 0.1), (0.4, 0.11, 0.24), (0.7, 0.3, 0.67)])
def test_how_far_rates_stray_from_plans_is_learned(sd: float, least: float, most: float) -> None:
    spread = learned(*season(sd)).spread["campaign"]
    assert least < spread < most


def fed(pulse: Pulse, followed: int, strayed: int) -> Pulse:
    pulse.followed, pulse.strayed = followed, strayed
    pulse.seen_orders[:], pulse.seen_exposure[:] = 5.0, 7.0
    return pulse


def test_a_show_teaches_states_only_where_somebody_says_what_is_on_screen() -> None:
    record = records.begin("show", 0, MINUTE)
    skus, span = [("RING", "test")], (0, MINUTE)
    silent = fed(pulses.begin(skus, ["US"], span, [], Tables.built_in()), 3, 4)
    planned = fed(pulses.begin(skus, ["US"], span, [Slot(0, MINUTE, 0)], Tables.built_in()), 3, 4)
    assert lessons.learn("show", "Mei", silent, record).orders.sum() == 0
    told = lessons.learn("show", "Mei", planned, record)
    assert told.orders.sum() == 5 * NOTHING.size
    assert (told.followed, told.strayed) == (3, 4)
