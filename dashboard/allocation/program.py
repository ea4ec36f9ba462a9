"""The stochastic linear program: which units of which pool should meet which demand, and what one more would be worth.

    per node (SKU x channel): 8 segments of demand to come, worth margin x chance that each is reached
    row node     sold - drawn from the region's pool - drawn from the flexible pool  <=  units the channel has itself
    row pool     drawn by the region's channels + moved out - moved in               <=  units in the region's pool
    row flexible drawn by any channel                                                <=  units in the flexible pool

Moves between regions pay twice their cost, or re-solving churns. What a unit costs that nobody buys is counted as saved
by selling it, at the price of the pool it comes from. The program is built once for a layout; each solve only changes
bounds and costs, so that the solver starts from its last basis. Duals are the answer: the flexible pool's is its bid
price, a pool's or a node's is the worth of one more unit there. Every row is widened by a hair, each by another, so
that duals are those of the *next* unit and do not depend on the path of the solver.

The solver checks no lengths, and a short array ends the process: every array is checked here. What can fail: no time
left or a solver that gives up, which raises `Unsolved` with the reason; `solving` then says what to do.
"""

from dataclasses import dataclass, fields
from typing import Any

import highspy
import numpy as np

from dashboard.allocation.segments import LEVELS, Law, segments
from dashboard.forecast.counts import Floats, Ints

PENALTY = 2.0
"""How many times its cost a move between regions must earn."""
HAIR = 1e-4
GOLDEN = 0.6180339887498949
PARTS = len(LEVELS)
UNBOUNDED = highspy.kHighsInf


class Unsolved(Exception):
    """The program has no solution in the time given; the message says why."""


@dataclass(frozen=True)
class Layout:
    """What is sold where: the SKU and the region of each node, as numbers from 0; a node is a SKU on a channel."""

    skus: int
    regions: int
    sku: Ints
    region: Ints

    @property
    def nodes(self) -> int:
        """How many nodes."""
        return len(self.sku)

    @property
    def pool(self) -> Ints:
        """Of each node, the number of its pool among SKU x region."""
        return self.sku * self.regions + self.region


@dataclass(frozen=True)
class Numbers:
    """What a solve depends on; units, and money in minor units for each unit.

    `law` demand to come at each node; `stock` [node] units the channel has itself; `pool` [SKU, region]; `flexible`
    [SKU]; `margin` [node] earned by a sale; `release` [node] cost of drawing on the flexible pool; `move` [SKU, from,
    to] cost of a move (inf: no way); `leftover` [SKU, region] and `leftover_flexible` [SKU] cost of an unsold unit.
    """

    law: Law
    stock: Floats
    pool: Floats
    flexible: Floats
    margin: Floats
    release: Floats
    move: Floats
    leftover: Floats
    leftover_flexible: Floats

    def check(self, layout: Layout) -> None:
        """Raise ValueError unless every array has the layout's shape and no number is missing."""
        nodes, skus, regions = (layout.nodes,), (layout.skus,), layout.regions
        shapes: dict[str, tuple[int, ...]] = {
            "stock": nodes,
            "margin": nodes,
            "release": nodes,
            "flexible": skus,
            "leftover_flexible": skus,
        }
        shapes |= {"pool": (*skus, regions), "leftover": (*skus, regions), "move": (*skus, regions, regions)}
        arrays = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "law"}
        arrays |= self.law._asdict()
        for name, array in arrays.items():
            wanted = shapes.get(name, nodes)
            if np.shape(array) != wanted:
                raise ValueError(f"{name} has the shape {np.shape(array)}, the layout wants {wanted}.")
            if np.isnan(array).any() or (name != "move" and np.isinf(array).any()):
                raise ValueError(f"{name} holds a number that is none.")


@dataclass(frozen=True)
class Solution:
    """What the program says; minor units per unit, and units.

    `bid` [SKU] what the next unit of the flexible pool is worth elsewhere or later, over leaving it there; `pool_worth`
    [SKU, region] and `node_worth` [node] the same of a region's pool and of a channel's own; `from_pool`,
    `from_flexible` [node] units drawn; `moves` [SKU, from, to] units; `value` over selling nothing.
    """

    bid: Floats
    pool_worth: Floats
    node_worth: Floats
    from_pool: Floats
    from_flexible: Floats
    moves: Floats
    value: float


class Program:
    """The program of one layout, built once; `solve` changes bounds and costs in place. Not to be shared by threads."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        nodes, pools = layout.nodes, layout.skus * layout.regions
        self._lanes = [(one, other) for one in range(layout.regions) for other in range(layout.regions) if one != other]
        sizes = (nodes * PARTS, nodes, nodes, layout.skus * len(self._lanes))
        self._sold, self._from_pool, self._from_flexible, self._moves = _ranges(sizes)
        self._node_rows, self._pool_rows, self._flexible_rows = _ranges((nodes, pools, layout.skus))
        self._columns, self._rows = sum(sizes), nodes + pools + layout.skus
        hair = HAIR * (1 + (np.arange(self._rows) * GOLDEN) % 1)
        # A node's hair is smaller than its pools': no unit is drawn only to even out the hairs.
        self._hair: Floats = np.where(np.arange(self._rows) < nodes, hair / 16, hair)
        self._highs = self._build()

    def _build(self) -> Any:
        solver: Any = highspy.Highs  # its published types lack some of its methods
        highs = solver()
        for name, value in (
            ("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("random_seed", 1),
            ("simplex_scale_strategy", 0), ("dual_simplex_cost_perturbation_multiplier", 0.0),
        ):  # fmt: skip
            highs.setOptionValue(name, value)
        rows, columns, values = self._entries()
        order = np.lexsort((columns, rows))
        starts = np.searchsorted(rows[order], np.arange(self._rows + 1)).astype(np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._columns, self._rows
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = np.zeros(self._columns)
        model.col_lower_, model.col_upper_ = np.zeros(self._columns), np.full(self._columns, UNBOUNDED)
        model.row_lower_, model.row_upper_ = np.full(self._rows, -UNBOUNDED), np.zeros(self._rows)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_, model.a_matrix_.value_ = columns[order].astype(np.int32), values[order]
        if highs.passModel(model) == highspy.HighsStatus.kError:
            raise Unsolved("The solver does not take the program.")
        return highs

    def _entries(self) -> tuple[Ints, Ints, Floats]:
        """Row, column and value of every entry of the matrix."""
        layout, node = self.layout, np.arange(self.layout.nodes)
        lane = np.array(self._lanes, dtype=np.int64).reshape(-1, 2)
        sku = np.repeat(np.arange(layout.skus), len(lane))
        leaves = sku * layout.regions + np.tile(lane[:, 0], layout.skus)
        arrives = sku * layout.regions + np.tile(lane[:, 1], layout.skus)
        entries = [
            (np.repeat(node, PARTS), self._sold, 1.0),
            (node, self._from_pool, -1.0),
            (node, self._from_flexible, -1.0),
            (self._pool_rows[layout.pool], self._from_pool, 1.0),
            (self._flexible_rows[layout.sku], self._from_flexible, 1.0),
            (self._pool_rows[leaves], self._moves, 1.0),
            (self._pool_rows[arrives], self._moves, -1.0),
        ]
        rows, columns = (np.concatenate([one[axis] for one in entries]).astype(np.int64) for axis in (0, 1))
        return rows, columns, np.concatenate([np.full(len(one[0]), one[2]) for one in entries])

    def bounds_and_costs(self, numbers: Numbers) -> tuple[Floats, Floats, Floats]:
        """Upper bound and gain of every column, and the upper bound of every row."""
        layout = self.layout
        numbers.check(layout)
        widths, chances = segments(numbers.law)
        saved = numbers.leftover.reshape(-1)[layout.pool]
        upper, gain = np.full(self._columns, UNBOUNDED), np.zeros(self._columns)
        upper[self._sold] = widths.reshape(-1)
        gain[self._sold] = ((numbers.margin + saved)[:, None] * chances).reshape(-1)
        gain[self._from_flexible] = -(numbers.release + saved - numbers.leftover_flexible[layout.sku])
        lanes = [numbers.move[:, one, other] for one, other in self._lanes]
        move = np.stack(lanes, axis=1) if lanes else np.zeros((layout.skus, 0))
        gain[self._moves] = -PENALTY * np.where(np.isinf(move), 0.0, move).reshape(-1)
        upper[self._moves] = np.where(np.isinf(move), 0.0, UNBOUNDED).reshape(-1)
        units = np.concatenate([numbers.stock, numbers.pool.reshape(-1), numbers.flexible])
        return upper, gain, np.maximum(units, 0.0) + self._hair

    def solve(self, numbers: Numbers, seconds: float = 1.0) -> Solution:
        """Solve for these numbers within so many seconds. Raises Unsolved, or ValueError when an array does not fit."""
        upper, gain, units = self.bounds_and_costs(numbers)
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + seconds)
        every = np.arange(self._columns, dtype=np.int32)
        highs.changeColsBounds(self._columns, every, np.zeros(self._columns), upper)
        highs.changeColsCost(self._columns, every, gain)
        rows = np.arange(self._rows, dtype=np.int32)
        highs.changeRowsBounds(self._rows, rows, np.full(self._rows, -UNBOUNDED), units)
        highs.run()
        status = highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            highs.clearSolver()
            raise Unsolved(f"The solver stopped: {highs.modelStatusToString(status).lower()}.")
        return self._read(highs)

    def _read(self, highs: Any) -> Solution:
        found = highs.getSolution()
        columns, duals = np.array(found.col_value), np.maximum(np.array(found.row_dual), 0.0)
        if len(columns) != self._columns or len(duals) != self._rows:
            raise Unsolved("The solver returns no solution.")
        layout = self.layout
        moves = np.zeros((layout.skus, layout.regions, layout.regions))
        for number, (one, other) in enumerate(self._lanes):
            moves[:, one, other] = columns[self._moves].reshape(layout.skus, -1)[:, number]
        return Solution(
            bid=duals[self._flexible_rows],
            pool_worth=duals[self._pool_rows].reshape(layout.skus, layout.regions),
            node_worth=duals[self._node_rows],
            from_pool=columns[self._from_pool],
            from_flexible=columns[self._from_flexible],
            moves=moves,
            value=float(highs.getObjectiveValue()),
        )


def _ranges(sizes: tuple[int, ...]) -> list[Ints]:
    """Numbers of the columns or rows of each kind, one after the other."""
    ends = np.cumsum(sizes)
    return [np.arange(end - size, end, dtype=np.int64) for end, size in zip(ends, sizes, strict=True)]
