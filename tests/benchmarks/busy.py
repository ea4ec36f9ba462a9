"""A show in which more happens than orders: units are listed, moved, taken back, shipped, returned, set aside and lost.

The wide world of `worlds`, so many orders in it, and every few orders one of the others, in turn; seeded, so that every
run is the same. A few of the others are refused, as in life: nothing of it is there any more.
"""

import random
from collections.abc import Iterator
from itertools import chain
from typing import Any

from dashboard.decision import commands as c
from dashboard.room import Room
from tests.benchmarks import worlds
from tests.benchmarks.worlds import REGIONS, SHOW, SKUS

KEPT = 200


class Busy:
    """Makes what is not an order, one command after the other, about orders that were placed lately."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.number = 0
        self.placed: list[c.PlaceOrder] = []
        self.shipped: list[c.PlaceOrder] = []
        self.travelling: list[c.StartShipment] = []
        self._kinds = (
            self.expose, self.move, self.cancel, self.ship, self.start, self.expose, self.back, self.take_back,
            self.arrive, self.quarantine, self.withhold, self.ship, self.hand_out, self.receive,
        )  # fmt: skip

    def next(self, at: int) -> c.Command:
        """The next command, at a time."""
        self.number += 1
        self.base: dict[str, Any] = {"id": f"busy/{self.number}", "show": SHOW, "event_time": at}
        self.at = at
        self.sku = self.chance.choice(SKUS)
        self.region, self.other = self.chance.sample([*REGIONS], 2)
        self.channel = f"{self.chance.choice(worlds.PLATFORMS)}-{self.region.lower()}"
        self.units = self.chance.randrange(1, 40)
        return self._kinds[self.number % len(self._kinds)]()

    def expose(self) -> c.Command:
        """List units on a channel."""
        return c.Expose(**self.base, channel=self.channel, sku=self.sku, quantity=self.units)

    def take_back(self) -> c.Command:
        """Take some off a channel."""
        return c.Recall(**self.base, channel=self.channel, sku=self.sku, quantity=1)

    def withhold(self) -> c.Command:
        """Cover what a late channel may still sell."""
        return c.Withhold(**self.base, channel=self.channel, sku=self.sku, quantity=1)

    def move(self) -> c.Command:
        """Move units from one region to another."""
        pools: dict[str, Any] = {"from_pool": f"region/{self.region}", "to_pool": f"region/{self.other}"}
        return c.Reallocate(**self.base, **pools, sku=self.sku, quantity=self.units)

    def hand_out(self) -> c.Command:
        """Hand out units that belong to nobody yet."""
        return c.Reallocate(
            **self.base, from_pool="flexible", to_pool=f"region/{self.region}", sku=self.sku, quantity=self.units
        )

    def receive(self) -> c.Command:
        """Goods that belong to nobody yet come in."""
        return c.ReceiveGoods(**self.base, location=f"{self.region}-1", sku=self.sku, quantity=100 + self.units)

    def quarantine(self) -> c.Command:
        """Some are broken."""
        pool = f"region/{self.region}"
        return c.QuarantineGoods(**self.base, location=f"{self.region}-1", sku=self.sku, quantity=1, pool=pool)

    def start(self) -> c.Command:
        """Send goods from one building to another."""
        shipment = c.StartShipment(
            **self.base, shipment=f"S{self.number}", from_location=f"{self.region}-1", to_location=f"{self.other}-1",
            lines=(c.UnitLine(self.sku, self.units + 2),), eta=self.at + worlds.MINUTE, pool=f"region/{self.region}",
        )  # fmt: skip
        self.travelling.append(shipment)
        return shipment

    def arrive(self) -> c.Command:
        """Some of a shipment arrives, and one unit is lost."""
        if not self.travelling:
            return self.start()
        sent = self.travelling.pop(0)
        sku = sent.lines[0].sku
        lines, lost = (c.UnitLine(sku, self.chance.randrange(1, sent.lines[0].quantity)),), (c.UnitLine(sku, 1),)
        return c.ArriveShipment(**self.base, shipment=sent.shipment, lines=lines, lost=lost)

    def cancel(self) -> c.Command:
        """A buyer does not want it after all."""
        order = self._pick(self.placed)
        return c.CancelOrder(**self.base, channel=order.channel, order=order.order)

    def ship(self) -> c.Command:
        """An order leaves the building."""
        order = self._pick(self.placed)
        self.shipped.append(order)
        return c.ShipOrder(**self.base, channel=order.channel, order=order.order)

    def back(self) -> c.Command:
        """What was shipped comes back."""
        if not self.shipped:
            return self.ship()
        order = self._pick(self.shipped)
        return c.ReturnOrder(
            **self.base, channel=order.channel, order=order.order, location=f"{self.region}-1",
            lines=(c.UnitLine(order.lines[0].sku, 1),), resellable=self.number % 2 == 0,
        )  # fmt: skip

    def _pick(self, orders: list[c.PlaceOrder]) -> c.PlaceOrder:
        del orders[:-KEPT]
        return orders.pop(self.chance.randrange(len(orders)))


def fill(room: Room, orders: int, every: int) -> int:
    """Sell so many orders, one other command after each `every` of them; returns how many of those were accepted."""
    busy = Busy(orders)
    accepted = 0
    for batch in chain([worlds.wide()], worlds.wide_orders(orders)):
        mixed = list(_mixed(batch, busy, every))
        for command, answer in zip(mixed, room.handle(mixed, None), strict=True):
            other = command.id.startswith("busy/")
            assert other or answer.status == "accepted", answer.sentence
            accepted += other and answer.status == "accepted"
    assert accepted > 0.8 * busy.number
    return accepted


def _mixed(batch: list[c.Command], busy: Busy, every: int) -> Iterator[c.Command]:
    for number, command in enumerate(batch):
        yield command
        if isinstance(command, c.PlaceOrder):
            busy.placed.append(command)
            if number % every == every - 1:
                assert command.event_time is not None
                yield busy.next(command.event_time)
