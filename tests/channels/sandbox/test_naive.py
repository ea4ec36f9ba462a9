"""The broadcaster: counts down well, and oversells all the same, unless it keeps a buffer."""

from random import Random

import pytest

from dashboard.channels.adapters import make
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile, Weather
from dashboard.channels.sandbox.market import Shop, platform_of
from dashboard.channels.sandbox.naive import NaiveSeller
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.wires import Wires
from dashboard.decision.world import OrderLine

NOW = 1_770_000_000 * SECOND
UNITS = 60
LAMP = [OrderLine("lamp", 1, 1000)]


class Broadcast:
    """Three shops that list the same lamps."""

    def __init__(self, profile: Profile = PROFILES["none"], buffer: int = 0, sync_seconds: float = 0.0) -> None:
        self.shops: dict[str, Platform] = {}
        for name, platform in (("a", "generic"), ("b", "woocommerce"), ("c", "shopee")):
            shop = Shop(name, platform, "absolute")
            self.shops[name] = platform_of(shop, ["lamp"], "USD", Weather(profile, Random(name)))
            self.shops[name].stock["lamp"] = UNITS - buffer
        adapters = {name: make(one.account, one.secrets) for name, one in self.shops.items()}
        self.seller = NaiveSeller(adapters, {"lamp": UNITS}, buffer, sync_seconds, Random(1), NOW)
        self.wires = Wires(self.seller, self.seller, self.shops, profile, Random(2), NOW, NOW + 600 * SECOND)

    def buy(self, shop: str) -> bool:
        """Somebody buys a lamp, if it is listed."""
        order = self.shops[shop].buy(LAMP, self.wires.now)
        self.wires.collect(shop)
        return order is not None

    def rush(self, every: float, shoppers: int = 120) -> None:
        """Shoppers come to one shop after the other."""
        for number in range(shoppers):
            shop = "abc"[number % 3]
            self.wires.at(NOW + int(number * every * SECOND), lambda shop=shop: self.buy(shop))  # type: ignore[misc]
        self.wires.run(NOW + int((shoppers * every + 20) * SECOND))

    def sold(self) -> int:
        """Lamps sold everywhere."""
        return sum(one.sold.get("lamp", 0) for one in self.shops.values())


def test_what_one_shop_sells_is_taken_off_everywhere() -> None:
    all_of_it = Broadcast()
    all_of_it.buy("a")
    all_of_it.wires.run(NOW + 15 * SECOND)
    assert all_of_it.seller.left["lamp"] == UNITS - 1
    assert [one.level("lamp") for one in all_of_it.shops.values()] == [UNITS - 1] * 3


def test_slow_shoppers_are_never_sold_a_lamp_twice() -> None:
    calm = Broadcast()
    calm.rush(every=2.0)
    assert calm.sold() == UNITS


def test_a_rush_sells_more_lamps_than_there_are() -> None:
    rush = Broadcast(PROFILES["slow"])
    rush.rush(every=0.05)
    assert rush.sold() > UNITS


def test_a_buffer_helps_and_stays_unsold() -> None:
    rush = Broadcast(PROFILES["slow"], buffer=25)
    rush.rush(every=0.25)
    assert rush.sold() <= UNITS
    calm = Broadcast(buffer=25)
    calm.rush(every=1.0)
    assert calm.sold() <= UNITS - 25 + 3


def test_an_hourly_sync_is_worse_than_an_instant_one() -> None:
    sold = []
    for seconds in (0.0, 60.0):
        one = Broadcast(sync_seconds=seconds)
        one.rush(every=0.4)
        sold.append(one.sold())
    assert sold[1] > sold[0]


@pytest.mark.parametrize("fault", ["webhooks_lost", "webhooks_doubled", "calls_lost", "answers_lost"])
def test_it_counts_every_order_once_whatever_the_network_does(fault: str) -> None:
    one = Broadcast(Profile("x", **{fault: 0.3}))  # type: ignore[arg-type]
    one.rush(every=1.0, shoppers=40)
    one.wires.run(one.wires.now + 200 * SECOND)
    assert one.seller.left["lamp"] == UNITS - one.sold()


def test_a_cancelled_lamp_is_for_sale_again() -> None:
    one = Broadcast()
    one.buy("a")
    one.wires.run(NOW + 5 * SECOND)
    order = next(iter(one.shops["a"].orders.values()))
    one.shops["a"].cancel(order, one.wires.now)
    one.wires.collect("a")
    one.wires.run(NOW + 30 * SECOND)
    assert one.seller.left["lamp"] == UNITS
    assert one.shops["b"].level("lamp") == UNITS
