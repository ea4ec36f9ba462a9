"""Last moves: what was reallocated by whom, and how much of it an undo would bring back.

Data flow: the frame's reallocations -> one line each with an Undo button that shows its size ("Undo 40 of 100").
Invariants: undo takes back only what is still unsold, and says how much before it is pressed; a second press finds
the id already used. A move that took back another one is shown as such and can itself be undone.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.screens.door import Submit, ask, done, mint, refusal
from dashboard.screens.marks import Frame, clock, number, pool_name, safe, titles
from dashboard.screens.words import Say, english

MOVES_MAX = 2

Group = dict[str, Any]
"""Moves of one moment between the same two pools: what one decision did, over all SKUs."""


def groups(frame: Frame) -> list[Group]:
    """Gather the newest moves: a rule that tops up a region moves several SKUs at once, and that is one line here."""
    result: dict[tuple[str, ...], Group] = {}
    for row in frame["reallocations"]:
        key = (row["at"], row["actor"], row["from_pool"], row["to_pool"], str(row["undoes"] is not None))
        group = result.setdefault(key, {"rows": [], "quantity": 0, "undoable": 0})
        group["rows"].append(row)
        group["quantity"] += row["quantity"]
        group["undoable"] += max(0, row["undoable"])
    return list(result.values())[:MOVES_MAX]


def line(frame: Frame, group: Group, say: Say = english) -> str:
    """Build the text of one group of moves."""
    row, names = group["rows"][0], titles(frame)
    what = names.get(row["sku"], row["sku"]) if len(group["rows"]) == 1 else f"{len(group['rows'])} {say('SKUs')}"
    back = f"{say('taken back')} · " if row["undoes"] else ""
    who = row["actor"].removeprefix("rule:").replace("_", " ")
    why = f" · {row['reason']}" if row["reason"] else ""
    return (
        f'<div class="move"><b>{safe(back)}{number(group["quantity"])} · {safe(pool_name(row["from_pool"], say))} → '
        f"{safe(pool_name(row['to_pool'], say))}</b>"
        f"<span>{safe(what)} · {clock(row['at'], frame['time_zone'])} · {safe(who)}{safe(why)}</span></div>"
    )


def label(group: Group, say: Say = english) -> str:
    """Say how much an undo would bring back."""
    if group["undoable"] <= 0:
        return say("taken back") if group["rows"][0]["undoes"] else say("all sold")
    return f"{say('Undo')} {number(group['undoable'])} {say('of')} {number(group['quantity'])}"


def draw(frame: Frame, submit: Submit, say: Say = english) -> None:
    """Draw the newest moves with their undo buttons."""
    found = groups(frame)
    if not found:
        st.html(f'<div class="move"><span>{safe(say("No move yet"))}</span></div>')
    for position, group in enumerate(found):
        with st.container(
            horizontal=True, wrap=False, vertical_alignment="center", gap="small", key=f"move_{position}"
        ):
            st.html(line(frame, group, say), width="stretch")
            wanted = tuple(
                (row["seq"], _id(row["seq"]), row["undoable"]) for row in group["rows"] if row["undoable"] > 0
            )
            st.button(
                label(group, say),
                key=f"undo_{group['rows'][0]['seq']}",
                disabled=not wanted,
                on_click=undo,
                args=(frame["show"], submit, wanted, frame["seq"]),
                wrap=False,
                shortcut="u" if position == 0 and wanted else None,
            )


def undo(show: str, submit: Submit, wanted: Sequence[tuple[int, str, int]], seen_seq: int) -> None:
    """Take back what is still unsold of each move; an id is renewed only when the room accepted it."""
    problems = []
    for seq, command_id, units in wanted:
        answer = ask(submit, "undo", show, command_id, seq=seq, seen_seq=seen_seq, shown_units=units)
        if answer["status"] == "accepted":
            st.session_state.undo_ids[seq] = mint()
        if not done(answer):
            problems.append(refusal(answer))
    st.session_state.alert_said = problems[0] if problems else None


def _id(seq: int) -> str:
    return str(st.session_state.setdefault("undo_ids", {}).setdefault(seq, mint()))
