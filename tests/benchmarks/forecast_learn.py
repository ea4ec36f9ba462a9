"""Learning what is shipped: data/forecast/defaults.json, what a room assumes before any of its own shows has closed.

    LEARN shows, first half   multiplier of each on-screen state by tier, spread of true over planned rates, trust
    LEARN shows, second half  played with these: where the truth fell, hence the levels shown as P10 and P90

Multipliers are ratios of sums that fit together: each node's pace is its units over its exposure weighed by the
multipliers, each multiplier is its tier's units over its exposure weighed by the paces; a few rounds settle both. Units
and exposure count only while a node is open. The unit is free; "on screen, no push" is four.
"""

import sys
from typing import NamedTuple

import msgspec
import numpy as np

from dashboard import settings
from dashboard.decision.world import Tuning
from dashboard.forecast import bins, levels
from dashboard.forecast.levels import BUCKETS
from dashboard.forecast.selling_out import HORIZONS
from dashboard.forecast.states import MINUTE, ON_SCREEN, STATES, TIERS, Tables
from tests.benchmarks.forecast_ours import Ours
from tests.benchmarks.forecast_play import Billing, Seen, play
from tests.benchmarks.forecast_score import cells, pit
from tests.simulated.draw import draw
from tests.simulated.show import VARIANTS, Floats, Ints
from tests.simulated.streams import LEARN

PATH = settings.DATA / "forecast" / "defaults.json"
ROUNDS = 80
ON_SCREEN_MULTIPLIER = 4.0
PRIOR_SHARE = 0.5


class Studied(NamedTuple):
    """Nodes of many shows: units and viewer-minutes by state, tier, SKU (unique over shows), units planned."""

    units: Floats
    exposure: Floats
    tier: Ints
    sku: Ints
    planned: Floats
    followed: float
    strayed: float


class Student(Ours):
    """Ours, which also notes all units and exposure of a show by state, forgetting nothing."""

    def begin(self, billing: Billing) -> None:
        """Start a show with empty sums."""
        super().begin(billing)
        self.units = np.zeros((STATES, self.pulse.size))
        self.exposure = np.zeros((STATES, self.pulse.size))

    def take(self, seen: Seen) -> None:
        """Note the bin under the state that ours counts it under."""
        super().take(seen)
        pulse, width = self.pulse, self.pulse.width
        node = np.arange(pulse.size)
        state = bins.states(pulse, seen.number * width + width // 2)[pulse.sku_of[node]]
        watching = pulse.audience[0][pulse.region_of[node]] * pulse.row("terms")
        self.units[state, node] += seen.sold.ravel()
        self.exposure[state, node] += watching * seen.open.ravel() * width / MINUTE


def study(seeds: range) -> Studied:
    """Play shows to a student."""
    student = Student("student")
    units, exposure, tier, sku, planned = [], [], [], [], []
    followed = strayed = 0.0
    for place, seed in enumerate(seeds):
        show = draw(seed)
        play(show, student, show.size.minutes // 2)
        pulse = student.pulse
        units.append(student.units)
        exposure.append(student.exposure)
        tier.append(pulse.tier[pulse.sku_of[: pulse.size]])
        sku.append(pulse.sku_of[: pulse.size] + place * show.size.skus)
        planned.append(pulse.row("planned").copy())
        followed, strayed = followed + pulse.followed, strayed + pulse.strayed
    return Studied(
        np.concatenate(units, axis=1), np.concatenate(exposure, axis=1), np.concatenate(tier), np.concatenate(sku),
        np.concatenate(planned), followed, strayed,
    )  # fmt: skip


def multipliers(seen: Studied) -> Floats:
    """Tiers x states."""
    found = Tables.built_in().states.copy()
    for _ in range(ROUNDS):
        weighed = (seen.exposure * found[seen.tier].T).sum(axis=0)
        # a node that sold nothing still has a pace: as planned, as sure as half an order
        usual = seen.planned * seen.units.sum() / (seen.planned * weighed).sum()
        pace = (seen.units.sum(axis=0) + PRIOR_SHARE) / (weighed + PRIOR_SHARE / usual)
        for tier in range(len(TIERS)):
            mine = seen.tier == tier
            expected = (seen.exposure[:, mine] * pace[mine]).sum(axis=1)
            found[tier] = np.where(
                expected > 0, seen.units[:, mine].sum(axis=1) / np.maximum(expected, 1e-9), found[tier]
            )
        found = np.maximum(found, 1e-3)
        found *= ON_SCREEN_MULTIPLIER / found[:, [ON_SCREEN]]
    return found


def spread(seeds: range) -> dict[str, float]:
    """By tier: variance of what SKUs were asked for over what was planned, the show's mean and chance taken off.

    Counted on what was asked for, as if from shows with stock to spare: sales of scarce stock all look as planned.
    """
    squares: list[list[float]] = [[] for _ in TIERS]
    for show in map(draw, seeds):
        wanted = np.bincount(show.order_sku, show.order_units, show.size.skus)
        lot = np.bincount(show.order_sku, show.order_units**2, show.size.skus) / np.maximum(wanted, 1.0)
        planned = show.plan.sum(axis=(1, 2))
        ratio = wanted / planned / (wanted.sum() / planned.sum())
        for tier, value in zip(show.tier, (ratio - 1) ** 2 - lot / planned, strict=True):
            squares[tier].append(float(value))
    return {tier: round(float(np.mean(squares[place])), 3) for place, tier in enumerate(TIERS)}


def shipped_levels(tuning: Tuning, seeds: range) -> dict[str, tuple[float, float]]:
    """Levels from where the truth fell in shows that were played with these tables."""
    ours = Ours("levels", usual=tuning)
    counts = []
    for seed in seeds:
        batch, _ = play(draw(seed, VARIANTS["base"]), ours)
        counts.append(ours.learn(str(seed), cells(batch), pit(batch, seed)).pits)
    return levels.learn(np.array(counts).reshape(-1, len(TIERS), len(HORIZONS), BUCKETS))


def learned(shows: int = len(LEARN)) -> Tuning:
    """Everything that is shipped."""
    half = shows // 2
    seen = study(LEARN[:half])
    states = multipliers(seen)
    tuning = Tuning(
        name="simulated shows",
        trust=round(seen.followed / (seen.followed + seen.strayed), 3),
        states={tier: tuple(round(float(value), 3) for value in states[place]) for place, tier in enumerate(TIERS)},
        spread=spread(LEARN[:half]),
    )
    return msgspec.structs.replace(tuning, levels=shipped_levels(tuning, LEARN[half:shows]))


def write() -> str:
    """Write the file; its text."""
    PATH.parent.mkdir(exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(learned()), indent=2).decode() + "\n"
    PATH.write_text(text, encoding="utf-8")
    return text


if __name__ == "__main__":
    sys.stdout.write(write())
