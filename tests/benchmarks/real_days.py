"""Forty days of real orders as shows: the arrays of `SimulatedShow`, planned and stocked from earlier days only.

    tests/data/real_days*.parquet -> days(lumpy) -> one SimulatedShow a day: 20 SKUs x 3 regions x 4 channels, 120 minutes

The orders are a wholesaler's (`tests/data/real_days.md`): few lines, some of them large, no rundown, no viewers, no tiers.
They come as lines (every line one unit) or lumpy (as many units as were ordered, at most twelve). A day's plan is what
each SKU sold a day over the twenty trading days before, times what the last shows sold of theirs, since a show brings
what is in demand; nothing else of the day itself is in it. Stock is a share of the plan, so that about half the series sell
out; three tenths of it are flexible, the rest lies where the plan says. Costs are not in the data: a share of the price.
`rate` is zero throughout: nobody knows it.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.simulated.show import Floats, Ints, SimulatedShow, Size, Slots, Variant, apportioned

FOLDER = Path(__file__).resolve().parents[1] / "data"
REGIONS = ("EU", "SEA", "US")
CHANNELS = ("amazon", "shopee", "tiktok", "youtube")
SIZE = Size()
UNITS_MAX = 12
SHOWS_BEFORE = 10
STOCK_SHARE = 1.1
FLEXIBLE_SHARE = 0.3
COST_SHARE = 0.55


def days(lumpy: bool = False, stock_share: float = STOCK_SHARE) -> list[SimulatedShow]:
    """All days in the order of time, `seed` telling the date (20101207); `lumpy` counts the units of a line."""
    orders, plans = (pq.read_table(FOLDER / name) for name in ("real_days.parquet", "real_days_plan.parquet"))
    found: list[SimulatedShow] = []
    means_of: list[float] = []
    for day in pc.unique(plans["day"]).to_pylist():
        lines, before = (table.filter(pc.equal(table["day"], day)) for table in (orders, plans))
        means = _known(np.asarray(before["units" if lumpy else "lines"], dtype=float).reshape(-1, len(REGIONS)))
        sold = sum(int(one.order_units.sum()) for one in found[-SHOWS_BEFORE:])
        plan = means * (sold / sum(means_of[-SHOWS_BEFORE:]) if found else 1.0)
        skus = before["sku"].to_pylist()[:: len(REGIONS)]
        found.append(_show(int(day.replace("-", "")), skus, lines, lumpy, plan, stock_share))
        means_of.append(float(means.sum()))
    return found


def _known(means: Floats) -> Floats:
    """Means per SKU x region, where a new SKU is expected to sell like the middle one of the day."""
    new = means.sum(axis=1) == 0
    return np.where(new[:, None], np.median(means[~new], axis=0), means)


def _show(seed: int, skus: list[str], lines: pa.Table, lumpy: bool, plan: Floats, stock_share: float) -> SimulatedShow:
    places = (len(REGIONS), len(CHANNELS))
    by_channel = np.broadcast_to(plan[:, :, None] / len(CHANNELS), (len(skus), *places)).copy()
    total = np.rint(plan.sum(axis=1) * stock_share).astype(np.int64)
    flexible = np.rint(total * FLEXIBLE_SHARE).astype(np.int64)
    sku, quantity, paid = _codes(lines["sku"], skus), _ints(lines["quantity"]), _ints(lines["price_minor"])
    price = np.array([np.median(paid[sku == one]) for one in range(len(skus))]).astype(np.int64)
    return SimulatedShow(
        seed=seed,
        variant=Variant(),
        size=SIZE,
        tier=np.ones(len(skus), dtype=np.int64),
        price=price,
        cost=np.rint(price * COST_SHARE).astype(np.int64),
        plan=by_channel,
        rundown=Slots(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)),
        on_screen=np.full(SIZE.bins, -1, dtype=np.int64),
        pushed=np.zeros(SIZE.bins, dtype=np.bool_),
        viewers=np.ones((*places, SIZE.bins)),
        viewers_planned=np.ones(places),
        price_factor=np.ones((len(skus), SIZE.bins)),
        rate=np.zeros((len(skus), *places, SIZE.bins)),
        order_at=_ints(lines["second"]) * 1_000_000,
        order_sku=sku,
        order_region=_codes(lines["region"], REGIONS),
        order_channel=_codes(lines["channel"], CHANNELS),
        order_units=np.minimum(quantity, UNITS_MAX) if lumpy else np.ones_like(quantity),
        firm=apportioned(total - flexible, by_channel),
        flexible=flexible,
    )


def _ints(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column, dtype=np.int64)


def _codes(column: pa.ChunkedArray, names: list[str] | tuple[str, ...]) -> Ints:
    """Texts as their places among the names."""
    return _ints(pc.index_in(column.cast(pa.string()), value_set=pa.array(names)))
