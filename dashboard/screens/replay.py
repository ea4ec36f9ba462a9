"""Replay: any second of any show in the journal, drawn by the same panels as Live, without controls.

Data flow: show picker, slider, steps, typed time, or `?show=&at=` -> seconds since the start -> `room.frame(show,
at=...)` -> `stage.draw`. Invariants: the address always names what is on screen, so it can be sent to somebody; the
second stays inside the show. What can fail: a time that cannot be read is said so and the last good one stays.
"""

import re
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.screens import canvas, stage, theme
from dashboard.screens.door import Running, chosen, room
from dashboard.screens.marks import Frame, micros, safe, seconds_between, show_time
from dashboard.screens.words import Say, speaker

STEPS_MAX = 480
TIME = re.compile(r"^\s*(?:T\s*\+?)?\s*(?:(\d+)\s*d\s+)?(\d+):(\d{2})(?::(\d{2}))?\s*$", re.IGNORECASE)


def length_seconds(head: Frame) -> int:
    """Return how many seconds of a show there are to look at: until now while it runs, else until its end."""
    end = head["at"] if head["status"] != "closed" else min(head["at"], head["ends_at"])
    return max(1, int(seconds_between(head["starts_at"], end)))


def read_time(text: str) -> int | None:
    """Read T+mm:ss, h:mm:ss, `1 d 02:10` or plain seconds as seconds since the start; None where it is none of them."""
    if text.strip().isdigit():
        return int(text)
    found = TIME.match(text)
    if not found:
        return None
    days, first, second, third = (None if part is None else int(part) for part in found.groups())
    assert first is not None
    assert second is not None
    if days is not None:
        return days * 86400 + first * 3600 + second * 60 + (third or 0)
    return first * 60 + second if third is None else first * 3600 + second * 60 + third


def stops(length: int, second: int) -> list[int]:
    """Return the slider's stops: at most STEPS_MAX evenly over the show, and the present second among them."""
    step = max(1, -(-length // STEPS_MAX))
    return sorted({*range(0, length, step), length, second})


def controls(shows: Sequence[Frame], show: Frame, length: int, say: Say) -> None:
    """Draw picker, steps, slider and typed time."""
    state = st.session_state
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
    back.button(say("−1 min"), key="replay_back", on_click=_go, args=(-60, length), width="stretch", wrap=False)
    slider.select_slider(
        say("Time"),
        stops(length, state.replay_second),
        key="replay_slider",
        format_func=show_time,
        label_visibility="collapsed",
        on_change=_slide,
    )
    ahead.button(say("+1 min"), key="replay_ahead", on_click=_go, args=(60, length), width="stretch", wrap=False)
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
    st.query_params["show"], st.query_params["at"] = show["show"], show_time(state.replay_second).removeprefix("T+")
    frame = running.frame(show["show"], at=micros(head["starts_at"]) + state.replay_second * 1_000_000)
    stage.arrange(
        say,
        lambda: _corner(say),
        lambda: stage.draw(frame, None, replay=True),
        lambda: controls(shows, show, length, say),
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
