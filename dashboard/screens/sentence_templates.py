"""Sentence templates: an English sentence with its values in it -> which template it was made from, and its values.

    msgid    "{region} has {left} of {allocated} units left ({share:.1%}, alert at {limit:.0%}): {pace}."
    msgstr   "{region} 剩余 {left}/{allocated} 件（{share}，{limit} 时告警）：{pace}。"

A template is written as the code writes the sentence: a name in braces stands for a value, the code's own format
behind it says that it is a number, `!r` that it is quoted, and `{has|have}` is one of a few words. A translation names
the values it shows; behind a name it may say what the value is: `:name` is never translated, `:list` is translated part
by part. A template is compiled once to a regular expression and filed under its longest whole word, so that a sentence
is only compared with templates whose longest word it holds.
What can fail: a translation that names a value its sentence does not have; then that sentence stays English.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

FIELD = re.compile(r"\{([^{}]*)\}")
WORD = re.compile(r"[^\W\d_]+")
ANYTHING, ONE_WORD = ".*?", r"[^\s:;]+"
LOOSE = frozenset(("why", "who"))
"""Values of several words though another value follows them at once."""
NUMBER = r"[-+−]?(?:\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|inf|nan)"
COUNTS = frozenset(
    (
        "advice", "allocated", "available", "count", "earns", "exposure", "free", "heard", "keep", "left",
        "listed", "lost", "low", "over", "percent", "pool_left", "projected_leftover", "quantity", "seq",
        "stays", "units", "units_per_order", "wanted",
    )
)  # fmt: skip
"""Values that are whole numbers though their format does not say so."""
REASON = r"(?=[^()]*[^\W\d_]{2})[^()]*(?:\([^()]*\)[^()]*)*"
"""A reason has words, and closes every bracket it opens."""
QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^\s'\"]\S*"
NUMERIC = re.compile(r":[-+,.<>\d]*[bdeEfgGn%]$")
VERBATIM = frozenset(
    (
        "title", "title2", "sku", "sku2", "code", "guest", "channel", "channel2", "location", "from_location",
        "to_location", "order", "shipment", "region", "region2", "show", "name", "problem", "given",
    )
)  # fmt: skip
"""Values that are names, of the show or of people: never translated unless a translation says what they are."""
HAN = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f“”‘’…—·]")
WEAK_LETTERS, BARE_LETTERS = 4, 2
"""With so few letters a template (`{title} has {fact}`) fits too much to be believed without more, or at all."""
WIDE = re.compile(r"[\u3400-\u9fff]")
STOPS = {": ": "：", ", ": "，", "; ": "；"}
LATIN = re.compile(r"[A-Za-z0-9%$€£¥+\-−#@/]")


class Shown(NamedTuple):
    """A value in a translation: which one of the sentence, and what it is (`name`, `list` or nothing)."""

    place: int
    kind: str


class Template(NamedTuple):
    """A sentence with holes: what it looks like, its pieces of literal text in order, and the translation's pieces."""

    msgid: str
    pattern: re.Pattern[str]
    literals: tuple[str, ...]
    length: int
    precise: int
    is_weak: bool
    parts: tuple[str | Shown, ...]

    def is_bare(self) -> bool:
        """Tell whether all its words are a preposition (`{title} in {region}`): only a value may be one of these."""
        return self.is_weak and 0 < _letters(self.literals) <= BARE_LETTERS

    def fits(self, text: str) -> re.Match[str] | None:
        """Return how a text was made from this template, or None."""
        literals = self.literals
        if not text.startswith(literals[0]) or not text.endswith(literals[-1]):
            return None
        at = 0
        for literal in literals:
            at = text.find(literal, at)
            if at < 0:
                return None
            at += len(literal)
        return self.pattern.fullmatch(text)


def fields(template: str) -> list[str]:
    """Return the names of a template's values, in order, without formats."""
    return [re.split(r"[:!]", name, maxsplit=1)[0] if "|" not in name else name for name in FIELD.findall(template)]


def compiled(msgid: str, msgstr: str) -> Template:
    """Compile a template; raises ValueError where the translation names a value that the sentence does not have."""
    names = fields(msgid)
    literals = FIELD.split(msgid)[::2]
    holes = FIELD.findall(msgid)
    pattern = re.escape(literals[0])
    for place, (hole, literal) in enumerate(zip(holes, literals[1:], strict=True)):
        is_word = not literal and place + 1 < len(holes) and "|" not in holes[place + 1] and hole not in LOOSE
        form = _hole(hole)
        pattern += f"({ONE_WORD if is_word and form == ANYTHING else form}){re.escape(literal)}"
    return Template(
        msgid,
        re.compile(pattern, re.DOTALL),
        tuple(literals),
        sum(map(len, literals)),
        sum(map(_precise, holes)),
        _is_weak(literals, holes),
        tuple(_parts(msgid, msgstr, names)),
    )


def _hole(hole: str) -> str:
    if "|" in hole:
        return "|".join(re.escape(choice) for choice in hole.split("|"))
    if "!r" in hole:
        return QUOTED
    if hole.rstrip("0123456789") == "written":
        return f"{NUMBER}%?(?: [A-Za-z ]+)?"
    if hole == "reason":
        return REASON
    if NUMERIC.search(hole) or hole.rstrip("0123456789") in COUNTS:
        return NUMBER + ("%" if hole.endswith("%") else "")
    return ANYTHING


def _precise(hole: str) -> int:
    """Return how much a value's form tells, so that of two equal sentences the stricter one comes first."""
    return 0 if _hole(hole) == ANYTHING else 1 if "!r" in hole else 2


def _letters(literals: Sequence[str]) -> int:
    return sum(len(word) for word in WORD.findall(" ".join(literals)))


def _is_weak(literals: list[str], holes: list[str]) -> bool:
    """Tell whether a template fits nearly anything: hardly a word, none at an end, and values of no form."""
    is_bounded = bool(WORD.search(literals[0]) or WORD.search(literals[-1])) or any(map(_precise, holes))
    return _letters(literals) <= WEAK_LETTERS and not is_bounded


def _parts(msgid: str, msgstr: str, names: list[str]) -> Iterator[str | Shown]:
    for place, piece in enumerate(FIELD.split(msgstr)):
        if place % 2 == 0:
            if piece:
                yield piece
            continue
        name, _, kind = (piece, "", "") if "|" in piece else piece.partition(":")
        if name not in names:
            raise ValueError(f"The translation of {msgid!r} names {name!r}, which that sentence does not have.")
        yield Shown(names.index(name), kind or ("name" if name in VERBATIM else ""))


def longest_word(literals: tuple[str, ...]) -> str:
    """Return the longest word that no value can be part of, "" where there is none."""
    found = [""]
    last = len(literals) - 1
    for place, literal in enumerate(literals):
        for word in WORD.finditer(literal):
            is_open_left = place > 0 and word.start() == 0
            is_open_right = place < last and word.end() == len(literal)
            if not is_open_left and not is_open_right:
                found.append(word[0])
    return max(found, key=len)


class Index:
    """The templates of one language, found by a word of theirs; phrases without values by themselves."""

    def __init__(self, entries: Mapping[str, str], words: Mapping[str, str]) -> None:
        self._words = words
        self.phrases: dict[str, str] = {}
        self._filed: dict[str, list[Template]] = {}
        for msgid, msgstr in entries.items():
            if FIELD.search(msgid):
                self._file(msgid.strip(), msgstr.strip())
            else:
                self.phrases[msgid.strip()] = msgstr.strip()

    def _file(self, msgid: str, msgstr: str) -> None:
        with suppress(ValueError):  # a translation that names what there is not leaves its sentence English
            template = compiled(msgid, msgstr)
            if not template.is_bare():
                self._filed.setdefault(longest_word(template.literals), []).append(template)

    def words(self, word: str, otherwise: str) -> str:
        """Return what the screens call something."""
        return self._words.get(word, otherwise)

    def templates(self) -> Iterator[Template]:
        """Return all templates."""
        for filed in self._filed.values():
            yield from filed

    def candidates(self, text: str) -> list[Template]:
        """Return the templates that may fit a text, those with most literal text and strictest values first."""
        found = list(self._filed.get("", ()))
        for word in {match[0] for match in WORD.finditer(text)}:
            found += self._filed.get(word, ())
        found.sort(key=lambda one: (-one.length, -one.precise))
        return found


def filled(template: Template, match: re.Match[str], spoken: Callable[[str, str], str]) -> str:
    """Return the translation with the values of a match; `spoken(value, kind)` says a value."""
    said = ""
    for part in template.parts:
        said = joined(said, part if isinstance(part, str) else spoken(match[part.place + 1] or "", part.kind))
    return said


def joined(left: str, right: str) -> str:
    """Put two pieces together: a space between Han and Latin or digits, none between Han and Han."""
    if not left or not right:
        return left or right
    if left.endswith(" ") and HAN.match(right) and (not WIDE.match(right) or HAN.match(left.rstrip()[-1:] or "x")):
        return left.rstrip() + right
    if right.startswith(" ") and HAN.match(left[-1]) and HAN.match(right.lstrip()[:1] or "x"):
        return left + right.lstrip()
    stop = STOPS.get(right[:2])
    if stop and WIDE.match(left[-1]):
        return left + stop + right[2:]
    is_edge = (WIDE.match(left[-1]) and LATIN.match(right[0])) or (
        re.match(r"[\w%]", left[-1]) and WIDE.match(right[0])
    )
    if is_edge and not (WIDE.match(left[-1]) and WIDE.match(right[0])):
        return f"{left} {right}"
    return left + right
