"""The host page's own clock in the browser: says by itself when what is shown is old, and tells which line was tapped.

Data flow: the frame's moment and the words -> `host_clock.js`, at every tick; back comes the id of a tapped line.
Invariants: when no newer frame has come for `patience` seconds, whatever the reason, the script greys the lines, says
how old the last one is and takes no taps; it tries by itself to reach the server and loads the page again once that
answers. It keeps the phone awake where the browser allows it, and makes the main line as large as its box.
"""

import time
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.screens.marks import Frame
from dashboard.screens.words import Say

PATIENCE_SECONDS = 5.0


def draw(frame: Frame, tick_seconds: float, say: Say) -> str:
    """Tell the script that a frame is here; return the id of the line that was tapped since, empty where none was."""
    answer = _component()(
        key="host_clock",
        data={
            "beat": time.time(),
            "at": frame["at"],
            "moves": frame["status"] == "open",
            "patience": max(PATIENCE_SECONDS, 3 * tick_seconds),
            "old": say("Not connected, the last line is {n} s old: do not read numbers"),
        },
        on_said_change=_noted,
        height="content",
    )
    return str(answer.get("said") or "")


def _noted() -> None:
    """Accept the tap; the run that follows reads it."""


@cache
def _component() -> Any:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("war_room_host", js=script, isolate_styles=False)
