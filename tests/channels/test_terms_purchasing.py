"""Notices to purchasing: what the config says, what is posted, what becomes of it, and that the runner posts it."""

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from random import Random

import pytest

from dashboard.channels.adapter import Delivery, Request, Response, Secrets
from dashboard.channels.fields import iso
from dashboard.channels.purchasing import TRIES_MAX, Desk, Purchasing, read_purchasing
from dashboard.channels.runner import Runner
from dashboard.channels.sandbox.back_office import BackOffice
from dashboard.channels.sandbox.faults import SECOND
from dashboard.channels.sandbox.market import Shop
from dashboard.channels.sandbox.purchasing import PurchasingDesk
from dashboard.channels.signatures import check_standard
from dashboard.decision import commands as c, events as e
from dashboard.settings import SettingProblem, read_config
from tests.channels.escrow_kit import SHOW, START, Play, small

SECRET = "whsec_bmV3ZXN0LWtleQ=="
NOTICES = Purchasing("https://buy.example.com", "/in?desk=2", Secrets((SECRET,)))
ENVIRONMENT = {"WARROOM_SECRET_PURCHASING": SECRET}
HOUR = 3600 * SECOND


def asked(name: str = "r1", quantity: int = 50, urgent: bool = False) -> c.RequestReplenishment:
    return c.RequestReplenishment(
        id=f"more/{name}",
        show=SHOW,
        reason="fast seller",
        replenishment=name,
        sku="lamp",
        quantity=quantity,
        need_by=START + 24 * HOUR,
        urgent=urgent,
    )


def states(play: Play) -> list[str]:
    return [state for (_, channel), state in play.room.world[SHOW].errands.items() if channel == "purchasing"]


def last_note(play: Play) -> str:
    return next(event for _, _, event in reversed(play.room.events) if isinstance(event, e.ErrandReported)).note


# --- config ---------------------------------------------------------------------------------------------------


def test_the_config_names_where_notices_go_and_the_environment_what_signs_them(tmp_path: Path) -> None:
    path = str(tmp_path / "serve.toml")
    Path(path).write_text('journal = "x.duckdb"\n[purchasing]\nurl = "https://buy.example.com/in?desk=2"\n')
    assert read_purchasing(read_config(path, set()), path, ENVIRONMENT) == NOTICES
    assert read_purchasing({}, path, ENVIRONMENT) is None


@pytest.mark.parametrize(
    ("table", "environment", "sentence"),
    [
        ({"url": "buy.example.com"}, ENVIRONMENT, "url is 'buy.example.com'; it takes an address"),
        ({"url": 3}, ENVIRONMENT, "it takes an address"),
        ({}, ENVIRONMENT, "it takes an address"),
        ({"adress": ""}, ENVIRONMENT, "has no key 'adress'; it takes url."),
        ({"url": "https://a.example"}, {}, "set WARROOM_SECRET_PURCHASING"),
        ({"url": "https://a.example"}, {"WARROOM_SECRET_PURCHASING": "whsec_!"}, "must be base64"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(table: object, environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingProblem) as problem:
        read_purchasing({"purchasing": table}, "serve.toml", environment)
    assert sentence in str(problem.value)
    assert SECRET not in str(problem.value)


# --- notices ----------------------------------------------------------------------------------------------------


def desk(play: Play) -> Desk:
    return Desk(play.room, NOTICES, Random(1))


def test_a_notice_is_signed_says_what_is_needed_and_is_the_same_each_time() -> None:
    play = small(Shop("own", "generic"))
    play.room.handle([asked(urgent=True)], START)
    buyers, other = desk(play), PurchasingDesk(SECRET)
    (call,) = buyers.wake(START)
    request = call.request
    assert (request.method, request.path) == ("POST", "/in?desk=2")
    check_standard("purchasing", NOTICES.secrets, Delivery(request.headers, request.body, START))
    assert buyers.wake(START + SECOND) == [], "one at a time"
    buyers.answered(call, None, START + SECOND)
    (again,) = buyers.wake(START + 60 * SECOND)
    assert again.request.headers["webhook-id"] == request.headers["webhook-id"]
    for one, at in ((call, START), (again, START + 60 * SECOND)):
        assert other.answer(one.request, at).status == 202
    assert list(other.notices.values()) == [
        {
            "show": SHOW,
            "replenishment": "r1",
            "sku": "lamp",
            "title": "",
            "quantity": 50,
            "need_by": iso(START + 24 * HOUR, 0),
            "urgent": True,
            "reason": "fast seller",
        }
    ]
    forged = Request("POST", "/", {**request.headers, "webhook-signature": "v1,x"}, request.body)
    assert other.answer(forged, START).status == 401


@pytest.mark.parametrize(
    ("response", "state", "note"),
    [
        (Response(202), "pushed", ""),
        (Response(410), "failed", "Purchasing answered 410"),
        (Response(401), "failed", "Purchasing answered 401: it does not know the token"),
    ],
)
def test_a_notice_is_taken_or_refused_once(response: Response, state: str, note: str) -> None:
    play = small(Shop("own", "generic"))
    play.room.handle([asked()], START)
    buyers = desk(play)
    (call,) = buyers.wake(START)
    buyers.answered(call, response, START)
    assert states(play) == [state]
    assert last_note(play).startswith(note)
    assert buyers.wake(START + HOUR) == []


@pytest.mark.parametrize("response", [None, Response(503), Response(429, {"retry-after": "30"}), Response(408)])
def test_what_nobody_took_is_sent_again_later_and_not_for_ever(response: Response | None) -> None:
    play = small(Shop("own", "generic"))
    play.room.handle([asked("r1"), asked("r2")], START)
    buyers, now, tries = desk(play), START, 0
    while states(play)[0] == "open":
        for call in buyers.wake(now):
            tries += 1
            buyers.answered(call, response, now)
            pause = 30 * SECOND if response is not None and response.status == 429 else SECOND // 10
            if states(play)[0] == "open":
                assert not buyers.wake(now + pause - 1)
        now += 15 * SECOND
    assert (tries, states(play)) == (TRIES_MAX, ["failed", "open"])
    assert last_note(play) == "Purchasing does not answer; call them."
    (call,) = buyers.wake(now)
    assert call.about[0] == SHOW
    buyers.answered(call, Response(200), now)
    assert states(play) == ["failed", "pushed"]


def test_a_desk_of_one_show_leaves_the_others_alone() -> None:
    play = small(Shop("own", "generic"))
    play.room.handle([asked()], START)
    assert Desk(play.room, NOTICES, Random(1), "another").wake(START) == []
    play.room.handle([c.CloseShow(id="close", show=SHOW)], START)
    assert desk(play).wake(START) == [], "a closed show buys nothing"


# --- the sandbox and the runner ---------------------------------------------------------------------------------


def test_the_sandboxs_desk_takes_notices_and_people_type_what_they_tick_off() -> None:
    play = small(Shop("tik", "tiktok_shop", "absolute"), Shop("own", "generic"))
    office = BackOffice(play.market, 1, purchasing=True)
    play.run(1)
    play.room.handle([asked()], play.market.wires.now)
    (answer,) = play.room.handle([c.SetLimit(id="l", show=SHOW, sku="lamp", region="US", units_per_order=2)], START)
    play.run(2)
    office.act(play.market.wires.now)
    assert states(play) == ["pushed"]
    assert len(office.purchasing.notices) == 1
    assert play.market.platforms["tik"].takes("lamp") == 20
    assert answer.seq is not None
    done = c.ReportErrand(id="d", show=SHOW, term=answer.seq, channel="tik", outcome="done")
    play.room.handle([done], play.market.wires.now)
    office.act(play.market.wires.now)
    assert play.market.platforms["tik"].takes("lamp") == 2


def test_without_a_desk_the_exchange_says_that_buying_is_by_hand() -> None:
    play = small(Shop("own", "generic"))
    play.room.handle([asked()], START)
    play.run(1)
    assert states(play) == ["by_hand"]


class _Buyer(BaseHTTPRequestHandler):
    bodies: list[tuple[str, bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.bodies.append((self.headers["webhook-id"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def buyer() -> Iterator[str]:
    """A purchasing desk that listens on loopback."""
    server = HTTPServer(("127.0.0.1", 0), _Buyer)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def until(met: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:
        time.sleep(0.01)
    return met()


def test_the_runner_posts_notices_even_when_no_storefront_is_connected(buyer: str) -> None:
    play = small(Shop("own", "generic"))
    play.room.clock = lambda: START  # type: ignore[attr-defined]
    runner = Runner(
        play.room,  # type: ignore[arg-type]
        None,
        {},
        desk=Desk(play.room, Purchasing(buyer, "/in", Secrets((SECRET,))), Random(1)),
    )
    play.room.handle([asked()], START)
    runner.start()
    assert until(lambda: states(play) == ["pushed"])
    runner.stop()
    assert len(_Buyer.bodies) == 1
    assert runner.calls["purchasing", "answered"] == 1
