"""Question mending: what a misspelt word was meant to be, and which words nobody here knows.

A word nobody knows is taken for the nearest one that patterns, places, products or titles use, within a distance that
grows with its length; short words are left alone, since "ship" and "shop" are both words. Endings that hang on a word
come off, and a German or Dutch compound of two names comes apart. What stays unknown behind an article is the name of
a thing this show may not have (`is_strange`).
"""

from functools import lru_cache
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from dashboard.speech.question_tables import Table, table

_COMPOUNDING, _COMPOUND = ("de", "nl"), 8
"""Languages that write two names as one word, and from how many letters on."""
_NAMING = ("en", "de", "nl")
"""Languages in which an article comes before a name and not, as a pronoun, before a verb."""


@lru_cache(maxsize=8192)
def mend(word: str, language: str, titles: frozenset[str]) -> str:
    """The word itself where anybody knows it, else the nearest known one within reach of a typing error.

    What may be two colours or two things alike stays as it is.
    """
    known, _ = _known(language)
    if word in known or word in titles or len(word) < 4 or not word.isalpha():
        return word
    reach = 1 if len(word) < 8 else 2
    for suffix in table(language).suffixes:
        if word.endswith(suffix) and word.removesuffix(suffix) in known:
            return word.removesuffix(suffix)
    best = process.extract(word, _targets(language, titles), scorer=OSA.distance, score_cutoff=reach, limit=8)
    near = [(distance, name) for name, distance, _ in best if _likely(word, name, language)]
    nearest = [name for distance, name in near if distance == near[0][0]]
    called = {table(language).called[name] for name in nearest if name in table(language).called}
    return nearest[0] if nearest and len(called) < 2 else word


@lru_cache(maxsize=32)
def _targets(language: str, titles: frozenset[str]) -> tuple[str, ...]:
    """Every word a misspelt one can be meant for, the language's own first."""
    return (*_known(language)[1], *sorted(titles))


def _likely(word: str, meant: str, language: str) -> bool:
    """Whether a slip of the finger explains it: never another first letter, in short words only left out or swapped."""
    if len(meant) < 4 or (word[0] != meant[0] and sorted(word[:2]) != sorted(meant[:2])):
        return False
    left_out = len(meant) == 5 and meant in table(language).typed
    return len(word) > 4 or left_out or sorted(word) == sorted(meant)


@lru_cache(maxsize=16)
def _known(language: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """All words known in a language, and those among them a misspelt one can be meant for."""
    own, english = table(language), table("en")
    targets: dict[str, None] = {}
    for names in (own.typed, own.places, own.called, own.regions, english.places, english.called):
        for name in sorted(names):
            targets.update(dict.fromkeys(word for word in name.split() if len(word) > 3))
    return own.common | english.common | frozenset(targets), tuple(targets)


def is_strange(marked: list[str], own: Table, titles: frozenset[str]) -> bool:
    """Whether an unknown word stands behind an article, as the name of a thing does."""
    if own.language not in _NAMING:
        return False
    known = _known(own.language)[0]
    return any(
        article in own.articles and len(word) > 3 and word.isalpha() and word not in known and word not in titles
        for article, word in pairwise(marked)
    )


def parts(word: str, own: Table) -> tuple[str, ...]:
    """The two names of products that a word is made of, or the word."""
    if own.language in _COMPOUNDING and len(word) >= _COMPOUND and word not in _known(own.language)[0]:
        for cut in range(3, len(word) - 2):
            if word[:cut] in own.called and word[cut:] in own.called:
                return word[:cut], word[cut:]
    return (word,)
