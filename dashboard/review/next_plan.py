"""The next plan: what to plan of each SKU in each region next time, and where to put it when the show opens.

    asks, rows of `losses.split` -> what was sold, left, planned and missed -> `plan` -> lines and opening -> `as_csv`

Wanted is what was sold, net of cancellations, and what was missed. That is planned next time; only of a SKU that is
tried out (tier `test`) one evening tells little, so halfway between the old plan and what was wanted. Why a line is
what it is stands beside it, against the old plan, or what the region had where nobody planned:

    sold_out     more: some of it was missed
    sold_more    more: it sold better than planned, and nothing was missed
    leftover     fewer: it was not wanted
    as_planned   about as many, within `NEAR`

The opening gives every region its line less a fifth, which stays in the flexible pool (`FLEXIBLE_SHARE`), in whole
units by largest remainder, so pools add up to the lines of the SKU. It follows the lines and not the allocator: the
program of `allocation.opening` splits units that are scarce, and here there are as many as are planned. Nothing can
fail but a show that nobody opened (ValueError).
"""

import csv
import io
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from dashboard.allocation.opening import FLEXIBLE_SHARE
from dashboard.allocation.overlap import whole_parts
from dashboard.decision import events as e
from dashboard.decision.ledger import CLAIMS, FLEXIBLE, region_pool
from dashboard.review.asked import Ask
from dashboard.review.whereabouts import place_of

Row = dict[str, Any]
Units = dict[tuple[str, str], int]
"""(SKU, region) -> units."""
NEAR = 0.05
COLUMNS = ("sku", "region", "units")
"""The columns of a plan table, as an import reads them."""
SOLD_OUT, SOLD_MORE, LEFTOVER, AS_PLANNED = WHYS = ("sold_out", "sold_more", "leftover", "as_planned")


def plan(asks: Collection[Ask], show: str, missed: Iterable[Mapping[str, Any]]) -> Row:
    """Lines of SKU, region, units, and what they come from; and the opening by SKU and pool.

    `missed` are rows of region, SKU and units. Raises ValueError when the journal does not hold the show.
    """
    happened = _Happened(asks, show)
    lost: Units = {}
    for row in missed:
        key = row["sku"], row["region"]
        lost[key] = lost.get(key, 0) + row["units"]
    lines = [
        _line(happened, sku.sku, sku.tier, region.region, lost.get((sku.sku, region.region), 0))
        for sku in happened.opened.skus
        for region in happened.opened.regions
    ]
    lines = [line for line in lines if line["units"] or line["planned"] or line["sold"]]
    return {"lines": lines, "opening": opening(lines)}


class _Happened:
    """What a show had planned, sold and left, by SKU and region."""

    def __init__(self, asks: Collection[Ask], show: str) -> None:
        self.planned: Units = {}
        self.sold: Units = {}
        self.left: Units = {}
        opened: e.ShowOpened | None = None
        places: dict[str, str] = {}
        for ask in asks:
            if ask.stored[0].show != show:
                continue
            for event in ask.events:
                if isinstance(event, e.ShowOpened):
                    opened, places = event, place_of(event)
                self._take(event, places)
        if opened is None:
            raise ValueError(f"There is no show {show!r} in this journal.")
        self.opened = opened
        for line in opened.plan:
            _add(self.planned, (line.sku, line.region), line.units)

    def _take(self, event: e.Event, places: Mapping[str, str]) -> None:
        if isinstance(event, (e.OrderPlaced, e.OrderCancelled)):
            sign = 1 if isinstance(event, e.OrderPlaced) else -1
            for line in event.lines:
                _add(self.sold, (line.sku, event.region), sign * line.quantity)
        for move in event.moves:
            if move.book == CLAIMS:
                _add(self.left, (move.sku, places.get(move.source, "")), -move.quantity)
                _add(self.left, (move.sku, places.get(move.target, "")), move.quantity)


def _add(units: Units, key: tuple[str, str], more: int) -> None:
    units[key] = units.get(key, 0) + more


def _line(happened: _Happened, sku: str, tier: str, region: str, lost: int) -> Row:
    """One line of the plan."""
    key = sku, region
    sold, planned = happened.sold.get(key, 0), happened.planned.get(key)
    units = sold + lost
    if tier == "test" and planned is not None:
        units = (units + planned + 1) // 2
    had = sold + happened.left.get((sku, region_pool(region)), 0)
    why = _why(units, had if planned is None else planned, lost)
    return {"sku": sku, "region": region, "units": units, "sold": sold, "lost": lost, "planned": planned, "why": why}


def _why(units: int, before: int, lost: int) -> str:
    if abs(units - before) <= NEAR * before:
        return AS_PLANNED
    if units < before:
        return LEFTOVER
    return SOLD_OUT if lost else SOLD_MORE


def opening(lines: Iterable[Row], flexible_share: float = FLEXIBLE_SHARE) -> list[Row]:
    """Units of each SKU by pool, in sum those of its lines; pools that would get nothing are left out."""
    by_sku: dict[str, list[Row]] = {}
    for line in lines:
        by_sku.setdefault(line["sku"], []).append(line)
    rows: list[Row] = []
    for sku, mine in by_sku.items():
        units = np.array([line["units"] for line in mine], dtype=np.float64)
        whole = int(units.sum())
        parts = whole_parts(whole, np.append(units * (1 - flexible_share), whole * flexible_share)).tolist()
        pools = [*(region_pool(line["region"]) for line in mine), FLEXIBLE]
        rows += [{"sku": sku, "pool": pool, "units": part} for pool, part in zip(pools, parts, strict=True) if part]
    return rows


def as_csv(lines: Iterable[Row]) -> str:
    """The lines as a table that an import reads as its plan."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    out.writerows([line[name] for name in COLUMNS] for line in lines)
    return text.getvalue()
