"""Pretended platforms over real HTTP: native calls, their own limits and clocks, faults, webhooks."""

import time
from dataclasses import replace
from email.utils import parsedate_to_datetime

import httpx
import pytest

from dashboard.channels.adapters import make
from dashboard.channels.sandbox import http
from dashboard.channels.sandbox.faults import PROFILES, SECOND, Profile
from dashboard.channels.sandbox.http import HttpSandbox
from dashboard.channels.sandbox.http_stress import platforms_of
from dashboard.channels.sandbox.stress import STALLS, Trial
from dashboard.decision.world import OrderLine
from tests.channels.web_kit import until, web

FAST = replace(PROFILES["none"], lag_seconds=0.001)
LINES = (OrderLine("HALO", 1, 4900),)


def now() -> int:
    return time.time_ns() // 1000


def sandbox(profile: Profile = FAST) -> HttpSandbox:
    """Every kind of platform, each listing ten units."""
    trial = Trial(profile=profile, skus=("HALO",))
    return HttpSandbox(platforms_of(trial, {one.shop.channel: {"HALO": 10} for one in STALLS}), profile, 1, now)


@pytest.mark.parametrize("channel", [stall.shop.channel for stall in STALLS])
def test_every_platform_answers_its_own_calls_and_counts_them_against_the_lane_our_adapter_means(channel: str) -> None:
    with sandbox() as shops, httpx.Client(trust_env=False) as client:
        platform = shops.platforms[channel]
        adapter = make(platform.account, platform.secrets)
        order = shops.buy(channel, LINES)
        assert order is not None
        for request in (adapter.ask_levels(["HALO"], now()), adapter.fetch_orders([order.order], now())):
            before = {lane: len(calls) for lane, calls in platform.calls.items()}
            url = f"{shops.url}/{channel}{request.path}"
            answer = client.request(request.method, url, headers=request.headers, content=request.body)
            assert answer.status_code == 200, answer.text
            assert len(platform.calls[request.lane]) == before[request.lane] + 1
        assert platform.level("HALO") == 9


def test_an_unknown_storefront_is_not_found() -> None:
    with sandbox() as shops:
        assert httpx.get(f"{shops.url}/nobody/orders", trust_env=False).status_code == 404


def test_an_answer_carries_the_platforms_own_clock() -> None:
    with sandbox() as shops:
        platform = shops.platforms["shopify-us"]
        platform.skew = 3600 * SECOND
        request = make(platform.account, platform.secrets).ask_levels(["HALO"], now())
        url = f"{shops.url}/shopify-us{request.path}"
        answer = httpx.post(url, headers=request.headers, content=request.body, trust_env=False)
        [told] = answer.headers.get_list("date")
        ahead = parsedate_to_datetime(told).timestamp() - time.time()
        assert 3590 < ahead < 3610


def test_a_lost_call_is_held_until_the_caller_gives_up() -> None:
    with sandbox(replace(FAST, calls_lost=1.0)) as shops, pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{shops.url}/own-sea/orders", timeout=0.2, trust_env=False)


def test_a_platform_that_is_out_sells_nothing_and_answers_503_or_nothing() -> None:
    with sandbox(replace(FAST, outages=1, outage_seconds=60.0)) as shops:
        shops.begin(now() + 10 * SECOND)
        assert until(lambda: shops.is_out("own-sea"), 0.5)
        assert shops.buy("own-sea", LINES) is None
        said = set()
        for _ in range(6):
            try:
                said.add(httpx.get(f"{shops.url}/own-sea/orders", timeout=0.2, trust_env=False).status_code)
            except httpx.ReadTimeout:
                said.add(0)
        assert said <= {0, 503}


def test_a_webhook_is_posted_to_the_room_and_again_when_it_was_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "RETRY_SECONDS", (0.05, 0.05))
    with web() as room, sandbox() as shops:
        room.answer = lambda asked: (503 if len(room.asked) == 1 else 200, {}, b"{}")
        shops.room_url = room.url
        assert shops.buy("youtube-us", LINES) is not None
        assert until(lambda: shops.delivered == {503: 1, 200: 1})
        assert [asked[1] for asked in room.asked] == ["/channels/youtube-us"] * 2
        assert room.asked[0][2] == room.asked[1][2]


def test_nobody_is_told_of_what_is_lost_and_doubles_come_twice() -> None:
    with web() as room, sandbox(replace(FAST, webhooks_doubled=1.0)) as shops:
        shops.weather.chance.uniform = lambda low, high: low  # type: ignore[method-assign]
        shops.room_url = room.url
        assert shops.buy("own-sea", LINES) is not None
        assert until(lambda: len(room.asked) == 2)
        shops.weather.profile = replace(FAST, webhooks_lost=1.0)
        assert shops.buy("own-sea", LINES) is not None
        assert not until(lambda: len(room.asked) > 2, 0.2)
