"""Asked: each decided command again, with the events it gave: the inverse of deciding.

    journal -> asks -> Ask(command, its digest, what is stored, its events) -> ask_again(world) -> the same events

A journal keeps what happened, not what was asked. But deciding is a pure function, and what a command asked and made a
difference is in the events it caused: by their words, their moves, or what came with them (`asked_kinds`). So whoever
decides all of it anew, one after the other at the recorded times, gets the same events, bytes and hash for as long as
nothing is changed; and where something is changed, what the same people would have got.

The first event of a command carries its digest in `data`; those without belong to the command before them. What can
fail: a journal that is read from the middle of a command on (`AskProblem`), and one written by an older decision, whose
events come out otherwise: `same` tells.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from dashboard.decision import commands as c, events as e, machine
from dashboard.journal.store import Journal, Stored
from dashboard.review.asked_kinds import TABLE

MARK = '{"command":"'
DIGEST = slice(len(MARK), len(MARK) + 16)
MEASURED = (e.ShowOpened, e.ForecastAdopted, e.ParameterSet)
"""Events with numbers that may have a fraction."""


class AskProblem(ValueError):
    """What was asked cannot be told; the sentence says why."""


class Ask(NamedTuple):
    """One decided command and everything it caused; `stored[0].seq` is its first seq."""

    command: c.Command
    digest: str
    stored: tuple[Stored, ...]
    events: tuple[e.Event, ...]


class Asks(Collection[Ask]):
    """Every command of a journal, read anew each time somebody goes through them: a million fit into no list."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._upto = journal, journal.head()[0]

    def __iter__(self) -> Iterator[Ask]:
        return asks(self._journal.events(upto=self._upto))

    def __len__(self) -> int:
        """How many events there are: commands are not counted before they are read."""
        return self._upto

    def __contains__(self, ask: object) -> bool:
        return any(one == ask for one in self)


def asks(stored: Iterable[Stored]) -> Iterator[Ask]:
    """Each command of all shows again, in order, with its events; raises AskProblem."""
    rows: list[Stored] = []
    for row in stored:
        if row.data.startswith(MARK):
            if rows:
                yield _ask(rows)
            rows = [row]
        elif rows:
            rows.append(row)
        else:
            sentence = f"Event {row.seq} belongs to a command before it; read from the first event of a command on."
            raise AskProblem(sentence)
    if rows:
        yield _ask(rows)


def _ask(rows: list[Stored]) -> Ask:
    """Tell one command of what it caused."""
    events = tuple(map(_event_of, rows))
    return Ask(command_of(rows[0], events), rows[0].data[DIGEST], tuple(rows), events)


def command_of(stored: Stored, events: tuple[e.Event, ...]) -> c.Command:
    """The command that caused some events, `stored` being the first of them."""
    return TABLE[type(events[0])](stored, events[0], events)


def _event_of(row: Stored) -> e.Event:
    event = e.decode(row.type, row.data)
    if not isinstance(event, MEASURED):
        return event
    written: e.Event = _as_written(event, msgspec.json.decode(row.data))
    return written


def _as_written(value: Any, raw: Any) -> Any:
    """A record whose numbers are written as they were: 2 where 2 stood, though it may have a fraction and reads 2.0."""
    if isinstance(value, float):
        return raw
    if isinstance(value, tuple):
        return tuple(map(_as_written, value, raw))
    if isinstance(value, dict):
        return {key: _as_written(one, raw[key]) for key, one in value.items()}
    if isinstance(value, msgspec.Struct):
        fields = {name: _as_written(getattr(value, name), raw[name]) for name in value.__struct_fields__ if name in raw}
        return msgspec.structs.replace(value, **fields)
    return value


def ask_again(world: machine.World, ask: Ask) -> machine.Decision:
    """Decide a command once more, in a world as it stands, at the time it was decided.

    An undo that left free units to those who wait for them says so in no event; it is known by being asked both ways.
    """
    now = ask.stored[0].recorded_time
    verdict = machine.decide(world, ask.command, now)
    command = ask.command
    if type(command) is c.Undo and not command.recall and not same(verdict, ask):
        other = machine.decide(world, msgspec.structs.replace(command, recall=True), now)
        return other if same(other, ask) else verdict
    return verdict


def same(verdict: machine.Decision, ask: Ask) -> bool:
    """Tell whether a verdict is what was recorded."""
    return verdict == ask.events
