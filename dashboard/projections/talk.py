"""Alerts, proposals, limits, coupons, prices and levels: what was said and decided about the stock.

Alerts and proposals expire by themselves when the moment to act has passed; nothing is written for that, the
frame reads it off the clock it was asked for. Settled ones stay in the frame for an hour, and the newest about each
thing until its cause has gone, so that rules can tell what was tried lately and what was said once already.
"""

from typing import Any

import msgspec

from dashboard.decision import events as e

Row = dict[str, Any]
HOUR = 3_600_000_000
ALERTS_KEPT = 1000
_NOT_TERMS = ("id", "show", "actor", "source", "reason", "expires", "eta", "returns_at", "need_by")


class Alert(msgspec.Struct):
    """An alert and who took it."""

    event: e.AlertRaised
    raised_at: int
    state: str = "open"
    owner: str = ""
    settled_at: int | None = None


class Proposal(msgspec.Struct):
    """A proposal and what became of it."""

    proposal: str
    rule: str
    what: str
    why: str
    effect: str
    sku: str
    region: str
    proposed_at: int
    decide_by: int | None
    state: str = "open"
    decided_by: str = ""
    decided_at: int | None = None
    cost_minor: int = 0
    quiet: bool = False
    commands: tuple[msgspec.Raw, ...] = ()
    cleared: bool = False
    """Whether its cause has gone since: only then may its rule ask for the same again."""


class Offer(msgspec.Struct):
    """A limit (value = units per order) or a coupon (value = percent) in force."""

    sku: str
    region: str
    value: int
    since: int
    code: str = ""
    expires: int | None = None


class Talk(msgspec.Struct):
    """Everything folded that moves no stock."""

    alerts: dict[str, Alert] = {}
    proposals: dict[str, Proposal] = {}
    limits: dict[str, Offer] = {}
    coupons: dict[str, Offer] = {}
    prices: dict[str, dict[str, int]] = {}
    autonomy: dict[str, str] = {}
    parameters: dict[str, float] = {}
    on_screen: str = ""
    pushes: list[tuple[str, int]] = []


def fold(talk: Talk, event: e.Event, at: int, actor: str) -> None:
    """Follow what is said."""
    follow = _FOLLOW.get(type(event))
    if follow:
        follow(talk, event, at, actor)


def _raised(talk: Talk, event: e.AlertRaised, at: int, actor: str) -> None:
    talk.alerts[event.alert] = Alert(event, at)
    _forget(talk.alerts, at)


def _alert(talk: Talk, event: e.AlertAcknowledged | e.AlertResolved, at: int, actor: str) -> None:
    alert = talk.alerts.get(event.alert)
    if alert is None:
        return
    if isinstance(event, e.AlertAcknowledged):
        alert.state, alert.owner = "acknowledged", actor
    else:
        alert.state, alert.settled_at = "resolved", at


def _proposed(talk: Talk, event: e.ActionProposed, at: int, actor: str) -> None:
    talk.proposals[event.proposal] = Proposal(
        event.proposal, event.rule, event.what, event.why, event.effect, event.sku, event.region, at, event.decide_by,
        cost_minor=event.cost_minor, quiet=event.quiet, commands=event.commands,
    )  # fmt: skip
    newest = {_about(name): name for name in talk.proposals}
    for name, proposal in list(talk.proposals.items()):
        done = proposal.cleared or newest[_about(name)] != name
        if done and at - (proposal.decided_at or proposal.decide_by or at) > HOUR:
            del talk.proposals[name]


def _about(name: str) -> str:
    """What an alert or a proposal is about: its name without the seq it was made at."""
    return name.rpartition(":")[0]


def _withdrawn(talk: Talk, event: e.ActionWithdrawn, at: int, actor: str) -> None:
    proposal = talk.proposals.get(event.proposal)
    if proposal is None:
        return
    proposal.cleared = True
    if proposal.state == "open":
        proposal.state, proposal.decided_by, proposal.decided_at = "withdrawn", actor, at


def _decided(talk: Talk, event: e.ActionApproved | e.ActionDismissed, at: int, actor: str) -> None:
    proposal = talk.proposals.get(event.proposal)
    if proposal is not None:
        proposal.state = "approved" if isinstance(event, e.ActionApproved) else "dismissed"
        proposal.decided_by, proposal.decided_at = actor, at


def _forget(alerts: dict[str, Alert], at: int) -> None:
    for name, alert in list(alerts.items()):
        if alert.settled_at is not None and at - alert.settled_at > HOUR:
            del alerts[name]
    for name in list(alerts)[:-ALERTS_KEPT]:
        del alerts[name]


def _limit(talk: Talk, event: e.LimitSet, at: int, actor: str) -> None:
    key = f"{event.sku}\n{event.region}"
    talk.limits.pop(key, None)
    if event.units_per_order is not None:
        talk.limits[key] = Offer(event.sku, event.region, event.units_per_order, at)


def _coupon(talk: Talk, event: e.CouponSet, at: int, actor: str) -> None:
    key = f"{event.sku}\n{event.region}"
    talk.coupons.pop(key, None)
    if event.percent:
        talk.coupons[key] = Offer(event.sku, event.region, event.percent, at, event.code, event.expires)


def _price(talk: Talk, event: e.PriceSet, at: int, actor: str) -> None:
    talk.prices.setdefault(event.sku, {})[event.channel] = event.price_minor


def _screen(talk: Talk, event: e.OnScreenSet, at: int, actor: str) -> None:
    talk.on_screen = event.sku
    if event.push:
        talk.pushes.append((event.sku, at))
        del talk.pushes[:-20]


def _parameter(talk: Talk, event: e.ParameterSet, at: int, actor: str) -> None:
    talk.parameters.pop(event.parameter, None)
    if event.value is not None:
        talk.parameters[event.parameter] = event.value


def _level(talk: Talk, event: e.AutonomySet, at: int, actor: str) -> None:
    talk.autonomy[event.rule] = event.level


_FOLLOW: dict[type[e.Event], Any] = {
    e.AlertRaised: _raised,
    e.AlertAcknowledged: _alert,
    e.AlertResolved: _alert,
    e.ActionProposed: _proposed,
    e.ActionApproved: _decided,
    e.ActionDismissed: _decided,
    e.ActionWithdrawn: _withdrawn,
    e.ParameterSet: _parameter,
    e.LimitSet: _limit,
    e.CouponSet: _coupon,
    e.PriceSet: _price,
    e.OnScreenSet: _screen,
    e.AutonomySet: _level,
}


def alert_rows(talk: Talk, at: int) -> list[Row]:
    """Alerts, open ones first, the newest first among them."""
    rows = [_alert_row(alert, at) for alert in talk.alerts.values()]
    order = {"open": 0, "acknowledged": 1, "resolved": 2, "expired": 3}
    rows.sort(key=lambda row: (order[row["state"]], -row["raised_at"], row["alert"]))
    return rows


def _alert_row(alert: Alert, at: int) -> Row:
    event = alert.event
    expired = alert.state == "open" and event.decide_by is not None and at > event.decide_by
    return {
        "alert": event.alert,
        "rule": event.rule,
        "severity": event.severity,
        "what": event.what,
        "sku": event.sku,
        "region": event.region,
        "raised_at": alert.raised_at,
        "decide_by": event.decide_by,
        "state": "expired" if expired else alert.state,
        "owner": alert.owner,
        "cost_minor": event.cost_minor,
        "quiet": event.quiet,
    }


def proposal_rows(talk: Talk, at: int) -> list[Row]:
    """Proposals, open ones first, the newest first among them; the open ones with their commands."""
    rows: list[Row] = []
    for proposal in talk.proposals.values():
        row = msgspec.structs.asdict(proposal)
        if proposal.state == "open" and proposal.decide_by is not None and at > proposal.decide_by:
            row["state"] = "expired"
        row["commands"] = [_does(raw) for raw in proposal.commands] if row["state"] == "open" else []
        rows.append(row)
    rows.sort(key=lambda row: (row["state"] != "open", -row["proposed_at"], row["proposal"]))
    return rows


def _does(raw: msgspec.Raw) -> Row:
    """What a command of a proposal would do: its type and terms, without its ids and times."""
    return {key: value for key, value in msgspec.json.decode(raw).items() if key not in _NOT_TERMS}


def limit_rows(talk: Talk) -> list[Row]:
    """Purchase limits in force."""
    return [
        {"sku": limit.sku, "region": limit.region, "units_per_order": limit.value, "since": limit.since}
        for limit in talk.limits.values()
    ]


def push_rows(talk: Talk) -> list[Row]:
    """The last pushes of the host, the newest last."""
    return [{"sku": sku, "at": at} for sku, at in talk.pushes]


def price_rows(talk: Talk) -> list[Row]:
    """Prices that were set in the show; the channel is empty where all are meant."""
    return [
        {"sku": sku, "channel": channel, "price_minor": minor}
        for sku, channels in sorted(talk.prices.items())
        for channel, minor in sorted(channels.items())
    ]


def coupon_rows(talk: Talk, at: int) -> list[Row]:
    """Coupons in force."""
    return [
        {
            "sku": offer.sku,
            "region": offer.region,
            "code": offer.code,
            "percent": offer.value,
            "expires": offer.expires,
            "since": offer.since,
        }
        for offer in talk.coupons.values()
        if offer.expires is None or at <= offer.expires
    ]
