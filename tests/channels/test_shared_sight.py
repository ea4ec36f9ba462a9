"""What may overlap, out of which units: the flexible pool counts where a sale is worth it, and slow channels stay out."""

from dashboard.channels.sandbox.faults import PROFILES, SECOND
from dashboard.channels.sandbox.market import Market, Shop
from dashboard.decision import commands as c
from dashboard.decision.world import Channel, Lane, Location, PlanLine, Region, Sku
from tests.channels.escrow_kit import SHOW, START, small, steady
from tests.channels.pure_room import PureRoom
from tests.channels.shared_kit import all_shared, held, sharing

SHOPS = {"us-1": "US", "us-2": "US", "eu-1": "EU", "eu-2": "EU"}
PRICES = {"us-1": 4000, "us-2": 1000, "eu-1": 4000, "eu-2": 4000}


def flexible(units: int, region_units: int = 40, planned: int = 0) -> Market:
    """Two regions with two storefronts each, one building for all, and so many units that no region has yet.

    Each storefront is `planned` to sell so many in ten minutes.
    """
    room = PureRoom()
    commands: list[c.Command] = [
        c.OpenShow(
            id="open", show=SHOW, title="Flexible", starts_at=START, ends_at=START + 600 * SECOND,
            skus=(Sku("lamp", price_minor=4000, cost_minor=800),),
            locations=(Location("house", "US", "central"),),
            regions=(Region("US"), Region("EU")),
            lanes=(Lane("house", "US"), Lane("house", "EU")),
            channels=tuple(Channel(name, "generic", region) for name, region in SHOPS.items()),
            plan=tuple(PlanLine("lamp", region, planned, name) for name, region in SHOPS.items() if planned),
            draws=("channel", "region", "flexible"),
        ),
        c.ReceiveGoods(id="flexible", show=SHOW, location="house", sku="lamp", quantity=units),
        *(
            c.ReceiveGoods(
                id=region, show=SHOW, location="house", sku="lamp", quantity=region_units, pool=f"region/{region}"
            )
            for region in ("US", "EU")
        ),
        *(
            c.SetPrice(id=f"price/{name}", show=SHOW, sku="lamp", price_minor=price, channel=name)
            for name, price in PRICES.items()
        ),
        c.SetListingMode(id="mode", show=SHOW, sku="lamp", mode="shared"),
    ]  # fmt: skip
    assert {answer.status for answer in room.handle(commands, START)} == {"accepted"}
    shops = [Shop(name, "generic", "delta") for name in SHOPS]
    return Market(SHOW, room, shops, PROFILES["none"], 1, START, START + 600 * SECOND)


def bid(market: Market, minor: int) -> None:
    """The allocator finds a flexible unit to be worth so much."""
    command = c.RecordAllocation(id=f"bid/{minor}", show=SHOW, method="lp", bids={"lamp": minor})
    assert market.room.handle([command], market.wires.now)[0].status == "accepted"


def test_every_region_lists_its_part_of_the_flexible_pool_beside_its_own() -> None:
    market = flexible(200)
    market.run(START + 20 * SECOND)
    levels = {name: market.platforms[name].level("lamp") for name in SHOPS}
    assert all(80 <= level <= 140 for level in levels.values()), levels


def test_where_a_sale_is_worth_less_than_the_bid_the_flexible_units_are_not_listed() -> None:
    market = flexible(200)
    bid(market, 1500)
    market.run(START + 20 * SECOND)
    levels = {name: market.platforms[name].level("lamp") for name in SHOPS}
    assert levels["us-2"] <= 40 < 80 <= min(levels["us-1"], levels["eu-1"], levels["eu-2"]), levels


def test_the_last_flexible_units_are_split_and_still_listed() -> None:
    market = flexible(24, region_units=1, planned=600)
    market.run(START + 30 * SECOND)
    assert not any(gate.is_open for gate in market.exchange.handover.sharing.gates.values())
    assert 12 <= market.listed("lamp") <= 26


def test_a_channel_that_lists_its_orders_seldom_sells_what_it_holds() -> None:
    shops = Shop("seldom", "amazon"), Shop("one", "generic", "delta"), Shop("two", "generic", "delta")
    visits = sorted((one for shop in shops for one in steady(shop.channel, 2, 60)), key=lambda one: one.at)
    play = all_shared(small(*shops, units=200, listed=20, visits=tuple(visits)))
    play.run(60)
    assert held(play, "seldom") > 0
    assert ("seldom", "lamp") not in sharing(play).units
    assert set(sharing(play).units) == {("one", "lamp"), ("two", "lamp")}
