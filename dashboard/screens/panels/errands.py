"""Errands: new terms that somebody has to type into a platform by hand, each with a tick-off.

Data flow: the frame's errands -> what failed first, then what waits for a hand, then what is still on its way; what was
written or ticked off a moment ago stands below for a minute -> text, and one `report_errand` per press of Done.
Invariants: what a platform took by itself has no button; an id stays with its errand, so a double click ticks once.
"""

from collections.abc import Callable

import streamlit as st

from dashboard.screens.answers import asleep
from dashboard.screens.marks import Frame, clock, safe, seconds_between, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

ROWS_MAX, DONE_MAX = 5, 3
DONE_SECONDS = 60
WAITING = ("failed", "by_hand", "open")
LOOKS = {
    "failed": ("low", "failed"),
    "by_hand": ("warning", "by hand"),
    "open": ("info", "on its way"),
    "pushed": ("available", "written by itself"),
    "done": ("available", "ticked off"),
}
"""State -> the shape it carries and its word."""


def waiting(frame: Frame) -> list[Frame]:
    """Return what is not on its platform yet: failed ones first, what is still on its way last, the oldest first."""
    rows = [row for row in frame.get("errands", ()) if row["state"] in WAITING]
    return sorted(rows, key=lambda row: (WAITING.index(row["state"]), row["since"]))


def calling(frame: Frame) -> int:
    """Count what waits for somebody's hand."""
    return sum(row["state"] in ("failed", "by_hand") for row in frame.get("errands", ()))


def just_done(frame: Frame) -> list[Frame]:
    """Return what reached its platform in the last minute, the newest first."""
    rows = [
        row
        for row in frame.get("errands", ())
        if row["settled_at"] and 0 <= seconds_between(row["settled_at"], frame["at"]) <= DONE_SECONDS
    ]
    return sorted(rows, key=lambda row: str(row["settled_at"]), reverse=True)


def text(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of an errand: where, what, how it stands, why it failed."""
    mark, word = LOOKS[row["state"]]
    at = clock(row["settled_at"] or row["since"], frame["time_zone"])
    parts = [say(word), at, row["by"], sentence(row["note"], say)]
    under = " · ".join(safe(part) for part in parts if part)
    done = " settled" if row["settled_at"] else ""
    return (
        f'<div class="ask errand{done}">{shape(mark)}<div>'
        f"<b>{safe(row['name'])}: {safe(sentence(row['what'], say))}</b>"
        f"<span>{under}</span></div></div>"
    )


def draw(frame: Frame, tick_off: Callable[[Frame], None] | None, say: Say = english, opened: bool = False) -> int:
    """Draw the errands, with a tick-off where somebody may; return how many were not shown."""
    rows = waiting(frame)
    shown = rows if opened else rows[:ROWS_MAX]
    for position, row in enumerate(shown):
        with st.container(
            key=f"errand_{position}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.html(text(frame, row, say), width="stretch")
            if tick_off:
                name = f"{row['term']}_{row['channel']}"
                st.button(
                    say("Done"),
                    key=f"tick_{name}",
                    disabled=asleep(f"errand_{position}", name),
                    on_click=tick_off,
                    args=(row,),
                    wrap=False,
                )
    done = just_done(frame)[:DONE_MAX]
    if done:
        st.html("".join(text(frame, row, say) for row in done))
    if not rows and not done:
        st.html(f'<div class="empty">{shape("green")}{safe(say("Nothing to do by hand"))}</div>')
    return len(rows) - len(shown)
