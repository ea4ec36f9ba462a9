"""Spoken: which host lines stand, what the host has said of them lately, and what must not be said any more.

    LinePublished  -> stands in its slot, instead of the line it replaces
    LineRetracted  -> stands no more; if it has become untrue it goes on the list of what not to say
    LineSaid       -> rests for a while, in every language of its channel
    SpeechSet      -> the languages and the tone of a channel

A slot is what a line is about: channel, language, kind, SKU, region. Its words change with its numbers, the slot stays.
Answers to viewers are said once and never stand. Everything kept is bounded by the slots there are and by time.
"""

from typing import Any

import msgspec

from dashboard.decision import events as e

Row = dict[str, Any]
SECOND = 1_000_000
REST_SECONDS = 300
"""So long a line that was said is not offered again, unless half of its units went since."""
UNSAY_SECONDS = 300
"""So long a retracted line stands among what not to say."""
PASSED_SECONDS = 60
"""So long a line that made room for a better one does not come back."""
CORRECTED_SECONDS = 60
"""A number that was said so lately is corrected when it changes."""
GONE_KEPT = 60
DO_NOT_SAY_MAX = 5
ANSWER, OUTRANKED = "answer", "outranked"
CHANGED = "changed"
UNTRUE = frozenset(
    {"sold_out", CHANGED, "ended", "arrived", "late_feed", "unknown_eta", "not_deliverable", "not_listed"}
)
"""Why a line was retracted, where that means it is not true, or not known to be."""


class Standing(msgspec.Struct):
    """A line that stands: what it says, since when its slot is shown, when it was last said."""

    line: str
    channel: str
    language: str
    register: str
    kind: str
    sku: str
    region: str
    text: str
    fact: dict[str, Any]
    shown_at: int
    said_at: int | None = None

    def slot(self) -> str:
        """What the line is about."""
        return slot_of(self.channel, self.language, self.kind, self.sku, self.region)

    def about(self) -> str:
        """The same whichever language it is said in."""
        return about_of(self.channel, self.kind, self.sku, self.region)


class Gone(msgspec.Struct):
    """A line that is no longer true: its words, why, since when, whether the host had said it."""

    line: str
    channel: str
    language: str
    slot: str
    text: str
    code: str
    at: int
    said: bool
    sku: str
    region: str
    numbered: bool
    """Whether its words held a number of units."""


class Told(msgspec.Struct):
    """When the host said something last, and the units it spoke of (None: of none)."""

    at: int
    units: int | None = None


class Speech(msgspec.Struct):
    """How a channel speaks."""

    languages: tuple[str, ...]
    register: str


class Spoken(msgspec.Struct):
    """What was shown and said in a show."""

    standing: dict[str, Standing] = {}
    """Slot -> the line that stands in it."""
    slots: dict[str, str] = {}
    """Line -> its slot, of those that stand."""
    said: dict[str, Told] = {}
    """Channel, kind, SKU and region -> when that was said."""
    passed: dict[str, int] = {}
    """Channel, kind, SKU and region -> when that made room for something better."""
    gone: list[Gone] = []
    speech: dict[str, Speech] = {}


def slot_of(channel: str, language: str, kind: str, sku: str, region: str) -> str:
    """Name what a line is about."""
    return "\n".join((channel, language, kind, sku, region))


def about_of(channel: str, kind: str, sku: str, region: str) -> str:
    """Name what the host says whichever language it is said in."""
    return "\n".join((channel, kind, sku, region))


def fold(spoken: Spoken, event: e.Event, at: int) -> None:
    """Follow what is shown and said."""
    if isinstance(event, e.LinePublished):
        _published(spoken, event, at)
    elif isinstance(event, e.LineRetracted):
        ended = _ended(spoken, event.line, event.reason, at)
        if ended and event.reason == OUTRANKED:
            spoken.passed.pop(ended.about(), None)
            spoken.passed[ended.about()] = at
            while at - next(iter(spoken.passed.values())) > PASSED_SECONDS * SECOND:
                del spoken.passed[next(iter(spoken.passed))]
    elif isinstance(event, e.LineSaid):
        _said(spoken, event.line, at)
    elif isinstance(event, e.SpeechSet):
        spoken.speech[event.channel] = Speech(event.languages, event.register)
    elif isinstance(event, e.ShowClosed):
        spoken.standing.clear()
        spoken.slots.clear()
        spoken.gone.clear()
        spoken.passed.clear()


def _published(spoken: Spoken, event: e.LinePublished, at: int) -> None:
    before = _ended(spoken, event.replaces, CHANGED, at) if event.replaces else None
    if event.kind == ANSWER:
        return
    fact: dict[str, Any] = dict(event.fact)
    line = Standing(
        event.line, event.channel, event.language, event.register, event.kind, str(fact.get("sku") or ""),
        str(fact.get("region") or ""), event.text, fact, before.shown_at if before else at,
    )  # fmt: skip
    slot = line.slot()
    spoken.standing[slot] = line
    spoken.slots[event.line] = slot


def _ended(spoken: Spoken, line: str, code: str, at: int) -> Standing | None:
    """A line stands no more; a number that merely moved on is corrected only where it was said a moment ago."""
    slot = spoken.slots.pop(line, None)
    if slot is None:
        return None
    ended = spoken.standing.pop(slot)
    lately = ended.said_at is not None and at - ended.said_at <= CORRECTED_SECONDS * SECOND
    if code in UNTRUE and (code != CHANGED or lately):
        told = Gone(
            line, ended.channel, ended.language, slot, ended.text, code, at, ended.said_at is not None, ended.sku,
            ended.region, ended.fact.get("units_left") is not None,
        )  # fmt: skip
        spoken.gone.append(told)
        del spoken.gone[:-GONE_KEPT]
    return ended


def _said(spoken: Spoken, line: str, at: int) -> None:
    """The host said a line; one that has gone meanwhile is marked as said where it is still listed."""
    slot = spoken.slots.get(line)
    if slot is None:
        for gone in spoken.gone:
            if gone.line == line:
                gone.said = True
        return
    standing = spoken.standing[slot]
    standing.said_at = at
    spoken.said.pop(standing.about(), None)
    spoken.said[standing.about()] = Told(at, standing.fact.get("units_left"))
    while at - next(iter(spoken.said.values())).at > REST_SECONDS * SECOND:
        del spoken.said[next(iter(spoken.said))]


def rests(spoken: Spoken, about: str, units: int | None, at: int) -> bool:
    """Tell whether something was said so lately that it is not offered again."""
    told = spoken.said.get(about)
    if told is None or at - told.at > REST_SECONDS * SECOND:
        return False
    return told.units is None or units is None or 2 * units > told.units


def has_passed(spoken: Spoken, about: str, at: int) -> bool:
    """Tell whether a line made room for a better one a moment ago."""
    return at - spoken.passed.get(about, -PASSED_SECONDS * SECOND) < PASSED_SECONDS * SECOND


def do_not_say(spoken: Spoken, left: dict[tuple[str, str], int], at: int) -> list[Row]:
    """What was retracted lately and is not offered again, the newest first, at most a handful a channel and language.

    `left` are the units left by SKU and region; `now` is that number where the words held one.
    """
    rows: list[Row] = []
    listed: dict[tuple[str, str], int] = {}
    seen: set[str] = set()
    for gone in reversed(spoken.gone):
        place = gone.channel, gone.language
        back = gone.code != CHANGED and gone.slot in spoken.standing
        if at - gone.at > UNSAY_SECONDS * SECOND or back or gone.slot in seen or listed.get(place, 0) >= DO_NOT_SAY_MAX:
            continue
        seen.add(gone.slot)
        listed[place] = listed.get(place, 0) + 1
        now = left.get((gone.sku, gone.region)) if gone.numbered else None
        rows.append(
            {
                "channel": gone.channel, "language": gone.language, "line": gone.line, "text": gone.text,
                "code": gone.code, "at": gone.at, "said": gone.said, "now": now,
            }
        )  # fmt: skip
    return rows
