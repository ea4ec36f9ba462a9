"""Everything that moves no stock: limits, prices, coupons, what is on screen, alerts, host lines, notes.

These are decided and journaled like any order, because a review must be able to ask why the hit of the night
was limited to two per buyer, and who acknowledged the alert before it.
"""

from collections.abc import Mapping

import msgspec

from dashboard.decision import commands as c, events as e
from dashboard.decision.commands import Micros
from dashboard.decision.orders import unknown, unknown_sku
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Show

Verdict = e.Event | Refusal
LEVELS = ("off", "suggest", "auto")


def _unknown(show: Show, sku: str = "", region: str = "", channel: str = "") -> Refusal | None:
    if channel and channel not in show.channels:
        return Refusal(Code.CHANNEL_UNKNOWN, unknown("channel", channel, show.channels))
    if region and region not in show.regions:
        return Refusal(Code.REGION_UNKNOWN, unknown("region", region, show.regions))
    if sku and sku not in show.skus:
        return unknown_sku(show, sku)
    return None


def limit(show: Show, command: c.SetLimit, now: Micros) -> Verdict:
    """Set or lift a purchase limit."""
    refusal = _unknown(show, command.sku, command.region)
    if refusal:
        return refusal
    if show.limits.get((command.sku, command.region)) == command.units_per_order:
        return Refusal(Code.NOTHING_TO_DO, f"The limit on {command.sku} in {command.region} is that already.")
    return e.LimitSet(
        sku=command.sku, region=command.region, units_per_order=command.units_per_order, reason=command.reason
    )


def price(show: Show, command: c.SetPrice, now: Micros) -> Verdict:
    """Set a price."""
    return _unknown(show, command.sku, channel=command.channel) or e.PriceSet(
        sku=command.sku, price_minor=command.price_minor, channel=command.channel, reason=command.reason
    )


def coupon(show: Show, command: c.SetCoupon, now: Micros) -> Verdict:
    """Offer or withdraw a coupon."""
    refusal = _unknown(show, command.sku, command.region)
    if refusal:
        return refusal
    if command.expires is not None and command.expires <= now:
        return Refusal(Code.TOO_LATE, f"Coupon {command.code} would expire before it starts.")
    return e.CouponSet(
        sku=command.sku,
        region=command.region,
        code=command.code,
        percent=command.percent,
        expires=command.expires,
        reason=command.reason,
    )


def on_screen(show: Show, command: c.SetOnScreen, now: Micros) -> Verdict:
    """Note what is on screen."""
    return _unknown(show, command.sku) or e.OnScreenSet(sku=command.sku, push=command.push, reason=command.reason)


def raise_alert(show: Show, command: c.RaiseAlert, now: Micros) -> Verdict:
    """Raise an alert once."""
    if command.alert in show.alerts:
        return Refusal(Code.ALERT_EXISTS, f"Alert {command.alert} was raised already.")
    return e.AlertRaised(
        alert=command.alert,
        rule=command.rule,
        severity=command.severity,
        what=command.what,
        sku=command.sku,
        region=command.region,
        decide_by=command.decide_by,
        reason=command.reason,
    )


def settle_alert(show: Show, command: c.AcknowledgeAlert | c.ResolveAlert, now: Micros) -> Verdict:
    """Acknowledge or resolve an alert."""
    state = show.alerts.get(command.alert)
    if state is None:
        return Refusal(Code.ALERT_UNKNOWN, unknown("alert", command.alert, show.alerts))
    refusal = not_in_state(f"alert {command.alert}", "alert", state, command)
    if refusal:
        return refusal
    happened = e.AlertAcknowledged if isinstance(command, c.AcknowledgeAlert) else e.AlertResolved
    return happened(alert=command.alert, reason=command.reason)


def propose(show: Show, command: c.ProposeAction, now: Micros) -> Verdict:
    """Put a proposal on the table; its commands must at least be readable."""
    for raw in command.commands:
        try:
            c.decode(raw)
        except (msgspec.DecodeError, msgspec.ValidationError) as problem:
            return Refusal(Code.MALFORMED, f"Proposal {command.proposal} holds a command nobody can read: {problem}.")
    if command.proposal in show.proposals:
        return Refusal(Code.PROPOSAL_EXISTS, f"Proposal {command.proposal} was made already.")
    return e.ActionProposed(
        proposal=command.proposal,
        rule=command.rule,
        what=command.what,
        why=command.why,
        effect=command.effect,
        commands=command.commands,
        sku=command.sku,
        region=command.region,
        decide_by=command.decide_by,
        reason=command.reason,
    )


def open_proposal(show: Show, command: c.ApproveAction | c.DismissAction, now: Micros) -> Refusal | None:
    """Refuse unless the proposal is open and still in time."""
    proposal = show.proposals.get(command.proposal)
    if proposal is None:
        return Refusal(Code.PROPOSAL_UNKNOWN, unknown("proposal", command.proposal, show.proposals))
    refusal = not_in_state(f"proposal {command.proposal}", "proposal", proposal.state, command)
    if refusal:
        return refusal
    if isinstance(command, c.ApproveAction) and proposal.decide_by is not None and now > proposal.decide_by:
        return Refusal(Code.TOO_LATE, f"Proposal {command.proposal} expired: acting no longer helps.")
    return None


def dismiss(show: Show, command: c.DismissAction, now: Micros) -> Verdict:
    """Drop a proposal."""
    return open_proposal(show, command, now) or e.ActionDismissed(proposal=command.proposal, reason=command.reason)


def autonomy(show: Show, command: c.SetAutonomy, now: Micros) -> Verdict:
    """Set a rule's level."""
    if command.level not in LEVELS:
        return Refusal(Code.LEVEL_UNKNOWN, f"Level {command.level!r} is not one of {', '.join(LEVELS)}.")
    return e.AutonomySet(rule=command.rule, level=command.level, reason=command.reason)


def publish(show: Show, command: c.PublishLine, now: Micros) -> Verdict:
    """Log a shown host line with its fact."""
    refusal = _unknown(show, channel=command.channel)
    if refusal:
        return refusal
    if command.line in show.lines:
        return Refusal(Code.LINE_EXISTS, f"Line {command.line} was shown already.")
    return e.LinePublished(
        line=command.line,
        channel=command.channel,
        language=command.language,
        kind=command.kind,
        text=command.text,
        fact=command.fact,
        reason=command.reason,
    )


def retract(show: Show, command: c.RetractLine, now: Micros) -> Verdict:
    """Log that a shown line stopped being true."""
    state = show.lines.get(command.line)
    if state is None:
        return Refusal(Code.LINE_UNKNOWN, unknown("line", command.line, show.lines))
    return not_in_state(f"line {command.line}", "line", state, command) or e.LineRetracted(
        line=command.line, reason=command.reason
    )


def level(show: Show, command: c.ReportLevel, now: Micros) -> Verdict:
    """Log a platform's own count."""
    return _unknown(show, command.sku, channel=command.channel) or e.LevelReported(
        channel=command.channel, sku=command.sku, level=command.level, reason=command.reason
    )


def note(show: Show, command: c.AddNote, now: Micros) -> Verdict:
    """Log a remark."""
    if not command.text.strip():
        return Refusal(Code.NOTHING_TO_DO, "An empty note says nothing; write a sentence.")
    return e.NoteAdded(text=command.text, reason=command.reason)


LIFECYCLES: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "show": {"open": {"close_show": ("closed",)}, "closed": {}},
    "order": {
        "placed": {"cancel_order": ("placed", "cancelled"), "ship_order": ("placed", "shipped")},
        "shipped": {"return_order": ("shipped", "returned")},
        "cancelled": {},
        "returned": {},
    },
    "shipment": {"in_transit": {"arrive_shipment": ("in_transit", "arrived")}, "arrived": {}},
    "alert": {
        "open": {"acknowledge_alert": ("acknowledged",), "resolve_alert": ("resolved",)},
        "acknowledged": {"resolve_alert": ("resolved",)},
        "resolved": {},
    },
    "proposal": {
        "open": {"approve_action": ("approved",), "dismiss_action": ("dismissed",)},
        "approved": {},
        "dismissed": {},
    },
    "line": {"shown": {"retract_line": ("retracted",)}, "retracted": {}},
}
"""noun -> state -> command -> states it can lead to. The diagram in LIFECYCLES.md is drawn from this table."""


def not_in_state(who: str, noun: str, state: str, command: c.Command) -> Refusal | None:
    """Refuse a command that the noun's lifecycle does not allow in its present state."""
    name = command.__struct_config__.tag
    if name in LIFECYCLES[noun][state]:
        return None
    needed = [possible for possible, allowed in LIFECYCLES[noun].items() if name in allowed]
    return Refusal(
        Code.NOT_IN_THAT_STATE, f"{who[0].upper()}{who[1:]} is {state}; {name} needs it {' or '.join(needed)}."
    )
