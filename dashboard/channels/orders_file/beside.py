"""Which tables lie beside the orders, under which names the show knows what they name, and what the report says of it.

    the file a mapping names (beside the mapping, then beside the orders), else rundown.csv, viewers.csv, plan.csv or
    stock.csv beside the orders -> TableReader -> SideTables, and notes for the report

A file that the mapping does not name is taken only from the orders' own folder, only under its usual name, and only if
it has the columns of its table; whatever is found or passed over is told in the report. `rundown = false` keeps a file
out, and a mapping that says how stock opens (`needed`, a factor) wants no stock file.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from dashboard.channels.orders_file import parts as grouping
from dashboard.channels.orders_file.countries import folded
from dashboard.channels.orders_file.destinations import Resolver
from dashboard.channels.orders_file.mapping_keys import NO_FILE, TABLES, LocationKeys, Mapping, TableKeys
from dashboard.channels.orders_file.problem import ImportProblem, quoted
from dashboard.channels.orders_file.rows import Rows, keep_case
from dashboard.channels.orders_file.tables import (
    Names,
    Planned,
    Reading,
    Slot,
    StockLine,
    TableReader,
    opened,
)

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".xlsx", ".parquet")


class SideTables(msgspec.Struct):
    """What the tables beside the orders said, in the show's own names (viewers: in the table's)."""

    stock: list[StockLine] = []
    rundown: list[Slot] = []
    plan: list[Planned] = []
    viewers: list[Reading] = []
    files: dict[str, Path] = {}
    """Table -> the file it was read from."""
    rows: dict[str, int] = {}
    """Table -> how many rows that file has."""


def read(rows: Rows, mapping: Mapping, mapping_folder: Path, orders: Path) -> SideTables:
    """Find and read every table; what deserves a word goes to the rows' notes."""
    if mapping.stock.opening == "file" and not mapping.stock.file:
        raise ImportProblem('Opening stock is to come from a file, but stock.file names none: file = "stock.csv".')
    side = SideTables(files={})
    for table in TABLES:
        path = _find(table, mapping, (mapping_folder, orders), rows.notes)
        if path is not None:
            side.files[table] = path
    reader = TableReader(mapping.file, mapping.quantity, _names(rows, mapping), rows.times)
    for table, path in side.files.items():
        setattr(side, table, getattr(reader, table)(path, getattr(mapping, table)))
    side.rows = reader.rows
    _tell_strangers(rows, mapping, side)
    return side


def _find(table: str, mapping: Mapping, where: tuple[Path, Path], notes: list[str]) -> Path | None:
    """The file of a table: the one the mapping names, else one that lies beside the orders under the usual name."""
    keys: TableKeys = getattr(mapping, table)
    folder, orders = where
    if keys.file == NO_FILE:
        return None
    if keys.file:
        for place in (folder, orders.parent):
            if (place / keys.file).is_file():
                return place / keys.file
        raise ImportProblem(f"There is no file {keys.file} beside the mapping or the orders.")
    for path in (orders.with_name(table + suffix) for suffix in SUFFIXES):
        if path.is_file() and not path.samefile(orders):
            return path if _is_meant(table, path, mapping, notes) else None
    return None


def _is_meant(table: str, path: Path, mapping: Mapping, notes: list[str]) -> bool:
    """Whether a file that the mapping does not name is the table its name says; told in a note either way."""
    if table == "stock" and mapping.stock.opening:
        notes.append(f"{path.name} lies beside the orders and was not read: the mapping says how stock opens.")
        return False
    try:
        opened(table, path, getattr(mapping, table), mapping.file)
    except ImportProblem as problem:
        notes.append(f"{path.name} lies beside the orders and was not read as their {table}: {problem.sentence}")
        return False
    notes.append(f"{path.name} lies beside the orders and was read as their {table}; {table} = false keeps it out.")
    return True


def _names(rows: Rows, mapping: Mapping) -> Names:
    """How the show calls SKUs, regions and locations."""
    case = keep_case(mapping)
    return Names(
        sku=lambda text: case(text.strip()), region=_Regions(rows, mapping).called, location=_Locations(mapping).called
    )


class _Regions:
    """Regions by id, by country in any spelling, or new ones; letter case makes no difference."""

    def __init__(self, rows: Rows, mapping: Mapping) -> None:
        self.known = {folded(name): name for name in (*mapping.destination.regions, *grouping.regions_of(rows))}
        self.resolver = Resolver(mapping.destination, "the plan")
        self.default = mapping.destination.default

    def called(self, text: str) -> str:
        """The region a text means; '' where it is empty and there is no default."""
        if not text and not self.default:
            return ""
        return self.known.get(folded(text)) or self.resolver.resolve(text).region


class _Locations:
    """Locations by id or name, or new ones; letter case makes no difference."""

    def __init__(self, mapping: Mapping) -> None:
        self.known = {folded(name): place.id for place in mapping.location for name in (place.name, place.id) if name}
        self.only = mapping.location[0].id if len(mapping.location) == 1 else ""

    def called(self, text: str) -> str:
        """The location a text means; '' where it cannot be used."""
        if not text:
            return self.only
        if "/" in text or text == "transit":
            return ""
        return self.known.setdefault(folded(text), text)


def _tell_strangers(rows: Rows, mapping: Mapping, side: SideTables) -> None:
    """Name what only a table knows: it may be a slip of the pen."""
    lines = rows.verdicts.open()
    texts = rows.sku.texts()
    ordered = {texts[code] for code in set(rows.sku.codes[lines].tolist())}
    for table in ("rundown", "plan", "stock"):
        _tell(rows, side, table, "SKUs", "was ordered", {one.sku for one in getattr(side, table)} - ordered)
    regions = {one.region for one in side.plan} - set(grouping.regions_of(rows))
    _tell(rows, side, "plan", "regions", "took an order", regions)
    if mapping.location != (LocationKeys(),):
        unknown = {one.location for one in side.stock} - {place.id for place in mapping.location}
        _tell(rows, side, "stock", "locations", "is in the mapping, so that they serve every region", unknown)


def _tell(rows: Rows, side: SideTables, table: str, what: str, why: str, names: Iterable[str]) -> None:
    listed = sorted(names)
    if listed:
        rows.notes.append(f"{side.files[table].name} names {what} of which none {why}: {quoted(listed)}.")
