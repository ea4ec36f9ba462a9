"""Channels: every storefront on one page, how it is doing, and what it told that the ledger could not take.

Data flow: the room's frame of this tick + the connected storefronts (`letterbox`) -> two tables as HTML, the
listings that overlap, and the dead letters with a button each, for who may try them again. Invariants: a tick is one
frame and at most one look at the letters for all viewers; only a press of Retry asks anything of the room.
What can fail: no room in this process; no show yet (connected storefronts and their letters are shown all the same).
"""

import streamlit as st

from dashboard.screens import canvas, letterbox, overlapping, stage, theme
from dashboard.screens.door import Running, chosen, may, me, room
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.panels import channel_table, dead_letters
from dashboard.screens.words import Say, speaker

UNCONNECTED = "No storefront is connected; name them in [channels.<name>] of the serve config."
NOTHING: Frame = {"show": "", "channels": [], "status": ""}


def _panels(frame: Frame, lang: str) -> dict[str, str]:
    say = speaker(lang)
    rows = frame["channels"]
    able = letterbox.abilities(rows)
    return {
        "strip": stage.guarded("strip", lambda: channel_table.summary(rows, letterbox.waiting(), say)),
        "channel_table": stage.guarded(
            "channels",
            lambda: channel_table.html(rows, able, frame["status"] == "closed", say) + overlapping.html(frame, say),
        ),
        "platforms": stage.once(
            NOTHING, ("platforms", lang), lambda: channel_table.platforms(letterbox.capability_rows(), say)
        ),
    }


@st.fragment(run_every=1.0)
def _tick(running: Running, show: str) -> None:
    frame, lang = running.latest(show) if show else NOTHING, stage.language()
    canvas.fill(_panels(frame, lang), {}, live=True)
    with st.container(key="letter_list", gap="small"):
        _letters(running, speaker(lang))
    if not show and running.shows():
        st.rerun()


def _letters(running: Running, say: Say) -> None:
    if not letterbox.connected():
        st.html(f'<div class="empty">{shape("grey")}{safe(say(UNCONNECTED))}</div>')
        return
    found = letterbox.letters(st.session_state.get("letter_state") or "")
    person = me()
    if person is None or not may(person, "retry_letter"):
        dead_letters.draw(found, None, say)
    else:
        dead_letters.draw(found, lambda letter: letterbox.retry(letter, running.clock(), person), say)


def _head(say: Say) -> None:
    with st.container(key="letter_head", gap=None):
        st.html(f"<h2>{safe(say('Dead letters'))}</h2>")
        st.selectbox(
            say("State"),
            dead_letters.STATES,
            key="letter_state",
            label_visibility="collapsed",
            format_func=lambda state: say(state) if state else say("All"),
        )


def page() -> None:
    """Show the page."""
    theme.apply()
    running, say = room(), speaker(stage.language())
    show = chosen(running.shows(), st.query_params.get("show")) if running else None
    stage.links("channels", show["show"] if show else "")
    if running is None:
        stage.message("No room here", "This page is served by the war room itself.", "warroom demo")
        return
    with st.container(key="room", gap=None):
        with st.container(key="strip", gap=None):
            canvas.slot("strip")
        with st.container(key="channel_table", gap=None):
            st.html(f"<h2>{safe((show['title'] or show['show']) if show else say('No show yet'))}</h2>")
            canvas.slot("channel_table")
        with st.container(key="letters", gap=None):
            _head(say)
        with st.container(key="platforms", gap=None):
            st.html(f"<h2>{safe(say('What each platform lets us do'))}</h2>")
            canvas.slot("platforms")
        with st.container(key="ticking", gap=None):
            _tick(running, show["show"] if show else "")


page()
