"""Where a journal stands, small enough to keep elsewhere, and whether a file still agrees with what was kept.

    journal -> standing: its head, and each show's last event with its hash -> (kept by somebody else)
    file + kept anchors -> every anchor must still be in the chain: same seq, same hash

A hash covers everything before it, so one that is still in a chain that holds vouches for every event up to it; the
auditor (`verify`) says whether the chain holds. Like the auditor it shares no code with the writer. Times leave as
ISO 8601 in UTC to the microsecond.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dashboard.journal.verify_opening import opened

Row = dict[str, Any]
ZEROS = "0" * 64
_SHOWS = """
    with told as (
      select show_id, min(seq) as first_seq, max(seq) as last_seq, count(*) as events, arg_max(hash, seq) as hash,
             min(recorded_time) filter (where type = 'show_opened') as opened_at,
             max(recorded_time) filter (where type = 'show_closed') as closed_at, max(recorded_time) as last_at
      from {0}events group by show_id),
    moved as (select show_id, count(*) as moves from {0}moves group by show_id)
    select show_id, first_seq, last_seq, epoch_us(opened_at), epoch_us(closed_at), epoch_us(last_at), events,
           coalesce(moves, 0), hash
    from told left join moved using (show_id) order by first_seq"""
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = ("show", "first_seq", "last_seq", "opened_at", "closed_at", "last_at", "events", "moves", "hash")


Read = Callable[[str], Iterable[tuple[Any, ...]]]
"""Asks a journal, wherever it lies, and returns rows."""


class Anchor(NamedTuple):
    """One event of a chain: its seq and its hash."""

    seq: int
    hash: str


def standing(read: Read, where: str = "") -> Row:
    """Where a journal stands at one instant: head, events, moves, schema_version, shows; `where` is as `j.`."""
    versions = list(read(f"select value from {where}meta where key = 'schema_version'"))  # noqa: S608 - our own prefix
    shows = [_show(row) for row in read(_SHOWS.format(where))]
    last = max(shows, key=lambda show: show["last_seq"], default={"last_seq": 0, "hash": ZEROS})
    return {
        "head": {"seq": last["last_seq"], "hash": last["hash"]},
        "events": sum(show["events"] for show in shows),
        "moves": sum(show["moves"] for show in shows),
        "schema_version": versions[0][0] if versions else "",
        "shows": shows,
    }


def _show(row: Sequence[Any]) -> Row:
    told = dict(zip(_NAMES, row, strict=True))
    return told | {name: _iso(told[name]) for name in ("opened_at", "closed_at", "last_at")}


def _iso(micros: int | None) -> str | None:
    if micros is None:
        return None
    return (_1970 + timedelta(microseconds=micros)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def standing_of(path: str | os.PathLike[str]) -> Row:
    """Where the journal of a file stands; raises VerifyProblem."""
    with opened(path) as connection:
        return standing(lambda query: connection.execute(query).fetchall(), "j.")


def disagreement(path: str | os.PathLike[str], anchors: Sequence[Anchor]) -> str:
    """Say where a file first disagrees with anchors taken earlier, or nothing; raises VerifyProblem."""
    held = 0
    with opened(path) as connection:
        for anchor in sorted(set(anchors)):
            if anchor.seq == 0:
                continue
            found = connection.execute("select hash from j.events where seq = ?", [anchor.seq]).fetchone()
            if found is None:
                last = connection.execute("select coalesce(max(seq), 0) from j.events").fetchone() or (0,)
                return (
                    f"The evidence knows event {anchor.seq:,}, which is not in the file: it ends at event {last[0]:,}, "
                    "so it was cut, or it is another journal."
                )
            if found[0] != anchor.hash:
                return (
                    f"Event {anchor.seq:,} has hash {found[0]} in the file and {anchor.hash} in the evidence: "
                    f"something from event {held + 1:,} to {anchor.seq:,} was changed since, or it is another journal."
                )
            held = anchor.seq
    return ""
