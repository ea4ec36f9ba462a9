"""`webhooks`: signed webhooks of one order each through POST /channels/<channel>, beside a bare route of the same app.

`server.build` runs as a process of its own under uvicorn as `warroom serve` starts it, on a fresh journal on disk, with
two storefronts: one that speaks Standard Webhooks (a body of 300 bytes) and a Shopify (its sample order of 8 kB). Every
request is a new order, signed beforehand and accepted only when it is on disk. The bare route gets the same bytes.

32 connections wait for their answer and send the next request at once: as many as a busy hour of six to nine
storefronts keeps open, and enough that orders share transactions, as they do when it matters. The client speaks raw
HTTP, so that it is never the one who is waited for.
"""

import asyncio
import base64
import hashlib
import hmac
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from dashboard.channels.signatures import sign_standard
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks import worlds
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.load_client import quantile
from tests.benchmarks.processes import ROOT, Server, free_port
from tests.benchmarks.webhook_app import KEY, STOREFRONTS

CONNECTIONS = 32
RATIO_LEAST = 0.5
P99_MS_MAX = 25.0
SAMPLE = ROOT / "tests" / "data" / "webhooks" / "shopify" / "orders_create_test_notification_2020.json"

Made = tuple[dict[str, str], bytes]


def generic(number: int, now: int) -> Made:
    """An order as our own protocol tells it, signed by Standard Webhooks."""
    body = orjson.dumps(
        {
            "specversion": "1.0",
            "type": "order.created",
            "source": "/shops/own",
            "id": f"event-{number}",
            "data": {
                "order": f"G{number}",
                "lines": [{"sku": worlds.HOT, "quantity": 1, "price_minor": 1999}],
                "country": "US",
                "currency": "USD",
                "buyer": f"buyer-{number}",
            },
        }
    )
    return sign_standard(KEY, f"msg_{number}", now, body), body


def shopify() -> Callable[[int, int], Made]:
    """Makes orders as Shopify tells them, after its sample, signed by its header."""
    sample = orjson.loads(SAMPLE.read_bytes())
    sample["line_items"] = sample["line_items"][:1]
    sample["line_items"][0] |= {"sku": worlds.HOT, "quantity": 1, "current_quantity": 1}
    sample |= {"id": 820_982_911_946_000_000, "cancelled_at": None, "refunds": []}
    before, after = orjson.dumps(sample).split(b"820982911946000000", 1)

    def made(number: int, now: int) -> Made:
        body = before + b"%d" % (820_982_911_946_000_000 + number) + after
        signed = base64.b64encode(hmac.new(KEY.encode(), body, hashlib.sha256).digest()).decode()
        headers = {
            "x-shopify-topic": "orders/create",
            "x-shopify-hmac-sha256": signed,
            "x-shopify-shop-domain": "benchmark.example",
            "x-shopify-api-version": "2026-04",
            "x-shopify-webhook-id": f"w-{number}",
            "x-shopify-event-id": f"e-{number}",
        }
        return headers, body

    return made


class Webhooks:
    """Requests with ever new order numbers, in raw HTTP."""

    def __init__(self) -> None:
        self.next = 0
        self.made: dict[str, Callable[[int, int], Made]] = {"generic": generic, "shopify": shopify()}

    def requests(self, platform: str, count: int, path: str) -> Iterator[bytes]:
        """So many signed requests."""
        now = worlds.wall_clock() // 1_000_000
        for _ in range(count):
            self.next += 1
            headers, body = self.made[platform](self.next, now)
            lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            yield (
                f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n{lines}"
                f"content-length: {len(body)}\r\n\r\n"
            ).encode() + body


class Connection(asyncio.Protocol):
    """One open connection: sends a request, waits for its answer, sends the next."""

    def __init__(self, requests: list[bytes], latencies: list[float], wanted: bytes) -> None:
        self.requests = iter(requests)
        self.latencies = latencies
        self.wanted = wanted
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def send(self) -> None:
        """Send the next request, or end."""
        request = next(self.requests, None)
        if request is None:
            self.transport.close()
            if not self.done.done():
                self.done.set_result(None)
            return
        self.sent = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        length = int(lower.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.latencies.append((time.perf_counter() - self.sent) * 1000)
        self.received = b""
        if not head.startswith(b"HTTP/1.1 200") or self.wanted not in body:
            self.done.set_exception(AssertionError(f"{head!r} {body!r}"))
            self.transport.close()
            return
        self.send()

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem or ConnectionResetError())


async def _all(port: int, requests: list[bytes], wanted: bytes) -> tuple[float, list[float]]:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    connections = []
    for number in range(CONNECTIONS):
        share = requests[number::CONNECTIONS]
        made = await loop.create_connection(lambda share=share: Connection(share, latencies, wanted), "127.0.0.1", port)
        connections.append(made[1])
    begun = time.perf_counter()
    for connection in connections:
        connection.send()
    await asyncio.gather(*(connection.done for connection in connections))
    return len(requests) / (time.perf_counter() - begun), latencies


def post(port: int, requests: list[bytes], wanted: bytes) -> tuple[float, list[float]]:
    """Requests a second, and how long each took in milliseconds; every answer must be 200 and hold some words."""
    return asyncio.run(_all(port, requests, wanted))


def in_turns(bench: Bench, port: int, webhooks: Webhooks, platform: str) -> list[Result]:
    """One platform's webhooks and the same bytes to the bare route, in turns."""
    count, rounds = bench.size(4_000, 64), bench.size(5, 1)
    bench.say(f"webhooks, {platform}: {rounds} x {count:,} signed orders on {CONNECTIONS} connections")
    ours, bare, slowest = [], [], []
    for _ in range(rounds):
        told = list(webhooks.requests(platform, count, f"/channels/{STOREFRONTS[platform]}"))
        rate, latencies = post(port, told, b'"accepted"')
        ours.append(rate)
        slowest.append(quantile(latencies, 0.99) or 0.0)
        rate, _ = post(port, list(webhooks.requests(platform, count, "/bare")), b"ok")
        bare.append(rate)
    name = f"webhooks, {platform}"
    yardstick = Yardstick("a bare route of the same app", statistics.median(bare))
    return [
        result(name, statistics.median(ours), "orders/s", yardstick, Goal("ratio", least=RATIO_LEAST)),
        result(
            f"{name}, p99",
            statistics.median(slowest),
            "ms",
            Yardstick("the goal", P99_MS_MAX),
            Goal("figure", most=P99_MS_MAX),
        ),
    ]


def open_show(path: Path) -> None:
    """A fresh journal with one hot SKU on both storefronts."""
    room = Room(Journal(path), clock=worlds.wall_clock)
    for answer in room.handle(worlds.hot(channels=tuple(STOREFRONTS.values())), worlds.STARTS_AT):
        assert answer.status == "accepted", answer.sentence
    room.stop()


def measure(bench: Bench) -> list[Result]:
    """Post to our route and to the bare one in turns."""
    folder = bench.new_folder("webhooks")
    open_show(folder / "show.duckdb")
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.webhook_app", str(port), str(folder / "show.duckdb")]
    with Server(command, port, folder / "log"):
        webhooks = Webhooks()
        post(port, list(webhooks.requests("generic", bench.size(500, 32), "/bare")), b"ok")
        return [one for platform in STOREFRONTS for one in in_turns(bench, port, webhooks, platform)]
