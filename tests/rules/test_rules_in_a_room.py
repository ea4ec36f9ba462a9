"""From a real room's frame to an accepted command: what the rules ask for is what the decision takes.

A small show is played on a room: goods come in, orders fall, an audience is seen. The rule under test is on `auto`, the
others are off; its commands are handed to the same room, and the next frame is asked again: the rule keeps quiet.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.decision import commands as c
from dashboard.room import Room
from dashboard.rules.arbiter import decide
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import HOUR, MINUTE, START
from tests.room.random_show import Clock, opened

Row = dict[str, Any]


class Stage:
    """A small show on a room whose time is turned by hand, in minutes after the start."""

    def __init__(self, room: Room, **world: Any) -> None:
        self.room, self.orders, self.now = room, 0, START - HOUR
        self.hand(small_show(**world))

    def hand(self, *commands: c.Command) -> None:
        """Hand in commands that must be accepted."""
        for answer in self.room.handle(commands, self.now):
            assert answer.status == "accepted", answer

    def at(self, minute: float) -> None:
        self.now = START + round(minute * MINUTE)

    def receive(self, location: str, units: int, pool: str) -> None:
        name = f"in-{location}-{pool}-{self.now}"
        self.hand(c.ReceiveGoods(id=name, show=SHOW, location=location, sku="lamp", quantity=units, pool=pool))

    def sell(self, channel: str, units: int) -> None:
        """Sell single units, one order each."""
        for _ in range(units):
            self.orders += 1
            name = f"order-{self.orders}"
            lines = (c.OrderLine("lamp", 1),)
            self.hand(c.PlaceOrder(id=name, show=SHOW, channel=channel, order=name, lines=lines))

    def let(self, rule: str) -> list[str]:
        """Let one rule act on the frame of now; what it proposed, all of it accepted."""
        commands = decide(self.frame(), {"all": "off", rule: "auto"})
        self.hand(*commands)
        return [command.what for command in commands if isinstance(command, c.ProposeAction)]

    def frame(self) -> Row:
        return self.room.frame(SHOW, at=self.now)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    rooms: list[Room] = []

    def begin(**world: Any) -> Stage:
        rooms.append(opened(tmp_path / "night.duckdb", Clock()))
        return Stage(rooms[0], **world)

    yield begin
    for room in rooms:
        room.journal.close()


def left(frame: Row) -> dict[str, int]:
    return {row["pool"]: row["left"] for row in frame["pools"] if row["sku"] == "lamp"}


def test_a_batch_is_split_by_what_the_presale_sold_and_the_next_one_again(stage: Callable[..., Stage]) -> None:
    show = stage(lanes=(*small_show().lanes, c.Lane("NJ", "EU", 900, 5.0)))
    show.receive("LA", 60, "region/US")
    show.receive("HH", 60, "region/EU")
    show.sell("tiktok-us", 15)
    show.sell("amazon-eu", 45)
    show.at(10)
    show.receive("NJ", 100, "flexible")
    show.at(12)
    assert show.let("batch_split") == ["Split the batch of 100 Desk lamp: 60 EU, 20 US"]
    assert left(show.frame()) == {"flexible": 20, "region/EU": 75, "region/US": 65}
    show.at(13)
    assert show.let("batch_split") == []
    show.at(40)
    show.receive("NJ", 50, "flexible")
    assert show.let("batch_split") == ["Split the batch of 50 Desk lamp: 30 EU, 10 US"]


def test_a_guest_sells_from_the_flexible_pool_and_what_is_left_returns(stage: Callable[..., Stage]) -> None:
    show = stage()
    show.receive("LA", 50, "region/US")
    show.receive("NJ", 80, "flexible")
    visit = {"starts_at": START + 20 * MINUTE, "ends_at": START + 40 * MINUTE, "units": 30}
    show.at(5)
    show.hand(c.AnnounceGuest(id="g", show=SHOW, guest="Mia", sku="lamp", channels=("tiktok-us",), **visit))
    assert show.let("surprise_guest") == []
    show.at(11)
    assert show.let("surprise_guest") == ["Open the pool of Mia with 30 Desk lamp of the flexible pool"]
    assert left(show.frame()) == {"flexible": 50, "region/US": 50, "temporary/Mia": 30}
    show.at(39)
    assert show.let("surprise_guest") == []
    show.at(40)
    assert show.let("surprise_guest") == ["Close the pool of Mia: 30 units return to the flexible pool"]
    assert left(show.frame()) == {"flexible": 80, "region/US": 50}
    show.at(51)
    assert show.let("surprise_guest") == []


def test_a_drained_forward_location_is_restocked_in_36_hours_and_once(stage: Callable[..., Stage]) -> None:
    world = small_show()
    places = (*world.locations, c.Location("SZ", "Shenzhen", "bonded", 22.5, 114.1, "CN", "Asia/Shanghai"))
    lanes = (*world.lanes, c.Lane("SZ", "US", 1100, 8.0))
    routes = (c.Route("SZ", "LA", "air", 36.0, 300),)
    show = stage(locations=places, lanes=lanes, routes=routes, sells_in_transit=True)
    show.receive("LA", 60, "region/US")
    show.receive("SZ", 200, "region/US")
    for minute in range(1, 25):
        show.at(minute)
        show.sell("tiktok-us", 2)
        if minute == 10:
            assert show.let("restock_bonded") == []
    (what,) = show.let("restock_bonded")
    assert re.fullmatch(r"Ship 1[5-9]\d Desk lamp from Shenzhen to Los Angeles by air, 36 h", what), what
    (shipment,) = show.frame()["shipments"]
    assert (shipment["hours_left"], shipment["to_location"]) == (36.0, "LA")
    assert left(show.frame())["region/US"] == 212, "what is in transit sells on"
    show.at(40)
    show.sell("tiktok-us", 4)
    assert show.let("restock_bonded") == []


def test_night_stock_is_lent_to_where_it_is_day(stage: Callable[..., Stage]) -> None:
    show = stage(ends_at=START + 24 * HOUR, lanes=(*small_show().lanes, c.Lane("LA", "EU", 900, 5.0)))
    show.receive("LA", 200, "region/US")
    show.receive("HH", 180, "region/EU")
    for minute in range(300, 620, 2):
        show.at(minute)
        show.sell("amazon-eu", 1)
        if minute == 304:
            assert show.let("time_zone_lending") == [], "three orders are no demand"
    (what,) = show.let("time_zone_lending")
    lent = int(what.removeprefix("US lends ").partition(" ")[0])
    assert what == f"US lends {lent} Desk lamp to EU until 05:30 of US"
    assert 10 <= lent <= 60
    (loan,) = show.frame()["loans"]
    assert (loan["from_pool"], loan["to_pool"], loan["quantity"], loan["state"]) == (
        "region/US",
        "region/EU",
        lent,
        "lent",
    )
    assert left(show.frame())["region/EU"] == 20 + lent
    show.at(635)
    assert show.let("time_zone_lending") == []


def test_a_cold_snap_moves_units_to_45_percent_and_purchasing_is_told(stage: Callable[..., Stage]) -> None:
    show = stage(lanes=(*small_show().lanes, c.Lane("NJ", "EU", 900, 5.0)))
    show.receive("LA", 500, "region/US")
    show.receive("HH", 300, "region/EU")
    show.receive("NJ", 200, "flexible")
    show.hand(c.Expose(id="list", show=SHOW, channel="tiktok-us", sku="lamp", quantity=450))
    for kind, value in (("interactions_usual", 100), ("interactions", 320)):
        show.room.observe(SHOW, START + MINUTE, kind, "amazon-eu", value=value)
    for minute in range(32):
        show.at(minute)
        show.sell("tiktok-us", 1)
        show.sell("amazon-eu", 5)
        if minute == 29:
            assert show.let("regional_share") == []
    (what,) = show.let("regional_share")
    assert what.startswith("+150 EU, its share of all units 30% -> 45%")
    frame = show.frame()
    moved = sum(row["quantity"] for row in frame["reallocations"]) + sum(row["missing"] for row in frame["requests"])
    assert moved == 150
    assert show.let("regional_share") == []
    (asked,) = show.let("replenish") or [""]
    assert asked == "", "most units are still there"


def test_prices_screens_bundles_and_purchases_are_accepted_too(stage: Callable[..., Stage]) -> None:
    lamp = c.Sku("lamp", "Desk lamp", "campaign", 4900, 2100, floor_minor=4500, ceiling_minor=5200)
    show = stage(skus=(lamp, c.Sku("ring", "Smart ring", "evergreen", 19900, 8000)))
    show.receive("LA", 120, "region/US")
    show.hand(c.ReceiveGoods(id="rings", show=SHOW, location="LA", sku="ring", quantity=90, pool="region/US"))
    show.hand(c.ReceiveGoods(id="more", show=SHOW, location="HH", sku="ring", quantity=90, pool="region/EU"))
    show.hand(c.SetOnScreen(id="hero", show=SHOW, sku="lamp"))
    for minute in range(37):
        show.at(minute)
        show.sell("tiktok-us", 3)
    assert show.let("price_nudge")[0].startswith(
        "Raise the price of Desk lamp in US by 2 % at most: TikTok US 49.00 ->"
    )
    assert show.frame()["prices"][0]["price_minor"] == 4998
    assert show.let("switch_hero") == ["Show Smart ring instead of Desk lamp"]
    (asked,) = show.let("replenish")
    assert asked.startswith("Emergency: ask purchasing for")
    (ordered,) = show.frame()["replenishments"]
    assert ordered["urgent"]
    show.at(91)
    show.hand(c.ReceiveGoods(id="late", show=SHOW, location="LA", sku="lamp", quantity=90, pool="region/US"))
    for minute in range(92, 96):
        show.at(minute)
        show.sell("tiktok-us", 2)
    assert show.let("clearance_bundle") == ["Bundle Smart ring with Desk lamp in US, -20 %"]
    for rule in ("price_nudge", "switch_hero", "replenish", "clearance_bundle"):
        assert show.let(rule) == []
