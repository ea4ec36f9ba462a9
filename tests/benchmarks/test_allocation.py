"""Policies play by the rules of stock: no unit is made or lost, proof listings oversell nothing, hindsight is a bound."""

import numpy as np
import pytest

from tests.benchmarks.allocation import HINDSIGHT, MAKERS, PROOF, REGIMES, SHARED, STATIC, interval, simulated
from tests.benchmarks.allocation_play import Policy, play
from tests.benchmarks.allocation_trade import hindsight, trade_of
from tests.simulated.draw import draw
from tests.simulated.show import Size
from tests.simulated.streams import TUNE

SMALL = Size(skus=5, minutes=20)


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_no_unit_is_made_or_lost_and_hindsight_is_a_bound(maker: str) -> None:
    trade = trade_of(draw(TUNE[0], REGIMES["tight"], SMALL))
    policy = MAKERS[maker]()
    assert isinstance(policy, Policy)
    found = play(trade, policy, policy)
    rest, flexible = policy.rest()
    stock = trade.show.firm.sum() + trade.show.flexible.sum()
    assert found.units + rest.sum() + flexible.sum() == stock
    assert min(rest.min(), flexible.min()) >= 0
    assert found.value <= hindsight(trade).value + 1e-6
    if maker != "shared 60 s":
        assert found.oversold <= 2


def test_late_binding_earns_more_than_any_hand_out_and_proof_listings_oversell_nothing() -> None:
    one = simulated("base", TUNE[:2], ("static", "seller 10 %", "proof", "shared"), size=SMALL)
    value = {name: one.share(name, "value").mean() for name in one.rows}
    assert value[HINDSIGHT] == 1
    assert value[SHARED] > max(share for name, share in value.items() if name not in (SHARED, HINDSIGHT))
    assert value[PROOF] > value[STATIC]
    assert one.oversold(PROOF) == 0
    assert one.gap(SHARED) > 0.5


def test_an_interval_is_narrow_where_shows_agree() -> None:
    assert interval(np.full(20, 0.9)) == pytest.approx((0.9, 0.9))
    low, high = interval(np.linspace(0.8, 1.0, 50))
    assert 0.87 < low < 0.9 < high < 0.93
