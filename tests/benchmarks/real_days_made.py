"""`python -m tests.benchmarks.real_days_made ORDERS.csv.gz`: days of UCI Online Retail as the shows of `tests/data`.

    order lines -> goods that were really sold -> the fullest days -> each day's busiest SKUs x regions
        -> real_days.parquet (the lines) and real_days_plan.parquet (what each series sold on the days before)

The file knows no shows, regions and channels: a trading day, from its first to its last order, is stretched to two
hours; customers are spread over three regions and invoices over four channels by a checksum of their names, so that
the same file always gives the same bytes. Which SKUs a day shows is chosen by what the day sold, as a seller shows
what is in demand; what was planned for them comes from earlier days only.
"""

import csv
import gzip
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.channels.orders_file.mapping import load
from dashboard.settings import DATA

TARGET = Path(__file__).resolve().parents[1] / "data"
REGIONS = ("EU", "SEA", "US")
CHANNELS = ("amazon", "shopee", "tiktok", "youtube")
DAYS = 40
DAYS_BEFORE_MIN, DAYS_BEFORE_MAX = 5, 20
SKUS_PER_DAY = 20
SHOW_SECONDS = 7_200
UNITS_MAX = 12
"""Units of a line that count for the plan: more of them are a wholesale lot."""


class Line(NamedTuple):
    """One order line: wall-clock seconds of its day, and how often it was ordered."""

    day: str
    second: int
    sku: str
    region: str
    channel: str
    order: str
    quantity: int
    price_minor: int


def read(path: Path) -> Iterator[Line]:
    """Lines that took goods off a shelf for money; exact copies, cancellations, fees and corrections are left out."""
    goods = load(DATA / "mappings" / "online_retail.toml").goods
    seen: set[tuple[str, ...]] = set()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key, sku, order = tuple(row.values()), row["StockCode"].upper(), row["InvoiceNo"]
            quantity, price = int(row["Quantity"]), round(float(row["UnitPrice"]) * 100)
            if key in seen or not order.isdigit() or quantity <= 0 or price <= 0:
                continue
            seen.add(key)
            if sku in goods.not_goods or sku.startswith("GIFT_"):
                continue
            time = datetime.fromisoformat(row["InvoiceDate"])
            second = time.hour * 3600 + time.minute * 60 + time.second
            region, channel = spread(row["CustomerID"] or order, REGIONS), spread(order, CHANNELS)
            yield Line(time.date().isoformat(), second, sku, region, channel, order, quantity, price)


def spread(name: str, over: tuple[str, ...]) -> str:
    """One of the choices, always the same for a name."""
    return over[zlib.crc32(name.encode()) % len(over)]


def days_of(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines by day, in the order of their times; an order happens when its first line does."""
    days: dict[str, list[Line]] = defaultdict(list)
    begun: dict[str, int] = {}
    for line in lines:
        days[line.day].append(line._replace(second=begun.setdefault(line.order, line.second)))
    return {day: sorted(days[day], key=lambda line: line.second) for day in sorted(days)}


def chosen(days: dict[str, list[Line]]) -> list[str]:
    """The days with the most lines among those with enough days before them, in the order of time."""
    possible = list(days)[DAYS_BEFORE_MIN:]
    return sorted(sorted(possible, key=lambda day: (-len(days[day]), day))[:DAYS])


def shown(lines: list[Line]) -> list[str]:
    """A day's busiest SKUs by order lines."""
    counts = Counter(line.sku for line in lines)
    return sorted(sorted(counts, key=lambda sku: (-counts[sku], sku))[:SKUS_PER_DAY])


def stretched(lines: list[Line]) -> Iterator[tuple[int, Line]]:
    """A day's lines with their second in a show of two hours."""
    first, last = lines[0].second, lines[-1].second
    for line in lines:
        yield (line.second - first) * (SHOW_SECONDS - 1) // max(1, last - first), line


def orders_table(days: dict[str, list[Line]]) -> pa.Table:
    """The lines of the chosen days; orders are numbered within their day."""
    rows: list[dict[str, object]] = []
    for day in chosen(days):
        skus, numbers = set(shown(days[day])), dict[str, int]()
        for second, line in stretched(days[day]):
            if line.sku in skus:
                number = numbers.setdefault(line.order, len(numbers))
                rows.append(line._asdict() | {"second": second, "order": number})
    return _table(rows, ("second", "order", "quantity", "price_minor"), ())


def plan_table(days: dict[str, list[Line]]) -> pa.Table:
    """For each chosen day and series: mean lines and mean units a day over the trading days before."""
    rows: list[dict[str, object]] = []
    every = list(days)
    for day in chosen(days):
        place = every.index(day)
        before = every[max(0, place - DAYS_BEFORE_MAX) : place]
        lines: Counter[tuple[str, str]] = Counter()
        units: Counter[tuple[str, str]] = Counter()
        for line in (line for earlier in before for line in days[earlier]):
            lines[line.sku, line.region] += 1
            units[line.sku, line.region] += min(UNITS_MAX, line.quantity)
        for sku in shown(days[day]):
            for region in REGIONS:
                mean = {"lines": lines[sku, region] / len(before), "units": units[sku, region] / len(before)}
                rows.append({"day": day, "sku": sku, "region": region, **mean})
    return _table(rows, (), ("lines", "units"))


def _table(rows: list[dict[str, object]], whole: tuple[str, ...], mean: tuple[str, ...]) -> pa.Table:
    kinds = {**dict.fromkeys(whole, pa.int32()), **dict.fromkeys(mean, pa.float32())}
    text = pa.dictionary(pa.int16(), pa.string())
    return pa.table({name: pa.array([row[name] for row in rows], kinds.get(name, text)) for name in rows[0]})


def write(orders: Path, target: Path) -> None:
    """Read an order file and write both tables into a folder."""
    days = days_of(read(orders))
    pq.write_table(orders_table(days), target / "real_days.parquet", compression="zstd", compression_level=19)
    pq.write_table(plan_table(days), target / "real_days_plan.parquet", compression="zstd", compression_level=19)


if __name__ == "__main__":
    write(Path(sys.argv[1]), TARGET)
