"""Surprise guest: who is announced gets a pool of their own in time, and it goes back when they have gone.

Reads the announced guests, the flexible pool and the pace of the guest's channels. The pool takes units from the
flexible pool only, never below its floor, so no region has less for a guest. As many as were announced; where nobody
said how many, what the channels sold lately, times what a guest usually brings, for as long as the guest stays. After
the guest's end the pool is closed and what is left returns to the flexible pool. The channels sell from it first.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.rules.conditions import Candidate, Condition
from dashboard.rules.readings import (
    MINUTE,
    covered,
    flexible,
    hold,
    landed,
    margin,
    micros,
    skus,
    table,
    units_since,
)

Row = dict[str, Any]
AGAIN = "after cool-down"


def candidates(frame: Row, numbers: Mapping[str, float]) -> Iterator[Candidate]:
    """Every guest who has no pool yet, and every pool whose guest has gone."""
    now = micros(frame["at"])
    regions = {row["channel"]: row["region"] for row in frame["channels"]}
    spare = {sku: max(0, left - int(numbers["top_up_floor_units"])) for sku, left in flexible(frame).items()}
    for guest in table(frame, "guests"):
        begins, ends = micros(guest["starts_at"]) - now, micros(guest["ends_at"]) - now
        region = next((regions[name] for name in guest["channels"] if name in regions), None)
        if region is None or guest.get("closed"):
            continue
        if guest.get("pool"):
            conditions: tuple[Condition, ...] = (
                Condition(f"The time that {guest['guest']} stays", ends / MINUTE, "<=", 0, "minutes"),
            )
            row = _close(frame, guest, region) if hold(conditions) else None
        elif ends > 0:
            wanted = guest["units"] or _estimate(frame, guest, numbers)
            units = min(wanted, spare.get(guest["sku"], 0))
            ahead = numbers["guest_ahead_minutes"]
            conditions = (
                Condition(f"The time until {guest['guest']} comes", begins / MINUTE, "<=", ahead, "minutes"),
                Condition(
                    f"What the flexible pool has for {guest['guest']} above its floor",
                    units,
                    ">=",
                    numbers["guest_units_min"],
                ),
            )
            row = _open(frame, numbers, guest, region, wanted, units) if hold(conditions) else None
            if row:
                spare[guest["sku"]] -= units
        else:
            continue
        yield Candidate(region, conditions, row, sku=guest["sku"], channel=guest["channels"][0])


def _estimate(frame: Row, guest: Row, numbers: Mapping[str, float]) -> int:
    """Units a guest will sell: the pace of the channels lately, so many times faster, for the time of the visit."""
    curves, back = frame.get("curves"), numbers["guest_pace_minutes"]
    if not curves:
        return 0
    sold = sum(units_since(curves["minutes"], curves["by_channel"].get(name, ()), back) for name in guest["channels"])
    passed = max(1.0, covered(curves["minutes"], back))
    minutes = (micros(guest["ends_at"]) - max(micros(frame["at"]), micros(guest["starts_at"]))) / MINUTE
    units = float(sold / passed * numbers["guest_factor"] * minutes)
    return math.ceil(units)


def _open(frame: Row, numbers: Mapping[str, float], guest: Row, region: str, wanted: int, units: int) -> Row:
    item = skus(frame)[guest["sku"]]
    begins = (micros(guest["starts_at"]) - micros(frame["at"])) / MINUTE
    when = f"in {begins:.0f} minutes" if begins > 0 else "now"
    left = flexible(frame)[guest["sku"]]
    asked = (
        f"{guest['units']} units were announced"
        if guest["units"]
        else f"the channels sold at a pace that makes {wanted} units, {numbers['guest_factor']:g} times as fast"
    )
    short = f" {wanted - units} more are not there above the floor." if units < wanted else ""
    return _about(guest, region) | {
        "what": f"Open the pool of {guest['guest']} with {units} {item['title']} of the flexible pool",
        "why": f"{guest['guest']} comes {when} to {', '.join(guest['channels'])}; {asked}.{short}",
        "effect": f"Flexible pool {left} -> {left - units}; the regions keep all of theirs, and what is left returns.",
        "helps_minutes": (micros(guest["ends_at"]) - micros(frame["at"])) / MINUTE,
        "cost_minor": units * margin(item, landed(frame).get(region, 0)),
        "commands": [
            {
                "type": "open_pool",
                "name": guest["guest"],
                "sku": guest["sku"],
                "quantity": units,
                "from_pool": "flexible",
                "channels": guest["channels"],
            }
        ],
    }


def _close(frame: Row, guest: Row, region: str) -> Row:
    left = sum(pool["left"] for pool in frame["pools"] if pool["pool"] == guest["pool"])
    return _about(guest, region) | {
        "what": f"Close the pool of {guest['guest']}: {left} units return to the flexible pool",
        "why": f"{guest['guest']} has gone; {left} units of the pool are unsold.",
        "effect": f"Flexible pool +{left}.",
        "helps_minutes": None,
        "cost_minor": 0,
        "commands": [{"type": "close_pool", "name": guest["guest"], "to_pool": "flexible"}],
    }


def _about(guest: Row, region: str) -> Row:
    """What both rows are about: the guest's SKU on the first of the channels."""
    return {"kind": "action", "sku": guest["sku"], "region": region, "channel": guest["channels"][0]}
