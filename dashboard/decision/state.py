"""What the room remembers to decide: the fold of one show's events.

`Show.apply` is the only place where remembered facts change, and it is the same for an event decided a moment
ago and for one read back from the journal, so a restart remembers exactly what the running room knew. It never
refuses: an event has happened. Nothing here reads a clock; times come with the events.
"""

from collections.abc import Callable
from copy import copy

import msgspec

from dashboard.decision import events as e, ledger as book
from dashboard.decision.commands import Channel, Lane, Location, Micros, Region, Sku
from dashboard.decision.holdings import Order, serve, take
from dashboard.decision.ledger import Ledger

DAY = 86_400_000_000
KIND_RANK = {"forward": 0, "border": 1, "bonded": 2, "central": 3, "origin": 4}


class Shipment(msgspec.Struct):
    """Goods on the way: what left, what is still out."""

    from_location: str
    to_location: str
    arrive_pool: str
    out: dict[str, int]
    state: str = "in_transit"


class Reallocation(msgspec.Struct):
    """A move between pools that may be undone: `returned` units went back already."""

    sku: str
    from_pool: str
    to_pool: str
    quantity: int
    returned: int = 0
    undoes: int | None = None


class Proposal(msgspec.Struct):
    """A proposed action waiting for a yes."""

    commands: tuple[msgspec.Raw, ...]
    decide_by: Micros | None
    state: str = "open"


class Selling(msgspec.Struct, frozen=True):
    """How a channel sells: its region, the accounts it draws from in order (exposure, cover first), where sales go."""

    region: str
    exposure: str
    committed: str
    sources: tuple[str, ...]


class Show:
    """One show as the deciders see it."""

    def __init__(self, opened: e.ShowOpened) -> None:
        self.opened = opened
        self.state = "open"
        self.ledger = Ledger()
        self.skus: dict[str, Sku] = {sku.sku: sku for sku in opened.skus}
        self.locations: dict[str, Location] = {place.location: place for place in opened.locations}
        self.regions: dict[str, Region] = {region.region: region for region in opened.regions}
        self.channels: dict[str, Channel] = {channel.channel: channel for channel in opened.channels}
        self.selling = {channel.channel: self._selling(channel) for channel in opened.channels}
        self.serving = {region: self._serving(region) for region in self.regions}
        self.orders: dict[tuple[str, str], Order] = {}
        self.announced: dict[tuple[str, str], Micros] = {}
        """(channel, order) -> since when an order is known whose lines are pending."""
        self.shipments: dict[str, Shipment] = {}
        self.waiting: dict[str, list[tuple[str, str, int]]] = {}
        """SKU -> (channel, order, units) sold from goods on the way, first sold first served."""
        self.guests: dict[str, tuple[str, ...]] = {}
        """Open temporary pool -> channels that sell from it."""
        self.reallocations: dict[int, Reallocation] = {}
        self.hands = {
            book.available_at(place.location): place.location
            for place in opened.locations
            if place.handling_per_day is not None
        }
        """Goods account -> location, where hands are limited."""
        self.handled: dict[tuple[str, int], int] = {}
        """(location, day) -> units promised to its hands that day."""
        self.limits: dict[tuple[str, str], int] = {}
        self.prices: dict[tuple[str, str], int] = {}
        self.coupons: dict[tuple[str, str], str] = {}
        self.on_screen = ""
        self.alerts: dict[str, str] = {}
        self.proposals: dict[str, Proposal] = {}
        self.lines: dict[str, str] = {}
        self.autonomy: dict[str, str] = {}

    def _selling(self, channel: Channel) -> Selling:
        """Work out where a channel's orders draw from."""
        accounts = {"region": book.region_pool(channel.region), "flexible": book.FLEXIBLE}
        shop = channel.behind or channel.channel
        exposure = book.exposure_of(shop)
        return Selling(
            region=channel.region,
            exposure=exposure,
            committed=book.committed_by(channel.channel),
            sources=(
                exposure,
                book.cover_of(shop),
                *dict.fromkeys(accounts[draw] for draw in self.opened.draws if draw in accounts),
            ),
        )

    def _serving(self, region: str) -> tuple[tuple[str, str, str, int | None], ...]:
        """Order the locations that serve a region: forward before central, then cost, days, name."""

        def preference(lane: Lane) -> tuple[int, int, float, str]:
            kind = self.locations[lane.location].kind
            return KIND_RANK.get(kind, 9), lane.landed_cost_minor, lane.days, lane.location

        lanes = sorted((lane for lane in self.opened.lanes if lane.region == region), key=preference)
        return tuple(
            (
                lane.location,
                book.available_at(lane.location),
                book.committed_at(lane.location),
                self.locations[lane.location].handling_per_day,
            )
            for lane in lanes
        )

    def twin(self) -> "Show":
        """A copy to try commands on; what orders remember is shared, so no order and no arrival may be tried."""
        trial = copy(self)
        trial.ledger = self.ledger.twin()
        for name in ("shipments", "guests", "limits", "prices", "coupons", "alerts", "lines", "autonomy"):
            setattr(trial, name, dict(getattr(self, name)))
        replace = msgspec.structs.replace
        trial.reallocations = {seq: replace(entry) for seq, entry in self.reallocations.items()}
        trial.proposals = {name: replace(proposal) for name, proposal in self.proposals.items()}
        return trial

    def apply(self, event: e.Event, seq: int, at: Micros) -> None:
        """Remember an event that happened at seq, at time `at`."""
        self.ledger.apply(event.moves, seq)
        remember = _REMEMBER.get(type(event))
        if remember:
            remember(self, event, seq, at)

    def pool_exists(self, pool: str) -> bool:
        """Tell whether a pool is open: the flexible one, a region's, or a temporary one."""
        kind, _, name = pool.partition("/")
        if kind == "region":
            return name in self.regions
        return pool == book.FLEXIBLE or pool in self.guests

    def unsold(self, sku: str) -> int:
        """Claims of a SKU that nobody bought: all pools, exposures and covers."""
        sold = ("committed/", "shipped/")
        return sum(
            units
            for account, units in self.ledger.claims.get(sku, {}).items()
            if account not in (book.ISSUED, book.WITHDRAWN) and not account.startswith(sold)
        )

    def uncovered(self, sku: str) -> int:
        """Units that could be sold but that no claim covers (0 in a balanced book)."""
        goods = sum(
            units
            for account, units in self.ledger.goods.get(sku, {}).items()
            if (self.opened.sells_in_transit if account.startswith("transit/") else account.endswith("/available"))
        )
        return goods - self.presold(sku) - self.unsold(sku)

    def presold(self, sku: str) -> int:
        """Units sold that are still on the way."""
        return sum(units for _, _, units in self.waiting.get(sku, ()))

    def travelling(self, sku: str) -> int:
        """Units in transit."""
        accounts = self.ledger.goods.get(sku, {})
        return sum(units for account, units in accounts.items() if account.startswith("transit/"))

    def _announce(self, event: e.OrderAnnounced, seq: int, at: Micros) -> None:
        self.announced[(event.channel, event.order)] = at

    def _place(self, event: e.OrderPlaced, seq: int, at: Micros) -> None:
        if self.announced:
            self.announced.pop((event.channel, event.order), None)
        order = Order(event.country, event.currency, event.moves, event.lines)
        self.orders[(event.channel, event.order)] = order
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

    def _cancel(self, event: e.OrderCancelled, seq: int, at: Micros) -> None:
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

    def _ship(self, event: e.OrderShipped, seq: int, at: Micros) -> None:
        order = self.orders[(event.channel, event.order)]
        for line in event.lines:
            for holding, units in take(order.held(), line.sku, line.quantity, lying=True):
                holding.open -= units
                holding.shipped += units

    def _come_back(self, event: e.OrderReturned, seq: int, at: Micros) -> None:
        order = self.orders[(event.channel, event.order)]
        for line in event.lines:
            left = line.quantity
            for holding in order.held():
                if holding.sku == line.sku and left:
                    units = min(left, holding.shipped)
                    holding.shipped -= units
                    left -= units

    def _start(self, event: e.ShipmentStarted, seq: int, at: Micros) -> None:
        out: dict[str, int] = {}
        for line in event.lines:
            out[line.sku] = out.get(line.sku, 0) + line.quantity
        self.shipments[event.shipment] = Shipment(event.from_location, event.to_location, event.arrive_pool, out)

    def _arrive(self, event: e.ShipmentArrived, seq: int, at: Micros) -> None:
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

    def _reallocate(self, event: e.Reallocated, seq: int, at: Micros) -> None:
        self.reallocations[seq] = Reallocation(event.sku, event.from_pool, event.to_pool, event.quantity)

    def _undo(self, event: e.Undone, seq: int, at: Micros) -> None:
        step, back = self.reallocations.get(event.undoes), True
        while step is not None:
            step.returned += event.quantity if back else -event.quantity
            step, back = self.undone_by(step), not back
        entry = Reallocation(event.sku, event.from_pool, event.to_pool, event.quantity, undoes=event.undoes)
        self.reallocations[seq] = entry

    def undone_by(self, entry: Reallocation) -> Reallocation | None:
        """The move that an undo took back, if it is one."""
        return None if entry.undoes is None else self.reallocations[entry.undoes]

    def _limit(self, event: e.LimitSet, seq: int, at: Micros) -> None:
        if event.units_per_order is None:
            self.limits.pop((event.sku, event.region), None)
        else:
            self.limits[(event.sku, event.region)] = event.units_per_order

    def _propose(self, event: e.ActionProposed, seq: int, at: Micros) -> None:
        self.proposals[event.proposal] = Proposal(event.commands, event.decide_by)

    def _settle(self, proposal: str, state: str) -> None:
        self.proposals[proposal].state = state
        self.proposals[proposal].commands = ()


Remember = Callable[[Show, e.Event, int, Micros], None]

_REMEMBER: dict[type[e.Event], Callable[..., object]] = {
    e.ShowClosed: lambda show, event, seq, at: setattr(show, "state", "closed"),
    e.OrderAnnounced: Show._announce,
    e.OrderPlaced: Show._place,
    e.OrderCancelled: Show._cancel,
    e.OrderShipped: Show._ship,
    e.OrderReturned: Show._come_back,
    e.ShipmentStarted: Show._start,
    e.ShipmentArrived: Show._arrive,
    e.Reallocated: Show._reallocate,
    e.Undone: Show._undo,
    e.PoolOpened: lambda show, event, seq, at: show.guests.__setitem__(event.pool, event.channels),
    e.PoolClosed: lambda show, event, seq, at: show.guests.pop(event.pool, None),
    e.LimitSet: Show._limit,
    e.PriceSet: lambda show, event, seq, at: show.prices.__setitem__((event.sku, event.channel), event.price_minor),
    e.CouponSet: lambda show, event, seq, at: show.coupons.__setitem__((event.sku, event.region), event.code),
    e.OnScreenSet: lambda show, event, seq, at: setattr(show, "on_screen", event.sku),
    e.AlertRaised: lambda show, event, seq, at: show.alerts.__setitem__(event.alert, "open"),
    e.AlertAcknowledged: lambda show, event, seq, at: show.alerts.__setitem__(event.alert, "acknowledged"),
    e.AlertResolved: lambda show, event, seq, at: show.alerts.__setitem__(event.alert, "resolved"),
    e.ActionProposed: Show._propose,
    e.ActionApproved: lambda show, event, seq, at: show._settle(event.proposal, "approved"),
    e.ActionDismissed: lambda show, event, seq, at: show._settle(event.proposal, "dismissed"),
    e.AutonomySet: lambda show, event, seq, at: show.autonomy.__setitem__(event.rule, event.level),
    e.LinePublished: lambda show, event, seq, at: show.lines.__setitem__(event.line, "shown"),
    e.LineRetracted: lambda show, event, seq, at: show.lines.__setitem__(event.line, "retracted"),
}
