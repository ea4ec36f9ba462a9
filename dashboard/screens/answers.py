"""Answers: sends what a button means, once, and keeps what the room said to it until the next press.

Data flow: a button is drawn -> `named` mints the id of its command -> the press -> `send` -> the room's answer.
Invariants: an id stays until the room has accepted what it names, so a double click asks for the same command twice
and the second one changes nothing; a decision about one thing (approve, acknowledge) keeps its id for good.
What can fail: the room refuses; its sentence stands at `said` until the next press.
"""

import time
from collections.abc import Hashable
from typing import Any

import streamlit as st

from dashboard.screens.door import Submit, ask, done, may, me, mint, refusal
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

ASLEEP_SECONDS = 0.8


def named(what: Hashable) -> str:
    """Return the id of the command that a control offers: minted when first drawn, the same until `renew`."""
    return str(st.session_state.setdefault("answer_ids", {}).setdefault(what, mint()))


def renew(what: Hashable) -> None:
    """Forget the id of a command that was carried out: the control offers a new one from now on."""
    st.session_state.get("answer_ids", {}).pop(what, None)


def able(submit: Submit | None, *kinds: str) -> bool:
    """Tell whether this viewer may ask all of some commands here; without `submit` nobody may."""
    return submit is not None and all(may(me(), kind) for kind in kinds)


def decide(show: str, submit: Submit, kind: str, field: str, name: str, reason_key: str = "") -> None:
    """Send a decision about one thing; its id stays the same for good, so deciding twice is the same decision."""
    reason = {"reason": st.session_state.get(reason_key) or ""} if reason_key else {}
    answer = ask(submit, kind, show, named((kind, name)), **{field: name}, **reason)
    if done(answer):
        st.session_state.setdefault("decided_here", set()).add((kind, name))
    tell(answer)


def decided_here(name: str, *kinds: str) -> bool:
    """Tell whether this viewer has just decided something, which the next frame will show everybody."""
    here = st.session_state.get("decided_here", set())
    return any((kind, name) in here for kind in kinds)


def send(show: str, submit: Submit, kind: str, what: Hashable, **fields: Any) -> Frame:
    """Send a command and return the answer; what it was offered as gets a new id once the room has accepted it."""
    answer = ask(submit, kind, show, named(what), **fields)
    if done(answer) or answer["status"] == "exists_with_different_body":
        renew(what)
    tell(answer)
    return answer


def tell(answer: Frame) -> None:
    """Keep what the room said: its refusal, or nothing where it did as asked."""
    st.session_state.alert_said = None if done(answer) else refusal(answer)


def said(say: Say = english) -> None:
    """Draw the room's last refusal, if the last press was refused."""
    refused = st.session_state.get("alert_said")
    if refused:
        st.html(f'<div class="said bad" role="status">{shape("low")}{safe(sentence(refused, say))}</div>')


def asleep(place: str, name: str) -> bool:
    """Tell whether something came a moment ago to a place that showed something else: its buttons wait for a moment.

    So the second half of a double click, or a press while a list moves up, does nothing to what moved there.
    """
    seats: dict[str, tuple[str, float]] = st.session_state.setdefault("seats", {})
    before, since = seats.get(place, ("", 0.0))
    if before != name:
        since = time.monotonic() if before else 0.0
        seats[place] = name, since
    return time.monotonic() - since < ASLEEP_SECONDS
