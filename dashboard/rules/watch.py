"""Watch: a region that has a fifth or less of its units left raises an alert; one that recovered resolves it.

Reads the regions' `left` and `allocated`. The two thresholds differ, so a region hovering at one of them does not
flicker. The alert carries the moment the region runs out at its present pace: after that it expires by itself. A region
that did run out is told once more, as critical.
"""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """Alerts to raise and alerts to resolve, one at most per region."""
    rows: list[Row] = []
    for region in frame["regions"]:
        if not region["allocated"]:
            continue
        share = region["left"] / region["allocated"]
        if share <= parameters["watch_left_share"]:
            rows.append(_alert(region, share, parameters))
        elif share >= parameters["watch_clear_share"]:
            rows += _cleared(frame, region)
    return rows


def _alert(region: Row, share: float, parameters: Mapping[str, float]) -> Row:
    left, allocated, rate = region["left"], region["allocated"], region["rate_per_minute"]
    if not left:
        what = f"{region['region']} is sold out: none of {allocated} units left."
    else:
        pace = f"gone in about {left / rate:.0f} minutes at {rate:.1f} per minute" if rate else "nothing sells now"
        what = (
            f"{region['region']} has {left} of {allocated} units left "
            f"({share:.1%}, alert at {parameters['watch_left_share']:.0%}): {pace}."
        )
    return {
        "kind": "alert",
        "region": region["region"],
        "severity": "warning" if left else "critical",
        "what": what,
        "helps_minutes": left / rate if rate and left else None,
    }


def _cleared(frame: Row, region: Row) -> list[Row]:
    return [
        {"kind": "resolve", "alert": alert["alert"], "region": region["region"]}
        for alert in frame["alerts"]
        if alert["rule"] == "watch" and alert["region"] == region["region"]
        if alert["state"] in ("open", "acknowledged", "expired")
    ]
