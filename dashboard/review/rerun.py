"""The rerun: the same orders and outside facts, decided again - as they were, or under a change.

    asks of the journal -> decided in the world of that moment -> the same events, the same hashes    nothing changed
                        -> up to the change the same; then fitted (`fitting`), with what the change adds    another run

Without a change every command is put to the machine again, and its events must be those of the journal; where they are
not, this program decides otherwise than the one that wrote the journal, and `differs_at` says from which entry on.

With a change everything before it is the same, byte for byte. From then on recorded commands are asked again in their
order at their times: what buyers, buildings and platforms reported is a fact and comes as it came; what people and
rules did is done as they did it, as far as it still can, unless the change leaves it out or rules decide anew
(`again`). In between comes what the change adds: its opening, its moves, its levels; and, one by one, the orders that
are estimated to have been missed (`missed`), which found nothing then and may find something now.

Two runs that differ in how they were made cannot be compared: so a changed run is compared with a `control`, the rerun
from the same moment with the same missed orders and no change. What a coupon, a price or a push drew in is in both.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.decision import commands as c, events as e
from dashboard.decision.ledger import FLEXIBLE
from dashboard.decision.refusals import Refusal
from dashboard.journal.store import Observation
from dashboard.review.again import Again, speaks_again
from dashboard.review.asked import Ask, ask_again, same
from dashboard.review.change import Change, ChangeProblem, OpeningLine
from dashboard.review.fitting import Fitting
from dashboard.review.listings import Listings
from dashboard.review.lost import Missed
from dashboard.review.recorder import Recorder, Stamp
from dashboard.review.run import Run

Row = dict[str, Any]
Inserted = tuple[int, Callable[[int], None]]
NOTHING = Change()
LISTED = (e.Exposed, e.Withheld, e.OrderPlaced)
SPOKEN = (c.PublishLine, c.RetractLine, c.SayLine)
"""What was on the host's screen told of the numbers of then; in another run there are others, and nobody read them."""
STEP = 2048


@dataclass
class Outcome:
    """What a rerun came to; `first_new` is the seq of the first event that was not there before."""

    seq: int
    hash: str
    differs_at: int | None
    since: int | None
    first_new: int | None
    tally: Row


def rerun(
    asks: Collection[Ask],
    show: str,
    change: Change | None = None,
    missed: Sequence[Missed] = (),
    *,
    since: int | None = None,
    observed: Sequence[Observation] = (),
    into: Recorder | None = None,
    on_step: Callable[[float], None] | None = None,
) -> Outcome:
    """Decide a show again; `since` (microseconds) lets it differ from an earlier moment than the change needs.

    `missed` orders are asked only from the moment the run may differ on. Without `into` everything is hashed and
    nothing kept. Raises ChangeProblem when the change does not fit the show.
    """
    change = change or NOTHING
    starts = [moment for moment in (since, begins(asks, show, change)) if moment is not None]
    recorder = into or Recorder(show, folds=change.rules_again)
    playing = _Playing(show, recorder, change, missed, min(starts, default=None), observed)
    for number, ask in enumerate(asks):
        playing.play(ask)
        if on_step and number % STEP == 0:
            on_step(number / len(asks))
    recorder.finish(observed)
    return playing.outcome()


def begins(asks: Collection[Ask], show: str, change: Change) -> int | None:
    """The moment from which a change may make a difference; None where it changes nothing."""
    if not change:
        return None
    mine = (ask for ask in asks if ask.stored[0].show == show)
    opened = next(mine).events[0]
    assert isinstance(opened, e.ShowOpened)
    moments = [move.at for move in change.moves]
    if change.levels or change.parameters or change.rules_again:
        moments.append(opened.starts_at if change.at is None else change.at)
    if change.opening or change.without:
        moments += _found(mine, show, change)
    return min(moments)


def _found(asks: Iterator[Ask], show: str, change: Change) -> Iterator[int]:
    """The moments of what is left out, and of what came last before anything was listed."""
    wanted, seq, before, listed = set(change.without), 1, 0, not change.opening
    for ask in asks:
        first = ask.stored[0]
        seq = ask.stored[-1].seq
        here = wanted.intersection(stored.seq for stored in ask.stored)
        if here:
            wanted -= here
            yield first.recorded_time
        if not listed and isinstance(ask.events[0], LISTED):
            listed = True
            yield before
        before = first.recorded_time
        if listed and not wanted:
            return
    if wanted:
        raise ChangeProblem(f"Show {show} has no entry {min(wanted)} to leave out; its last one is {seq}.")
    yield before


class _Playing:
    """One rerun under way."""

    def __init__(
        self,
        show: str,
        recorder: Recorder,
        change: Change,
        missed: Sequence[Missed],
        since: int | None,
        observed: Sequence[Observation],
    ) -> None:
        self.run = Run(show, recorder)
        self.change, self.since = change, since
        self.listings = Listings(self.run)
        self.fitting = Fitting(self.run, self.listings)
        self.again = Again(self.run, self.listings, since, observed) if change.rules_again and since else None
        self.differs_at: int | None = None
        self._end = 0
        self._without = frozenset(change.without)
        self._opening_due = bool(change.opening)
        self._inserted: Iterator[Inserted] = iter(sorted(self._insertions(missed), key=lambda one: one[0]))
        self._next = next(self._inserted, None)

    # --- what the journal holds -----------------------------------------------------------------------------

    def play(self, ask: Ask) -> None:
        """Take the next command of the journal."""
        first = ask.stored[0]
        if first.show == self.run.name:
            self._mine(ask)
        else:
            for stored, event in zip(ask.stored, ask.events, strict=True):
                self.run.recorder.add(event, Stamp.of(stored, ask.digest if stored is first else ""))
        self.run.recorder.was(ask.stored[-1].seq)

    def _mine(self, ask: Ask) -> None:
        self._end = ask.stored[0].recorded_time
        if self.since is None or self._end < self.since or self.run.tally is None:
            self._as_it_was(ask)
        else:
            self._catch_up(ask)
            self._anew(ask)

    def _as_it_was(self, ask: Ask) -> None:
        verdict = ask_again(self.run.world, ask)
        if not same(verdict, ask) and self.differs_at is None:
            self.differs_at = ask.stored[0].seq
        if not isinstance(verdict, Refusal):
            self._take(ask, verdict)

    def _take(self, ask: Ask, events: tuple[e.Event, ...]) -> None:
        """Remember events of a recorded command, under their own stamps as far as there are as many."""
        stamps = [Stamp.of(stored, ask.digest if n == 0 else "") for n, stored in enumerate(ask.stored)]
        first = stamps[0]
        for number in range(len(stamps), len(events)):
            stamps.append(first._replace(id=f"{first.id}/{number + 1}", digest=""))
        if self.since is not None:
            new = events != ask.events
            if new and self.run.first_new is None:
                self.run.first_new = self.run.recorder.seq + 1
            for number, stored in enumerate(ask.stored[: len(events)], 1):
                self.fitting.stands(stored.seq, self.run.recorder.seq + number)
        at = max(first.recorded_time, self.run.at)
        self.run.take(events, [stamp._replace(recorded_time=at) for stamp in stamps[: len(events)]])

    # --- after the change -----------------------------------------------------------------------------------

    def _anew(self, ask: Ask) -> None:
        """Ask a recorded command in the world as it has become."""
        self.fitting.recorded(ask.events[0])
        if self._left_out(ask):
            return
        at = ask.stored[0].recorded_time
        command = self.fitting.named_anew(ask.command)
        verdict = self.run.decide(command, at)
        if isinstance(verdict, Refusal):
            verdict = self._nearest(command, verdict, at)
        if not isinstance(verdict, Refusal):
            self._take(ask, verdict)
        elif isinstance(command, c.ApproveAction):
            for part in self.fitting.parts(command):
                self._ask_fitted(part, at)
        if isinstance(command, c.PlaceOrder):
            self._turned_away(command, () if isinstance(verdict, Refusal) else verdict)

    def _left_out(self, ask: Ask) -> bool:
        command = ask.command
        if isinstance(command, SPOKEN) or not self._without.isdisjoint(stored.seq for stored in ask.stored):
            return True
        if isinstance(command, c.SetAutonomy) and command.rule in self.change.levels:
            return True
        if isinstance(command, c.SetParameter) and command.parameter in self.change.parameters:
            return True
        return self.again is not None and speaks_again(command.actor)

    def _nearest(self, command: c.Command, refusal: Refusal, at: int) -> tuple[e.Event, ...] | Refusal:
        for other in self.fitting.others(command, refusal, at):
            verdict = self.run.decide(other, at)
            if not isinstance(verdict, Refusal):
                return verdict
        return refusal

    def _ask_fitted(self, command: c.Command, at: int) -> None:
        """Ask a command of the change's own, as far as it can be done."""
        verdict = self.run.decide(command, at)
        if isinstance(verdict, Refusal):
            verdict = self._nearest(command, verdict, at)
        if not isinstance(verdict, Refusal):
            self.run.take_new(command, verdict, at)

    def _turned_away(self, command: c.PlaceOrder, events: tuple[e.Event, ...], recorded: bool = True) -> None:
        served = sum(line.quantity for event in events if isinstance(event, e.OrderPlaced) for line in event.lines)
        missing = sum(line.quantity for line in command.lines) - served
        if missing > 0:
            region = self.run.show.channels[command.channel].region
            self.run.counted.turned_away(region, missing, recorded)

    # --- what the change adds -------------------------------------------------------------------------------

    def _catch_up(self, ask: Ask) -> None:
        """Do what is due before a command of the journal is asked again."""
        at = ask.stored[0].recorded_time
        if self._opening_due and isinstance(ask.events[0], LISTED):
            self._opening_due = False
            self._open_otherwise(at)
        while self._next is not None and self._next[0] <= at:
            moment, act = self._next
            if self.again:
                self.again.upto(moment)
            act(moment)
            self._next = next(self._inserted, None)
        if self.again:
            self.again.upto(at)

    def _insertions(self, missed: Sequence[Missed]) -> Iterator[Inserted]:
        change, since = self.change, self.since
        if since is None:
            return
        named = self.listings.named
        for rule, level in change.levels.items():
            yield self._said(c.SetAutonomy(**named("level"), rule=rule, level=level))
        for name, value in change.parameters.items():
            yield self._said(c.SetParameter(**named("parameter"), parameter=name, value=value))
        for move in change.moves:
            command = c.Reallocate(
                **named("move"), sku=move.sku, from_pool=move.from_pool, to_pool=move.to_pool, quantity=move.units,
                recall=True,
            )  # fmt: skip
            yield move.at, self._moving(command)
        for number, order in enumerate(missed, 1):
            if order.at >= since:
                yield order.at, self._missing(order, number)

    def _said(self, command: c.Command) -> Inserted:
        """A level or number holds from the moment the change begins for the rules."""
        opened_at = self.change.at
        return (self.since or 0) if opened_at is None else opened_at, lambda at: self._ask_fitted(command, at)

    def _moving(self, command: c.Reallocate) -> Callable[[int], None]:
        def move(at: int) -> None:
            known = set(self.run.show.requests)
            self._ask_fitted(command, at)
            for name, request in list(self.run.show.requests.items()):
                if name not in known:
                    self.listings.fulfil(name, request, at)

        return move

    def _missing(self, missed: Missed, number: int) -> Callable[[int], None]:
        """Ask for what nobody could buy then."""

        def ask(at: int) -> None:
            show = self.run.show
            line = c.OrderLine(missed.sku, missed.units)
            order = c.PlaceOrder(
                id=f"missed/{number}", show=self.run.name, actor="missed", source="/missed", channel=missed.channel,
                order=f"missed-{number}", lines=(line,),
            )  # fmt: skip
            limited = missed.why == "limit" and (missed.sku, missed.region) in show.limits
            verdict: tuple[e.Event, ...] | Refusal = () if limited else self.run.decide(order, at)
            if isinstance(verdict, Refusal):
                listed = self.listings.list_for(order, at, from_others=False)
                verdict = self.run.decide(order, at) if listed else verdict
            events = () if isinstance(verdict, Refusal) else verdict
            if events:
                self.run.take_new(order, events, at)
            self._turned_away(order, events, recorded=False)

        return ask

    def _open_otherwise(self, at: int) -> None:
        """Move claims between pools until they hold what the change says, before anything is listed."""
        for sku in dict.fromkeys(line.sku for line in self.change.opening):
            lines = [line for line in self.change.opening if line.sku == sku]
            for source, target, units in transfers(self.run.show.ledger.claims.get(sku, {}), lines):
                command = c.Reallocate(
                    **self.listings.named("opening"), sku=sku, from_pool=source, to_pool=target, quantity=units,
                    reason="opening split",
                )  # fmt: skip
                refusal = self.run.ask(command, at)
                if refusal:
                    raise ChangeProblem(f"The opening of {sku} cannot be had: {refusal.sentence}")

    def outcome(self) -> Outcome:
        """What the rerun came to."""
        run = self.run
        if run.tally is None:
            raise ChangeProblem(f"There is no show {run.name!r} in this journal.")
        return Outcome(
            run.recorder.seq,
            run.recorder.hash,
            self.differs_at,
            self.since,
            run.first_new,
            run.tally.row(run.show, self._end),
        )


def transfers(claims: dict[str, int], lines: Sequence[OpeningLine]) -> list[tuple[str, str, int]]:
    """The moves (from, to, units) that make pools hold what an opening says; the flexible pool takes up the rest."""
    sku = lines[0].sku
    over = {line.pool: claims.get(line.pool, 0) - line.units for line in lines}
    rest = sum(over.values())
    if FLEXIBLE not in over:
        over[FLEXIBLE] = -rest
        if claims.get(FLEXIBLE, 0) + rest < 0:
            named, there = sum(line.units for line in lines), sum(claims.get(line.pool, 0) for line in lines)
            most = there + claims.get(FLEXIBLE, 0)
            raise ChangeProblem(f"The opening gives {named} x {sku} to pools that can have {most} of it.")
    elif rest:
        named, there = sum(line.units for line in lines), sum(claims.get(line.pool, 0) for line in lines)
        raise ChangeProblem(f"The opening gives {named} x {sku} to pools that hold {there}; give as many.")
    return list(_passed_on(over))


def _passed_on(over: dict[str, int]) -> Iterator[tuple[str, str, int]]:
    """Who gives how much to whom: pools with too many to those with too few, in their order."""
    takers = [pool for pool, units in over.items() if units < 0]
    lacking = {pool: -over[pool] for pool in takers}
    for source, units in over.items():
        while units > 0:
            target = takers[0]
            moved = min(units, lacking[target])
            yield source, target, moved
            units -= moved
            lacking[target] -= moved
            if not lacking[target]:
                takers.pop(0)
