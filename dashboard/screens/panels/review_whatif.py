"""The form of a rerun: helpers that each add one thing to a change, the change as the TOML that it is, and its start.

Data flow: review (what can be left out, SKUs, regions) + what is typed -> `changing.with_one_more` -> the text ->
`start` of the page. Invariants: the text is what is run, saved and opened, nothing is kept beside it; a helper adds to
what stands there, also to what was typed by hand; a button that was drawn once starts one run.
What can fail: a text that is no TOML, or does not fit the show; a sentence says what would be right, and all stays.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard.decision.parameters import ALL, PARAMETERS, RULES
from dashboard.screens import changing, viewer
from dashboard.screens.door import mint
from dashboard.screens.marks import Frame, micros, safe, shape, show_time
from dashboard.screens.replay_time import InstantProblem, Span, read_time, write_time
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

KINDS = {
    "move": "move units",
    "without": "leave out",
    "opening": "other opening",
    "rules": "set a rule",
    "parameters": "set a number",
    "again": "rules decide anew",
}
"""What can be added, and its word."""
LEVELS = ("off", "suggest", "auto")
UNITS_MOST = 1_000_000
FILE_MOST = 200_000
HEIGHT = 330
CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?", re.ASCII)
SHOWN = 60
"""Characters of what somebody did, in a list to choose from."""

Start = Callable[[str, str, str], str]
"""Id of the run, text and title of the change -> why it was not started; empty if it was."""


def draw(review: Frame, start: Start, say: Say = english) -> None:
    """Draw the form."""
    state: Any = st.session_state
    state.setdefault("whatif_text", changing.EXAMPLE)
    state.setdefault("whatif_id", mint())
    st.segmented_control(
        say("Add to the change"),
        list(KINDS),
        key="whatif_kind",
        format_func=lambda kind: say(KINDS[kind]),
        default="move",
        label_visibility="collapsed",
        required=True,
    )
    kind = state.whatif_kind or "move"
    with st.container(key="whatif_fields", horizontal=True, gap="small", vertical_alignment="bottom"):
        FIELDS[kind](review, say)
        st.button(say("Add"), key="whatif_add", on_click=_add, args=(kind, review), wrap=False)
    st.text_area(say("The change, as CHANGE.toml"), key="whatif_text", height=HEIGHT)
    with st.container(key="whatif_act", horizontal=True, gap="small", vertical_alignment="center"):
        _act(review, start, say)
    problem = state.get("whatif_said")
    if problem:
        st.html(f'<div class="said bad" role="status">{shape("low")}{safe(sentence(problem, say))}</div>')


def _act(review: Frame, start: Start, say: Say) -> None:
    state: Any = st.session_state
    st.button(
        say("Run it again"),
        key="whatif_run",
        type="primary",
        on_click=_start,
        args=(review, start, state.whatif_id),
        wrap=False,
    )
    st.button(say("Clear"), key="whatif_clear", on_click=_put, args=(changing.EXAMPLE,), wrap=False)
    st.download_button(
        say("Save"), state.whatif_text, file_name="CHANGE.toml", mime="application/toml", key="whatif_save",
        on_click="ignore", wrap=False,
    )  # fmt: skip
    with st.popover(say("Open"), key="whatif_open"):
        st.file_uploader(say("A CHANGE.toml"), type="toml", key="whatif_file", on_change=_take)


# --- the helpers ------------------------------------------------------------------------------------------------


def _sku(review: Frame, say: Say) -> None:
    titles = {row["sku"]: row["title"] for row in review["skus"]}
    st.selectbox("SKU", list(titles), key="whatif_sku", format_func=lambda sku: titles[sku])


def _pools(review: Frame) -> list[str]:
    return ["flexible", *(f"region/{row['region']}" for row in review["regions"])]


def _pool(review: Frame, label: str, field: str, say: Say, first: int = 0) -> None:
    def named(pool: str) -> str:
        return say("Flexible pool") if pool == "flexible" else pool.removeprefix("region/")

    st.selectbox(say(label), _pools(review), index=first, key=f"whatif_{field}", format_func=named)


def _move(review: Frame, say: Say) -> None:
    st.text_input(say("When"), "T+10:00", key="whatif_at")
    _sku(review, say)
    _pool(review, "From", "from", say)
    _pool(review, "To", "to", say, first=min(1, len(_pools(review)) - 1))
    st.number_input(say("Units"), 1, UNITS_MOST, 50, key="whatif_units")


def _without(review: Frame, say: Say) -> None:
    rows = {row["seq"]: row for row in review["interventions"]}
    titles = {row["sku"]: row["title"] for row in review["skus"]}

    def told(seq: int) -> str:
        row = rows[seq]
        said = sentence(row["what"], say)
        what = said if len(said) <= SHOWN else f"{said[:SHOWN]}…"
        return " · ".join(
            filter(None, (show_time(int(row["t_plus_seconds"])), titles.get(row["sku"], row["sku"]), what))
        )

    st.selectbox(say("Leave out what was done"), list(rows), key="whatif_seq", format_func=told)


def _opening(review: Frame, say: Say) -> None:
    _sku(review, say)
    _pool(review, "Pool", "pool", say, first=min(1, len(_pools(review)) - 1))
    st.number_input(say("Units before the start"), 0, UNITS_MOST, 100, key="whatif_units_opening")


def _rule(review: Frame, say: Say) -> None:
    names = {rule.name: rule.name for rule in RULES} | {ALL: say("all rules")}
    st.selectbox(say("Rule"), [ALL, *(rule.name for rule in RULES)], key="whatif_rule", format_func=names.__getitem__)
    st.selectbox(say("Level"), LEVELS, key="whatif_level", format_func=say)
    _since(say)


def _number(review: Frame, say: Say) -> None:
    known = {parameter.name: parameter for parameter in PARAMETERS}
    st.selectbox(say("Number"), list(known), key="whatif_parameter")
    parameter = known[st.session_state.whatif_parameter]
    st.number_input(
        f"{say('Value')} ({parameter.unit})" if parameter.unit else say("Value"),
        float(parameter.least), float(parameter.most), float(parameter.default), key=f"whatif_value_{parameter.name}",
    )  # fmt: skip
    _since(say)


def _again(review: Frame, say: Say) -> None:
    text = say("Rules decide anew from what they would see, instead of doing again what they did.")
    st.html(f'<p class="dim">{safe(text)}</p>')
    _since(say)


def _since(say: Say) -> None:
    st.text_input(say.sense("time", "From"), "", key="whatif_since", placeholder="T+00:00")


FIELDS: Mapping[str, Callable[[Frame, Say], None]] = {
    "move": _move,
    "without": _without,
    "opening": _opening,
    "rules": _rule,
    "parameters": _number,
    "again": _again,
}


# --- presses ----------------------------------------------------------------------------------------------------


def _typed(kind: str) -> dict[str, Any]:
    """What the helper on screen holds."""
    state: Any = st.session_state
    names = ("at", "sku", "from", "to", "units", "seq", "pool", "rule", "level", "parameter", "since")
    typed = {name: state.get(f"whatif_{name}") for name in names}
    if kind == "opening":
        typed["units"] = state.get("whatif_units_opening")
    if kind == "parameters":
        value = float(state.get(f"whatif_value_{typed['parameter']}") or 0)
        typed["value"] = int(value) if value.is_integer() else value
    return typed


def of_show(text: str, review: Frame) -> str:
    """Write a wall clock that was read off this viewer's clocks as time of the show; anything else as it was typed."""
    zone, show = viewer.zone(), review["show"]
    if not zone or not CLOCK.fullmatch(text.strip()):
        return text
    starts_at = micros(show["starts_at"])
    span = Span(starts_at, micros(show["ends_at"]) - starts_at, zone, False)
    try:
        return write_time(read_time(text, span))
    except InstantProblem:
        return text


def _add(kind: str, review: Frame) -> None:
    state: Any = st.session_state
    typed = _typed(kind)
    typed |= {name: of_show(typed[name], review) for name in ("at", "since") if typed[name]}
    if kind == "without" and typed["seq"] is None:
        return
    try:
        _put(changing.written(changing.with_one_more(changing.parsed(state.whatif_text), kind, typed)))
    except changing.NoToml as problem:
        state.whatif_said = str(problem)


def _put(text: str) -> None:
    st.session_state.whatif_text, st.session_state.whatif_said = text, ""


def _take() -> None:
    """Take the text of a file that was opened."""
    state: Any = st.session_state
    found = state.get("whatif_file")
    if found is None:
        return
    raw = found.getvalue()
    try:
        _put(raw[: FILE_MOST + 1].decode("utf-8-sig"))
    except UnicodeDecodeError:
        state.whatif_said = f"{found.name} is no UTF-8 text; a change is a TOML file."
        return
    if len(raw) > FILE_MOST:
        state.whatif_text = changing.EXAMPLE
        state.whatif_said = f"{found.name} has {len(raw):,} bytes; a change is a TOML file of at most {FILE_MOST:,}."


def _start(review: Frame, start: Start, drawn: str) -> None:
    state: Any = st.session_state
    if drawn != state.whatif_id:
        return
    try:
        named = changing.title(changing.parsed(state.whatif_text), review)
    except changing.NoToml as problem:
        state.whatif_said = str(problem)
        return
    state.whatif_said = start(drawn, state.whatif_text, named)
    if not state.whatif_said:
        state.whatif_id = mint()
