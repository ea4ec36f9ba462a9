"""The machine: one pure function from (what is known, what is asked, when) to (what happens) or (why not).

    decide(world, command, now) -> events | Refusal        asks, never changes anything
    apply(world, show_id, event, seq, at)                  remembers, never refuses

`world` is the fold of the journal. The same world, command and time give the same answer on every machine, so a
replayed journal reproduces the same bytes. No clock, no chance, no store, no screen is imported here. Approving
a proposal decides its commands one after the other on a copy of the show, each as the ones before it leave it, and
takes all of them or none; what a buyer or a building reports (orders, arrivals) is no action and cannot be proposed.
The table `DECIDERS` is the whole list of what can be asked.
"""

from collections.abc import Callable

from dashboard.decision import commands as c, events as e, guidance, lines, orders, pools, recalls, stock, talk, terms
from dashboard.decision.commands import Micros
from dashboard.decision.orders import unknown
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Show
from dashboard.decision.world import TIERS

World = dict[str, Show]
Decision = tuple[e.Event, ...] | Refusal

KINDS = ("central", "forward", "bonded", "border", "origin")
DRAWS = ("channel", "region", "flexible")


def decide(world: World, command: c.Command, now: Micros) -> Decision:
    """Answer a command with the events it causes, or with a refusal; changes nothing."""
    show = world.get(command.show)
    if type(command) is c.PlaceOrder and show is not None and show.state == "open":
        order = orders.place(show, command, now)
        return order if isinstance(order, Refusal) else (order,)
    if isinstance(command, c.OpenShow):
        if show is not None:
            return Refusal(Code.SHOW_EXISTS, f"Show {command.show} is open already; a new show needs its own name.")
        return _open(command)
    if show is None:
        return Refusal(Code.SHOW_UNKNOWN, unknown("show", command.show, world).replace("The show", "The room"))
    if show.state == "closed" and not isinstance(command, _AFTER_CLOSE):
        return Refusal(Code.SHOW_CLOSED, f"Show {command.show} is closed; only what follows up its orders goes on.")
    if isinstance(command, c.ApproveAction):
        return _approve(world, show, command, now)
    verdict = DECIDERS[type(command)](show, command, now)
    return verdict if isinstance(verdict, (Refusal, tuple)) else (verdict,)


def apply(world: World, show_id: str, event: e.Event, seq: int, at: Micros) -> None:
    """Remember an event."""
    if isinstance(event, e.ShowOpened):
        world[show_id] = Show(event)
    else:
        world[show_id].apply(event, seq, at)


def _open(command: c.OpenShow) -> Decision:
    problem = _world_problem(command)
    if problem:
        return Refusal(Code.WORLD_INCONSISTENT, problem)
    told = (name for name in e.ShowOpened.__struct_fields__ if name != "moves")
    return (e.ShowOpened(**{name: getattr(command, name) for name in told}),)


def _world_problem(world: c.OpenShow) -> str | None:
    """Say what does not fit together in a show's world, or None."""
    if world.ends_at <= world.starts_at:
        return "The show must end after it starts."
    return _names_problem(world) or _words_problem(world) or _links_problem(world)


def _names_problem(world: c.OpenShow) -> str | None:
    names = {
        "SKU": [sku.sku for sku in world.skus],
        "location": [place.location for place in world.locations],
        "region": [region.region for region in world.regions],
        "channel": [channel.channel for channel in world.channels],
    }
    for kind, given in names.items():
        if len(set(given)) != len(given):
            return f"Every {kind} needs its own name: {len(given)} given, {len(set(given))} distinct."
        for name in given:
            if not name.isprintable():
                return f"The {kind} name {name!r} holds characters nobody can print."
            if kind != "SKU" and ("/" in name or name == "transit"):
                return f"The {kind} name {name!r} cannot be used: no slash, and not 'transit'."
    return None


def _words_problem(world: c.OpenShow) -> str | None:
    words = (
        ({place.kind for place in world.locations}, KINDS),
        ({sku.tier for sku in world.skus}, TIERS),
        (set(world.draws), DRAWS),
    )
    for given, allowed in words:
        for word in sorted(given - set(allowed)):
            return f"{word!r} is not one of {', '.join(allowed)}."
    return None


def _links_problem(world: c.OpenShow) -> str | None:
    locations = {place.location for place in world.locations}
    regions = {region.region for region in world.regions}
    skus = {sku.sku for sku in world.skus}
    for lane in world.lanes:
        if lane.location not in locations or lane.region not in regions:
            return f"Lane {lane.location} -> {lane.region} names a location or region the show does not have."
    for channel in world.channels:
        if channel.region not in regions:
            return f"Channel {channel.channel} sells in {channel.region}, which is no region of the show."
    shops = {channel.channel: channel.region for channel in world.channels if not channel.behind}
    for channel in world.channels:
        if channel.behind and shops.get(channel.behind) != channel.region:
            return f"Channel {channel.channel} is behind {channel.behind}, which is no shop of region {channel.region}."
    for sku in [segment.sku for segment in world.rundown] + [line.sku for line in world.plan]:
        if sku not in skus:
            return f"The rundown or plan names SKU {sku!r}, which the show does not sell."
    return None


def _close(show: Show, command: c.CloseShow, now: Micros) -> e.Event | Refusal:
    return e.ShowClosed(reason=command.reason)


def _approve(world: World, show: Show, command: c.ApproveAction, now: Micros) -> Decision:
    """Decide a proposal's commands in a row on a copy of the show; all of them happen or none."""
    refusal = talk.open_proposal(show, command, now)
    if refusal:
        return refusal
    inner = [c.decode(raw) for raw in show.proposals[command.proposal].commands]
    if any(asked.show != command.show or isinstance(asked, _NO_ACTION) for asked in inner):
        return Refusal(Code.MALFORMED, f"Proposal {command.proposal} may not ask for that command.")
    happened: list[e.Event] = [e.ActionApproved(proposal=command.proposal, reason=command.reason)]
    trial = show.twin()
    trial.apply(happened[0], 0, now)
    for asked in inner:
        verdict = decide({**world, command.show: trial}, asked, now)
        if isinstance(verdict, Refusal):
            return verdict
        for event in verdict:
            trial.apply(event, 0, now)
            happened.append(event)
    return tuple(happened)


_NO_ACTION = (
    c.OpenShow, c.ApproveAction, c.AnnounceOrder, c.PlaceOrder, c.CancelOrder, c.ShipOrder, c.ReturnOrder,
    c.ArriveShipment, c.AdoptForecast, c.RecordAllocation,
)  # fmt: skip
"""What cannot be proposed: worlds, approvals, what is reckoned, and what others did (the trial copy shares what orders
remember)."""


_AFTER_CLOSE = (
    c.CancelOrder, c.ShipOrder, c.ReturnOrder, c.ArriveShipment, c.AcknowledgeAlert, c.ResolveAlert,
    c.DismissAction, c.WithdrawAction, c.WithdrawRequest, c.ReportErrand,
    c.RetractLine, c.SayLine, c.ReportLevel, c.AddNote, c.Recall, c.ReleaseCover,
)  # fmt: skip

DECIDERS: dict[type[c.Command], Callable[..., e.Event | tuple[e.Event, ...] | Refusal]] = {
    c.CloseShow: _close,
    c.ReceiveGoods: stock.receive,
    c.AdjustGoods: stock.adjust,
    c.QuarantineGoods: stock.quarantine,
    c.ReleaseGoods: stock.release,
    c.StartShipment: stock.start_shipment,
    c.ArriveShipment: stock.arrive_shipment,
    c.IssueClaims: stock.issue,
    c.Reallocate: pools.reallocate,
    c.OpenPool: pools.open_pool,
    c.ClosePool: pools.close_pool,
    c.Undo: pools.undo,
    c.FulfilRequest: pools.fulfil,
    c.WithdrawRequest: recalls.withdraw,
    c.LendUnits: recalls.lend,
    c.ReturnLoan: recalls.give_back,
    c.RequestReplenishment: terms.replenish,
    c.SetSafety: terms.safety,
    c.AnnounceOrder: orders.announce,
    c.PlaceOrder: orders.place,
    c.CancelOrder: orders.cancel,
    c.ShipOrder: orders.ship,
    c.ReturnOrder: orders.come_back,
    c.Expose: pools.hand_over,
    c.Recall: pools.hand_over,
    c.Withhold: pools.hand_over,
    c.ReleaseCover: pools.hand_over,
    c.SetLimit: terms.limit,
    c.SetPrice: terms.price,
    c.SetCoupon: terms.coupon,
    c.SetOnScreen: terms.on_screen,
    c.SetBundle: terms.bundle,
    c.SetSplit: terms.split,
    c.SetListingMode: guidance.listing_mode,
    c.ReportErrand: terms.errand,
    c.RaiseAlert: talk.raise_alert,
    c.AcknowledgeAlert: talk.settle_alert,
    c.ResolveAlert: talk.settle_alert,
    c.ProposeAction: talk.propose,
    c.DismissAction: talk.dismiss,
    c.WithdrawAction: talk.withdraw,
    c.SetAutonomy: talk.autonomy,
    c.SetParameter: talk.parameter,
    c.AnnounceGuest: talk.guest,
    c.PublishLine: lines.publish,
    c.RetractLine: lines.retract,
    c.SayLine: lines.say,
    c.SetSpeech: lines.speech,
    c.ReportLevel: talk.level,
    c.AddNote: talk.note,
    c.AdoptForecast: guidance.adopt,
    c.RecordAllocation: guidance.record,
}
"""What can be asked, and who decides it (OpenShow and ApproveAction are decided here)."""
