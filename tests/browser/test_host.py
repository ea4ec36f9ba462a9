"""A host's phone in a real browser, by its link: readable, alive, tapped, and back by itself after the server was killed."""

import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.decision import commands as c
from dashboard.host_links import beside
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks.processes import WARROOM, Server, free_port
from tests.browser.layout import LOCAL

PATIENCE = 30_000
MINUTE = 60_000_000
SHOW, CHANNEL, LANGUAGES = "tonight", "tiktok-us", ("en", "th", "de", "ja")
ALLOCATED, SOLD = 60, 49
TITLE = "Windproof hooded jacket · moss green"


def evening(now: int) -> list[c.Command]:
    """A show that began forty minutes ago; by now a fifth of its jackets is not there any more."""
    start = now - 40 * MINUTE
    common: dict[str, Any] = {"show": SHOW, "event_time": start - MINUTE}
    sales = [
        c.PlaceOrder(
            id=f"sale/{number}", show=SHOW, event_time=start + number * 48_000_000, channel=CHANNEL, order=f"old-{number}",
            lines=(c.OrderLine("JACKET", 1, 4900),), country="US",
        )
        for number in range(SOLD)
    ]  # fmt: skip
    return [
        c.OpenShow(
            id="open", **common, title="Tonight", starts_at=start, ends_at=start + 120 * MINUTE,
            skus=(c.Sku("JACKET", TITLE, price_minor=4900), c.Sku("SCARF", "Wool scarf", price_minor=1900)),
            locations=(c.Location("LA", kind="forward"),), regions=(c.Region("US", countries=("US",)),),
            lanes=(c.Lane("LA", "US"),), channels=(c.Channel(CHANNEL, "tiktok", "US", name="TikTok US", language="en"),),
            rundown=(c.Segment(0, 3600, "JACKET"), c.Segment(3600, 7200, "SCARF")),
        ),
        c.ReceiveGoods(id="goods", **common, location="LA", sku="JACKET", quantity=ALLOCATED, pool="region/US"),
        c.ReceiveGoods(id="more", **common, location="LA", sku="SCARF", quantity=500, pool="region/US"),
        c.SetSpeech(id="speech", **common, channel=CHANNEL, languages=LANGUAGES, register="lively"),
        *sales,
    ]  # fmt: skip


class Studio:
    """The server on one port and one journal, which can be killed and started again, and the address of its link."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.port, self.folder = folder / "show.duckdb", free_port(), folder
        now = time.time_ns() // 1000
        room = Room(Journal(self.journal), clock=lambda: now)
        assert all(answer.status == "accepted" for answer in room.handle(evening(now), None))
        room.stop()
        self.link = beside(str(self.journal)).address(f"http://127.0.0.1:{self.port}", SHOW, CHANNEL, now)
        self.start()

    def start(self) -> None:
        """Serve, and wait until the server answers."""
        command = [*WARROOM, "serve", "--db", str(self.journal), "--port", str(self.port)]
        self.server = Server(command, self.port, self.folder / "log.txt").__enter__()

    def kill(self) -> None:
        """End the server as a power cut does."""
        self.server.process.kill()
        self.server.process.wait()

    def frame(self) -> dict[str, Any]:
        """The frame of this tick."""
        with urllib.request.urlopen(f"{self.server.url}/api/frame?show={SHOW}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def sell(self, number: int) -> None:
        """Sell one jacket."""
        order = {"channel": CHANNEL, "order_id": f"new-{number}", "sku": "JACKET", "quantity": 1}
        asked = urllib.request.Request(f"{self.server.url}/api/orders", json.dumps(order).encode(), method="POST")
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert json.load(answer)["status"] == "accepted"


@pytest.fixture(scope="module")
def studio(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    found = Studio(tmp_path_factory.mktemp("studio"))
    yield found
    found.kill()


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def phone(browser: Browser, studio: Studio, asked: list[str]) -> Iterator[Page]:
    """A phone that was never signed in and is reached under another name than this machine's own."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, extra_http_headers={"X-Forwarded-For": "10.0.0.7"}
    )
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(studio.link)
    page.wait_for_selector(".h-now q", timeout=PATIENCE)
    yield page
    context.close()


FITS = """() => {
  const box = (name) => document.querySelector(name).getBoundingClientRect();
  const text = document.querySelector(".h-now q"), bar = box(".h-bar"), now = box(".h-now");
  const main = document.querySelector("[data-testid=stMain]"), root = document.scrollingElement;
  return {
    pixels: parseFloat(getComputedStyle(text).fontSize),
    wide: Math.max(main.scrollWidth - main.clientWidth, root.scrollWidth - root.clientWidth, text.scrollWidth - text.clientWidth),
    inside: box(".h-now q").top >= now.top && box(".h-now q").bottom <= now.bottom && now.bottom <= bar.top,
    taps: [...document.querySelectorAll(".host a, .host button, .h-bar button")].map((one) => one.getBoundingClientRect())
      .map((one) => Math.min(one.width, one.height)),
    off: [...document.querySelectorAll(".host *, .h-bar *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).length,
  };
}"""
WHOLE = f"() => ['.h-now q', '.h-bar', '.h-now'].every((name) => document.querySelector(name)) && ({FITS})()"
"""The same, at a moment at which no tick is just putting another line in its place."""


@pytest.mark.parametrize("size", [(390, 844), (1024, 768)])
def test_every_language_is_read_from_afar_and_nothing_is_cut_off(phone: Page, size: tuple[int, int]) -> None:
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    for language in reversed(LANGUAGES):
        before = phone.locator(".h-now q").get_attribute("lang")
        if before != language:
            phone.locator(f".h-chips [lang={language}]").click()
            phone.wait_for_selector(f".h-now q[lang={language}]", timeout=PATIENCE)
        phone.wait_for_function("getComputedStyle(document.documentElement).getPropertyValue('--say') !== '44px'")
        found = phone.wait_for_function(WHOLE).json_value()
        assert found["pixels"] >= 32, (language, found)
        assert found["wide"] <= 0, (language, found)
        assert found["inside"], (language, found)
        assert min(found["taps"]) >= 44, (language, found)
        assert found["off"] == 0, (language, found)


def test_the_number_on_the_phone_moves_with_the_sales(phone: Page, studio: Studio) -> None:
    left = ALLOCATED - SOLD
    assert f"{left} " in phone.locator(".h-now q").inner_text()
    assert TITLE in phone.locator(".h-now q").inner_text()
    studio.sell(1)
    phone.wait_for_function(f"document.querySelector('.h-now q').textContent.includes('{left - 1} ')", timeout=PATIENCE)
    assert "host-old" not in (phone.locator("body").get_attribute("class") or "")


def test_a_tap_notes_the_very_line_and_lets_it_rest(phone: Page, studio: Studio) -> None:
    shown = phone.locator(".h-now q").inner_text()
    phone.locator(".h-say").click()
    phone.wait_for_selector(".h-noted.good", timeout=PATIENCE)
    assert shown in phone.locator(".h-noted").inner_text()
    phone.wait_for_function(f"document.querySelector('.h-now').textContent.includes({json.dumps(shown)}) === false")
    said = next(row for row in studio.frame()["audit"] if row["type"] == "line_said")
    assert said["actor"] == f"host-link:{CHANNEL}"


def test_it_says_that_it_is_old_and_comes_back_by_itself_after_the_server_was_killed(
    phone: Page, studio: Studio
) -> None:
    address = phone.url
    studio.kill()
    phone.wait_for_selector("body.host-old .h-old", timeout=PATIENCE)
    assert "do not read numbers" in phone.locator(".h-old").inner_text()
    assert not phone.locator("[data-testid=stDialog]").is_visible()
    assert phone.locator(".h-now").evaluate("node => getComputedStyle(node).opacity") < "0.5"
    last = phone.locator(".h-run time").inner_text()
    studio.start()
    phone.wait_for_function(
        f"!document.body.classList.contains('host-old') && document.querySelector('.h-run time')?.textContent !== '{last}'",
        timeout=PATIENCE,
    )
    assert phone.url == address
    assert phone.locator(".h-head b").inner_text() == "TikTok US"
    assert phone.locator(".h-say").count() == 1


def test_every_request_went_to_this_machine(phone: Page, asked: list[str]) -> None:
    assert asked
    assert not [url for url in asked if not url.startswith(LOCAL)]
