"""What a thousand series cost: a bin closed, the exposure ahead and three quantiles of each, in one go.

Time of the processor, not of the clock: everything happens in one thread, and the machine may be shared.
"""

import time

import numpy as np

from dashboard.forecast import bins, pulse as pulses
from dashboard.forecast.lessons import defaults
from dashboard.forecast.pulse import Pulse, Slot
from dashboard.forecast.selling_out import forecast, look
from dashboard.forecast.states import MINUTE, TIERS
from tests.benchmarks.forecast_ours import tables_of
from tests.simulated.show import Floats

SKUS, REGIONS, MINUTES = 50, 20, 120
ORDERS_A_BIN = 60


def busy_pulse(chance: np.random.Generator) -> Pulse:
    """A show of a thousand nodes, all with a plan, stock and a slot."""
    width = MINUTES // SKUS
    slots = [Slot(sku * width * MINUTE, (sku + 1) * width * MINUTE, sku) for sku in range(SKUS)]
    tiers = [(f"s{sku}", TIERS[sku % len(TIERS)]) for sku in range(SKUS)]
    regions = [f"r{region}" for region in range(REGIONS)]
    pulse = pulses.begin(tiers, regions, (0, MINUTES * MINUTE), slots, tables_of(defaults()), 1000.0 * REGIONS)
    for sku, region in np.ndindex(SKUS, REGIONS):
        number = pulses.node(pulse, sku, region)
        pulses.moved(pulse, number, int(chance.integers(5, 60)))
        pulse.row("planned")[number] = chance.uniform(2, 60)
    for region in range(REGIONS):
        pulses.watched(pulse, region, float(chance.integers(500, 2000)))
    return pulse


def milliseconds(rounds: int) -> Floats:
    """Each round's cost: sixty orders are taken in, a bin is closed, everything is forecast."""
    chance = np.random.default_rng(3)
    pulse = busy_pulse(chance)
    levels = defaults().levels
    spent = []
    for number in range(rounds):
        at = (number + 1) * pulse.width
        if number % 12 == 0:
            pulses.show_sku(pulse, number // 12 % SKUS, at - pulse.width, push=number % 24 == 0)
        for node in chance.integers(0, SKUS * REGIONS, ORDERS_A_BIN).tolist():
            pulses.sold(pulse, node, 1)
            pulses.moved(pulse, node, -1)
        begun = time.thread_time()
        bins.advance(pulse, at)
        forecast(pulse, look(pulse, at), levels)
        spent.append((time.thread_time() - begun) * 1000)
    return np.array(spent)


def yardstick_milliseconds(rounds: int) -> Floats:
    """As much of nothing but the incomplete beta function: three quantiles of a thousand series."""
    from scipy.special import betaincinv  # only here

    chance = np.random.default_rng(4)
    stock, shape = chance.uniform(1, 60, 1000), chance.uniform(0.5, 30, 1000)
    spent = []
    for _ in range(rounds):
        begun = time.thread_time()
        for level in (0.1, 0.5, 0.9):
            betaincinv(stock, shape, level)
        spent.append((time.thread_time() - begun) * 1000)
    return np.array(spent)
