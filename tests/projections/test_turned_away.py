"""What buyers wanted at our own gate and did not get is counted, once each."""

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.decision.shows import SHOW, small_show
from tests.decision.watched import SECOND, START


def order(number: int, quantity: int, **fields: bool) -> c.PlaceOrder:
    line = c.OrderLine("lamp", quantity)
    return c.PlaceOrder(
        id=f"order-{number}", show=SHOW, channel="tiktok-us", order=str(number), lines=(line,), **fields
    )


def room_with_three_lamps() -> Room:
    room = Room(Journal(":memory:"), lambda: START)
    stock = c.ReceiveGoods(id="stock", show=SHOW, location="LA", sku="lamp", quantity=3, pool="region/US")
    room.handle([small_show(), stock], START)
    return room


def counted(room: Room) -> dict[tuple[str, str, str], int]:
    seen = room.journal.seen(SHOW, room.journal.head()[0])
    return {key: told[1] for key, told in seen.items()}


def test_units_refused_for_want_of_claims_add_up_per_channel_and_sku() -> None:
    room = room_with_three_lamps()
    room.handle([order(1, 5)], START + SECOND)
    room.handle([order(2, 2), order(3, 2), order(4, 4)], START + 2 * SECOND)
    room.handle([], START + 3 * SECOND)
    assert counted(room) == {("refused/not_enough_claims", "tiktok-us", "lamp"): 11}


def test_the_same_order_asked_again_counts_once() -> None:
    room = room_with_three_lamps()
    for second in range(5):
        room.handle([order(1, 5)], START + second * SECOND)
    assert counted(room) == {("refused/not_enough_claims", "tiktok-us", "lamp"): 5}


def test_what_a_platform_has_sold_is_owed_and_not_lost() -> None:
    room = room_with_three_lamps()
    room.handle([order(1, 5, sold=True)], START)
    room.handle([], START + SECOND)
    assert counted(room) == {}


def test_an_order_over_a_limit_is_told_by_its_own_name() -> None:
    room = room_with_three_lamps()
    room.handle([c.SetLimit(id="limit", show=SHOW, sku="lamp", region="US", units_per_order=1)], START)
    room.handle([order(1, 2)], START + SECOND)
    room.handle([], START + 2 * SECOND)
    assert counted(room) == {("refused/over_limit", "tiktok-us", "lamp"): 2}
