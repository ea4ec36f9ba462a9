"""Alerts, proposals, limits, coupons and levels as they stand at an instant: what is past expires by itself."""

from tests.decision.watched import HOUR, MINUTE
from tests.projections.film import Film


def test_an_alert_expires_when_acting_no_longer_helps_and_nobody_writes_that_down() -> None:
    film = Film()
    film.line("alert A by +10m")
    events = film.watched.seq
    assert film.row("alerts", film.now + 10 * MINUTE, alert="A")["state"] == "open"
    assert film.row("alerts", film.now + 10 * MINUTE + 1, alert="A")["state"] == "expired"
    assert film.watched.seq == events


def test_an_acknowledged_alert_has_an_owner_and_stays_until_it_is_resolved() -> None:
    film = Film()
    film.play("alert A by +10m\nacknowledge A")
    row = film.row("alerts", film.now + HOUR, alert="A")
    assert (row["state"], row["owner"]) == ("acknowledged", "operator")
    film.line("resolve A")
    assert film.row("alerts", alert="A")["state"] == "resolved"


def test_open_alerts_come_first_the_newest_before_the_older() -> None:
    film = Film()
    film.play("alert old\nalert settled\nalert new\nresolve settled")
    assert [row["alert"] for row in film.frame()["alerts"]] == ["new", "old", "settled"]
    assert film.frame()["alerts"][0]["decide_by"] is None


def test_a_proposal_is_open_until_somebody_decides_or_its_time_is_over() -> None:
    film = Film()
    film.play("propose P by +10m: note yes\npropose Q: note yes\npropose R: note yes\napprove Q\ndismiss R")
    assert film.row("proposals", film.now + 11 * MINUTE, proposal="P")["state"] == "expired"
    rows = {row["proposal"]: row for row in film.frame()["proposals"]}
    assert {name: row["state"] for name, row in rows.items()} == {"P": "open", "Q": "approved", "R": "dismissed"}
    assert (rows["Q"]["decided_by"], rows["P"]["decided_by"]) == ("operator", "")
    assert rows["Q"]["decided_at"] == "2026-03-14T20:00:04.000000Z"
    assert next(iter(rows)) == "P"


def test_limits_and_coupons_are_those_in_force() -> None:
    film = Film()
    film.play(
        """
        limit lamp in US to 2
        limit ring in EU to 3
        limit lamp in US to 4
        limit ring in EU to none
        coupon GO for 15 % on lamp in US until +10m
        coupon GO for 20 % on ring in US
        coupon GO for 0 % on ring in US
        """
    )
    frame = film.frame()
    assert [(row["sku"], row["region"], row["units_per_order"]) for row in frame["limits"]] == [("lamp", "US", 4)]
    assert [(row["sku"], row["code"], row["percent"]) for row in frame["coupons"]] == [("lamp", "GO", 15)]
    assert frame["coupons"][0]["since"] == "2026-03-14T20:00:05.000000Z"
    assert film.frame(film.now + 11 * MINUTE)["coupons"] == []


def test_the_price_and_the_sku_on_screen_are_shown_with_the_sku() -> None:
    film = Film()
    film.play("on screen ring\nprice of lamp is 3900\nprice of ring is 100 on tiktok-us")
    lamp, ring = film.frame()["skus"]
    assert (lamp["price_minor"], lamp["on_screen"]) == (3900, False)
    assert (ring["price_minor"], ring["on_screen"]) == (19900, True)
    film.line("on screen nothing")
    assert not any(row["on_screen"] for row in film.frame()["skus"])


def test_the_levels_of_the_rules_are_shown_by_name() -> None:
    film = Film()
    film.play("rule watch is on auto\nrule coupon is on off\nrule watch is on suggest")
    assert film.frame()["autonomy"] == {"coupon": "off", "watch": "suggest"}
    assert list(film.frame()["autonomy"]) == ["coupon", "watch"]
