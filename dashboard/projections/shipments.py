"""Shipments: goods on their way, where they are at an instant, and when they land.

Positions are interpolated along the way: great circles for air, road and rail, sea lanes for ships. Longitudes run
on past 180 degrees instead of jumping, so a path across the Pacific is one line.
"""

import itertools
import math
from functools import lru_cache
from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.decision.commands import Location, UnitLine

Row = dict[str, Any]
HOUR = 3_600_000_000
PATH_POINTS = 48


class OnTheWay(msgspec.Struct):
    """A shipment as folded: what left, what arrived or was lost, and when."""

    shipment: str
    from_location: str
    to_location: str
    mode: str
    lines: list[UnitLine]
    departed_at: int
    eta: int
    out: dict[str, int]
    arrived: int = 0
    closed_at: int | None = None


def fold(shipments: dict[str, OnTheWay], event: e.Event, at: int) -> None:
    """Follow a shipment from departure to its last unit."""
    if isinstance(event, e.ShipmentStarted):
        out: dict[str, int] = {}
        for line in event.lines:
            out[line.sku] = out.get(line.sku, 0) + line.quantity
        shipments[event.shipment] = OnTheWay(
            event.shipment, event.from_location, event.to_location, event.mode, list(event.lines), at, event.eta, out
        )
    elif isinstance(event, e.ShipmentArrived):
        found = shipments[event.shipment]
        for line in (*event.lines, *event.lost):
            found.out[line.sku] -= line.quantity
        found.arrived += sum(line.quantity for line in event.lines)
        if event.closed:
            found.closed_at = at


def incoming(shipments: dict[str, OnTheWay]) -> dict[tuple[str, str], int]:
    """Units on their way per (destination, SKU)."""
    result: dict[tuple[str, str], int] = {}
    for shipment in shipments.values():
        for sku, units in shipment.out.items():
            if units:
                key = (shipment.to_location, sku)
                result[key] = result.get(key, 0) + units
    return result


def rows(shipments: dict[str, OnTheWay], locations: tuple[Location, ...], at: int) -> list[Row]:
    """One row per shipment, those under way first, then by arrival."""
    places = {place.location: place for place in locations}
    result = [_row(shipment, places, at) for shipment in shipments.values()]
    result.sort(key=lambda row: (row["state"] == "arrived", row["eta"], row["shipment"]))
    return result


def _row(shipment: OnTheWay, places: dict[str, Location], at: int) -> Row:
    origin, target = places[shipment.from_location], places[shipment.to_location]
    way = path(origin.longitude, origin.latitude, target.longitude, target.latitude, shipment.mode)
    if shipment.closed_at is not None:
        state, progress = "arrived", 1.0
    else:
        state = "late" if at > shipment.eta else "in_transit"
        progress = min(1.0, max(0.0, (at - shipment.departed_at) / max(1, shipment.eta - shipment.departed_at)))
    return {
        "shipment": shipment.shipment,
        "from_location": shipment.from_location,
        "to_location": shipment.to_location,
        "from_name": origin.name or origin.location,
        "to_name": target.name or target.location,
        "mode": shipment.mode,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in shipment.lines],
        "units": sum(line.quantity for line in shipment.lines),
        "units_arrived": shipment.arrived,
        "units_on_the_way": sum(shipment.out.values()),
        "on_the_way": [{"sku": sku, "quantity": units} for sku, units in shipment.out.items() if units],
        "departed_at": shipment.departed_at,
        "eta": shipment.eta,
        "progress": round(progress, 5),
        "hours_left": round(max(0.0, (shipment.eta - at) / HOUR), 3) if state != "arrived" else 0.0,
        "state": state,
        "path": [list(point) for point in way],
        "position": list(along(way, progress)),
    }


@lru_cache(maxsize=512)
def path(
    from_longitude: float, from_latitude: float, to_longitude: float, to_latitude: float, mode: str
) -> tuple[tuple[float, float], ...]:
    """The way between two points as (longitude, latitude), longitudes without a jump."""
    if mode == "sea":
        points = _sea_lane(from_longitude, from_latitude, to_longitude, to_latitude)
    else:
        points = _great_circle(from_longitude, from_latitude, to_longitude, to_latitude)
    return _unwrapped(points)


def _sea_lane(
    from_longitude: float, from_latitude: float, to_longitude: float, to_latitude: float
) -> list[tuple[float, float]]:
    import searoute  # its network takes a second to load; shows without ships never need it

    lane = searoute.searoute((from_longitude, from_latitude), (to_longitude, to_latitude))
    points = [(float(point[0]), float(point[1])) for point in lane["geometry"]["coordinates"]]
    return [(from_longitude, from_latitude), *points, (to_longitude, to_latitude)]


def _great_circle(
    from_longitude: float, from_latitude: float, to_longitude: float, to_latitude: float
) -> list[tuple[float, float]]:
    one = _vector(from_longitude, from_latitude)
    two = _vector(to_longitude, to_latitude)
    angle = math.acos(max(-1.0, min(1.0, sum(a * b for a, b in zip(one, two, strict=True)))))
    if angle < 1e-6:
        return [(from_longitude, from_latitude), (to_longitude, to_latitude)]
    points: list[tuple[float, float]] = []
    for number in range(PATH_POINTS + 1):
        share = number / PATH_POINTS
        first, second = math.sin((1 - share) * angle) / math.sin(angle), math.sin(share * angle) / math.sin(angle)
        x, y, z = (first * a + second * b for a, b in zip(one, two, strict=True))
        points.append((math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))))
    return points


def _vector(longitude: float, latitude: float) -> tuple[float, float, float]:
    across, up = math.radians(longitude), math.radians(latitude)
    return math.cos(up) * math.cos(across), math.cos(up) * math.sin(across), math.sin(up)


def _unwrapped(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Shift longitudes by full turns so that no step is longer than half the world; round to 0.001 degrees."""
    result: list[tuple[float, float]] = []
    for longitude, latitude in points:
        if result:
            longitude += 360 * round((result[-1][0] - longitude) / 360)
        result.append((round(longitude, 3), round(latitude, 3)))
    return tuple(result)


def along(way: tuple[tuple[float, float], ...], progress: float) -> tuple[float, float]:
    """The point at a share of the way's length."""
    lengths = [
        math.hypot((b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2)), b[1] - a[1])
        for a, b in itertools.pairwise(way)
    ]
    wanted = progress * sum(lengths)
    for (a, b), length in zip(itertools.pairwise(way), lengths, strict=True):
        if wanted <= length and length:
            share = wanted / length
            return round(a[0] + share * (b[0] - a[0]), 4), round(a[1] + share * (b[1] - a[1]), 4)
        wanted -= length
    return way[-1]
