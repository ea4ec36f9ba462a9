"""A journey through Review in a real browser: the proof of a small show, a rerun of it, and both side by side."""

import itertools
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import LOADED, PATIENCE, WarRoom, opened
from tests.browser.layout import LOCAL, overlap

PANELS = (
    "proof",
    "sums",
    "curve",
    "converted",
    "lost",
    "places",
    "acts",
    "known",
    "next",
    "whatif",
    "tried",
    "take",
    "verify",
)


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(browser: Browser, war_room: WarRoom, asked: list[str]) -> Iterator[Page]:
    with opened(browser, f"{war_room.url}/review", asked) as found:
        found.wait_for_selector("[data-slot=standing] p", timeout=PATIENCE)
        yield found


def test_the_review_so_far_is_built_when_asked_for_and_proves_that_nothing_was_oversold(page: Page) -> None:
    assert "This show goes on" in page.locator("[data-slot=standing]").inner_text()
    page.get_by_role("button", name="Build the review").click()
    page.wait_for_selector(".st-key-review_proof .verdict.green", timeout=PATIENCE)
    proof = page.locator(".st-key-review_proof").inner_text()
    assert "Nothing was oversold" in proof
    assert "chain and books hold" in proof
    assert "The show goes on" in proof
    assert page.locator(".converted tbody tr").count() == 9


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_overlaps_on_review(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_timeout(1_000)
    found = {name: dict(page.locator(f".st-key-review_{name}").bounding_box() or {}) for name in PANELS}
    for (name, box), (other_name, other) in itertools.combinations(found.items(), 2):
        assert not overlap(box, other), f"{name} overlaps {other_name}"
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= size[0] for box in found.values())
    assert page.locator("[data-testid=stMain]").evaluate("n => n.scrollWidth - n.clientWidth") == 0
    parts = [part.bounding_box() for part in page.locator("[data-slot=strip] > *, .st-key-links nav").all()]
    boxes = [dict(box) for box in parts if box]
    assert not any(overlap(a, b) for a, b in itertools.combinations(boxes, 2))


def test_the_show_is_run_again_under_a_change_and_stands_side_by_side_in_replay(page: Page) -> None:
    when = page.get_by_label("When")
    when.fill("T+02:00")
    when.press("Enter")
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_function("document.querySelector('.st-key-whatif_text textarea').value.includes('[[move]]')")
    page.get_by_role("button", name="Run it again").click()
    page.wait_for_selector(".tried tbody tr", timeout=PATIENCE)
    assert "difference" in page.locator(".tried").first.inner_text()
    assert "another history from there on" in page.locator(".st-key-review_tried").inner_text()
    page.get_by_text("Side by side in Replay").click()
    page.wait_for_url("**/replay?*run=*", timeout=PATIENCE)
    page.wait_for_selector(LOADED, timeout=PATIENCE)
    page.wait_for_function("document.querySelectorAll('[data-slot*=strip]').length >= 2", timeout=PATIENCE)


def test_every_request_went_to_this_machine(asked: list[str]) -> None:
    assert asked
    assert not [url for url in asked if not url.startswith(LOCAL)]
