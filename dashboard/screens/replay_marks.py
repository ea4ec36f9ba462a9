"""What stands on Replay's time axis: every intervention, every alert, every segment of the rundown; and single entries.

Data flow: the journal's entries of the kinds in `KINDS` (where no journal can be read, what the newest frame still
knows of them) and the frame's rundown -> plain rows for the axis: `t` seconds since the start, kind, tone, text.
Invariants: at most `MARKS_MAX` marks, the newest; what happened before the start is no mark; a mark's moment is exact,
so that a jump to it shows the room with it done. Names from outside stay text: the axis writes them as such.
What can fail: a journal that cannot be read (`JournalProblem`); then the frame's own, shorter memory is drawn.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dashboard.screens import archive
from dashboard.screens.archive import Entries, JournalProblem, Wish
from dashboard.screens.marks import MARKS, Frame, micros, pool_name, titles
from dashboard.screens.replay_time import SECOND, Span
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

MARKS_MAX = 500
WINDOW = 256
PAGE_MAX = 500


class Kind(NamedTuple):
    """How a kind of mark is drawn: a tone, a shape and a word."""

    tone: str
    shape: str
    word: str


LOOKS = {
    "move": Kind("green", "◆", "moves"),
    "term": Kind("yellow", "■", "terms"),
    "pool": Kind("cyan", "●", "pools"),
    "goods": Kind("blue", "▶", "goods"),
    "alert": Kind("red", "▲", "alerts"),
}
"""Kinds of marks; an alert's tone is that of its severity."""
KINDS = {
    "reallocated": "move", "undone": "move", "units_lent": "move", "loan_returned": "move", "limit_set": "term",
    "coupon_set": "term", "bundle_set": "term", "price_set": "term", "pool_opened": "pool", "pool_closed": "pool",
    "shipment_started": "goods", "shipment_arrived": "goods", "alert_raised": "alert",
}  # fmt: skip
"""Events of the journal that are marked, and as what."""
NOTED = {
    "reallocated": "move", "undone": "move", "lent": "move", "returned": "move", "limit": "term",
    "limit_lifted": "term", "coupon": "term", "bundle": "term", "pool": "pool", "shipment": "goods",
}  # fmt: skip
"""Annotations of a frame's curves, and as what they are marked."""


def marks(show: str, head: Frame, span: Span, kept: list[Frame], say: Say = english) -> list[Frame]:
    """Return the marks of a show, the oldest first: from its journal, or else from what its newest frame knows.

    `kept` are the entries read before, the newest first; only what came since is read, and added to them.
    """
    found = archive.entries()
    try:
        after = kept[0]["seq"] if kept else 0
        fresh = found.page(Wish(show, types=tuple(KINDS)), after=after, limit=MARKS_MAX) if found else []
    except JournalProblem:
        return of_frame(head, span, say)
    kept[:] = [*fresh, *kept][:MARKS_MAX]
    named = titles(head)
    return _inside([_of_entry(row, named, span, say) for row in kept], span)


def of_frame(frame: Frame, span: Span, say: Say = english) -> list[Frame]:
    """Return the marks that a frame knows: its annotations, as exact as they are written, and its alerts."""
    noted = [
        _mark(round(row["minute"] * 60, 1), NOTED.get(row["kind"], "term"), sentence(row["what"], say))
        for row in frame["curves"]["annotations"]
    ]
    raised = [
        _mark(
            (micros(row["raised_at"]) - span.starts_at) / SECOND, "alert", sentence(row["what"], say), row["severity"]
        )
        for row in frame["alerts"]
    ]
    return _inside([*noted, *raised], span)


def of_run(run: Frame, head: Frame, span: Span, say: Say = english) -> list[Frame]:
    """Return the marks of a run that its show does not have, each `beside`; both are read off their last frames."""
    own = {(row["t"], row["text"]) for row in of_frame(head, span, say)}
    return [row | {"beside": True} for row in of_frame(run, span, say) if (row["t"], row["text"]) not in own]


def segments(head: Frame) -> list[Frame]:
    """Return the rundown's slots: from and to in seconds since the start, and their titles."""
    return [{"from": row["start_seconds"], "to": row["end_seconds"], "title": row["title"]} for row in head["rundown"]]


def legend(rows: Sequence[Frame], say: Say = english) -> list[Frame]:
    """Return shape and word of the kinds that occur, in the order of the table."""
    kinds = {row["kind"] for row in rows}
    return [look._asdict() | {"word": say(look.word)} for kind, look in LOOKS.items() if kind in kinds]


def next_entry(found: Entries, show: str, seq: int, head: int) -> int | None:
    """Return the seq of a show's next entry after one, or None where it is the newest (`head`: the journal's)."""
    wish, window = Wish(show, hide_orders=False), WINDOW
    while seq < head:
        rows = found.page(wish, before=seq + window + 1, after=seq, limit=PAGE_MAX)
        if 0 < len(rows) < PAGE_MAX or (rows and window <= PAGE_MAX):
            return int(rows[-1]["seq"])
        seq, window = (seq, window // 2) if rows else (seq + window, window * 2)
    return None


def _inside(rows: list[Frame], span: Span) -> list[Frame]:
    kept = [row for row in rows if span.holds(round(row["t"] * SECOND))]
    return sorted(kept, key=lambda row: row["t"])


def _mark(t: float, kind: str, text: str, severity: str = "") -> Frame:
    look = LOOKS[kind]
    tone = MARKS[severity].tone if severity in MARKS else look.tone
    return {"t": t, "kind": kind, "tone": tone, "shape": look.shape, "text": text}


def _of_entry(row: Frame, named: dict[str, str], span: Span, say: Say) -> Frame:
    facts, kind = row["facts"], KINDS[row["type"]]
    text = _SAID[row["type"]](facts, say)
    title = named.get(facts.get("sku", ""), "")
    told = f"{text} · {title}" if title else text
    return _mark((row["recorded_time"] - span.starts_at) / SECOND, kind, told, facts.get("severity", ""))


def _move(facts: Frame, say: Say) -> str:
    ends = f"{pool_name(facts['from_pool'], say)} → {pool_name(facts['to_pool'], say)}"
    return f"{facts['quantity']} {say('units')} {ends}"


def _limit(facts: Frame, say: Say) -> str:
    units = facts.get("units_per_order")
    what = f"{say('limit')} {units}" if units else say("limit lifted")
    return f"{what} {facts['region']}"


def _percent(word: str) -> Callable[[Frame, Say], str]:
    def said(facts: Frame, say: Say) -> str:
        size = f"−{facts['percent']}%" if facts["percent"] else say("ended")
        return f"{say(word)} {size} {facts['region']}"

    return said


_SAID: dict[str, Callable[[Frame, Say], str]] = {
    "reallocated": _move,
    "undone": lambda facts, say: f"{say('taken back')}: {_move(facts, say)}",
    "units_lent": lambda facts, say: f"{say('units lent')}: {_move(facts, say)}",
    "loan_returned": lambda facts, say: f"{say('loan returned')}: {_move(facts, say)}",
    "limit_set": _limit,
    "coupon_set": _percent("coupon"),
    "bundle_set": _percent("bundle"),
    "price_set": lambda facts, say: f"{say('new price')} {facts.get('channel', '')}".strip(),
    "pool_opened": lambda facts, say: f"{say('pool opened')} {pool_name(facts['pool'], say)} +{facts['quantity']}",
    "pool_closed": lambda facts, say: f"{say('pool closed')} {pool_name(facts['pool'], say)}",
    "shipment_started": lambda facts, say: f"{say('leaves')}: {facts['shipment']}",
    "shipment_arrived": lambda facts, say: f"{say('arrives')}: {facts['shipment']}",
    "alert_raised": lambda facts, say: sentence(str(facts["what"]), say),
}
