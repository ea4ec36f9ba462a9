"""What people's programs ask: operator commands as JSON, one answer a line.

    POST /api/commands   {"type": "reallocate", "id": "...", "show": "...", ...}   one a line, or an array of them

Each command is decided for itself, in the name of whoever sends it: what they write as `actor` is written over. The
answers are NDJSON in the order sent: line, id, status, seq, and what was broken. 403 when the sender's role forbids all
of it, 401 when nobody knows the sender; see gate.py.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import settings
from dashboard.channels import orders_api
from dashboard.decision.refusals import Code
from dashboard.decision.roles import Person
from dashboard.gate import Shut, caller
from dashboard.people import People
from dashboard.room import Room

Row = dict[str, Any]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def routes(room: Room, people: People) -> list[Route]:
    """The route of operator commands."""

    async def commands(request: Request) -> Response:
        try:
            person = caller(request.headers, people)
            raw = await body_of(request, int(settings.number("bulk_body_bytes_max")))
        except Shut as shut:
            return problem(str(shut), shut.status, shut.headers)
        except orders_api.BodyProblem as wrong:
            return problem(str(wrong), wrong.status)
        return await run_in_threadpool(_asked, room, raw, request.headers.get("content-encoding", ""), person)

    return [Route("/api/commands", commands, methods=["POST"])]


def problem(sentence: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """A whole request that is refused, with one sentence."""
    return JSONResponse({"error": sentence}, status, headers)


async def body_of(request: Request, bytes_max: int) -> bytes:
    """Read a body up to a limit; raises BodyProblem beyond it."""
    stated = request.headers.get("content-length", "0")
    if stated.isdigit() and int(stated) > bytes_max:
        raise orders_api.too_large(bytes_max)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > bytes_max:
            raise orders_api.too_large(bytes_max)
        parts.append(part)
    return b"".join(parts)


def _asked(room: Room, raw: bytes, encoding: str, person: Person) -> Response:
    try:
        body = orders_api.body(raw, encoding, int(settings.number("bulk_body_bytes_max")))
        rows = _rows(body, int(settings.number("bulk_lines_max")))
    except orders_api.BodyProblem as wrong:
        return problem(str(wrong), wrong.status)
    try:
        answers = room.submit_json([row for _, row in rows], person)
    except TimeoutError:
        return problem("The room did not answer in time; send the same commands again, none is taken twice.", 503)
    told = [_told(number, row, answer) for (number, row), answer in zip(rows, answers, strict=True)]
    shut = all(answer["code"] == Code.ROLE_FORBIDS for answer in answers)
    return Response(b"\n".join(map(_encode, told)) + b"\n", 403 if shut else 200, media_type="application/x-ndjson")


def _rows(body: bytes, lines_max: int) -> list[tuple[int, Any]]:
    """The number and the value of each command; a line that is no JSON stays text; raises BodyProblem."""
    found: Sequence[Any]
    if body.lstrip().startswith(b"["):
        try:
            found = _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise orders_api.BodyProblem(400, f"The body starts like an array and is none: {wrong}.") from None
        rows = list(enumerate(found, 1))
    else:
        rows = [(number, _value(line)) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if not rows:
        raise orders_api.BodyProblem(400, "The body is empty; send one command as JSON per line.")
    if len(rows) > lines_max:
        raise orders_api.BodyProblem(413, f"The body has {len(rows)} commands; send at most {lines_max} at once.")
    return rows


def _value(line: bytes) -> Any:
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _told(number: int, row: Any, answer: Row) -> Row:
    """An answer as it is told: its line, the command's id, and what there is to say."""
    id = row.get("id") if isinstance(row, dict) else None
    named = {"id": id} if isinstance(id, str) else {}
    return {"line": number, **named, **{key: value for key, value in answer.items() if value not in (None, "")}}
