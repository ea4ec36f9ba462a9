"""What would have sold is told by what did: before and after, elsewhere at the time, and on the same kind of screen."""

from typing import Any

import numpy as np
import pytest

from dashboard.forecast.counts import Floats
from dashboard.forecast.lost import Night, audience, wanted
from dashboard.forecast.states import Tables
from dashboard.forecast.unseen import chances

BINS = 360
"""Of ten seconds: an hour."""


def night(orders: Floats, could: Floats, regions: tuple[int, ...] = (0, 0), **changes: Any) -> Night:
    """A show of some channels and SKUs, without plan, screen or viewers."""
    channels, skus, bins = orders.shape
    plain = Night(
        orders,
        could,
        np.zeros_like(orders),
        np.ones((channels, skus), np.bool_),
        np.array(regions),
        np.ones(skus, np.int64),
        np.zeros((channels, skus)),
        np.ones((channels, bins)),
        np.full((3, skus, bins), np.nan),
        False,
        np.ones((max(regions) + 1, skus, bins)),
        Tables.built_in(),
        1 / 6,
    )
    return plain._replace(**changes)


def steady(rates: tuple[float, ...], skus: int = 1) -> Floats:
    """So many orders in every bin of each channel."""
    return np.tile(np.array(rates)[:, None, None], (1, skus, BINS)).astype(np.float64)


def closed_from(orders: Floats, channel: int, place: int) -> tuple[Floats, Floats]:
    """The same with a channel that sells out at a bin."""
    could = np.ones_like(orders)
    could[channel, :, place:] = 0.0
    return orders * could, could


def test_a_steady_rate_goes_on() -> None:
    orders, could = closed_from(steady((1.0, 2.0)), 0, 120)
    found = wanted(night(orders, could))
    assert found[0, 0, 120:].sum() == pytest.approx(240, rel=0.05)
    assert found[1, 0].sum() == pytest.approx(720, rel=0.02)


def test_a_sister_that_could_still_sell_tells_what_the_hour_was_like() -> None:
    orders = steady((1.0, 1.0))
    orders[:, :, 240:] *= 0.2
    orders, could = closed_from(orders, 0, 120)
    found = wanted(night(orders, could))
    assert found[0, 0, 120:240].mean() == pytest.approx(1.0, rel=0.15)
    assert found[0, 0, 270:].mean() == pytest.approx(0.2, rel=0.3)


def test_a_bin_counts_by_the_share_in_which_it_was_open() -> None:
    orders, could = closed_from(steady((1.0, 1.0)), 0, 120)
    could[0, 0, 60:120] = 0.5
    orders[0, 0, 60:120] = 0.5
    found = wanted(night(orders, could))
    assert found[0, 0, :120].mean() == pytest.approx(1.0, rel=0.05)


def test_a_rush_is_not_the_hour() -> None:
    orders = steady((0.3, 0.3), skus=3)
    orders[:, 0, 100:112] = 6.0
    orders, could = closed_from(orders, 0, 112)
    could[1, 0, 112:] = 0.0
    orders[1, 0, 112:] = 0.0
    found = wanted(night(orders, could, fed=True))
    assert found[:, 0, 180:].mean() < 0.6
    assert found[:, 0, 112].mean() > 1.0


def test_what_was_shown_while_it_could_be_bought_is_wanted_less_when_it_is_not_shown() -> None:
    shown = np.zeros((2, BINS), np.bool_)
    shown[0, :120] = shown[1, 120:240] = True
    orders = np.where(shown, 3.0, 0.2)[None].repeat(2, axis=0)
    since = np.full((3, 2, BINS), np.nan)
    since[0][shown] = 1.2
    since[1, 0, 120:] = np.arange(240) / 6
    since[1, 1, 240:] = np.arange(120) / 6
    could = np.ones_like(orders)
    could[:, 0, 110:] = 0.0
    fed = wanted(night(orders * could, could, fed=True, since=since))
    assert fed[:, 0, 110:120].mean() == pytest.approx(3.0, rel=0.35)
    assert fed[:, 0, 150:].mean() == pytest.approx(0.2, rel=0.7)


def test_nothing_sold_anywhere_is_what_was_planned_and_little_of_it() -> None:
    orders = np.zeros((2, 1, BINS))
    could = np.zeros_like(orders)
    could[1] = 1.0
    found = wanted(night(orders, could, plan=np.full((2, 1), 100.0)))
    assert 0 < found[0].sum() < 40


def test_it_is_the_same_every_time() -> None:
    orders, could = closed_from(steady((1.0, 2.0), 4), 0, 100)
    first, second = (wanted(night(orders, could)) for _ in range(2))
    assert np.array_equal(first, second)


def test_who_was_on_screen_is_read_off_what_sold() -> None:
    chance = np.random.default_rng(3)
    on = np.repeat([0, 1, 2, 3], 90)
    rates = np.where(np.arange(4)[:, None] == on[None, :], 2.0, 0.1)
    orders = chance.poisson(rates).astype(np.float64)
    could = np.ones_like(rates)
    could[2] = 0.0
    orders *= could
    expected = orders.sum(axis=1, keepdims=True) / np.maximum(could.sum(axis=1, keepdims=True), 1) * could
    found = chances(orders, expected, 1 / 6)
    assert found.chance[on, np.arange(BINS)][on != 2].mean() > 0.95
    assert found.chance[2, on == 2].mean() > 0.6, "it is where no other one seems to be"
    assert found.on / found.off > 8


def test_a_shop_without_a_screen_has_none() -> None:
    orders = np.random.default_rng(4).poisson(np.full((4, BINS), 0.5)).astype(np.float64)
    found = chances(orders, np.full((4, BINS), 0.5), 1 / 6)
    assert not found.chance.any()
    assert (found.on, found.off) == (1.0, 1.0)


def test_viewers_nobody_told_follow_those_of_other_channels() -> None:
    place = np.arange(0, 100, 10)
    channel = np.concatenate([np.zeros(10, np.int64), np.ones(3, np.int64)])
    counts = np.concatenate([1000.0 + 10 * place, 2 * (1000.0 + 10 * place[:3])])
    found = audience(channel, np.concatenate([place, place[:3]]), counts, 3, 100)
    assert found[0, 45] == pytest.approx(1450, rel=0.02)
    assert found[1, 80] == pytest.approx(3600, rel=0.05)
    assert np.array_equal(audience(channel[:0], place[:0], counts[:0], 2, 5), np.ones((2, 5)))
