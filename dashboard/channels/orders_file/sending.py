"""The agenda of an import sent to the room in batches, and what the room answered for every row.

    OpenShow alone first; then goods; then orders and cancellations in time order; CloseShow last

A batch's `now` is the time of its last command: the clock of an import is the file's clock. Command ids are derived
from the show and the file's own order ids, so a second import of the same file is answered `exists` throughout and
changes nothing. A refused order rejects all its rows for the refusal's code. Buyers leave here as a keyed hash.
Every order says how many watched its channel; the readings themselves are observed after the batch they fall into,
so that the next writes them, and not at all when the journal has that batch already.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Protocol

import numpy as np

from dashboard.channels.orders_file.audience import Audience
from dashboard.channels.orders_file.columns import Int64s
from dashboard.channels.orders_file.encoding import Progress
from dashboard.channels.orders_file.matching import Matches
from dashboard.channels.orders_file.parts import Agenda, Cancels, Parts
from dashboard.channels.orders_file.problem import ImportProblem
from dashboard.channels.orders_file.rows import Rows
from dashboard.channels.orders_file.verdicts import Explain
from dashboard.channels.orders_file.world import World, command_id
from dashboard.decision import commands as c

BATCH_COMMANDS = 4_000
UNITS_MAX = 1_000_000_000
TIME_MAX = 1 << 62


class Answer(Protocol):
    """What the room answers to a command."""

    @property
    def status(self) -> str:
        """accepted, exists, exists_with_different_body or refused."""

    @property
    def code(self) -> str:
        """The refusal's code."""

    @property
    def sentence(self) -> str:
        """The refusal for people."""


Submit = Callable[[Sequence[c.Command], int], Sequence[Answer]]
Observe = Callable[[str, int, str, int], None]
"""Show, time, channel, viewers."""
TAKEN = ("accepted", "exists")


class Sender:
    """Makes the commands of one import, submits them, and keeps the rows' accounts."""

    def __init__(
        self,
        rows: Rows,
        matches: Matches,
        plan: tuple[Parts, Cancels, Agenda],
        world: World,
        show: str,
        audience: Audience,
        doors: tuple[Submit, Observe],
    ) -> None:
        self.rows, self.matches, self.world, self.show, self.audience = rows, matches, world, show, audience
        self.submit, self.observe = doors
        self.parts, self.cancels, self.agenda = plan
        self.source = f"/import/{world.file}"
        self.skus = rows.sku.texts()
        self.buyers: dict[int, str] = {}
        self.buyer_key = hashlib.sha256((world.mapping.customer.key or show).encode()).digest()
        first = self.parts.first_rows()
        self.channel_of = self._channel_ids()
        self.place = rows.destination[first].astype(np.int64) * len(rows.channels) + rows.channel[first]
        self.part_taken = np.zeros(len(self.parts.start), dtype=bool)
        self.known_already = 0

    def _channel_ids(self) -> list[str]:
        channels = range(len(self.rows.channels))
        return [self.world.channel_id(one, place.region) for place in self.rows.destinations for one in channels]

    def open(self, command: c.OpenShow) -> None:
        """Open the show, or stop the import: without it nothing else can be said."""
        answer = self.submit([command], command.starts_at)[0]
        differs = ("show_exists", "exists_with_different_body")
        if answer.status in differs or answer.code in differs:
            raise ImportProblem(
                f"A show {self.show!r} that differs from this file and mapping is in the journal already; "
                f"give this import another name with --show."
            )
        if answer.status not in TAKEN:
            raise ImportProblem(f"The show {self.show!r} cannot be opened: {answer.sentence}")

    def receive(self, goods: Iterator[c.ReceiveGoods], starts_at: int) -> None:
        """Take in the opening stock."""
        batch: list[c.Command] = []
        for command in goods:
            batch.append(command)
            if len(batch) == BATCH_COMMANDS:
                self._must_be_taken(batch, starts_at)
                batch = []
        if batch:
            self._must_be_taken(batch, starts_at)

    def _must_be_taken(self, batch: list[c.Command], now: int) -> Sequence[Answer]:
        answers = self.submit(batch, now)
        for command, answer in zip(batch, answers, strict=True):
            if answer.status not in TAKEN:
                raise ImportProblem(f"Opening stock was not taken in ({command.id}): {answer.sentence}")
        return answers

    def send(self, progress: Progress) -> None:
        """Submit everything on the agenda, batch by batch, and settle the rows of each."""
        total = len(self.agenda.time)
        for start in range(0, total, BATCH_COMMANDS):
            chosen = slice(start, min(total, start + BATCH_COMMANDS))
            commands = self._commands(chosen)
            now = int(self.agenda.time[chosen.stop - 1])
            answers = self.submit(commands, now)
            self._settle(chosen, answers)
            self._watch(now, answers)
            progress("decide", chosen.stop, total)

    def close(self, ends_at: int) -> None:
        """Close the show."""
        command = c.CloseShow(
            id=command_id(self.show, "close"), show=self.show, actor="import", source=self.source, event_time=ends_at
        )
        self._watch(TIME_MAX, self._must_be_taken([command], ends_at))

    def _watch(self, now: int, answers: Sequence[Answer]) -> None:
        """Observe the readings up to a time, unless the answers say that an earlier import has done so."""
        said = {answer.status for answer in answers}
        for seen in self.audience.until(now):
            if "accepted" in said or "exists" not in said:
                self.observe(self.show, *seen)

    def _commands(self, chosen: slice) -> list[c.Command]:
        kind, index = self.agenda.kind[chosen], self.agenda.index[chosen]
        orders = self._orders(index[kind == 0])
        cancels = self._cancellations(index[kind == 1])
        return [next(orders) if one == 0 else next(cancels) for one in kind.tolist()]

    def _orders(self, parts: Int64s) -> Iterator[c.Command]:
        rows, start, end = self.rows, self.parts.start[parts], self.parts.end[parts]
        lines = self.parts.lines[_ranges(start, end)]
        skus = [self.skus[code] for code in rows.sku.codes[lines].tolist()]
        made = list(map(c.OrderLine, skus, rows.quantity[lines].tolist(), rows.price[lines].tolist()))
        first = self.parts.lines[start]
        names = self._names(parts)
        buyers = self._buyers(first)
        place = self.place[parts].tolist()
        times = self.parts.time[parts].tolist()
        channels = [self.channel_of[code] for code in place]
        viewers = map(self.audience.at, channels, times) if self.audience.series else repeat(None)
        currency = [rows.currencies[code] for code in rows.currency[first].tolist()]
        country = [rows.destinations[code].country for code in rows.destination[first].tolist()]
        at = 0
        for number, (length, watching) in enumerate(zip((end - start).tolist(), viewers, strict=False)):
            own = made[at : at + length]
            if length > 1 and len(set(skus[at : at + length])) != length:
                own = _merged(own)
            at += length
            yield c.PlaceOrder(
                id=command_id(self.show, "order", names[number]),
                show=self.show,
                actor="import",
                source=self.source,
                event_time=times[number],
                channel=channels[number],
                order=names[number],
                lines=tuple(own),
                country=country[number],
                currency=currency[number],
                buyer=buyers[number],
                viewers=watching,
            )

    def _names(self, parts: Int64s) -> list[str]:
        """Order ids as the show knows them; a further part of an order gets its number behind a '#'."""
        ids = self._order_ids(self.parts.lines[self.parts.start[parts]])
        ranks = self.parts.rank[parts].tolist()
        return [f"{name}#{rank + 1}" if rank else name for name, rank in zip(ids, ranks, strict=True)]

    def _order_ids(self, lines: Int64s) -> list[str]:
        return [str(name) for name in self.rows.order.values.take(self.rows.order.codes[lines]).to_pylist()]

    def _buyers(self, lines: Int64s) -> list[str]:
        return [self._buyer(code) if code >= 0 else "" for code in self.rows.customer[lines].tolist()]

    def _buyer(self, code: int) -> str:
        """A short keyed hash of a customer id: the same buyer is recognised, nobody is named."""
        if code not in self.buyers:
            who = str(self.rows.customers[code].as_py()).encode()
            self.buyers[code] = hashlib.blake2b(who, key=self.buyer_key, digest_size=8).hexdigest()
        return self.buyers[code]

    def _cancellations(self, chosen: Int64s) -> Iterator[c.Command]:
        rows, cancels, parts = self.rows, self.cancels, self.cancels.part[chosen]
        start, end = cancels.start[chosen], cancels.end[chosen]
        matches = cancels.match[_ranges(start, end)]
        skus = [self.skus[code] for code in rows.sku.codes[self.matches.order[matches]].tolist()]
        units = self.matches.units[matches].tolist()
        names = self._names(parts)
        documents = self._order_ids(self.matches.cancel[cancels.match[start]])
        place, times = self.place[parts].tolist(), cancels.time[chosen].tolist()
        at = 0
        for number, length in enumerate((end - start).tolist()):
            taken: dict[str, int] = {}
            for sku, count in zip(skus[at : at + length], units[at : at + length], strict=True):
                taken[sku] = taken.get(sku, 0) + count
            at += length
            yield c.CancelOrder(
                id=command_id(self.show, "cancel", documents[number], names[number], str(times[number])),
                show=self.show,
                actor="import",
                source=self.source,
                event_time=times[number],
                order=names[number],
                channel=self.channel_of[place[number]],
                lines=tuple(map(c.UnitLine, taken, taken.values())),
                reason=f"cancelled by {documents[number]}",
            )

    def _settle(self, chosen: slice, answers: Sequence[Answer]) -> None:
        """Note taken parts, and reject the rows of every command the room did not take."""
        kinds, indices = self.agenda.kind[chosen].tolist(), self.agenda.index[chosen].tolist()
        for kind, index, answer in zip(kinds, indices, answers, strict=True):
            if answer.status in TAKEN:
                self.known_already += answer.status == "exists"
                if kind == 0:
                    self.part_taken[index] = True
                continue
            if kind == 0:
                rows = self.parts.lines[self.parts.start[index] : self.parts.end[index]]
            else:
                rows = self.matches.cancel[self.cancels.match[self.cancels.start[index] : self.cancels.end[index]]]
            self.rows.verdicts.reject(np.unique(rows), str(answer.code) or answer.status, self._said(answer.sentence))

    def _said(self, sentence: str) -> Explain:
        return lambda row: (self.rows.order.at(row), sentence)

    def orders_taken(self) -> int:
        """Orders of the file of which the room took at least one part."""
        first = self.parts.first_rows()[self.part_taken]
        return len(np.unique(self.rows.order.codes[first]))


def _ranges(start: Int64s, end: Int64s) -> Int64s:
    """All indices of several ranges, one after the other."""
    lengths = end - start
    offsets = np.cumsum(lengths) - lengths
    return np.asarray(np.arange(int(lengths.sum())) + np.repeat(start - offsets, lengths))


def _merged(lines: list[c.OrderLine]) -> list[c.OrderLine]:
    """Lines of one order with equal SKU and price as one line."""
    units: dict[tuple[str, int | None], int] = {}
    for line in lines:
        key = (line.sku, line.price_minor)
        units[key] = units.get(key, 0) + line.quantity
    if max(units.values()) > UNITS_MAX:
        return lines
    return [c.OrderLine(sku, quantity, price) for (sku, price), quantity in units.items()]
