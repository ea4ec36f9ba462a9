"""Late feed: a channel whose data is too old raises an alert; one that caught up resolves it.

Reads the channels' state and the open alerts. What the alert tells has happened already, in the frame itself: the
channel's lines are withheld and the rules of its region wait. It is told once per channel and outage, and it goes when
the feed is back, as do lines and rules.
"""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
RULE = "late_feed"


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """Alerts to raise and alerts to resolve, one at most per channel."""
    rows: list[Row] = []
    for channel in frame["channels"]:
        name, region = channel["channel"], channel["region"]
        if channel["state"] == "late":
            rows.append(_alert(channel))
        else:
            rows += [
                {"kind": "resolve", "alert": alert["alert"], "region": region, "channel": name}
                for alert in frame["alerts"]
                if alert["rule"] == RULE and alert["state"] != "resolved"
                if alert["alert"].rpartition(":")[0] == f"{RULE}:{region}:{name}"
            ]
    return rows


def _alert(channel: Row) -> Row:
    name, region = channel["name"], channel["region"]
    paused = (
        f" Calls to it are paused: {channel['breaker_note'] or 'it failed too often'}." if channel["breaker"] else ""
    )
    age = max(channel["data_age_seconds"] or 0, channel["pending_age_seconds"] or 0)
    return {
        "kind": "alert",
        "region": region,
        "channel": channel["channel"],
        "severity": "warning",
        "what": f"{name}: feed {age:.0f} s late; its lines are withheld, rules for {region} wait.{paused}",
        "helps_minutes": None,
    }
