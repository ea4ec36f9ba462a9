"""What all pages promise about their layout: panels and the facts of the strip keep out of each other's way."""

import itertools
from collections.abc import Sequence

from playwright.sync_api import Page

from tests.browser.conftest import Screen

PANELS = ("strip", "map", "board", "curves", "lines", "desk", "alerts")
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "blob:", "data:")

Box = dict[str, float]


def boxes(screen: Screen) -> dict[str, Box]:
    found: dict[str, Box] = {}
    for name in PANELS:
        box = screen.page.locator(f".st-key-{name}").first.bounding_box()
        assert box is not None, name
        found[name] = dict(box)
    return found


def overlap(a: Box, b: Box) -> bool:
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def check_layout(screen: Screen, width: int, height: int) -> None:
    screen.resize(width, height)
    found = boxes(screen)
    for (name, box), (other_name, other) in itertools.combinations(found.items(), 2):
        assert not overlap(box, other), f"{name} overlaps {other_name}"
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in found.values())
    facts = screen.page.locator("[data-slot=strip] > *, .st-key-links nav").all()
    parts = [dict(part.bounding_box() or {}) for part in facts if part.is_visible()]
    assert len(parts) > 6
    assert not any(overlap(a, b) for a, b in itertools.combinations(parts, 2))


def check_panels(page: Page, panels: Sequence[str], width: int, height: int) -> None:
    """Check a page of other panels: none overlaps another, all are inside the window, and nothing has to be scrolled."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(1_500)
    found = {name: dict(page.locator(f".st-key-{name}").first.bounding_box() or {}) for name in panels}
    for (name, box), (other_name, other) in itertools.combinations(found.items(), 2):
        assert not overlap(box, other), f"{name} overlaps {other_name}"
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in found.values())
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("n => [n.scrollHeight - n.clientHeight, n.scrollWidth - n.clientWidth]") == [0, 0]
