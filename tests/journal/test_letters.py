"""Dead letters on disk: written with the next transaction or not at all, found again, bounded where nobody proved who sent them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard.journal import letters as kept
from dashboard.journal.batch import Batch
from dashboard.journal.store import Journal, JournalProblem
from dashboard.journal.verify import verify

NOW = 1_773_492_000_000_000


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = Journal(tmp_path / "night.duckdb")
    yield found
    found.close()


def letter(**more: Any) -> dict[str, Any]:
    """A held letter, unless said otherwise."""
    return {
        "show_id": "night",
        "channel": "web",
        "received_time": NOW,
        "reason": "sku_unknown",
        "sentence": "The show knows no HAT.",
        "headers": {"x-topic": "orders", "ünïcode": "\u4e2d"},
        "body": b"\x00\xff{}",
        "state": "held",
        "settled_time": None,
        "attempts": 0,
    } | more


def write(journal: Journal) -> None:
    """One transaction of nothing else."""
    journal.append(Batch(*journal.head()))


def test_a_letter_waits_for_a_transaction_and_is_found_as_it_was(journal: Journal) -> None:
    id = journal.letters.add(letter())
    assert journal.letters.waits(id)
    assert journal.letters.rows() == []
    assert journal.letters.get(id) == letter(id=id)
    write(journal)
    assert not journal.letters.waiting
    assert journal.letters.get(id) == letter(id=id)
    assert journal.letters.rows() == [letter(id=id, body=4)]
    assert journal.letters.held() == [letter(id=id)]
    assert journal.letters.get(id + 1) is None


@pytest.mark.parametrize("written_before", [True, False])
def test_a_letter_is_settled_on_disk_or_on_its_way_there(written_before: bool, journal: Journal) -> None:
    id = journal.letters.add(letter())
    if written_before:
        write(journal)
    journal.letters.settle(id, "settled", "accepted", "", NOW + 1, 2)
    now = {"state": "settled", "reason": "accepted", "sentence": "", "settled_time": NOW + 1, "attempts": 2}
    assert journal.letters.waits(id)
    assert journal.letters.get(id) == letter(id=id, **now)
    write(journal)
    assert journal.letters.get(id) == letter(id=id, **now)
    assert (journal.letters.count("held"), journal.letters.count("settled")) == (0, 1)


def test_a_failed_transaction_leaves_letters_waiting(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    id = journal.letters.add(letter())

    def fails(*_: object) -> None:
        raise duckdb.IOException("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(journal.letters, "write", fails)
        with pytest.raises(JournalProblem):
            write(journal)
    assert journal.letters.waits(id)
    write(journal)
    assert [row["id"] for row in journal.letters.rows()] == [id]


def test_what_changes_while_it_is_written_is_written_next(journal: Journal) -> None:
    first = journal.letters.add(letter())
    taken = journal.letters.taken()
    journal.letters.settle(first, "settled", "accepted", "", NOW, 1)
    second = journal.letters.add(letter())
    journal.letters.write(journal._connection, taken)
    journal.letters.written(taken)
    assert journal.letters.waits(first)
    assert journal.letters.waits(second)
    write(journal)
    assert [row["state"] for row in journal.letters.rows()] == ["held", "settled"]


def test_ids_go_on_after_a_restart(tmp_path: Path) -> None:
    for wanted in (1, 2, 3):
        journal = Journal(tmp_path / "night.duckdb")
        assert journal.letters.add(letter()) == wanted
        write(journal)
        journal.close()


def test_of_the_unproven_only_the_newest_of_each_channel_stay(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "UNPROVEN_MAX", 3)
    forged = {"state": "refused", "reason": "not_authentic", "show_id": ""}
    journal.letters.add(letter())
    for number in range(8):
        journal.letters.add(letter(**forged, received_time=NOW + number), bounded=True)
        journal.letters.add(letter(**forged, channel="app"), bounded=True)
        if number % 3 == 0:
            write(journal)
    write(journal)
    left = [(row["channel"], row["id"]) for row in journal.letters.rows(state="refused")]
    assert left == [("app", 17), ("web", 16), ("app", 15), ("web", 14), ("app", 13), ("web", 12)]
    assert journal.letters.count("held") == 1
    assert [row["id"] for row in journal.letters.rows(channel="web", limit=2)] == [16, 14]


def test_an_older_journal_gets_the_table_when_it_is_opened_for_writing(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    Journal(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table dead_letters")
    reader = Journal(path, read_only=True)
    assert (reader.letters.rows(), reader.letters.held(), reader.letters.get(1), reader.letters.count("held")) == (
        [],
        [],
        None,
        0,
    )
    reader.close()
    journal = Journal(path)
    journal.letters.add(letter())
    write(journal)
    journal.close()
    assert verify(path)["ok"]
    reader = Journal(path, read_only=True)
    assert len(reader.letters.rows()) == 1
    reader.close()


def test_letters_are_no_public_table(journal: Journal, tmp_path: Path) -> None:
    journal.letters.add(letter())
    write(journal)
    assert "dead_letters" not in journal.export(tmp_path / "out")
