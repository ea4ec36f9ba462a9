"""Review: what a show came to, for who was not there and for who plans the next one; and what else it could have been.

Data flow: the server's `Runs` -> the review of the show (built by a child, once for everybody) -> panels, exports;
the form of a change -> a rerun in a child -> the comparison, and Replay with both runs side by side.
Invariants: everything on the page comes from one review, whose head is named in the strip; the review of a closed show
is begun by the first who looks, that of a running one by who asks, and it says how much came since; the page stays
usable while something is built. Everybody reads; who may not run a show again sees what others ran.
What can fail: no room, no show; the child, in its own sentence; too much waiting in line; a change that does not fit.
"""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.review import charts, html as report, next_plan, runs as review_runs, tables, workbook
from dashboard.review.change import ChangeProblem
from dashboard.review.html_short import in_short
from dashboard.review.html_view import View
from dashboard.review.opening import NoShow
from dashboard.review.runs import Busy, Runs
from dashboard.screens import canvas, stage, theme, verify_file
from dashboard.screens.door import chosen, may, me, room
from dashboard.screens.marks import Frame, micros, number, safe, shape
from dashboard.screens.panels import (
    evidence,
    review_channels,
    review_countdown,
    review_interventions,
    review_lost,
    review_places,
    review_plan,
    review_proof,
    review_tried,
    review_whatif,
)
from dashboard.screens.replay_time import write_time
from dashboard.screens.words import Say, speaker

PANELS = (
    ("short", "In short"),
    ("curve", "Units sold, plan and interventions"),
    ("converted", "Each channel against its plan"),
    ("lost", "Asked for and not sold"),
    ("places", "Regions and SKUs"),
    ("acts", "Interventions, and what each changed"),
    ("known", "How well the countdown knew"),
    ("next", "Next plan"),
)
"""Panels that are one slot each, and their titles."""
BUSY = ("waiting", "running")
FILES_MEAN = "One page that opens without a network, a workbook, tables for programs; and what to plan next."


def _link(review: Frame, row: Frame, **more: str) -> str:
    """The address of Replay at the second of a row."""
    at = micros(row["at"]) - micros(review["show"]["starts_at"])
    query = {"show": review["show"]["show"], "at": write_time(at), **more}
    if stage.language() == "zh":
        query["lang"] = "zh"
    return f"./replay?{urlencode(query, safe=':')}"


def _panels(review: Frame, say: Say) -> dict[str, str]:
    """Build what follows from the review alone, once for everybody who speaks the language."""
    lang = stage.language()
    builds = {
        "proof": lambda: review_proof.html(review, say),
        "sums": lambda: review_proof.sums(review, say),
        "short": lambda: in_short(View.of(review, lang)),
        "curve": lambda: charts.curves(review, say),
        "converted": lambda: review_channels.html(review, say),
        "lost": lambda: review_lost.html(review, say),
        "places": lambda: review_places.html(review, say),
        "acts": lambda: review_interventions.html(review, partial(_link, review), say),
        "known": lambda: review_countdown.html(review, say),
        "next": lambda: review_plan.html(review, say),
        "head": lambda: evidence.html(review["proof"]["head"], say),
    }
    return stage.once(
        review,
        ("review", review["show"]["show"], lang),
        lambda: {name: stage.guarded(name, build) for name, build in builds.items()},
    )


def _fill(runs: Runs, show: Frame) -> None:
    """Fill the slots with what there is now."""
    say, name = speaker(stage.language()), show["show"]
    review, built, run = runs.result(name), runs.told("review", name), runs.told("rerun", name)
    panels = {"strip": stage.guarded("strip", lambda: review_proof.strip(show, review, say))}
    panels["standing"] = stage.guarded("standing", lambda: _standing(show, review, built, say))
    if not review and built and built["state"] in BUSY:
        title, text = safe(say("Building the review")), safe(say("From the journal alone; this takes a moment."))
        panels["building"] = f'<div class="nothing"><i></i><h1>{title}</h1><p>{text}</p></div>'
    if review:
        panels |= _panels(review, say)
        panels["running"] = stage.guarded("running", lambda: review_tried.progress(run, say))
        panels["tried"] = stage.guarded("tried", lambda: _tried(runs, review, say))
    canvas.fill(panels, {}, live=False)


def _standing(show: Frame, review: Frame | None, built: Frame | None, say: Say) -> str:
    """Say how the review itself stands: being built, failed, or how much came since."""
    if built and (built["state"] in BUSY or built["state"] == "failed"):
        return review_tried.progress(built | {"title": say("The review")}, say)
    if review is None:
        return f"<p>{safe(say('This show goes on. The review so far is built when somebody asks for it.'))}</p>"
    since = show["last_seq"] - review["proof"]["head"]["seq"]
    if since > 0:
        text = say("{count} entries came since this review was built").format(count=number(since))
        return f"<p>{shape('warning')}{safe(text)}</p>"
    return f"<p>{shape('green')}{safe(say('Built from the journal up to its newest entry of this show'))}</p>"


def _tried(runs: Runs, review: Frame, say: Say) -> str:
    """Build the comparison of the run on screen."""
    found = _run_on_screen(runs, review["show"]["show"])
    if found is None:
        return review_tried.html(None, "", say=say, starts=may(me(), "run_again"))
    outcome = found["outcome"]
    since = {"at": outcome["since"] or review["show"]["starts_at"]}
    link = _link(review, since, run=found["run"]) if outcome["control"] else ""  # the same show beside itself
    return review_tried.html(outcome, review["show"]["currency"], found["title"], link, say)


def _run_on_screen(runs: Runs, show: str) -> Frame | None:
    """The finished run that the address names, else the newest."""
    finished = runs.finished(show)
    wanted = st.session_state.get("review_run") or st.query_params.get("run", "")
    return next((row for row in finished if row["run"] == wanted), finished[0] if finished else None)


def _watch(runs: Runs, show: Frame) -> None:
    """Fill the page, and draw it anew where something began or ended."""
    _fill(runs, show)
    now = _stands(runs, show["show"])
    if st.session_state.setdefault("review_drawn", now) != now:
        st.session_state.review_drawn = now
        st.rerun()


def _stands(runs: Runs, show: str) -> tuple[Any, ...]:
    told = [runs.told(what, show) for what in ("review", "rerun")]
    return tuple((row["id"], row["state"], row["asked_at"]) if row else None for row in told)


def _start(runs: Runs, show: str, run: str, text: str, title: str) -> str:
    """Run the show again; returns why not, or nothing."""
    person, say = me(), speaker(stage.language())
    if not may(person, "run_again"):
        return ""
    try:
        runs.rerun(run, show, text, title or say("as it was"))
    except (Busy, ChangeProblem, NoShow) as problem:
        return str(problem)
    st.session_state.review_awaited = run
    return ""


def _pick() -> None:
    st.query_params["show"] = st.session_state.review_show
    st.session_state.pop("review_run", None)


def _controls(runs: Runs, shows: list[Frame], show: Frame, say: Say) -> None:
    """Draw what stands under the strip: which show, how its review stands, and building it anew."""
    names = {row["show"]: row["title"] or row["show"] for row in shows}
    if len(shows) > 1:
        st.session_state.review_show = show["show"]
        st.selectbox(
            say("Show"), list(names), key="review_show", format_func=names.__getitem__, label_visibility="collapsed",
            on_change=_pick, width=320,
        )  # fmt: skip
    canvas.slot("standing")
    built, review = runs.told("review", show["show"]), runs.result(show["show"])
    stale = review is None or show["last_seq"] > review["proof"]["head"]["seq"]
    if may(me(), "build_review") and stale and not (built and built["state"] in BUSY):
        label = say("Build it anew") if review else say("Build the review")
        st.button(label, key="review_build", on_click=runs.review, args=(show["show"],), wrap=False)


def _take_away(review: Frame, say: Say) -> None:
    """Draw the downloads, each written when it is asked for."""
    lang, stem = stage.language(), f"review-{review['show']['show']}"
    files = (
        ("HTML", f"{stem}.html", "text/html", lambda: report.page(review, lang).encode()),
        ("XLSX", f"{stem}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
         lambda: workbook.book(review, lang)),
        ("Parquet", f"{stem}.zip", "application/zip", lambda: tables.parquet_zip(review)),
        (say("Next plan (CSV)"), f"plan-{review['show']['show']}.csv", "text/csv",
         lambda: next_plan.as_csv(review["plan"]["lines"])),
    )  # fmt: skip
    for label, name, mime, content in files:
        st.download_button(
            label, content, file_name=name, mime=mime, key=f"review_get_{name.rpartition('.')[2]}", on_click="ignore",
            wrap=False,
        )  # fmt: skip


def _choose_run(runs: Runs, show: str, say: Say) -> None:
    """Let the viewer choose which finished run is compared; one that was waited for comes first, once."""
    state: Any = st.session_state
    finished = {row["run"]: row["title"] for row in runs.finished(show)}
    if state.get("review_awaited") in finished:
        state.review_run = state.pop("review_awaited")
    if len(finished) > 1:
        if state.get("review_run") not in finished:
            asked = st.query_params.get("run", "")
            state.review_run = asked if asked in finished else next(iter(finished))
        st.selectbox(
            say("Run"), list(finished), key="review_run", format_func=finished.__getitem__, label_visibility="collapsed"
        )


def _body(runs: Runs, show: Frame, review: Frame, say: Say) -> None:
    for name in ("proof", "sums"):
        with st.container(key=f"review_{name}", gap=None):
            canvas.slot(name)
    for name, title in PANELS:
        with st.container(key=f"review_{name}", gap=None):
            st.html(f"<h2>{safe(say(title))}</h2>")
            canvas.slot(name)
    if may(me(), "run_again"):
        with st.container(key="review_whatif", gap="small"):
            st.html(f"<h2>{safe(say('What if'))}</h2>")
            review_whatif.draw(review, partial(_start, runs, show["show"]), say)
    with st.container(key="review_tried", gap="small"):
        st.html(f"<h2>{safe(say('The same orders under other decisions'))}</h2>")
        canvas.slot("running")
        _choose_run(runs, show["show"], say)
        canvas.slot("tried")
    with st.container(key="review_take", gap="small"):
        st.html(f"<h2>{safe(say('Take away'))}</h2>")
        st.html(f'<p class="dim">{safe(say(FILES_MEAN))}</p>')
        with st.container(key="review_files", horizontal=True, gap="small"):
            _take_away(review, say)
    with st.container(key="review_verify", gap="small"):
        st.html(f"<h2>{safe(say('Evidence'))}</h2>")
        canvas.slot("head")
        st.fragment(verify_file.draw)(say)


def _look(runs: Runs, shows: list[Frame], show: Frame, say: Say) -> None:
    name = show["show"]
    if show["status"] == "closed" and runs.told("review", name) is None:
        runs.review(name)  # somebody has to be the first, and nobody should have to ask
    review = runs.result(name)
    with st.container(key="room", gap=None):
        with st.container(key="strip", gap=None):
            canvas.slot("strip")
        with st.container(key="review_controls", horizontal=True, vertical_alignment="center", gap="small"):
            _controls(runs, shows, show, say)
        if review:
            _body(runs, show, review, say)
        else:
            with st.container(key="review_wait", gap=None):
                canvas.slot("building")
        with st.container(key="ticking", gap=None):
            st.session_state.review_drawn = _stands(runs, name)
            busy = any(row is not None and row[1] in BUSY for row in st.session_state.review_drawn)
            st.fragment(_watch, run_every=1.0 if busy else None)(runs, show)


def page() -> None:
    """Show the page."""
    theme.apply()
    running, runs, say = room(), review_runs.running(), speaker(stage.language())
    shows = running.shows() if running else []
    show = chosen(shows, st.query_params.get("show"))
    stage.links("review", show["show"] if show else "")
    if running is None or runs is None:
        stage.message("No room here", "This page is served by the war room itself.", "warroom demo")
    elif show is None:
        stage.message("No show yet", "Start the demo, or import an order file.", "warroom demo")
    else:
        _look(runs, list(shows), show, say)


page()
