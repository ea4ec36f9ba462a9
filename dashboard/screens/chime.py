"""The chime: a short tone when something new calls, off until a viewer switches it on with the button it draws itself.

Data flow: the names of all that calls now -> `chime.js`, which remembers which of them this browser has seen and
sounds for a new one.
Invariants: what stood there when the page was opened makes no sound, nor does anything quiet, nor the same thing twice;
the tone is made in the browser, nothing is fetched; whether it is on is kept by the browser's tab.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.screens.words import Say


def draw(names: Sequence[str], say: Say) -> None:
    """Draw the switch, and sound for names that were not there before."""
    _component()(
        key="chime",
        data={"names": list(names), "on": say("Sound on"), "off": say("Sound off")},
        height="content",
        width="content",
    )


@cache
def _component() -> Any:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("war_room_chime", js=script, isolate_styles=False)
