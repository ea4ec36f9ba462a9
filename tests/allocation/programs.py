"""Programs at random, and the same program written down the long way for another solver."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from dashboard.allocation.program import PENALTY, Layout, Numbers, Program
from dashboard.allocation.segments import Law

Floats = NDArray[np.float64]


def full_layout(skus: int = 4, regions: int = 3, channels: int = 4) -> Layout:
    """Every SKU on every channel of every region."""
    sku = np.repeat(np.arange(skus), regions * channels)
    return Layout(skus, regions, sku, np.tile(np.repeat(np.arange(regions), channels), skus))


def some_numbers(layout: Layout, seed: int, demand: float = 20.0) -> Numbers:
    """Random demand, stock and money."""
    chance = np.random.default_rng(seed)
    skus, regions, nodes = layout.skus, layout.regions, layout.nodes
    mean = chance.gamma(0.7, demand, nodes)
    price = np.exp(chance.normal(7.6, 0.6, skus))
    law = Law(mean, chance.uniform(0.5, 30, nodes), chance.choice([1.0, 1.27, 9.0], nodes))
    pool = chance.poisson(demand, (skus, regions)) * chance.integers(0, 3, (skus, regions))
    move = np.repeat((0.14 * price)[:, None, None], regions, axis=1).repeat(regions, axis=2)
    move[:, 0, regions - 1] = np.inf
    return Numbers(
        law=law,
        stock=(chance.poisson(demand / 3, nodes) * (chance.random(nodes) < 0.4)).astype(float),
        pool=pool.astype(float),
        flexible=chance.poisson(demand * regions, skus) * (chance.random(skus) < 0.8).astype(float),
        margin=0.4 * price[layout.sku] * chance.uniform(0.5, 1.3, nodes),
        release=price[layout.sku] * chance.uniform(0, 0.05, nodes),
        move=move,
        leftover=np.repeat(0.05 * price[:, None], regions, axis=1),
        leftover_flexible=0.02 * price,
    )


@dataclass(frozen=True)
class Oracle:
    """What another solver finds: the value, and what the last units of each row are worth."""

    value: float
    duals: Floats


def oracle(program: Program, numbers: Numbers) -> Oracle:
    """The program's own numbers, but rows written one by one from its description, solved by scipy."""
    layout = program.layout
    upper, gain, units = program.bounds_and_costs(numbers)
    parts = (len(upper) - 2 * layout.nodes - layout.skus * layout.regions * (layout.regions - 1)) // layout.nodes
    pools = layout.skus * layout.regions
    rows = np.zeros((layout.nodes + pools + layout.skus, len(upper)))
    for node in range(layout.nodes):
        sku, region = int(layout.sku[node]), int(layout.region[node])
        rows[node, node * parts : (node + 1) * parts] = 1
        drawn, flexible = layout.nodes * parts + node, layout.nodes * (parts + 1) + node
        rows[node, [drawn, flexible]] = -1
        rows[layout.nodes + sku * layout.regions + region, drawn] = 1
        rows[layout.nodes + pools + sku, flexible] = 1
    column = layout.nodes * (parts + 2)
    for sku in range(layout.skus):
        for one in range(layout.regions):
            for other in range(layout.regions):
                if one != other:
                    rows[layout.nodes + sku * layout.regions + one, column] = 1
                    rows[layout.nodes + sku * layout.regions + other, column] = -1
                    assert gain[column] == -PENALTY * np.nan_to_num(numbers.move[sku, one, other], posinf=0.0)
                    column += 1
    bounds = list(zip(np.zeros(len(upper)), upper, strict=True))
    found = linprog(-gain, A_ub=rows, b_ub=units, bounds=bounds, method="highs-ds")
    assert found.status == 0
    return Oracle(-float(found.fun), -found.ineqlin.marginals)
