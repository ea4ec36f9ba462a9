"""Sentences with values in them, in the viewer's language: what rules, refusals, alerts and the journal say.

Data flow: an English sentence as it was recorded -> the template it was made from (`sentence_templates`) -> the
translation of that template (`data/locales/*/LC_MESSAGES/sentences.po`) with the same values -> the screen. A value
that is a sentence or phrase itself is said in the same way, to any depth; numbers, names and people's own words stay.
The journal keeps what was said in English, so a show of last year is read in the language of who looks today.
Invariants: what fits no template stays English; nothing here decides, stores or fails. Where a whole text fits no
template, its sentences are said one by one.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from dashboard.catalogues import catalogue
from dashboard.screens.sentence_templates import Index, filled, joined

DOMAIN = "sentences"
DEEPEST = 6
PROBE, PROBED = "Live", {"直播": "zh"}
"""A word that tells the language of somebody who says it."""
FULL_STOPS = re.compile(r"(?<=[.!?…]) (?=[A-Z0-9'\"+])")
LISTED = re.compile(r"(, and | and |, |; | or | \+ )")
JOINTS = {", and ": "、", " and ": "、", ", ": "、", "; ": "；", " or ": "或", " + ": " + "}
WORDLESS = re.compile(r"[^a-z]*")


def sentence(text: str, say: Callable[[str], str]) -> str:
    """Say a sentence that was made in English; in the language that `say` speaks, or as it is."""
    language = getattr(say, "language", "") or PROBED.get(say(PROBE), "en")
    return text if language == "en" or not text else spoken(language, text)


@lru_cache(maxsize=4)
def index(language: str) -> Index:
    """Return the templates of a language, compiled once."""
    return Index(catalogue(DOMAIN, language).templates(), catalogue("screens", language).templates())


@lru_cache(maxsize=8192)
def spoken(language: str, text: str) -> str:
    """Say a sentence in a language (`zh`); what nothing fits stays as it is, sentence by sentence."""
    found = index(language)
    said = _said(found, text, DEEPEST)
    if said is not None:
        return said
    pieces = FULL_STOPS.split(text)
    return _together([_said(found, piece, DEEPEST) or piece for piece in pieces]) if len(pieces) > 1 else text


def _said(found: Index, text: str, depth: int) -> str | None:
    """Say a text sentence by sentence where each fits, else as one; None where nothing fits."""
    pieces = FULL_STOPS.split(text)
    if len(pieces) > 1:
        parts = [_whole(found, piece, depth) for piece in pieces]
        said = [part for part in parts if part is not None]
        if len(said) == len(parts):
            return _together(said)
    return _whole(found, text, depth)


def _together(pieces: list[str]) -> str:
    """Put sentences behind one another: none after a full-width stop needs a space."""
    whole = ""
    for piece in pieces:
        whole = piece if not whole else f"{whole}{piece}" if whole.endswith("。") else f"{whole} {piece}"
    return whole


def _whole(found: Index, text: str, depth: int) -> str | None:
    """Say a whole text, or None: as it is, else in other case, else with or without its full stop."""
    if depth == 0:
        return None
    for variant in _variants(text.strip()):
        said = found.phrases.get(variant)
        if said is None:
            said = _made(found, variant, depth)
        if said is not None:
            return said if variant.endswith(".") == text.endswith(".") else _stopped(said, text.endswith("."))
    return None


def _stopped(said: str, is_sentence: bool) -> str:
    return f"{said.rstrip('。')}。" if is_sentence else said.rstrip("。")


def _made(found: Index, text: str, depth: int) -> str | None:
    """Say a text by the first template that fits; by one with hardly a word only if that says one of its values."""
    for template in found.candidates(text):
        match = template.fits(text)
        if match:
            telling = _Telling(found, depth - 1)
            said = filled(template, match, telling.value)
            if telling.is_told or not template.is_weak:
                return said
    return None


def _variants(text: str) -> Iterator[str]:
    yield text
    if text[:1].isupper():
        yield text[0].lower() + text[1:]
    elif text[:1].islower():
        yield text[0].upper() + text[1:]
    yield text[:-1] if text.endswith(".") else f"{text}."


class _Telling:
    """Says the values of a sentence, and notes whether it had words for one."""

    def __init__(self, found: Index, depth: int) -> None:
        self.found, self.depth, self.is_told = found, depth, False

    def value(self, value: str, kind: str) -> str:
        """Say a value by its kind: a name, a word of the screens, a SKU in a region, a list, or whatever it is."""
        if kind == "name" or not value or WORDLESS.fullmatch(value):
            return value
        if kind == "word":
            return _word(self.found, value)
        if kind == "where":
            return _where(self.found, value)
        said = _said(self.found, value, self.depth)
        self.is_told = self.is_told or said is not None
        return self._list(value) if said is None and kind == "list" else value if said is None else said

    def _list(self, value: str) -> str:
        whole = ""
        for place, piece in enumerate(LISTED.split(value)):
            part = JOINTS[piece] if place % 2 else self.value(piece, "")
            whole = whole + part if place % 2 or not whole else joined(whole, part)
        return whole


def _word(found: Index, value: str) -> str:
    """Say a code, such as a rule's name, as the screens call it."""
    words = value.replace("_", " ")
    return found.words(words.capitalize(), found.words(words, value))


def _where(found: Index, value: str) -> str:
    """Say a SKU in a region; a region alone is a name."""
    title, is_in, region = value.rpartition(" in ")
    return joined(joined(region, found.phrases.get("in", " in ")), title) if is_in else value
