"""The optional tables beside the orders: opening stock, rundown, viewers, plan.

Each is a file of any kind the orders may be (CSV, workbook, Parquet), looked for beside the mapping, then beside the
orders. Columns are named as in the interface (`location, sku, quantity` ...) unless the mapping renames them. A table
is small and made by hand, so a bad row in it stops the import with its row number instead of being left out.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dashboard.channels.orders_file import amounts
from dashboard.channels.orders_file.columns import collect
from dashboard.channels.orders_file.mapping_keys import FileKeys, TableKeys
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.channels.orders_file.reading import open_source
from dashboard.channels.orders_file.times import TimeReader

ELAPSED = re.compile(r"(?=[T+-])T?\s*([+-])?\s*(?:(\d+):)?(\d{1,3}):(\d{2})")
UNITS_MAX = 1_000_000_000


class StockLine(NamedTuple):
    """Units of a SKU in a location when the show opens."""

    location: str
    sku: str
    quantity: int


class Slot(NamedTuple):
    """A slot of the rundown; times are (microseconds, whether they count from the start of the show)."""

    start: tuple[int, bool]
    end: tuple[int, bool]
    sku: str
    title: str


class Viewers(NamedTuple):
    """How many watched a channel at a time (microseconds UTC)."""

    time: int
    channel: str
    viewers: int


class Planned(NamedTuple):
    """Units planned of a SKU in a region."""

    sku: str
    region: str
    units: int


class TableReader:
    """Reads side tables with the order file's own rules for SKUs and times."""

    def __init__(self, folders: tuple[Path, Path], file: FileKeys, sku: Callable[[str], str], times: TimeReader):
        self.folders, self.file, self.sku, self.times = folders, file, sku, times

    def stock(self, keys: TableKeys) -> list[StockLine]:
        """Opening stock, summed by location and SKU; zero rows say that nothing is there."""
        sums: dict[tuple[str, str], int] = {}
        for row, (location, sku, quantity) in self._rows(keys, (keys.location, keys.sku, keys.quantity)):
            place = (location or "main", self.sku(sku))
            sums[place] = sums.get(place, 0) + self._units(quantity, keys.file, row)
        return [StockLine(location, sku, quantity) for (location, sku), quantity in sums.items() if quantity]

    def rundown(self, keys: TableKeys) -> list[Slot]:
        """The planned slots in the order of the file."""
        return [
            Slot(self._moment(start, keys.file, row), self._moment(end, keys.file, row), self.sku(sku), "")
            for row, (start, sku, end) in self._rows(keys, (keys.start, keys.sku, keys.end))
        ]

    def viewers(self, keys: TableKeys) -> list[Viewers]:
        """Viewer counts in the order of their times."""
        readings = []
        for row, (time, channel, viewers) in self._rows(keys, (keys.time, keys.channel, keys.viewers)):
            moment, elapsed = self._moment(time, keys.file, row)
            if elapsed:
                raise self._bad(keys.file, row, time, "a date and time")
            readings.append(Viewers(moment, channel, self._units(viewers, keys.file, row)))
        return sorted(readings)

    def plan(self, keys: TableKeys) -> list[Planned]:
        """Planned units by SKU and region."""
        return [
            Planned(self.sku(sku), region, self._units(units, keys.file, row))
            for row, (sku, region, units) in self._rows(keys, (keys.sku, keys.region, keys.units))
        ]

    def _rows(self, keys: TableKeys, columns: tuple[str, str, str]) -> Iterator[tuple[int, tuple[str, str, str]]]:
        path = next((folder / keys.file for folder in self.folders if (folder / keys.file).is_file()), None)
        if path is None:
            raise ImportProblem(f"There is no file {keys.file} beside the mapping or the orders.")
        wanted = dict.fromkeys(columns, "the table's columns")
        rules = FileKeys(encoding=self.file.encoding if path.suffix == ".csv" else "")
        source = open_source(path, rules, wanted, lambda phase, done, total: None)
        read = collect(source, lambda phase, done, total: None)
        if source.ragged:
            row = source.ragged[0]
            raise ImportProblem(
                f"{keys.file}, row {row.row}: {row.columns} columns where the header has {len(source.names)}."
            )
        three = [read.columns[column] for column in columns]
        for place in np.flatnonzero(~read.is_empty & ~read.is_header).tolist():
            first, second, third = (column.at(place).strip() for column in three)
            yield int(read.number[place]), (first, second, third)

    def _units(self, text: str, file: str, row: int) -> int:
        marks, _ = amounts.marks_of((text,), "", "")
        units = amounts.quantity(text, marks, UNITS_MAX)
        if units == "zero_quantity":
            return 0
        if isinstance(units, str) or units < 0:
            raise self._bad(file, row, text, "a whole number of units, 0 or more")
        return units

    def _moment(self, text: str, file: str, row: int) -> tuple[int, bool]:
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
            reading = TimeReader((), self.times.zone, (self.times.day_first, "en"), file).read(text)
        if isinstance(reading, str):
            raise self._bad(file, row, text, "a time, or a time after the start such as T+20:00")
        placed, never = self.times.place(np.array([reading[0]]), np.array([reading[1]]))
        if never[0]:
            raise self._bad(file, row, text, f"a time the clocks of {self.times.zone} showed")
        return int(placed[0]), False

    def _bad(self, file: str, row: int, text: str, right: str) -> ImportProblem:
        return ImportProblem(f"{file}, row {row}: {text!r} is not {right}.")
