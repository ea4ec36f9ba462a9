"""A copy of one instant: a journal of its own that opens, while the writer goes on."""

from pathlib import Path

import pytest

from dashboard.journal.batch import Batch
from dashboard.journal.copies import AUDITED, Copier
from dashboard.journal.store import Journal, JournalProblem, Observation
from tests.journal.entries_kit import ENTRIES, NOON, SHOW, fill, journal_at, ordered


def test_a_whole_copy_opens_as_a_journal_of_that_instant(tmp_path: Path) -> None:
    journal = journal_at(tmp_path)
    journal.append(Batch(*journal.head()), [Observation(SHOW, NOON, 1, "viewers", "web", "", 12, "")])
    head, path = journal.head(), str(tmp_path / "it's a copy.duckdb")
    Copier(journal, "one").copy(path)
    fill(journal, [(ordered("later"), "web", "/channels/web")])
    copied = Journal(path, read_only=True)
    assert copied.head() == head != journal.head()
    assert len(list(copied.events())) == len(ENTRIES)
    assert copied.seen(SHOW, head[0]) == {("viewers", "web", ""): (NOON, 12, "")}
    assert copied.checkpoint(SHOW, head[0], 1) is None
    copied.close()
    journal.close()


def test_two_copiers_do_not_meet_and_a_copy_can_be_made_again(tmp_path: Path) -> None:
    journal = journal_at(tmp_path)
    one, other = Copier(journal, "one"), Copier(journal, "other")
    for number, copier in enumerate((one, other, one)):
        copier.copy(str(tmp_path / f"{number}.duckdb"), AUDITED)
    one.stop()
    journal.close()


def test_a_file_that_cannot_be_made_and_a_closed_journal_are_a_sentence(tmp_path: Path) -> None:
    journal = journal_at(tmp_path)
    copier = Copier(journal, "one")
    with pytest.raises(JournalProblem, match=r"^The journal could not be copied: .*no/folder"):
        copier.copy(str(tmp_path / "no" / "folder" / "x.duckdb"))
    assert copier.head() == journal.head()
    journal.close()
    with pytest.raises(JournalProblem, match="could not be copied"):
        copier.head()
    with pytest.raises(JournalProblem, match="could not be copied"):
        copier.copy(str(tmp_path / "x.duckdb"))
