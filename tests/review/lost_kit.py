"""An evening to lose orders in: one region's two shops and another's, sold from by hand, minute by minute."""

from collections.abc import Sequence
from typing import Any

from dashboard.decision import commands as c
from dashboard.decision.refusals import Refusal
from dashboard.journal.store import Observation
from dashboard.review.asked import asks
from dashboard.review.lost import Estimate, Seen, estimate
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import MINUTE, SECOND, START
from tests.review.asked_kit import Book

TIKTOK, SHOPIFY, AMAZON = "tiktok-us", "shopify-us", "amazon-eu"
MINUTES = 120


class Evening:
    """The small show for two hours; what is asked must be accepted, orders may be refused."""

    def __init__(self, **world: Any) -> None:
        self.book = Book()
        self.number = 0
        self.ask(small_show(**world), -1)

    def ask(self, command: c.Command, minute: float) -> None:
        """A command at a minute of the show."""
        verdict = self.book.ask(command, START + round(minute * MINUTE))
        assert not isinstance(verdict, Refusal), verdict

    def say(self, kind: type[c.Command], minute: float, **fields: Any) -> None:
        """A command of some kind."""
        self.number += 1
        self.ask(kind(id=f"c{self.number}", show=SHOW, **fields), minute)

    def stock(self, units: int, sku: str = "lamp", minute: float = -1, region: str = "US") -> None:
        """Units in a region's pool."""
        location = {"US": "LA", "EU": "HH"}[region]
        self.say(c.ReceiveGoods, minute, location=location, sku=sku, quantity=units, pool=f"region/{region}")

    def list(self, channel: str, units: int, sku: str = "lamp", minute: float = -1) -> None:
        """Units a channel lists."""
        self.say(c.Expose, minute, channel=channel, sku=sku, quantity=units)

    def buy(self, channel: str, minute: float, units: int = 1, sku: str = "lamp") -> bool:
        """An order; whether there was enough listed for it (nobody can order what a shop does not list)."""
        claims = self.book.world[SHOW].ledger
        listed = claims.claim(sku, f"channel/{channel}")
        if listed < units and any(account.startswith("channel/") for account in claims.claims.get(sku, {})):
            return False
        self.number += 1
        country = "DE" if channel == AMAZON else "US"
        order = c.PlaceOrder(
            id=f"o{self.number}", show=SHOW, channel=channel, order=str(self.number), country=country,
            lines=(c.OrderLine(sku, units),),
        )  # fmt: skip
        return not isinstance(self.book.ask(order, START + round(minute * MINUTE)), Refusal)

    def sell(self, channel: str, every: float, begins: float = 0, ends: float = MINUTES, sku: str = "lamp") -> int:
        """One unit wanted every so many minutes; returns how many were not to be had."""
        moments = [begins + (number + 0.5) * every for number in range(round((ends - begins) / every))]
        return sum(not self.buy(channel, moment, sku=sku) for moment in moments)

    def lost(
        self, refused: Seen | None = None, close: float = MINUTES, observed: Sequence[Observation] = ()
    ) -> Estimate:
        """What the show lost."""
        self.say(c.CloseShow, close)
        return estimate(list(asks(self.book.rows)), SHOW, refused, observed)


def play(evening: Evening, wanted: Sequence[tuple[str, float]], ends: float = MINUTES) -> dict[str, int]:
    """Several channels at once, each wanting a unit every so many minutes; what each did not get."""
    moments = sorted(
        ((number + 0.5) * every, channel) for channel, every in wanted for number in range(round(ends / every))
    )
    lost = dict.fromkeys((channel for channel, _ in wanted), 0)
    for moment, channel in moments:
        lost[channel] += not evening.buy(channel, moment)
    return lost


def note(minute: float, kind: str, channel: str, value: int, sku: str = "") -> Observation:
    """Something seen at a minute of the show."""
    return Observation(SHOW, START + round(minute * MINUTE), 0, kind, channel, sku, value, "")


def minute_of(moment: int) -> float:
    """Minutes from the start of the show."""
    return (moment - START) / (60 * SECOND)
