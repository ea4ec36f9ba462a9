"""Terms in the frame: what is in force, and the errands that carry it to the platforms."""

import pytest

from dashboard.projections.terms import DONE_SHOWN
from tests.decision.watched import MINUTE
from tests.projections.film import Film


def errands(film: Film, at: int | None = None) -> list[tuple[str, str, str]]:
    """What, where and how far, in the order of the frame."""
    return [(row["what"], row["channel"], row["state"]) for row in film.frame(at)["errands"]]


WORDS = [
    ("limit lamp in EU to 2", "limit 2 per buyer: Desk lamp"),
    ("coupon GO for 10 % on lamp in EU", "coupon GO, -10 %: Desk lamp"),
    ("coupon GO for 0 % on lamp in EU", "end coupon: Desk lamp"),
    ("bundle B of lamp+ring for 15 % in EU", "bundle Desk lamp + Smart ring, -15 %"),
    ("bundle B of lamp+ring for 0 % in EU", "end bundle Desk lamp + Smart ring"),
    ("price of lamp is 4505 on amazon-eu", "price 45.05 USD: Desk lamp"),
    ("replenish N with 7 ring", "7 x Smart ring by the date asked"),
    ("replenish N with 7 ring (urgent)", "7 x Smart ring by now, urgent"),
]


@pytest.mark.parametrize(("line", "what"), WORDS)
def test_an_errand_says_what_has_to_be_done_on_the_platform(line: str, what: str) -> None:
    film = Film()
    film.line(line)
    (row,) = film.frame()["errands"]
    assert row["what"] == what
    assert (row["state"], row["term"], row["note"], row["by"]) == ("open", film.watched.seq, "", "")


def test_what_is_on_screen_is_pinned_on_the_streams_and_a_lifted_limit_says_so() -> None:
    film = Film()
    film.play("limit lamp in EU to 2\nlimit lamp in EU to none\non screen ring")
    assert errands(film) == [("no limit: Desk lamp", "amazon-eu", "open"), ("pin Smart ring", "tiktok-us", "open")]
    film.line("on screen nothing")
    assert errands(film) == [("no limit: Desk lamp", "amazon-eu", "open")]


def test_an_errand_knows_its_platform_and_purchasing_has_a_name() -> None:
    film = Film()
    film.play("limit lamp in US to 2\nreplenish N with 7 ring")
    rows = {row["channel"]: (row["platform"], row["name"], row["region"]) for row in film.frame()["errands"]}
    assert rows == {
        "tiktok-us": ("tiktok", "TikTok US", "US"),
        "shopify-us": ("shopify", "shopify-us", "US"),
        "purchasing": ("purchasing", "Purchasing", ""),
    }


def test_a_later_term_about_the_same_makes_the_open_errands_of_the_one_before_needless() -> None:
    film = Film()
    film.play(
        "t = limit lamp in US to 2\nerrand of t on tiktok-us is pushed\nlimit ring in US to 2\nlimit lamp in US to 3"
    )
    assert [row for row in errands(film) if "lamp" in row[0]] == [
        ("limit 3 per buyer: Desk lamp", "shopify-us", "open"),
        ("limit 3 per buyer: Desk lamp", "tiktok-us", "open"),
        ("limit 2 per buyer: Desk lamp", "tiktok-us", "pushed"),
    ]


def test_what_is_settled_comes_last_and_goes_after_ten_minutes() -> None:
    film = Film()
    film.play("t = limit lamp in US to 2\nu = coupon GO for 10 % on ring in EU")
    film.line("errand of t on tiktok-us is by_hand")
    assert ("tiktok-us", "by_hand") in [row[1:] for row in errands(film)[:-1]]
    film.line("errand of t on tiktok-us is done")
    rows = errands(film)
    assert rows[-1][1:] == ("tiktok-us", "done")
    assert [row[1] for row in rows[:-1]] == ["shopify-us", "amazon-eu"]
    settled = film.row("errands", channel="tiktok-us")
    assert (settled["by"], settled["settled_at"]) == ("operator", "2026-03-14T20:00:04.000000Z")
    assert len(errands(film, film.now + DONE_SHOWN)) == 3
    assert len(errands(film, film.now + DONE_SHOWN + 1)) == 2
    film.play("later 11m\nlimit ring in EU to 1")
    assert [row[1] for row in errands(film)] == ["shopify-us", "amazon-eu", "amazon-eu"]


def test_a_failed_errand_stays_until_it_is_done() -> None:
    film = Film()
    film.play("t = coupon GO for 10 % on ring in EU\nerrand of t on amazon-eu is failed\nlater 30m")
    assert [row[1:] for row in errands(film)] == [("amazon-eu", "failed")]
    assert film.row("errands")["settled_at"] is None


def test_bundles_safety_stocks_and_weights_in_force() -> None:
    film = Film()
    film.play(
        """
        bundle B of lamp+ring for 10 % in US until +10m
        bundle C of lamp+ring for 10 % in US
        bundle C of ring+lamp for 20 % in US
        bundle B of lamp+ring for 5 % in EU
        bundle B of lamp+ring for 0 % in EU
        safety of ring in EU is 9
        safety of lamp in US is 5
        safety of lamp in EU is 4
        safety of lamp in EU is none
        weigh lamp on tiktok-us by 150 %
        weigh ring on tiktok-us by 50 %
        weigh ring on tiktok-us by 100 %
        """
    )
    frame = film.frame()
    assert [(row["bundle"], row["region"], row["skus"], row["percent"]) for row in frame["bundles"]] == [
        ("B", "US", ["lamp", "ring"], 10), ("C", "US", ["ring", "lamp"], 20),
    ]  # fmt: skip
    assert [row["bundle"] for row in film.frame(film.now + 11 * MINUTE)["bundles"]] == ["C"]
    assert frame["safety"] == [
        {"sku": "lamp", "region": "US", "units": 5}, {"sku": "ring", "region": "EU", "units": 9},
    ]  # fmt: skip
    assert frame["splits"] == [{"channel": "tiktok-us", "sku": "lamp", "percent": 150}]


def test_prices_lanes_and_routes_are_told_as_they_are() -> None:
    film = Film()
    film.play("price of lamp is 4000\nprice of lamp is 3900 on tiktok-us")
    frame = film.frame()
    assert frame["prices"] == [
        {"sku": "lamp", "channel": "", "price_minor": 4000}, {"sku": "lamp", "channel": "tiktok-us", "price_minor": 3900},
    ]  # fmt: skip
    assert frame["lanes"][0] == {"location": "LA", "region": "US", "landed_cost_minor": 500, "days": 2.0}
    assert frame["routes"] == []
