"""Alerts and proposals: what somebody has to decide, until when, what it would change, and what waiting costs.

Data flow: the frame's proposals and alerts -> which of them call (`calling`), which stand folded, which somebody has
taken, which are settled -> text, most pressing first. The buttons are `screens/decide.py`'s.
Invariants: nothing folded costs more than what is shown, critical ones aside, which are always shown first; the same
thing is told once, by its newest alert; what somebody owns calls nobody any more; a state is shape and word.
"""

from collections.abc import Sequence

from dashboard.screens.marks import (
    MARKS,
    Frame,
    clock,
    late_regions,
    money,
    safe,
    seconds_between,
    shape,
    span,
    tag,
)
from dashboard.screens.sentences import actor, sentence
from dashboard.screens.words import Say, english

PROPOSALS_MAX, ALERTS_MAX, SETTLED_MAX, SUSPENDED_MAX = 2, 3, 5, 2
PRESSING_SECONDS = 60
SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}
SETTLED_WORDS = {
    "approved": ("available", "approved"),
    "dismissed": ("grey", "dismissed"),
    "withdrawn": ("grey", "no longer needed"),
    "expired": ("grey", "expired"),
    "resolved": ("available", "resolved"),
}


def _cost(row: Frame) -> int:
    return int(row.get("cost_minor") or 0)


def _order(row: Frame) -> tuple[bool, int, str]:
    """Critical ones first, then what costs most, then what expires first."""
    return row.get("severity") != "critical", -_cost(row), row["decide_by"] or "9"


def open_proposals(frame: Frame) -> list[Frame]:
    """Return the proposals that wait for a decision, the one that costs most or expires first at the top."""
    return sorted((row for row in frame["proposals"] if row["state"] == "open"), key=_order)


def open_alerts(frame: Frame) -> list[Frame]:
    """Return the alerts nobody owns yet: the most severe first, then the costliest, then the newest; each once."""
    rows = _once([row for row in frame["alerts"] if row["state"] == "open"])
    newest_first = sorted(rows, key=lambda row: str(row["raised_at"]), reverse=True)
    return sorted(newest_first, key=lambda row: (SEVERITY_ORDER.get(row["severity"], 3), -_cost(row)))


def _about(row: Frame) -> tuple[str, ...]:
    """What an alert is about: its name goes without the entry it was raised at."""
    head, _, last = row["alert"].rpartition(":")
    return row["rule"], row["sku"], row["region"], head or last


def _once(rows: Sequence[Frame]) -> list[Frame]:
    """Keep the newest of those about the same thing."""
    newest: dict[tuple[str, ...], Frame] = {}
    for row in sorted(rows, key=lambda row: str(row["raised_at"])):
        newest[_about(row)] = row
    return list(newest.values())


def calling(rows: Sequence[Frame], most: int) -> tuple[list[Frame], list[Frame]]:
    """Part ranked rows into what is shown and what stands folded, the costliest first.

    A quiet row is folded unless it costs more than something shown.
    """
    loud = [row for row in rows if not row.get("quiet")]
    least = min((_cost(row) for row in loud[:most]), default=0)
    shown = [row for row in rows if not row.get("quiet") or _cost(row) > least][:most]
    folded = [row for row in rows if all(row is not one for one in shown)]
    return shown, sorted(folded, key=lambda row: -_cost(row))


def prompts(frame: Frame) -> list[str]:
    """Name everything that calls somebody now: open and not quiet."""
    rows = [row for row in open_proposals(frame) + open_alerts(frame) if not row.get("quiet")]
    return sorted(row.get("proposal") or row["alert"] for row in rows)


def taken(frame: Frame) -> list[Frame]:
    """Return the alerts somebody owns, the newest first."""
    rows = _once([row for row in frame["alerts"] if row["state"] == "acknowledged"])
    return sorted(rows, key=lambda row: str(row["raised_at"]), reverse=True)


def settled(frame: Frame) -> list[Frame]:
    """Return the proposals that were decided or taken back in the last hour, the newest first."""
    rows = [
        row
        for row in frame["proposals"]
        if row["state"] in ("approved", "dismissed", "withdrawn") and row["decided_at"]
    ]
    return sorted(rows, key=lambda row: str(row["decided_at"]), reverse=True)


def past(frame: Frame) -> list[Frame]:
    """Return all that is settled, proposals and alerts, what ran out of time among them, the newest first."""
    late = [row for row in frame["proposals"] if row["state"] == "expired"]
    alerts = [row for row in frame["alerts"] if row["state"] in ("resolved", "expired")]
    return sorted(settled(frame) + late + alerts, key=_moment, reverse=True)


def _moment(row: Frame) -> str:
    """When it was decided or ran out of time; a resolved alert only says when it was raised."""
    ended = row["decide_by"] if row["state"] == "expired" else None
    return str(row.get("decided_at") or ended or row.get("raised_at") or row.get("proposed_at"))


def until(frame: Frame, row: Frame, say: Say = english) -> str:
    """Say how long a decision still helps, and until when by the studio's clock."""
    if not row["decide_by"]:
        return ""
    seconds = max(0, round(seconds_between(frame["at"], row["decide_by"])))
    left = f"{seconds // 60}:{seconds % 60:02d}" if seconds < 3600 else span(seconds / 60, say)
    return f"{say('decide by')} {left} ({clock(row['decide_by'], frame['time_zone'])})"


def cost(frame: Frame, row: Frame, say: Say = english) -> str:
    """Say what is lost if nobody acts, as far as known."""
    if _cost(row) <= 0:
        return ""
    return f"{say('if nobody acts')} −{money(_cost(row), frame['currency'], say)}"


def pressing(frame: Frame, row: Frame) -> bool:
    """Tell whether less than a minute is left to decide."""
    return row["decide_by"] is not None and seconds_between(frame["at"], row["decide_by"]) < PRESSING_SECONDS


def proposal(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of a proposal: what, why, effect, what waiting costs, until when."""
    hot = pressing(frame, row) or row.get("severity") == "critical"
    under = " · ".join(sentence(part, say) for part in (row["why"], row["effect"]) if part)
    lost = cost(frame, row, say)
    return (
        f'<div class="ask">{shape("critical" if hot else "warning")}<div><b>{safe(sentence(row["what"], say))}</b>'
        f"<span>{safe(under)}</span>{f'<em>{safe(lost)}</em> ' if lost else ''}"
        f'<em class="{"red" if hot else "yellow"}">{safe(until(frame, row, say))}</em></div></div>'
    )


def alert(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of an alert: severity as shape, word and colour; what, where, what waiting costs, until when."""
    mark = MARKS.get(row["severity"], MARKS["info"])
    parts = [part for part in (row["region"], cost(frame, row, say), until(frame, row, say)) if part]
    word = f'<em class="{mark.tone}">{safe(say(mark.word))}</em>'
    return (
        f'<div class="ask alert">{shape(row["severity"])}<div><b>{safe(sentence(row["what"], say))}</b>'
        f"<span>{' · '.join([word, *map(safe, parts)])}</span></div></div>"
    )


def folded(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the one line of something that stands folded."""
    parts = [part for part in (cost(frame, row, say), until(frame, row, say)) if part]
    return (
        f'<div class="ask quiet">{shape(row.get("severity", "info"))}<div><b>{safe(sentence(row["what"], say))}</b>'
        f"<span>{safe(' · '.join(parts))}</span></div></div>"
    )


def owned(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of an alert that somebody has taken."""
    has = say("{who} has it").format(who=actor(row["owner"], say))
    return (
        f'<div class="ask settled">{shape("green")}<div><b>{safe(sentence(row["what"], say))}</b>'
        f"<span>{safe(has)}</span></div></div>"
    )


def decided(frame: Frame, row: Frame, say: Say = english) -> str:
    """Build the text of what is settled: what, how and when; what ran out of time is greyed."""
    mark, word = SETTLED_WORDS[row["state"]]
    if row["state"] == "approved" and row["decided_by"].startswith("rule:"):
        word = "done by rule"
    at = clock(_moment(row), frame["time_zone"])
    why = f" · {sentence(row['why'], say)}" if row.get("why") else ""
    gone = " gone" if row["state"] in ("expired", "withdrawn") else ""
    return (
        f'<div class="ask settled{gone}">{shape(mark)}<div><b>{safe(sentence(row["what"], say))}</b>'
        f"<span>{safe(at)} · {safe(say(word))}{safe(why)}</span></div></div>"
    )


def suspended(frame: Frame, say: Say = english) -> str:
    """Build the list of regions whose rules wait, each with how late its feed is."""
    rows = list(late_regions(frame, say).items())
    text = "".join(
        f'<span class="wait">{tag(f"{region} · {late}")}{safe(say("rules wait"))}</span>'
        for region, late in rows[:SUSPENDED_MAX]
    )
    rest = len(rows) - SUSPENDED_MAX
    more = f'<span class="more">+{rest} {safe(say("more"))}</span>' if rest > 0 else ""
    return f'<div class="waits">{text}{more}</div>' if rows else ""
