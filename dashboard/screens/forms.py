"""What the forms of the transfer desk have in common: ids minted once, one command per press, one sentence said.

Data flow: `turn` -> keys of the fields and the id of the command, both new after an accepted answer; a press -> `send`
-> the room's answers -> a sentence that `said` shows for a while.
Fields of `FRESH` are new after each accepted answer, the others keep what was chosen.
Invariants: a second press of the same drawn button finds its id used up and sends nothing; a refusal keeps the id and
everything typed; the fields of one mode never share a key with another's.
A panel that ticks (the map, the lists under the desk) cannot draw the form: it leaves a `wanted` note, and the page
draws the form again with it.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.screens.door import Submit, ask, done, mint, refusal
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

SAID_SECONDS = 12.0
FRESH = ("units", "slide", "reason", "anyway", "arrived", "lost", "final", "name", "minutes")
"""Fields that belong to one decision."""

Look = Callable[[], Frame]
"""How a press reads the frame of its own moment."""
Asked = tuple[str, dict[str, Any]]
"""A command: its tag and its fields."""


def turn(mode: str) -> int:
    """Return which form of a mode is drawn: it is raised after each accepted answer, and every field is new then."""
    return int(st.session_state.setdefault(f"{mode}_turn", 0))


def key(mode: str, field: str) -> str:
    """Name a field of the form that is drawn now."""
    return f"{mode}_{field}_{turn(mode)}" if field in FRESH else f"{mode}_{field}"


def value(mode: str, field: str, default: Any = None) -> Any:
    """Read what a field holds."""
    return st.session_state.get(key(mode, field), default)


def begin(mode: str, **fields: Any) -> None:
    """Fill the fields that hold nothing yet; a choice that is offered no more is replaced by its first value."""
    for field, first in fields.items():
        st.session_state.setdefault(key(mode, field), first)


def keep_to(mode: str, field: str, choices: Sequence[Any]) -> None:
    """Choose something else where a field holds what is offered no longer."""
    if choices and value(mode, field) not in choices:
        st.session_state[key(mode, field)] = choices[0]


def put(mode: str, field: str, what: Any) -> None:
    """Fill a field; only before it is drawn, or by a press."""
    st.session_state[key(mode, field)] = what


def command_id(mode: str) -> str:
    """Return the id of the command this form will send."""
    return str(st.session_state.setdefault(f"{mode}_id", mint()))


def renew(mode: str) -> None:
    """Begin a new form: new fields, a new id."""
    st.session_state[f"{mode}_turn"] = turn(mode) + 1
    st.session_state[f"{mode}_id"] = mint()


def send(submit: Submit, show: str, mode: str, drawn: str, rows: Sequence[Asked], told: str, again: str = "") -> bool:
    """Send commands in order until one is refused, and say what came of it; `again` is said where numbers moved.

    A press of a form that was sent already does nothing. Returns whether all are in the journal.
    """
    if drawn != command_id(mode):
        return False
    answer: Frame = {"seq": None}
    for kind, fields in rows:
        answer = ask(submit, kind, show, f"{drawn}-{kind}", **fields)
        if not done(answer):
            more = f" {again}" if again and answer["code"] == "stale_preview" else ""
            tell(refusal(answer) + more, good=False)
            return False
    tell(f"{told} · #{answer['seq']}", good=True)
    renew(mode)
    return True


def tell(text: str, good: bool, where: str = "desk") -> None:
    """Keep a sentence for the desk, or the list under it, to show for a while."""
    st.session_state[f"{where}_said"] = {"sentence": text, "good": good, "at": time.monotonic()}


def said(where: str = "desk", say: Say = english) -> str:
    """Build the last sentence, empty once it is old."""
    last = st.session_state.get(f"{where}_said")
    if not last or time.monotonic() - last["at"] > SAID_SECONDS:
        return '<div class="said"></div>'
    look, mark = ("good", "available") if last["good"] else ("bad", "low")
    return f'<div class="said {look}" role="status">{shape(mark)}{safe(sentence(last["sentence"], say))}</div>'


def want(**fields: Any) -> None:
    """Ask for the desk to be drawn again with these choices: `mode`, and fields of it."""
    st.session_state.desk_wanted = fields


def wanted() -> dict[str, Any]:
    """Take the choices that were asked for."""
    return dict(st.session_state.pop("desk_wanted", None) or {})
