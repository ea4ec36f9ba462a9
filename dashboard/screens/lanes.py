"""A shipment's way over the map: the part done, the part to go, where it is now and where it heads.

Data flow: a shipment row (unwrapped path, position) -> `moving`: the path moved into the map's range and split at
the goods.
Invariants: the path is never torn at the 180th meridian; the goods themselves lie between -30 and 330; the done
part ends and the rest begins exactly at the goods.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from dashboard.screens.geography import View, east
from dashboard.screens.marks import Frame

DOT_STEP_PIXELS = 8.0
DOTS_MAX = 120

Moving = dict[str, Any]
Point = Sequence[float]


def moving(row: Frame) -> Moving:
    """Lay a shipment's path into the map's range and split it where the goods are."""
    path = [[float(point[0]), float(point[1])] for point in row["path"]]
    turns = ([row["position"][0] + turn, row["position"][1]] for turn in (0.0, 360.0, -360.0))
    leg, at = min(((_leg(path, spot), spot) for spot in turns), key=lambda found: found[0][1])
    shift = east(at[0]) - at[0]
    return {
        "row": row,
        "done": [[x + shift, y] for x, y in [*path[: leg[0] + 1], at]],
        "rest": [[x + shift, y] for x, y in [at, *path[leg[0] + 1 :]]],
        "point": [at[0] + shift, at[1]],
        "angle": _heading(path, leg[0]),
        "late": row["state"] == "late",
    }


def dots(path: Sequence[Point], view: View) -> list[tuple[float, float]]:
    """Walk along a path and leave a dot every few pixels."""
    result: list[tuple[float, float]] = []
    walked = DOT_STEP_PIXELS
    for (ax, ay), (bx, by) in pairwise(view.pixel(x, y) for x, y in path):
        length = math.hypot(bx - ax, by - ay)
        while walked <= length and len(result) < DOTS_MAX:
            result.append(view.rounded_point(ax + (bx - ax) * walked / length, ay + (by - ay) * walked / length))
            walked += DOT_STEP_PIXELS
        walked = max(0.0, walked - length) or DOT_STEP_PIXELS
    return result


def _leg(path: Sequence[Point], at: Point) -> tuple[int, float]:
    """Return the number of the leg a position lies on, and how far off it is, squared degrees."""
    best, away_least = 0, math.inf
    for number, (a, b) in enumerate(pairwise(path)):
        dx, dy = b[0] - a[0], b[1] - a[1]
        part = max(0.0, min(1.0, ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / ((dx * dx + dy * dy) or 1.0)))
        away = (a[0] + part * dx - at[0]) ** 2 + (a[1] + part * dy - at[1]) ** 2
        if away < away_least:
            best, away_least = number, away
    return best, away_least


def _heading(path: Sequence[Point], leg: int) -> float:
    """Return where a leg heads in degrees clockwise, 0 = north."""
    if len(path) < 2:
        return 0.0
    (ax, ay), (bx, by) = path[leg], path[leg + 1]
    return math.degrees(math.atan2(bx - ax, by - ay))
