"""How a viewer reads: the address outranks the memory, the memory the browser; clocks follow the choice, T+ never does."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.catalogues import LANGUAGE_COOKIE, ZONE_COOKIE
from dashboard.screens import stage, viewer
from dashboard.screens.panels import review_whatif, strip
from tests.screens.sample_frame import frame_at

SCREENS = Path(__file__).resolve().parents[2] / "dashboard" / "screens"


class OneRoom:
    """A room of one frame."""

    def __init__(self) -> None:
        self.found = frame_at(2408)

    def latest(self, show: str) -> dict[str, Any]:
        return self.found

    def shows(self) -> list[dict[str, Any]]:
        return [self.found]

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> dict[str, Any]:
        return dict(self.found)

    def clock(self) -> int:
        return 7

    def submit_json(self, rows: Any, person: Any) -> list[dict[str, Any]]:
        return [{"asked": len(rows)}]


def remember(monkeypatch: pytest.MonkeyPatch, query: Mapping[str, str] = {}, own: str = "", zone: str = "", **cookies: str) -> None:  # fmt: skip
    named = {LANGUAGE_COOKIE: cookies.get("language", ""), ZONE_COOKIE: cookies.get("clock", "")}
    context = SimpleNamespace(locale=own or None, timezone=zone or None, cookies={k: v for k, v in named.items() if v})
    monkeypatch.setattr(viewer, "st", SimpleNamespace(context=context, query_params=dict(query)))


@pytest.mark.parametrize(
    ("query", "cookie", "own", "spoken"),
    [
        ({}, "", "", "en"),
        ({}, "", "zh-CN", "zh"),
        ({}, "", "zh", "zh"),
        ({}, "", "de-DE", "en"),
        ({}, "en", "zh-CN", "en"),
        ({}, "zh", "en-US", "zh"),
        ({"lang": "zh"}, "en", "en-US", "zh"),
        ({"lang": "en"}, "zh", "zh-CN", "en"),
        ({"lang": "xx"}, "zh", "", "zh"),
        ({}, "<script>", "", "en"),
    ],
)
def test_the_address_outranks_the_memory_and_that_the_browser(
    query: dict[str, str], cookie: str, own: str, spoken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(monkeypatch, query, own, language=cookie)
    assert viewer.language() == stage.language() == spoken


@pytest.mark.parametrize(
    ("cookie", "own", "zone"),
    [
        ("", "Asia/Tokyo", ""),
        ("show", "Asia/Tokyo", ""),
        ("browser", "Asia/Tokyo", "Asia/Tokyo"),
        ("browser", "", ""),
        ("browser", "Nowhere/Land", ""),
        ("Europe:Berlin", "Asia/Tokyo", "Europe/Berlin"),
        ("UTC", "", "UTC"),
        ("..:..:etc:passwd", "", ""),
        (":etc:passwd", "", ""),
        ("Europe", "", ""),
        ("x\0y", "", ""),
    ],
)
def test_the_clock_is_the_one_chosen_and_the_show_s_where_that_means_nothing(
    cookie: str, own: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(monkeypatch, zone=own, clock=cookie)
    assert viewer.zone() == zone


def test_a_frame_by_another_clock_is_made_once_a_tick_and_shows_that_clock_first() -> None:
    room = OneRoom()
    tokyo, again, berlin = (viewer.Seen(room, zone) for zone in ("Asia/Tokyo", "Asia/Tokyo", "Europe/Berlin"))
    seen = tokyo.latest("s")
    assert seen is again.latest("s")
    assert seen is not berlin.latest("s")
    assert (seen["time_zone"], seen["studio_zone"]) == ("Asia/Tokyo", room.found["time_zone"])
    assert "Tokyo" in strip.html(seen)
    assert re.findall(r"T[+−][\d:]+", strip.html(seen)) == re.findall(r"T[+−][\d:]+", strip.html(room.found))
    room.found = frame_at(2408)
    assert tokyo.latest("s") is not seen
    assert tokyo.frame("s")["time_zone"] == tokyo.shows()[0]["time_zone"] == "Asia/Tokyo"
    assert (tokyo.clock(), tokyo.submit_json([{}], None)) == (7, [{"asked": 1}])  # type: ignore[arg-type]
    assert viewer.zones_of(tokyo, "s") == viewer.zones_of(room, "s")
    assert next(iter(viewer.zones_of(tokyo, "s").values())) == room.found["time_zone"]


def test_panels_are_kept_for_each_language_and_clock() -> None:
    room = OneRoom()
    rooms: list[viewer.Running] = [room, viewer.Seen(room, "Asia/Tokyo")]
    built = [stage.panels(one.latest("s"), False, lang, "", None) for one in rooms for lang in ("en", "zh")]
    assert len({panels["strip"] for panels in built}) == 4
    again = [stage.panels(one.latest("s"), False, lang, "", None) for one in rooms for lang in ("en", "zh")]
    assert all(first["strip"] is second["strip"] for first, second in zip(built, again, strict=True))


def test_every_page_has_the_switch_which_names_its_address() -> None:
    page = AppTest.from_file(str(SCREENS / "audit.py"))
    page.query_params["lang"] = "zh"
    page.query_params["seq"] = "7"
    page.run()
    links = next(html.proto.body for html in page.get("html") if "<nav>" in html.proto.body)
    assert 'href="./prefer?lang=en&amp;back=%2Faudit%3Fseq%3D7"' in links
    assert 'href="./prefer?tz=UTC&amp;back=%2Faudit%3Fseq%3D7"' in links
    assert '<input type="hidden" name="back" value="/audit?seq=7">' in links
    assert 'aria-current="true" lang="zh">简体中文</a>' in links
    assert 'href="./replay?lang=zh"' in links


@pytest.mark.parametrize(
    ("clock", "typed", "written"),
    [
        ("", "20:10", "20:10"),
        ("UTC", "12:10", "T+10:00"),
        ("Europe:Berlin", "13:10", "T+10:00"),
        ("Europe:Berlin", "T+05:00", "T+05:00"),
        ("Europe:Berlin", "2026-03-14T12:10:00Z", "2026-03-14T12:10:00Z"),
        ("UTC", "99:99", "99:99"),
    ],
)
def test_a_clock_typed_into_a_rerun_is_the_viewer_s_and_is_written_as_time_of_the_show(
    clock: str, typed: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(monkeypatch, clock=clock)
    show = {"starts_at": "2026-03-14T12:00:00Z", "ends_at": "2026-03-14T14:30:00Z", "time_zone": "Asia/Shanghai"}
    assert review_whatif.of_show(typed, {"show": show}) == written
