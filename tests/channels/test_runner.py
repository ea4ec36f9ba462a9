"""Exchanges in real time: calls leave and come back over HTTP, and nothing that goes wrong stops the others."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from dashboard.channels import runner as runners
from dashboard.channels.adapter import Delivery, Request, Response
from dashboard.channels.adapters import make
from dashboard.channels.connection import Call
from dashboard.channels.exchange import Exchange
from dashboard.channels.inbox import Inbox
from dashboard.channels.runner import Errand, Line, Runner
from dashboard.channels.sandbox.faults import PROFILES
from dashboard.channels.sandbox.http import HttpSandbox
from dashboard.channels.sandbox.http_stress import platforms_of
from dashboard.channels.sandbox.stress import STALLS, Trial, open_show
from dashboard.decision import commands as c
from dashboard.decision.world import OrderLine
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.channels.web_kit import until, web

STALLS_FEW = tuple(stall for stall in STALLS if stall.shop.channel in ("tiktok-us", "shopify-us"))
TRIAL = Trial(200, 20.0, PROFILES["none"], stalls=STALLS_FEW, skus=("HALO",))


def now() -> int:
    """The time, as the room has it."""
    return time.time_ns() // 1000


@dataclass
class Shops:
    """A served room with an open show, two pretended platforms, and a runner that is not started yet."""

    room: Room
    inbox: Inbox
    sandbox: HttpSandbox
    runner: Runner


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Shops]:
    room = Room(Journal(tmp_path / "show.duckdb"), now)
    open_show(room, TRIAL, now())
    room.start()
    listed = {stall.shop.channel: {"HALO": 50} for stall in TRIAL.stalls}
    with HttpSandbox(platforms_of(TRIAL, listed), TRIAL.profile, 1, now) as sandbox:
        adapters = {
            channel: make(replace(one.account, base_url=f"{sandbox.url}/{channel}"), one.secrets)
            for channel, one in sandbox.platforms.items()
        }
        inbox = Inbox(room, adapters)
        inbox.listener = runner = Runner(room, inbox, adapters, Random(1))
        yield Shops(room, inbox, sandbox, runner)
        runner.stop()
    room.stop()


def test_an_order_told_without_its_lines_is_fetched_and_sold(shops: Shops) -> None:
    shops.runner.start()
    order = shops.sandbox.buy("tiktok-us", (OrderLine("HALO", 2, 4900),))
    assert order is not None
    webhook = shops.sandbox.platforms["tiktok-us"].outbox.popleft()
    shops.inbox.deliver("tiktok-us", Delivery(webhook.headers, webhook.body, now()))
    assert until(lambda: ("tiktok-us", order.order) in shops.room.world["stress"].orders)
    assert shops.runner.calls["tiktok-us", "answered"] >= 1
    assert shops.runner.problem == ""


def test_an_order_nobody_told_is_found_in_a_list(shops: Shops) -> None:
    order = shops.sandbox.buy("shopify-us", (OrderLine("HALO", 1, 4900),))
    assert order is not None
    shops.runner.start()
    assert until(lambda: ("shopify-us", order.order) in shops.room.world["stress"].orders)


def test_an_exchange_lives_as_long_as_its_show(shops: Shops) -> None:
    shops.runner.start()
    assert until(lambda: "stress" in shops.runner.exchanges)
    listings = shops.runner.exchanges["stress"].connections["tiktok-us"].listings
    assert all(listing.unsettled for listing in listings.values()), "units were handed out before: all is in doubt"
    shops.room.handle([c.CloseShow(id="close", show="stress")], now())
    assert until(lambda: not shops.runner.exchanges)


def test_a_storefront_without_an_address_is_never_called(shops: Shops) -> None:
    quiet = {
        channel: make(replace(one.account, base_url=""), one.secrets)
        for channel, one in shops.sandbox.platforms.items()
    }
    assert Runner(shops.room, shops.inbox, quiet).adapters == {}


def test_a_storefront_that_cannot_name_its_goods_is_left_out_and_told(shops: Shops) -> None:
    shopify = shops.runner.adapters["shopify-us"]
    shopify.account = replace(shopify.account, listings={"HALO": {"sku": "HALO"}})
    shops.runner.start()
    assert until(lambda: "stress" in shops.runner.exchanges)
    assert shops.runner.exchanges["stress"].connections.keys() == {"tiktok-us"}
    assert shops.runner.problem.startswith("shopify-us cannot be called: HALO has no inventory_item_id")


def test_an_exchange_that_breaks_is_made_anew_in_doubt(shops: Shops, monkeypatch: pytest.MonkeyPatch) -> None:
    wake, broken = Exchange.wake, []

    def once(self: Exchange, at: int) -> list[Call]:
        if not broken:
            broken.append(self)
            raise ZeroDivisionError
        return wake(self, at)

    monkeypatch.setattr(Exchange, "wake", once)
    monkeypatch.setattr(runners, "PAUSE_SECONDS", 0.1)
    shops.runner.start()
    assert until(lambda: shops.runner.exchanges.get("stress") not in (None, *broken))
    assert shops.runner.problem == "Calls for stress stopped for 0.1 seconds: ZeroDivisionError in the exchange."
    assert shops.runner.alive()
    assert until(lambda: shops.runner.calls)


def test_a_call_without_an_answer_is_given_up_and_stopping_does_not_wait_for_it(
    shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "CALL_SECONDS_MAX", 0.3)
    with web() as hung:
        hung.answer = lambda asked: (hung.closed.wait(20), (200, {}, b""))[1]
        for adapter in shops.runner.adapters.values():
            adapter.account = replace(adapter.account, base_url=hung.url)
        runner = Runner(shops.room, shops.inbox, shops.runner.adapters)
        runner.start()
        assert until(lambda: runner.calls.get(("tiktok-us", "lost")))
        begun = time.monotonic()
        runner.stop()
        assert time.monotonic() - begun < 5.0


# --- one line -------------------------------------------------------------------------------------------------


def ask(url: str, path: str, seconds: float = 5.0) -> list[Response | None]:
    """What comes back for one call."""
    came: list[Response | None] = []
    line = Line(url, lambda errand, response: came.append(response))
    call = Call(1, "shop", "push", Request("POST", path, {"x-token": "sesame-header"}, b"sesame-body"), 0)
    line.send(Errand(None, call, time.monotonic() + seconds))  # type: ignore[arg-type]
    until(lambda: came, 1.0 if seconds > 0 else 0.2)
    line.close()
    return came


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with web() as shop:
        shop.answer = lambda asked: (302, {"Location": f"{shop.url}/elsewhere"}, b"")
        [answer] = ask(shop.url, "/orders?ids=1%2F2")
        assert answer is not None
        assert (answer.status, answer.headers["location"]) == (302, f"{shop.url}/elsewhere")
        assert [asked[1] for asked in shop.asked] == ["/orders?ids=1%2F2"]


def test_a_call_whose_time_is_over_never_leaves() -> None:
    with web() as shop:
        assert ask(shop.url, "/stock", seconds=0) == []
        assert shop.asked == []


def test_nobody_there_is_no_answer() -> None:
    with web() as gone:
        url = gone.url
    assert ask(url, "/stock") == [None]


def test_paths_headers_and_bodies_are_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with web() as shop:
        assert ask(shop.url, "/api?access_token=sesame-path")[0] is not None
    assert "sesame" not in caplog.text


def test_a_proxy_of_the_environment_is_not_asked_about_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with web() as shop:
        assert ask(shop.url, "/stock")[0] is not None
