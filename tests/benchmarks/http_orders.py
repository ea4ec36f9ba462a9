"""`http`: orders a second through POST /api/orders, in bulk and one a request, beside a route that does nothing.

`warroom serve` and a bare Starlette app (it reads the body and says ok) each run as a process of their own under
uvicorn, with the same settings. The client writes requests that were encoded beforehand on sixteen open connections.
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterator

from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks import worlds
from tests.benchmarks.bench import Bench, Result, Yardstick, in_turns, result
from tests.benchmarks.processes import WARROOM, Server, free_port

CONNECTIONS = 16
BULK_LINES = 5_000
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Orders:
    """Requests with ever new order numbers."""

    def __init__(self) -> None:
        self.next = 0

    def requests(self, count: int, lines: int) -> Iterator[bytes]:
        """So many requests of so many orders each."""
        for _ in range(count):
            body = b"".join(
                b'{"channel":"%b","order_id":"%d","sku":"%b","quantity":1,"country":"US"}\n'
                % (worlds.HOT_CHANNEL.encode(), number, worlds.HOT.encode())
                for number in range(self.next, self.next + lines)
            )
            self.next += lines
            yield b"POST /api/orders HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n" % len(body) + body


async def _post(port: int, requests: list[bytes]) -> int:
    """Send requests one after the other on one connection; returns how many orders were accepted."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    accepted = 0
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        found = LENGTH.search(head)
        assert found, head
        accepted += (await reader.readexactly(int(found.group(1)))).count(b'"accepted"')
    writer.close()
    await writer.wait_closed()
    return accepted


async def _post_all(port: int, requests: list[bytes]) -> int:
    shares = [requests[number::CONNECTIONS] for number in range(CONNECTIONS)]
    return sum(await asyncio.gather(*(_post(port, share) for share in shares if share)))


def rate(port: int, orders: Orders, requests: int, lines: int, ours: bool) -> float:
    """Orders a second; ours must have accepted all of them."""
    ready = list(orders.requests(requests, lines))
    begun = time.perf_counter()
    accepted = asyncio.run(_post_all(port, ready))
    spent = time.perf_counter() - begun
    assert accepted == (requests * lines if ours else 0), f"{accepted} of {requests * lines} orders were accepted"
    return requests * lines / spent


def measure(bench: Bench) -> list[Result]:
    """Post to both servers in turns."""
    folder = bench.new_folder("http")
    journal = Journal(folder / "show.duckdb")
    room = Room(journal, clock=lambda: worlds.STARTS_AT)
    room.handle(worlds.hot(), worlds.STARTS_AT)
    room.stop()
    port, bare_port = free_port(), free_port()
    ours = [*WARROOM, "serve", "--db", str(folder / "show.duckdb"), "--port", str(port)]
    bare = [sys.executable, "-m", "tests.benchmarks.bare_app", str(bare_port)]
    with Server(ours, port, folder / "log"), Server(bare, bare_port, folder / "bare-log"):
        orders = Orders()
        results: list[Result] = []
        for name, requests, lines in (
            ("http, bulk", bench.size(24, 2), bench.size(BULK_LINES, 500)),
            ("http, single", bench.size(4_000, 100), 1),
        ):
            bench.say(f"{name}: {requests:,} requests of {lines:,} lines")
            medians = in_turns(
                bench.size(5, 1),
                {
                    "ours": lambda n=requests, k=lines: rate(port, orders, n, k, True),
                    "bare": lambda n=requests, k=lines: rate(bare_port, orders, n, k, False),
                },
            )
            yardstick = Yardstick("a bare Starlette route", medians["bare"])
            results.append(result(name, medians["ours"], "orders/s", yardstick))
    return results
