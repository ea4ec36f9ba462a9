"""The screens' door to the journal: its entries, looked through, and how its chain of hashes stands.

Data flow: `room.running().journal` -> `Entries` (a page, one entry, a download), the claim log;
`verification.running()` -> the check that everybody shares. Invariants: only reading; what is typed into a filter
stays a value.
What can fail: no room in this process; a moment nobody can read (`InstantProblem`, a sentence); a journal that cannot
be read (`JournalProblem`, a sentence).
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from dashboard import room as rooms
from dashboard.journal import claims as claim_rows, verification
from dashboard.journal.audit import (
    DOWNLOAD_ROWS_MAX as DOWNLOAD_ROWS_MAX,
    DOWNLOADS as DOWNLOADS,
    Entries as Entries,
    Wish as Wish,
    file_stem as file_stem,
)
from dashboard.journal.store import JournalProblem as JournalProblem
from dashboard.projections import instant
from dashboard.projections.instant import InstantProblem as InstantProblem
from dashboard.review import claim_log
from dashboard.review.claim_log import MIME as MIME
from dashboard.screens.marks import Frame, moment

SECOND = 1_000_000
CLAIMS_MAX = 20_000
CLAIM_DOWNLOADS = ("csv", "xlsx")
TO_THE_MINUTE = 5
"""How long a wall clock without seconds is: a moment `20:41` as an end means all of that minute."""


class Checks(Protocol):
    """What the screens need of the checks of the chain."""

    def start(self) -> None:
        """Begin a check, unless one is running."""

    def told(self) -> Frame | None:
        """Return how the newest check stands."""


def entries() -> Entries | None:
    """Return the entries of the room's journal, or None where no room runs."""
    running = rooms.running()
    return Entries(running.journal) if running else None


def head() -> tuple[int, str]:
    """Return seq and hash of the newest entry."""
    running = rooms.running()
    return running.journal.head() if running else (0, "")


def claims(wish: Wish) -> list[Frame]:
    """Return the lines that hosts of a show were shown, of what a wish looks for, the newest first."""
    running = rooms.running()
    rows = claim_rows.read(running.journal, wish.show) if running else []
    return [row for row in reversed(rows) if _wanted(row, wish)]


def _wanted(row: Frame, wish: Wish) -> bool:
    places = row["region"] == wish.region if wish.region else row["channel"] in (wish.channels or (row["channel"],))
    return bool(
        places
        and (wish.sku in ("", row["sku"]) or wish.sku in json.loads(row["skus"] or "[]"))
        and wish.text.casefold() in f"{row['text']} {row['line']} {row['ended']}".casefold()
        and (wish.since or 0) <= row["shown_at"]
        and (wish.until is None or row["shown_at"] <= wish.until)
    )


def claim_file(rows: list[Frame], show: str, kind: str) -> bytes:
    """Return the newest of these lines as a file of a kind of `CLAIM_DOWNLOADS`, in the order they were shown."""
    return claim_log.content(rows[:CLAIMS_MAX][::-1], kind, {"show": show})


def without_buyer(row: Frame) -> Frame:
    """Return an entry that does not say who bought."""
    facts = row["facts"]
    return row | {"facts": facts | {"buyer": "***"}} if facts.get("buyer") else row


def checks() -> Checks | None:
    """Return the checks of this process, if its server has any."""
    return verification.running()


def wish(show: str, frame: Frame, typed: Mapping[str, Any]) -> Wish:
    """Read a filter as typed into what to look for; raises InstantProblem for a moment nobody can read."""
    kind, _, name = str(typed.get("place") or "").partition(":")
    inside = [row["channel"] for row in frame["channels"] if kind == "region" and row["region"] == name]
    return Wish(
        show=show,
        types=tuple(typed.get("types") or ()),
        actor=_text(typed, "actor"),
        source=_text(typed, "source"),
        since=_moment(frame, _text(typed, "since")),
        until=_end(frame, _text(typed, "until")),
        text=_text(typed, "text"),
        sku=_text(typed, "sku"),
        region=name if kind == "region" else "",
        channels=(name,) if kind == "channel" else tuple(inside),
        hide_orders=bool(typed.get("hide_orders", True)),
        hide_listings=bool(typed.get("hide_listings", False)),
    )


def _text(typed: Mapping[str, Any], name: str) -> str:
    return str(typed.get(name) or "").strip()


def _moment(frame: Frame, text: str) -> int | None:
    if not text:
        return None
    return instant.read(text, instant.micros(moment(frame["starts_at"])), frame["time_zone"])


def _end(frame: Frame, text: str) -> int | None:
    """The end of the second that a moment names, or of the minute where it is a wall clock without seconds."""
    at = _moment(frame, text)
    if at is None:
        return None
    return at + (60 if len(text) <= TO_THE_MINUTE and ":" in text else 1) * SECOND - 1
