"""What is listed can be sent from somewhere, whoever buys first."""

from itertools import product
from random import Random

import pytest

from dashboard.decision import commands as c, machine, serving
from dashboard.decision.refusals import Refusal
from dashboard.decision.world import Channel, Lane, Location, OrderLine, Region, Sku

LANES = (("EWR", "US"), ("EWR", "EU"), ("RTM", "EU"), ("NRT", "JP"), ("NRT", "EU"))


def brute(supply: dict[str, int], demand: dict[str, int], reach: dict[str, tuple[str, ...]]) -> int:
    """The most units that can be served: by Hall, the worst set of regions decides how many stay unserved."""
    regions = list(demand)
    worst = 0
    for chosen in product((False, True), repeat=len(regions)):
        some = [region for region, taken in zip(regions, chosen, strict=True) if taken]
        near = {location for region in some for location in reach[region]}
        worst = max(worst, sum(demand[region] for region in some) - sum(supply[location] for location in near))
    return sum(demand.values()) - worst


@pytest.mark.parametrize("seed", range(300))
def test_a_flow_serves_as_much_as_can_be_served(seed: int) -> None:
    chance = Random(seed)
    places = [f"L{number}" for number in range(chance.randint(1, 5))]
    regions = [f"R{number}" for number in range(chance.randint(1, 5))]
    supply = {place: chance.randint(0, 9) for place in places}
    demand = {region: chance.randint(0, 9) for region in regions}
    reach = {region: tuple(place for place in places if chance.random() < 0.5) for region in regions}
    assert serving.served(supply, demand, reach) == brute(supply, demand, reach)


class Shop:
    """A show of three regions with lanes that overlap, and how many units each building holds."""

    def __init__(self, goods: dict[str, int], listed: dict[str, int], in_transit: bool = False) -> None:
        self.world: machine.World = {}
        self.number = 0
        self.do(
            c.OpenShow(
                id="open", show="s", title="s", starts_at=0, ends_at=9_000_000, skus=(Sku("pad"),),
                locations=tuple(Location(place, place, "forward") for place in ("EWR", "RTM", "NRT")),
                regions=tuple(Region(name) for name in ("US", "EU", "JP")),
                channels=tuple(Channel(f"shop-{name}", "generic", name) for name in ("US", "EU", "JP")),
                lanes=tuple(Lane(place, region, cost) for cost, (place, region) in enumerate(LANES)),
                sells_in_transit=in_transit,
            )
        )  # fmt: skip
        for place, units in goods.items():
            if units:
                self.do(c.ReceiveGoods(id=f"g{place}", show="s", location=place, sku="pad", quantity=units))
        for region, units in listed.items():
            if units:
                pools = {"from_pool": "flexible", "to_pool": f"region/{region}"}
                self.do(c.Reallocate(id=f"r{region}", show="s", sku="pad", quantity=units, **pools))
                self.do(c.Expose(id=f"e{region}", show="s", channel=f"shop-{region}", sku="pad", quantity=units))

    def do(self, command: c.Command) -> machine.Decision:
        verdict = machine.decide(self.world, command, 1)
        if not isinstance(verdict, Refusal):
            for event in verdict:
                self.number += 1
                machine.apply(self.world, "s", event, self.number, 1)
        return verdict

    def order(self, region: str, units: int) -> machine.Decision:
        self.number += 1
        lines = (OrderLine("pad", units),)
        name = f"o{self.number}"
        return self.do(c.PlaceOrder(id=name, show="s", channel=f"shop-{region}", order=name, lines=lines))


@pytest.mark.parametrize("seed", range(200))
def test_whoever_buys_first_everything_listed_is_served(seed: int) -> None:
    """List as much as `spare` says, then let people buy it all in any order: nobody finds that no location serves."""
    chance = Random(seed)
    goods = {place: chance.randint(0, 12) for place in ("EWR", "RTM", "NRT")}
    whole = sum(goods.values())
    shop = Shop(goods, {})
    show = shop.world["s"]
    for region in chance.sample(["US", "EU", "JP"], 3):
        units = min(chance.randint(0, whole), serving.spare(show, "pad", region), show.ledger.claim("pad", "flexible"))
        if units:
            pools = {"from_pool": "flexible", "to_pool": f"region/{region}"}
            shop.do(c.Reallocate(id=f"r{region}", show="s", sku="pad", quantity=units, **pools))
            shop.do(c.Expose(id=f"e{region}", show="s", channel=f"shop-{region}", sku="pad", quantity=units))
    left = {region: show.listed("pad", f"region/{region}") for region in ("US", "EU", "JP")}
    while any(left.values()):
        region = chance.choice([name for name, units in left.items() if units])
        units = chance.randint(1, min(3, left[region]))
        verdict = shop.order(region, units)
        assert not isinstance(verdict, Refusal), verdict
        left[region] -= units


def test_an_order_leaves_the_goods_that_only_others_can_use() -> None:
    """Europe's order would take New Jersey's before Tokyo's (cheaper), but America's listing has nothing else."""
    shop = Shop({"EWR": 2, "NRT": 5}, {"US": 2, "EU": 3})
    (order,) = shop.order("EU", 3)  # type: ignore[misc]
    assert {move.source for move in order.moves if move.book == "goods"} == {"NRT/available"}
    free = Shop({"EWR": 5, "NRT": 5}, {"US": 2, "EU": 3})
    (order,) = free.order("EU", 3)  # type: ignore[misc]
    assert {move.source for move in order.moves if move.book == "goods"} == {"EWR/available"}, "where there is plenty"


@pytest.mark.parametrize(
    ("goods", "listed", "region", "expected"),
    [
        ({"EWR": 10, "NRT": 5}, {}, "US", 10),
        ({"EWR": 10, "NRT": 5}, {"EU": 5}, "US", 10),
        ({"EWR": 10, "NRT": 5}, {"EU": 8}, "US", 7),
        ({"EWR": 10, "NRT": 5}, {"EU": 8, "JP": 5}, "US", 2),
        ({"EWR": 2, "NRT": 5}, {"US": 4}, "US", -2),
        ({"EWR": 2}, {}, "JP", 0),
    ],
)
def test_spare_is_what_more_can_be_listed(
    goods: dict[str, int], listed: dict[str, int], region: str, expected: int
) -> None:
    show = Shop(goods, listed).world["s"]
    assert serving.spare(show, "pad", region) == expected
    assert serving.spare(show, "pad", region, 1) == min(1, expected)


def test_goods_on_the_way_count_where_they_arrive_and_what_was_sold_of_them_is_promised() -> None:
    """Ten pads fly from New Jersey to Tokyo: they are no help to America any more, and two of them are sold."""
    shop = Shop({"EWR": 12}, {}, in_transit=True)
    show = shop.world["s"]
    lines = (c.UnitLine("pad", 10),)
    fly = c.StartShipment(id="f", show="s", shipment="f", from_location="EWR", to_location="NRT", lines=lines, eta=9)
    assert not isinstance(shop.do(fly), Refusal)
    assert [serving.spare(show, "pad", region) for region in ("US", "EU", "JP")] == [2, 12, 10]
    pools = {"from_pool": "flexible", "to_pool": "region/JP"}
    shop.do(c.Reallocate(id="r", show="s", sku="pad", quantity=2, **pools))
    assert not isinstance(shop.order("JP", 2), Refusal)
    assert show.presold("pad") == 2
    assert [serving.spare(show, "pad", region) for region in ("US", "EU", "JP")] == [2, 10, 8]
