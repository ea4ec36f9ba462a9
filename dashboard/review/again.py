"""Rules that decide anew: in a rerun they look at its own frames, and what they did in the journal is left out.

    every few seconds of the show: clock (requests, loans) -> frame -> allocator -> arbiter -> commands

The same rules, arbiter and allocator as in the room, at an even pace of their own (`STEPS` looks a show, at most one
every five seconds), so what they decide may come some seconds earlier or later than it did; compare a rerun with
another one under the rules as they were, not with what happened. What was seen then (viewers, delays of the feeds) is
seen again.
"""

from collections.abc import Sequence

from dashboard import room as rooms
from dashboard.allocation.guide import Guide
from dashboard.channels import clock
from dashboard.journal.store import Observation
from dashboard.projections import frame as frames
from dashboard.review.listings import Listings
from dashboard.review.run import Run
from dashboard.rules import arbiter

SECOND = 1_000_000
STEPS = 1440
STEP_MIN = 5 * SECOND
OWN = ("allocator", "clock")
"""Actors beside the rules that speak anew."""


def speaks_again(actor: str) -> bool:
    """Whether what an actor did is decided anew along with the rules."""
    return actor.startswith("rule:") or actor in OWN


class Again:
    """The rules of one run, from a time on."""

    def __init__(self, run: Run, listings: Listings, since: int, observed: Sequence[Observation]) -> None:
        self.run, self.listings = run, listings
        self._guide = Guide()
        self._patience = rooms.patience()
        self._waiting = sorted(observed, key=lambda told: told.time)
        self._read = 0
        self._seen: frames.Seen = {}
        self.next = since

    def upto(self, at: int) -> None:
        """Look at every moment that is due before a time."""
        opened = self.run.show.opened
        step = max(STEP_MIN, (opened.ends_at - opened.starts_at) // STEPS)
        while self.next < at and self.run.show.state == "open":
            if self.next >= opened.starts_at:
                self._look(max(self.next, self.run.at))
            self.next += step

    def _look(self, at: int) -> None:
        run = self.run
        for name, request in list(run.show.requests.items()):
            self.listings.fulfil(name, request, at)
        for command in clock.due(run.show, run.name, at):
            run.ask(command, at)
        facts = run.recorder.facts
        assert facts is not None, "rules need frames"
        frame = frames.table(facts, at, self._seen_by(at), self._patience)
        for wanted in (*self._guide.due(frame), *arbiter.decide(frame)):
            run.ask(wanted, at)

    def _seen_by(self, at: int) -> frames.Seen:
        while self._read < len(self._waiting) and self._waiting[self._read].time <= at:
            told = self._waiting[self._read]
            self._seen[told.kind, told.channel, told.sku] = told.time, told.value, told.note
            self._read += 1
        return self._seen
