"""Question tables: the words and patterns of each language's file in data/questions, read once and checked.

    data/questions/en.toml -> Table: words that speak for the language, patterns of intents, what products are called,
                              what places are called (Babel's territory names and the file's own)

A pattern is written in words (data/questions/README.md says how) and becomes one regular expression over the plain
text: with a space before and behind every word where the language puts spaces, without any where it does not. What
cannot be read raises QuestionProblem with the file, the key and what would be right.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from babel import Locale

from dashboard.settings import DATA
from dashboard.speech.question_text import clean, plain, unspaced

LANGUAGES = ("en", "zh", "es", "de", "fr", "th", "ms", "id", "vi", "pt", "ja", "ko")
"""Languages that are read and answered in."""
STRANGERS = ("nl", "it", "pl", "tr", "ru", "ar")
"""Languages that are read and answered in English."""
INTENTS = ("stock", "ships_to", "delivery_time", "price", "limit", "restock", "coupon", "variant", "unknown")
KINDS = ("colours", "sizes", "nouns")
FOLDER = DATA / "questions"
_UNNAMED = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
_GAP_WORDS, _GAP_LETTERS = r"(?:\S+ ){0,5}?", ".{0,8}?"


class QuestionProblem(ValueError):
    """A table of questions cannot be read; the message is one sentence for people."""


class Pattern(msgspec.Struct, frozen=True):
    """How an intent is worded; those of a higher rank count only where none of a lower one does."""

    intent: str
    rank: int
    regex: re.Pattern[str]
    keys: frozenset[str]
    """What it can begin with, a word or (unspaced) a character; a text without any of them is not searched."""


class Table(msgspec.Struct, frozen=True):
    """One language's words, all in plain form unless said otherwise."""

    language: str
    spaced: bool
    spoken: frozenset[str]
    """Words that speak for the language as written, with their accents."""
    function: frozenset[str]
    """Words that hold others together and name nothing."""
    common: frozenset[str]
    """Words that mean no product: function and chat words and those of patterns."""
    this: frozenset[str]
    articles: frozenset[str]
    """Words that may stand before a place and change nothing."""
    marks: frozenset[str]
    endings: tuple[str, ...]
    suffixes: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    by_key: dict[str, tuple[int, ...]]
    """What a pattern can begin with -> numbers of patterns."""
    typed: frozenset[str]
    """Words of patterns a misspelt word can be meant for."""
    called: dict[str, tuple[str, str]]
    """What viewers call products: name -> (kind, concept)."""
    accented: dict[str, frozenset[str]]
    """How the names of products are written with their accents, where words differ by these alone; else empty."""
    places: dict[str, str]
    """Name -> ISO 3166 code."""
    guarded: dict[str, str]
    regions: dict[str, str]
    simplified: dict[int, int]
    """Traditional characters -> the simplified ones the table is written in."""
    aliases: dict[str, str]
    """Short forms and frequent slips -> what they stand for."""


@lru_cache(maxsize=len(LANGUAGES) + len(STRANGERS))
def table(language: str) -> Table:
    """A language's table; raises QuestionProblem."""
    return read(FOLDER / f"{language}.toml")


def read(path: Path) -> Table:
    """Read one file; raises QuestionProblem."""
    try:
        raw = tomllib.loads(unicodedata.normalize("NFKC", path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise QuestionProblem(f"{path.name} cannot be read: {problem}.") from None
    _check(path.name, raw)
    language, spaced = raw["language"], bool(raw["spaced"])
    form = _spaced if spaced else unspaced
    said = [*raw["words"]["function"].split(), *raw["words"]["chat"].split()]
    aliases = _by_name(raw.get("aliases", {}), form)
    aliases = {short: form(full) for short, full in aliases.items()}
    patterns = tuple(_patterns(path.name, raw["intents"], spaced, aliases))
    typed = frozenset(word for intent in raw["intents"].values() for word in _plain_words(intent)) | frozenset(
        word for full in aliases.values() for word in full.split()
    )
    simplified = str.maketrans(raw.get("traditional", ""), raw.get("simplified", ""))
    return Table(
        language=language,
        spaced=spaced,
        spoken=frozenset(word.casefold() for word in said),
        function=frozenset(map(plain, raw["words"]["function"].split())),
        common=frozenset(map(plain, said)) | typed | frozenset(aliases),
        this=frozenset(map(form, _names(raw["words"]["this"].replace(" ", ",")))),
        articles=frozenset(raw["words"].get("articles", "").split()),
        marks=frozenset(raw["words"]["marks"]),
        suffixes=tuple(raw["words"].get("suffixes", "").split()),
        endings=tuple(raw["words"].get("endings", "").split()),
        patterns=patterns,
        by_key=_by_key(patterns),
        typed=typed,
        called=_called(raw, form),
        accented=_accented(raw) if raw["words"].get("tonal") else {},
        places=_places(language, raw["places"], form, simplified),
        guarded=_by_name(raw["guarded"], form),
        regions=_by_name(raw["regions"], form),
        simplified=simplified,
        aliases=aliases,
    )


def _spaced(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"['’`]", "", plain(clean(name)))))


def _check(file: str, raw: dict[str, Any]) -> None:
    """Every part there and every intent known."""
    wanted = {"language", "spaced", "words", "intents", *KINDS, "places", "regions", "guarded"}
    missing = sorted(wanted - set(raw)) + sorted({"function", "chat", "this", "marks"} - set(raw.get("words", {})))
    if missing:
        raise QuestionProblem(f"{file} has no {missing[0]!r}; it needs {', '.join(sorted(wanted))}.")
    wrong = sorted(set(raw["intents"]) ^ set(INTENTS))
    if wrong:
        raise QuestionProblem(f"{file}: [intents] must hold exactly {', '.join(INTENTS)}; {wrong[0]!r} is wrong.")


def _names(text: str) -> Iterator[str]:
    return (name for name in map(str.strip, text.split(",")) if name)


def _by_name(codes: dict[str, str], form: Any) -> dict[str, str]:
    return {form(name): code for code, names in codes.items() if code != "not" for name in _names(names)}


def _called(raw: dict[str, Any], form: Any) -> dict[str, tuple[str, str]]:
    return {
        form(name): (kind, concept) for kind in KINDS for concept, names in raw[kind].items() for name in _names(names)
    }


def _accented(raw: dict[str, Any]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for kind in KINDS:
        for names in raw[kind].values():
            for name in _names(names):
                found.setdefault(_spaced(name), set()).add(name.casefold())
    return {name: frozenset(forms) for name, forms in found.items()}


def _places(language: str, own: dict[str, str], form: Any, simplified: dict[int, int]) -> dict[str, str]:
    """Babel's names of countries in the language, without those that are also plain words, and the file's own."""
    left_out = set(map(form, _names(own.get("not", ""))))
    names = {
        form(name.translate(simplified)): code
        for code, name in Locale(language).territories.items()
        if code.isalpha() and code not in _UNNAMED
    }
    names = {name: code for name, code in names.items() if len(name) > 1 and name not in left_out}
    return names | _by_name(own, form)


def _patterns(file: str, intents: dict[str, str], spaced: bool, aliases: dict[str, str]) -> Iterator[Pattern]:
    for intent in INTENTS:
        for line in filter(None, map(str.strip, intents[intent].splitlines())):
            pieces = plain(line.lstrip("~-")).split()
            try:
                if any("?" in piece[:-1] for piece in pieces):
                    raise re.error("a `?` stands at the end of a word")
                regex = re.compile(_regex(pieces, spaced, aliases))
            except re.error as problem:
                raise QuestionProblem(f"{file}: the pattern {line!r} of {intent} cannot be read: {problem}.") from None
            rank = 2 if line[0] == "~" else 1 if line[0] == "-" or "#" in line else 0
            yield Pattern(intent, rank, regex, _keys(pieces, spaced, aliases))


def _keys(pieces: list[str], spaced: bool, aliases: dict[str, str]) -> frozenset[str]:
    """The first words (unspaced: characters) of a pattern; optional ones and the one behind them."""
    keys: set[str] = set()
    for piece in pieces:
        if piece == "^":
            continue
        for word in piece.removesuffix("?").split("|"):
            full = _written_out(word, aliases).replace("_", " ") if spaced else replaced(word, aliases)
            keys.add(full.split()[0] if spaced else full[0])
        if not piece.endswith("?"):
            break
    return frozenset(keys)


def _by_key(patterns: tuple[Pattern, ...]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for number, pattern in enumerate(patterns):
        for key in pattern.keys:
            found.setdefault(key, []).append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _regex(pieces: Iterable[str], spaced: bool, aliases: dict[str, str]) -> str:
    """A pattern as a regular expression; words carry the space behind them, the first also the one before."""
    parts: list[str] = []
    for piece in pieces:
        if piece in ("^", "$", ".."):
            parts.append((_GAP_WORDS if spaced else _GAP_LETTERS) if piece == ".." else piece)
            continue
        optional = piece.endswith("?") and len(piece) > 1
        alternatives = piece.removesuffix("?").split("|")
        if spaced:
            alternatives = [_written_out(word, aliases) for word in alternatives]
        else:
            alternatives = [replaced(word, aliases) for word in alternatives]
        words = "|".join(dict.fromkeys(map(_word, alternatives)))
        parts.append(f"(?:{words})" + (" " if spaced else ""))
        if optional:
            parts[-1] = f"(?:{parts[-1]})?"
    if spaced:
        parts.insert(1 if parts[0] == "^" else 0, " ")
    return "".join(parts)


def _written_out(word: str, aliases: dict[str, str]) -> str:
    """A word of a pattern with its short forms written out."""
    return aliases.get(word) or "_".join(aliases.get(part, part) for part in word.split("_"))


def replaced(text: str, aliases: dict[str, str]) -> str:
    """A text of an unspaced language with short forms written out."""
    for short, full in aliases.items():
        if short in text and full not in text:
            text = text.replace(short, full)
    return text


def _word(word: str) -> str:
    """A word of a pattern: `_` stands for the space inside it, a last `*` for whatever follows."""
    stem = re.escape(word.rstrip("*").replace("_", " ")) if len(word) > 1 else re.escape(word)
    return stem + r"\S*" if len(word) > 1 and word.endswith("*") else stem


def _plain_words(patterns: str) -> set[str]:
    """The words patterns are made of."""
    found = re.split(r"[\s|_]+", plain(patterns))
    return {word for word in (one.rstrip("?*") for one in found) if word.isalpha()}


@lru_cache(maxsize=1)
def foreign() -> dict[str, frozenset[str]]:
    """Words of languages nobody answers in here, by language: told apart so that they are not taken for ours."""
    raw = tomllib.loads((FOLDER / "others.toml").read_text(encoding="utf-8"))
    return {language: frozenset(words.casefold().split()) for language, words in raw.items()}
