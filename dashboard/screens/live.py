"""Live: the show as it is now, ticking once a second, with the transfer desk and everything waiting for a decision.

Data flow: the room's published frame of this tick -> `stage.draw`; commands of the desk -> `door.asking`. Who may not
move stock sees what happened in the desk's place.
Invariants: the ticking fragment is two lines around a tested panel; the desk is a fragment of its own and does not
tick.
What can fail: no room in this process, no show yet; both have a page that says what to do.
"""

import streamlit as st

from dashboard.screens import canvas, stage, theme, transfer
from dashboard.screens.door import Running, asking, chosen, may, me, room
from dashboard.screens.marks import Frame, safe
from dashboard.screens.words import speaker


@st.fragment(run_every=1.0)
def _tick(running: Running, show: str) -> None:
    stage.draw(running.latest(show), asking(running))


@st.fragment
def _desk(running: Running, show: str) -> None:
    submit = asking(running)
    if submit:
        transfer.form(lambda: running.latest(show), submit, speaker(stage.language()))


@st.fragment(run_every=2.0)
def _wait(running: Running) -> None:
    stage.message(
        "No show yet", "Start the demo, or import an order file; this page notices by itself.", "warroom demo"
    )
    if running.shows():
        st.rerun()


def _corner(running: Running, frame: Frame) -> None:
    say = speaker(stage.language())
    if frame["status"] == "closed" or not may(me(), "reallocate"):
        st.html(f"<h2>{safe(say('What happened'))}</h2>")
        canvas.slot("audit")
    else:
        _desk(running, frame["show"])


def page() -> None:
    """Show the page."""
    theme.apply()
    running = room()
    if running is None:
        stage.message("No room here", "This page is served by the war room itself.", "warroom demo")
        return
    show = chosen(running.shows(), st.query_params.get("show"))
    stage.links("live", show["show"] if show else "")
    if show is None:
        _wait(running)
        return
    frame = running.latest(show["show"])
    stage.arrange(frame, lambda: _corner(running, frame), lambda: _tick(running, show["show"]))


page()
