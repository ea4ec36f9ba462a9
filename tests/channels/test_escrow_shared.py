"""Shared listings in all weathers: a unit may be sold twice there, seldom, never silently, and never in the ledger.

The worlds and the auditor are those of test_escrow.py. After every message the auditor there forbids what is asked for
here, so what is held to account is the end, the ledger, and everything after the listings have parted again.
WARROOM_ESCROW_SEEDS plays more seeds.
"""

import os

import pytest

from dashboard.channels.sandbox.faults import PROFILES, without_hands
from dashboard.channels.sandbox.stress import Rush, Trial
from tests.channels.escrow_kit import CALM_SECONDS, START, Play, audit_ledger, draw
from tests.channels.pure_room import PureRoom
from tests.channels.shared_kit import all_shared, listed_as, sharing, unsold

SEEDS = int(os.environ.get("WARROOM_ESCROW_SEEDS", "300")) // 40
TWICE_SHARE = 0.005
"""Of the units sold in every weather at once, how many may be sold twice; without faults none of these few."""


def assert_told(play: Play) -> None:
    """Nothing was invented, forgotten or left up, and each order that no unit covers has called somebody."""
    seed, missing = play.world.seed, play.unknown()
    assert not play.invented(), f"seed {seed}"
    assert not play.stuck(), f"seed {seed}: {play.stuck()[:3]}"
    assert missing <= play.held() & play.market.exchange.alarms.told, f"seed {seed}: {missing} are nowhere"
    assert {f"uncovered:{channel}:{order}" for channel, order in missing} <= play.critical()
    assert bool(play.oversold()) <= bool(missing), f"seed {seed}: sold twice, and nobody is told"
    audit_ledger(play.room)


def test_in_every_weather_few_units_are_sold_twice_and_every_one_is_told() -> None:
    sold = twice = 0
    for seed in range(SEEDS):
        play = all_shared(Play.of(draw(seed, late=seed % 3 == 2, hands=False)))
        play.run(play.world.seconds)
        play.run(CALM_SECONDS)
        play.wind_down()
        assert_told(play)
        sold += sum(sum(platform.sold.values()) for platform in play.market.platforms.values())
        twice += play.oversold()
    assert twice <= TWICE_SHARE * sold, f"{twice} of {sold}"


@pytest.mark.parametrize("seed", range(2))
def test_once_they_have_parted_nothing_is_for_sale_twice(seed: int) -> None:
    play = all_shared(Play.of(draw(seed, hands=False)))
    play.run(play.world.seconds / 2)
    for sku in play.world.skus():
        listed_as(play, "proof", sku)
    while sharing(play).units:
        play.run(1)
    twice = play.oversold()
    for _ in range(30):
        play.run(2)
        for region, sku in play.world.units:
            shops = [shop.channel for shop, at in play.world.shops if at == region]
            listed = sum(play.market.platforms[name].level(sku) for name in shops)
            assert listed <= max(0, unsold(play, sku, region)) + play.allowed[region, sku], f"seed {seed}"
    assert play.oversold() <= twice + play.allowed.total()


def test_without_faults_it_sells_more_than_proof_does_and_nothing_twice() -> None:
    rows = {
        mode: Rush(
            Trial(orders=300, seconds=120, profile=without_hands(PROFILES["none"]), seed=1, listing=mode),
            PureRoom(),
            START,
        ).play()
        for mode in ("proof", "shared")
    }
    assert rows["shared"]["oversold"] == rows["proof"]["oversold"] == 0
    assert rows["shared"]["sold"] > rows["proof"]["sold"]
    assert rows["shared"]["stranded"] < rows["proof"]["stranded"]
    assert rows["shared"]["accounted"]
