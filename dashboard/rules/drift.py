"""Drift: a platform that lists other than the ledger lets it raises an alert, and a proposal to back what it lists.

Reads the channels' drift per SKU (platform minus ledger), the region's own pool beside it, and the open alerts. Orders
on their way make small drifts that pass, so a few units too many or too few are nothing; too few are told only when the
very number has stood for a while. Too many is told at once: somebody listed by hand, and each of these units may be
sold without being there. Once that has stood for a while it is proposed to hand the channel the missing units from the
region's pool, as many as it has. Whatever is not backed, the exchange takes down at its next push by itself; where the
pool has nothing, that is all there is to do, and the alert says so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Row = dict[str, Any]
RULE = "drift"


def propose(frame: Row, parameters: Mapping[str, float]) -> list[Row]:
    """Alerts to raise and to resolve, and listings to back, the channel's largest drift first."""
    titles = {sku["sku"]: sku["title"] for sku in frame["skus"]}
    raised = _raised(frame)
    free: dict[tuple[str, str], int] = {}
    rows: list[Row] = []
    for channel in frame["channels"]:
        for row in channel["drift"]:
            title, about = titles.get(row["sku"], row["sku"]), _about(channel, row["sku"])
            stands = parameters["drift_stands_seconds"]
            if row["units"] >= parameters["drift_units"]:
                rows.append(_too_many(channel, row, title))
                if about in raised and _seconds_since(frame, raised[about]["raised_at"]) >= stands:
                    key = channel["region"], row["sku"]
                    units = min(row["units"], free.setdefault(key, row["pool_left"]))
                    if units > 0:
                        free[key] -= units
                        rows.append(_backed(channel, row, title, units, parameters))
            elif row["units"] <= -parameters["drift_units"] and row["age_seconds"] >= stands:
                rows.append(_too_few(channel, row, title, parameters))
    return rows + _cleared(frame, raised, parameters)


def _about(channel: Row, sku: str) -> str:
    return f"{RULE}:{channel['region']}:{sku}:{channel['channel']}"


def _raised(frame: Row) -> dict[str, Row]:
    """What each unresolved alert of this rule is about."""
    return {
        alert["alert"].rpartition(":")[0]: alert
        for alert in frame["alerts"]
        if alert["rule"] == RULE and alert["state"] != "resolved"
    }


def _seconds_since(frame: Row, moment: str) -> float:
    return (datetime.fromisoformat(frame["at"]) - datetime.fromisoformat(moment)).total_seconds()


def _row(kind: str, channel: Row, sku: str) -> Row:
    return {"kind": kind, "region": channel["region"], "sku": sku, "channel": channel["channel"]}


def _too_many(channel: Row, row: Row, title: str) -> Row:
    rest = "the exchange takes them down" if row["pool_left"] else "no unit is free to back them; they are taken down"
    what = f"{channel['name']} lists {row['units']} {title} that it was not given{_counts(row)}: {rest}."
    return _row("alert", channel, row["sku"]) | {"severity": "warning", "what": what, "helps_minutes": None}


def _too_few(channel: Row, row: Row, title: str, parameters: Mapping[str, float]) -> Row:
    what = (
        f"{channel['name']} lists {-row['units']} {title} fewer than it was given{_counts(row)} for "
        f"{row['age_seconds']:.0f} s: they do not sell until the exchange lists them again."
    )
    return _row("alert", channel, row["sku"]) | {"severity": "info", "what": what, "helps_minutes": None}


def _counts(row: Row) -> str:
    return "" if row["listed"] is None else f" ({row['listed']} listed, {row['exposure']} given)"


def _backed(channel: Row, row: Row, title: str, units: int, parameters: Mapping[str, float]) -> Row:
    name, region, over = channel["name"], channel["region"], row["units"] - units
    rest = f" The other {over} are taken down at the next push." if over else ""
    return _row("action", channel, row["sku"]) | {
        "what": f"Back {units} {title} on {name} from the pool of {region}",
        "why": f"{name} has listed {row['units']} units more than it was given{_counts(row)} for "
        f"{parameters['drift_stands_seconds']:g} s or longer (trigger {parameters['drift_units']:g} units): somebody "
        f"listed by hand; {region} has {row['pool_left']} free.",
        "effect": f"{name} {row['exposure']} -> {row['exposure'] + units} units, the pool of {region} "
        f"{row['pool_left']} -> {row['pool_left'] - units}: what is listed is there.{rest} Without it the exchange "
        f"takes down all {row['units']}.",
        "helps_minutes": None,
        "commands": [{"type": "expose", "channel": channel["channel"], "sku": row["sku"], "quantity": units}],
    }


def _cleared(frame: Row, raised: Mapping[str, Row], parameters: Mapping[str, float]) -> list[Row]:
    """Alerts about what is as it should be again."""
    rows: list[Row] = []
    for channel in frame["channels"]:
        off = {row["sku"]: abs(row["units"]) for row in channel["drift"]}
        for about, alert in raised.items():
            sku = alert["sku"]
            if about == _about(channel, sku) and off.get(sku, 0) <= parameters["drift_clear_units"]:
                rows.append(_row("resolve", channel, sku) | {"alert": alert["alert"]})
    return rows
