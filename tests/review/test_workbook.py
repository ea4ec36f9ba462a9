"""The review as a workbook: real numbers, totals that are formulas and agree with the ledger, text that stays text."""

import gettext
import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.catalogues import Catalogue
from dashboard.journal.store import Journal
from dashboard.review import report, tables, words, workbook
from tests.review import small_evening
from tests.screens.sample_review import review

Row = dict[str, Any]
HEADER = 4
NAMES = [
    "Summary",
    "Regions",
    "Channels",
    "SKUs",
    "Interventions",
    "Countdown",
    "Missed orders",
    "Next plan",
    "Evidence",
]
SOLD_OF_REGIONS = """
with told as (
    select target_account as account, quantity as units from moves where book = 'claims'
    union all select source_account, -quantity from moves where book = 'claims'
)
select sum(units) from told where account like 'committed/%' or account like 'shipped/%'
"""
LEFT_OVER = """
with told as (
    select target_account as account, quantity as units from moves where book = 'goods'
    union all select source_account, -quantity from moves where book = 'goods'
)
select sum(units) from told where account like '%/available'
"""


def opened(told: Row, language: str = "en", values: bool = False) -> openpyxl.Workbook:
    """The workbook of a review as openpyxl reads it; `values` for what formulas come to."""
    return openpyxl.load_workbook(io.BytesIO(workbook.book(told, language)), data_only=values)


def column(sheet: Worksheet, heading: str) -> list[Any]:
    """The cells of a column below its heading, with the total last."""
    for cell in sheet[HEADER]:
        if cell.value == heading:
            return [line[0] for line in sheet.iter_rows(HEADER + 1, sheet.max_row, cell.column, cell.column)]
    raise AssertionError(f"{sheet.title} has no column {heading!r}")


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Row]:
    """The small evening's file and review."""
    path = small_evening.play(tmp_path_factory.mktemp("workbook") / "evening.duckdb")
    journal = Journal(path, read_only=True)
    found = report.build(journal, small_evening.SHOW)
    journal.close()
    return path, found


def test_totals_agree_with_sql_over_the_moves(evening: tuple[Path, Row]) -> None:
    path, told = evening
    with duckdb.connect(str(path), read_only=True) as connection:
        ((sold,),) = connection.execute(SOLD_OF_REGIONS).fetchall()
        ((left,),) = connection.execute(LEFT_OVER).fetchall()
    book = opened(told, values=True)
    for name in ("Regions", "SKUs"):
        assert column(book[name], "Sold")[-1].value == sold == 35
    assert column(book["Channels"], "Units")[-1].value == sold
    assert column(book["SKUs"], "Left")[-1].value == left == 41
    summary = {line[0].value: line[1].value for line in book["Summary"].iter_rows(HEADER + 1)}
    assert (summary["Sold"], summary["Left over"], summary["Oversold"]) == (sold, left, 0)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_a_total_is_a_formula_and_its_value_is_the_sum_above(language: str) -> None:
    formulas, values = opened(review(), language), opened(review(), language, values=True)
    found = 0
    for sheet in formulas.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                assert not isinstance(cell.value, ArrayFormula)
                if cell.data_type == "f":
                    found += 1
                    first, last = str(cell.value).removeprefix("=SUM(").removesuffix(")").split(":")
                    assert last == f"{cell.column_letter}{cell.row - 1}"
                    summed = [values[sheet.title][f"{cell.column_letter}{row}"].value or 0
                              for row in range(sheet[first].row, cell.row)]  # fmt: skip
                    assert values[sheet.title][cell.coordinate].value == pytest.approx(sum(summed))
    assert found > 30


def test_figures_are_numbers_with_formats() -> None:
    book = opened(review())
    regions = book["Regions"]
    assert [(cell.value, cell.number_format) for cell in column(regions, "Sold")[:2]] == [
        (1360, "#,##0"),
        (950, "#,##0"),
    ]
    money = column(regions, "Revenue, USD")[0]
    assert (money.value, money.number_format, money.data_type) == (69200, "#,##0.00", "n")
    share = column(book["Channels"], "Units of plan")[1]
    assert (share.value, share.number_format) == (1.3542, "0.0%")
    acts = book["Interventions"]
    moment = column(acts, "Time, UTC")[0]
    assert (moment.value, moment.is_date) == (datetime.fromisoformat("2026-03-14T12:15:05"), True)
    assert column(acts, "Show time")[0].value == timedelta(seconds=905)
    assert column(acts, "Changed: sold")[0].number_format == "+#,##0;-#,##0;0"
    assert column(acts, "Changed: revenue, USD")[2].value == -236
    assert column(book["Channels"], "Viewer-minutes")[2].value is None


@pytest.mark.parametrize(("currency", "amount", "form"), [("JPY", 6_920_000, "#,##0"), ("KWD", 6920, "#,##0.000")])
def test_money_has_the_decimals_of_its_currency(currency: str, amount: int, form: str) -> None:
    told = review()
    told["show"]["currency"] = currency
    cell = column(opened(told)["Regions"], f"Revenue, {currency}")[0]
    assert (cell.value, cell.number_format) == (amount, form)


def test_show_time_before_the_start_is_text_that_a_sheet_can_show() -> None:
    told = review()
    told["interventions"][0]["t_plus_seconds"] = -30
    assert column(opened(told)["Interventions"], "Show time")[0].value == "T−00:30"


def test_what_begins_like_a_formula_stays_text() -> None:
    told = review()
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://example.org")', "=\x00cmd"]
    for row, text in zip(told["lost"]["rows"], evil, strict=False):
        row.update(sku=text, channel=text)
    told["show"]["title"] = told["show"]["show"] = told["show"]["host"] = "=1+1"
    told["interventions"][0].update(what="=1+1", actor="@x", note="=1", kind="=1", rule="=1")
    told["proof"]["breaches"] = ["=1+1"]
    told["lost"]["assumption"] = "=1+1"
    book = opened(told)
    formulas = [
        cell.value for sheet in book.worksheets for line in sheet.iter_rows() for cell in line if cell.data_type == "f"
    ]
    assert formulas
    assert all(value.startswith("=SUM(") and value.endswith(")") for value in formulas), formulas
    cell = column(book["Missed orders"], "SKU")[0]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert book["Evidence"].cell(book["Evidence"].max_row, 2).value == "=1+1"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_sheets_have_names_headings_and_frozen_panes(language: str) -> None:
    book = opened(review(), language)
    say = words.speaker(language)
    assert book.sheetnames == [say(name) for name in NAMES]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == f"B{HEADER + 1}"
        assert sheet.column_dimensions["A"].width >= 10
        assert all(cell.font.bold for cell in sheet[HEADER] if cell.value)


def test_headings_and_codes_are_chinese_in_the_chinese_workbook() -> None:
    told = review()
    spoken = [field.heading for fields in tables.FIELDS.values() for field in fields]
    spoken += [text for heading, _, _, means in workbook.SUMMARY for text in (heading, means)]
    spoken += [text for _, title, means in workbook.SHEETS for text in (title, means)]
    chinese = words.speaker("zh")
    missing = [phrase for phrase in spoken if phrase not in chinese.templates()]
    assert not missing, missing
    asked: list[str] = []

    class Listening(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            if message not in chinese.templates():
                asked.append(message)
            return chinese(message)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "speaker", lambda language: Catalogue(language, Listening(), {}))
        for verified in (True, False, None):
            told["proof"].update(verified=verified, breaches=["x"])
            workbook.book(told, "zh")
    assert set(asked) <= {told["lost"]["assumption"]}
    assert column(opened(told, "zh")["干预措施"], "类型")[0].value == "调拨额度"


def test_an_empty_review_is_a_workbook_too() -> None:
    told = review(regions=[], channels=[], skus=[], interventions=[])
    told["lost"].update(units=0, rows=[])
    told["plan"] = {"lines": [], "opening": []}
    told["countdown"].update(calibration=[], by_horizon=[], by_tier=[])
    told["totals"].update(dict.fromkeys(("sell_through", "viewers_peak")))
    assert len(opened(told).worksheets) == len(NAMES)


def test_the_file_holds_nothing_that_calls_out() -> None:
    with ZipFile(io.BytesIO(workbook.book(review()))) as archive:
        assert not [name for name in archive.namelist() if "externalLink" in name or "vba" in name.lower()]
        relations = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")]
    assert not [text for text in relations if 'TargetMode="External"' in text]
