"""Where a rerun's events go: stamped and chained as the room does it, folded for frames, kept in a journal of its own.

    event + stamp -> seq, hash -> [facts, if frames are wanted] -> [journal, if it is kept: events, checkpoints]

The stamp of a recorded event is its own (id, source, times, actor, digest of its command), so an event that is decided
as before gets the bytes and the hash it had before. Whoever only wants sums asks for no hash, which is the larger part
of the work. What can fail is the journal: its problems are the store's own sentences.
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from dashboard import settings
from dashboard.decision import events as e
from dashboard.decision.state import Show
from dashboard.journal.batch import NO_HASH, Batch
from dashboard.journal.store import Journal, Observation, Stored
from dashboard.projections import frame as frames

BATCH_EVENTS = 4096


class Stamp(NamedTuple):
    """What an event carries beside itself; `digest` only for a command's first event."""

    id: str
    show: str
    source: str
    event_time: int
    recorded_time: int
    actor: str
    digest: str = ""

    @classmethod
    def of(cls, stored: Stored, digest: str) -> "Stamp":
        """The stamp a recorded event had."""
        return cls(stored.id, stored.show, stored.source, stored.event_time, stored.recorded_time, stored.actor, digest)


class Recorder:
    """The events of a rerun, in order; `facts` are those of one show, if they are folded."""

    def __init__(self, show: str, journal: Journal | None = None, folds: bool = False, hashed: bool = True) -> None:
        self.show = show
        self.seq = 0
        self.hash = NO_HASH
        self.facts: frames.Facts | None = None
        self._journal, self._folds, self._hashed = journal, folds or journal is not None, hashed or journal is not None
        self._batch = Batch(0, NO_HASH)
        self._moves_since = 0
        self._checkpoint_moves = int(settings.number("checkpoint_moves"))
        self._shifts: list[tuple[int, int]] = []

    def add(self, event: e.Event, stamp: Stamp) -> int:
        """Stamp an event; returns its seq."""
        self.seq += 1
        if self._hashed:
            self._batch.add(event, *stamp)
            self.hash = self._batch.hash
            if len(self._batch) >= BATCH_EVENTS:
                self._flush()
        return self.seq

    def fold(self, show: Show, event: e.Event, stamp: Stamp) -> None:
        """Fold an event of the show, which `show` has applied already."""
        if not self._folds:
            return
        if self.facts is None:
            assert isinstance(event, e.ShowOpened)
            self.facts = frames.begin(self.show, event, self.seq, stamp.recorded_time, stamp.actor)
            frames.share_books(self.facts, show.ledger.claims, show.ledger.goods)
            return
        self._moves_since += frames.fold(self.facts, event, self.seq, stamp.recorded_time, stamp.actor)
        if self._journal and self._moves_since >= self._checkpoint_moves:
            self._moves_since = 0
            state = frames.packed(self.facts)
            self._journal.save_checkpoint(self.show, self.seq, self.facts.at, frames.VERSION, state)

    def was(self, seq: int) -> None:
        """Note that what was seq `seq` in the journal is the newest event here, or would come after it."""
        if not self._shifts or self._shifts[-1][1] - self._shifts[-1][0] != self.seq - seq:
            self._shifts.append((seq, self.seq))

    def now(self, seq: int) -> int:
        """The newest seq here when the journal was at `seq`."""
        number = bisect_right(self._shifts, seq, key=lambda pair: pair[0]) - 1
        if number < 0:
            return min(seq, self.seq)
        before, here = self._shifts[number]
        return min(here + seq - before, self.seq)

    def finish(self, observed: Sequence[Observation]) -> None:
        """Write what is left, and what was seen meanwhile, into the journal."""
        self._flush()
        if self._journal:
            seen = [told._replace(after_seq=self.now(told.after_seq) if told.after_seq else 0) for told in observed]
            for start in range(0, len(seen), BATCH_EVENTS):
                self._journal.append(Batch(self.seq, self.hash), seen[start : start + BATCH_EVENTS])

    def _flush(self) -> None:
        if self._journal and len(self._batch):
            self._journal.append(self._batch)
        if self._hashed:
            self._batch = Batch(self.seq, self.hash)
