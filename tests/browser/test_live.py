"""Journeys through Live in a real browser: local only, nothing overlaps, ticks in place; the desk's are in test_desk.py."""

import io

import pytest
from PIL import Image

from tests.browser.conftest import PATIENCE, Screen, WarRoom
from tests.browser.layout import LOCAL, check_layout

LAND, GREEN, YELLOW = (32, 42, 53), (63, 182, 139), (230, 179, 61)


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_overlaps_on_live(live: Screen, size: tuple[int, int]) -> None:
    check_layout(live, *size)


def test_live_fits_the_main_screen_without_scrolling(live: Screen) -> None:
    live.resize(1920, 1080)
    beyond = live.page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(n => [n.scrollHeight - n.clientHeight, n.scrollWidth - n.clientWidth])"
    )
    assert beyond == [[0, 0], [0, 0]]


def test_the_map_shows_land_demand_and_stock(live: Screen) -> None:
    live.resize(1920, 1080)
    picture = Image.open(io.BytesIO(live.page.locator(".st-key-map").screenshot())).convert("RGB")
    colours = {colour: count for count, colour in picture.getcolors(1 << 24) or []}
    assert colours.get(LAND, 0) > 20_000
    assert sum(count for (red, _, blue), count in colours.items() if blue > 90 and blue > 1.5 * red) > 3_000, (
        "no demand"
    )
    assert colours.get(GREEN, 0) > 50
    assert colours.get(YELLOW, 0) > 50


def test_the_page_ticks_in_place_without_fading(live: Screen) -> None:
    live.page.evaluate(
        """() => { window.faded = []; window.canvas0 = document.querySelector('.st-key-map canvas');
        window.row0 = document.querySelector('.rows .row');
        const parts = '.st-key-room [data-testid=stElementContainer], .st-key-room [data-testid=stVerticalBlock]';
        window.sampler = setInterval(() => { for (const part of document.querySelectorAll(parts))
          if (+getComputedStyle(part).opacity < 1) window.faded.push(part.className); }, 100); }"""
    )
    before = live.clock()
    live.page.wait_for_timeout(6_000)
    assert live.clock() != before
    assert live.page.evaluate("clearInterval(window.sampler), window.faded") == []
    assert live.page.evaluate("window.canvas0.isConnected"), "the map was rebuilt instead of updated in place"
    assert live.page.evaluate("window.row0.isConnected"), "the board was rebuilt instead of updated in place"


def test_the_record_of_the_countdown_stays_open_while_the_page_ticks(live: Screen) -> None:
    live.page.wait_for_selector("details.record", timeout=PATIENCE)
    live.page.evaluate("document.querySelector('details.record summary').click()")
    before = live.clock()
    live.page.wait_for_timeout(4_000)
    assert live.clock() != before
    grades = live.page.locator(".grades")
    assert grades.is_visible()
    board, box = (dict(live.page.locator(part).bounding_box() or {}) for part in (".st-key-board", ".grades"))
    assert board["y"] <= box["y"]
    assert box["x"] + box["width"] <= board["x"] + board["width"]
    live.page.evaluate("document.querySelector('details.record summary').click()")
    assert grades.is_hidden()


def test_half_typed_input_survives_the_ticks(live: Screen) -> None:
    reason = live.page.get_by_label("Reason")
    reason.click()
    live.page.keyboard.type("the EU spi")
    before = live.clock()
    live.page.wait_for_timeout(4_000)
    assert live.clock() != before
    live.page.keyboard.type("ke")
    assert reason.input_value() == "the EU spike"


def test_what_is_on_screen_is_what_the_frame_says(live: Screen, war_room: WarRoom) -> None:
    shown, frame = live.page.locator("[data-slot=strip]").inner_text(), war_room.frame()
    assert frame["title"] in shown
    assert f"sold of {frame['totals']['allocated']:,}" in shown


def test_every_request_went_to_this_machine(live: Screen) -> None:
    assert any("countries.geojson" in url for url in live.asked)
    assert not [url for url in live.asked if not url.startswith(LOCAL)]
