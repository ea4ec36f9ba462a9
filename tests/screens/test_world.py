"""The map as deck.gl gets it: small, local, legible, whatever the show holds."""

import itertools
import re
from typing import Any

import orjson
import pytest
from hypothesis import given, strategies as some

from dashboard.screens import deck, lanes
from dashboard.screens.geography import WHOLE, country, look
from dashboard.screens.panels import world
from tests.screens.sample_frame import frame_at, imported_frame

SIZE = (1177, 586)


def layer(frame: dict[str, Any], name: str) -> dict[str, Any]:
    return next(layer for layer in world.spec(frame, SIZE)["layers"] if layer["id"] == name)


@pytest.mark.parametrize("frame", [frame_at(2408), imported_frame()], ids=["one show, six locations", "37 countries"])
def test_a_tick_sends_few_bytes_and_no_address_outside(frame: dict[str, Any]) -> None:
    sent = deck.Chart(world.spec(frame, SIZE), world.TOOLTIP).to_json()
    assert len(sent) < 40_000
    assert not re.search(r"https?://|//[a-z]", sent)
    assert orjson.loads(sent)["mapStyle"] == "__MAP_STYLE__", (
        "without a word Streamlit would fetch a style from outside"
    )


def test_no_outline_travels_with_a_tick_only_the_files_address() -> None:
    land = layer(frame_at(2408), "land")
    assert land["data"] == "/world/countries.geojson"
    assert land["updateTriggers"]["getFillColor"] in land["getFillColor"]


def test_more_demand_is_a_hotter_tint_and_no_demand_is_none() -> None:
    frame = frame_at(2408)
    levels = world.heat_levels(frame)
    tint = {code: int(levels[found.number]) for code in ("US", "DE", "SG", "BR") if (found := country(code))}
    assert tint["US"] == 6
    assert tint["US"] > tint["DE"] > tint["SG"] >= 1
    assert tint["BR"] == 0


def test_each_location_shows_two_columns_and_a_low_one_is_red_with_its_word() -> None:
    frame = frame_at(2408)
    frame["locations"][0]["state"] = "low"
    tones = [tuple(row["c"]) for row in layer(frame, "columns")["data"]]
    assert world.RED in tones
    assert world.YELLOW in tones
    assert any(text["t"].startswith("▼ low") for text in layer(frame, "numbers")["data"])


def test_every_location_and_shipment_is_named_beside_its_place() -> None:
    names = {text["t"] for text in layer(frame_at(2408), "names")["data"]}
    assert {"Los Angeles", "Hamburg", "Singapore", "Shenzhen bonded", "Ningbo bonded", "Zhengzhou bonded"} <= names
    assert "240 units to Los Angeles" in names


def test_a_shipment_moves_from_tick_to_tick_and_its_way_is_split_at_the_goods() -> None:
    before, after = (layer(frame_at(second), "modes")["data"][0]["p"] for second in (2408, 2409))
    assert before != after
    way = lanes.moving(frame_at(2408)["shipments"][0])
    assert way["done"][-1] == way["rest"][0] == way["point"]


@given(some.floats(-720, 720), some.floats(0, 1), some.integers(-1, 1))
def test_a_way_over_the_180th_meridian_is_never_torn(start: float, progress: float, turn: int) -> None:
    path = [[start + 10 * n, 20.0 + n] for n in range(13)]
    position = [start + 120 * progress + 360 * turn, 20.0 + 12 * progress]
    way = lanes.moving({"path": path, "position": position, "state": "in_transit"})
    points = [*way["done"], *way["rest"]]
    assert all(abs(a[0] - b[0]) < 11 for a, b in itertools.pairwise(points))
    assert -30 <= way["point"][0] <= 330.001


def test_dots_keep_their_distance_on_the_canvas() -> None:
    view = look(WHOLE, *SIZE)
    spots = [view.pixel(*spot) for spot in lanes.dots([[100, 0], [150, 0], [200, 0]], view)]
    gaps = [b[0] - a[0] for a, b in itertools.pairwise(spots)]
    assert len(spots) > 20
    assert all(gap == pytest.approx(lanes.DOT_STEP_PIXELS, abs=0.1) for gap in gaps)


def test_a_show_in_one_continent_is_looked_at_closely_and_a_global_one_as_a_whole() -> None:
    near, far = world.camera(imported_frame(), SIZE), world.camera(frame_at(2408), SIZE)
    assert near.zoom > far.zoom + 1
    assert far.longitude == 150


def test_the_camera_does_not_move_from_tick_to_tick() -> None:
    views = {orjson.dumps(world.spec(frame_at(second), SIZE)["initialViewState"]) for second in range(2400, 2420)}
    assert len(views) == 1


def test_a_demand_map_ranks_its_countries_and_a_stock_map_does_not() -> None:
    assert "United Kingdom" in world.head(imported_frame())
    assert "ranking" not in world.head(frame_at(2408))


def test_thousands_of_locations_and_shipments_leave_the_server_as_a_few() -> None:
    frame = frame_at(2408)
    frame["locations"] = [
        frame["locations"][n % 6] | {"location": str(n), "longitude": n % 360 - 180} for n in range(3000)
    ]
    frame["shipments"] = frame["shipments"] * 500
    assert len(layer(frame, "feet")["data"]) == world.LOCATIONS_MAX
    assert len(layer(frame, "modes")["data"]) == world.SHIPMENTS_MAX


@pytest.mark.parametrize("size", [(200, 150), (835, 382), (2400, 1200)])
def test_any_size_of_canvas_gets_a_map(size: tuple[int, int]) -> None:
    assert world.spec(frame_at(2408), size)["layers"]


def test_a_frame_without_anything_still_draws_the_world() -> None:
    frame = frame_at(0) | {"locations": [], "shipments": [], "demand": [], "suspended": []}
    assert layer(frame, "land")["updateTriggers"]["getFillColor"].strip("0") == ""


def test_the_countries_of_a_late_region_have_a_tint_of_their_own_and_a_tag_says_how_late() -> None:
    frame = frame_at(2408)
    waiting = next(row["countries"] for row in frame["regions"] if row["region"] == "SEA")
    digits = layer(frame, "land")["updateTriggers"]["getFillColor"]
    shown = {code for code in waiting if (found := country(code)) and digits[found.number] == "7"}
    assert shown == set(waiting)
    assert digits.count("7") == len(waiting)
    assert "SEA · feed 42 s late" in world.head(frame)
    calm = frame | {"suspended": []}
    assert "7" not in layer(calm, "land")["updateTriggers"]["getFillColor"]
    assert 'class="tag"' not in world.head(calm)
