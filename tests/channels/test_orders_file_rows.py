"""Every reason a row can be rejected for, one row of the table each; and what is accepted beside it."""

from pathlib import Path

import pytest

from dashboard.decision import commands as c
from tests.channels.orders_file_kit import COLUMNS, PLAIN, FakeRoom, lines, run

GOOD = "1,2026-03-14 10:00:00,A,2,9.90,DE,ann"
CANCELS = PLAIN + 'cancel = "C"\n'

REASONS = [
    ("wrong_column_count", "2,2026-03-14 10:01:00,A,1,9.90,DE,ann,x,y,z", PLAIN, "10 columns, the header has 8"),
    ("header_row", COLUMNS, PLAIN, "repeats the header"),
    ("empty_row", ",,,,,,,", PLAIN, "empty"),
    ("duplicate_row", GOOD, PLAIN, "exact copy of row 2"),
    ("missing_order_id", " ,2026-03-14 10:01:00,A,1,9.90,DE", PLAIN, "no order id"),
    ("order_id_too_long", f"{'9' * 151},2026-03-14 10:01:00,A,1,9.90,DE", PLAIN, "longer than 150"),
    ("missing_sku", "2,2026-03-14 10:01:00, ,1,9.90,DE", PLAIN, "no sku"),
    ("sku_too_long", f"2,2026-03-14 10:01:00,{'A' * 151},1,9.90,DE", PLAIN, "longer than 150"),
    ("not_goods", "2,2026-03-14 10:01:00,POST,1,9.90,DE", PLAIN + 'goods = ["POST"]', "no goods"),
    ("missing_time", "2,,A,1,9.90,DE", PLAIN, "no time"),
    ("bad_time", "2,2026-02-30 10:01:00,A,1,9.90,DE", PLAIN, "'2026-02-30 10:01:00' is no time"),
    ("bad_time", "2,1773482460,A,1,9.90,DE", PLAIN, "format = 'unix'"),
    ("ambiguous_time", "2,03/04/2026 10:01,A,1,9.90,DE", PLAIN, "day_first"),
    ("missing_quantity", "2,2026-03-14 10:01:00,A,,9.90,DE", PLAIN, "no quantity"),
    ("bad_quantity", "2,2026-03-14 10:01:00,A,1.5,9.90,DE", PLAIN, "no whole number"),
    ("bad_quantity", "2,2026-03-14 10:01:00,A,two,9.90,DE", PLAIN, "'two'"),
    ("zero_quantity", "2,2026-03-14 10:01:00,A,0,9.90,DE", PLAIN, "zero"),
    ("quantity_too_large", "2,2026-03-14 10:01:00,A,1000000001,9.90,DE", PLAIN, "1,000,000,000"),
    ("negative_quantity", "2,2026-03-14 10:01:00,A,-1,9.90,DE", PLAIN, "not marked as a cancellation"),
    ("bad_price", "2,2026-03-14 10:01:00,A,1,cheap,DE", PLAIN, "'cheap' is no price"),
    ("negative_price", "2,2026-03-14 10:01:00,A,1,-9.90,DE", PLAIN, "negative"),
    ("cancel_without_order", "C2,2026-03-14 10:01:00,B,-1,9.90,DE,ann", CANCELS, "no earlier order"),
    ("cancel_without_order", "C2,2026-03-14 10:01:00,A,-1,9.90,DE,", CANCELS, "names no customer"),
    ("cancel_exceeds_order", "C2,2026-03-14 10:01:00,A,-3,9.90,DE,ann", CANCELS, "have 2 left"),
]


@pytest.mark.parametrize(("reason", "row", "mapping", "words"), REASONS)
def test_a_bad_row_is_rejected_for_its_own_reason(
    tmp_path: Path, reason: str, row: str, mapping: str, words: str
) -> None:
    report, _ = run(tmp_path, lines(GOOD, row, "9,2026-03-14 11:00:00,A,1,9.90,DE,bob"), mapping)
    assert report.rejected == {reason: 1}
    assert (report.rows, report.accepted, report.orders) == (3, 2, 2)
    example = report.examples[reason][0]
    assert example.row == 3
    assert words in example.sentence


def test_a_bad_currency_in_a_row_rejects_that_row(tmp_path: Path) -> None:
    mapping = PLAIN.replace('currency = "EUR"', 'currency_column = "status", currency = "EUR"')
    rows = lines(GOOD + ",JPY", "2,2026-03-14 10:01:00,A,1,500,JP,bob,XYZ", "3,2026-03-14 10:02:00,A,1,1,JP,bob")
    report, room = run(tmp_path, rows, mapping)
    assert report.rejected == {"bad_currency": 1}
    assert [order.currency for order in room.of(c.PlaceOrder)] == ["JPY", "EUR"]


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("12.345", "EUR", 1234), ("12.355", "EUR", 1236), ("1500", "JPY", 1500), ("1.2345", "KWD", 1234), ("", "EUR", 0),
     ("0", "EUR", 0), ("0.001", "EUR", 0), ("€ 12.50", "EUR", 1250), ("12.50 USD", "USD", 1250)],
)  # fmt: skip
def test_prices_become_minor_units_of_their_currency(tmp_path: Path, price: str, currency: str, minor: int) -> None:
    mapping = PLAIN.replace('currency = "EUR"', f'currency = "{currency}", decimal = "."')
    _, room = run(tmp_path, lines(f"1,2026-03-14 10:00:00,A,2,{price},DE"), mapping)
    assert room.of(c.PlaceOrder)[0].lines == (c.OrderLine("A", 2, minor),)


def test_a_line_total_is_divided_by_the_units(tmp_path: Path) -> None:
    mapping = PLAIN.replace('currency = "EUR"', 'currency = "EUR", is_line_total = true')
    _, room = run(tmp_path, lines("1,2026-03-14 10:00:00,A,4,10.00,DE"), mapping)
    assert room.of(c.PlaceOrder)[0].lines == (c.OrderLine("A", 4, 250),)


def test_lines_of_one_order_id_are_one_order_at_its_earliest_time(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:05:00,A,2,1.00,DE,ann",
        "2,2026-03-14 10:01:00,A,1,1.00,DE,bob",
        "1,2026-03-14 10:00:00,B,1,2.00,DE,ann",
    )
    report, room = run(tmp_path, rows)
    orders = room.of(c.PlaceOrder)
    assert [order.order for order in orders] == ["1", "2"]
    assert orders[0].lines == (c.OrderLine("A", 2, 100), c.OrderLine("B", 1, 200))
    assert orders[0].event_time == 1773482400000000
    assert (report.orders, report.units, report.skus) == (2, 4, 2)


def test_an_order_to_two_destinations_is_split_into_parts(tmp_path: Path) -> None:
    rows = lines("1,2026-03-14 10:00:00,A,2,1.00,DE,ann", "1,2026-03-14 10:00:00,B,1,1.00,FR,ann")
    report, room = run(tmp_path, rows)
    parts = [(order.order, order.channel, order.country) for order in room.of(c.PlaceOrder)]
    assert parts == [("1", "shop-de", "DE"), ("1#2", "shop-fr", "FR")]
    assert (report.orders, report.accepted) == (1, 2)


def test_equal_lines_of_one_order_are_added_up_and_other_prices_are_kept_apart(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,2,1.00,DE,ann",
        "1,2026-03-14 10:00:00,A,3,1.00,DE,ann",
        "1,2026-03-14 10:00:00,A,1,0.50,DE,ann",
    )
    _, room = run(tmp_path, rows)
    assert room.of(c.PlaceOrder)[0].lines == (c.OrderLine("A", 5, 100), c.OrderLine("A", 1, 50))


def test_one_row_is_one_unit_counts_equal_rows_instead_of_rejecting_them(tmp_path: Path) -> None:
    mapping = PLAIN.replace('quantity = "quantity"', "quantity = { one_row_is_one_unit = true }")
    report, room = run(tmp_path, lines(GOOD, GOOD, GOOD), mapping)
    assert (report.accepted, report.rejected, report.units) == (3, {}, 3)
    assert room.of(c.PlaceOrder)[0].lines == (c.OrderLine("A", 3, 990),)


def test_duplicates_can_be_kept(tmp_path: Path) -> None:
    report, _ = run(tmp_path, lines(GOOD, GOOD), PLAIN + 'duplicates = "keep"\n')
    assert (report.accepted, report.units) == (2, 4)


def test_rows_that_differ_only_in_a_column_the_mapping_does_not_name_are_no_duplicates(tmp_path: Path) -> None:
    report, _ = run(tmp_path, lines(GOOD + ",first", GOOD + ",second"))
    assert report.rejected == {}


def test_skus_that_differ_only_by_case_are_one_if_the_mapping_says_so(tmp_path: Path) -> None:
    rows = lines("1,2026-03-14 10:00:00,a1,1,1.00,DE", "2,2026-03-14 10:01:00, A1 ,1,1.00,DE")
    assert run(tmp_path, rows, PLAIN)[0].skus == 2
    assert run(tmp_path, rows, PLAIN + 'sku_case = "upper"\n')[0].skus == 1


@pytest.mark.parametrize(
    "goods",
    ['goods = { not_goods_pattern = ["^post"] }', 'goods = { not_goods_where = { status = ["Shipping"] } }'],
)
def test_rows_that_are_no_goods_are_told_by_pattern_or_by_another_column(tmp_path: Path, goods: str) -> None:
    rows = lines(GOOD, "2,2026-03-14 10:01:00,POSTAGE,1,9.90,DE,ann,shipping")
    assert run(tmp_path, rows, PLAIN + goods)[0].rejected == {"not_goods": 1}


def test_a_file_without_one_good_row_opens_no_show_and_says_so(tmp_path: Path) -> None:
    report, room = run(tmp_path, lines("1,yesterday,A,1,1.00,DE"))
    assert (report.rejected, room.commands) == ({"bad_time": 1}, [])
    assert "nothing was committed" in report.notes[-1]


def test_rows_of_a_refused_order_are_rejected_for_the_refusals_code(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,5,1.00,DE,ann",
        "2,2026-03-14 10:01:00,A,5,1.00,DE,bob",
        "2,2026-03-14 10:01:00,B,1,1.00,DE,bob",
        "C9,2026-03-14 10:02:00,A,-5,1.00,DE,bob",
    )
    report, _ = run(tmp_path, rows, CANCELS + "stock = 0.8\n", room=FakeRoom())
    assert report.rejected == {"not_enough_claims": 2, "order_unknown": 1}
    assert (report.orders, report.units, report.cancelled_units) == (1, 5, 0)
    assert report.examples["not_enough_claims"][0].row == 3
