"""The platforms' door: webhooks in, dead letters out.

    POST /channels/{channel}             one delivery of a platform, as it sends it
    GET  /api/dead-letters               what could not be taken (?state=&channel=), the newest first
    POST /api/dead-letters/{id}/retry    one of them again

A delivery is checked and read on the event loop, decided and written by the room's thread, and answered when it is on
disk: 200 accepted, exists or ignored; 202 held, which the room tries again by itself; 400 nobody can read it; 401 it
is not from the platform; 404 no such storefront; 413 too large. The answer is JSON with status, reason, sentence,
order. Only when the room cannot write, or not in time, it is 503: nothing was taken, or it will be found to exist. A
platform proves itself by its signature and by nothing else; who asks about dead letters is told by gate.py.

What the audience writes asks nothing of the room and is answered at once, without a transaction.
Requests that come together are asked and answered together (`Together`): one transaction, one wake of the event loop.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from itertools import islice
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
from dashboard.channels.inbox import ChannelUnknown, Inbox, LetterUnknown, Outcome, Taken, Unavailable
from dashboard.decision.refusals import Answer
from dashboard.gate import Shut, caller
from dashboard.people import People
from dashboard.room import Room

Reply = tuple[int, Any]
"""HTTP status and what is said as JSON."""
HELD, UNREADABLE = 202, 400
QUIET_SECONDS = 0.001
"""How long nothing more must come in before what came is asked."""
FEW = 4
"""After a turn of so few deliveries nobody is waited for."""
GATHER_SECONDS_MAX = 0.015
"""How long a delivery waits for others, at most."""
TOGETHER_MAX = 64
"""How many deliveries are taken in at once: the event loop does nothing else meanwhile."""
_encode = msgspec.json.Encoder().encode


class Asked:
    """One delivery on its way through: taken in, then replied to."""

    __slots__ = ("answers", "channel", "delivery", "future", "reply", "taken")

    def __init__(self, channel: str, delivery: Delivery, future: "asyncio.Future[Reply]") -> None:
        self.channel, self.delivery, self.future = channel, delivery, future
        self.taken: Taken | None = None
        self.reply: Reply | None = None

    def answer(self) -> None:
        """Tell the caller, if it still waits."""
        if self.reply is not None and not self.future.done():
            self.future.set_result(self.reply)


class Together:
    """Takes deliveries in, asks the room, settles: for many requests of one event loop at once.

    What comes in waits until the room has answered what was asked before and, in a crowd, until nothing more comes. So
    requests that come together share a transaction; and while it is written the loop does not compete with the writer
    for the interpreter, which would cost both of them more than the wait. What is done one after the other for many
    deliveries is also done faster than in between everything else.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, room: Room, inbox: Inbox) -> None:
        self.loop = loop
        self._room = room
        self._inbox = inbox
        self._seconds_max = settings.number("answer_seconds_max")
        self._waiting: list[Asked] = []
        self._counted = self._crowd = 0
        self._since = 0.0
        self._busy = False

    def put(self, channel: str, delivery: Delivery) -> "asyncio.Future[Reply]":
        """Let a delivery wait for its turn; the reply comes when what it says is on disk."""
        future: asyncio.Future[Reply] = self.loop.create_future()
        self._waiting.append(Asked(channel, delivery, future))
        if len(self._waiting) == 1:
            self._begin()
        return future

    def _begin(self) -> None:
        self._since, self._counted = self.loop.time(), 0
        self.loop.call_soon(self._look)

    def _look(self) -> None:
        """Go on with what waits once nothing more comes."""
        if self._busy or not self._waiting:
            return
        count = len(self._waiting)
        more = self._counted < count < TOGETHER_MAX and self.loop.time() - self._since < GATHER_SECONDS_MAX
        if more and self._crowd > FEW:
            self._counted = count
            self.loop.call_later(QUIET_SECONDS, self._look)
            return
        self._busy, self._crowd = True, count
        turn, self._waiting = self._waiting[:TOGETHER_MAX], self._waiting[TOGETHER_MAX:]
        for asked in turn:
            if not asked.future.done():
                self._take_in(asked)
        self._submit(turn, self._settle)

    def _take_in(self, asked: Asked) -> None:
        """Check and read one delivery; what is refused has its reply, and waits only where its letter does."""
        try:
            asked.taken = self._inbox.take_in(asked.channel, asked.delivery)
        except (ChannelUnknown, NotAuthentic, Unreadable) as problem:
            asked.reply = _not_taken(problem)

    def _submit(self, turn: list[Asked], then: Callable[[list[Asked], list[Answer]], None]) -> None:
        """Ask the room what a turn asks, and write what letters wait; go on with its answers."""
        commands = [command for asked in turn if asked.taken for command in asked.taken.commands]
        if not commands and not self._room.journal.letters.waiting:
            then(turn, [])
            return
        timer = self.loop.call_later(self._seconds_max, self._give_up, turn)

        def answered(done: "Future[list[Answer]]") -> None:
            timer.cancel()
            problem = done.exception()
            if problem:
                self._fail(turn, problem)
            else:
                then(turn, done.result())

        def wake(done: "Future[list[Answer]]") -> None:
            with suppress(RuntimeError):  # the server has gone, and nobody waits any more
                self.loop.call_soon_threadsafe(answered, done)

        self._room.submit(commands).add_done_callback(wake)

    def _settle(self, turn: list[Asked], answers: list[Answer]) -> None:
        """Account for each delivery; what is held is answered when its letter is written."""
        unwritten = self._room.journal.letters.waiting
        said = iter(answers)
        held: list[Asked] = []
        for asked in turn:
            if asked.taken:
                asked.reply = self._outcome(asked.taken, list(islice(said, len(asked.taken.commands))))
                asked.taken = None
            elif unwritten and asked.reply and asked.reply[0] == UNREADABLE:
                asked.reply = _not_kept()
            if asked.reply and asked.reply[0] == HELD:
                held.append(asked)
            else:
                asked.answer()
        if held:
            self._submit(held, self._kept)
        else:
            self._go_on()

    def _outcome(self, taken: Taken, answers: list[Answer]) -> Reply:
        try:
            outcome = self._inbox.settle(taken, answers, taken.at)
        except Unavailable as problem:
            return 503, _refused("journal_unavailable", problem)
        return HELD if outcome.status == "held" else 200, outcome

    def _kept(self, turn: list[Asked], answers: list[Answer]) -> None:
        for asked in turn:
            letter = getattr(asked.reply[1], "letter", None) if asked.reply else None
            if letter is not None and self._room.journal.letters.waits(letter):
                asked.reply = _not_kept()
            asked.answer()
        self._go_on()

    def _go_on(self) -> None:
        self._busy = False
        if self._waiting:
            self._begin()

    def _give_up(self, turn: list[Asked]) -> None:
        """Tell everybody who waits that the room is too slow; what it answers later is settled all the same."""
        sentence = "The room did not answer in time; send it again, nothing is taken twice."
        for asked in (*turn, *self._waiting):
            if not asked.future.done():
                asked.future.set_result((503, _refused("too_slow", sentence)))
        self._waiting.clear()

    def _fail(self, turn: list[Asked], problem: BaseException) -> None:
        """A broken program is told to its callers, and the next are served."""
        for asked in turn:
            if asked.taken:
                self._inbox.let_go(asked.taken)
            if not asked.future.done():
                asked.future.set_exception(problem)
        self._go_on()


class Door:
    """The ASGI route of every storefront; `inbox` None: none is set up."""

    def __init__(self, room: Room, inbox: Inbox | None) -> None:
        self.room = room
        self.inbox = inbox
        self._bytes_max = int(settings.number("webhook_body_bytes_max"))
        self._together: Together | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one delivery."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            raw = await _body(receive, headers, self._bytes_max)
            status, body = await self._reply(scope, headers, raw)
        except orders_api.BodyProblem as problem:
            status, body = problem.status, _refused("malformed", problem)
        except ConnectionError:
            return
        told = _encode(body)
        started = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(told))]
        await send({"type": "http.response.start", "status": status, "headers": started})
        await send({"type": "http.response.body", "body": told})

    async def _reply(self, scope: Scope, headers: dict[str, str], raw: bytes) -> Reply:
        if self.inbox is None:
            return 404, _refused("channel_unknown", "No storefront is set up here.")
        loop = asyncio.get_running_loop()
        if self._together is None or self._together.loop is not loop:
            self._together = Together(loop, self.room, self.inbox)
        delivery = Delivery(headers, raw, self.room.clock(), _url(scope, headers))
        channel = scope["path_params"]["channel"]
        adapter = self.inbox.adapters.get(channel)
        if adapter is not None and adapter.is_chat(delivery):
            return _chat(self.inbox, channel, delivery)
        return await self._together.put(channel, delivery)


def _chat(inbox: Inbox, channel: str, delivery: Delivery) -> Reply:
    """Take a comment at once: it asks nothing of the room, so it neither waits nor makes an order wait."""
    try:
        return 200, inbox.settle(inbox.take_in(channel, delivery), [], delivery.at)
    except (NotAuthentic, Unreadable) as problem:
        return _not_taken(problem)


def _not_taken(problem: Exception) -> Reply:
    """What is said to the sender of a delivery that was not taken in."""
    if isinstance(problem, ChannelUnknown):
        return 404, _refused("channel_unknown", problem)
    if isinstance(problem, NotAuthentic):
        return 401, _refused("not_authentic", problem)
    return UNREADABLE, _refused("unreadable", problem)


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


def _not_kept() -> Reply:
    return 503, _refused("journal_unavailable", "It could not be kept; send it again.")


def _refused(reason: str, sentence: object) -> dict[str, str]:
    return {"status": "refused", "reason": reason, "sentence": str(sentence)}


def _shut(shut: Shut) -> Response:
    return Response(_encode(_refused(shut.reason, shut)), shut.status, shut.headers, "application/json")


def routes(room: Room, inbox: Inbox | None, people: People) -> list[Route]:
    """The routes of the platforms and of what could not be taken."""

    async def letters(request: Request) -> Response:
        try:
            caller(request.headers, people, "read_letters")
        except Shut as shut:
            return _shut(shut)
        query = request.query_params
        rows = await run_in_threadpool(inbox.letters, query.get("state", ""), query.get("channel", "")) if inbox else []
        return Response(_encode({"letters": rows}), media_type="application/json")

    async def retry(request: Request) -> Response:
        try:
            caller(request.headers, people, "retry_letter")
        except Shut as shut:
            return _shut(shut)
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
        return 404, _refused("letter_unknown", problem)
    except Unavailable as problem:
        return 503, _refused("journal_unavailable", problem)
    return {"held": HELD, "refused": 409}.get(outcome.status, 200), outcome
