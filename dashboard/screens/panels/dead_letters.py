"""Dead letters: what platforms told and the ledger could not take, the newest first, each with one way to try it again.

Data flow: letters as plain rows (without bodies) -> one line of HTML each; a press of Retry -> `retry(id)` -> an
outcome, said above the list in the room's own words.
Invariants: a settled letter has no button; the body, which may hold people's addresses, is never shown; what comes from
outside is escaped. What can fail: the letter is gone, or the journal cannot be written; both are said in one sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.screens.marks import Frame, number, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

LETTERS_MAX = 20
STATES = ("", "held", "refused", "settled")
MARK = {"held": "warning", "refused": "low", "settled": "green"}
Retry = Callable[[int], Mapping[str, Any]]
"""A letter's id -> what became of it: status, sentence."""


def draw(letters: Sequence[Frame], retry: Retry | None, say: Say = english) -> None:
    """Draw the list and its buttons; without `retry` there are none."""
    said = st.session_state.get("letter_said")
    if said:
        st.html(said)
    if not letters:
        st.html(f'<div class="empty">{shape("green")}{safe(say("No dead letter"))}</div>')
    for position, row in enumerate(letters[:LETTERS_MAX]):
        with st.container(
            key=f"letter_{position}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.html(html(row, say), width="stretch")
            if retry and row["state"] != "settled":
                st.button(
                    say("Retry"), key=f"retry_{row['id']}", on_click=again, args=(row["id"], retry, say), wrap=False
                )


def again(letter: int, retry: Retry, say: Say = english) -> None:
    """Try a letter again and remember what to say of it."""
    st.session_state.letter_said = outcome(letter, retry(letter), say)


def html(row: Frame, say: Say = english) -> str:
    """Build one letter: state, channel and reason above, the sentence, then when it came and how often it was tried."""
    state = row["state"]
    count = row["attempts"]
    tries = say("not tried again yet") if not count else f"{say('tried')} {number(count)}×"
    facts = f"{received(row['received_time'])} · {tries} · {say('letter')} {row['id']}"
    head = f"{say(state)} · {row['channel']} · {sentence(row['reason'], say)}"
    return (
        f'<div class="letter {state}">{shape(MARK.get(state, "grey"))}<div><b>{safe(head)}</b>'
        f"<em>{safe(sentence(row['sentence'], say))}</em><span>{safe(facts)}</span></div></div>"
    )


def outcome(letter: int, told: Mapping[str, Any], say: Say = english) -> str:
    """Say what became of a letter that was tried again."""
    good = told["status"] in ("accepted", "exists", "ignored")
    head = f"{say('letter')} {letter}: {say(told['status'])}"
    detail = f" · {sentence(told['sentence'], say)}" if told.get("sentence") else ""
    tone, mark = ("good", "green") if good else ("bad", "low")
    return f'<div class="said {tone}" role="status">{shape(mark)}{safe(head + detail)}</div>'


def received(micros: int) -> str:
    """Write when a letter came, in UTC to the second."""
    seconds = micros // 1_000_000
    return datetime.fromtimestamp(seconds, UTC).strftime("%m-%d %H:%M:%S UTC")
