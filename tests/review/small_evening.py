"""A small finished show in a journal file: two regions, two currencies, cancellations, viewers, names of strangers."""

from pathlib import Path
from typing import Any

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room

MINUTE = 60_000_000
SHOW = "evening"
START = 1_773_489_600_000_000
"""2026-03-14T12:00:00Z."""
LENGTH = 60
FORMULA = '=HYPERLINK("http://example.org","click")'
MARKUP = "<script>alert('x')</script> & co"


def opening() -> c.OpenShow:
    """Open it: the lamp is few, the US shop pays a fee and was planned to sell 10 units."""
    return c.OpenShow(
        id="open",
        show=SHOW,
        title=MARKUP,
        starts_at=START,
        ends_at=START + LENGTH * MINUTE,
        time_zone="Asia/Shanghai",
        currency="USD",
        host="梅",
        skus=(
            c.Sku("RING", FORMULA, tier="campaign", price_minor=1999, cost_minor=700),
            c.Sku("LAMP", "灯", price_minor=4900, cost_minor=2000),
        ),
        locations=(c.Location("LA", kind="forward"), c.Location("HAM", kind="central")),
        regions=(c.Region("US", "United States", countries=("US",)), c.Region("EU", "Europe", countries=("DE",))),
        lanes=(c.Lane("LA", "US", 300, 2.0), c.Lane("HAM", "EU", 450, 3.0)),
        channels=(
            c.Channel("shop-us", "shopify", "US", name="Shop", fee_per_mille=29),
            c.Channel("tube-us", "youtube", "US", name="+Tube"),
            c.Channel("shop-eu", "shopify", "EU"),
        ),
        rundown=(c.Segment(0, 1800, "RING", "Rings"), c.Segment(1800, 3600, "LAMP")),
        plan=(c.PlanLine("RING", "US", 10, "shop-us"), c.PlanLine("LAMP", "EU", 20)),
    )


class Evening:
    """The show as it is played into a journal."""

    def __init__(self, path: Path | str) -> None:
        self.room = Room(Journal(path), lambda: START)
        self._number = 0
        self.at(-60, opening())

    def at(self, minute: float, command: c.Command) -> None:
        """Put a command to the room at a minute of the show; it is accepted."""
        (answer,) = self.room.handle([command], START + round(minute * MINUTE))
        assert answer.status == "accepted", answer

    def say(self, minute: float, kind: type[c.Command], **fields: Any) -> None:
        """Put a command with these fields to the room."""
        self._number += 1
        self.at(minute, kind(id=f"say-{self._number}", show=SHOW, **fields))

    def order(self, minute: float, channel: str, units: dict[str, int], currency: str = "") -> str:
        """Order units of SKUs; returns the order's name."""
        name = f"order-{self._number}"
        lines = tuple(c.OrderLine(sku, quantity) for sku, quantity in units.items())
        self.say(minute, c.PlaceOrder, channel=channel, order=name, lines=lines, currency=currency)
        return name


def play(path: Path | str) -> Path:
    """Play it to its close: the US sells out its lamps, gets more, and a buyer cancels half of an order."""
    evening = Evening(path)
    for sku, location, pool, units in (
        ("RING", "LA", "region/US", 40),
        ("RING", "HAM", "region/EU", 20),
        ("LAMP", "LA", "region/US", 6),
        ("LAMP", "LA", "flexible", 10),
    ):
        evening.say(-30, c.ReceiveGoods, location=location, sku=sku, quantity=units, pool=pool)
    for minute in range(0, LENGTH, 5):
        evening.room.observe(SHOW, START + minute * MINUTE, "viewers", "tube-us", value=100 + minute)
        evening.room.observe(SHOW, START + minute * MINUTE, "viewers", "shop-us", value=10)
        evening.order(minute + 1, "shop-us", {"RING": 1})
        evening.order(minute + 2, "tube-us", {"RING": 1, "LAMP": 1} if minute < 30 else {"RING": 1})
        _beside(evening, minute)
    evening.say(LENGTH, c.CloseShow)
    evening.room.stop()
    return Path(path)


def _beside(evening: Evening, minute: int) -> None:
    """What happens beside the usual orders."""
    if minute == 20:
        evening.order(23, "shop-eu", {"RING": 3}, "EUR")
    elif minute == 25:
        whole = evening.order(28, "shop-eu", {"RING": 2})
        evening.say(29, c.CancelOrder, channel="shop-eu", order=whole)
    elif minute == 35:
        evening.say(38, c.Reallocate, sku="LAMP", from_pool="flexible", to_pool="region/US", quantity=4)
    elif minute == 40:
        half = evening.order(43, "shop-us", {"RING": 2, "LAMP": 2})
        lines = (c.UnitLine("RING", 1), c.UnitLine("LAMP", 1))
        evening.say(44, c.CancelOrder, channel="shop-us", order=half, lines=lines)
