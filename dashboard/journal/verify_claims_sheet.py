"""The auditor's reader of a workbook: the cells of its first sheet, with nothing but the standard library.

    LOG.xlsx (a ZIP of XML) -> shared texts + the first sheet, an element at a time -> rows of texts and numbers

Numbers stay numbers, a moment among them (days since 1899-12-30): what a number is shown as is not asked. What the
file says is not trusted: it is never unpacked whole, and one that would become too large is refused. What is wrong
with it raises ValueError or what ZIP and XML raise; the caller makes a sentence of that.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BYTES_MAX = 4 << 30
COLUMNS_MAX = 16_384

Cell = str | int | float | None


def sheet(path: Path) -> Iterator[list[Cell]]:
    """The rows of the first sheet; a cell that is not there is None."""
    with ZipFile(path) as book:
        if sum(part.file_size for part in book.infolist()) > BYTES_MAX:
            raise ValueError("it is larger than a log can be")
        if SHEET not in book.namelist():
            raise ValueError("it has no first sheet")
        texts = list(_texts(book)) if TEXTS in book.namelist() else []
        for row in _elements(book, SHEET, "row"):
            yield _row(row, texts)


def _texts(book: ZipFile) -> Iterator[str]:
    for item in _elements(book, TEXTS, "si"):
        yield _text(item)


def _elements(book: ZipFile, part: str, name: str) -> Iterator[Element]:
    """The elements of a name, each forgotten once it was seen."""
    with book.open(part) as file:
        for _, element in iterparse(file):
            if element.tag == SPACE + name:
                yield element
                element.clear()


def _row(row: Element, texts: list[str]) -> list[Cell]:
    cells: list[Cell] = []
    for cell in row.iter(f"{SPACE}c"):
        place = _column(cell.get("r", ""), len(cells))
        cells += [None] * (place - len(cells) + 1)
        cells[place] = _value(cell, texts)
    return cells


def _column(reference: str, otherwise: int) -> int:
    place = 0
    for letter in reference:
        if not "A" <= letter <= "Z":
            break
        place = place * 26 + ord(letter) - 64
    if place > COLUMNS_MAX:
        raise ValueError("it has more columns than a sheet can have")
    return place - 1 if place else otherwise


def _value(cell: Element, texts: list[str]) -> Cell:
    kind, value = cell.get("t", "n"), cell.findtext(f"{SPACE}v")
    if kind == "inlineStr":
        return _text(cell)
    if value is None:
        return None
    if kind == "s":
        return texts[int(value)]
    if kind == "n":
        return int(value) if value.isdecimal() else float(value)
    return value


def _text(holder: Element) -> str:
    """The text of all its runs."""
    return "".join(part.text or "" for part in holder.iter(f"{SPACE}t"))
