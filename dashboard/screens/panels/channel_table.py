"""The table of channels: how fresh each is, what it lists, what is wrong with it, and how its stock is written.

Data flow: rows of a frame + what the connected storefronts can do (plain rows by channel) -> one HTML table; the
capabilities of all platforms -> a second one; both -> the facts of the strip.
Invariants: late rows come first and are hatched; a state is shape and word; what is not known is a dash, never a zero;
a storefront that is connected but not in this show has a row of its own at the end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.screens.marks import MARKS, Frame, age, delay, lateness, number, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

ROWS_MAX = 60
WORST_FIRST = {"late": 0, "silent": 1, "fresh": 2}
COLUMNS = (
    "channel", "Platform", "region", "state", "sync p50", "p95", "data age", "pending", "exposure", "cover", "drift",
    "breaker", "stock is written", "calls / min",
)  # fmt: skip
NUMBERS_FROM = 4
CODES = {
    "absolute": "absolute", "bundle": "bundle", "compare_and_set": "compare and set", "coupon": "coupon",
    "delta": "delta", "limit": "limit", "on screen": "on screen", "price": "price", "raise_only": "raise only",
    "stock": "stock",
}  # fmt: skip
"""How a platform lets stock be written and what may be written there: a code of ours -> its words."""
CAPABILITIES = (
    ("platform", "Platform"), ("push", "stock is written"), ("also", "or"), ("calls_per_minute", "calls / min"),
    ("fetches_per_minute", "fetches / min"), ("orders_per_fetch", "orders / fetch"), ("writable", "can write"),
    ("restocks_on_cancel", "restocks"), ("signature", "proof of a delivery"), ("duplicates", "told twice is known"),
)  # fmt: skip
Abilities = Mapping[str, Mapping[str, Any]]
"""Channel -> platform, push, calls_per_minute, connected."""


def summary(rows: Sequence[Frame], letters: Mapping[str, int], say: Say = english) -> str:
    """Build the facts of the strip: how many channels are in which state, the slowest feed, letters that wait."""
    facts = []
    for state in ("fresh", "late", "silent"):
        count = sum(row["state"] == state for row in rows)
        mark = state if count else "grey"
        facts.append(_fact(f"{count}<small> {shape(mark)}</small>", safe(say(MARKS[state].word)), MARKS[mark].tone))
    slowest = max(
        (row for row in rows if row["sync_p95_ms"] is not None), key=lambda row: row["sync_p95_ms"], default=None
    )
    if slowest:
        name = slowest["name"] or slowest["channel"]
        facts.append(_fact(safe(delay(slowest["sync_p95_ms"], say)), safe(f"{say('slowest p95')} · {name}")))
    for state, mark, word in (("held", "warning", "letters held"), ("refused", "low", "letters refused")):
        count = letters.get(state, 0)
        shown = mark if count else "grey"
        facts.append(_fact(f"{number(count)}<small> {shape(shown)}</small>", safe(say(word)), MARKS[shown].tone))
    return f'<div class="fact title"><b>{safe(say("Channels"))}</b></div>' + "".join(facts)


def _fact(value: str, words: str, tone: str = "") -> str:
    return f'<div class="fact {tone}"><b>{value}</b><span>{words}</span></div>'


def html(rows: Sequence[Frame], abilities: Abilities, closed: bool = False, say: Say = english) -> str:
    """Build the table; `closed` means nobody is expected to report any more."""
    if not rows and not abilities:
        return f'<div class="empty">{safe(say("No channel yet"))}</div>'
    ranked = sorted(rows, key=lambda row: 0 if closed else WORST_FIRST.get(row["state"], 3))
    body = "".join(_row(row, abilities.get(row["channel"], {}), say) for row in ranked[:ROWS_MAX])
    known = {row["channel"] for row in rows}
    body += "".join(_outside(name, able, say) for name, able in abilities.items() if name not in known)
    rest = len(ranked) - ROWS_MAX
    more = f'<p class="more">+{number(rest)} {safe(say("more"))}</p>' if rest > 0 else ""
    return f'<table class="channels"><thead><tr>{_heads(say)}</tr></thead><tbody>{body}</tbody></table>{more}'


def _heads(say: Say) -> str:
    return "".join(
        f"<th scope=col{' class=n' if NUMBERS_FROM <= place < len(COLUMNS) - 3 or place == len(COLUMNS) - 1 else ''}>"
        f"{safe(say(word))}</th>"
        for place, word in enumerate(COLUMNS)
    )


def _row(row: Frame, able: Mapping[str, Any], say: Say) -> str:
    state = row["state"]
    words = lateness(row, say) if state == "late" else say(MARKS[state].word)
    old = row["age_seconds"] if row["data_age_seconds"] is None else row["data_age_seconds"]
    numbers = (
        delay(row["sync_p50_ms"], say), delay(row["sync_p95_ms"], say), age(old, say),
        number(row["pending"]), number(row["exposure"]), number(row["cover"]),
    )  # fmt: skip
    behind = f" <small>{safe(say('behind it'))} {safe(row['behind'])}</small>" if row["behind"] else ""
    cells = (
        f"<th scope=row>{safe(row['name'] or row['channel'])}{behind}</th>",
        f"<td>{safe(row['platform'])}</td><td>{safe(row['region'])}</td>",
        f'<td class="state {MARKS[state].tone}">{shape(state)}{safe(words)}</td>',
        "".join(f"<td class=n>{safe(value)}</td>" for value in numbers),
        _drift(row, say),
        _breaker(row, say),
        _writing(able, say),
    )
    return f'<tr class="{"stale" if state == "late" else ""}">{"".join(cells)}</tr>'


def _drift(row: Frame, say: Say) -> str:
    if not row["drift_units"]:
        return "<td class=n>0</td>"
    where = ", ".join(f"{one['sku']} {one['units']:+d}" for one in row["drift"])
    return f'<td class="n yellow" title="{safe(where)}">{shape("warning")}{number(row["drift_units"])}</td>'


def _breaker(row: Frame, say: Say) -> str:
    if not row["breaker"]:
        return f"<td>{shape('green')}{safe(say('closed'))}</td>"
    note = f" <small>{safe(sentence(row['breaker_note'], say))}</small>" if row["breaker_note"] else ""
    return f'<td class="red">{shape("low")}{safe(say("calls paused"))}{note}</td>'


def _writing(able: Mapping[str, Any], say: Say) -> str:
    if not able:
        return "<td>–</td><td class=n>–</td>"
    usual = "" if able["connected"] else f" <small>{safe(say('not connected'))}</small>"
    return f"<td>{safe(able['push'])}{usual}</td><td class=n>{number(able['calls_per_minute'])}</td>"


def _outside(channel: str, able: Mapping[str, Any], say: Say) -> str:
    blanks = "<td class=n>–</td>" * 7
    return (
        f"<tr><th scope=row>{safe(channel)}</th><td>{safe(able['platform'])}</td><td>–</td>"
        f'<td class="state grey">{shape("grey")}{safe(say("not in this show"))}</td>{blanks}<td>–</td>'
        f"{_writing(able, say)}</tr>"
    )


def platforms(rows: Sequence[Mapping[str, Any]], say: Say = english) -> str:
    """Build the table of what each platform can do."""
    head = "".join(
        f"<th scope=col{' class=n' if isinstance(rows[0][name], int) else ''}>{safe(say(word))}</th>"
        for name, word in CAPABILITIES
    )
    body = "".join(
        "<tr>" + "".join(_ability(name, row[name], say) for name, _ in CAPABILITIES) + "</tr>" for row in rows
    )
    return f'<table class="platforms"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _codes(value: str, say: Say) -> str:
    """Say a list of codes in words; empty where it is something else."""
    codes = value.split(", ")
    return ", ".join(say(CODES[code]) for code in codes) if all(code in CODES for code in codes) else ""


def _ability(name: str, value: object, say: Say) -> str:
    if isinstance(value, int):
        return f"<td class=n>{number(value)}</td>"
    text = say(str(value)) if name == "restocks_on_cancel" else _codes(str(value), say) or sentence(str(value), say)
    if name == "platform":
        return f"<th scope=row>{safe(text)}</th>"
    return f'<td title="{safe(text)}">{safe(text) or "–"}</td>'
