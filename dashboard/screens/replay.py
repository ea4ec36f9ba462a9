"""Replay: any second of any show in the journal, drawn by the same panels as Live, without controls of the show.

Data flow: the address, or what the time axis asks for -> a `Place` -> `room.frame` -> `stage.draw`, or two of them and
what differs (`side_by_side`) -> the answer to the axis. The clock of a playing show is the browser's (`timeline`).
Invariants: a move in time reruns the picture only, never the page; the address always names what is on screen, so it
can be sent to somebody; the second stays inside the show, and where the show is open it ends now: beyond that is Live.
What can fail: a time that cannot be read, an entry or a run that is not there; it is said and the last good one stays.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from dashboard.room import FrameProblem
from dashboard.screens import archive, canvas, replay_marks, replay_place, side_by_side, stage, theme, timeline
from dashboard.screens.door import Running, chosen, room
from dashboard.screens.marks import Frame, micros, safe
from dashboard.screens.replay_place import NAMES, Place
from dashboard.screens.replay_time import InstantProblem, Span, span_of
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, speaker

AXIS_SECONDS = 5.0
"""How often the axis of an open show grows."""
FRAMES_KEPT = 4
STEPS_MAX = 20


def _place(show: str, span: Span) -> Place:
    """Where this viewer stands: where the address led, unless they have moved since."""
    state: Any = st.session_state
    asked = {name: st.query_params.get(name, "") for name in ("show", *NAMES)}
    if state.get("replay_show_here") != show or state.get("replay_address") != asked:
        state.replay_show_here, state.replay_address, state.replay_said = show, asked, ""
        try:
            state.replay_place = replay_place.read(asked, span)
        except InstantProblem as problem:
            state.replay_place, state.replay_said = Place(span.length), str(problem)
    place: Place = state.replay_place
    return place


def _frame(running: Running, show: str, place: Place, span: Span) -> Frame:
    """The frame of a place; the last few are kept, for a page is drawn again when its window changes."""
    kept: dict[tuple[Any, ...], Frame] = st.session_state.setdefault("replay_frames", {})
    at = None if place.seq is not None else span.starts_at + place.at
    key = (show, at, place.seq)
    if key not in kept:
        while len(kept) >= FRAMES_KEPT:
            kept.pop(next(iter(kept)))
        kept[key] = running.frame(show, at=at, seq=place.seq)
    return kept[key]


def _shown(running: Running, show: str, span: Span) -> Frame:
    """The frame of where the viewer stands; before the journal knew the show, its first."""
    state: Any = st.session_state
    try:
        frame = _frame(running, show, state.replay_place, span)
        if state.replay_place.seq is not None:
            state.replay_place = _at_entry(state.replay_place, frame, span)
        return frame
    except FrameProblem as problem:
        frame = _first(running, show)
        state.replay_place, state.replay_said = _at_entry(state.replay_place, frame, span), str(problem)
        return frame


def _first(running: Running, show: str) -> Frame:
    """The first frame of a show."""
    found = archive.entries()
    seq = replay_marks.next_entry(found, show, 0, archive.head()[0]) if found else None
    return running.frame(show, seq=seq)


def _at_entry(place: Place, frame: Frame, span: Span) -> Place:
    return place._replace(seq=frame["seq"], at=micros(frame["at"]) - span.starts_at)


def _step(running: Running, show: str, place: Place, span: Span, steps: int) -> Place:
    """Go some entries of the journal back or ahead; stays where there is none."""
    frame = _frame(running, show, place, span)
    for _ in range(abs(steps)):
        found, seq = archive.entries(), frame["seq"] - 1 if steps < 0 else None
        if steps > 0 and found:
            seq = replay_marks.next_entry(found, show, frame["seq"], archive.head()[0])
        if not seq:
            break
        try:
            frame = running.frame(show, seq=seq)
        except FrameProblem:
            break
        place = _at_entry(place, frame, span)
    return place


def _go(running: Running, show: str, span: Span, ask: Mapping[str, Any]) -> None:
    """Carry out what the time axis asked for; what cannot be is said, and the page stays where it is."""
    state: Any = st.session_state
    state.replay_number, state.replay_said = int(ask["number"]), ""
    try:
        state.replay_place = replay_place.moved(state.replay_place, ask, span)
        if ask.get("entry"):
            steps = max(-STEPS_MAX, min(STEPS_MAX, int(ask["entry"])))
            state.replay_place = _step(running, show, state.replay_place, span, steps)
    except (InstantProblem, archive.JournalProblem) as problem:
        state.replay_said = str(problem)


def _other(running: Running, show: str, place: Place, span: Span) -> Frame:
    """The frame that stands beside; where its run is gone, the page is drawn again without it."""
    try:
        return side_by_side.other(running, show, place, span)
    except (side_by_side.NoRun, FrameProblem) as problem:
        if not place.run:
            st.session_state.replay_said = str(problem)
            return _first(running, show)
        _alone(place)
        st.rerun()


def _alone(place: Place) -> Place:
    """Stand alone, because the run beside is not there any more."""
    say, state = speaker(stage.language()), st.session_state
    state.replay_said = say("There is no run {run} here any more: the show stands alone").format(run=place.run)
    state.replay_place = place._replace(run="")
    return place._replace(run="")


def _picture(running: Running, show: str, span: Span) -> None:
    """Draw where the viewer stands, then answer the axis; the span of a closed show is what it was."""
    state = st.session_state
    span = span_of(running.latest(show)) if span.open else span
    if ask := timeline.ask():
        _go(running, show, span, ask)
    frame = _shown(running, show, span)
    place: Place = state.replay_place
    if place.beside():
        side_by_side.draw(frame, _other(running, show, place, span))
    else:
        stage.draw(frame, None, replay=True)
    address = replay_place.address(show, stage.language(), place)
    live = f"./?{replay_place.address(show, stage.language())}" if span.open else ""
    said = sentence(state.replay_said, speaker(stage.language()))
    answer = timeline.Answer(state.get("replay_number", 0), said, frame["seq"], address, live)
    with st.container(key="transport", gap=None):
        timeline.moment(place, span, answer, speaker(stage.language()))


def _axis(running: Running, show: str) -> None:
    """Draw the time axis; where it grows, only what came since is read."""
    head, say, state = running.latest(show), speaker(stage.language()), st.session_state
    span = span_of(head)
    if state.get("replay_marks_of") != show:
        state.replay_marks_of, state.replay_marks = show, []
    rows = replay_marks.marks(show, head, span, state.replay_marks, say)
    place: Place = state.replay_place
    if place.run:
        with suppress(side_by_side.NoRun, FrameProblem):
            run = side_by_side.other(running, show, place._replace(at=span.length), span)
            rows = sorted([*rows, *replay_marks.of_run(run, head, span, say)], key=lambda row: row["t"])
    timeline.axis(show, span, rows, replay_marks.segments(head), replay_marks.legend(rows, say), say)


def _controls(running: Running, shows: Sequence[Frame], show: Frame, place: Place, span: Span, say: Say) -> None:
    """Draw the pickers, and under them the axis, which grows by itself while the show is open."""
    state: Any = st.session_state
    names = {row["show"]: row["title"] or row["show"] for row in shows}
    beside = side_by_side.choices(show["show"], say)
    state.replay_show, state.replay_beside = show["show"], side_by_side.chosen(place)
    with st.container(key="pickers", horizontal=True, gap="small", wrap=False):
        st.selectbox(
            say("Show"), list(names), key="replay_show", format_func=lambda name: names[name],
            label_visibility="collapsed", on_change=_pick,
        )  # fmt: skip
        st.selectbox(
            say("Side by side"), list(beside), key="replay_beside", format_func=lambda name: beside.get(name, name),
            label_visibility="collapsed", on_change=_put_beside, args=(span,),
        )  # fmt: skip
    st.fragment(_axis, run_every=AXIS_SECONDS if span.open else None)(running, show["show"])


def _pick() -> None:
    """Go to the end of another show: a place of its own in the browser's history."""
    _lead_to(st.session_state.replay_show, None)


def _put_beside(span: Span) -> None:
    """Change what stands beside: a place of its own in the browser's history."""
    state = st.session_state
    _lead_to(state.replay_show_here, side_by_side.with_beside(state.replay_place, state.replay_beside, span))


def _lead_to(show: str, place: Place | None) -> None:
    lang = {"lang": "zh"} if stage.language() == "zh" else {}
    st.query_params.from_dict({"show": show, **(replay_place.query(place) if place else {}), **lang})


def _corner(say: Say) -> None:
    st.html(f"<h2>{safe(say('What happened'))}</h2>")
    canvas.slot("audit")


def _look(running: Running, shows: Sequence[Frame], show: Frame) -> None:
    say, name = speaker(stage.language()), show["show"]
    span = span_of(running.latest(name))
    place = _place(name, span)
    if place.run and f"{side_by_side.RUN}{place.run}" not in side_by_side.choices(name, say):
        place = _alone(place)
    controls = lambda: _controls(running, shows, show, place, span, say)  # noqa: E731
    tick = lambda: st.fragment(_picture)(running, name, span)  # noqa: E731
    if place.beside():
        side_by_side.arrange(_halves(place, name, say), controls, tick)
    else:
        stage.arrange(_shown(running, name, span), lambda: _corner(say), tick, controls, live=False)


def _halves(place: Place, show: str, say: Say) -> tuple[str, str]:
    """How the two halves are called."""
    if place.run:
        return f"A · {say('As it was')}", f"B · {side_by_side.choices(show, say)[side_by_side.chosen(place)]}"
    return f"A · {say('One moment')}", f"B · {say('Another moment')}"


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
