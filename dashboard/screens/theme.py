"""The look of every page: page settings, and the style sheet beside this file.

Data flow: `theme.css` -> one style element per page run. Invariants: six type sizes, one grid, colours named once
(`:root` in the style sheet, `marks.py` for what Python draws); no font and no picture is fetched from anywhere.
"""

from functools import cache
from pathlib import Path

import streamlit as st


def apply() -> None:
    """Put the style sheet into the page."""
    st.html(f"<style>{_sheet()}</style>")


@cache
def _sheet() -> str:
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
