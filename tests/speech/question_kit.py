"""The viewers' questions that are kept for the tests, and the shows they are asked in.

    questions/*.toml -> asked() -> Asked, one a question      shows/*.json -> shown() -> a frame, in one of three moods

The questions are written by hand as chats write them, before the rules that read them, and are never the place those
rules are taken from. `intent` is what the viewer wants, `accept` what is right as well where a fair reader could take
it so; `sku` and `country` stand where the question names one. Two shows: `breezestyle` is a real hour of the rehearsed
one, `cosy_corner` an invented one with sizes, sold-out corners and five regions. A mood changes their terms:

    plain    as the file has them
    terms    a limit, a coupon or a price of its own on most products
    empty    everything sold, nothing on the way

`python -m tests.speech.question_kit [FILE ...]` prints how well the questions are understood, by language and by intent.
"""

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from dashboard.speech.questions import Question, understand

Row = dict[str, Any]
HERE = Path(__file__).parent
MOODS = ("plain", "terms", "empty")
CHANNELS = {
    "breezestyle": {"de": "instagram-eu", "ms": "shopee-my", "id": "shopee-my", "th": "shopee-th", "vi": "shopee-th",
                    "en": "tiktok-us", "zh": "youtube-us", "ja": "youtube-us", "ko": "youtube-us", "": "tiktok-eu"},
    "cosy_corner": {"en": "tiktok-uk", "es": "tiktok-es", "fr": "instagram-fr", "pt": "youtube-am", "ms": "shopee-my",
                    "id": "shopee-id", "th": "shopee-th", "ja": "youtube-jp", "": "tiktok-uk"},
}  # fmt: skip
"""Where somebody of a language would ask; the stream there often speaks another language."""


class Asked(NamedTuple):
    """One question: its text, what is right about it, and where it is asked."""

    text: str
    language: str
    intent: str
    accept: tuple[str, ...]
    sku: str
    country: str
    show: str
    source: str
    where: str = ""

    @property
    def channel(self) -> str:
        """The channel it is asked on: `where`, else one its language would choose."""
        if self.where:
            return self.where
        channels = CHANNELS[self.show]
        return channels.get(self.language, channels[""])


@lru_cache(1)
def asked() -> tuple[Asked, ...]:
    """Every question of every file, in the order of the files."""
    return tuple(question for path in sorted((HERE / "questions").glob("*.toml")) for question in _read(path))


def _read(path: Path) -> Iterator[Asked]:
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    for row in given["questions"]:
        row = {"language": given["language"], "sku": "", "country": "", "show": "breezestyle", "accept": ()} | row
        yield Asked(**row | {"accept": tuple(row["accept"]), "source": path.stem})


@lru_cache(8)
def shown(show: str, mood: str = "plain") -> Row:
    """A frame of a show in a mood; callers do not change it."""
    frame: Row = json.loads((HERE / "shows" / f"{show}.json").read_text(encoding="utf-8"))
    if mood == "terms":
        _set_terms(frame)
    if mood == "empty":
        _sell_out(frame)
    return frame


def _set_terms(frame: Row) -> None:
    """Limits, coupons and prices that differ from product to product and from region to region."""
    ends = (frame["ends_at"], None)
    for place, row in enumerate(frame["countdowns"]):
        about = {"sku": row["sku"], "region": row["region"], "since": frame["at"]}
        if place % 3 != 2:
            frame["limits"].append(about | {"units_per_order": 1 + place % 4})
        if place % 3 != 1:
            offer = {"code": f"LIVE{place}", "percent": 5 + place, "expires": ends[place % 2]}
            frame["coupons"].append(about | offer)
    for place, row in enumerate(frame["skus"]):
        channels = ["", *(each["channel"] for each in frame["channels"])]
        for channel in channels[: place % (len(channels) + 1)]:
            minor = row["price_minor"] - 100 * place - len(channel)
            frame["prices"].append({"sku": row["sku"], "channel": channel, "price_minor": minor})
            row["price_minor"] -= 0 if channel else 100 * place


def _sell_out(frame: Row) -> None:
    frame["shipments"] = []
    for table, keys in (("countdowns", ("left",)), ("pools", ("left", "free")), ("regions", ("left",)),
                        ("skus", ("left",)), ("stock", ("available", "in_transit")),
                        ("locations", ("available", "incoming"))):  # fmt: skip
        for row in frame[table]:
            row.update(dict.fromkeys(keys, 0))
    for row in frame["countdowns"]:
        row["state"] = "out"
    for row in frame["channels"]:
        row["exposures"] = {}


@lru_cache(1024)
def understood(question: Asked) -> Question:
    """What is made of a question in its show, with the language of its channel's stream as a hint."""
    frame = shown(question.show)
    hint = next(row["language"] for row in frame["channels"] if row["channel"] == question.channel)
    return understand(question.text, frame["skus"], frame["regions"], hint)


def right(question: Asked) -> bool:
    """Whether the intent is one that is right."""
    return understood(question).intent in (question.intent, *question.accept)


def share(questions: Iterable[Asked]) -> float:
    """The share of questions whose intent is right."""
    marks = [right(question) for question in questions]
    return sum(marks) / len(marks)


def report(questions: Iterable[Asked]) -> str:
    """How well questions are understood: by language, by intent, then those that are not."""
    questions = list(questions)
    lines = [f"intent right: {share(questions):.1%} of {len(questions)}"]
    for name, key in (("language", 1), ("intent", 2)):
        for value, count in sorted(Counter(question[key] for question in questions).items()):
            mine = [question for question in questions if question[key] == value]
            lines.append(f"  {name} {value}: {share(mine):.0%} of {count}")
    spoken = [question for question in questions if question.source != "others"]
    for name, found in (
        ("language", [understood(question).language == question.language for question in spoken]),
        ("product", [understood(question).sku == question.sku for question in questions if question.sku]),
        ("country", [understood(question).country == question.country for question in questions if question.country]),
    ):
        lines.append(f"{name} right: {sum(found) / max(1, len(found)):.1%} of {len(found)}")
    missed = [question for question in questions if not right(question)]
    lines += [f"  {each.language} {each.intent} -> {understood(each).intent}: {each.text}" for each in missed]
    return "\n".join(lines)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    chosen = [question for question in asked() if not wanted or question.source in wanted]
    sys.stdout.write(report(chosen) + "\n")
