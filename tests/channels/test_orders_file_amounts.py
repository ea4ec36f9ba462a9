"""Quantities and prices as files write them: marks declared or proven, money signs, and nothing guessed."""

from decimal import Decimal
from pathlib import Path

import pytest

from dashboard.channels.orders_file.amounts import Marks, marks_of, number, price_minor, quantity
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import PLAIN, lines, run

POINT, COMMA, UNKNOWN = Marks(".", ","), Marks(",", "."), Marks("", "")

NUMBERS = [
    ("12", POINT, "12"), ("12.50", POINT, "12.50"), ("1,234.50", POINT, "1234.50"), ("1,23,456.00", POINT, "123456.00"),
    (".5", POINT, "0.5"), ("5.", POINT, "5"), ("-3.2", POINT, "-3.2"), ("3.2-", POINT, "-3.2"), ("(3.20)", POINT, "-3.20"),
    ("+7", POINT, "7"), ("−7", POINT, "-7"), ("1e3", POINT, "1000"), ("2.5E-05", POINT, "0.000025"),
    ("1.234,50", COMMA, "1234.50"), ("1.234", COMMA, "1234"), ("12,5", COMMA, "12.5"), ("1 234,50", COMMA, "1234.50"),
    ("1 234,50", COMMA, "1234.50"), ("1'234.50", POINT, "1234.50"), ("1’234’567", POINT, "1234567"),
    ("€ 12,50", COMMA, "12.50"), ("12,50 €", COMMA, "12.50"), ("12,- €", COMMA, "12"), ("12,--", COMMA, "12"),
    ("US$ 1,234.50", POINT, "1234.50"), ("R$ 1.234,50", COMMA, "1234.50"), ("Rs. 12.50", POINT, "12.50"),
    ("12.50 CHF", POINT, "12.50"), ("CHF12.50", POINT, "12.50"), ("¥1,200", POINT, "1200"), ("1200円", POINT, "1200"),
    ("￥１２００", POINT, "1200"), ("zł 12,50", COMMA, "12.50"), ("kr. 12,50", COMMA, "12.50"), ("€-12,50", COMMA, "-12.50"),
    ("-€12,50", COMMA, "-12.50"), ("₹ 99", POINT, "99"),
    ("12,50", UNKNOWN, "12.50"), ("12.50", UNKNOWN, "12.50"), ("1.234,50", UNKNOWN, "1234.50"), ("0.125", UNKNOWN, "0.125"),
    ("1.234", UNKNOWN, None), ("1,234", UNKNOWN, None),
    ("1,2", POINT, None), ("1,2345", POINT, None), ("12,34.5", POINT, None), ("1.2.3", POINT, None), ("1,2,3", COMMA, None),
    ("twelve", POINT, None), ("12 apples", POINT, None), ("", POINT, None), ("-", POINT, None), ("12.5x", POINT, None),
    ("1 2 3 €€ 4", POINT, None), ("0x10", POINT, None), ("inf", POINT, None), ("12..5", POINT, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "marks", "meant"), NUMBERS)
def test_a_number_is_exact_or_none(text: str, marks: Marks, meant: str | None) -> None:
    assert number(text, marks) == (None if meant is None else Decimal(meant))


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        (["12,50", "1.234"], COMMA), (["12.50", "1,234"], POINT), (["1.234.567"], COMMA), (["1,234,567"], POINT),
        (["1.234,5"], COMMA), (["1,234.5"], POINT), (["0,125"], COMMA), (["1.234", "7"], UNKNOWN), (["12,50", "12.50"], UNKNOWN),
        (["1234.567"], POINT), (["€ 12,50"], COMMA), ([], UNKNOWN),
    ],
)  # fmt: skip
def test_the_values_of_a_column_prove_its_decimal_mark(values: list[str], marks: Marks) -> None:
    assert marks_of(values, "", "")[0] == marks


def test_a_declared_mark_is_never_overruled() -> None:
    assert marks_of(["12,50"], ".", "")[0] == Marks(".", "")
    assert marks_of(["12.50"], "", ".")[0] == Marks(",", ".")
    assert price_minor("12,50", Marks(".", ""), 2) == "bad_price"


@pytest.mark.parametrize(
    ("text", "units"),
    [("6", 6), ("6.0", 6), ("-6", -6), ("1,000", 1000), ("0", "zero_quantity"), ("", "missing_quantity"),
     ("nan", "missing_quantity"), ("2.5", "bad_quantity"), ("2,000,000", "quantity_too_large"), ("６", 6)],
)  # fmt: skip
def test_a_quantity_is_whole_units_or_a_reason(text: str, units: int | str) -> None:
    assert quantity(text, POINT, 1_000_000) == units


def test_an_inferred_decimal_comma_is_said_and_rules_quantities_too(tmp_path: Path) -> None:
    rows = lines('1,2026-03-14 10:00:00,A,1.000,"12,50",DE', '2,2026-03-14 10:00:00,A,2,"1.234",DE')
    report, room = run(tmp_path, rows)
    assert [order.lines[0] for order in room.of(c.PlaceOrder)] == [
        c.OrderLine("A", 1000, 1250),
        c.OrderLine("A", 2, 123400),
    ]
    assert report.notes == ["The decimal mark of prices was taken to be a comma, because of '12,50'."]


def test_a_number_that_stays_undecided_is_rejected_by_row(tmp_path: Path) -> None:
    rows = lines("1,2026-03-14 10:00:00,A,1.000,5,DE", '2,2026-03-14 10:00:00,A,2,"1.234",DE')
    report, _ = run(tmp_path, rows)
    assert report.rejected == {"bad_price": 1, "bad_quantity": 1}
    mapping = PLAIN.replace('"quantity"', '{ column = "quantity", thousands = "." }') + 'decimal = "."\n'
    report, _ = run(tmp_path, rows, mapping)
    assert (report.rejected, report.units) == ({}, 1002)
