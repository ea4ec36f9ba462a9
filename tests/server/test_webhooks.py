"""POST /channels/<channel>: every delivery is answered in one of six ways, and what is accepted or held is on disk."""

import asyncio
import gzip
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from dashboard import server
from dashboard.channels.adapter import Account, Capability, Secrets
from dashboard.channels.adapters import make
from dashboard.channels.inbox import Inbox
from dashboard.channels.signatures import sign_standard
from dashboard.decision import commands as c
from dashboard.journal.store import Journal, JournalProblem
from dashboard.journal.verify import verify
from dashboard.room import Room
from tests.benchmarks import http_webhooks
from tests.benchmarks.processes import Server, free_port
from tests.server.show import NOW, Client, one_sentence, open_room

KEY = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw=="
SECONDS = NOW // 1_000_000


class Shop:
    """A shop that speaks our own protocol, in front of the real routes."""

    def __init__(self, room: Room, keys: tuple[str, ...] = (KEY,)) -> None:
        account = Account("shop-us", "generic", Capability(push="delta"))
        self.inbox = Inbox(room, {"shop-us": make(account, Secrets(keys))})
        self.clock = server.Clock(room, inbox=self.inbox)
        self.client = Client(room, self.clock)
        self.client.app = Starlette(routes=server.routes(room, self.clock, self.inbox))
        self.room = room
        self.sent = 0

    def order(self, number: str, units: int = 1, sku: str = "RING", **more: Any) -> httpx.Response:
        """Tell of an order."""
        return self.tell(placed(number, units, sku), **more)

    def tell(
        self, body: bytes, id: str = "", at: int = SECONDS, path: str = "/channels/shop-us", **more: Any
    ) -> httpx.Response:
        """Send a signed body; headers replace signed ones."""
        self.sent += 1
        headers = sign_standard(KEY, id or f"msg-{self.sent}", at, body) | more.pop("headers", {})
        content = more.pop("content", body)
        return self.client.ask_any("POST", path, content=content, headers=headers, **more)


def placed(number: str, units: int = 1, sku: str = "RING") -> bytes:
    """An order as the shop tells it."""
    return orjson.dumps(
        {"type": "order.created", "data": {"order": number, "lines": [{"sku": sku, "quantity": units}]}}
    )


CANCELLED = orjson.dumps({"type": "order.cancelled", "data": {"order": "1"}})


@pytest.fixture
def shop(room: Room) -> Iterator[Shop]:
    return Shop(room)


def refused(answer: httpx.Response, status: int, reason: str) -> None:
    """The answer is this refusal, in one sentence."""
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (status, "refused", reason), (
        answer.text
    )
    assert one_sentence(answer.json()["sentence"]), answer.text
    assert KEY not in answer.text


def test_an_order_is_accepted_once(shop: Shop) -> None:
    answer = shop.order("1", id="a")
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted", "order": "1"})
    assert shop.order("1", id="a").json()["reason"] == "delivery_seen"
    assert shop.order("1", id="b").json() == {"status": "exists", "reason": "order_exists", "order": "1"}
    *_, stored = shop.room.journal.events()
    assert stored.id == "order/spring/shop-us/1"
    assert answer.headers["content-type"] == "application/json"


def test_what_cannot_be_taken_now_is_202_and_its_letter_is_on_disk(shop: Shop) -> None:
    answer = shop.order("1", 20_000)
    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["reason"], told["order"]) == ("held", "not_enough_claims", "1")
    assert one_sentence(told["sentence"])
    assert not shop.room.journal.letters.waiting
    assert shop.room.journal.letters.held()[0]["id"] == told["letter"]


def test_the_clock_tries_held_letters_again(shop: Shop) -> None:
    assert shop.tell(CANCELLED).status_code == 202
    assert shop.order("1").status_code == 200
    shop.clock._tick()
    (letter,) = shop.client.get("/api/dead-letters").json()["letters"]
    assert letter["state"] == "settled"


def test_the_whole_road_by_letters_routes(shop: Shop) -> None:
    shop.order("1", 20_000)
    shop.tell(b"{}")
    held = shop.client.get("/api/dead-letters", state="held").json()["letters"]
    assert [(letter["channel"], letter["reason"]) for letter in held] == [("shop-us", "not_enough_claims")]
    again = shop.client.ask("POST", f"/api/dead-letters/{held[0]['id']}/retry")
    assert (again.status_code, again.json()["status"]) == (202, "held")
    goods = c.ReceiveGoods(id="more", show="spring", location="LA", sku="RING", quantity=20_000, pool="region/US")
    shop.room.handle([goods], None)
    again = shop.client.ask("POST", f"/api/dead-letters/{held[0]['id']}/retry")
    assert (again.status_code, again.json()["status"]) == (200, "accepted")
    assert shop.client.ask("POST", "/api/dead-letters/2/retry").status_code == 409
    for unknown in ("99", "x", "-1", "9" * 30):
        refused(shop.client.ask("POST", f"/api/dead-letters/{unknown}/retry"), 404, "letter_unknown")
    assert shop.client.get("/api/dead-letters", channel="nobody").json() == {"letters": []}


# --- who is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-signature": f"v1,{KEY}"},
        {"webhook-id": "another"},
        {"webhook-timestamp": str(SECONDS + 1)},
        {"webhook-timestamp": "9" * 12},
    ],
    ids=str,
)
def test_a_wrong_signature_is_401(headers: dict[str, str], shop: Shop) -> None:
    before = shop.room.seq
    refused(shop.order("1", headers=headers), 401, "not_authentic")
    assert shop.room.seq == before


def test_a_body_changed_after_signing_is_401(shop: Shop) -> None:
    refused(shop.tell(placed("1"), content=placed("2")), 401, "not_authentic")


@pytest.mark.parametrize("late", [301, -301])
def test_a_signed_body_replayed_later_is_401(late: int, shop: Shop) -> None:
    refused(shop.order("1", at=SECONDS - late), 401, "not_authentic")
    assert shop.order("1", at=SECONDS - 299 * (late // 301)).status_code == 200


def test_without_a_secret_the_answer_names_the_variable(room: Room) -> None:
    answer = Shop(room, keys=()).order("1")
    refused(answer, 401, "not_authentic")
    assert "WARROOM_SECRET_SHOP_US" in answer.json()["sentence"]


def test_an_unknown_channel_is_404_and_a_question_is_405(shop: Shop) -> None:
    refused(shop.order("1", path="/channels/moon"), 404, "channel_unknown")
    assert shop.client.ask("GET", "/channels/shop-us").status_code == 405


def test_without_any_storefront_every_channel_is_unknown(client: Client) -> None:
    refused(client.ask("POST", "/channels/shop-us", content=b"{}"), 404, "channel_unknown")
    assert client.get("/api/dead-letters").json() == {"letters": []}
    refused(client.ask("POST", "/api/dead-letters/1/retry"), 404, "letter_unknown")


def test_what_nobody_can_read_is_400_and_its_letter_is_on_disk(shop: Shop) -> None:
    refused(shop.tell(b"not json"), 400, "unreadable")
    assert not shop.room.journal.letters.waiting
    assert shop.room.journal.letters.rows()[0]["state"] == "refused"


# --- bodies -------------------------------------------------------------------------------------------------------


def test_a_body_of_a_megabyte_is_read_and_a_byte_more_is_413(shop: Shop) -> None:
    body = placed("1")
    assert shop.tell(body + b" " * (1_000_000 - len(body))).status_code == 200
    refused(shop.tell(body + b" " * (1_000_001 - len(body))), 413, "malformed")


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(shop: Shop) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    refused(shop.tell(b"x", content=endless()), 413, "malformed")


def test_a_gzipped_body_is_signed_as_it_reads(shop: Shop) -> None:
    body = placed("1")
    packed = gzip.compress(body)
    assert shop.tell(body, content=packed, headers={"content-encoding": "gzip"}).status_code == 200
    bomb = gzip.compress(b"\0" * 50_000_000)
    refused(shop.tell(body, content=bomb, headers={"content-encoding": "gzip"}), 413, "malformed")
    refused(shop.tell(body, content=packed[:-4], headers={"content-encoding": "gzip"}), 400, "malformed")
    refused(shop.tell(body, content=packed, headers={"content-encoding": "br"}), 415, "malformed")


# --- many at once -------------------------------------------------------------------------------------------------


async def together(shop: Shop, bodies: list[bytes]) -> list[httpx.Response]:
    """Send bodies at the same time."""
    transport = httpx.ASGITransport(shop.client.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await asyncio.gather(
            *(
                client.post(
                    "/channels/shop-us", content=body, headers=sign_standard(KEY, f"at-once-{n}", SECONDS, body)
                )
                for n, body in enumerate(bodies)
            )
        )


def run(shop: Shop, bodies: list[bytes]) -> list[httpx.Response]:
    answers: Future[list[httpx.Response]] = shop.client._elsewhere.submit(asyncio.run, together(shop, bodies))
    return answers.result()


def test_what_comes_together_shares_transactions_and_each_gets_its_own_answer(shop: Shop) -> None:
    before = shop.room.counters.batches
    bodies = [placed(str(n), 20_000 if n % 10 == 3 else 1, "HAT" if n % 10 == 5 else "RING") for n in range(200)]
    bodies[7] = b"{"
    answers = run(shop, bodies)
    wanted = [202 if n % 10 in (3, 5) else 200 for n in range(200)]
    wanted[7] = 400
    assert [answer.status_code for answer in answers] == wanted
    assert [answer.json().get("order") for answer in answers] == [None if n == 7 else str(n) for n in range(200)]
    assert shop.room.counters.batches - before < 20
    assert len(shop.inbox.letters(state="held")) == 40


def test_two_cancellations_of_one_order_at_once_cancel_no_more_than_the_larger_total(shop: Shop) -> None:
    shop.order("1", 10)
    bodies = [
        orjson.dumps(
            {"type": "order.cancelled", "data": {"order": "1", "cancelled": [{"sku": "RING", "quantity": units}]}}
        )
        for units in (2, 5, 3)
    ]
    assert {answer.status_code for answer in run(shop, bodies)} == {200, 202}
    for _ in bodies:
        shop.inbox.retry_held(NOW)
    held = shop.room.world["spring"].orders["shop-us", "1"].held()
    assert sum(holding.open for holding in held) == 5


# --- when the room cannot -----------------------------------------------------------------------------------------


def test_a_journal_that_cannot_be_written_is_503_and_the_same_delivery_works_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise JournalProblem("the disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(shop.room.journal, "append", fails)
        refused(shop.order("1", id="a"), 503, "journal_unavailable")
        refused(shop.order("2", 20_000, id="b"), 503, "journal_unavailable")
        refused(shop.tell(b"not json"), 503, "journal_unavailable")
    assert shop.order("1", id="a").json()["status"] == "accepted"
    assert shop.order("2", 20_000, id="b").status_code == 202
    assert {row["reason"] for row in shop.inbox.letters()} == {"not_enough_claims", "unreadable"}


def test_a_room_that_does_not_answer_in_time_is_503_and_what_it_took_exists_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARROOM_ANSWER_SECONDS_MAX", "0.2")
    room = open_room(tmp_path / "slow.duckdb")
    shop = Shop(room)
    held, write = threading.Event(), room.journal.append

    def slow(*given: Any) -> None:
        assert held.wait(20)
        write(*given)

    monkeypatch.setattr(room.journal, "append", slow)
    refused(shop.order("1"), 503, "too_slow")
    held.set()
    room.handle([], None)
    assert shop.order("1").json()["reason"] == "order_exists"
    room.stop()


def test_a_bug_is_told_to_those_who_shared_its_turn_and_the_next_are_served(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(shop.room, "_decide", broken)
        with pytest.raises(ZeroDivisionError):
            shop.order("1")
    assert shop.order("1").status_code == 200


def test_a_server_takes_webhooks_and_writes_down_what_it_refused_before_it_stops(tmp_path: Path) -> None:
    path = tmp_path / "show.duckdb"
    http_webhooks.open_show(path)
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.webhook_app", str(port), str(path)]
    webhooks = http_webhooks.Webhooks()
    with Server(command, port, tmp_path / "log") as served:
        for platform, channel in http_webhooks.STOREFRONTS.items():
            http_webhooks.rate(port, list(webhooks.requests(platform, 40, f"/channels/{channel}")), b'"accepted"')
        forged = httpx.post(f"{served.url}/channels/own-us", content=b"forged")
        assert forged.status_code == 401
        served.process.send_signal(signal.SIGINT)
        served.process.wait(30)
        assert "Traceback" not in served.log.read_text()
    with closing(Journal(path, read_only=True)) as journal:
        assert [row["reason"] for row in journal.letters.rows()] == ["not_authentic"]
        assert sum(stored.type == "order_placed" for stored in journal.events()) == 80
    assert verify(path)["ok"]
