"""What is said aloud, in the words of twelve languages: a phrase, a language and raw values in, one text out.

    rows of the frame -> line() | answer() -> the wording of `data/phrases/<language>.toml`, filled

Values are raw: whole numbers, minor units, microseconds, codes and titles. Here they get the language's own writing:
grouping of digits, plural, currency, clock. A text says exactly the numbers of its values and no other; titles pass
unchanged, whatever signs they hold. A file is read once, at its language's first use; `check` reads all of them.

    values  title str | titles (str, ...) | region str + region_name str | place str | country ISO alpha-2 | code str
            units, limit, percent, hours, days_min, days_max int | price_minor int + currency str
            eta, until int microseconds UTC + zone IANA name

What can fail: a phrase, register or value that is not there, or a file that is wrong; each is a PhraseProblem with
one sentence.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from babel import Locale

from dashboard.settings import DATA
from dashboard.speech import phrase_numbers as written
from dashboard.speech.phrase_shapes import ANSWERS, LANGUAGES, LINES, REGISTERS, Shape
from dashboard.speech.phrase_tables import Forms, PhraseProblem, Table, Wording, read

__all__ = ["LANGUAGES", "REGISTERS", "PhraseProblem", "answer", "check", "line", "place_name", "spoken"]

FOLDER = DATA / "phrases"
_OTHER_NAMES = {"in": "id", "ind": "id", "cmn": "zh", "yue": "zh", "zho": "zh", "zsm": "ms", "msa": "ms"}
_EITHER = frozenset({"which_product"})
"""Phrases that ask for one of several titles."""


def line(phrase: str, language: str, values: Mapping[str, Any], register: str = "calm") -> str:
    """A line for the host in a language and register; raises PhraseProblem."""
    table = _table(spoken(language))
    forms = table.lines.get((phrase, register))
    if forms is None:
        known = f"one of {', '.join(LINES)}, {' or '.join(REGISTERS)}"
        raise PhraseProblem(f"No line {phrase!r} is said {register!r}: write {known}.")
    return _say(table, phrase, LINES[phrase], forms, values)


def answer(phrase: str, language: str, values: Mapping[str, Any]) -> str:
    """An answer to a viewer in a language; raises PhraseProblem."""
    table = _table(spoken(language))
    if phrase not in ANSWERS:
        raise PhraseProblem(f"No answer is called {phrase!r}: write one of {', '.join(ANSWERS)}.")
    return _say(table, phrase, ANSWERS[phrase], table.answers[phrase], values)


@lru_cache(256)
def spoken(tag: str) -> str:
    """The language with a table nearest to a language tag: "zh-TW" is said in "zh", an unknown one in "en"."""
    first = tag.strip().replace("_", "-").split("-")[0].lower()
    language = _OTHER_NAMES.get(first, first)
    return language if language in LANGUAGES else "en"


@lru_cache(1024)
def place_name(code_or_name: str, language: str, fallback: str) -> str:
    """What a language calls a region, country or city; `fallback`, the show's own name, where it has no word for it.

    Codes of sales regions come from the language's file, other codes are countries of ISO 3166. A show may call its
    own region by a code that is a country's: then its name decides, since a wrong place is worse than a foreign word.
    """
    table = _table(spoken(language))
    if code_or_name.upper() in table.regions:
        return table.regions[code_or_name.upper()]
    name = fallback or code_or_name
    if code_or_name.upper() in table.locale.territories and len(code_or_name) == 2:
        called = {code_or_name.casefold(), *(_territory(code_or_name, each) for each in LANGUAGES)}
        if name.casefold() in called:
            return str(table.locale.territories[code_or_name.upper()])
    for known in (code_or_name, name):
        if known in table.places:
            return table.places[known]
        if known.casefold() in _territories():
            return str(table.locale.territories[_territories()[known.casefold()]])
    return name


def check(folder: Path = FOLDER) -> dict[str, Table]:
    """Read the files of all languages; raises PhraseProblem at the first defect."""
    return {language: read(folder / f"{language}.toml") for language in LANGUAGES}


@lru_cache(len(LANGUAGES))
def _table(language: str) -> Table:
    return read(FOLDER / f"{language}.toml")


def _territory(code: str, language: str) -> str:
    return str(Locale.parse(language).territories.get(code.upper(), "")).casefold()


@lru_cache(1)
def _territories() -> Mapping[str, str]:
    """Codes of countries by their English names in small letters."""
    return {name.casefold(): code for code, name in Locale("en").territories.items() if len(code) == 2}


def _say(table: Table, phrase: str, shape: Shape, forms: Forms, values: Mapping[str, Any]) -> str:
    """Choose the form by what the phrase counts, and fill it."""
    form = "other"
    if shape.counts:
        counted = _whole("days_max" if shape.counts == "days" else shape.counts, values)
        form = "zero" if counted == 0 and "zero" in forms else written.plural(counted, table.locale)
    pieces = list(forms.get(form, forms["other"]))
    for place in range(1, len(pieces), 2):
        pieces[place] = _WRITERS[pieces[place]](table, phrase, values)
    return "".join(pieces)


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if values.get(name) in (None, ""):
        raise PhraseProblem(f"The value {name!r} is missing; the phrase says it, and there are {sorted(values)}.")
    return values[name]


def _whole(name: str, values: Mapping[str, Any]) -> int:
    value = _value(name, values)
    if not written.whole(value):
        raise PhraseProblem(f"The value {name!r} is {value!r}; write a whole number from 0 on.")
    return int(value)


def _text(name: str, table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    return str(_value(name, values))


def _count(name: str, table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    return written.count(_whole(name, values), table.locale)


def _titles(table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    titles = _value("titles", values)
    if isinstance(titles, str) or not titles:
        raise PhraseProblem(f"The value 'titles' is {titles!r}; write several titles.")
    if table.joined and phrase not in _EITHER and len(titles) > 1:
        return _filled(table.joined, {"first": ", ".join(titles[:-1]), "last": titles[-1]})
    return written.listed(tuple(titles), table.locale, phrase in _EITHER)


def _region(table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    code = str(_value("region", values))
    return place_name(code, table.locale.language, str(values.get("region_name") or code))


def _place(name: str, table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    place = str(_value(name, values))
    return place_name(place, table.locale.language, place)


def _percent(table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    return written.percent(_whole("percent", values), table.locale)


def _price(table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    return written.money(_whole("price_minor", values), str(_value("currency", values)), table.locale)


def _hours(table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    return written.hours(_whole("hours", values), table.locale)


def _days(table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    """A number of days, or a range where the earliest is not the latest."""
    least, most = _whole("days_min", values), _whole("days_max", values)
    if least > most:
        raise PhraseProblem(
            f"The value 'days_min' is {least}, above 'days_max' {most}; write the smaller number first."
        )
    if least == most:
        return written.count(most, table.locale)
    return _filled(table.range, {"low": written.count(least, table.locale), "high": written.count(most, table.locale)})


def _instant(name: str, table: Table, phrase: str, values: Mapping[str, Any]) -> str:
    zone = str(values.get("zone") or "UTC")
    try:
        return _filled(table.moment, written.instant(_whole(name, values), zone, table.locale))
    except (ZoneInfoNotFoundError, ValueError, OverflowError) as error:
        if isinstance(error, PhraseProblem):
            raise
        raise PhraseProblem(f"The value {name!r} cannot be told in the zone {zone!r}; write an IANA name.") from None


def _filled(wording: Wording, values: Mapping[str, str]) -> str:
    return "".join(values[piece] if place % 2 else piece for place, piece in enumerate(wording))


_WRITERS: Mapping[str, Callable[[Table, str, Mapping[str, Any]], str]] = {
    "title": partial(_text, "title"),
    "titles": _titles,
    "region": _region,
    "place": partial(_place, "place"),
    "country": partial(_place, "country"),
    "units": partial(_count, "units"),
    "limit": partial(_count, "limit"),
    "percent": _percent,
    "code": partial(_text, "code"),
    "price": _price,
    "hours": _hours,
    "eta": partial(_instant, "eta"),
    "until": partial(_instant, "until"),
    "days": _days,
}
"""How each placeholder is written."""
