"""World map: where stock is, where demand comes from, what is on its way.

Data flow: frame + size of the canvas -> `spec`, a deck.gl description as a plain dict, and `head`, the HTML over
it. Shapes are fetched by the browser once from `SHAPES_URL`; their tint travels as one digit per country inside an
expression, so a tick carries a few kilobytes and no outline.
Invariants: nothing is fetched from outside; labels overlap neither each other nor a column (`place_labels`); at
most `LOCATIONS_MAX` and `SHIPMENTS_MAX` rows leave the server, whatever the show holds; the camera depends only on
where things are, so it does not move under the viewer's hand from tick to tick.
"""

import math
from collections.abc import Sequence
from typing import Any

from dashboard.screens import deck, lanes
from dashboard.screens.geography import (
    WHOLE,
    WINDOWS,
    Box,
    View,
    Wish,
    country,
    east,
    look,
    place_labels,
    shapes_count,
)
from dashboard.screens.marks import Frame, late_regions, number, safe, shape, span, tag
from dashboard.screens.words import Say, english

SHAPES_URL = "/world/countries.geojson"
NO_MAP_STYLE = (
    "__MAP_STYLE__"  # pydeck's own word for "none"; with no word at all Streamlit would fetch one from outside
)
LOCATIONS_MAX, SHIPMENTS_MAX, COUNTRIES_TOUCHED_MAX, COUNTRIES_LABELLED = 24, 12, 60, 9
COUNTRIES_RANKED, RANKING_WIDTH, RANKING_HEIGHT = 12, 220.0, 300.0
HEAD_PIXELS, FOOT_PIXELS, COLUMN_PIXELS = 36.0, 38.0, 70.0
PADDING = 4.0

GREEN, YELLOW, RED, BLUE = (63, 182, 139), (230, 179, 61), (240, 96, 96), (74, 163, 255)
WHITE, DIM, BORDER, CLEAR = (230, 237, 243), (148, 161, 174), (11, 15, 20), (0, 0, 0, 0)
HEAT = ((32, 42, 53), (31, 52, 75), (32, 61, 94), (33, 69, 109), (35, 78, 127), (38, 87, 145), (42, 97, 164))
UNSURE = (84, 74, 44)
"""Tint of the countries of a region with a late channel: how much they buy is not known right now."""
LATE_TAGS_MAX = 3
TOOLTIP = {
    "html": '<div data-pick="{pick}" data-land="{i}">{tip}</div>',
    "style": {
        "background": "#0b0f14",
        "color": "#e6edf3",
        "border": "1px solid #2c3947",
        "borderRadius": "6px",
        "fontSize": "13px",
        "padding": "8px 10px",
        "whiteSpace": "pre-line",
    },
}

Item = dict[str, Any]


def spec(frame: Frame, size: tuple[int, int], say: Say = english) -> dict[str, Any]:
    """Describe the whole map for deck.gl."""
    view, scale = camera(frame, size), max(0.8, min(2.4, size[1] / 590))
    places = _places(frame, view, scale)
    moving = [lanes.moving(row) for row in frame["shipments"] if row["state"] != "arrived" and row["path"]][
        :SHIPMENTS_MAX
    ]
    layers = [_land(frame), *_lanes(moving, view), *_columns(places, view, scale), *_icons(moving, scale)]
    layers += _labels(frame, places, moving, view, scale, say)
    layers.append(deck.circles("touch", _touch(frame, places, moving, say), 16 * scale, pickable=True))
    return {
        "initialViewState": {
            "longitude": round(view.longitude, 3),
            "latitude": round(view.latitude, 3),
            "zoom": round(view.zoom, 3),
            "pitch": 0,
            "bearing": 0,
        },
        "views": [
            {
                "@@type": "MapView",
                "id": "world",
                "controller": {"dragRotate": False, "touchRotate": False},
                "repeat": True,
            }
        ],
        "layers": layers,
        "mapStyle": NO_MAP_STYLE,
    }


def head(frame: Frame, say: Say = english) -> str:
    """Build the title and legend above the map."""
    title = say("Demand by country") if by_demand(frame) else say("Stock by location")
    keys = "".join(
        f"<span>{shape(name)}{safe(say(word))}</span>"
        for name, word in (
            ("available", "available"),
            ("committed", "committed"),
            ("low", "low"),
            ("transit", "in transit"),
        )
    )
    heat = "".join(f'<i style="background:rgb({r},{g},{b})"></i>' for r, g, b in HEAT[1:])
    late = "".join(tag(f"{region} · {text}") for region, text in list(late_regions(frame, say).items())[:LATE_TAGS_MAX])
    legend = f'<div class="legend">{keys}<span class="heat">{heat} {safe(say("demand"))}</span>{late}</div>'
    return f'<div class="title"><h2>{safe(title)}</h2>{legend}</div>{_ranking(frame)}'


def by_demand(frame: Frame) -> bool:
    """Say whether demand is the main thing of this map: there is at most one place to send from."""
    return len(frame["locations"]) <= 1


def _ranking(frame: Frame) -> str:
    """List the countries that buy most, where demand is the main thing; some of them may lie outside of the picture."""
    if not by_demand(frame) or not frame["demand"]:
        return ""
    rows, top = frame["demand"][:COUNTRIES_RANKED], max(1, frame["demand"][0]["units"])
    lines = []
    for row in rows:
        found, wide = country(row["country"]), max(1.0, 100 * row["units"] / top)
        name = found.name if found else row["country"] or "?"
        lines.append(f'<span>{safe(name)}</span><b>{number(row["units"])}</b><i style="width:{wide:.1f}%"></i>')
    return f'<div class="ranking">{"".join(lines)}</div>'


def camera(frame: Frame, size: tuple[int, int]) -> View:
    """Look at the whole Pacific-centred world, or closer where all locations and nearly all demand lie together."""
    width, height = float(max(size[0], 200)), float(max(size[1], 150))
    spots = [(east(row["longitude"]), row["latitude"]) for row in frame["locations"]]
    demand = [(found, row["units"]) for row in frame["demand"] if (found := country(row["country"]))]
    total = sum(units for _, units in demand) or 1
    for window in WINDOWS if spots else ():
        inside = sum(units for place, units in demand if window.holds(place.longitude, place.latitude))
        if all(window.holds(*spot) for spot in spots) and inside >= 0.8 * total:
            return look(window, width, height)
    return look(WHOLE, width, height)


def heat_levels(frame: Frame) -> str:
    """Return one digit per country of the shape file: 0 no demand, 6 most; small markets show beside a large one."""
    digits = ["0"] * shapes_count()
    top = max((row["units"] for row in frame["demand"]), default=0) or 1
    for row in frame["demand"]:
        found = country(row["country"])
        if found and row["units"] > 0:
            digits[found.number] = str(max(1, min(6, math.ceil(6 * (row["units"] / top) ** 0.4))))
    return "".join(digits)


def _land(frame: Frame) -> Item:
    levels = _unsure(frame, heat_levels(frame))
    colours = "[" + ",".join(f"[{r},{g},{b}]" for r, g, b in (*HEAT, UNSURE)) + "]"
    return deck.shapes("land", SHAPES_URL, f"@@=({colours})[('{levels}')[properties.i]]", levels, BORDER)


def _unsure(frame: Frame, levels: str) -> str:
    """Mark the countries of regions with a late channel by a digit of their own."""
    waiting = {row["region"] for row in frame["suspended"]}
    digits = list(levels)
    for region in frame["regions"] if waiting else ():
        for code in region["countries"] if region["region"] in waiting else ():
            if found := country(code):
                digits[found.number] = str(len(HEAT))
    return "".join(digits)


def _places(frame: Frame, view: View, scale: float) -> list[Item]:
    """Find each location's foot on the canvas and how high its two columns stand, the most urgent first."""
    rows = sorted(
        frame["locations"], key=lambda r: (r["state"] not in ("low", "out"), -r["available"] - r["committed"])
    )
    rows = rows[:LOCATIONS_MAX]
    top = max((max(row["available"], row["committed"]) for row in rows), default=0) or 1
    result = []
    for row in rows:
        point = (east(row["longitude"]), row["latitude"])
        heights = [
            max(3.0, COLUMN_PIXELS * scale * row[name] / top) if row[name] else 0.0
            for name in ("available", "committed")
        ]
        tones = (RED if row["state"] in ("low", "out") else GREEN, YELLOW)
        result.append(
            {"row": row, "point": point, "pixel": view.pixel(*point), "columns": list(zip(heights, tones, strict=True))}
        )
    return result


def _columns(places: Sequence[Item], view: View, scale: float) -> list[Item]:
    feet = [{"p": place["point"], "c": (11, 15, 20, 200), "e": (139, 152, 165, 150)} for place in places]
    rows = []
    for place in sorted(places, key=lambda place: place["pixel"][1]):
        x, y = place["pixel"]
        for side, (height, tone) in enumerate(place["columns"]):
            across = x + (side - 0.5) * 9 * scale
            if height:
                rows.append(
                    {"s": view.rounded_point(across, y), "t": view.rounded_point(across, y - height), "c": tone}
                )
    edges = [row | {"c": BORDER} for row in rows]
    return [
        deck.circles("feet", feet, 5 * scale),
        deck.strokes("edges", edges, 9.5 * scale),
        deck.strokes("columns", rows, 7 * scale),
    ]


def _lanes(moving: Sequence[lanes.Moving], view: View) -> list[Item]:
    done = [{"w": row["done"], "c": (*BLUE, 230)} for row in moving if len(row["done"]) > 1]
    spots = [{"p": p, "c": (*BLUE, 235), "e": CLEAR} for row in moving for p in lanes.dots(row["rest"], view)]
    return [deck.paths("done", done, 2.2), deck.circles("rest", spots, 1.7)]


def _icons(moving: Sequence[Item], scale: float) -> list[Item]:
    rings = [{"p": row["point"], "c": (23, 84, 150), "e": YELLOW if row["late"] else BLUE} for row in moving]
    rows = []
    for row in moving:
        mode = row["row"]["mode"] if row["row"]["mode"] in deck.MODES else "truck"
        rows.append({"p": row["point"], "m": mode, "a": round(-row["angle"], 1) if mode == "air" else 0})
    return [deck.circles("rings", rings, 12 * scale), deck.icons("modes", rows, 17 * scale)]


def _labels(
    frame: Frame, places: Sequence[Item], moving: Sequence[Item], view: View, scale: float, say: Say
) -> list[Item]:
    """Write names and numbers beside locations, shipments and, on a demand map, countries; none over another."""
    z = max(11.5, 13 * scale)
    blocks = [_place_block(place, z, scale, say) for place in places] + [
        _moving_block(row, view, z, scale, say) for row in moving
    ]
    if by_demand(frame):
        blocks += _country_blocks(frame, view, z)
    taken = [box for place in places for box in _column_boxes(place, scale)]
    taken += [
        Box(x - 13 * scale, y - 13 * scale, x + 13 * scale, y + 13 * scale)
        for x, y in (view.pixel(*r["point"]) for r in moving)
    ]
    if by_demand(frame):
        taken.append(Box(0, 0, RANKING_WIDTH * scale, RANKING_HEIGHT * scale))
    inside = Box(6, HEAD_PIXELS, view.width - 6, view.height - FOOT_PIXELS)
    bold, plain, leaders = [], [], []
    for block, box in zip(blocks, place_labels([block["wish"] for block in blocks], taken, inside), strict=True):
        if box is None:
            continue
        if leader := _leader(block["wish"], box):
            leaders.append({"s": block["point"], "t": view.rounded_point(*leader), "c": (*DIM, 150)})
        left, down = box.left - block["wish"].x + PADDING, box.top - block["wish"].y + z * 0.62 + 2
        bold.append(
            {"p": block["point"], "t": block["name"], "z": z, "c": WHITE, "o": (round(left, 1), round(down, 1))}
        )
        for across, text, tone in block["parts"]:
            plain.append(
                {
                    "p": block["point"],
                    "t": text,
                    "z": z - 0.5,
                    "c": tone,
                    "o": (round(left + across, 1), round(down + z * 1.22, 1)),
                }
            )
    return [deck.strokes("leaders", leaders, 1), deck.texts("names", bold, 700), deck.texts("numbers", plain, 600)]


def _leader(wish: Wish, box: Box) -> tuple[float, float] | None:
    """Return where a thread from the anchor meets its label, where the label had to move away."""
    x, y = max(box.left, min(box.right, wish.x)), max(box.top, min(box.bottom, wish.y))
    return (x, y) if math.hypot(x - wish.x, y - wish.y) > 17 else None


def _width(text: str, z: float) -> float:
    return sum(z * (1.0 if ord(letter) > 0x2E80 else 0.64 if letter.isupper() else 0.57) for letter in text) + 4


def _block(
    point: Sequence[float], pixel: tuple[float, float], name: str, parts: Sequence[tuple[str, Any]], z: float
) -> Item:
    across, placed = 0.0, []
    for text, tone in parts:
        placed.append((across, text, tone))
        across += _width(text, z) + 5
    wide = max(_width(name, z) * 1.04, across - 5) + 2 * PADDING
    tall = (z * 2.44 if parts else z * 1.24) + 4
    return {"point": point, "name": name, "parts": placed, "wish": Wish(pixel[0], pixel[1], wide, tall, 14.0, 12.0)}


def _place_block(place: Item, z: float, scale: float, say: Say) -> Item:
    row, (x, y) = place["row"], place["pixel"]
    low = row["state"] in ("low", "out")
    parts = [
        (f"▼ {say(row['state'])} {number(row['available'])}", RED) if low else (f"● {number(row['available'])}", GREEN)
    ]
    parts += [(f"◆ {number(row['committed'])}", YELLOW)] if row["committed"] else []
    return _block(place["point"], (x, y - 6 * scale), row["name"] or row["location"], parts, z)


def _moving_block(moving: Item, view: View, z: float, scale: float, say: Say) -> Item:
    row = moving["row"]
    under = f"▶ {span(max(0.0, row['hours_left']) * 60, say)} {say('left')} · {say(row['mode'])}"
    parts = [(under + (f" · {say('late')}" if moving["late"] else ""), YELLOW if moving["late"] else BLUE)]
    return _block(
        moving["point"],
        view.pixel(*moving["point"]),
        f"{number(row['units'])} {say('units to')} {row['to_name']}",
        parts,
        z,
    )


def _country_blocks(frame: Frame, view: View, z: float) -> list[Item]:
    blocks: list[Item] = []
    for row in frame["demand"]:
        place = country(row["country"])
        x, y = view.pixel(place.longitude, place.latitude) if place else (-1.0, -1.0)
        if place and 0 < x < view.width and HEAD_PIXELS < y < view.height and len(blocks) < COUNTRIES_LABELLED:
            blocks.append(
                _block((place.longitude, place.latitude), (x, y), place.name, [(number(row["units"]), DIM)], z)
            )
    return blocks


def _column_boxes(place: Item, scale: float) -> list[Box]:
    x, y = place["pixel"]
    boxes = [Box(x - 10 * scale, y - 6 * scale, x + 10 * scale, y + 6 * scale)]
    for side, (height, _) in enumerate(place["columns"]):
        across = x + (side - 0.5) * 9 * scale
        boxes.append(Box(across - 4 * scale, y - height, across + 4 * scale, y))
    return boxes


def _touch(frame: Frame, places: Sequence[Item], moving: Sequence[Item], say: Say) -> list[Item]:
    """Lay invisible discs where the hand asks for detail; a click on one says what was meant (`pick`)."""
    rows = []
    for row in frame["demand"][:COUNTRIES_TOUCHED_MAX]:
        if found := country(row["country"]):
            rows.append(
                {
                    "p": (found.longitude, found.latitude),
                    "pick": f"country/{found.code}",
                    "tip": f"{found.name}\n{number(row['units'])} {say('units')}",
                }
            )
    for place in places:
        own = place["row"]
        lines = [
            own["name"],
            *(f"{number(own[key])} {say(key)}" for key in ("available", "committed", "unavailable", "incoming")),
        ]
        rows.append({"p": place["point"], "pick": f"location/{own['location']}", "tip": "\n".join(lines)})
    for item in moving:
        own = item["row"]
        goods = ", ".join(f"{number(line['quantity'])} {line['sku']}" for line in own["lines"][:4])
        rows.append(
            {
                "p": item["point"],
                "pick": f"shipment/{own['shipment']}",
                "tip": f"{own['shipment']}: {own['from_name']} → {own['to_name']}\n{goods}\nETA {own['eta'][:16]}Z",
            }
        )
    return [row | {"c": CLEAR, "e": CLEAR} for row in rows]
