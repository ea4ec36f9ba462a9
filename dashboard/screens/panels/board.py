"""Countdown board: what sells out next and when. The largest type on the page, because it is read across the room.

Data flow: the frame's countdown rows (most urgent first) -> one HTML string: a few large rows, then a compact list,
then how many rows are not shown. Each row: mark, title, region, share sold, sparkline, time and band.
Invariants: never more than `ROWS_MAX` rows leave the server, whatever the show holds; "lasts", "too few orders" and
"sold out" are answers of their own, never a number made up; a row is hatched while its region has a late channel, whose
sales it cannot know.
"""

from itertools import islice

from dashboard.screens.marks import (
    MARKS,
    Frame,
    clock,
    late_regions,
    minutes_left,
    number,
    percent,
    safe,
    shape,
    span,
    tag,
)
from dashboard.screens.words import Say, english

LARGE_ROWS = 6
ROWS_MAX = 16


def html(frame: Frame, say: Say = english) -> str:
    """Build the board."""
    rows = list(islice((row for row in frame["countdowns"] if row["state"] != "none"), ROWS_MAX))
    total = len(frame["countdowns"])
    if not rows:
        return f'<div class="empty">{shape("grey")}{safe(say("too few orders"))}</div>'
    late = late_regions(frame, say)
    large = "".join(_large(row, frame, late.get(row["region"], ""), say) for row in rows[:LARGE_ROWS])
    small = "".join(_small(row, row["region"] in late, say) for row in rows[LARGE_ROWS:])
    rest = total - len(rows)
    foot = f'<div class="more">+{number(rest)} {safe(say("rows"))}</div>' if rest > 0 else ""
    return f'<div class="rows">{large}</div><div class="compact">{small}</div>{_record(frame)}{foot}'


def answer(row: Frame, say: Say = english) -> tuple[str, str, str]:
    """Say a row's answer: the large word or time, the line under it, and its mark."""
    if row["state"] == "counting" and row["p50"] is not None:
        return minutes_left(row["p50"]), _band(row, say), row["urgency"]
    if row["state"] == "lasts":
        share = row["p_sells_out"]
        return say("lasts"), "" if share is None else f"{percent(share)} {say('sells out')}", "green"
    if row["state"] == "out":
        return "0", say("sold out"), "out"
    return "—", say("too few orders"), "grey"


def sparkline(values: list[int]) -> str:
    """Draw units per minute as a line that fills its box, whatever size the box has."""
    if len(values) < 2:
        return ""
    top = max(*values, 1)
    points = " ".join(f"{100 * i / (len(values) - 1):.1f},{22 - 20 * v / top:.1f}" for i, v in enumerate(values))
    return (
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{points}" vector-effect="non-scaling-stroke"/></svg>'
    )


def _band(row: Frame, say: Say) -> str:
    if row["p10"] is None:
        return ""
    low, high = row["p10"], row["p90"]
    if high is None:
        return f"≥ {round(low)} {say('min')}"
    if high >= 120:
        return f"{span(low)} – {span(high)}"
    return f"{round(low)}–{round(high)} {say('min')}"


def _large(row: Frame, frame: Frame, late: str, say: Say) -> str:
    time, under, state = answer(row, say)
    facts = [row["region"], f"{percent(row['share_sold'])} {say('sold')}", f"{number(row['left'])} {say('left')}"]
    if row["sells_out_at"]:
        under = f"{clock(row['sells_out_at'], frame['time_zone'])} · {under}"
    tone = MARKS[state].tone
    return (
        f'<div class="row {tone}{" stale" if late else ""}">{shape(state)}<div class="what">'
        f"<b>{safe(row['title'] or row['sku'])}</b><span>{tag(late)}{safe(' · '.join(facts))}</span></div>"
        f"{sparkline(row['spark'])}"
        f'<div class="when"><b>{safe(time)}</b><span>{safe(under)}</span></div></div>'
    )


def _small(row: Frame, late: bool, say: Say) -> str:
    time, under, state = answer(row, say)
    word = under if row["state"] in ("out", "unknown") else time
    return (
        f'<div class="row {MARKS[state].tone}{" stale" if late else ""}">{shape(state)}<div class="what">'
        f"<b>{safe(row['title'] or row['sku'])}</b><span>{safe(row['region'])}</span></div>"
        f'<div class="when"><b>{safe(word)}</b></div></div>'
    )


def _record(frame: Frame) -> str:
    """Print the board's own record where the frame carries one: how often its band held."""
    sentence = frame.get("record", "")
    return f'<div class="record">{safe(sentence)}</div>' if sentence else ""
