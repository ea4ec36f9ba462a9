"""The tables of a review: their columns once, for the workbook and for Parquet.

    review -> rows(table) -> flat rows in the order of FIELDS -> Parquet files, or sheets of `workbook`

A field is a key of a row, its heading in English, and what kind of figure it is; the kind decides the type in Parquet
(money as whole minor units, moments as UTC timestamps) and the number format in a workbook. Absent figures are null.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from dashboard.review.words import CAUSES

Row = dict[str, Any]


class Field(NamedTuple):
    """A column: key, heading, kind (a key of TYPES), and whether its sum means something."""

    key: str
    heading: str
    kind: str = "text"
    adds_up: bool = False


TYPES = {
    "text": pa.string(),
    "units": pa.int64(),
    "money": pa.int64(),
    "change": pa.int64(),
    "seconds": pa.int64(),
    "share": pa.float64(),
    "minutes": pa.float64(),
    "decimal": pa.float64(),
    "moment": pa.timestamp("us", "UTC"),
}
_CAUSES = tuple(Field(f"cause_{key}", cause.name, "units", True) for key, cause in CAUSES.items())
_MONEY = (Field("revenue_minor", "Revenue", "money", True), Field("margin_minor", "Margin", "money", True))
_STOCK = (
    Field("allocated", "Offered", "units", True),
    Field("sold", "Sold", "units", True),
    Field("cancelled", "Cancelled", "units", True),
    Field("left", "Left", "units", True),
    Field("lost", "Missed", "units", True),
)

FIELDS: dict[str, tuple[Field, ...]] = {
    "regions": (
        Field("region", "Region"),
        Field("name", "Name"),
        *_STOCK,
        Field("sell_through", "Sold of offered", "share"),
        *_MONEY,
        Field("stock_out_minutes", "Sold out, min", "minutes", True),
    ),
    "channels": (
        Field("channel", "Channel"),
        Field("name", "Name"),
        Field("region", "Region"),
        Field("platform", "Platform"),
        Field("orders", "Orders", "units", True),
        Field("units", "Units", "units", True),
        Field("plan_units", "Plan", "units", True),
        Field("plan_ratio", "Units of plan", "share"),
        Field("viewer_minutes", "Viewer-minutes", "units", True),
        Field("orders_per_thousand_viewer_minutes", "Orders per 1,000 viewer-minutes", "decimal"),
        Field("revenue_minor", "Revenue", "money", True),
    ),
    "skus": (
        Field("sku", "SKU"),
        Field("title", "Title"),
        Field("tier", "Tier"),
        *_STOCK,
        *_MONEY,
        Field("stock_out_minutes", "Sold out, min", "minutes", True),
    ),
    "interventions": (
        Field("seq", "Entry", "seconds"),
        Field("at", "Time, UTC", "moment"),
        Field("t_plus_seconds", "Show time", "seconds"),
        Field("kind", "Kind"),
        Field("what", "What"),
        Field("rule", "Rule"),
        Field("actor", "Actor"),
        Field("sku", "SKU"),
        Field("regions", "Regions"),
        Field("units", "Units", "units"),
        Field("pace_before", "Pace before, units/min", "decimal"),
        Field("pace_after", "Pace after, units/min", "decimal"),
        Field("effect_sold", "Changed: sold", "change"),
        Field("effect_lost", "Changed: missed", "change"),
        Field("effect_revenue_minor", "Changed: revenue", "money"),
        Field("effect_margin_minor", "Changed: margin", "money"),
        Field("effect_stock_out_minutes", "Changed: sold out, min", "minutes"),
        Field("note", "Note"),
    ),
    "lost": (
        Field("region", "Region"),
        Field("channel", "Channel"),
        Field("sku", "SKU"),
        *_CAUSES,
        Field("units", "Missed", "units", True),
    ),
    "plan": (
        Field("sku", "SKU"),
        Field("region", "Region"),
        Field("units", "Plan next time", "units", True),
        Field("sold", "Sold", "units", True),
        Field("lost", "Missed", "units", True),
        Field("planned", "Planned this time", "units", True),
        Field("why", "Reason"),
    ),
    "opening": (Field("sku", "SKU"), Field("pool", "Pool"), Field("units", "Units", "units", True)),
    "calibration": (
        Field("level", "Chance told", "share"),
        Field("observed", "Came true", "share"),
        Field("forecasts", "Forecasts", "units"),
    ),
}


def rows(review: Row, table: str) -> list[Row]:
    """The rows of a table of FIELDS, flat: causes and effects as columns, regions as one text."""
    if table == "interventions":
        return [_intervention(row) for row in review["interventions"]]
    if table == "lost":
        return [_missed(row) for row in review["lost"]["rows"]]
    found: Sequence[Row]
    if table in ("plan", "opening"):
        found = review["plan"]["lines" if table == "plan" else "opening"]
    else:
        found = review["countdown"]["calibration"] if table == "calibration" else review[table]
    return list(found)


def _intervention(row: Row) -> Row:
    effect = {f"effect_{name}": value for name, value in (row["effect"] or {}).items()}
    return row | effect | {"regions": " ".join(row["regions"])}


def _missed(row: Row) -> Row:
    return row | {f"cause_{cause}": row["causes"].get(cause, 0) for cause in CAUSES}


def written(value: Any, kind: str) -> Any:
    """A value as its kind's Python type; None stays None."""
    if value is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind in ("share", "minutes", "decimal"):
        return float(value)
    return str(value) if kind == "text" else round(value)


def arrow(review: Row, table: str) -> pa.Table:
    """A table of FIELDS as Arrow; money in minor units of the show's currency, which is noted beside it."""
    lines = rows(review, table)
    columns = {
        field.key: pa.array([written(line.get(field.key), field.kind) for line in lines], TYPES[field.kind])
        for field in FIELDS[table]
    }
    show = review["show"]
    return pa.table(columns).replace_schema_metadata({"show": show["show"], "currency": show["currency"]})


def _files(review: Row) -> Iterator[tuple[str, bytes]]:
    for table in FIELDS:
        content = io.BytesIO()
        parquet.write_table(arrow(review, table), content, compression="zstd")
        yield f"{table}.parquet", content.getvalue()


def write(review: Row, directory: Path) -> list[str]:
    """Write every table as Parquet into a directory, which is made; returns the names of the files."""
    directory.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in _files(review):
        (directory / name).write_bytes(content)
        names.append(name)
    return names


def parquet_zip(review: Row) -> bytes:
    """All tables as Parquet in one ZIP file; the same review gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(review):
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()
