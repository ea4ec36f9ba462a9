"""Countdown board: what sells out next and when. The largest type on the page, because it is read across the room.

Data flow: the frame's countdown rows (most urgent first) -> one HTML string: a few large rows, then a compact list,
then the record of what it said before (`graded`). Each row: mark, title, region, share sold, sparkline, the chance
to sell out before the close, time and band.
Invariants: never more than `Size.most` rows leave the server, whatever the show holds; "lasts", "too few orders" and
"sold out" are answers of their own, never a number made up; a row is hatched while its region has a late channel, whose
sales it cannot know; every number has a place of its own width, so that nothing moves sideways as it ticks.
"""

from itertools import islice
from typing import NamedTuple

from dashboard.screens import graded
from dashboard.screens.marks import (
    MARKS,
    Frame,
    chance,
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


class Size(NamedTuple):
    """How many rows a board has at most, and how many of them are large."""

    large: int = LARGE_ROWS
    most: int = ROWS_MAX


WHOLE, LOWER, HALF = Size(), Size(4, 14), Size(3, 11)
"""The board of Live, that of Replay, whose axis takes some of its height, and that of one half of two."""


def html(frame: Frame, say: Say = english, size: Size = WHOLE) -> str:
    """Build the board."""
    rows = list(islice((row for row in frame["countdowns"] if row["state"] != "none"), size.most))
    total = len(frame["countdowns"])
    if not rows:
        return f'<div class="empty">{shape("grey")}{safe(say("too few orders"))}</div>'
    late = late_regions(frame, say)
    large = "".join(_large(row, frame, late.get(row["region"], ""), say) for row in rows[: size.large])
    small = "".join(_small(row, row["region"] in late, say) for row in rows[size.large :])
    rest = total - len(rows)
    more = f'<span class="more">+{number(rest)} {safe(say("rows"))}</span>' if rest > 0 else ""
    foot = f'<div class="foot">{graded.html(frame.get("record"), say)}{more}</div>'
    return f'<div class="rows">{large}</div><div class="compact">{small}</div>{foot}'


def answer(row: Frame, say: Say = english) -> tuple[str, str, str]:
    """Say a row's answer: the large word or time, the line under it, and its mark."""
    if row["state"] == "counting" and row["p50"] is not None:
        return minutes_left(row["p50"], say), _band(row, say), row["urgency"]
    if row["state"] == "lasts":
        return say("lasts"), f"≈ {number(row['leftover'])} {say('left over')}", "green"
    if row["state"] == "out":
        return "0", say("sold out"), "out"
    return "—", say("too few orders"), "grey"


def odds(row: Frame) -> str:
    """Write the chance to sell out before the close; empty where it is no question any more, a dash where unknown."""
    return "" if row["state"] == "out" else chance(row["p_sells_out"])


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
        return f"{span(low, say)} – {span(high, say)}"
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
        f"{sparkline(row['spark'])}{_odds(row, say)}"
        f'<div class="when"><b>{safe(time)}</b><span>{safe(under)}</span></div></div>'
    )


def _odds(row: Frame, say: Say) -> str:
    """Draw the chance, and behind it how many will be asked for until the close."""
    if row["state"] in ("out", "unknown"):
        return '<div class="odds"></div>'
    low, high = number(row["wanted_p10"]), number(row["wanted_p90"])
    hint = f"{say('asked for until the close')}: {low}–{high}"
    return f'<div class="odds" title="{safe(hint)}"><b>{safe(odds(row))}</b><span>{safe(say("sells out"))}</span></div>'


def _small(row: Frame, late: bool, say: Say) -> str:
    time, under, state = answer(row, say)
    word = under if row["state"] in ("out", "unknown") else time
    likely = "" if row["state"] in ("out", "unknown") else f"<small>{safe(odds(row))}</small>"
    return (
        f'<div class="row {MARKS[state].tone}{" stale" if late else ""}">{shape(state)}<div class="what">'
        f"<b>{safe(row['title'] or row['sku'])}</b><span>{safe(row['region'])}</span></div>"
        f'<div class="when"><b>{safe(word)}{likely}</b></div></div>'
    )
