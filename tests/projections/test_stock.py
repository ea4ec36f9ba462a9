"""Stock: the identity line, what lies where, who may sell it, and how a building stands."""

from typing import Any

import pytest

from tests.decision.watched import HOUR, START
from tests.projections.film import Film


def pool(film: Film, name: str, sku: str = "lamp") -> tuple[int, int]:
    """Units allocated and left of a pool."""
    row = film.row("pools", pool=name, sku=sku)
    return row["allocated"], row["left"]


def test_on_hand_is_available_plus_committed_plus_unavailable_and_incoming_stands_beside_it() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA into region/US
        receive 40 lamp at HH into region/EU
        order A on tiktok-us: 10 lamp
        ship A of tiktok-us: 4 lamp
        quarantine 5 lamp at LA out of region/US
        send S from HH to LA: 15 lamp out of region/EU
        """
    )
    assert film.frame()["identity"] == {
        "on_hand": 121, "available": 110, "committed": 6, "unavailable": 5, "incoming": 15,
    }  # fmt: skip
    assert film.row("stock", location="LA", sku="lamp") == {
        "location": "LA", "sku": "lamp", "available": 85, "committed": 6, "unavailable": 5, "in_transit": 15,
    }  # fmt: skip
    identity = film.frame()["identity"]
    assert identity["on_hand"] == identity["available"] + identity["committed"] + identity["unavailable"]


def test_left_of_a_region_is_its_pool_its_channels_and_their_cover() -> None:
    film = Film()
    film.play("receive 100 lamp at LA into region/US")
    assert pool(film, "region/US") == (100, 100)
    film.play("expose 30 lamp on tiktok-us\nexpose 10 lamp on shopify-us\nwithhold 20 lamp for tiktok-us")
    assert pool(film, "region/US") == (100, 100)
    film.line("order A on tiktok-us: 35 lamp")
    assert pool(film, "region/US") == (100, 65)
    film.line("ship A of tiktok-us")
    assert pool(film, "region/US") == (100, 65)
    film.line("return A of tiktok-us to LA: 5 lamp (resellable)")
    assert pool(film, "region/US") == (100, 70)
    film.line("return A of tiktok-us to LA: 5 lamp")
    assert pool(film, "region/US") == (95, 70)
    rows = {row["channel"]: (row["exposure"], row["cover"]) for row in film.frame()["channels"]}
    assert rows == {"tiktok-us": (0, 15), "shopify-us": (10, 0), "amazon-eu": (0, 0)}


def test_free_of_a_pool_is_what_can_move_at_once_and_the_rest_of_left_is_listed() -> None:
    film = Film()

    def free(name: str) -> tuple[int, int]:
        row = film.row("pools", pool=name, sku="lamp")
        return row["left"], row["free"]

    film.play("receive 100 lamp at LA into region/US\nreceive 30 lamp at LA")
    assert (free("region/US"), free("flexible")) == ((100, 100), (30, 30))
    film.play("expose 60 lamp on tiktok-us\nwithhold 15 lamp for shopify-us")
    assert free("region/US") == (100, 25)
    film.line("t = move 40 lamp from region/US to region/EU (recall)")
    assert (free("region/US"), free("region/EU")) == ((75, 0), (25, 25))
    film.line("recall 15 lamp from tiktok-us")
    assert free("region/US") == (75, 15)
    film.play("fulfil t\norder A on tiktok-us: 5 lamp")
    assert (free("region/US"), free("region/EU")) == ((55, 0), (40, 40))
    film.line("open pool guest with 7 lamp from region/EU")
    assert (free("temporary/guest"), free("region/EU")) == ((7, 7), (33, 33))


def test_a_transfer_moves_allocation_from_pool_to_pool() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA
        move 40 lamp from flexible to region/US
        move 25 lamp from flexible to region/EU
        order A on tiktok-us: 10 lamp
        move 30 lamp from region/US to region/EU
        """
    )
    assert pool(film, "region/US") == (10, 0)
    assert pool(film, "region/EU") == (55, 55)
    assert film.row("pools", pool="flexible", sku="lamp")["left"] == 35
    assert film.row("pools", pool="flexible", sku="lamp")["region"] is None
    assert film.row("pools", pool="region/EU", sku="lamp")["region"] == "EU"


def test_the_flexible_pool_says_what_it_handed_out_during_the_show() -> None:
    film = Film(starts_at=START + HOUR, ends_at=START + 3 * HOUR)
    film.play("receive 100 lamp at LA\nmove 40 lamp from flexible to region/US")
    assert pool(film, "flexible") == (60, 60)
    film.play("later 2h\nt = move 20 lamp from flexible to region/US")
    assert pool(film, "flexible") == (60, 40)
    film.line("undo t")
    assert pool(film, "flexible") == (60, 60)


def test_a_temporary_pool_is_shown_while_it_holds_units_and_its_sales_count_for_the_region() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA into region/US
        open pool guest with 30 lamp from region/US for tiktok-us
        """
    )
    assert pool(film, "temporary/guest") == (30, 30)
    assert pool(film, "region/US") == (70, 70)
    film.line("order A on tiktok-us: 10 lamp")
    assert pool(film, "temporary/guest")[1] == 20
    assert pool(film, "region/US") == (80, 70)
    film.line("close pool guest to region/US")
    assert pool(film, "region/US") == (100, 90)
    assert "temporary/guest" not in [row["pool"] for row in film.frame()["pools"]]


def test_everything_left_is_somewhere_and_nothing_is_counted_twice() -> None:
    film = Film()
    film.play(
        """
        receive 100 lamp at LA
        move 40 lamp from flexible to region/US
        open pool guest with 5 lamp for tiktok-us
        expose 10 lamp on tiktok-us
        order A on tiktok-us: 12 lamp
        """
    )
    frame = film.frame()
    assert (
        sum(row["left"] for row in frame["pools"]) == frame["skus"][0]["left"] == frame["identity"]["available"] == 88
    )
    assert frame["totals"]["allocated"] == 100
    assert frame["totals"]["oversold"] == 0


STATES: list[tuple[str, dict[str, str]]] = [
    ("", {"LA": "empty", "NJ": "empty"}),
    ("receive 100 lamp at LA into region/US", {"LA": "ok", "NJ": "empty"}),
    ("order A on tiktok-us: 80 lamp", {"LA": "ok", "NJ": "empty"}),
    ("order B on tiktok-us: 1 lamp", {"LA": "low", "NJ": "empty"}),
    ("order C on tiktok-us: 19 lamp", {"LA": "out", "NJ": "empty"}),
    ("receive 5 lamp at HH\nsend S from HH to NJ: 5 lamp", {"LA": "out", "NJ": "out"}),
    ("S arrives with 5 lamp", {"LA": "out", "NJ": "ok"}),
]


def test_a_building_is_ok_low_out_or_empty() -> None:
    film = Film()
    for line, expected in STATES:
        film.play(line)
        states = {row["location"]: row["state"] for row in film.frame()["locations"]}
        assert {name: states[name] for name in expected} == expected, line


REGION_STATES: list[tuple[str, str, Any]] = [
    ("", "empty", None),
    ("receive 100 lamp at LA into region/US", "ok", 0.0),
    ("order A on tiktok-us: 79 lamp", "ok", 0.79),
    ("order B on tiktok-us: 1 lamp", "low", 0.8),
    ("order C on tiktok-us: 20 lamp", "out", 1.0),
]


def test_a_region_is_ok_low_out_or_empty() -> None:
    film = Film()
    for line, state, share in REGION_STATES:
        film.play(line)
        row = film.row("regions", region="US")
        assert (row["state"], row["share_sold"]) == (state, share), line
    assert film.row("regions", region="EU")["allocated"] == 0


def test_a_region_is_expected_to_keep_what_its_pace_will_not_sell() -> None:
    film = Film()
    film.play("receive 1000 lamp at LA into region/US")
    for minute in range(30):
        film.now += 59 * 1_000_000
        film.line(f"order o{minute} on tiktok-us: 5 lamp")
    row = film.row("regions", region="US")
    minutes_left = (START + 2 * HOUR - film.now) / 60_000_000
    assert row["projected_leftover"] == pytest.approx(850 - 5 * minutes_left, abs=90)


def test_locations_tell_where_they_are() -> None:
    row = Film().row("locations", location="LA")
    assert {key: row[key] for key in ("name", "kind", "latitude", "longitude", "country", "time_zone")} == {
        "name": "Los Angeles", "kind": "forward", "latitude": 33.9, "longitude": -118.2, "country": "US",
        "time_zone": "America/Los_Angeles",
    }  # fmt: skip
