"""The time axis and the transport of Replay: two pieces of one component, which keeps the clock in the browser.

Data flow: `axis` sends what stands still (marks, slots, length) once; `moment` sends where the page stands now, a
kilobyte after every picture; `timeline.js` draws both. Its clock (`timeline_clock.js`) moves the playhead while
playing or dragging, and asks for a picture (`ask`) only when the last one it asked for has come: a slow server is asked
less often, and never for what is already past.
Invariants: `moment` is sent after the panels of its picture, so that the next question cannot cut them short; every
question has a number, and the answer carries it; the browser writes the address it is told, and so always names what is
on screen, without a reload and without a trail of steps behind the back button.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from dashboard.screens.marks import Frame, city, zone
from dashboard.screens.replay_place import Place
from dashboard.screens.replay_time import SECOND, Span, step_of
from dashboard.screens.words import Say

SPEEDS = (1, 2, 5, 10, 30, 60, 300, 600)
FIRST_SPEED = {60: 60, 3600: 300, 86400: 600}
"""The speed offered first, by how far a step goes."""
SCRIPTS = ("timeline_clock.js", "timeline.js")
MOMENT_KEY = "timeline_moment"
WORDS = (
    "Play", "Pause", "Time axis", "One step back", "One step ahead", "The mark before", "The next mark",
    "The entry before", "The next entry", "Speed", "Go to", "Keyboard", "Live", "Slower", "Faster",
    "T+mm:ss, a wall clock or a date", "more",
)  # fmt: skip
"""What the component says, beside the texts of the marks."""


def axis(show: str, span: Span, marks: list[Frame], slots: list[Frame], legend: list[Frame], say: Say) -> None:
    """Draw the axis: marks, the rundown's slots and a scale over the length of the show."""
    _component()(
        key="timeline_axis",
        data={
            "piece": "axis",
            "show": show,
            "length": span.length / SECOND,
            "startsAt": span.starts_at / 1000,
            "zone": zone(span.time_zone).key,
            "city": city(span.time_zone, say),
            "marks": marks,
            "slots": slots,
            "legend": legend,
            "words": {word: say(word) for word in WORDS},
        },
        height="content",
    )


class Answer(NamedTuple):
    """What a picture says of itself: the question it answers, what went wrong, its entry, its address, where Live is.

    `live` is empty where the show does not go on.
    """

    number: int
    said: str
    entry: int
    address: str
    live: str


def moment(place: Place, span: Span, answer: Answer, say: Say) -> None:
    """Draw the transport and tell the axis where the page stands: the answer to its last question."""
    step, unit = step_of(span.length)
    _component()(
        key=MOMENT_KEY,
        data={
            "piece": "moment",
            **answer._asdict(),
            "at": place.at / SECOND,
            "other": None if place.other is None else place.other / SECOND,
            "step": step,
            "unit": say(f"1 {unit}"),
            "speeds": list(SPEEDS),
            "speed": FIRST_SPEED[step],
            "words": {word: say(word) for word in WORDS},
        },
        on_ask_change=_asked,
        height="content",
    )


def ask() -> Mapping[str, Any]:
    """Return what the browser asked for with this run, once: a number, and where to go; empty where nothing was."""
    found = st.session_state.pop("timeline_ask", None)
    return found if isinstance(found, dict) else {}


def _asked() -> None:
    """Keep the question for the run that follows: what draws comes before the component that asked."""
    told = st.session_state.get(MOMENT_KEY) or {}
    st.session_state.timeline_ask = told.get("ask")


@cache
def _component() -> Any:
    return st.components.v2.component("war_room_timeline", js=script(), isolate_styles=False)


def script() -> str:
    """Return the component's script: the clock, then what draws it."""
    here = Path(__file__)
    return "\n".join((here.with_name(name)).read_text(encoding="utf-8") for name in SCRIPTS)
