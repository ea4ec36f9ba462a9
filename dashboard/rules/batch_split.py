"""Batch split: goods that came into the flexible pool in a batch go to the regions that buy them.

Reads the receipts since the start, the countdowns (what was sold per region so far, presale included) and the flexible
pool. A batch is split by the regions' shares of the SKU's sales, less the flexible share, which stays for whoever needs
it later; whole units, the largest remainder first, and no region gets more than lies where it is served from. Several
receipts of a SKU that nobody split yet are one batch. Waits while a region's feed is late: its share would go to the
others.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import lasts, wanted
from dashboard.rules.readings import (
    MINUTE,
    countdowns,
    flexible,
    hold,
    landed,
    margin,
    micros,
    minutes_left,
    servable,
    skus,
    table,
)

Row = dict[str, Any]
AGAIN = "after clearing"
RULE = "batch_split"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every SKU that came in lately and was not split since; a batch that was is looked at no more."""
    batches = _batches(frame, numbers)
    pools = flexible(frame)
    for sku, units in batches.items():
        title = skus(frame)[sku]["title"]
        parts = [row for row in countdowns(frame).of(sku) if row["allocated"] > row["left"]]
        sold = sum(row["allocated"] - row["left"] for row in parts)
        given = min(round(units * (1 - numbers["batch_flexible_share"])), pools.get(sku, 0))
        conditions = (
            Condition(f"What came in of {title}", units, ">=", numbers["batch_units_min"]),
            Condition(f"What is sold of {title}", sold, ">=", numbers["batch_sold_units"]),
            Condition(f"What the flexible pool can give of {title}", given, ">=", 1),
            Condition("Regions whose feed is late", len(frame["suspended"]), "<=", 0),
        )
        row = _row(frame, numbers, sku, units, given, parts) if hold(conditions) else None
        yield Candidate("", conditions, row, sku=sku)


def _batches(frame: Row, numbers: Mapping[str, float]) -> dict[str, int]:
    """Units per SKU that came into the flexible pool lately, in the show, after the last batch was settled."""
    now, starts = micros(frame["at"]), micros(frame["starts_at"])
    since = dict[str, int]()
    for row in frame["proposals"]:
        if row["rule"] == RULE and row["state"] in ("approved", "dismissed"):
            since[row["sku"]] = max(since.get(row["sku"], 0), micros(row["decided_at"]))
    oldest = max(starts, now - round(numbers["batch_minutes"] * MINUTE))
    batches: dict[str, int] = {}
    for receipt in table(frame, "receipts"):
        at = micros(receipt["at"])
        if receipt["pool"] == "flexible" and at >= oldest and at > since.get(receipt["sku"], 0):
            batches[receipt["sku"]] = batches.get(receipt["sku"], 0) + receipt["quantity"]
    return batches


def _row(frame: Row, numbers: Mapping[str, float], sku: str, units: int, given: int, parts: list[Row]) -> Row | None:
    """The batch over the regions, by what each bought."""
    sold = {row["region"]: row["allocated"] - row["left"] for row in parts}
    shares = _split(given, sold)
    if frame.get("lanes"):
        served = servable(frame, {sku})
        most = {row["region"]: served.get((sku, row["region"]), 0) - row["left"] for row in parts}
        shares = {name: min(part, most[name]) for name, part in shares.items() if most[name] > 0}
    given = sum(shares.values())
    if not given:
        return None
    item, ways, whole = skus(frame)[sku], landed(frame), sum(sold.values())
    moved = ", ".join(f"{part} {name}" for name, part in shares.items())
    bought = ", ".join(f"{name} {sold[name]} ({sold[name] / whole:.0%})" for name in shares)
    rest = minutes_left(frame)
    soonest = min((lasts(row, rest) for row in parts if wanted(row)), default=None)
    return {
        "kind": "action",
        "region": "",
        "sku": sku,
        "what": f"Split the batch of {units} {item['title']}: {moved}",
        "why": f"{units} came into the flexible pool; sold so far of {whole}: {bought}.",
        "effect": f"{given} units go where they sell and can be served from, {units - given} stay flexible "
        f"({numbers['batch_flexible_share']:.0%} of a batch, or more).",
        "helps_minutes": soonest or None,
        "cost_minor": sum(part * margin(item, ways.get(name, 0)) for name, part in shares.items()),
        "commands": [
            {
                "type": "reallocate",
                "sku": sku,
                "from_pool": "flexible",
                "to_pool": f"region/{name}",
                "quantity": part,
            }
            for name, part in shares.items()
        ],
    }


def _split(units: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Whole units by weight, the largest remainder first; regions that get none are left out."""
    whole = sum(weights.values())
    exact = {name: units * weight / whole for name, weight in weights.items()}
    parts = {name: int(value) for name, value in exact.items()}
    for name in sorted(parts, key=lambda name: (parts[name] - exact[name], name))[: units - sum(parts.values())]:
        parts[name] += 1
    return {name: part for name, part in sorted(parts.items(), key=lambda one: (-one[1], one[0])) if part}
