"""Virtual time and the network on it: order, lag, loss, outages, refusals, and calls that are given up but still arrive."""

from random import Random

from dashboard.channels.adapter import Delivery, Push, Response
from dashboard.channels.adapters import make
from dashboard.channels.connection import Call, Purpose
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile, Weather
from dashboard.channels.sandbox.market import Shop, platform_of
from dashboard.channels.sandbox.platform import Platform
from dashboard.channels.sandbox.wires import CALL_LATE_MAX, CALL_PATIENCE, TICK, Wires
from dashboard.decision.world import OrderLine

NOW = 1_770_000_000 * SECOND
END = NOW + 600 * SECOND


class Caller:
    """Makes the calls it is given, and remembers what came back and what was delivered, with when."""

    def __init__(self, platform: Platform) -> None:
        self.adapter = make(platform.account, platform.secrets)
        self.todo: list[Call] = []
        self.answers: list[tuple[int, int | None]] = []
        self.delivered: list[tuple[int, str]] = []
        self.wakes: list[int] = []

    def wake(self, now: int) -> list[Call]:
        """Hand out what is to be called."""
        self.wakes.append(now)
        calls, self.todo = self.todo, []
        return calls

    def answered(self, call: Call, response: Response | None, now: int) -> None:
        """Remember an answer."""
        self.answers.append((now, response.status if response else None))

    def deliver(self, channel: str, delivery: Delivery) -> None:
        """Check and remember a delivery."""
        self.adapter.check(delivery)
        self.delivered.append((delivery.at, self.adapter.read(delivery).ids[0]))

    def ask(self, number: int = 1, purpose: Purpose = "push") -> None:
        """Take one lamp off at the next tick."""
        request = self.adapter.push(Push("lamp", "delta", -1, f"key {number}"), NOW)
        self.todo.append(Call(number, "shop", purpose, request, NOW))


def wired(profile: Profile = PROFILES["none"], seed: int = 1, skew: int = 0) -> tuple[Platform, Caller, Wires]:
    """A shop with 100 lamps on wires of its own."""
    platform = platform_of(Shop("shop", "generic", "delta"), ["lamp"], "USD", Weather(PROFILES["none"], Random(1)))
    platform.stock["lamp"], platform.skew = 100, skew
    caller = Caller(platform)
    return platform, caller, Wires(caller, caller, {"shop": platform}, profile, Random(seed), NOW, END)


def sell(platform: Platform, wires: Wires) -> None:
    """Somebody buys a lamp now."""
    assert platform.buy([OrderLine("lamp", 1, 1000)], wires.now)
    wires.collect("shop")


def test_what_is_put_on_the_clock_happens_in_order_and_never_in_the_past() -> None:
    _, _, wires = wired()
    told: list[tuple[str, int]] = []
    wires.at(NOW + 5, lambda: wires.at(NOW, lambda: told.append(("too late", wires.now))))
    wires.at(NOW + 9, lambda: told.append(("last", wires.now)))
    wires.at(NOW + 3, lambda: told.append(("first", wires.now)))
    wires.at(NOW + 3, lambda: told.append(("second", wires.now)))
    wires.run(NOW + 20)
    assert told == [("first", NOW + 3), ("second", NOW + 3), ("too late", NOW + 5), ("last", NOW + 9)]
    assert wires.now == NOW + 20


def test_the_exchange_wakes_at_every_tick() -> None:
    _, caller, wires = wired()
    wires.run(NOW + 10 * TICK)
    assert caller.wakes == [NOW + number * TICK for number in range(11)]


def test_somebody_may_look_after_everything_that_happens() -> None:
    _, _, wires = wired()
    looked: list[int] = []
    wires.on_event = lambda: looked.append(wires.now)
    wires.run(NOW + 2 * TICK)
    assert looked == [NOW, NOW + TICK, NOW + 2 * TICK]


def test_a_webhook_arrives_once_and_some_time_later() -> None:
    platform, caller, wires = wired()
    sell(platform, wires)
    wires.run(NOW + 2 * SECOND)
    assert len(caller.delivered) == 1
    assert NOW < caller.delivered[0][0] < NOW + SECOND


def test_a_lost_webhook_never_arrives_and_a_double_twice_with_one_id() -> None:
    for profile, copies in ((Profile("x", webhooks_lost=1.0), 0), (Profile("x", webhooks_doubled=1.0), 2)):
        platform, caller, wires = wired(profile)
        sell(platform, wires)
        wires.run(NOW + 30 * SECOND)
        assert len(caller.delivered) == copies
        assert len({id for _, id in caller.delivered}) <= 1


def test_webhooks_wait_while_their_platform_is_out() -> None:
    platform, caller, wires = wired()
    wires._gone["shop"] = [(NOW, NOW + 20 * SECOND)]
    sell(platform, wires)
    assert wires.is_out("shop")
    wires.run(NOW + 20 * SECOND)
    assert not caller.delivered
    wires.run(NOW + 25 * SECOND)
    assert len(caller.delivered) == 1
    assert not wires.is_out("shop")


def test_a_webhook_signed_too_long_ago_is_refused_at_the_door_and_the_clock_goes_on() -> None:
    platform, caller, wires = wired(skew=-400 * SECOND)
    sell(platform, wires)
    wires.run(NOW + 5 * SECOND)
    assert not caller.delivered
    assert wires.now == NOW + 5 * SECOND


def test_a_call_acts_and_is_answered_once() -> None:
    platform, caller, wires = wired()
    caller.ask()
    wires.run(NOW + 20 * SECOND)
    assert [status for _, status in caller.answers] == [200]
    assert platform.level("lamp") == 99


def test_a_lost_call_does_nothing_and_is_given_up() -> None:
    platform, caller, wires = wired(Profile("x", calls_lost=1.0))
    caller.ask()
    wires.run(NOW + 60 * SECOND)
    assert caller.answers == [(NOW + CALL_PATIENCE, None)]
    assert platform.level("lamp") == 100


def test_a_lost_answer_is_given_up_though_the_call_acted() -> None:
    platform, caller, wires = wired(Profile("x", answers_lost=1.0))
    caller.ask()
    wires.run(NOW + 60 * SECOND)
    assert caller.answers == [(NOW + CALL_PATIENCE, None)]
    assert platform.level("lamp") == 99


def test_some_calls_are_given_up_and_act_later_but_within_their_lifetime() -> None:
    platform, caller, wires = wired(Profile("x", calls_lost=0.4))
    for number in range(60):
        caller.ask(number)
    wires.run(NOW + CALL_PATIENCE)
    given_up = sum(status is None for _, status in caller.answers)
    acted = 100 - platform.level("lamp")
    wires.run(NOW + CALL_LATE_MAX + SECOND)
    assert 100 - platform.level("lamp") > acted, "none came late"
    assert len(caller.answers) == 60
    assert given_up > 60 - (100 - platform.level("lamp")), "some that were given up acted"


def test_an_outage_answers_half_of_the_calls_with_a_server_error_and_does_nothing() -> None:
    platform, caller, wires = wired()
    wires._gone["shop"] = [(NOW, NOW + 20 * SECOND)]
    for number in range(40):
        caller.ask(number)
    wires.run(NOW + 10 * SECOND)
    assert {status for _, status in caller.answers} == {503, None}
    assert platform.level("lamp") == 100


def test_a_throttled_platform_refuses_in_its_own_words() -> None:
    platform, caller, wires = wired()
    wires._throttled["shop"] = [(NOW, NOW + 20 * SECOND)]
    caller.ask()
    wires.run(NOW + SECOND)
    assert [status for _, status in caller.answers] == [429]
    assert platform.level("lamp") == 100


def test_the_same_seed_plays_the_same_hour() -> None:
    def played(seed: int) -> list[tuple[int, int | None]]:
        platform, caller, wires = wired(PROFILES["all"], seed)
        for number in range(40):
            caller.ask(number)
        for number in range(20):
            wires.at(NOW + number * SECOND, lambda: sell(platform, wires))
        wires.run(NOW + 120 * SECOND)
        return caller.answers + [(at, None) for at, _ in caller.delivered]

    assert played(1) == played(1) != played(2)
