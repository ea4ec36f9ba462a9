"""The review as Parquet: typed columns, every row, and the same bytes for the same review."""

import io
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pytest
from pyarrow import parquet

from dashboard.review import tables
from tests.screens.sample_review import review


def test_every_table_is_a_file_that_reads_back(tmp_path: Path) -> None:
    told = review()
    names = tables.write(told, tmp_path / "new" / "parquet")
    assert names == [f"{table}.parquet" for table in tables.FIELDS]
    for table in tables.FIELDS:
        found = parquet.read_table(tmp_path / "new" / "parquet" / f"{table}.parquet")
        assert found.num_rows == len(tables.rows(told, table)) > 0
        assert found.column_names == [field.key for field in tables.FIELDS[table]]
        assert found.schema.metadata[b"currency"] == b"USD"
    assert tables.write(told, tmp_path / "new" / "parquet") == names


def test_columns_have_the_types_of_what_they_hold() -> None:
    told = review()
    regions = tables.arrow(told, "regions")
    assert regions.schema.field("revenue_minor").type == pa.int64()
    assert sum(regions.column("revenue_minor").to_pylist()) == told["totals"]["revenue_minor"]
    acts = tables.arrow(told, "interventions")
    assert acts.schema.field("at").type == pa.timestamp("us", "UTC")
    assert acts.column("at")[0].as_py() == datetime(2026, 3, 14, 12, 15, 5, tzinfo=UTC)
    assert acts.column("effect_sold").to_pylist()[:3] == [38, 35, -4]
    assert acts.column("effect_sold").to_pylist()[-1] is None
    assert tables.arrow(told, "channels").column("viewer_minutes").to_pylist()[2] is None


def test_missed_rows_have_a_column_per_cause_that_adds_up() -> None:
    rows = tables.arrow(review(), "lost").to_pylist()
    assert all(sum(units for key, units in row.items() if key.startswith("cause_")) == row["units"] for row in rows)
    assert sum(row["units"] for row in rows) == review()["lost"]["units"]


def test_an_empty_table_keeps_its_columns() -> None:
    found = tables.arrow(review(interventions=[]), "interventions")
    assert found.num_rows == 0
    assert found.schema.field("units").type == pa.int64()


def test_the_zip_holds_every_table_and_is_the_same_each_time() -> None:
    packed = tables.parquet_zip(review())
    assert packed == tables.parquet_zip(review())
    with ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == [f"{table}.parquet" for table in tables.FIELDS]
        skus = parquet.read_table(io.BytesIO(archive.read("skus.parquet")))
    assert skus.column("sold").to_pylist() == [row["sold"] for row in review()["skus"]]


@pytest.mark.parametrize("kind", sorted(tables.TYPES))
def test_an_absent_figure_stays_absent(kind: str) -> None:
    assert tables.written(None, kind) is None
