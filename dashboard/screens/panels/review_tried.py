"""What came of a rerun: how far it is, and then the show as it was, the control, the changed run and their difference.

Data flow: how the newest rerun stands (`told` of the runs) and the outcome on screen -> HTML: a line of progress, the
hashes, a table of four columns, the difference by region, the assumption.
Invariants: the difference is changed less control, and the control stands beside it; whether the hash is the journal's
is said in words; a difference carries its sign, and a colour only where more is plainly better or worse.
"""

from dashboard.screens.marks import Frame, lasted, money, number, percent, safe, shape
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

ROWS = (
    ("sold", "sold", 1),
    ("revenue_minor", "revenue", 1),
    ("margin_minor", "margin", 1),
    ("lost", "lost", -1),
    ("cancelled", "cancelled", -1),
    ("stock_out_minutes", "sold out for", -1),
    ("leftover", "unsold", 0),
    ("orders", "orders", 1),
    ("moves", "moves", 0),
    ("moved_units", "units moved", 0),
    ("oversold", "oversold", -1),
)
"""Number of a tally, its word, and whether more is good (1), bad (-1) or neither."""
BY_REGION = ("sold", "revenue_minor", "margin_minor", "lost", "stock_out_minutes")
PHASES = {
    "copying": "copying the journal as of this moment",
    "reading": "reading the journal",
    "verifying": "recomputing the chain of hashes",
    "missed orders": "estimating what was lost",
    "interventions": "leaving out one intervention after the other",
    "as it was": "deciding it as it was",
    "control": "deciding it as it was, with the orders that were lost",
    "changed": "deciding it under the change",
}
HASH_SHOWN = 16


def progress(told: Frame | None, say: Say = english) -> str:
    """Say how the work stands that was asked last: waiting, how far it is, or why it failed."""
    if told is None or told["state"] == "done":
        return ""
    if told["state"] == "failed":
        return f'<div class="said bad" role="status">{shape("low")}{safe(sentence(told["problem"], say))}</div>'
    share = 100 * told["share"]
    phase = say(PHASES[told["phase"]]) if told["phase"] in PHASES else told["phase"]
    words = say("waits for its turn") if told["state"] == "waiting" else phase
    name = f"{told['title']}: " if told["title"] else ""
    return (
        f'<div class="progress" role="progressbar" aria-label="{safe(words)}" aria-valuemin="0" aria-valuemax="100" '
        f'aria-valuenow="{share:.0f}"><i style="width:{share:.1f}%"></i>'
        f"<span>{safe(name + words)} · {percent(told['share'])}</span></div>"
    )


def html(
    outcome: Frame | None, currency: str, title: str = "", link: str = "", say: Say = english, starts: bool = True
) -> str:
    """Build the comparison of a run; `link` leads to Replay, both side by side; `starts`: the viewer may start one."""
    if outcome is None:
        how = say("Change something on the left and run the show again: same orders, same facts, other decisions.")
        text = how if starts else say("No other decision has been tried yet.")
        return f'<div class="empty">{safe(text)}</div>'
    beside = (
        f'<a class="go" href="{safe(link)}" target="_self">{safe(say("Side by side in Replay"))} →</a>' if link else ""
    )
    return (
        f'<div class="same"><h3>{safe(title)}</h3>{beside}</div><div class="same">{_same(outcome, say)}</div>'
        f"{_table(outcome, currency, say)}{_regions(outcome, currency, say)}"
        f'<p class="assumed"><b>{safe(say("Assumed."))}</b> {safe(say(outcome["assumption"]))}</p>'
    )


def _same(outcome: Frame, say: Say) -> str:
    """Say whether this is the same history, and from which entry on it is another."""
    digest = f'<code title="{safe(outcome["hash"])}">{safe(outcome["hash"][:HASH_SHOWN])}…</code>'
    if outcome["hash"] == outcome["original_hash"]:
        same = say("The same hash as the show: decided again, it is the same to the byte")
        return f"{shape('green')}<b>{safe(same)}</b> {digest}"
    if outcome["control"] is None:
        text = say("This program decides entry {seq} otherwise than the one that wrote it")
        return f"{shape('warning')}<b>{safe(text.format(seq=number(outcome['differs_at'])))}</b> {digest}"
    first = outcome["first_new_seq"]
    text = (
        say("The same up to entry {seq}, another history from there on").format(seq=number(first - 1)) if first else ""
    )
    return f"{shape('info')}<b>{safe(text or say('Nothing came out differently'))}</b> {digest}"


def _table(outcome: Frame, currency: str, say: Say) -> str:
    compared = outcome["control"] is not None
    heads = [say("as it was")] + ([say("control"), say("changed"), say("difference")] if compared else [])
    head = "".join(f"<th scope=col class=n>{safe(name)}</th>" for name in heads)
    body = "".join(_line(outcome, name, word, good, currency, say) for name, word, good in ROWS)
    note = say("Control: the show decided again from the same moment with the same lost orders, and nothing changed.")
    foot = f'<p class="more">{safe(note)}</p>' if compared else ""
    return f'<table class="tried"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>{foot}'


def _line(outcome: Frame, name: str, word: str, good: int, currency: str, say: Say) -> str:
    told = [outcome["original"]] + ([outcome["control"], outcome] if outcome["control"] else [])
    cells = [f"<td class=n>{safe(_text(name, row[name], currency, say))}</td>" for row in told]
    if outcome["difference"]:
        cells.append(_less(name, outcome["difference"][name], good, currency, say))
    return f"<tr><th scope=row>{safe(say(word))}</th>{''.join(cells)}</tr>"


def _regions(outcome: Frame, currency: str, say: Say) -> str:
    """Build the difference by region."""
    if not outcome["difference"]:
        return ""
    rows = [row for row in ROWS if row[0] in BY_REGION]
    head = "".join(f"<th scope=col class=n>{safe(say(word))}</th>" for _, word, _ in rows)
    body = "".join(
        f"<tr><th scope=row>{safe(region)}</th>"
        f"{''.join(_less(name, sums[name], good, currency, say) for name, _, good in rows)}</tr>"
        for region, sums in outcome["difference"]["regions"].items()
    )
    first = f"<th scope=col>{safe(say('difference by region'))}</th>"
    return f"<table class=tried><thead><tr>{first}{head}</tr></thead><tbody>{body}</tbody></table>"


def _less(name: str, value: float, good: int, currency: str, say: Say) -> str:
    """Write a difference with its sign; it has a colour only where more is plainly better or worse."""
    if not value:
        return '<td class="n dim">0</td>'
    tone = "" if not good else " green" if value * good > 0 else " red"
    return f'<td class="n{tone}">{"+" if value > 0 else "−"}{safe(_text(name, abs(value), currency, say))}</td>'


def _text(name: str, value: float, currency: str, say: Say) -> str:
    if name.endswith("_minor"):
        return money(int(value), currency, say)
    return lasted(value, say) if name.endswith("_minutes") else number(value)
