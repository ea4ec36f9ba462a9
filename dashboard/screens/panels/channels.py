"""Channel freshness: mark, name, state and delay of each channel, worst first where there are too many.

Data flow: frame -> one HTML string. Where a feed reports, a chip tells how long orders take to get here (half of them,
and 95 of 100), else how long ago the last one came. What is wrong stands beside it: orders that wait for their lines,
calls that are paused, listings that drift.
Invariants: a late or silent channel is never hidden behind a fresh one; a late one is hatched.
"""

from dashboard.screens.marks import MARKS, Frame, age, delay, lateness, number, safe, shape
from dashboard.screens.words import Say, english

CHANNELS_MAX = 10
WORST_FIRST = {"late": 0, "silent": 1, "fresh": 2}


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
    fresh = lateness(row, say) if state == "late" else f"{say(MARKS[state].word)} {_delay(row, say)}"
    parts = [fresh, *_troubles(row, say)]
    return (
        f'<span class="chip {state}">{shape(state)}{safe(row["name"] or row["channel"])}'
        f"<small>{safe(' · '.join(parts))}</small></span>"
    )


def _delay(row: Frame, say: Say) -> str:
    """Say how long orders take, where a feed tells; else how old its data is, else when the last order came."""
    if row["sync_p50_ms"] is None:
        return age(row["age_seconds"] if row["data_age_seconds"] is None else row["data_age_seconds"], say)
    usual = delay(row["sync_p50_ms"], say)
    return usual if row["sync_p95_ms"] is None else f"{usual} · p95 {delay(row['sync_p95_ms'], say)}"


def _troubles(row: Frame, say: Say) -> list[str]:
    """Say what is wrong beside the state, where anything is."""
    parts = [f"{number(row['pending'])} {say('pending')}"] if row["pending"] else []
    parts += [say("calls paused")] if row["breaker"] else []
    return parts + ([f"{say('drift')} {number(row['drift_units'])}"] if row["drift_units"] else [])


def _sold(row: Frame, say: Say) -> str:
    name = safe(row["name"] or row["channel"])
    return f'<span class="chip grey">{name}<small>{number(row["units_sold"])} {safe(say("sold"))}</small></span>'
