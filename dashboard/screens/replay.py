"""Replay: any second of any show in the journal, drawn by the same panels as Live, without controls.

Data flow: show picker, slider, steps, typed time, or `?show=&at=` -> seconds since the start -> `room.frame(show,
at=...)` -> `stage.draw`. Invariants: the address always names what is on screen, so it can be sent to somebody; the
second stays inside the show. What can fail: a time that cannot be read is said so and the last good one stays.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.screens import canvas, stage, theme
from dashboard.screens.door import Running, chosen, moment_of, room
from dashboard.screens.marks import Frame, micros, safe, show_time
from dashboard.screens.replay_time import length_seconds, read_time, step_of, stops, write_time
from dashboard.screens.words import Say, speaker


def controls(shows: Sequence[Frame], show: Frame, length: int, say: Say) -> None:
    """Draw picker, steps, slider and typed time."""
    state, (step, unit) = st.session_state, step_of(length)
    state.replay_slider, state.replay_typed = state.replay_second, show_time(state.replay_second)
    names = {row["show"]: row["title"] or row["show"] for row in shows}
    picker, back, slider, ahead, typed = st.columns([2.2, 0.8, 9, 0.8, 1.2], gap="small", vertical_alignment="center")
    state.replay_show = show["show"]
    picker.selectbox(
        say("Show"),
        list(names),
        key="replay_show",
        format_func=lambda name: names[name],
        label_visibility="collapsed",
        on_change=_pick,
    )
    back.button(say(f"−1 {unit}"), key="replay_back", on_click=_go, args=(-step, length), width="stretch", wrap=False)
    slider.select_slider(
        say("Time"),
        stops(length, state.replay_second),
        key="replay_slider",
        format_func=show_time,
        label_visibility="collapsed",
        on_change=_slide,
    )
    ahead.button(say(f"+1 {unit}"), key="replay_ahead", on_click=_go, args=(step, length), width="stretch", wrap=False)
    typed.text_input(say("Time"), key="replay_typed", label_visibility="collapsed", on_change=_type, args=(length,))


def _go(seconds: int, length: int) -> None:
    st.session_state.replay_second = max(0, min(length, st.session_state.replay_second + seconds))


def _slide() -> None:
    st.session_state.replay_second = st.session_state.replay_slider


def _type(length: int) -> None:
    second = read_time(st.session_state.replay_typed.replace("−", "-"))
    if second is None:
        st.toast(f"“{st.session_state.replay_typed}” is no time of the show: write T+40:08.")
        return
    st.session_state.replay_second = max(0, min(length, second))


def _pick() -> None:
    st.query_params["show"] = st.session_state.replay_show
    st.session_state.pop("replay_second", None)
    st.query_params.pop("at", None)


def _corner(say: Say) -> None:
    st.html(f"<h2>{safe(say('What happened'))}</h2>")
    canvas.slot("audit")


def _look(running: Running, shows: Sequence[Frame], show: Frame) -> None:
    say = speaker(stage.language())
    head = running.latest(show["show"])
    length = length_seconds(head)
    state: Any = st.session_state
    if "replay_second" not in state:
        wanted = read_time(str(st.query_params.get("at", "")))
        state.replay_second = length if wanted is None else max(0, min(length, wanted))
    st.query_params["show"], st.query_params["at"] = show["show"], write_time(state.replay_second)
    frame = moment_of(running, show, micros(head["starts_at"]) + state.replay_second * 1_000_000)
    stage.arrange(
        frame,
        lambda: _corner(say),
        lambda: stage.draw(frame, None, replay=True),
        lambda: controls(shows, show, length, say),
        live=False,
    )


def page() -> None:
    """Show the page."""
    theme.apply()
    running = room()
    shows = running.shows() if running else []
    show = chosen(shows, st.query_params.get("show"))
    stage.links("replay", show["show"] if show else "")
    if running is None or show is None:
        stage.message(
            "Nothing to replay", "There is no show in the journal yet.", "warroom import ORDERS.csv --mapping MAP.toml"
        )
        return
    _look(running, shows, show)


page()
