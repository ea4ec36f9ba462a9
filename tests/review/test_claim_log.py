"""The claim log as files: numbers are numbers, dates are dates, and no text becomes a formula."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dashboard.journal import claims
from dashboard.journal.claims import COLUMNS, TEXT, Told
from dashboard.review import claim_log
from dashboard.review.claim_log import ClaimLogProblem

AT = 1_773_489_600_123_456
EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil","x")')


def rows(text: str = "Ring: 12 left") -> list[dict[str, Any]]:
    fact = {
        "sku": "ring",
        "region": "US",
        "units_left": 12,
        "price_minor": 4900,
        "skus": ["a", "b"],
        "seq": 3,
        "expires": AT,
    }
    data = {"line": "l", "channel": "web", "language": "en", "kind": "low_stock", "text": text, "fact": fact}
    return claims.fold(
        [
            Told(4, "night", "line_published", AT, json.dumps(data), "ab"),
            Told(5, "night", "line_retracted", AT + 1_500_000, '{"line":"l","reason":"changed"}', "cd"),
        ]
    )


def test_a_workbook_has_numbers_dates_and_a_heading_that_stays() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(claim_log.content(rows(), "xlsx", {}))).worksheets[0]
    cells = {heading.value: cell for heading, cell in zip(sheet[1], sheet[2], strict=True)}
    assert list(cells) == list(COLUMNS)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", "A1:AC2")
    assert (cells["units_left"].value, cells["units_left"].number_format) == (12, "#,##0")
    assert (cells["seconds_shown"].value, cells["seconds_shown"].number_format) == (1.5, "#,##0.000")
    assert isinstance(cells["shown_at"].value, datetime)
    assert cells["shown_at"].number_format == "yyyy-mm-dd hh:mm:ss.000"
    assert cells["said_at"].value is None


@pytest.mark.parametrize("text", EVIL)
def test_no_text_becomes_a_formula(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(claim_log.content(rows(text), "csv", {}).decode(), newline=""))
    assert row["text"] == "'" + text
    sheet = openpyxl.load_workbook(io.BytesIO(claim_log.content(rows(text), "xlsx", {}))).worksheets[0]
    kinds = {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert kinds <= {"s", "n", "d"}


def test_a_file_is_whole_or_not_there_and_its_ending_says_how(tmp_path: Path) -> None:
    path = tmp_path / "new" / "log.json"
    claim_log.write(rows(), path, {"show": "night"})
    told = json.loads(path.read_text())
    assert (told["show"], told["claims"][0]["shown_at"]) == ("night", "2026-03-14T12:00:00.123456Z")
    assert (told["claims"][0]["skus"], told["claims"][0]["fact"]["units_left"]) == (["a", "b"], 12)
    with pytest.raises(ClaimLogProblem, match=r"not written as pdf; use .csv, .xlsx, .json, .parquet"):
        claim_log.write(rows(), tmp_path / "log.pdf", {})
    with pytest.raises(ClaimLogProblem, match="without an ending"):
        claim_log.write(rows(), tmp_path / "log", {})
    assert [place.name for place in tmp_path.iterdir()] == ["new"]


def test_every_kind_of_column_has_a_format_and_a_type() -> None:
    assert set(claim_log.FORMATS_OF_CELLS) == set(COLUMNS.values())
    assert claim_log.SCHEMA.names == list(COLUMNS)
    assert {name for name, kind in COLUMNS.items() if kind == TEXT} >= {"text", "event_hash", "fact"}
