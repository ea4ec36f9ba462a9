"""The phrase tables: one file a language, read once, checked whole and cut into pieces ready to be filled.

    data/phrases/<language>.toml -> read() -> Table: wordings as pieces by phrase, register and plural form

    language = "en"                                  the file's own name
    name = "English"                                 as its speakers call it
    range = "{low} to {high}"                        how two numbers make a range of days
    moment = "{date}, {time} ({city} time)"          how a day, a clock and whose clock it is make an instant
    and = "{first} และ {last}"                       may join titles otherwise than Babel does (after commas)
    [region]                                         codes of sales regions, at least REGIONS
    [place]                                          may name cities otherwise than the show does
    [line.low_stock.calm]                            forms by plural: zero, then what the language counts in
    [line.price]  calm = "..." lively = "..."        one wording where nothing is counted, or no form differs
    [answer.stock_some]                              forms again, answers have no registers

A wording holds exactly the placeholders its phrase needs and no figure of its own, so a text cannot say a number that
its fact lacks. Pieces alternate between plain text and placeholders, so a title with braces or percent signs passes
through unread. Every defect of a file is a PhraseProblem that names the file, the key and what would be right.
"""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale

from dashboard.speech.phrase_shapes import (
    ANSWERS,
    LANGUAGES,
    LINES,
    PLACEHOLDERS,
    REGIONS,
    REGISTERS,
    UNSAID_AT_ZERO,
    Shape,
)

Wording = tuple[str, ...]
"""Plain text at even places, the name of a placeholder at odd ones."""
Forms = Mapping[str, Wording]
"""Wordings by plural form; `other` is always there."""

_HEAD = {"range": ("low", "high"), "moment": ("date", "time", "city")}
_JOIN = ("first", "last")
_ORDER = ("zero", "one", "two", "few", "many", "other")
_SLOT = re.compile(r"\{([a-z_]+)\}")
_RAGGED = re.compile(r"^\s|\s$|\s\s|[\t\r\n]")


class PhraseProblem(ValueError):
    """A phrase table or a value for it cannot be used; the message is one sentence for people."""


class Table(NamedTuple):
    """One language: its locale, names of regions and places, wordings by phrase (and register); `joined` may be ()."""

    locale: Locale
    name: str
    range: Wording
    moment: Wording
    joined: Wording
    regions: Mapping[str, str]
    places: Mapping[str, str]
    lines: Mapping[tuple[str, str], Forms]
    answers: Mapping[str, Forms]


def read(path: Path) -> Table:
    """Read and check one language's file; raises PhraseProblem."""
    return _Reader(path).table()


class _Reader:
    """One file under check; every refusal names it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.language = path.stem
        if self.language not in LANGUAGES:
            raise self.problem("", f"no language of ours is called so; write one of {_listed(LANGUAGES)}")
        self.locale = Locale.parse(self.language)
        self.plurals = [form for form in _ORDER if form in {*self.locale.plural_form.tags, "other"}]

    def problem(self, key: str, what: str) -> PhraseProblem:
        where = f"data/phrases/{self.path.name}"
        return PhraseProblem(f"{where}: {key}: {what}." if key else f"{where}: {what}.")

    def table(self) -> Table:
        given = self._file()
        self._keys("", given, ("language", "name", *_HEAD, "region", "line", "answer"), ("and", "place"))
        if given["language"] != self.language:
            raise self.problem("language", f"says {given['language']!r}; write {self.language!r}, as the file is named")
        return Table(
            self.locale,
            self._text("name", given["name"]),
            self._wording("range", given["range"], _HEAD["range"], _HEAD["range"]),
            self._wording("moment", given["moment"], _HEAD["moment"], _HEAD["moment"]),
            self._wording("and", given["and"], _JOIN, _JOIN) if "and" in given else (),
            self._names("region", given["region"], REGIONS),
            self._names("place", given.get("place", {}), ()),
            self._lines(given["line"]),
            self._answers(given["answer"]),
        )

    def _file(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise self.problem("", f"is missing; every language needs its file ({_listed(LANGUAGES)})") from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise self.problem("", f"cannot be read as TOML in UTF-8: {error}") from None

    def _lines(self, given: Any) -> dict[tuple[str, str], Forms]:
        self._keys("line", given, LINES)
        found: dict[tuple[str, str], Forms] = {}
        for phrase, shape in LINES.items():
            self._keys(f"line.{phrase}", given[phrase], REGISTERS)
            for register in REGISTERS:
                key = f"line.{phrase}.{register}"
                found[phrase, register] = self._forms(key, given[phrase][register], shape)
        return found

    def _answers(self, given: Any) -> dict[str, Forms]:
        self._keys("answer", given, ANSWERS)
        return {phrase: self._forms(f"answer.{phrase}", given[phrase], shape) for phrase, shape in ANSWERS.items()}

    def _forms(self, key: str, given: Any, shape: Shape) -> Forms:
        """One phrase's wordings: a text alone is the form `other`."""
        if not isinstance(given, dict):
            given = {"other": given}
        may = (*self.plurals, "zero") if shape.counts else ("other",)
        must = (*(self.plurals if shape.counts else ("other",)), *(("zero",) if shape.zero else ()))
        self._keys(key, given, must, may)
        found: dict[str, Wording] = {}
        for form, text in given.items():
            where = key if form == "other" and len(given) == 1 else f"{key}.{form}"
            spared = UNSAID_AT_ZERO if form == "zero" else frozenset()
            found[form] = self._wording(where, text, shape.needs, [each for each in shape.needs if each not in spared])
        return found

    def _wording(self, key: str, given: Any, may: Collection[str], must: Collection[str]) -> Wording:
        """Cut a text into pieces and hold it to its placeholders."""
        pieces = tuple(_SLOT.split(self._text(key, given)))
        slots, plain = pieces[1::2], "".join(pieces[::2])
        unknown = [slot for slot in slots if slot not in may]
        if unknown:
            known = "no placeholder of ours" if unknown[0] not in PLACEHOLDERS else "not a value of this phrase"
            raise self.problem(key, f"{{{unknown[0]}}} is {known}; it may hold {_listed(may, braces=True)}")
        lacking = [slot for slot in must if slot not in slots]
        if lacking:
            raise self.problem(key, f"does not say {{{lacking[0]}}}; it must hold {_listed(must, braces=True)}")
        twice = [slot for slot in slots if slots.count(slot) > 1]
        if twice:
            raise self.problem(key, f"says {{{twice[0]}}} twice; write it once")
        if "{" in plain or "}" in plain:
            raise self.problem(key, "has a brace that closes no placeholder; write {name} or no brace")
        if any(letter.isdigit() for letter in plain):
            raise self.problem(key, "has a figure of its own; numbers come from placeholders only")
        return pieces

    def _text(self, key: str, given: Any) -> str:
        if not isinstance(given, str) or not given.strip():
            raise self.problem(key, f"is {given!r}; write a text")
        if _RAGGED.search(given):
            raise self.problem(key, "has a double space, a line break or space at an end; write single spaces inside")
        return given

    def _names(self, key: str, given: Any, must: Collection[str]) -> dict[str, str]:
        if not isinstance(given, dict):
            raise self.problem(key, f"is {given!r}; write a table of names")
        self._keys(key, given, must, given)
        return {code: self._text(f"{key}.{code}", name) for code, name in given.items()}

    def _keys(self, key: str, given: Any, must: Collection[str], may: Collection[str] = ()) -> None:
        """Hold a table to the keys it must and may have."""
        if not isinstance(given, dict):
            raise self.problem(key, f"is {given!r}; write a table with {_listed(must)}")
        lacking = [each for each in must if each not in given]
        if lacking:
            raise self.problem(key, f"lacks {lacking[0]!r}; {self._right(must)}")
        beyond = [each for each in given if each not in must and each not in may]
        if beyond:
            raise self.problem(key, f"has {beyond[0]!r}, which nothing reads; {self._right((*must, *may))}")

    def _right(self, keys: Collection[str]) -> str:
        return f"{self.locale.english_name} needs {_listed(dict.fromkeys(keys))} here"


def _listed(names: Collection[str], braces: bool = False) -> str:
    shown = [f"{{{name}}}" if braces else name for name in names]
    return ", ".join(shown) if shown else "no placeholder"
