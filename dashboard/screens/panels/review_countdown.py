"""How well the countdown knew its chances: told against come true, and the record by horizon and tier.

Data flow: the review's `countdown` -> a drawing (told chance across, share that came true upwards; the diagonal is
honest), and rows of coverage and median error. Invariants: nothing is claimed before `ENOUGH` forecasts are graded, in
all or of one row; a figure nobody can know is a dash.
"""

from dashboard.review import charts
from dashboard.review.words import TIERS
from dashboard.screens.graded import ENOUGH, HORIZONS, caption
from dashboard.screens.marks import Frame, lasted, number, percent, safe
from dashboard.screens.words import Say, english


def html(review: Frame, say: Say = english) -> str:
    """Build the panel."""
    record = review["countdown"]
    if not record or record["forecasts"] < ENOUGH:
        return f'<div class="empty">{safe(say("record: too few forecasts graded"))}</div>'
    drawing = charts.calibration(record["calibration"], say) if record["calibration"] else ""
    heads = ("", say("forecasts"), say("band held"), say("median error"))
    head = "".join(f"<th scope=col class=n>{safe(word)}</th>" for word in heads)
    horizons = [_row(say(HORIZONS.get(row["horizon"], str(row["horizon"]))), row, say) for row in record["by_horizon"]]
    tiers = [_row(say(TIERS.get(row["tier"], str(row["tier"]))), row, say) for row in record["by_tier"]]
    return (
        f"<p>{safe(caption(record, say))}</p><div class=pair><div>{drawing}</div><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(horizons)}{_line(say('by tier'))}{''.join(tiers)}</tbody></table></div>"
    )


def _line(words: str) -> str:
    return f'<tr class="part"><th colspan=4>{safe(words)}</th></tr>'


def _row(name: str, row: Frame, say: Say) -> str:
    known = row["forecasts"] >= ENOUGH
    error = row["median_abs_error_minutes"] if known else None
    late = "–" if error is None else f"{error:.1f} {say('min')}" if error < 100 else lasted(error, say)
    share = percent(row["coverage_80"] if known else None)
    return (
        f"<tr><th scope=row>{safe(name)}</th><td class=n>{number(row['forecasts'])}</td><td class=n>{share}</td>"
        f"<td class=n>{safe(late)}</td></tr>"
    )
