"""Viewers' questions on the screen: gathered, counted, answered from the frame, published once, and put aside."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import people, room as rooms
from dashboard.channels import inbox as inboxes, wording
from dashboard.channels.adapter import CommentHeard
from dashboard.channels.comments import Comments
from dashboard.channels.wording import State
from dashboard.people import OPEN, People
from dashboard.screens import questions_asked as asking
from dashboard.screens.panels import questions as panel
from dashboard.screens.words import speaker
from tests.screens.sample_frame import FakeRoom, frame_at
from tests.screens.test_pages import open_page, press, sent

NOW = 2408
FRAME = frame_at(NOW)
LEFT = "how many Halo ring rose are left?"


class FakeInbox:
    """An inbox that only remembers comments."""

    adapters: dict[str, Any] = {}

    def __init__(self) -> None:
        self.comments = Comments()
        self.count = 0

    def say(self, channel: str, *texts: str) -> None:
        for text in texts:
            self.count += 1
            assert self.comments.add(channel, CommentHeard(f"c{self.count}", text), rooms_time())


def rooms_time() -> int:
    return FakeRoom(NOW, speed=0).clock()


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> FakeRoom:
    fake = FakeRoom(NOW, speed=0)
    monkeypatch.setattr(rooms, "running", lambda: fake)
    return fake


@pytest.fixture
def inbox() -> Iterator[FakeInbox]:
    fake = FakeInbox()
    inboxes.serve_here(fake)  # type: ignore[arg-type]
    yield fake
    inboxes.serve_here(None)


def alone() -> None:
    """A page with nothing but the panel."""
    from dashboard.screens import answers, questions
    from dashboard.screens.door import asking, room

    running = room()
    assert running is not None
    questions.draw(running.latest("breezestyle-spring"), asking(running))
    answers.said()


def opened() -> AppTest:
    page = AppTest.from_function(alone, default_timeout=30).run()
    assert not page.exception
    return page


def html(page: AppTest) -> str:
    return "".join(one.proto.body for one in page.get("html"))


def codes(page: AppTest) -> list[str]:
    return [one.value for one in page.code]


# --- gathered -------------------------------------------------------------------------------------------------


def test_the_same_question_is_gathered_and_counted_and_the_most_asked_stands_first(inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", "do you ship to Canada?")
    inbox.say("tiktok-us", LEFT, "HOW MANY Halo ring rose left??", "halo ring rose how many left")
    found = asking.asked(FRAME, ["tiktok-us"])
    assert [(one.asked.intent, one.times) for one in found.known] == [("stock", 3), ("ships_to", 1)]
    assert (found.known[0].asked.sku, found.unread) == ("HALO-ROSE", 0)


def test_channels_languages_products_and_places_are_kept_apart(inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", LEFT, "how many Tempo clip are left?", "do you ship to Germany?", "do you ship to France?")
    inbox.say("tiktok-eu", LEFT)
    inbox.say("instagram-eu", "wie viele Halo Ring rose sind noch da?")
    found = asking.asked(FRAME, [row["channel"] for row in FRAME["channels"]])
    assert len(found.known) == 6
    assert all(one.times == 1 for one in found.known)


def test_what_is_not_understood_stands_apart_and_is_not_hidden(inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", "qwrtz plmk", "qwrtz  PLMK", LEFT)
    found = asking.asked(FRAME, ["tiktok-us"])
    assert [one.times for one in found.unknown] == [2]
    assert [one.times for one in found.known] == [1]


def test_a_comment_is_understood_once_and_a_flood_over_several_ticks(
    inbox: FakeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    real = asking.understand
    monkeypatch.setattr(asking, "understand", lambda text, *rest: calls.append(text) or real(text, *rest))
    inbox.say("tiktok-us", *(f"do you ship to Germany {'!' * n}" for n in range(asking.READ_MAX + 10)))
    assert asking.asked(FRAME, ["tiktok-us"]).unread == 10
    assert asking.asked(FRAME, ["tiktok-us"]).unread == 0
    asking.asked(FRAME, ["tiktok-us"])
    assert len(calls) == asking.READ_MAX + 10


def test_what_is_written_after_a_show_is_not_asked_of_it(inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", LEFT)
    assert asking.asked(FRAME | {"status": "closed"}, ["tiktok-us"]) == asking.NOTHING


def test_without_a_storefront_nobody_asks_anything() -> None:
    assert asking.asked(FRAME, ["tiktok-us"]) == asking.NOTHING


# --- on the screen --------------------------------------------------------------------------------------------


def test_live_has_them_behind_a_tab_that_counts_them(room: FakeRoom, inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", LEFT, "do you ship to Germany?")
    page = press(open_page("live"), "Questions 2")
    assert len(codes(page)) == 2
    assert "Paste a question" in [one.label for one in page.expander]


def test_a_question_shows_its_count_its_words_and_the_answer_with_its_fact(room: FakeRoom, inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", LEFT, LEFT + "!")
    page = opened()
    assert "2 ask" in html(page)
    assert f"#{FRAME['seq']}" in html(page)
    assert "true until" in html(page)
    (text,) = codes(page)
    left = sum(row["left"] for row in FRAME["pools"] if (row["region"], row["sku"]) == ("US", "HALO-ROSE"))
    assert str(left) in text
    assert "Halo ring" in text


def test_what_does_not_fit_is_counted_and_opens_with_a_press(room: FakeRoom, inbox: FakeInbox) -> None:
    countries = ("Germany", "France", "Spain", "Canada", "Thailand", "Japan")
    inbox.say("tiktok-us", *(f"do you ship to {country}?" for country in countries))
    inbox.say("tiktok-us", *(f"qwrtz {letter * 4}" for letter in "bcdfg"))
    page = opened()
    assert len([one for one in page.button if one.label == "Dismiss"]) == 7
    press(page, "+4 more")
    assert len([one for one in page.button if one.label == "Dismiss"]) == 11


def test_answered_publishes_the_answer_with_its_fact_says_it_and_forgets_who_asked(
    room: FakeRoom, inbox: FakeInbox
) -> None:
    inbox.say("tiktok-us", LEFT)
    page = opened()
    (text,) = codes(page)
    press(page, "Answered")
    (published,) = sent(room, "publish_line")
    (said,) = sent(room, "say_line")
    assert (published["kind"], published["channel"], published["text"]) == ("answer", "tiktok-us", text)
    assert (published["fact"]["sku"], published["fact"]["seq"]) == ("HALO-ROSE", FRAME["seq"])
    assert said["line"] == published["line"]
    assert codes(page) == []
    assert asking.asked(FRAME, ["tiktok-us"]).known == ()


def test_dismissed_it_is_gone_for_everybody_and_nothing_is_published(room: FakeRoom, inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", LEFT)
    press(opened(), "Dismiss")
    assert sent(room, "publish_line") == []
    assert asking.asked(FRAME, ["tiktok-us"]).known == ()


def test_who_may_not_publish_reads_and_presses_nothing(
    room: FakeRoom, inbox: FakeInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "serving", lambda: People(OPEN))
    inbox.say("tiktok-us", LEFT)
    page = opened()
    assert len(codes(page)) == 1
    assert not [button.label for button in page.button if button.label in ("Answered", "Dismiss", "Reword")]


def test_what_people_write_cannot_become_a_page(room: FakeRoom, inbox: FakeInbox) -> None:
    inbox.say("tiktok-us", "<script>alert(1)</script> qwrtz", f"{LEFT} <img src=x>")
    page = opened()
    assert "<script>" not in html(page)
    assert "<img" not in html(page)
    assert "Not understood" in html(page)


# --- the paste box --------------------------------------------------------------------------------------------


def test_pasted_questions_are_understood_and_can_be_corrected(room: FakeRoom, inbox: FakeInbox) -> None:
    page = opened()
    page.text_area(key="paste_text").input(f"{LEFT}\n\nversendet ihr nach Deutschland?")
    press(page, "Understand")
    assert len(codes(page)) == 2
    assert "ships there" not in html(page)
    assert page.selectbox(key="place_1_1").value == "DE"
    page.selectbox(key="sku_1_0").select("HALO-SILVER").run()
    assert not page.exception
    assert "silver" in codes(page)[0]
    assert sent(room, "publish_line") == []


def test_what_is_pasted_and_not_understood_says_so(room: FakeRoom, inbox: FakeInbox) -> None:
    page = opened()
    page.text_area(key="paste_text").input("qwrtz plmk")
    press(page, "Understand")
    assert panel.WHY_WORDS["unknown_intent"] in html(page)
    page.selectbox(key="intent_1_0").select("stock").run()
    assert panel.WHY_WORDS["unknown_intent"] not in html(page)


# --- another wording ------------------------------------------------------------------------------------------


class FakeReworder:
    """Answers at once."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.found = State("unasked")

    def ask(self, text: str, language: str, tone: str, names: Any) -> None:
        self.asked.append((text, language, tone))
        self.found = State("taken", f"Thanks for asking! {text}")

    def state(self, text: str, language: str, tone: str) -> State:
        return self.found


@pytest.fixture
def reworder() -> Iterator[FakeReworder]:
    fake = FakeReworder()
    wording.serve_here(fake)  # type: ignore[arg-type]
    yield fake
    wording.serve_here(None)


def test_a_wording_is_asked_on_a_press_only_and_then_published(
    room: FakeRoom, inbox: FakeInbox, reworder: FakeReworder
) -> None:
    inbox.say("tiktok-us", LEFT)
    page = opened()
    (draft,) = codes(page)
    assert reworder.asked == []
    press(page, "Reword")
    assert reworder.asked == [(draft, "en", "calm")]
    assert codes(page) == [f"Thanks for asking! {draft}"]
    press(page, "Answered")
    assert sent(room, "publish_line")[0]["text"] == f"Thanks for asking! {draft}"


def test_a_wording_that_did_not_pass_leaves_the_draft_and_says_why(
    room: FakeRoom, inbox: FakeInbox, reworder: FakeReworder
) -> None:
    inbox.say("tiktok-us", LEFT)
    before = codes(opened())
    reworder.found = State("refused", why="it brings in the number word 'three'")
    page = opened()
    assert codes(page) == before
    assert "The draft stands" in html(page)
    assert "number word" in html(page)


def test_every_card_speaks_chinese() -> None:
    asked = {
        "channel": "tiktok-us",
        "text": LEFT,
        "language": "en",
        "intent": "stock",
        "sku": "",
        "place": "",
        "count": 3,
    }
    for why, words in panel.WHY_WORDS.items():
        built = panel.card(FRAME, asked, {"known": False, "why": why, "fact": {}}, speaker("zh"))
        assert words not in built
        assert "还剩多少" in built
