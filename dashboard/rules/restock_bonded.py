"""Restock: a forward location that will run out of a SKU gets it from another location, if it arrives in time.

Reads the stock per location, the lanes (which location serves a region first: the nearer kind, then the cheaper), the
routes between locations and the shipments on their way. What the location will lack is what the forecast says its
regions want until the close, less what is there and coming. A source gives what the regions it serves first do not
need.

In time means: where the show sells goods in transit, within the days buyers are asked to wait; otherwise before the
regions are sold out and before the close, since the shipment takes its claims from the flexible pool until it arrives.
The fastest route that can give enough goes first, the cheaper one at the same speed. Units that are coming count as
there, so a location is restocked once for one shortage.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.rules.conditions import CLEAR_GAP, Candidate, Condition
from dashboard.rules.estimates import lasts, pace, wanted
from dashboard.rules.readings import (
    MINUTE,
    NEARER,
    countdowns,
    flexible,
    hold,
    margin,
    micros,
    minutes_left,
    money,
    skus,
    table,
)

Row = dict[str, Any]
Key = tuple[str, str]
AGAIN = "after cool-down"
NOTHING: Row = {"available": 0, "committed": 0, "in_transit": 0}


@dataclass
class Goods:
    """What lies where and who needs it: stock and demand until the close per (location, SKU), claims per SKU."""

    stock: dict[Key, Row]
    asking: dict[Key, list[Row]]
    needed: dict[Key, float]
    claims: dict[str, int]
    in_transit: bool
    shipped: dict[Key, int] = field(default_factory=dict)

    def available(self, key: Key) -> int:
        """Units at a location that no shipment of this very look takes."""
        return int(self.stock.get(key, NOTHING)["available"]) - self.shipped.get(key, 0)

    def share(self, key: Key) -> float:
        """The part of its units that a location has left."""
        here = self.stock.get(key, NOTHING)
        return float(here["available"] / max(1, here["available"] + here["committed"]))


@dataclass
class Way:
    """A route that leads here, and the units its source can spare."""

    route: Row
    spare: int


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU that is not far from low at a forward location some route leads to; else the scarcest one."""
    kinds = {row["location"]: row["kind"] for row in table(frame, "locations")}
    routes: dict[str, list[Row]] = {}
    for route in table(frame, "routes"):
        if kinds.get(route["to_location"]) == "forward":
            routes.setdefault(route["to_location"], []).append(route)
    if not routes:
        return
    goods = _goods(frame, kinds, routes)
    keys = [key for key in goods.asking if key[0] in routes]
    far = numbers["restock_left_share"] / (1 - CLEAR_GAP)
    near = [key for key in keys if goods.share(key) <= far] or sorted(keys, key=goods.share)[:1]
    for key in near:
        yield _candidate(frame, numbers, goods, key, goods.asking[key], routes[key[0]])


def _goods(frame: Row, kinds: Mapping[str, str], routes: Mapping[str, list[Row]]) -> Goods:
    """Read stock and needs at both ends of the routes; each region asks the location that serves it first."""
    first: dict[str, Row] = {}
    for lane in sorted(table(frame, "lanes"), key=lambda lane: _preference(lane, kinds)):
        first.setdefault(lane["region"], lane)
    ends = {*routes, *(route["from_location"] for ways in routes.values() for route in ways)}
    stock = {(row["location"], row["sku"]): row for row in table(frame, "stock") if row["location"] in ends}
    goods = Goods(stock, {}, {}, dict(flexible(frame)), bool(frame.get("sells_in_transit")))
    rows = countdowns(frame)
    here = rows.within(region for region, lane in first.items() if lane["location"] in ends)
    for row in rows.where(here & rows.is_known & (rows["allocated"] > 0) & (rows["wanted_mean"] > 0)):
        key = first[row["region"]]["location"], row["sku"]
        goods.asking.setdefault(key, []).append(row)
        goods.needed[key] = goods.needed.get(key, 0.0) + min(row["left"], wanted(row))
    return goods


def _preference(lane: Row, kinds: Mapping[str, str]) -> tuple[int, int, float, str]:
    kind = kinds.get(lane["location"], "")
    return NEARER.index(kind) if kind in NEARER else 9, lane["landed_cost_minor"], lane["days"], lane["location"]


def _candidate(
    frame: Row, numbers: Mapping[str, float], goods: Goods, key: Key, parts: list[Row], routes: list[Row]
) -> Candidate:
    here, sku = goods.stock.get(key, NOTHING), key[1]
    what, minutes = f"{parts[0]['title']} in {key[0]}", minutes_left(frame)
    claims = sum(row["left"] for row in parts)
    asked = min(sum(wanted(row) for row in parts), claims + goods.claims.get(sku, 0))
    lack = asked - here["available"] - here["in_transit"]
    way = _best(goods, sku, routes, numbers)
    soonest = min(lasts(row, minutes) for row in parts)
    hours = numbers["restock_hours_max"] if goods.in_transit else min(soonest, minutes) / 60
    conditions = (
        Condition(f"What is left of {what}", goods.share(key), "<=", numbers["restock_left_share"], "share"),
        Condition(f"What will lack of {what}", lack, ">=", numbers["restock_units_min"]),
        Condition(
            f"What another location can spare for {what}",
            way.spare if way else None,
            ">=",
            numbers["restock_units_min"],
        ),
        Condition(f"The way to {what}, in time", way.route["hours"] if way else None, "<=", hours, "hours"),
    )
    region = max(parts, key=lambda row: (row["rate_per_minute"], row["region"]))["region"]
    row = None
    if way and hold(conditions):
        row = _row(frame, goods, key, parts, way, min(math.ceil(lack), way.spare))
    return Candidate(region, conditions, row, sku=sku)


def _best(goods: Goods, sku: str, routes: list[Row], numbers: Mapping[str, float]) -> Way | None:
    """The fastest way that can give enough, the cheaper at the same speed; else the one that can give most."""
    ways: list[Way] = []
    for route in routes:
        key = route["from_location"], sku
        spare = goods.available(key) - math.ceil(goods.needed.get(key, 0.0))
        ways.append(Way(route, max(0, spare if goods.in_transit else min(spare, goods.claims.get(sku, 0)))))
    enough = [way for way in ways if way.spare >= numbers["restock_units_min"]]
    if enough:
        return min(enough, key=lambda way: (way.route["hours"], way.route["cost_minor"], way.route["from_location"]))
    return max(ways, key=lambda way: (way.spare, way.route["from_location"]), default=None)


def _row(frame: Row, goods: Goods, key: Key, parts: list[Row], way: Way, units: int) -> Row:
    """The shipment, with what a unit costs on this way and straight from the source."""
    (location, sku), route = key, way.route
    source = route["from_location"]
    here = goods.stock.get(key, NOTHING)
    row = max(parts, key=lambda row: (row["rate_per_minute"], row["region"]))
    name, title = row["region"], row["title"]
    places = {place["location"]: place["name"] for place in frame["locations"]}
    lanes = {lane["location"]: lane for lane in table(frame, "lanes") if lane["region"] == name}
    way_cost = route["cost_minor"] + lanes[location]["landed_cost_minor"]
    direct = lanes.get(source)
    straight = f"; {money(frame, direct['landed_cost_minor'])} straight from {places[source]}" if direct else ""
    earned = margin(skus(frame)[sku], way_cost)
    saved = max(0, direct["landed_cost_minor"] - way_cost) if direct else earned
    goods.shipped[source, sku] = goods.shipped.get((source, sku), 0) + units
    goods.claims[sku] = goods.claims.get(sku, 0) - (0 if goods.in_transit else units)
    waits = (
        "It sells on while they travel."
        if goods.in_transit
        else f"They leave the flexible pool until they arrive, for {name} then."
    )
    soon = sum(pace(row) for row in parts)
    minutes = here["available"] / soon if soon else minutes_left(frame)
    return {
        "kind": "action",
        "sku": sku,
        "region": name,
        "what": f"Ship {units} {title} from {places[source]} to {places[location]} by {route['mode']}, "
        f"{route['hours']:g} h",
        "why": f"{places[location]} has {here['available']} {title} left of "
        f"{here['available'] + here['committed']}, enough for {minutes:.0f} minutes at {soon:.1f} per minute.",
        "effect": f"{units} arrive in {route['hours']:g} h at a landed cost of {money(frame, way_cost)} "
        f"each{straight}. {waits}",
        "helps_minutes": minutes or None,
        "cost_minor": round(units * saved),
        "commands": [
            {
                "type": "start_shipment",
                "shipment": f"restock:{location}:{sku[:120]}:{frame['seq']}",
                "from_location": source,
                "to_location": location,
                "lines": [{"sku": sku, "quantity": units}],
                "eta": micros(frame["at"]) + round(route["hours"] * 60 * MINUTE),
                "mode": route["mode"],
                "pool": "flexible",
                "arrive_pool": f"region/{name}",
            }
        ],
    }
