"""A made-up order file in the shape of UCI Online Retail: seeded, so that the same seed writes the same bytes.

Eight months of invoices with some twenty lines each: a few articles sell most, a tenth of the invoices go abroad, one
in fifty takes back an earlier one (its number starts with C, its quantity is negative), one line in sixty stands twice,
a quarter of the customers are unknown, and postage is a line like any other.
"""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
ARTICLES = 3_000
LINES_MAX = 40
FIRST = datetime(2010, 12, 1, 8)  # noqa: DTZ001 - the file tells wall-clock times, as the real one does
DAYS = 270
ABROAD = ("Germany", "France", "EIRE", "Spain", "Netherlands", "Belgium", "Switzerland", "Australia", "Norway", "Japan")
Line = tuple[str, str, str, int, str, str, str, str]


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Write an order file of exactly so many rows."""
    chance = random.Random(seed)
    step = timedelta(days=DAYS) / max(1, rows // 20)
    moment, invoice, written = FIRST, 536_365, 0
    earlier: list[Line] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        while written < rows:
            moment += step
            invoice += 1
            lines = _cancel(chance, invoice, moment, earlier) or _invoice(chance, invoice, moment)
            for line in lines[: rows - written]:
                table.writerow(line)
                written += 1
            if lines[0][3] > 0:
                earlier = [*earlier[-500:], chance.choice(lines)]


def _invoice(chance: random.Random, invoice: int, moment: datetime) -> list[Line]:
    country = chance.choice(ABROAD) if chance.random() < 0.1 else "United Kingdom"
    customer = "" if chance.random() < 0.25 else str(chance.randrange(12_000, 18_300))
    lines: list[Line] = []
    for _ in range(chance.randint(1, LINES_MAX)):
        article = min(int(chance.paretovariate(0.6)), ARTICLES)
        price = f"{0.29 + article % 97 / 10:.2f}"
        quantity = chance.choice((1, 1, 2, 3, 4, 6, 6, 12, 12, 24, 48))
        lines.append(
            _line(
                str(invoice), f"{20_000 + article}A", f"ARTICLE {article}", quantity, moment, price, customer, country
            )
        )
        if chance.random() < 1 / 60:
            lines.append(lines[-1])
    if chance.random() < 0.05:
        lines.append(_line(str(invoice), "POST", "POSTAGE", 1, moment, "18.00", customer, country))
    return lines


def _cancel(chance: random.Random, invoice: int, moment: datetime, earlier: list[Line]) -> list[Line]:
    """Take back a line of an earlier invoice, now and then."""
    if not earlier or chance.random() >= 0.02:
        return []
    _, code, description, quantity, _, price, customer, country = chance.choice(earlier)
    return [_line(f"C{invoice}", code, description, -quantity, moment, price, customer, country)]


def _line(
    invoice: str, code: str, description: str, quantity: int, moment: datetime, price: str, customer: str, country: str
) -> Line:
    return invoice, code, description, quantity, moment.strftime("%Y-%m-%d %H:%M:00"), price, customer, country
