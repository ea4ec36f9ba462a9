"""The platforms' door: webhooks in, dead letters out.

    POST /channels/{channel}             one delivery of a platform, as it sends it
    GET  /api/dead-letters               what could not be taken (?state=&channel=), the newest first
    POST /api/dead-letters/{id}/retry    one of them again

A delivery is checked and read on the event loop, decided and written by the room's thread, and answered when it is on
disk: 200 accepted, exists or ignored; 202 held, which the room tries again by itself; 400 nobody can read it; 401 it
is not from the platform; 404 no such storefront; 413 too large. The answer is JSON with status, reason, sentence,
order. Only when the room cannot write, or not in time, it is 503: nothing was taken, or it will be found to exist.

Answers of many requests arrive together, since they share a transaction, and the event loop is woken once for all of
them (`Answers`): waking it for each is most of what a request would cost here.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard import settings
from dashboard.channels import orders_api
from dashboard.channels.adapter import Delivery, NotAuthentic, Unreadable
from dashboard.channels.inbox import ChannelUnknown, Inbox, LetterUnknown, Outcome, Unavailable
from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer
from dashboard.room import Room

HELD = 202
_encode = msgspec.json.Encoder().encode


class Answers:
    """Brings the room's answers to one event loop, all that are there at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._ready: deque[tuple[asyncio.Future[list[Answer]], Future[list[Answer]]]] = deque()
        self._called = False

    async def of(self, future: "Future[list[Answer]]", seconds_max: float) -> list[Answer]:
        """Wait for the room; raises TimeoutError."""
        waiting: asyncio.Future[list[Answer]] = self.loop.create_future()
        future.add_done_callback(lambda done: self._done(waiting, done))
        timer = self.loop.call_later(seconds_max, _give_up, waiting)
        try:
            return await waiting
        finally:
            timer.cancel()

    def _done(self, waiting: "asyncio.Future[list[Answer]]", done: "Future[list[Answer]]") -> None:
        """Called by the room's thread."""
        self._ready.append((waiting, done))
        if not self._called:
            self._called = True
            with suppress(RuntimeError):  # the server has gone, and nobody waits any more
                self.loop.call_soon_threadsafe(self._hand_over)

    def _hand_over(self) -> None:
        self._called = False  # before looking: what comes from now on calls again
        while self._ready:
            waiting, done = self._ready.popleft()
            if waiting.done():
                continue
            problem = done.exception()
            if problem:
                waiting.set_exception(problem)
            else:
                waiting.set_result(done.result())


def _give_up(waiting: "asyncio.Future[list[Answer]]") -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


class Door:
    """The ASGI route of every storefront; `inbox` None: none is set up."""

    def __init__(self, room: Room, inbox: Inbox | None) -> None:
        self.room = room
        self.inbox = inbox
        self._bytes_max = int(settings.number("webhook_body_bytes_max"))
        self._seconds_max = settings.number("answer_seconds_max")
        self._answers: Answers | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one delivery."""
        try:
            status, body = await self._answer(scope, receive)
        except ConnectionError:
            return
        raw = _encode(body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(raw))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": raw})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, Any]:
        channel = scope["path_params"]["channel"]
        inbox = self.inbox
        if inbox is None:
            return 404, _refused("channel_unknown", "No storefront is set up here.")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            raw = await _body(receive, headers, self._bytes_max)
        except orders_api.BodyProblem as problem:
            return problem.status, _refused("malformed", str(problem))
        delivery = Delivery(headers, raw, self.room.clock(), _url(scope, headers))
        try:
            return await self._through(inbox, channel, delivery)
        except ChannelUnknown as problem:
            return 404, _refused("channel_unknown", str(problem))
        except NotAuthentic as problem:
            return 401, _refused("not_authentic", str(problem))
        except Unreadable as problem:
            return 400, _refused("unreadable", str(problem))
        except Unavailable as problem:
            return 503, _refused("journal_unavailable", str(problem))
        except TimeoutError:
            sentence = "The room did not answer in time; send it again, nothing is taken twice."
            return 503, _refused("too_slow", sentence)

    async def _through(self, inbox: Inbox, channel: str, delivery: Delivery) -> tuple[int, Any]:
        try:
            taken = inbox.take_in(channel, delivery)
        except Unreadable:
            await self._write_letters()
            raise
        try:
            answers = await self._ask(taken.commands) if taken.commands else []
            outcome = inbox.settle(taken, answers, delivery.at)
        finally:
            inbox.let_go(taken)
        if self.room.journal.letters.waiting:
            await self._write_letters()
            if outcome.letter is not None and self.room.journal.letters.waits(outcome.letter):
                raise Unavailable("It could not be kept; send it again.")
        return HELD if outcome.status == "held" else 200, outcome

    async def _write_letters(self) -> None:
        await self._ask([])

    async def _ask(self, commands: list[c.Command]) -> list[Answer]:
        loop = asyncio.get_running_loop()
        if self._answers is None or self._answers.loop is not loop:
            self._answers = Answers(loop)
        return await self._answers.of(self.room.submit(commands), self._seconds_max)


async def _body(receive: Receive, headers: dict[str, str], bytes_max: int) -> bytes:
    """Read a body up to a limit, unpacked; raises BodyProblem, or ConnectionError when the caller is gone."""
    stated = headers.get("content-length", "")
    if stated.isdecimal() and len(stated) < 19 and int(stated) > bytes_max:
        raise _too_large(bytes_max)
    message = await receive()
    raw: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [raw], len(raw)
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > bytes_max:
                raise _too_large(bytes_max)
        raw = b"".join(parts)
    if message["type"] == "http.disconnect":
        raise ConnectionError
    if len(raw) > bytes_max:
        raise _too_large(bytes_max)
    encoding = headers.get("content-encoding")
    return orders_api.unpacked(raw, encoding, bytes_max) if encoding else raw


def _too_large(bytes_max: int) -> orders_api.BodyProblem:
    return orders_api.BodyProblem(413, f"The body is larger than {bytes_max} bytes; no platform sends that much.")


def _url(scope: Scope, headers: dict[str, str]) -> str:
    query = scope["query_string"]
    told = f"{scope['scheme']}://{headers.get('host', '')}{scope['path']}"
    return f"{told}?{query.decode('latin-1')}" if query else told


def _refused(reason: str, sentence: str) -> dict[str, str]:
    return {"status": "refused", "reason": reason, "sentence": sentence}


def routes(room: Room, inbox: Inbox | None) -> list[Route]:
    """The routes of the platforms and of what could not be taken."""

    async def letters(request: Request) -> Response:
        query = request.query_params
        rows = await run_in_threadpool(inbox.letters, query.get("state", ""), query.get("channel", "")) if inbox else []
        return Response(_encode({"letters": rows}), media_type="application/json")

    async def retry(request: Request) -> Response:
        status, body = await run_in_threadpool(_retry, room, inbox, request.path_params["letter"])
        return Response(_encode(body), status, media_type="application/json")

    return [
        Route("/channels/{channel}", Door(room, inbox), methods=["POST"]),
        Route("/api/dead-letters", letters),
        Route("/api/dead-letters/{letter}/retry", retry, methods=["POST"]),
    ]


def _retry(room: Room, inbox: Inbox | None, letter: str) -> tuple[int, Outcome | dict[str, str]]:
    if inbox is None or not (letter.isascii() and letter.isdigit() and len(letter) < 19):
        return 404, _refused("letter_unknown", f"There is no dead letter {letter[:40]!r}.")
    try:
        outcome = inbox.retry(int(letter), room.clock())
    except LetterUnknown as problem:
        return 404, _refused("letter_unknown", str(problem))
    except Unavailable as problem:
        return 503, _refused("journal_unavailable", str(problem))
    return {"held": HELD, "refused": 409}.get(outcome.status, 200), outcome
