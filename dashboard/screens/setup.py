"""Setup: the rules, their levels and numbers, why each does what it does now; the allocator; terms and their forms.

Data flow: the room's frame of this tick -> explanations of the rules on it (once for all viewers) -> slots beside the
controls, which stand outside the tick so that half-typed input survives it; a control -> one command through `answers`.
Invariants: a control shows what is in force: when somebody else has changed it, the page is drawn anew; what a viewer
may not change stands there as text; a refusal is shown in the room's words and the control goes back.
What can fail: no room in this process; no show yet.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from dashboard.decision.parameters import ALL, RULES, Parameter
from dashboard.rules.explanations import explain
from dashboard.screens import answers, canvas, stage, theme
from dashboard.screens.door import Running, Submit, asking, chosen, room
from dashboard.screens.marks import Frame, safe
from dashboard.screens.panels import allocator, rule_table, term_forms, term_list
from dashboard.screens.words import Say, speaker

SHOW_KEY = "setup_rule"
ALLOCATOR = "allocator"
"""What is opened in the place of a rule's numbers: what the allocator says."""


def _levels(running: Running) -> Mapping[str, str]:
    """The levels that the room was started with; a show's own outrank them."""
    found: Mapping[str, str] = getattr(running, "levels", {})
    return found


def _explained(running: Running, frame: Frame) -> list[Frame]:
    return stage.once(frame, ("rules", frame["show"]), lambda: explain(frame, _levels(running)))


def _panels(running: Running, frame: Frame, say: Say) -> dict[str, str]:
    rows = _explained(running, frame)
    own = frame["autonomy"]
    slots = {
        f"rule_{row['rule']}": stage.guarded(
            row["rule"], partial(rule_table.standing, row, row["rule"] in own, say)
        )
        for row in rows
    }  # fmt: skip
    slots["strip"] = stage.guarded("strip", lambda: rule_table.summary(rows, frame, say))
    slots[ALLOCATOR] = stage.guarded(ALLOCATOR, lambda: allocator.html(frame, say))
    slots["changes"] = stage.guarded("changes", lambda: rule_table.changes(frame, say))
    return slots


def _in_force(frame: Frame) -> tuple[Any, ...]:
    return dict(frame["autonomy"]), dict(frame.get("parameters", {})), frame["status"]


@st.fragment(run_every=2.0)
def _tick(running: Running, show: str) -> None:
    frame, say = running.latest(show), speaker(stage.language())
    submit = asking(running)
    canvas.fill(_panels(running, frame, say), {}, live=True)
    with st.container(key="terms", gap=None):
        st.html(f"<h2>{safe(say('Terms in force'))}</h2>")
        answers.said(say)
        term_list.draw(frame, partial(_lift, show, submit), partial(answers.able, submit), say)
    if st.session_state.get("setup_drawn") != _in_force(frame):
        st.rerun()


def _lift(show: str, submit: Submit | None, term: term_list.Term) -> None:
    if submit:
        answers.send(show, submit, term.command, ("lift", term.key()), **dict(term.fields))


def _set_term(running: Running, show: str, submit: Submit, kind: str, command_id: str) -> None:
    """Send a form once: the second press of the same drawn button finds its id already used and does nothing."""
    typed = term_forms.typed_in(kind)
    fields = term_forms.command_of(kind, running.latest(show), typed)
    if fields is None or command_id != answers.named(("term", kind)):
        return
    answer = answers.send(show, submit, term_forms.FORMS[kind][1], ("term", kind), **fields)
    if answer["status"] == "accepted":
        st.session_state.term_sent = kind, typed


def _follow(key: str, value: Any) -> None:
    """Let a control show what is in force, unless it is being changed here while nothing else has changed it."""
    known = st.session_state.setdefault("setup_known", {})
    if known.get(key) != value or key not in st.session_state:
        st.session_state[key] = known[key] = value


def _known(key: str) -> Any:
    """What a control was drawn with."""
    return st.session_state.get("setup_known", {}).get(key)


def _set_level(show: str, submit: Submit, rule: str, key: str) -> None:
    level, before = st.session_state[key], _known(key)
    if level is None or level == before:  # pressed again, which takes the mark away, or redrawn by the browser
        st.session_state[key] = before
        return
    answer = answers.send(show, submit, "set_autonomy", ("level", rule), rule=rule, level=level)
    if answer["status"] == "refused":
        st.session_state[key] = before


def _set_number(show: str, submit: Submit, one: Parameter, key: str, reset: bool = False) -> None:
    value, before = st.session_state[key], _known(key)
    if not reset and (value is None or value == before):  # emptied, or only redrawn by the browser
        st.session_state[key] = before
        return
    wanted = None if reset else float(value)
    answer = answers.send(show, submit, "set_parameter", ("number", one.name), parameter=one.name, value=wanted)
    if answer["status"] == "refused":
        st.session_state[key] = before


def _level(frame: Frame, submit: Submit | None, rule: str, level: str | None, say: Say) -> None:
    """Draw the level of a rule, or of all; as text for who may not set it."""
    if submit is None or not answers.able(submit, "set_autonomy"):
        st.html(f'<div class="level">{safe(say(level or "–"))}</div>', width="content")
        return
    key = f"level_{rule}"
    _follow(key, level)
    st.segmented_control(
        say("Level"),
        rule_table.LEVELS,
        key=key,
        format_func=say,
        on_change=_set_level,
        args=(frame["show"], submit, rule, key),
        label_visibility="collapsed",
        width="content",
    )


def _open_rule(name: str) -> None:
    st.session_state[SHOW_KEY] = name


def _rules(running: Running, frame: Frame, submit: Submit | None, say: Say) -> None:
    """Draw one row per rule: its name opens its numbers, its level, and the slot that says how it stands."""
    levels = {row["rule"]: row["level"] for row in _explained(running, frame)}
    here = st.session_state.get(SHOW_KEY, RULES[0].name)
    with st.container(key="rules_head", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.html(f"<h2>{safe(say('Rules'))}</h2>", width="stretch")
        _opener(ALLOCATOR, here, say)
        _opener("", here, say)
        _level(frame, submit, ALL, frame["autonomy"].get(ALL), say)
    with st.container(key="rule_rows", gap=None):
        for rule in RULES:
            with st.container(key=f"rule_{rule.name}", gap=None):
                with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
                    _opener(rule.name, here, say)
                    st.html(f'<div class="help">{safe(say(rule.help))}</div>', width="stretch")
                    _level(frame, submit, rule.name, levels[rule.name], say)
                canvas.slot(f"rule_{rule.name}")
    st.html(f"<h2>{safe(say('Changed last'))}</h2>")
    canvas.slot("changes")


def _opener(rule: str, here: str, say: Say) -> None:
    st.button(
        rule_table.title(rule, say),
        key=f"rule_open_{rule or ALL}",
        type="secondary" if rule == here else "tertiary",
        on_click=_open_rule,
        args=(rule,),
        wrap=False,
    )


def _numbers(frame: Frame, submit: Submit | None, say: Say) -> None:
    """Draw the numbers of the rule that was opened, or the allocator."""
    rule = st.session_state.get(SHOW_KEY, RULES[0].name)
    st.html(f"<h2>{'' if rule == ALLOCATOR else safe(say('Numbers')) + ' · '}{safe(rule_table.title(rule, say))}</h2>")
    if rule == ALLOCATOR:
        canvas.slot(ALLOCATOR)
        return
    found = rule_table.numbers_of(rule)
    if not found:
        st.html(f'<div class="empty">{safe(say("It has no numbers of its own"))}</div>')
    for one in found:
        with st.container(
            key=f"number_{one.name}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.html(rule_table.number_text(one, frame, say), width="stretch")
            _number(frame, submit, one, say)


def _number(frame: Frame, submit: Submit | None, one: Parameter, say: Say) -> None:
    value = rule_table.value_of(one, frame)
    if submit is None or not answers.able(submit, "set_parameter"):
        st.html(f'<div class="level">{value:g}</div>', width="content")
        return
    key = f"value_{one.name}"
    _follow(key, value)
    ask = partial(_set_number, frame["show"], submit, one, key)
    if rule_table.changed(one, frame):
        st.button(say("Default"), key=f"reset_{one.name}", on_click=ask, args=(True,), wrap=False)
    st.number_input(
        one.name, key=key, format="%g", step=0.01 if one.unit == "share" else 1.0, on_change=ask, width=90,
        label_visibility="collapsed",
    )  # fmt: skip


def _draw(running: Running, show: str) -> None:
    frame, say, submit = running.latest(show), speaker(stage.language()), asking(running)
    st.session_state.setup_drawn = _in_force(frame)
    with st.container(key="room", gap=None):
        with st.container(key="strip", gap=None):
            canvas.slot("strip")
        with st.container(key="rules", gap=None):
            _rules(running, frame, submit, say)
        with st.container(key="numbers", gap=None):
            _numbers(frame, submit, say)
        if submit:
            with st.container(key="term_form", gap="small"):
                term_forms.draw(frame, partial(_set_term, running, show, submit), partial(answers.able, submit), say)
        with st.container(key="ticking", gap=None):
            _tick(running, show)


def page() -> None:
    """Show the page."""
    theme.apply()
    running = room()
    show = chosen(running.shows(), st.query_params.get("show")) if running else None
    stage.links("setup", show["show"] if show else "")
    if running is None:
        stage.message("No room here", "This page is served by the war room itself.", "warroom demo")
    elif show is None:
        stage.message("No show yet", "Start the demo, or import an order file.", "warroom demo")
    else:
        _draw(running, show["show"])


page()
