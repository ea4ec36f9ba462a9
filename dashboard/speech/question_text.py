"""Question text: what a viewer typed, brought to one plain form that tables can be written for.

    typed text -> clean (one width, no marks piled on letters, flags as words) -> plain (no accents) -> words

Latin letters lose their accents, because half of the viewers leave them out; Thai, Kana and Hangul keep theirs, where
they are letters. Nothing here can fail: every text of Unicode has a plain form, if an empty one.
"""

import re
import unicodedata
from functools import lru_cache

LENGTH_MAX = 500
"""Characters of a question that are read; channels take no longer comments."""

_FLAG_A, _FLAG_Z = 0x1F1E6, 0x1F1FF
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]")
_LETTERS = str.maketrans({"đ": "d", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_APOSTROPHES = re.compile(r"['’`´ʼ＇]")
_ELIDED = re.compile(r"\b(?:[ldjcsnmt]|qu)['’´`](?=\w)")
_LONG = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"(?:[^\W_]|[\u0e31-\u0e4e\u3099\u309a])+")
_SIGNS = "$€£¥₫฿₩%"

SCRIPTS = (
    ("hangul", 0x1100, 0x11FF), ("hangul", 0x3130, 0x318F), ("hangul", 0xAC00, 0xD7A3), ("kana", 0x3041, 0x30FF),
    ("thai", 0x0E01, 0x0E5B), ("han", 0x3400, 0x9FFF), ("latin", 0x41, 0x5A), ("latin", 0x61, 0x7A),
    ("latin", 0xC0, 0x24F), ("latin", 0x1E00, 0x1EFF), ("cyrillic", 0x400, 0x52F), ("arabic", 0x620, 0x6D3),
    ("other", 0x370, 0xDFF), ("other", 0xE80, 0x10FF), ("other", 0x1200, 0x1CFF), ("han", 0x20000, 0x3FFFF),
)  # fmt: skip
"""Scripts by the first and last code point of their blocks; the first that fits counts, nobody here reads "other"."""


@lru_cache(maxsize=64)
def clean(text: str) -> str:
    """The text in one width and one line, without piled-up marks; a flag becomes `flag` and its two letters."""
    text = unicodedata.normalize("NFKC", _flags(text[:LENGTH_MAX]))[: 2 * LENGTH_MAX]
    return "".join(map(_cleaned, text)) if not text.isascii() else text


def _flags(text: str) -> str:
    """Write 🇩🇪 as ` flagde `."""
    if not _FLAG.search(text):
        return text
    marks = [ord(letter) - _FLAG_A if _FLAG_A <= ord(letter) <= _FLAG_Z else -1 for letter in text]
    parts: list[str] = []
    number = 0
    while number < len(text):
        if marks[number] >= 0 and number + 1 < len(text) and marks[number + 1] >= 0:
            parts.append(f" flag{chr(97 + marks[number])}{chr(97 + marks[number + 1])} ")
            number += 2
        else:
            parts.append(text[number])
            number += 1
    return "".join(parts)


@lru_cache(maxsize=8192)
def _cleaned(letter: str) -> str:
    """A character as it is read: a mark without a letter of its own is left out, as are signs nobody reads."""
    if letter.isascii() or script_of(letter):
        return letter
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf", "Cs", "Co", "Cn"):
        return ""
    return letter if letter in _SIGNS or category[0] in "LNP" else " "


@lru_cache(maxsize=8192)
def script_of(letter: str) -> str:
    """The script of a letter: hangul kana thai han latin other, or nothing for what is no letter of these."""
    code = ord(letter)
    return next((name for name, first, last in SCRIPTS if first <= code <= last), "")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Lower case without accents on Latin letters; what is cleaned already stays as long as it is."""
    text = text.casefold()
    if text.isascii():
        return text
    return "".join(map(_bare, text)).translate(_LETTERS)


@lru_cache(maxsize=8192)
def _bare(letter: str) -> str:
    """A Latin letter without its accents, any other as it is."""
    if letter.isascii() or script_of(letter) != "latin":
        return "" if 0x300 <= ord(letter) <= 0x36F else letter
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def words(text: str) -> list[str]:
    """The words of a text as typed, lower case, without elided articles; drawn-out letters stand once."""
    text = _ELIDED.sub("", text.casefold())
    text = _LONG.sub(r"\1", _APOSTROPHES.sub("", text))
    return _WORD.findall(text)


def unspaced(text: str) -> str:
    """A text without spaces and signs in plain form, as languages are matched that put no spaces between words."""
    return "".join(_WORD.findall(_LONG.sub(r"\1\1", plain(text))))
