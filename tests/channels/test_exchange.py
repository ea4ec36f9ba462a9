"""The exchange over perfect and broken wires: what it hears, what it asks for, and whom it tells when something is wrong."""

from collections.abc import Sequence

import pytest

from dashboard.channels.adapter import OrderHeard, Push, Pushed, PushKind, Request, Response, Unreadable
from dashboard.channels.adapters import PLATFORMS
from dashboard.channels.connection import Call
from dashboard.channels.exchange import Exchange
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile
from dashboard.channels.sandbox.market import Shop
from dashboard.decision import commands as c, events as e
from dashboard.decision.world import OrderLine
from tests.channels.escrow_kit import SHOW, START, Play, Visit, small, steady

DELTA, SWAP = Shop("delta", "generic", "delta"), Shop("swap", "shopify", "compare_and_set")
THIN = Shop("thin", "tiktok_shop", "absolute")


def buys(play: Play, channel: str, units: int = 1, sku: str = "lamp") -> str:
    """Somebody buys now; the order's number."""
    order = play.visit(Visit(0.0, channel, (OrderLine(sku, units, 1000),)))
    assert order is not None
    return order.order


def alerts(play: Play) -> list[e.AlertRaised]:
    """Every alert so far."""
    return [event for _, _, event in play.room.events if isinstance(event, e.AlertRaised)]


@pytest.mark.parametrize("shop", [DELTA, SWAP, THIN, Shop("campaign", "shopee", "raise_only")])
def test_an_order_whose_webhook_is_lost_is_found_by_the_next_list(shop: Shop) -> None:
    play = small(shop, profile=Profile("lost", webhooks_lost=1.0))
    play.run(1)
    order = buys(play, shop.channel)
    play.run(12)
    assert (shop.channel, order) in play.room.world[SHOW].orders
    assert not play.unknown()


@pytest.mark.parametrize("shop", [DELTA, SWAP, THIN, Shop("campaign", "shopee", "raise_only")])
def test_a_cancellation_whose_webhook_is_lost_is_found_too(shop: Shop) -> None:
    play = small(shop, profile=Profile("lost", webhooks_lost=1.0))
    play.run(1)
    order = buys(play, shop.channel, 3)
    play.run(12)
    play.market.cancel(shop.channel, play.market.platforms[shop.channel].orders[order], "lamp", 1)
    play.run(12)
    assert not play.unknown()


def test_every_order_up_to_an_instant_is_known_and_that_is_said() -> None:
    play = small(DELTA, THIN, visits=(*steady("delta", 1, 50), *steady("thin", 1, 50)))
    play.run(60)
    for shop in (DELTA, THIN):
        told = [(at, value) for _, at, kind, channel, _, value in play.room.observations
                if (kind, channel) == ("complete_until", shop.channel)]  # fmt: skip
        assert told == sorted(told)
        assert told[-1][1] > play.market.wires.now - 10 * SECOND
        assert all(until < at for at, until in told)


def test_an_order_that_cannot_be_read_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    play = small(Shop("thin", "shopee", "absolute"))
    play.run(1)
    poison = buys(play, "thin")
    adapter = play.market.exchange.connections["thin"].adapter
    read = adapter.read_orders

    def read_orders(response: Response) -> tuple[OrderHeard, ...]:
        if poison.encode() in response.body:
            raise Unreadable("lines is missing.")
        return read(response)

    monkeypatch.setattr(adapter, "read_orders", read_orders)
    for _ in range(15):
        buys(play, "thin")
        play.run(2)
    play.run(20)
    assert play.unknown() == {("thin", poison)}
    monkeypatch.undo()
    play.run(60)
    assert not play.unknown()


def test_an_account_nobody_can_speak_for_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    play = small(DELTA, SWAP, units=200, listed=5, visits=steady("swap", 0.5, 50))

    def push(push: Push, now: int) -> Request:
        raise Unreadable("lamp has no sku on delta; add it under [channels.delta.listings.lamp].")

    monkeypatch.setattr(play.market.exchange.connections["delta"].adapter, "push", push)
    play.run(60)
    assert play.market.platforms["swap"].sold["lamp"] > 80
    assert not play.unknown()
    assert play.room.observed["breaker", "delta", ""][1:] == (
        1,
        "lamp has no sku on delta; add it under [channels.delta.listings.lamp].",
    )


def test_a_platform_that_fails_is_let_alone_and_told_of_until_it_answers_again() -> None:
    play = small(DELTA, SWAP)
    play.market.wires._gone["delta"] = [(START + 10 * SECOND, START + 100 * SECOND)]
    play.run(95)
    calls = play.market.exchange._calls
    assert play.room.observed["breaker", "delta", ""][1] == 1
    play.run(4)
    assert play.market.exchange._calls - calls < 8, "a call now and then is enough"
    play.run(100)
    told = [
        value for _, _, kind, channel, _, value in play.room.observations if (kind, channel) == ("breaker", "delta")
    ]
    assert told == [1, 0]
    assert not any(kind == "breaker" and channel == "swap" for _, _, kind, channel, _, _ in play.room.observations)


def test_an_order_that_no_unit_covers_is_kept_counted_and_somebody_is_called_once() -> None:
    play = small(DELTA, units=20, listed=20)
    play.run(1)
    play.market.platforms["delta"].list_by_hand("lamp", 3)
    order = buys(play, "delta", 23)
    play.run(30)
    assert play.market.exchange.alarms.told == {("delta", order)}
    assert [(alert.severity, alert.alert) for alert in alerts(play)] == [("critical", f"uncovered:delta:{order}")]
    assert play.held() == {("delta", order)}
    assert "23 x lamp" in alerts(play)[0].what
    place = play.room.world[SHOW].opened.locations[0].location
    more = c.ReceiveGoods(id="more", show=SHOW, location=place, sku="lamp", quantity=5, pool="region/US")
    play.room.handle([more], play.market.wires.now)
    play.market.inbox.retry_held(play.market.wires.now)
    play.run(5)
    assert not play.held()
    assert set(play.room.world[SHOW].alerts.values()) == {"resolved"}, "a unit covers it now"


def test_units_of_an_order_the_ledger_cannot_take_are_not_sold_again() -> None:
    """3 of a hand's units and 20 of ours go in one order: the 20 are no longer there for the other channel."""
    play = small(DELTA, SWAP, units=40, listed=20, visits=steady("swap", 1.0, 100))
    play.market.wires._gone["swap"] = []
    play.run(1)
    play.market.platforms["delta"].list_by_hand("lamp", 21)
    buys(play, "delta", 41)
    play.run(200)
    assert play.market.platforms["swap"].sold["lamp"] <= 20
    assert not play.breaches


def test_an_order_over_a_limit_is_held_and_its_units_stay_with_it() -> None:
    play = small(DELTA, SWAP, units=40, listed=20, visits=steady("swap", 1.0, 100))
    play.room.handle([c.SetLimit(id="limit", show=SHOW, sku="lamp", region="US", units_per_order=2)], START)
    buys(play, "delta", 20)
    play.run(200)
    assert play.oversold() == 0
    assert not play.breaches


def test_an_order_that_lacks_one_sku_keeps_what_it_has_of_another() -> None:
    play = small(DELTA, SWAP, units=40, listed=20, skus=("lamp", "ring"), visits=steady("swap", 1.0, 100))
    play.run(1)
    play.market.platforms["delta"].list_by_hand("ring", 25)
    assert play.visit(Visit(0.0, "delta", (OrderLine("lamp", 20, 1000), OrderLine("ring", 45, 1000))))
    play.run(200)
    assert not play.breaches
    assert play.market.sold("lamp") <= 40


def test_an_order_cancelled_while_the_ledger_could_not_take_it_frees_its_units() -> None:
    play = small(DELTA, units=20, listed=20)
    play.run(1)
    play.market.platforms["delta"].list_by_hand("lamp", 3)
    order = buys(play, "delta", 23)
    play.run(10)
    assert play.market.exchange.handover.owed == {("delta", order): {"lamp": 23}}
    play.market.cancel("delta", play.market.platforms["delta"].orders[order])
    play.run(60)
    assert not play.market.exchange.handover.owed
    play.wind_down()
    assert not play.stuck()


def test_an_order_cancelled_before_its_lines_were_told_is_cancelled_in_the_ledger_too() -> None:
    """The cancellation ends the wait for the lines; a fetch tells them all the same."""
    play = small(Shop("thin", "shopee", "absolute"))
    play.run(1)
    play.market.wires._throttled["thin"] = [(play.market.wires.now, play.market.wires.now + 5 * SECOND)]
    order = buys(play, "thin", 2)
    play.run(1)
    play.market.cancel("thin", play.market.platforms["thin"].orders[order])
    play.run(30)
    assert not play.unknown()
    assert not play.room.world[SHOW].announced


def test_an_absolute_push_that_comes_too_late_is_counted_and_told() -> None:
    play = small(Shop("slow", "generic", "absolute"), DELTA, units=60, listed=5, visits=steady("slow", 0.5, 60))
    net = play.market.wires
    arrive = net._arrive

    def later(call: Call) -> None:
        if call.purpose == "push":
            net.at(net.now + 3 * SECOND, lambda: arrive(call))
        else:
            arrive(call)

    net._arrive = later  # type: ignore[method-assign]
    play.run(60)
    assert play.market.exchange.late_pushes >= 1
    assert play.room.observed["push_late", "slow", "lamp"][1] >= 3_000


def test_a_push_in_good_time_is_not_called_late() -> None:
    play = small(Shop("quick", "generic", "absolute"), DELTA, units=60, listed=5, visits=steady("quick", 0.5, 60))
    play.run(90)
    assert play.market.exchange.late_pushes == 0


def test_orders_announced_to_an_earlier_process_are_fetched_by_the_next() -> None:
    play = small(THIN)
    play.run(1)
    play.market.wires._throttled["thin"] = [(play.market.wires.now, play.market.wires.now + 3 * SECOND)]
    order = buys(play, "thin")
    play.run(1)
    assert ("thin", order) in play.room.world[SHOW].announced
    play.restart()
    play.run(10)
    assert not play.unknown()


def test_units_owed_to_held_orders_are_known_after_a_restart() -> None:
    play = small(DELTA, units=20, listed=20)
    play.run(1)
    play.market.platforms["delta"].list_by_hand("lamp", 3)
    order = buys(play, "delta", 23)
    play.run(5)
    play.restart()
    play.run(1)
    assert play.market.exchange.handover.owed == {("delta", order): {"lamp": 23}}


def test_lateness_is_measured_for_every_channel() -> None:
    play = small(DELTA, THIN, visits=(*steady("delta", 1, 30), *steady("thin", 1, 30)), profile=PROFILES["slow"])
    play.run(40)
    for shop in (DELTA, THIN):
        half = play.room.observed["sync_p50_ms", shop.channel, ""][1]
        most = play.room.observed["sync_p95_ms", shop.channel, ""][1]
        assert 50 <= half <= most <= 8_000


def test_an_account_lists_only_the_skus_it_names() -> None:
    play = small(DELTA, skus=("lamp", "ring"))
    adapters = dict(play.market.inbox.adapters)
    listings = {"lamp": {"sku": "lamp"}}
    object.__setattr__(adapters["delta"].account, "listings", listings)
    exchange = Exchange(SHOW, play.room, play.market.inbox, adapters, play.market.exchange.chance, START)
    assert set(exchange.connections["delta"].listings) == {"lamp"}


def test_an_answer_nobody_can_read_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first raise acts, and its answer is nonsense: the same push is sent again, and acts once."""
    play = small(DELTA, units=60, listed=0)
    adapter = play.market.exchange.connections["delta"].adapter
    read, pushes = adapter.read_push, list[Push]()

    def read_push(push: Push, response: Response) -> Pushed:
        pushes.append(push)
        if len(pushes) == 1:
            raise Unreadable("level is no number.")
        return read(push, response)

    monkeypatch.setattr(adapter, "read_push", read_push)
    play.run(20)
    assert keys(pushes[:2]) == {pushes[0].key}
    assert play.market.platforms["delta"].level("lamp") == play.market.exchange.handover.claim(
        play.market.exchange.connections["delta"], "lamp"
    )


@pytest.mark.parametrize("platform", ["generic", "shopify", "tiktok_shop", "shopee", "amazon", "woocommerce"])
def test_a_platform_that_takes_no_more_calls_is_waited_for_and_not_given_up(platform: str) -> None:
    """2 s at every refusal, native to each platform: in 30 s a few calls try, and the breaker stays closed."""
    play = small(Shop("busy", platform, make_push(platform)), DELTA, units=60, listed=20)
    play.run(1)
    wires, exchange = play.market.wires, play.market.exchange
    wires._throttled["busy"] = [(wires.now, wires.now + 30 * SECOND)]
    order = buys(play, "busy")
    calls = list[Call]()
    send = wires._send

    def counted(call: Call) -> None:
        calls.extend([call] if call.channel == "busy" else [])
        send(call)

    wires._send = counted  # type: ignore[method-assign]
    play.run(29)
    assert 2 <= len(calls) <= 60, "now and then, not at every wake"
    assert exchange.connections["busy"].breaker.failures == 0
    assert not any(kind == "breaker" for _, _, kind, _, _, _ in play.room.observations)
    play.run(40)
    assert ("busy", order) in play.room.world[SHOW].orders


def test_a_push_too_many_lets_every_listing_of_the_storefront_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    play = small(DELTA, units=60, listed=0, skus=("lamp", "ring"))
    connection = play.market.exchange.connections["delta"]
    later = Pushed("throttled", retry_after_seconds=20.0, sentence="Not now.")
    monkeypatch.setattr(connection.adapter, "read_push", lambda push, response: later)
    play.run(5)
    rest = connection.rests["stock"].until
    assert rest > START + 15 * SECOND
    assert not connection.may_call("stock", rest - 1)
    assert connection.may_call("orders", play.market.wires.now), "orders go on"
    monkeypatch.undo()
    play.run(40)
    assert play.market.platforms["delta"].level("lamp") > 0


def make_push(platform: str) -> PushKind:
    """The usual way to write a platform's stock."""
    return PLATFORMS[platform].capability.push


def keys(pushes: Sequence[Push]) -> set[str]:
    """The keys of some pushes."""
    return {push.key for push in pushes}


def test_a_push_that_travels_too_long_lists_no_more_than_was_sold_beyond_its_cover_and_somebody_is_told() -> None:
    """A counter is set while a burst empties it: what the burst took beyond the cover is listed, and sold, once more."""
    quiet, burst = (
        steady("shop", 3.0, 9),
        tuple(Visit(11 + n / 4, "shop", (OrderLine("lamp", 1, 1000),)) for n in range(36)),
    )
    rest = tuple(Visit(30 + n / 2, "shop", (OrderLine("lamp", 1, 1000),)) for n in range(50))
    play = small(Shop("shop", "generic", "absolute"), units=50, listed=50, visits=(*quiet, *burst, *rest))
    net, arrive = play.market.wires, play.market.wires._arrive

    def later(call: Call) -> None:
        net.at(net.now + (12 * SECOND if call.purpose == "push" else 0), lambda: arrive(call))

    net._arrive = later  # type: ignore[method-assign]
    play.run(9.5)
    hand, connection = play.market.exchange.handover, play.market.exchange.connections["shop"]
    hand.change(connection, connection.listings["lamp"], -3, hand.units("lamp", "channel/shop") - 3, net.now)
    play.run(80)
    excess, allowed = play.excess["US", "lamp"], play.allowed["US", "lamp"]
    assert 0 < excess <= allowed
    assert not play.breaches
    assert 0 < play.oversold() <= allowed
    assert play.market.exchange.late_pushes >= 1
    assert {alert.severity for alert in alerts(play)} == {"critical"}
    assert len(alerts(play)) == len(play.market.exchange.alarms.told) > 0
    assert play.unknown() == play.held() == play.market.exchange.alarms.told
