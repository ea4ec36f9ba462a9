"""Everything that moves no stock and sets no terms: alerts, proposals, rules' levels, guests, levels told, notes.

These are decided and journaled like any order, because a review must be able to ask who acknowledged the alert before
the hit of the night sold out, and which number of which rule had been changed.
"""

import difflib
from collections.abc import Mapping

import msgspec

from dashboard.decision import commands as c, events as e
from dashboard.decision.commands import Micros
from dashboard.decision.orders import unknown, unknown_sku
from dashboard.decision.parameters import ALL, PARAMETERS, RULES
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Show

Verdict = e.Event | Refusal
LEVELS = ("off", "suggest", "auto")


def unknown_term(show: Show, sku: str = "", region: str = "", channel: str = "") -> Refusal | None:
    """Refuse the first name of a channel, region or SKU that the show does not have."""
    if channel and channel not in show.channels:
        return Refusal(Code.CHANNEL_UNKNOWN, unknown("channel", channel, show.channels))
    if region and region not in show.regions:
        return Refusal(Code.REGION_UNKNOWN, unknown("region", region, show.regions))
    if sku and sku not in show.skus:
        return unknown_sku(show, sku)
    return None


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
        cost_minor=command.cost_minor,
        quiet=command.quiet,
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
        cost_minor=command.cost_minor,
        quiet=command.quiet,
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


def withdraw(show: Show, command: c.WithdrawAction, now: Micros) -> Verdict:
    """Note that the cause of a proposal is gone."""
    proposal = show.proposals.get(command.proposal)
    if proposal is None:
        return Refusal(Code.PROPOSAL_UNKNOWN, unknown("proposal", command.proposal, show.proposals))
    return not_in_state(f"proposal {command.proposal}", "proposal", proposal.state, command) or e.ActionWithdrawn(
        proposal=command.proposal, reason=command.reason
    )


def parameter(show: Show, command: c.SetParameter, now: Micros) -> Verdict:
    """Set a number the rules go by."""
    known = {one.name: one for one in PARAMETERS}
    if command.parameter not in known:
        near = ", ".join(difflib.get_close_matches(command.parameter, known, 3)) or "one of the table in Setup"
        return Refusal(Code.PARAMETER_UNKNOWN, f"No rule has a number {command.parameter[:80]!r}; try {near}.")
    one, value = known[command.parameter], command.value
    if value is not None and not one.least <= value <= one.most:
        bound = one.least if value < one.least else one.most
        sentence = f"{value:.10g} {one.unit} for {one.name}; it takes {one.least:.10g} to {one.most:.10g}."
        return Refusal(Code.OUT_OF_RANGE, sentence, int(bound) if bound == int(bound) else None)
    return e.ParameterSet(parameter=one.name, value=value, reason=command.reason)


def guest(show: Show, command: c.AnnounceGuest, now: Micros) -> Verdict:
    """Note that a guest comes."""
    for channel in command.channels:
        refusal = unknown_term(show, channel=channel)
        if refusal:
            return refusal
    refusal = unknown_term(show, command.sku)
    if refusal:
        return refusal
    if command.guest in show.announced_guests:
        return Refusal(Code.GUEST_EXISTS, f"Guest {command.guest} was announced already.")
    if command.ends_at <= max(now, command.starts_at):
        return Refusal(Code.TOO_LATE, f"Guest {command.guest} would leave before coming: the end follows the start.")
    return e.GuestAnnounced(
        guest=command.guest,
        sku=command.sku,
        channels=command.channels,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        units=command.units,
        reason=command.reason,
    )


def autonomy(show: Show, command: c.SetAutonomy, now: Micros) -> Verdict:
    """Set a rule's level."""
    names = [rule.name for rule in RULES]
    if command.level not in LEVELS:
        return Refusal(Code.LEVEL_UNKNOWN, f"Level {command.level[:40]!r} is not one of {', '.join(LEVELS)}.")
    if command.rule not in (ALL, *names):
        return Refusal(Code.RULE_UNKNOWN, f"There is no rule {command.rule[:80]!r}; there are {', '.join(names)}.")
    return e.AutonomySet(rule=command.rule, level=command.level, reason=command.reason)


def level(show: Show, command: c.ReportLevel, now: Micros) -> Verdict:
    """Log a platform's own count."""
    return unknown_term(show, command.sku, channel=command.channel) or e.LevelReported(
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
        "open": {
            "approve_action": ("approved",),
            "dismiss_action": ("dismissed",),
            "withdraw_action": ("withdrawn",),
        },
        "approved": {"withdraw_action": ("approved",)},
        "dismissed": {"withdraw_action": ("dismissed",)},
        "withdrawn": {},
    },
    "loan": {
        "lent": {
            "withdraw_request": ("lent",),
            "fulfil_request": ("lent",),
            "return_loan": ("returning", "returned"),
        },
        "returning": {"withdraw_request": ("lent",), "fulfil_request": ("returning", "returned")},
        "returned": {},
    },
    "errand": {
        "open": {"report_errand": ("pushed", "by_hand", "done", "failed")},
        "failed": {"report_errand": ("pushed", "by_hand", "done", "failed")},
        "by_hand": {"report_errand": ("done",)},
        "pushed": {},
        "done": {},
    },
    "line": {
        "shown": {"publish_line": ("replaced",), "retract_line": ("retracted",), "say_line": ("said",)},
        "said": {"publish_line": ("replaced",), "retract_line": ("retracted",), "say_line": ("said",)},
        "replaced": {"say_line": ("replaced",)},
        "retracted": {"say_line": ("retracted",)},
    },
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
