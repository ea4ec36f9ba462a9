"""A busy night on one SKU: units move, are listed, sold, asked back, lent and taken back again, by chance."""

import random

from dashboard.decision import commands as c, events as e
from dashboard.decision.refusals import Refusal
from tests.decision.tape import Tape

POOLS = ("flexible", "region/US", "region/US", "region/EU")
CHANNELS = ("tiktok-us", "tiktok-us", "shopify-us", "amazon-eu")
UNITS = (1, 2, 3, 5, 8)


class Night(Tape):
    """Plays by chance; `asked` is the last phrase."""

    def __init__(self, seed: int) -> None:
        super().__init__(lanes=tuple(c.Lane(place, region) for place in ("LA", "NJ", "HH") for region in ("US", "EU")))
        self.chance = random.Random(seed)
        self.asked = ""
        self.play(
            """
            receive 40 lamp at LA into region/US
            receive 25 lamp at HH into region/EU
            receive 15 lamp at NJ
            expose 20 lamp on tiktok-us
            expose 10 lamp on shopify-us
            expose 15 lamp on amazon-eu
            """
        )

    def step(self) -> tuple[e.Event, ...] | Refusal:
        """Something happens."""
        self.now += self.chance.choice((1, 2, 30)) * 1_000_000
        self.asked = self.something()
        return self.ask(self.asked)

    def something(self) -> str:
        """Any phrase of the trade."""
        pick = self.chance.choice
        units, channel, recall = pick(UNITS), pick(CHANNELS), pick(("", " (recall)", " (recall)"))
        seqs, requests = list(self.show.reallocations)[-6:] or [1], list(self.show.requests) or ["none"]
        loans = [name for name, loan in self.show.loans.items() if loan.state != "returned"] or ["none"]
        seller, order = pick(list(self.show.orders) or [("tiktok-us", "none")])
        free = self.show.ledger.claim("lamp", f"region/{self.show.selling[channel].region}")
        listed = self.show.ledger.claim("lamp", f"channel/{channel}")
        come = f"recall {pick((1, max(1, listed // 2)))} lamp from {channel}" if self.show.requests else ""
        return pick(
            (
                f"move {units} lamp from {pick(POOLS)} to {pick(POOLS)}{recall}",
                f"move {units} lamp from {pick(POOLS)} to {pick(POOLS)}{recall}",
                f"order o{self.number} on {channel}: {pick((1, 2, 4))} lamp",
                f"cancel {order} of {seller}",
                f"expose {max(1, free)} lamp on {channel}",
                come or f"expose {max(1, free)} lamp on {channel}",
                come or f"undo {pick(seqs)}{recall}",
                f"undo {pick(seqs)}{recall}",
                f"fulfil {pick(requests)}",
                f"fulfil {pick(requests)}",
                f"ask no longer for {pick(requests)}" if not self.chance.randrange(4) else f"fulfil {requests[0]}",
                f"lend {units} lamp from {pick(POOLS[1:])} to {pick(POOLS[1:])} as l{self.number}{recall}",
                f"give back {pick(loans)}",
                f"allocate with bids lamp={pick((0, 2400, 2500, 9000))}",
                f"list lamp as {pick(('proof', 'shared'))}",
            )
        )

    def sell(self, channel: str, units: int) -> None:
        """Sell so many units on a channel, or all that its region has."""
        selling = self.show.selling[channel]
        region = f"region/{selling.region}"
        own = sum(self.show.ledger.claim("lamp", account) for account in {*selling.sources, region})
        if min(units, own):
            self.line(f"order sold{self.number} on {channel}: {min(units, own)} lamp")

    def give_back_all(self) -> None:
        """Every platform gives back what it lists, and every request gets what came."""
        for channel in dict.fromkeys(CHANNELS):
            listed = self.show.ledger.claim("lamp", f"channel/{channel}")
            if listed:
                self.line(f"recall {listed} lamp from {channel}")
        self.fulfil_all()

    def fulfil_all(self) -> None:
        """What came back moves on."""
        for request in list(self.show.requests):
            self.ask(f"fulfil {request}")
