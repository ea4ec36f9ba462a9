"""The countdown's own record: one line that says how often its band held, and behind it the same by horizon.

Data flow: the frame's `record` (figures of the forecasts that are graded by now) -> one HTML string, a line that opens.
Invariants: nothing is claimed before `ENOUGH` forecasts are graded, in all or of one horizon; a figure nobody
can know yet is a dash; the line is there from the start, so nothing moves when the first figures come.
"""

from dashboard.screens.marks import Frame, number, percent, safe
from dashboard.screens.words import Say, english

ENOUGH = 30
HORIZONS = {"0-10": "within 10 min", "10-30": "10 to 30 min", "30+": "beyond 30 min", "lasts": "lasts the show"}
"""How far ahead the sell-out was forecast, in words."""


def caption(record: Frame | None, say: Say = english) -> str:
    """Say in one line how often the band held and how far off the times were."""
    count = record["forecasts"] if record else 0
    if not record or count < ENOUGH or record["coverage_80"] is None:
        return say("record: too few forecasts graded")
    held = say("80% band held {share} of {count} forecasts").format(
        share=percent(record["coverage_80"]), count=number(count)
    )
    error = record["median_abs_error_minutes"]
    return held if error is None else f"{held} · {say('median error')} {error:.1f} {say('min')}"


def html(record: Frame | None, say: Say = english) -> str:
    """Build the line, and the table that it opens."""
    summary = safe(caption(record, say))
    if not record or not record["by_horizon"]:
        return f'<div class="record">{summary}</div>'
    heads = (say("said to sell out"), say("forecasts"), say("band held"), say("median error"))
    body = "".join(_row(row, say) for row in record["by_horizon"])
    return (
        f'<details class="record"><summary>{summary}</summary><div class="grades"><table><thead><tr>'
        f"{''.join(f'<th scope=col>{safe(word)}</th>' for word in heads)}</tr></thead><tbody>{body}</tbody></table>"
        f"<p>{'<br>'.join(safe(line) for line in _warnings(record, say))}</p></div></details>"
    )


def _row(row: Frame, say: Say) -> str:
    known = row["forecasts"] >= ENOUGH
    error = row["median_abs_error_minutes"] if known else None
    late = "–" if error is None else f"{error:.1f} {say('min')}"
    name = say(HORIZONS.get(row["horizon"], str(row["horizon"])))
    cells = (number(row["forecasts"]), percent(row["coverage_80"] if known else None), late)
    return f"<tr><th scope=row>{safe(name)}</th>{''.join(f'<td>{safe(cell)}</td>' for cell in cells)}</tr>"


def _warnings(record: Frame, say: Say) -> list[str]:
    """Say how many sell-outs were announced in time, how many alarms were false, and what the forecast learned from."""
    warned = f"{say('warned 2 min before')} {percent(record['warned_share'])} {say('of sell-outs')}"
    parts = [f"{warned} ({number(record['sell_outs'])})" if record["sell_outs"] else say("no sell-out yet")]
    if record["false_alarm_share"] is not None:
        parts.append(f"{say('false alarms')} {percent(record['false_alarm_share'])}")
    shows = record["tuning_shows"]
    learned = f"{say('learned from')} {number(shows)} {say('shows')}" if shows else say("learned from no show yet")
    waits = f"{number(record['pending'])} {say('forecasts wait for their time')}"
    return [" · ".join(parts), f"{learned} · {waits}"]
