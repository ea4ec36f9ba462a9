"""Our rows: `dashboard.forecast` fed exactly as the room's folded facts feed it.

With the feed it knows the rundown beforehand and is told what comes on screen, pushes and viewers; without, only the
plan, the orders and what is left. Prices reach it as terms in both. `tables` are what a show starts from.
"""

import numpy as np

from dashboard.forecast import bins, pulse as pulses
from dashboard.forecast.selling_out import RAW_LEVELS, look, raw_quantiles
from dashboard.forecast.counts import chance_by
from dashboard.forecast.pulse import Pulse, Slot
from dashboard.forecast.states import NEVER, TIERS, Tables
from tests.benchmarks.forecast_play import LEVELS, Billing, Said, Seen
from tests.simulated.show import Floats

SECOND = 1_000_000
assert tuple(LEVELS) == RAW_LEVELS


class Ours:
    """The product's forecaster."""

    def __init__(self, name: str, tables: Tables, feed: bool = True) -> None:
        self.name = name
        self.tables = tables
        self.feed = feed

    def begin(self, billing: Billing) -> None:
        """A show with its plan, and with its rundown when there is a feed."""
        size = billing.size
        rundown = billing.rundown
        slots = [
            Slot(int(start) * SECOND, int(end) * SECOND, int(sku))
            for start, end, sku in zip(rundown.start, rundown.end, rundown.sku, strict=True)
        ]
        self.billing = billing
        self.pulse: Pulse = pulses.begin(
            [(f"s{sku}", TIERS[tier]) for sku, tier in enumerate(billing.tier)],
            [f"r{region}" for region in range(size.regions)],
            (0, size.minutes * 60 * SECOND),
            slots if self.feed else [],
            self.tables,
            float(billing.viewers_planned.sum()) if self.feed else 0.0,
        )
        for sku, region in np.ndindex(billing.pools.shape):
            number = pulses.node(self.pulse, sku, region)
            pulses.moved(self.pulse, number, int(billing.pools[sku, region]))
            self.pulse.row("planned")[number] = billing.plan[sku, region]
        self.pushed = False

    def take(self, seen: Seen) -> None:
        """One bin: what is on screen from its start, who watches, what sold; then the bin is closed."""
        pulse, regions = self.pulse, self.billing.size.regions
        width = self.billing.size.bin_seconds * SECOND
        at = seen.number * width
        if self.feed:
            shown = seen.on_screen if seen.on_screen >= 0 else NEVER
            push = seen.pushed and (not self.pushed or shown != pulse.on_screen)
            if push or shown != pulse.on_screen or not pulse.told:
                pulses.show_sku(pulse, shown, at, push)
            self.pushed = seen.pushed
            for region, viewers in enumerate(seen.viewers):
                pulses.watched(pulse, region, float(viewers))
        for sku, region, units in zip(seen.sku.tolist(), seen.region.tolist(), seen.units.tolist(), strict=True):
            number = sku * regions + region
            pulses.sold(pulse, number, units)
            pulses.moved(pulse, number, -units)
        pulse.row("open")[:] = seen.open.ravel()
        bins.advance(pulse, at + width)

    def say(self, minute: float, left: Floats) -> Said:
        """Every node's quantiles."""
        outlook = look(self.pulse, round(minute * 60 * SECOND))
        law, future, stock = outlook.law, outlook.ahead, outlook.stock
        end = future.orders[:, -1] if future.orders.shape[1] else np.zeros(self.pulse.size)
        chance = chance_by(stock, law.shape, law.rate, law.lot, end)
        quantiles = raw_quantiles(outlook).T
        return Said(quantiles.reshape(*left.shape, len(LEVELS)), chance.reshape(left.shape))
