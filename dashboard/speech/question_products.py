"""Question products: which of the show's SKUs a question means.

    titles -> Titles (once per opened show): word -> titles, concept -> titles (rose: "rosa", "pink", "玫瑰")
    words and concepts of a question -> every title that fits all of them -> one: that SKU; several: candidates

Words every title has, and words that mean no product (function and chat words of the language), tell nothing. A colour
or a thing that no title of the show has is "lost": then no SKU is meant for sure. Whoever names nothing means what is
on screen; whoever names something is never answered for another SKU.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from dashboard.speech.question_reading import Reading
from dashboard.speech.question_tables import LANGUAGES, table
from dashboard.speech.question_text import clean, plain, script_of, unspaced, words

COVERED_MIN = 0.25
"""Share of a title's telling words a question must name to mean it by them alone, in shows of many titles."""
MANY, CANDIDATES_MAX = 50, 8
_SIGN = re.compile(r"\s+[·|/–—-]\s+|\s*[,(:·|]\s*")
_UNSPACED = ("han", "kana", "thai", "hangul")
_MEASURE = re.compile(r"\d+\w{0,3}|ml|cl|l|g|kg|oz|lb|cm|mm|m|in|w|v|gb|tb")
Hits = frozenset[int]


class Titles(msgspec.Struct, frozen=True):
    """A show's titles, by what they can be called."""

    skus: tuple[str, ...]
    words: tuple[frozenset[str], ...]
    families: tuple[str, ...]
    """What each title names before its colour or size."""
    by_word: dict[str, Hits]
    by_concept: dict[tuple[str, str], Hits]
    weight: dict[str, float]
    vocabulary: frozenset[str]
    unspaced: tuple[str, ...]
    """Words of titles in scripts that put no spaces between them, to be looked for inside a text."""
    codes: dict[str, int]


class Meant(msgspec.Struct, frozen=True):
    """What a question means: one SKU, or candidates; `named` when it names a product at all."""

    sku: str = ""
    skus: tuple[str, ...] = ()
    named: bool = False


@lru_cache(maxsize=8)
def titles_of(rows: tuple[tuple[str, str, str], ...]) -> Titles:
    """Index (SKU, title, category) of a show."""
    split = [frozenset(_title_words(title)) for _, title, _ in rows]
    by_word: dict[str, set[int]] = {}
    by_concept: dict[tuple[str, str], set[int]] = {}
    for number, (_, title, category) in enumerate(rows):
        for word in split[number]:
            by_word.setdefault(word, set()).add(number)
        for concept in {*concepts_of(title), *concepts_of(category)}:
            by_concept.setdefault(concept, set()).add(number)
    telling = {word: hits for word, hits in by_word.items() if len(hits) < len(rows) or len(rows) == 1}
    return Titles(
        skus=tuple(sku for sku, _, _ in rows),
        words=tuple(split),
        families=tuple(family_name(title) or sku for sku, title, _ in rows),
        by_word={word: frozenset(hits) for word, hits in by_word.items()},
        by_concept={concept: frozenset(hits) for concept, hits in by_concept.items()},
        weight={word: math.log(1 + len(rows) / len(hits)) for word, hits in telling.items()},
        unspaced=tuple(word for word in sorted(telling) if len(word) > 1 and script_of(word[0]) in _UNSPACED),
        vocabulary=frozenset(word for word in by_word if word.isalpha()),
        codes={unspaced(sku): number for number, (sku, _, _) in enumerate(rows) if len(sku) > 3},
    )


def _title_words(title: str) -> list[str]:
    return [plain(word) for word in words(clean(title))]


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, str]]:
    """Every name of a concept in any language; English first, and no name two languages use otherwise."""
    found: dict[str, tuple[str, str]] = {}
    doubtful: set[str] = set()
    for language in LANGUAGES:
        for name, concept in table(language).called.items():
            if found.setdefault(name, concept) != concept and name not in table("en").called:
                doubtful.add(name)
    return {name: concept for name, concept in found.items() if name not in doubtful}


@lru_cache(maxsize=16384)
def concepts_of(title: str) -> frozenset[tuple[str, str]]:
    """The concepts a title or a category names, in whatever language it is written."""
    names, split = _names(), _title_words(title)
    found = {names[name] for name in _runs(split) if name in names}
    if not title.isascii():
        joined = unspaced(clean(title))
        found |= {concept for name, concept in names.items() if len(name) > 1 and not name.isascii() and name in joined}
    return frozenset(found)


@lru_cache(maxsize=16384)
def family_name(title: str) -> str:
    """What a title names before its colour or size: all before the first sign, else without colours and measures."""
    parts = _SIGN.split(title.strip(), maxsplit=1)
    if len(parts) > 1 and parts[0]:
        return plain(parts[0])
    names, kept = _names(), _title_words(title)
    while len(kept) > 1 and (_MEASURE.fullmatch(kept[-1]) or names.get(kept[-1], ("nouns", ""))[0] != "nouns"):
        kept.pop()
    return " ".join(kept)


def _runs(split: Sequence[str], most: int = 3) -> Iterator[str]:
    for size in range(most, 0, -1):
        for at in range(len(split) - size + 1):
            yield " ".join(split[at : at + size])


def meant(reading: Reading, titles: Titles, on_screen: str, variants: bool) -> Meant:
    """Which SKU a question means; `variants` when it asks for colours or sizes, which then need not exist."""
    exact = _by_code(reading, titles)
    if exact is not None:
        return Meant(exact, (), True)
    terms, lost = _terms(reading, titles)
    if variants:
        lost = [kind for kind in lost if kind == "nouns"]
        if on_screen in titles.skus and not any(thing for thing, _ in terms):
            terms = _of_family(terms, on_screen, titles)
    if not terms:
        return Meant(named=True) if lost or reading.obscure else Meant(on_screen)
    fitting = frozenset.intersection(*(hits for _, hits in terms))
    if not fitting or lost:
        return Meant("", _named(fitting or frozenset.union(*(hits for _, hits in terms)), titles), True)
    return _chosen(fitting, reading, titles, on_screen)


def _of_family(terms: list[tuple[bool, Hits]], on_screen: str, titles: Titles) -> list[tuple[bool, Hits]]:
    """Whoever asks only for colours or sizes means what is on screen, in that colour where there is one."""
    name = titles.families[titles.skus.index(on_screen)]
    family = frozenset(number for number, other in enumerate(titles.families) if other == name)
    return [(thing, hits & family) for thing, hits in terms if hits & family]


def _by_code(reading: Reading, titles: Titles) -> str | None:
    """The SKU whose code stands in the question."""
    joined = "".join(reading.words)
    if not any(letter.isdigit() for letter in joined) and len(titles.skus) > MANY:
        return None
    found = [number for code, number in titles.codes.items() if code in joined]
    return titles.skus[found[0]] if len(found) == 1 else None


def _terms(reading: Reading, titles: Titles) -> tuple[list[tuple[bool, Hits]], list[str]]:
    """(whether it is a thing or a title's own word, titles that fit) of each word, and kinds of what no title has."""
    common, english = table(reading.language).common, table("en").common
    terms: list[tuple[bool, Hits]] = []
    lost: list[str] = []
    said: set[str] = set()
    for kind, concept, name in reading.concepts:
        said.update(name.split())
        hits = titles.by_concept.get((kind, concept), frozenset())
        own = [titles.by_word[word] for word in name.split() if word in titles.by_word]
        if own and hits & frozenset.intersection(*own):
            hits = hits & frozenset.intersection(*own)
        if not hits and own:
            hits = frozenset.intersection(*own)
        if hits and (len(hits) < len(titles.skus) or len(hits) == 1):
            terms.append((kind == "nouns", hits))
        elif not hits:
            lost.append(kind)
    for word in reading.words:
        if word in titles.weight and word not in said and word not in common and word not in english:
            terms.append((True, titles.by_word[word]))
    for word in titles.unspaced:
        if word in reading.joined:
            terms.append((True, titles.by_word[word]))
    return terms, lost


def _chosen(fitting: Hits, reading: Reading, titles: Titles, on_screen: str) -> Meant:
    """One of the titles that fit everything said, where it is sure which."""
    typed = set(reading.words)
    whole = [number for number in sorted(fitting) if titles.words[number] <= typed]
    if len(whole) == 1:
        return Meant(titles.skus[whole[0]], (), True)
    if len(fitting) == 1:
        number = next(iter(fitting))
        if len(titles.skus) < MANY or _covered(number, reading, titles) >= COVERED_MIN:
            return Meant(titles.skus[number], (), True)
        return Meant("", tuple(dict.fromkeys(filter(None, (titles.skus[number], on_screen)))), True)
    candidates = _named(fitting, titles)
    if reading.pointed and on_screen and titles.skus.index(on_screen) in fitting:
        return Meant(on_screen, (), True)
    return Meant("", candidates, True)


def _covered(number: int, reading: Reading, titles: Titles) -> float:
    """Share of a title's telling words that were said, or meant by a concept."""
    telling = {word: titles.weight.get(word, 0.0) for word in titles.words[number]}
    asked = {concept for _, concept, _ in reading.concepts}
    said = (
        weight
        for word, weight in telling.items()
        if word in reading.words or any(concept in asked for _, concept in concepts_of(word))
    )
    return sum(said) / (sum(telling.values()) or 1.0)


def _named(fitting: Iterable[int], titles: Titles) -> tuple[str, ...]:
    return tuple(titles.skus[number] for number in sorted(fitting)[:CANDIDATES_MAX])
