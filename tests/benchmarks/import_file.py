"""`import`: seconds to turn an order file of 100,000 rows into a show, beside DuckDB inserting the same moves.

The file is made up (`order_file`), read with the mapping that ships for the real one of that shape, decided order by
order and journaled. The yardstick inserts the finished moves from one ready-made Arrow table into an empty journal: no
reading, no deciding, no events. A second line holds the import against inserting the events as well. The phases that
the import reports go to whoever waits, to show where the time goes.
"""

import gc
import time

import duckdb

from dashboard.channels.orders_file.importing import ImportReport, import_orders
from dashboard.journal.store import Journal
from dashboard.room import Room
from dashboard.settings import DATA
from tests.benchmarks import order_file
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, in_turns, result

MAPPING = DATA / "mappings" / "online_retail.toml"
RATIO_MAX = 4.0


class Importing:
    """One order file, imported again and again into new journals; the last one feeds the yardstick."""

    def __init__(self, bench: Bench, rows: int) -> None:
        self.bench = bench
        self.folder = bench.new_folder("import")
        self.orders = self.folder / "orders.csv"
        order_file.write(self.orders, rows)
        self.journal = self.folder / "none.duckdb"
        self.report: ImportReport | None = None

    def imported(self) -> float:
        """Seconds of one import, from the file to the closed journal."""
        self.journal = self.bench.new_folder("import") / "show.duckdb"
        gc.disable()  # as `warroom import` does
        begun = time.perf_counter()
        room = Room(Journal(self.journal), clock=lambda: time.time_ns() // 1000)
        self.report = import_orders(self.orders, MAPPING, None, room.handle, lambda phase, done, total: None)
        room.stop()
        spent = time.perf_counter() - begun
        gc.enable()
        return spent

    def inserted(self, *tables: str) -> float:
        """Seconds DuckDB needs for the rows of some tables, from Arrow into an empty journal, in one transaction."""
        with duckdb.connect(str(self.journal), read_only=True) as source:
            ready = {table: source.sql(f"select * from {table} order by seq").to_arrow_table() for table in tables}
        path = self.bench.new_folder("import") / "yardstick.duckdb"
        Journal(path).close()
        with duckdb.connect(str(path)) as store:
            begun = time.perf_counter()
            store.begin()
            for table, rows in ready.items():
                store.register("ready", rows)
                store.execute(f"insert into {table} select * from ready")
            store.commit()
            return time.perf_counter() - begun


def measure(bench: Bench) -> list[Result]:
    """Import and insert in turns."""
    rows = bench.size(100_000, 2_000)
    importing = Importing(bench, rows)
    bench.say(f"import: {rows:,} rows")
    contestants = {
        "import": importing.imported,
        "moves": lambda: importing.inserted("moves"),
        "all": lambda: importing.inserted("events", "moves"),
    }
    seconds = in_turns(bench.size(3, 1), contestants)
    report = importing.report
    assert report is not None
    assert report.rows == rows
    assert report.accepted + sum(report.rejected.values()) == rows
    bench.say(f"import: {report.accepted:,} rows accepted, seconds by phase {report.seconds}")
    moves = Yardstick("DuckDB inserts the same moves from Arrow", seconds["moves"])
    everything = Yardstick("DuckDB inserts the same events and moves", seconds["all"])
    return [
        result(f"import, {rows:,} rows", seconds["import"], "s", moves, Goal("ratio", most=RATIO_MAX)),
        result("import, against events too", seconds["import"], "s", everything),
    ]
