"""The stage: one arrangement of panels for Live and Replay alike. Live is replay at the head of the journal.

Data flow: a frame -> `panels` (name -> HTML) + the map's description -> slots. `arrange` places the slots once per
page run, `draw` fills them, on Live once a second. What both pages share is here; they differ only in where the
frame comes from and in what stands in the corner of the desk.
Invariants: the builders run once per frame, not once per viewer (`once`); a tick touches only its own containers,
so a form beside them keeps its half-typed input.
"""

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboard.screens import canvas, decide, deck, keys, switch, transfer, viewer
from dashboard.screens.door import Submit, may, me, room, signs_in
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.once import once as once
from dashboard.screens.panels import audit, board, channels, curves, host_lines, strip, world
from dashboard.screens.words import Say, speaker

LOG = logging.getLogger(__name__)


def language() -> str:
    """Return the language of this viewer, a code of `catalogues.LANGUAGES`."""
    return viewer.language()


def panels(
    frame: Frame,
    replay: bool,
    lang: str,
    chosen: str,
    wish: transfer.Wish | None,
    size: board.Size = board.WHOLE,
) -> dict[str, str]:
    """Build the HTML of all panels of a frame; `wish` None: there is no desk, and what happened is told instead."""
    say = speaker(lang)
    told = replay or wish is None or frame["status"] == "closed"

    def build() -> dict[str, str]:
        return {
            "strip": guarded("strip", lambda: strip.html(frame, say, replay)),
            "map_head": guarded("map head", lambda: world.head(frame, say)),
            "channels": guarded("channels", lambda: channels.html(frame, say)),
            "board": guarded("board", lambda: board.html(frame, say, size)),
            "audit": guarded("audit", lambda: audit.html(frame, say)) if told else "",
        }

    return once(frame, ("shared", frame["show"], replay, told, lang, size), build) | {
        "lines": guarded("lines", lambda: host_lines.html(frame, chosen, say)),
        "preview": "" if replay or wish is None else guarded("preview", lambda: transfer.preview(frame, wish, say)),
    }


def charts(frame: Frame, lang: str) -> dict[str, Any]:
    """Build the charts of a frame, once for all viewers of a language."""
    say = speaker(lang)

    def build() -> dict[str, Any]:
        try:
            return {"curves": curves.chart(curves.figure(frame, say), say)}
        except Exception:
            LOG.exception("The curves failed.")
            return {"curves": {"empty": "curves: this panel failed, the log says why"}}

    return once(frame, ("charts", frame["show"], lang), build)


def guarded(name: str, build: Callable[[], str]) -> str:
    """Build one panel; if it fails, the log says why and the other panels go on."""
    try:
        return build()
    except Exception:
        LOG.exception("The panel %s failed.", name)
        return f'<div class="empty">{shape("low")}{safe(name)}: this panel failed, the log says why</div>'


STILL = (
    ("strip", ""),
    ("map_head", ""),
    ("channels", ""),
    ("board", "Sells out in"),
    ("curves", "Units sold by channel"),
    ("lines", "Say now"),
)
"""Panels that are one slot each, and their titles."""


def arrange(
    frame: Frame,
    corner: Callable[[], None],
    tick: Callable[[], None],
    controls: Callable[[], None] | None = None,
    live: bool = True,
) -> None:
    """Place all panels on the grid: the still ones as slots, the corner, the controls, and the part that ticks."""
    say = speaker(language())
    with st.container(key="room", gap=None):
        if controls is not None:
            with st.container(key="controls", gap=None):
                controls()
        for name, title in STILL:
            with st.container(key=name, gap=None):
                if title:
                    st.html(f"<h2>{safe(say(title))}</h2>")
                canvas.chart_slot(name) if name == "curves" else canvas.slot(name)
        with st.container(key="audience", gap=None):
            # On Live a choice must not rerun the page: the next tick reads it.
            (st.fragment(audience) if live else audience)(frame, say)
        with st.container(key="desk", gap="small"):
            corner()
        with st.container(key="ticking", gap=None):
            tick()


def draw(frame: Frame, submit: Submit | None, replay: bool = False) -> None:
    """Draw everything that depends on the frame; without `submit` there are no controls."""
    lang, state = language(), st.session_state
    say = speaker(lang)
    chosen = state.get("audience_choice") or ""
    wish = state.get("desk_wish", {}) if replay or may(me(), "reallocate") else None
    html = panels(frame, replay, lang, chosen, wish, board.LOWER if replay else board.WHOLE)
    if wish:
        transfer.shown(frame)
    letters = keys.replay(say) if replay else keys.told(say) if submit else None
    size = canvas.fill(html, charts(frame, lang), live=not replay, keys=letters)
    build = lambda: deck.Chart(world.spec(frame, size, say), world.TOOLTIP)  # noqa: E731
    with st.container(key="map", gap=None):
        st.pydeck_chart(once(frame, ("map", frame["show"], lang, size), build), height=size[1], key="world_map")
    with st.container(key="alerts", gap="small"):
        decide.draw(frame, submit, say, tabs=not replay)
    if submit and may(me(), "undo") and frame["status"] != "closed":
        with st.container(key="moves", gap=None):
            transfer.below(frame, submit, say)
    if not replay and state.setdefault("status_drawn", frame["status"]) != frame["status"]:
        state.status_drawn = frame["status"]
        st.rerun()  # the show opened or closed: what stands around the tick changes too
    if wish is not None and not replay and transfer.called(frame):
        st.rerun()  # somebody clicked on the map or in a list: the desk does not tick, so it is drawn again


def audience(frame: Frame, say: Say) -> None:
    """Let the viewer choose whose lines to see."""
    st.selectbox(
        say("Audience"),
        ["", *host_lines.choices(frame)],
        key="audience_choice",
        label_visibility="collapsed",
        format_func=lambda name: name or say("All"),
    )


def message(title: str, text: str, code: str = "") -> None:
    """Show a designed page for the moments without a frame, in the viewer's language."""
    say = speaker(language())
    command = f"<code>{safe(code)}</code>" if code else ""
    st.html(f'<div class="nothing"><i></i><h1>{safe(say(title))}</h1><p>{safe(say(text))}</p>{command}</div>')


LINKS = (
    ("live", "Live", "./"),
    ("host", "Host", "./host"),
    ("replay", "Replay", "./replay"),
    ("review", "Review", "./review"),
    ("channels", "Channels", "./channels"),
    ("stress", "Stress", "./stress"),
    ("audit", "Audit", "./audit"),
    ("setup", "Setup", "./setup"),
)
"""The pages: name, word, address."""


def links(here: str, show: str) -> None:
    """Link the pages with each other, which start clean and keep the show; say who looks, and let them go."""
    say, person = speaker(language()), me()
    query = f"?show={quote(show)}" if show else ""
    if spoken := viewer.asked_language():
        query = f"{query}{'&' if query else '?'}lang={spoken}"
    rows = "".join(
        f'<a href="{href}{query}" target="_self"{" aria-current=page" if name == here else ""}>{safe(say(word))}</a>'
        for name, word, href in LINKS
    )
    who = f"<span class='who'>{safe(person.actor)} · {safe(say(person.role))}</span>" if person else ""
    with st.container(key="links", gap=None):
        st.html(f"<div class='over'>{switch.html(here, _zones(show), say)}{who}</div><nav>{rows}</nav>")
        if signs_in():
            st.button(say("Sign out"), key="sign_out", type="tertiary", on_click=st.logout)


def _zones(show: str) -> dict[str, str]:
    """Return the zones of a show, the studio's first; none where there is no show."""
    running = room()
    return viewer.zones_of(running, show) if running and show else {}
