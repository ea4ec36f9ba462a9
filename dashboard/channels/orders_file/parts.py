"""Accepted rows -> what the show's commands will be: order parts, cancellations, and their order in time.

A part is the lines of one order id that go to one destination on one channel in one currency; nearly every order has
exactly one. Parts happen at the earliest time of their order's lines, cancellations at the time of their rows; at the
same instant orders come first, then file order decides. Everything stays in arrays until a batch of commands is made.
"""

import msgspec
import numpy as np

from dashboard.channels.orders_file.columns import Int64s, Mask
from dashboard.channels.orders_file.matching import Matches
from dashboard.channels.orders_file.rows import Rows


class Parts(msgspec.Struct):
    """Order parts: `lines[start[p]:end[p]]` are the rows of part p, in file order."""

    lines: Int64s
    start: Int64s
    end: Int64s
    time: Int64s
    rank: Int64s
    """0 for the first part of an order id, 1 for its second, and so on."""
    of_row: Int64s
    """Row -> part, -1 for rows that belong to none."""

    def first_rows(self) -> Int64s:
        """The first row of every part; all its rows share order id, destination, channel and currency."""
        return np.asarray(self.lines[self.start])


class Cancels(msgspec.Struct):
    """Cancellations: `match[start[c]:end[c]]` are the matches that cancellation c takes from part `part[c]`."""

    match: Int64s
    start: Int64s
    end: Int64s
    time: Int64s
    part: Int64s


class Agenda(msgspec.Struct):
    """All that happens, in order: (kind, index) with kind 0 an order part and 1 a cancellation."""

    kind: Int64s
    index: Int64s
    time: Int64s
    part_place: Int64s
    """Where in the agenda each part stands."""
    cancel_place: Int64s


def group_orders(rows: Rows, happened: Int64s) -> Parts:
    """Gather the accepted order lines into parts."""
    chosen: Mask = rows.verdicts.open() & (~rows.is_cancel | rows.same_row)
    lines = np.flatnonzero(chosen)
    order = rows.order.codes[lines].astype(np.int64)
    place = (rows.destination[lines].astype(np.int64) * len(rows.channels) + rows.channel[lines]) * len(
        rows.currencies
    ) + rows.currency[lines]
    kinds = int(place.max()) + 1 if len(place) else 1
    key = order * kinds + place
    sort = np.argsort(key, kind="stable")
    lines, key = lines[sort], key[sort]
    start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, dtype=np.int64)
    end = np.r_[start[1:], len(key)].astype(np.int64) if len(key) else start
    of_row = np.full(len(rows.time), -1, dtype=np.int64)
    of_row[lines] = np.repeat(np.arange(len(start)), end - start)
    parts = Parts(lines, start, end, happened[lines[start]], np.zeros(len(start), dtype=np.int64), of_row)
    parts.rank = _ranks(key[start] // kinds, parts.first_rows())
    return parts


def _ranks(order: Int64s, first_row: Int64s) -> Int64s:
    """Number the parts of each order by their first rows."""
    sort = np.lexsort((first_row, order))
    sorted_order = order[sort]
    new = np.r_[True, sorted_order[1:] != sorted_order[:-1]] if len(order) else np.empty(0, dtype=bool)
    starts = np.flatnonzero(new)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[sort] = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return ranks


def group_cancels(rows: Rows, matches: Matches, parts: Parts) -> Cancels:
    """Gather matches into cancellations: one per cancelling order id, part and time."""
    part = parts.of_row[matches.order]
    time = np.maximum(rows.cancel_time[matches.cancel], parts.time[part])
    document = rows.order.codes[matches.cancel]
    sort = np.lexsort((matches.cancel, part, document, time))
    key = np.stack((time, document, part))[:, sort]
    new = np.r_[True, (key[:, 1:] != key[:, :-1]).any(axis=0)] if len(sort) else np.empty(0, dtype=bool)
    start = np.flatnonzero(new)
    end = np.r_[start[1:], len(sort)].astype(np.int64) if len(sort) else start
    return Cancels(sort, start, end, key[0, start], key[2, start])


def agenda(rows: Rows, matches: Matches, parts: Parts, cancels: Cancels) -> Agenda:
    """Put order parts and cancellations in the order they happened."""
    orders, taken_back = len(parts.start), len(cancels.start)
    time = np.r_[parts.time, cancels.time]
    kind = np.r_[np.zeros(orders, dtype=np.int64), np.ones(taken_back, dtype=np.int64)]
    index = np.r_[np.arange(orders), np.arange(taken_back)]
    row = np.r_[parts.first_rows(), matches.cancel[cancels.match[cancels.start]]]
    sort = np.lexsort((row, kind, time))
    place = np.empty(len(sort), dtype=np.int64)
    place[sort] = np.arange(len(sort))
    return Agenda(kind[sort], index[sort], time[sort], place[:orders], place[orders:])


def needed(rows: Rows, matches: Matches, plan: tuple[Parts, Cancels, Agenda]) -> dict[tuple[int, int], int]:
    """The least opening stock that refuses no order: the peak of net demand by (SKU code, destination region code).

    Units that a cancellation returns serve later orders, so this can be far below the units ordered.
    """
    parts, cancels, order = plan
    regions = region_codes(rows)
    of_match = np.empty(len(matches.cancel), dtype=np.int64)
    of_match[cancels.match] = np.repeat(np.arange(len(cancels.start)), cancels.end - cancels.start)
    row = np.r_[parts.lines, matches.order]
    change = np.r_[rows.quantity[parts.lines], -matches.units]
    place = np.r_[order.part_place[parts.of_row[parts.lines]], order.cancel_place[of_match]]
    width = int(regions.max()) + 1 if len(regions) else 1
    key = rows.sku.codes[row].astype(np.int64) * width + regions[rows.destination[row]]
    sort = np.lexsort((place, key))
    key, total = key[sort], np.cumsum(change[sort])
    start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.empty(0, dtype=np.int64)
    if not len(start):
        return {}
    before = np.r_[0, total[start[1:] - 1]]
    peak = np.maximum.reduceat(total, start) - before
    return {
        (sku_region // width, sku_region % width): units
        for sku_region, units in zip(key[start].tolist(), peak.tolist(), strict=True)
    }


def region_codes(rows: Rows) -> Int64s:
    """Destination code -> region code, in the order regions first occur."""
    codes = {region: code for code, region in enumerate(regions_of(rows))}
    return np.array([codes[destination.region] for destination in rows.destinations], dtype=np.int64)


def regions_of(rows: Rows) -> list[str]:
    """Region ids by region code."""
    return list(dict.fromkeys(destination.region for destination in rows.destinations))
