"""`verify`: events a second of the auditor, beside DuckDB reading every column of the same file once."""

import time
from pathlib import Path

import duckdb

from dashboard.journal.verify import verify
from tests.benchmarks.bench import Bench, Result, Yardstick, in_turns, result

READ_ALL = ("select bit_xor(hash(e)), count(*) from events as e", "select bit_xor(hash(m)), count(*) from moves as m")


def audited(path: Path) -> float:
    """Events a second of the auditor."""
    begun = time.perf_counter()
    report = verify(path)
    assert report["ok"], report["breaches"][:3]
    return report["events"] / (time.perf_counter() - begun)


def read(path: Path) -> float:
    """Events a second when their columns are only read."""
    with duckdb.connect(str(path), read_only=True) as connection:
        begun = time.perf_counter()
        counts = [connection.execute(query).fetchall()[0][1] for query in READ_ALL]
        return float(counts[0] / (time.perf_counter() - begun))


def measure(bench: Bench) -> list[Result]:
    """Audit and read a journal in turns."""
    orders = bench.size(1_000_000, 5_000)
    path = bench.journal(orders)
    bench.say("verify")
    medians = in_turns(bench.size(3, 1), {"auditor": lambda: audited(path), "reader": lambda: read(path)})
    yardstick = Yardstick("DuckDB reads every column once", medians["reader"])
    return [result(f"verify, {orders:,} orders", medians["auditor"], "events/s", yardstick)]
