"""The message catalogues of the user interface: English is the key, another language stands in `data/locales`.

Data flow: an English text of a screen or a report -> `Catalogue` -> the text in the reader's language. A catalogue is
one gettext file, `data/locales/<folder>/LC_MESSAGES/<domain>.po`, which translators edit with the tools they know and
`make messages` keeps in step with the code; it is read once a process and looked up by gettext's rules, plural forms
and contexts included. Domains: `screens` (what panels say), `review` (what exported reports say), `sentences` (whole
sentences that rules, refusals and alerts make, with their names in braces).
Invariants: a text without a translation, an entry marked as fuzzy and a language without a file all stay English, so
a screen never fails for a word (the tests do); names from a show are never translated here.
What can fail: a file that is no catalogue; a CatalogueProblem names it.
"""

import gettext
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from dashboard.settings import DATA

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "简体中文"}
"""The languages of the user interface: code -> its name for itself."""

LOCALES: Mapping[str, str] = {"en": "en_US", "zh": "zh_Hans_CN"}
"""The conventions by which numbers, money and dates are written in a language."""

FOLDERS: Mapping[str, str] = {"zh": "zh_Hans"}
"""Where the catalogues of a language lie; English is the key and needs none."""

FOLDER = DATA / "locales"

BESIDE: Mapping[str, str] = {"screens": "review"}
"""Whose words a domain takes where it has none of its own: the Review page shows what the reports say."""

LANGUAGE_COOKIE, ZONE_COOKIE = "warroom_language", "warroom_zone"
"""What a browser remembers of how its person reads: a code of LANGUAGES; a clock, see SHOW and BROWSER, an IANA
zone with `:` for its `/`, which cookies do not like."""

SHOW, BROWSER = "show", "browser"
"""Whose clock screens go by where no zone is named: the show's own, which is usual, or the viewer's machine's."""


class CatalogueProblem(ValueError):
    """A catalogue cannot be read; the message is one sentence for people."""


class Catalogue:
    """What one domain says in one language; calling it says a text."""

    __slots__ = ("_templates", "language", "locale", "words")

    def __init__(self, language: str, words: gettext.NullTranslations, templates: Mapping[str, str]) -> None:
        self.language, self.locale = language, LOCALES.get(language, LOCALES["en"])
        self.words, self._templates = words, templates

    def __call__(self, text: str) -> str:
        """Say a text; as it is written where the language has no other words for it."""
        return self.words.gettext(text) if text else ""

    say = __call__

    def many(self, one: str, many: str, count: int) -> str:
        """Say the form that belongs to a count; `{count}` and other names in it are the caller's to fill."""
        return self.words.ngettext(one, many, count)

    def sense(self, sense: str, text: str) -> str:
        """Say a text in one of its senses, for an English word that another language has two words for."""
        return self.words.pgettext(sense, text)

    def templates(self) -> Mapping[str, str]:
        """Return English text -> text in this language, of all that have no plural and no sense; empty in English."""
        return self._templates


@lru_cache(maxsize=32)
def catalogue(domain: str, language: str) -> Catalogue:
    """Return the catalogue of a domain in a language of LANGUAGES; another language is answered in English.

    Raises CatalogueProblem for a file that is no catalogue.
    """
    known = language if language in LANGUAGES else "en"
    path = FOLDER / FOLDERS.get(known, known) / "LC_MESSAGES" / f"{domain}.po"
    if known not in FOLDERS or not path.exists():
        return Catalogue(known, gettext.NullTranslations(), {})
    read = parsed(path, FOLDERS[known])
    compiled = BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    words = gettext.GNUTranslations(compiled)
    plain = {str(one.id): str(one.string) for one in read if _usable(one.id, one.string, one.fuzzy, one.context)}
    if domain not in BESIDE:
        return Catalogue(known, words, plain)
    other = catalogue(BESIDE[domain], language)
    words.add_fallback(other.words)
    return Catalogue(known, words, {**other.templates(), **plain})


def parsed(path: Path, locale: str | None = None) -> Catalog:
    """Read a file as it is written, by the plural rules of its locale; raises CatalogueProblem."""
    try:
        with path.open("rb") as file:
            return read_po(file, locale, abort_invalid=True)
    except (PoFileError, ValueError, OSError) as problem:
        raise CatalogueProblem(
            f"{path} is no gettext catalogue: {problem}; an entry is a msgid line and a msgstr line."
        ) from problem


def _usable(text: object, said: object, fuzzy: bool, context: str | None) -> bool:
    return isinstance(text, str) and bool(text) and bool(said) and not fuzzy and context is None
