"""Pieces of a page: escaped text, elements and tables, as strings.

Everything that reaches a page passes `escape` exactly once: cells and attributes here, text of drawings in `charts`.
`Safe` marks what is markup already; anything else is text, whoever wrote it.
"""

import html
from collections.abc import Sequence
from typing import Any, NamedTuple


class Safe(str):
    """Markup made here, as against text that still has to be escaped."""

    __slots__ = ()


class Column(NamedTuple):
    """A column of a table: its heading, and whether it holds figures (right-aligned, tabular)."""

    heading: str
    figures: bool = True
    kind: str = ""


def escape(text: object) -> str:
    """Text for use inside an element or an attribute."""
    return html.escape(str(text), quote=True)


def inside(value: object) -> str:
    """Markup as it is, everything else escaped."""
    return str(value) if isinstance(value, Safe) else escape(value)


def element(name: str, *content: object, **attributes: Any) -> Safe:
    """An element with attributes (`kind` is its class)."""
    told = {("class" if key == "kind" else key): value for key, value in attributes.items() if value}
    written = "".join(f' {key}="{escape(value)}"' for key, value in told.items())
    return Safe(f"<{name}{written}>{''.join(inside(part) for part in content)}</{name}>")


def join(parts: Sequence[object]) -> Safe:
    """Several pieces one after the other."""
    return Safe("".join(inside(part) for part in parts))


def table(columns: Sequence[Column], rows: Sequence[Sequence[object]], total: Sequence[object] = ()) -> Safe:
    """A table with its headings, and a line of totals where there is one."""
    kinds = [" ".join(filter(None, ("figures" if column.figures else "", column.kind))) for column in columns]

    def line(cells: Sequence[object], cell: str, **more: Any) -> Safe:
        made = [element(cell, value, kind=kind, **more) for value, kind in zip(cells, kinds, strict=True)]
        return element("tr", *made)

    head = element("thead", line([column.heading for column in columns], "th", scope="col"))
    body = element("tbody", *(line(row, "td") for row in rows))
    foot = element("tfoot", line(total, "td")) if total else Safe("")
    return element("div", element("table", head, body, foot), kind="scroll")
