"""Rooms for the tests of the sandbox: the real one without a disk under it, and the scenario that ships."""

from pathlib import Path
from typing import Any

from dashboard import room as rooms
from dashboard.channels.sandbox.scenario import Scenario, find, load
from dashboard.settings import DATA

BREEZESTYLE: Path = find("breezestyle", DATA / "scenarios")


def breezestyle() -> Scenario:
    """The scenario that ships."""
    return load(BREEZESTYLE)


class NoJournal:
    """A journal that forgets: the room decides and folds as ever, and nothing waits for a disk."""

    path = ":memory:"

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
