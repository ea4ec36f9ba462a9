"""Answer facts: what a frame says about one SKU in one region, as an answer may state it.

Every function reads rows of the frame and nothing else; what the frame does not say is None or empty. A number leaves
here as it stands in the frame: units unrounded, days as whole days, upwards, since nobody is promised an earlier one.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.speech.question_products import family_name

Row = dict[str, Any]
Frame = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(written: str) -> int:
    """Microseconds since 1970 of a frame's time."""
    return (datetime.fromisoformat(written) - _EPOCH) // timedelta(microseconds=1)


def iso(at: int) -> str:
    """A time as a frame writes it."""
    return (_EPOCH + timedelta(microseconds=at)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def channel_row(frame: Frame, channel: str) -> Row | None:
    """The channel a question came from."""
    return next((row for row in frame["channels"] if row["channel"] == channel), None)


def region_row(frame: Frame, region: str) -> Row | None:
    """A region of the show."""
    return next((row for row in frame["regions"] if row["region"] == region), None)


def sku_row(frame: Frame, sku: str) -> Row | None:
    """A SKU of the show."""
    return next((row for row in frame["skus"] if row["sku"] == sku), None)


def on_screen(frame: Frame) -> str:
    """The SKU on screen: the one that was set, else the rundown's present one, else none."""
    shown = next((row["sku"] for row in frame["skus"] if row["on_screen"]), "")
    return shown or next((row["sku"] for row in frame["rundown"] if row["state"] == "now"), "")


def is_late(frame: Frame, channel: str, own: str, region: str) -> bool:
    """Whether what a region has left may be untrue by now: the channel's feed is late, or one of another region's."""
    return any(row["channel"] == channel or row["region"] == region != own for row in frame["withheld"])


def left(frame: Frame, sku: str, region: str) -> int | None:
    """Units left of a region; None where it draws what others may take as well, so that no number is its own."""
    units = sum(row["left"] for row in frame["pools"] if row["region"] == region and row["sku"] == sku)
    shared = any(
        row["sku"] == sku and row["region"] == region and row["state"] != "out" and not row["left"]
        for row in frame["countdowns"]
    )
    return None if shared and not units else units


def sellable(frame: Frame, region: str) -> set[str]:
    """The SKUs a region has left, or shares, and that can be sent there from somewhere."""
    serving = {row["location"] for row in lanes(frame, region)}
    moving = "in_transit" if frame["sells_in_transit"] else "available"
    there = {
        row["sku"] for row in frame["stock"] if row["location"] in serving and (row["available"] > 0 or row[moving] > 0)
    }
    return there & unsold(frame, region)


def unsold(frame: Frame, region: str) -> set[str]:
    """The SKUs a region has left or shares with others."""
    own = {row["sku"] for row in frame["pools"] if row["region"] == region and row["left"] > 0}
    shared = {row["sku"] for row in frame["countdowns"] if row["region"] == region and row["state"] != "out"}
    return own | shared


def lanes(frame: Frame, region: str) -> list[Row]:
    """How goods get to a region's buyers."""
    return [row for row in frame["lanes"] if row["region"] == region]


def reachable(frame: Frame, sku: str, region: str) -> dict[str, int]:
    """Location -> units that can be sent to the region from there; those on their way count if the show sells them."""
    serving = {row["location"] for row in lanes(frame, region)}
    moving = "in_transit" if frame["sells_in_transit"] else ""
    units = {
        row["location"]: row["available"] + (row[moving] if moving else 0)
        for row in frame["stock"]
        if row["sku"] == sku and row["location"] in serving
    }
    return {location: count for location, count in units.items() if count > 0}


def days(frame: Frame, sku: str, region: str) -> tuple[int, int] | None:
    """The fewest and the most days a unit of the SKU takes from where one is available now; None where none is."""
    from_now = {
        row["location"]
        for row in frame["stock"]
        if row["sku"] == sku and row["available"] > 0
    }  # fmt: skip
    taken = [math.ceil(row["days"]) for row in lanes(frame, region) if row["location"] in from_now]
    return (min(taken), max(taken)) if taken else None


def price(frame: Frame, sku: str, channel: str) -> tuple[int, str] | None:
    """(minor units, currency) on the channel; None where the show knows no price."""
    row = sku_row(frame, sku)
    own = next((one["price_minor"] for one in frame["prices"] if one["sku"] == sku and one["channel"] == channel), None)
    if row is None or not row["currency"]:
        return None
    minor = row["price_minor"] if own is None else own
    return (minor, row["currency"]) if minor > 0 else None


def coupon(frame: Frame, sku: str, region: str) -> Row | None:
    """The coupon in force."""
    return next((row for row in frame["coupons"] if row["sku"] == sku and row["region"] == region), None)


def limit(frame: Frame, sku: str, region: str) -> int | None:
    """Units a buyer may take; None where there is no limit."""
    rows = (row["units_per_order"] for row in frame["limits"] if row["sku"] == sku and row["region"] == region)
    return next(rows, None)


def restock(frame: Frame, sku: str, region: str) -> Row | None:
    """The next goods on their way, in time, to a location that serves the region: place, units_incoming, eta."""
    serving = {row["location"] for row in lanes(frame, region)}
    coming: list[Row] = []
    for row in frame["shipments"]:
        units = sum(line["quantity"] for line in row["on_the_way"] if line["sku"] == sku)
        in_time = row["state"] == "in_transit" and row["eta"] > frame["at"]
        if units and in_time and row["to_location"] in serving:
            coming.append({"place": row["to_name"], "units_incoming": units, "eta": row["eta"]})
    return min(coming, key=lambda row: row["eta"], default=None)


def family(frame: Frame, sku: str) -> Iterator[Row]:
    """The SKUs that are the same thing in another colour or size, the SKU itself included."""
    own = next((family_name(row["title"]) for row in frame["skus"] if row["sku"] == sku), "")
    return (row for row in frame["skus"] if row["sku"] == sku or (own and family_name(row["title"]) == own))
