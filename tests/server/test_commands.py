"""POST /api/commands and the gate before it: who is let in, in whose name, and what a page from elsewhere gets."""

import gzip
from typing import Any

import orjson
import pytest

from dashboard import server
from dashboard.people import LOGIN, OPEN, People, Token
from dashboard.room import Room
from tests.decision.samples import KINDS, sample
from tests.server.show import Client, one_sentence, order

SECRETS = {role: f"{role}-0123456789abcdef" for role in ("viewer", "host", "strategist", "coordinator", "admin")}
TOKENS = {f"a-{role}": Token(secret, role) for role, secret in SECRETS.items()}


def note(id: str, **more: Any) -> dict[str, Any]:
    return sample("add_note", id=id, text="ring is on", **more)


def lines(*rows: object) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else orjson.dumps(row) for row in rows)


def bearer(role: str) -> dict[str, str]:
    return {"authorization": f"Bearer {SECRETS[role]}"}


def told(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in answer.content.splitlines()]


@pytest.fixture
def locked(room: Room, clock: server.Clock) -> Client:
    """The routes where people sign in and programs show tokens."""
    return Client(room, clock, People(LOGIN, tokens=TOKENS))


@pytest.fixture(params=["lines", "array", "gzip"])
def written(request: pytest.FixtureRequest) -> Any:
    """A body of commands, as it may be written."""
    if request.param == "array":
        return lambda *rows: {"content": orjson.dumps(rows)}
    if request.param == "gzip":
        return lambda *rows: {"content": gzip.compress(lines(*rows)), "headers": {"content-encoding": "gzip"}}
    return lambda *rows: {"content": lines(*rows)}


def test_commands_are_answered_one_a_line_in_the_operators_name(client: Client, room: Room, written: Any) -> None:
    body = written(note("n-1", actor="rule:watch"), {"type": "add_note"}, note("n-2", show="autumn"), note("n-1"))
    first, broken, elsewhere, again = told(client.ask("POST", "/api/commands", **body))
    assert first == {"line": 1, "id": "n-1", "status": "accepted", "seq": room.seq}
    assert (broken["line"], broken["status"], broken["code"]) == (2, "refused", "malformed")
    assert (elsewhere["id"], elsewhere["code"]) == ("n-2", "show_unknown")
    assert (again["status"], again["seq"]) == ("exists", room.seq)
    assert {stored.actor for stored in room.journal.events() if stored.id == "n-1"} == {"operator"}


@pytest.mark.parametrize("line", [b"{", b"7", b'"text"', b"\xff\xfe", b"nul", b"[" * 9, b'{"type":"add_note","id":{}}'])
def test_a_line_that_is_no_command_is_answered_in_its_place(client: Client, line: bytes) -> None:
    good, bad = told(client.ask("POST", "/api/commands", content=lines(note("n-1"), line)))
    assert good["status"] == "accepted"
    assert (bad["line"], bad["code"]) == (2, "malformed")


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"\n \n", 400), (b"[]", 400), (b"[", 400), (b"[1", 400), (b"[" * 100_000, 400), (b"x" * 9_000_000, 413),
     (b"{}\n" * 50_001, 413)],
    ids=["nothing", "blank", "no command", "half an array", "a broken one", "too deep", "too large", "too many"],
)  # fmt: skip
def test_a_body_without_commands_is_refused_in_one_sentence(client: Client, body: bytes, status: int) -> None:
    answer = client.ask("POST", "/api/commands", content=body)
    assert answer.status_code == status
    assert one_sentence(answer.json()["error"])


def test_a_viewers_token_is_refused_every_command_there_is(locked: Client, room: Room) -> None:
    seq, tags = room.seq, sorted(KINDS)
    body = lines(*(sample(tag, id=f"id-{tag}") for tag in tags))
    answer = locked.ask("POST", "/api/commands", content=body, headers=bearer("viewer"))
    assert answer.status_code == 403
    for tag, row in zip(tags, told(answer), strict=True):
        assert (row["id"], row["status"], row["code"]) == (f"id-{tag}", "refused", "role_forbids")
        assert f"The role viewer may not ask for {tag}; that takes " in row["sentence"]
    assert room.seq == seq


def test_of_several_commands_those_are_carried_out_that_the_role_may_ask(locked: Client, room: Room) -> None:
    body = lines(note("n-1", actor="operator"), sample("close_show", id="c-1"))
    answer = locked.ask("POST", "/api/commands", content=body, headers=bearer("host"))
    assert answer.status_code == 200
    assert [row.get("code", row["status"]) for row in told(answer)] == ["accepted", "role_forbids"]
    assert [stored.actor for stored in room.journal.events()][-1] == "api:a-host"


ROUTES = [
    ("POST", "/api/commands", "viewer"),  # the commands themselves are refused, each by its own role
    ("POST", "/api/orders", "coordinator"),
    ("POST", "/api/dead-letters/1/retry", "strategist"),
    ("GET", "/api/dead-letters", "viewer"),
]


@pytest.mark.parametrize(("method", "path", "lowest"), ROUTES)
@pytest.mark.parametrize("entry", [LOGIN, OPEN])
def test_a_route_is_open_to_tokens_of_its_lowest_role_and_above(
    room: Room, clock: server.Clock, method: str, path: str, lowest: str, entry: str
) -> None:
    client, roles = Client(room, clock, People(entry, tokens=TOKENS)), list(SECRETS)
    for role in roles:
        answer = client.ask(method, path, headers=bearer(role), content=lines(order("1")))
        allowed = roles.index(role) >= roles.index(lowest)
        assert (answer.status_code == 403) != allowed, (role, answer.text)
        if not allowed:
            body = answer.json()
            assert f"The role {role} may not ask for " in (body.get("sentence") or body["error"])
    for headers in ({}, {"authorization": "Bearer nobody's"}, {"authorization": SECRETS["admin"]}):
        answer = client.ask(method, path, headers=headers, content=lines(order("1")))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


def test_the_frame_needs_a_token_only_where_people_sign_in(room: Room, clock: server.Clock, locked: Client) -> None:
    assert Client(room, clock, People(OPEN)).get("/api/frame").status_code == 200
    assert locked.get("/api/frame").status_code == 401
    assert locked.ask("GET", "/api/frame", headers=bearer("viewer")).status_code == 200


FROM_A_PAGE = [
    ({"origin": "http://evil.example"}, 403),
    ({"origin": "null"}, 403),
    ({"origin": "http://localhost:3000"}, 403),
    ({"origin": "https://localhost.evil.example"}, 403),
    ({"sec-fetch-site": "cross-site"}, 403),
    ({"sec-fetch-site": "same-site"}, 403),
    ({"origin": "http://localhost", "sec-fetch-site": "same-origin", "content-type": "text/plain"}, 403),
    ({"referer": "http://evil.example/", "content-type": "application/x-www-form-urlencoded"}, 403),
    ({"referer": "http://evil.example/", "content-type": "multipart/form-data; boundary=x"}, 403),
    ({"host": "evil.example"}, 401),
    ({"host": "evil.example", "origin": "http://evil.example", "sec-fetch-site": "same-origin"}, 401),
    ({"host": "localhost", "x-forwarded-for": "192.0.2.1"}, 401),
]
FROM_HERE = [
    {},
    {"host": "127.0.0.1:8501"},
    {"content-type": "application/x-www-form-urlencoded"},  # what curl says unless told otherwise
    {"origin": "http://localhost", "sec-fetch-site": "same-origin", "content-type": "application/json"},
    {"sec-fetch-site": "none"},
]


@pytest.mark.parametrize(("headers", "status"), FROM_A_PAGE)
@pytest.mark.parametrize("path", [path for method, path, _ in ROUTES if method == "POST"])
def test_a_page_from_elsewhere_cannot_make_a_browser_ask(
    client: Client, room: Room, path: str, headers: dict[str, str], status: int
) -> None:
    seq = room.seq
    body = lines(note("n-1") if "commands" in path else order("1"))
    answer = client.ask("POST", path, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert one_sentence(found.get("sentence") or found["error"])
    assert room.seq == seq


@pytest.mark.parametrize("headers", FROM_HERE)
def test_a_program_at_this_machine_asks_as_the_operator(client: Client, headers: dict[str, str]) -> None:
    assert told(client.ask("POST", "/api/commands", content=lines(note("n-1")), headers=headers))[0]["seq"]
    assert told(client.ask("POST", "/api/orders", content=lines(order("1")), headers=headers))[0]["seq"]


def test_a_token_speaks_for_a_program_wherever_it_asks_from(room: Room, clock: server.Clock) -> None:
    client = Client(room, clock, People(tokens=TOKENS))
    headers = bearer("strategist") | {"host": "war.example.com", "x-forwarded-for": "192.0.2.1"}
    assert told(client.ask("POST", "/api/commands", content=lines(note("n-1")), headers=headers))[0]["seq"]
    wrong = {"authorization": "Bearer nobody's"}
    assert client.ask("POST", "/api/commands", content=lines(note("n-2")), headers=wrong).status_code == 401
