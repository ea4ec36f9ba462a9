"""Feeds: how old each channel's news is, and what waits while it is too old: lines, rules, and nothing else."""

from typing import Any

import orjson
import pytest

from dashboard.decision import commands as c, events as e
from dashboard.projections import feeds, frame as frames
from tests.decision.watched import HOUR, SECOND
from tests.projections.film import PATIENCE, Film

LIMIT = PATIENCE.feed_seconds
SELLING_FAST = """
    receive 50 lamp at LA into region/US
    receive 50 lamp at HH into region/EU
    order A on tiktok-us: 30 lamp
    order X on amazon-eu: 30 lamp
    later 20s
    order B on tiktok-us: 12 lamp
    order Y on amazon-eu: 12 lamp
"""
STREAM = (
    c.Channel("shopify-us", "shopify", "US", "en"),
    c.Channel("youtube-us", "youtube", "US", "en", behind="shopify-us"),
    c.Channel("amazon-eu", "amazon", "EU", "en"),
)


def selling(age_seconds: float = 1.0) -> Film:
    """Both regions run low; TikTok US tells everything up to some seconds ago, Amazon EU up to now."""
    film = Film()
    film.play(SELLING_FAST)
    film.observe("complete_until", "tiktok-us", film.now - int(age_seconds * SECOND))
    film.observe("complete_until", "amazon-eu", film.now)
    return film


def spoken(frame: dict[str, Any]) -> set[str]:
    return {line["channel"] for line in frame["lines"]}


def test_a_channel_nobody_reports_on_shows_nothing_made_up() -> None:
    film = Film()
    film.play(SELLING_FAST)
    row = film.row("channels", channel="tiktok-us")
    unknown = ("sync_p50_ms", "sync_p95_ms", "complete_until", "data_age_seconds", "pending_age_seconds")
    assert [row[key] for key in unknown] == [None] * 5
    assert (row["pending"], row["breaker"], row["breaker_note"], row["drift_units"], row["drift"]) == (
        0,
        False,
        "",
        0,
        [],
    )
    assert (row["state"], row["behind"]) == ("fresh", "")
    frame = film.frame(film.now + HOUR)
    assert {row["state"] for row in frame["channels"]} == {"silent"}, "without a feed only orders tell"
    assert frame["totals"]["data_age_seconds"] is None
    assert frame["withheld"] == frame["suspended"] == []


def test_what_a_feed_reports_stands_in_its_row_and_the_worst_age_in_the_totals() -> None:
    film = selling(age_seconds=4)
    film.observe("sync_p50_ms", "tiktok-us", 310)
    film.observe("sync_p95_ms", "tiktok-us", 620)
    film.observe("breaker", "tiktok-us", 1, "HTTP 503 five times")
    row = film.row("channels", channel="tiktok-us")
    assert (row["sync_p50_ms"], row["sync_p95_ms"], row["data_age_seconds"]) == (310, 620, 4.0)
    assert (row["breaker"], row["breaker_note"]) == (True, "HTTP 503 five times")
    assert row["complete_until"] == frames.iso(film.now - 4 * SECOND)
    assert film.frame()["totals"]["data_age_seconds"] == 4.0
    film.observe("breaker", "tiktok-us", 0, "HTTP 503 five times")
    row = film.row("channels", channel="tiktok-us")
    assert (row["breaker"], row["breaker_note"]) == (False, "")


@pytest.mark.parametrize(("age", "state"), [(0, "fresh"), (LIMIT, "fresh"), (LIMIT + 0.1, "late"), (900, "late")])
def test_a_channel_is_late_when_its_feed_is_older_than_the_limit(age: float, state: str) -> None:
    assert selling(age).row("channels", channel="tiktok-us")["state"] == state


def test_a_feed_that_is_on_time_makes_a_channel_fresh_however_long_nobody_bought() -> None:
    film = selling()
    later = film.now + 2 * HOUR
    film.observe("complete_until", "tiktok-us", later, at=later)
    states = {row["channel"]: row["state"] for row in film.frame(later)["channels"]}
    assert states == {"tiktok-us": "fresh", "shopify-us": "silent", "amazon-eu": "late"}


def test_a_platform_whose_clock_is_ahead_is_not_younger_than_now() -> None:
    assert selling(age_seconds=-90).row("channels", channel="tiktok-us")["data_age_seconds"] == 0.0


def test_lines_of_a_late_channel_are_withheld_with_a_reason_and_others_go_on() -> None:
    assert spoken(selling().frame()) == {"tiktok-us", "shopify-us", "amazon-eu"}
    frame = selling(age_seconds=42).frame()
    assert spoken(frame) == {"shopify-us", "amazon-eu"}
    assert frame["withheld"] == [
        {
            "channel": "tiktok-us",
            "region": "US",
            "reason": "What TikTok US sold in the last 42 s is not known (limit 15 s).",
            "since_seconds": 27.0,
        }
    ]
    assert frame["suspended"] == [
        {"region": "US", "channels": ["tiktok-us"], "reason": "Rules for US wait until TikTok US has caught up."}
    ]


def test_everything_else_in_the_frame_is_the_same_whether_a_channel_is_late_or_not() -> None:
    on_time, late = selling().frame(), selling(age_seconds=42).frame()
    others = [
        key for key in on_time if key not in ("channels", "lines", "lines_withheld", "withheld", "suspended", "totals")
    ]
    assert {key: on_time[key] for key in others} == {key: late[key] for key in others}
    assert [row for row in on_time["channels"] if row["channel"] != "tiktok-us"] == [
        row for row in late["channels"] if row["channel"] != "tiktok-us"
    ]


def test_when_the_feed_is_back_the_very_same_lines_are_back() -> None:
    never, film = selling(), selling(age_seconds=42)
    film.frame()
    film.observe("complete_until", "tiktok-us", film.now - SECOND)
    assert orjson.dumps(film.frame()) == orjson.dumps(never.frame())


def test_a_paused_platform_is_named_in_the_reason() -> None:
    film = selling(age_seconds=42)
    film.observe("breaker", "tiktok-us", 1, "HTTP 503 five times")
    assert film.frame()["withheld"][0]["reason"].endswith("Calls to it are paused: HTTP 503 five times.")
    film.observe("breaker", "tiktok-us", 1)
    assert film.frame()["withheld"][0]["reason"].endswith("Calls to it are paused: it failed too often.")


def test_two_late_channels_of_a_region_suspend_it_once_and_both_are_named() -> None:
    film = selling(age_seconds=42)
    film.observe("complete_until", "shopify-us", film.now - 60 * SECOND)
    frame = film.frame()
    assert [row["channel"] for row in frame["withheld"]] == ["tiktok-us", "shopify-us"]
    (region,) = frame["suspended"]
    assert region["channels"] == ["tiktok-us", "shopify-us"]
    assert region["reason"] == "Rules for US wait until TikTok US and shopify-us have caught up."


def test_an_order_is_pending_from_its_announcement_to_its_lines() -> None:
    film = Film()
    film.play("receive 90 lamp at LA into region/US\ntiktok-us announces order A\ntiktok-us announces order B")
    row = film.row("channels", film.now + 5 * SECOND, channel="tiktok-us")
    assert (row["pending"], row["pending_age_seconds"], row["state"]) == (2, 6.0, "silent")
    film.line("order A on tiktok-us: 1 lamp")
    row = film.row("channels", film.now + 4 * SECOND, channel="tiktok-us")
    assert (row["pending"], row["pending_age_seconds"]) == (1, 5.0)
    film.line("order B on tiktok-us: 1 lamp")
    row = film.row("channels", channel="tiktok-us")
    assert (row["pending"], row["pending_age_seconds"]) == (0, None)
    assert film.caught_up().pending == {}, "nothing of an order stays in the facts"


def test_an_order_pending_for_too_long_makes_its_channel_late_although_the_feed_is_on_time() -> None:
    film = selling()
    film.line("tiktok-us announces order C")
    later = film.now + int((LIMIT + 1) * SECOND)
    film.observe("complete_until", "tiktok-us", later, at=later)
    film.observe("complete_until", "amazon-eu", later, at=later)
    frame = film.frame(later)
    (row,) = frame["withheld"]
    assert row["reason"] == "An order of TikTok US has waited 16 s for its lines (limit 15 s)."
    assert row["since_seconds"] == 1.0
    film.line("order C on tiktok-us: 1 lamp")
    assert film.frame(later)["withheld"] == []


def test_pending_orders_survive_being_written_down_in_their_order() -> None:
    film = Film()
    film.play("tiktok-us announces order B\ntiktok-us announces order A\namazon-eu announces order A")
    again = frames.unpack(frames.packed(film.caught_up()))
    assert list(again.pending["tiktok-us"]) == ["B", "A"]
    frame = frames.table(again, film.now, film.seen, PATIENCE)
    assert orjson.dumps(frame) == orjson.dumps(film.frame())


def test_a_stream_has_the_feed_of_the_shop_behind_it() -> None:
    film = Film(channels=STREAM)
    film.observe("complete_until", "shopify-us", film.now - 42 * SECOND)
    film.observe("sync_p50_ms", "shopify-us", 250)
    rows = {row["channel"]: row for row in film.frame()["channels"]}
    assert rows["youtube-us"]["behind"] == "shopify-us"
    assert rows["youtube-us"]["sync_p50_ms"] == 250
    assert (rows["youtube-us"]["state"], rows["shopify-us"]["state"], rows["amazon-eu"]["state"]) == (
        "late", "late", "silent",
    )  # fmt: skip


def test_drift_is_told_by_sku_with_what_is_listed_given_and_free() -> None:
    film = Film()
    film.play("receive 50 lamp at LA into region/US\nexpose 20 lamp on tiktok-us")
    seen = film.now
    for sku, listed, drift in (("lamp", 32, 12), ("ring", 0, 0)):
        film.observe("listed", "tiktok-us", listed, sku=sku)
        film.observe("drift", "tiktok-us", drift, sku=sku)
    film.observe("drift", "amazon-eu", -3, sku="lamp")
    film.observe("drift", "nowhere", 99, sku="lamp")
    rows = {row["channel"]: row for row in film.frame(seen + 7 * SECOND)["channels"]}
    assert rows["tiktok-us"]["drift_units"] == 12
    assert rows["tiktok-us"]["drift"] == [
        {"sku": "lamp", "units": 12, "listed": 32, "exposure": 20, "pool_left": 30, "age_seconds": 7.0}
    ]
    assert rows["amazon-eu"]["drift_units"] == 3
    assert rows["amazon-eu"]["drift"][0]["listed"] is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_nobody_is_late_for_a_show_that_does_not_run(when: str) -> None:
    film = Film()
    film.observe("complete_until", "tiktok-us", film.now)
    if when == "after":
        film.play("later 3h\nclose the show")
    at = film.now + HOUR if when == "after" else film.facts.opened.starts_at - SECOND
    film.observe("complete_until", "tiktok-us", at - HOUR, at=at)
    frame = film.frame(at)
    assert frame["withheld"] == frame["suspended"] == []
    assert all(row["state"] != "late" for row in frame["channels"])


def test_orders_that_are_no_longer_pending_leave_nothing_behind() -> None:
    pending: feeds.Pending = {}
    for number in range(10_000):
        feeds.fold(pending, e.OrderAnnounced(channel="shop", order=str(number)), number)
        if number >= 5:
            gone = e.OrderCancelled(
                channel="shop", order=str(number - 5), region="US", lines=(), revenue_minor=0, country="", currency="",
                whole=True, moves=(),
            )  # fmt: skip
            feeds.fold(pending, gone, number)
    assert list(pending["shop"]) == ["9995", "9996", "9997", "9998", "9999"]
