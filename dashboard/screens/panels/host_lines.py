"""Host lines: what the host should say now, each with the ledger fact that backs it, and what not to say any more.

Data flow: the frame's lines + what was shown a tick ago -> `remembered` (a pure step) -> one HTML string.
Invariants: a line that vanished stays struck through for `STRUCK_SECONDS`, so that the host sees what stopped being
true; a line whose number changed is the same line, not a vanished one; the same words for several channels are
shown once. A late channel has no lines; in their place stands which channel it is and what is not known.
"""

from collections.abc import Iterable
from typing import Any

from dashboard.screens.marks import Frame, city, clock, day, moment, number, safe, shape
from dashboard.screens.words import Say, english

STRUCK_SECONDS = 10.0
LINES_MAX, WITHHELD_MAX = 6, 2
KIND_TONES = {"low_stock": "red", "restock": "blue", "limit": "yellow", "coupon": "green", "slow_region": "green"}

Memory = dict[str, dict[str, Any]]
"""Key of a line -> {"line", "gone": seconds when it vanished or None}."""


def key(line: Frame) -> str:
    """Identify a line by what it is about, not by its words: numbers in it may change."""
    fact = line["fact"]
    return "|".join((line["channel"], line["kind"], line["language"], fact["sku"], fact["region"]))


def remembered(memory: Memory, lines: Iterable[Frame], now: float) -> Memory:
    """Return the next memory: present lines, vanished ones with the second they vanished; older ones are forgotten."""
    present = {key(line): line for line in lines}
    result: Memory = {name: {"line": line, "gone": None} for name, line in present.items()}
    for name, entry in memory.items():
        if name not in present:
            gone = now if entry["gone"] is None else entry["gone"]
            if now - gone < STRUCK_SECONDS:
                result[name] = {"line": entry["line"], "gone": gone}
    return result


def choices(frame: Frame) -> list[str]:
    """Return the selectable audiences, `region · language`, of the channels of the show and its present lines."""
    rows = [*frame["channels"], *frame["lines"]]
    return sorted({f"{row['region']} · {row['language']}" for row in rows if row["region"]})


def html(frame: Frame, memory: Memory, chosen: str = "", say: Say = english) -> str:
    """Build the list: present lines first, merged where the words are the same, then the retracted ones."""
    wanted = [e for e in memory.values() if not chosen or chosen == f"{e['line']['region']} · {e['line']['language']}"]
    merged: dict[tuple[str, str, bool], list[dict[str, Any]]] = {}
    for entry in sorted(wanted, key=lambda e: e["gone"] is not None):
        line = entry["line"]
        merged.setdefault((line["text"], line["region"], entry["gone"] is None), []).append(entry)
    waiting = _waiting(frame, chosen, say)
    if not merged and waiting:
        return waiting
    if not merged:
        return f'<div class="empty">{safe(say("No line to say: nothing is short, late or slow"))}</div>'
    groups = list(merged.values())
    cards = "".join(_card(frame, group, say) for group in groups[:LINES_MAX])
    rest = len(groups) - LINES_MAX
    return waiting + cards + (f'<div class="more">+{rest} {safe(say("more"))}</div>' if rest > 0 else "")


def fact(frame: Frame, line: Frame, say: Say = english) -> str:
    """Say the fact behind a line: the number, where, and the moment it was true."""
    own, zone = line["fact"], frame["time_zone"]
    at = clock(frame["at"], zone, seconds=True)
    if own.get("units_left") is not None:
        head = f"{number(own['units_left'])} {say('left in')} {own['region']} {say('at')} {at}"
    elif own.get("eta"):
        head = f"{own['region']} · {say('arrives')} {day(own['eta'], zone, say)} {city(zone, say)}"
    else:
        head = f"{own['region']} {say('at')} {at}"
    if own.get("expires"):
        head += f" · {say('until')} {clock(own['expires'], zone, seconds=True)}"
    return head


def _waiting(frame: Frame, chosen: str, say: Say) -> str:
    """List the channels whose lines are withheld, each with the reason; for one audience only those it hears."""
    channels = {row["channel"]: row for row in frame["channels"]}
    rows = [row for row in frame["withheld"] if not chosen or chosen == f"{row['region']} · {_language(channels, row)}"]
    shown = "".join(
        f'<div class="line withheld"><b>{shape("late")}{safe(channels[row["channel"]]["name"] or row["channel"])}: '
        f"{safe(say('lines withheld'))}</b><span>{safe(row['reason'])}</span></div>"
        for row in rows[:WITHHELD_MAX]
    )
    rest = len(rows) - WITHHELD_MAX
    return shown + (f'<div class="more">+{rest} {safe(say("withheld"))}</div>' if rest > 0 else "")


def _language(channels: dict[str, Frame], row: Frame) -> str:
    return str(channels[row["channel"]]["language"])


def _card(frame: Frame, group: list[dict[str, Any]], say: Say) -> str:
    line, gone = group[0]["line"], group[0]["gone"] is not None
    names = {row["channel"]: row["name"] or row["channel"] for row in frame["channels"]}
    where = ", ".join(dict.fromkeys(names.get(entry["line"]["channel"], entry["line"]["channel"]) for entry in group))
    late = any(row["channel"] == line["channel"] for row in frame["withheld"])
    why = say("withheld") if late else say("no longer true")
    under = f"{say('retracted')} · {why}" if gone else fact(frame, line, say)
    audience = f"{safe(line['region'])} · {safe(line['language'])}"
    tone = "grey" if gone else KIND_TONES.get(line["kind"], "blue")
    return (
        f'<div class="line {tone}{" gone" if gone else ""}"><q lang="{safe(line["language"])}">{safe(line["text"])}</q>'
        f"<span><em>{audience}</em> {safe(under)} · {safe(where)}</span></div>"
    )
