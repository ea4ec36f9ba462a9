"""Losses: every unit that was wanted and not bought gets exactly one cause.

    missed orders + where unsold units had been (`whereabouts`) -> the cheapest flow of them -> rows of causes

A missed unit could have been saved by a unit of its SKU that was still unsold at the close, whose goods lay where a
lane leads to the buyer's region, and which nobody bought later would have gone without. Each such unit saves one missed
unit at most. What kept it from doing so is the cause:

    rule            our own terms turned the buyer away (a purchase limit, a bid): no unit is needed to explain that
    exposure_lock   at that time it was the region's own: listed on another channel, withheld, or not listed at all
    late_transfer   at that time it lay in the flexible pool or a guest's, or it came into the region only later, or it
                    is on its way at the close: it was never sent, or too late
    opening_split   it was another region's then, or was given to one later, and stayed there
    stock           none of these: there was no unit left that could have served this buyer

Which unit saves which order is a matter of choice, so it is chosen, the cheapest remedy first: as many as can be saved
by unlocking what a region has; then as many as possible more by earlier transfers; then by another opening split. No
choice has more locks, none with as many locks more late transfers, and so on. That is a flow (`cheapest_flow`) in which
a unit saved by a cheaper remedy is worth more than any number saved by dearer ones:

    goods at the close -> lanes -> region -> missed units -> the place where a unit was then -> spans, passages -> close

The flow in a span is no more than what the place held to spare from then on, so taking those units away leaves every
recorded sale as it was; taking none of them twice is what a flow means; and as no flow is worth more, no missed unit is
called `stock` while a unit that could have saved it is unused, nor could using others for the rest save one more, but
by giving up a cheaper remedy.
Goods count where they lie at the close, even those that could have come along another lane: buildings are not chosen
anew. Cancelled units were sold in the meantime, so they save only what was missed after they came back.

Missed units of one region that found the same spans are one hub in the network, so its size grows with the number of
transfers, not of orders. Causes within a hub go to its orders in order of time.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dashboard.decision import events as e
from dashboard.decision.ledger import WITHDRAWN, region_pool
from dashboard.review.asked import Ask
from dashboard.review.cheapest_flow import Network
from dashboard.review.lost import Missed
from dashboard.review.whereabouts import Followed, Trail, follow, lying

Row = dict[str, Any]
LOCK, LATE, SPLIT, RULE, STOCK = "exposure_lock", "late_transfer", "opening_split", "rule", "stock"
CAUSES = (LOCK, LATE, SPLIT, RULE, STOCK)
"""The causes, in the order in which they are shown; the first three are remedies, the cheapest first."""
REMEDIES = CAUSES[:3]
OUR_TERMS = ("limit", "refused")
"""Reasons of a missed order that are a rule of ours."""


def split(asks: Collection[Ask], show: str, missed: Sequence[Missed]) -> list[Row]:
    """Rows of region, SKU, channel, units missed and units by cause; the causes of a row add up to its units.

    Raises ValueError when the journal does not hold the show.
    """
    wanting: dict[str, list[Missed]] = {}
    for order in missed:
        if order.why not in OUR_TERMS:
            wanting.setdefault(order.sku, []).append(order)
    followed = follow(asks, show, {sku: min(order.at for order in orders) for sku, orders in wanting.items()})
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for order in missed:
        causes = found.setdefault((order.region, order.sku, order.channel), dict.fromkeys(CAUSES, 0))
        causes[RULE] += order.units * (order.why in OUR_TERMS)
    for sku, orders in wanting.items():
        for hub in _explained(followed, followed.trails[sku], orders):
            hub.share_out(found)
    return [
        {"region": region, "sku": sku, "channel": channel, "units": sum(causes.values()), "causes": causes}
        for (region, sku, channel), causes in sorted(found.items(), key=_opening_order(followed.opened))
    ]


def _opening_order(opened: e.ShowOpened) -> Callable[[tuple[tuple[str, str, str], object]], tuple[int, ...]]:
    """How rows are sorted: by region, SKU and channel as the show opened with them."""
    named = (
        [one.region for one in opened.regions],
        [one.sku for one in opened.skus],
        [one.channel for one in opened.channels],
    )
    places = [{name: number for number, name in enumerate(names)} for names in named]
    return lambda row: tuple(known[name] for known, name in zip(places, row[0], strict=True))


class _Hub:
    """Missed orders of one region that found the same spans, and how many of their units each remedy would save."""

    def __init__(self, region: str, spans: dict[str, int], at: int) -> None:
        self.region, self.spans, self.at = region, spans, at
        self.orders: list[Missed] = []
        self.arcs: list[tuple[str, int]] = []
        self.saved = dict.fromkeys(REMEDIES, 0)

    @property
    def units(self) -> int:
        """Units missed."""
        return sum(order.units for order in self.orders)

    def share_out(self, found: Mapping[tuple[str, str, str], dict[str, int]]) -> None:
        """Give the causes to the orders, in order of time; what no remedy would save is for want of stock."""
        for order in self.orders:
            causes, units = found[order.region, order.sku, order.channel], order.units
            for remedy in REMEDIES:
                part = min(units, self.saved[remedy])
                causes[remedy] += part
                self.saved[remedy] -= part
                units -= part
            causes[STOCK] += units


def _hubs(trail: Trail, orders: Sequence[Missed]) -> list[_Hub]:
    """The missed orders of a SKU, those together that the network cannot tell apart."""
    found: dict[tuple[object, ...], _Hub] = {}
    moments = [passage.at for passage in trail.passages]
    for order in sorted(orders, key=lambda order: order.at):
        spans = {name: place.span_at(order.at) for name, place in trail.places.items()}
        key = (order.region, *spans.values(), bisect_right(moments, order.at))
        hub = found.get(key)
        if hub is None:
            hub = found[key] = _Hub(order.region, spans, order.at)
        hub.orders.append(order)
    return list(found.values())


def _explained(followed: Followed, trail: Trail, orders: Sequence[Missed]) -> list[_Hub]:
    """The hubs of a SKU, each with what its remedies would save."""
    hubs = _hubs(trail, orders)
    chart = _Chart(followed, trail, sum(hub.units for hub in hubs))
    for hub in hubs:
        chart.ask(hub)
    chart.net.fill(chart.source, chart.target)
    for hub in hubs:
        for remedy, arc in hub.arcs:
            hub.saved[remedy] += chart.net.sent(arc)
    return hubs


class _Chart:
    """The network of one SKU: what could have gone where, and when."""

    def __init__(self, followed: Followed, trail: Trail, units: int) -> None:
        self.followed, self.trail, self.units = followed, trail, units
        self.price = {remedy: -((units + 1) ** rank) for rank, remedy in enumerate(reversed(REMEDIES))}
        self.net = Network()
        self.source, self.target = self.net.node(), self.net.node()
        self.begins = {name: [self.net.node() for _ in place.spans] for name, place in trail.places.items()}
        self.ends = {name: [self.net.node() for _ in place.spans] for name, place in trail.places.items()}
        """A span's beginning, where units come in, and its end, where they go out."""
        self.in_passage = [self.net.node() for _ in trail.passages]
        self.waiting: dict[tuple[str, str], tuple[list[int], list[int]]] = {}
        self.buyers: dict[str, int] = {}
        self._places()
        self._goods()

    def _places(self) -> None:
        """Spans in a row, passages between them, and the close."""
        net, trail = self.net, self.trail
        for name, place in trail.places.items():
            begins, ends = self.begins[name], self.ends[name]
            for number, span in enumerate(place.spans):
                net.arc(begins[number], ends[number], span.units)
            for before, after in zip(ends, begins[1:], strict=False):
                net.arc(before, after, self.units)
            if name != WITHDRAWN:
                net.arc(ends[-1], self.target, self.units)
        for node, passage in zip(self.in_passage, trail.passages, strict=True):
            if passage.source is not None:
                name, number = passage.source
                net.arc(self.ends[name][number], node, self.units)
            name, number = passage.target
            net.arc(node, self.begins[name][number], passage.units)

    def _goods(self) -> None:
        """Buildings and shipments, the lanes that lead from them, and the claims on what is still on its way."""
        net, opened = self.net, self.followed.opened
        shelves, on_the_way = lying(self.trail, opened, self.followed.bound)
        leads: dict[str, list[str]] = {}
        for lane in opened.lanes:
            leads.setdefault(lane.location, []).append(lane.region)
        self.buyers = {region.region: net.node() for region in opened.regions}
        supplies = [(place, units) for place, units in shelves.items()]
        supplies += [(self.followed.bound[shipment], units) for shipment, units in on_the_way.items()]
        for place, units in supplies:
            supply = net.node()
            net.arc(self.source, supply, max(0, units))
            for region in leads.get(place, ()):
                net.arc(supply, self.buyers[region], self.units)
        if not opened.sells_in_transit:
            self._claims_on_the_way(on_the_way, leads)

    def _claims_on_the_way(self, on_the_way: Mapping[str, int], leads: Mapping[str, list[str]]) -> None:
        """Nobody may sell what is on its way, so its claims are withdrawn; they belong to where it goes."""
        net = self.net
        whole = net.node()
        net.arc(whole, self.target, sum(on_the_way.values()))
        if WITHDRAWN in self.ends:
            net.arc(self.ends[WITHDRAWN][-1], whole, self.units)
        for shipment, units in on_the_way.items():
            if units:
                node = net.node()
                net.arc(node, whole, units)
                for region in leads.get(self.followed.bound[shipment], ()):
                    net.arc(self._waiting(region, LATE)[1][-1], node, self.units)

    def _waiting(self, region: str, remedy: str) -> tuple[list[int], list[int]]:
        """Those of a region who wait: when units come that would have saved them, and the nodes before and after."""
        known = self.waiting.get((region, remedy))
        if known is not None:
            return known
        net = self.net
        mine = [n for n, one in enumerate(self.trail.passages) if _remedy(region, one.target[0]) in _COMING[remedy]]
        nodes = [net.node() for _ in range(len(mine) + 1)]
        for number, passage in enumerate(mine):
            net.arc(nodes[number], nodes[number + 1], self.units)
            net.arc(nodes[number], self.in_passage[passage], self.units)
        moments = [self.trail.passages[number].at for number in mine]
        self.waiting[region, remedy] = moments, nodes
        return moments, nodes

    def ask(self, hub: _Hub) -> None:
        """Lead from a hub to every unit that could have saved it."""
        node = self.net.node()
        self.net.arc(self.buyers[hub.region], node, hub.units)
        for name, number in hub.spans.items():
            remedy = _remedy(hub.region, name)
            if remedy:
                hub.arcs.append((remedy, self.net.arc(node, self.begins[name][number], hub.units, self.price[remedy])))
        for remedy in (LATE, SPLIT):
            moments, nodes = self._waiting(hub.region, remedy)
            first = nodes[bisect_right(moments, hub.at)]
            hub.arcs.append((remedy, self.net.arc(node, first, hub.units, self.price[remedy])))


_COMING = {LATE: (LOCK, LATE), SPLIT: (SPLIT,)}
"""Of what comes to a place later: what would have come too late, and what went elsewhere."""


def _remedy(region: str, place: str) -> str:
    """What would have brought a unit from a place to a region's buyer; empty where nobody may sell it."""
    if place == region_pool(region):
        return LOCK
    if place == WITHDRAWN:
        return ""
    return SPLIT if place.startswith("region/") else LATE
