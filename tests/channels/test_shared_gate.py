"""The gate shuts when a delay could sell a unit twice, stays shut for a while, and asks what the network really takes."""

import pytest

from dashboard.allocation.overlap import RISK_MAX
from dashboard.channels.connection import LIST_SECONDS
from dashboard.channels.pacing import SECOND
from dashboard.channels.sandbox.market import Shop
from dashboard.channels.shared_gate import REOPENS_AT, SETTLED_SECONDS, SHUT_SECONDS, Gate, reaction_seconds
from tests.channels.escrow_kit import START, small, steady

RATES = (0.5, 0.3, 0.2)


def test_ample_units_open_it_and_few_shut_it_before_they_are_gone() -> None:
    gate = Gate()
    assert gate.look(300, RATES, 1.0, 2.0, START)
    units = 300
    while gate.look(units, RATES, 1.0, 2.0, START + (300 - units) * SECOND):
        units -= 1
    assert 5 < units < 60
    assert gate.chance >= RISK_MAX


def test_it_opens_again_only_later_and_for_a_multiple_of_the_units() -> None:
    gate = Gate(is_open=True)
    assert not gate.look(5, RATES, 1.0, 2.0, START)
    assert not gate.look(300, RATES, 1.0, 2.0, START + SECOND)
    later = START + int(SHUT_SECONDS * SECOND)
    least = next(units for units in range(300) if Gate(is_open=True).look(units, RATES, 1.0, 2.0, START))
    assert not Gate(shut_at=START).look(REOPENS_AT * least - 2, RATES, 1.0, 2.0, later)
    assert Gate(shut_at=START).look(REOPENS_AT * least, RATES, 1.0, 2.0, later)


def test_a_slower_network_and_faster_demand_shut_it_earlier() -> None:
    def least(seconds: float, factor: float) -> int:
        rates = [rate * factor for rate in RATES]
        return next(units for units in range(2000) if Gate(is_open=True).look(units, rates, seconds, 2.0, START))

    assert least(1.0, 1.0) < least(4.0, 1.0) < least(4.0, 3.0)


def test_it_looks_again_at_once_when_units_go_or_demand_comes() -> None:
    gate = Gate()
    assert gate.look(300, RATES, 1.0, 2.0, START)
    assert gate.look(290, RATES, 1.0, 2.0, START + 1)
    assert not gate.look(4, RATES, 1.0, 2.0, START + 2)
    other = Gate()
    assert other.look(60, RATES, 1.0, 2.0, START)
    assert not other.look(60, [30 * rate for rate in RATES], 1.0, 2.0, START + 1)


def test_one_listing_alone_is_held_to_the_same() -> None:
    """What it lists may have been moved away since: its own counter does not know."""
    assert Gate().look(100, [0.5], 1.0, 2.0, START)
    assert not Gate(is_open=True).look(1, [0.5], 2.0, 2.0, START)
    assert not Gate(is_open=True).look(100, [], 1.0, 2.0, START)


@pytest.mark.parametrize("seconds", [0.05, 0.5])
def test_the_reaction_is_measured_and_holds_news_calls_and_pace(seconds: float) -> None:
    shops = Shop("delta", "generic", "delta"), Shop("absolute", "generic", "absolute"), Shop("slow", "amazon")
    profile = small(*shops).world.profile
    visits = sorted((one for shop in shops for one in steady(shop.channel, 2, 30)), key=lambda one: one.at)
    play = small(*shops, units=200, visits=tuple(visits), profile=type(profile)("drawn", lag_seconds=seconds))
    play.run(40)
    now, connections = play.market.wires.now, play.market.exchange.connections
    found = {name: reaction_seconds(connection, now) for name, connection in connections.items()}
    assert 3 * seconds < found["delta"] < 9 * seconds + 1
    assert found["absolute"] > 3 * seconds + SETTLED_SECONDS
    assert found["slow"] > connections["slow"].list_seconds() > LIST_SECONDS
