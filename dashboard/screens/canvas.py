"""Slots and their content: HTML panels are placed once and then filled in place, tick after tick.

Data flow: `slot(name)` puts an empty box into the page; `fill({name: html})` sends all HTML panels of a tick as one
message; `canvas.js` writes what changed into the boxes and answers with the size of the map, and with what somebody
clicked on it. It also presses buttons for the keyboard (`screens.keys`).
Invariants: a box whose HTML did not change is not touched; the HTML comes from the panels only, which escape what
is foreign.
Charts are drawn by Plotly's own script, served from the installed package, and updated in place as well.
Streamlit's own HTML element drops SVG and replaces its whole content on any change, which is why this exists.
"""

import time
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

SIZE_FIRST = (1195, 590)
"""Width and height of the map in pixels on a 1920x1080 screen, drawn until the browser has told its own."""


def slot(name: str) -> None:
    """Put an empty box for a panel's HTML into the page."""
    st.html(f'<div class="slot" data-slot="{name}"></div>')


def chart_slot(name: str) -> None:
    """Put an empty box for a Plotly chart into the page."""
    st.html(f'<div class="slot" data-chart="{name}"></div>')


def fill(
    panels: dict[str, str], charts: dict[str, Any], live: bool, keys: dict[str, Any] | None = None
) -> tuple[int, int]:
    """Fill the boxes and return the size of the map in the viewer's browser; `keys`: what the keyboard may press."""
    answer = _component()(
        key="canvas_html",
        data={"panels": panels, "charts": charts, "live": live, "keys": keys, "beat": time.time()},
        on_size_change=_noted,
        on_pick_change=_noted,
        height="content",
    )
    st.session_state.map_pick = str(answer.get("pick") or "")
    return parsed(answer.get("size"))


def picked() -> str:
    """Return what was clicked on the map since the last tick, as `what/name`; empty where nothing was."""
    return str(st.session_state.get("map_pick") or "")


def parsed(size: Any) -> tuple[int, int]:
    """Read a size like 1195x590; anything else means the browser has not spoken yet."""
    width, _, height = str(size or "").partition("x")
    if not (width.isdigit() and height.isdigit()):
        return SIZE_FIRST
    return max(200, min(8000, int(width))), max(150, min(8000, int(height)))


def _noted() -> None:
    """Accept the report; the run that follows reads it."""


@cache
def _component() -> Any:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("war_room_canvas", js=script, isolate_styles=False)
