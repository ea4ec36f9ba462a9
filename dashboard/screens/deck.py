"""The handful of deck.gl layers the map is drawn with, as plain dicts, and the hand-over to Streamlit.

Data flow: rows with short keys (p position, c colour, t text, ...) -> one dict per layer -> `Chart`, which
Streamlit asks for JSON.
Invariants: every layer has a stable id, so deck.gl updates it in place; no layer names an address outside;
positions are [longitude, latitude] in the map's own range.
"""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson

from dashboard.screens.geography import WORLD

Item = dict[str, Any]
Layer = dict[str, Any]
Colour = Sequence[int]

MODES = ("air", "sea", "truck", "rail")
FONT = '"Noto Sans", "Noto Sans CJK SC", "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


class Chart:
    """What `st.pydeck_chart` takes: it asks for `to_json` and reads the tooltip; nothing is validated or copied."""

    def __init__(self, spec: dict[str, Any], tooltip: dict[str, Any]) -> None:
        self._spec = spec
        self._tooltip = tooltip

    def to_json(self) -> str:
        """Return the whole description as JSON."""
        return orjson.dumps(self._spec).decode()


def shapes(name: str, url: str, fill: str, version: str, border: Colour) -> Layer:
    """Draw a GeoJSON file by URL; `fill` is an expression over properties, `version` says when it changed."""
    return {
        "@@type": "GeoJsonLayer",
        "id": name,
        "data": url,
        "stroked": True,
        "filled": True,
        "pickable": True,
        "getFillColor": fill,
        "getLineColor": list(border),
        "lineWidthUnits": "pixels",
        "getLineWidth": 0.7,
        "updateTriggers": {"getFillColor": version},
    }


def circles(name: str, rows: Sequence[Item], radius: float, pickable: bool = False) -> Layer:
    """Draw circles of `radius` pixels at p, filled with c, outlined with e."""
    return {
        "@@type": "ScatterplotLayer",
        "id": name,
        "data": list(rows),
        "getPosition": "@@=p",
        "getFillColor": "@@=c",
        "getLineColor": "@@=e",
        "stroked": True,
        "radiusUnits": "pixels",
        "getRadius": radius,
        "lineWidthUnits": "pixels",
        "getLineWidth": 1,
        "pickable": pickable,
    }


def strokes(name: str, rows: Sequence[Item], width: float) -> Layer:
    """Draw straight strokes from s to t in colour c."""
    return {
        "@@type": "LineLayer",
        "id": name,
        "data": list(rows),
        "getSourcePosition": "@@=s",
        "getTargetPosition": "@@=t",
        "getColor": "@@=c",
        "widthUnits": "pixels",
        "getWidth": width,
    }


def paths(name: str, rows: Sequence[Item], width: float) -> Layer:
    """Draw paths w in colour c."""
    return {
        "@@type": "PathLayer",
        "id": name,
        "data": list(rows),
        "getPath": "@@=w",
        "getColor": "@@=c",
        "widthUnits": "pixels",
        "getWidth": width,
        "capRounded": True,
        "jointRounded": True,
    }


def texts(name: str, rows: Sequence[Item], weight: int) -> Layer:
    """Write texts t at p moved by o pixels, size z, colour c, anchored at their left end and vertical middle."""
    return {
        "@@type": "TextLayer",
        "id": name,
        "data": list(rows),
        "getPosition": "@@=p",
        "getText": "@@=t",
        "getSize": "@@=z",
        "getColor": "@@=c",
        "getPixelOffset": "@@=o",
        "getTextAnchor": "start",
        "getAlignmentBaseline": "center",
        "fontFamily": FONT,
        "fontWeight": weight,
        "characterSet": "auto",
        "sizeUnits": "pixels",
        "fontSettings": {"sdf": False, "fontSize": 32, "buffer": 6},
        "background": True,
        "getBackgroundColor": [11, 15, 20, 165],
        "backgroundPadding": [4, 1, 4, 1],
        "backgroundBorderRadius": 3,
    }


def icons(name: str, rows: Sequence[Item], size: float) -> Layer:
    """Draw the symbol m (a transport mode) at p, turned by a degrees."""
    mapping = {mode: {"x": 40 * n, "y": 0, "width": 40, "height": 40, "mask": True} for n, mode in enumerate(MODES)}
    return {
        "@@type": "IconLayer",
        "id": name,
        "data": list(rows),
        "iconAtlas": _atlas(),
        "iconMapping": mapping,
        "getIcon": "@@=m",
        "getPosition": "@@=p",
        "getColor": [255, 255, 255],
        "sizeUnits": "pixels",
        "getSize": size,
        "getAngle": "@@=a",
    }


@cache
def _atlas() -> str:
    """Return the picture of the four symbols as a data address, so that it needs no request of its own."""
    return "data:image/png;base64," + b64encode((WORLD / "modes.png").read_bytes()).decode()
