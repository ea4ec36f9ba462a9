"""Playing a show to a policy, order by order: who is served from which pool, and what that came to.

A policy has the stock of the show and sees one order after the other; between them, bins of ten seconds end and minutes
begin. An order is served whole or not at all, and whoever is refused does not come back.
"""

from typing import Protocol, runtime_checkable

import numpy as np

from tests.benchmarks.allocation_trade import Outcome, Trade, outcome
from tests.simulated.show import Floats


@runtime_checkable
class Policy(Protocol):
    """Who gets what. A node counts region x channel from 0; `at` is seconds since the start."""

    name: str

    def begin(self, trade: Trade) -> None:
        """Start a show with its opening stock."""

    def minute(self, at: float) -> None:
        """A minute begins."""

    def bin_ended(self, number: int) -> None:
        """Ten seconds have passed."""

    def order(self, at: float, sku: int, spot: int, units: int) -> int:
        """Units served of an order; fewer than asked for were sold twice, 0: it was refused."""

    def rest(self) -> tuple[Floats, Floats]:
        """Units left in regions and in the flexible pool, by SKU."""


class Ledger:
    """Figures that every policy adds up."""

    def __init__(self) -> None:
        self.oversold = 0
        self.moved = 0
        self.move_cost = 0.0


def play(trade: Trade, policy: Policy, ledger: Ledger) -> Outcome:
    """Play one show to the end."""
    show = trade.show
    size = show.size
    sold = np.zeros((size.skus, size.regions * size.channels))
    policy.begin(trade)
    spots = show.order_region * size.channels + show.order_channel
    columns = (show.order_at / 1e6, show.order_sku, spots, show.order_units)
    orders = list(zip(*(column.tolist() for column in columns), strict=True))
    edges = np.searchsorted(columns[0], np.arange(size.bins + 1) * float(size.bin_seconds)).tolist()
    refused: list[tuple[int, int]] = []
    per_minute = 60 // size.bin_seconds
    for number in range(size.bins):
        if number % per_minute == 0:
            policy.minute(float(number * size.bin_seconds))
        for at, sku, spot, units in orders[edges[number] : edges[number + 1]]:
            served = policy.order(at, sku, spot, units)
            if served:
                sold[sku, spot] += served
            if served < units and not served:
                refused.append((sku, units))
        policy.bin_ended(number)
    rest, flexible = policy.rest()
    wanted = np.zeros(size.skus)
    for sku, units in refused:
        wanted[sku] += units
    stranded = np.minimum(rest + flexible, wanted).sum()
    return outcome(
        trade, sold, rest, flexible,
        move_cost=ledger.move_cost, moved=ledger.moved, oversold=ledger.oversold, stranded=float(stranded),
    )  # fmt: skip
