"""The signs of a rewording: which letters and marks it may hold, and what may stand beside a fact.

Facts are replaced by one private sign each (`skeleton`), the same for the same fact in draft and rewording, so that
everything else can be looked at apart. Told by signs are: hidden and turning signs, digits and number signs of every
script, symbols (currencies, flags, clocks), other scripts and look-alikes, markup, addresses, codes in capitals, proper
names, and whatever stuck to a number would make it another one.
"""

import re
import unicodedata
from collections.abc import Sequence

from dashboard.speech.rewording_tables import UNSPACED, words_of

FIRST = 0xE000
"""The private sign of the first fact."""
FACT = re.compile("[\ue000-\uf8ff]")
PLAIN = frozenset(".,!?:;()—–-…'’\"“”„«»‹›¡¿·，。！？：；（）、「」『』《》・")
BESIDE = frozenset(",.!?:;()…“”„«»‹›¡¿，。！？：；（）、「」『』《》·・")
"""What may stand directly at a fact though it does not in the draft."""
_BLANKS = frozenset(" \u00a0\u202f\u3000")
_SCRIPTS = {
    "zh": ("CJK UNIFIED",),
    "ja": ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC ITERATION"),
    "ko": ("HANGUL SYLLABLE",),
    "th": ("THAI",),
}
_LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]+")
_KATAKANA = re.compile(r"[ァ-ヺー]{2,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ADDRESS = re.compile(r"[^\W_][.:/\\@]+[^\W_]")
_ROMAN = re.compile(r"(?=[ivxlcdm]{2})m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_SPELT = re.compile(r"(?:\b[^\W\d_]\b[ .·'’-]+){2,}[^\W\d_]\b")
_STARTS = frozenset(".!?:…¡¿“„«\"'‹")


def hidden(text: str) -> str:
    """Say what of a text nobody can see, "" where there is nothing."""
    for sign in text:
        kind = unicodedata.category(sign)
        if kind[0] == "C" or (kind[0] == "Z" and sign not in _BLANKS):
            return f"it holds the hidden sign U+{ord(sign):04X}"
    return "" if unicodedata.normalize("NFC", text) == text else "its letters are put together from parts"


def skeleton(text: str, facts: Sequence[str]) -> str | None:
    """The text with a private sign for each fact, None when it does not hold each of them exactly once."""
    if FACT.search(text):
        return None
    for number, fact in sorted(enumerate(facts), key=lambda one: -len(one[1])):
        if not fact or text.count(fact) != 1:
            return None
        text = text.replace(fact, chr(FIRST + number))
    return text


def told(before: str, after: str, language: str) -> str:
    """Say what signs speak against a rewording, "" when none do; both texts are skeletons."""
    if FACT.findall(before) != FACT.findall(after):
        return "its facts stand in another order"
    return (
        _unlike(before, after, language)
        or _stuck(before, after, language)
        or _foreign(before, after, language)
        or _shapes(before, after)
        or (_proper(before, after, language) if language not in UNSPACED else "")
    )


def _unlike(before: str, after: str, language: str) -> str:
    """Say which sign is a number, a symbol, or of another script."""
    letters = words_of(language).letters
    for sign in after:
        kind = unicodedata.category(sign)
        if kind == "Co" or sign in _BLANKS:
            continue
        if unicodedata.numeric(sign, None) is not None or kind[0] == "N":
            if before.count(sign) < after.count(sign):
                return f"it brings in the number {sign!r}"
        elif kind[0] in "LM":
            if letters and sign.lower() not in letters and sign not in before:
                return f"it holds {sign!r}, no letter of its language"
            if not letters and not _LATIN.fullmatch(sign) and not _of(sign, language):
                return f"it holds {sign!r}, a letter of another script"
        elif sign not in PLAIN and before.count(sign) < after.count(sign):
            return f"it brings in the sign {sign!r}"
    return ""


def _of(sign: str, language: str) -> bool:
    return unicodedata.name(sign, "").startswith(_SCRIPTS[language])


def _stuck(before: str, after: str, language: str) -> str:
    """Say what stands so close to a fact that both could be read as one."""
    for place, sign in enumerate(after):
        if not FACT.match(sign):
            continue
        there = before.index(sign)
        left, right = after[:place][-1:], after[place + 1 :][:1]
        same_left, same_right = left == before[:there][-1:], right == before[there + 1 :][:1]
        if not (same_left or _apart(left, language)) or not (same_right or _apart(right, language)):
            return "something is stuck to a fact"
        if left in ".,·・" and left and not same_left:
            return "something is stuck to a fact"
        if (
            right
            and right in BESIDE
            and FACT.match(after[place + 2 :][:1])
            and before[there + 1 :][:2] != after[place + 1 :][:2]
        ):
            return "two facts are stuck together"
        dash = after[:place].rstrip()[-1:]
        if dash and dash in "—–-" and before[:there].rstrip()[-1:] != dash:
            return "a dash before a fact could be a sign of it"
    return ""


def _apart(sign: str, language: str) -> bool:
    if not sign or sign in _BLANKS or sign in BESIDE:
        return True
    return language in UNSPACED and not FACT.match(sign) and not _LATIN.fullmatch(sign) and sign.isalpha()


def _foreign(before: str, after: str, language: str) -> str:
    """Say which word is of another script than its language, unless the draft has it."""
    if language in UNSPACED:
        known = set(_LATIN.findall(before))
        for word in _LATIN.findall(after):
            if word not in known:
                return f"it brings in the word {word!r}"
    if language == "ja":
        for word in _KATAKANA.findall(after):
            if word not in before and word not in words_of("ja").names:
                return f"it brings in the name {word!r}"
    return ""


def _shapes(before: str, after: str) -> str:
    """Say what looks like an address, a roman number, or a word spelt out."""
    for pattern, what in ((_ADDRESS, "an address"), (_SPELT, "a word that is spelt out")):
        for match in pattern.finditer(after):
            if match[0] not in before:
                return f"{match[0]!r} could be {what}"
    known = set(_WORD.findall(before))
    for word in _WORD.findall(after):
        capitals = sum(sign.isupper() for sign in word)
        if word in known:
            continue
        if _ROMAN.fullmatch(word.lower()) or word in tuple("VXLCDM"):
            return f"{word!r} could be a number"
        if capitals > 1:
            return f"{word!r} could be a code"
    return ""


def _proper(before: str, after: str, language: str) -> str:
    """Say which word could be a name: one with a capital inside a sentence that the draft does not have."""
    allowed = words_of(language).names | {word.casefold() for word in _WORD.findall(before)}
    if language == "en":
        allowed = allowed | {"i", "i'm", "i'll", "i'd", "i've"}
    for match in _WORD.finditer(after):
        word = match[0]
        if not word[0].isupper() or word.replace("’", "'").casefold() in allowed:
            continue
        ahead = after[: match.start()].rstrip(" \u00a0(")[-1:]
        if ahead and ahead not in _STARTS:
            return f"{word!r} could be a name"
    return ""
