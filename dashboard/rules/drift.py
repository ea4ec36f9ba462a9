"""Drift: a platform that lists other than the ledger lets it raises an alert, and a proposal to back what it lists.

Reads the channels' drift per SKU (platform minus ledger), the region's own pool beside it, and the open alerts. Orders
on their way make small drifts that pass, so a few units too many or too few are nothing; too few are told only when the
very number has stood for a while. Too many is told at once: somebody listed by hand, and each of these units may be
sold without being there. Once that has stood for a while it is proposed to hand the channel the missing units from the
region's pool, as many as it has. Whatever is not backed, the exchange takes down at its next push by itself; where the
pool has nothing, that is all there is to do, and the alert says so.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import seconds_since
from dashboard.rules.readings import hold, margins

Row = dict[str, Any]
RULE = "drift"
AGAIN = "after cool-down"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Each SKU that a channel lists otherwise: told first, then backed, each unit of a region's pool once."""
    titles = {sku["sku"]: sku["title"] for sku in frame["skus"]}
    earned = margins(frame)
    raised = _raised(frame)
    free: dict[tuple[str, str], int] = {}
    for channel in frame["channels"]:
        for row in channel["drift"]:
            title = titles.get(row["sku"], row["sku"])
            if row["units"] < 0:
                yield _too_few(channel, row, title, numbers)
                continue
            cost = row["units"] * earned.get(row["sku"], 0)
            yield _too_many(channel, row, title, numbers, cost)
            told = raised.get(_about(channel, row["sku"]))
            stood = None if told is None else seconds_since(frame, told)
            yield _backing(channel, row, title, numbers, stood, free, cost)


def _about(channel: Row, sku: str) -> str:
    return f"{RULE}:{channel['region']}:{sku}:{channel['channel']}"


def _raised(frame: Row) -> dict[str, str]:
    """When the unresolved alerts of this rule were raised, by what they are about."""
    return {
        alert["alert"].rpartition(":")[0]: alert["raised_at"]
        for alert in frame["alerts"]
        if alert["rule"] == RULE and alert["state"] != "resolved"
    }


def _candidate(
    channel: Row, drift: Row, conditions: tuple[Condition, ...], row: Row | None, numbers: Mapping[str, float]
) -> Candidate:
    sku, name, region = drift["sku"], channel["channel"], channel["region"]
    if row is not None:
        row = {"region": region, "sku": sku, "channel": name, "helps_minutes": None} | row
    return Candidate(region, conditions, row, sku, name, clear=abs(drift["units"]) <= numbers["drift_clear_units"])


def _too_many(channel: Row, row: Row, title: str, numbers: Mapping[str, float], cost: int) -> Candidate:
    many = Condition("what it lists too many", row["units"], ">=", numbers["drift_units"])
    rest = "the exchange takes them down" if row["pool_left"] else "no unit is free to back them; they are taken down"
    what = f"{channel['name']} lists {row['units']} {title} that it was not given{_counts(row)}: {rest}."
    told = {"kind": "alert", "severity": "warning", "what": what, "cost_minor": cost}
    return _candidate(channel, row, (many,), told, numbers)


def _too_few(channel: Row, row: Row, title: str, numbers: Mapping[str, float]) -> Candidate:
    conditions = (
        Condition("what it lists too few", -row["units"], ">=", numbers["drift_units"]),
        Condition("the time it has stood", row["age_seconds"], ">=", numbers["drift_stands_seconds"], "seconds"),
    )
    what = (
        f"{channel['name']} lists {-row['units']} {title} fewer than it was given{_counts(row)} for "
        f"{row['age_seconds']:.0f} s: they do not sell until the exchange lists them again."
    )
    told = {"kind": "alert", "severity": "info", "what": what, "cost_minor": 0}
    return _candidate(channel, row, conditions, told, numbers)


def _backing(
    channel: Row, row: Row, title: str, numbers: Mapping[str, float], stood: float | None,
    free: dict[tuple[str, str], int], cost: int,
) -> Candidate:  # fmt: skip
    """Hand the channel what it lists, from what the region's pool still has after the channels before it."""
    key = channel["region"], row["sku"]
    left = free.setdefault(key, row["pool_left"])
    conditions = (
        Condition("what it lists too many", row["units"], ">=", numbers["drift_units"]),
        Condition("the time since it was told", stood, ">=", numbers["drift_stands_seconds"], "seconds"),
        Condition("what the pool of its region has free", left, ">=", 1),
    )
    if not hold(conditions):
        return _candidate(channel, row, conditions, None, numbers)
    units = min(row["units"], left)
    free[key] -= units
    return _candidate(channel, row, conditions, _backed(channel, row, title, units, numbers, cost), numbers)


def _counts(row: Row) -> str:
    return "" if row["listed"] is None else f" ({row['listed']} listed, {row['exposure']} given)"


def _backed(channel: Row, row: Row, title: str, units: int, numbers: Mapping[str, float], cost: int) -> Row:
    name, region, over = channel["name"], channel["region"], row["units"] - units
    rest = f" The other {over} are taken down at the next push." if over else ""
    return {
        "kind": "action",
        "what": f"Back {units} {title} on {name} from the pool of {region}",
        "why": f"{name} has listed {row['units']} units more than it was given{_counts(row)} for "
        f"{numbers['drift_stands_seconds']:g} s or longer (trigger {numbers['drift_units']:g} units): somebody "
        f"listed by hand; {region} has {row['pool_left']} free.",
        "effect": f"{name} {row['exposure']} -> {row['exposure'] + units} units, the pool of {region} "
        f"{row['pool_left']} -> {row['pool_left'] - units}: what is listed is there.{rest} Without it the exchange "
        f"takes down all {row['units']}.",
        "cost_minor": cost,
        "commands": [{"type": "expose", "channel": channel["channel"], "sku": row["sku"], "quantity": units}],
    }
