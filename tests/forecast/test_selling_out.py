"""Selling out: closed-form times against drawn futures, ordered, monotone in stock, never beyond the close."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from dashboard.forecast import pulse as pulses
from dashboard.forecast.bins import advance
from dashboard.forecast.counts import Floats, chance_by, exposure_at, leftover, wanted_at
from dashboard.forecast.lessons import defaults
from dashboard.forecast.pulse import ROWS, Pulse, Slot
from dashboard.forecast.selling_out import RAW_LEVELS, Levels, forecast, look, raw_quantiles
from dashboard.forecast.states import MINUTE, Tables

WHOLE = 60
SLOTS = [Slot(start * MINUTE, (start + 10) * MINUTE, start // 10 % 3) for start in range(0, WHOLE, 10)]


def one(value: float) -> Floats:
    return np.array([value], dtype=np.float64)


def playing(orders: list[tuple[int, int, int]], stock: tuple[int, ...] = (40, 40, 40), feed: bool = True) -> Pulse:
    """A show of three SKUs in one region: orders are (minute, SKU, units), the stock is never touched by them."""
    tiers = ("evergreen", "campaign", "test")
    pulse = pulses.begin(
        [(f"s{number}", tier) for number, tier in enumerate(tiers)], ["US"], (0, WHOLE * MINUTE),
        SLOTS if feed else [], Tables.built_in(),
    )  # fmt: skip
    for number, units in enumerate(stock):
        place = pulses.node(pulse, number, 0)
        pulses.moved(pulse, place, units)
        pulse.nodes[ROWS["planned"], place] = 50
    pulses.watched(pulse, 0, 1000.0)
    for minute, sku, units in sorted(orders):
        advance(pulse, minute * MINUTE)
        pulses.sold(pulse, pulses.node(pulse, sku, 0), units)
    return pulse


# --- the law ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stock", "shape", "rate"), [(3, 0.7, 1.0), (20, 2.5, 3.0), (60, 12.0, 8.0)])
def test_the_chance_to_sell_out_is_that_of_drawn_futures(stock: int, shape: float, rate: float) -> None:
    chance = np.random.default_rng(7)
    exposure = 0.9 * stock * rate / shape
    drawn = chance.poisson(chance.gamma(shape, exposure / rate, 200_000))
    told = chance_by(one(stock), one(shape), one(rate), one(1.0), exposure)
    assert told[0] == pytest.approx(float((drawn >= stock).mean()), abs=0.005)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_by_the_exposure_at_a_level_the_stock_is_gone_that_often(level: float) -> None:
    exposure = exposure_at(one(25), one(4.0), one(2.0), one(1.0), level)
    assert chance_by(one(25), one(4.0), one(2.0), one(1.0), exposure)[0] == pytest.approx(level, abs=1e-9)


@pytest.mark.parametrize("lot", [1.0, 2.2])
def test_units_wanted_and_left_are_those_of_drawn_futures(lot: float) -> None:
    chance = np.random.default_rng(3)
    mean, shape, stock = 40.0, 3.0, 50.0
    orders = chance.poisson(chance.gamma(shape, mean / lot / shape, 200_000))
    drawn = orders * lot
    told = wanted_at(one(mean), one(shape), one(lot), 0.9)[0]
    assert told == pytest.approx(float(np.quantile(drawn, 0.9)), rel=0.04)
    assert leftover(one(stock), one(mean), one(shape), one(lot))[0] == pytest.approx(
        float(np.maximum(stock - drawn, 0).mean()), rel=0.04
    )


def test_no_stock_is_gone_now_and_no_demand_leaves_all() -> None:
    assert exposure_at(one(0), one(2.0), one(2.0), one(1.0), 0.5)[0] == 0
    assert chance_by(one(0), one(2.0), one(2.0), one(1.0), 0.0)[0] == 1
    assert leftover(one(9), one(0.0), one(2.0), one(1.0))[0] == 9


# --- the times --------------------------------------------------------------------------------------------------------


def test_the_times_are_those_of_drawn_futures_along_the_exposure_ahead() -> None:
    pulse = playing([(minute, minute // 10 % 3, 2) for minute in range(1, 25)])
    outlook = look(pulse, 25 * MINUTE)
    chance, draws = np.random.default_rng(5), 20_000
    orders = outlook.ahead.orders
    quantiles = raw_quantiles(outlook)
    for node in range(3):
        law = outlook.law
        rate = chance.gamma(law.shape[node], 1 / law.rate[node], draws)
        steps = np.diff(orders[node], prepend=0.0)
        units = np.cumsum(chance.poisson(rate[:, None] * steps[None, :]), axis=1)
        lots = outlook.stock[node] / law.lot[node]
        for level in (0.1, 0.5, 0.9):
            said = quantiles[RAW_LEVELS.index(level), node]
            sooner, later = (
                _drawn(units, outlook.ahead.minutes, target, level) for target in (int(lots), int(lots) + 1)
            )
            assert sooner * 0.93 - 0.5 <= said, "whole lots around the stock are drawn"
            assert said <= later * 1.07 + 0.5


def _drawn(units: Floats, minutes: Floats, target: int, level: float) -> float:
    gone = np.where(units[:, -1] >= target, minutes[np.argmax(units >= target, axis=1)], np.inf)
    return float(np.quantile(gone, level, method="inverted_cdf"))


orders = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 2), st.integers(1, 6)), max_size=60)
levels: st.SearchStrategy[Levels] = st.sampled_from([{}, dict(defaults().levels)])


@settings(deadline=None, max_examples=60)
@given(orders, st.tuples(*[st.integers(0, 400)] * 3), levels, st.booleans())
def test_the_three_times_are_in_order_and_never_beyond_the_close(
    sales: list[tuple[int, int, int]], stock: tuple[int, ...], shown: Levels, feed: bool
) -> None:
    pulse = playing(sales, stock, feed)
    said = forecast(pulse, look(pulse, 41 * MINUTE), shown)
    assert (said.p10 <= said.p50).all()
    assert (said.p50 <= said.p90).all()
    for times in (said.p10, said.p50, said.p90):
        assert ((times <= WHOLE - 41 + 1e-6) | np.isinf(times)).all()
        assert (times >= 0).all()
    assert ((said.chance >= 0) & (said.chance <= 1)).all()
    assert (said.stays <= np.array(stock) + 1e-6).all()
    assert np.isfinite(said.mean).all()


@settings(deadline=None, max_examples=60)
@given(orders, st.integers(1, 200), st.integers(1, 200), levels)
def test_more_stock_never_sells_out_sooner(
    sales: list[tuple[int, int, int]], one_stock: int, other: int, shown: Levels
) -> None:
    fewer, more = sorted((one_stock, other))
    (few, many) = (
        forecast(pulse, look(pulse, 41 * MINUTE), shown)
        for pulse in (playing(sales, (fewer,) * 3), playing(sales, (more,) * 3))
    )
    for name in ("p10", "p50", "p90"):
        assert (getattr(few, name) <= getattr(many, name) + 1e-6).all(), name
    assert (few.chance >= many.chance - 1e-9).all()


@settings(deadline=None, max_examples=40)
@given(orders, st.integers(1, 5))
def test_one_order_more_never_makes_the_others_stock_last_longer(sales: list[tuple[int, int, int]], units: int) -> None:
    base, more = playing(sales), playing([*sales, (40, 1, units)])
    advance(base, 41 * MINUTE)
    advance(more, 41 * MINUTE)
    before, after = (forecast(pulse, look(pulse, 41 * MINUTE), {}) for pulse in (base, more))
    assert after.mean[1] >= before.mean[1] * 0.98


def test_a_spike_is_believed_within_a_minute_and_fades() -> None:
    calm = playing([(minute, 0, 1) for minute in range(1, 30)], (60,) * 3, feed=False)
    hot = playing([*[(minute, 0, 1) for minute in range(1, 30)], *[(30, 0, 2)] * 15], (60,) * 3, feed=False)
    for pulse in (calm, hot):
        advance(pulse, 31 * MINUTE)
    one_look, other = (forecast(pulse, look(pulse, 31 * MINUTE), {}) for pulse in (calm, hot))
    assert other.p50[0] < 0.6 * one_look.p50[0]
    advance(hot, 50 * MINUTE)
    assert forecast(hot, look(hot, 50 * MINUTE), {}).soon[0] < 0.7 * other.soon[0]


def test_demand_that_could_not_buy_is_unseen_not_zero() -> None:
    def sells(closed: bool) -> float:
        pulse = playing([(minute, 0, 3) for minute in range(1, 20)], feed=False)
        advance(pulse, 20 * MINUTE)
        pulse.nodes[ROWS["open"], 0] = 0.0 if closed else 1.0
        advance(pulse, 35 * MINUTE)
        pulse.nodes[ROWS["open"], 0] = 1.0
        return float(look(pulse, 35 * MINUTE).mean[0])

    assert sells(closed=True) > 1.5 * sells(closed=False)


def test_what_comes_on_screen_next_sells_sooner_than_what_was_shown() -> None:
    pulse = playing([(minute, minute // 10 % 3, 3) for minute in range(1, 29)])
    pulses.show_sku(pulse, 2, 20 * MINUTE, push=False)
    advance(pulse, 29 * MINUTE)
    outlook = look(pulse, 29 * MINUTE)
    soon = np.searchsorted(outlook.ahead.minutes, 8.0)
    rate = outlook.ahead.orders[:, soon] * outlook.law.factor
    assert rate[0] > 1.5 * rate[1], "SKU 0 is on in a minute, SKU 1 in eleven"


def test_a_late_rundown_is_followed_late() -> None:
    def next_minutes(began: int) -> float:
        pulse = playing([])
        pulses.show_sku(pulse, 0, 0, push=False)
        advance(pulse, began * MINUTE)
        pulses.show_sku(pulse, 1, began * MINUTE, push=False)
        advance(pulse, 20 * MINUTE)
        outlook = look(pulse, 20 * MINUTE)
        return float(outlook.ahead.orders[2, np.searchsorted(outlook.ahead.minutes, 3.0)])

    assert next_minutes(began=16) < 0.6 * next_minutes(began=10), "the slot after it comes six minutes later"
