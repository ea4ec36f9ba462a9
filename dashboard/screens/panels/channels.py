"""Channel freshness: one mark, name and age per channel, worst first where there are too many.

Data flow: frame -> one HTML string. Invariants: a late or silent channel is never hidden behind a fresh one.
"""

from dashboard.screens.marks import MARKS, Frame, age, safe, shape
from dashboard.screens.words import Say, english

CHANNELS_MAX = 10
WORST_FIRST = {"silent": 0, "late": 1, "fresh": 2}


def html(frame: Frame, say: Say = english) -> str:
    """Build the row of channels."""
    rows = frame["channels"]
    if len(rows) > CHANNELS_MAX:
        rows = sorted(rows, key=lambda row: WORST_FIRST.get(row["state"], 3))
    chips = "".join(_chip(row, say) for row in rows[:CHANNELS_MAX])
    rest = len(rows) - CHANNELS_MAX
    return chips + (f'<span class="chip dim">+{rest} {safe(say("more"))}</span>' if rest > 0 else "")


def _chip(row: Frame, say: Say) -> str:
    state = row["state"]
    word = "" if state == "fresh" else f" {say(MARKS[state].word)}"
    return (
        f'<span class="chip {state}">{shape(state)}{safe(row["name"] or row["channel"])}'
        f"<small>{safe(age(row['age_seconds']).replace(' ', ' '))}{safe(word)}</small></span>"
    )
