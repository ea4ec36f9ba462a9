"""A room with a clock to turn by hand, and a random show played on it from a seed."""

import json
import random
from pathlib import Path
from typing import Any

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Answer, Room
from tests.decision.anything import OFTEN, TAGS, WORLDS, Anything
from tests.decision.seen import Seen
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import SECOND, START

OTHER_SHOW = "day"
SELDOM = {"close_show", "open_show"}


class Clock:
    """Reads what it was set to."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def opened(path: Path | str, clock: Clock | None = None) -> Room:
    """A room over a file."""
    return Room(Journal(path), clock or Clock())


def stocked(units: int = 1_000, **world: Any) -> list[c.Command]:
    """The small show with lamps to sell in the US and in the EU."""
    return [
        small_show(**world),
        c.ReceiveGoods(id="stock-us", show=SHOW, location="LA", sku="lamp", quantity=units, pool="region/US"),
        c.ReceiveGoods(id="stock-eu", show=SHOW, location="HH", sku="lamp", quantity=units, pool="region/EU"),
    ]


def order(name: str, quantity: int = 1, channel: str = "tiktok-us", **more: Any) -> c.PlaceOrder:
    """An order whose command id is its number."""
    lines = (c.OrderLine("lamp", quantity),)
    return c.PlaceOrder(id=name, show=SHOW, channel=channel, order=name, lines=lines, **more)


class Player:
    """Plays random commands on a room, in small batches, seconds apart, with viewers and feeds."""

    def __init__(self, room: Room, seed: int) -> None:
        self.room, self.chance = room, random.Random(seed)
        self.now, self.read_to, self.number = START - 60 * SECOND, 0, 0
        self.seen = {SHOW: Seen(), OTHER_SHOW: Seen()}
        self.accepted = 0
        world = self.chance.choice(WORLDS)
        other = small_show(id="other", **self.chance.choice(WORLDS) | {"show": OTHER_SHOW})
        self.handle([*stocked(60, **world), other])

    def handle(self, commands: list[c.Command]) -> list[Answer]:
        """Hand a batch to the room and note what can be asked about from now on."""
        answers = self.room.handle(commands, self.now)
        for stored in self.room.journal.events(after=self.read_to):
            self.seen[stored.show].take(stored.seq, stored.type, json.loads(stored.data))
            self.read_to = stored.seq
        self.accepted += sum(answer.status == "accepted" for answer in answers)
        return answers

    def step(self) -> None:
        """Some time, some commands, perhaps some viewers."""
        chance = self.chance
        self.now += chance.choice((1, 1, 5, 20, 300)) * SECOND + chance.randrange(SECOND)
        self.handle([self.anything() for _ in range(chance.randrange(1, 5))])
        for channel in ("tiktok-us", "amazon-eu"):
            if chance.random() < 0.4:
                self.now += chance.randrange(1, 3 * SECOND)
                show = SHOW if chance.random() < 0.8 else OTHER_SHOW
                self.room.observe(show, self.now, "viewers", channel, value=chance.randrange(80_000))
            if chance.random() < 0.6:
                self.feed(channel)

    def feed(self, channel: str) -> None:
        """Something a channel's feed tells: how far it is, how slow, what the platform lists."""
        chance = self.chance
        value, sku, note = 0, "", ""
        kind = chance.choice(("complete_until", "complete_until", "sync_p50_ms", "sync_p95_ms", "breaker", "drift"))
        if kind == "complete_until":
            value = self.now - chance.choice((0, 1, 30, 400)) * SECOND
        elif kind.startswith("sync"):
            value = chance.choice((120, 340, 900))
        elif kind == "breaker":
            value, note = chance.choice(((0, ""), (1, "HTTP 503 five times")))
        else:
            sku, value = "lamp", chance.choice((0, 0, 7, -12))
            self.room.observe(SHOW, self.now, "listed", channel, sku, value=20 + value)
        self.room.observe(SHOW, self.now, kind, channel, sku, value, note)

    def anything(self) -> c.Command:
        """One random command, seldom the last of a show."""
        chance = self.chance
        show = SHOW if chance.random() < 0.85 else OTHER_SHOW
        tag = chance.choice((*TAGS, *OFTEN, *OFTEN))
        if tag in SELDOM and (show == SHOW or chance.random() < 0.9):
            tag = "place_order"
        self.number += 1
        return Anything(chance.choice, show, f"r{self.number}", self.now, self.read_to, self.seen[show]).make(tag)
