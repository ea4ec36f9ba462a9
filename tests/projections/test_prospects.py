"""The outlook of channels and SKUs over past shows: how many watched, how long they could buy, how few shows say."""

from typing import Any

import numpy as np
import pytest

from dashboard.decision import events as e
from dashboard.decision.world import Channel, Region, Sku
from dashboard.projections import traded as trades
from dashboard.projections.prospects import Past, audiences, channel_rows, is_watched, sku_rows

LENGTH = 120.0


def past(viewers: dict[str, float], *, units: dict[str, dict[str, int]], minutes: float = 60.0, **more: Any) -> Past:
    """A show of two hours in which two SKUs could be bought for some minutes; 0 viewers: nobody told."""
    opened = e.ShowOpened(
        title="", starts_at=0, ends_at=1,
        skus=tuple(Sku(sku, tier=tier) for sku, tier in more.get("tiers", {"lamp": "campaign", "ring": "test"}).items()),
        regions=(Region("US"),), channels=tuple(Channel(name, "tiktok", "US") for name in viewers),
    )  # fmt: skip
    found = trades.begin(opened)
    found.units |= units
    found.viewers[:] = list(viewers.values())
    thousands = np.where(found.viewers > 0, found.viewers / 1000, 1.0)[:, None]
    found.exposure[:] = thousands * np.array([minutes, minutes, minutes, LENGTH])
    found.minutes = LENGTH
    return Past(opened, found)


def test_a_channel_sells_by_the_minutes_it_could_sell_and_the_viewers_it_had() -> None:
    shows = [past({"shop": 2000}, units={"shop": {"lamp": 200, "ring": 40}}) for _ in range(6)]
    (row,) = channel_rows(shows, 60, None)
    assert (row["channel"], row["shows"], row["of_shows"], row["told"], row["viewers"]) == ("shop", 6, 6, 6, 2000)
    assert row["expected"] == pytest.approx(240, rel=0.02)
    assert row["p10"] < row["p50"] < row["p90"]
    (longer,) = channel_rows(shows, 72 * 60, None)
    assert longer["expected"] == pytest.approx(72 * row["expected"], rel=0.01)
    (fewer,) = channel_rows(shows, 60, 500)
    assert fewer["expected"] == pytest.approx(row["expected"] / 4, rel=0.01)
    assert fewer["viewers"] == 500


def test_a_sku_stands_by_itself_the_more_it_was_shown_and_belongs_to_its_last_tier() -> None:
    few = [past({"shop": 1000}, units={"shop": {"lamp": 60, "ring": 6}})]
    lamp, ring = sku_rows(few, 60, None)
    assert (lamp["sku"], lamp["tier"], lamp["shows"]) == ("lamp", "campaign", 1)
    assert ring["expected"] == pytest.approx(6, rel=0.1)
    tiers = {"lamp": "evergreen", "ring": "test"}
    lamp, _ = sku_rows([*few, past({"shop": 1000}, units={"shop": {"lamp": 60}}, tiers=tiers)], 60, None)
    assert (lamp["tier"], lamp["shows"]) == ("evergreen", 2)


def test_viewers_nobody_told_are_those_of_the_channels_other_shows_or_of_other_channels() -> None:
    told = past({"shop": 4000, "mall": 0}, units={"shop": {"lamp": 240}, "mall": {"lamp": 80}})
    silent = past({"shop": 0, "mall": 0}, units={"shop": {"lamp": 240}, "mall": {"lamp": 80}})
    watched = audiences([told, silent])
    assert watched == {"shop": (4.0, 2, 1), "mall": (4.0, 2, 0)}
    both = {row["channel"]: row["expected"] for row in channel_rows([told, silent], 60, None)}
    assert both["shop"] > 200, "and not 4,000 viewers' buyers among a thousand"
    assert is_watched([told, silent])


def test_without_any_viewers_a_minute_is_a_minute() -> None:
    shows = [past({"shop": 0}, units={"shop": {"lamp": 120}}) for _ in range(4)]
    (row,) = channel_rows(shows, 60, None)
    assert row["expected"] == pytest.approx(120, rel=0.02)
    assert (row["viewers"], row["told"]) == (None, 0)
    assert not is_watched(shows)


def test_nothing_sold_never_on_sale_or_no_show_has_no_rows() -> None:
    assert channel_rows([], 60, None) == sku_rows([], 60, None) == []
    empty = [past({"shop": 10}, units={"shop": {}})]
    assert channel_rows(empty, 60, None) == sku_rows(empty, 60, None) == []
    never = [past({"shop": 10, "mall": 10}, units={"shop": {"lamp": 3}, "mall": {}})]
    never[0].traded.exposure[1, :-1] = 0
    assert [row["channel"] for row in channel_rows(never, 60, None)] == ["shop"]
    assert {row["channel"] for row in sku_rows(never, 60, None)} == {"shop"}


def test_more_cancelled_than_bought_is_nothing_bought() -> None:
    shows = [past({"shop": 10, "mall": 10}, units={"shop": {"lamp": -3}, "mall": {"lamp": 9}})]
    assert all(row["expected"] > 0 for row in channel_rows(shows, 60, None))


def test_a_show_too_big_to_be_kept_by_sku_counts_for_its_channels_only(monkeypatch: pytest.MonkeyPatch) -> None:
    small = past({"shop": 1000}, units={"shop": {"lamp": 60}})
    monkeypatch.setattr(trades, "PAIRS_MAX", 0)
    opened = small.opened
    big = Past(opened, trades.begin(opened))
    big.traded.units["shop"][""] = 60
    big.traded.exposure[:] = 60
    big.traded.minutes = LENGTH
    assert [row["shows"] for row in sku_rows([small, big], 60, None)] == [1]
    assert [row["shows"] for row in channel_rows([small, big], 60, None)] == [2]
