"""The switch's route: what a browser is told to remember, and that it leads nowhere else."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest
from starlette.applications import Starlette

from dashboard import preferences
from dashboard.catalogues import LANGUAGE_COOKIE, ZONE_COOKIE


def ask(address: str, base: str = "http://testserver", headers: dict[str, str] | None = None) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=[*preferences.routes()]))
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.get(address, headers=headers)

    with ThreadPoolExecutor(1) as apart:  # a browser test before this one may have left a loop running in this thread
        return apart.submit(asyncio.run, asked()).result()


def test_a_choice_is_remembered_for_a_year_and_leads_back() -> None:
    answer = ask("/prefer?lang=zh&tz=Europe/Berlin&back=/replay%3Fshow%3Dnight%26at%3DT%252B05:00")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/replay?show=night&at=T%2B05:00"
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.partition(";")[0] for cookie in cookies] == [
        f"{LANGUAGE_COOKIE}=zh", f"{ZONE_COOKIE}=Europe:Berlin",
    ]  # fmt: skip
    assert all("samesite=lax" in cookie.lower() and "max-age=31536000" in cookie.lower() for cookie in cookies)
    assert not any("secure" in cookie.lower() for cookie in cookies)


def test_over_https_the_cookies_stay_there() -> None:
    answer = ask("/prefer?lang=en", "https://testserver")
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("europe/berlin", "Europe/Berlin"), ("Berlin", "Europe/Berlin"), (" los angeles ", "America/Los_Angeles"),
        ("UTC", "UTC"), ("show", "show"), ("browser", "browser"), ("America/Argentina/Buenos_Aires",) * 2,
    ],
)  # fmt: skip
def test_a_zone_may_be_named_by_its_city(typed: str, known: str) -> None:
    assert preferences.zone(typed) == known


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("lang=fr", "lang is 'fr'; the screens speak en and zh."),
        ("tz=Atlantis", "tz is 'Atlantis'; write a time zone such as Europe/Berlin, UTC, show or browser."),
        ("tz=../../etc/passwd", "tz is '../../etc/passwd'; write a time zone such as"),
        ("lang=zh&tz=%0d%0aSet-Cookie:x=1", "tz is '\\r\\nSet-Cookie:x=1'; write"),
    ],
)
def test_what_nobody_can_prefer_is_refused_and_nothing_remembered(query: str, sentence: str) -> None:
    answer = ask(f"/prefer?{query}&back=/audit")
    assert (answer.status_code, answer.text.startswith(sentence)) == (400, True), answer.text
    assert "set-cookie" not in answer.headers


ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n//evil.example",
    "https://evil.example", "HTTPS:evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", "./audit",
    "%2F%2Fevil.example", "/%2F/evil.example", "/%5Cevil.example", "/..//evil.example", "/.//evil.example",
    "/a//evil.example", "/audit\r\nLocation: //evil.example", "//user@evil.example", "/@evil.example", "/:80", "",
    "//[evil", "/ｅｖｉｌ", " //evil.example", "/\u2028/evil.example",
]  # fmt: skip


@pytest.mark.parametrize("back", ELSEWHERE)
@pytest.mark.parametrize("times", [1, 2])
def test_a_link_leads_to_no_other_machine(back: str, times: int) -> None:
    encoded = back
    for _ in range(times):
        encoded = quote(encoded, safe="")
    answer = ask(f"/prefer?lang=zh&back={encoded}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_language_in_the_address_gives_way_to_the_choice() -> None:
    answer = ask("/prefer?lang=en&back=" + quote("/audit?lang=zh&show=a b&tz=UTC&seq=7", safe=""))
    assert answer.headers["location"] == "/audit?show=a+b&seq=7"


def test_a_page_that_moved_on_is_returned_to_where_it_stands() -> None:
    link = "/prefer?lang=zh&back=/replay%3Fat%3DT%252B05:00"
    moved = ask(link, headers={"referer": "http://testserver/replay?at=T%2B09:00&lang=en"})
    assert moved.headers["location"] == "/replay?at=T%2B09:00"
    for other in ("http://evil.example/replay?at=1", "http://testserver/audit?x=1", "http://[bad", ""):
        answer = ask(link, headers={"referer": other})
        assert answer.headers["location"] == "/replay?at=T%2B05:00", other
