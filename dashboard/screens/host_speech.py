"""Which languages a channel speaks, and in which tone: a small form for who may set it.

Data flow: the channel's row -> what is chosen -> one `set_speech` -> the room's answer beside the button.
Invariants: a channel's own language stays the first; nothing is sent that changes nothing; each tone is shown with a
line as it would be said. What can fail: the room refuses; its sentence stands under the form until the next press.
"""

from collections.abc import Callable

import streamlit as st

from dashboard.screens import answers
from dashboard.screens.door import Submit, done, refusal
from dashboard.screens.host_languages import language_name
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.words import Say
from dashboard.speech.phrases import LANGUAGES, REGISTERS, PhraseProblem, line, spoken

UNITS_SHOWN = 12
LANGUAGES_MAX = 4
"""As many as a channel may speak."""


def example(frame: Frame, row: Frame, language: str, register: str) -> str:
    """Say what a low stock would sound like; empty where no table can say it."""
    title = next((each["title"] or each["sku"] for each in frame["skus"]), "")
    name = next((each["name"] for each in frame["regions"] if each["region"] == row["region"]), row["region"])
    values = {"title": title, "region": row["region"], "region_name": name, "units": UNITS_SHOWN}
    try:
        return line("low_stock", spoken(language), values, register)
    except PhraseProblem:
        return ""


def wanted(row: Frame, more: list[str], register: str) -> tuple[list[str], str] | None:
    """Return what to set: the own language first, then the others; None where nothing changes."""
    languages = [row["languages"][0], *(tag for tag in more if tag not in row["languages"][:1])]
    return None if (languages, register) == (list(row["languages"]), row["register"]) else (languages, register)


def form(latest: Callable[[], Frame], channel: str, language: str, submit: Submit, say: Say) -> None:
    """Draw the form of a channel."""
    frame = latest()
    row = next(each for each in frame["channels"] if each["channel"] == channel)
    names = {"calm": say("Calm"), "lively": say("Lively")}
    with st.expander(say("Languages and tone")):
        first = row["languages"][0]
        more = st.multiselect(
            f"{say('Beside')} {language_name(first)}",
            [tag for tag in LANGUAGES if tag != spoken(first)],
            default=[tag for tag in row["languages"][1:] if tag in LANGUAGES],
            format_func=language_name,
            max_selections=LANGUAGES_MAX - 1,
            key=f"host_languages_{channel}",
        )
        register = st.segmented_control(
            say("Tone"),
            REGISTERS,
            default=row["register"],
            required=True,
            format_func=lambda name: names[name],
            key=f"host_register_{channel}",
        )
        heard = example(frame, row, language, str(register))
        st.html(f'<p class="h-example"><q lang="{safe(language)}">{safe(heard)}</q></p>' if heard else "")
        change = wanted(row, more, str(register))
        if st.button(say("Save"), key=f"host_speech_{channel}", type="primary", disabled=change is None) and change:
            _set(frame, channel, change, submit, say)


def _set(frame: Frame, channel: str, change: tuple[list[str], str], submit: Submit, say: Say) -> None:
    languages, register = change
    set_to = {"channel": channel, "languages": languages, "register": register}
    answer = answers.send(frame["show"], submit, "set_speech", ("set_speech", channel), **set_to)
    if done(answer):
        st.rerun()
    st.html(f'<div class="said bad" role="status">{shape("low")}{safe(refusal(answer))}</div>')
