"""The optional tables beside the orders: opening stock, rundown, viewers, plan.

    beside.py finds the file -> TableReader -> plain records, with names as the show has them

Each is a file of any kind the orders may be (CSV, workbook, Parquet). Columns are named as in the interface (`location,
sku, quantity` ...) unless the mapping renames them; others are ignored. A table is small and made by hand, so a bad row
in it stops the import with its row number instead of being left out. A name that no order has is no mistake: it is
taken in, and told in the report.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from dashboard.channels.orders_file import amounts, encoding
from dashboard.channels.orders_file.amounts import Marks
from dashboard.channels.orders_file.columns import collect
from dashboard.channels.orders_file.csv_blocks import Source
from dashboard.channels.orders_file.mapping_keys import TABLES, FileKeys, QuantityKeys, TableKeys
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.channels.orders_file.reading import open_source
from dashboard.channels.orders_file.times import TimeReader

ELAPSED = re.compile(r"(?=[T+-])T?\s*([+-])?\s*(?:(\d+):)?(\d{1,3}):(\d{2})", re.IGNORECASE)
UNITS_MAX = 1_000_000_000

Moment = tuple[int, bool]
"""Microseconds, and whether they count from the start of the show; else they are UTC."""


class StockLine(NamedTuple):
    """Units of a SKU in a location when the show opens."""

    location: str
    sku: str
    quantity: int


class Slot(NamedTuple):
    """A slot of the rundown; without an end it lasts until the next one begins."""

    start: Moment
    end: Moment | None
    sku: str
    row: int


class Reading(NamedTuple):
    """How many watched what the table calls a channel."""

    time: Moment
    channel: str
    viewers: int


class Planned(NamedTuple):
    """Units planned of a SKU in a region."""

    sku: str
    region: str
    units: int


class Names(msgspec.Struct):
    """How the show calls what a table names; an empty answer means that the name cannot be used."""

    sku: Callable[[str], str]
    region: Callable[[str], str]
    location: Callable[[str], str]


class TableReader:
    """Reads side tables with the order file's own rules for names and times."""

    def __init__(self, file: FileKeys, quantity: QuantityKeys, names: Names, times: TimeReader) -> None:
        self.file, self.quantity, self.names, self.times = file, quantity, names, times
        self.marks = Marks("", "")
        self.rows: dict[str, int] = {}
        """Table -> rows that were read."""

    def stock(self, path: Path, keys: TableKeys) -> list[StockLine]:
        """Opening stock, summed by location and SKU; zero rows say that nothing is there."""
        sums: dict[tuple[str, str], int] = {}
        for row, (location, sku, quantity) in self._rows("stock", path, keys):
            called = self.names.location(location)
            if not called:
                raise _bad(path, row, location, "a location: no slash, not 'transit', and empty only if there is one")
            place = called, self._sku(path, row, sku)
            sums[place] = sums.get(place, 0) + self._units(path, row, quantity)
        return [StockLine(location, sku, quantity) for (location, sku), quantity in sums.items() if quantity]

    def rundown(self, path: Path, keys: TableKeys) -> list[Slot]:
        """The planned slots in the order of the file."""
        return [
            Slot(
                self._moment(path, row, start),
                self._moment(path, row, end) if end else None,
                self._sku(path, row, sku),
                row,
            )
            for row, (start, sku, end) in self._rows("rundown", path, keys)
        ]

    def viewers(self, path: Path, keys: TableKeys) -> list[Reading]:
        """Viewer counts in the order of the file."""
        return [
            Reading(self._moment(path, row, time), channel, self._units(path, row, viewers))
            for row, (time, channel, viewers) in self._rows("viewers", path, keys)
        ]

    def plan(self, path: Path, keys: TableKeys) -> list[Planned]:
        """Planned units, summed by SKU and region."""
        sums: dict[tuple[str, str], int] = {}
        for row, (sku, region, units) in self._rows("plan", path, keys):
            called = self.names.region(region)
            if not called:
                raise _bad(path, row, region, "a region, and the mapping has no destination.default for it")
            place = self._sku(path, row, sku), called
            sums[place] = sums.get(place, 0) + self._units(path, row, units)
        return [Planned(sku, region, units) for (sku, region), units in sums.items()]

    def _rows(self, table: str, path: Path, keys: TableKeys) -> Iterator[tuple[int, tuple[str, str, str]]]:
        source = opened(table, path, keys, self.file)
        read = collect(source, _silent)
        if source.ragged:
            row = source.ragged[0]
            raise ImportProblem(
                f"{path.name}, row {row.row}: {row.columns} columns where the header has {len(source.names)}."
            )
        three = [read.columns[getattr(keys, key)] for key in TABLES[table]]
        places = np.flatnonzero(~read.is_empty & ~read.is_header).tolist()
        self.rows[table] = len(places)
        self.marks = self._marks_of(three[2].texts())
        for place in places:
            first, second, third = (column.at(place).strip() for column in three)
            yield int(read.number[place]), (first, second, third)

    def _sku(self, path: Path, row: int, text: str) -> str:
        sku = self.names.sku(text)
        if not sku:
            raise ImportProblem(f"{path.name}, row {row}: the row names no SKU.")
        return sku

    def _marks_of(self, texts: list[str]) -> Marks:
        """The marks inside a column of whole numbers: declared, proven, or such that 80,500 is whole."""
        marks, _ = amounts.marks_of(texts, self.quantity.decimal, self.quantity.thousands)
        if marks.decimal:
            return marks
        whole = next((text for text in texts if amounts.UNDECIDED.fullmatch(text) and not text.endswith("000")), "")
        mark = "," if "," in whole else "."
        return Marks("." if mark == "," else ",", mark) if whole else marks

    def _units(self, path: Path, row: int, text: str) -> int:
        units = amounts.quantity(text, self.marks, UNITS_MAX)
        if units == "zero_quantity":
            return 0
        if isinstance(units, str) or units < 0:
            hint = "; say thousands in [quantity] if it means one" if amounts.UNDECIDED.fullmatch(text) else ""
            raise _bad(path, row, text, f"a whole number of units, 0 or more{hint}")
        return units

    def _moment(self, path: Path, row: int, text: str) -> Moment:
        """A date and time as UTC, or after the start of the show: seconds, T+mm:ss, T+h:mm:ss.

        A bare 20:15 is refused: it may be a quarter past eight or twenty minutes into the show.
        """
        elapsed = ELAPSED.fullmatch(text)
        if elapsed:
            seconds = int(elapsed[2] or 0) * 3600 + int(elapsed[3]) * 60 + int(elapsed[4])
            return (-seconds if elapsed[1] == "-" else seconds) * 1_000_000, True
        if re.fullmatch(r"\d{1,6}(\.0+)?", text):
            return int(float(text)) * 1_000_000, True
        reading = self.times.read(text)
        if isinstance(reading, str):
            reading = TimeReader((), self.times.zone, (self.times.day_first, "en"), path.name).read(text)
        if isinstance(reading, str):
            raise _bad(path, row, text, "a time, or a time after the start such as T+20:00")
        placed, never = self.times.place(np.array([reading[0]]), np.array([reading[1]]))
        if never[0]:
            raise _bad(path, row, text, f"a time the clocks of {self.times.zone} showed")
        return int(placed[0]), False


def opened(table: str, path: Path, keys: TableKeys, file: FileKeys) -> Source:
    """A table's file, opened and its header found; ImportProblem if it lacks a column or cannot be read."""
    wanted: dict[str, str] = {}
    for key in TABLES[table]:
        wanted.setdefault(getattr(keys, key), f"{table}.{key}")
    text = path.suffix.lower() in (".csv", ".tsv", ".txt")
    own = text and bool(file.encoding) and not encoding.survey(path, _silent).is_utf8
    return open_source(path, FileKeys(encoding=file.encoding if own else ""), wanted, _silent)


def _silent(phase: str, done: int, total: int) -> None:
    """Report no progress: these files are small."""


def _bad(path: Path, row: int, text: str, right: str) -> ImportProblem:
    return ImportProblem(f"{path.name}, row {row}: {text!r} is not {right}.")
