"""What every section of a report needs: the review, its language, and how its figures and tables are written.

A table is told by its columns (`Shown`): heading, what a row shows there, and what stands in the line of totals.
Columns of counts and amounts that add up come from `View.count` and `View.amount`, with their sums.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard.review import deeds, figures, words
from dashboard.review.markup import Column, Safe, element, join, table
from dashboard.review.words import Say

Row = dict[str, Any]
ROWS_MAX = 60
"""A table of a report has no more rows; the workbook has them all."""
_TABLES = {"kind": words.KINDS, "note": words.NOTES, "why": words.WHYS, "tier": words.TIERS, "status": words.STATUSES}


class Shown(NamedTuple):
    """A column of a table: heading, what a row shows, whether that is a figure, and its total."""

    heading: str
    cell: Callable[[Row], object]
    figures: bool = True
    total: object = ""


def shown(rows: Sequence[Row], columns: Sequence[Shown]) -> Safe:
    """A table of rows; with a line of totals where a column has one."""
    cells = [[column.cell(row) for column in columns] for row in rows]
    total = [column.total for column in columns]
    return table([Column(column.heading, column.figures) for column in columns], cells, total if any(total) else ())


def named(name: object, below: object) -> Safe:
    """A name with something smaller below it."""
    return join([name, element("small", below)])


@dataclass(frozen=True)
class View:
    """A review and the words to show it with."""

    review: Row
    language: str
    say: Say
    titles: dict[str, str]
    """SKU -> its title."""
    regions: dict[str, str]
    channels: dict[str, str]

    @classmethod
    def of(cls, review: Row, language: str) -> "View":
        """A view of a review in a language."""
        return cls(
            review,
            language,
            words.speaker(language),
            {row["sku"]: row["title"] for row in review["skus"]},
            {row["region"]: row["name"] for row in review["regions"]},
            {row["channel"]: row["name"] for row in review["channels"]},
        )

    def money(self, minor: int | None, signed: bool = False) -> str:
        """An amount in the show's currency."""
        return figures.money(minor, self.review["show"]["currency"], self.language, signed)

    def table(self, rows: Sequence[Row], columns: Sequence[Shown], weight: str) -> Safe:
        """A table of rows; of very many only those that weigh most, and a line that says so."""
        if len(rows) <= ROWS_MAX:
            return shown(rows, columns)
        heaviest = sorted(rows, key=lambda row: -(row[weight] or 0))[:ROWS_MAX]
        sentence = self.say("{count} smaller rows are in the workbook; the total counts them.")
        more = element("p", sentence.format(count=figures.units(len(rows) - ROWS_MAX)), kind="dim")
        return join([shown(heaviest, columns), more])

    def about(self, minor: int) -> str:
        """An amount in the show's currency without its decimals."""
        return figures.about(minor, self.review["show"]["currency"], self.language)

    def count(self, heading: str, key: str, rows: Sequence[Row], sums: bool = True) -> Shown:
        """A column of counts, with their sum."""
        known = [row[key] for row in rows if row[key] is not None]
        total = figures.units(sum(known)) if sums and known else ""
        return Shown(heading, lambda row: figures.units(row[key]), True, total)

    def amount(self, heading: str, key: str, rows: Sequence[Row]) -> Shown:
        """A column of amounts in the show's currency, with their sum."""
        total = self.money(sum(row[key] for row in rows))
        return Shown(heading, lambda row: self.money(row[key]), True, total)

    def sold_out(self, heading: str) -> Shown:
        """The minutes a row was sold out; rows are rounded, so their total is the show's own and not their sum."""
        total = figures.decimal(self.review["totals"]["stock_out_minutes"])
        return Shown(heading, lambda row: figures.decimal(row["stock_out_minutes"]), True, total)

    def results(self, rows: Sequence[Row]) -> list[Shown]:
        """What became of units and money in each row: the columns that regions and SKUs share."""
        say = self.say
        return [
            self.count(say("Cancelled"), "cancelled", rows),
            self.count(say("Left"), "left", rows),
            self.count(say("Missed"), "lost", rows),
            self.amount(say("Revenue"), "revenue_minor", rows),
            self.amount(say("Margin"), "margin_minor", rows),
            self.sold_out(say("Sold out, min")),
        ]

    def region(self, row: Row) -> str:
        """The name of a row's region."""
        return self.regions.get(row["region"], str(row["region"]))

    def channel(self, row: Row) -> str:
        """The name of a row's channel."""
        return self.channels.get(row["channel"], str(row["channel"]))

    def sku(self, row: Row) -> str:
        """The title of a row's SKU; nothing where it is about all."""
        return self.titles.get(row["sku"], str(row["sku"]))

    def deed(self, row: Row) -> str:
        """What an intervention did; in English its own sentence, which says it best."""
        if self.language == "en":
            return str(row["what"])
        return deeds.told(row, deeds.Names(self.say, self.titles, self.regions, self.channels, self.money))

    def means(self, sentence: str) -> Safe:
        """The line that says what a figure means; an English phrase of `words`."""
        return element("p", self.say(sentence), kind="means")

    def code(self, table: str, name: str) -> str:
        """A code of a review in words."""
        return words.code(_TABLES[table], name, self.say)
