"""`warroom import`: an order file becomes a journal, or one sentence and no journal."""

import gzip
from pathlib import Path

import pytest

from dashboard.settings import DATA
from tests.benchmarks import order_file
from tests.cli.command import refused, warroom

MAPPING = DATA / "mappings" / "online_retail.toml"
ROWS = 300


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A small order file in the shape of the mapping."""
    path = tmp_path / "orders.csv"
    order_file.write(path, ROWS)
    return path


def test_every_row_is_accounted_for(orders: Path, tmp_path: Path) -> None:
    db = tmp_path / "orders.duckdb"
    outcome = warroom("import", orders, "--mapping", MAPPING, "--db", db, "--json")
    assert outcome.code == 0
    report = outcome.json
    assert {"rows", "orders", "accepted", "rejected"} <= report.keys()
    assert report["rows"] == ROWS == report["accepted"] + sum(report["rejected"].values())
    assert report["rejected"]["duplicate_row"] > 0
    verdict = warroom("verify", db, "--json").json
    assert (verdict["ok"], verdict["oversold"]) == (True, 0)
    frame = warroom("frame", db, "--json").json
    assert frame["show"] == report["show"] == "orders"
    assert frame["totals"]["orders"] == report["orders"]


def test_for_people_the_reasons_are_a_table(orders: Path, tmp_path: Path) -> None:
    outcome = warroom("import", orders, "--mapping", MAPPING, "--db", tmp_path / "a.duckdb", "--show", "Winter sale")
    assert outcome.out.startswith("Winter-sale: 300 rows")
    assert "duplicate_row" in outcome.out
    assert outcome.err == "", "progress is for terminals"


def test_a_second_import_of_the_same_file_changes_nothing(orders: Path, tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    first = warroom("import", orders, "--mapping", MAPPING, "--db", db, "--json").json
    before = warroom("verify", db, "--json").json["head"]
    second = warroom("import", orders, "--mapping", MAPPING, "--db", db, "--json").json
    assert second["accepted"] == first["accepted"]
    assert second["known_already"] > 0
    assert warroom("verify", db, "--json").json["head"] == before


def broken(kind: str, orders: Path) -> Path:
    """The order file with something wrong."""
    text = orders.read_text()
    header, *rows = text.splitlines(keepends=True)
    contents: dict[str, bytes] = {
        "empty.csv": b"",
        "header.csv": header.encode(),
        "renamed.csv": text.replace("InvoiceNo", "Invoice", 1).encode(),
        "words.csv": b"Dear all, here are our orders.\n",
        "bytes.csv": bytes(range(256)) * 200,
        "cut.csv.gz": gzip.compress(text.encode())[:1000],
        "plain.csv.gz": text.encode(),
        "no.xlsx": b"PK\x03\x04" + bytes(500),
        "no.parquet": b"PAR1" + bytes(500),
        "twice.csv": (header.rstrip("\n") + ",Country\n" + "".join(rows)).encode(),
    }
    path = orders.parent / kind
    path.write_bytes(contents[kind])
    return path


@pytest.mark.parametrize(
    "kind",
    ["empty.csv", "header.csv", "renamed.csv", "words.csv", "bytes.csv", "cut.csv.gz", "plain.csv.gz", "no.xlsx",
     "no.parquet", "twice.csv"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_leaves_no_journal(kind: str, orders: Path, tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    path = broken(kind, orders)
    sentence = refused("import", path, "--mapping", MAPPING, "--db", db)
    assert path.name in sentence
    assert not list(tmp_path.glob("a.duckdb*"))


def test_a_second_header_among_the_rows_is_one_rejected_row(orders: Path, tmp_path: Path) -> None:
    header, *rows = orders.read_text().splitlines(keepends=True)
    orders.write_text("".join([header, *rows[:150], header, *rows[150:]]))
    report = warroom("import", orders, "--mapping", MAPPING, "--db", tmp_path / "a.duckdb", "--json").json
    assert report["rejected"]["header_row"] == 1
    assert report["rows"] == ROWS + 1 == report["accepted"] + sum(report["rejected"].values())


def test_an_order_file_or_mapping_that_is_not_there_is_refused(orders: Path, tmp_path: Path) -> None:
    db = tmp_path / "a.duckdb"
    assert "There is no file" in refused("import", tmp_path / "none.csv", "--mapping", MAPPING, "--db", db)
    assert "none.toml" in refused("import", orders, "--mapping", tmp_path / "none.toml", "--db", db)
    assert "orders.csv" in refused("import", orders, "--mapping", orders, "--db", db), "the mapping is no TOML"
    assert "is a directory" in refused("import", tmp_path, "--mapping", MAPPING, "--db", db)
    assert "Missing option '--db'" in refused("import", orders, "--mapping", MAPPING)
    assert "Missing option '--mapping'" in refused("import", orders, "--db", db)
    assert not list(tmp_path.glob("a.duckdb*"))


def test_an_unknown_key_of_the_mapping_is_refused_by_name(orders: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(MAPPING.read_text().replace("[destination]", "[destinaton]", 1))
    sentence = refused("import", orders, "--mapping", mapping, "--db", tmp_path / "a.duckdb")
    assert "destinaton" in sentence
    assert "destination" in sentence


def test_a_file_that_is_no_journal_is_not_written_into(orders: Path, text: Path, other: Path, tmp_path: Path) -> None:
    before = text.read_bytes()
    assert "notes.txt" in refused("import", orders, "--mapping", MAPPING, "--db", text)
    assert text.read_bytes() == before
    assert "none" in refused("import", orders, "--mapping", MAPPING, "--db", tmp_path / "none" / "a.duckdb")


def test_a_journal_that_was_there_stays_when_an_import_is_refused(journal: Path, orders: Path) -> None:
    head = warroom("verify", journal, "--json").json["head"]
    refused("import", broken("empty.csv", orders), "--mapping", MAPPING, "--db", journal)
    assert warroom("verify", journal, "--json").json["head"] == head


def test_another_file_under_the_name_of_a_known_show_is_refused(orders: Path, journal: Path) -> None:
    sentence = refused("import", orders, "--mapping", MAPPING, "--db", journal, "--show", "spring")
    assert "'spring'" in sentence
    assert "--show" in sentence


def test_tables_beside_the_orders_are_told_with_the_rows(orders: Path, tmp_path: Path) -> None:
    (orders.parent / "plan.csv").write_text("sku,region,units\n20001A,United Kingdom,10\nX,GB,5\n", encoding="utf-8")
    (orders.parent / "viewers.csv").write_text("time,channel,viewers\nT-00:10,wholesale-gb,900\n", encoding="utf-8")
    outcome = warroom("import", orders, "--mapping", MAPPING, "--db", tmp_path / "a.duckdb")
    assert outcome.code == 0
    assert "plan.csv lies beside the orders and was read as their plan; plan = false keeps it out." in outcome.out
    assert "plan.csv names SKUs of which none was ordered: 'X'." in outcome.out
    again = warroom("import", orders, "--mapping", MAPPING, "--db", tmp_path / "a.duckdb", "--json").json
    assert again["tables"] == {"plan": 2, "viewers": 1}
    frame = warroom("frame", tmp_path / "a.duckdb", "--json").json
    assert frame["totals"]["viewers"] == 900


def test_a_bad_row_of_a_table_beside_the_orders_is_named_and_leaves_no_journal(orders: Path, tmp_path: Path) -> None:
    (orders.parent / "stock.csv").write_text("location,sku,quantity\nlondon,20001A,many\n", encoding="utf-8")
    mapping = tmp_path / "map.toml"
    mapping.write_text(MAPPING.read_text(encoding="utf-8").replace('opening = "needed"', ""), encoding="utf-8")
    sentence = refused("import", orders, "--mapping", mapping, "--db", tmp_path / "a.duckdb")
    assert "stock.csv, row 2: 'many' is not a whole number" in sentence
    assert not list(tmp_path.glob("a.duckdb*"))
