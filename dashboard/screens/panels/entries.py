"""The entries of the journal as a list: when, what kind, who, what in one line, why; one click opens an entry whole.

Data flow: rows of the journal (`facts` is what an entry's data says) + the show's start and zone -> one HTML string.
What happened is read off any entry in the same way: what moved from where to where, else its own words, else its
fields; so an entry of a type nobody here knows is shown as well.
Invariants: whatever an entry holds is escaped; an opened entry shows at most `RAW_MAX` characters of its data and says
how many more there are.
"""

import json
from datetime import UTC, datetime
from typing import Any

from dashboard.screens.marks import Frame, clock, number, safe, seconds_between, show_time
from dashboard.screens.sentences import actor, because, sentence
from dashboard.screens.words import Say, english

MOVES_SAID = 2
MOVES_SHOWN = 40
RAW_MAX = 5_000
WORDS = ("text", "what", "title")
"""Fields that say what happened in words of their own."""
NAMED_WITH_MOVES = ("order", "shipment")
NAMES = (*NAMED_WITH_MOVES, "pool", "sku", "region", "channel")
"""Fields whose value speaks for itself."""
SILENT = {
    "command", "moves", "reason", "seq", "from_pool", "to_pool", "quantity", "lines", "expires", "decide_by", "eta",
    "starts_at", "ends_at", "fact", "why", "effect",
}  # fmt: skip
"""Fields left out of the one line: told by the moves, by a column of their own, or only worth reading whole."""


def html(rows: list[Frame], show: Frame, link: str, chosen: Frame | None = None, say: Say = english) -> str:
    """Build the list; `link` is the page's address up to the seq, `chosen` an entry that stands first and open."""
    if not rows and chosen is None:
        return f'<div class="empty">{safe(say("No entry matches"))}</div>'
    first = _entry(chosen, show, link, say, opened=True) if chosen else ""
    return f'<div class="ledger">{_heads(say)}{first}{"".join(_entry(row, show, link, say) for row in rows)}</div>'


def _heads(say: Say) -> str:
    words = ("No.", "Time", "T+", "Entry", "Actor", "What", "Reason")
    return '<div class="heads">' + "".join(f"<span>{safe(say(word))}</span>" for word in words) + "</div>"


def kind(type: str, say: Say = english) -> str:
    """Say the type of an entry in words."""
    return say(type.replace("_", " "))


def what(facts: Frame, say: Say = english) -> str:
    """Say in one line what an entry did; what was written or said to people stays in their words."""
    own = next((name for name in WORDS if facts.get(name)), "")
    if own:
        return sentence(str(facts[own]), say) if own == "what" else str(facts[own])
    moved = _moved(facts.get("moves") or [], say)
    if moved:
        return " · ".join([*(str(facts[name]) for name in NAMED_WITH_MOVES if facts.get(name)), moved])
    parts = [str(facts[name]) for name in NAMES if facts.get(name)]
    parts += [
        f"{sentence(name.replace('_', ' '), say)} {_plain(value, say)}"
        for name, value in facts.items()
        if name not in SILENT and name not in NAMES and isinstance(value, str | int | float | None) and value != ""
    ]
    return " · ".join(parts)


def _plain(value: object, say: Say) -> str:
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return "–" if value is None else sentence(str(value), say)


def _moved(moves: list[list[Any]], say: Say) -> str:
    """Say the moves of claims, or of goods where no claim moved."""
    shown = [move for move in moves if move[1] == "claims"] or moves
    said = [
        f"{number(move[4])} × {move[0]}: {sentence(move[2], say)} → {sentence(move[3], say)}"
        for move in shown[:MOVES_SAID]
    ]
    rest = len(shown) - MOVES_SAID
    return ", ".join(said) + (f", +{rest}" if rest > 0 else "")


def _entry(row: Frame, show: Frame, link: str, say: Say, opened: bool = False) -> str:
    at = _iso(row["event_time"])
    facts = row["facts"]
    done, reason = what(facts, say), because(str(facts.get("reason", "")), row["actor"], say)
    cells = (
        f"<b>{number(row['seq'])}</b>",
        f'<time title="{safe(at)}">{clock(at, show["time_zone"], seconds=True)}</time>',
        f"<time>{safe(show_time(int(seconds_between(show['starts_at'], at))))}</time>",
        f"<b>{safe(kind(row['type'], say))}</b>",
        f'<span title="{safe(row["actor"])}">{safe(actor(row["actor"], say))}</span>',
        f'<em title="{safe(done[:300])}">{safe(done[:300])}</em>',
        f'<span title="{safe(reason[:300])}">{safe(reason[:300])}</span>',
    )
    whole = _whole(row, show, link, say)
    return f"<details{' open class=chosen' if opened else ''}><summary>{''.join(cells)}</summary>{whole}</details>"


def _iso(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1_000_000, UTC).isoformat(timespec="milliseconds")


def _whole(row: Frame, show: Frame, link: str, say: Say) -> str:
    """Everything of an entry: its data as JSON on the left; ids, times, moves and hashes on the right."""
    at, recorded = row["event_time"], row["recorded_time"]
    late = f" (+{(recorded - at) / 1_000_000:,.1f} s)" if recorded - at >= 100_000 else ""
    facts = (
        ("Entry", f'{safe(row["type"])} · <a href="{safe(link)}{row["seq"]}" target="_self">{safe(say("link"))}</a>'),
        ("Id", safe(row["id"])),
        ("Source", safe(row["source"])),
        ("Happened", safe(f"{_iso(at)[:-6]} UTC")),
        ("Recorded", safe(f"{_iso(recorded)[:-6]} UTC{late}")),
        ("Hash before", f"<code>{safe(row['prev_hash'])}</code>"),
        ("Hash", f"<code>{safe(row['hash'])}</code>"),
    )
    told = "".join(f"<dt>{safe(say(word))}</dt><dd>{value}</dd>" for word, value in facts)
    raw = _raw(row["facts"])
    rest = len(raw) - RAW_MAX
    more = (
        f'<p class="more">+{number(rest)} {safe(say("characters; a download holds them all"))}</p>' if rest > 0 else ""
    )
    moves = _moves(row["facts"].get("moves") or [], say)
    return (
        f'<div class="whole"><div><pre>{safe(raw[:RAW_MAX])}</pre>{more}</div><div><dl>{told}</dl>{moves}</div></div>'
    )


def _raw(facts: Frame) -> str:
    """Write data as JSON, a field a line, and of a list an item a line."""

    def told(value: object) -> str:
        if not isinstance(value, list) or not value:
            return json.dumps(value, ensure_ascii=False)
        return "[\n" + ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in value) + "\n  ]"

    return "{\n" + ",\n".join(f"  {json.dumps(name)}: {told(value)}" for name, value in facts.items()) + "\n}"


def _moves(moves: list[list[Any]], say: Say) -> str:
    if not moves:
        return ""
    heads = "".join(f"<th scope=col>{safe(say(word))}</th>" for word in ("SKU", "book", "From", "To"))
    heads += f"<th scope=col class=n>{safe(say('Units'))}</th>"
    rows = "".join(
        "<tr>" + "".join(f"<td>{safe(value)}</td>" for value in move[:4]) + f"<td class=n>{number(move[4])}</td></tr>"
        for move in moves[:MOVES_SHOWN]
    )
    rest = len(moves) - MOVES_SHOWN
    more = f'<p class="more">+{number(rest)} {safe(say("more"))}</p>' if rest > 0 else ""
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"
