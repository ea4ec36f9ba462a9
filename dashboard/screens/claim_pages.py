"""The claim log on the Audit page: what hosts were shown, the newest first, a page at a time, and files of it.

Data flow: the journal's lines of a show -> those that the page's filter wants (SKU, region, channel, moment, text) ->
`panels.claim_log`; the same rows as CSV or XLSX.
Invariants: nothing here changes the journal; the list stands still while one reads; a log names no buyer, so everybody
who may look may take it away. What can fail: the journal cannot be read; the room says so in a sentence.
"""

from functools import partial
from typing import Any

import streamlit as st

from dashboard.screens import archive, stage
from dashboard.screens.archive import Wish
from dashboard.screens.marks import Frame, number, safe
from dashboard.screens.panels import claim_log
from dashboard.screens.words import Say

ROWS = 40
VIEW = "claims"
"""What the address names this list (`?view=claims`)."""


def chosen() -> bool:
    """Whether the viewer looks at the claim log instead of the entries."""
    return st.query_params.get("view") == VIEW


def switch(say: Say) -> None:
    """Draw the button that leads from the entries to the claim log, or back."""
    label = say("Entries") if chosen() else say("Claim log")
    st.button(label, key="audit_view", on_click=_turn_over, wrap=False)


def draw(wish: Wish, show: Frame, link: str, say: Say) -> None:
    """Draw the page of lines that the filter wants, what turns it, and the downloads."""
    rows = archive.claims(wish)
    page = _page(wish, len(rows))
    shown = rows[page * ROWS : (page + 1) * ROWS]
    with st.container(key="entries_head", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        said = sum(1 for row in rows if row["times_said"])
        counts = f"{number(len(rows))} {say('lines')} · {number(said)} {say('said')}"
        st.html(f"<h2>{safe(say('Claim log'))} <small>{safe(counts)}</small></h2>", width="content")
        st.html("<span></span>")
        switch(say)
        _turners(page, len(rows), say)
        _downloads(rows, wish, say)
    with st.container(key="entries_list", gap=None):
        st.html(stage.guarded("claim_log", lambda: claim_log.html(shown, show, link, say)))


def _turners(page: int, count: int, say: Say) -> None:
    last = (page + 1) * ROWS >= count
    st.button(say("Newer"), key="claims_newer", on_click=_turn, args=(page - 1,), disabled=page == 0, wrap=False)
    st.button(say("Older"), key="claims_older", on_click=_turn, args=(page + 1,), disabled=last, wrap=False)


def _downloads(rows: list[Frame], wish: Wish, say: Say) -> None:
    limit = say("Downloads hold the newest {limit} lines that match.").format(limit=number(archive.CLAIMS_MAX))
    st.html(f'<p class="more">{safe(limit)}</p>', width="content")
    for kind in archive.CLAIM_DOWNLOADS:
        st.download_button(
            kind.upper(),
            partial(archive.claim_file, rows, wish.show, kind),
            file_name=f"{archive.file_stem(wish.show).replace('audit', 'claims', 1)}.{kind}",
            mime=archive.MIME[kind],
            key=f"claims_{kind}",
            on_click="ignore",
            wrap=False,
        )


def _page(wish: Wish, count: int) -> int:
    """The page that was turned to; another filter begins at the newest line."""
    state: Any = st.session_state
    if state.get("claims_wish") != wish:
        state.claims_wish, state.claims_page = wish, 0
    page: int = state.claims_page
    return min(page, max(0, (count - 1) // ROWS))


def _turn(page: int) -> None:
    st.session_state.claims_page = page


def _turn_over() -> None:
    if chosen():
        del st.query_params["view"]
    else:
        st.query_params["view"] = VIEW
