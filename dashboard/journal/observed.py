"""Observed: what somebody saw that decides nothing, the newest of each kind, and what of it is not on disk yet.

    note -> waiting, newest -> written with the next batch -> journal
    at(show, time, seq) -> the newest by then: from memory where that is the newest of all, else from the journal

What a frame showed stays as it was. So an observation that comes after a tick counts from just after that tick on,
whenever it was made: a frame of the tick's instant never learns later of what nobody had told it. What was seen before
a show's last event, with no tick between, belongs to a history: frames of its own time show it. What says the same as
the newest of its kind is not noted again, so the time of the newest is since when it is so.

After a restart the ticks before it are forgotten, so whoever observes then must not speak of a time before it.

The room calls it under its lock; only what waits is read and let go beside it, by the thread that writes, in steps that
cannot be interrupted.
"""

from typing import Protocol

from dashboard.journal.store import Observation

Seen = dict[tuple[str, str, str], tuple[int, int, str]]
"""The newest per (kind, channel, SKU): (time, value, note)."""
NEVER = -(1 << 62)


class Known(Protocol):
    """What a journal is asked for."""

    def seen(self, show: str, seq: int, at: int | None = None) -> Seen:
        """The newest observations of a show as known at a seq and, if given, a time."""


class Observed:
    """The observations of every show of one journal; times in microseconds since 1970 UTC."""

    def __init__(self, journal: Known) -> None:
        self._journal = journal
        self.waiting: list[Observation] = []
        self._shown: dict[str, int] = {}
        self.newest: dict[str, Seen] = {}
        self._until: dict[str, int] = {}

    def load(self, shows: dict[str, int]) -> None:
        """Read again what is known of each show at its last seq; what waits is still known."""
        self.newest = {show: self._journal.seen(show, seq) for show, seq in shows.items()}
        self._until = {show: max((told[0] for told in seen.values()), default=0) for show, seen in self.newest.items()}
        for waiting in self.waiting:
            self._see(waiting)

    def note(self, seen: Observation, last: int) -> Observation | None:
        """Note something, `last` being the time of the show's last event; returns what is now the newest of its kind.

        None: it said nothing new, or something is known that was seen later.
        """
        time = max(seen.time, self._shown.get(seen.show, NEVER) + 1)
        after_seq = seen.after_seq if time >= last else 0
        newest = self.newest.get(seen.show, {}).get((seen.kind, seen.channel, seen.sku))
        if newest and after_seq and time >= newest[0] and newest[1:] == (seen.value, seen.note):
            return None
        noted = seen._replace(time=time, after_seq=after_seq)
        self.waiting.append(noted)
        return noted if self._see(noted) else None

    def _see(self, seen: Observation) -> bool:
        self._until[seen.show] = max(self._until.get(seen.show, 0), seen.time)
        return _take_in(self.newest.setdefault(seen.show, {}), seen)

    def shown(self, show: str, at: int) -> None:
        """A tick showed a show as of a time: what is noted from now on comes after it."""
        self._shown[show] = max(self._shown.get(show, NEVER), at)

    def at(self, show: str, at: int, seq: int) -> Seen:
        """What was observed by a time, at the last seq."""
        if self._until.get(show, 0) <= at:
            return self.newest.get(show, {})
        known = self._journal.seen(show, seq, at)
        for waiting in self.waiting:
            if waiting.show == show and waiting.time <= at:
                _take_in(known, waiting)
        return known

    def written(self, many: int) -> None:
        """So many of those that waited longest are on disk."""
        del self.waiting[:many]


def _take_in(known: Seen, seen: Observation) -> bool:
    """Whether it is the newest of its kind; of one instant that is what was noted last, as in the journal."""
    key = seen.kind, seen.channel, seen.sku
    if key in known and seen.time < known[key][0]:
        return False
    known[key] = seen.time, seen.value, seen.note
    return True
