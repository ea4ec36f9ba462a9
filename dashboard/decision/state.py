"""What the room remembers to decide: the fold of one show's events.

`Show.apply` is the only place where remembered facts change, and it is the same for an event decided a moment
ago and for one read back from the journal, so a restart remembers exactly what the running room knew. It never
refuses: an event has happened. Nothing here reads a clock; times come with the events.
"""

from collections.abc import Callable
from copy import copy

import msgspec

from dashboard.decision import events as e, ledger as book, line_memory
from dashboard.decision.commands import Channel, Lane, Location, Micros, Region, Sku, Tuning
from dashboard.decision.errands import TERMS, Standing, Term, errands_of, key_of
from dashboard.decision.ledger import Ledger
from dashboard.decision.order_memory import DAY as DAY, OrderMemory
from dashboard.decision.records import (
    Coupon as Coupon,
    Loan as Loan,
    Proposal as Proposal,
    Reallocation as Reallocation,
    Request as Request,
    Selling as Selling,
    Shipment as Shipment,
)

CODES_ENDED = 3
"""A coupon ends so many earlier codes on the same SKU and region."""
KIND_RANK = {"forward": 0, "border": 1, "bonded": 2, "central": 3, "origin": 4}


class Show(OrderMemory):
    """One show as the deciders see it."""

    def __init__(self, opened: e.ShowOpened) -> None:
        self.opened = opened
        self.state = "open"
        self.ledger = Ledger()
        self.skus: dict[str, Sku] = {sku.sku: sku for sku in opened.skus}
        self.locations: dict[str, Location] = {place.location: place for place in opened.locations}
        self.regions: dict[str, Region] = {region.region: region for region in opened.regions}
        self.channels: dict[str, Channel] = {channel.channel: channel for channel in opened.channels}
        self.listings = book.listings_of(opened.channels, opened.regions)
        """Region -> the claims accounts of what its channels list or withhold."""
        self.selling = {channel.channel: self._selling(channel) for channel in opened.channels}
        self.serving = {region: self._serving(region) for region in self.regions}
        self.reach = {region: tuple(lane[0] for lane in lanes) for region, lanes in self.serving.items()}
        """Region -> the locations that serve it."""
        self.contested = self._contested()
        self._begin_orders(opened)
        self._begin_pools()
        self._begin_terms()
        self.alerts: dict[str, str] = {}
        self.proposals: dict[str, Proposal] = {}
        self.lines: dict[str, str] = {}
        self.autonomy: dict[str, str] = {}

    def _begin_pools(self) -> None:
        self.guests: dict[str, tuple[str, ...]] = {}
        """Open temporary pool -> channels that sell from it."""
        self.requests: dict[str, Request] = {}
        """Open requests for units that channels list."""
        self.loans: dict[str, Loan] = {}
        self.replenishments: set[str] = set()
        self.announced_guests: set[str] = set()
        self.transfers: dict[str, int] = {}
        """Request -> seq of the first move made for it: what comes later adds to that one."""
        self.reallocations: dict[int, Reallocation] = {}

    def _begin_terms(self) -> None:
        self.limits: dict[tuple[str, str], int] = {}
        self.prices: dict[tuple[str, str], int] = {}
        self.coupons: dict[tuple[str, str], Coupon] = {}
        self.safety: dict[tuple[str, str], int] = {}
        self.splits: dict[tuple[str, str], int] = {}
        """(channel, SKU) -> percent by which its expected sales are weighed."""
        self.errands: dict[tuple[int, str], str] = {}
        """(seq of the terms, channel) -> open, pushed, by_hand, done or failed."""
        self.terms: dict[int, Standing] = {}
        """Seq -> terms that no later ones about the same replaced; the errands of replaced ones are needless."""
        self._newest: dict[tuple[str, ...], int] = {}
        self.on_screen = ""
        self.pushed = False
        """Whether the host is pushing what is on screen."""
        self.bids: dict[str, int] = {}
        """SKU -> minor units a sale has to earn to get a flexible unit."""
        self.shared: set[str] = set()
        """SKUs whose listings may overlap."""
        self.once_shared: set[str] = set()
        """SKUs whose listings may overlap or could before: after a restart some may still."""
        self.tuning: Tuning | None = None

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
            holds=(accounts["region"], *self.listings[channel.region]),
            fee_per_mille=channel.fee_per_mille,
            landed_minor=book.landed_minor(self.opened.lanes, channel.region),
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

    def _contested(self) -> dict[str, frozenset[str]]:
        """Region -> its locations that another region needs more: some of its own are out of that one's reach.

        Only there does it matter which location an order takes; a region without such a location is left out.
        """
        reach = {region: set(locations) for region, locations in self.reach.items()}
        found: dict[str, frozenset[str]] = {}
        for region, mine in reach.items():
            shared = {
                location
                for other, theirs in reach.items()
                if other != region and not mine <= theirs
                for location in mine & theirs
            }
            if shared:
                found[region] = frozenset(shared)
        return found

    def twin(self) -> "Show":
        """A copy to try commands on; what orders remember is shared, so no order and no arrival may be tried."""
        trial = copy(self)
        trial.ledger = self.ledger.twin()
        for name in _COPIED:
            setattr(trial, name, dict(getattr(self, name)))
        replace = msgspec.structs.replace
        trial.reallocations = {seq: replace(entry) for seq, entry in self.reallocations.items()}
        trial.requests = {name: replace(request) for name, request in self.requests.items()}
        trial.loans = {name: replace(loan) for name, loan in self.loans.items()}
        for name in ("replenishments", "announced_guests", "shared", "once_shared"):
            setattr(trial, name, set(getattr(self, name)))
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

    def listed(self, sku: str, pool: str) -> int:
        """Units of a region that its channels hold unsold, exposure and cover; no other pool lists any."""
        kind, _, region = pool.partition("/")
        if kind != "region":
            return 0
        accounts = self.ledger.claims.get(sku, {})
        return sum(accounts.get(account, 0) for account in self.listings[region])

    def asked_back(self, sku: str, pool: str) -> int:
        """Units of a pool that open requests still wait for."""
        wanted = (one for one in self.requests.values() if one.sku == sku and one.from_pool == pool)
        return sum(request.missing() for request in wanted)

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

    def _reallocate(self, event: e.Reallocated, seq: int, at: Micros) -> None:
        first = self._part_of(event.request, event.quantity)
        if first is None:
            self.reallocations[seq] = Reallocation(event.sku, event.from_pool, event.to_pool, event.quantity)
            self._first_part(event.request, seq)
        else:
            self.reallocations[first].quantity += event.quantity

    def _part_of(self, request: str, units: int) -> int | None:
        """Note that units came for a request; the seq of the move they add to, if it is not the first."""
        if not request:
            return None
        waiting = self.requests.get(request)
        if waiting is not None:
            waiting.moved += units
            if not waiting.missing():
                del self.requests[request]
        return self.transfers.get(request)

    def _first_part(self, request: str, seq: int) -> None:
        if request:
            self.transfers[request] = seq

    def _undo(self, event: e.Undone, seq: int, at: Micros) -> None:
        step, back = self.reallocations.get(event.undoes), True
        while step is not None:
            step.returned += event.quantity if back else -event.quantity
            step, back = self.undone_by(step), not back
        first = self._part_of(event.request, event.quantity)
        if first is None:
            entry = Reallocation(event.sku, event.from_pool, event.to_pool, event.quantity, undoes=event.undoes)
            self.reallocations[seq] = entry
            self._first_part(event.request, seq)
        else:
            self.reallocations[first].quantity += event.quantity

    def _request(self, event: e.UnitsRequested, seq: int, at: Micros) -> None:
        self.requests[event.request] = Request(
            event.sku, event.from_pool, event.to_pool, event.quantity, event.expires, event.undoes, event.loan
        )
        loan = self.loans.get(event.loan)
        if loan is not None and event.from_pool == loan.to_pool:
            loan.state = "returning"

    def _end_request(self, event: e.RequestEnded, seq: int, at: Micros) -> None:
        request = self.requests.pop(event.request)
        loan = self.loans.get(request.loan)
        if loan is not None and loan.state == "returning":
            loan.state = "lent"

    def _lend(self, event: e.UnitsLent, seq: int, at: Micros) -> None:
        loan = self.loans.get(event.loan)
        if loan is None:
            self.loans[event.loan] = Loan(event.sku, event.from_pool, event.to_pool, event.quantity, event.returns_at)
        else:
            loan.quantity += event.quantity
        self._part_of(event.request, event.quantity)

    def _return_loan(self, event: e.LoanReturned, seq: int, at: Micros) -> None:
        loan = self.loans[event.loan]
        loan.returned += event.quantity
        self._part_of(event.request, event.quantity)
        if event.closed:
            loan.state = "returned"

    def undone_by(self, entry: Reallocation) -> Reallocation | None:
        """The move that an undo took back, if it is one."""
        return None if entry.undoes is None else self.reallocations[entry.undoes]

    def _send_errands(self, event: Term, seq: int) -> None:
        key = key_of(event)
        before = self.terms.pop(self._newest.get(key, 0), None)
        ended: tuple[str, ...] = ()
        if isinstance(event, e.CouponSet) and before is not None and isinstance(before.event, e.CouponSet):
            ended = tuple(code for code in (*before.ended, before.event.code) if code != event.code)[-CODES_ENDED:]
        self.terms[seq], self._newest[key] = Standing(event, ended), seq
        for channel in errands_of(self.opened, event):
            self.errands[(seq, channel)] = "open"

    def _limit(self, event: e.LimitSet, seq: int, at: Micros) -> None:
        if event.units_per_order is None:
            self.limits.pop((event.sku, event.region), None)
        else:
            self.limits[(event.sku, event.region)] = event.units_per_order

    def _list(self, event: e.ListingModeSet, seq: int, at: Micros) -> None:
        self.once_shared.add(event.sku)
        (self.shared.add if event.mode == "shared" else self.shared.discard)(event.sku)

    def _screen(self, event: e.OnScreenSet, seq: int, at: Micros) -> None:
        self.on_screen, self.pushed = event.sku, event.push and bool(event.sku)

    def _coupon(self, event: e.CouponSet, seq: int, at: Micros) -> None:
        self.coupons.pop((event.sku, event.region), None)
        if event.percent:
            self.coupons[(event.sku, event.region)] = Coupon(event.code, event.percent, event.expires)

    def _safety(self, event: e.SafetySet, seq: int, at: Micros) -> None:
        if event.units is None:
            self.safety.pop((event.sku, event.region), None)
        else:
            self.safety[(event.sku, event.region)] = event.units

    def _propose(self, event: e.ActionProposed, seq: int, at: Micros) -> None:
        self.proposals[event.proposal] = Proposal(event.commands, event.decide_by)

    def _withdraw(self, event: e.ActionWithdrawn, seq: int, at: Micros) -> None:
        if self.proposals[event.proposal].state == "open":
            self._settle(event.proposal, "withdrawn")

    def _settle(self, proposal: str, state: str) -> None:
        self.proposals[proposal].state = state
        self.proposals[proposal].commands = ()


_COPIED = (
    "shipments", "guests", "limits", "prices", "coupons", "alerts", "lines", "autonomy", "safety", "splits", "errands",
    "transfers", "terms", "_newest",
)  # fmt: skip
"""What a trial copy needs its own of."""

Remember = Callable[[Show, e.Event, int, Micros], None]

_REMEMBER: dict[type[e.Event], Callable[..., object]] = {
    e.ShowClosed: lambda show, event, seq, at: setattr(show, "state", "closed"),
    e.OrderAnnounced: OrderMemory.announce,
    e.OrderPlaced: OrderMemory.place,
    e.OrderCancelled: OrderMemory.cancel,
    e.OrderShipped: OrderMemory.ship,
    e.OrderReturned: OrderMemory.come_back,
    e.ShipmentStarted: OrderMemory.start,
    e.ShipmentArrived: OrderMemory.arrive,
    e.Reallocated: Show._reallocate,
    e.Undone: Show._undo,
    e.PoolOpened: lambda show, event, seq, at: show.guests.__setitem__(event.pool, event.channels),
    e.PoolClosed: lambda show, event, seq, at: show.guests.pop(event.pool, None),
    e.LimitSet: Show._limit,
    e.PriceSet: lambda show, event, seq, at: show.prices.__setitem__((event.sku, event.channel), event.price_minor),
    e.CouponSet: Show._coupon,
    e.SafetySet: Show._safety,
    e.SplitSet: lambda show, event, seq, at: show.splits.__setitem__((event.channel, event.sku), event.percent),
    e.UnitsRequested: Show._request,
    e.RequestEnded: Show._end_request,
    e.UnitsLent: Show._lend,
    e.LoanReturned: Show._return_loan,
    e.ReplenishmentRequested: lambda show, event, seq, at: show.replenishments.add(event.replenishment),
    e.GuestAnnounced: lambda show, event, seq, at: show.announced_guests.add(event.guest),
    e.ErrandReported: lambda show, event, seq, at: show.errands.__setitem__((event.term, event.channel), event.outcome),
    e.OnScreenSet: Show._screen,
    e.ListingModeSet: Show._list,
    e.AllocationRecorded: lambda show, event, seq, at: setattr(show, "bids", event.bids),
    e.ForecastAdopted: lambda show, event, seq, at: setattr(show, "tuning", event.tuning),
    e.AlertRaised: lambda show, event, seq, at: show.alerts.__setitem__(event.alert, "open"),
    e.AlertAcknowledged: lambda show, event, seq, at: show.alerts.__setitem__(event.alert, "acknowledged"),
    e.AlertResolved: lambda show, event, seq, at: show.alerts.__setitem__(event.alert, "resolved"),
    e.ActionProposed: Show._propose,
    e.ActionApproved: lambda show, event, seq, at: show._settle(event.proposal, "approved"),
    e.ActionDismissed: lambda show, event, seq, at: show._settle(event.proposal, "dismissed"),
    e.ActionWithdrawn: Show._withdraw,
    e.AutonomySet: lambda show, event, seq, at: show.autonomy.__setitem__(event.rule, event.level),
    e.LinePublished: lambda show, event, seq, at: line_memory.follow(show.lines, event),
    e.LineRetracted: lambda show, event, seq, at: line_memory.follow(show.lines, event),
    e.LineSaid: lambda show, event, seq, at: line_memory.follow(show.lines, event),
}


def _with_errands(remember: Callable[..., object] | None) -> Callable[..., object]:
    """Remember terms, and the errands they cause; no other event pays for looking."""

    def both(show: Show, event: Term, seq: int, at: Micros) -> None:
        if remember:
            remember(show, event, seq, at)
        show._send_errands(event, seq)

    return both


_REMEMBER.update({kind: _with_errands(_REMEMBER.get(kind)) for kind in TERMS})
