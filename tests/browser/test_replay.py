"""Journeys through Replay in a real browser: the same layout, another second, no controls."""

import pytest

from tests.browser.conftest import Screen
from tests.browser.layout import LOCAL, check_layout


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_overlaps_on_replay(replay: Screen, size: tuple[int, int]) -> None:
    check_layout(replay, *size)


def test_the_replay_slider_goes_to_another_second_and_the_address_follows(replay: Screen) -> None:
    replay.resize(1920, 1080)
    assert replay.clock() == "T+04:00"
    shown = replay.page.locator("[data-slot=strip]").inner_text()
    replay.page.get_by_role("slider").focus()
    for _ in range(60):
        replay.page.keyboard.press("ArrowLeft")
    replay.page.wait_for_function(
        "shown => document.querySelector('[data-slot=strip]').innerText !== shown", arg=shown, timeout=30_000
    )
    replay.page.wait_for_function("!location.href.includes('at=4%3A00')", timeout=30_000)


def test_replay_has_no_controls_of_the_show(replay: Screen) -> None:
    for name in ("Move", "Undo", "Approve", "Dismiss", "Got it"):
        assert replay.page.get_by_role("button", name=name).count() == 0


def test_every_request_went_to_this_machine(replay: Screen) -> None:
    assert any("countries.geojson" in url for url in replay.asked)
    assert not [url for url in replay.asked if not url.startswith(LOCAL)]
