"""The network between the sandbox's platforms and us, in virtual time: every message is an event on one clock.

    platform outbox -> lag, loss, doubles, reordering -> inbox.deliver
    exchange.wake   -> lag, loss, outage, refusal     -> platform.call -> lag, loss -> exchange.answered

One heap orders everything that will happen; `run` plays it up to an instant, so an hour of faults takes seconds and
the same seed gives the same hour. Shoppers, hands and hosts put their own acts on the clock with `at`. A call that has
no answer at its deadline is given up, as a real client would; what it meant to do may still happen later, within the
lifetime of a call. Webhooks wait while their platform is out.
"""

import heapq
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random
from typing import Protocol

from dashboard.channels.adapter import Delivery, NotAuthentic, Response
from dashboard.channels.connection import Call
from dashboard.channels.sandbox.faults import SECOND, Profile, Weather
from dashboard.channels.sandbox.platform import Platform, Webhook

TICK = SECOND // 10
CALL_PATIENCE = 5 * SECOND
"""A call without an answer is given up after so long; less than the lifetime of a call."""
CALL_LATE_MAX = 20 * SECOND


class Exchange(Protocol):
    """Who makes calls."""

    def wake(self, now: int) -> list[Call]:
        """The calls to make now."""

    def answered(self, call: Call, response: Response | None, now: int) -> None:
        """A call came back, or was given up."""


class Inbox(Protocol):
    """Who takes webhooks."""

    def deliver(self, channel: str, delivery: Delivery) -> object:
        """Take in one webhook."""


class Wires:
    """Everything on its way, and the clock it is on."""

    def __init__(
        self, exchange: Exchange, inbox: Inbox, platforms: Mapping[str, Platform], profile: Profile, chance: Random,
        now: int, end: int, tick: int = TICK,
    ) -> None:  # fmt: skip
        self.exchange, self.inbox, self.platforms = exchange, inbox, platforms
        self.weather = Weather(profile, chance)
        aside = Random(0)
        aside.setstate(chance.getstate())
        self._aside = Weather(profile, aside)
        """Terms meet chances of their own, so that one term more or less leaves the rest of an hour as it is."""
        self.now = now
        self.tick = tick
        self.on_event: Callable[[], None] | None = None
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._open: set[int] = set()
        """Calls that were neither answered nor given up."""
        self._gone = {name: self.weather.spells(profile.outages, now, end) for name in platforms}
        self._throttled = {name: self.weather.spells(profile.throttle_spells, now, end) for name in platforms}
        self.at(now, self._tick)

    def at(self, when: int, act: Callable[[], None]) -> None:
        """Let something happen at a time, or now if that has passed."""
        self._count += 1
        heapq.heappush(self._heap, (max(when, self.now), self._count, act))

    def run(self, until: int) -> None:
        """Play everything up to an instant."""
        while self._heap and self._heap[0][0] <= until:
            self.now, _, act = heapq.heappop(self._heap)
            act()
            if self.on_event:
                self.on_event()
        self.now = max(self.now, until)

    def is_out(self, channel: str) -> bool:
        """Tell whether a platform cannot be reached now."""
        return any(begin <= self.now < end for begin, end in self._gone[channel])

    def collect(self, channel: str) -> None:
        """Send what a platform has to say."""
        platform = self.platforms[channel]
        while platform.outbox:
            webhook = platform.outbox.popleft()
            for lag in self.weather.webhook_lags():
                self.at(self.now + lag, lambda webhook=webhook: self._deliver(channel, webhook))  # type: ignore[misc]

    def _deliver(self, channel: str, webhook: Webhook) -> None:
        if self.is_out(channel):
            back = max(end for begin, end in self._gone[channel] if begin <= self.now)
            self.at(back + self.weather.lag(), lambda: self._deliver(channel, webhook))
            return
        with suppress(NotAuthentic):  # signed too long ago: the door says no, and the next list tells of it
            self.inbox.deliver(channel, Delivery(webhook.headers, webhook.body, self.now))

    def _weather_of(self, call: Call) -> Weather:
        return self._aside if call.purpose == "term" else self.weather

    def _tick(self) -> None:
        for call in self.exchange.wake(self.now):
            self._send(call)
        self.at(self.now + self.tick, self._tick)

    def _send(self, call: Call) -> None:
        self._open.add(call.id)
        self.at(self.now + CALL_PATIENCE, lambda: self._answer(call, None))
        weather = self._weather_of(call)
        lost = weather.profile.calls_lost
        if weather.happens(lost):
            return
        late = weather.chance.randrange(CALL_LATE_MAX) if weather.happens(lost) else 0
        self.at(self.now + weather.lag() + late, lambda: self._arrive(call))

    def _arrive(self, call: Call) -> None:
        platform, weather = self.platforms[call.channel], self._weather_of(call)
        if self.is_out(call.channel):
            if weather.happens(0.5):
                self._back(call, Response(503))
        elif any(begin <= self.now < end for begin, end in self._throttled[call.channel]):
            self._back(call, platform.speech.throttled(2.0))
        else:
            response = platform.call(call.request, self.now)
            self.collect(call.channel)
            if not weather.happens(weather.profile.answers_lost):
                self._back(call, response)

    def _back(self, call: Call, response: Response) -> None:
        self.at(self.now + self._weather_of(call).lag(), lambda: self._answer(call, response))

    def _answer(self, call: Call, response: Response | None) -> None:
        if call.id in self._open:
            self._open.remove(call.id)
            self.exchange.answered(call, response, self.now)
