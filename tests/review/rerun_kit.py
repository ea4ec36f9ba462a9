"""Shows to rerun: a small evening on a tape, written down as a journal would, and asked again."""

from collections.abc import Sequence
from typing import Any

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.review.asked import Ask, asks
from dashboard.room import Room
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import START
from tests.room.random_show import Player, opened

MINUTE = 60_000_000
EVERYWHERE = tuple(c.Lane(place, region, 400, 3.0) for place in ("LA", "NJ", "HH") for region in ("US", "EU"))
"""Every location serves every region, so claims alone decide who is served."""


class Evening:
    """A show in a journal in memory, played by commands at minutes."""

    def __init__(self, **world: Any) -> None:
        self.journal = Journal(":memory:")
        self.room = Room(self.journal, lambda: 0)
        self._number = 0
        self.at(-30, small_show(**{"lanes": EVERYWHERE, **world}))

    def at(self, minute: float, *commands: c.Command) -> None:
        """Put commands to the room at a minute of the show; each is accepted."""
        answers = self.room.handle(commands, START + round(minute * MINUTE))
        assert all(answer.status == "accepted" for answer in answers), answers

    def say(self, minute: float, kind: type[c.Command], **fields: Any) -> int:
        """Put one command to the room; returns the seq of its first event."""
        self._number += 1
        self.at(minute, kind(id=f"say-{self._number}", show=SHOW, **fields))
        return self.room.seq

    def stock(self, sku: str, **pools: int) -> None:
        """Receive goods of a SKU where each pool's region is served from, an hour before the start."""
        places = {"US": "LA", "EU": "HH", "flexible": "NJ"}
        for pool, units in pools.items():
            name = pool if pool == "flexible" else f"region/{pool}"
            self.say(-30, c.ReceiveGoods, location=places[pool], sku=sku, quantity=units, pool=name)

    def order(self, minute: float, channel: str, sku: str = "lamp", quantity: int = 1, sold: bool = False) -> None:
        """Place an order."""
        line = c.OrderLine(sku, quantity)
        self.say(minute, c.PlaceOrder, channel=channel, order=f"order-{self._number}", lines=(line,), sold=sold)

    def asks(self) -> Sequence[Ask]:
        """What was asked in it, and what came of it."""
        return list(asks(self.journal.events()))


def played(seed: int, steps: int = 30) -> Journal:
    """The journal of a random show, and of another one beside it."""
    player = Player(opened(":memory:"), seed)
    for _ in range(steps):
        player.step()
    return player.room.journal
