"""Apparel on Black Friday: an hourly batch sync loses three orders in ten to stale stock, the same stream here none."""

from functools import cache
from typing import Any

import msgspec
import pytest

from dashboard.channels.sandbox.play import Show
from dashboard.channels.sandbox.play_naive import play_naive
from dashboard.channels.sandbox.scenario import Broadcaster, find, load
from dashboard.settings import DATA
from tests.channels.sandbox.rooms import room

Row = dict[str, Any]
SCENARIO = load(find("apparel_black_friday", DATA / "scenarios"))
UNITS = sum(units for of in SCENARIO.stock.values() for units in of.values())
ROUGH_SECONDS = 30.0
ROUGH = msgspec.structs.replace(SCENARIO, step_seconds=ROUGH_SECONDS)
"""The evening in long steps, and its platforms at one instant a second instead of ten."""


@cache
def ours(seed: int) -> tuple[Row, Show]:
    """The evening as we sell it: result, and the show with its market."""
    show = Show(ROUGH, seed, room())
    show.open()
    while show.at < show.end:
        show.step(show.at + round(ROUGH_SECONDS * 1_000_000))
    return show.finish(), show


@cache
def naive(seed: int, sync_seconds: float = 3600.0) -> Row:
    """The evening as a broadcaster sells it."""
    return play_naive(msgspec.structs.replace(SCENARIO, naive=Broadcaster(sync_seconds)), seed, ROUGH_SECONDS)


def test_it_is_an_apparel_seller_with_an_hourly_sync_on_black_friday() -> None:
    assert SCENARIO.starts_at.startswith("2026-11-27")
    assert SCENARIO.naive == Broadcaster(3600.0, 0)
    assert len(SCENARIO.skus) == 12
    assert len(SCENARIO.channels) == 4


@pytest.mark.parametrize("seed", [SCENARIO.seed, 2, 3])
def test_the_hourly_sync_loses_some_three_orders_in_ten(seed: int) -> None:
    row = naive(seed)
    assert 0.25 <= row["oversold_share"] <= 0.35
    assert 0.25 <= row["orders_unserved"] / row["orders"] <= 0.35
    assert row["oversold_share"] == pytest.approx(row["oversold"] / row["sold"], abs=1e-4)
    assert row["sold"] - row["oversold"] + row["leftover"] == UNITS


@pytest.mark.parametrize("seed", [SCENARIO.seed, 2])
def test_the_same_stream_here_loses_none(seed: int) -> None:
    row, show = ours(seed)
    assert show.market is not None
    assert (row["oversold"], row["cancelled"]) == (0, 0)
    assert not show.market.exchange.alarms.told
    assert show.market.oversold() == 0
    assert row["sold"] + row["leftover"] == UNITS


def test_no_unit_is_lost_to_being_careful() -> None:
    """Ours serves as many units as the naive seller has, within two in a hundred."""
    row, _ = ours(SCENARIO.seed)
    rival = naive(SCENARIO.seed)
    assert row["sold"] >= 0.98 * (rival["sold"] - rival["oversold"])


def test_some_sizes_run_out_and_others_do_not() -> None:
    _, show = ours(SCENARIO.seed)
    assert show.market is not None
    left = [units - show.market.sold(sku) for sku, units in show.market.units.items()]
    assert 4 <= left.count(0) <= 11


def test_syncing_every_second_loses_far_less() -> None:
    assert naive(SCENARIO.seed, 1.0)["oversold"] < naive(SCENARIO.seed)["oversold"] / 20
