"""What every benchmark is given and gives back: sizes, a temporary folder, rooms full of orders, and results.

A figure from a shared machine says little by itself, so every result carries a yardstick measured in the same run, in
turns with it (`in_turns`), and the ratio of the two medians. A goal may be on the figure or on the ratio.
"""

import math
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks import worlds

Verdict = Literal["met", "missed", "no goal", "not installed"]


@dataclass(frozen=True)
class Goal:
    """What a benchmark wants: its figure, or its ratio to the yardstick, at most or at least so much."""

    of: Literal["figure", "ratio"]
    most: float | None = None
    least: float | None = None

    def __str__(self) -> str:
        bound = f"at most {self.most:g}" if self.most is not None else f"at least {self.least:g}"
        return bound if self.of == "figure" else f"ratio {bound}"

    def holds(self, figure: float, ratio: float | None) -> bool:
        """Tell whether a measurement reaches the goal; a ratio nobody could measure does not."""
        value = figure if self.of == "figure" else ratio
        if value is None:
            return False
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


@dataclass(frozen=True)
class Yardstick:
    """The same work done by something everybody knows; `figure` None: it is not installed here."""

    name: str
    figure: float | None


@dataclass(frozen=True)
class Result:
    """One measured figure beside its yardstick; `ratio` is figure / yardstick."""

    name: str
    figure: float
    unit: str
    goal: str
    yardstick: str
    yardstick_figure: float | None
    ratio: float | None
    verdict: Verdict

    def as_row(self) -> dict[str, Any]:
        """The result as plain data."""
        return asdict(self)


def result(name: str, figure: float, unit: str, yardstick: Yardstick, goal: Goal | None = None) -> Result:
    """Put figure, yardstick and goal side by side and say the verdict."""
    measured = yardstick.figure
    ratio = figure / measured if measured else None
    verdict: Verdict = "no goal"
    if goal is not None:
        verdict = "met" if goal.holds(figure, ratio) else "missed"
    elif measured is None:
        verdict = "not installed"
    return Result(
        name,
        rounded(figure),
        unit,
        str(goal) if goal else "",
        yardstick.name,
        None if measured is None else rounded(measured),
        None if ratio is None else rounded(ratio),
        verdict,
    )


def rounded(value: float) -> float:
    """Three significant digits, and whole numbers above a hundred: nothing here is known better."""
    if not math.isfinite(value) or value == 0:
        return value
    return float(round(value, max(0, 2 - math.floor(math.log10(abs(value))))))


def in_turns(rounds: int, contestants: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Medians of each contestant, which take turns: a slow minute of the machine hits all of them alike."""
    figures: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            figures[name].append(measure())
    return {name: statistics.median(values) for name, values in figures.items()}


class Bench:
    """One run of benchmarks: how large, where its files lie, and the rooms that several benchmarks look at."""

    def __init__(self, folder: Path, quick: bool = False, loud: bool = False) -> None:
        self.folder = folder
        self.quick = quick
        self.loud = loud
        self._rooms: dict[int, Room] = {}
        self._journals: dict[int, Path] = {}

    def size(self, full: int, quick: int) -> int:
        """How many, in a full run and in a quick one that only shows that it works."""
        return quick if self.quick else full

    def say(self, what: str) -> None:
        """Tell somebody who waits what goes on."""
        if self.loud:
            print(what, file=sys.stderr, flush=True)

    def new_folder(self, name: str) -> Path:
        """An empty folder of its own."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def room(self, orders: int) -> Room:
        """A room that took so many orders, spread over its show, SKUs, regions and channels; filled once a run."""
        if orders not in self._rooms:
            self.say(f"filling a room with {orders:,} orders")
            path = self.journal_path(orders)
            fresh = not path.exists()
            room = Room(Journal(path), clock=lambda: worlds.ENDS_AT)
            if fresh:
                worlds.fill(room, orders)
            self._rooms[orders] = room
        return self._rooms[orders]

    def journal(self, orders: int) -> Path:
        """The closed journal of such a room."""
        self.room(orders)
        self._rooms.pop(orders).stop()
        return self.journal_path(orders)

    def journal_path(self, orders: int) -> Path:
        """Where such a room's journal lies."""
        return self.folder / f"orders-{orders}.duckdb"

    def close(self) -> None:
        """Stop every room."""
        while self._rooms:
            self._rooms.popitem()[1].stop()
