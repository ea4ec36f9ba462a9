"""Watch: a region that has a fifth or less of its units left raises an alert; one that recovered resolves it.

Reads the regions' `left` and `allocated`. The two thresholds differ, so a region hovering at one of them does not
flicker. The alert carries the moment the region runs out at its present pace: after that it expires by itself. A region
that did run out is told once more, as critical.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import cost_of_lacking
from dashboard.rules.readings import countdowns, margins

Row = dict[str, Any]
AGAIN = "after clearing"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Each region that was given anything."""
    for region in frame["regions"]:
        if not region["allocated"]:
            continue
        name, share = region["region"], region["left"] / region["allocated"]
        low = Condition("the share it has left", share, "<=", numbers["watch_left_share"], "share")
        row = None
        if low.holds():
            row = _alert(frame, region, share, countdowns(frame).of(region=name), numbers)
        yield Candidate(name, (low,), row, clear=share >= numbers["watch_clear_share"])


def _alert(frame: Row, region: Row, share: float, rows: Sequence[Row], numbers: Mapping[str, float]) -> Row:
    left, allocated, rate = region["left"], region["allocated"], region["rate_per_minute"]
    if not left:
        what = f"{region['region']} is sold out: none of {allocated} units left."
    else:
        pace = f"gone in about {left / rate:.0f} minutes at {rate:.1f} per minute" if rate else "nothing sells now"
        what = (
            f"{region['region']} has {left} of {allocated} units left "
            f"({share:.1%}, alert at {numbers['watch_left_share']:.0%}): {pace}."
        )
    return {
        "kind": "alert",
        "region": region["region"],
        "severity": "warning" if left else "critical",
        "what": what,
        "helps_minutes": left / rate if rate and left else None,
        "cost_minor": cost_of_lacking(rows, margins(frame)),
    }
