"""The claim log as a list: when and where a line was shown, what it said, how long it stood, whether it was said.

Data flow: rows of the log (times in microseconds) + the show's start and zone -> one HTML string; one click opens a
line whole, with the fact that backed it and the entries of the journal where it stands.
Invariants: whatever a line says is escaped; a line that still stands says so; nothing here tells who bought.
"""

import json
from datetime import UTC, datetime

from dashboard.screens.host_words import kind
from dashboard.screens.marks import Frame, clock, number, safe, seconds_between, shape, show_time
from dashboard.screens.words import Say, english

SECOND = 1_000_000
MOMENTS = ("eta", "until", "expires")


def html(rows: list[Frame], show: Frame, link: str, say: Say = english) -> str:
    """Build the list; `link` is the page's address up to the seq of an entry."""
    if not rows:
        return f'<div class="empty">{safe(say("No line was shown that matches"))}</div>'
    return f'<div class="ledger claims">{_heads(say)}{"".join(_claim(row, show, link, say) for row in rows)}</div>'


def _heads(say: Say) -> str:
    words = [say("No."), say("Time"), say("T+"), say("Kind"), say("Channel"), say("What was shown"), say("How long")]
    return '<div class="heads">' + "".join(f"<span>{safe(word)}</span>" for word in words) + "</div>"


def stood(row: Frame, say: Say = english) -> str:
    """Say how long a line stood and why no longer."""
    if row["ended_at"] is None:
        return str(say("still shown"))
    return f"{row['seconds_shown']:,.1f} s · {why(row['ended'], say)}"


def why(code: str, say: Say = english) -> str:
    """Say why a line stands no more; a code that is not known stays as it is."""
    return str(
        say(
            {
                "replaced": "another line instead",
                "changed": "another number now",
                "sold_out": "sold out",
                "ended": "ended",
                "arrived": "arrived",
                "late_feed": "its data is late",
                "unknown_eta": "nobody knows when it arrives",
                "not_deliverable": "not deliverable there",
                "not_listed": "nothing of it listed here",
                "said": "said already",
                "outranked": "another is worth more",
                "not_spoken": "this language is not spoken any more",
                "show_closed": "the show closed",
                "answered": "an answer",
                "retracted": "taken back",
            }.get(code, code)
        )
    )


def _claim(row: Frame, show: Frame, link: str, say: Say) -> str:
    at, zone = _iso(row["shown_at"]), show["time_zone"]
    said = f"{shape('green')}{safe(say('said'))} {clock(_iso(row['said_at']), zone, True)} · " if row["said_at"] else ""
    name = say("answer") if row["kind"] == "answer" else kind(row, say)[1]
    cells = (
        f"<b>{number(row['seq'])}</b>",
        f'<time title="{safe(at)}">{clock(at, zone, seconds=True)}</time>',
        f"<time>{safe(show_time(int(seconds_between(show['starts_at'], at))))}</time>",
        f"<b>{safe(name)}</b>",
        f'<span title="{safe(row["channel"])}">{safe(row["channel"])} · {safe(row["language"])}</span>',
        f'<em lang="{safe(row["language"])}" title="{safe(row["text"][:300])}">{safe(row["text"][:300])}</em>',
        f"<span>{said}{safe(stood(row, say))}</span>",
    )
    return f"<details><summary>{''.join(cells)}</summary>{_whole(row, link, say)}</details>"


def _whole(row: Frame, link: str, say: Say) -> str:
    """Everything of a line: its words and its fact on the left; times, entries of the journal and hash on the right."""
    fact = json.dumps(_readable(json.loads(row["fact"] or "{}")), ensure_ascii=False, indent=2)
    facts = (
        (say("Line"), safe(row["line"])),
        (say("No."), _entry(row["seq"], link)),
        (say("Fact as of"), _entry(row["fact_seq"], link) if row["fact_seq"] else "–"),
        (say("Shown"), _moment(row["shown_at"])),
        (say("Until"), _moment(row["ended_at"])),
        (say("Said"), f"{_moment(row['said_at'])}{' × ' + number(row['times_said']) if row['times_said'] > 1 else ''}"),
        (say("Tone"), safe(row["register"])),
        (say("Hash"), f"<code>{safe(row['event_hash'])}</code>"),
    )
    told = "".join(f"<dt>{safe(word)}</dt><dd>{value}</dd>" for word, value in facts)
    words = f'<p lang="{safe(row["language"])}">{safe(row["text"])}</p>'
    return f'<div class="whole"><div>{words}<pre>{safe(fact)}</pre></div><div><dl>{told}</dl></div></div>'


def _readable(fact: Frame) -> Frame:
    """A fact with its moments as people read them."""
    return {name: _iso(value) if name in MOMENTS and isinstance(value, int) else value for name, value in fact.items()}


def _entry(seq: int, link: str) -> str:
    return f'<a href="{safe(link)}{int(seq)}" target="_self">{number(seq)}</a>'


def _moment(micros: int | None) -> str:
    return "–" if micros is None else safe(f"{_iso(micros)[:-6]} UTC")


def _iso(micros: int) -> str:
    return datetime.fromtimestamp(micros / SECOND, UTC).isoformat(timespec="milliseconds")
