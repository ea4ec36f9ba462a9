"""`warroom export`: every public table as a file, whole or without its people, and the evidence beside them."""

import json
from pathlib import Path

import duckdb

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.cli.command import refused, warroom
from tests.cli.conftest import ORDERS
from tests.server.show import NOW, STARTS_AT

BUYER = "joe@mail.example"


def bought(journal: Path) -> Path:
    """The journal with an order of somebody more."""
    room = Room(Journal(journal), clock=lambda: NOW)
    order = c.PlaceOrder(
        id="spring/joe", show="spring", event_time=STARTS_AT, channel="shop-us", order="#1001", buyer=BUYER,
        lines=(c.OrderLine("RING", 1),),
    )  # fmt: skip
    assert room.handle([order], None)[0].status == "accepted"
    room.stop()
    return journal


def test_every_public_table_becomes_parquet(journal: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    report = warroom("export", journal, "--out", out, "--json").json
    assert report["rows"] == {"events": 3 + ORDERS, "moves": 4 + 2 * ORDERS, "observations": 0, "claims": 0}
    with duckdb.connect() as connection:
        for table, rows in report["rows"].items():
            found = connection.execute(f"select count(*) from '{out / table}.parquet'").fetchone()
            assert found == (rows,)
    assert str(out / "events.parquet") in warroom("export", journal, "--out", out).out, "again, over the old files"


def test_the_evidence_lies_beside_the_tables(journal: Path, tmp_path: Path) -> None:
    report = warroom("export", journal, "--out", tmp_path / "out", "--json").json
    row = json.loads(Path(report["evidence"]).read_text())
    assert row["head"] == warroom("verify", journal, "--json").json["head"]
    assert row["data"] == "as recorded"


def test_an_export_that_cannot_be_written_is_refused(journal: Path, text: Path, tmp_path: Path) -> None:
    for more in ((), ("--without-buyers",)):
        assert "is a file" in refused("export", journal, "--out", text, *more)
        refused("export", journal, "--out", text / "below", *more)
        assert "notes.txt" in refused("export", text, "--out", tmp_path / "out", *more)
        assert not (tmp_path / "out").exists()


def test_without_buyers_nobody_is_named_and_the_keys_are_kept_elsewhere(journal: Path, tmp_path: Path) -> None:
    bought(journal)
    out, keys = tmp_path / "out", tmp_path / "keys.json"
    report = warroom("export", journal, "--out", out, "--without-buyers", "--keys", keys, "--json").json
    assert report["rows"]["events"] == 3 + ORDERS + 1
    with duckdb.connect() as connection:
        text = str(connection.execute(f"select * from '{out}/events.parquet'").fetchall())
    assert "buyer-" in text
    assert BUYER not in text
    assert "#1001" not in text
    assert set(json.loads(keys.read_text())["shows"]) == {"spring"}
    assert not [path for path in out.iterdir() if json.loads(keys.read_text())["chain"].encode() in path.read_bytes()]
    row = json.loads((out / "evidence.json").read_text())
    assert (row["data"], row["shows"][0]["hash"]) == ("buyers replaced", None)
    assert warroom("verify", journal, "--evidence", out / "evidence.json").code == 0
    first = (out / "events.parquet").read_bytes()
    assert warroom("export", journal, "--out", out, "--without-buyers", "--keys", keys).code == 0
    assert (out / "events.parquet").read_bytes() == first, "the keys were used again"
    assert warroom("export", journal, "--out", out, "--without-buyers").code == 0
    assert (out / "events.parquet").read_bytes() != first


def test_keys_have_to_be_keys_and_lie_elsewhere(journal: Path, text: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "outside" in refused("export", journal, "--out", out, "--without-buyers", "--keys", out / "keys.json")
    assert "holds no keys" in refused("export", journal, "--out", out, "--without-buyers", "--keys", text)
    assert "--without-buyers" in refused("export", journal, "--out", out, "--keys", tmp_path / "keys.json")
    assert text.read_text() == "Buy rings.\n"
    below = text / "keys.json"
    assert "keys.json" in refused("export", journal, "--out", out, "--without-buyers", "--keys", below)
