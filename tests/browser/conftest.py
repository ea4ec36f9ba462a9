"""A real browser before the real server: the demo show runs in a process of its own, on a free port.

Skipped with a clear message where there is no Chromium; `CHROMIUM=/path/to/it` names one, /usr/bin/chromium is tried first.
"""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
START_SECONDS_MAX = 90
PATIENCE = 90_000
LOADED = "[data-testid='stApp'][data-test-script-state='notRunning']"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey, so that `-m 'not browser'` leaves them out."""
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once."""
    executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(executable).exists():
        pytest.skip(f"no browser: {executable} does not exist; install chromium or set CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield found
        found.close()


@contextmanager
def opened(browser: Browser, url: str, asked: list[str]) -> Iterator[Page]:
    """Open a page on a control room's screen, loaded; notes every address it asks for."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.wait_for_selector(LOADED, timeout=PATIENCE)
    yield page
    context.close()


class WarRoom:
    """The served demo: its address, and its frame for comparison with what the screen shows."""

    def __init__(self, url: str) -> None:
        self.url = url

    def frame(self) -> dict[str, Any]:
        """Fetch the frame of this tick."""
        with urllib.request.urlopen(f"{self.url}/api/frame", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def alive(self) -> bool:
        """Say whether the server answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="session")
def war_room(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarRoom]:
    """Serve the demo show from its fifth minute, before any rule has touched the flexible pool."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("demo") / "log.txt"
    command = [
        sys.executable,
        "-c",
        "from dashboard.cli import main; main()",
        "demo",
        "--start",
        "T+05:00",
        "--port",
        str(port),
    ]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        found = WarRoom(f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + START_SECONDS_MAX
        while not found.alive():
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"the demo did not start: {log.read_text()[-2000:]}")
            time.sleep(0.3)
        yield found
        process.terminate()
        process.wait(timeout=20)


class Screen:
    """One open page and every address it has asked for; shared by the journeys, because loading it takes longest."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda websocket: self.asked.append(websocket.url))
        page.goto(url)
        page.wait_for_selector(LOADED, timeout=PATIENCE)
        page.wait_for_function("document.querySelector('[data-slot=strip]')?.childElementCount > 3", timeout=PATIENCE)
        page.wait_for_selector(".st-key-map canvas", timeout=PATIENCE)
        page.wait_for_timeout(2_500)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size and let the page settle."""
        if self.page.viewport_size != {"width": width, "height": height}:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(2_000)

    def clock(self) -> str:
        """Return the show time on screen."""
        return self.page.locator(".fact.clock b").inner_text()


@pytest.fixture(scope="module")
def live(browser: Browser, war_room: WarRoom) -> Iterator[Screen]:
    """Open Live on the one main screen."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    yield Screen(context.new_page(), war_room.url)
    context.close()
