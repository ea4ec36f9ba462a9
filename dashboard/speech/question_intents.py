"""Question intents: what a viewer wants to know, from the patterns of a language.

All matches of all patterns are laid over the text; a longer one hides a shorter one it overlaps ("how much time" is no
price, "back in stock" no stock), and what remains is what the viewer said. Whoever asks about an order placed before,
a refund or postage is not answered from stock, whatever else the words could mean; otherwise the first thing asked
counts. Weak patterns count only where nothing else does, and what nothing speaks for is unknown.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from dashboard.speech.question_reading import PLACE, Reading
from dashboard.speech.question_tables import Table, table

UNKNOWN = "unknown"
_ABOUT_DELIVERY = ("delivery_time", "ships_to", "restock", "price")
_SURE, _ENGLISH, _WEAK = 0.9, 0.8, 0.55


class Match(NamedTuple):
    """Where a pattern was found; the length decides which of two overlapping ones counts."""

    start: int
    end: int
    intent: str
    weak: bool


class Wanted(NamedTuple):
    """The intent and how sure it is."""

    intent: str
    confidence: float


def wanted(reading: Reading) -> Wanted:
    """The intent of a text read in its language; English words count where its own say nothing."""
    own = table(reading.language)
    found = _decided(own, reading.text)
    if found is None and reading.english.strip():
        english = _decided(table("en"), reading.english)
        found = None if english is None else Wanted(english.intent, min(_ENGLISH, english.confidence))
    return found or Wanted(UNKNOWN, 0.0)


def _decided(own: Table, text: str) -> Wanted | None:
    """What the patterns of one language say; None when they say nothing."""
    matches = _uncovered(_matches(own, text))
    strong = [match for match in matches if not match.weak]
    if strong:
        return Wanted(_first(strong), _SURE if len({match.intent for match in strong}) == 1 else _ENGLISH)
    return Wanted(matches[0].intent, _WEAK) if matches else None


def _matches(own: Table, text: str) -> list[Match]:
    found: list[Match] = []
    for pattern in own.patterns:
        for match in pattern.regex.finditer(text):
            end = match.end() - 1 if own.spaced else match.end()
            found.append(Match(match.start(), end, pattern.intent, pattern.weak))
    return found


def _said(match: Match) -> tuple[bool, int, int]:
    return match.weak, match.start - match.end, match.start


def _uncovered(matches: Iterable[Match]) -> list[Match]:
    """The matches no longer one overlaps, in the order of the text; weak ones never hide others."""
    kept: list[Match] = []
    for match in sorted(matches, key=_said):
        if all(match.end <= other.start or match.start >= other.end for other in kept):
            kept.append(match)
    return sorted(kept)


def _first(strong: list[Match]) -> str:
    """The first thing asked; a word about an earlier order or postage turns what could be about it."""
    intents = [match.intent for match in strong]
    asked = [intent for intent in intents if intent != UNKNOWN]
    if UNKNOWN not in intents:
        return asked[0]
    if not asked or intents[0] == UNKNOWN or asked[0] in _ABOUT_DELIVERY:
        return UNKNOWN
    return asked[0]


def is_bare_place(reading: Reading, text: str) -> bool:
    """Whether a text is a place and a question mark, which asks whether goods go there."""
    return bool(re.search(r"[?？]", text)) and reading.text.replace(" ", "") == PLACE
