"""Host lines as they are shown, replaced, said and retracted; and in which languages and tone a channel speaks.

Nothing is decided here about what is true: whoever publishes a line gives the fact that backs it, and the log can be
checked against the ledger afterwards. What is decided is the order of things: a line is shown once, replaced or
retracted once, and may still be said after that, for a host goes on speaking while the screen changes.
"""

from dashboard.decision import commands as c, events as e
from dashboard.decision.commands import Micros
from dashboard.decision.orders import unknown
from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.state import Show
from dashboard.decision.talk import not_in_state, unknown_term

Verdict = e.Event | Refusal


def publish(show: Show, command: c.PublishLine, now: Micros) -> Verdict:
    """Log a shown host line with its fact."""
    refusal = unknown_term(show, channel=command.channel)
    if refusal:
        return refusal
    if command.line in show.lines:
        return Refusal(Code.LINE_EXISTS, f"Line {command.line} was shown already.")
    refusal = _settled(show, command.replaces, command) if command.replaces else None
    return refusal or e.LinePublished(
        line=command.line,
        channel=command.channel,
        language=command.language,
        kind=command.kind,
        text=command.text,
        fact=command.fact,
        replaces=command.replaces,
        register=command.register,
        reason=command.reason,
    )


def retract(show: Show, command: c.RetractLine, now: Micros) -> Verdict:
    """Log that a shown line is shown no more."""
    return _settled(show, command.line, command) or e.LineRetracted(line=command.line, reason=command.reason)


def say(show: Show, command: c.SayLine, now: Micros) -> Verdict:
    """Log that the host said a line."""
    return _settled(show, command.line, command) or e.LineSaid(line=command.line, reason=command.reason)


def speech(show: Show, command: c.SetSpeech, now: Micros) -> Verdict:
    """Set a channel's languages and tone."""
    refusal = unknown_term(show, channel=command.channel)
    return refusal or e.SpeechSet(
        channel=command.channel,
        languages=tuple(dict.fromkeys(command.languages)),
        register=command.register,
        reason=command.reason,
    )


def _settled(show: Show, line: str, command: c.Command) -> Refusal | None:
    """Refuse what a line's lifecycle does not allow, and a line that was never shown."""
    state = show.lines.get(line)
    if state is None:
        return Refusal(Code.LINE_UNKNOWN, unknown("line", line, show.lines))
    return not_in_state(f"line {line}", "line", state, command)
