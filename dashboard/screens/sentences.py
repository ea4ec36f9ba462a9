"""Sentences with values in them, in the viewer's language: what rules, refusals, alerts and the journal say.

Data flow: an English sentence as it was recorded -> the templates that fit it (`sentence_templates`) -> the one that
explains most of it -> its translation (`data/locales/*/LC_MESSAGES/sentences.po`) with the same values -> the screen. A
value that is a sentence or phrase itself is said in the same way; numbers, names and people's own words stay. What a
template explains is its literal text and all that templates explain of its values; so `What is left of {what}` never
takes the end of `{what} is {value}, needed {sign} {limit}` for a part of a name.
The journal keeps what was said in English, so a show of last year is read in the language of who looks today.
Invariants: what fits no template stays English, sentence by sentence; nothing here decides, stores or fails, and no
text from outside costs more than so many tries.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from dashboard.catalogues import Catalogue, catalogue
from dashboard.screens.sentence_templates import Index, Template, filled, joined

DOMAIN = "sentences"
FULL_STOPS = re.compile(r"(?<=[.!?…]) (?=[A-Z0-9'\"+])")
LISTED = re.compile(r"(, and | and |, |; | or | \+ )")
JOINTS = {", and ": "、", " and ": "、", ", ": "、", "; ": "；", " or ": "或", " + ": " + "}
PROGRAM = frozenset(("allocator", "clock", "exchange", "forecast", "import", "missed", "prompter", "rerun", "sandbox"))
"""Actors that are parts of this program."""
WORDLESS = re.compile(r"[^a-z]*")
LENGTH_MAX, DEPTH_MAX, TRIES_MAX = 1000, 6, 600
"""Characters of a text, sentences within sentences, and comparisons with templates: beyond them it stays English."""


class Told(NamedTuple):
    """What a text is in a language, and how much of it is explained: characters of literal text."""

    said: str
    explained: int


def sentence(text: str, say: Catalogue) -> str:
    """Say a sentence that was made in English; in the language that `say` speaks, or as it is."""
    return spoken(say.language, text) if text and say.language != "en" else text


def actor(name: str, say: Catalogue) -> str:
    """Say who did something: a rule or a part of the program as the screens call it, a person by their own name."""
    words = name.removeprefix("rule:").replace("_", " ")
    if name in PROGRAM:
        return sentence(words, say)
    return say(words.capitalize()) if name.startswith("rule:") and say.language != "en" else words


def because(reason: str, who: str, say: Catalogue) -> str:
    """Say a reason: a rule's or the program's in the viewer's language, a person's in their own words."""
    return sentence(reason, say) if who.startswith("rule:") or who in PROGRAM else reason


@lru_cache(maxsize=4)
def index(language: str) -> Index:
    """Return the templates of a language, compiled once."""
    return Index(catalogue(DOMAIN, language).templates(), catalogue("screens", language).templates())


@lru_cache(maxsize=8192)
def spoken(language: str, text: str) -> str:
    """Say a sentence in a language (`zh`); what nothing fits or is longer than any of ours stays as it is."""
    if len(text) > LENGTH_MAX:
        return text
    reading = Reading(index(language))
    whole = reading.told(text)
    if whole is not None:
        return whole.said
    pieces = [(piece, reading.told(piece)) for piece in FULL_STOPS.split(text)]
    return _together([one.said if one else piece for piece, one in pieces])


def _together(pieces: list[str]) -> str:
    """Put sentences behind one another: none after a full-width stop needs a space."""
    whole = ""
    for piece in pieces:
        whole = piece if not whole else f"{whole}{piece}" if whole.endswith("。") else f"{whole} {piece}"
    return whole


def _variants(text: str) -> Iterator[str]:
    yield text
    if text[:1].isupper():
        yield text[0].lower() + text[1:]
    elif text[:1].islower():
        yield text[0].upper() + text[1:]
    yield text[:-1] if text.endswith(".") else f"{text}."


def _stopped(one: Told, is_sentence: bool) -> Told:
    """Give a text the full stop it lost, or take the one it has not."""
    return one._replace(said=f"{one.said.rstrip('。')}。" if is_sentence else one.said.rstrip("。"))


class Reading:
    """One sentence being read: what its parts are, how deep they lie, and how many tries are left.

    Whoever writes a text from outside cannot make it cost more than `TRIES_MAX` comparisons, `DEPTH_MAX` deep.
    """

    def __init__(self, found: Index) -> None:
        self._index, self._tries, self._depth = found, TRIES_MAX, 0
        self._known: dict[str, Told | None] = {}

    def told(self, text: str) -> Told | None:
        """Say a text as one or sentence by sentence, whichever explains more of it; None where nothing fits."""
        text = text.strip()
        if text in self._known or self._depth >= DEPTH_MAX:
            return self._known.get(text)
        self._depth += 1
        whole, pieces = self._whole(text), FULL_STOPS.split(text)
        if len(pieces) > 1:
            parts = [self._whole(piece) for piece in pieces]
            said = [part for part in parts if part is not None]
            explained = sum(part.explained for part in said)
            if len(said) == len(parts) and (whole is None or explained > whole.explained):
                whole = Told(_together([part.said for part in said]), explained)
        self._depth -= 1
        self._known[text] = whole
        return whole

    def made(self, template: Template, match: re.Match[str]) -> Told:
        """Say what a template made, with its values."""
        explained = template.length

        def value(text: str, kind: str) -> str:
            nonlocal explained
            one = self._value(text, kind)
            explained += one.explained
            return one.said

        return Told(filled(template, match, value), explained)

    def _whole(self, text: str) -> Told | None:
        """Say a text as one: as it is, in other case, with or without its full stop, whichever is explained best."""
        best: Told | None = None
        for variant in _variants(text):
            phrase = self._index.phrases.get(variant)
            one = self._made(variant) if phrase is None else Told(phrase, len(variant))
            if one is not None and (best is None or one.explained > best.explained + 1):
                best = one if variant.endswith(".") == text.endswith(".") else _stopped(one, text.endswith("."))
        return best

    def _made(self, text: str) -> Told | None:
        """Say a text by the template that explains most; by one with hardly a word only if that explains a value."""
        best: Told | None = None
        for template in self._index.candidates(text):
            match = template.fits(text) if self._tries > 0 else None
            self._tries -= 1
            if match:
                one = self.made(template, match)
                is_believed = one.explained > template.length or not template.is_weak
                if is_believed and (best is None or one.explained > best.explained):
                    best = one
        return best

    def _value(self, value: str, kind: str) -> Told:
        """Say a value by its kind: a name, a word of the screens, a SKU in a region, units of regions, a list."""
        if kind == "name" or not value:
            return Told(value, 0)
        if kind in KINDS:
            return Told(KINDS[kind](self, value), 0)
        if WORDLESS.fullmatch(value) and kind != "list":
            return Told(self._index.phrases.get(value, value), 0)
        one = self.told(value)
        return one or (self._list(value) if kind == "list" else Told(value, 0))

    def _word(self, value: str) -> str:
        """Say a code, such as a rule's or a number's name, as the screens call it."""
        words, found = value.replace("_", " "), self._index
        return found.words(words.capitalize(), found.phrases.get(words, found.words(words, value)))

    def _where(self, value: str) -> str:
        """Say a SKU in a region; a region alone is a name."""
        title, is_in, region = value.rpartition(" in ")
        return joined(joined(region, self._index.phrases.get("in", " in ")), title) if is_in else value

    def _shares(self, value: str) -> str:
        """Say how many units each of some pools gives."""
        shares = [one.partition(" of ") for one in LISTED.split(value)[::2]]
        return JOINTS[", "].join(f"{self._value(pool, '').said} {units}" for units, _, pool in shares)

    def _list(self, value: str) -> Told:
        whole, explained = "", 0
        for place, piece in enumerate(LISTED.split(value)):
            one = Told(JOINTS[piece], 0) if place % 2 else self._value(piece, "")
            whole = whole + one.said if place % 2 or not whole else joined(whole, one.said)
            explained += one.explained
        return Told(whole, explained)


KINDS: Mapping[str, Callable[[Reading, str], str]] = {
    "word": Reading._word,
    "where": Reading._where,
    "shares": Reading._shares,
}
"""What a translation may say of a value behind its name, besides `name` and `list`."""
