"""Journeys through Replay in a real browser: a show of one hour in a journal of its own, served, played and compared."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard.decision import commands as c
from dashboard.journal.store import Journal
from dashboard.room import Room
from tests.benchmarks.processes import WARROOM, Server, free_port
from tests.browser.conftest import PATIENCE, Screen
from tests.browser.layout import LOCAL, check_layout, check_panels

SECOND = 1_000_000
MINUTE = 60 * SECOND
NOON = 1_773_489_600 * SECOND
SHOW = "rings"
CLOCK = ".fact.clock b"
PARTS = ("strip", "board", "curves", "channels")
HALVES = ("controls", "differences", *(f"{half}_{part}" for half in ("first", "second") for part in PARTS))


def ordered(minute: int) -> c.PlaceOrder:
    """An order a minute, in the middle of it."""
    at = NOON + minute * MINUTE + 30 * SECOND
    lines = (c.OrderLine("RING", 1, 1999),)
    return c.PlaceOrder(
        id=f"o{minute}", show=SHOW, event_time=at, channel="shop-us", order=f"o{minute}", lines=lines, country="US"
    )


def journal(path: Path) -> None:
    """Write the show: a ring sold every minute, a limit at T+10:00, units moved at T+20:00.5, an alert at T+30:00."""

    def told(minute: float) -> dict[str, Any]:
        return {"show": SHOW, "event_time": NOON + round(minute * MINUTE)}

    world: dict[str, Any] = {
        "skus": (c.Sku("RING", title="Ring", price_minor=1999), c.Sku("LAMP", title="Lamp", price_minor=4900)),
        "locations": (c.Location("LA", name="Los Angeles", kind="forward", latitude=34, longitude=-118),),
        "regions": (c.Region("US", countries=("US",)), c.Region("EU", countries=("DE",))),
        "lanes": (c.Lane("LA", "US"), c.Lane("LA", "EU")),
        "channels": (c.Channel("shop-us", "shopify", "US"), c.Channel("shop-eu", "shopify", "EU")),
        "rundown": (c.Segment(0, 1500, "RING"), c.Segment(1500, 3600, "LAMP", "Lamp, the launch")),
    }
    moved = {"sku": "RING", "from_pool": "flexible", "to_pool": "region/EU", "quantity": 50}
    deeds: list[c.Command] = [
        *(ordered(minute) for minute in range(60)),
        c.SetLimit(id="limit", **told(10), sku="RING", region="EU", units_per_order=2),
        c.Reallocate(id="move", **told(20 + 0.5 / 60), **moved),
        c.RaiseAlert(id="alert", **told(30), alert="a", rule="watch", severity="warning", what="Look at the rings."),
    ]
    room = Room(Journal(path), clock=lambda: NOON)
    answers = room.handle(
        [
            c.OpenShow(id="open", title="Rings", starts_at=NOON, ends_at=NOON + 60 * MINUTE, **told(-5), **world),
            c.ReceiveGoods(id="rings", **told(-4), location="LA", sku="RING", quantity=200),
            c.ReceiveGoods(id="us", **told(-3), location="LA", sku="RING", quantity=100, pool="region/US"),
            *sorted(deeds, key=lambda deed: deed.event_time or 0),
            c.CloseShow(id="close", **told(60)),
        ],
        None,
    )
    assert all(answer.status == "accepted" for answer in answers), answers
    room.journal.close()


@pytest.fixture(scope="module")
def replay(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """Serve that journal, and open Replay at the fourth minute."""
    folder = tmp_path_factory.mktemp("replay")
    journal(folder / "show.duckdb")
    port = free_port()
    command = [*WARROOM, "serve", "--db", str(folder / "show.duckdb"), "--port", str(port)]
    with Server(command, port, folder / "log.txt") as it:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        yield Screen(context.new_page(), f"{it.url}/replay?at=T%2B04:00")
        context.close()


def shows(page: Page, time: str, address: str = "", half: str = "") -> None:
    """Wait until a moment is on screen and the address names it."""
    page.wait_for_function(
        """([clock, time, address]) => document.querySelector(clock)?.innerText === time
        && decodeURIComponent(location.search).includes(address)""",
        arg=[f"[data-slot={half}strip] {CLOCK}", time, address or f"at={time}"],
        timeout=PATIENCE,
    )


def go_to(page: Page, text: str, half: str = "at") -> None:
    """Type a moment where one types it."""
    field = page.locator(f".transport-time input[data-half={half}]")
    field.fill(text)
    field.press("Enter")


def across(page: Page, share: float) -> tuple[float, float]:
    """A point on the scale of the axis."""
    box = page.locator(".axis").bounding_box()
    assert box is not None
    return box["x"] + share * box["width"], box["y"] + box["height"] - 6


def stands(page: Page) -> None:
    """Stop a playing show, and wait until the second it stopped at is on screen."""
    page.keyboard.press(" ")
    page.wait_for_function("!window.warRoomTimeline.playing && !window.warRoomTimeline.wish", timeout=PATIENCE)
    page.wait_for_function("window.warRoomTimeline.answered === window.warRoomTimeline.number", timeout=PATIENCE)


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768)])
def test_nothing_overlaps_on_replay(replay: Screen, size: tuple[int, int]) -> None:
    check_layout(replay, *size)


def test_everything_that_happened_is_marked_and_a_click_on_it_goes_right_there(replay: Screen) -> None:
    page = replay.page
    assert page.locator(".axis-lane.alerts .axis-flag").count() == 1
    assert page.locator(".axis-slot").all_inner_texts() == ["Ring", "Lamp, the launch"]
    move = page.locator(".axis-lane.deeds .axis-flag").nth(1)
    move.hover()
    assert "50 units Flexible pool → EU" in page.locator(".axis-tip").inner_text()
    move.click()
    shows(page, "T+20:00", "at=T+20:00.5")
    page.locator(".axis-slot").nth(1).click()
    shows(page, "T+25:00")
    assert "\n25\nsold of 300" in page.locator("[data-slot=strip]").inner_text(), (
        "a ring was sold in each of 25 minutes"
    )


def test_it_plays_on_by_itself_in_place(replay: Screen) -> None:
    page = replay.page
    page.evaluate(
        "window.kept = ['.st-key-map canvas', '.axis-flag', '.rows .row'].map(x => document.querySelector(x))"
    )
    page.get_by_role("button", name="60×").click()
    page.keyboard.press(" ")
    page.wait_for_function(f"document.querySelector('{CLOCK}').innerText > 'T+26:00'", timeout=PATIENCE)
    stands(page)
    assert page.evaluate("window.kept.map(x => x.isConnected)") == [True, True, True], "a part of the page was rebuilt"
    second = int(page.evaluate("window.warRoomTimeline.at"))
    shows(page, f"T+{second // 60:02d}:{second % 60:02d}")


def test_a_dragged_playhead_shows_the_very_second_it_was_left_at_and_so_does_its_address(replay: Screen) -> None:
    page = replay.page
    steps = page.evaluate("history.length")
    page.mouse.move(*across(page, 0.2))
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(*across(page, 0.2 + 0.05 * step))
    page.mouse.move(*across(page, 0.55))
    page.mouse.up()
    second = page.evaluate("window.warRoomTimeline.at")
    assert second == pytest.approx(0.55 * 3600, abs=6)
    time = f"T+{int(second // 60):02d}:{int(second % 60):02d}"
    shows(page, time)
    assert page.evaluate("history.length") == steps, "the way back does not lead through every second"
    page.reload()
    shows(page, time)


def test_two_moments_stand_side_by_side_and_play_together(replay: Screen) -> None:
    page = replay.page
    page.get_by_role("combobox", name="Side by side").focus()
    page.keyboard.type("Another")
    page.get_by_role("option", name="Another moment").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-slot=differences] .empty", timeout=PATIENCE)
    go_to(page, "T+33:20")
    shows(page, "T+33:20", half="first_")
    go_to(page, "T+10:20", "other")
    shows(page, "T+10:20", "other=T+10:20", half="second_")
    assert "−23" in page.locator("[data-slot=differences]").inner_text(), "a ring was sold in each of 23 minutes"
    page.get_by_role("button", name="60×").click()
    page.keyboard.press(" ")
    second = f"document.querySelector('[data-slot=second_strip] {CLOCK}').innerText > 'T+11:20'"
    page.wait_for_function(second, timeout=PATIENCE)
    stands(page)
    assert page.evaluate("window.warRoomTimeline.at - window.warRoomTimeline.other") == pytest.approx(23 * 60, abs=1)


def test_a_time_is_typed_as_show_time_wall_clock_or_date_and_what_is_none_is_said(replay: Screen) -> None:
    page = replay.page
    for text, time in (("T+20:15", "T+20:15"), ("12:40", "T+40:00"), ("2026-03-14T12:05:00Z", "T+05:00")):
        go_to(page, text)
        shows(page, time, half="first_")
    go_to(page, "noon")
    page.wait_for_selector(".transport-said b")
    assert "'noon' is no moment" in page.locator(".transport-said b").inner_text()
    shows(page, "T+05:00", half="first_")


def test_the_keyboard_steps_and_nothing_happens_while_somebody_types(replay: Screen) -> None:
    page = replay.page
    for key, time, address in (
        ("ArrowRight", "T+06:00", ""),
        ("Shift+ArrowRight", "T+10:00", ""),
        ("Shift+ArrowRight", "T+20:00", "at=T+20:00.5"),
        ("Shift+ArrowLeft", "T+10:00", ""),
        (".", "T+10:30", "seq=15"),
        (",", "T+10:00", "seq=14"),
        ("Home", "T+00:00", ""),
    ):
        page.keyboard.press(key)
        shows(page, time, address, half="first_")
    page.keyboard.press("?")
    assert "The next mark" in page.locator("#war-room-help").inner_text()
    page.keyboard.press("Escape")
    page.locator(".transport-time input").first.click()
    page.keyboard.press("End")
    page.keyboard.press(" ")
    page.keyboard.press("Escape")
    assert page.evaluate("[window.warRoomTimeline.playing, window.warRoomTimeline.at]") == [None, 0]


def test_it_stops_at_the_end(replay: Screen) -> None:
    page = replay.page
    page.get_by_role("button", name="600×").click()
    go_to(page, "T+59:00")
    shows(page, "T+59:00", half="first_")
    page.keyboard.press(" ")
    shows(page, "T+60:00", half="first_")
    assert page.evaluate("window.warRoomTimeline.playing") is None


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_overlaps_side_by_side(replay: Screen, size: tuple[int, int]) -> None:
    check_panels(replay.page, HALVES, *size)


def test_back_leads_to_the_show_alone(replay: Screen) -> None:
    replay.page.go_back()
    replay.page.wait_for_selector(".st-key-map canvas", timeout=PATIENCE)
    assert replay.page.locator(".st-key-differences").count() == 0


def test_replay_has_no_controls_of_the_show(replay: Screen) -> None:
    for name in ("Move", "Undo", "Approve", "Dismiss", "Got it"):
        assert replay.page.get_by_role("button", name=name, exact=True).count() == 0


def test_every_request_went_to_this_machine(replay: Screen) -> None:
    assert any("countries.geojson" in url for url in replay.asked)
    assert not [url for url in replay.asked if not url.startswith(LOCAL)]
