"""A world under watch: every question is asked twice, every answer is checked, every event goes through its bytes.

`ask` is what the room does without a store: decide, encode, decode, apply. Around it stand the promises of the
decision: the same state and command give the same answer, asking changes nothing, a refusal leaves no trace, and the
naive auditor agrees with every event. `refolded` folds the recorded bytes again from zero.
"""

import json
from typing import Any

import msgspec

from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.holdings import holdings_of
from dashboard.decision.ledger import Ledger
from dashboard.decision.refusals import Refusal
from tests.decision.naive import Auditor
from tests.decision.seen import Seen

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_773_518_400 * SECOND
"""2026-03-14T20:00:00Z, when the shows of the tests start."""


def _slots(value: Any) -> Any:
    if isinstance(value, Ledger):
        return {name: getattr(value, name) for name in Ledger.__slots__}
    raise TypeError(type(value))


def _remembered(show: Any) -> dict[str, Any]:
    """A show's memory, its orders paired whether or not anybody asked for that before."""
    orders = {
        name: (order.country, order.currency, order.holdings or holdings_of(order.moves, order.lines))
        for name, order in show.orders.items()
    }
    sets = {name: sorted(names) for name, names in vars(show).items() if isinstance(names, set)}
    return vars(show) | {"orders": orders} | sets


def snapshot(world: machine.World, beside: str = "") -> bytes:
    """Everything the deciders remember, as bytes: equal bytes, equal memory; one thing may be left out."""
    told = {name: _remembered(show) | {beside: None} for name, show in world.items()}
    return msgspec.msgpack.encode(told, enc_hook=_slots)


class Watched:
    """A world, its auditor and its journal of plain bytes."""

    def __init__(self) -> None:
        self.world: machine.World = {}
        self.auditors: dict[str, Auditor] = {}
        self.journal: list[tuple[str, str, bytes, int, int]] = []
        self.seen: dict[str, Seen] = {}
        self.refusals: dict[str, int] = {}
        self._remembered = b""
        """What the deciders remember, as bytes; empty when something happened since it was written down."""

    @property
    def seq(self) -> int:
        """The seq of the last event."""
        return len(self.journal)

    def ask(self, command: c.Command, now: int) -> machine.Decision:
        """Decide a command, watch how, and let happen what it causes."""
        assert c.decode(c.encode(command)) == command, "a command survives its JSON"
        before = self._remembered or snapshot(self.world)
        verdict = machine.decide(self.world, command, now)
        again = machine.decide(self.world, command, now)
        assert verdict == again, "the same state and command give the same answer"
        self._remembered = snapshot(self.world)
        assert self._remembered == before, "asking changes nothing"
        if isinstance(verdict, Refusal):
            self.refusals[verdict.code] = self.refusals.get(verdict.code, 0) + 1
            assert verdict.sentence.strip(), "a refusal says why"
            assert "\n" not in verdict.sentence
            return verdict
        self._remembered = b""
        for event in verdict:
            self._happen(command.show, event, now)
        return verdict

    def _happen(self, show: str, event: e.Event, now: int) -> None:
        name, data = e.NAMES[type(event)], msgspec.json.encode(event)
        read = e.decode(name, data)
        assert read == event, "an event survives its JSON"
        self.journal.append((show, name, data, self.seq + 1, now))
        machine.apply(self.world, show, read, self.seq, now)
        plain = json.loads(data)
        self.auditors.setdefault(show, Auditor()).take(self.seq, now, name, plain)
        self.seen.setdefault(show, Seen()).take(self.seq, name, plain)

    def refolded(self) -> machine.World:
        """The world as the recorded bytes alone tell it."""
        world: machine.World = {}
        for show, name, data, seq, at in self.journal:
            machine.apply(world, show, e.decode(name, data), seq, at)
        return world
