"""The words a rewording may not bring in, drop or exchange: one file a language, made into patterns once.

    data/wording/<language>.toml -> Words: a pattern for each kind of word, the letters of the language, its places

    friendly   what may be added and left out anywhere: greetings, thanks, regrets, articles, particles
    same       groups of words that may stand for each other
    the rest   words of a kind that is looked at: numbers, negations, urgency, money, time ...

A list is a text of words with blanks between them; `_` in a word stands for a blank, `*` for any further letters. Where
a language writes blanks, words are sought as whole words, folded to plain letters (Vietnamese as they are, since its
signs tell words apart); in Chinese, Japanese, Korean and Thai they are sought anywhere. English words are sought in
every language, and so are number words of every language in Latin letters: a foreign model slips into those.

`common` names words that mean something else in the language than in English.

Places are the countries, regions and cities of Babel, in the language and in English.
"""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from babel import Locale

from dashboard.settings import DATA
from dashboard.speech.phrase_shapes import LANGUAGES

FOLDER = DATA / "wording"
UNSPACED = frozenset({"zh", "ja", "ko", "th"})
UNFOLDED = frozenset({"vi"})
GROUP = 0xF000
"""The private sign of the first group of words that may stand for each other."""
KINDS = ("numbers", "doubt", "urgency", "money", "measures", "approx", "gone", "coming", "ship", "unknown", "places")
_MANY_WORDS = 400
_CONTINENTS = ("Africa/", "America/", "Asia/", "Australia/", "Europe/", "Indian/", "Pacific/", "Atlantic/")
_CONTACTS = (
    "http* www com net org dot url link links bio dm pm email mail whatsapp telegram wechat weixin instagram tiktok "
    "facebook youtube twitter line_id signal qr click href script"
)
_LETTERS_MIN = 3
"""A place name of fewer letters is no proof of a place; those that matter stand in the files."""


class Words(NamedTuple):
    """One language: patterns by kind of word, its letters (empty: told by script), and names it may bring in."""

    language: str
    patterns: Mapping[str, re.Pattern[str]]
    negation: re.Pattern[str]
    spoken: re.Pattern[str]
    """Finds friendly words and those that others may stand for."""
    alike: Mapping[str, str]
    """A word -> the sign of those that may stand for it; friendly words have none."""
    harmless: re.Pattern[str] | None
    letters: frozenset[str]
    names: frozenset[str]


def folded(text: str, language: str) -> str:
    """A text in small letters, without accents where the language reads the same without them."""
    small = unicodedata.normalize("NFC", text.replace("’", "'").casefold())
    if language in UNSPACED or language in UNFOLDED:
        return small
    return "".join(sign for sign in unicodedata.normalize("NFD", small) if not unicodedata.combining(sign))


@lru_cache(len(LANGUAGES))
def words_of(language: str) -> Words:
    """The words of a language of LANGUAGES."""
    table = _read(language)
    english, common = _read("en"), set(str(table.get("common", "")).split())
    lists = {kind: _list(table, kind) + (_list(english, kind) if language not in UNSPACED else []) for kind in KINDS}
    lists = {kind: [word for word in said if word not in common] for kind, said in lists.items()}
    lists["contacts"] = [word for word in _CONTACTS.split() if word not in common]
    lists["numbers"] += [word for other in LANGUAGES for word in _foreign_numbers(other, language)]
    lists["calendar"] = sorted(_calendar(language) | (_calendar("en") if language not in UNSPACED else set()))
    for kind in ("time", "scope"):
        for concept, said in table[kind].items():
            lists[f"{kind}.{concept}"] = said.split()
    patterns = {kind: _pattern(said, language) for kind, said in lists.items()}
    patterns |= _place_patterns(language)
    extra = table.get("number_pattern")
    if extra:
        patterns["numbers"] = re.compile(f"{patterns['numbers'].pattern}|{extra}")
    alike = {_said(word, language): chr(GROUP + at) for at, said in enumerate(table["same"]) for word in said.split()}
    return Words(
        language,
        patterns,
        _pattern(_list(table, "negations"), language),
        _pattern([*_list(table, "friendly"), *(word for said in table["same"] for word in said.split())], language),
        alike,
        _pattern(_list(table, "harmless"), language) if table["harmless"] else None,
        frozenset(table.get("letters", "")),
        frozenset(table.get("names", "").split()),
    )


def friendly(language: str) -> str:
    """The friendly words of a language as one text, commas between."""
    return ", ".join(
        word.replace("_", "" if language in UNSPACED else " ") for word in _list(_read(language), "friendly")
    )


def alike(language: str) -> str:
    """The groups of words that may stand for each other, as one text."""
    blank = "" if language in UNSPACED else " "
    return "; ".join(" / ".join(word.replace("_", blank) for word in said.split()) for said in _read(language)["same"])


def _said(word: str, language: str) -> str:
    return folded(word, language).replace("_", "" if language in UNSPACED else " ")


def _read(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _list(table: Mapping[str, Any], kind: str) -> list[str]:
    return str(table[kind]).split()


def _foreign_numbers(other: str, language: str) -> Iterable[str]:
    """Number words of another language in Latin letters that mean nothing else in this one."""
    if other in (language, "en") or other in UNSPACED or language in UNSPACED or "vi" in (other, language):
        return ()
    own = _read(language)
    common = set(f"{own['negations']} {own.get('common', '')}".split())
    return [
        word
        for word in _list(_read(other), "numbers")
        if len(word) > _LETTERS_MIN and "*" not in word and word not in common
    ]


def _calendar(language: str) -> set[str]:
    """Names of months and weekdays, and their short forms where those are no ordinary words."""
    locale = Locale.parse(language)
    said: set[str] = set()
    for names in (locale.months, locale.days):
        for use in ("format", "stand-alone"):
            said |= set(names[use]["wide"].values())
            if language == "en":
                said |= set(names[use]["abbreviated"].values())
    return {word.replace(" ", "_").strip(".") for word in said if len(word) > 1 and not word.isdecimal()}


def _place_patterns(language: str) -> dict[str, re.Pattern[str]]:
    """Countries, continents and cities in a language and in English, in a few patterns."""
    said: set[str] = set()
    for locale in {Locale.parse(language), Locale("en")}:
        said |= {name for code, name in locale.territories.items() if code not in ("ZZ", "QO")}
        said |= {zone["city"] for zone in locale.time_zones.values() if "city" in zone}
    said |= {
        zone.rpartition("/")[2].replace("_", " ") for zone in available_timezones() if zone.startswith(_CONTINENTS)
    }
    least = 2 if language in UNSPACED else _LETTERS_MIN
    names = sorted({name.replace("*", "").replace(" ", "_") for name in said if len(name) >= least})
    pieces = [names[first : first + _MANY_WORDS] for first in range(0, len(names), _MANY_WORDS)]
    return {f"place.{number}": _pattern(piece, language) for number, piece in enumerate(pieces)}


def _pattern(said: Collection[str], language: str) -> re.Pattern[str]:
    """A pattern that finds any of some words; the longest first."""
    apart = language not in UNSPACED
    found = {_said(word, language) for word in said}
    ordered = sorted(found, key=lambda word: (-len(word), word))
    parts = [re.escape(word).replace(r"\*", r"[^\W\d_]*" if apart else "") for word in ordered]
    either = "|".join(parts) or "(?!)"
    return re.compile(rf"(?<![^\W\d_])(?:{either})(?![^\W\d_])" if apart else f"(?:{either})")
