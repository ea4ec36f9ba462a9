"""The deciding column: what calls for a decision, what has to be done by hand, and what is settled, one at a time.

Data flow: a frame -> three lists (`panels/alerts.py`, `panels/errands.py`) -> the chosen one with its buttons; a press
-> one command through `answers`. J and K walk the items by their keys (`proposal_0`, `alert_0`), the keyboard presses
`approve_0`, `dismiss_0`, `acknowledge_0`.
Invariants: at most `PROPOSALS_MAX` and `ALERTS_MAX` call at once, the rest is folded and counted; a control is drawn
only for who may use it; a button that has just come to where another one was sleeps for a moment, so the second half of
a double click, or a press while the list moves, decides nothing.
"""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from dashboard.screens import answers, chime, questions
from dashboard.screens.answers import able, decide, decided_here, said, send
from dashboard.screens.door import Submit
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.panels import alerts, errands
from dashboard.screens.words import Say, english

PAST_MAX = 30
CHOICES = {"approve_action": ("Approve", "approve"), "dismiss_action": ("Dismiss", "dismiss")}
"""What one may do with a proposal: command -> word and what its key begins with."""
TABS = (("decide", "Decide"), ("hand", "By hand"), ("settled", "Settled"), ("asked", "Questions"))


def draw(frame: Frame, submit: Submit | None, say: Say = english, tabs: bool = True) -> None:
    """Draw the column; without `submit` it holds nothing to decide with, without `tabs` (replay) only what called."""
    proposals = [row for row in alerts.open_proposals(frame) if not decided_here(row["proposal"], *CHOICES)]
    calls = [row for row in alerts.open_alerts(frame) if not decided_here(row["alert"], "acknowledge_alert")]
    if not tabs:
        st.html(f"<h2>{safe(say('Decide'))}</h2>")
        _open(frame, submit, say, proposals, calls)
        return
    tab = st.session_state.get("decide_tab", "decide")
    with st.container(key="decide_head", horizontal=True, wrap=False, vertical_alignment="center", gap=None):
        counts = {
            "decide": len(proposals) + len(calls),
            "hand": errands.calling(frame),
            "asked": questions.waiting(frame),
        }
        _tabs(tab, counts, say)
        if submit:
            chime.draw(alerts.prompts(frame), say)
    if tab == "hand":
        _by_hand(frame, submit, say)
    elif tab == "settled":
        _settled(frame, submit, say)
    elif tab == "asked":
        questions.draw(frame, submit, say)
    else:
        _open(frame, submit, say, proposals, calls)
    said(say)


def _tabs(here: str, counts: dict[str, int], say: Say) -> None:
    for name, word in TABS:
        count = f" {counts[name]}" if counts.get(name) else ""
        look: Literal["secondary", "tertiary"] = "secondary" if name == here else "tertiary"
        st.button(f"{say(word)}{count}", key=f"tab_{name}", type=look, on_click=_open_tab, args=(name,), wrap=False)


def _open_tab(name: str) -> None:
    st.session_state.decide_tab = name


def _open(frame: Frame, submit: Submit | None, say: Say, proposals: list[Frame], calls: list[Frame]) -> None:
    """Draw what calls: critical alerts, proposals, other alerts; what is folded; what was taken and settled lately."""
    waits = alerts.suspended(frame, say)
    if waits:
        st.html(waits)
    shown, rest = alerts.calling(proposals, alerts.PROPOSALS_MAX)
    loud, quiet = alerts.calling(calls, alerts.ALERTS_MAX)
    critical = sum(row["severity"] == "critical" for row in loud)
    for position, row in enumerate(loud[:critical]):
        _alert(frame, submit, row, position, say)
    for position, row in enumerate(shown):
        _proposal(frame, submit, row, position, say)
    for position, row in enumerate(loud[critical:], critical):
        _alert(frame, submit, row, position, say)
    _folded(frame, submit, rest, quiet, say)
    room = max(0, alerts.SETTLED_MAX - 2 * len(shown) - len(loud))
    below = [alerts.owned(frame, row, say) for row in alerts.taken(frame)[: max(1, room // 2)]]
    below += [alerts.decided(frame, row, say) for row in alerts.settled(frame)[: max(0, room - len(below))]]
    if below:
        st.html("".join(below))
    elif not (proposals or calls):
        st.html(f'<div class="empty">{shape("green")}{safe(say("Nothing to decide"))}</div>')


def _proposal(frame: Frame, submit: Submit | None, row: Frame, position: int, say: Say) -> None:
    asleep = answers.asleep(f"proposal_{position}", row["proposal"])
    with st.container(key=f"proposal_{position}", gap=None):
        st.html(alerts.proposal(frame, row, say))
        if submit and able(submit, *CHOICES):
            with st.container(key=f"choice_{position}", horizontal=True, gap="small"):
                _choice(partial(decide, frame["show"], submit), row["proposal"], position, asleep, say)


def _choice(press: Callable[..., None], name: str, position: int, asleep: bool, say: Say) -> None:
    """Draw what one may do with a proposal: approve, dismiss, or dismiss and say why."""
    for kind, (word, verb) in CHOICES.items():
        st.button(
            say(word),
            key=f"{verb}_{position}_{name}",
            type="primary" if verb == "approve" else "secondary",
            disabled=asleep,
            on_click=press,
            args=(kind, "proposal", name),
        )
    with st.popover(say("Dismiss, because"), type="tertiary", key=f"because_{position}_{name}"):
        key = f"reason_{name}"
        st.text_input(say("Reason"), key=key, placeholder=say("Reason"), label_visibility="collapsed")
        st.button(say("Dismiss"), key=f"no_{name}", on_click=press, args=("dismiss_action", "proposal", name, key))


def _alert(frame: Frame, submit: Submit | None, row: Frame, position: int, say: Say) -> None:
    asleep = answers.asleep(f"alert_{position}", row["alert"])
    with st.container(key=f"alert_{position}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.html(alerts.alert(frame, row, say), width="stretch")
        if submit and able(submit, "acknowledge_alert"):
            st.button(
                say("Got it"),
                key=f"acknowledge_{position}_{row['alert']}",
                disabled=asleep,
                on_click=decide,
                wrap=False,
                args=(frame["show"], submit, "acknowledge_alert", "alert", row["alert"]),
            )


def _folded(frame: Frame, submit: Submit | None, proposals: list[Frame], calls: list[Frame], say: Say) -> None:
    """Draw the folded list: one button with its count, and opened the whole, the costliest first."""
    count = len(proposals) + len(calls)
    if not count:
        return
    opened = bool(st.session_state.get("decide_more"))
    _more(f"{'−' if opened else '+'}{count} {say('more')}", "decide_more")
    if not opened:
        return
    for position, row in enumerate(proposals, alerts.PROPOSALS_MAX):
        _proposal(frame, submit, row, position, say)
    for position, row in enumerate(calls, alerts.ALERTS_MAX):
        _alert(frame, submit, row, position, say)


def _more(label: str, name: str) -> None:
    st.button(label, key=f"{name}_button", type="tertiary", on_click=_turn, args=(name,))


def _turn(name: str) -> None:
    st.session_state[name] = not st.session_state.get(name)


def _by_hand(frame: Frame, submit: Submit | None, say: Say) -> None:
    """Draw what has to be typed into platforms."""
    opened = bool(st.session_state.get("errands_more"))
    tick = partial(_tick_off, frame["show"], submit) if submit and able(submit, "report_errand") else None
    rest = errands.draw(frame, tick, say, opened)
    if rest or opened:
        _more(say("fewer") if opened else f"+{rest} {say('more')}", "errands_more")


def _tick_off(show: str, submit: Submit, row: Frame) -> None:
    """Report one errand as done by hand."""
    what = ("report_errand", row["term"], row["channel"])
    send(show, submit, "report_errand", what, term=row["term"], channel=row["channel"], outcome="done")


def _settled(frame: Frame, submit: Submit | None, say: Say) -> None:
    """Draw what somebody has, with a button for when its cause is gone, and what is settled."""
    rows = [row for row in alerts.taken(frame) if not decided_here(row["alert"], "resolve_alert")]
    for position, row in enumerate(rows):
        with st.container(
            key=f"taken_{position}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.html(alerts.owned(frame, row, say), width="stretch")
            if submit and able(submit, "resolve_alert"):
                st.button(
                    say("Resolve"),
                    key=f"resolve_{row['alert']}",
                    on_click=decide,
                    wrap=False,
                    args=(frame["show"], submit, "resolve_alert", "alert", row["alert"]),
                )
    over = alerts.past(frame)[:PAST_MAX]
    if over:
        st.html("".join(alerts.decided(frame, row, say) for row in over))
    elif not rows:
        st.html(f'<div class="empty">{shape("grey")}{safe(say("Nothing is settled yet"))}</div>')
