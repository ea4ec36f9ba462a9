"""Our rows: `dashboard.forecast` fed as the room's folded facts feed it, and taught by closed shows as the room is.

With the feed it knows the rundown beforehand and is told what comes on screen, pushes and viewers; without, only the
plan, the orders, prices and what is left. `learn` makes the lesson of a show that has been played and graded; `adopt`
is what the next show then starts from, levels included. Before any lesson the shipped defaults hold.
"""

from collections.abc import Sequence

import numpy as np

from dashboard.decision.world import Tuning
from dashboard.forecast import bins, lessons, pulse as pulses, record as records
from dashboard.forecast.lessons import Lesson
from dashboard.forecast.levels import BUCKETS, NEUTRAL
from dashboard.forecast.pulse import Pulse, Slot
from dashboard.forecast.selling_out import HORIZONS, RAW_LEVELS, forecast, look, raw_quantiles
from dashboard.forecast.states import NEVER, TIERS, Tables
from tests.benchmarks.forecast_play import LEVELS, Billing, Said, Seen
from tests.simulated.show import Floats, Ints

SECOND = 1_000_000
ELASTICITY = 1.5
HOST = "host"


def tables_of(tuning: Tuning) -> Tables:
    """What a show starts from."""
    states = np.array([tuning.states[tier] for tier in TIERS])
    return Tables(states, np.array([tuning.spread[tier] for tier in TIERS]), tuning.trust)


def levels_of(tuning: Tuning) -> Floats:
    """(cells x 2) levels shown as P10 and P90, a cell being a tier at a horizon."""
    found: Floats = np.array([tuning.levels.get(f"{tier}/{span}", NEUTRAL) for tier in TIERS for span in HORIZONS])
    return found


class Ours:
    """The product's forecaster."""

    def __init__(self, name: str, feed: bool = True, usual: Tuning | None = None) -> None:
        assert tuple(LEVELS) == RAW_LEVELS
        self.name = name
        self.feed = feed
        self.usual = self.tuning = usual or lessons.defaults()

    def begin(self, billing: Billing) -> None:
        """A show with its plan, and with its rundown when there is a feed."""
        size, rundown = billing.size, billing.rundown
        spans = zip(rundown.start, rundown.end, rundown.sku, strict=True)
        self.billing = billing
        self.pulse: Pulse = pulses.begin(
            [(f"s{sku}", TIERS[tier]) for sku, tier in enumerate(billing.tier)],
            [f"r{region}" for region in range(size.regions)],
            (0, size.minutes * 60 * SECOND),
            [Slot(int(begun) * SECOND, int(ended) * SECOND, int(sku)) for begun, ended, sku in spans]
            if self.feed
            else [],
            tables_of(self.tuning),
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
        pulse.row("terms")[:] = np.repeat(seen.price**-ELASTICITY, regions)
        bins.advance(pulse, at + width)

    def say(self, minute: float, left: Floats) -> Said:
        """Every node's quantiles."""
        outlook = look(self.pulse, round(minute * 60 * SECOND))
        found = forecast(self.pulse, outlook, self.tuning.levels)
        quantiles = raw_quantiles(outlook).T
        return Said(
            quantiles.reshape(*left.shape, len(LEVELS)),
            found.chance.reshape(left.shape),
            np.stack([found.lower, found.upper], axis=1).reshape(*left.shape, 2),
        )

    def learn(self, show: str, cell: Ints, pit: Floats) -> Lesson:
        """What the show just played teaches, given where the truth fell in its forecasts."""
        counts = np.zeros((len(TIERS) * len(HORIZONS), BUCKETS))
        np.add.at(counts, (cell, np.minimum((pit * BUCKETS).astype(np.int64), BUCKETS - 1)), 1.0)
        end = self.pulse.end
        lesson = lessons.learn(show, HOST, self.pulse, records.begin(show, 0, end))
        return lesson._replace(at=end, pits=counts.reshape(len(TIERS), len(HORIZONS), BUCKETS))

    def adopt(self, heard: Sequence[Lesson]) -> Floats:
        """Start from these lessons from now on; the levels that come with them."""
        self.tuning = lessons.tuning(heard, HOST, self.usual) or self.usual
        return levels_of(self.tuning)
