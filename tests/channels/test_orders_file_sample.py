"""The shipped mapping on an excerpt of the file it was written for, against a second, naive reading of the same file."""

import csv
import datetime
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.channels.orders_file.importing import ImportReport
from dashboard.decision import commands as c
from tests.channels.orders_file_kit import DATA, MAPPINGS, FakeRoom, run_files

EXCERPT = DATA / "online_retail_excerpt.csv"
NOT_GOODS = {"POST", "DOT", "C2", "M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK"}
GIANT = ("541431", "23166", 74_215)


@pytest.fixture(scope="module")
def imported() -> tuple[ImportReport, FakeRoom]:
    return run_files(EXCERPT, MAPPINGS / "online_retail.toml")


def naive() -> tuple[Counter[str], dict[str, int]]:
    """Reasons by plain loops over the rows; also orders, units and cancelled units."""
    reasons: Counter[str] = Counter()
    seen: set[tuple[str, ...]] = set()
    orders: dict[str, str] = {}
    lines: dict[tuple[str, str], list[list[object]]] = defaultdict(list)
    units = cancelled = 0
    cancels = []
    rows = list(csv.DictReader(EXCERPT.open(encoding="utf-8", newline="")))
    for row in rows:
        key, sku, quantity = tuple(row.values()), row["StockCode"].upper(), int(row["Quantity"])
        if key in seen:
            reasons["duplicate_row"] += 1
        elif sku in NOT_GOODS or sku.startswith("GIFT_"):
            reasons["not_goods"] += 1
        elif row["InvoiceNo"].startswith("C"):
            cancels.append((row["InvoiceDate"], row["CustomerID"], sku, -quantity))
        elif quantity < 0:
            reasons["negative_quantity"] += 1
        else:
            orders.setdefault(row["InvoiceNo"], row["InvoiceDate"])
            units += quantity
            if row["CustomerID"]:
                lines[row["CustomerID"], sku].append([orders[row["InvoiceNo"]], quantity])
        seen.add(key)
    for time, customer, sku, quantity in sorted(cancels, key=lambda cancel: cancel[0]):
        earlier = [line for line in lines[customer, sku] if str(line[0]) <= time and line[1]]
        if sum(int(str(line[1])) for line in earlier) < quantity:
            reasons["cancel_exceeds_order" if earlier else "cancel_without_order"] += 1
            continue
        cancelled += quantity
        enough = [line for line in earlier if int(str(line[1])) >= quantity][-1:]
        for line in enough or reversed(earlier):
            part = min(quantity, int(str(line[1])))
            line[1] = int(str(line[1])) - part
            quantity -= part
    return reasons, {"rows": len(rows), "orders": len(orders), "units": units, "cancelled_units": cancelled}


def test_every_row_of_the_excerpt_is_judged_as_a_naive_reading_judges_it(
    imported: tuple[ImportReport, FakeRoom],
) -> None:
    report, _ = imported
    reasons, sums = naive()
    assert report.rejected == dict(reasons)
    assert set(reasons) >= {"duplicate_row", "not_goods", "negative_quantity", "cancel_without_order"}
    assert {key: getattr(report, key) for key in sums} == sums


def test_the_false_stock_out_is_ordered_and_cancelled_sixteen_minutes_later(
    imported: tuple[ImportReport, FakeRoom],
) -> None:
    _, room = imported
    order, sku, units = GIANT
    placed = next(one for one in room.of(c.PlaceOrder) if one.order == order)
    cancelled = next(one for one in room.of(c.CancelOrder) if one.order == order)
    assert placed.lines == (c.OrderLine(sku, units, 104),)
    assert cancelled.lines == (c.UnitLine(sku, units),)
    assert cancelled.event_time - placed.event_time == 16 * 60 * 1_000_000
    received = {one.sku: one.quantity for one in room.of(c.ReceiveGoods) if one.pool == "region/GB"}
    assert received[sku] == units


def test_destinations_become_regions_and_odd_names_stay_regions_of_their_own(
    imported: tuple[ImportReport, FakeRoom],
) -> None:
    report, room = imported
    opened = room.of(c.OpenShow)[0]
    regions = {region.region: region for region in opened.regions}
    assert {"GB", "IE", "US", "JP", "Channel Islands", "European Community", "Unspecified"} <= set(regions)
    assert (regions["IE"].name, regions["IE"].time_zone, regions["IE"].countries) == (
        "Ireland",
        "Europe/Dublin",
        ("IE",),
    )
    assert report.notes == []
    assert {lane.location for lane in opened.lanes} == {"london"}
    assert next(one for one in opened.channels if one.region == "PT") == c.Channel(
        channel="wholesale-pt", platform="web", region="PT", language="pt", name="wholesale PT"
    )


def test_codes_that_differ_only_by_case_are_one_sku_and_vouchers_are_no_goods(
    imported: tuple[ImportReport, FakeRoom],
) -> None:
    _, room = imported
    skus = {sku.sku for sku in room.of(c.OpenShow)[0].skus}
    assert "85123A" in skus
    assert not any(sku != sku.upper() or sku.startswith("GIFT_") for sku in skus)


def test_no_customer_number_leaves_the_package(imported: tuple[ImportReport, FakeRoom]) -> None:
    _, room = imported
    buyers = {order.buyer for order in room.of(c.PlaceOrder)} - {""}
    assert all(len(buyer) == 16 for buyer in buyers)
    assert len(buyers) > 10
    assert not any(b"17850" in body for body in room.bodies.values())


def test_the_excerpt_says_where_it_comes_from() -> None:
    note = Path(EXCERPT).with_suffix(".md").read_text(encoding="utf-8")
    assert "CC BY 4.0" in note


def in_german(path: Path) -> str:
    rows = list(csv.reader(EXCERPT.open(encoding="utf-8", newline="")))
    for row in rows[1:]:
        date, clock = row[4].split()
        row[4] = ".".join(reversed(date.split("-"))) + " " + clock[:5]
        row[5] = row[5].replace(".", ",") + " €"
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            [["Nr", "Artikel", "Titel", "Stück", "Zeit", "Preis", "Kunde", "Land"], *rows[1:]]
        )
    return """
order = "Nr"
sku = { column = "Artikel", title = "Titel", case = "upper" }
quantity = "Stück"
time = { column = "Zeit", format = "DD.MM.YYYY HH:mm", zone = "Europe/London" }
price = { column = "Preis", currency = "GBP" }
"""


def in_parquet(path: Path) -> str:
    rows = list(csv.DictReader(EXCERPT.open(encoding="utf-8", newline="")))
    columns: dict[str, pa.Array] = {name: pa.array([row[name] for row in rows]) for name in rows[0]}
    columns["Quantity"] = columns["Quantity"].cast(pa.int64())
    columns["UnitPrice"] = columns["UnitPrice"].cast(pa.float64())
    columns["InvoiceDate"] = columns["InvoiceDate"].cast(pa.timestamp("us"))
    columns["CustomerID"] = pa.array([float(row["CustomerID"]) if row["CustomerID"] else None for row in rows])
    pq.write_table(pa.table(columns), path)
    return """
order = "InvoiceNo"
sku = { column = "StockCode", title = "Description", case = "upper" }
quantity = "Quantity"
time = { column = "InvoiceDate", zone = "Europe/London" }
price = { column = "UnitPrice", currency = "GBP" }
"""


def in_utf16_milliseconds(path: Path) -> str:
    rows = list(csv.reader(EXCERPT.open(encoding="utf-8", newline="")))
    zone = zoneinfo.ZoneInfo("Europe/London")
    for row in rows[1:]:
        row[4] = str(round(datetime.datetime.fromisoformat(row[4]).replace(tzinfo=zone).timestamp() * 1000))
    with path.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    return """
order = "InvoiceNo"
sku = { column = "StockCode", title = "Description", case = "upper" }
quantity = "Quantity"
time = { column = "InvoiceDate", format = "unix_ms" }
price = { column = "UnitPrice", currency = "GBP" }
"""


@pytest.mark.parametrize(
    ("name", "write", "customer", "country"),
    [
        ("o.csv", in_german, "Kunde", "Land"),
        ("o.parquet", in_parquet, "CustomerID", "Country"),
        ("o.tsv", in_utf16_milliseconds, "CustomerID", "Country"),
    ],
)
def test_the_same_orders_in_another_file_are_the_same_show(
    imported: tuple[ImportReport, FakeRoom],
    tmp_path: Path,
    name: str,
    write: Callable[[Path], str],
    customer: str,
    country: str,
) -> None:
    goods = (
        "goods = { not_goods = [" + ", ".join(f'"{code}"' for code in sorted(NOT_GOODS)) + '], pattern = ["^gift_"] }'
    )
    mapping = (
        write(tmp_path / name)
        + f"""
customer = "{customer}"
destination = "{country}"
cancel = {{ order_prefix = "C", find_by = ["customer_and_sku"] }}
{goods}
"""
    )
    (tmp_path / "map.toml").write_text(mapping, encoding="utf-8")
    report, room = run_files(tmp_path / name, tmp_path / "map.toml")
    expected, expected_room = imported
    for key in ("rows", "orders", "accepted", "rejected", "units", "cancelled_units", "skus", "regions", "starts_at"):
        assert getattr(report, key) == getattr(expected, key), key
    assert [(one.event_time, one.order, one.lines) for one in room.of(c.PlaceOrder)] == [
        (one.event_time, one.order, one.lines) for one in expected_room.of(c.PlaceOrder)
    ]
