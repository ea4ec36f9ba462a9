"""The switch in a real browser: a first visit speaks its language, a choice stays, and leads back to where one was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, WarRoom


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A browser of somebody in Tokyo who reads Chinese."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Tokyo")
    found = context.new_page()
    yield found
    context.close()


def test_language_and_clock_are_chosen_once_for_all_pages(page: Page, war_room: WarRoom) -> None:
    page.goto(f"{war_room.url}/channels")
    page.wait_for_selector(".switch summary:text-is('中文 · 上海')", timeout=PATIENCE)
    assert page.inner_text(".st-key-links [aria-current=page]") == "渠道", "nobody chose yet: the browser's language"
    page.click(".switch summary")
    page.click(".switch a:text-is('English')")
    page.wait_for_selector(".switch summary:text-is('EN · Shanghai')", timeout=PATIENCE)
    assert page.url.rstrip("/").endswith("/channels")
    page.goto(f"{war_room.url}/audit?lang=zh")
    page.wait_for_selector(".switch summary:text-is('中文 · 上海')", timeout=PATIENCE)
    page.click(".switch summary")
    page.fill(".switch input[name=tz]", "berlin")
    page.press(".switch input[name=tz]", "Enter")
    page.wait_for_selector(".switch summary:text-is('EN · Berlin')", timeout=PATIENCE)
    assert "/audit" in page.url
    assert "lang=" not in page.url, "what the address said would outrank the choice"
