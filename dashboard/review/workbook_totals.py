"""The values of a workbook's formulas, written into the file beside them.

A formula in an XLSX file may carry the value it had when it was last reckoned. openpyxl writes none, so phones, mail
previews and programs that only read show nothing where totals should be. `Totals` remembers what each formula gives
while the sheets are filled, and puts it into the sheets' XML afterwards.
"""

import io
import re
import zipfile
from decimal import Decimal

from openpyxl import load_workbook

_EMPTY = re.compile(
    r'(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)<v\s*/>|(<c r="([A-Z]+[0-9]+)"[^>]*><f>[^<]*</f>)<v></v>'
)
"""A cell with a formula and no value, as openpyxl writes it with or without lxml."""


class Totals:
    """What formulas come to: sheet -> cell -> value."""

    def __init__(self) -> None:
        self._values: dict[str, dict[str, int | float | Decimal]] = {}

    def note(self, sheet: str, cell: str, value: int | float | Decimal) -> None:
        """Remember what a formula gives."""
        self._values.setdefault(sheet, {})[cell] = value

    def told_in(self, book: bytes) -> bytes:
        """The same file with the values written in."""
        names = load_workbook(io.BytesIO(book), read_only=True).sheetnames
        parts = {f"xl/worksheets/sheet{place}.xml": self._values.get(name, {}) for place, name in enumerate(names, 1)}
        told = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(told, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in old.infolist():
                content = old.read(entry)
                if values := parts.get(entry.filename):
                    content = _filled(content.decode(), values).encode()
                new.writestr(entry.filename, content)
        return told.getvalue()


def _filled(sheet: str, values: dict[str, int | float | Decimal]) -> str:
    def fill(found: re.Match[str]) -> str:
        head, cell = (found[1], found[2]) if found[1] else (found[3], found[4])
        return f"{head}<v>{values[cell]}</v>" if cell in values else found[0]

    return _EMPTY.sub(fill, sheet)
