"""Backstage: what buildings, factories and guests do while a show runs, told to the room as they would tell it.

    a shipment's time has come   -> it arrives; customs may hold a part of it for a while
    a batch leaves the factory   -> goods come in, into the flexible pool
    purchasing got a notice      -> so many hours later the goods are there
    a guest calls                -> somebody announces the guest

Nothing here decides what happens to the units: that is for the rules, or for a person. Whatever is due between two
instants happens once, however the steps fall: ids are made from what it is.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dashboard.channels.sandbox.scenario import MINUTE, Scenario
from dashboard.decision.commands import AnnounceGuest, ArriveShipment, Command, ReceiveGoods, UnitLine
from dashboard.decision.state import Show

HOUR = 60 * MINUTE
ACTOR = "sandbox"
SOURCE = "/sandbox"
Row = dict[str, Any]


class Backstage:
    """The world of one show behind its streams; `told` are the notices purchasing has seen."""

    def __init__(self, scenario: Scenario, show: str) -> None:
        self.scenario, self.show = scenario, show
        self._etas: dict[str, int] = {}

    def due(self, world: Show, frame: Row, since: int, until: int) -> list[Command]:
        """What happens after one instant and up to another, oldest first."""
        commands = [*self._arrivals(world, until), *self._batches(since, until), *self._guests(since, until)]
        commands += self._purchased(frame, since, until)
        return sorted(commands, key=lambda command: (command.event_time or 0, command.id))

    def _common(self, what: str, at: int) -> dict[str, Any]:
        return {"id": f"{self.show}:{what}", "show": self.show, "actor": ACTOR, "source": SOURCE, "event_time": at}

    def _arrivals(self, world: Show, until: int) -> Iterator[Command]:
        customs = self.scenario.customs
        for name, shipment in world.shipments.items():
            if shipment.state != "in_transit" or shipment.eta > until:
                continue
            out = {sku: units for sku, units in shipment.out.items() if units}
            part = f"arrive:{name}:{sum(out.values())}"
            if customs and name not in self._etas and sum(out.values()) > 1:
                self._etas[name] = shipment.eta + round(customs.minutes * MINUTE)
                now = {sku: units - int(units * customs.share) for sku, units in out.items()}
                yield ArriveShipment(**self._common(part, shipment.eta), shipment=name, lines=_lines(now))
            elif self._etas.get(name, 0) <= until:
                at = max(shipment.eta, self._etas.get(name, 0))
                yield ArriveShipment(**self._common(part, at), shipment=name, lines=_lines(out))

    def _batches(self, since: int, until: int) -> Iterator[Command]:
        for number, batch in enumerate(self.scenario.batches):
            at = self.scenario.at(batch.minute)
            if since < at <= until:
                for sku, units in batch.units.items():
                    if units:
                        yield ReceiveGoods(
                            **self._common(f"batch:{number}:{sku}", at),
                            reason="a production batch came in",
                            location=batch.location,
                            sku=sku,
                            quantity=units,
                        )

    def _guests(self, since: int, until: int) -> Iterator[Command]:
        for guest in self.scenario.guests:
            at = self.scenario.at(guest.announced)
            if since < at <= until:
                yield AnnounceGuest(
                    **self._common(f"guest:{guest.guest}", at),
                    guest=guest.guest,
                    sku=guest.sku,
                    channels=guest.channels,
                    starts_at=self.scenario.at(guest.start),
                    ends_at=self.scenario.at(guest.end),
                )

    def _purchased(self, frame: Row, since: int, until: int) -> Iterator[Command]:
        desk = self.scenario.purchasing
        for notice in frame["replenishments"] if desk else ():
            assert desk is not None
            hours = desk.hours / 2 if notice["urgent"] else desk.hours
            at = _micros(notice["since"]) + round(hours * HOUR)
            if since < at <= until:
                yield ReceiveGoods(
                    **self._common(f"bought:{notice['replenishment']}", at),
                    reason="purchasing was asked for it",
                    location=desk.location,
                    sku=notice["sku"],
                    quantity=notice["quantity"],
                )


def _micros(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def _lines(units: dict[str, int]) -> tuple[UnitLine, ...]:
    return tuple(UnitLine(sku, count) for sku, count in units.items() if count)
