"""A journey through Stress in a real browser: the smallest test from the click to the verdict, with the room untouched."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, WarRoom, opened
from tests.browser.layout import LOCAL, check_panels

PANELS = ("strip", "wishes", "verdict", "picture", "figures", "beside", "calls")


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, war_room: WarRoom, asked: list[str]) -> Iterator[Page]:
    with opened(browser, f"{war_room.url}/stress", asked) as found:
        found.wait_for_selector(".verdict", timeout=PATIENCE)
        yield found


def test_one_click_leads_to_the_verdict_by_keyboard_alone(page: Page) -> None:
    orders = page.get_by_label("Orders")
    orders.fill("60")
    orders.press("Enter")
    page.get_by_role("button", name="Run", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict.transit, .verdict.green", timeout=PATIENCE)
    page.wait_for_selector(".verdict.green", timeout=PATIENCE)
    page.wait_for_selector(".beside th:has-text('naive, buffer 0')", timeout=PATIENCE)
    assert "Nothing was oversold" in page.locator(".verdict").inner_text()
    page.wait_for_function(
        "() => document.querySelector('[data-chart=picture]').textContent.includes('unsold (truth)')", timeout=PATIENCE
    )


def test_a_reload_shows_the_same_test_again(page: Page) -> None:
    assert "run=" in page.url
    verdict = page.locator(".verdict").inner_text()
    page.reload()
    page.wait_for_selector(".verdict.green", timeout=PATIENCE)
    assert page.locator(".verdict").inner_text() == verdict


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_overlaps_on_stress(page: Page, size: tuple[int, int]) -> None:
    check_panels(page, PANELS, *size)


def test_every_request_went_to_this_machine(asked: list[str]) -> None:
    assert asked
    assert not [url for url in asked if not url.startswith(LOCAL)]
