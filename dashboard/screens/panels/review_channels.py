"""What each channel sold against its plan: a bar with the plan as a stroke across it, the ratio with shape and word.

Data flow: the review's `channels` -> one HTML table, those furthest above their plan first. Invariants: a bar is never
alone, its numbers stand beside it; a channel without a plan or without known viewers says so with a dash; all bars are
drawn to one scale.
"""

from dashboard.screens.marks import Frame, money, number, safe
from dashboard.screens.words import Say, english

NEAR = 0.05
"""So near the plan reads as planned."""
LOOKS = {
    "above": ("green", "▲", "above plan"),
    "near": ("grey", "●", "as planned"),
    "below": ("red", "▼", "below plan"),
}
"""Where a channel stands -> colour, shape and word."""
HEADS = ("channel", "units", "against the plan", "plan", "orders per 1,000 viewer min", "revenue")
FIGURES = (1, 3, 4, 5)
"""Columns of figures, which stand right."""


def html(review: Frame, say: Say = english) -> str:
    """Build the table."""
    rows = sorted(review["channels"], key=lambda row: (-(row["plan_ratio"] or 0), row["channel"]))
    if not rows:
        return f'<div class="empty">{safe(say("No channel sold anything"))}</div>'
    most = max(1, *(max(row["units"], row["plan_units"] or 0) for row in rows))
    heads = "".join(
        f"<th scope=col{' class=n' if place in FIGURES else ''}>{safe(say(name))}</th>"
        for place, name in enumerate(HEADS)
    )
    body = "".join(_row(row, most, review["show"]["currency"], say) for row in rows)
    return f'<table class="converted"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'


def standing(ratio: float) -> str:
    """Tell where a channel stands by its ratio to the plan: above, near or below."""
    return "near" if abs(ratio - 1) <= NEAR else "above" if ratio > 1 else "below"


def _row(row: Frame, most: int, currency: str, say: Say) -> str:
    pace = row["orders_per_thousand_viewer_minutes"]
    return (
        f"<tr><th scope=row><b>{safe(row['name'])}</b><small>{safe(row['region'])}</small></th>"
        f"<td class=n>{number(row['units'])}</td><td>{_bar(row, most, say)}</td>"
        f"<td class=n>{number(row['plan_units'])}</td>"
        f"<td class=n>{'–' if pace is None else f'{pace:.2f}'}</td>"
        f"<td class=n>{safe(money(row['revenue_minor'], currency, say))}</td></tr>"
    )


def _bar(row: Frame, most: int, say: Say) -> str:
    """Draw units as a bar, the plan as a stroke, and beside it the ratio in words; markup."""
    plan, ratio = row["plan_units"], row["plan_ratio"]
    length = 100 * row["units"] / most
    if not plan or ratio is None:
        bar = f'<i class="track"><i style="width:{length:.1f}%"></i></i>'
        return f'<div class="against">{bar}<em>{safe(say("no plan"))}</em></div>'
    tone, mark, words = LOOKS[standing(ratio)]
    percent = round(100 * (ratio - 1))
    more = f"{'+' if percent > 0 else '−' if percent < 0 else ''}{abs(percent)}%"
    return (
        f'<div class="against {tone}"><i class="track"><i style="width:{length:.1f}%"></i>'
        f'<u style="left:{100 * plan / most:.1f}%"></u></i>'
        f'<em><i class="mark" aria-hidden="true">{mark}</i><b>{more}</b> {safe(say(words))}</em></div>'
    )
