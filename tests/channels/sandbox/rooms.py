"""Rooms for the tests of the sandbox: the real one without a disk under it, and the scenario that ships."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard import room as rooms
from dashboard.channels.sandbox.scenario import Scenario, find, load
from dashboard.journal.store import Journal
from dashboard.review.asked import asks
from dashboard.review.rerun import rerun
from dashboard.settings import DATA

BREEZESTYLE: Path = find("breezestyle", DATA / "scenarios")


def breezestyle() -> Scenario:
    """The scenario that ships."""
    return load(BREEZESTYLE)


class NoLetters:
    """Letters nobody writes down."""

    waiting = False

    def __init__(self) -> None:
        self.kept: dict[int, dict[str, Any]] = {}

    def add(self, row: Mapping[str, Any], bounded: bool = False) -> int:
        self.kept[len(self.kept) + 1] = {**row, "id": len(self.kept) + 1}
        return len(self.kept)

    def settle(self, id: int, state: str, reason: str, sentence: str, settled_time: int | None, attempts: int) -> None:
        self.kept[id] |= {"state": state, "reason": reason, "sentence": sentence}

    def held(self) -> list[dict[str, Any]]:
        return []

    def rows(self, state: str = "", channel: str = "", limit: int = 200) -> list[dict[str, Any]]:
        return [row for row in reversed(self.kept.values()) if state in ("", row["state"])][:limit]

    def get(self, id: int) -> dict[str, Any] | None:
        return self.kept.get(id)

    def waits(self, id: int) -> bool:
        return False


class NoJournal:
    """A journal that forgets: the room decides and folds as ever, and nothing waits for a disk."""

    path = ":memory:"

    def __init__(self) -> None:
        self.letters = NoLetters()

    def head(self) -> tuple[int, str]:
        return 0, "0" * 64

    def ids(self) -> list[Any]:
        return []

    def events(self, *_: Any, **__: Any) -> list[Any]:
        return []

    def append(self, *_: Any, **__: Any) -> None:
        return None

    def save_checkpoint(self, *_: Any) -> None:
        return None

    def close(self) -> None:
        return None


def room() -> rooms.Room:
    """A real room on a journal that forgets."""
    return rooms.Room(NoJournal(), clock=lambda: 0)  # type: ignore[arg-type]


def assert_decided_again_the_same(path: Path) -> None:
    """Each show of a journal, decided again from what was asked, ends at the journal's own hash."""
    journal = Journal(path, read_only=True)
    everything = list(asks(journal.events()))
    for span in journal.spans():
        outcome = rerun(everything, span.show)
        assert outcome.differs_at is None
        assert (outcome.seq, outcome.hash) == journal.head()
    journal.close()
