"""What happened: the last decisions of people and rules, newest first, each with its entry number in the journal.

Data flow: the frame's audit tail -> one HTML string. Invariants: orders are not in it; at most `ROWS_MAX` rows.
"""

from dashboard.screens.marks import Frame, clock, number, safe, seconds_between, show_time
from dashboard.screens.sentences import actor, sentence
from dashboard.screens.words import Say, english

ROWS_MAX = 14


def html(frame: Frame, say: Say = english) -> str:
    """Build the list."""
    rows = frame["audit"][:ROWS_MAX]
    if not rows:
        return f'<div class="empty">{safe(say("Nothing happened yet"))}</div>'
    return f'<div class="audit">{"".join(_row(frame, row, say) for row in rows)}</div>'


def _row(frame: Frame, row: Frame, say: Say) -> str:
    at = show_time(int(seconds_between(frame["starts_at"], row["at"])))
    who = actor(row["actor"], say)
    own = row["type"] == "note_added"
    what = row["what"] if own else sentence(row["what"], say) or say(row["type"].replace("_", " "))
    return (
        f"<div><time>{safe(at)}</time><b>{safe(what)}</b>"
        f"<span>{safe(who)} · {clock(row['at'], frame['time_zone'])} · #{number(row['seq'])}</span></div>"
    )
