"""A second, deliberately simple model of the stock, which shares no code with the decision.

It reads events as a stranger would read the journal's `data` column: the type's name and plain JSON. Every unit is an
object of its own that lies in exactly one drawer per book, so a unit cannot be in two places and a drawer cannot hold
less than nothing. After each event the invariants of the ledger are checked by counting.
"""

from collections import Counter, defaultdict
from itertools import count
from typing import Any

from tests.decision.naive_moves import demand
from tests.decision.naive_worth import Appraiser

DAY = 86_400_000_000
ENDLESS = ("issued", "supplier")
UNSOLD = ("flexible", "region/", "temporary/", "channel/", "cover/")


class Auditor(Appraiser):
    """One show, unit by unit."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False
        self.serial = count(1)
        self.orders: dict[tuple[str, str], dict[str, Counter[str]]] = {}
        """(channel, order) -> SKU -> units ordered, cancelled, shipped, returned."""
        self.on_the_way: dict[str, Counter[str]] = {}
        self.limits: dict[tuple[str, str], int] = {}
        self.hands: Counter[tuple[str, int]] = Counter()
        self.pools = {"flexible"}
        """Pools that are open."""
        self.sellers: dict[str, list[str]] = {}
        """Temporary pool -> the channels that may sell from it."""

    def take(self, seq: int, at: int, type: str, data: dict[str, Any]) -> None:
        """Follow one event and check everything."""
        if type == "show_opened":
            self.opened = data
            self.pools |= {f"region/{row['region']}" for row in data.get("regions", [])}
        if type == "pool_opened":
            demand(data["pool"] not in self.pools, f"{data['pool']} opened twice")
            self.pools.add(data["pool"])
            self.sellers[data["pool"]] = data.get("channels", [])
        before = {key: len(units) for key, units in self.drawers.items()}
        moves = data.get("moves", [])
        for move in moves:
            self.move(*move)
        follow = getattr(self, type, None)
        if follow:
            follow(seq, at, data, moves)
        for sku in {move[0] for move in moves}:
            self.check(sku)
        if not moves:
            demand(before == {key: len(units) for key, units in self.drawers.items()}, f"{type} moved units unsaid")

    def move(self, sku: str, book: str, source: str, target: str, quantity: int) -> None:
        """Carry units, one by one, from a drawer to another."""
        demand(quantity > 0, f"a move of {quantity} units")
        demand(source != target, f"a move from {source} to itself")
        if book == "claims" and target.split("/")[0] in ("flexible", "region", "temporary"):
            demand(target in self.pools, f"units went into {target}, which is closed")
        for _ in range(quantity):
            if source in ENDLESS:
                unit = next(self.serial)
            else:
                demand(bool(self.drawers[book, sku, source]), f"{source} of {book} has no {sku} left to give")
                unit = self.drawers[book, sku, source].pop()
            if target not in ENDLESS:
                self.drawers[book, sku, target].append(unit)

    def held(self, book: str, sku: str, *starts: str, ending: str = "") -> int:
        """Count the units of a SKU in the drawers whose name starts (and ends) so."""
        return sum(
            len(units)
            for (in_book, of_sku, account), units in self.drawers.items()
            if (in_book, of_sku) == (book, sku) and account.startswith(starts) and account.endswith(ending)
        )

    def in_buildings(self, sku: str, state: str) -> int:
        """Count the units of a SKU that lie in some building in this state."""
        return sum(len(self.drawers["goods", sku, f"{place['location']}/{state}"]) for place in self.places())

    def places(self) -> list[dict[str, Any]]:
        """The buildings of the show."""
        return self.opened.get("locations", [])

    def check(self, sku: str) -> None:
        """The invariants of the ledger, for one SKU."""
        for book in ("claims", "goods"):
            units = [unit for key, drawer in self.drawers.items() if key[:2] == (book, sku) for unit in drawer]
            demand(len(units) == len(set(units)), f"a unit of {sku} is in two drawers of {book}")
        unsold = self.held("claims", sku, *UNSOLD)
        promised = self.held("claims", sku, "committed/")
        available, reserved = self.in_buildings(sku, "available"), self.in_buildings(sku, "committed")
        transit = self.held("goods", sku, "transit/")
        if self.opened.get("sells_in_transit"):
            presold = promised - reserved
            demand(0 <= presold <= transit, f"{presold} {sku} are sold ahead of arrival, {transit} are in transit")
            demand(unsold == available + transit - presold, f"{unsold} claims on {available}+{transit}-{presold} {sku}")
        else:
            demand(unsold == available, f"{unsold} unsold claims on {sku} against {available} available")
            demand(promised == reserved, f"{promised} claims on {sku} committed against {reserved} goods")
        self.check_orders(sku)

    def check_orders(self, sku: str) -> None:
        """Every ordered unit that was not cancelled or returned exists once, on its channel."""
        wanted: Counter[str] = Counter()
        for (channel, _), lines in self.orders.items():
            units = lines.get(sku, Counter())
            wanted[channel] += units["ordered"] - units["cancelled"] - units["returned"]
        for channel in (row["channel"] for row in self.opened.get("channels", [])):
            there = sum(len(self.drawers["claims", sku, f"{kind}/{channel}"]) for kind in ("committed", "shipped"))
            demand(there == wanted[channel], f"{channel} sold {wanted[channel]} {sku}, its accounts hold {there}")

    def order_placed(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """An order is new, within its limit, whole, and within the hands of the buildings unless it says so."""
        key = data["channel"], data["order"]
        demand(not self.closed, "an order after the close")
        demand(key not in self.orders, f"order {key} was placed twice")
        lines: dict[str, Counter[str]] = defaultdict(Counter)
        for line in data["lines"]:
            lines[line["sku"]]["ordered"] += line["quantity"]
        self.orders[key] = dict(lines)
        goods: Counter[str] = Counter()
        region = next(row["region"] for row in self.opened["channels"] if row["channel"] == data["channel"])
        serving = {lane["location"] for lane in self.opened.get("lanes", []) if lane["region"] == region}
        for sku, book, source, _, quantity in moves:
            if book == "goods":
                goods[sku] += quantity
                place = source.removesuffix("/available")
                demand(place in serving, f"{place} does not serve {region}")
                self.hands[place, at // DAY] += quantity
        for sku, units in lines.items():
            limit = self.limits.get((sku, region), units["ordered"])
            within = units["ordered"] <= limit or data.get("sold", False)
            demand(within, f"{units['ordered']} {sku} were sold over the limit of {limit}")
            claimed = sum(move[4] for move in moves if move[0] == sku and move[1] == "claims")
            demand(claimed == units["ordered"], f"{claimed} of {units['ordered']} {sku} were drawn")
        self.appraise(data, moves)
        presold = sum(units["ordered"] for units in lines.values()) - goods.total()
        demand(
            presold == data.get("presold", 0), f"{presold} units lack goods, the order says {data.get('presold', 0)}"
        )
        if not data.get("over_capacity", False):
            for place in self.places():
                most = place.get("handling_per_day")
                done = self.hands[place["location"], at // DAY]
                touched = any(move[2].startswith(f"{place['location']}/") for move in moves)
                demand(
                    most is None or not touched or done <= most, f"{place['location']} has hands for {most}, not {done}"
                )

    def order_cancelled(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """No more units are cancelled than are open."""
        self.follow(data, "cancelled")

    def order_shipped(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """No more units are shipped than are open."""
        self.follow(data, "shipped")

    def order_returned(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """No more units come back than were shipped."""
        self.follow(data, "returned")

    def follow(self, data: dict[str, Any], what: str) -> None:
        """Count what becomes of an order's units."""
        for line in data["lines"]:
            units = self.orders[data["channel"], data["order"]][line["sku"]]
            units[what] += line["quantity"]
            demand(units["ordered"] >= units["cancelled"] + units["shipped"], f"{data['order']} gave more than it had")
            demand(units["shipped"] >= units["returned"], f"{data['order']} returned more than was shipped")

    def shipment_started(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """A shipment is new, and what leaves is what its lines say."""
        demand(data["shipment"] not in self.on_the_way, f"shipment {data['shipment']} started twice")
        said: Counter[str] = Counter()
        for line in data["lines"]:
            said[line["sku"]] += line["quantity"]
        self.on_the_way[data["shipment"]] = said

    def shipment_arrived(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """What arrives or is lost was on the way; a closed shipment has nothing left."""
        out = self.on_the_way[data["shipment"]]
        for line in (*data.get("lines", []), *data.get("lost", [])):
            out[line["sku"]] -= line["quantity"]
            demand(out[line["sku"]] >= 0, f"more {line['sku']} arrived than were sent")
        demand(
            data.get("closed", False) == (out.total() == 0), f"{out.total()} units out, closed: {data.get('closed')}"
        )
        for sku, units in out.items():
            held = len(self.drawers["goods", sku, f"transit/{data['shipment']}"])
            demand(held == units, f"{held} {sku} in transit, {units} expected")

    def pool_closed(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """It is empty, and stays so."""
        self.pools.remove(data["pool"])
        left = sum(len(units) for (_, _, account), units in self.drawers.items() if account == data["pool"])
        demand(left == 0, f"{data['pool']} closed with {left} units in it")

    def exposed(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """A channel lists units of its region, or of a pool that was opened for it."""
        region = next(row["region"] for row in self.opened["channels"] if row["channel"] == data["channel"])
        for _, _, source, target, _ in moves:
            own = source == f"region/{region}" or data["channel"] in self.sellers.get(source, ())
            demand(own and target == f"channel/{data['channel']}", f"{data['channel']} lists units of {source}")

    def limit_set(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """From now on no order is over it; the shops of the region are told."""
        self.owe(seq, data["region"])
        if data["units_per_order"] is None:
            self.limits.pop((data["sku"], data["region"]), None)
        else:
            self.limits[data["sku"], data["region"]] = data["units_per_order"]

    def show_closed(self, seq: int, at: int, data: dict[str, Any], moves: list[Any]) -> None:
        """No order comes after this."""
        self.closed = True
