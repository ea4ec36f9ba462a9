"""Destinations as files write them -> regions of the show.

A name is looked up as an alias of the mapping, an ISO 3166 code (two or three letters, or the number), an English
name, a widespread short name, and only then in the other languages of CLDR. What is not found, or means two countries
in different languages, becomes a region of its own named as in the file, and is reported: an order is never dropped
because of its address.
"""

import unicodedata
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
SHORT_NAMES = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "northern ireland": "GB", "eire": "IE", "republic of ireland": "IE", "usa": "US", "u s a": "US", "u s": "US",
    "united states of america": "US", "america": "US", "uae": "AE", "rsa": "ZA", "korea": "KR",
    "republic of korea": "KR", "south korea": "KR", "viet nam": "VN", "holland": "NL", "the netherlands": "NL",
    "czech republic": "CZ", "russian federation": "RU", "ivory coast": "CI", "macau": "MO", "hongkong": "HK",
    "hong kong": "HK", "prc": "CN", "p r china": "CN", "mainland china": "CN", "turkey": "TR", "swaziland": "SZ",
    "macedonia": "MK", "burma": "MM", "cape verde": "CV", "brasil": "BR", "deutschland": "DE", "espana": "ES",
}  # fmt: skip
LANGUAGES = tuple(
    "de fr es it pt nl pl ru uk zh zh_Hant ja ko th vi id ms tr ar he el cs sk sv da nb fi hu ro bg hr sl sr et lv lt "
    "hi bn ta fa ca eu gl fil km lo my ka hy az kk uz mk sq is ga cy".split()
)
NO_NAME = frozenset(("", "null", "none", "nan", "\\n", "n/a", "-", "?", "unspecified", "unknown"))
CAPITAL_ZONES = {
    "US": "America/New_York", "CA": "America/Toronto", "MX": "America/Mexico_City", "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires", "CL": "America/Santiago", "EC": "America/Guayaquil",
    "AU": "Australia/Sydney", "NZ": "Pacific/Auckland", "RU": "Europe/Moscow", "UA": "Europe/Kyiv",
    "CN": "Asia/Shanghai", "ID": "Asia/Jakarta", "MY": "Asia/Kuala_Lumpur", "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar", "UZ": "Asia/Tashkent", "ES": "Europe/Madrid", "PT": "Europe/Lisbon",
    "DE": "Europe/Berlin", "CY": "Asia/Nicosia", "CD": "Africa/Kinshasa", "PS": "Asia/Gaza", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip


def folded(name: str) -> str:
    """A name without case, accents, punctuation and surplus blanks, for comparison only."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join(kept.split()) or plain.strip()


@cache
def _codes() -> dict[str, str]:
    """ISO codes, English names and short names -> ISO 3166-1 alpha-2."""
    table: dict[str, str] = {}
    for code, name in Locale("en").territories.items():
        if is_country(code):
            table[code.lower()] = code
            table[folded(name)] = code
    for old, new in get_global("territory_aliases").items():
        if len(old) == 3 and len(new) == 1 and is_country(new[0]):
            table.setdefault(old.lower(), new[0])
    return {**table, **{folded(name): code for name, code in SHORT_NAMES.items()}}


@cache
def _foreign(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {folded(name): code for code, name in territories.items() if is_country(code)}


def is_country(code: str) -> bool:
    """Tell whether a CLDR territory code is a country of ISO 3166-1 (or Kosovo)."""
    return len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES


def code_of(name: str) -> str:
    """The ISO 3166-1 alpha-2 code of an ISO code or English name, or ''."""
    return _codes().get(folded(name), "")


@cache
def country_of(name: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country written in any way, or '' if it is none or ambiguous."""
    plain = folded(name)
    if not plain:
        return ""
    if plain in _codes():
        return _codes()[plain]
    if len(plain) <= 3 and name.isascii():
        return ""
    meant = {code for language in LANGUAGES if (code := _foreign(language).get(plain))}
    return meant.pop() if len(meant) == 1 else ""


def english_name(code: str) -> str:
    """The English name of a country."""
    return str(Locale("en").territories.get(code, code))


def zone_name(code: str) -> str:
    """A time zone to stand for a country: the capital's where there are several, 'UTC' for no country."""
    zones = get_global("territory_zones").get(code, ())
    return CAPITAL_ZONES.get(code) or (zones[0] if zones else "UTC")


def language_of(code: str) -> str:
    """The language a country's stream is most likely held in."""
    official = get_official_languages(code) if code else ()
    return str(official[0]).split("_")[0] if official else "en"
