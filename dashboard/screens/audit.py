"""Audit: everything that happened in a show, by whom and why; is the record still whole; and a copy to take away.

Data flow: the filter -> `archive.wish` -> a page of entries, the newest first -> one list of HTML; the head of the
journal and the newest check of its chain, every two seconds -> the strip and the chain's panel; a file from anywhere ->
the same check of it.
Invariants: nothing here changes the journal; who bought, and downloads that say it, are for those whose role may read
it, and so is the check, which takes a copy; the list stands still while one reads (how many newer entries there are is
said beside it); the address names an entry (`?show=&seq=`) that then stands first and open.
What can fail: no room, no show; a moment nobody can read; a seq that is not in the show; each is said in a sentence.
"""

from functools import partial
from typing import Any
from urllib.parse import quote

import streamlit as st

from dashboard.decision.events import TYPES
from dashboard.screens import archive, canvas, claim_pages, stage, theme, verify_file
from dashboard.screens.archive import Entries, Wish
from dashboard.screens.door import Running, chosen, may, me, room
from dashboard.screens.marks import Frame, number, safe, shape
from dashboard.screens.panels import chain, entries, sieve
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, speaker

ROWS = 40
NEWER_MAX = 1_000
MIME = {"csv": "text/csv", "ndjson": "application/x-ndjson"}


def _tick(found: Entries, wish: Wish, top: int, title: str, time_zone: str) -> None:
    say, head, checks = speaker(stage.language()), archive.head(), archive.checks()
    told = checks.told() if checks else None
    newer = found.newer(wish, top, NEWER_MAX) if head[0] > top else 0
    many = f"{number(newer)}{'+' if newer == NEWER_MAX else ''}"
    panels = {
        "strip": stage.guarded("strip", lambda: chain.summary(title, head, say)),
        "chain": stage.guarded("chain", lambda: chain.html(told, head, time_zone, say)),
        "newer": f"<span>{many} {safe(say('newer'))}</span>" if newer else "",
    }
    canvas.fill(panels, {}, live=True)


def _chain(say: Say) -> None:
    st.html(f"<h2>{safe(say('Hash chain'))}</h2>")
    canvas.slot("chain")
    checks = archive.checks() if may(me(), "verify_journal") else None
    st.button(
        say("Verify now"),
        key="verify_now",
        on_click=checks.start if checks else None,
        disabled=checks is None,
        wrap=False,
    )
    with st.popover(say("Verify a file"), key="verify_other"):
        verify_file.draw(say)


def _wish(show: str, frame: Frame, say: Say) -> Wish:
    """Draw the filter and read it; a moment nobody can read is said and not asked for."""
    typed = sieve.draw(sieve.choices(frame, sorted(TYPES)), say)
    try:
        return archive.wish(show, frame, typed)
    except archive.InstantProblem as problem:
        st.html(f'<div class="said bad" role="status">{shape("warning")}{safe(sentence(str(problem), say))}</div>')
        return archive.wish(show, frame, {**typed, "since": "", "until": ""})


def _trail(wish: Wish, seq: int | None) -> list[int]:
    """Where the pages begin that were turned to, the last one last; a new filter begins at the newest entry."""
    state: Any = st.session_state
    if "audit_wish" not in state:
        state.audit_trail = [seq] if seq else []
    elif state.audit_wish != wish:
        _newest()
    state.audit_wish = wish
    trail: list[int] = state.audit_trail
    return trail


def _newest() -> None:
    st.session_state.audit_trail = []
    if "seq" in st.query_params:
        del st.query_params["seq"]


def _turn(before: int | None) -> None:
    """Turn to the page before a seq, or (None) back to the one after this."""
    trail: list[int] = st.session_state.audit_trail
    if before is None:
        trail.pop()
    else:
        trail.append(before)


def _seq(say: Say) -> int | None:
    """The entry that the address names."""
    text = st.query_params.get("seq", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 18):
        st.html(f'<div class="said bad" role="status">{safe(say("The seq in the address is no whole number"))}</div>')
        return None
    return int(text) if text else None


def _head(rows: list[Frame], trail: list[int], say: Say) -> None:
    span = f"{number(rows[0]['seq'])} – {number(rows[-1]['seq'])}" if rows else ""
    st.html(f"<h2>{safe(say('Entries'))} <small>{span}</small></h2>", width="content")
    canvas.slot("newer")
    claim_pages.switch(say)
    st.button(say("Newest"), key="audit_newest", on_click=_newest, wrap=False)
    st.button(say("Newer"), key="audit_newer", on_click=_turn, args=(None,), disabled=not trail, wrap=False)
    last = rows[-1]["seq"] if len(rows) == ROWS else None
    st.button(say("Older"), key="audit_older", on_click=_turn, args=(last,), disabled=last is None, wrap=False)


def _downloads(found: Entries, wish: Wish, say: Say) -> None:
    limit = say("Downloads hold the newest {limit} entries that match; the first line says if any were left out.")
    st.html(f'<p class="more">{safe(limit.format(limit=number(archive.DOWNLOAD_ROWS_MAX)))}</p>', width="content")
    for kind in archive.DOWNLOADS:
        st.download_button(
            kind.upper(),
            partial(_content, found, wish, kind),
            file_name=f"{archive.file_stem(wish.show)}.{kind}",
            mime=MIME[kind],
            key=f"audit_{kind}",
            on_click="ignore",
            wrap=False,
        )


def _content(found: Entries, wish: Wish, kind: str) -> bytes:
    return found.download(wish, kind).content


def _link(show: str) -> str:
    """The address of an entry of a show, up to its seq."""
    spoken = "&lang=zh" if stage.language() == "zh" else ""
    return f"?show={quote(show)}{spoken}&seq="


def _list(found: Entries, wish: Wish, show: Frame, say: Say) -> int:
    """Draw the page of entries and what turns it; return the seq after which entries are newer."""
    seq = _seq(say)
    trail = _trail(wish, seq)
    top = archive.head()[0]
    named = found.one(wish.show, seq) if seq else None
    rows = found.page(wish, trail[-1] if trail else None, limit=ROWS)
    knows_buyers = may(me(), "read_buyers")
    if not knows_buyers:
        named, rows = named and archive.without_buyer(named), [archive.without_buyer(row) for row in rows]
    with st.container(key="entries_head", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        _head(rows, trail, say)
        if knows_buyers:
            _downloads(found, wish, say)
    if seq and named is None:
        text = say("This show has no entry {seq}").format(seq=number(seq))
        st.html(f'<div class="said bad" role="status">{shape("warning")}{safe(text)}</div>')
    with st.container(key="entries_list", gap=None):
        st.html(stage.guarded("entries", lambda: entries.html(rows, show, _link(wish.show), named, say)))
    return rows[0]["seq"] if rows and not trail else top


def _room(running: Running, found: Entries, show: Frame, say: Say) -> None:
    frame = running.latest(show["show"])
    with st.container(key="room", gap=None):
        with st.container(key="strip", gap=None):
            canvas.slot("strip")
        with st.container(key="sieve", gap="small"):
            wish = _wish(show["show"], frame, say)
        with st.container(key="chain", gap="small"):
            _chain(say)
        with st.container(key="entries", gap=None):
            if claim_pages.chosen():
                top = archive.head()[0]
                claim_pages.draw(wish, frame, _link(show["show"]), say)
            else:
                top = _list(found, wish, frame, say)
        with st.container(key="ticking", gap=None):
            title = frame["title"] or frame["show"]
            st.fragment(_tick, run_every=2.0)(found, wish, top, title, frame["time_zone"])


def page() -> None:
    """Show the page."""
    theme.apply()
    running, found, say = room(), archive.entries(), speaker(stage.language())
    show = chosen(running.shows(), st.query_params.get("show")) if running else None
    stage.links("audit", show["show"] if show else "")
    if running is None or found is None:
        stage.message("No room here", "This page is served by the war room itself.", "warroom demo")
    elif show is None:
        stage.message("No show yet", "Start the demo, or import an order file.", "warroom demo")
    else:
        _room(running, found, show, say)


page()
