"""The outlook: units per exposure learned from past shows, sell-outs or not, and how little a few shows say."""

import numpy as np
import pytest
from scipy.stats import nbinom

from dashboard.forecast.outlook import USUAL_BETWEEN, Law, Series, learned, outlook, posterior, predicted, units_at
from tests.benchmarks import outlook as bench

SHOP = "tiktok-us"


def shows(*units: float, exposure: float = 10.0) -> list[tuple[float, float]]:
    """Past shows of the same exposure."""
    return [(one, exposure) for one in units]


def history(**skus: list[tuple[float, float]]) -> dict[Series, list[tuple[float, float]]]:
    return {(SHOP, "campaign", sku): past for sku, past in skus.items()}


def test_a_show_sold_out_at_half_time_says_as_much_a_minute_as_one_that_was_not() -> None:
    whole = history(ring=shows(60, 66, 54, 60), band=shows(30, 33, 27, 30))
    halved = history(ring=[(60.0, 10.0), (33.0, 5.0), (27.0, 5.0), (60.0, 10.0)], band=shows(30, 33, 27, 30))
    planned = {(SHOP, "campaign", "ring"): 10.0}
    (as_told,), (censored,) = outlook(whole, planned), outlook(halved, planned)
    assert censored["mean"] == pytest.approx(as_told["mean"], rel=0.03)
    assert censored["mean"] > 55


def test_quantiles_are_those_of_the_negative_binomial_and_in_order() -> None:
    chance = np.random.default_rng(5)
    mean, shape = 10 ** chance.uniform(-2, 4, 2000), 10 ** chance.uniform(-1, 3, 2000)
    level = chance.uniform(0.02, 0.98, 2000)
    assert np.array_equal(units_at(mean, shape, level), nbinom.ppf(level, shape, shape / (shape + mean)))
    assert np.all(units_at(mean, shape, 0.1) <= units_at(mean, shape, 0.5))
    assert np.all(units_at(mean, shape, 0.5) <= units_at(mean, shape, 0.9))
    assert float(units_at(0.0, 2.0, 0.9)) == 0


def test_a_row_says_who_where_how_much_and_how_much_of_it_is_the_skus_own() -> None:
    planned = {(SHOP, "campaign", "ring"): 20.0, (SHOP, "campaign", "new"): 20.0, (SHOP, "nobody", "x"): 1.0}
    ring, new = outlook(history(ring=shows(60, 66, 54, 60), band=shows(30, 33, 27, 30)), planned)
    assert (ring["channel"], ring["tier"], ring["sku"], ring["shows"], ring["exposure"]) == (
        SHOP, "campaign", "ring", 4, 20.0,
    )  # fmt: skip
    assert ring["p10"] <= ring["p50"] <= ring["p90"]
    assert 100 < ring["mean"] < 122
    assert (new["shows"], new["own_share"]) == (0, 0)
    assert 60 < new["mean"] < 120, "a new SKU is its tier"
    assert 0.5 < ring["own_share"] < 1
    assert new["p90"] - new["p10"] > ring["p90"] - ring["p10"]


def test_two_shows_lean_on_the_tier_and_twelve_stand_by_themselves() -> None:
    law = Law(rate=3.0, within=0.3, between=0.1)
    two, twelve = (posterior(law, np.array(shows(*[90.0] * count))) for count in (2, 12))
    assert 3.0 < two.shape / two.rate < twelve.shape / twelve.rate < 9.0
    assert twelve.shape / twelve.rate > 8.0
    alone = posterior(law, np.zeros((0, 2)))
    assert alone.shape / alone.rate == pytest.approx(3.0)


def test_however_many_units_a_show_sold_it_is_one_show() -> None:
    law = Law(rate=3.0, within=0.3, between=0.2)
    mean, shape = predicted(posterior(law, np.array(shows(90_000.0, exposure=10_000.0))), 10.0)
    assert 30 < mean < 90
    assert shape < 1 / law.between, "the next show has its own luck"


def test_the_spreads_are_read_off_the_shows() -> None:
    chance = np.random.default_rng(9)
    made: dict[Series, list[tuple[float, float]]] = {}
    for number in range(300):
        rate = 4.0 * chance.gamma(1 / 0.4, 0.4)
        luck = chance.gamma(1 / 0.3, 0.3, size=8)
        made[SHOP, "evergreen", f"S{number}"] = [(float(chance.poisson(rate * 10 * one)), 10.0) for one in luck]
    law = learned(made)["", "evergreen"]
    assert law.rate == pytest.approx(4.0, rel=0.1)
    assert law.within == pytest.approx(0.4, abs=0.12)
    assert law.between == pytest.approx(0.3, abs=0.08)


def test_a_channel_follows_its_tier_as_far_as_its_own_shows_go() -> None:
    made: dict[Series, list[tuple[float, float]]] = {
        ("big", "campaign", f"S{number}"): shows(40, 44, 36) for number in range(20)
    } | {("small", "campaign", "S1"): shows(10)}
    laws = learned(made)
    assert laws["small", "campaign"].rate < laws["", "campaign"].rate <= laws["big", "campaign"].rate * 1.05
    assert laws["small", "campaign"].rate > 1.0, "one show does not make a law"
    (row,) = outlook(made, {("new", "campaign", "S1"): 10.0})
    assert row["mean"] == pytest.approx(laws["", "campaign"].rate * 10)


def test_nothing_shown_and_nothing_sold_has_no_outlook_and_few_shows_the_usual_spread() -> None:
    planned = {(SHOP, "campaign", "ring"): 10.0}
    assert outlook({}, planned) == []
    assert outlook(history(ring=[(0.0, 0.0)]), planned) == []
    assert outlook(history(ring=shows(0, 0)), planned) == []
    law = learned(history(ring=shows(50)))["", "campaign"]
    assert law.between == pytest.approx(USUAL_BETWEEN)


@pytest.mark.parametrize("sold_out", list(bench.STOCK))
def test_on_made_up_worlds_it_earns_nearly_what_knowing_the_law_earns(sold_out: float) -> None:
    worlds = [bench.world(1_000 + seed, sold_out) for seed in range(6)]
    assert bench.sold_out_share(worlds) == pytest.approx(sold_out, abs=0.06)
    scores = bench.score(worlds)
    assert scores["outlook"].share >= bench.SHARE_LEAST
    assert scores["outlook"].share > max(one.share for name, one in scores.items() if name != "outlook")
    assert 0.76 <= bench.covered(worlds) <= 0.84
