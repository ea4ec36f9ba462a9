"""What is drawn for whom: a viewer looks at every page and can ask for nothing, and nobody sees a control he may not use."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import people, room as rooms
from dashboard.channels import inbox as inboxes
from dashboard.channels.comments import Comments
from dashboard.channels.sandbox import stress_runs
from dashboard.decision.roles import ROLES, Person
from dashboard.people import LOGIN, OPEN, People
from dashboard.review import runs as review_runs
from dashboard.screens import door, letterbox
from dashboard.screens.panels import dead_letters
from tests.screens.sample_frame import FakeRoom
from tests.screens.sample_review import FakeRuns, review
from tests.screens.test_pages import SCREENS, open_page, panels

APP = SCREENS.parent / "app.py"
found = re.search(r"PAGES = \(([^)]*)\)", APP.read_text(encoding="utf-8"))
PAGES = re.findall(r'"(\w+)"', found[1] if found else "")
WIDGETS = (
    "button", "download_button", "button_group", "chat_input", "checkbox", "color_picker", "date_input", "file_uploader",
    "multiselect", "number_input", "radio", "select_slider", "selectbox", "slider", "text_area", "text_input",
    "time_input", "toggle",
)  # fmt: skip
SHOWN = r"audience_choice|tab_\w+|\w+_more_button"
LOOKING = {
    "live": SHOWN,
    "replay": rf"replay_(show|beside)|{SHOWN}",
    "review": r"review_get_\w+|verify_upload|evidence_get",
    "channels": "letter_state",
    "stress": "nothing",
    "host": "nothing",
    "setup": r"rule_open_\w+",
}
"""The keys of what a viewer may touch, for it changes only what he himself looks at."""
FOR_ALL = {"audit"}
"""Pages that read the journal and cannot ask the room for anything; see test_audit.py."""


class Letters:
    """A storefront's letters, as the page reads them."""

    def __init__(self) -> None:
        self.adapters: dict[str, Any] = {}
        self.dead = self
        self.comments = Comments()
        self.held: list[int] = []
        self.tried: list[object] = []

    def letters(self, state: str, channel: str = "", limit: int = 0) -> list[dict[str, Any]]:
        """One letter that was refused."""
        return [{"id": 7, "channel": "shop-us", "state": "refused", "reason": "sku_unknown", "sentence": "No such SKU.",
                 "attempts": 1, "received_time": 0}]  # fmt: skip

    def retry(self, letter: object, now: int) -> None:
        """Remember that it was tried."""
        self.tried.append(letter)
        raise inboxes.LetterUnknown("There is no dead letter 7.")


class Runs:
    """The server's tests: one may be started."""

    def __init__(self) -> None:
        self.started: list[object] = []

    def told(self, run: str = "") -> None:
        """No test ran yet."""

    def start(self, run: str, wish: object) -> None:
        """Remember it."""
        self.started.append(run)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRoom]:
    fake, letters, runs = FakeRoom(), Letters(), Runs()
    monkeypatch.setattr(rooms, "running", lambda: fake)
    monkeypatch.setattr(inboxes, "serving", lambda: letters)
    monkeypatch.setattr(stress_runs, "running", lambda: runs)
    built = review()
    built["proof"]["head"]["seq"] = 1  # more has happened since
    reviews = FakeRuns(built)
    monkeypatch.setattr(review_runs, "running", lambda: reviews)
    letterbox._kept.clear()
    yield fake
    letterbox._kept.clear()
    assert not letters.tried
    assert not runs.started
    assert not reviews.started
    assert not reviews.asked


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch) -> Any:
    def become(role: str) -> Person:
        person = Person(f"{role}@example.com", role)
        monkeypatch.setattr(people.People, "here", lambda self, headers: person)
        return person

    return become


def keys(page: AppTest) -> set[str]:
    """The widgets of a page by key, or by label where they have none."""
    return {widget.key or widget.label for kind in WIDGETS for widget in page.get(kind)}


def labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def test_the_walk_knows_every_page_of_the_app() -> None:
    assert set(PAGES) == set(LOOKING) | FOR_ALL
    for name in FOR_ALL:
        assert "submit" not in (SCREENS / f"{name}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOOKING)
def test_a_viewer_sees_every_page_without_anything_to_ask_with(name: str, room: FakeRoom, as_role: Any) -> None:
    as_role("viewer")
    page = open_page(name)
    assert not {key for key in keys(page) if not re.fullmatch(LOOKING[name], key)}
    for button in page.button:
        button.click().run()
    assert not page.exception
    assert room.sent == []


def test_a_viewer_reads_what_happened_where_others_have_the_desk(room: FakeRoom, as_role: Any) -> None:
    as_role("viewer")
    page = open_page("live")
    assert panels(page)["audit"]
    assert not panels(page)["preview"]
    assert any("What happened" in html.proto.body for html in page.get("html"))
    assert any("viewer@example.com · viewer" in html.proto.body for html in page.get("html"))


@pytest.mark.parametrize("role", ROLES)
def test_nobody_sees_a_control_that_the_role_may_not_use(role: str, room: FakeRoom, as_role: Any) -> None:
    person = as_role(role)
    live, channels, stress = open_page("live"), open_page("channels"), open_page("stress")
    reviewed = keys(open_page("review"))
    assert any(label.startswith("Move") for label in labels(live)) == door.may(person, "reallocate")
    assert any(label.startswith("Undo") for label in labels(live)) == door.may(person, "undo")
    assert any(label == "Got it" for label in labels(live)) == door.may(person, "acknowledge_alert")
    assert ("Retry" in labels(channels)) == door.may(person, "retry_letter")
    assert ("stress_start" in keys(stress)) == door.may(person, "run_stress")
    assert ("review_build" in reviewed) == door.may(person, "build_review")
    assert ("whatif_run" in reviewed) == door.may(person, "run_again")
    assert ("Only an admin starts a test" in panels(stress)["verdict"]) == (not door.may(person, "run_stress"))


def test_what_is_pressed_is_sent_in_the_name_of_who_looks(
    room: FakeRoom, as_role: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, asked = as_role("host"), []
    monkeypatch.setattr(room, "submit_json", lambda rows, who: asked.append(who) or FakeRoom.submit_json(room, rows))
    page = open_page("live")
    next(button for button in page.button if button.label == "Got it").click().run()
    assert asked == [person]


def test_a_letter_is_not_tried_again_for_who_may_not_whatever_was_drawn(room: FakeRoom) -> None:
    told = letterbox.retry(7, 0, Person("ben@example.com", "host"))
    assert told["status"] == "refused"
    assert "The role host may not ask for retry_letter" in told["sentence"]
    assert "role host" in dead_letters.outcome(7, told)


@pytest.mark.parametrize("path", ["", "replay", "channels", "stress"])
def test_until_somebody_signs_in_every_address_is_the_door(
    path: str, room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "serving", lambda: People(LOGIN, providers=("", "okta")))
    monkeypatch.setattr(rooms, "running", lambda: pytest.fail("the room was asked"))
    page = AppTest.from_file(APP, default_timeout=30)
    page.run()
    assert not page.exception
    assert labels(page) == {"Sign in", "Sign in · okta"}
    assert keys(page) == {"sign_in_", "sign_in_okta"}


def test_who_is_on_no_list_is_told_so_and_can_leave(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"is_logged_in": True, "sub": "d", "email": "dan@elsewhere.example", "email_verified": True}
    monkeypatch.setattr("streamlit.user_info._get_user_info", lambda: claims)
    monkeypatch.setattr(people, "serving", lambda: People(LOGIN, default="none", providers=("",)))
    page = AppTest.from_file(APP, default_timeout=30)
    page.run()
    assert labels(page) == {"Sign out"}
    assert any("not on the list" in html.proto.body for html in page.get("html"))


def test_who_signed_in_sees_the_pages_a_name_and_a_way_out(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"is_logged_in": True, "sub": "a", "email": "ann@example.com", "email_verified": True}
    monkeypatch.setattr("streamlit.user_info._get_user_info", lambda: claims)
    found = People(LOGIN, {"ann@example.com": "strategist"}, providers=("",))
    monkeypatch.setattr(people, "serving", lambda: found)
    page = AppTest.from_file(APP, default_timeout=30)
    page.run()
    assert not page.exception
    assert any("ann@example.com · strategist" in html.proto.body for html in page.get("html"))
    assert {"Sign out"} < labels(page)


def test_where_nobody_signs_in_there_is_no_way_out(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "serving", lambda: People(OPEN))
    page = open_page("live")
    assert "Sign out" not in labels(page)
    assert any("onlooker · viewer" in html.proto.body for html in page.get("html"))
