"""Last moves: what was reallocated by whom, and how much of it an undo would bring back.

Data flow: the frame's reallocations -> one line each with an Undo button that shows its size ("Undo 40 of 100").
Invariants: undo takes back only what is still unsold, and says how much before it is pressed; a second press finds the id
already used. A move that took back another one is shown as such and can itself be undone.
"""

import streamlit as st

from dashboard.screens.door import Submit, ask, done, mint, refusal
from dashboard.screens.marks import Frame, clock, number, pool_name, safe, titles
from dashboard.screens.words import Say, english

MOVES_MAX = 2


def line(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of one move."""
    title = titles(frame).get(row["sku"], row["sku"])
    back = f"{say('taken back')} · " if row["undoes"] else ""
    who = row["actor"].removeprefix("rule:").replace("_", " ")
    return (
        f'<div class="move"><b>{safe(back)}{number(row["quantity"])} · {safe(pool_name(row["from_pool"]))} → '
        f"{safe(pool_name(row['to_pool']))}</b><span>{safe(title)} · {clock(row['at'], frame['time_zone'])} · {safe(who)}</span></div>"
    )


def label(row: Frame, say: Say = english) -> str:
    """Say how much an undo would bring back."""
    if row["undoable"] <= 0:
        return say("all sold") if not row["undoes"] else say("taken back")
    return f"{say('Undo')} {number(row['undoable'])} {say('of')} {number(row['quantity'])}"


def draw(frame: Frame, submit: Submit, say: Say = english) -> None:
    """Draw the newest moves with their undo buttons."""
    ids = st.session_state.setdefault("undo_ids", {})
    rows = frame["reallocations"][:MOVES_MAX]
    if not rows:
        st.html(f'<div class="move"><span>{safe(say("No move yet"))}</span></div>')
    for position, row in enumerate(rows):
        command_id = ids.setdefault(row["seq"], mint())
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"move_{position}"):
            st.html(line(frame, row, say), width="stretch")
            st.button(label(row, say), key=f"undo_{row['seq']}", disabled=row["undoable"] <= 0, on_click=undo,
                      args=(frame["show"], submit, row["seq"], frame["seq"], command_id), wrap=False,
                      shortcut="u" if position == 0 and row["undoable"] > 0 else None)  # fmt: skip


def undo(show: str, submit: Submit, seq: int, seen_seq: int, command_id: str) -> None:
    """Take back what is still unsold of a move; the id is renewed only when the room accepted it."""
    answer = ask(submit, "undo", show, command_id, seq=seq, seen_seq=seen_seq)
    if answer["status"] == "accepted":
        st.session_state.undo_ids[seq] = mint()
    st.session_state.alert_said = None if done(answer) else refusal(answer)
