"""Where Replay stands: which moment is on screen, what stands beside it, and how that is written in the address.

Data flow: the page's address -> `read`; what the time axis asks for -> `moved`; a place -> `address`, which reads back
to the same place. Moments are microseconds since the start of the show.
Invariants: a moment lies in the show; an entry of the journal (`seq`) counts only until the next move by time; either
another moment or another run stands beside, never both.
What can fail: a moment nobody can read, or a seq that is no number; that is an `InstantProblem` with one sentence.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dashboard.screens.replay_time import SECOND, InstantProblem, Span, read_time, write_time

SEQ_DIGITS_MAX = 15
NAMES = ("at", "seq", "other", "run")


class Place(NamedTuple):
    """A moment, or an entry of the journal, and what it is compared with: another moment, or the run of that name."""

    at: int
    seq: int | None = None
    other: int | None = None
    run: str = ""

    def beside(self) -> bool:
        """Tell whether anything stands beside it."""
        return self.other is not None or bool(self.run)


def read(asked: Mapping[str, str], span: Span) -> Place:
    """Read a place from the address: the end of the show where it names none, or the last whole second of an open one.

    Raises InstantProblem for what cannot be read.
    """
    end = span.length - span.length % SECOND if span.open else span.length
    at = span.inside(read_time(asked["at"], span)) if asked.get("at") else end
    run = asked.get("run", "")
    other = span.inside(read_time(asked["other"], span)) if asked.get("other") and not run else None
    return Place(at, _seq(asked.get("seq", "")), other, run)


def moved(place: Place, ask: Mapping[str, Any], span: Span) -> Place:
    """Go where the time axis asks: `at` and `other` in microseconds, or what was typed (`text`, for a `half`).

    Raises InstantProblem for what cannot be read.
    """
    if "text" in ask:
        found = span.inside(read_time(str(ask["text"]), span))
        return place._replace(other=found) if ask.get("half") == "other" else place._replace(at=found, seq=None)
    if "at" not in ask:
        return place
    other = ask.get("other")
    return place._replace(
        at=span.inside(_whole(ask.get("at"), place.at)),
        seq=None,
        other=place.other if place.other is None else span.inside(_whole(other, place.other)),
    )


def query(place: Place) -> dict[str, str]:
    """Write a place as the parts of an address."""
    parts = {"at": write_time(place.at)}
    if place.seq is not None:
        parts["seq"] = str(place.seq)
    if place.run:
        parts["run"] = place.run
    elif place.other is not None:
        parts["other"] = write_time(place.other)
    return parts


def address(show: str, language: str, place: Place | None = None) -> str:
    """Write the address of a show, in the viewer's language, that leads to a place again."""
    spoken = {"lang": language} if language != "en" else {}
    return urlencode({"show": show, **(query(place) if place else {}), **spoken}, safe=":")


def _seq(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) <= SEQ_DIGITS_MAX):
        raise InstantProblem(f"{text[:80]!r} is no number of an entry; write seq=1184.")
    return int(text) if text else None


def _whole(value: object, usual: int) -> int:
    return int(value) if isinstance(value, int | float) and abs(value) < 1e17 else usual
