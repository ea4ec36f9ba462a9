"""What a simulated show earns: margins, moves, leftovers - and what somebody with hindsight would have made of it.

    value = margins of what was sold - cost of moves between regions - cost of what nobody bought

The show gives prices, costs, stock and orders; fees of channels, landed costs of regions, costs of moves and leftovers
are drawn from the show's seed. A unit left in a region costs 5 % of its price, one left in the flexible pool 2 %; a
move between regions costs 12-16 %, and arrives after two minutes. What is refused is lost: nobody comes back.
Hindsight is a linear program on the orders themselves: it waits for nothing, splits orders, and bounds every policy.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from tests.simulated.show import Floats, Ints, SimulatedShow
from tests.simulated.streams import Streams

FEES = (0.03, 0.15)
LANDED = (0.02, 0.10)
MOVES = (0.12, 0.16)
LEFTOVER, LEFTOVER_FLEXIBLE = 0.05, 0.02
MOVE_SECONDS = 120.0
RELEASE_SECONDS = 60.0


@dataclass(frozen=True)
class Trade:
    """A show with its money; axes [SKU, node] with node = region x channel, money in minor units."""

    show: SimulatedShow
    margin: Floats  # [sku, node]
    move: Floats  # [sku, from, to]
    leftover: Floats  # [sku]
    leftover_flexible: Floats  # [sku]

    @property
    def channels(self) -> int:
        """Channels of each region."""
        return self.show.size.channels

    def firm(self) -> Ints:
        """Stock of each node [sku, node]."""
        return self.show.firm.reshape(self.show.size.skus, -1)

    def demand(self) -> Floats:
        """Units wanted of each node over the show [sku, node]."""
        size = self.show.size
        shape = (size.skus, size.regions, size.channels)
        flat = np.ravel_multi_index((self.show.order_sku, self.show.order_region, self.show.order_channel), shape)
        found = np.bincount(flat, self.show.order_units, int(np.prod(shape))).astype(float)
        return found.reshape(size.skus, -1)


@dataclass(frozen=True)
class Outcome:
    """What a policy came to: units and value, both of the whole show."""

    units: float
    value: float
    oversold: int = 0
    moved: int = 0
    stranded: int = 0


def trade_of(show: SimulatedShow) -> Trade:
    """Draw the money of a show."""
    chance, size = Streams(show.seed).named("money"), show.size
    fee = chance.uniform(*FEES, (size.regions, size.channels))
    landed = chance.uniform(*LANDED, size.regions)
    price = show.price.astype(float)
    share = 1 - (fee + landed[:, None]).reshape(-1)
    lane = chance.uniform(*MOVES, (size.regions, size.regions))
    return Trade(
        show,
        price[:, None] * share - show.cost[:, None],
        price[:, None, None] * lane,
        LEFTOVER * price,
        LEFTOVER_FLEXIBLE * price,
    )


def outcome(trade: Trade, sold: Floats, rest: Floats, flexible: Floats, **more: float) -> Outcome:
    """Value what was sold [sku, node] and what is left in regions and in the flexible pool [sku]; `move_cost` in all."""
    value = float((sold * trade.margin).sum()) - more.pop("move_cost", 0.0)
    value -= float((rest * trade.leftover + flexible * trade.leftover_flexible).sum())
    return Outcome(float(sold.sum()), value, **{name: int(figure) for name, figure in more.items()})


def hindsight(trade: Trade) -> Outcome:
    """The best that could have been made of the same stock, had all orders been known."""
    size, demand = trade.show.size, trade.demand()
    nodes, regions = size.regions * size.channels, size.regions
    lanes = [(one, other) for one in range(regions) for other in range(regions) if one != other]
    saved = np.stack([trade.margin + trade.leftover[:, None], trade.margin + trade.leftover_flexible[:, None]], axis=1)
    gains = np.concatenate(
        [saved.reshape(size.skus, -1), -np.stack([trade.move[:, a, b] for a, b in lanes], axis=1)], axis=1
    )
    block = np.zeros((nodes + regions + 1, 2 * nodes + len(lanes)))
    at = np.arange(nodes)
    block[at, at] = block[at, nodes + at] = 1
    block[nodes + at // size.channels, at] = 1
    block[-1, nodes : 2 * nodes] = 1
    for number, (one, other) in enumerate(lanes):
        block[nodes + one, 2 * nodes + number], block[nodes + other, 2 * nodes + number] = 1, -1
    rows, columns = np.nonzero(block)
    sku = np.repeat(np.arange(size.skus), len(rows))
    matrix = coo_matrix(
        (
            np.tile(block[rows, columns], size.skus),
            (sku * len(block) + np.tile(rows, size.skus), sku * block.shape[1] + np.tile(columns, size.skus)),
        )
    ).tocsr()
    pools = trade.show.firm.sum(axis=2)
    units = np.concatenate([demand, pools, trade.show.flexible[:, None]], axis=1)
    found = linprog(-gains.reshape(-1), A_ub=matrix, b_ub=units.reshape(-1), method="highs")
    solved = found.x.reshape(size.skus, -1)
    from_pool, from_flexible = solved[:, :nodes], solved[:, nodes : 2 * nodes]
    moves = float((solved[:, 2 * nodes :] * -gains[:, 2 * nodes :]).sum())
    rest = pools.sum(axis=1) - from_pool.sum(axis=1)
    flexible = trade.show.flexible - from_flexible.sum(axis=1)
    moved = solved[:, 2 * nodes :].sum()
    return outcome(trade, from_pool + from_flexible, rest, flexible, move_cost=moves, moved=moved)
