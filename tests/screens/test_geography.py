"""The map in numbers: projection, the Pacific range, shapes, and labels that never overlap."""

import itertools
import json
import math

import pytest
from hypothesis import given, strategies as some

from dashboard.screens.geography import (
    WHOLE,
    WORLD,
    Box,
    Wish,
    countries,
    country,
    east,
    look,
    place_labels,
    shapes_count,
)

CANVAS = Box(0, 0, 1200, 590)
wishes = some.builds(
    Wish,
    x=some.floats(-50, 1250),
    y=some.floats(-50, 640),
    width=some.floats(10, 260),
    height=some.floats(8, 50),
    away_x=some.floats(0, 30),
    away_y=some.floats(0, 30),
)
obstacles = some.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    some.floats(0, 1200),
    some.floats(0, 590),
    some.floats(1, 60),
    some.floats(1, 120),
)


@given(some.lists(wishes, max_size=40), some.lists(obstacles, max_size=30))
def test_labels_never_overlap_each_other_an_obstacle_or_the_edge(asked: list[Wish], taken: list[Box]) -> None:
    placed = place_labels(asked, taken, CANVAS)
    assert len(placed) == len(asked)
    boxes = [box for box in placed if box is not None]
    for number, box in enumerate(boxes):
        assert not any(box.meets(other) for other in boxes[number + 1 :])
        assert not any(box.meets(other) for other in taken)
        assert box.left >= 0
        assert box.top >= 0
        assert box.right <= CANVAS.right
        assert box.bottom <= CANVAS.bottom


def test_a_label_alone_stands_right_of_its_anchor() -> None:
    (box,) = place_labels([Wish(600, 300, 100, 30)], [], CANVAS)
    assert box is not None
    assert box.left > 600


def test_many_labels_on_one_spot_spread_and_the_most_important_gets_the_best_place() -> None:
    placed = place_labels([Wish(600, 300, 90, 30)] * 12, [], CANVAS)
    assert all(box is not None for box in placed[:8])
    assert placed[0] == Box(610, 285, 700, 315)


@given(some.floats(-1000, 1000))
def test_every_longitude_lands_in_the_range_of_the_map(longitude: float) -> None:
    moved = east(longitude)
    assert -30 <= moved < 330 or math.isclose(moved, 330)
    assert math.isclose(math.cos(math.radians(moved)), math.cos(math.radians(longitude)), abs_tol=1e-6)


def test_the_pacific_is_in_the_middle_europe_left_and_the_americas_right() -> None:
    view = look(WHOLE, 1200, 590)
    hamburg, shenzhen, los_angeles = (view.pixel(east(x), y)[0] for x, y in ((10, 53.5), (114, 22.5), (-118, 34)))
    assert hamburg < shenzhen < los_angeles
    assert hamburg > 0
    assert los_angeles < 1200


@given(some.floats(0, 1200), some.floats(0, 590))
def test_a_pixel_and_its_point_are_inverse(x: float, y: float) -> None:
    view = look(WHOLE, 1200, 590)
    back = view.pixel(*view.point(x, y))
    assert back == pytest.approx((x, y), abs=1e-6)


def rings() -> list[tuple[str, list[list[float]]]]:
    shapes = json.loads((WORLD / "countries.geojson").read_text(encoding="utf-8"))
    return [
        (feature["properties"]["tip"], ring)
        for feature in shapes["features"]
        for polygon in feature["geometry"]["coordinates"]
        for ring in polygon
    ]


def test_no_shape_smears_over_the_map_and_none_leaves_it() -> None:
    for name, ring in rings():
        longitudes = [point[0] for point in ring]
        assert min(longitudes) >= -30, name
        assert max(longitudes) <= 330, name
        longest = max(abs(a - b) for a, b in itertools.pairwise(longitudes))
        assert longest < 40, f"{name} has an edge of {longest} degrees"


def test_russia_and_fiji_hang_together_over_the_180th_meridian() -> None:
    for wanted in ("Russia", "Fiji"):
        longitudes = [point[0] for name, ring in rings() for point in ring if name == wanted]
        assert min(longitudes) < 180 < max(longitudes)
    assert all(name != "Antarctica" for name, _ in rings())


def test_small_countries_are_on_the_map_and_the_file_stays_small() -> None:
    names = {name for name, _ in rings()}
    assert {"Singapore", "Hong Kong", "Malta", "Bahrain", "Maldives"} <= names
    assert (WORLD / "countries.geojson").stat().st_size <= 400_000


def test_the_index_and_the_shapes_agree_on_every_number() -> None:
    shapes = json.loads((WORLD / "countries.geojson").read_text(encoding="utf-8"))["features"]
    assert [feature["properties"]["i"] for feature in shapes] == list(range(len(shapes)))
    assert shapes_count() == len(shapes)
    for row in countries().values():
        assert shapes[row.number]["properties"]["tip"] == row.name


def test_a_country_is_found_by_code_or_name_and_nothing_else() -> None:
    assert country("de") == country("Germany")
    assert country("Atlantis") is None
    assert country("") is None
