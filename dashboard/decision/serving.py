"""Serving: whether what is listed in every region can still be sent from somewhere, whoever buys first.

A claim says who may sell a unit, not where it lies; a location serves some regions and not others. So claims can be in
order and a buyer still be out of reach: Tokyo's last units serve Japan and Europe, New Jersey's America and Europe, and
if Europe's orders empty New Jersey, America's listings are empty promises. What platforms list is a promise that
somebody may take at any moment, so all of it together has to be servable at once: a flow of goods to regions over the
lanes.

    spare(show, sku, region)     units that may be listed there beyond what is, and all listings stay servable
    free_at(show, ...)           units an order may take from a location, and the listings left stay servable

Goods on their way count where they will arrive, if the show sells them; what was sold ahead of them is a promise like a
listing.

Both ask how much of the demand a flow can serve (augmenting paths; a handful of locations and regions). Most of the
time nobody needs to know: where a location serves one region only, or where there is plenty, a sum settles it.
"""

from collections.abc import Mapping
from itertools import pairwise

from dashboard.decision.state import Show

Units = dict[str, int]
PLENTY = 1_000_000_000_000


class Flow:
    """Goods of locations sent to regions; `sent[region][location]`."""

    def __init__(self, supply: Mapping[str, int], reach: Mapping[str, tuple[str, ...]]) -> None:
        self.left = dict(supply)
        self.reach = reach
        self.sent: dict[str, Units] = {region: {} for region in reach}

    def send(self, region: str, units: int) -> int:
        """Send so many units more to a region, rerouting others where that helps; returns how many could be sent."""
        sent = 0
        while sent < units:
            path = self._path(region)
            if path is None:
                break
            sent += self._along(path, units - sent)
        return sent

    def _path(self, region: str) -> list[tuple[str, str]] | None:
        """The shortest chain of (region, location) from a region to a location that has units left."""
        seen = {region}
        waiting: list[list[tuple[str, str]]] = [[(region, "")]]
        for path in waiting:
            here = path[-1][0]
            for location in self.reach[here]:
                if self.left.get(location, 0) > 0:
                    return [*path[:-1], (here, location)]
                for other, takes in self.sent.items():
                    if other not in seen and takes.get(location, 0) > 0:
                        seen.add(other)
                        waiting.append([*path[:-1], (here, location), (other, "")])
        return None

    def _along(self, path: list[tuple[str, str]], units: int) -> int:
        """Each region of a path takes from its location what the next one gave up there; the last from what is left."""
        most = min(units, self.left[path[-1][1]])
        for (_, location), (other, _) in pairwise(path):
            most = min(most, self.sent[other][location])
        for number, (region, location) in enumerate(path):
            self.sent[region][location] = self.sent[region].get(location, 0) + most
            if number + 1 < len(path):
                self.sent[path[number + 1][0]][location] -= most
        self.left[path[-1][1]] -= most
        return most


def served(supply: Mapping[str, int], demand: Mapping[str, int], reach: Mapping[str, tuple[str, ...]]) -> int:
    """Units of the regions' demand that goods of these locations can serve at most."""
    flow = Flow(supply, reach)
    return sum(flow.send(region, units) for region, units in demand.items())


def _supply(show: Show, sku: str) -> Units:
    """Goods by location; what is on its way counts where it will arrive, in a show that sells it."""
    accounts = show.ledger.goods.get(sku, {})
    units = {location: accounts.get(f"{location}/available", 0) for location in show.locations}
    if show.opened.sells_in_transit:
        for shipment in show.shipments.values():
            units[shipment.to_location] += shipment.out.get(sku, 0)
    return units


def _sold_ahead(show: Show, sku: str) -> Units:
    """Units by region that were sold from goods on the way and wait for them."""
    waiting: Units = {}
    for channel, _, units in show.waiting.get(sku, ()):
        region = show.selling[channel].region
        waiting[region] = waiting.get(region, 0) + units
    return waiting


def _promised(show: Show, sku: str) -> Units:
    """Units by region that have to be sent from somewhere: what is listed, and what was sold ahead."""
    accounts, ahead = show.ledger.claims.get(sku, {}), _sold_ahead(show, sku)
    return {
        region: ahead.get(region, 0) + sum(accounts.get(account, 0) for account in listings)
        for region, listings in show.listings.items()
    }


def spare(show: Show, sku: str, region: str, enough: int = PLENTY) -> int:
    """Units that may be listed in a region beyond what is, `enough` at most; below 0 when too many are listed."""
    reach, supply, promised = show.reach, _supply(show, sku), _promised(show, sku)
    sure = sum(supply[location] for location in reach[region]) - sum(
        units for other, units in promised.items() if units and not set(reach[other]).isdisjoint(reach[region])
    )
    if sure >= enough:
        return enough
    flow = Flow(supply, reach)
    for other, units in promised.items():
        if other != region:
            flow.send(other, units)
    return min(enough, flow.send(region, promised[region] + enough) - promised[region])


def free_at(show: Show, sku: str, region: str, quantity: int, location: str, taken: Mapping[str, int]) -> int:
    """Units an order of `quantity` units of a region may take from a location without starving anybody's listings.

    `taken` is what the order takes already, by location.
    """
    reach = show.reach
    supply = {name: units - taken.get(name, 0) for name, units in _supply(show, sku).items()}
    here = supply[location]
    promised = _promised(show, sku)
    promised[region] = max(0, promised[region] - quantity)
    demand = {
        other: units for other, units in promised.items() if units and not set(reach[other]).isdisjoint(reach[region])
    }
    elsewhere = supply | {location: 0}
    whole = sum(demand.values())
    if all(sum(elsewhere[name] for name in reach[other]) >= whole for other in demand if location in reach[other]):
        return here
    needed = served(supply, demand, reach) - served(elsewhere, demand, reach)
    return max(0, here - needed)
