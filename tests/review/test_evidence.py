"""Evidence is small, the same every time, and finds out who rewrote what it vouches for."""

import json
from pathlib import Path

import duckdb
import pytest

from dashboard.journal.store import Journal
from dashboard.journal.verify import verify
from dashboard.review import evidence
from tests.cli.conftest import ORDERS, write


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with two shows."""
    return write(tmp_path_factory.mktemp("evidence") / "two.duckdb", "spring", "autumn")


def test_it_names_the_head_and_the_last_event_of_every_show(journal: Path) -> None:
    row = evidence.evidence(journal, verify(journal))
    with duckdb.connect(str(journal), read_only=True) as connection:
        hashes = dict(connection.execute("select seq, hash from events").fetchall())
    last = len(hashes)
    assert row["head"] == {"seq": last, "hash": hashes[last]}
    assert [(show["show"], show["events"]) for show in row["shows"]] == [("spring", 3 + ORDERS), ("autumn", 3 + ORDERS)]
    assert all(show["hash"] == hashes[show["last_seq"]] for show in row["shows"])
    assert row["moves"] == sum(show["moves"] for show in row["shows"]) == 2 * (4 + 2 * ORDERS)
    assert row["shows"][0]["opened_at"].endswith("Z")
    assert row["shows"][0]["closed_at"] is None
    assert row["verified"] == {"ok": True, "oversold": 0, "breach_count": 0, "head": row["head"]}
    assert (row["data"], row["schema_version"], row["algorithm"]) == ("as recorded", "1", "SHA-256")


def test_the_same_journal_gives_the_same_bytes_open_or_closed(journal: Path) -> None:
    opened = Journal(journal, read_only=True)
    row = evidence.evidence(opened)
    opened.close()
    assert evidence.as_json(row) == evidence.as_json(evidence.evidence(journal))
    assert json.loads(evidence.as_json(row)) == row


def test_an_empty_journal_has_evidence_too(tmp_path: Path) -> None:
    Journal(tmp_path / "new.duckdb").close()
    row = evidence.evidence(tmp_path / "new.duckdb")
    assert (row["head"], row["shows"]) == ({"seq": 0, "hash": "0" * 64}, [])
    assert evidence.compare(tmp_path / "new.duckdb", row).ok
