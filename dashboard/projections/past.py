"""Frames of past instants, read from a journal: the nearest folded state, and the events after it folded on top.

    a seq -> the nearest of: a checkpoint in the journal, a playhead in memory -> fold what is between -> table

Whoever keeps the journal is known here only by the questions it answers (`Reader`), so that the room, the command line
and the tests ask for the past in one way. `past_frame` asks once. `Past` keeps the facts it folded last: somebody who
plays a show forward asks for a little later each time, and only what happened since is folded. Facts change when they
are folded on, so they belong to one question at a time: a playhead is taken out while it is used and put back after, by
whichever thread. A few are kept, of all shows together, the newest; so memory is bounded by the size of a show's facts
and not by how many look. Nobody can tell what was folded from: facts at a seq are the same whichever way they came.
"""

import threading
from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from dashboard.decision import events as e
from dashboard.projections import frame as frames

Row = dict[str, Any]
PLAYHEADS_KEPT = 6
UNFOLDABLE = (msgspec.MsgspecError, LookupError, TypeError, ValueError, AssertionError, AttributeError, ArithmeticError)
"""What folding an event can raise that no room has decided."""


class Reader(Protocol):
    """What a journal is asked for a frame."""

    def checkpoint(self, show: str, seq: int, version: int, after: int = 0) -> tuple[int, bytes] | None:
        """The newest folded state of a show after one seq and up to another."""

    def told(self, show: str, after: int, upto: int) -> Iterator[tuple[int, int, str, str, str]]:
        """A show's events in order: seq, time, actor, type, data."""

    def seen(self, show: str, seq: int, at: int | None = None) -> frames.Seen:
        """The last observation per (kind, channel, SKU), as known at a seq and a time."""


class FrameProblem(ValueError):
    """No frame can be given; the message says which show or instant is missing and what there is."""


class Past:
    """Frames of a journal's past, for many who jump and play at the same time."""

    def __init__(self, journal: Reader, patience: frames.Patience) -> None:
        self._journal, self._patience = journal, patience
        self._lock = threading.Lock()
        self._playheads: list[frames.Facts] = []

    def frame(self, show: str, seq: int, at: int | None) -> Row:
        """A frame folded at a seq, as seen at a time (None: that of the event); raises FrameProblem before the show."""
        begun = self._take(show, seq)
        kept = self._journal.checkpoint(show, seq, frames.VERSION, begun.seq if begun else 0)
        if begun and kept:
            self._put(begun)
        facts = _folded(self._journal, show, seq, frames.unpack(kept[1]) if kept else begun)
        found = _seen_from(self._journal, facts, show, seq, at, self._patience)
        assert facts is not None
        self._put(facts)
        return found

    def _take(self, show: str, seq: int) -> frames.Facts | None:
        """The nearest playhead at or before a seq, which nobody else has until it is put back."""
        with self._lock:
            mine = [facts for facts in self._playheads if facts.show == show and facts.seq <= seq]
            nearest = max(mine, key=lambda facts: facts.seq, default=None)
            self._playheads = [facts for facts in self._playheads if facts is not nearest]
            return nearest

    def _put(self, facts: frames.Facts) -> None:
        with self._lock:
            self._playheads = [*self._playheads[1 - PLAYHEADS_KEPT :], facts]


def past_frame(journal: Reader, show: str, seq: int, at: int | None, patience: frames.Patience) -> Row:
    """A frame folded from the journal at a seq, as seen at a time (None: that of the event)."""
    return _seen_from(journal, fold_upto(journal, show, seq), show, seq, at, patience)


def fold_upto(journal: Reader, show: str, seq: int) -> frames.Facts | None:
    """Fold a show's events up to a seq, from the nearest checkpoint on; None when it had not opened."""
    kept = journal.checkpoint(show, seq, frames.VERSION)
    return _folded(journal, show, seq, frames.unpack(kept[1]) if kept else None)


def _folded(journal: Reader, show: str, seq: int, facts: frames.Facts | None) -> frames.Facts | None:
    """Fold what happened after some facts, or since the show opened, up to a seq; raises FrameProblem."""
    number = 0
    try:
        for number, at, actor, type, data in journal.told(show, facts.seq if facts else 0, seq):
            event = e.decode(type, data)
            if facts is None:
                assert isinstance(event, e.ShowOpened)
                facts = frames.begin(show, event, number, at, actor)
            else:
                frames.fold(facts, event, number, at, actor)
    except UNFOLDABLE as problem:
        said = f"{problem.__class__.__name__} {problem}"[:120].rstrip()
        raise FrameProblem(
            f"Event {number} of {show!r} does not fit what came before it ({said}); warroom verify says what changed."
        ) from problem
    return facts


def _seen_from(
    journal: Reader, facts: frames.Facts | None, show: str, seq: int, at: int | None, patience: frames.Patience
) -> Row:
    if facts is None:
        raise FrameProblem(f"Show {show!r} had not opened at that moment; ask for a later one.")
    moment = facts.at if at is None else at
    return frames.table(facts, moment, journal.seen(show, seq, moment), patience)
