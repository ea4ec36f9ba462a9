"""Question intents: what a viewer wants to know, from the patterns of a language.

All matches of all patterns are laid over the text; a longer one hides a shorter one it overlaps ("how much time" is no
price, "back in stock" no stock), and what remains is what the viewer said. Whoever asks about an order placed before,
a refund or postage is not answered from stock, whatever else the words could mean; otherwise the first thing asked
counts. Patterns of a higher rank (a colour named, "shipping to Germany", a lone word) count only where none of a lower
one does, and what nothing speaks for is unknown.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from dashboard.speech.question_reading import PLACE, Reading
from dashboard.speech.question_tables import Table, table

UNKNOWN = "unknown"
_ABOUT_DELIVERY = ("delivery_time", "ships_to", "restock", "price")
_LEADING = (("ships_to", "delivery_time"), ("stock", "restock"))
_SMALL_WORDS, _WEAKEST = 4, 2
_JOINED = re.compile(r" (?:and|und|y|et|e|dan|va|en|i|ve|и|و) |和|并且|还有|および|あと|그리고|และ")
_SURE, _ENGLISH = (0.9, 0.75, 0.55), 0.8


class Match(NamedTuple):
    """Where a pattern was found; the length decides which of two overlapping ones counts."""

    start: int
    end: int
    intent: str
    rank: int


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
    if not matches:
        return None
    rank = min(match.rank for match in matches)
    if rank == _WEAKEST and not _is_all(own, text, matches):
        return None
    counting = [match for match in matches if match.rank == rank]
    several = len({match.intent for match in counting}) > 1
    return Wanted(_first(counting, text), _SURE[rank] - (0.1 if several else 0.0))


def _is_all(own: Table, text: str, matches: list[Match]) -> bool:
    """Whether a text holds nothing of weight beside its matches: "ada?" asks, "ada toko offline?" asks about others."""
    if own.spaced:
        return all(word in own.common or not word.isalpha() for word in text.split())
    return len(text) - sum(match.end - match.start for match in matches) <= 1


def _matches(own: Table, text: str) -> list[Match]:
    found: list[Match] = []
    keys = set(text.split()) if own.spaced else set(text)
    for number in sorted({number for key in keys for number in own.by_key.get(key, ())}):
        pattern = own.patterns[number]
        for match in pattern.regex.finditer(text):
            end = match.end() - 1 if own.spaced else match.end()
            found.append(Match(match.start(), end, pattern.intent, pattern.rank))
    return found


def _said(match: Match) -> tuple[int, int, bool, int]:
    return match.rank, match.start - match.end, match.intent != UNKNOWN, match.start


def _uncovered(matches: Iterable[Match]) -> list[Match]:
    """The matches no longer one overlaps, in the order of the text; those of a higher rank never hide others.

    What lies inside a longer match is part of it, whatever becomes of that one; of two that only overlap, the shorter
    one goes unless both say the same.
    """
    seen: list[Match] = []
    kept: list[Match] = []
    for match in sorted(matches, key=_said):
        inside = any(other.start <= match.start and match.end <= other.end for other in seen)
        seen.append(match)
        if not inside and all(
            match.end <= other.start or match.start >= other.end or match.intent == other.intent for other in kept
        ):
            kept.append(match)
    return sorted(kept)


def _first(counting: list[Match], text: str) -> str:
    """The first thing asked; a word about an earlier order or postage turns what could be about it.

    "Shipping to Germany how long?" asks how long, "sold out, when is it back?" asks when; "do you ship there and how
    long?" asks the one, then the other.
    """
    intents = [match.intent for match in counting]
    asked = [intent for intent in intents if intent != UNKNOWN]
    if UNKNOWN not in intents:
        return asked[1] if _leads_up(counting, text) else asked[0]
    if not asked or intents[0] == UNKNOWN or asked[0] in _ABOUT_DELIVERY:
        return UNKNOWN
    return asked[0]


def _leads_up(counting: list[Match], text: str) -> bool:
    """Whether the first thing said only leads up to the second."""
    if tuple(match.intent for match in counting[:2]) not in _LEADING:
        return False
    between = text[counting[0].end : counting[1].start]
    return not _JOINED.search(f" {between} ")


def is_bare_place(reading: Reading, text: str) -> bool:
    """Whether a text is a place, some small words and a question mark, which asks whether goods go there."""
    own, rest = table(reading.language), reading.text.split()
    if not re.search(r"[?？؟]", text) or PLACE not in "".join(rest):
        return False
    if not own.spaced:
        return reading.text == PLACE
    rest = [word for word in rest if word != PLACE]
    return len(rest) <= _SMALL_WORDS and all(word in own.function for word in rest)
