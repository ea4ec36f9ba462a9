"""`warroom verify` and `warroom export`: the auditor's verdict as exit code, and every public table as a file."""

from pathlib import Path

import duckdb
import pytest

from tests.cli.command import refused, warroom
from tests.cli.conftest import ORDERS


def test_a_sound_journal_is_ok(journal: Path) -> None:
    outcome = warroom("verify", journal)
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "ok: every invariant holds, oversold 0"
    report = warroom("verify", journal, "--json").json
    assert (report["ok"], report["oversold"], report["events"]) == (True, 0, 3 + ORDERS)


def test_a_tampered_journal_fails_with_exit_code_1(tampered: Path) -> None:
    outcome = warroom("verify", tampered)
    assert outcome.code == 1
    assert outcome.out.splitlines()[-1].startswith("FAILED: ")
    assert "Event 5 line 0 says" in outcome.out
    as_json = warroom("verify", tampered, "--json")
    assert as_json.code == 1
    assert as_json.json["ok"] is False
    assert as_json.json["breach_count"] >= 1


def test_what_cannot_be_audited_is_refused_with_exit_code_2(text: Path, other: Path, tmp_path: Path) -> None:
    assert "is not a DuckDB file" in refused("verify", text)
    assert "has no table" in refused("verify", other)
    assert "There is no file" in refused("verify", tmp_path / "none.duckdb")
    empty = tmp_path / "empty.duckdb"
    empty.touch()
    refused("verify", empty)
    cut = tmp_path / "cut.duckdb"
    cut.write_bytes(other.read_bytes()[:5000])
    refused("verify", cut)


@pytest.mark.parametrize("command", ["verify", "frame", "export"])
def test_a_journal_is_needed(command: str) -> None:
    assert "Missing argument 'FILE'" in refused(command, *(("--out", "x") if command == "export" else ()))


def test_every_public_table_becomes_parquet(journal: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    report = warroom("export", journal, "--out", out, "--json").json
    assert report["rows"] == {"events": 3 + ORDERS, "moves": 4 + 2 * ORDERS, "observations": 0}
    with duckdb.connect() as connection:
        for table, rows in report["rows"].items():
            found = connection.execute(f"select count(*) from '{out / table}.parquet'").fetchone()
            assert found == (rows,)
    assert str(out / "events.parquet") in warroom("export", journal, "--out", out).out, "again, over the old files"


def test_an_export_that_cannot_be_written_is_refused(journal: Path, text: Path, tmp_path: Path) -> None:
    assert "is a file" in refused("export", journal, "--out", text)
    refused("export", journal, "--out", text / "below")
    assert "notes.txt" in refused("export", text, "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()
