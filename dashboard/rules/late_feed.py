"""Late feed: a channel whose data is too old raises an alert; one that caught up resolves it.

Reads the channels' state, the frame's reasons for withheld lines, and the open alerts. What the alert tells has
happened already, in the frame itself: the channel's lines are withheld and the rules of its region wait. It is told
once per channel and outage, and it goes when the feed is back, as do lines and rules.
"""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
RULE = "late_feed"


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """Alerts to raise and alerts to resolve, one at most per channel."""
    reasons = {row["channel"]: row["reason"] for row in frame["withheld"]}
    rows: list[Row] = []
    for channel in frame["channels"]:
        name, region = channel["channel"], channel["region"]
        if channel["state"] == "late":
            rows.append(_alert(channel, reasons[name]))
        else:
            rows += [
                {"kind": "resolve", "alert": alert["alert"], "region": region, "channel": name}
                for alert in frame["alerts"]
                if alert["rule"] == RULE and alert["state"] != "resolved"
                if alert["alert"].rpartition(":")[0] == f"{RULE}:{region}:{name}"
            ]
    return rows


def _alert(channel: Row, reason: str) -> Row:
    name, region = channel["name"], channel["region"]
    age = max(channel["data_age_seconds"] or 0, channel["pending_age_seconds"] or 0)
    return {
        "kind": "alert",
        "region": region,
        "channel": channel["channel"],
        "severity": "warning",
        "what": f"{name}: feed {age:.0f} s late; its lines are withheld, rules for {region} wait. {reason}",
        "helps_minutes": None,
    }
