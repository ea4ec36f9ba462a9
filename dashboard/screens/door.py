"""The screens' door to the room: which room runs, who looks, which show to look at, how to ask and read the answer.

Data flow: `dashboard.room.running()` -> plain dicts in, plain dicts out; nothing else of the room is known here. Who
looks is told by `me` for each viewer; what is asked goes through `asking`, in that person's name.
Invariants: a control is drawn only for who `may` use it, and the room refuses all the same; every command carries the
id minted when its control was drawn, so a second press of the same control is answered `exists` and changes nothing; a
refusal is shown in the room's own words.
What can fail: no room runs in this process; then `room` is None and the page says so.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import people, room as rooms
from dashboard.decision import roles
from dashboard.decision.roles import Person
from dashboard.screens import viewer
from dashboard.screens.marks import Frame
from dashboard.screens.viewer import Running as Running

Submit = Callable[[Sequence[Mapping[str, Any]]], list[Frame]]
"""Commands as JSON dicts -> one answer each: status, seq, code, sentence, would_work."""

ACTOR = "operator"
STATUS_ORDER = {"open": 0, "announced": 1, "closed": 2}


def room() -> Running | None:
    """Return the room of this process, by the clock of this viewer; None where none runs."""
    running, zone = rooms.running(), viewer.zone()
    return viewer.Seen(running, zone) if running and zone else running


def me() -> Person | None:
    """Return the person of this viewer: actor and role; None where somebody has to sign in first."""
    found = people.serving()
    if found.entry == people.LOGIN:
        return found.signed_in(st.user.to_dict())
    return found.here(dict(st.context.headers))


def signs_in() -> bool:
    """Tell whether people sign in here, and so can sign out."""
    return people.serving().entry == people.LOGIN


def providers() -> tuple[str, ...]:
    """Return the names of those with whom one can sign in, "" for the one without a name."""
    return people.serving().providers


def may(person: Person | None, what: str) -> bool:
    """Tell whether somebody may ask a command, by its tag, or do one of `decision.roles.ACTS`."""
    return person is not None and roles.may(person, what)


def asking(running: Running) -> Submit | None:
    """Return what panels ask with, in this viewer's name; None for who may ask nothing: they get no controls."""
    person = me()
    if person is None or person.role == roles.VIEWER:
        return None
    return lambda rows: running.submit_json(rows, person)


def chosen(shows: Sequence[Frame], wanted: str | None) -> Frame | None:
    """Choose a show: the wanted one, else an open one, else one that is announced, else the last that closed."""
    for row in shows:
        if row["show"] == wanted:
            return row
    by_recency = sorted(shows, key=lambda row: row["last_seq"], reverse=True)
    return min(by_recency, key=lambda row: STATUS_ORDER.get(row["status"], 3), default=None)


def mint() -> str:
    """Mint the id of a command that is about to be offered."""
    return uuid.uuid4().hex


def ask(submit: Submit, kind: str, show: str, command_id: str, **fields: Any) -> Frame:
    """Send one command and return its answer."""
    return submit([{"type": kind, "id": command_id, "show": show, "actor": ACTOR, "source": "/operator", **fields}])[0]


def done(answer: Frame) -> bool:
    """Say whether the command is in the journal, now or from an earlier press."""
    return answer["status"] in ("accepted", "exists")


def refusal(answer: Frame) -> str:
    """Say why a command was not carried out, in the room's words, with the number that would work."""
    if answer["status"] == "exists_with_different_body":
        return "This was already sent with other numbers: look at the moves, then fill in the form again."
    sentence = answer["sentence"] or f"Refused: {answer['code']}."
    would = answer["would_work"]
    return sentence if would is None or str(would) in sentence else f"{sentence} {would} would work."
