"""What a move of claims would do, on both ends, before anybody confirms it: pure arithmetic over one frame.

    frame + wish -> `ends`      units and minutes before and after, and what each end will lack until the close
                 -> `parts`     what moves now, and what its channels have to give back first
                 -> `serving`   which goods would serve the target's new buyers, at what landed cost, in how many days
                 -> `regret`    what others will lack because of it, in money
                 -> `promise`   what the command carries, so that the room refuses when these numbers no longer hold

Invariants: units are whole; times and chances are those of the countdown board, read at another stock (`lasting`); what
is sold out would sell as the forecast says. The allocator's number (`says`) is what it advised, and nothing where it
has not spoken.
"""

import math
from collections.abc import Iterator
from typing import Any

from dashboard.decision.state import KIND_RANK
from dashboard.screens.advised import advice, next_unit
from dashboard.screens.lasting import CLAIMED, lacking, lasting
from dashboard.screens.marks import Frame, seconds_between

Wish = dict[str, Any]
"""What is chosen at the desk; of a move: sku, from_pool, to_pool, units (None while empty)."""

SLACK_MINUTES = 0.5
"""A pool that goes on selling while somebody confirms may sell for half a minute without making the preview stale."""
ROUND_SECONDS = 2.0
"""What the exchange needs to ask platforms and read their answers, besides the time their news takes."""


def close(frame: Frame) -> float:
    """Return the minutes until the show closes."""
    return max(0.0, seconds_between(frame["at"], frame["ends_at"]) / 60)


def countdown(frame: Frame, sku: str, pool: str) -> Frame | None:
    """Return the countdown of a SKU in the region of a pool; other pools have none."""
    region = pool.partition("/")[2] if pool.startswith("region/") else None
    return next((row for row in frame["countdowns"] if row["sku"] == sku and row["region"] == region), None)


def pace(row: Frame | None) -> float | None:
    """Return the units a minute that are expected soon, None where too few orders tell."""
    if row is None or row["state"] not in CLAIMED:
        return None
    return float(row["expected_per_minute"]) or None


def pool_row(frame: Frame, sku: str, pool: str) -> Frame:
    """Return what a pool holds of a SKU: `left`, and `free` of it to move at once."""
    for row in frame["pools"]:
        if row["sku"] == sku and row["pool"] == pool:
            return {"left": row["left"], "free": row.get("free", row["left"])}
    return {"left": 0, "free": 0}


def reach(frame: Frame, sku: str, pool: str) -> int:
    """Return the units that can be had of a pool, with what its channels list and less what others wait for."""
    return max(0, int(pool_row(frame, sku, pool)["left"]) - asked_back(frame, sku, pool))


def asked_back(frame: Frame, sku: str, pool: str) -> int:
    """Return the units of a pool that open requests wait for."""
    rows = (row for row in frame.get("requests", ()) if row["sku"] == sku and row["from_pool"] == pool)
    return int(sum(row["missing"] for row in rows))


def ends(frame: Frame, wish: Wish) -> dict[str, dict[str, Any]]:
    """Compute both ends before and after: units, minutes and chance to sell out (None: not claimed), units lacking.

    `next_minor` is what the next unit is worth there, None where the allocator has not said.
    """
    units, rest, found = wish["units"] or 0, close(frame), {}
    for name, sign in (("from_pool", -1), ("to_pool", 1)):
        pool, change = wish[name], sign * units
        row, left = countdown(frame, wish["sku"], pool), pool_row(frame, wish["sku"], pool)["left"]
        before, after = lasting(row, rest), lasting(row, rest, change)
        found[name] = {
            "pool": pool,
            "before": left,
            "after": left + change,
            "rate": pace(row),
            "minutes_before": before and before.minutes,
            "minutes_after": after and after.minutes,
            "chance_before": before and before.chance,
            "chance_after": after and after.chance,
            "lacks_before": lacking(row),
            "lacks_after": lacking(row, change),
            "next_minor": next_unit(frame, wish["sku"], pool),
        }
    return found


def parts(frame: Frame, wish: Wish) -> dict[str, Any]:
    """Split a move into what goes `now` and what `later`, when `channels` have given it back after about `seconds`."""
    sku, pool, units = wish["sku"], wish["from_pool"], wish["units"] or 0
    now = min(units, max(0, pool_row(frame, sku, pool)["free"] - asked_back(frame, sku, pool)))
    later = units - now
    listing = [row for row in frame["channels"] if f"region/{row['region']}" == pool and not row["behind"]]
    listing = [row for row in listing if row.get("exposures", {}).get(sku)]
    listing.sort(key=lambda row: -row["exposures"][sku])
    slowest = max((row["sync_p95_ms"] or 0 for row in listing), default=0) / 1000
    return {
        "now": now,
        "later": later,
        "channels": [row["name"] for row in listing] if later else [],
        "seconds": math.ceil(ROUND_SECONDS + 2 * slowest) if later else 0,
    }


def lanes(frame: Frame, region: str) -> list[Frame]:
    """Return the lanes into a region in the room's own order: forward before central, then cost and days."""
    kinds = {row["location"]: row["kind"] for row in frame["locations"]}

    def preference(lane: Frame) -> tuple[int, int, float, str]:
        rank = KIND_RANK.get(kinds.get(lane["location"], ""), 9)
        return rank, lane["landed_cost_minor"], lane["days"], lane["location"]

    return sorted((lane for lane in frame.get("lanes", ()) if lane["region"] == region), key=preference)


def serving(frame: Frame, wish: Wish) -> list[Frame]:
    """Say where the goods for the moved units lie: name, units, landed cost of one, days; nearest goods go first.

    What the target may sell already is served before, so the moved units are the ones behind it in the queue.
    """
    region = wish["to_pool"].partition("/")[2] if wish["to_pool"].startswith("region/") else ""
    goods = {row["location"]: row["available"] for row in frame["stock"] if row["sku"] == wish["sku"]}
    names = {row["location"]: row["name"] or row["location"] for row in frame["locations"]}
    ahead, wanted, found = pool_row(frame, wish["sku"], wish["to_pool"])["left"], wish["units"] or 0, []
    for lane in lanes(frame, region):
        there = goods.get(lane["location"], 0)
        passed = min(ahead, there)
        ahead, units = ahead - passed, min(wanted, there - passed)
        if units > 0:
            wanted -= units
            found.append({"name": names.get(lane["location"], lane["location"]), "units": units} | lane)
    return found


def landed(served: list[Frame]) -> float:
    """Return the landed cost of one unit over all places that serve, minor units; 0 where none is known."""
    units = sum(row["units"] for row in served)
    return sum(row["units"] * row["landed_cost_minor"] for row in served) / units if units else 0.0


def unit_margin(frame: Frame, sku: str, pool: str, landed_minor: float = 0.0) -> float:
    """Return what a unit earns in a region: price less the platforms' usual fee, cost and landed cost; minor units."""
    row = next((row for row in frame["skus"] if row["sku"] == sku), None)
    if row is None:
        return 0.0
    fees = [one.get("fee_per_mille", 0) for one in frame["channels"] if f"region/{one['region']}" == pool]
    fee = sum(fees) / len(fees) / 1000 if fees else 0.0
    return float(row["price_minor"] * (1 - fee) - row["cost_minor"] - landed_minor)


def worth(frame: Frame, wish: Wish, served: list[Frame]) -> int:
    """Return the margin a move wins: only units the target would still sell before the close count."""
    target = ends(frame, wish)["to_pool"]
    extra = int(target["lacks_before"]) - int(target["lacks_after"])
    return max(0, round(extra * unit_margin(frame, wish["sku"], wish["to_pool"], landed(served))))


def regret(frame: Frame, wish: Wish) -> Frame:
    """Say what a move takes from others: the `units` they will lack, `minor` margin, and who (`regions`).

    A region lacks what it would have sold itself. Of any other pool it is what the regions beside the target will lack
    and this pool could have given them.
    """
    both, sku = ends(frame, wish), wish["sku"]
    source = both["from_pool"]
    if source["pool"].startswith("region/"):
        units, names = source["lacks_after"] - source["lacks_before"], [source["pool"].partition("/")[2]]
    else:
        needs = dict(_needs(frame, sku, but=wish["to_pool"]))
        wanted = sum(needs.values())
        units, names = max(0, min(wanted, source["before"]) - max(0, min(wanted, source["after"]))), list(needs)
    if units <= 0:
        return {"units": 0, "minor": 0, "regions": []}
    share = sum(_would_earn(frame, sku, f"region/{name}", units) for name in names) / len(names)
    return {"units": units, "minor": max(0, round(units * share)), "regions": names}


def _would_earn(frame: Frame, sku: str, pool: str, units: int) -> float:
    """Return what each of some units would earn in a region, landed from where its next goods lie."""
    served = serving(frame, {"sku": sku, "to_pool": pool, "units": units})
    return unit_margin(frame, sku, pool, landed(served))


def _needs(frame: Frame, sku: str, but: str) -> Iterator[tuple[str, int]]:
    """Yield the regions that will lack a SKU until the close, and how much."""
    for row in frame["countdowns"]:
        units = lacking(row) if row["sku"] == sku and f"region/{row['region']}" != but else 0
        if units:
            yield row["region"], units


def says(frame: Frame, wish: Wish) -> int:
    """Return the units the allocator advises to move, as far as the giving pool still has them; 0 for none."""
    said = advice(frame, wish)
    return min(int(said["units"]), reach(frame, wish["sku"], wish["from_pool"])) if said else 0


def promise(frame: Frame, wish: Wish) -> Frame:
    """Return what the command carries of this preview.

    A region sells on while somebody confirms: it promises to keep what is shown, less half a minute of its sales. Other
    pools sell nothing by themselves: any change of theirs makes the preview stale.
    """
    if not wish["from_pool"].startswith("region/"):
        return {"seen_seq": frame["seq"]}
    if wish["units"] and wish["units"] > reach(frame, wish["sku"], wish["from_pool"]):
        return {"recall": True}  # there is nothing to keep: the room says how many there are
    return {"keeps": keeps(frame, wish), "recall": True}


def keeps(frame: Frame, wish: Wish) -> int:
    """Return what a region keeps at least: what is shown as left, less half a minute of its sales."""
    source = ends(frame, wish)["from_pool"]
    return max(0, int(source["after"]) - slack(source["rate"]))


def slack(rate: float | None) -> int:
    """Return the units a pool may sell while somebody confirms."""
    return math.ceil((rate or 0.0) * SLACK_MINUTES)
