"""The Pacific-centred map in numbers: projection, views, countries, and labels that never overlap.

Data flow: longitude/latitude -> `east` (into -30..330) -> `View.pixel` (web Mercator, as deck.gl draws it) ->
`place_labels`.
Invariants: longitudes handed to the map run from -30 to 330, so Europe is left, Asia in the middle, the Americas
right and a shipment over the Pacific does not jump; placed labels overlap neither each other nor an obstacle nor
the edge: a label that finds no free place is left out.
What can fail: the index of countries is missing; then the map has shapes but no demand, and says so by staying
grey.
"""

import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

WEST = -30.0
TILE = 512.0
WORLD = Path(__file__).resolve().parents[2] / "data" / "world"
TOP_LATITUDE, BOTTOM_LATITUDE = 75.0, -55.0


class Country(NamedTuple):
    """A country of the map: feature number, ISO code, name and the middle of its main land."""

    number: int
    code: str
    name: str
    longitude: float
    latitude: float


class Box(NamedTuple):
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Say whether two rectangles overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Wish(NamedTuple):
    """A label looking for a place: its anchor, its size, how far from the anchor it stays at least."""

    x: float
    y: float
    width: float
    height: float
    away_x: float = 10.0
    away_y: float = 8.0


class View(NamedTuple):
    """A camera over the map: centre, zoom and size of the canvas in pixels."""

    longitude: float
    latitude: float
    zoom: float
    width: float
    height: float

    @property
    def pixels_per_degree(self) -> float:
        """Return the pixels one degree of longitude takes."""
        return TILE * math.pow(2.0, self.zoom) / 360.0

    def pixel(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Project a point of the map to pixels from the upper left corner."""
        per_radian = self.pixels_per_degree * 180 / math.pi
        x = self.width / 2 + (longitude - self.longitude) * self.pixels_per_degree
        return x, self.height / 2 + (mercator(self.latitude) - mercator(latitude)) * per_radian

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return the longitude and latitude under a pixel."""
        per_radian = self.pixels_per_degree * 180 / math.pi
        longitude = self.longitude + (x - self.width / 2) / self.pixels_per_degree
        return longitude, unmercator(mercator(self.latitude) - (y - self.height / 2) / per_radian)

    def rounded_point(self, x: float, y: float) -> tuple[float, float]:
        """Return the point under a pixel to four decimals, as it is sent."""
        longitude, latitude = self.point(x, y)
        return round(longitude, 4), round(latitude, 4)


class Window(NamedTuple):
    """A named part of the world: west, south, east, north in the map's own longitudes."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        """Say whether a point lies inside."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


WHOLE = Window(-30.0, BOTTOM_LATITUDE, 330.0, TOP_LATITUDE)
WINDOWS = (
    Window(-26.0, 34.0, 45.0, 63.0),
    Window(60.0, -12.0, 150.0, 50.0),
    Window(225.0, 12.0, 300.0, 58.0),
    Window(95.0, -46.0, 182.0, 2.0),
)
"""Europe, Asia, North America, Oceania: shown alone where a whole show happens there."""


@cache
def countries() -> dict[str, Country]:
    """Return the countries of the shape file by ISO code and by lower-case name."""
    path = WORLD / "countries.json"
    if not path.exists():
        return {}
    rows = [Country(n, *row[:4]) for n, row in enumerate(json.loads(path.read_text(encoding="utf-8")))]
    return {row.name.lower(): row for row in rows} | {row.code: row for row in rows if row.code}


@cache
def shapes_count() -> int:
    """Return how many features the shape file has."""
    return len({row.number for row in countries().values()})


def country_numbered(number: int) -> str:
    """Return the ISO code of a feature of the shape file; empty where it is no country that orders name."""
    return next((row.code for row in countries().values() if row.number == number and len(row.code) == 2), "")


def country(code: str) -> Country | None:
    """Find a country by ISO code or by name."""
    return countries().get(code.upper()) or countries().get(code.lower())


def mercator(latitude: float) -> float:
    """Return the Mercator height of a latitude, in radians of the equator."""
    bounded = max(-85.0, min(85.0, latitude))
    return math.log(math.tan(math.pi / 4 + math.radians(bounded) / 2))


def unmercator(height: float) -> float:
    """Return the latitude of a Mercator height."""
    return math.degrees(2 * math.atan(math.exp(height)) - math.pi / 2)


def east(longitude: float) -> float:
    """Move a longitude into the map's range of -30 to 330."""
    return (longitude - WEST) % 360.0 + WEST


def look(window: Window, width: float, height: float) -> View:
    """Point the camera so that a window fills the canvas."""
    top, bottom = mercator(window.north), mercator(window.south)
    across = width / (window.east - window.west)
    down = height / ((top - bottom) * 180 / math.pi)
    scale = across if window is WHOLE else min(across, down)
    half = height / 2 / (scale * 180 / math.pi)
    middle = (top + bottom) / 2
    if window is WHOLE and 2 * half < top - bottom:
        middle = top - half - 0.25 * (top - bottom - 2 * half)
    return View((window.west + window.east) / 2, unmercator(middle), math.log2(scale * 360 / TILE), width, height)


def place_labels(wishes: Sequence[Wish], taken: Sequence[Box], inside: Box, gap: float = 3.0) -> list[Box | None]:
    """Give each wish, in order of importance, the nearest free rectangle around its anchor, or None."""
    used = list(taken)
    result: list[Box | None] = []
    for wish in wishes:
        found = next((box for box in _candidates(wish) if _free(box, used, inside, gap)), None)
        if found is not None:
            used.append(found)
        result.append(found)
    return result


def _candidates(wish: Wish) -> Iterable[Box]:
    w, h = wish.width, wish.height
    for ring in range(5):
        dx, dy = wish.away_x + ring * 14, wish.away_y + ring * 13
        for left, top in (
            (wish.x + dx, wish.y - h / 2),
            (wish.x - dx - w, wish.y - h / 2),
            (wish.x + dx, wish.y + dy - h / 2),
            (wish.x - dx - w, wish.y + dy - h / 2),
            (wish.x + dx, wish.y - dy - h),
            (wish.x - dx - w, wish.y - dy - h),
            (wish.x - w / 2, wish.y + dy),
            (wish.x - w / 2, wish.y - dy - h),
        ):
            yield Box(left, top, left + w, top + h)


def _free(box: Box, used: Iterable[Box], inside: Box, gap: float) -> bool:
    if box.left < inside.left or box.top < inside.top or box.right > inside.right or box.bottom > inside.bottom:
        return False
    wide = Box(box.left - gap, box.top - gap, box.right + gap, box.bottom + gap)
    return not any(wide.meets(other) for other in used)
