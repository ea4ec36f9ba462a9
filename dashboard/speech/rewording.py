"""Rewordings: another wording of a text is taken only when nobody could read another fact out of it.

    draft -> masked (facts become ⟦1⟧ ⟦2⟧) -> somebody rewords it -> check -> "" or why not -> filled

A check cannot understand a text, so it allows little: a rewording must hold each fact once and in the draft's order,
and beside them the draft's own words, words that may stand for those, and friendly ones; the lists are `data/wording`.
Before that, what could be a fact, alter one or lead elsewhere is told apart by signs (`rewording_signs`) and by words
(`rewording_words`), so that a refusal says what was wrong. When in doubt it is refused, and the draft stands: many a
good rewording is refused; what is taken says the draft's numbers, goods, places and times, and denies what it denies.

Masking reads a draft against the wordings of `data/phrases` it can have come from: what stands at their placeholders
is a fact. A text that fits none is not masked, hence not reworded.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from dashboard.speech import phrases, rewording_signs as signs, rewording_words as words
from dashboard.speech.phrase_shapes import LANGUAGES
from dashboard.speech.phrase_tables import Table, Wording

TIMES_LONGER_MAX = 2
SHORT = 40
"""A draft of few characters may grow to so many."""
LENGTH_MAX = 1_000
"""Characters of a text that is worth rewording."""
_MARK = re.compile(r"⟦[0-9]+⟧")


class Masked(NamedTuple):
    """A draft with a mark in place of each fact, and the facts in order."""

    text: str
    facts: tuple[str, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """The marks in order."""
        return tuple(_mark(number) for number in range(1, len(self.facts) + 1))


def check(original: str, reworded: str, facts: Sequence[str], language: str, names: Sequence[str] = ()) -> str:
    """Say why a rewording is not taken, "" when it is; `facts` are texts in the original, or the marks in their place.

    `names` are words of the show that a rewording must not bring in: other SKUs, titles, places, codes.
    """
    if language not in LANGUAGES:
        return f"no table says what a rewording in {language[:20]!r} may hold"
    if not reworded.strip():
        return "it says nothing"
    if len(reworded) > max(SHORT, TIMES_LONGER_MAX * len(original)) or len(original) > LENGTH_MAX:
        return "it is more than twice as long as the draft"
    problem = signs.hidden(reworded)
    if problem:
        return problem
    before, after = signs.skeleton(original, facts), signs.skeleton(reworded, facts)
    if before is None:
        return "the draft does not hold each fact once"
    if after is None:
        return "it does not hold each fact exactly once"
    return signs.told(before, after, language) or words.told(before, after, language, names)


def masked(text: str, language: str) -> Masked | None:
    """Put a mark in place of each fact of a text made by `phrases`; None for a text that no wording fits."""
    best: tuple[int, Masked] | None = None
    for pattern, literal in _wordings(phrases.spoken(language)):
        match = pattern.fullmatch(text)
        if match and (best is None or literal > best[0]):
            best = literal, _with_marks(text, match)
    return best[1] if best else None


def filled(text: str, facts: Sequence[str]) -> str:
    """Put the facts back in place of their marks."""
    return _MARK.sub(lambda match: facts[int(match[0][1:-1]) - 1], text)


def _mark(number: int) -> str:
    return f"⟦{number}⟧"


def _with_marks(text: str, match: re.Match[str]) -> Masked:
    pieces, end = [], 0
    for number in range(1, (match.re.groups or 0) + 1):
        pieces += [text[end : match.start(number)], _mark(number)]
        end = match.end(number)
    return Masked("".join([*pieces, text[end:]]), match.groups())


@lru_cache(len(LANGUAGES))
def _wordings(language: str) -> list[tuple[re.Pattern[str], int]]:
    """A pattern of every wording of a language, and how many signs of it are its own."""
    table = _tables()[language]
    forms = [*table.lines.values(), *table.answers.values()]
    found = {wording for form in forms for wording in form.values()}
    return [(_shape(wording), sum(map(len, wording[::2]))) for wording in sorted(found)]


def _shape(wording: Wording) -> re.Pattern[str]:
    return re.compile(
        "".join("(.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(wording)), re.DOTALL
    )


@lru_cache(1)
def _tables() -> dict[str, Table]:
    return phrases.check()
