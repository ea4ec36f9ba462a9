"""Whatever is in a file, every row is accounted for, and with the needed stock the room refuses nothing."""

import csv
import gzip
import io
import random
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import COLUMNS, PLAIN, FakeRoom, run

MAPPING = (
    PLAIN
    + """
sku_case = "upper"
goods = ["POST"]
cancel = { order_prefix = "C", negative_quantity = true }
"""
)
CELLS = {
    "order": ["1", "2", "3", "C1", "C2", "", " 1 ", "x" * 200],
    "time": ["2026-03-14 10:00", "2026-03-14 11:00:00", "14.03.2026 10:30", "03/04/2026", "", "never", "2026-03-14T12:00:00+09:00"],
    "sku": ["A", "a", "B", "POST", ""],
    "quantity": ["1", "2", "7", "-1", "-3", "0", "1.5", "", "1.000", "x", "99999999999"],
    "price": ["1.00", "", "0", "-1", "1,234.50", "?", "0.001"],
    "country": ["DE", "Germany", "FR", "", "Nowhere", "a/b"],
    "customer": ["ann", "bob", ""],
    "status": ["", "x", 'a "quoted" one', "two\nlines"],
}  # fmt: skip
row = st.tuples(*(st.sampled_from(CELLS[name]) for name in COLUMNS.split(",")))
odd = st.sampled_from([tuple(COLUMNS.split(",")), ("",) * 8, ("1", "2"), ("1",) * 11])
rows = st.lists(st.one_of(row, row, row, odd), max_size=40)


def as_csv(records: list[tuple[str, ...]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS.split(","))
    writer.writerows(records)
    return stream.getvalue()


@given(rows)
@settings(max_examples=150)
@example([("1", "2026-03-14 10:00", "A", "1", "1", "DE", "ann", "")] * 3)
def test_every_row_is_accepted_or_rejected_for_one_reason(records: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            report, room = run(Path(folder), as_csv(records), MAPPING)
        except ImportProblem:
            if records:
                raise
            return
    assert report.rows == len(records)
    assert not {"not_enough_claims", "order_unknown"} & report.rejected.keys()
    placed = sum(line.quantity for order in room.of(c.PlaceOrder) for line in order.lines)
    returned = sum(line.quantity for cancel in room.of(c.CancelOrder) for line in cancel.lines)
    assert (placed, returned) == (report.units, report.cancelled_units)
    assert all(units >= 0 for units in room.units.values())


@given(rows, st.sampled_from([0.3, 0.8]))
@settings(max_examples=60)
def test_refused_orders_are_accounted_for_too(records: list[tuple[str, ...]], factor: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            report, room = run(Path(folder), as_csv(records), MAPPING + f"stock = {factor}\n")
        except ImportProblem:
            return
    assert report.rows == len(records)
    assert sum(line.quantity for order in room.of(c.PlaceOrder) for line in order.lines) == report.units


@given(rows)
@settings(max_examples=40)
def test_one_unit_less_of_the_needed_stock_refuses_an_order(records: list[tuple[str, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            _, room = run(Path(folder), as_csv(records), MAPPING)
        except ImportProblem:
            return
        for goods in room.of(c.ReceiveGoods)[:3]:
            poorer = FakeRoom()
            poorer.units[goods.pool, goods.sku] = -1
            report, _ = run(Path(folder), as_csv(records), MAPPING, room=poorer)
            assert report.rejected.get("not_enough_claims", 0) >= 1


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_end_in_a_report_or_in_one_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("a.csv", content), ("a.csv", COLUMNS.encode() + b"\n" + content), ("a.csv.gz", content)):
            room = FakeRoom()
            with suppress(ImportProblem):
                run(Path(folder), data, name=name, room=room)
            assert room.commands == []


def test_a_gzip_cut_anywhere_commits_nothing() -> None:
    chance = random.Random(5)
    whole = gzip.compress(
        as_csv([(str(n), "2026-03-14 10:00", "A", "1", "1", "DE", "", "") for n in range(500)]).encode()
    )
    with tempfile.TemporaryDirectory() as folder:
        for cut in [
            2,
            9,
            10,
            11,
            len(whole) - 9,
            len(whole) - 1,
            *(chance.randrange(3, len(whole)) for _ in range(30)),
        ]:
            room = FakeRoom()
            with pytest.raises(ImportProblem, match="gzip"):
                run(Path(folder), whole[:cut], name="a.csv.gz", room=room)
            assert room.commands == []
