"""Host: one big readable screen per channel and language, for a phone, a tablet or a prompter; and all of them at once.

Data flow: the address (`?show=&channel=&language=`, and a link's token) -> `host_entry.way` -> the room's frame of this
tick -> `panels.host_screen`, once a second; a tap -> `say_line` with the line's own id -> what became of it.
Without a channel: a card for each, with the link a phone opens it by, for who may note lines himself.
Invariants: who came by a link sees this page and nothing else, and may note lines of this channel and nothing else; a
link that ended shows nothing from the next second on. What is old says so by itself (`host_clock`).
What can fail: no room, no show, no such channel, a link that does not hold; each has a page that says what to do.
"""

import time
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboard import settings
from dashboard.screens import (
    answers,
    canvas,
    host_clock,
    host_entry,
    host_overview,
    host_speech,
    questions,
    stage,
    theme,
)
from dashboard.screens.door import Running, Submit, asking, done, may, me, refusal, room
from dashboard.screens.host_entry import Way
from dashboard.screens.marks import Frame, safe
from dashboard.screens.panels import host_screen
from dashboard.screens.panels.host_screen import Noted, View
from dashboard.screens.words import Say, speaker
from dashboard.speech.phrases import spoken

NOTED_SECONDS = 8.0
NO_LINK = {
    "expired": ("This link has ended", "Ask whoever runs the show for a new one."),
    "forged": (
        "This link does not work",
        "It is not whole, or links were renewed. Ask whoever runs the show for a new one.",
    ),
    "gone": (
        "This show is not here",
        "The link was made for another journal. Ask whoever runs the show for a new one.",
    ),
}


def _view(frame: Frame, found: Way, taps: bool, say: Say) -> View:
    """Whose screen is drawn: the language asked for, if the channel speaks it, else its first."""
    row = next(each for each in frame["channels"] if each["channel"] == found.channel)
    tags = list(dict.fromkeys(spoken(tag) for tag in row["languages"]))
    asked = spoken(st.query_params.get("language") or tags[0])
    language = asked if asked in tags else tags[0]
    prompter = st.query_params.get("prompter") == "1"
    chips = tuple((tag, _href(language=tag)) for tag in tags) if len(tags) > 1 else ()
    back = "" if found.link or prompter else _href(channel="", language="")
    links = ((say("Leave the prompter") if prompter else say("Prompter"), _href(prompter="" if prompter else "1")),)
    return View(found.channel, language, taps, prompter, chips, back, links)


def _href(**changed: str) -> str:
    """Return the address of this page with some parts of it changed; an empty part is left out."""
    query = {**st.query_params.to_dict(), **changed}
    return f"./host?{urlencode({name: value for name, value in query.items() if value})}"


@st.fragment(run_every=1.0)
def _tick(running: Running, found: Way) -> None:
    if found.link and host_entry.way(running) != found:
        st.rerun()  # the link has ended: the page says so
    frame, lang = running.latest(found.show), stage.language()
    say, submit = speaker(lang), host_entry.talking(running, found)
    view = _view(frame, found, submit is not None, say)
    tapped = host_clock.draw(frame, settings.number("tick_seconds"), say)
    if tapped and submit:
        _note(frame, view, tapped, submit)
    html = stage.once(
        frame, ("host", lang, view), lambda: stage.guarded("host", lambda: host_screen.html(frame, view, say))
    )
    bar = stage.guarded("host bar", lambda: host_screen.bar(frame, view, _last_noted(), say))
    canvas.fill({"host": html, "host_bar": bar}, {}, live=True)


def _note(frame: Frame, view: View, line: str, submit: Submit) -> None:
    """Note that a line was said; pressed twice it is the same deed, said again later it is another."""
    shown = [*frame["lines"], *frame["do_not_say"]]
    row = next((each for each in shown if each["line"] == line), None)
    answer = answers.send(frame["show"], submit, "say_line", ("say_line", line, (row or {}).get("said_at")), line=line)
    text, language = (row["text"], row["language"]) if row else ("", view.language)
    noted = Noted(text, language, "" if done(answer) else refusal(answer))
    st.session_state.host_noted = noted, time.monotonic()


def _last_noted() -> Noted | None:
    noted, at = st.session_state.get("host_noted", (None, 0.0))
    return noted if time.monotonic() - at < NOTED_SECONDS else None


def _screen(running: Running, found: Way) -> None:
    """One channel's screen, or what to do where there is no such channel."""
    say = speaker(stage.language())
    frame = running.latest(found.show)
    if found.channel not in {row["channel"] for row in frame["channels"]}:
        if found.link is None:
            stage.links("host", found.show)
        _shut(say("No such channel"), say("This show does not sell there; choose one of its channels."))
        return
    with st.container(key="host", gap=None):
        canvas.slot("host")
        with st.container(key="ticking", gap=None):
            _tick(running, found)
        submit = asking(running)
        if submit and may(me(), "set_speech") and found.link is None and st.query_params.get("prompter") != "1":
            language = _view(frame, found, True, say).language
            with st.container(key="host_speech", gap=None):
                host_speech.form(lambda: running.latest(found.show), found.channel, language, submit, say)
            with st.container(key="host_questions", gap="small"):
                _asked(running, found)
        canvas.slot("host_bar")


@st.fragment(run_every=2.0)
def _asked(running: Running, found: Way) -> None:
    """What viewers of this channel ask, for who may answer them."""
    frame, say = running.latest(found.show), speaker(stage.language())
    register = next(row["register"] for row in frame["channels"] if row["channel"] == found.channel)
    st.html(f"<h2>{safe(say('Questions'))}</h2>")
    questions.draw(frame, asking(running), say, found.channel, register)
    answers.said()


def _shut(title: str, text: str) -> None:
    """Say why there is nothing here, and wait for nothing."""
    with st.container(key="host_shut", gap=None):
        stage.message(title, text)


@st.fragment(run_every=2.0)
def _wait(running: Running, say: Say) -> None:
    stage.message(say("No show yet"), say("This page notices by itself when one is there."))
    if running.shows():
        st.rerun()


def page() -> None:
    """Show the page."""
    theme.apply()
    st.html(f"<style>{_sheet()}</style>")
    running, say = room(), speaker(stage.language())
    if running is None:
        stage.message(say("No room here"), say("This page is served by the war room itself."), "warroom demo")
        return
    found = host_entry.way(running)
    if found.problem:
        _shut(*map(say, NO_LINK[found.problem]))
    elif not found.show:
        stage.links("host", "")
        _wait(running, say)
    elif found.channel:
        _screen(running, found)
    else:
        stage.links("host", found.show)
        host_overview.draw(running, found.show, say)


@cache
def _sheet() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


page()
