"""Nothing a host sees is false: over a thousand random shows, at every tick, by what the deciders remember."""

import random

import pytest

from dashboard.decision import commands as c, events as e
from tests.decision.shows import SHOW
from tests.decision.watched import SECOND
from tests.projections.narrated import Narrated, anything, untrue

SHOWS, TICKS = 1000, 6
BATCHES = 4
STOCK = (("lamp", "LA", "region/US", 12), ("ring", "LA", "region/US", 6), ("lamp", "HH", "region/EU", 9))


def stocked(**world: object) -> Narrated:
    """A show with little stock, part of it sold, so that there is much to say."""
    tale = Narrated(**world)
    for sku, location, pool, units in STOCK:
        tale.ask(c.ReceiveGoods(id=f"{sku}{pool}", show=SHOW, location=location, sku=sku, quantity=units, pool=pool))
    return tale


def sell(tale: Narrated, name: str, units: int, sku: str = "lamp", channel: str = "tiktok-us") -> None:
    """Sell some units."""
    line = (c.OrderLine(sku, units),)
    assert tale.ask(c.PlaceOrder(id=name, show=SHOW, channel=channel, order=name, lines=line, country="US"))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_visible_line_is_false_at_any_tick_of_a_thousand_random_shows(batch: int) -> None:
    checked = 0
    for seed in range(batch, SHOWS, BATCHES):
        chance = random.Random(f"told {seed}")
        tale = stocked()
        for tick in range(TICKS):
            tale.now += chance.choice((1, 5, 30)) * SECOND
            for number in range(chance.choice((1, 3, 6))):
                tale.ask(anything(chance, tale, 100 * tick + number))
            frame = tale.tick()
            for line in frame["lines"]:
                assert not (why := untrue(tale.show, line, tale.now)), (seed, tick, why, line)
                checked += 1
            assert tale.standing() == {line["line"]: line["text"] for line in frame["lines"]}, (seed, tick)
    assert checked > SHOWS // BATCHES


def test_a_sale_between_draft_and_read_retracts_the_line_within_one_tick() -> None:
    tale = stocked()
    for number in range(5):
        sell(tale, f"o{number}", 2)
    tale.now += 20 * SECOND
    before = {line["line"]: line for line in tale.tick()["lines"] if line["fact"].get("units_left")}
    assert {line["fact"]["units_left"] for line in before.values()} == {2}
    sell(tale, "between", 1)
    assert set(before) <= set(tale.standing())  # nobody has looked yet
    tale.now += SECOND
    after = {line["line"]: line for line in tale.tick()["lines"] if line["fact"].get("units_left")}
    assert {line["fact"]["units_left"] for line in after.values()} == {1}
    assert not set(before) & set(tale.standing())
    replaced = {event.replaces: event.line for _, event in tale.log if isinstance(event, e.LinePublished)}
    assert {replaced[line] for line in before} == set(after)


def test_a_line_whose_last_unit_was_sold_is_retracted_as_sold_out_and_not_to_be_said() -> None:
    tale = stocked()
    for number in range(5):
        sell(tale, f"o{number}", 2)
    tale.now += 20 * SECOND
    assert any(line["kind"] == "low_stock" for line in tale.tick()["lines"])
    sell(tale, "last", 2)
    tale.now += SECOND
    tale.tick()
    gone = [event for _, event in tale.log if isinstance(event, e.LineRetracted)]
    assert {event.reason for event in gone} == {"sold_out"}
    unsaid = tale.frame()["do_not_say"]
    assert {(row["channel"], row["code"], row["now"]) for row in unsaid} == {
        ("tiktok-us", "sold_out", 0),
        ("shopify-us", "sold_out", 0),
    }
    tale.now += 301 * SECOND
    assert tale.frame()["do_not_say"] == []


def test_what_was_said_rests_and_comes_back_when_half_of_it_has_gone() -> None:
    tale = stocked()
    for number in range(2):
        sell(tale, f"o{number}", 5)
    tale.now += 20 * SECOND
    line = next(line for line in tale.tick()["lines"] if line["channel"] == "tiktok-us")
    assert line["fact"]["units_left"] == 2
    tale.ask(c.SayLine(id="said", show=SHOW, line=line["line"]))
    tale.now += SECOND
    assert not [row for row in tale.tick()["lines"] if row["channel"] == "tiktok-us" and row["kind"] == line["kind"]]
    assert [event.reason for _, event in tale.log if isinstance(event, e.LineRetracted)] == ["said"]
    assert tale.frame()["do_not_say"] == []  # it is true all the same
    sell(tale, "one more", 1)
    tale.now += SECOND
    back = next(row for row in tale.tick()["lines"] if row["channel"] == "tiktok-us")
    assert (back["fact"]["units_left"], back["said_at"]) == (1, "2026-03-14T20:00:20.000000Z")


def test_a_number_that_was_said_a_moment_ago_is_corrected_when_it_changes() -> None:
    tale = stocked()
    sell(tale, "a", 5)
    sell(tale, "b", 5)
    tale.now += 20 * SECOND
    line = next(line for line in tale.tick()["lines"] if line["channel"] == "tiktok-us")
    tale.ask(c.SayLine(id="said", show=SHOW, line=line["line"]))
    sell(tale, "c", 1)
    tale.now += SECOND
    tale.tick()
    row = next(row for row in tale.frame()["do_not_say"] if row["channel"] == "tiktok-us")
    assert (row["code"], row["said"], row["now"], row["text"]) == ("changed", True, 1, line["text"])


def test_a_channel_speaks_every_language_it_is_told_to_and_takes_back_the_others() -> None:
    tale = stocked()
    sell(tale, "a", 10)
    tale.now += 20 * SECOND
    tale.tick()
    tale.ask(c.SetSpeech(id="s", show=SHOW, channel="tiktok-us", languages=("de", "zh-Hans", "xx"), register="lively"))
    tale.now += SECOND
    lines = [line for line in tale.tick()["lines"] if line["channel"] == "tiktok-us"]
    assert [line["language"] for line in lines] == ["de", "zh", "en"]
    assert {line["register"] for line in lines} == {"lively"}
    tale.ask(c.SetSpeech(id="t", show=SHOW, channel="tiktok-us", languages=("de",)))
    tale.now += SECOND
    tale.tick()
    assert {event.reason for _, event in tale.log if isinstance(event, e.LineRetracted)} == {"not_spoken"}
    row = next(row for row in tale.frame()["channels"] if row["channel"] == "tiktok-us")
    assert (row["languages"], row["register"]) == (["de"], "calm")


def test_a_late_feed_takes_every_line_of_its_channel_back_and_says_why() -> None:
    tale = stocked()
    sell(tale, "a", 10)
    tale.now += 20 * SECOND
    tale.seen["complete_until", "tiktok-us", ""] = tale.now, tale.now, ""
    assert any(line["channel"] == "tiktok-us" for line in tale.tick()["lines"])
    tale.now += 60 * SECOND
    frame = tale.tick()
    assert not [line for line in frame["lines"] if line["channel"] == "tiktok-us"]
    assert [(row["channel"], row["code"]) for row in frame["lines_withheld"]] == [("tiktok-us", "late_feed")]
    assert {row["code"] for row in tale.frame()["do_not_say"]} == {"late_feed"}


def test_units_that_nobody_can_send_there_are_not_offered() -> None:
    tale = stocked()
    sell(tale, "a", 10)
    tale.now += 20 * SECOND
    tale.ask(c.ReceiveGoods(id="r", show=SHOW, location="HH", sku="lamp", quantity=2))
    tale.ask(c.QuarantineGoods(id="q", show=SHOW, location="LA", sku="lamp", quantity=2, pool="flexible"))
    frame = tale.tick()
    assert not [line for line in frame["lines"] if line["fact"]["sku"] == "lamp" and line["region"] == "US"]
    assert {(row["kind"], row["sku"], row["code"]) for row in frame["lines_withheld"]} == {
        ("low_stock", "lamp", "not_deliverable")
    }


def test_what_cannot_be_worded_is_withheld_with_the_reason_and_stops_nothing_else() -> None:
    nameless = (c.Sku("lamp", "Desk lamp", "campaign", 4900, 2100, currency=""), c.Sku("ring", "Smart ring"))
    tale = stocked(skus=nameless)
    sell(tale, "a", 10)
    tale.ask(c.SetPrice(id="p", show=SHOW, sku="lamp", price_minor=3900))
    tale.now += 20 * SECOND
    frame = tale.tick()
    assert {row["kind"] for row in frame["lines"]} == {"low_stock"}
    [row] = [row for row in frame["lines_withheld"] if row["channel"] == "tiktok-us"]
    assert (row["kind"], row["code"]) == ("price", "no_words")
    assert "currency" in row["reason"]


def test_what_is_all_listed_on_other_channels_is_not_offered_on_this_one() -> None:
    tale = stocked()
    sell(tale, "a", 10)
    tale.now += 20 * SECOND
    assert {row["channel"] for row in tale.tick()["lines"] if row["region"] == "US"} == {"tiktok-us", "shopify-us"}
    tale.ask(c.Expose(id="x", show=SHOW, channel="tiktok-us", sku="lamp", quantity=2))
    tale.now += SECOND
    frame = tale.tick()
    assert {row["channel"] for row in frame["lines"] if row["fact"]["sku"] == "lamp"} == {"tiktok-us"}
    [held] = [row for row in frame["lines_withheld"] if row["channel"] == "shopify-us"]
    assert (held["kind"], held["sku"], held["code"]) == ("low_stock", "lamp", "not_listed")
    assert {row["code"] for row in tale.frame()["do_not_say"]} == {"not_listed"}
