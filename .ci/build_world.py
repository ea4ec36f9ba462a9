"""Draws the Pacific-centred world once: countries of the Natural Earth 1:50m set, cut at 30 degrees west.

Data flow: countries-50m.geojson (public domain) -> unwrap every ring over the 180th meridian -> cut at longitude
-30 and move what lies west of it by +360 -> simplify all borders together, so that neighbours stay neighbours ->
two files: `countries.geojson` (shapes, fetched by the browser) and `countries.json` (code, name, middle, span; read
by the map panel).
Invariants: every longitude is within [-30, 330]; feature number n carries `i == n`; no country is lost except
Antarctica.
What can fail: an input file with other property names. Needs shapely, which the product itself does not.

Usage: python .ci/build_world.py countries-50m.geojson data/world
"""

import json
import sys
from pathlib import Path
from typing import Any

import shapely
from babel.core import get_global
from shapely.geometry import MultiPolygon, Polygon, box, mapping
from shapely.ops import unary_union

CUT_LONGITUDE = -30.0
TOLERANCE = 0.18
KEEP_WHOLE_AREA_MAX = 0.6
DROPPED = {"Antarctica"}
CODES_BY_NAME = {"Kosovo": "XK"}


def alpha_2(numeric: str | None, name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a numeric one, or an empty string for disputed ground without a code."""
    if name in CODES_BY_NAME:
        return CODES_BY_NAME[name]
    if numeric is None:
        return ""
    found = get_global("territory_aliases").get(numeric)
    return found[0] if found else ""


def unwrapped(ring: list[list[float]]) -> list[tuple[float, float]]:
    """Return a ring whose longitudes run on over 180 instead of jumping to -180."""
    result: list[tuple[float, float]] = []
    shift = 0.0
    for index, (longitude, latitude) in enumerate(ring):
        if index and longitude + shift - result[-1][0] > 180:
            shift -= 360
        elif index and longitude + shift - result[-1][0] < -180:
            shift += 360
        result.append((longitude + shift, latitude))
    return result


def pacific(geometry: dict[str, Any]) -> MultiPolygon:
    """Return a country's polygons moved into longitudes -30 to 330."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    pieces = []
    for rings in polygons:
        whole = shapely.make_valid(Polygon(unwrapped(rings[0]), [unwrapped(ring) for ring in rings[1:]]))
        for turn in (-1, 0, 1):
            window = box(CUT_LONGITUDE + 360 * turn, -90, CUT_LONGITUDE + 360 + 360 * turn, 90)
            piece = whole.intersection(window)
            if piece.area > 0:
                pieces.append(shapely.transform(piece, lambda xy, t=turn: xy - [360 * t, 0]))
    united = unary_union(pieces)
    flat = [part for part in getattr(united, "geoms", [united]) if isinstance(part, Polygon)]
    return MultiPolygon(flat)


def simplified(countries: list[MultiPolygon]) -> list[MultiPolygon]:
    """Simplify all borders together; islands too small to survive keep a coarser outline of their own."""
    together = shapely.coverage_simplify(countries, TOLERANCE)
    result = []
    for before, after in zip(countries, together, strict=True):
        parts = [part for part in getattr(after, "geoms", [after]) if part.area >= 0.02]
        if not parts:
            biggest = sorted(before.geoms, key=lambda part: part.area)[-3:]
            parts = [part.simplify(0.01) for part in biggest]
        result.append(MultiPolygon(parts))
    return result


def rounded(value: Any) -> Any:
    """Round coordinates to two decimals (about a kilometre) all the way down."""
    if isinstance(value, (list, tuple)):
        return [rounded(item) for item in value]
    return round(float(value), 2)


def main(source: Path, target: Path) -> None:
    """Write countries.geojson and countries.json into the target folder."""
    features = [f for f in json.loads(source.read_text())["features"] if f["properties"]["name"] not in DROPPED]
    features.sort(key=lambda feature: feature["properties"]["name"])
    shapes = simplified([pacific(feature["geometry"]) for feature in features])
    drawn, index = [], []
    for number, (feature, geometry) in enumerate(zip(features, shapes, strict=True)):
        name = feature["properties"]["name"]
        code = alpha_2(feature.get("id"), name)
        main_land = max(geometry.geoms, key=lambda part: part.area)
        middle = main_land.representative_point() if main_land.area > 40 else main_land.centroid
        properties = {"i": number, "code": code, "tip": name}
        drawn.append(
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": "MultiPolygon", "coordinates": rounded(mapping(geometry)["coordinates"])},
            }
        )
        index.append([code, name, round(middle.x, 2), round(middle.y, 2), round(main_land.area, 2)])
    target.mkdir(parents=True, exist_ok=True)
    compact = {"ensure_ascii": False, "separators": (",", ":")}
    (target / "countries.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": drawn}, **compact))
    lines = ",\n".join(json.dumps(row, **compact) for row in index)
    (target / "countries.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
