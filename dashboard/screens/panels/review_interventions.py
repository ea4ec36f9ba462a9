"""Every intervention of a show, and what it changed: as far as a rerun without it can tell.

Data flow: the review's `interventions` -> one HTML table in the order of time; the time links to Replay at that second.
Invariants: an effect is what the intervention added (the show with it, less the rerun without it), and carries a sign;
what was not rerun says why not, and never reads as nothing; only the newest of very many are listed, and that is said.
Their numbers are those of the drawing of the show.
"""

from collections.abc import Callable

from dashboard.review.deeds import Names, told
from dashboard.review.words import KINDS, NOTES
from dashboard.screens.marks import Frame, lasted, money, number, safe, show_time
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

ROWS_MAX = 300
HEADS = ("time", "what was done", "by", "where", "units", "pace before, after")
FIGURES_FROM = 4
EFFECT = ("sold", "revenue", "margin", "lost", "sold out for")

Link = Callable[[Frame], str]
"""An intervention -> the address of Replay at that second."""


def html(review: Frame, link: Link, say: Say = english) -> str:
    """Build the table."""
    rows = review["interventions"]
    if not rows:
        return f'<div class="empty">{safe(say("Nobody intervened, neither people nor rules"))}</div>'
    numbered = list(enumerate(rows, 1))[-ROWS_MAX:]
    names, currency = _names(review, say), review["show"]["currency"]
    body = "".join(_row(place, row, names, currency, link) for place, row in numbered)
    left = len(rows) - ROWS_MAX
    more = f'<p class="more">+{number(left)} {safe(say("earlier ones, in the exports"))}</p>' if left > 0 else ""
    return f"<table class=acts>{_head(say)}<tbody>{body}</tbody></table>{more}"


def _head(say: Say) -> str:
    heads = "".join(
        f"<th scope=col{' class=n' if place >= FIGURES_FROM else ''}>{safe(say(name))}</th>"
        for place, name in enumerate((*HEADS, *EFFECT))
    )
    group = say("what it changed, by a rerun without it")
    return (
        f"<thead><tr><th colspan=7></th><th colspan=5 class=n>{safe(group)}</th></tr><tr><th></th>{heads}</tr></thead>"
    )


def _names(review: Frame, say: Say) -> Names:
    currency = review["show"]["currency"]
    return Names(
        say,
        {row["sku"]: row["title"] for row in review["skus"]},
        {row["region"]: row["name"] for row in review["regions"]},
        {row["channel"]: row["name"] for row in review["channels"]},
        lambda minor: money(minor, currency, say),
    )


def _row(place: int, row: Frame, names: Names, currency: str, link: Link) -> str:
    say = names.say
    kind = say(KINDS[row["kind"]]) if row["kind"] in KINDS else row["kind"]
    when = f'<a href="{safe(link(row))}" target="_self">{safe(show_time(int(row["t_plus_seconds"])))}</a>'
    title = names.skus.get(row["sku"], row["sku"])
    what = f"<b>{safe(kind)}</b> {safe(title)}<small>{safe(sentence(told(row, names), say))}</small>"
    pace = "–" if row["pace_before"] is None or row["pace_after"] is None else _pace(row, say)
    return (
        f"<tr><td class=dim>{place}</td><td>{when}</td><td>{what}{_besides(row, say)}</td>"
        f"<td>{safe(_by(row, say))}</td><td>{safe(', '.join(row['regions']))}</td>"
        f"<td class=n>{number(row['units']) if row['units'] else '–'}</td><td class=n>{pace}</td>"
        f"{_effect(row, currency, say)}</tr>"
    )


def _besides(row: Frame, say: Say) -> str:
    """What the effect that stands there does not tell."""
    return f"<small>{safe(_note(row, say))}</small>" if row["effect"] and row["note"] else ""


def _note(row: Frame, say: Say) -> str:
    return say(NOTES[row["note"]]) if row["note"] in NOTES else sentence(row["note"], say) or say("not measured")


def _pace(row: Frame, say: Say) -> str:
    return f"{row['pace_before']:.1f} → {row['pace_after']:.1f} <small>{safe(say('/min'))}</small>"


def _by(row: Frame, say: Say) -> str:
    """Name who did it: a person, or the rule that did, or the person who let a rule do it."""
    if not row["rule"]:
        return str(row["actor"])
    rule = say(row["rule"].replace("_", " ").capitalize())
    return rule if row["actor"] == f"rule:{row['rule']}" else f"{row['actor']} · {rule}"


def _effect(row: Frame, currency: str, say: Say) -> str:
    effect = row["effect"]
    if effect is None:
        return f'<td colspan=5 class="unmeasured">{safe(_note(row, say))}</td>'
    cells = (
        _signed(effect["sold"], number(abs(effect["sold"])), 1),
        _signed(effect["revenue_minor"], money(abs(effect["revenue_minor"]), currency, say), 1),
        _signed(effect["margin_minor"], money(abs(effect["margin_minor"]), currency, say), 1),
        _signed(effect["lost"], number(abs(effect["lost"])), -1),
        _signed(effect["stock_out_minutes"], lasted(abs(effect["stock_out_minutes"]), say), -1),
    )
    return "".join(cells)


def _signed(value: float, text: str, good: int) -> str:
    """Write a difference with its sign; its colour says whether more is better here."""
    if not value:
        return "<td class=n>0</td>"
    tone = "green" if value * good > 0 else "red"
    return f'<td class="n {tone}">{"+" if value > 0 else "−"}{safe(text)}</td>'
