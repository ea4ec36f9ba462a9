"""What the tests of losses, interventions and the next plan share: a tape whose commands are kept as a journal's asks.

`Told` plays the phrases of `tests.decision.tape` and keeps every accepted command with its events as `Ask`; `by` is who
asks from then on, and `at` tells the tape's clock in minutes after the start.
"""

from typing import Any

import msgspec

from dashboard.decision import commands as c, events as e
from dashboard.decision.refusals import Refusal
from dashboard.journal.store import Stored
from dashboard.review.asked import Ask
from dashboard.review.lost import Missed
from tests.decision.shows import SHOW, small_show
from tests.decision.tape import Tape, command
from tests.decision.watched import MINUTE, START

WIDE = (c.Lane("LA", "US"), c.Lane("NJ", "US"), c.Lane("NJ", "EU"), c.Lane("HH", "EU"))
"""Newark serves both regions."""
REGION_OF = {"tiktok-us": "US", "shopify-us": "US", "amazon-eu": "EU"}


class Told(Tape):
    """A tape that keeps what was asked."""

    def __init__(self, **world: Any) -> None:
        self.asks: list[Ask] = []
        self.by = "ann@example.com"
        super().__init__(**world)
        opened = self.watched.world[SHOW].opened
        self._keep("open", (opened,), small_show(**world))

    def ask(self, text: str) -> tuple[e.Event, ...] | Refusal:
        """Ask one phrase, now, and keep it when it was accepted."""
        self.number += 1
        asked = command(text, f"c{self.number}", self.now, self.seqs)
        asked = msgspec.structs.replace(asked, actor=self.by)
        verdict = self.watched.ask(asked, self.now)
        if not isinstance(verdict, Refusal):
            self._keep(asked.id, verdict, asked)
        return verdict

    def to(self, minute: float) -> None:
        """Set the clock to so many minutes after the start."""
        self.now = START + round(minute * MINUTE)

    def told(self, minute: float, text: str) -> None:
        """Set the clock and play."""
        self.to(minute)
        self.play(text)

    def _keep(self, id: str, happened: tuple[e.Event, ...], asked: c.Command) -> None:
        first = self.watched.seq - len(happened)
        stored = tuple(
            Stored(first + n, id, SHOW, e.NAMES[type(event)], "/test", self.now, self.now, self.by, "{}")
            for n, event in enumerate(happened, 1)
        )
        self.asks.append(Ask(asked, "0" * 16, stored, happened))


def missed(minute: float, channel: str, units: int = 1, why: str = "sold_out", sku: str = "lamp") -> Missed:
    """A missed order of a channel of the small show, so many minutes after the start."""
    return Missed(START + round(minute * MINUTE), channel, REGION_OF[channel], sku, units, why)
