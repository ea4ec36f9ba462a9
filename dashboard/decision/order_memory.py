"""What a show remembers of its orders and shipments: who bought what from where, who waits, what hands promised.

A part of `state.Show`, which is the fold of all the rest as well.
"""

from dashboard.decision import events as e, ledger as book
from dashboard.decision.holdings import Order, serve, take
from dashboard.decision.records import Shipment
from dashboard.decision.world import Micros

DAY = 86_400_000_000


class OrderMemory:
    """Orders, shipments, what waits for goods on the way, and the hands of the buildings."""

    def _begin_orders(self, opened: e.ShowOpened) -> None:
        self.orders: dict[tuple[str, str], Order] = {}
        self.viewers: dict[str, int] = {}
        """Channel -> viewers it was last heard to have: told with the next order, and of no weight in any decision."""
        self.announced: dict[tuple[str, str], Micros] = {}
        """(channel, order) -> since when an order is known whose lines are pending."""
        self.shipments: dict[str, Shipment] = {}
        self.waiting: dict[str, list[tuple[str, str, int]]] = {}
        """SKU -> (channel, order, units) sold from goods on the way, first sold first served."""
        self.hands = {
            book.available_at(place.location): place.location
            for place in opened.locations
            if place.handling_per_day is not None
        }
        """Goods account -> location, where hands are limited."""
        self.handled: dict[tuple[str, int], int] = {}
        """(location, day) -> units promised to its hands that day."""

    def announce(self, event: e.OrderAnnounced, seq: int, at: Micros) -> None:
        self.announced[(event.channel, event.order)] = at

    def place(self, event: e.OrderPlaced, seq: int, at: Micros) -> None:
        if self.announced:
            self.announced.pop((event.channel, event.order), None)
        order = Order(event.country, event.currency, event.moves, event.lines)
        self.orders[(event.channel, event.order)] = order
        if event.viewers is not None:
            self.viewers[event.channel] = event.viewers
        if event.presold:
            for holding in order.held():
                if not holding.location:
                    self.waiting.setdefault(holding.sku, []).append((event.channel, event.order, holding.open))
        if self.hands:
            for move in event.moves:
                location = self.hands.get(move.source)
                if location is not None:
                    key = (location, at // DAY)
                    self.handled[key] = self.handled.get(key, 0) + move.quantity

    def cancel(self, event: e.OrderCancelled, seq: int, at: Micros) -> None:
        self.announced.pop((event.channel, event.order), None)
        order = self.orders.get((event.channel, event.order))
        if order is None:
            return
        for line in event.lines:
            for holding, units in take(order.held(), line.sku, line.quantity):
                holding.open -= units
                if not holding.location:
                    self._forget_waiting(line.sku, event.channel, event.order, units)

    def _forget_waiting(self, sku: str, channel: str, order: str, units: int) -> None:
        kept: list[tuple[str, str, int]] = []
        for entry in self.waiting.get(sku, ()):
            if entry[:2] == (channel, order) and units:
                gone = min(units, entry[2])
                units -= gone
                entry = (channel, order, entry[2] - gone)
            if entry[2]:
                kept.append(entry)
        self.waiting[sku] = kept

    def ship(self, event: e.OrderShipped, seq: int, at: Micros) -> None:
        order = self.orders[(event.channel, event.order)]
        for line in event.lines:
            for holding, units in take(order.held(), line.sku, line.quantity, lying=True):
                holding.open -= units
                holding.shipped += units

    def come_back(self, event: e.OrderReturned, seq: int, at: Micros) -> None:
        order = self.orders[(event.channel, event.order)]
        for line in event.lines:
            left = line.quantity
            for holding in order.held():
                if holding.sku == line.sku and left:
                    units = min(left, holding.shipped)
                    holding.shipped -= units
                    left -= units

    def start(self, event: e.ShipmentStarted, seq: int, at: Micros) -> None:
        out: dict[str, int] = {}
        for line in event.lines:
            out[line.sku] = out.get(line.sku, 0) + line.quantity
        self.shipments[event.shipment] = Shipment(
            event.from_location, event.to_location, event.arrive_pool, out, event.eta
        )

    def arrive(self, event: e.ShipmentArrived, seq: int, at: Micros) -> None:
        shipment = self.shipments[event.shipment]
        for line in (*event.lines, *event.lost):
            shipment.out[line.sku] -= line.quantity
        if event.closed:
            shipment.state = "arrived"
        for line in event.served:
            self._serve_waiting(line.sku, line.quantity, shipment.to_location)

    def _serve_waiting(self, sku: str, units: int, location: str) -> None:
        """Give arrived units to those who bought them while on the way, first sold first served."""
        queue = self.waiting.get(sku, [])
        while units and queue:
            channel, name, wanted = queue.pop(0)
            given = min(units, wanted)
            units -= given
            order = self.orders[(channel, name)]
            order.holdings = serve(order.held(), sku, given, location)
            if wanted > given:
                queue.insert(0, (channel, name, wanted - given))
