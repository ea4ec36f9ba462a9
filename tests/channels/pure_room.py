"""A room without a journal: decides and remembers in memory, so that a simulated show takes tenths of a second."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Answer, Code, Refusal
from dashboard.projections.cancelled import Cancelled


class Letters:
    """Dead letters in memory."""

    waiting = False

    def __init__(self) -> None:
        self.kept: dict[int, dict[str, Any]] = {}
        self._ids = count(1)

    def add(self, row: Mapping[str, Any], bounded: bool = False) -> int:
        id = next(self._ids)
        self.kept[id] = {**row, "id": id}
        return id

    def settle(self, id: int, state: str, reason: str, sentence: str, settled_time: int | None, attempts: int) -> None:
        self.kept[id] |= {"state": state, "reason": reason, "sentence": sentence, "attempts": attempts}

    def rows(self, state: str = "", channel: str = "", limit: int = 200) -> list[dict[str, Any]]:
        return [row for row in self.kept.values() if state in ("", row["state"]) and channel in ("", row["channel"])]

    def held(self) -> list[dict[str, Any]]:
        return self.rows("held")

    def get(self, id: int) -> dict[str, Any] | None:
        return self.kept.get(id)

    def waits(self, id: int) -> bool:
        return False


class Journal:
    """Only the letters of a journal."""

    def __init__(self) -> None:
        self.letters = Letters()


class PureRoom:
    """Decides like the room, keeps nothing on disk, counts what happened."""

    def __init__(self) -> None:
        self.world: machine.World = {}
        self.journal = Journal()
        self.cancelled = Cancelled()
        self.counts: dict[str, int] = {}
        self.events: list[tuple[str, int, e.Event]] = []
        """(show, when, event) in order."""
        self.seen: dict[str, tuple[c.Command, int]] = {}
        self.observed: dict[tuple[str, str, str], tuple[int, int, str]] = {}
        self.observations: list[tuple[str, int, str, str, str, int]] = []
        """(show, when, kind, channel, SKU, value) in order."""
        self.seq = 0

    def handle(self, commands: Sequence[c.Command], now: int | None) -> list[Answer]:
        return [self._decide(command, now or 0) for command in commands]

    def _decide(self, command: c.Command, now: int) -> Answer:
        known = self.seen.get(command.id)
        if known:
            if known[0] == command:
                return Answer("exists", known[1])
            return Answer("exists_with_different_body", known[1], Code.EXISTS_WITH_DIFFERENT_BODY)
        verdict = machine.decide(self.world, command, now)
        if isinstance(verdict, Refusal):
            return Answer("refused", None, verdict.code, verdict.sentence, verdict.would_work)
        for event in verdict:
            self.seq += 1
            machine.apply(self.world, command.show, event, self.seq, now)
            self.events.append((command.show, now, event))
            self.cancelled.fold(command.show, event)
            self.counts[e.NAMES[type(event)]] = self.counts.get(e.NAMES[type(event)], 0) + 1
        self.seen[command.id] = command, self.seq
        return Answer("accepted", self.seq)

    def observe(
        self, show: str, now: int, kind: str, channel: str = "", sku: str = "", value: int = 0, note: str = ""
    ) -> None:
        self.observed[kind, channel, sku] = now, value, note
        self.observations.append((show, now, kind, channel, sku, value))
