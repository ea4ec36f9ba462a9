"""Lost: which orders nobody could place in a show, as whole units at definite moments.

    asks -> History (history.py) -> orders wanted in every bin (forecast/lost.py) -> Estimate: Missed, expected

Three reasons. `sold_out`: the channel could not sell the SKU; of the orders wanted in a bin, the share of the bin in
which it was closed, times the units of a usual order, as far as the limit of the moment let them. `limit`: an order
that took exactly what a purchase limit allows stood for as many as orders of that size or more hold where none is set.
`refused`: turned away by our own terms, a limit or a bid. Our own gate counts whom it turns away (`refused/<code>`
observations), so nothing is estimated of them, and those who found nothing there are `sold_out` like others; on a
channel that lists nothing every shopper comes to the gate, so what it refused stands in for the estimate.

An estimate is a fraction, an order is not: a unit is missed whenever the cumulated expectation of a channel and SKU
passes a half, so its units add up to the expectation within half a unit everywhere, and the same journal gives the same
orders. Nothing is drawn by chance. A moment lies where the channel was closed, after whatever closed it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from dashboard.forecast.counts import Floats, Ints
from dashboard.forecast.lost import wanted
from dashboard.review.history import Asked, History, read

Row = dict[str, Any]
Seen = Mapping[tuple[str, str, str], tuple[int, int, str]]
"""The newest observation per (kind, channel, SKU): (time, value, note)."""
Gate = dict[int, list[tuple[int, int, str]]]
"""Node -> (when, units, kind) of what our own gate turned away."""
VIEWERS, REFUSED, OVER_LIMIT = "viewers", "refused/", "refused/over_limit"
OUR_TERMS = (OVER_LIMIT, "refused/below_bid")
ASSUMPTION = (
    "A shopper who found a SKU sold out on a channel would have bought at the rate at which it sold there before and "
    "after and elsewhere at the time, given viewers and what was on screen; none came back later, none took another "
    "SKU."
)
USUAL_ORDERS = 10.0
"""A SKU's mean order is that of the show until it has about so many of its own."""
EXCESS, EXCESS_ORDERS = 0.3, 1.0
"""Units beyond a limit that one order is taken to have wanted while no order without a limit tells."""


class Observed(Protocol):
    """Something seen that decides nothing."""

    @property
    def time(self) -> int:
        """When, microseconds."""

    @property
    def kind(self) -> str:
        """What was seen."""

    @property
    def channel(self) -> str:
        """Where."""

    @property
    def sku(self) -> str:
        """Of what."""

    @property
    def value(self) -> int:
        """How many."""


class Missed(NamedTuple):
    """Units that nobody could buy; `why` is sold_out, limit or refused."""

    at: int
    channel: str
    region: str
    sku: str
    units: int
    why: str


class Estimate(NamedTuple):
    """Missed orders by time, the expectations they come from (a row per channel and SKU), and what is assumed."""

    orders: tuple[Missed, ...]
    expected: tuple[Row, ...]
    assumption: str = ASSUMPTION


class Pieces(NamedTuple):
    """Expected units of nodes over stretches of time; sorted by node, then time."""

    node: Ints
    begun: Ints
    ended: Ints
    units: Floats


def estimate(
    asks: Iterable[Asked], show: str, refused: Seen | None = None, observed: Iterable[Observed] = ()
) -> Estimate:
    """Estimate what a show lost; nothing for a show that nobody opened.

    `refused` are the newest observations of the show, `observed` all of them in order: they tell when units were
    refused, and how many watched a channel of which nobody bought any more.
    """
    notes = [one for one in observed if one.kind == VIEWERS or one.kind.startswith(REFUSED)]
    history = read(asks, show, [(one.channel, one.time, one.value) for one in notes if one.kind == VIEWERS])
    if history is None:
        return Estimate((), ())
    gate = _at_the_gate(history, refused or {}, notes)
    pieces = [
        ("sold_out", _sold_out(history, gate)),
        ("sold_out", _refused(gate, by_terms=False)),
        ("limit", _limited(history, gate)),
        ("refused", _refused(gate, by_terms=True)),
    ]
    orders = [order for why, one in pieces for order in _whole(history, one, why)]
    return Estimate(tuple(sorted(orders)), tuple(_rows(history, pieces)))


# --- sold out ---------------------------------------------------------------------------------------------------------


def _sold_out(history: History, gate: Gate) -> Pieces:
    """What was wanted while a channel was closed, cut at the edges of bins."""
    night, closed = history.night, history.closed
    if not len(closed.node):
        return Pieces(closed.node, closed.begun, closed.ended, np.zeros(0))
    _, skus, bins = night.orders.shape
    first = (closed.begun - history.start) // history.width
    spans = (closed.ended - 1 - history.start) // history.width - first + 1
    row = np.repeat(np.arange(len(first)), spans)
    place = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(spans) - spans, spans)
    begun = np.maximum(closed.begun[row], history.start + place * history.width)
    ended = np.minimum(closed.ended[row], history.start + (place + 1) * history.width)
    node = closed.node[row]
    let = _let(history)
    usual = _usual(history)
    rate = wanted(night).reshape(-1, bins)
    share = (ended - begun) / history.width
    open_anyway = (night.open.reshape(-1, bins) >= 1.0)[node, place]
    units = rate[node, place] * share * usual[node % skus] * let[node, place] * ~open_anyway
    for known, counts in gate.items():
        mine = node == known
        seen = sum(count for _, count, _ in counts)
        whole = units[mine].sum()
        listing = history.listing[known // skus]
        units[mine] *= max(0.0, 1.0 - seen / whole) if listing and whole > 0 else 0.0
    return Pieces(node, begun, ended, units)


def _usual(history: History) -> Floats:
    """Units of a usual order by SKU, where no limit cut it."""
    skus = len(history.skus)
    free = history.orders.limit == 0
    if not free.any():
        free = ~free
    sku, units = history.orders.node[free] % skus, history.orders.units[free]
    orders, sums = np.bincount(sku, minlength=skus), np.bincount(sku, units, skus)
    usual = sums.sum() / max(1, orders.sum())
    found: Floats = (USUAL_ORDERS * usual + sums) / (USUAL_ORDERS + orders)
    return np.maximum(found, 1.0)


def _let(history: History) -> Floats:
    """What the limit of the moment leaves of the units of orders, by [node, bin]."""
    skus, bins = len(history.skus), history.night.orders.shape[2]
    found = np.ones((len(history.channels) * skus, bins))
    for begun, ended, sku, region, limit in history.limits:
        sizes = history.orders.units[history.orders.limit == 0]
        if limit and len(sizes):
            share = np.minimum(sizes, limit).sum() / sizes.sum()
            where = slice((begun - history.start) // history.width, (ended - history.start) // history.width)
            mine = [n * skus + history.skus.index(sku) for n, one in enumerate(history.regions) if one == region]
            found[mine, where] = share
    return found


# --- limits -----------------------------------------------------------------------------------------------------------


def _limited(history: History, gate: Gate) -> Pieces:
    """What orders that took all that a limit allows would have taken beyond it."""
    orders, skus = history.orders, len(history.skus)
    cut = (orders.limit > 0) & (orders.units >= orders.limit)
    node, at, limit = orders.node[cut], orders.at[cut], orders.limit[cut]
    free = orders.limit == 0
    sku, size = orders.node[free] % skus, orders.units[free]
    units = np.zeros(len(node))
    for one in np.unique(limit):
        reached = size >= one
        beyond = (size - one) * reached
        whole = (EXCESS * EXCESS_ORDERS + beyond.sum()) / (EXCESS_ORDERS + reached.sum())
        own = np.bincount(sku, beyond, skus) + USUAL_ORDERS * whole
        own /= np.bincount(sku, reached, skus) + USUAL_ORDERS
        mine = limit == one
        units[mine] = own[node[mine] % skus]
    for known, counts in gate.items():
        mine = node == known
        seen = sum(count for _, count, kind in counts if kind == OVER_LIMIT)
        units[mine] *= max(0.0, 1.0 - seen / max(float(units[mine].sum()), 1e-9))
    order = np.argsort(node, kind="stable")
    return Pieces(node[order], at[order], at[order], units[order])


# --- refused ----------------------------------------------------------------------------------------------------------


def _at_the_gate(history: History, refused: Seen, notes: Sequence[Observed]) -> Gate:
    """Node -> (when, units, kind) of what our own gate turned away."""
    channels = {name: number for number, name in enumerate(history.channels)}
    skus = {name: number for number, name in enumerate(history.skus)}
    counted: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
    for one in notes:
        counted.setdefault((one.kind, one.channel, one.sku), []).append((one.time, one.value))
    for key, (at, count, _) in sorted(refused.items()):
        counted.setdefault(key, []).append((at, count))
    found: Gate = {}
    for (kind, channel, sku), counts in counted.items():
        if kind.startswith(REFUSED) and channel in channels and sku in skus:
            mine, before = found.setdefault(channels[channel] * len(skus) + skus[sku], []), 0
            for at, count in counts:
                if count > before:
                    mine.append((min(max(at, history.start), history.end), count - before, kind))
                    before = count
    return {node: rows for node, rows in found.items() if rows}


def _refused(gate: Gate, by_terms: bool) -> Pieces:
    """What was counted, when it was, by our terms or for want of units; a count that came once, all of it then."""
    rows = [
        (node, at, count)
        for node, counts in sorted(gate.items())
        for at, count, kind in sorted(counts)
        if (kind in OUR_TERMS) == by_terms
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return Pieces(table[:, 0], table[:, 1], table[:, 1], table[:, 2].astype(np.float64))


# --- the whole --------------------------------------------------------------------------------------------------------


def _whole(history: History, pieces: Pieces, why: str) -> Iterator[Missed]:
    """A unit whenever the cumulated expectation of a node passes a half."""
    skus = len(history.skus)
    nodes, starts = np.unique(pieces.node, return_index=True)
    for node, first, last in zip(nodes, starts, np.append(starts, len(pieces.node))[1:], strict=True):
        reached = np.cumsum(pieces.units[first:last])
        steps = np.arange(int(reached[-1] + 0.5)) + 0.5
        place = np.minimum(np.searchsorted(reached, steps), len(reached) - 1)
        mine = first + place
        amount = np.maximum(pieces.units[mine], 1e-12)
        part = np.clip(1.0 - (reached[place] - steps) / amount, 0.0, 1.0)
        length = pieces.ended[mine] - pieces.begun[mine]
        last = np.maximum(length - 1, np.minimum(length, 1))  # what ends a stretch is there again
        moments = pieces.begun[mine] + np.clip(np.ceil(length * part).astype(np.int64), np.minimum(length, 1), last)
        channel = int(node) // skus
        for at in moments.tolist():
            yield Missed(at, history.channels[channel], history.regions[channel], history.skus[node % skus], 1, why)


def _rows(history: History, pieces: Sequence[tuple[str, Pieces]]) -> Iterator[Row]:
    """Expected units by reason, of every channel and SKU that missed any."""
    count = len(history.channels) * len(history.skus)
    sums = {why: np.zeros(count) for why, _ in pieces}
    for why, one in pieces:
        sums[why] += np.bincount(one.node, one.units, count)
    for node in np.flatnonzero(sum(sums.values()) > 0):
        channel, sku = divmod(int(node), len(history.skus))
        names = {
            "region": history.regions[channel],
            "channel": history.channels[channel],
            "sku": history.skus[sku],
        }
        yield names | {why: float(values[node]) for why, values in sums.items()}
