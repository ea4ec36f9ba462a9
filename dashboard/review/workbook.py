"""The review as a workbook (XLSX): a sheet for every table, figures as numbers that can be reckoned with.

    review -> tables.rows -> sheets with formats -> XLSX

Units have separators, money is an amount in the currency's own decimals, shares are percentages, moments are dates.
Totals are formulas, and their values are written beside them (`workbook_totals`), so that whoever reads the file
without reckoning sees them too. Text from outside stays text: nothing that begins like a formula becomes one.
"""

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from babel.numbers import get_currency_precision
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.review import figures, tables, words
from dashboard.review.html_view import View
from dashboard.review.tables import FIELDS, Field, Row
from dashboard.review.words import Say
from dashboard.review.workbook_totals import Totals

HEADER_ROW = 4
TEXT_MAX = 32_000
WIDTH_MAX = 60
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMATS = {
    "units": "#,##0",
    "change": "+#,##0;-#,##0;0",
    "seconds": "0",
    "share": "0.0%",
    "minutes": "#,##0.0",
    "decimal": "#,##0.00",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "clock": "[mm]:ss",
}
SHEETS = (
    (
        "regions",
        "Regions",
        "Offered is what a region sold or had left at the end; units in the flexible pool belong to none. "
        "Missed is estimated and comes on top.",
    ),
    (
        "channels",
        "Channels",
        "Units are net of cancellations. A viewer-minute is one person watching for one minute; "
        "channels that report no viewers have no conversion.",
    ),
    (
        "skus",
        "SKUs",
        "Sold out counts the minutes a region that had some had none left, added up over regions.",
    ),
    (
        "interventions",
        "Interventions",
        "What an intervention changed is the show with it less the show without it: every order is decided again, with "
        "the same missed orders, only this one thing left out. Effects of several do not add up.",
    ),
)
"""Sheets that are one table: table, title, what it means."""
CODES = ("kind", "note", "why", "tier")
"""Columns of codes that `View.code` speaks."""
HEAD = PatternFill("solid", fgColor="17212B")
LINE = Border(top=Side("thin", color="17212B"))
SUMMARY = (
    ("Oversold", "oversold", "units", "Accepted orders that no unit can serve."),
    ("Sold", "sold", "units", "Units, net of cancellations."),
    ("Offered", "allocated", "units", "Units on sale in this show."),
    ("Sold of offered", "sell_through", "share", "Sold, of what was offered."),
    ("Cancelled", "cancelled", "units", "Units of orders that were cancelled."),
    ("Left over", "leftover", "units", "Units on sale at the end and not sold."),
    ("Missed (estimate)", "lost_units", "units", "Units that buyers wanted and found sold out or limited."),
    ("Missed of wanted", "lost_share", "share", "Missed, of sold and missed together."),
    ("Orders", "orders", "units", "Orders accepted."),
    ("Revenue", "revenue_minor", "money", "Paid for orders in the currency of the show, less cancellations."),
    ("Margin", "margin_minor", "money", "Price less goods, platform fee and the way to the buyer."),
    ("Sold out, min", "stock_out_minutes", "minutes", "Over all SKUs and regions together."),
    ("Viewers at the peak", "viewers_peak", "units", "On all platforms at once."),
    ("Units shipped", "units_shipped", "units", "Units that left a building so far."),
    ("Units returned", "units_returned", "units", "Shipped units that came back so far."),
)


def book(review: Row, language: str = "en") -> bytes:
    """The workbook of a review in a language of `words.LANGUAGES`, as the bytes of an XLSX file."""
    return _Book(review, language).made()


class _Book:
    """One workbook in the making."""

    def __init__(self, review: Row, language: str) -> None:
        self.review, self.language = review, language
        self.view = View.of(review, language)
        self.say: Say = self.view.say
        self.currency: str = review["show"]["currency"]
        digits = get_currency_precision(self.currency)
        self.money_format = "#,##0" + ("." + "0" * digits if digits else "")
        self.totals = Totals()
        self.file = Workbook()
        self.file.remove(self.file.active)

    def made(self) -> bytes:
        """Fill all sheets and give the file."""
        self._summary()
        for table, title, means in SHEETS:
            sheet = self._sheet(title, means)
            self._table(sheet, table, HEADER_ROW)
        self._countdown()
        sheet = self._sheet(
            "Missed orders",
            "Units that buyers wanted and found sold out or limited. Every missed unit has exactly one cause.",
        )
        self._text(sheet.cell(3, 1), self.say(self.review["lost"]["assumption"]))
        self._table(sheet, "lost", HEADER_ROW)
        self._plan()
        self._evidence()
        self.file.properties.title = ILLEGAL_CHARACTERS_RE.sub("", self.review["show"]["title"])
        self.file.properties.creator = "Live war room"
        content = io.BytesIO()
        self.file.save(content)
        return self.totals.told_in(content.getvalue())

    # --- sheets -------------------------------------------------------------------------------------------------

    def _sheet(self, title: str, means: str) -> Worksheet:
        sheet = self.file.create_sheet(self.say(title))
        self._text(sheet.cell(1, 1), f"{self.say(title)} · {self.review['show']['title']}").font = Font(
            bold=True, size=14
        )
        self._text(sheet.cell(2, 1), self.say(means)).font = Font(color="5B6773")
        sheet.sheet_view.showGridLines = False
        sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
        return sheet

    def _summary(self) -> None:
        sheet = self._sheet("Summary", "The show in figures; every other sheet says where they come from.")
        show, proof = self.review["show"], self.review["proof"]
        self._headings(sheet, HEADER_ROW, (self.say("Figure"), self.say("Value"), self.say("What it means")))
        place = HEADER_ROW
        for heading, key, kind, means in SUMMARY:
            place += 1
            self._text(sheet.cell(place, 1), self._heading(heading, kind))
            self._put(sheet.cell(place, 2), self.review["totals"][key], kind)
            self._text(sheet.cell(place, 3), self.say(means))
        facts = (
            ("Show", show["show"], "text"),
            ("Host", show["host"], "text"),
            ("Starts, UTC", show["starts_at"], "moment"),
            ("Ends, UTC", show["ends_at"], "moment"),
            ("Time zone", show["time_zone"], "text"),
            ("Currency", show["currency"], "text"),
            ("State", words.code(words.STATUSES, show["status"], self.say), "text"),
            ("Verified", self._verdict(), "text"),
            ("Head of the hash chain", proof["head"]["hash"], "text"),
        )
        for heading, value, kind in facts:
            place += 1
            self._text(sheet.cell(place, 1), self.say(heading))
            self._put(sheet.cell(place, 2), value or None, kind)
        self._widths(sheet, (30, 26, 66))

    def _verdict(self) -> str:
        verified = self.review["proof"]["verified"]
        return self.say("not checked" if verified is None else "yes" if verified else "no")

    def _countdown(self) -> None:
        sheet = self._sheet(
            "Countdown",
            "Each forecast is graded once nothing can change its grade. "
            "Eight of ten truths should lie in the band shown.",
        )
        record, say = self.review["countdown"], self.say
        kinds = ("text", "units", "share", "decimal")
        self._headings(
            sheet, HEADER_ROW, (say("Forecasts of"), say("Forecasts"), say("80% band held"), say("Median error, min"))
        )
        lines = [(say("All"), record)]
        lines += [(words.horizon(row["horizon"], say), row) for row in record["by_horizon"]]
        lines += [(words.code(words.TIERS, row["tier"], say), row) for row in record["by_tier"]]
        for place, (name, row) in enumerate(lines, HEADER_ROW + 1):
            told = (name, row["forecasts"], row["coverage_80"], row["median_abs_error_minutes"])
            for column, (value, kind) in enumerate(zip(told, kinds, strict=True), 1):
                self._put(sheet.cell(place, column), value, kind)
        self._table(sheet, "calibration", HEADER_ROW + len(lines) + 3)
        self._widths(sheet, (26, 14, 16, 18))

    def _plan(self) -> None:
        sheet = self._sheet("Next plan", "A proposal from what was sold and what was missed.")
        after = self._table(sheet, "plan", HEADER_ROW)
        self._text(sheet.cell(after + 2, 1), self.say("Opening split")).font = Font(bold=True)
        self._table(sheet, "opening", after + 3)
        self._widths(sheet, (18, 16, 16, 12, 12, 18, 22))

    def _evidence(self) -> None:
        sheet = self._sheet("Evidence", "Anybody with the journal file checks it: warroom verify FILE")
        proof, stock = self.review["proof"], self.review["proof"]["identity"]
        self._headings(sheet, HEADER_ROW, (self.say("What"), self.say("Found")))
        facts: list[tuple[str, Any, str]] = [
            ("Oversold", proof["oversold"], "units"),
            ("Verified", self._verdict(), "text"),
            ("Breaches", proof["breach_count"], "units"),
            ("Entries in the journal", proof["events"], "units"),
            ("Moves in both books", proof["moves"], "units"),
            ("Last entry", proof["head"]["seq"], "units"),
            ("Head of the hash chain", proof["head"]["hash"], "text"),
            ("On hand", stock["on_hand"], "units"),
            ("Available", stock["available"], "units"),
            ("Committed", stock["committed"], "units"),
            ("Unavailable", stock["unavailable"], "units"),
            ("On the way", stock["incoming"], "units"),
        ]
        facts += [("Breach", sentence, "text") for sentence in proof["breaches"]]
        for place, (heading, value, kind) in enumerate(facts, HEADER_ROW + 1):
            self._text(sheet.cell(place, 1), self.say(heading))
            self._put(sheet.cell(place, 2), value, kind)
        self._widths(sheet, (28, 70))

    # --- tables -------------------------------------------------------------------------------------------------

    def _table(self, sheet: Worksheet, table: str, top: int) -> int:
        """Write a table from a row on, its totals last; returns the last row written."""
        fields, lines = FIELDS[table], tables.rows(self.review, table)
        self._headings(sheet, top, [self._heading(field.heading, field.kind) for field in fields])
        for place, line in enumerate(lines, top + 1):
            for column, field in enumerate(fields, 1):
                self._put(sheet.cell(place, column), self._shown(field, line), self._kind(field))
        last = top + len(lines)
        if lines and any(field.adds_up for field in fields):
            last += 1
            self._sums(sheet, fields, top + 1, last)
        if top == HEADER_ROW:
            self._fit(sheet, fields, lines)
        return last

    def _sums(self, sheet: Worksheet, fields: Sequence[Field], first: int, place: int) -> None:
        for column, field in enumerate(fields, 1):
            cell = sheet.cell(place, column)
            cell.font, cell.border = Font(bold=True), LINE
            if column == 1:
                self._text(cell, self.say("Total"))
            if field.adds_up:
                letter = get_column_letter(column)
                values = [sheet.cell(row, column).value for row in range(first, place)]
                cell.value = f"=SUM({letter}{first}:{letter}{place - 1})"
                cell.number_format = self._format(field.kind)
                self.totals.note(sheet.title, cell.coordinate, sum(value for value in values if value is not None))

    def _shown(self, field: Field, line: Row) -> Any:
        """What a line says in a field: codes in words."""
        value = line.get(field.key)
        if not value or field.kind != "text":
            return value
        if field.key == "what":
            return self.view.deed(line)
        if field.key in ("rule", "pool"):
            return (words.rule if field.key == "rule" else words.pool)(value, self.say)
        return self.view.code(field.key, value) if field.key in CODES else value

    @staticmethod
    def _kind(field: Field) -> str:
        return "clock" if field.key == "t_plus_seconds" else field.kind

    def _heading(self, heading: str, kind: str) -> str:
        return f"{self.say(heading)}, {self.currency}" if kind == "money" else self.say(heading)

    def _format(self, kind: str) -> str:
        return self.money_format if kind == "money" else FORMATS.get(kind, "General")

    def _headings(self, sheet: Worksheet, row: int, headings: Sequence[str]) -> None:
        for column, heading in enumerate(headings, 1):
            cell = self._text(sheet.cell(row, column), heading)
            cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD
            cell.alignment = Alignment(wrap_text=True, vertical="center")

    # --- cells --------------------------------------------------------------------------------------------------

    def _put(self, cell: Cell, value: Any, kind: str) -> None:
        """A value of a kind in a cell, with its number format; None leaves it empty."""
        if value is None:
            return
        if kind == "text":
            self._text(cell, str(value))
            return
        if kind == "clock":
            if value < 0:
                self._text(cell, figures.show_time(value))
                return
            cell.value = timedelta(seconds=value)
        elif kind == "money":
            cell.value = figures.amount(value, self.currency)
        else:
            told = tables.written(value, kind)
            cell.value = told.replace(tzinfo=None) if kind == "moment" else told
        cell.number_format = self._format(kind)

    @staticmethod
    def _text(cell: Cell, text: str) -> Cell:
        """Text in a cell, whatever it begins with."""
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:TEXT_MAX]
        cell.data_type = "s"
        if text.startswith(DANGEROUS):
            cell.quotePrefix = True
        return cell

    def _fit(self, sheet: Worksheet, fields: Sequence[Field], lines: Sequence[Row]) -> None:
        """Columns as wide as what is in them."""
        wide = []
        for field in fields:
            texts = [_width(str(self._shown(field, line) or "")) for line in lines] if field.kind == "text" else [12]
            heading = _width(self._heading(field.heading, field.kind))
            wide.append(
                min(
                    WIDTH_MAX,
                    max([10, min(heading, 16) + 2, 20 if field.kind == "moment" else 0, *(text + 2 for text in texts)]),
                )
            )
        self._widths(sheet, wide)

    @staticmethod
    def _widths(sheet: Worksheet, wide: Sequence[float]) -> None:
        for column, width in enumerate(wide, 1):
            sheet.column_dimensions[get_column_letter(column)].width = width


def _width(text: str) -> int:
    """How many digits wide a text is; Chinese signs take two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
