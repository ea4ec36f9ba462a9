"""Switch hero: a SKU that is nearly gone while it is shown makes room for the one that earns most.

Reads what is on screen (by command, else by the rundown) and what comes next, and how much of it is left where it was
bought so far. A region's stock counts with what the flexible pool could still bring, so a hero that can be topped up is
not replaced; and it is replaced only when the regions that bought most of it are nearly out, not because the smallest
of them is. The other hero is the one with the most margin left to sell, in stock in every region that streams and not
nearly out itself where it is bought, without a purchase limit. Where there is none an alert says so: take it off. Said
once about a SKU, until it leaves the screen or has units again.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.estimates import pace, wanted_within
from dashboard.rules.readings import countdowns, flexible, hold, landed, margin, minutes_left, money, skus, table

Row = dict[str, Any]
AGAIN = "after clearing"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """What is on screen or about to be; a SKU that no longer is has nothing to make room for."""
    pools = flexible(frame)
    for sku, minutes in _shown(frame, numbers).items():
        parts = [row for row in countdowns(frame).of(sku) if row["allocated"]]
        if not parts:
            continue
        pool, title = pools.get(sku, 0), parts[0]["title"]
        low, buyers = _nearly_out(parts, pool, numbers["switch_left_share"])
        least = min(_share(row, pool) for row in parts)
        most, share = numbers["switch_left_share"], numbers["switch_buyers_share"]
        conditions: tuple[Condition, ...] = (
            Condition(f"What is left of {title} where it is scarcest", least, "<=", most, "share"),
        )
        if low:
            what = f"The buyers of {title} so far who were where it is nearly out"
            conditions += (Condition(what, buyers, ">=", share, "share"),)
        row = _row(frame, numbers, sku, low, buyers, minutes) if hold(conditions) else None
        yield Candidate("", conditions, row, sku=sku, clear=least >= numbers["switch_clear_share"])


def _nearly_out(parts: list[Row], pool: int, share: float) -> tuple[list[Row], float]:
    """The regions where a SKU has so much left or less, and what part of its buyers was there."""
    low = [row for row in parts if _share(row, pool) <= share]
    sold = sum(row["allocated"] - row["left"] for row in parts)
    return low, sum(row["allocated"] - row["left"] for row in low) / sold if sold else 0.0


def _share(row: Row, pool: int) -> float:
    """What is left of a SKU in a region, with what the flexible pool could bring."""
    return float((row["left"] + pool) / (row["allocated"] + pool))


def _shown(frame: Row, numbers: Mapping[str, float]) -> dict[str, float]:
    """The SKUs on screen or about to be, with the minutes they stay (0: nobody knows)."""
    elapsed = frame["t_plus_seconds"]
    shown = {sku["sku"]: 0.0 for sku in frame["skus"] if sku.get("on_screen")}
    by_command = bool(shown)
    for slot in table(frame, "rundown"):
        begins = (slot["start_seconds"] - elapsed) / 60
        now = slot["state"] == "now" and (not by_command or slot["sku"] in shown)
        if now or (slot["state"] == "next" and begins <= numbers["switch_ahead_minutes"]):
            shown[slot["sku"]] = (slot["end_seconds"] - max(elapsed, slot["start_seconds"])) / 60
    return shown


def _row(frame: Row, numbers: Mapping[str, float], sku: str, low: list[Row], buyers: float, minutes: float) -> Row:
    items, ways = skus(frame), landed(frame)
    title = low[0]["title"]
    rest, soon = minutes_left(frame), sum(pace(row) for row in low)
    lost = sum(max(0.0, wanted_within(row, minutes, rest) - row["left"]) for row in low)
    left = sum(row["left"] for row in low)
    way = min(ways.values(), default=0)
    common = {
        "region": "",
        "sku": sku,
        "cost_minor": round(lost * margin(items[sku], way)),
        "helps_minutes": left / soon if left and soon else None,
    }
    names = " and ".join(sorted(row["region"] for row in low))
    fact = (
        f"{left} of {sum(row['allocated'] for row in low)} units left in {names}, where {buyers:.0%} of its buyers "
        f"were (trigger {numbers['switch_left_share']:.0%} left), and the flexible pool cannot refill it."
    )
    best = _best(frame, numbers, sku)
    if best is None:
        return common | {
            "kind": "alert",
            "severity": "warning",
            "what": f"Delist {title}: {fact} No other SKU has enough in every region that streams.",
        }
    other, units, worth = best
    return common | {
        "kind": "action",
        "what": f"Show {items[other]['title']} instead of {title}",
        "why": f"{title} has {fact}",
        "effect": f"{items[other]['title']} has {units} units left that earn {money(frame, worth)}.",
        "commands": [{"type": "set_on_screen", "sku": other}],
    }


def _best(frame: Row, numbers: Mapping[str, float], instead_of: str) -> tuple[str, int, int] | None:
    """The SKU with the most margin left to sell, its units and that margin; None where none is in stock everywhere."""
    streaming = {channel["region"] for channel in frame["channels"]}
    items, ways = skus(frame), landed(frame)
    limited = {row["sku"] for row in frame["limits"]}
    pools = flexible(frame)
    for sku in _by_worth(frame, streaming):
        parts = [row for row in countdowns(frame).of(sku) if row["left"] > 0 and row["allocated"]]
        parts = [row for row in parts if row["region"] in streaming]
        units = sum(row["left"] for row in parts)
        _, buyers = _nearly_out(parts, pools.get(sku, 0), numbers["switch_clear_share"])
        enough = units > numbers["switch_clear_share"] * sum(row["allocated"] for row in parts)
        would_stay = enough and buyers < numbers["switch_buyers_share"]
        if would_stay and sku != instead_of and sku not in limited and len(parts) == len(streaming):
            return sku, units, sum(row["left"] * margin(items[sku], ways.get(row["region"], 0)) for row in parts)
    return None


def _by_worth(frame: Row, streaming: Collection[str]) -> list[str]:
    """The SKUs in stock in every region that streams, the one with the most margin left to sell first."""
    table, items, ways = countdowns(frame), skus(frame), landed(frame)
    here = (table["left"] > 0) & (table["allocated"] > 0) & table.within(streaming)
    earned = np.array([items[sku]["price_minor"] - items[sku]["cost_minor"] for sku in table.skus], dtype=float)
    way = np.array([ways.get(name, 0) for name in table.regions], dtype=float)
    margins = np.maximum(0.0, earned[table.sku] - way[table.region])
    worth = np.bincount(table.sku, np.where(here, table["left"] * margins, 0.0), len(table.skus))
    everywhere = np.bincount(table.sku, here, len(table.skus)) >= len(streaming)
    order = sorted(zip((-worth).tolist(), table.skus, everywhere.tolist(), strict=True))
    return [sku for _, sku, is_everywhere in order if is_everywhere]
