"""`python -m tests.benchmarks.run [NAMES] [--json] [--quick]`: the performance goals, each beside its yardstick.

Each benchmark is one module with one function `measure(bench) -> list[Result]`. Progress goes to the error output, the
table or the JSON object to the standard one. Exit 0: every goal is met. Exit 1: one is missed. Exit 2: no such
benchmark. `--quick` only shows that everything runs: its figures mean nothing, so it never says that a goal is missed.
"""

import argparse
import difflib
import importlib
import json
import math
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from tests.benchmarks.bench import Bench, Result

BENCHMARKS = {
    "ledger": "tests.benchmarks.ledger",
    "frame": "tests.benchmarks.frame",
    "jumps": "tests.benchmarks.jumps",
    "verify": "tests.benchmarks.verify",
    "import": "tests.benchmarks.import_file",
    "http": "tests.benchmarks.http_orders",
    "webhooks": "tests.benchmarks.http_webhooks",
    "viewers": "tests.benchmarks.viewers",
    "forecast": "tests.benchmarks.forecast",
    "real-days": "tests.benchmarks.real_days_forecast",
    "withheld": "tests.benchmarks.withheld",
    "allocation": "tests.benchmarks.allocation",
    "outlook": "tests.benchmarks.outlook",
    "rules": "tests.benchmarks.rules",
    "lost": "tests.benchmarks.lost",
    "rerun": "tests.benchmarks.rerun",
}


def results(names: Sequence[str], quick: bool = False, loud: bool = False) -> Iterator[Result]:
    """Run benchmarks by name, one after the other, and hand over each figure as it comes."""
    with tempfile.TemporaryDirectory(prefix="warroom-bench-") as folder:
        bench = Bench(Path(folder), quick, loud)
        try:
            for name in names:
                yield from importlib.import_module(BENCHMARKS[name]).measure(bench)
        finally:
            bench.close()


def million_additions_ms() -> float:
    """How fast Python is on this machine right now: the best of five loops, so that runs can be compared."""
    best = math.inf
    for _ in range(5):
        begun, total = time.perf_counter(), 0
        for number in range(1_000_000):
            total += number
        best = min(best, (time.perf_counter() - begun) * 1000)
    return best


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "million_additions_ms": round(million_additions_ms(), 1),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
    }


def table(found: Sequence[Result], measured_on: dict[str, object]) -> Table:
    """The results for people."""
    where = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in measured_on.items())
    rows = Table(title=f"medians, each beside its yardstick in the same run ({where})", title_justify="left")
    for heading in ("benchmark", "figure", "goal", "yardstick", "", "ratio", "verdict"):
        rows.add_column(heading, justify="right" if heading in ("figure", "", "ratio") else "left")
    for one in found:
        measured = "" if one.yardstick_figure is None else f"{one.yardstick_figure:,g}"
        ratio = "" if one.ratio is None else f"{one.ratio:g}"
        rows.add_row(one.name, f"{one.figure:,g} {one.unit}", one.goal, one.yardstick, measured, ratio, one.verdict)
    return rows


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; a wrong name ends the program with a sentence."""
    parser = argparse.ArgumentParser(prog="warroom bench", description="Measure the performance goals.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)}; all by default")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--quick", action="store_true", help="tiny sizes that only show that it runs")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHMARKS:
            near = difflib.get_close_matches(name, BENCHMARKS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(BENCHMARKS)}."
            print(f"There is no benchmark {name!r}; {hint}", file=sys.stderr)
            raise SystemExit(2)
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether a goal is missed."""
    options = options_of(arguments)
    measured_on = machine()
    found = list(results(options.names or list(BENCHMARKS), options.quick, loud=True))
    if options.json:
        print(json.dumps({"machine": measured_on, "quick": options.quick, "results": [one.as_row() for one in found]}))
    else:
        Console(width=None if sys.stdout.isatty() else 180, highlight=False).print(table(found, measured_on))
    return 1 if not options.quick and any(one.verdict == "missed" for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
