"""Claims move before units are listed and after they are taken down, seldom, and never toward a channel that is late."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from dashboard.channels.exchange import CALL_LIFETIME
from dashboard.channels.sandbox.faults import PROFILES, SECOND, without_hands
from dashboard.channels.sandbox.market import Shop
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.stress import Rush, Trial
from dashboard.decision import commands as c, events as e
from tests.channels.escrow_kit import START, Play, draw, small, steady
from tests.channels.pure_room import PureRoom

HANDED = (e.Exposed, e.Recalled, e.Withheld, e.CoverReleased)
GENEROUS = Shop("slow-seller", "generic", "delta")
HUNGRY = Shop("fast-seller", "generic", "delta")


class Balance:
    """Per listing: units handed to a channel less units its counter was raised by; must never be negative."""

    def __init__(self, play: Play) -> None:
        self.units: Counter[tuple[str, str]] = Counter()
        self.worst = 0
        self._watch_the_room(play.room)
        for channel, platform in play.market.platforms.items():
            self._watch_the_counter(channel, platform)

    def add(self, channel: str, sku: str, units: int) -> None:
        """Note a step."""
        self.units[channel, sku] += units
        self.worst = min(self.worst, self.units[channel, sku])

    def _watch_the_room(self, room: PureRoom) -> None:
        handle = room.handle

        def watched(commands: list[c.Command], now: int | None) -> list[object]:
            answers = handle(commands, now)
            for command, answer in zip(commands, answers, strict=True):
                if isinstance(command, c.Expose | c.Recall) and answer.status == "accepted":
                    sign = 1 if isinstance(command, c.Expose) else -1
                    self.add(command.channel, command.sku, sign * command.quantity)
            return list(answers)

        room.handle = watched  # type: ignore[assignment,method-assign]

    def _watch_the_counter(self, channel: str, platform: Platform) -> None:
        for name in ("adjust", "swap", "offer"):
            change = getattr(platform, name)

            def watched(sku: str, *told: object, change=change) -> object:  # type: ignore[no-untyped-def]
                before = platform.level(sku)
                result = change(sku, *told)
                self.add(channel, sku, before - platform.level(sku))
                return result

            setattr(platform, name, watched)


@pytest.mark.parametrize("seed", range(12))
def test_take_before_you_give_step_by_step(seed: int) -> None:
    """In any weather: a counter rises only by what the ledger has handed over, and a claim returns only when it fell."""
    world = draw(seed, hands=False)
    shops = tuple((shop, region) for shop, region in world.shops if shop.push != "absolute")
    shops = shops or ((Shop("only", "generic", "delta"), world.shops[0][1]),)
    kept = {shop.channel for shop, _ in shops}
    visits = tuple(replace(one, cancels_after=None) for one in world.visits if one.channel in kept)
    listed = {key: units for key, units in world.listed.items() if key[0] in kept}
    play = Play.of(replace(world, shops=shops, visits=visits, listed=listed))
    balance = Balance(play)
    play.run(world.seconds + 60)
    play.wind_down()
    assert balance.worst == 0
    assert not play.breaches


def exposed(play: Play, channel: str, since: float, until: float) -> list[e.Event]:
    """Raises of a channel between two seconds of a show."""
    begin, end = (START + int(seconds * SECOND) for seconds in (since, until))
    return [
        event
        for _, at, event in play.room.events
        if isinstance(event, e.Exposed) and event.channel == channel and begin <= at < end
    ]


def test_units_go_where_they_sell() -> None:
    play = small(GENEROUS, HUNGRY, units=120, listed=20, visits=steady("fast-seller", 1.0, 90))
    play.run(120)
    assert play.market.platforms["fast-seller"].sold["lamp"] >= 80
    assert play.market.exchange.handover.events <= 0.1 * play.visited


def test_what_one_channel_does_not_sell_is_taken_for_another() -> None:
    play = small(GENEROUS, HUNGRY, units=80, listed=40, visits=steady("fast-seller", 1.0, 110))
    play.run(150)
    assert play.market.platforms["fast-seller"].sold["lamp"] > 60


@pytest.mark.parametrize("profile", ["none", "all"])
def test_a_show_spends_fewer_than_one_event_for_ten_orders(profile: str) -> None:
    rush = Rush(Trial(orders=500, seconds=200, profile=without_hands(PROFILES[profile]), seed=3), PureRoom(), START)
    row = rush.play()
    assert row["exposure_events"] * 10 < row["orders"]
    assert row["oversold"] == 0
    assert row["accounted"]


def test_a_channel_that_is_gone_gets_no_more_units_and_the_others_go_on() -> None:
    visits = (*steady("slow-seller", 2.0, 180), *steady("fast-seller", 1.0, 180))
    play = small(GENEROUS, HUNGRY, units=300, listed=15, visits=tuple(sorted(visits, key=lambda one: one.at)))
    gone = START + 30 * SECOND, START + 120 * SECOND
    play.market.wires._gone["slow-seller"] = [gone]
    play.run(180)
    connection = play.market.exchange.connections["slow-seller"]
    assert not exposed(play, "slow-seller", 50, 120), "it is late, and was raised"
    assert exposed(play, "fast-seller", 50, 120), "the other is not to suffer"
    assert not play.market.exchange.handover.is_late(connection, play.market.wires.now), "it has recovered"
    assert play.room.observed["breaker", "slow-seller", ""][1] == 0
    assert any(at > gone[1] for at, _ in play.sales["slow-seller", "lamp"]), "and sells again"


def test_after_a_restart_nothing_moves_before_no_call_can_arrive_any_more() -> None:
    play = small(GENEROUS, HUNGRY, units=120, listed=20, visits=steady("fast-seller", 1.0, 110))
    play.run(20)
    play.restart()
    before, begun = len(play.room.events), play.market.wires.now
    play.run(100)
    moved = [at for _, at, event in play.room.events[before:] if isinstance(event, HANDED)]
    assert moved, "it goes on in the end"
    assert min(moved) >= begun + CALL_LIFETIME
    play.wind_down()
    assert not play.stuck()
    assert not play.breaches


@pytest.mark.parametrize("push", ["delta", "compare_and_set", "absolute"])
def test_what_a_hand_listed_is_told_and_taken_down(push: str) -> None:
    play = small(Shop("shop", "generic", push), units=60, listed=20)  # type: ignore[arg-type]
    play.run(30)
    play.market.platforms["shop"].list_by_hand("lamp", 5)
    claim = play.market.exchange.handover.claim(play.market.exchange.connections["shop"], "lamp")
    play.run(40)
    assert play.market.platforms["shop"].level("lamp") <= claim
    told = [value for _, _, kind, channel, _, value in play.room.observations if (kind, channel) == ("drift", "shop")]
    assert told[0] == 5
    assert told[-1] == 0


def test_a_campaign_cannot_be_lowered_so_what_a_hand_listed_is_only_told() -> None:
    play = small(Shop("shop", "generic", "raise_only"), units=60, listed=20)
    play.run(30)
    play.market.platforms["shop"].list_by_hand("lamp", 5)
    play.run(60)
    assert play.room.observed["drift", "shop", "lamp"][1] == 5
    assert not play.stuck()


def test_only_an_absolute_counter_needs_cover_and_the_more_the_faster_it_sells() -> None:
    absolute, other = Shop("absolute", "generic", "absolute"), Shop("delta", "generic", "delta")
    play = small(absolute, other, units=300, listed=100)
    hand, now = play.market.exchange.handover, play.market.wires.now
    one, two = (play.market.exchange.connections[shop.channel] for shop in (absolute, other))
    slow = hand.cover(one, "lamp", now)
    chance = Random(1)
    for second in range(60):
        for connection in (one, two):
            hand.sold(connection, "lamp", chance.choice((1, 2, 3)), now + second * SECOND)
    assert hand.cover(one, "lamp", now + 60 * SECOND) > slow
    assert hand.cover(two, "lamp", now + 60 * SECOND) == 0


def test_winding_down_takes_everything_off_the_platforms() -> None:
    shops = [Shop(push, "generic", push) for push in ("delta", "compare_and_set", "absolute")]  # type: ignore[arg-type]
    play = small(*shops, units=90, listed=30)
    play.run(5)
    play.wind_down()
    assert play.market.listed("lamp") == 0
    assert play.room.world["escrow"].ledger.claim("lamp", "region/US") == 90
