"""The sandbox's platforms over real HTTP on this machine: native routes in, native webhooks out, faults in real time.

    our call -> /<channel>/<native path> -> lag, loss, outage, refusal -> Platform.call -> lag, loss -> answer
    shoppers -> buy, cancel -> Platform -> outbox -> lag, loss, doubles, stragglers -> POST <room>/channels/<channel>

One thread holds the server, the webhooks under way and their event loop; shoppers may act from any other. A lock for
each platform keeps its counter whole. What a call counts against is the platform's to say (`Speech.lane_of`). A lost
call is held until the caller gives up, as a network does that has nothing to say; one that is only late still acts.
A delivery that is not answered with 2xx is made again a few times, as platforms do. Chance comes from one seed, but the
order of things is the machine's: two runs with the same seed differ.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from random import Random
from types import TracebackType
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from dashboard.channels.adapter import Request, Response
from dashboard.channels.sandbox.faults import SECOND, Profile, Weather
from dashboard.channels.sandbox.platform import Platform, SandboxOrder, Webhook
from dashboard.channels.sandbox.post import Poster
from dashboard.channels.sandbox.wires import CALL_LATE_MAX
from dashboard.decision.world import OrderLine

START_SECONDS_MAX = 10.0
HOLD_SECONDS_MAX = 60.0
WEBHOOK_SECONDS_MAX = 10.0
WEBHOOKS_AT_ONCE = 64
RETRY_SECONDS = (1.0, 3.0, 9.0)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
OWN_HEADERS = frozenset(("content-length", "date", "connection", "transfer-encoding"))
"""What the server says by itself; the platform's own date goes before the server's."""

Clock = Callable[[], int]


class HttpSandbox:
    """Platforms behind one port of this machine; `clock` is the time in microseconds since 1970 UTC."""

    def __init__(self, platforms: Mapping[str, Platform], profile: Profile, seed: int, clock: Clock) -> None:
        self.platforms, self.clock = platforms, clock
        self.weather = Weather(profile, Random(f"{seed}/http"))
        self.room_url = ""
        """Where webhooks go; empty: nobody has subscribed, and they wait."""
        self.delivered: dict[int, int] = {}
        """Deliveries by status; 0: no answer."""
        self._gone: dict[str, list[tuple[int, int]]] = {}
        self._throttled: dict[str, list[tuple[int, int]]] = {}
        self._locks = {channel: threading.Lock() for channel in platforms}
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._loop = asyncio.new_event_loop()
        routes = [Route("/{channel}/{path:path}", self._answer, methods=METHODS)]
        config = uvicorn.Config(
            Starlette(routes=routes), log_level="critical", access_log=False, date_header=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._webhooks: set[asyncio.Task[None]] = set()
        self._poster: Poster | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        """The address of the platforms; each has its channel's name as its first path segment."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "HttpSandbox":
        self._socket.listen(256)  # whoever calls before the loop runs waits for it
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(START_SECONDS_MAX)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        await self._server.serve(sockets=[self._socket])
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._poster:
            self._poster.close()

    # --- people -----------------------------------------------------------------------------------------------

    def begin(self, end: int) -> None:
        """Draw the outages and the throttle spells between now and the end."""
        profile, now = self.weather.profile, self.clock()
        self._gone = {name: self.weather.spells(profile.outages, now, end) for name in self.platforms}
        self._throttled = {name: self.weather.spells(profile.throttle_spells, now, end) for name in self.platforms}

    def buy(self, channel: str, lines: Sequence[OrderLine]) -> SandboxOrder | None:
        """Somebody orders on a platform now; None when it lists too little, or cannot be reached."""
        if self.is_out(channel):
            return None
        platform = self.platforms[channel]
        with self._locks[channel]:
            order = platform.buy(lines, self.clock(), "", platform.account.currency)
        self._collect_soon(channel)
        return order

    def cancel(self, channel: str, order: SandboxOrder) -> bool:
        """Somebody cancels an order."""
        with self._locks[channel]:
            done = self.platforms[channel].cancel(order, self.clock())
        self._collect_soon(channel)
        return done

    def list_by_hand(self, channel: str, sku: str, units: int) -> None:
        """Somebody types more units into a platform's back office."""
        with self._locks[channel]:
            self.platforms[channel].list_by_hand(sku, units)

    def sold(self, sku: str) -> int:
        """Units of a SKU the platforms sold and nobody cancelled."""
        return sum(platform.sold.get(sku, 0) for platform in self.platforms.values())

    def listed(self, sku: str) -> int:
        """Units of a SKU the platforms would still sell."""
        return sum(platform.level(sku) for platform in self.platforms.values())

    def is_out(self, channel: str) -> bool:
        """Tell whether a platform cannot be reached now."""
        return _within(self._gone.get(channel, ()), self.clock())

    # --- webhooks ---------------------------------------------------------------------------------------------

    def _collect_soon(self, channel: str) -> None:
        with suppress(RuntimeError):  # the sandbox has closed: nobody is told any more
            self._loop.call_soon_threadsafe(self._collect, channel)

    def _collect(self, channel: str) -> None:
        """Send what a platform has to say; on the loop."""
        outbox = self.platforms[channel].outbox
        while outbox and self.room_url:
            webhook = outbox.popleft()
            for lag in self.weather.webhook_lags():
                self._soon(self._deliver(channel, webhook, lag / SECOND))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._webhooks.add(task)
        task.add_done_callback(self._webhooks.discard)

    async def _deliver(self, channel: str, webhook: Webhook, lag_seconds: float) -> None:
        await asyncio.sleep(lag_seconds)
        for pause in (*RETRY_SECONDS, None):
            while self.is_out(channel):
                await asyncio.sleep(0.2 + self.weather.lag() / SECOND)
            if await self._post(channel, webhook) or pause is None:
                return
            await asyncio.sleep(pause * self.weather.chance.uniform(0.5, 1.0))

    async def _post(self, channel: str, webhook: Webhook) -> bool:
        if self._poster is None:
            self._poster = Poster(self.room_url, WEBHOOKS_AT_ONCE, WEBHOOK_SECONDS_MAX)
        status = await self._poster.post(f"/channels/{channel}", webhook.headers, webhook.body)
        self.delivered[status] = self.delivered.get(status, 0) + 1
        return 200 <= status < 300

    # --- calls ------------------------------------------------------------------------------------------------

    async def _answer(self, http: HttpRequest) -> HttpResponse:
        channel = http.path_params["channel"]
        if channel not in self.platforms:
            return HttpResponse(status_code=404)
        request = await _native(http, channel)
        weather = self.weather
        lost = weather.profile.calls_lost
        if weather.happens(lost):
            return await _hold(http)
        late = weather.chance.randrange(CALL_LATE_MAX) if weather.happens(lost) else 0
        await asyncio.sleep((weather.lag() + late) / SECOND)
        response = self._act(channel, request)
        if response is None:
            return await _hold(http)
        await asyncio.sleep(weather.lag() / SECOND)
        headers = {name: value for name, value in response.headers.items() if name not in OWN_HEADERS or name == "date"}
        return HttpResponse(response.body, response.status, headers)

    def _act(self, channel: str, request: Request) -> Response | None:
        """What the platform answers; None: nothing, or its answer is lost."""
        platform, now = self.platforms[channel], self.clock()
        if _within(self._gone.get(channel, ()), now):
            return Response(503) if self.weather.happens(0.5) else None
        if _within(self._throttled.get(channel, ()), now):
            return platform.speech.throttled(2.0)
        call = Request(request.method, request.path, request.headers, request.body, platform.speech.lane_of(request))
        with self._locks[channel]:
            response = platform.call(call, now)
        self._collect(channel)
        return None if self.weather.happens(self.weather.profile.answers_lost) else response


async def _native(http: HttpRequest, channel: str) -> Request:
    """A call as the platform knows it: without our prefix, nothing of its path decoded."""
    path = http.scope["raw_path"].decode("ascii").partition("?")[0].removeprefix(f"/{channel}")
    query = http.scope["query_string"].decode("ascii")
    return Request(http.method, f"{path}?{query}" if query else path, dict(http.headers), await http.body())


async def _hold(http: HttpRequest) -> HttpResponse:
    """Say nothing until the caller gives up."""
    for _ in range(int(HOLD_SECONDS_MAX / 0.25)):
        if await http.is_disconnected():
            break
        await asyncio.sleep(0.25)
    return HttpResponse(status_code=504)


def _within(spells: Sequence[tuple[int, int]], now: int) -> bool:
    return any(begin <= now < end for begin, end in spells)
