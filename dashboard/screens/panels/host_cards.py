"""The overview of all host pages: a card for each channel, with its present line and where its page and its link are.

Data flow: a frame + a channel's row -> `card`, which ticks; an address -> `link`, a picture a phone's camera reads.
Invariants: the picture is made here (no other machine is asked) and holds exactly the address written beneath it.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import segno

from dashboard.screens.host_languages import language_name
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.words import Say, english


def card(frame: Frame, row: Frame, href: str, say: Say = english) -> str:
    """Build a channel's card: name, languages, its best line now, and how to open its page."""
    line = next((each for each in frame["lines"] if each["channel"] == row["channel"]), None)
    spoken = " · ".join(language_name(tag) for tag in row["languages"])
    late = row["state"] == "late"
    if line:
        text = f'<q lang="{safe(line["language"])}">{safe(line["text"])}</q>'
    else:
        word = say("lines withheld") if late else say("Nothing to say now")
        text = f'<p class="dim">{shape("late" if late else "grey")}{safe(word)}</p>'
    return (
        f'<div class="h-card"><header><b>{safe(row["name"] or row["channel"])}</b><em>{safe(row["region"])}</em>'
        f"<span>{safe(spoken)}</span></header>{text}"
        f'<a class="go" href="{safe(href)}" target="_self">{safe(say("Open"))} ›</a></div>'
    )


def link(address: str, until: str, say: Say = english) -> str:
    """Build the picture of a link with its address, and until when it holds."""
    return (
        f'<div class="h-link"><img src="{picture(address)}" alt="{safe(say("Link as a picture"))}">'
        f"<div><b>{safe(say('For a phone'))}</b><span>{safe(say('holds until'))} {safe(until)}</span>"
        f"<code>{safe(address)}</code></div></div>"
    )


def day(at: int) -> str:
    """Write the day of a moment in microseconds since 1970 UTC."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).strftime("%Y-%m-%d")


@lru_cache(maxsize=256)
def picture(address: str) -> str:
    """Draw an address as a QR code: an SVG picture as a data URI, dark on light with its quiet zone."""
    code = segno.make(address, error="m", micro=False)
    return code.svg_data_uri(scale=4, border=3, dark="#0b0f14", light="#ffffff")
