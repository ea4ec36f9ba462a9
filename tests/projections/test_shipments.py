"""Shipments: where goods are on their way, along paths that never jump, and what of them is still out."""

import itertools
import math

import pytest
from hypothesis import given, strategies as st

from dashboard.projections.shipments import along, path
from tests.decision.shows import small_show
from tests.decision.watched import HOUR, MINUTE
from tests.projections.film import Film

SHENZHEN, LOS_ANGELES = (114.06, 22.54), (-118.24, 33.94)
HAMBURG, SINGAPORE, SYDNEY = (9.99, 53.55), (103.82, 1.35), (151.2, -33.87)
FIJI, SAMOA = (178.44, -18.14), (-171.76, -13.83)

places = st.tuples(st.floats(-180, 180), st.floats(-80, 80))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance by the haversine formula."""
    (x1, y1), (x2, y2) = (tuple(map(math.radians, point)) for point in (one, other))
    h = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * 6371 * math.asin(min(1.0, math.sqrt(h)))


def length(way: tuple[tuple[float, float], ...]) -> float:
    return sum(kilometres(a, b) for a, b in itertools.pairwise(way))


def jumps(way: tuple[tuple[float, float], ...]) -> float:
    """The longest step in degrees of longitude."""
    return max((abs(b[0] - a[0]) for a, b in itertools.pairwise(way)), default=0.0)


def same_place(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """The same point of the globe, however often the longitude went round."""
    turned = (one[0] - other[0]) / 360
    return abs(turned - round(turned)) * 360 < 0.002 and abs(one[1] - other[1]) < 0.002


@given(places, places)
def test_a_flight_is_the_shortest_way_and_never_jumps(start: tuple[float, float], end: tuple[float, float]) -> None:
    way = path(*start, *end, "air")
    direct = kilometres(start, end)
    if direct > 19_500:
        return  # between opposite ends of the earth every direction is as short
    assert same_place(way[0], start)
    assert same_place(way[-1], end)
    assert length(way) == pytest.approx(direct, rel=0.01, abs=1)
    assert jumps(way) <= 180
    assert all(-90 <= latitude <= 90 for _, latitude in way)


def test_a_flight_over_the_pacific_runs_on_past_180_degrees() -> None:
    way = path(*SHENZHEN, *LOS_ANGELES, "air")
    assert way[0] == SHENZHEN
    assert way[-1] == (round(360 + LOS_ANGELES[0], 3), LOS_ANGELES[1])
    assert jumps(way) < 10
    assert max(latitude for _, latitude in way) > 45, "the great circle bends to the north"


def test_a_short_hop_over_the_date_line_stays_short() -> None:
    assert length(path(*FIJI, *SAMOA, "air")) < 1_300
    assert path(*SAMOA, *FIJI, "air")[-1][0] == pytest.approx(FIJI[0] - 360, abs=0.01)


@pytest.mark.parametrize(
    ("start", "end", "least", "most"),
    [
        (SHENZHEN, LOS_ANGELES, 10_500, 13_500),
        (SHENZHEN, HAMBURG, 17_000, 21_500),
        (SHENZHEN, SINGAPORE, 2_400, 3_300),
        (LOS_ANGELES, SYDNEY, 11_500, 14_500),
    ],
)
def test_a_ship_keeps_to_the_sea_lanes_and_never_jumps(
    start: tuple[float, float], end: tuple[float, float], least: float, most: float
) -> None:
    way = path(*start, *end, "sea")
    assert same_place(way[0], start)
    assert same_place(way[-1], end)
    assert least < length(way) < most
    assert jumps(way) <= 180
    assert length(way) > kilometres(start, end)


def test_the_way_is_the_same_every_time_and_to_the_thousandth_of_a_degree() -> None:
    way = path(*SHENZHEN, *LOS_ANGELES, "sea")
    path.cache_clear()
    assert path(*SHENZHEN, *LOS_ANGELES, "sea") == way
    assert all(value == round(value, 3) for point in way for value in point)


@given(places, places, st.floats(0, 1), st.floats(0, 1))
def test_a_shipment_only_moves_forward_on_its_way(
    start: tuple[float, float], end: tuple[float, float], one: float, other: float
) -> None:
    way = path(*start, *end, "air")
    before, after = sorted((one, other))

    def gone(share: float) -> float:
        point = along(way, share)
        return min(
            sum(math.dist(a, b) for a, b in itertools.pairwise(way[: number + 1])) + math.dist(way[number], point)
            for number in range(len(way) - 1)
            if math.dist(way[number], point) + math.dist(point, way[number + 1])
            <= math.dist(way[number], way[number + 1]) + 0.002
        )

    assert gone(before) <= gone(after) + 0.01


def test_the_ends_of_a_way_are_its_first_and_last_point() -> None:
    way = path(*SHENZHEN, *LOS_ANGELES, "air")
    assert along(way, 0.0) == way[0]
    assert along(way, 1.0) == way[-1]
    assert along(path(1.0, 2.0, 1.0, 2.0, "truck"), 0.5) == (1.0, 2.0)


def test_a_shipment_is_on_its_way_then_late_then_arrived() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at HH
        send S from HH to LA: 60 lamp due +36h
        """
    )
    left_at = film.now
    row = film.row("shipments", shipment="S")
    assert (row["state"], row["progress"], row["hours_left"], row["mode"]) == ("in_transit", 0.0, 36.0, "air")
    assert (row["from_name"], row["to_name"], row["units"], row["units_arrived"]) == ("Hamburg", "Los Angeles", 60, 0)
    assert row["lines"] == [{"sku": "lamp", "quantity": 60}]
    assert (row["departed_at"], row["eta"]) == ("2026-03-14T20:00:02.000000Z", "2026-03-16T08:00:02.000000Z")
    assert row["position"] == row["path"][0] == [10.0, 53.5]
    half = film.row("shipments", left_at + 18 * HOUR, shipment="S")
    assert (half["progress"], half["hours_left"], half["state"]) == (0.5, 18.0, "in_transit")
    assert kilometres(tuple(half["position"]), (10.0, 53.5)) == pytest.approx(
        kilometres(tuple(half["position"]), (-118.2, 33.9)), rel=0.05
    )
    late = film.row("shipments", left_at + 37 * HOUR, shipment="S")
    assert (late["progress"], late["hours_left"], late["state"]) == (1.0, 0.0, "late")
    assert late["position"] == late["path"][-1]
    film.play("later 38h\nS arrives with 60 lamp")
    row = film.row("shipments", shipment="S")
    assert (row["state"], row["units_arrived"], row["progress"]) == ("arrived", 60, 1.0)


def test_what_is_incoming_is_what_neither_arrived_nor_was_lost() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at HH
        receive 10 ring at HH
        send S from HH to LA: 60 lamp, 10 ring
        S arrives with 20 lamp, lost 5 lamp
        """
    )
    assert film.row("stock", location="LA", sku="lamp")["in_transit"] == 35
    assert film.row("stock", location="LA", sku="ring")["in_transit"] == 10
    assert film.row("locations", location="LA")["incoming"] == 45
    assert film.frame()["identity"] == {
        "on_hand": 60, "available": 60, "committed": 0, "unavailable": 0, "incoming": 45,
    }  # fmt: skip
    row = film.row("shipments", shipment="S")
    assert (row["state"], row["units"], row["units_arrived"], row["units_on_the_way"]) == ("in_transit", 70, 20, 45)
    film.line("S arrives (final)")
    assert film.row("shipments", shipment="S")["units_on_the_way"] == 0
    assert film.frame()["identity"]["incoming"] == 0


def test_shipments_under_way_come_first_by_arrival() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at HH
        send late from HH to LA: 1 lamp due +9h
        send soon from HH to LA: 1 lamp due +3h
        send done from HH to LA: 1 lamp due +1h
        done arrives with 1 lamp
        """
    )
    assert [row["shipment"] for row in film.frame()["shipments"]] == ["soon", "late", "done"]


def test_a_ship_between_two_places_of_the_show_is_drawn_on_the_sea() -> None:
    film = Film()
    film.play("receive 9 lamp at HH\nsend S from HH to NJ: 9 lamp by sea due +240h")
    row = film.row("shipments", film.now + 100 * HOUR, shipment="S")
    assert row["mode"] == "sea"
    assert len(row["path"]) > 10
    assert row["path"][0] == [10.0, 53.5]
    assert row["path"][-1] == [-74.2, 40.7]
    assert 0.41 < row["progress"] < 0.42


def test_the_small_show_is_where_it_says_it_is() -> None:
    assert [place.location for place in small_show().locations] == ["LA", "NJ", "HH"]
    assert MINUTE * 60 == HOUR
