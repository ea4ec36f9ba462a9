"""Side by side: two moments of a show, or one moment of two runs of it, each drawn by the panels of Live.

Data flow: a place -> `other`, the other frame -> both through `stage.panels` and `stage.charts` -> slots of two
halves, and between them what differs (`panels.differences`). The runs are those that the room after the show has kept.
Invariants: both halves have the same panels in the same order, and the same moment where two runs stand beside each
other; nothing here asks the room for anything.
What can fail: a run that nobody knows any more; then the sentence says so and the show stands alone.
"""

from collections.abc import Callable
from typing import Any, Protocol

import streamlit as st

from dashboard.review import runs as kept_runs
from dashboard.review.runs import NoRun as NoRun
from dashboard.screens import canvas, keys, stage, viewer
from dashboard.screens.door import Running
from dashboard.screens.marks import Frame, safe
from dashboard.screens.panels import board, differences
from dashboard.screens.replay_place import Place
from dashboard.screens.replay_time import Span
from dashboard.screens.words import Say, speaker

HALVES = ("first", "second")
SLOTS = (("strip", ""), ("board", "Sells out in"), ("curves", "Units sold by channel"), ("channels", ""))
"""The panels of a half, and their titles."""
ALONE, MOMENT, RUN = "", "moment", "run/"
"""What may stand beside: nothing, another moment, or a run by its name."""


class Runs(Protocol):
    """What the screens need of the runs kept beside a show."""

    def finished(self, show: str) -> list[Frame]:
        """Return one row per run: run, title, sold, lost, hash."""

    def frame(self, run: str, show: str, at: int) -> Frame:
        """Return the frame of a run at a moment (microseconds since 1970)."""


def runs() -> Runs | None:
    """Return the runs of this process, or None where it keeps none."""
    return kept_runs.running()


def choices(show: str, say: Say) -> dict[str, str]:
    """Return what may stand beside a show: what the address calls it -> what to call it."""
    kept = runs()
    named = {f"{RUN}{row['run']}": f"{say('Rerun')}: {row['title']}" for row in (kept.finished(show) if kept else [])}
    return {ALONE: say("Nothing beside"), MOMENT: say("Another moment"), **named}


def chosen(place: Place) -> str:
    """Return what stands beside a place."""
    return f"{RUN}{place.run}" if place.run else MOMENT if place.other is not None else ALONE


def with_beside(place: Place, choice: str, span: Span) -> Place:
    """Put something beside a place; another moment begins where the place is."""
    if choice.startswith(RUN):
        return place._replace(run=choice.removeprefix(RUN), other=None)
    return place._replace(run="", other=span.inside(place.at) if choice == MOMENT else None)


def other(running: Running, show: str, place: Place, span: Span) -> Frame:
    """Return the frame that stands beside; raises NoRun where nobody knows the run any more."""
    if not place.run:
        return running.frame(show, at=span.starts_at + (place.other or 0))
    kept = runs()
    if kept is None:
        raise NoRun(place.run)
    found = kept.frame(place.run, show, span.starts_at + span.inside(place.at))
    return viewer.in_zone(found, viewer.zone())


def arrange(names: tuple[str, str], controls: Callable[[], None], tick: Callable[[], None]) -> None:
    """Place the slots of both halves under their names, the differences between them, and the part that ticks."""
    say = speaker(stage.language())
    with st.container(key="room", gap=None):
        with st.container(key="controls", gap=None):
            controls()
        for half, name in zip(HALVES, names, strict=True):
            for slot, title in SLOTS:
                with st.container(key=f"{half}_{slot}", gap=None):
                    head = name if slot == "strip" else say(title) if title else ""
                    if head:
                        st.html(f"<h2>{safe(head)}</h2>")
                    place = canvas.chart_slot if slot == "curves" else canvas.slot
                    place(f"{half}_{slot}")
        with st.container(key="differences", gap=None):
            st.html(f"<h2>{safe(say('What differs'))}</h2>")
            canvas.slot("differences")
        with st.container(key="ticking", gap=None):
            tick()


def draw(first: Frame, second: Frame) -> None:
    """Fill both halves and what differs."""
    lang = stage.language()
    say = speaker(lang)
    html: dict[str, str] = {}
    charts: dict[str, Any] = {}
    for half, frame in zip(HALVES, (first, second), strict=True):
        built = stage.panels(frame, replay=True, lang=lang, chosen="", wish=None, size=board.HALF)
        html |= {f"{half}_{slot}": built[slot] for slot, _ in SLOTS if slot in built}
        charts[f"{half}_curves"] = stage.charts(frame, lang)["curves"]
    html["differences"] = stage.guarded("differences", lambda: differences.html(first, second, say))
    canvas.fill(html, charts, live=False, keys=keys.replay(say))
