"""`python -m tests.benchmarks.webhook_app PORT FILE`: the whole server with two storefronts, and a bare route in it.

The bare route reads the body and answers 200; it is plain ASGI, the least a route can do on this app and server.
"""

import sys

import uvicorn
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard import server
from dashboard.channels.adapter import Account, Secrets
from dashboard.channels.adapters import PLATFORMS, make
from dashboard.channels.inbox import Inbox
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks import worlds

KEY = "a signing key of the benchmark"
STOREFRONTS = {"generic": "own-us", "shopify": "shopify-us"}


class Bare:
    """Reads the body and answers 200."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            more = (await receive()).get("more_body", False)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"15")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"status":"ok"}'})


def serve(port: int, path: str) -> None:
    """Answer until ended."""
    room = Room(Journal(path), clock=worlds.wall_clock)
    adapters = {
        channel: make(Account(channel, platform, PLATFORMS[platform].capability, currency="USD"), Secrets((KEY,)))
        for platform, channel in STOREFRONTS.items()
    }
    ours = server.routes
    server.routes = lambda *given: [*ours(*given), Route("/bare", Bare(), methods=["POST"])]
    app = server.build(room, inbox=Inbox(room, adapters))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws_per_message_deflate=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
