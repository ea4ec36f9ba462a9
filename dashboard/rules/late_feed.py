"""Late feed: a channel whose data is too old raises an alert; one that caught up resolves it.

Reads the channels' state. What the alert tells has happened already, in the frame itself: the channel's lines are
withheld and the rules of its region wait. It is told once per channel and outage, and it goes when the feed is back, as
do lines and rules.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition

Row = dict[str, Any]
AGAIN = "after clearing"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Each channel; the frame itself says which is late."""
    for channel in frame["channels"]:
        late = channel["state"] == "late"
        old = Condition("the age of its data", _age(channel), ">", _patience(channel), "seconds")
        row = _alert(channel) if late else None
        yield Candidate(channel["region"], (old,), row, channel=channel["channel"], clear=not late)


def _age(channel: Row) -> float:
    """Seconds of the older of its feed and its oldest order without lines."""
    return max(channel["data_age_seconds"] or 0.0, channel["pending_age_seconds"] or 0.0)


def _patience(channel: Row) -> float:
    return float(channel["patience_seconds"])


def _alert(channel: Row) -> Row:
    name, region = channel["name"], channel["region"]
    paused = (
        f" Calls to it are paused: {channel['breaker_note'] or 'it failed too often'}." if channel["breaker"] else ""
    )
    return {
        "kind": "alert",
        "region": region,
        "channel": channel["channel"],
        "severity": "warning",
        "what": f"{name}: feed {_age(channel):.0f} s late; its lines are withheld, rules for {region} wait.{paused}",
        "helps_minutes": None,
        "cost_minor": 0,
    }
