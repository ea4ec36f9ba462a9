"""Alerts and proposals: what somebody has to decide, until when, and what it would change.

Data flow: the frame's open proposals (approve or dismiss) and alerts (acknowledge) -> text and buttons, most
pressing first.
Above them stand the regions whose rules wait for a late feed.
Invariants: at most `PROPOSALS_MAX` + `ALERTS_MAX` are drawn and the rest is counted; each button's command id is
minted once per proposal and session, so a double click decides once; a refusal is shown in the room's words.
"""

import streamlit as st

from dashboard.screens.door import Submit, ask, done, mint, refusal
from dashboard.screens.marks import MARKS, Frame, clock, late_regions, safe, seconds_between, shape, span, tag
from dashboard.screens.words import Say, english

PROPOSALS_MAX, ALERTS_MAX, SETTLED_MAX, SUSPENDED_MAX = 2, 3, 5, 2
SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}


def open_proposals(frame: Frame) -> list[Frame]:
    """Return the proposals that wait for a decision, the one that expires first at the top."""
    rows = [row for row in frame["proposals"] if row["state"] == "open"]
    return sorted(rows, key=lambda row: row["decide_by"] or "9")


def open_alerts(frame: Frame) -> list[Frame]:
    """Return the alerts nobody owns yet, the most severe at the top, the newest first among equals."""
    newest_first = [row for row in reversed(frame["alerts"]) if row["state"] == "open"]
    return sorted(newest_first, key=lambda row: SEVERITY_ORDER.get(row["severity"], 3))


def settled(frame: Frame) -> list[Frame]:
    """Return what was decided in the last hour, the newest first."""
    rows = [row for row in frame["proposals"] if row["state"] in ("approved", "dismissed") and row["decided_at"]]
    return sorted(rows, key=lambda row: str(row["decided_at"]), reverse=True)


def until(frame: Frame, row: Frame, say: Say = english) -> str:
    """Say how long a decision still helps."""
    if not row["decide_by"]:
        return ""
    seconds = max(0, round(seconds_between(frame["at"], row["decide_by"])))
    left = f"{seconds // 60}:{seconds % 60:02d}" if seconds < 3600 else span(seconds / 60)
    return f"{say('decide by')} {left}"


def proposal(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of a proposal: what, why, effect, until when."""
    limit = until(frame, row, say)
    pressing = row["decide_by"] is not None and seconds_between(frame["at"], row["decide_by"]) < 60
    under = " · ".join(part for part in (row["why"], row["effect"]) if part)
    return (
        f'<div class="ask">{shape("warning")}<div><b>{safe(row["what"])}</b><span>{safe(under)}</span>'
        f'<em class="{"red" if pressing else "yellow"}">{safe(limit)}</em></div></div>'
    )


def alert(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of an alert."""
    mark = MARKS.get(row["severity"], MARKS["info"])
    parts = [part for part in (say(mark.word), row["region"], until(frame, row, say)) if part]
    return (
        f'<div class="ask alert">{shape(row["severity"])}<div><b>{safe(row["what"])}</b>'
        f"<span>{safe(' · '.join(parts))}</span></div></div>"
    )


def decided(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of a decision that was made: what, why, by whom and when."""
    approved = row["state"] == "approved"
    by_rule = row["decided_by"].startswith("rule:")
    word = say("done by rule") if approved and by_rule else say("approved") if approved else say("dismissed")
    at = clock(row["decided_at"], frame["time_zone"])
    return (
        f'<div class="ask settled">{shape("available" if approved else "grey")}<div><b>{safe(row["what"])}</b>'
        f"<span>{safe(at)} · {safe(word)} · {safe(row['why'])}</span></div></div>"
    )


def suspended(frame: Frame, say: Say = english) -> str:
    """Build the list of regions whose rules wait, each with how late its feed is."""
    rows = list(late_regions(frame, say).items())
    text = "".join(
        f'<span class="wait">{tag(f"{region} · {late}")}{safe(say("rules wait"))}</span>'
        for region, late in rows[:SUSPENDED_MAX]
    )
    rest = len(rows) - SUSPENDED_MAX
    more = f'<span class="more">+{rest} {safe(say("more"))}</span>' if rest > 0 else ""
    return f'<div class="waits">{text}{more}</div>' if rows else ""


def draw(frame: Frame, submit: Submit | None, say: Say = english) -> None:
    """Draw proposals and alerts; without `submit` (replay) there are no buttons."""
    here = st.session_state.get("decided_here", set())
    proposals = [row for row in open_proposals(frame) if row["proposal"] not in here]
    alerts = [row for row in open_alerts(frame) if row["alert"] not in here]
    st.html(_head(frame, len(proposals), len(alerts), say) + suspended(frame, say))
    for position, row in enumerate(proposals[:PROPOSALS_MAX]):
        with st.container(key=f"proposal_{position}", gap=None):
            st.html(proposal(frame, row, say))
            if submit:
                _buttons(frame, row, submit, say, position == 0)
    for position, row in enumerate(alerts[:ALERTS_MAX]):
        with st.container(
            key=f"alert_{position}", horizontal=True, wrap=False, vertical_alignment="center", gap="small"
        ):
            st.html(alert(frame, row, say), width="stretch")
            if submit:
                st.button(
                    say("Got it"),
                    key=f"own_{row['alert']}",
                    on_click=decide,
                    wrap=False,
                    args=(
                        frame["show"],
                        submit,
                        "acknowledge_alert",
                        "alert",
                        row["alert"],
                        _id("acknowledge_alert", row["alert"]),
                    ),
                )
    past = settled(frame)[: max(0, SETTLED_MAX - 2 * len(proposals) - len(alerts))]
    if past:
        st.html("".join(decided(frame, row, say) for row in past))
    if st.session_state.get("alert_said"):
        st.html(f'<div class="said bad" role="status">{shape("low")}{safe(st.session_state.alert_said)}</div>')


def _head(frame: Frame, proposals: int, alerts: int, say: Say) -> str:
    """Build the title and how much is not shown, or that nothing waits."""
    rest = max(0, proposals - PROPOSALS_MAX) + max(0, alerts - ALERTS_MAX)
    note = f"+{rest} {say('more')}" if rest else "" if proposals or alerts else say("nothing waits")
    title = f'<h2>{safe(say("Decide"))}<span class="more">{safe(note)}</span></h2>'
    if proposals or alerts or settled(frame):
        return title
    return title + f'<div class="empty">{shape("green")}{safe(say("Nothing to decide"))}</div>'


def decide(show: str, submit: Submit, kind: str, field: str, name: str, command_id: str) -> None:
    """Send a decision; its id stays the same for good, so deciding twice is the same decision."""
    answer = ask(submit, kind, show, command_id, **{field: name})
    if done(answer):
        st.session_state.setdefault("decided_here", set()).add(name)
    st.session_state.alert_said = None if done(answer) else refusal(answer)


def _buttons(frame: Frame, row: Frame, submit: Submit, say: Say, first: bool) -> None:
    with st.container(horizontal=True, gap="small", key=f"choice_{row['proposal']}"):
        for kind, word, key in (("approve_action", "Approve", "a"), ("dismiss_action", "Dismiss", "d")):
            st.button(
                say(word),
                key=f"{kind}_{row['proposal']}",
                type="primary" if kind == "approve_action" else "secondary",
                on_click=decide,
                shortcut=key if first else None,
                args=(frame["show"], submit, kind, "proposal", row["proposal"], _id(kind, row["proposal"])),
            )


def _id(kind: str, name: str) -> str:
    ids = st.session_state.setdefault("decision_ids", {})
    return str(ids.setdefault((kind, name), mint()))
