"""Question language: which language a text is in, by its script and, in Latin script, by its words.

Hangul, Kana, Thai, Han, Cyrillic and Arabic speak for themselves. In Latin script each word speaks for the languages
that have it, the less the more of them do; accents and special letters speak louder. Titles of the show say nothing,
since viewers copy them. Where the words leave it open, as in "price?", the channel's own language decides. Six further
languages (Dutch, Italian, Polish, Turkish, Russian, Arabic) are read and answered in English; of some more only the
words are known, so that they are not taken for ours.
"""

from collections.abc import Collection
from functools import lru_cache

from dashboard.speech.question_tables import LANGUAGES, foreign, table
from dashboard.speech.question_text import clean, plain, script_of, words

LATIN = ("en", "id", "ms", "es", "pt", "fr", "de", "vi", "nl", "it", "pl", "tr")
_BY_SCRIPT = {"hangul": "ko", "kana": "ja", "thai": "th", "han": "zh", "cyrillic": "ru", "arabic": "ar"}
_WEIGHT = {"hangul": 2.5, "kana": 2.5, "han": 2.5, "thai": 1.2}
_HINT, _MARK, _ENDING, _FOREIGN_LEAD = 0.3, 1.5, 0.5, 1.25
NOT_OURS = "xx"
"""What `ranked` begins with where the text is in none of our languages."""


def ranked(text: str, titles: Collection[str] = (), hint: str = "") -> tuple[str, ...]:
    """Languages a text may be in, the likeliest first; `titles` are plain words of products, which say nothing."""
    typed = words(clean(text))
    own = [word for word in typed if plain(word) not in titles] or typed
    script = _script(own)
    if script == "other":
        return (NOT_OURS, "en")
    if script == "han" and _is_japanese(typed, hint):
        return ("ja", "zh")
    if script != "latin":
        return (_BY_SCRIPT[script], "en")
    scores = _latin(own, hint)
    best = sorted(scores, key=lambda language: -scores[language])
    strangers = _strangers(own)
    if strangers > _FOREIGN_LEAD * scores[best[0]] and strangers >= 1:
        return (NOT_OURS, "en")
    if not scores[best[0]]:
        return (hint if hint in LATIN and hint in LANGUAGES else "en", "en")
    return tuple(language for language in best if scores[language] > 0)


def _script(typed: list[str]) -> str:
    """The script most of a text is in; Kana among Han means Japanese."""
    counts: dict[str, float] = {}
    for word in typed:
        for letter in word:
            script = script_of(letter)
            if script:
                counts[script] = counts.get(script, 0) + _WEIGHT.get(script, 1.0)
    if "kana" in counts and "han" in counts:
        counts["kana"] += counts.pop("han")
    return max(counts, key=lambda script: counts[script], default="latin")


def _is_japanese(typed: list[str], hint: str) -> bool:
    """Whether Han without Kana has characters that only Japanese writes; on a Japanese stream, none of Chinese."""
    letters = {letter for word in typed for letter in word}
    if letters & table("zh").marks:
        return False
    return hint == "ja" or not letters.isdisjoint(table("ja").marks)


@lru_cache(maxsize=1)
def _ended() -> tuple[str, ...]:
    """Languages told by how their words end."""
    return tuple(language for language in LATIN if table(language).endings)


@lru_cache(maxsize=1)
def _speaking() -> dict[str, dict[str, float]]:
    """Word -> language -> how loudly it speaks: as written, without accents, or as a product's name."""
    found: dict[str, dict[str, float]] = {}
    for language in LATIN:
        one = table(language)
        said: dict[str, float] = dict.fromkeys((name for name in one.called if " " not in name), 0.6)
        said |= dict.fromkeys(one.typed, 0.8)
        said |= {plain(word): 1.0 for word in one.spoken} | {word: 1.3 for word in one.spoken if not word.isascii()}
        for word, weight in said.items():
            found.setdefault(word, {})[language] = weight
    return found


def _latin(typed: list[str], hint: str) -> dict[str, float]:
    """How much speaks for each language; the hint only tips what the words leave even."""
    scores = dict.fromkeys(LATIN, 0.0)
    speaking = _speaking()
    for word in typed:
        voices = speaking.get(word) or speaking.get(plain(word), {})
        for language, weight in voices.items():
            scores[language] += weight / len(voices)
        for language in _ended() if len(word) > 5 else ():
            scores[language] += _ENDING * word.endswith(table(language).endings)
        for language in LATIN if not word.isascii() else ():
            marks = table(language).marks
            scores[language] += _MARK * any(letter in marks for letter in word)
    if hint in scores:
        scores[hint] += _HINT
    return scores


def _strangers(typed: list[str]) -> float:
    """How much speaks for the likeliest language that is not ours; words we share count half."""
    speaking, most = _speaking(), 0.0
    for own in foreign().values():
        most = max(most, sum(0.4 if plain(word) in speaking else 1.0 for word in typed if word in own))
    return most


def answered_in(language: str) -> str:
    """The language a text is answered in."""
    return language if language in LANGUAGES else "en"
