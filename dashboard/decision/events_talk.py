"""Events that move no stock: alerts, proposals, levels and numbers of rules, guests, lines, levels told, notes."""

import msgspec

from dashboard.decision.event import Event
from dashboard.decision.world import Micros, Said


class AlertRaised(Event, frozen=True):
    """An alert was raised."""

    alert: str
    rule: str
    severity: str
    what: str
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None
    cost_minor: int = 0
    quiet: bool = False


class AlertAcknowledged(Event, frozen=True):
    """Somebody took an alert."""

    alert: str


class AlertResolved(Event, frozen=True):
    """An alert's cause is gone."""

    alert: str


class ActionProposed(Event, frozen=True):
    """A rule proposed an action."""

    proposal: str
    rule: str
    what: str
    why: str
    effect: str = ""
    commands: tuple[msgspec.Raw, ...] = ()
    sku: str = ""
    region: str = ""
    decide_by: Micros | None = None
    cost_minor: int = 0
    quiet: bool = False


class ActionApproved(Event, frozen=True):
    """A proposal was approved; the events of its commands follow."""

    proposal: str


class ActionDismissed(Event, frozen=True):
    """A proposal was dismissed."""

    proposal: str


class ActionWithdrawn(Event, frozen=True):
    """The cause of a proposal is gone."""

    proposal: str


class AutonomySet(Event, frozen=True):
    """A rule's level was set."""

    rule: str
    level: str


class LinePublished(Event, frozen=True):
    """A host line was shown with the fact that backs it, instead of the line it replaces, if any."""

    line: str
    channel: str
    language: str
    kind: str
    text: str
    fact: Said = {}
    replaces: str = ""
    register: str = "calm"


class LineRetracted(Event, frozen=True):
    """A shown host line stopped being shown; the reason says whether it stopped being true."""

    line: str


class LineSaid(Event, frozen=True):
    """The host said a line."""

    line: str


class SpeechSet(Event, frozen=True):
    """In which languages a channel's host lines are written, and in which tone."""

    channel: str
    languages: tuple[str, ...]
    register: str


class LevelReported(Event, frozen=True):
    """A platform reported its own count."""

    channel: str
    sku: str
    level: int


class NoteAdded(Event, frozen=True):
    """An operator's remark."""

    text: str


class ParameterSet(Event, frozen=True):
    """A number of the rules was set for the show (None: back to its default)."""

    parameter: str
    value: float | None


class GuestAnnounced(Event, frozen=True):
    """A guest was announced."""

    guest: str
    sku: str
    channels: tuple[str, ...]
    starts_at: Micros
    ends_at: Micros
    units: int | None = None
