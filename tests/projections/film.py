"""A tape that is filmed: what is played on the decision is folded into facts, and a frame can be looked at any time."""

from typing import Any

from dashboard.decision import events as e
from dashboard.projections import frame as frames
from tests.decision.shows import SHOW
from tests.decision.tape import Tape

PATIENCE = frames.Patience(silent_seconds=300.0, feed_seconds=15.0)


class Film(Tape):
    """Plays lines and shows frames."""

    def __init__(self, **world: Any) -> None:
        super().__init__(**world)
        self.folded = 0
        self.seen: frames.Seen = {}
        self.facts = self._begun()

    def _begun(self) -> frames.Facts:
        _, name, data, seq, at = self.watched.journal[0]
        opened = e.decode(name, data)
        assert isinstance(opened, e.ShowOpened)
        self.folded = 1
        return frames.begin(SHOW, opened, seq, at, "operator")

    def caught_up(self) -> frames.Facts:
        """The facts after everything played so far."""
        for _, name, data, seq, at in self.watched.journal[self.folded :]:
            frames.fold(self.facts, e.decode(name, data), seq, at, "operator")
        self.folded = len(self.watched.journal)
        return self.facts

    def observe(
        self, kind: str, channel: str, value: int, note: str = "", sku: str = "", at: int | None = None
    ) -> None:
        """Note something seen now, or at another time."""
        self.seen[kind, channel, sku] = self.now if at is None else at, value, note

    def frame(self, at: int | None = None, viewers: dict[str, int] | None = None) -> dict[str, Any]:
        """The frame now, or at a later time."""
        seen = self.seen | _seen(viewers)
        return frames.table(self.caught_up(), self.now if at is None else at, seen, PATIENCE)

    def row(self, table: str, at: int | None = None, **where: Any) -> dict[str, Any]:
        """The one row of a table of the frame that has these values."""
        rows = self.frame(at)[table]
        found = [row for row in rows if all(row[key] == value for key, value in where.items())]
        assert len(found) == 1, rows
        return dict(found[0])


def _seen(viewers: dict[str, int] | None) -> frames.Seen:
    return {("viewers", channel, ""): (0, count, "") for channel, count in (viewers or {}).items()}
