"""`ledger`: durable orders a second on one hot SKU, through the whole room, beside those who only store or only lock.

The room decides each order, books four moves, chains it with SHA-256, encodes it, and answers when it is on disk. Its
yardstick is DuckDB inserting the very same rows from ready-made Arrow tables, one transaction a batch: what storing
alone costs. PostgreSQL and Redis only count a number down under their lock, durably, and keep no journal; they are
measured where they are installed, each with a compiled or pre-encoded client so that Python is not what is timed.
"""

import time
from concurrent.futures import wait
from functools import partial

import duckdb
import pyarrow as pa

from dashboard.decision.commands import Command
from dashboard.decision.refusals import Answer
from dashboard.journal.batch import Batch
from dashboard.journal.store import WAL_BEFORE_CHECKPOINT, Journal
from dashboard.room import Room
from tests.benchmarks import worlds
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, in_turns, result
from tests.benchmarks.postgres_lock import RowLock
from tests.benchmarks.redis_lua import Script

ORDERS_PER_SECOND_AIM = 50_000.0
SUBMITTED_AT_ONCE = 512
SERVERS: tuple[tuple[str, type[RowLock] | type[Script], dict[str, str]], ...] = (
    ("PostgreSQL", RowLock, {"row lock, a commit each": "each", "row lock, 64 a commit": "batches"}),
    ("Redis", Script, {"Lua, synced each": "each", "Lua, 4096 a sync": "pipelined"}),
)


class Selling:
    """A room that sells the hot SKU and remembers the tables of its last round."""

    def __init__(self, bench: Bench, orders: int) -> None:
        folder = bench.new_folder("ledger")
        self.orders = orders
        self.sold = 0
        self.batches: list[Batch] = []
        self.room = Room(Journal(folder / "room.duckdb"), clock=lambda: worlds.STARTS_AT)
        self.room.handle(worlds.hot(), worlds.STARTS_AT)
        write = self.room.journal.append

        def write_and_keep(batch: Batch, *rest: object) -> None:
            self.batches.append(batch)
            write(batch, *rest)  # type: ignore[arg-type]

        self.room.journal.append = write_and_keep  # type: ignore[method-assign,assignment]
        yardstick = folder / "yardstick.duckdb"
        Journal(yardstick).close()
        self.store = duckdb.connect(str(yardstick))
        self.store.execute(f"set checkpoint_threshold = '{WAL_BEFORE_CHECKPOINT}'")

    def in_bulk(self) -> float:
        """Orders a second, all handed over at once; the room cuts them into transactions of 4096."""
        commands = self._next()
        self.batches.clear()
        begun = time.perf_counter()
        answers = self.room.handle(commands, worlds.STARTS_AT)
        return _rate(answers, begun)

    def from_many(self) -> float:
        """Orders a second through the writer thread, in many small parts that wait at the same time."""
        commands = self._next()
        parts = [commands[start : start + SUBMITTED_AT_ONCE] for start in range(0, len(commands), SUBMITTED_AT_ONCE)]
        if not self.room.alive():
            self.room.start()
        self.batches.clear()
        begun = time.perf_counter()
        futures = [self.room.submit(part) for part in parts]
        wait(futures)
        return _rate([answer for future in futures for answer in future.result()], begun)

    def stored_only(self) -> float:
        """Orders a second when DuckDB inserts the last round's rows from tables that are ready."""
        tables = [(batch.events_table(), batch.moves_table()) for batch in self.batches]
        begun = time.perf_counter()
        for events, moves in tables:
            self._insert(events, moves)
        return self.orders / (time.perf_counter() - begun)

    def _insert(self, events_rows: pa.Table, moves_rows: pa.Table | None) -> None:
        self.store.begin()
        self.store.execute("insert into events select * from events_rows")
        self.store.execute("insert into moves select * from moves_rows")
        self.store.commit()

    def _next(self) -> list[Command]:
        commands = worlds.hot_orders(self.sold, self.orders)
        self.sold += self.orders
        return commands

    def close(self) -> None:
        """Close both files."""
        self.store.close()
        self.room.stop()


def _rate(answers: list[Answer], begun: float) -> float:
    seconds = time.perf_counter() - begun
    assert all(answer.status == "accepted" for answer in answers)
    return len(answers) / seconds


def measure(bench: Bench) -> list[Result]:
    """Sell, store and lock in turns; one result for each yardstick."""
    orders = bench.size(61_440, 4_096)
    rounds = bench.size(5, 1)
    bench.say(f"ledger: {rounds} rounds of {orders:,} orders")
    selling = Selling(bench, orders)
    try:
        if not bench.quick:
            selling.in_bulk()
            selling.stored_only()
        bulk = in_turns(rounds, {"room": selling.in_bulk, "duckdb": selling.stored_only})
        parts = in_turns(rounds, {"room": selling.from_many, "duckdb": selling.stored_only})
        locks = _locks(bench, selling)
    finally:
        selling.close()
    aim = Goal("figure", least=ORDERS_PER_SECOND_AIM)
    store = "DuckDB inserts the same rows from Arrow"
    return [
        result("ledger", bulk["room"], "orders/s", Yardstick(store, bulk["duckdb"]), aim),
        result("ledger, in small parts", parts["room"], "orders/s", Yardstick(store, parts["duckdb"])),
        *locks,
    ]


def _locks(bench: Bench, selling: Selling) -> list[Result]:
    """The room in turns with each store that only counts down, started here where it is installed."""
    found: list[Result] = []
    seconds = 0.3 if bench.quick else 3.0
    for server, kind, ways in SERVERS:
        if not kind.installed():
            found.append(
                result(
                    f"ledger, {server}", selling.in_bulk(), "orders/s", Yardstick(f"{server} is not installed", None)
                )
            )
            continue
        bench.say(f"ledger: {server}")
        with kind(bench.new_folder(server.lower())) as lock:
            for what, way in ways.items():
                run = partial(getattr(lock, way), seconds)
                medians = in_turns(bench.size(3, 1), {"room": selling.in_bulk, "lock": run})
                yardstick = Yardstick(f"{server}: {what}", medians["lock"])
                found.append(result(f"ledger, {server} {way}", medians["room"], "orders/s", yardstick))
    return found
