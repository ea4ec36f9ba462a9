"""Frames of past instants, read from a journal: the nearest checkpoint, and the events after it folded on top.

Whoever keeps the journal is known here only by the three questions it answers (`Reader`), so that the room, the command
line and the tests ask for the past in one way.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from dashboard.decision import events as e
from dashboard.projections import frame as frames

Row = dict[str, Any]


class Reader(Protocol):
    """What a journal is asked for a frame."""

    def checkpoint(self, show: str, seq: int, version: int) -> tuple[int, bytes] | None:
        """The newest folded state of a show at or before a seq."""

    def events(self, show: str | None = None, after: int = 0, upto: int | None = None) -> Iterator[Any]:
        """A show's events in order."""

    def seen(self, show: str, seq: int, at: int | None = None) -> frames.Seen:
        """The last observation per (kind, channel, SKU), as known at a seq and a time."""


class FrameProblem(ValueError):
    """No frame can be given; the message says which show or instant is missing and what there is."""


def past_frame(journal: Reader, show: str, seq: int, at: int | None, patience: frames.Patience) -> Row:
    """A frame folded from the journal at a seq, as seen at a time (None: that of the event)."""
    facts = fold_upto(journal, show, seq)
    if facts is None:
        raise FrameProblem(f"Show {show!r} had not opened at that moment; ask for a later one.")
    moment = facts.at if at is None else at
    return frames.table(facts, moment, journal.seen(show, seq, moment), patience)


def fold_upto(journal: Reader, show: str, seq: int) -> frames.Facts | None:
    """Fold a show's events up to a seq, from the nearest checkpoint on; None when it had not opened."""
    kept = journal.checkpoint(show, seq, frames.VERSION)
    facts = frames.unpack(kept[1]) if kept else None
    for stored in journal.events(show, after=facts.seq if facts else 0, upto=seq):
        event = e.decode(stored.type, stored.data)
        if facts is None:
            assert isinstance(event, e.ShowOpened)
            facts = frames.begin(show, event, stored.seq, stored.recorded_time, stored.actor)
        else:
            frames.fold(facts, event, stored.seq, stored.recorded_time, stored.actor)
    return facts
