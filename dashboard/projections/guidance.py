"""Guidance: what the allocator last said a unit is worth, and which SKUs are listed beyond what a channel holds.

Folded from AllocationRecorded and ListingModeSet; the newest of each counts. Money in minor units of the show's
currency. The overlap and its risk are what the exchange last told of each listing (observations `overlap`, `risk_ppm`).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from dashboard.decision import events as e

Row = dict[str, Any]
SHARED = "shared"


class Guidance(msgspec.Struct):
    """The newest allocation with its seq and time, and the listing mode of each SKU that has one."""

    allocation: e.AllocationRecorded | None = None
    seq: int = 0
    at: int = 0
    modes: dict[str, str] = {}


def fold(guidance: Guidance, event: e.Event, seq: int, at: int) -> None:
    """Remember the newest allocation and listing modes."""
    if isinstance(event, e.AllocationRecorded):
        guidance.allocation, guidance.seq, guidance.at = event, seq, at
    elif isinstance(event, e.ListingModeSet):
        guidance.modes[event.sku] = event.mode


def allocation_row(guidance: Guidance) -> Row | None:
    """What the allocator last said; None before it ever spoke."""
    said = guidance.allocation
    if said is None:
        return None
    return {
        "at": guidance.at,
        "seq": guidance.seq,
        "method": said.method,
        "why": said.why,
        "bids": [{"sku": sku, "bid_minor": bid} for sku, bid in sorted(said.bids.items())],
        "worth": [{"sku": one.sku, "region": one.region, "minor": one.minor} for one in said.worth],
        "advice": [
            {
                "sku": one.sku,
                "from_pool": one.from_pool,
                "to_pool": one.to_pool,
                "units": one.quantity,
                "worth_minor": one.worth_minor,
            }
            for one in said.advice
        ],
    }


def mode_rows(guidance: Guidance, seen: Mapping[tuple[str, str, str], tuple[int, int, str]]) -> list[Row]:
    """SKUs listed beyond what each channel holds: by how many units in all, and the chance that one sells twice."""
    overlaps: dict[str, int] = {}
    for (kind, _, sku), told in seen.items():
        if kind == "overlap":
            overlaps[sku] = overlaps.get(sku, 0) + told[1]
    return [
        {
            "sku": sku,
            "mode": mode,
            "overlap_units": overlaps.get(sku, 0),
            "risk": seen.get(("risk_ppm", "", sku), (0, 0, ""))[1] / 1_000_000,
        }
        for sku, mode in sorted(guidance.modes.items())
        if mode == SHARED
    ]
