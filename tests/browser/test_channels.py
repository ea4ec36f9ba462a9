"""A journey through Channels in a real browser: every channel of the demo, by the links of the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, WarRoom, opened
from tests.browser.layout import LOCAL, check_panels

PANELS = ("strip", "channel_table", "letters", "platforms")


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, war_room: WarRoom, asked: list[str]) -> Iterator[Page]:
    with opened(browser, f"{war_room.url}/stress?lang=zh", asked) as found:
        found.get_by_role("link", name="渠道").click()
        found.wait_for_selector(".channels tbody tr", timeout=PATIENCE)
        yield found


def test_a_link_keeps_show_and_language(page: Page, war_room: WarRoom) -> None:
    assert f"show={war_room.frame()['show']}" in page.url
    assert "平台" in page.locator(".channels thead").inner_text()


def test_every_channel_has_a_row_and_every_platform_what_it_can_do(page: Page, war_room: WarRoom) -> None:
    shown = page.locator(".channels tbody").inner_text()
    assert all(row["name"] in shown for row in war_room.frame()["channels"])
    assert page.locator(".platforms tbody tr").count() > 5


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_overlaps_on_channels(page: Page, size: tuple[int, int]) -> None:
    check_panels(page, PANELS, *size)


def test_every_request_went_to_this_machine(asked: list[str]) -> None:
    assert asked
    assert not [url for url in asked if not url.startswith(LOCAL)]
