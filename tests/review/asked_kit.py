"""What the tests of asking again share: a book that keeps what was decided as the journal would, and asks it all again."""

import random
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from dashboard.decision import commands as c, events as e, machine
from dashboard.decision.refusals import Refusal
from dashboard.journal.batch import NO_HASH, Batch
from dashboard.journal.store import Stored
from dashboard.review.asked import Ask, ask_again, asks, same
from tests.decision.anything import OFTEN, TAGS, WORLDS, Anything
from tests.decision.seen import Seen
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import HOUR, SECOND, START

OTHER_SHOW = "day"
ENTANGLED = (
    "reallocate", "reallocate", "undo", "undo", "lend_units", "return_loan", "fulfil_request", "fulfil_request",
    "withdraw_request", "recall", "expose", "expose", "place_order", "approve_action", "propose_action",
)  # fmt: skip
"""Commands whose events are told from what came with them."""
ASKED = (*TAGS, *OFTEN, *ENTANGLED, *ENTANGLED, *ENTANGLED)


class Book:
    """A room without a store: decides, stamps as the room does, and keeps the rows a journal would hold."""

    def __init__(self) -> None:
        self.world: machine.World = {}
        self.batch = Batch(0, NO_HASH)
        self.rows: list[Stored] = []
        self.seen: dict[str, Seen] = {SHOW: Seen(), OTHER_SHOW: Seen()}

    def ask(self, command: c.Command, now: int) -> machine.Decision:
        """Decide a command and keep what it causes."""
        verdict = machine.decide(self.world, command, now)
        if isinstance(verdict, Refusal):
            return verdict
        digest = blake2b(c.encode(command), digest_size=8).hexdigest()
        happened = now if command.event_time is None else command.event_time
        for number, event in enumerate(verdict, 1):
            id = command.id if number == 1 else f"{command.id}/{number}"
            body = digest if number == 1 else ""
            self.batch.add(event, id, command.show, command.source, happened, now, command.actor, body)
            self._keep(event)
            machine.apply(self.world, command.show, event, self.batch.seq, now)
        return verdict

    def _keep(self, event: e.Event) -> None:
        seq, id, show, name, source, happened, now, actor, data, _, _ = self.batch._rows[-1]
        self.rows.append(Stored(seq, id, show, name, source, happened, now, actor, data.decode()))
        self.seen[show].take(seq, name, msgspec.json.decode(data))

    def asked(self, *commands: c.Command, now: int = START) -> Ask:
        """Ask commands that are all taken, and return how the last one is told from what it caused."""
        for command in commands:
            verdict = self.ask(command, now)
            assert not isinstance(verdict, Refusal), verdict
        return list(asks(self.rows))[-1]


def stocked(**world: Any) -> list[c.Command]:
    """The small show with 60 lamps in the US and 60 in the EU."""
    return [
        small_show(**world),
        c.ReceiveGoods(id="us", show=SHOW, location="LA", sku="lamp", quantity=60, pool="region/US"),
        c.ReceiveGoods(id="eu", show=SHOW, location="HH", sku="lamp", quantity=60, pool="region/EU"),
    ]


def listed(units: int = 50) -> list[c.Command]:
    """Most lamps of both regions are listed, so that few are free and the others have to be asked back."""
    return [
        c.Expose(id="list-us", show=SHOW, channel="tiktok-us", sku="lamp", quantity=units),
        c.Expose(id="list-eu", show=SHOW, channel="amazon-eu", sku="lamp", quantity=units),
    ]


def random_book(night: int, commands: int) -> Book:
    """A book of random commands, many of them about units that are asked back, lent and proposed."""
    chance = random.Random(night)
    book, now = Book(), START
    for command in (*stocked(**chance.choice(WORLDS)), *listed()):
        book.ask(command, now)
    book.ask(small_show(id="other", **chance.choice(WORLDS) | {"show": OTHER_SHOW}), now)
    for number in range(commands):
        now += chance.choice((1, 1, 5, 20, 300)) * SECOND
        if chance.random() < 0.02:
            now += chance.choice((1, 7, 25)) * HOUR
        show = SHOW if chance.random() < 0.95 else OTHER_SHOW
        tag = str(chance.choice(ASKED))
        if tag == "close_show" and chance.random() < 0.98:
            tag = "place_order"
        seen = book.seen[show]
        book.ask(Anything(chance.choice, show, f"c{number}", now, book.batch.seq, seen).make(tag), now)
    return book


def asked_again(rows: Iterable[Stored]) -> tuple[list[Ask], Batch]:
    """Ask everything again, one after the other; what came out is stamped as it was. All must be as recorded."""
    world: machine.World = {}
    batch, found = Batch(0, NO_HASH), list(asks(rows))
    for ask in found:
        verdict = ask_again(world, ask)
        assert same(verdict, ask), f"{ask.command} gave {ask.events}, now {verdict}"
        assert isinstance(verdict, tuple)
        stamp(world, batch, ask, verdict)
    return found, batch


def stamp(world: machine.World, batch: Batch, ask: Ask, events: Sequence[e.Event]) -> None:
    """Stamp events as recorded, and remember them."""
    for row, event in zip(ask.stored, events, strict=True):
        digest = ask.digest if row is ask.stored[0] else ""
        seq = batch.add(event, row.id, row.show, row.source, row.event_time, row.recorded_time, row.actor, digest)
        machine.apply(world, row.show, event, seq, row.recorded_time)
