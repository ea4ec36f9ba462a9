"""A bare app as a yardstick: `python -m tests.benchmarks.bare_app PORT` reads each posted body and says ok.

It runs under uvicorn with the settings `warroom` uses, and imports nothing of ours.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


async def orders(request: Request) -> Response:
    """Read the body and say ok."""
    await request.body()
    return PlainTextResponse("ok")


async def health(request: Request) -> Response:
    """Say ok."""
    return PlainTextResponse("ok")


def serve(port: int) -> None:
    """Answer until ended."""
    routes = [Route("/api/orders", orders, methods=["POST"]), Route("/healthz", health)]
    uvicorn.run(
        Starlette(routes=routes), host="127.0.0.1", port=port, log_level="warning", ws_per_message_deflate=False
    )


if __name__ == "__main__":
    serve(int(sys.argv[1]))
