"""The days of real orders: how they are made from an order file, and that no show knows its own future."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.benchmarks import order_file, real_days, real_days_made
from tests.benchmarks.real_days import CHANNELS, FOLDER, REGIONS, days
from tests.simulated.show import SimulatedShow


@pytest.fixture(scope="module")
def lines() -> list[SimulatedShow]:
    return days()


def test_there_are_forty_days_of_twenty_skus_in_three_regions(lines: list[SimulatedShow]) -> None:
    assert len(lines) == 40
    assert [one.seed for one in lines] == sorted({one.seed for one in lines})
    for one in lines:
        assert one.plan.shape == one.firm.shape == (20, len(REGIONS), len(CHANNELS))
        assert one.units().sum() == one.order_units.sum() == len(one.order_at)
        assert (np.diff(one.order_at) >= 0).all()
        assert (one.order_at[0] >= 0) & (one.order_at[-1] < one.size.minutes * 60_000_000)
        assert (one.price > one.cost).all()
        assert (one.firm >= 0).all() & (one.flexible >= 0).all()


@pytest.mark.parametrize("lumpy", [False, True])
def test_about_half_the_series_sell_out_and_plans_are_right_on_average(lumpy: bool) -> None:
    found = days(lumpy)
    assert {int(one.order_units.max()) for one in found} == ({12} if lumpy else {1})
    assert 0.45 <= np.mean([(one.units().sum(axis=2) >= one.pools()).mean() for one in found]) <= 0.65
    assert 0.85 <= sum(one.plan.sum() for one in found) / sum(one.order_units.sum() for one in found) <= 1.0


def test_a_plan_follows_from_earlier_days_alone(
    lines: list[SimulatedShow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = [f"{one.seed // 10_000}-{one.seed // 100 % 100:02}-{one.seed % 100:02}" for one in lines][7]
    for name in ("real_days.parquet", "real_days_plan.parquet"):
        table = pq.read_table(FOLDER / name)
        pq.write_table(table.filter(pa.array([day <= last for day in table["day"].to_pylist()])), tmp_path / name)
    monkeypatch.setattr(real_days, "FOLDER", tmp_path)
    assert [one.plan.tolist() for one in days()] == [one.plan.tolist() for one in lines[:8]]


def test_the_days_are_made_from_an_order_file_always_alike(tmp_path: Path) -> None:
    order_file.write(tmp_path / "orders.csv", 6_000)
    (tmp_path / "orders.csv.gz").write_bytes(gzip.compress((tmp_path / "orders.csv").read_bytes()))
    made = []
    for run in ("a", "b"):
        (tmp_path / run).mkdir()
        real_days_made.write(tmp_path / "orders.csv.gz", tmp_path / run)
        made.append([(tmp_path / run / name).read_bytes() for name in ("real_days.parquet", "real_days_plan.parquet")])
    assert made[0] == made[1]
    table = pq.read_table(tmp_path / "a" / "real_days.parquet")
    assert set(table["region"].to_pylist()) <= set(REGIONS)
    assert not any("POST" in sku for sku in table["sku"].to_pylist())
    assert table.schema.equals(pq.read_schema(FOLDER / "real_days.parquet"))
