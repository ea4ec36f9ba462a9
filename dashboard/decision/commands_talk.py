"""Commands that move no stock: alerts, proposals, levels and numbers of rules, guests, lines, levels told, notes."""

from typing import Annotated, Literal

import msgspec

from dashboard.decision.command import Command
from dashboard.decision.world import Micros, Minor, Name, Said, Units

Register = Literal["calm", "lively"]


class RaiseAlert(Command, frozen=True, tag="raise_alert"):
    """Raise an alert; `decide_by` is the last moment acting still helps, after it the alert expires.

    `cost_minor` is what not acting costs, as far as known; a `quiet` alert stands in the list and calls nobody.
    """

    alert: Name
    rule: Name
    severity: str
    what: str
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None
    cost_minor: Minor = 0
    quiet: bool = False


class AcknowledgeAlert(Command, frozen=True, tag="acknowledge_alert"):
    """Somebody owns the alert: it stops calling."""

    alert: Name


class ResolveAlert(Command, frozen=True, tag="resolve_alert"):
    """The cause of the alert is gone."""

    alert: Name


class ProposeAction(Command, frozen=True, tag="propose_action"):
    """A rule proposes commands; nothing moves until somebody, or the rule's level `auto`, approves.

    `cost_minor` is what not acting costs, as far as known; a `quiet` proposal stands in the list and calls nobody.
    """

    proposal: Name
    rule: Name
    what: str
    why: str
    effect: str = ""
    commands: tuple[msgspec.Raw, ...] = ()
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None
    cost_minor: Minor = 0
    quiet: bool = False


class ApproveAction(Command, frozen=True, tag="approve_action"):
    """Carry out a proposal: its commands are decided in one step, all of them or none."""

    proposal: Name


class DismissAction(Command, frozen=True, tag="dismiss_action"):
    """Do not carry out a proposal."""

    proposal: Name


class WithdrawAction(Command, frozen=True, tag="withdraw_action"):
    """The cause of a proposal is gone: an open one is taken back, and its rule may ask for the same again."""

    proposal: Name


class SetAutonomy(Command, frozen=True, tag="set_autonomy"):
    """Set a rule's level: off, suggest or auto."""

    rule: Name
    level: str


class PublishLine(Command, frozen=True, tag="publish_line"):
    """A host line is shown, bound to the fact that backs it, instead of the line it `replaces` (empty: of none)."""

    line: Name
    channel: Name
    language: Name
    kind: Name
    text: str
    fact: Said = {}
    replaces: str = ""
    register: Register = "calm"


class RetractLine(Command, frozen=True, tag="retract_line"):
    """A shown line is shown no more; `reason` is why."""

    line: Name


class SayLine(Command, frozen=True, tag="say_line"):
    """The host has said a line, also one that was retracted while it was being said."""

    line: Name


class SetSpeech(Command, frozen=True, tag="set_speech"):
    """Write a channel's host lines in these languages (BCP 47, its own among them or not) and in this tone."""

    channel: Name
    languages: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=4)]
    register: Register = "calm"


class ReportLevel(Command, frozen=True, tag="report_level"):
    """A platform says how many units of a SKU it lists; compared, never added to deltas."""

    channel: Name
    sku: Name
    level: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class AddNote(Command, frozen=True, tag="add_note"):
    """An operator's remark for the audit."""

    text: str


class SetParameter(Command, frozen=True, tag="set_parameter"):
    """Set a number the rules go by, for this show; None: back to its default."""

    parameter: Name
    value: float | None


class AnnounceGuest(Command, frozen=True, tag="announce_guest"):
    """A guest will be on `channels` from `starts_at` to `ends_at`, with one SKU; `units` if somebody knows how many."""

    guest: Name
    sku: Name
    channels: Annotated[tuple[Name, ...], msgspec.Meta(min_length=1)]
    starts_at: Micros
    ends_at: Micros
    units: Units | None = None
