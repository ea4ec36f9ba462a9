"""The comparison of unsold units is fair: the same crowd for both, and the buffer found is the smallest that holds."""

from dashboard.channels.sandbox.faults import PROFILES
from tests.benchmarks import withheld

ORDERS = 80


def test_both_meet_the_same_crowd_and_every_unit_is_accounted_for() -> None:
    trial = withheld.trial_of(PROFILES["none"], 1, ORDERS)
    units = sum(trial.units().values())
    ours, theirs = withheld.ours(trial), withheld.broadcast(trial, 0)
    for outcome in (ours, theirs):
        assert 0 <= outcome.unsold <= units
        assert 0 < outcome.refused < ORDERS
    assert ours.oversold == 0


def test_a_buffer_as_large_as_the_stock_sells_nothing() -> None:
    trial = withheld.trial_of(PROFILES["none"], 1, ORDERS)
    outcome = withheld.broadcast(trial, max(trial.units().values()))
    assert (outcome.unsold, outcome.refused) == (sum(trial.units().values()), ORDERS)
    assert outcome.withheld == outcome.unsold


def test_the_best_buffer_is_the_smallest_that_oversells_nothing_on_any_seed() -> None:
    found = withheld.compare("slow", PROFILES["slow"], range(3), ORDERS)
    assert found.buffer is not None
    assert not any(outcome.oversold for outcome in found.theirs)
    smaller = [buffer for buffer in withheld.BUFFERS if buffer < found.buffer]
    for buffer in smaller:
        outcomes = [withheld.broadcast(withheld.trial_of(PROFILES["slow"], seed, ORDERS), buffer) for seed in range(3)]
        assert any(outcome.oversold for outcome in outcomes)
    withheld.table([found])


def test_hands_are_looked_at_separately() -> None:
    named = dict(withheld.weathers())
    assert list(named) == [*withheld.WEATHERS, "all and hands"]
    assert [name for name, profile in named.items() if profile.hands] == ["all and hands"]
