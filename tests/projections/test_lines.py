"""Host lines: only what the ledger says, to the unit, in the language of the stream, and gone when it is no longer true."""

import random
from typing import Any

import pytest

from dashboard.decision import commands as c
from dashboard.decision.refusals import Refusal
from dashboard.projections.lines import LINES_PER_CHANNEL
from dashboard.speech import phrases
from tests.decision.anything import OFTEN, Anything
from tests.decision.shows import SHOW
from tests.decision.watched import HOUR, MINUTE, SECOND
from tests.projections.film import Film
from tests.projections.narrated import untrue

SELLING_FAST = """
    receive 50 lamp at LA into region/US
    order A on tiktok-us: 15 lamp
    order B on shopify-us: 15 lamp
    later 20s
    order C on tiktok-us: 12 lamp
"""
LANGUAGES = (
    c.Channel("tiktok-us", "tiktok", "US", "en"),
    c.Channel("shopify-us", "shopify", "US", "zh"),
    c.Channel("amazon-eu", "amazon", "EU", "tlh"),
)


def said(film: Film, channel: str = "tiktok-us", kind: str = "") -> list[str]:
    return [row["text"] for row in film.frame()["lines"] if row["channel"] == channel and kind in ("", row["kind"])]


def test_low_stock_is_said_to_the_unit_in_the_language_of_the_stream() -> None:
    film = Film(channels=LANGUAGES)
    film.play(SELLING_FAST)
    assert said(film) == ["Desk lamp: 8 pieces left (US)."]
    assert said(film, "shopify-us") == [
        phrases.line("low_stock", "zh", {"title": "Desk lamp", "region": "US", "units": 8})
    ]
    line = film.frame()["lines"][0]
    assert (line["kind"], line["region"], line["language"]) == ("low_stock", "US", "en")
    assert line["fact"] == {
        "sku": "lamp", "region": "US", "units_left": 8, "seq": film.watched.seq, "expires": "2026-03-14T20:00:34.000000Z",
    }  # fmt: skip


def test_the_number_goes_down_with_every_sale_to_the_last_one_and_then_nothing_is_said() -> None:
    film = Film(channels=LANGUAGES)
    film.play(SELLING_FAST)
    film.line("order D on tiktok-us: 5 lamp")
    assert said(film) == ["Desk lamp: 3 pieces left (US)."]
    film.line("order E on tiktok-us: 2 lamp")
    assert said(film) == ["Desk lamp: 1 piece left (US)."]
    film.line("order F on tiktok-us: 1 lamp")
    assert said(film) == []


def test_a_line_is_gone_when_claims_were_moved_in() -> None:
    film = Film()
    film.play(SELLING_FAST)
    assert said(film, kind="low_stock")
    film.play("receive 100 lamp at LA\nmove 100 lamp from flexible to region/US")
    assert not said(film, kind="low_stock")


def test_a_limit_is_said_with_its_number() -> None:
    film = Film(channels=LANGUAGES)
    film.play("receive 50 lamp at LA into region/US\nlimit lamp in US to 2")
    assert said(film) == ["Desk lamp: up to 2 pieces per person (US)."]
    assert said(film, "shopify-us") == [phrases.line("limit", "zh", {"title": "Desk lamp", "region": "US", "limit": 2})]
    film.line("limit lamp in US to none")
    assert said(film) == []


def test_low_stock_under_a_limit_says_both() -> None:
    film = Film()
    film.play(SELLING_FAST)
    film.line("limit lamp in US to 2")
    assert said(film) == ["Desk lamp: 8 pieces left (US), up to 2 per person."]
    assert film.frame()["lines"][0]["fact"]["limit"] == 2


def test_a_coupon_is_said_until_it_expires() -> None:
    film = Film()
    film.play("receive 50 lamp at LA into region/US\ncoupon GO15 for 15 % on lamp in US until +10m")
    assert said(film) == ["US: 15% off Desk lamp with code GO15."]
    fact = film.frame()["lines"][0]["fact"]
    assert (fact["code"], fact["percent"], fact["expires"]) == ("GO15", 15, "2026-03-14T20:10:02.000000Z")
    film.play("later 11m")
    assert said(film) == []


def test_a_restock_counts_what_is_still_on_the_way() -> None:
    film = Film()
    film.play("receive 100 lamp at HH\nsend S from HH to LA: 60 lamp due +36h")
    assert said(film) == ["Los Angeles is being restocked: 60 more of Desk lamp, due in 36 hours."]
    fact = film.frame()["lines"][0]["fact"]
    assert (fact["sku"], fact["units_incoming"], fact["eta"]) == ("lamp", 60, "2026-03-16T08:00:02.000000Z")
    film.line("S arrives with 40 lamp, lost 5 lamp")
    assert said(film) == ["Los Angeles is being restocked: 15 more of Desk lamp, due in 36 hours."]
    film.line("S arrives with 15 lamp")
    assert said(film) == []


def test_a_restock_of_several_skus_speaks_of_the_one_it_names() -> None:
    film = Film()
    film.play("receive 9 lamp at HH\nreceive 30 ring at HH\nsend S from HH to LA: 9 lamp, 30 ring due +36h")
    fact = film.frame()["lines"][0]["fact"]
    assert (fact["sku"], fact["units_incoming"]) == ("ring", 30)
    film.line("S arrives with 28 ring")
    fact = film.frame()["lines"][0]["fact"]
    assert (fact["sku"], fact["units_incoming"]) == ("lamp", 9)


def test_a_late_shipment_promises_nothing() -> None:
    film = Film()
    film.play("receive 100 lamp at HH\nsend S from HH to LA: 60 lamp due +1h\nlater 61m")
    assert said(film) == []
    assert {(row["kind"], row["code"]) for row in film.frame()["lines_withheld"]} == {("restock", "unknown_eta")}


def test_a_region_that_will_be_left_with_stock_is_pushed_in_the_second_half() -> None:
    film = Film()
    film.play("receive 500 lamp at LA into region/US\norder A on tiktok-us: 3 lamp")
    assert said(film) == []
    film.play("later 70m")
    assert said(film) == ["US: Desk lamp is available to order now."]


def test_the_next_hero_is_announced_where_there_is_stock_of_it() -> None:
    film = Film(rundown=(c.Segment(0, 1800, "lamp"), c.Segment(1800, 3600, "ring")))
    film.play("receive 500 ring at LA into region/US")
    assert said(film) == []  # its turn is half an hour away
    film.play("later 16m")
    [line] = [line for line in film.frame()["lines"] if line["channel"] == "tiktok-us"]
    assert (line["kind"], line["fact"]["sku"]) == ("next_hero", "ring")
    assert line["fact"]["expires"] == "2026-03-14T20:30:00.000000Z"
    assert "units_left" not in line["fact"]
    assert said(film, "amazon-eu") == []
    film.play("later 15m")
    assert said(film) == []


def test_a_language_without_phrases_gets_english_and_says_so() -> None:
    film = Film(channels=LANGUAGES)
    film.play("receive 50 lamp at HH into region/EU\nlimit lamp in EU to 3")
    line = next(row for row in film.frame()["lines"] if row["channel"] == "amazon-eu")
    assert (line["language"], line["text"]) == ("en", "Desk lamp: up to 3 pieces per person (Europe).")


@pytest.mark.parametrize("when", [-MINUTE, 2 * HOUR + SECOND])
def test_nothing_is_said_before_the_start_and_after_the_end(when: int) -> None:
    film = Film(starts_at=film_start() + (MINUTE * 2 if when < 0 else 0))
    film.play("receive 50 lamp at LA into region/US\nlimit lamp in US to 2")
    assert film.frame(film.now if when < 0 else film_start() + when)["lines"] == []


def film_start() -> int:
    return Film().now


def test_nothing_is_said_once_the_show_is_closed() -> None:
    film = Film()
    film.play("receive 50 lamp at LA into region/US\nlimit lamp in US to 2")
    assert said(film)
    film.line("close the show")
    assert said(film) == []


def test_every_line_of_a_random_show_is_true_to_the_unit() -> None:
    """The ledger is asked beside the projection: what is said is what the accounts hold at that very event."""
    chance = random.Random(20260314)
    film = Film(channels=LANGUAGES)
    film.play("receive 60 lamp at LA into region/US\nreceive 40 ring at HH into region/EU")
    tags = (*OFTEN, "set_limit", "set_coupon", "withhold", "open_pool", "cancel_order")
    checked = 0
    for number in range(900):
        film.now += chance.choice((1, 2, 5)) * SECOND
        seen = film.watched.seen[SHOW]
        command = Anything(chance.choice, SHOW, f"r{number}", film.now, film.watched.seq, seen).make(
            chance.choice(tags)
        )
        if isinstance(film.watched.ask(command, film.now), Refusal):
            continue
        frame = film.frame()
        for line in frame["lines"]:
            check_line(film, frame, line)
            checked += 1
        channels = [line["channel"] for line in frame["lines"]]
        assert all(channels.count(channel) <= LINES_PER_CHANNEL for channel in channels)
    assert checked > 300


def check_line(film: Film, frame: dict[str, Any], line: dict[str, Any]) -> None:
    assert line["fact"]["seq"] == frame["seq"] == film.watched.seq
    assert not untrue(film.show, line, film.now)
