"""The room: the one writer. It stamps, decides, appends, folds and hands out frames.

    commands -> [one thread] -> decide (pure) -> apply + fold in memory -> journal (one transaction) -> answers

An answer is given only after the events it speaks of are on disk. While one batch is being written the next is
decided, so durability costs one commit for many orders. The journal is the truth: when a write fails, everything
decided since the last good one is forgotten, memory is folded again from the journal, and the callers are told to
try again. A command's id is remembered with a digest of its body: a retry answers `exists`, another body under the
same id `exists_with_different_body`.

Frames come from folded facts. At the head they are kept in memory; for any other instant the nearest checkpoint is
taken up and at most a few thousand events are folded on top, so a jump costs the same in a long show. `latest` is
the frame of the last tick, computed once for everybody. Time is an argument of everything (`now`, or the room's
clock); a history (`handle(..., now=None)`) is recorded at the times its events happened.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from dashboard import people, prompter, settings
from dashboard.allocation.guide import Guide
from dashboard.channels import clock
from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Answer, Code, Refusal
from dashboard.decision.roles import Person
from dashboard.journal.batch import Batch
from dashboard.journal.observed import Observed
from dashboard.journal.store import Journal, JournalProblem, Observation, unfit
from dashboard.journal.writer import Writer
from dashboard.projections import frame as frames, teaching, turned_away
from dashboard.projections.cancelled import Cancelled
from dashboard.projections.past import (
    FrameProblem as FrameProblem,
    Past,
    fold_upto as fold_upto,
    past_frame as past_frame,
)
from dashboard.rules import arbiter

Row = dict[str, Any]


@dataclass
class Counters:
    """What the room has done since it started, for /metrics."""

    commands: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    events: int = 0
    rebuilds: int = 0


@dataclass
class _Work:
    """One decided batch on its way to disk, and where its answers go."""

    batch: Batch
    answers: list[Answer]
    checkpoints: list[tuple[str, int, int, bytes]]


class Room:
    """One journal, one writer, every show in it."""

    def __init__(self, journal: Journal, clock: Callable[[], int], levels: Mapping[str, str] | None = None) -> None:
        self.journal = journal
        self.clock = clock
        self.levels: dict[str, str] = dict(levels or {})
        self.counters = Counters()
        self._lock = threading.RLock()
        self._disk = ThreadPoolExecutor(1, "journal")
        self._batch_max = int(settings.number("batch_commands_max"))
        self._checkpoint_moves = int(settings.number("checkpoint_moves"))
        self._patience = patience()
        self._past = Past(journal, self._patience)
        self._writer = Writer(self._handle, self._unavailable, clock, self._batch_max)
        self._observed = Observed(journal)
        self._latest: dict[str, Row] = {}
        self._guide, self._turned_away = Guide(), turned_away.TurnedAway()
        self._load()

    # --- remembering ---------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Fold everything from the journal; raises JournalProblem where its events do not fit each other."""
        try:
            self._fold_all()
        except JournalProblem:
            raise
        except Exception as problem:
            raise unfit(self.journal.path, problem) from problem

    def _fold_all(self) -> None:
        """What the deciders know, ids, frames' facts."""
        self.world: machine.World = {}
        self.seen: dict[str, tuple[str, int]] = {id: (digest, seq) for id, digest, seq in self.journal.ids()}
        self.cancelled = Cancelled()
        self._facts: dict[str, frames.Facts] = {}
        self._until_kept: dict[str, int] = {}
        self._unsure = True
        command = ""
        self.seq, self._hash = self.journal.head()
        self._last_time: dict[str, int] = {}
        for stored in self.journal.events():
            event = e.decode(stored.type, stored.data)
            machine.apply(self.world, stored.show, event, stored.seq, stored.recorded_time)
            self._fold(stored.show, event, stored.seq, stored.recorded_time, stored.actor)
            self._last_time[stored.show] = stored.recorded_time
            self._keep_again(stored.show)
            if stored.id in self.seen:
                command = stored.id
            else:  # a further event of the same command: its seq is the command's answer, its id is taken as well
                self.seen[stored.id] = "", stored.seq
                self.seen[command] = self.seen[command][0], stored.seq
        self._observed.load({show: facts.seq for show, facts in self._facts.items()})
        for show in self._facts:
            counted = {key[1]: told[1] for key, told in self._observed.newest[show].items() if key[0] == "viewers"}
            self.world[show].viewers.update(counted)
        self._unsure = False

    def _fold(self, show: str, event: e.Event, seq: int, at: int, actor: str) -> None:
        self.cancelled.fold(show, event)
        facts = self._facts.get(show)
        if facts is None:
            assert isinstance(event, e.ShowOpened)
            facts = self._facts[show] = frames.begin(show, event, seq, at, actor)
            ledger = self.world[show].ledger
            frames.share_books(facts, ledger.claims, ledger.goods)
            self._until_kept[show] = self._checkpoint_moves
        else:
            self._until_kept[show] -= frames.fold(facts, event, seq, at, actor)

    def _kept(self, show: str) -> tuple[str, int, int, bytes]:
        facts = self._facts[show]
        self._wait(facts)
        return show, facts.seq, facts.at, frames.packed(facts)

    def _wait(self, facts: frames.Facts) -> None:
        """Begin to count until the next folded state is kept: later where it is large."""
        self._until_kept[facts.show] = max(self._checkpoint_moves, frames.size(facts) // 4)

    def _keep_again(self, show: str) -> None:
        """Keep folded state where the journal has none of this version."""
        if self._until_kept[show] <= 0:
            facts = self._facts[show]
            self._wait(facts)
            if self.journal.last_checkpoint(show, frames.VERSION) < facts.seq:
                self._save([self._kept(show)])

    # --- deciding -------------------------------------------------------------------------------------------

    def handle(self, commands: Sequence[c.Command], now: int | None) -> list[Answer]:
        """Decide commands and write what happened; `now` None records a history at its own times.

        While the writer thread runs it does the work, whoever calls.
        """
        if self._writer.works_elsewhere():
            return self._writer.hand_in(commands, now, on_clock=False).result()
        return self._handle(commands, now)

    def _handle(self, commands: Sequence[c.Command], now: int | None) -> list[Answer]:
        answers: list[Answer] = []
        waiting: tuple[_Work, Future[None]] | None = None
        with self._lock:
            try:
                if self._unsure:
                    self._load_again()
                for start in range(0, max(1, len(commands)), self._batch_max):
                    work = self._decide(commands[start : start + self._batch_max], now)
                    if len(commands) <= self._batch_max:
                        self._write(work)
                        answers = work.answers
                        break
                    if waiting:
                        waiting[1].result()
                        answers.extend(waiting[0].answers)
                    waiting = work, self._disk.submit(self._write, work)
                if waiting:
                    waiting[1].result()
                    answers.extend(waiting[0].answers)
            except JournalProblem as problem:
                self._forget(waiting)
                answers.extend(self._unavailable(commands[len(answers) :], str(problem)))
            except Exception:
                self._forget(waiting)
                raise
        for answer in answers:
            _count(self.counters.commands, answer.status)
            if answer.code:
                _count(self.counters.refusals, answer.code)
        return answers

    def _unavailable(self, commands: Sequence[c.Command], why: str = "The room is closed.") -> list[Answer]:
        return [Answer("refused", None, Code.JOURNAL_UNAVAILABLE, f"Not written, try again: {why}")] * len(commands)

    def _decide(self, commands: Sequence[c.Command], now: int | None) -> _Work:
        work = _Work(Batch(self.seq, self._hash), [], [])
        for command in commands:
            given = now if now is not None else command.event_time or 0
            at = max(self._last_time.get(command.show, 0), given)
            work.answers.append(self._decide_one(work.batch, command, at))
            for told in self._turned_away.of(command, work.answers[-1], self._observed.newest):
                self.observe(command.show, at, *told)
            if taught := teaching.adoption(command, work.answers[-1], self._facts.values()):
                self._decide_one(work.batch, taught, at)
            if self._until_kept.get(command.show, 1) <= 0:
                work.checkpoints.append(self._kept(command.show))
        self.seq, self._hash = work.batch.seq, work.batch.hash
        return work

    def _decide_one(self, batch: Batch, command: c.Command, at: int) -> Answer:
        try:
            digest = blake2b(c.encode(command), digest_size=8).hexdigest()
        except UnicodeEncodeError:
            return Answer("refused", None, Code.MALFORMED, "This command holds half a character; send valid Unicode.")
        known = self.seen.get(command.id)
        if known:
            if known[0] == digest:
                return Answer("exists", known[1])
            return _another_body(command.id, known[1])
        if not f"{command.id}{command.show}{command.actor}{command.source}".isprintable():
            sentence = "Id, show, actor and source must be printable: this command holds a control character."
            return Answer("refused", None, Code.MALFORMED, sentence)
        verdict = machine.decide(self.world, command, at)
        if isinstance(verdict, Refusal):
            return Answer("refused", None, verdict.code, verdict.sentence, verdict.would_work)
        if len(verdict) > 1:
            taken = next((id for n in range(2, len(verdict) + 1) if (id := f"{command.id}/{n}") in self.seen), None)
            if taken:
                return _another_body(taken, self.seen[taken][1])
        seq = 0
        happened = at if command.event_time is None else command.event_time
        for number, event in enumerate(verdict, 1):
            event_id = command.id if number == 1 else f"{command.id}/{number}"
            body = digest if number == 1 else ""
            seq = batch.add(event, event_id, command.show, command.source, happened, at, command.actor, body)
            if number > 1:
                self.seen[event_id] = "", seq
            machine.apply(self.world, command.show, event, seq, at)
            self._fold(command.show, event, seq, at, command.actor)
        self._last_time[command.show] = at
        self.seen[command.id] = digest, seq
        return Answer("accepted", seq)

    def _write(self, work: _Work) -> None:
        observed = self._observed.waiting[:]
        if len(work.batch) or observed or self.journal.letters.waiting:
            self.journal.append(work.batch, observed)
            self._observed.written(len(observed))
            self.counters.batches += 1
            self.counters.events += len(work.batch)
        self._save(work.checkpoints)

    def _save(self, checkpoints: Sequence[tuple[str, int, int, bytes]]) -> None:
        with suppress(JournalProblem):  # a lost checkpoint costs time, never truth
            for show, seq, at, state in checkpoints:
                self.journal.save_checkpoint(show, seq, at, frames.VERSION, state)

    def _forget(self, waiting: tuple[_Work, Future[None]] | None) -> None:
        """Forget what was decided but not written; a journal that cannot be read now is read at the next question."""
        if waiting:
            waiting[1].exception()
        self._unsure = True
        with suppress(JournalProblem):
            self._load_again()

    def _load_again(self) -> None:
        self.counters.rebuilds += 1
        self._load()

    # --- the thread -----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the writer's thread, which answers `submit`."""
        self._writer.start()

    def stop(self) -> None:
        """Let the writer finish what it holds, then stop it and close the journal."""
        self._writer.stop()
        self._disk.shutdown()
        with suppress(JournalProblem):  # what was observed last
            self._write(_Work(Batch(self.seq, self._hash), [], []))
        self.journal.close()

    def alive(self) -> bool:
        """Tell whether the writer thread runs."""
        return self._writer.alive()

    def submit(self, commands: Sequence[c.Command]) -> Future[list[Answer]]:
        """Hand commands to the writer; the future answers when they are on disk."""
        return self._writer.hand_in(commands, None, on_clock=True)

    def submit_json(self, rows: Sequence[Mapping[str, Any]], person: Person) -> list[Row]:
        """A person's commands as plain rows in, answers as plain rows out; what they may not ask is not decided."""
        asked = people.read(rows, person)
        commands = [command for command in asked if not isinstance(command, Answer)]
        decided = iter(self.submit(commands).result(settings.number("answer_seconds_max")) if commands else ())
        return [msgspec.to_builtins(row if isinstance(row, Answer) else next(decided)) for row in asked]

    # --- observing ------------------------------------------------------------------------------------------

    def observe(
        self, show: str, now: int, kind: str, channel: str = "", sku: str = "", value: int = 0, note: str = ""
    ) -> None:
        """Note something seen that decides nothing; it is written with the next batch."""
        with self._lock:
            facts = self._facts.get(show)
            seq, last = (facts.seq, facts.at) if facts else (0, 0)
            noted = self._observed.note(Observation(show, now, seq, kind, channel, sku, value, note), last)
            if noted and kind == "viewers" and noted.after_seq:
                self.world[show].viewers[channel] = value  # told with the next order

    # --- frames ---------------------------------------------------------------------------------------------

    def shows(self) -> list[Row]:
        """The shows of this journal, the newest first."""
        with self._lock:
            return [frames.show_row(facts) for facts in reversed(self._facts.values())]

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> Row:
        """The frame of a show at a time, at a seq, or at the head now; raises FrameProblem when there is none."""
        with self._lock:
            facts = self._facts.get(show)
            if facts is None:
                known = ", ".join(self._facts) or "none"
                raise FrameProblem(f"There is no show {show!r} in this journal; it has {known}.")
            if seq is None and at is not None and at < facts.at:
                seq = self.journal.seq_at(show, at)
            if seq is None or seq >= facts.seq:
                over = seq is not None or facts.status == "closed"
                moment = at if at is not None else facts.at if over else max(facts.at, self.clock())
                return frames.table(facts, moment, self._observed.at(show, moment, facts.seq), self._patience)
        return self._past.frame(show, seq, at)

    def tick(self, show: str, now: int) -> list[Answer]:
        """Do what is due, write the frame's lines down, show it, and carry out what the rules may."""
        self.follow_up(show, now, clock.due)
        with self._lock:
            facts = self._facts[show]
            at = max(now, facts.at) if facts.status == "open" else facts.at
            frame = self.frame(show, at=at)
            self._observed.shown(show, at)
            lines = prompter.due(frame, facts.spoken)
        self._latest[show] = prompter.shown(frame, lines, self.handle(lines, now) if lines else ())
        return self.handle([*self._guide.due(frame), *arbiter.decide(frame, self.levels)], now)

    def follow_up(self, show: str, now: int, due: Callable[..., Sequence[c.Command]]) -> None:
        """Carry out what is due by itself: `due(show, its name, now)`, asked while nobody changes the show."""
        with self._lock:
            commands = due(self.world[show], show, now)
        if commands:
            self.handle(commands, now)

    def has_ticked(self, show: str) -> bool:
        """Whether a show has a frame of the last tick."""
        return show in self._latest

    def moves_on(self, show: str) -> bool:
        """Tell whether a show's next frame may differ from its last: not once everybody has seen it closed."""
        last = self._latest.get(show)
        return last is None or last["status"] != "closed" or last["seq"] != self._facts[show].seq

    def latest(self, show: str) -> Row:
        """The frame of the last tick; the same object for everybody, not to be changed."""
        return self._latest.get(show) or self.frame(show)


def patience() -> frames.Patience:
    """How long frames wait for a channel, from the settings."""
    return frames.Patience(settings.number("late_after_seconds"), settings.number("feed_late_after_seconds"))


def _another_body(id: str, seq: int) -> Answer:
    sentence = f"Command id {id} was used with another body; a new command needs a new id."
    return Answer(Code.EXISTS_WITH_DIFFERENT_BODY, seq, Code.EXISTS_WITH_DIFFERENT_BODY, sentence)


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


_running: list[Room] = []


def run_here(room: Room | None) -> None:
    """Make a room the one this process serves (None: none any more)."""
    _running[:] = [room] if room else []


def running() -> Room | None:
    """The room this process serves, if any."""
    return _running[0] if _running else None
