"""`rerun`: orders a second when a journal is decided again to the same hash, beside reading and decoding its events."""

import time
from pathlib import Path

from dashboard.decision import events as e
from dashboard.journal.store import Journal
from dashboard.review.asked import asks
from dashboard.review.rerun import rerun
from tests.benchmarks import worlds
from tests.benchmarks.bench import Bench, Result, Yardstick, in_turns, result


def decided_again(path: Path, orders: int) -> float:
    """Orders a second from the file to the hash, which must be the journal's."""
    journal = Journal(path, read_only=True)
    begun = time.perf_counter()
    outcome = rerun(list(asks(journal.events())), worlds.SHOW)
    spent = time.perf_counter() - begun
    assert (outcome.differs_at, outcome.hash) == (None, journal.head()[1])
    journal.close()
    return orders / spent


def decoded(path: Path, orders: int) -> float:
    """Orders a second when events are only read and decoded."""
    journal = Journal(path, read_only=True)
    begun = time.perf_counter()
    for stored in journal.events():
        e.decode(stored.type, stored.data)
    spent = time.perf_counter() - begun
    journal.close()
    return orders / spent


def measure(bench: Bench) -> list[Result]:
    """Decide a journal again, and read it, in turns."""
    orders = bench.size(200_000, 3_000)
    path = bench.journal(orders)
    bench.say("rerun")
    medians = in_turns(
        bench.size(3, 1), {"again": lambda: decided_again(path, orders), "read": lambda: decoded(path, orders)}
    )
    yardstick = Yardstick("reading and decoding the events", medians["read"])
    return [result(f"rerun, {orders:,} orders", medians["again"], "orders/s", yardstick)]
