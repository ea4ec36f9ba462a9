"""Shared listings promise more than their claims while that is safe, and are back within the units before it is not."""

from dataclasses import replace

import pytest

from dashboard.channels.adapter import Pushed, PushKind
from dashboard.channels.sandbox.faults import SECOND
from dashboard.channels.sandbox.market import Shop
from dashboard.decision import commands as c, ledger as book
from dashboard.decision.world import OrderLine
from tests.channels.escrow_kit import SHOW, START, Play, Visit, audit_ledger, small, steady
from tests.channels.shared_kit import all_shared, held, is_open, level, listed_as, sharing, unsold

ONE, TWO, THREE = (Shop(name, "generic", "delta") for name in ("one", "two", "three"))
KINDS: tuple[PushKind, ...] = ("delta", "compare_and_set", "absolute")


def selling(*shops: Shop, units: int = 200, listed: int = 40, until: float = 0.0, every: float = 1.0) -> Play:
    """A shared show, and shoppers who come to each of its storefronts in turn."""
    visits = sorted((one for shop in shops for one in steady(shop.channel, every, until)), key=lambda one: one.at)
    return all_shared(small(*shops, units=units, listed=listed, visits=tuple(visits)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_listing_promises_most_of_what_an_order_could_draw_and_the_ledger_knows_nothing_of_it(
    kind: PushKind,
) -> None:
    play = selling(Shop("this", "generic", kind), TWO)
    play.run(20)
    for channel in ("this", "two"):
        assert level(play, channel) > 100
        assert held(play, channel) == 0
    assert play.room.world[SHOW].ledger.claim("lamp", "region/US") == 200
    assert play.room.observed["overlap", "this", "lamp"][1] > 100
    assert play.room.observed["risk_ppm", "", "lamp"][1] < 100


def test_a_big_order_is_served_whole_where_proof_would_have_split_the_units() -> None:
    visit = Visit(0.0, "one", (OrderLine("lamp", 100, 1000),))
    play = selling(ONE, TWO, THREE)
    play.run(20)
    assert play.visit(visit)
    play.run(5)
    assert play.room.world[SHOW].unsold("lamp") == 100
    assert not play.unknown()
    proof = small(ONE, TWO, THREE, units=200, listed=40)
    proof.run(20)
    assert proof.visit(visit) is None


def test_proof_stays_as_it_was() -> None:
    visits = steady("one", 1.0, 60)
    plain = small(ONE, TWO, units=80, listed=20, visits=visits)
    other = listed_as(small(ONE, TWO, units=80, listed=20, visits=visits, skus=("lamp", "ring")), "shared", "ring")
    plain.run(90)
    other.run(90)
    assert not plain.breaches
    assert sharing(plain).gates == {}
    assert all(sku == "ring" for _, sku in sharing(other).units)
    assert not [breach for breach in other.breaches if "lamp" in breach]


@pytest.mark.parametrize("kind", KINDS)
def test_overlap_is_lowered_in_time_and_what_is_left_is_handed_to_the_channels(kind: PushKind) -> None:
    play = selling(Shop("this", "generic", kind), TWO, THREE, units=150, until=200)
    fitted = 0
    while unsold(play) > 3:
        play.run(0.5)
        if unsold(play) <= 12 and not is_open(play):
            fitted += play.market.listed("lamp") <= unsold(play)
    assert fitted > 3
    play.run(60)
    assert play.oversold() == 0
    assert not play.unknown()
    assert sharing(play).units == {}
    audit_ledger(play.room)


def test_a_counter_that_cannot_be_lowered_gets_no_overlap() -> None:
    campaign = Shop("campaign", "shopee", "raise_only")
    play = selling(campaign, ONE, until=40)
    for _ in range(20):
        play.run(2)
        assert ("campaign", "lamp") not in sharing(play).units
        assert level(play, "campaign") <= held(play, "campaign")
    assert level(play, "one") > held(play, "one")


def test_after_a_restart_what_nobody_remembers_is_taken_down_before_anything_is_handed_out() -> None:
    play = selling(ONE, TWO, until=150, every=4.0)
    play.run(20)
    before = play.market.listed("lamp")
    assert before > unsold(play)
    play.restart()
    assert sharing(play).unknown == {("one", "lamp"), ("two", "lamp")}
    while sharing(play).unknown:
        assert not sharing(play).units
        play.run(0.1)
    told = [(channel, value) for _, _, kind, channel, _, value in play.room.observations if kind == "drift" and value]
    assert {channel for channel, _ in told} == {"one", "two"}
    play.run(30)
    assert is_open(play), "then it begins anew"
    assert play.market.listed("lamp") > unsold(play)
    assert not play.unknown()


def test_a_restart_soon_after_the_switch_back_to_proof_does_not_forget_what_overlapped() -> None:
    play = selling(ONE, TWO, THREE)
    now = play.market.wires.now
    play.market.wires._gone["one"] = [(now + 20 * SECOND, now + 400 * SECOND)]
    play.run(25)
    listed_as(play, "proof")
    play.run(1)
    play.restart()
    assert level(play, "one") > 100
    for _ in range(70):
        play.run(2)
        assert held(play, "two") + held(play, "three") + level(play, "one") <= 200
    assert level(play, "two") + level(play, "three") > 20, "what they hold they go on selling"


@pytest.mark.parametrize("kind", KINDS)
def test_back_in_proof_mode_every_listing_is_backed_by_its_claim(kind: PushKind) -> None:
    play = selling(Shop("this", "generic", kind), TWO, THREE, until=30, every=2.0)
    play.run(20)
    assert play.market.listed("lamp") > unsold(play)
    listed_as(play, "proof")
    play.run(30)
    assert sharing(play).units == {}
    assert play.market.listed("lamp") <= unsold(play)
    for channel in ("this", "two", "three"):
        assert level(play, channel) <= held(play, channel)
    play.run(5)
    assert play.room.observed["overlap", "two", "lamp"][1] == 0
    assert play.room.observed["risk_ppm", "", "lamp"][1] == 0


def test_a_platform_that_is_gone_may_sell_all_it_lists_so_the_others_list_the_rest_only() -> None:
    play = selling(ONE, TWO, THREE, units=200)
    now = play.market.wires.now
    play.market.wires._gone["one"] = [(now + 20 * SECOND, now + 90 * SECOND)]
    play.run(20)
    promised = sharing(play).units["one", "lamp"]
    assert promised > 100
    play.run(40)
    for channel in ("two", "three"):
        assert level(play, channel) <= 200 - promised
    play.run(110)
    assert level(play, "two") > 100, "it is back"


def test_moving_the_units_away_brings_the_listings_down() -> None:
    play = selling(ONE, TWO)
    play.run(20)
    away = c.Reallocate(id="away", show=SHOW, sku="lamp", from_pool="region/US", to_pool="flexible", quantity=180)
    assert play.room.handle([away], play.market.wires.now)[0].status == "accepted"
    play.run(2)
    assert max(level(play, "one"), level(play, "two")) <= 20


def test_a_raise_that_the_platform_refuses_promises_nothing() -> None:
    play = selling(ONE, TWO)
    connection = play.market.exchange.connections["one"]
    connection.adapter.read_push = lambda push, response: Pushed("refused")  # type: ignore[method-assign]
    play.market.platforms["one"].adjust = lambda sku, change, key: (0, 40)  # type: ignore[method-assign]
    play.run(30)
    assert connection.stock.left(play.market.wires.now) > 100, "it is not asked again at once"
    play.run(0.5)
    while connection.listings["lamp"].change:
        play.run(0.1)
    assert sharing(play).units["one", "lamp"] == level(play, "one") == 40


def test_cancelled_units_are_for_everybody_again() -> None:
    play = selling(replace(ONE, restocks_on_cancel=True), replace(TWO, restocks_on_cancel=False))
    play.run(20)
    orders = [(name, play.visit(Visit(0.0, name, (OrderLine("lamp", 5, 1000),)))) for name in ("one", "two")]
    play.run(5)
    for name, order in orders:
        assert order
        play.market.cancel(name, order)
    play.run(40)
    ledger = play.room.world[SHOW].ledger
    assert ledger.claim("lamp", "region/US") + held(play, "one") == 200
    for name in ("one", "two"):
        assert level(play, name) == held(play, name) + sharing(play).units[name, "lamp"]


def test_what_guests_list_stays_theirs() -> None:
    play = selling(ONE, TWO)
    opening = c.OpenPool(
        id="guest", show=SHOW, name="guest", sku="lamp", quantity=30, from_pool="region/US", channels=("one",)
    )
    assert play.room.handle([opening], START)[0].status == "accepted"
    play.run(30)
    assert held(play, "one") >= 12
    play.wind_down()
    assert not play.stuck()
    assert play.room.world[SHOW].unsold("lamp") == 200


def test_winding_down_takes_overlap_off_as_well() -> None:
    play = selling(*(Shop(kind, "generic", kind) for kind in KINDS), units=150)
    play.run(20)
    assert play.market.listed("lamp") > 150
    play.wind_down()
    assert play.market.listed("lamp") == 0
    assert sharing(play).units == {}
    assert play.room.world[SHOW].ledger.claim("lamp", book.region_pool("US")) == 150
