"""Channel freshness: one mark, name and age per channel, worst first where there are too many.

Data flow: frame -> one HTML string. Invariants: a late or silent channel is never hidden behind a fresh one.
"""

from dashboard.screens.marks import MARKS, Frame, age, number, safe, shape
from dashboard.screens.words import Say, english

CHANNELS_MAX = 10
WORST_FIRST = {"silent": 0, "late": 1, "fresh": 2}


def html(frame: Frame, say: Say = english) -> str:
    """Build the row of channels: how fresh each is while the show runs, what each sold once it is closed."""
    rows = frame["channels"]
    if len(rows) > CHANNELS_MAX:
        rows = sorted(rows, key=lambda row: (_rank(frame, row), -row["units_sold"]))
    draw = _sold if frame["status"] == "closed" else _fresh
    chips = "".join(draw(row, say) for row in rows[:CHANNELS_MAX])
    rest = len(rows) - CHANNELS_MAX
    return chips + (f'<span class="chip dim">+{rest} {safe(say("more"))}</span>' if rest > 0 else "")


def _rank(frame: Frame, row: Frame) -> int:
    return 0 if frame["status"] == "closed" else WORST_FIRST.get(row["state"], 3)


def _fresh(row: Frame, say: Say) -> str:
    state = row["state"]
    word = "" if state == "fresh" else f" {say(MARKS[state].word)}"
    return (
        f'<span class="chip {state}">{shape(state)}{safe(row["name"] or row["channel"])}'
        f"<small>{safe(age(row['age_seconds']))}{safe(word)}</small></span>"
    )


def _sold(row: Frame, say: Say) -> str:
    name = safe(row["name"] or row["channel"])
    return f'<span class="chip grey">{name}<small>{number(row["units_sold"])} {safe(say("sold"))}</small></span>'
