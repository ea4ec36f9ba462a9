"""Stress: an operator tests the whole thing before the show, with one click, and sees what came of it.

Data flow: faults, orders, seed + Run -> the server's `StressRuns` (a process of its own) -> how the test stands, once a
second while it runs -> verdict, figures, picture, the naive seller beside it.
Invariants: the address names the test on screen (`?run=`), so a reload, another page and back, or another person finds
it again; without a name the newest is shown. Nothing here touches the room: a test sells pretended goods. Who may not
start one sees the last one and no form.
What can fail: another test is running (said kindly, with how far it is); the child fails (said in its own words).
"""

from typing import Any

import streamlit as st

from dashboard.channels.sandbox import stress_runs
from dashboard.channels.sandbox.stress_runs import Busy, StressRuns, Wish
from dashboard.screens import canvas, stage, theme
from dashboard.screens.door import chosen, may, me, mint, room
from dashboard.screens.faults import FAULTS
from dashboard.screens.marks import Frame, percent, safe, shape
from dashboard.screens.panels import exposure_picture, stress_verdict
from dashboard.screens.words import Say, speaker

ORDERS = (60, 20_000, 2000)
"""Fewest, most and usual orders of a test."""
SEED_MAX = 999_999
PANELS = (
    ("picture", "Units over time, against the truth"),
    ("figures", "Key figures"),
    ("beside", "The naive seller beside it"),
    ("calls", "Most calls in any minute, against the limit"),
)


def start(runs: StressRuns, say: Say) -> None:
    """Begin the test that the form asks for, or say why not now."""
    state: Any = st.session_state
    if not may(me(), "run_stress"):
        return
    wish = Wish(state.stress_faults, int(state.stress_orders or ORDERS[2]), int(state.stress_seed or 1))
    run = mint()[:8]
    try:
        runs.start(run, wish)
    except Busy as busy:
        state.stress_said = f"{say('A test is running; start yours when it has ended')} ({percent(busy.share)})"
        return
    state.stress_said = ""
    st.query_params["run"] = run


def _form(runs: StressRuns, told: Frame | None, say: Say) -> None:
    running = told is not None and told["state"] == "running"
    faults, orders, seed, run = st.columns([5, 1.4, 1.2, 1.4], gap="small", vertical_alignment="bottom")
    faults.selectbox(
        say("Faults"),
        list(FAULTS),
        index=list(FAULTS).index("all"),
        key="stress_faults",
        format_func=lambda name: f"{name} · {say(FAULTS[name])}",
    )
    least, most, usual = ORDERS
    orders.number_input(say("Orders"), least, most, usual, step=500, key="stress_orders")
    seed.number_input(say("Seed"), 1, SEED_MAX, 1, key="stress_seed")
    run.button(
        say("Running") if running else say("Run"),
        key="stress_start",
        type="primary",
        width="stretch",
        on_click=start,
        args=(runs, say),
    )
    if st.session_state.get("stress_said"):
        st.html(f'<div class="said" role="status">{shape("warning")}{safe(st.session_state.stress_said)}</div>')


def _fill(told: Frame | None, say: Say) -> None:
    report = told["report"] if told else {}
    panels = {
        "strip": _title(say),
        "verdict": stage.guarded("verdict", lambda: stress_verdict.html(told, say, may(me(), "run_stress"))),
        "figures": stage.guarded("figures", lambda: stress_verdict.figures(report, say)),
        "calls": stage.guarded("calls", lambda: stress_verdict.calls(report, say)),
        "beside": stage.guarded("beside", lambda: stress_verdict.beside(told, say)),
    }
    canvas.fill(panels, {"picture": exposure_picture.chart(report, say)}, live=False)


def _title(say: Say) -> str:
    words = say("A crowd on pretended platforms, with the faults you choose; the room is not touched")
    return f'<div class="fact title"><b>{safe(say("Stress test"))}</b><span>{safe(words)}</span></div>'


def _told(runs: StressRuns) -> Frame | None:
    return runs.told(st.query_params.get("run", "")) or runs.told()


def _watch(runs: StressRuns) -> None:
    """Draw how the test stands; draw the whole page anew when it begins or ends."""
    told = _told(runs)
    _fill(told, speaker(stage.language()))
    standing = told["state"] if told else ""
    if st.session_state.setdefault("stress_drawn", standing) != standing:
        st.session_state.stress_drawn = standing
        st.rerun()


def page() -> None:
    """Show the page."""
    theme.apply()
    running, runs, say = room(), stress_runs.running(), speaker(stage.language())
    show = chosen(running.shows(), st.query_params.get("show")) if running else None
    stage.links("stress", show["show"] if show else "")
    if runs is None:
        stage.message("No room here", "This page is served by the war room itself.", "warroom demo")
        return
    told = _told(runs)
    with st.container(key="room", gap=None):
        with st.container(key="strip", gap=None):
            canvas.slot("strip")
        if may(me(), "run_stress"):
            with st.container(key="wishes", gap=None):
                _form(runs, told, say)
        with st.container(key="verdict", gap=None):
            canvas.slot("verdict")
        for name, title in PANELS:
            with st.container(key=name, gap=None):
                st.html(f"<h2>{safe(say(title))}</h2>")
                canvas.chart_slot(name) if name == "picture" else canvas.slot(name)
        with st.container(key="ticking", gap=None):
            st.session_state.stress_drawn = told["state"] if told else ""
            watching = told is not None and told["state"] == "running"
            st.fragment(_watch, run_every=1.0 if watching else None)(runs)


page()
