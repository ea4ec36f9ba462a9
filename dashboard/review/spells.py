"""Spells: stretches of time in which a channel could sell a SKU, the gaps between them, and their share of each bin.

(node, from, to) as they ended -> clipped to the show -> open_share by [node, bin];  between -> the gaps
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard.forecast.counts import Floats, Ints


class Spells(NamedTuple):
    """Stretches in which a node (channel x SKUs + SKU) could be sold, in order of their ends; microseconds."""

    node: Ints
    begun: Ints
    ended: Ints


def clipped(spells: Sequence[tuple[int, int, int]], start: int, end: int) -> Spells:
    """The spells inside the show, by node and time."""
    table = np.array(spells, np.int64).reshape(-1, 3)
    begun, ended = np.maximum(table[:, 1], start), np.minimum(table[:, 2], end)
    kept = ended > begun
    order = np.lexsort((begun[kept], table[kept, 0]))
    return Spells(table[kept, 0][order], begun[kept][order], ended[kept][order])


def open_share(spells: Spells, start: int, end: int, width: int, bins: int, nodes: int) -> Floats:
    """The share of each bin in which each node could be sold; the last bin may be short."""
    found = np.zeros((nodes, bins + 1))
    edge = np.zeros((nodes, bins + 1))
    for moments, sign in ((spells.begun, 1.0), (spells.ended, -1.0)):
        place = np.minimum((moments - start) / width, (end - start) / width)
        whole = np.floor(place).astype(np.int64)
        np.add.at(found, (spells.node, whole), sign)
        np.add.at(edge, (spells.node, whole), -sign * (place - whole))
    share: Floats = (np.cumsum(found, axis=1) + edge)[:, :bins]
    share[:, -1] *= width / (end - start - (bins - 1) * width)
    return np.clip(share, 0.0, 1.0)


def between(spells: Spells, start: int, end: int, nodes: Ints) -> Spells:
    """The gaps: stretches in which some nodes could not be sold."""
    edges = np.concatenate([spells.node, nodes, nodes])
    begun = np.concatenate([spells.ended, np.full(len(nodes), start), np.full(len(nodes), end)])
    ended = np.concatenate([spells.begun, np.full(len(nodes), start), np.full(len(nodes), end)])
    order = np.lexsort((begun, ended, edges))
    node, frm, upto = edges[order], begun[order], ended[order]
    kept = (node[1:] == node[:-1]) & (upto[1:] > frm[:-1])
    return Spells(node[1:][kept], frm[:-1][kept], upto[1:][kept])
