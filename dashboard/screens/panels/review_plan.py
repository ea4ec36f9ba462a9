"""What to plan next time: units per SKU and region with what was sold, lost and planned this time.

Data flow: the review's `plan` -> one HTML table, sums below. Invariants: sums are of all lines, also of those that do
not fit on the screen; these are in the file beside it (`next_plan.as_csv`).
"""

from dashboard.review.words import WHYS
from dashboard.screens.marks import Frame, number, safe
from dashboard.screens.sentences import sentence
from dashboard.screens.words import Say, english

ROWS_MAX = 200
HEADS = ("Region", "planned", "sold", "lost", "next time")


def html(review: Frame, say: Say = english) -> str:
    """Build the table."""
    lines = review["plan"]["lines"]
    if not lines:
        return f'<div class="empty">{safe(say("Nothing was sold: there is nothing to plan from"))}</div>'
    titles = {row["sku"]: row["title"] for row in review["skus"]}
    heads = "".join(f"<th scope=col{' class=n' if n else ''}>{safe(say(name))}</th>" for n, name in enumerate(HEADS))
    body = "".join(_row(row, titles, say) for row in lines[:ROWS_MAX])
    left = len(lines) - ROWS_MAX
    more = f'<p class="more">+{number(left)} {safe(say("more, in the file"))}</p>' if left > 0 else ""
    sums = "".join(
        f"<td class=n>{number(sum(row[name] or 0 for row in lines))}</td>"
        for name in ("planned", "sold", "lost", "units")
    )
    foot = f"<tfoot><tr><th scope=row colspan=2>{safe(say('all'))}</th>{sums}<td></td></tr></tfoot>"
    head = f"<thead><tr><th scope=col>SKU</th>{heads}<th></th></tr></thead>"
    return f"<table class=next>{head}<tbody>{body}</tbody>{foot}</table>{more}"


def _row(row: Frame, titles: dict[str, str], say: Say) -> str:
    change = row["units"] - (row["planned"] or 0)
    sign = "" if row["planned"] is None or not change else f"{'+' if change > 0 else '−'}{number(abs(change))}"
    why = say(WHYS[row["why"]]) if row["why"] in WHYS else sentence(row["why"], say)
    note = " · ".join(filter(None, (sign, why)))
    cells = "".join(f"<td class=n>{number(row[name])}</td>" for name in ("planned", "sold", "lost"))
    return (
        f"<tr><th scope=row>{safe(titles.get(row['sku'], row['sku']))}</th><td>{safe(row['region'])}</td>{cells}"
        f"<td class=n><b>{number(row['units'])}</b></td><td><small>{safe(note)}</small></td></tr>"
    )
