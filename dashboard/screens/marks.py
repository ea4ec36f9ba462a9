"""How every panel writes: one mark per state (colour + shape + word), numbers, money, clocks and show time.

Data flow: plain values of a frame -> short strings, HTML-escaped where they end up in HTML.
Invariants: a colour never stands alone, it comes with a shape and a word; digits keep their width; text from outside
(titles, names, host lines) passes through `safe` before it meets HTML.
What can fail: an unknown currency or time zone; both fall back to the raw code and UTC, never to an exception.
"""

import html
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date, format_skeleton, get_timezone_location
from babel.numbers import format_currency, get_currency_precision

from dashboard.screens.words import Say, english

Frame = dict[str, Any]
"""One frame of the room, or a row of it: plain JSON values only."""

GREEN, YELLOW, RED, BLUE = "#3fb68b", "#e6b33d", "#f06060", "#4aa3ff"
TEXT, DIM = "#e6edf3", "#8b98a5"

LINE_COLOURS = (
    "#4aa3ff",
    "#f06060",
    "#e6b33d",
    "#3fb68b",
    "#b58cff",
    "#5ed3d8",
    "#ff9f6e",
    "#e58fc4",
    "#9ccc65",
    "#c9d1d9",
)
"""Colours of curves, in the order they are handed out; each curve also carries its name at its end."""


class Mark(NamedTuple):
    """What a state looks like: its colour's name, its shape and its word."""

    tone: str
    shape: str
    word: str


MARKS = {
    "available": Mark("green", "●", "available"),
    "committed": Mark("yellow", "◆", "committed"),
    "low": Mark("red", "▼", "low"),
    "out": Mark("red", "▼", "sold out"),
    "transit": Mark("blue", "▶", "in transit"),
    "red": Mark("red", "▼", "soon out"),
    "yellow": Mark("yellow", "◆", "watch"),
    "green": Mark("green", "●", "fine"),
    "grey": Mark("grey", "○", "unknown"),
    "fresh": Mark("green", "●", "fresh"),
    "late": Mark("yellow", "◆", "late"),
    "silent": Mark("grey", "○", "silent"),
    "critical": Mark("red", "▼", "critical"),
    "warning": Mark("yellow", "◆", "warning"),
    "info": Mark("blue", "▶", "note"),
}
"""Every state the screens know."""


def safe(value: object) -> str:
    """Escape a value from outside for use in HTML text and attributes."""
    return html.escape(str(value), quote=True)


def shape(state: str) -> str:
    """Draw a state's shape in its colour, hidden from screen readers because its word stands beside it."""
    mark = MARKS.get(state, MARKS["grey"])
    return f'<i class="mark {mark.tone}" aria-hidden="true">{mark.shape}</i>'


def number(value: float | None) -> str:
    """Write a count with thousands separators, or a dash where it is unknown.

    English and Chinese readers group digits alike, so no language is asked for; a test holds that against Babel.
    """
    return "–" if value is None else f"{value:,.0f}"


def percent(share: float | None) -> str:
    """Write a share of 1 as whole per cent, alike in both languages; only a full share reads 100%."""
    if share is None:
        return "–"
    return f"{100 if share >= 1 else min(99, round(share * 100))}%"


def chance(share: float | None) -> str:
    """Write the chance of what is still to come, which is never certain, as whole per cent."""
    if share is None:
        return "–"
    return "< 1%" if share < 0.01 else "> 99%" if share > 0.99 else percent(share)


def money(minor: int, currency: str, say: Say = english) -> str:
    """Write minor units as the reader writes money, without cents from 100 whole units on."""
    return _money(minor, currency, say.locale)


@lru_cache(maxsize=8192)
def _money(minor: int, currency: str, locale: str) -> str:
    whole = minor / 10 ** get_currency_precision(currency)
    pattern = "¤#,##0" if abs(whole) >= 100 or whole == int(whole) else None
    return format_currency(whole, currency, pattern, locale=locale, currency_digits=pattern is None)


def moment(iso: str) -> datetime:
    """Read a frame's ISO 8601 time."""
    return datetime.fromisoformat(iso)


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """Return a time zone by IANA name; UTC where the name is unknown."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def clock(iso: str, time_zone: str = "UTC", seconds: bool = False) -> str:
    """Write the wall clock of a zone at a moment, 24 hours."""
    return moment(iso).astimezone(zone(time_zone)).strftime("%H:%M:%S" if seconds else "%H:%M")


@lru_cache(maxsize=1024)
def city(time_zone: str, say: Say = english) -> str:
    """Name a time zone the way people do: by its city, in the reader's language."""
    name = zone(time_zone).key
    named = "UTC" if name == "UTC" else get_timezone_location(name, locale=say.locale, return_city=True)
    return named.rpartition("/")[2]


def day(iso: str, time_zone: str, say: Say = english) -> str:
    """Write the day and the clock of a zone at a moment: Oct 24, 20:10, or 10月24日 20:10."""
    return _day(iso, time_zone, say.locale)


def date(iso: str, time_zone: str, say: Say = english) -> str:
    """Write the date of a zone at a moment: Oct 24, 2026, or 2026年10月24日."""
    return str(format_date(moment(iso).astimezone(zone(time_zone)).date(), locale=say.locale))


@lru_cache(maxsize=1024)
def _day(iso: str, time_zone: str, locale: str) -> str:
    at = moment(iso).astimezone(zone(time_zone))
    return f"{format_skeleton('MMMd', at, locale=locale)}{' ' if locale.startswith('zh') else ', '}{at:%H:%M}"


def show_time(seconds: int) -> str:
    """Write time since the start as T+mm:ss, or T+1 d 02:10 for shows that last for days."""
    sign, seconds = ("−" if seconds < 0 else "+"), abs(seconds)
    if seconds < 600 * 60:
        return f"T{sign}{seconds // 60:02d}:{seconds % 60:02d}"
    days, rest = divmod(seconds, 86400)
    return f"T{sign}{days:,} d {rest // 3600:02d}:{rest % 3600 // 60:02d}"


def seconds_between(earlier: str, later: str) -> float:
    """Return the seconds from one ISO moment to another."""
    return (moment(later) - moment(earlier)).total_seconds()


def micros(iso: str) -> int:
    """Return an ISO moment as microseconds since 1970."""
    delta = moment(iso) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86400 + delta.seconds) * 1_000_000 + delta.microseconds


def minutes_left(minutes: float, say: Say = english) -> str:
    """Write a countdown: mm:ss, from 100 minutes on in hours, from two days on in days."""
    if minutes < 100:
        whole = max(0, round(minutes * 60))
        return f"{whole // 60:02d}:{whole % 60:02d}"
    return span(minutes, say)


def span(minutes: float, say: Say = english) -> str:
    """Write a length of time in the two largest units that matter."""
    whole = round(minutes)
    if whole < 60:
        return say("{count} min").format(count=whole)
    if whole < 48 * 60:
        return say("{hours} h {minutes}").format(hours=whole // 60, minutes=f"{whole % 60:02d}")
    days, rest = divmod(whole, 1440)
    if days < 10:
        return say("{days} d {hours} h").format(days=days, hours=rest // 60)
    return say("{count} d").format(count=f"{whole / 1440:,.0f}")


def lasted(minutes: float, say: Say = english) -> str:
    """Write minutes that were added up: from a hundred hours on in the two largest units that matter."""
    return say("{count} min").format(count=f"{minutes:,.0f}") if minutes < 6000 else span(minutes, say)


def age(seconds: float | None, say: Say = english) -> str:
    """Write how old data is."""
    if seconds is None:
        return "–"
    if seconds >= 120:
        return span(seconds / 60, say)
    return say("{count} s").format(count=f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}")


def delay(milliseconds: int | None, say: Say = english) -> str:
    """Write how long an order took to get here; below a tenth of a second in milliseconds."""
    if milliseconds is None:
        return "–"
    return say("{count} ms").format(count=milliseconds) if milliseconds < 100 else age(milliseconds / 1000, say)


def lateness(row: Frame, say: Say = english) -> str:
    """Say how late the feed of a late channel is, by the age of its data or of an order that waits for its lines."""
    seconds = max(row["data_age_seconds"] or 0.0, row["pending_age_seconds"] or 0.0)
    return f"{say('feed')} {age(seconds, say)} {say('late')}"


def late_regions(frame: Frame, say: Say = english) -> dict[str, str]:
    """Return what to say of every region whose rules wait: how late its latest channel is."""
    rows = {row["channel"]: row for row in frame["channels"]}

    def oldest(channel: str) -> float:
        return max(rows[channel]["data_age_seconds"] or 0.0, rows[channel]["pending_age_seconds"] or 0.0)

    return {region["region"]: lateness(rows[max(region["channels"], key=oldest)], say) for region in frame["suspended"]}


def tag(text: str) -> str:
    """Draw the hatched tag of what is late: stripes, shape and words."""
    return f'<em class="tag">{shape("late")}{safe(text)}</em>' if text else ""


def pool_name(pool: str, say: Say = english) -> str:
    """Name a pool for people: `flexible` is the flexible pool, the others go by what stands behind the slash."""
    head, _, tail = pool.partition("/")
    if not tail:
        return say("Flexible pool") if head == "flexible" else head
    return f"{tail} ({say('guest')})" if head == "temporary" else tail


def titles(frame: Frame) -> dict[str, str]:
    """Return the title of every SKU of a frame, the SKU itself where it has none."""
    return {row["sku"]: row.get("title") or row["sku"] for row in frame["skus"]}
