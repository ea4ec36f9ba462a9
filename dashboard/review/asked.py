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

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from dashboard.decision import commands as c, events as e, machine
from dashboard.journal.store import Stored
from dashboard.review.asked_kinds import TABLE, Threads, told

MARK = '{"command":"'
DIGEST = slice(len(MARK), len(MARK) + 16)
NO_THREADS: Threads = {}


class AskProblem(ValueError):
    """What was asked cannot be told; the sentence says why."""


class Ask(NamedTuple):
    """One decided command and everything it caused; `stored[0].seq` is its first seq."""

    command: c.Command
    digest: str
    stored: tuple[Stored, ...]
    events: tuple[e.Event, ...]


def asks(stored: Iterable[Stored]) -> Iterator[Ask]:
    """Each command of all shows again, in order, with its events; raises AskProblem."""
    threads: dict[tuple[str, str], set[int]] = {}
    rows: list[Stored] = []
    for row in stored:
        if not row.data.startswith(MARK):
            if not rows:
                sentence = f"Event {row.seq} belongs to a command before it; read from the first event of a command on."
                raise AskProblem(sentence)
            rows.append(row)
            continue
        if rows:
            yield _ask(rows, threads)
        rows = [row]
    if rows:
        yield _ask(rows, threads)


def _ask(rows: list[Stored], threads: dict[tuple[str, str], set[int]]) -> Ask:
    """Tell one command of what it caused."""
    first = rows[0]
    event = _event_of(first)
    if len(rows) == 1 and type(event) is e.OrderPlaced:
        return Ask(TABLE[e.OrderPlaced](first, event, ()), first.data[DIGEST], (first,), (event,))
    events = (event, *map(_event_of, rows[1:]))
    command = command_of(first, events, threads)
    for row, event in zip(rows, events, strict=True):
        _follow(row, event, threads)
    return Ask(command, first.data[DIGEST], tuple(rows), events)


def command_of(stored: Stored, events: tuple[e.Event, ...], threads: Threads = NO_THREADS) -> c.Command:
    """The command that caused some events, `stored` being the first of them.

    `threads` are the moves that requests are about, told by what happened before: without them several requests that
    one undo ended at once cannot be told from each other.
    """
    return told(stored, events, threads)


def _follow(row: Stored, event: e.Event, threads: dict[tuple[str, str], set[int]]) -> None:
    """Note the moves made for a request, and the one it takes back."""
    if isinstance(event, (e.Reallocated, e.Undone)) and event.request:
        threads.setdefault((row.show, event.request), set()).add(row.seq)
    elif isinstance(event, e.UnitsRequested) and event.undoes is not None:
        threads.setdefault((row.show, event.request), set()).add(event.undoes)


def _event_of(row: Stored) -> e.Event:
    return e.decode(row.type, row.data)


def ask_again(world: machine.World, ask: Ask) -> machine.Decision:
    """Decide a command once more, in a world as it stands, at the time it was decided."""
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
