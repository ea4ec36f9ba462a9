"""The runner: drives exchanges in real time, over HTTP.

    every 50 ms: which shows are open -> exchange.wake -> calls -> a storefront's line (threads) -> responses
                 responses -> exchange.answered                                         one thread, the runner's own
    inbox -> heard (any thread)

There is one exchange for each open show that has storefronts with an address to call; a storefront that several open
shows have belongs to the newest of them, where its orders are counted too. An exchange is dropped when its show closes.
One that fails is dropped as well and made anew a little later as `resumed`: then every listing is in doubt until it is
settled, which is what a restart of the whole process would come to, and `problem` says what happened.

A call has five seconds. Without an answer by then it is given up, whatever its thread still waits for, and one that has
not left by then never leaves: what arrives late could list units that the ledger has moved on. Every storefront has
threads of its own, so one that hangs holds up nobody else. Paths, headers and bodies are never logged: some platforms
carry their tokens in the path. Nothing here decides about units.
"""

import ipaddress
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Protocol
from urllib.parse import urlsplit

import httpx

from dashboard.channels.adapter import Adapter, Heard, Request, Response, Unreadable
from dashboard.channels.connection import CALLS_AT_ONCE, Call
from dashboard.channels.exchange import Exchange, Inbox
from dashboard.channels.handover import Room as Ledgers
from dashboard.channels.purchasing import Desk
from dashboard.decision import ledger as book
from dashboard.decision.errands import PURCHASING
from dashboard.decision.refusals import Answer
from dashboard.decision.state import Show

WAKE_SECONDS = 0.05
CONNECT_SECONDS_MAX = 3.0
CALL_SECONDS_MAX = 5.0
ANSWER_BYTES_MAX = 16_000_000
PAUSE_SECONDS = 2.0
PAUSE_SECONDS_MAX = 60.0
WELL_SECONDS = 10.0
"""A problem is forgotten when everything went well for so long."""

Clock = Callable[[], int]

for _name in ("httpx", "httpcore"):  # at INFO they tell every address they call, tokens included
    logging.getLogger(_name).setLevel(logging.WARNING)


class Room(Ledgers, Protocol):
    """What the runner needs of the room."""

    @property
    def clock(self) -> Clock:
        """The time, microseconds since 1970 UTC."""


@dataclass(frozen=True)
class Errand:
    """A call on its way for an exchange, and until when (monotonic seconds) it may take."""

    exchange: Exchange | Desk
    call: Call
    until: float


Came = Callable[[Errand, Response | None], None]


class Line:
    """The way to one storefront: an HTTP client, and as many threads as calls may be out at once."""

    def __init__(self, base_url: str, came: Came) -> None:
        self._came = came
        self._base_url = base_url
        self._client = httpx.Client(
            timeout=httpx.Timeout(CALL_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=CALLS_AT_ONCE + 1, max_keepalive_connections=CALLS_AT_ONCE),
            headers={"user-agent": "live-war-room"},
            follow_redirects=False,
            trust_env=not _is_loopback(base_url),
        )
        self._waiting: queue.SimpleQueue[Errand | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def send(self, errand: Errand) -> None:
        """Send a call as soon as a thread is free."""
        if len(self._threads) < CALLS_AT_ONCE:
            thread = threading.Thread(target=self._work, name="storefront", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._waiting.put(errand)

    def close(self) -> None:
        """Send nothing more; a thread that waits for an answer ends by itself."""
        for _ in self._threads:
            self._waiting.put(None)
        self._client.close()

    def _work(self) -> None:
        while (errand := self._waiting.get()) is not None:
            if time.monotonic() < errand.until:
                self._came(errand, self._ask(errand.call.request, errand.until))

    def _ask(self, request: Request, until: float) -> Response | None:
        """Make a call; None when there was no answer to it, for whatever reason."""
        with suppress(Exception):  # a thread that ends for an odd answer would be missed by every later call
            url = f"{self._base_url}{request.path}"
            with self._client.stream(request.method, url, headers=request.headers, content=request.body) as answer:
                parts, size = [], 0
                for part in answer.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > ANSWER_BYTES_MAX or time.monotonic() > until:
                        return None
                headers = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, headers, b"".join(parts))
        return None


class Runner:
    """The outbound side of every open show: of storefronts whose adapter has a `base_url`, and of purchasing."""

    def __init__(
        self, room: Room, inbox: Inbox | None, adapters: Mapping[str, Adapter], chance: Random | None = None,
        desk: Desk | None = None,
    ) -> None:  # fmt: skip
        self.room, self.inbox, self.desk = room, inbox, desk
        self.adapters = {channel: one for channel, one in adapters.items() if one.account.base_url}
        self.chance = chance or Random()
        self.problem = ""
        self.exchanges: dict[str, Exchange] = {}
        """By show."""
        self.calls: dict[tuple[str, str], int] = {}
        """Calls so far by (channel, outcome)."""
        self.events_before = 0
        """Exposure events of exchanges that are gone."""
        self.silent: dict[str, str] = {}
        """Channels that cannot be called, and why."""
        self._lines = {channel: Line(one.account.base_url, self._came) for channel, one in self.adapters.items()}
        if desk is not None:
            self._lines[PURCHASING] = Line(desk.purchasing.base_url, self._came)
        self._back: queue.SimpleQueue[tuple[Errand, Response | None] | None] = queue.SimpleQueue()
        self._out: dict[tuple[int, int], Errand] = {}
        self._wanted: dict[str, set[str]] = {}
        self._pauses: dict[str, tuple[int, float]] = {}
        self._failed_at = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="channels", daemon=True)

    def start(self) -> None:
        """Begin to call."""
        self._thread.start()

    def stop(self) -> None:
        """Call nobody any more; what is on its way is given up."""
        self._stop.set()
        self._back.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout=10)
        for line in self._lines.values():
            line.close()

    def alive(self) -> bool:
        """Tell whether the runner's thread runs."""
        return self._thread.is_alive()

    def heard(self, channel: str, heard: Heard, answers: Sequence[Answer], at: int) -> None:
        """The inbox took something in; may be called from any thread."""
        for exchange in tuple(self.exchanges.values()):
            exchange.heard(channel, heard, answers, at)

    # --- the thread -------------------------------------------------------------------------------------------

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.is_set():
            try:
                self._take_answers(due)
                if time.monotonic() >= due and not self._stop.is_set():
                    due = time.monotonic() + WAKE_SECONDS
                    self._wake()
            except Exception as problem:  # noqa: BLE001 - the runner outlives whatever goes wrong and says so
                self._say(f"The runner failed: {type(problem).__name__}.")

    def _take_answers(self, until: float) -> None:
        """Hand back what came, until the next wake is due."""
        while not self._stop.is_set():
            try:
                found = self._back.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return
            if found is not None:
                self._answered(*found)
            if time.monotonic() >= until:
                return

    def _wake(self) -> None:
        self._follow_shows()
        for errand in [one for one in self._out.values() if one.until <= time.monotonic()]:
            self._answered(errand, None)
        for show, exchange in tuple(self.exchanges.items()):
            try:
                calls = exchange.wake(self.room.clock())
            except Exception as problem:  # noqa: BLE001 - one show's trouble is not the others'
                self._drop_failed(show, problem)
                continue
            self._send(exchange, calls)
        if self.desk is not None:
            self._send(self.desk, self.desk.wake(self.room.clock()))
        if self.problem and time.monotonic() - self._failed_at > WELL_SECONDS:
            self.problem = ""

    def _send(self, exchange: Exchange | Desk, calls: Sequence[Call]) -> None:
        for call in calls:
            errand = Errand(exchange, call, time.monotonic() + CALL_SECONDS_MAX)
            self._out[id(exchange), call.id] = errand
            self._lines[call.channel].send(errand)

    def _came(self, errand: Errand, response: Response | None) -> None:
        """Called by a line's thread."""
        self._back.put((errand, response))

    def _answered(self, errand: Errand, response: Response | None) -> None:
        call, exchange = errand.call, errand.exchange
        if self._out.pop((id(exchange), call.id), None) is None:
            return  # given up before
        outcome = _outcome(response)
        self.calls[call.channel, outcome] = self.calls.get((call.channel, outcome), 0) + 1
        if isinstance(exchange, Desk):
            exchange.answered(call, response, self.room.clock())
            return
        show = exchange.show
        if self.exchanges.get(show) is not exchange:
            return
        try:
            exchange.answered(call, response, self.room.clock())
        except Exception as problem:  # noqa: BLE001 - as in a wake
            self._drop_failed(show, problem)

    # --- shows ------------------------------------------------------------------------------------------------

    def _follow_shows(self) -> None:
        """Have one exchange for each open show with storefronts, and none for a closed one."""
        wanted: dict[str, set[str]] = {}
        taken: set[str] = set()
        world = dict(self.room.world)
        for name, show in reversed(world.items()):
            mine = {channel for channel, one in show.channels.items() if not one.behind} & self.adapters.keys() - taken
            if show.state == "open" and mine:
                wanted[name] = mine
                taken |= mine
        for name in tuple(self.exchanges):
            if name in world and self._wanted[name] != wanted.get(name):
                self._drop(name)
        now = self.room.clock()
        for name, channels in wanted.items():
            pause = self._pauses.get(name)
            if name not in self.exchanges and (pause is None or time.monotonic() >= pause[1]):
                self._open(name, world[name], channels, now)

    def _open(self, name: str, show: Show, channels: set[str], now: int) -> None:
        self._wanted[name] = channels
        skus = [sku.sku for sku in show.opened.skus]
        able = {}
        for channel in sorted(channels):
            self.silent[channel] = _why_not(self.adapters[channel], skus, now)
            if self.silent[channel]:
                self._say(f"{channel} cannot be called: {self.silent[channel]}")
            else:
                able[channel] = self.adapters[channel]
        fresh = name not in self._pauses and not any(
            show.ledger.claim(sku, account(channel))
            for channel in able
            for sku in skus
            for account in (book.exposure_of, book.cover_of)
        )
        assert self.inbox is not None, "storefronts come with an inbox"
        try:
            self.exchanges[name] = Exchange(name, self.room, self.inbox, able, self.chance, now, resumed=not fresh)
            self.exchanges[name].terms.posted = self.desk is not None
        except Exception as problem:  # noqa: BLE001 - as in a wake
            self._drop_failed(name, problem)

    def _drop(self, name: str) -> None:
        exchange = self.exchanges.pop(name, None)
        if exchange is not None:
            self.events_before += exchange.handover.events
            for key in [key for key, errand in self._out.items() if errand.exchange is exchange]:
                del self._out[key]
        self._pauses.setdefault(name, (0, 0.0))

    def _drop_failed(self, name: str, problem: Exception) -> None:
        """Forget an exchange in which something broke, for a while that doubles each time."""
        self._drop(name)
        times = self._pauses[name][0]
        pause = min(PAUSE_SECONDS_MAX, PAUSE_SECONDS * 2 ** min(times, 10))
        self._pauses[name] = times + 1, time.monotonic() + pause
        self._say(f"Calls for {name} stopped for {pause:g} seconds: {type(problem).__name__} in the exchange.")

    def _say(self, sentence: str) -> None:
        self.problem, self._failed_at = sentence, time.monotonic()


def _outcome(response: Response | None) -> str:
    """One word for what became of a call."""
    if response is None:
        return "lost"
    if response.status == 429:
        return "throttled"
    return "failed" if response.status >= 500 else "refused" if response.status >= 300 else "answered"


def _why_not(adapter: Adapter, skus: Sequence[str], now: int) -> str:
    """Why a storefront cannot be asked about the SKUs it lists, empty if it can."""
    listed = [sku for sku in skus if not adapter.account.listings or sku in adapter.account.listings]
    try:
        for sku in listed:
            adapter.ask_levels([sku], now)
        adapter.list_orders(now, "", now)
    except Unreadable as problem:
        return str(problem)
    except Exception as problem:  # noqa: BLE001 - an adapter's mistake is that storefront's trouble only
        return f"its program failed ({type(problem).__name__})."
    return ""


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
