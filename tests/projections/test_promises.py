"""Promises: requests until they are served, loans until they are back, guests, replenishments, what came in."""

from typing import Any

import pytest

from dashboard.projections.promises import KEPT
from tests.projections.film import Film
from tests.projections.nights import FilmedNight

LISTED = """
    receive 20 lamp at LA into region/US
    expose 15 lamp on tiktok-us
"""


def test_a_request_shows_what_it_is_for_and_what_is_missing_until_all_has_come() -> None:
    film = Film()
    film.play(LISTED)
    film.line("t = move 12 lamp from region/US to region/EU (recall)")
    (row,) = film.frame()["requests"]
    assert row == {
        "request": "c3", "sku": "lamp", "from_pool": "region/US", "to_pool": "region/EU", "quantity": 7, "moved": 0,
        "missing": 7, "since": "2026-03-14T20:00:03.000000Z", "expires": "2026-03-14T20:10:03.000000Z",
        "by": "operator", "undoes": None, "loan": "",
    }  # fmt: skip
    film.play("recall 3 lamp from tiktok-us\nfulfil t")
    row = film.row("requests", request="c3")
    assert (row["quantity"], row["moved"], row["missing"]) == (7, 3, 4)
    film.play("recall 4 lamp from tiktok-us\nfulfil t")
    assert film.frame()["requests"] == []


def test_a_request_that_ended_is_gone_and_one_for_an_undo_names_it() -> None:
    film = Film()
    film.play(LISTED)
    film.line("t = move 5 lamp from region/US to region/EU")
    film.play("expose 5 lamp on amazon-eu\nu = undo t (recall)")
    assert film.row("requests")["undoes"] == film.seqs["t"]
    film.line("ask no longer for u")
    assert film.frame()["requests"] == []


def test_a_loan_is_lent_then_on_its_way_back_then_back() -> None:
    film = Film()
    film.play("receive 20 lamp at HH into region/US\nlend 10 lamp from region/US to region/EU as L until +30m")
    row = film.row("loans", loan="L")
    assert (row["quantity"], row["returned"], row["unsold"], row["state"], row["returns_at"]) == (
        10, 0, 10, "lent", "2026-03-14T20:30:02.000000Z",
    )  # fmt: skip
    film.play("expose 6 lamp on amazon-eu\norder A on amazon-eu: 3 lamp\nb = give back L")
    row = film.row("loans", loan="L")
    assert (row["returned"], row["unsold"], row["state"]) == (4, 3, "returning")
    assert film.row("requests")["loan"] == "L"
    film.line("ask no longer for b")
    assert film.row("loans", loan="L")["state"] == "lent"
    film.play("b = give back L\nrecall 3 lamp from amazon-eu\nfulfil b")
    row = film.row("loans", loan="L")
    assert (row["returned"], row["unsold"], row["state"]) == (7, 0, "returned")


def test_what_is_lent_later_by_request_adds_to_the_loan() -> None:
    film = Film()
    film.play(LISTED)
    film.play("l = lend 8 lamp from region/US to region/EU as L (recall)\nrecall 15 lamp from tiktok-us")
    assert film.row("loans", loan="L")["quantity"] == 5
    film.line("fulfil l")
    assert film.row("loans", loan="L")["quantity"] == 8
    assert film.row("loans", loan="L")["state"] == "lent"


def test_open_loans_come_first_and_of_those_that_are_back_the_last_stay() -> None:
    film = Film()
    film.line("receive 90 lamp at LA into region/US")
    for number in range(KEPT + 5):
        film.line(f"lend 1 lamp from region/US to region/EU as l{number:02}")
        film.line(f"give back l{number:02}")
    film.line("lend 1 lamp from region/US to region/EU as open")
    rows = film.frame()["loans"]
    assert [row["loan"] for row in rows] == ["open", *(f"l{number:02}" for number in range(5, KEPT + 5))]


def test_a_guest_is_shown_with_the_pool_that_was_opened_for_them() -> None:
    film = Film()
    film.play(LISTED)
    film.play("guest star with lamp on tiktok-us+shopify-us\nguest first with ring on amazon-eu from +5m until +1h")
    first, star = film.frame()["guests"]
    assert (first["guest"], star["guest"]) == ("first", "star")
    assert (star["channels"], star["pool"], star["closed"], star["units"]) == (
        ["tiktok-us", "shopify-us"],
        "",
        False,
        None,
    )
    assert (star["starts_at"], star["ends_at"]) == ("2026-03-14T20:10:03.000000Z", "2026-03-14T20:20:03.000000Z")
    film.line("open pool star with 2 lamp from region/US for tiktok-us")
    assert film.row("guests", guest="star")["pool"] == "temporary/star"
    film.line("close pool star to region/US")
    assert film.row("guests", guest="star")["closed"]
    film.line("open pool star with 2 lamp from region/US for tiktok-us")
    assert not film.row("guests", guest="star")["closed"]


def test_what_purchasing_was_asked_for_and_what_came_in_are_listed_the_newest_first() -> None:
    film = Film()
    film.play("replenish N with 5 lamp by +1h\nreplenish M with 6 ring (urgent)")
    assert [(row["replenishment"], row["quantity"], row["urgent"]) for row in film.frame()["replenishments"]] == [
        ("M", 6, True), ("N", 5, False),
    ]  # fmt: skip
    assert film.frame()["replenishments"][1]["need_by"] == "2026-03-14T21:00:01.000000Z"
    for number in range(1, KEPT + 4):
        film.line(f"receive {number} lamp at LA")
    rows = film.frame()["receipts"]
    assert [row["quantity"] for row in rows] == list(range(KEPT + 3, 3, -1))
    assert (rows[0]["location"], rows[0]["pool"], rows[0]["seq"]) == ("LA", "flexible", film.watched.seq)


@pytest.mark.parametrize("seed", range(5))
def test_the_frame_tells_of_requests_and_loans_what_the_decision_knows(seed: int) -> None:
    """Through a night of moves, loans and requests that come back in parts."""
    night = FilmedNight(seed)
    most = 0
    for _ in range(120):
        night.step()
        frame, show = night.frame(), night.show
        most = max(most, len(show.requests))
        assert [(row["request"], row["missing"]) for row in frame["requests"]] == [
            (name, one.missing()) for name, one in show.requests.items()
        ]
        told: dict[str, Any] = {row["loan"]: row for row in frame["loans"]}
        for name, loan in show.loans.items():
            row = told.get(name)
            if row is None:
                assert loan.state == "returned"
            else:
                assert (row["state"], row["quantity"], row["returned"]) == (loan.state, loan.quantity, loan.returned)
        assert all(row["unsold"] <= row["quantity"] - row["returned"] for row in frame["loans"])
    assert most
