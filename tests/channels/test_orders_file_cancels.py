"""How a cancel row is marked, and how it finds the order it takes back."""

from pathlib import Path

import pytest

from dashboard.decision import commands as c
from tests.channels.orders_file_kit import PLAIN, FakeRoom, lines, run

MINUTE = 60_000_000


def cancelled(room: FakeRoom) -> list[tuple[str, str, int]]:
    """(order, SKU, units) of every cancelled line, in time order."""
    return [(one.order, line.sku, line.quantity) for one in room.of(c.CancelOrder) for line in one.lines]


ORDERS = (
    "1,2026-03-14 10:00:00,A,5,1.00,DE,ann",
    "2,2026-03-14 10:10:00,A,3,1.00,DE,ann",
    "3,2026-03-14 10:20:00,A,9,1.00,DE,bob",
    "4,2026-03-14 10:30:00,A,2,1.00,DE,ann",
)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (-1, [("4", "A", 1)]),
        (-2, [("4", "A", 2)]),
        (-3, [("2", "A", 3)]),
        (-5, [("1", "A", 5)]),
        (-6, [("4", "A", 2), ("2", "A", 3), ("1", "A", 1)]),
        (-10, [("4", "A", 2), ("2", "A", 3), ("1", "A", 5)]),
    ],
)
def test_by_customer_the_latest_order_with_enough_units_is_taken_back_else_several(
    tmp_path: Path, quantity: int, expected: list[tuple[str, str, int]]
) -> None:
    rows = lines(*ORDERS, f"C5,2026-03-14 11:00:00,A,{quantity},1.00,DE,ann")
    report, room = run(tmp_path, rows, PLAIN + 'cancel = "C"\n')
    assert sorted(cancelled(room)) == sorted(expected)
    assert (report.accepted, report.cancelled_units) == (5, -quantity)


def test_only_orders_before_the_cancel_are_taken_back_and_units_only_once(tmp_path: Path) -> None:
    rows = lines(
        "C0,2026-03-14 09:59:00,A,-1,1.00,DE,ann",
        *ORDERS,
        "C5,2026-03-14 10:05:00,A,-4,1.00,DE,ann",
        "C6,2026-03-14 10:06:00,A,-4,1.00,DE,ann",
    )
    report, room = run(tmp_path, rows, PLAIN + 'cancel = "C"\n')
    assert cancelled(room) == [("1", "A", 4)]
    assert report.rejected == {"cancel_without_order": 1, "cancel_exceeds_order": 1}


def test_a_cancel_at_the_minute_of_its_order_finds_it(tmp_path: Path) -> None:
    rows = lines("C1,2026-03-14 10:00:00,A,-5,1.00,DE,ann", "1,2026-03-14 10:00:00,A,5,1.00,DE,ann")
    report, room = run(tmp_path, rows, PLAIN + 'cancel = "C"\n')
    assert cancelled(room) == [("1", "A", 5)]
    assert report.rejected == {}


def test_the_order_of_a_prefixed_id_is_found_by_the_rest_of_the_id(tmp_path: Path) -> None:
    rows = lines(*ORDERS, "R-1,2026-03-14 11:00:00,A,5,1.00,DE,")
    report, room = run(tmp_path, rows, PLAIN + 'cancel = { prefix = ["R-", "S-"], find_by = ["order_id"] }\n')
    assert cancelled(room) == [("1", "A", 5)]
    assert report.rejected == {}


def test_a_negative_quantity_takes_back_from_its_own_order_first(tmp_path: Path) -> None:
    rows = lines(*ORDERS, "1,2026-03-15 11:00:00,A,-2,1.00,DE,ann", "9,2026-03-15 12:00:00,A,-9,1.00,DE,bob")
    report, room = run(tmp_path, rows, PLAIN + "cancel = { negative_quantity = true }\n")
    assert cancelled(room) == [("1", "A", 2), ("3", "A", 9)]
    assert (report.units, report.cancelled_units, report.orders) == (19, 11, 4)
    again, _ = run(tmp_path, rows, PLAIN + 'cancel = "negative"\n')
    assert again.cancelled_units == 11


def test_a_column_may_name_the_cancelled_order(tmp_path: Path) -> None:
    rows = lines(*ORDERS, "X9,2026-03-14 11:00:00,A,-2,1.00,DE,bob,1", "X10,2026-03-14 11:00:00,A,-2,1.00,DE,bob,77")
    mapping = PLAIN + 'cancel = { negative_quantity = true, order = "status", find_by = ["order_column"] }\n'
    report, room = run(tmp_path, rows, mapping)
    assert cancelled(room) == [("1", "A", 2)]
    assert report.rejected == {"cancel_without_order": 1}


def test_a_status_cancels_the_order_of_its_own_row(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,5,1.00,DE,ann,paid",
        "1,2026-03-14 10:00:00,B,2,1.00,DE,ann,Cancelled ",
        "2,2026-03-14 10:01:00,A,1,1.00,DE,bob,CANCELLED",
    )
    report, room = run(tmp_path, rows, PLAIN + 'cancel = { status = "status", values = ["cancelled"] }\n')
    assert cancelled(room) == [("1", "B", 2), ("2", "A", 1)]
    assert (report.accepted, report.orders, report.units, report.cancelled_units) == (3, 2, 8, 3)
    assert report.notes == ["The file does not say when orders were cancelled: at their own time was assumed."]


def test_a_time_column_says_when_an_order_was_cancelled(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,5,1.00,DE,ann,2026-03-14 10:16:00",
        "2,2026-03-14 10:10:00,A,1,1.00,DE,bob,",
        "3,2026-03-14 10:20:00,A,1,1.00,DE,bob,2026-03-14 10:00:00",
        "4,2026-03-14 10:20:00,A,1,1.00,DE,bob,later",
    )
    report, room = run(tmp_path, rows, PLAIN + 'cancel = { time = "status" }\n')
    when = [
        (one.order, (one.event_time - room.of(c.PlaceOrder)[0].event_time) // MINUTE) for one in room.of(c.CancelOrder)
    ]
    assert when == [("1", 16), ("3", 20)]
    assert report.rejected == {"bad_time": 1}
    assert report.notes == []


def test_an_event_log_with_a_second_row_per_cancelled_order_is_declared(tmp_path: Path) -> None:
    rows = lines("1,2026-03-14 10:00:00,A,5,1.00,DE,ann,new", "1,2026-03-14 10:16:00,A,5,1.00,DE,ann,void")
    mapping = PLAIN + 'cancel = { column = "status", values = ["void"], find_by = ["order_id"] }\n'
    report, room = run(tmp_path, rows, mapping)
    assert cancelled(room) == [("1", "A", 5)]
    assert (report.units, report.cancelled_units) == (5, 5)


def test_lines_cancelled_together_are_one_command_per_order(tmp_path: Path) -> None:
    rows = lines(
        "1,2026-03-14 10:00:00,A,5,1.00,DE,ann",
        "1,2026-03-14 10:00:00,B,5,1.00,DE,ann",
        "C2,2026-03-14 10:30:00,A,-5,1.00,DE,ann",
        "C2,2026-03-14 10:30:00,B,-1,1.00,DE,ann",
    )
    _, room = run(tmp_path, rows, PLAIN + 'cancel = "C"\n')
    assert [one.lines for one in room.of(c.CancelOrder)] == [(c.UnitLine("A", 5), c.UnitLine("B", 1))]


def test_a_marker_that_marks_nothing_is_said(tmp_path: Path) -> None:
    report, _ = run(tmp_path, lines(*ORDERS), PLAIN + 'cancel = "Q"\n')
    assert report.notes == ["No row is marked as a cancellation in the way [cancel] says."]
