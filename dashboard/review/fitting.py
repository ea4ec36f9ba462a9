"""Fitting: a recorded command in a world that has become another one since.

    recorded command, what the machine says to it now -> what comes nearest to it, or nothing

* what names entries by their seq (an undo, an errand) names where they stand now;
* a move of units takes as many as there are (the refusal says how many would work);
* an order that was sold and is not listed on its channel is listed there, of its region's units (`listings`);
* an order over a limit that is new takes what the limit allows;
* an approval of several commands that cannot be carried out whole is carried out as far as each can;
* a person's approval of a proposal that rules now make under another name goes to the one about the same.

What still cannot be done is left out: the units of an order count as turned away, and whatever followed from a command
that is left out is refused in its turn, for what it names is not there.
"""

from collections.abc import Iterator

import msgspec

from dashboard.decision import commands as c, events as e
from dashboard.decision.refusals import Code, Refusal
from dashboard.review.listings import Listings
from dashboard.review.run import About, Run, about

SHRINKS = (
    c.Reallocate, c.LendUnits, c.OpenPool, c.Expose, c.Recall, c.Withhold, c.ReleaseCover, c.IssueClaims,
    c.QuarantineGoods, c.ReleaseGoods,
)  # fmt: skip
"""Commands that do as much as they can."""


class Fitting:
    """What recorded commands become in one run."""

    def __init__(self, run: Run, listings: Listings) -> None:
        self.run, self.listings = run, listings
        self._seqs: dict[int, int] = {}
        self._about: dict[str, About] = {}

    def recorded(self, event: e.Event) -> None:
        """Note what a proposal of the journal was about, whether or not it is made here."""
        if isinstance(event, e.ActionProposed):
            self._about[event.proposal] = about(event)

    def stands(self, recorded: int, seq: int) -> None:
        """Note that what was entry `recorded` is entry `seq` here."""
        if recorded != seq:
            self._seqs[recorded] = seq

    def named_anew(self, command: c.Command) -> c.Command:
        """The command with the seqs of this run."""
        if isinstance(command, c.Undo):
            return msgspec.structs.replace(command, seq=self._seqs.get(command.seq, command.seq))
        if isinstance(command, c.ReportErrand):
            return msgspec.structs.replace(command, term=self._seqs.get(command.term, command.term))
        return command

    def others(self, command: c.Command, refusal: Refusal, at: int) -> Iterator[c.Command]:
        """What comes nearest to a refused command, the nearest first; ask one after the other until one is taken."""
        if isinstance(command, c.PlaceOrder):
            yield from self._orders(command, refusal, at)
        elif isinstance(command, c.ApproveAction):
            named = self._about.get(command.proposal)
            name = self.run.proposed.get(named) if named else None
            if name and name != command.proposal:
                yield msgspec.structs.replace(command, proposal=name)
        elif isinstance(command, SHRINKS) and refusal.would_work:
            yield msgspec.structs.replace(command, quantity=refusal.would_work)

    def _orders(self, order: c.PlaceOrder, refusal: Refusal, at: int) -> Iterator[c.Command]:
        if refusal.code in (Code.NOT_ENOUGH_CLAIMS, Code.BELOW_BID) and self.listings.list_for(order, at, True):
            yield order
        if refusal.code == Code.OVER_LIMIT and len(order.lines) == 1 and refusal.would_work:
            line = msgspec.structs.replace(order.lines[0], quantity=refusal.would_work)
            yield msgspec.structs.replace(order, lines=(line,))

    def parts(self, command: c.ApproveAction) -> list[c.Command]:
        """The commands of a proposal that cannot be carried out whole, to be asked one by one."""
        proposal = self.run.show.proposals.get(command.proposal)
        if proposal is None or proposal.state != "open":
            return []
        return [c.decode(raw) for raw in proposal.commands]
