"""Regions and SKUs of a show: for sale, sold, cancelled, left, lost, earned, and how long they were sold out.

Data flow: the review's `regions` and `skus` -> two HTML tables of the same columns, each with its sums. Invariants: the
sums are those of all rows; units of the flexible pool belong to no region; of very many SKUs those are listed that sold
most, and that is said.
"""

from dashboard.screens.marks import Frame, lasted, money, number, safe
from dashboard.screens.words import Say, english

UNITS = ("allocated", "sold", "cancelled", "left", "lost")
MONEY = ("revenue_minor", "margin_minor")
MINUTES = "stock_out_minutes"
ROWS_MAX = 150
HEADS = ("for sale", "sold", "cancelled", "unsold", "lost", "revenue", "margin", "sold out for")


def html(review: Frame, say: Say = english) -> str:
    """Build both tables."""
    currency = review["show"]["currency"]
    regions = [(row["name"] or row["region"], row) for row in review["regions"]]
    skus = [(row["title"] or row["sku"], row) for row in review["skus"]]
    return _table(say("Region"), regions, currency, say) + _table("SKU", skus, currency, say)


def _table(word: str, rows: list[tuple[str, Frame]], currency: str, say: Say) -> str:
    heads = "".join(f"<th scope=col class=n>{safe(say(name))}</th>" for name in HEADS)
    listed = rows if len(rows) <= ROWS_MAX else sorted(rows, key=lambda row: -row[1]["sold"])[:ROWS_MAX]
    left = len(rows) - len(listed)
    more = f'<p class="more">+{number(left)} {safe(say("more, in the exports"))}</p>' if left else ""
    body = "".join(_line(title, row, currency, say) for title, row in listed)
    sums = {name: sum(row[name] for _, row in rows) for name in (*UNITS, *MONEY, MINUTES)}
    foot = f"<tfoot>{_line(say('all'), sums, currency, say)}</tfoot>"
    head = f"<thead><tr><th scope=col>{safe(word)}</th>{heads}</tr></thead>"
    return f"<table class=places>{head}<tbody>{body}</tbody>{foot}</table>{more}"


def _line(title: str, row: Frame, currency: str, say: Say) -> str:
    cells = [number(row[name]) for name in UNITS] + [money(row[name], currency, say) for name in MONEY]
    cells.append(lasted(row[MINUTES], say))
    return f"<tr><th scope=row>{safe(title)}</th>{''.join(f'<td class=n>{safe(cell)}</td>' for cell in cells)}</tr>"
