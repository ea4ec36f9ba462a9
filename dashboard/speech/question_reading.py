"""Question reading: a text's words with typing errors mended, its places, colours and sizes marked.

    "do you shpi to gemany in rosa?"  ->  words mended, country DE, concept rose, pattern text " do you ship to @ in # "

Words are mended first (question_mending). Where a language puts no spaces between words, names are looked for inside
the text, the longest first, and nothing is mended but the Latin words among them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from dashboard.speech.question_mending import is_strange, mend, parts
from dashboard.speech.question_tables import Table, replaced, table
from dashboard.speech.question_text import clean, plain, unspaced, words

NAME_WORDS = 4
PLACE, ATTRIBUTE, NUMBER, MONEY, THING = "@", "#", "9", "€", "◦"
_NUMBERED = re.compile(r"^(\d+)([a-z]+)$")
_LATIN_RUN = re.compile(r"[a-z0-9]+")
_SIGN = re.compile(r"[$€£¥₫฿₩]")
_AMERICA = re.compile(r"(?<![A-Za-z])U\.?S\.?(?![A-Za-z])")
"""In capitals, among small letters, it is the country and not "we"."""
_ORDINAL = re.compile(r"(?:#|\bno\.?|\bnr\.?|\bnumber|\blink|\bitem)\s*\d|\d+\s*号", re.IGNORECASE)


class Reading(msgspec.Struct, frozen=True):
    """A text as it was read in one language."""

    language: str
    words: tuple[str, ...]
    """Plain words, mended; in unspaced languages the Latin ones only."""
    joined: str
    """The plain text without spaces."""
    text: str
    """What the language's patterns are looked for in."""
    english: str
    """What English patterns are looked for in, where the language is another."""
    places: tuple[str, ...]
    """ISO 3166 codes, `region:` and a region's name before those of regions; in their order."""
    concepts: tuple[tuple[str, str, str], ...]
    """(kind, concept, word) of what may be a product's name."""
    pointed: bool
    """Whether a word points at what is on screen."""
    obscure: bool
    """Whether something is named that nobody here knows: by a number no title explains, or by an unknown word."""


def read(text: str, language: str, titles: frozenset[str]) -> Reading:
    """Read a text in a language; `titles` are the plain words of the show's titles."""
    own, cleaned = table(language), clean(text)
    numbered = bool(_ORDINAL.search(cleaned))
    cleaned = _SIGN.sub(f" {MONEY} ", cleaned)
    if any(map(str.islower, cleaned)) or not cleaned.isascii():
        cleaned = _AMERICA.sub("USA", cleaned)
    if own.spaced:
        return _spaced(own, cleaned, titles, numbered)
    return _unspaced(own, cleaned, titles, numbered)


def _spaced(own: Table, cleaned: str, titles: frozenset[str], numbered: bool) -> Reading:
    english = table("en")
    typed = [full for word in _split(cleaned, titles) for full in own.aliases.get(word, word).split()]
    typed = [part for word in typed for part in parts(word, own)]
    mended = [mend(word, own.language, titles) for word in typed]
    marked = list(mended)
    places = list(_take_places(marked, own, english))
    concepts = list(_take_concepts(mended, marked, own, english, _accents(own, cleaned)))
    line = f" {' '.join(_digits(word) for word in marked)} "
    return Reading(
        own.language, tuple(mended), unspaced(cleaned), line, line if own.language != "en" else "", tuple(places),
        tuple(concepts), any(f" {word} " in line for word in own.this), numbered or is_strange(marked, own, titles),
    )  # fmt: skip


def _accents(own: Table, cleaned: str) -> str:
    """The text with its accents, where they tell words apart and the viewer typed any."""
    return f" {' '.join(words(cleaned))} " if own.accented and not cleaned.isascii() else ""


def _split(cleaned: str, titles: frozenset[str]) -> Iterator[str]:
    """Plain words; "2pcs" is two unless a title has it."""
    for word in map(plain, words(cleaned.replace(MONEY, " euros "))):
        found = _NUMBERED.match(word)
        if found and word not in titles and word not in table("en").called:
            yield from found.groups()
        elif word:
            yield word


def _digits(word: str) -> str:
    return NUMBER if word.isdecimal() else word


@lru_cache(maxsize=16)
def _heads(language: str) -> frozenset[str]:
    """The words names of places and products begin with."""
    return frozenset(
        name.split()[0]
        for one in (table(language), table("en"))
        for names in (one.guarded, one.places, one.regions, one.called)
        for name in names
    )


def _take_places(marked: list[str], own: Table, english: Table) -> Iterator[str]:
    """The places named, the longest names first at every word; their last word is marked, the others stay or go."""
    at, heads = 0, _heads(own.language)
    while at < len(marked):
        if marked[at] not in heads and not marked[at].startswith("flag"):
            at += 1
            continue
        for size in range(min(NAME_WORDS, len(marked) - at), 0, -1):
            name = " ".join(marked[at : at + size])
            kept, place = _place(name, size, own, english)
            if place:
                stays = name.split()[:kept]
                begin = at - (at > 0 and not kept and marked[at - 1] in own.articles)
                marked[begin : at + size] = [*stays, PLACE]
                at = begin + kept
                yield place
                break
        at += 1


def _place(name: str, size: int, own: Table, english: Table) -> tuple[int, str]:
    """How many words before the place stay, and what it is ("" for none)."""
    for one in (own, english):
        if one is english and size == 1 and name in own.common:
            return 0, ""
        if name in one.guarded:
            return size - 1, one.guarded[name]
        if name in one.places:
            return 0, one.places[name]
        if name in one.regions:
            return 0, f"region:{one.regions[name]}"
    if size == 1 and len(name) == 6 and name.startswith("flag"):
        return 0, name[4:].upper()
    return 0, ""


def _take_concepts(
    mended: list[str], marked: list[str], own: Table, english: Table, accents: str
) -> Iterator[tuple[str, str, str]]:
    """What may be a product's name; colours and sizes are marked in the pattern text."""
    at, heads = 0, _heads(own.language)
    while at < len(mended):
        if mended[at] not in heads:
            at += 1
            continue
        for size in range(min(3, len(mended) - at), 0, -1):
            name = " ".join(mended[at : at + size])
            found = own.called.get(name) or (english.called.get(name) if name not in own.common else None)
            if found and accents and not any(form in accents for form in own.accented.get(name, ())):
                continue
            if found and own.accented and not accents and name in own.common:
                continue
            if found:
                yield (*found, name)
                for word in name.split() if found[0] != "nouns" or accents else ():
                    if word in marked:
                        marked[marked.index(word)] = THING if found[0] == "nouns" else ATTRIBUTE
                at += size - 1
                break
        at += 1


def _unspaced(own: Table, cleaned: str, titles: frozenset[str], numbered: bool) -> Reading:
    english = table("en")
    text = replaced(unspaced(cleaned.translate(own.simplified)), own.aliases) + MONEY * (MONEY in cleaned)
    latin = [mend(word, "en", titles) for word in map(plain, words(cleaned)) if _LATIN_RUN.fullmatch(word)]
    latin += [word for word in _LATIN_RUN.findall(text) if word not in latin]
    marked = list(latin)
    places: list[str] = [*_take_places(marked, english, english)]
    concepts = list(_take_concepts(latin, marked, english, english, ""))
    for word in latin:
        if word in english.places:
            text = text.replace(word, PLACE)
        elif word in english.called and english.called[word][0] != "nouns":
            text = text.replace(word, ATTRIBUTE)
    places += _take_inside(text, own.language)
    for name, _ in _inside(own.language):
        text = text.replace(name, PLACE)
    for name, (kind, concept) in _called_inside(own.language):
        if name in text:
            concepts.append((kind, concept, name))
            text = text.replace(name, THING if kind == "nouns" else ATTRIBUTE)
    text = re.sub(r"\d+", NUMBER, text)
    return Reading(
        own.language, tuple(latin), unspaced(cleaned), text, f" {' '.join(map(_digits, marked))} ", tuple(places),
        tuple(concepts), any(word in text for word in own.this), numbered,
    )  # fmt: skip


def _take_inside(text: str, language: str) -> list[str]:
    """The places named inside a text, in their order; a name inside a longer one counts as that."""
    found: dict[int, str] = {}
    for name, code in _inside(language):
        at = text.find(name)
        if at >= 0:
            found[at] = code
            text = text.replace(name, "\0" * len(name))
    return [found[at] for at in sorted(found)]


@lru_cache(maxsize=16)
def _inside(language: str) -> tuple[tuple[str, str], ...]:
    """Names of places to look for inside a text, the longest first."""
    own = table(language)
    names = own.places | own.guarded | {name: f"region:{code}" for name, code in own.regions.items()}
    return tuple(sorted(names.items(), key=lambda item: (-len(item[0]), item[0])))


@lru_cache(maxsize=16)
def _called_inside(language: str) -> tuple[tuple[str, tuple[str, str]], ...]:
    """Names of products to look for inside a text, the longest first."""
    return tuple(sorted(table(language).called.items(), key=lambda item: (-len(item[0]), item[0])))
