"""A small open show behind the real routes, without the pages and without a network."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import orjson
from starlette.applications import Starlette

from dashboard import server
from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.people import People
from dashboard.room import Room

NOW = 1_773_492_000_000_000
"""2026-03-14T12:40:00Z, forty minutes into the show."""
STARTS_AT = NOW - 40 * 60_000_000
ENDS_AT = STARTS_AT + 120 * 60_000_000


def opening(show: str = "spring") -> list[c.Command]:
    """Open a show in Shanghai's evening: two SKUs, two regions, two channels."""
    common: dict[str, Any] = {"show": show, "event_time": STARTS_AT - 60_000_000}
    return [
        c.OpenShow(
            id=f"{show}/open",
            **common,
            title="Spring",
            starts_at=STARTS_AT,
            ends_at=ENDS_AT,
            time_zone="Asia/Shanghai",
            skus=(c.Sku("RING", price_minor=1999), c.Sku("LAMP", price_minor=4900)),
            locations=(c.Location("LA", kind="forward"), c.Location("HAM", kind="central")),
            regions=(c.Region("US", countries=("US",)), c.Region("EU", countries=("DE", "FR"))),
            lanes=(c.Lane("LA", "US"), c.Lane("HAM", "EU")),
            channels=(c.Channel("shop-us", "shopify", "US"), c.Channel("shop-eu", "shopify", "EU")),
        ),
        c.ReceiveGoods(id=f"{show}/us", **common, location="LA", sku="RING", quantity=10_000, pool="region/US"),
        c.ReceiveGoods(id=f"{show}/eu", **common, location="HAM", sku="RING", quantity=100, pool="region/EU"),
    ]


def open_room(path: Path) -> Room:
    """A room with the show `spring`, its writer running."""
    room = Room(Journal(path), clock=lambda: NOW)
    for answer in room.handle(opening(), None):
        assert answer.status == "accepted", answer.sentence
    room.start()
    return room


class Client:
    """Asks the routes directly; an exception in one of them is raised here and so fails the test."""

    def __init__(self, room: Room, clock: server.Clock, people: People | None = None) -> None:
        self.app = Starlette(routes=server.routes(room, clock, people=people))
        self._elsewhere = ThreadPoolExecutor(1)

    def ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request, one answer, which is never the program's own fault."""
        answer = self.ask_any(method, url, **more)
        assert answer.status_code < 500, answer.text
        return answer

    def ask_any(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request, one answer of any status; whatever it is, it shows nobody how the program looks inside."""
        # In a thread of its own: a browser test of the same run keeps an event loop going in this one.
        answer = self._elsewhere.submit(asyncio.run, self._ask(method, url, **more)).result()
        assert "Traceback" not in answer.text
        assert ".py" not in answer.text
        return answer

    async def _ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, url, **more)

    def get(self, url: str, **query: str) -> httpx.Response:
        """GET with a query."""
        return self.ask("GET", url, params=query)

    def post(self, *lines: dict[str, Any] | bytes, end: bytes = b"\n") -> list[dict[str, Any]]:
        """Post order lines (objects, or bytes as they are); returns the answers, one a line."""
        body = end.join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines)
        answer = self.post_body(body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/x-ndjson"
        return [orjson.loads(line) for line in answer.content.splitlines()]

    def post_body(self, body: Any, **headers: str) -> httpx.Response:
        """Post a body as it is."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/api/orders", content=body, headers=named)


def order(number: object, **more: Any) -> dict[str, Any]:
    """One line: one ring on shop-us, unless said otherwise."""
    return {"channel": "shop-us", "order_id": number, "sku": "RING", "quantity": 1} | more


def one_sentence(text: str) -> bool:
    """Tell whether a text is one line that ends like a sentence."""
    return text.endswith(".") and "\n" not in text and len(text) < 400
