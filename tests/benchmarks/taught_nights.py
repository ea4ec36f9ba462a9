"""Nights before the night: what earlier evenings of a scenario taught its forecast, as a seller's own past shows would.

    python -m tests.benchmarks.taught_nights breezestyle [--nights 10]        data/forecast/breezestyle.json anew

Plays the scenario with other crowds (seeds from 1001 on, which no test and no demo plays), once as the shipped tables
forecast it and once as the first half taught, and writes what all of the second half teach.
"""

import argparse
import tempfile
from pathlib import Path

import msgspec

from dashboard import room as rooms, settings
from dashboard.channels.sandbox.play import play
from dashboard.channels.sandbox.scenario import load
from dashboard.decision.world import Tuning
from dashboard.forecast import lessons
from dashboard.journal.store import Journal

FIRST_SEED = 1001
STEP_SECONDS = 60.0


def nights(name: str, seeds: range) -> list[lessons.Lesson]:
    """What each of some evenings teaches; they are forecast by what lies in data/forecast at that moment."""
    scenario = msgspec.structs.replace(load(settings.DATA / "scenarios" / f"{name}.toml"), step_seconds=STEP_SECONDS)
    taught: list[lessons.Lesson] = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            room = rooms.Room(Journal(Path(folder) / "night.duckdb"), clock=lambda: 0, levels={"all": "auto"})
            play(scenario, seed, room, "auto")
            facts = room._facts[scenario.name]
            taught.append(lessons.learn(f"night {seed}", "", facts.forecasts.pulse, facts.forecasts.record))
            room.stop()
        print(seed, flush=True)
    return taught


def main() -> None:
    """Play, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario")
    parser.add_argument("--nights", type=int, default=10)
    given = parser.parse_args()
    path = settings.DATA / "forecast" / f"{given.scenario}.json"
    for half in range(2):
        first = FIRST_SEED + half * given.nights
        learned = lessons.tuning(nights(given.scenario, range(first, first + given.nights)), "", lessons.defaults())
        assert learned is not None
        named = msgspec.structs.replace(learned, name=f"{given.nights} earlier evenings")
        path.write_bytes(msgspec.json.format(msgspec.json.encode(_short(named)), indent=1) + b"\n")


def _short(tuning: Tuning) -> Tuning:
    """The same with numbers as long as they are worth."""

    def few(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(float(f"{value:.4g}") for value in values)

    return msgspec.structs.replace(
        tuning,
        trust=round(tuning.trust, 3),
        states={tier: few(values) for tier, values in tuning.states.items()},
        spread={tier: float(f"{value:.4g}") for tier, value in tuning.spread.items()},
        levels={cell: (round(low, 4), round(high, 4)) for cell, (low, high) in tuning.levels.items()},
    )


if __name__ == "__main__":
    main()
