"""Which earlier order line does a cancel row take units from?

    Rows -> match() -> Matches(cancel row, order row, units), and a reason for every cancel row without an order

Tried in turn, as the mapping says or as the marker suggests: the order named in a column, the order with the same id
(without the cancel prefix), the latest earlier order of the same customer and SKU. The latest earlier line with
enough units left wins; if none has enough, units are taken from several, latest first. A cancel row is matched whole
or not at all, so the units of the accepted rows are exactly what happened. Only orders up to the cancel's own time
count. Orders happen at the earliest time of their lines.
"""

from bisect import bisect_right
from collections.abc import Iterator

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.channels.orders_file.columns import Coded, Codes, Int64s
from dashboard.channels.orders_file.mapping_keys import Mapping
from dashboard.channels.orders_file.rows import Rows
from dashboard.channels.orders_file.verdicts import Explain


class Matches(msgspec.Struct):
    """Units of cancel rows and the order rows they come from, in parallel arrays."""

    cancel: Int64s
    order: Int64s
    units: Int64s


class _Line(msgspec.Struct):
    """An order row with the units nobody has cancelled yet."""

    row: int
    time: int
    left: int


def order_times(rows: Rows) -> Int64s:
    """For every row, when its order happened: the earliest time of the accepted lines with its order id."""
    lines = np.flatnonzero(rows.verdicts.open() & (~rows.is_cancel | rows.same_row))
    earliest = np.full(len(rows.order.values) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, rows.order.codes[lines], rows.time[lines])
    return np.asarray(earliest[rows.order.codes])


def match(rows: Rows, mapping: Mapping, happened: Int64s) -> Matches:
    """Match every open cancel row, earliest first; reject those that take back what no order has."""
    open_rows = rows.verdicts.open()
    own = np.flatnonzero(open_rows & rows.same_row)
    waiting = np.flatnonzero(open_rows & rows.is_cancel & ~rows.same_row)
    waiting = waiting[np.argsort(rows.cancel_time[waiting], kind="stable")]
    book = _Book(rows, mapping, happened, waiting)
    found: list[tuple[int, int, int]] = [(row, row, int(rows.quantity[row])) for row in own.tolist()]
    missed: dict[str, dict[int, int]] = {"cancel_without_order": {}, "cancel_exceeds_order": {}}
    for row in waiting.tolist():
        parts, most = book.take(row)
        if parts:
            found.extend((row, line, units) for line, units in parts)
        else:
            missed["cancel_exceeds_order" if most else "cancel_without_order"][row] = most
    for reason, cancels in missed.items():
        rows.verdicts.reject(np.array(list(cancels), dtype=np.int64), reason, _explained(rows, cancels))
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Matches(table[:, 0], table[:, 1], table[:, 2])


def _explained(rows: Rows, most: dict[int, int]) -> Explain:
    return lambda row: (rows.order.at(row), _on_miss(rows, row, most[row]))


def _on_miss(rows: Rows, row: int, most: int) -> str:
    what = f"{rows.quantity[row]} x {rows.sku.at(row)}"
    if most:
        return f"The row cancels {what}; the earlier orders it can mean have {most} left."
    if rows.customer[row] < 0 and rows.cancels is None:
        return f"The row cancels {what} and names no customer, so no order of the file can be told."
    return f"The row cancels {what}; no earlier order of the file is its own."


class _Book:
    """Order lines that cancels may mean, by each of the ways to find them."""

    def __init__(self, rows: Rows, mapping: Mapping, happened: Int64s, cancels: Int64s) -> None:
        self.rows = rows
        self.happened = happened
        self.cancels = cancels
        open_orders = rows.verdicts.open() & ~rows.is_cancel
        self.lines = np.flatnonzero(open_orders) if len(cancels) else np.empty(0, dtype=np.int64)
        self.left: dict[int, _Line] = {}
        self.ways = [self._way(way, mapping) for way in _ways(mapping)] if len(cancels) else []

    def _way(self, way: str, mapping: Mapping) -> tuple[Codes, dict[tuple[int, int], list[_Line]]]:
        """Keys of all rows by one way of finding, and the order lines under each key, earliest first."""
        rows = self.rows
        if way == "customer_and_sku":
            keys = rows.customer
        elif way == "order_column" and rows.cancels is not None:
            keys = _looked_up(rows.cancels, rows.order)
        else:
            keys = _without_prefix(rows.order, mapping.cancel.order_prefix)
        own = rows.order.codes if way == "order_column" else keys
        width = len(rows.sku.values)
        cancels = self.cancels[keys[self.cancels] >= 0]
        wanted = keys[cancels].astype(np.int64) * width + rows.sku.codes[cancels]
        have = own[self.lines].astype(np.int64) * width + rows.sku.codes[self.lines]
        some = self.lines[np.isin(have, wanted)]
        some = some[np.lexsort((some, self.happened[some]))]
        by_key: dict[tuple[int, int], list[_Line]] = {}
        for row in some.tolist():
            line = self.left.setdefault(row, _Line(row, int(self.happened[row]), int(rows.quantity[row])))
            by_key.setdefault((int(own[row]), int(rows.sku.codes[row])), []).append(line)
        return keys, by_key

    def take(self, row: int) -> tuple[list[tuple[int, int]], int]:
        """The lines a cancel row takes its units from; without any, the most units a way could have given."""
        wanted, most = int(self.rows.quantity[row]), 0
        for keys, by_key in self.ways:
            candidates = by_key.get((int(keys[row]), int(self.rows.sku.codes[row])), [])
            earlier = bisect_right(candidates, int(self.rows.cancel_time[row]), key=lambda line: line.time)
            parts = list(_latest_first(candidates, earlier, wanted))
            given = sum(units for _, units in parts)
            if given == wanted:
                for line, units in parts:
                    line.left -= units
                by_key[int(keys[row]), int(self.rows.sku.codes[row])] = [line for line in candidates if line.left]
                return [(line.row, units) for line, units in parts], 0
            most = max(most, given)
        return [], most


def _latest_first(candidates: list[_Line], count: int, wanted: int) -> Iterator[tuple[_Line, int]]:
    """The latest line that has all units left, else units of several, latest first."""
    for line in reversed(candidates[:count]):
        if line.left >= wanted:
            yield line, wanted
            return
    for line in reversed(candidates[:count]):
        units = min(wanted, line.left)
        if units:
            yield line, units
            wanted -= units
        if not wanted:
            return


def _ways(mapping: Mapping) -> tuple[str, ...]:
    cancel = mapping.cancel
    if cancel.find_by:
        return cancel.find_by
    by_customer = ("customer_and_sku",) if mapping.customer.column else ()
    return (*(("order_column",) if cancel.order else ()), "order_id", *by_customer)


def _looked_up(named: Coded, order: Coded) -> Codes:
    """The order code of each row's named order; -1 for none."""
    return np.asarray(_places(named.values, order.values)[named.codes])


def _without_prefix(order: Coded, prefixes: tuple[str, ...]) -> Codes:
    """The order code of each row's order id without a cancel prefix; -1 if no such order exists."""
    if not prefixes:
        return order.codes
    result = np.arange(len(order.values), dtype=np.int32)
    for prefix in prefixes:
        marked = pc.starts_with(order.values, prefix).to_numpy(zero_copy_only=False)
        bare = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(order.values.filter(pa.array(marked)), len(prefix)))
        result[marked] = _places(bare, order.values)
    return np.asarray(result[order.codes])


def _places(texts: pa.Array, among: pa.Array) -> Codes:
    """Where each text stands among others, -1 for nowhere."""
    return np.asarray(pc.fill_null(pc.index_in(texts, value_set=among), -1).to_numpy(), dtype=np.int32)
