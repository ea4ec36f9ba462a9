"""Listings in a rerun: what platforms would have listed, where units lie elsewhere than they did.

Nobody recorded what a platform would have answered, so two plain assumptions stand for it: platforms take changes at
once, and listings follow the orders that are known to have come. A recorded listing is repeated as far as there are
units; an order that was sold and finds nothing listed on its channel gets what its region has, from the pool first and
then from the channel that lists most. What others wanted and did not get is never listed for at another channel's cost.
Everything is said with the commands of every day, so the ledger holds and the journal of the rerun tells it.
"""

from typing import Any

from dashboard.decision import commands as c, ledger as book
from dashboard.decision.records import Request
from dashboard.review.run import Run

ACTOR = "rerun"
SOURCE = "/rerun"


class Listings:
    """Stands for the platforms in one run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._number = 0

    def named(self, what: str) -> dict[str, Any]:
        """Id, show, actor and source of a command of the rerun's own."""
        self._number += 1
        return {"id": f"{ACTOR}/{what}/{self._number}", "show": self.run.name, "actor": ACTOR, "source": SOURCE}

    def list_for(self, order: c.PlaceOrder, at: int, from_others: bool) -> bool:
        """List what an order lacks on its channel, of its region's units; returns whether there is more than before.

        `from_others`: what other channels of the region list may be taken for it.
        """
        show = self.run.show
        channel, selling = show.channels[order.channel], show.selling[order.channel]
        pool, shop = book.region_pool(channel.region), channel.behind or channel.channel
        more = False
        for sku in dict.fromkeys(line.sku for line in order.lines):
            quantity = sum(line.quantity for line in order.lines if line.sku == sku)
            lacking = quantity - sum(show.ledger.claim(sku, source) for source in selling.sources)
            if lacking <= 0:
                continue
            before = show.ledger.claim(sku, pool)
            drawn = pool in selling.sources
            if from_others:
                self.give_back(sku, channel.region, lacking - (0 if drawn else before), at, but=shop)
            after = show.ledger.claim(sku, pool)
            if drawn:
                more = more or after > before
            elif after:
                quantity = min(lacking, after)
                expose = c.Expose(**self.named("list"), channel=shop, sku=sku, quantity=quantity)
                more = self.run.ask(expose, at) is None or more
        return more

    def give_back(self, sku: str, region: str, units: int, at: int, but: str = "") -> None:
        """Take units off the channels of a region, those that list most first, into its pool."""
        show = self.run.show
        while units > 0:
            held = [
                (show.ledger.claim(sku, book.exposure_of(name)), name)
                for name, channel in show.channels.items()
                if channel.region == region and name != but and not channel.behind
            ]
            most, name = max(held, default=(0, ""))
            if most <= 0:
                return
            quantity = min(units, most)
            if self.run.ask(c.Recall(**self.named("recall"), channel=name, sku=sku, quantity=quantity), at):
                return
            units -= quantity

    def fulfil(self, name: str, request: Request, at: int) -> None:
        """Give back at once what a request asks for, and move it on."""
        ledger, region = self.run.show.ledger, request.from_pool.removeprefix("region/")
        self.give_back(request.sku, region, request.missing() - ledger.claim(request.sku, request.from_pool), at)
        self.run.ask(c.FulfilRequest(**self.named("fulfil"), request=name), at)
