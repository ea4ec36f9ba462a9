"""Verify a file: anybody hands over a journal and is told whether it holds; and the evidence of this one to take away.

Data flow: an upload -> a temporary file -> `verify_child.check` (a process of its own, one at a time) -> one verdict,
kept for as long as this viewer keeps the file; the room's journal + the newest check of it -> evidence.json.
Invariants: nothing that is handed over is kept here, nor opened in this process; what is larger than the limit is not
looked at, neither by the server nor here, and what to do with it is said before anybody tries. What can fail is a
sentence: see `panels.evidence`.
"""

import tempfile
from pathlib import Path
from typing import Any, Protocol

import streamlit as st

from dashboard import room as rooms
from dashboard.journal import verify_child
from dashboard.review import evidence as evidences
from dashboard.screens import archive, stage
from dashboard.screens.marks import Frame, safe
from dashboard.screens.panels import evidence
from dashboard.screens.words import Say

MEGABYTE = 1_000_000
LIMIT_MEGABYTES = 30
NAME_MAX = 80


class Upload(Protocol):
    """What somebody handed over."""

    name: str
    size: int
    file_id: str

    def getbuffer(self) -> memoryview:
        """Return its content."""


def draw(say: Say) -> None:
    """Draw the box for a file, what the auditor said of it, and the evidence of the journal that is served here."""
    upload = st.file_uploader(
        say("A journal (.duckdb, .db): it is checked here and not kept"),
        key="verify_upload",
        max_upload_size=LIMIT_MEGABYTES,
    )
    too_large = say("A file larger than 30 MB is not taken here: verify it where it lies, warroom verify FILE")
    st.html(f'<p class="more too_large">{safe(too_large)}</p>')  # the browser refuses it, and the style sheet shouts
    if upload is not None:
        name = upload.name[:NAME_MAX]
        st.html(stage.guarded("verify_file", lambda: evidence.verdict(_told(upload, name, say), name, say)))
    if rooms.running():
        st.download_button(
            say("Evidence of this journal (JSON)"),
            taken,
            file_name=evidences.FILE_NAME,
            mime="application/json",
            key="evidence_get",
            on_click="ignore",
            help=say("Keep it elsewhere: a file agrees with it later, or was changed. warroom verify FILE --evidence"),
            wrap=False,
        )


def taken() -> bytes:
    """Take the evidence of the room's journal as it stands, with the newest check of it."""
    running = rooms.running()
    if running is None:
        return b""
    checks = archive.checks()
    return evidences.as_json(evidences.evidence(running.journal, _checked(checks.told() if checks else None)))


def _checked(told: Frame | None) -> Frame | None:
    """Read a check of the journal as the auditor's report, None unless it has ended with one."""
    if told is None or told["state"] not in ("ok", "breach"):
        return None
    head = {"seq": told["seq"], "hash": told["hash"]}
    return {"ok": told["state"] == "ok", "head": head, **{name: told[name] for name in ("oversold", "breach_count")}}


def _told(upload: Upload, name: str, say: Say) -> Frame:
    """Return what the auditor says of an upload; asked once for each file."""
    if upload.size > LIMIT_MEGABYTES * MEGABYTE:
        megabytes = f"{upload.size / MEGABYTE:,.1f}"
        return {"kind": "large", "values": {"megabytes": megabytes, "limit": LIMIT_MEGABYTES}}
    state: Any = st.session_state
    if state.get("verify_told", ("",))[0] != upload.file_id:
        with st.spinner(say("Recomputing hashes and balances …")), tempfile.TemporaryDirectory() as place:
            path = Path(place) / "journal.duckdb"
            path.write_bytes(upload.getbuffer())
            told = verify_child.check(path, name)
        if told.get("kind") == "busy":
            return told
        state.verify_told = upload.file_id, told
    found: Frame = state.verify_told[1]
    return found
