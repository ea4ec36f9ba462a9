"""A market wires every platform of a show to a room, and its counters are the truth."""

import pytest

from dashboard.channels.adapters import PLATFORMS, pushes_of
from dashboard.channels.sandbox.faults import PROFILES, SECOND
from dashboard.channels.sandbox.market import Shop
from dashboard.decision.world import OrderLine
from tests.channels.escrow_kit import SHOW, small, steady

DELTA, CAMPAIGN = Shop("delta", "generic", "delta"), Shop("campaign", "shopee", "raise_only")
TWO = (OrderLine("lamp", 2, 1000),)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_shop_can_do_what_its_platform_can_unless_told_otherwise(platform: str) -> None:
    usual = PLATFORMS[platform].capability
    assert Shop("shop", platform).capability() == usual
    for push in pushes_of(platform):
        told = Shop("shop", platform, push, 7, not usual.restocks_on_cancel).capability()
        assert (told.push, told.calls_per_minute) == (push, 7)
        assert told.restocks_on_cancel != usual.restocks_on_cancel
        assert told.orders_per_fetch == usual.orders_per_fetch


def test_a_storefront_starts_by_listing_what_the_ledger_handed_to_it() -> None:
    market = small(DELTA, CAMPAIGN, units=50, listed=15).market
    assert {channel: one.level("lamp") for channel, one in market.platforms.items()} == {"delta": 15, "campaign": 15}
    assert market.platforms["campaign"].offered["lamp"] == 15
    assert market.exchange.connections["campaign"].listings["lamp"].offered == 15
    assert market.units == {"lamp": 50}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_sells_cancels_and_is_understood(platform: str) -> None:
    play = small(Shop("shop", platform), units=50, listed=15, visits=steady("shop", 2, 20))
    play.run(20)
    order = next(iter(play.market.platforms["shop"].orders.values()))
    assert play.market.cancel("shop", order)
    play.run(30)
    assert not play.unknown()
    assert play.market.is_quiet()
    assert play.market.sold("lamp") == play.visited - 1


def test_nobody_buys_what_is_not_listed_or_where_the_shop_is_gone() -> None:
    market = small(DELTA, units=50, listed=1).market
    assert market.buy("delta", TWO) is None
    market.platforms["delta"].stock["lamp"] = 5
    market.wires._gone["delta"] = [(market.wires.now, market.wires.now + SECOND)]
    assert market.buy("delta", TWO) is None
    market.run(market.wires.now + 2 * SECOND)
    assert market.buy("delta", TWO)


def test_oversold_is_counted_on_the_platforms_and_asks_no_ledger() -> None:
    market = small(DELTA, units=10, listed=10).market
    market.platforms["delta"].list_by_hand("lamp", 6)
    for _ in range(8):
        market.buy("delta", TWO)
    assert market.sold("lamp") == 16
    assert market.oversold() == 6
    assert market.by_hand("lamp") == 6
    assert market.listed("lamp") == 0


def test_a_market_is_not_quiet_while_an_order_is_on_its_way() -> None:
    play = small(DELTA, units=10, listed=10)
    play.run(1)
    assert play.market.is_quiet()
    play.market.buy("delta", TWO)
    assert not play.market.is_quiet()
    play.run(2)
    assert play.market.is_quiet()


def test_winding_down_leaves_everything_accounted_for_in_any_weather() -> None:
    shops = (DELTA, Shop("swap", "shopify"), Shop("absolute", "woocommerce"))
    visits = tuple(sorted((visit for shop in shops for visit in steady(shop.channel, 3, 60)), key=lambda one: one.at))
    play = small(*shops, units=90, listed=25, visits=visits, profile=PROFILES["all"])
    play.run(70)
    play.market.wind_down()
    assert play.market.is_quiet()
    assert play.market.listed("lamp") == 0
    assert play.room.world[SHOW].unsold("lamp") == 90 - play.market.sold("lamp")


def test_how_long_orders_took_is_told() -> None:
    play = small(DELTA, visits=steady("delta", 1, 20))
    play.run(30)
    took = play.market.sync_ms()
    assert 0 < took["p50"] <= took["p95"] <= took["p99"] < 1_000


def test_the_same_seed_gives_every_storefront_the_same_secrets() -> None:
    first, again = (small(DELTA, CAMPAIGN).market.platforms for _ in range(2))
    assert [one.secrets for one in first.values()] == [one.secrets for one in again.values()]
    assert first["delta"].secrets != first["campaign"].secrets
