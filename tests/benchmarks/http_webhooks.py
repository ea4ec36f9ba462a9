"""`webhooks`: signed webhooks of one order each through POST /channels/<channel>, beside a bare route of the same app.

`server.build` runs as a process of its own under uvicorn as `warroom serve` starts it, on a fresh journal on disk, with
two storefronts: one that speaks Standard Webhooks (a body of 300 bytes) and a Shopify (its sample order of 8 kB). Every
request is a new order, signed beforehand and accepted only when it is on disk. The bare route gets the same bytes.

**Rate**: 64 connections each wait for their answer and send the next request at once. That is a flash sale of six to
nine storefronts, each with some ten deliveries under way, and what a transaction costs is shared by those that are
there at the same time. How long an answer takes then only says how many stand in line: connections / rate.

**p99**: 200 orders a second (12,000 a minute) arrive by chance, seeded, whether the ones before are answered or not;
the time runs from when one was due, so a late answer is never flattered by a late question.

The client speaks raw HTTP, so that it is never the one who is waited for.
"""

import asyncio
import base64
import hashlib
import hmac
import random
import statistics
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import orjson

from dashboard.channels.signatures import sign_standard
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks import worlds
from tests.benchmarks.bench import Bench, Goal, Result, Yardstick, result
from tests.benchmarks.load_client import quantile
from tests.benchmarks.processes import ROOT, Server, free_port
from tests.benchmarks.webhook_app import KEY, STOREFRONTS

Answer = TypeVar("Answer")

CONNECTIONS = 64
ARRIVALS_PER_SECOND = 200.0
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
    """One open connection: sends a request, tells when its answer is there."""

    def __init__(self, wanted: bytes) -> None:
        self.wanted = wanted
        self.answered: asyncio.Future[None] | None = None
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[None]":
        """Send a request; the future ends with its answer, which must be 200 and hold the wanted words."""
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.answered

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self.received = b""
        assert self.answered
        if head.startswith(b"HTTP/1.1 200") and self.wanted in body:
            self.answered.set_result(None)
        else:
            self.answered.set_exception(AssertionError(f"{head!r} {body!r}"))

    def connection_lost(self, problem: Exception | None) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_exception(problem or ConnectionResetError())


async def _connect(port: int, wanted: bytes, count: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Connection(wanted), "127.0.0.1", port) for _ in range(count)]
    return [protocol for _, protocol in made]


async def _at_once(port: int, requests: list[bytes], wanted: bytes) -> float:
    connections = await _connect(port, wanted, CONNECTIONS)

    async def one_after_the_other(connection: Connection, share: list[bytes]) -> None:
        for request in share:
            await connection.ask(request)

    begun = time.perf_counter()
    await asyncio.gather(
        *(one_after_the_other(one, requests[number::CONNECTIONS]) for number, one in enumerate(connections))
    )
    spent = time.perf_counter() - begun
    for connection in connections:
        connection.transport.close()
    return len(requests) / spent


async def _arriving(port: int, requests: list[bytes], wanted: bytes) -> list[float]:
    idle = await _connect(port, wanted, 8)
    everybody, latencies, chance = list(idle), [], random.Random(len(requests))

    async def one(request: bytes, due: float) -> None:
        connection = idle.pop() if idle else (await _connect(port, wanted, 1))[0]
        await connection.ask(request)
        latencies.append((time.perf_counter() - due) * 1000)
        idle.append(connection)

    due, running = time.perf_counter(), []
    for request in requests:
        due += chance.expovariate(ARRIVALS_PER_SECOND)
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        running.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*running)
    for connection in {*everybody, *idle}:
        connection.transport.close()
    return latencies


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run on a loop in a thread of its own: one may be running in this thread already, a browser's."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, work).result()


def rate(port: int, requests: list[bytes], wanted: bytes) -> float:
    """Requests a second, as fast as they are answered."""
    return _run(_at_once(port, requests, wanted))


def p99_ms(port: int, requests: list[bytes], wanted: bytes) -> float:
    """How long 99 of 100 took at most, in milliseconds, when they arrive steadily."""
    return quantile(_run(_arriving(port, requests, wanted)), 0.99) or 0.0


def in_turns(bench: Bench, port: int, webhooks: Webhooks, platform: str) -> list[Result]:
    """One platform's webhooks and the same bytes to the bare route, in turns."""
    count, steady, rounds = bench.size(4_000, 128), bench.size(1_000, 40), bench.size(5, 1)
    bench.say(f"webhooks, {platform}: {rounds} x {count:,} signed orders on {CONNECTIONS} connections")
    figures: dict[str, list[float]] = {"ours": [], "bare": [], "ours steady": [], "bare steady": []}
    for _ in range(rounds):
        for whose, path, wanted in (
            ("ours", f"/channels/{STOREFRONTS[platform]}", b'"accepted"'),
            ("bare", "/bare", b"ok"),
        ):
            figures[whose].append(rate(port, list(webhooks.requests(platform, count, path)), wanted))
            requests = list(webhooks.requests(platform, steady, path))
            figures[f"{whose} steady"].append(p99_ms(port, requests, wanted))
    median = {name: statistics.median(values) for name, values in figures.items()}
    bare = "a bare route of the same app"
    return [
        result(
            f"webhooks, {platform}",
            median["ours"],
            "orders/s",
            Yardstick(bare, median["bare"]),
            Goal("ratio", least=RATIO_LEAST),
        ),
        result(
            f"webhooks, {platform}, p99 at {ARRIVALS_PER_SECOND:g} a second",
            median["ours steady"],
            "ms",
            Yardstick(bare, median["bare steady"]),
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
        for platform, channel in STOREFRONTS.items():
            for path in ("/bare", f"/channels/{channel}"):
                rate(port, list(webhooks.requests(platform, bench.size(400, 32), path)), b"status")
        return [one for platform in STOREFRONTS for one in in_turns(bench, port, webhooks, platform)]
