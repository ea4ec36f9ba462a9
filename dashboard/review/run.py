"""A run: one show decided from its first event on, each command put to the machine and its events remembered.

    command, time -> machine.decide -> events -> recorder, world, tally        a refusal changes nothing

The run knows nothing of what is changed and why; it is what happened, and every rerun of it, alike. Time only goes
forward: a command asked of a moment that is past is decided at the newest one.
"""

from collections.abc import Sequence
from hashlib import blake2b

from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Refusal
from dashboard.decision.state import Show
from dashboard.review.recorder import Recorder, Stamp
from dashboard.review.tally import Tally

About = tuple[str, str, str]
"""What a proposal is about: its rule, SKU and region."""


def about(event: e.ActionProposed) -> About:
    """What a proposal is about."""
    return event.rule, event.sku, event.region


class Run:
    """One show as it is decided; `show` is there from its opening on."""

    def __init__(self, name: str, recorder: Recorder) -> None:
        self.name = name
        self.recorder = recorder
        self.world: machine.World = {}
        self.tally: Tally | None = None
        self.at = 0
        self.proposed: dict[About, str] = {}
        """The newest proposal about each."""
        self.first_new: int | None = None
        """The seq of the first event that was not there before."""

    @property
    def show(self) -> Show:
        """The show as its deciders see it."""
        return self.world[self.name]

    @property
    def counted(self) -> Tally:
        """What the run came to so far."""
        assert self.tally is not None, "the show has not opened"
        return self.tally

    def decide(self, command: c.Command, at: int) -> tuple[e.Event, ...] | Refusal:
        """What a command gives at a time; nothing is remembered yet."""
        return machine.decide(self.world, command, max(at, self.at))

    def take(self, events: Sequence[e.Event], stamps: Sequence[Stamp]) -> None:
        """Remember what happened, one stamp an event."""
        for event, stamp in zip(events, stamps, strict=True):
            seq = self.recorder.add(event, stamp)
            self.at = stamp.recorded_time
            machine.apply(self.world, self.name, event, seq, stamp.recorded_time)
            if isinstance(event, e.ShowOpened):
                self.tally = Tally(event)
            elif isinstance(event, e.ActionProposed):
                self.proposed[about(event)] = event.proposal
            self.counted.count(self.show, event, stamp.recorded_time)
            self.recorder.fold(self.show, event, stamp)

    def ask(self, command: c.Command, at: int) -> Refusal | None:
        """Decide a command that was not asked before, and remember what it gives; returns why not."""
        verdict = self.decide(command, at)
        if isinstance(verdict, Refusal):
            return verdict
        self.take_new(command, verdict, at)
        return None

    def take_new(self, command: c.Command, events: Sequence[e.Event], at: int) -> None:
        """Remember what a command gave that was not asked before."""
        at = max(at, self.at)
        digest = blake2b(c.encode(command), digest_size=8).hexdigest()
        if self.first_new is None:
            self.first_new = self.recorder.seq + 1
        self.take(events, [_stamp(command, number, at, digest) for number in range(1, len(events) + 1)])


def _stamp(command: c.Command, number: int, at: int, digest: str) -> Stamp:
    first = number == 1
    id = command.id if first else f"{command.id}/{number}"
    return Stamp(id, command.show, command.source, at, at, command.actor, digest if first else "")
