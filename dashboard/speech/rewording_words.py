"""The words of a rewording: what it may not bring in, may not drop, and may not put in another place.

    brought in    number words, months and weekdays, places, money, measures, doubt, pressing or promising words,
                  addresses, names of the show: no more of them than in the draft
    as before     units of time, per what a limit counts, sold out or not, known or not: said as often as the draft
                  says it; of what is said of arriving and sending, nothing new
    in all        beside friendly words and words that may stand for each other, the draft's own words and no other
    in place      a denial stands between the same facts, before the same word; about, up to, each: at the same fact

Texts are looked at twice, with punctuation as blanks and without it, so that "fi-ve" is five.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from dashboard.speech.rewording_signs import FACT
from dashboard.speech.rewording_tables import UNSPACED, Words, folded, words_of

BROUGHT_IN = {
    "numbers": "number word",
    "doubt": "word of doubt",
    "urgency": "pressing or promising word",
    "money": "word for money",
    "measures": "measure",
    "calendar": "month or weekday",
    "contacts": "address",
    "places": "place",
}
AS_BEFORE = ("gone", "unknown")
NOTHING_NEW = ("coming", "ship")
NEAR_BEFORE, NEAR_AFTER = 3, 2
FEW_FACTS = 2
_NAME_MIN = 3
_MARKS = re.compile(r"[^\w\s'\u0e00-\u0e7f\ue000-\uf8ff]")
_INNER = re.compile(r"(?<=[^\W_])[^\w\s\ue000-\uf8ff]+(?=[^\W_])")
"""Punctuation inside a word."""


def told(before: str, after: str, language: str, names: Sequence[str] = ()) -> str:
    """Say what words speak against a rewording, "" when none do; both texts are skeletons."""
    words = words_of(language)
    first, second = _readings(before, words), _readings(after, words)
    return (
        _brought_in(first, second, words)
        or _as_before(first, second, words)
        or _denied(first[0], second[0], words)
        or _near(first[0], second[0], words)
        or _named(first[0], second[0], language, names)
        or ("" if _normal(first, words) == _normal(second, words) else "it says something else than the draft")
    )


def _readings(text: str, words: Words) -> tuple[str, str]:
    """The text with punctuation as blanks, and with what stands inside words taken out; harmless words are left out."""
    small = folded(text, words.language)
    if words.harmless:
        small = words.harmless.sub(" · ", small)
    apart = " ".join(_MARKS.sub(" ", small).split())
    if words.language in UNSPACED:
        return apart, "".join(_MARKS.sub("", small).split())
    return apart, " ".join(_MARKS.sub(" ", _INNER.sub("", small)).split())


def _found(readings: tuple[str, str], pattern: re.Pattern[str]) -> Counter[str]:
    """What a pattern finds in either reading, as often as it is there at most."""
    return Counter(_matches(pattern, readings[0])) | Counter(_matches(pattern, readings[1]))


def _matches(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[0] for match in pattern.finditer(text)]


def _brought_in(first: tuple[str, str], second: tuple[str, str], words: Words) -> str:
    for kind, pattern in words.patterns.items():
        what = BROUGHT_IN.get(kind) or ("place" if kind.startswith("place.") else "")
        new = _found(second, pattern) - _found(first, pattern) if what else None
        if new:
            return f"it brings in the {what} {next(iter(new))!r}"
    return ""


def _as_before(first: tuple[str, str], second: tuple[str, str], words: Words) -> str:
    for kind, pattern in words.patterns.items():
        had, has = _found(first, pattern).total(), _found(second, pattern).total()
        if (kind in AS_BEFORE or kind.startswith(("time.", "scope."))) and had != has:
            return f"it {'drops' if had > has else 'brings in'} what is said of {kind.rpartition('.')[2]}"
        if kind in NOTHING_NEW and has and not had:
            return f"it brings in what is said of {kind}"
    return ""


def _denied(first: str, second: str, words: Words) -> str:
    """Compare what is denied between any two facts: the denying word and what follows it."""
    here, there = ([_denials(part, words) for part in FACT.split(text)] for text in (first, second))
    return "" if here == there else "it denies something else than the draft"


def _denials(part: str, words: Words) -> list[tuple[str, str]]:
    found = []
    part = _plain(part, words)
    for match in words.negation.finditer(part):
        rest = part[match.end() :].strip()
        found.append((match[0], rest[:1] if words.language in UNSPACED else rest.partition(" ")[0]))
    return sorted(found)


def _plain(text: str, words: Words) -> str:
    """A reading without its friendly words, and with one sign for words that may stand for each other."""
    blank = "" if words.language in UNSPACED else " "
    return words.spoken.sub(lambda match: words.alike.get(match[0], blank), text)


def _normal(readings: tuple[str, str], words: Words) -> list[str]:
    """What is left between any two facts when everything friendly is gone, the words of a part in any order.

    Where there are few facts a word may move past one; with more it could join another fact than its own.
    """
    if words.language in UNSPACED:
        return [_plain(part, words) for part in FACT.split(readings[1])]
    parts = [_plain(part, words).split() for part in FACT.split(readings[0])]
    if len(parts) <= FEW_FACTS + 1:
        parts = [[word for part in parts for word in part]]
    return [" ".join(sorted(part)) for part in parts]


def _near(first: str, second: str, words: Words) -> str:
    """Compare the words close to each fact that would change a number: about, up to, more than, each."""
    pattern = words.patterns["approx"]
    here, there = ([sorted(_matches(pattern, part)) for part in _near_facts(text, words)] for text in (first, second))
    return "" if here == there else "another word for how exact or how much stands at a fact"


def _near_facts(text: str, words: Words) -> list[str]:
    """What stands close to a fact, from one fact to the next: little after the one, a little more before the other."""
    near = []
    for part in FACT.split(text):
        if words.language in UNSPACED:
            near.append(part)
            continue
        said = part.split()
        short = len(said) <= NEAR_AFTER + NEAR_BEFORE
        near.append(" ".join(said if short else [*said[:NEAR_AFTER], "·", *said[-NEAR_BEFORE:]]))
    return near


def _named(first: str, second: str, language: str, names: Sequence[str]) -> str:
    for name in names:
        called = _called(name, language)
        if len(called) >= _NAME_MIN and called in second and called not in first:
            return "it names something else of the show"
    return ""


@lru_cache(1024)
def _called(name: str, language: str) -> str:
    return " ".join(_MARKS.sub(" ", folded(name, language)).split())
