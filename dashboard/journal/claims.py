"""The claim log: every line a host was shown, while it stood, whether it was said, and the fact that backed it.

    events (lines, closes) in order -> `fold` -> one row a line -> screen, CSV, XLSX, JSON, Parquet

Read out of the journal's own events, or out of the events of an export, so that a copy without buyers has the claims of
that copy. A line stands until another replaces it, until it is retracted (`ended` is the code) or until its show
closes; an answer to a viewer is told once and never stands. Times are recorded times, in microseconds since 1970 UTC.
Whoever re-verifies a log does so with code of its own (`verify_claims`), which has its own list of these columns.
What can fail: the journal cannot be read, or an event says nothing that can be read (`JournalProblem`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from dashboard.journal.store import Journal, JournalProblem

Row = dict[str, Any]
TEXT, WHOLE, SECONDS, MOMENT = "text", "whole", "seconds", "moment"
COLUMNS: Mapping[str, str] = {
    "seq": WHOLE, "line": TEXT, "show": TEXT, "channel": TEXT, "language": TEXT, "kind": TEXT, "register": TEXT,
    "text": TEXT, "shown_at": MOMENT, "ended_at": MOMENT, "ended": TEXT, "said_at": MOMENT, "times_said": WHOLE,
    "seconds_shown": SECONDS, "sku": TEXT, "region": TEXT, "units_left": WHOLE, "units_incoming": WHOLE, "eta": MOMENT,
    "limit": WHOLE, "price_minor": WHOLE, "currency": TEXT, "percent": WHOLE, "code": TEXT, "skus": TEXT,
    "fact_seq": WHOLE, "expires": MOMENT, "fact": TEXT, "event_hash": TEXT,
}  # fmt: skip
"""Column -> kind of its values: texts, whole numbers, seconds (a decimal), moments (microseconds); None: nothing."""
TYPES = ("line_published", "line_retracted", "line_said", "show_closed")
"""The events that a log is read from."""
ANSWER = "answer"
REPLACED, CLOSED, ANSWERED = "replaced", "show_closed", "answered"
SECOND = 1_000_000
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_OF_FACT = ("sku", "region", "units_left", "units_incoming", "eta", "limit", "price_minor", "currency", "percent",
            "code", "expires")  # fmt: skip
_READ = "select seq, show_id, type, epoch_us(recorded_time), data::varchar, hash from events where type in (?, ?, ?, ?)"
_OF_SHOW, _IN_ORDER = " and show_id = ?", " order by seq"
_WHOLE_MAX, _MICROS_MAX = 1 << 63, 250_000_000_000_000_000


class Told(NamedTuple):
    """What the log needs of an event; `at` is when it was recorded."""

    seq: int
    show: str
    type: str
    at: int
    data: str
    hash: str


def read(journal: Journal, show: str | None = None) -> list[Row]:
    """The claim log of a show, or of every show of a journal, in the order in which lines were shown."""
    values = [*TYPES, *([show] if show is not None else [])]
    return fold(map(Told._make, journal.read(_READ + (_OF_SHOW if show is not None else "") + _IN_ORDER, values)))


def fold(events: Iterable[Told]) -> list[Row]:
    """Make the log of events in order; its rows have the columns of `COLUMNS`. Raises JournalProblem."""
    rows: list[Row] = []
    lines: dict[tuple[str, str], Row] = {}
    for told in events:
        try:
            facts = json.loads(told.data)
            rows.extend(_follow(lines, told, facts))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            raise JournalProblem(f"Event {told.seq} says nothing that can be read ({str(problem)[:90]}).") from problem
    return rows


def newest_first(rows: list[Row], channel: str = "", language: str = "", most: int = 40) -> list[Row]:
    """The newest rows of a log, of one channel and language where they are named."""
    wanted = (
        row for row in reversed(rows) if channel in ("", row["channel"]) and language in ("", row["language"])
    )  # fmt: skip
    return [row for row, _ in zip(wanted, range(most), strict=False)]


def summary(rows: list[Row]) -> Row:
    """A log in figures: claims, said, standing, by kind and by how they ended, the median of seconds shown."""
    shown = sorted(row["seconds_shown"] for row in rows if row["seconds_shown"] is not None and row["kind"] != ANSWER)
    return {
        "claims": len(rows),
        "said": sum(1 for row in rows if row["times_said"]),
        "standing": sum(1 for row in rows if row["ended_at"] is None),
        "kinds": _counted(row["kind"] for row in rows),
        "ended": _counted(row["ended"] for row in rows if row["ended"]),
        "seconds_shown_median": shown[len(shown) // 2] if shown else None,
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def _follow(lines: dict[tuple[str, str], Row], told: Told, facts: Row) -> Iterator[Row]:
    if told.type == "line_published":
        if facts.get("replaces"):
            _end(lines.get((told.show, facts["replaces"])), told.at, REPLACED)
        row = lines[told.show, facts["line"]] = _shown(told, facts)
        yield row
    elif told.type == "line_retracted":
        _end(lines.get((told.show, facts["line"])), told.at, facts.get("reason") or "retracted")
    elif told.type == "line_said":
        row_said = lines.get((told.show, facts["line"]))
        if row_said is not None:
            row_said["times_said"] += 1
            row_said["said_at"] = row_said["said_at"] or told.at
    elif told.type == "show_closed":
        for (show, _), row in lines.items():
            if show == told.show:
                _end(row, told.at, CLOSED)


def _shown(told: Told, facts: Row) -> Row:
    fact = facts.get("fact") or {}
    row: Row = {name: "" if kind == TEXT else None for name, kind in COLUMNS.items()}
    row |= {name: facts[name] for name in ("line", "channel", "language", "kind", "text")}
    row |= {"seq": told.seq, "show": told.show, "register": facts.get("register", "calm"), "shown_at": told.at,
            "times_said": 0, "event_hash": told.hash, "fact": _json(fact)}  # fmt: skip
    row |= {name: _fitting(fact.get(name), COLUMNS[name]) for name in _OF_FACT}
    row["fact_seq"] = _fitting(fact.get("seq"), WHOLE)
    row["skus"] = _json(fact["skus"]) if isinstance(fact.get("skus"), list) else ""
    if row["kind"] == ANSWER:
        _end(row, told.at, ANSWERED)
    return row


def _end(row: Row | None, at: int, code: str) -> None:
    if row is not None and row["ended_at"] is None:
        row["ended_at"], row["ended"] = at, code
        row["seconds_shown"] = (at - row["shown_at"]) / SECOND


def _fitting(value: Any, kind: str) -> Any:
    """A value of a fact if it is of its column's kind, else nothing; `fact` holds whatever it is."""
    if kind == TEXT:
        return value if isinstance(value, str) else ""
    if kind == MOMENT and isinstance(value, str):
        value = _micros(value)
    if type(value) is not int:
        return None
    fits = 0 <= value <= _MICROS_MAX if kind == MOMENT else -_WHOLE_MAX <= value < _WHOLE_MAX
    return value if fits else None


def _micros(text: str) -> int | None:
    """A moment that an answer's fact writes in ISO 8601, None where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _1970) // timedelta(microseconds=1)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
