"""The host pages run against a room: who sees what, what a tap sends, and what a link opens and does not open."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import people, room as rooms
from dashboard.decision.roles import Person
from dashboard.host_links import DAY, HostLinks, beside
from dashboard.people import LOGIN, OPEN, People
from dashboard.screens import host_clock, host_entry, host_overview, host_speech
from dashboard.screens.panels import host_screen
from tests.screens.sample_frame import SHOW, FakeRoom, frame_at
from tests.screens.test_pages import open_page, panels, sent


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> FakeRoom:
    fake = FakeRoom()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    return fake


@pytest.fixture
def tap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Tap a line at the next run, once."""
    waiting: list[str] = []
    monkeypatch.setattr(host_clock, "draw", lambda *_: waiting.pop() if waiting else "")
    yield waiting.append
    assert not waiting


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> HostLinks:
    """Where people sign in and nobody has, and links are made."""
    made = beside(":memory:")
    monkeypatch.setattr(people, "serving", lambda: People(LOGIN, providers=("",), links=made))
    return made


def html(page: AppTest) -> str:
    return "".join(one.proto.body for one in page.get("html"))


def by_link(links: HostLinks, room: FakeRoom, **changed: str) -> dict[str, str]:
    query = {"show": SHOW, "channel": "tiktok-eu", "link": links.token(SHOW, "tiktok-eu", room.clock())}
    return query | changed


def test_a_channel_has_one_screen_with_its_line_and_a_button(room: FakeRoom) -> None:
    page = open_page("host", channel="tiktok-eu")
    assert "The rose Halo ring" in panels(page)["host"]
    assert "data-say" in panels(page)["host_bar"]
    assert "All channels" in panels(page)["host"]


def test_the_language_asked_for_is_shown_if_the_channel_speaks_it(room: FakeRoom) -> None:
    chinese = panels(open_page("host", channel="tiktok-us", language="zh-CN"))["host"]
    assert "接下来介绍" in chinese
    assert 'aria-current=true><span lang="zh">中文' in chinese
    assert "Los Angeles" in panels(open_page("host", channel="tiktok-us", language="de"))["host"]
    assert "h-chips" in chinese
    assert "chip-of" not in panels(open_page("host", channel="tiktok-eu"))["host"]


def test_a_chip_keeps_everything_else_of_the_address(room: FakeRoom) -> None:
    html = panels(open_page("host", show=SHOW, channel="tiktok-us", lang="zh"))["host"]
    assert f"./host?show={SHOW}&amp;channel=tiktok-us&amp;lang=zh&amp;language=zh" in html


def test_a_prompter_has_nothing_to_tap_and_a_way_back(room: FakeRoom) -> None:
    page = open_page("host", channel="tiktok-eu", prompter="1")
    assert 'class="host prompter"' in panels(page)["host"]
    assert "Leave the prompter" in panels(page)["host"]
    assert panels(page)["host_bar"] == ""
    assert not page.button


def test_a_tap_notes_the_line_that_was_shown_and_says_so(room: FakeRoom, tap: Any) -> None:
    line = host_screen.lines(room.latest(SHOW), host_screen.View("tiktok-eu", "en"))[0]["line"]
    tap(line)
    page = open_page("host", channel="tiktok-eu")
    (command,) = sent(room, "say_line")
    assert command["line"] == line
    assert "✓ Noted" in panels(page)["host_bar"]
    assert "The rose Halo ring" in panels(page)["host_bar"]


def test_a_tap_that_arrives_twice_is_one_deed(room: FakeRoom, tap: Any) -> None:
    frame = frame_at(2402)
    room.latest = lambda show: frame  # type: ignore[method-assign]
    line = frame["lines"][0]["line"]
    tap(line)
    page = open_page("host", channel="tiktok-eu")
    tap(line)
    page.run()
    ids = [command["id"] for command in sent(room, "say_line")]
    assert len(set(ids)) <= 2
    assert "✓ Noted" in panels(page)["host_bar"]


def test_a_refused_tap_says_why(room: FakeRoom, tap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = {
        "status": "refused",
        "seq": None,
        "code": "line_unknown",
        "sentence": "There is no line 7.",
        "would_work": None,
    }
    monkeypatch.setattr(room, "submit_json", lambda rows, who: [refused for _ in rows])
    tap("7")
    assert "Not noted: There is no line 7." in panels(open_page("host", channel="tiktok-eu"))["host_bar"]


def test_no_such_channel_is_said(room: FakeRoom) -> None:
    assert "No such channel" in html(open_page("host", channel="nowhere"))


def test_without_a_room_or_a_show_the_page_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "running", lambda: None)
    assert "No room here" in html(open_page("host"))
    empty = FakeRoom(shows=False)
    monkeypatch.setattr(rooms, "running", lambda: empty)
    assert "No show yet" in html(open_page("host"))


@pytest.mark.parametrize(("role", "given"), [("viewer", False), ("host", True), ("admin", True)])
def test_a_link_is_shown_to_who_may_note_lines(
    role: str, given: bool, room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "serving", lambda: People(links=beside(":memory:")))
    monkeypatch.setattr(People, "here", lambda self, headers: Person("ann", role))
    page = open_page("host")
    assert len([name for name in panels(page) if name.startswith("host_card_")]) == len(frame_at(0)["channels"])
    assert ("data:image/svg+xml" in html(page)) == given
    assert ("A phone cannot open these links" in html(page)) == given
    assert ("Who may note lines finds here" in html(page)) != given


def test_behind_a_public_address_links_lead_there(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    public = beside(":memory:", public_url="https://war.example.com")
    monkeypatch.setattr(people, "serving", lambda: People(links=public))
    shown = html(open_page("host"))
    assert f"https://war.example.com/host?show={SHOW}&amp;channel=tiktok-us&amp;link=" in shown
    assert "A phone cannot open these links" not in shown


def test_a_key_that_cannot_be_kept_is_said_in_place_of_the_link(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    nowhere = beside(str(tmp_path / "nowhere" / "show.duckdb"))
    monkeypatch.setattr(people, "serving", lambda: People(links=nowhere))
    assert "No key for links can be kept in" in html(open_page("host"))


def test_a_link_opens_one_channel_for_a_phone_that_is_not_signed_in(room: FakeRoom, links: HostLinks) -> None:
    page = open_page("host", **by_link(links, room))
    assert "The rose Halo ring" in panels(page)["host"]
    assert "data-say" in panels(page)["host_bar"]
    assert "All channels" not in panels(page)["host"]
    assert not page.button
    assert "<nav" not in html(page)


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"link": "20507.forged"}, "This link does not work"),
        ({"link": ""}, "This link does not work"),
        ({"channel": "tiktok-us"}, "This link does not work"),
        ({"channel": ""}, "This link does not work"),
        ({"show": "another"}, "This link does not work"),
    ],
)
def test_a_link_that_was_changed_opens_nothing(
    changed: dict[str, str], title: str, room: FakeRoom, links: HostLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "latest", lambda show: pytest.fail("a frame was read"))
    page = open_page("host", **by_link(links, room, **changed))
    assert title in html(page)
    assert "BreezeStyle" not in html(page)


def test_an_ended_link_says_that_it_has_ended(room: FakeRoom, links: HostLinks) -> None:
    token = links.token(SHOW, "tiktok-eu", room.clock() - 9 * DAY)
    assert "This link has ended" in html(open_page("host", **by_link(links, room, link=token)))


def test_a_good_link_to_a_show_that_is_not_here_says_so(room: FakeRoom, links: HostLinks) -> None:
    token = links.token("autumn", "tiktok-eu", room.clock())
    page = open_page("host", show="autumn", channel="tiktok-eu", link=token)
    assert "This show is not here" in html(page)


def test_renewed_keys_close_a_page_that_is_open(
    room: FakeRoom, links: HostLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page("host", **by_link(links, room))
    assert "data-say" in panels(page)["host_bar"]
    monkeypatch.setattr(people, "serving", lambda: People(LOGIN, links=beside(":memory:")))
    page.run()
    assert "This link does not work" in html(page)
    assert not page.get("bidi_component")


def test_what_a_link_asks_is_asked_in_its_own_name_and_only_of_its_channel(
    room: FakeRoom, links: HostLinks, tap: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Person] = []

    def submit(rows: Any, person: Person) -> list[dict[str, Any]]:
        asked.append(person)
        return FakeRoom.submit_json(room, rows)

    monkeypatch.setattr(room, "submit_json", submit)
    frame = room.latest(SHOW)
    own = next(row["line"] for row in frame["lines"] if row["channel"] == "tiktok-eu")
    other = next(row["line"] for row in frame["lines"] if row["channel"] == "shopee-th")
    tap(own)
    open_page("host", **by_link(links, room))
    assert [person.actor for person in asked] == ["host-link:tiktok-eu"]
    tap(other)
    page = open_page("host", **by_link(links, room))
    assert "only note lines of its own channel" in panels(page)["host_bar"]
    assert len(asked) == 1


def test_a_link_may_not_ask_for_anything_else(room: FakeRoom, links: HostLinks) -> None:
    link = links.read(SHOW, "tiktok-eu", links.token(SHOW, "tiktok-eu", room.clock()), room.clock())
    rows = [{"type": kind, "show": SHOW, "line": "gone-0"} for kind in ("retract_line", "reallocate", "say_line")]
    answers = host_entry.by_link(cast(Any, room), link, rows[:2])
    assert {answer["code"] for answer in answers} == {"role_forbids"}
    assert room.sent == []
    host_entry.by_link(cast(Any, room), link, [rows[2] | {"id": "1"}])  # what was retracted may still have been said
    assert sent(room, "say_line")


def test_an_onlooker_with_a_link_may_note_lines_and_without_one_only_looks(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = beside(":memory:")
    monkeypatch.setattr(people, "serving", lambda: People(OPEN, links=made))
    assert panels(open_page("host", show=SHOW, channel="tiktok-eu"))["host_bar"] == ""
    assert "data-say" in panels(open_page("host", **by_link(made, room)))["host_bar"]
    assert "This link does not work" in html(open_page("host", **by_link(made, room, link="x")))


def test_who_may_anyway_needs_no_good_link(room: FakeRoom) -> None:
    assert "data-say" in panels(open_page("host", show=SHOW, channel="tiktok-eu", link="x"))["host_bar"]


@pytest.mark.parametrize(("role", "given"), [("viewer", False), ("host", True)])
def test_languages_and_tone_are_set_by_who_may(
    role: str, given: bool, room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(People, "here", lambda self, headers: Person("ann", role))
    page = open_page("host", channel="tiktok-us")
    assert bool(page.multiselect) == given
    if not given:
        return
    assert page.button(key="host_speech_tiktok-us").disabled
    page.multiselect(key="host_languages_tiktok-us").select("de").run()
    page.button(key="host_speech_tiktok-us").click().run()
    assert not page.exception
    (command,) = sent(room, "set_speech")
    assert (command["channel"], list(command["languages"]), command["register"]) == (
        "tiktok-us",
        ["en", "zh", "de"],
        "calm",
    )


def test_a_tone_is_shown_with_a_line_as_it_would_be_said() -> None:
    frame = frame_at(2402)
    row = next(each for each in frame["channels"] if each["channel"] == "instagram-eu")
    calm, lively = (host_speech.example(frame, row, "de", register) for register in ("calm", "lively"))
    assert "12" in calm
    assert "12" in lively
    assert calm != lively
    assert host_speech.example(frame, row, "de", "shouting") == ""


def test_nothing_is_set_that_changes_nothing_and_the_own_language_stays_first() -> None:
    row = {"languages": ["en", "zh"], "register": "calm"}
    assert host_speech.wanted(row, ["zh"], "calm") is None
    assert host_speech.wanted(row, ["zh", "en"], "lively") == (["en", "zh"], "lively")
    assert host_speech.wanted(row, [], "calm") == (["en"], "calm")


def test_links_are_made_for_where_the_operator_looks_from(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        url = "https://10.0.0.5:8501/host?show=x"
        headers: dict[str, str] = {}

    monkeypatch.setattr("streamlit.context", Context())
    assert host_overview.origin() == "https://10.0.0.5:8501"
