"""The gate of one SKU's overlapping listings in one region: shut before the delay of the news could sell a unit twice.

    units to sell late, what each channel sells, how late news and changes are  ->  open | shut, and the risk

The chance itself is `allocation.overlap.risk`. What is added here is time: a gate that has shut stays shut for a while
and opens again only for a multiple of the units, since every turn costs each channel an event; and the chance is worked
out anew only when something has changed. Pure but for what it remembers of its own turns.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.allocation.overlap import RISK_MAX, risk
from dashboard.channels.connection import LIST_SECONDS, Connection, quantile
from dashboard.channels.pacing import SECOND

REOPENS_AT = 2
"""A gate that was shut opens again when so many times fewer units would leave it open."""
SHUT_SECONDS = 20.0
"""And not before so long has passed."""
LOOK_SECONDS = 0.5
SHRUNK, GROWN = 0.9, 1.15
"""A chance holds for so long, while no more of the units are gone and demand is no faster than so."""
RATE_SHAPE = 3.0
"""How well a channel's rate is known: a host may push within the next second."""
DELAY_FIRST_SECONDS = 1.0
"""How late news is taken to be before any order told."""
TICK_SECONDS = 0.1
SETTLED_SECONDS = 2.0
"""An absolute counter is settled after every push, and cannot be lowered before."""
USUAL = 0.95
"""Of delays and calls, so many take no longer."""


@dataclass
class Gate:
    """Whether several channels may list the same units now, and the chance that a delay sells one of them twice."""

    is_open: bool = False
    chance: float = 0.0
    shut_at: int | None = None
    _looked: tuple[int, int, float] | None = None

    def look(self, units: int, rates: Sequence[float], seconds: float, lot: float, now: int) -> bool:
        """Decide for `units`, expected units a second of each channel, and a delay; tells whether it is open."""
        asked = math.fsum(rates) * seconds
        if self._looked and not self._is_stale(units, asked, now):
            return self.is_open
        self._looked = now, units, asked
        if len(rates) == 1:  # its listing may be behind what was moved away since: no counter of its own saves it
            rates = (rates[0] / 2, rates[0] / 2)
        self.chance = risk(units, rates, seconds, lot, RATE_SHAPE) if units > 0 else 1.0
        if self.is_open:
            if not rates or self.chance >= RISK_MAX:
                self.shut(now)
        elif self._may_open(now) and rates and units >= REOPENS_AT:
            self.is_open = risk(units // REOPENS_AT, rates, seconds, lot, RATE_SHAPE) < RISK_MAX
        return self.is_open

    def shut(self, now: int) -> None:
        """Let nothing overlap from now on."""
        if self.is_open:
            self.shut_at = now
        self.is_open, self._looked = False, None

    def _may_open(self, now: int) -> bool:
        return self.shut_at is None or now - self.shut_at >= SHUT_SECONDS * SECOND

    def _is_stale(self, units: int, asked: float, now: int) -> bool:
        assert self._looked is not None
        at, had, then = self._looked
        return now - at >= LOOK_SECONDS * SECOND or units < SHRUNK * had or asked > GROWN * then


def reaction_seconds(connection: Connection, now: int) -> float:
    """From an order on a platform's counter until a listing there can have been lowered for it, nearly always.

    The news of the order, a change that is under way there, and the lowering itself at the pace its limit allows.
    """
    delay = connection.delay(USUAL)
    news = DELAY_FIRST_SECONDS if delay is None else delay / SECOND
    trips = connection.round_trips
    trip = quantile(trips, USUAL) / SECOND if trips else DELAY_FIRST_SECONDS
    settled = 0.0
    if connection.capability.push == "absolute":
        listed = connection.list_seconds()
        settled = SETTLED_SECONDS if listed <= LIST_SECONDS else listed
    return news + 2 * trip + TICK_SECONDS + 60 / connection.capability.calls_per_minute + settled
