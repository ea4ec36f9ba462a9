"""What was asked, told from what happened: for every kind of event the command that causes it.

    the command's first event, and those that followed it  ->  TABLE  ->  the command as it must have been

Most events repeat what was asked, field by field, and are copied by name (`COPIED`). The others (`TOLD`) say it in
their moves, or by what came with them: units that moved at once and units asked back were one wish; an event that names
a request was a fulfilment, unless the request was born with it; a pool that gave up claims is where they came from. An
order keeps the price its buyer paid, and the viewers it was sold amid.

What a person's preview demanded (`seen_seq`, `keeps`, `shown_units`) is in no event: it was true, so it is left out. So
is what made no difference, such as `recall` where all units were free, or `final` where what is lost is named.
"""

from collections.abc import Callable
from typing import Any

from dashboard.decision import commands as c, events as e, ledger as book
from dashboard.journal.store import Stored

Events = tuple[e.Event, ...]
Teller = Callable[[Stored, Any, Events], c.Command]

BASE = frozenset(c.Command.__struct_fields__)

COPIED: dict[type[e.Event], type[c.Command]] = {
    e.ShowOpened: c.OpenShow,
    e.ShowClosed: c.CloseShow,
    e.GoodsReceived: c.ReceiveGoods,
    e.GoodsAdjusted: c.AdjustGoods,
    e.GoodsQuarantined: c.QuarantineGoods,
    e.GoodsReleased: c.ReleaseGoods,
    e.ShipmentArrived: c.ArriveShipment,
    e.ClaimsIssued: c.IssueClaims,
    e.ReplenishmentRequested: c.RequestReplenishment,
    e.SafetySet: c.SetSafety,
    e.OrderAnnounced: c.AnnounceOrder,
    e.OrderShipped: c.ShipOrder,
    e.OrderReturned: c.ReturnOrder,
    e.Exposed: c.Expose,
    e.Recalled: c.Recall,
    e.Withheld: c.Withhold,
    e.CoverReleased: c.ReleaseCover,
    e.LimitSet: c.SetLimit,
    e.PriceSet: c.SetPrice,
    e.CouponSet: c.SetCoupon,
    e.BundleSet: c.SetBundle,
    e.OnScreenSet: c.SetOnScreen,
    e.SplitSet: c.SetSplit,
    e.ListingModeSet: c.SetListingMode,
    e.ErrandReported: c.ReportErrand,
    e.AlertRaised: c.RaiseAlert,
    e.AlertAcknowledged: c.AcknowledgeAlert,
    e.AlertResolved: c.ResolveAlert,
    e.ActionProposed: c.ProposeAction,
    e.ActionApproved: c.ApproveAction,
    e.ActionDismissed: c.DismissAction,
    e.ActionWithdrawn: c.WithdrawAction,
    e.AutonomySet: c.SetAutonomy,
    e.ParameterSet: c.SetParameter,
    e.GuestAnnounced: c.AnnounceGuest,
    e.LinePublished: c.PublishLine,
    e.LineRetracted: c.RetractLine,
    e.LineSaid: c.SayLine,
    e.SpeechSet: c.SetSpeech,
    e.LevelReported: c.ReportLevel,
    e.NoteAdded: c.AddNote,
    e.ForecastAdopted: c.AdoptForecast,
    e.AllocationRecorded: c.RecordAllocation,
}
"""Event -> the command that says the same in the same words."""


def _base(stored: Stored, event: e.Event) -> dict[str, Any]:
    """What every command carries."""
    return {
        "id": stored.id,
        "show": stored.show,
        "actor": stored.actor,
        "source": stored.source,
        "event_time": stored.event_time,
        "reason": event.reason,
    }


def _copier(event_type: type[e.Event], command_type: type[c.Command]) -> Teller:
    """Copy what event and command both say."""
    shared = [name for name in command_type.__struct_fields__ if name in event_type.__struct_fields__]
    names = tuple(name for name in shared if name not in BASE)

    def copy(stored: Stored, event: e.Event, events: Events) -> c.Command:
        return command_type(**_base(stored, event), **{name: getattr(event, name) for name in names})

    return copy


def _order(stored: Stored, event: e.OrderPlaced, events: Events) -> c.Command:
    """An order, at the price its buyer paid."""
    order = c.OrderLine
    return c.PlaceOrder(
        id=stored.id,
        show=stored.show,
        actor=stored.actor,
        source=stored.source,
        event_time=stored.event_time,
        reason=event.reason,
        channel=event.channel,
        order=event.order,
        lines=tuple([order(line.sku, line.quantity, line.price_minor) for line in event.lines]),
        country=event.country,
        currency=event.currency,
        buyer=event.buyer,
        sold=event.sold,
        viewers=event.viewers,
    )


def _cancel(stored: Stored, event: e.OrderCancelled, events: Events) -> c.Command:
    """A cancellation; where all units went to one account, the platform is taken to have said so."""
    homes = {move.target for move in event.moves if move.book == book.CLAIMS}
    home = homes.pop() if len(homes) == 1 else ""
    restocked = True if home.startswith("channel/") else False if home == book.region_pool(event.region) else None
    return c.CancelOrder(
        **_base(stored, event), order=event.order, channel=event.channel, lines=event.lines, restocked=restocked
    )


def _shipment(stored: Stored, event: e.ShipmentStarted, events: Events) -> c.Command:
    """A shipment; the pool it empties is where claims left, and of no weight where none did."""
    left = (move.source for move in event.moves if move.book == book.CLAIMS)
    return c.StartShipment(
        **_base(stored, event),
        shipment=event.shipment,
        from_location=event.from_location,
        to_location=event.to_location,
        lines=event.lines,
        eta=event.eta,
        mode=event.mode,
        pool=next(left, event.arrive_pool),
        arrive_pool=event.arrive_pool,
    )


def _name_of(pool: str) -> str:
    return pool.removeprefix("temporary/")


def _open_pool(stored: Stored, event: e.PoolOpened, events: Events) -> c.Command:
    return c.OpenPool(
        **_base(stored, event),
        name=_name_of(event.pool),
        sku=event.sku,
        quantity=event.quantity,
        from_pool=event.from_pool,
        channels=event.channels,
    )


def _close_pool(stored: Stored, event: e.PoolClosed, events: Events) -> c.Command:
    return c.ClosePool(**_base(stored, event), name=_name_of(event.pool), to_pool=event.to_pool)


def _rest(events: Events) -> e.UnitsRequested | None:
    """What a command had to ask back, if anything: it comes last."""
    last = events[-1]
    return last if isinstance(last, e.UnitsRequested) else None


def _fulfil(stored: Stored, event: Any) -> c.Command:
    return c.FulfilRequest(**_base(stored, event), request=event.request)


def _reallocate(stored: Stored, event: e.Reallocated, events: Events) -> c.Command:
    """A move: of what moved and what was asked back; one for a request that stood before only fulfils it."""
    rest = _rest(events)
    if event.request and rest is None:
        return _fulfil(stored, event)
    return c.Reallocate(
        **_base(stored, event),
        sku=event.sku,
        from_pool=event.from_pool,
        to_pool=event.to_pool,
        quantity=event.quantity + (rest.quantity if rest else 0),
        recall=rest is not None,
    )


def _undo(stored: Stored, event: e.Undone, events: Events) -> c.Command:
    rest = _rest(events)
    if event.request and rest is None:
        return _fulfil(stored, event)
    return c.Undo(**_base(stored, event), seq=event.undoes, recall=rest is not None)


def _lend(stored: Stored, event: e.UnitsLent, events: Events) -> c.Command:
    if event.request:
        return _fulfil(stored, event)
    rest = _rest(events)
    return c.LendUnits(
        **_base(stored, event),
        loan=event.loan,
        sku=event.sku,
        from_pool=event.from_pool,
        to_pool=event.to_pool,
        quantity=event.quantity + (rest.quantity if rest else 0),
        returns_at=event.returns_at,
        recall=rest is not None,
    )


def _give_back(stored: Stored, event: e.LoanReturned, events: Events) -> c.Command:
    return _fulfil(stored, event) if event.request else c.ReturnLoan(**_base(stored, event), loan=event.loan)


def _all_asked_back(stored: Stored, event: e.UnitsRequested, events: Events) -> c.Command:
    """A move or an undo that found nothing free; loans say first that they are given or returned."""
    if event.undoes is not None:
        return c.Undo(**_base(stored, event), seq=event.undoes, recall=True)
    return c.Reallocate(
        **_base(stored, event),
        sku=event.sku,
        from_pool=event.from_pool,
        to_pool=event.to_pool,
        quantity=event.quantity,
        recall=True,
    )


def _ended(stored: Stored, event: e.RequestEnded, events: Events) -> c.Command:
    """A request that ended because something else was asked, which then follows, or because that was asked."""
    for other in events:
        if not isinstance(other, e.RequestEnded):
            return TABLE[type(other)](stored, other, events)
    return c.WithdrawRequest(**_base(stored, event), request=event.request)


TOLD: dict[type[e.Event], Teller] = {
    e.OrderPlaced: _order,
    e.OrderCancelled: _cancel,
    e.ShipmentStarted: _shipment,
    e.PoolOpened: _open_pool,
    e.PoolClosed: _close_pool,
    e.Reallocated: _reallocate,
    e.Undone: _undo,
    e.UnitsLent: _lend,
    e.LoanReturned: _give_back,
    e.UnitsRequested: _all_asked_back,
    e.RequestEnded: _ended,
}
"""Event -> who tells its command, from more than its words."""

TABLE: dict[type[e.Event], Teller] = {kind: _copier(kind, asked) for kind, asked in COPIED.items()} | TOLD
"""A command's first event -> who tells the command."""
