"""Several shows in one journal, one a day, each selling rings for twenty minutes."""

from pathlib import Path
from typing import Any

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
FIRST = 1_773_488_400_000_000
LENGTH = 20 * MINUTE


def room_at(path: Path) -> Room:
    """A room on a journal."""
    return Room(Journal(path), clock=lambda: FIRST)


def opening(show: str, day: int, title: str = "Show", **more: Any) -> list[c.Command]:
    """Open a show with two SKUs, of which rings are few."""
    start = FIRST + day * DAY
    common: dict[str, Any] = {"show": show, "event_time": start - MINUTE}
    return [
        c.OpenShow(
            id=f"{show}/open",
            **common,
            title=title,
            starts_at=start,
            ends_at=start + LENGTH,
            skus=(c.Sku("RING", tier="test"), c.Sku("LAMP")),
            locations=(c.Location("LA"),),
            regions=(c.Region("US", countries=("US",)),),
            lanes=(c.Lane("LA", "US"),),
            channels=(c.Channel("shop", "shopify", "US"),),
            **more,
        ),
        c.ReceiveGoods(id=f"{show}/rings", **common, location="LA", sku="RING", quantity=30, pool="region/US"),
        c.ReceiveGoods(id=f"{show}/lamps", **common, location="LA", sku="LAMP", quantity=90, pool="region/US"),
    ]


def orders(show: str, day: int) -> list[c.Command]:
    """Three rings and a lamp every two minutes; one ring stays."""
    start = FIRST + day * DAY
    return [
        c.PlaceOrder(
            id=f"{show}/{number}",
            show=show,
            event_time=start + number * MINUTE // 2,
            channel="shop",
            order=str(number),
            lines=(c.OrderLine("LAMP" if number % 4 == 0 else "RING", 1),),
        )
        for number in range(1, 39)
    ]


def closing(show: str, day: int) -> list[c.Command]:
    """Close the show at its end."""
    return [c.CloseShow(id=f"{show}/close", show=show, event_time=FIRST + day * DAY + LENGTH)]


def play(room: Room, show: str, day: int, **more: Any) -> None:
    """A whole show, command by command."""
    for answer in room.handle([*opening(show, day, **more), *orders(show, day), *closing(show, day)], None):
        assert answer.status == "accepted", answer.sentence


def events(room: Room, show: str) -> list[tuple[int, str]]:
    """The events of a show: seq and type."""
    return [(stored.seq, stored.type) for stored in room.journal.events(show)]
