"""Comments: kept for minutes, without their authors, told once, and never written anywhere."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.channels.adapter import (
    Account,
    CommentHeard,
    Delivery,
    Ignored,
    NotAuthentic,
    OrderHeard,
    Secrets,
    Unreadable,
)
from dashboard.channels.adapters import make
from dashboard.channels.comments import COMMENTS_MAX, IDS_MAX, KEPT, Comments
from dashboard.channels.generic import TEXT_MAX, Generic
from dashboard.channels.inbox import Inbox
from dashboard.channels.signatures import sign_standard
from tests.channels.inbox_kit import NOW, SECOND, Desk

KEY = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw=="
WORDS = "do you ship to Germany 🇩🇪?"


def body(**data: Any) -> bytes:
    told = {"comment": "c-1", "text": WORDS, "viewer": "@anna.writes", **data}
    return json.dumps({"type": "comment.created", "data": told}).encode()


class Shop:
    """A shop of our own protocol in front of a room."""

    def __init__(self, path: Path) -> None:
        self.desk = Desk(path)
        account = Account("shop-us", "generic", Generic.capability)
        self.inbox = Inbox(self.desk.room, {"shop-us": make(account, Secrets((KEY,)))}, self.desk)
        self.sent = 0

    def delivery(self, raw: bytes, key: str = KEY, **headers: str) -> Delivery:
        self.sent += 1
        signed = sign_standard(key, f"msg-{self.sent}", NOW // SECOND, raw)
        return Delivery(signed | headers, raw, NOW)

    def say(self, raw: bytes) -> tuple[str, str, str]:
        outcome = self.inbox.deliver("shop-us", self.delivery(raw))
        return outcome.status, outcome.reason, outcome.sentence

    def texts(self) -> list[str]:
        return [comment.text for comment in self.inbox.comments.of(["shop-us"], NOW)]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "comments.db")


def test_a_comment_is_kept_in_memory_and_asks_nothing_of_the_ledger(shop: Shop) -> None:
    events = len(list(shop.desk.room.journal.events()))
    assert shop.say(body()) == ("accepted", "comment", "")
    assert shop.texts() == [WORDS]
    assert len(list(shop.desk.room.journal.events())) == events
    assert (shop.inbox.letters(), shop.desk.news) == ([], [])


def test_the_same_comment_is_taken_once_also_after_it_was_answered(shop: Shop) -> None:
    shop.say(body())
    assert shop.say(body())[:2] == ("ignored", "comment_known")
    shop.inbox.comments.drop("shop-us", ["c-1"])
    assert shop.say(body())[:2] == ("ignored", "comment_known")
    assert shop.texts() == []


def test_who_wrote_it_is_not_kept(shop: Shop) -> None:
    shop.say(body())
    (comment,) = shop.inbox.comments.of(["shop-us"], NOW)
    kept = [getattr(comment, name) for name in comment.__slots__]
    assert "anna" not in repr(kept)


def test_a_long_comment_is_cut_and_the_answer_says_so(shop: Shop) -> None:
    assert shop.say(body(text="é" * 700)) == ("accepted", "comment", "Its text was cut to 500 characters.")
    assert [len(text) for text in shop.texts()] == [TEXT_MAX]


NO_COMMENTS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"text": ""}, "text is empty"),
    ({"text": " \n\t\u2028 "}, "text is empty"),
    ({"text": None}, "text is null"),
    ({"text": 5}, "text is 5"),
    ({"text": {"a": WORDS}}, "text is a table"),
    ({"comment": ""}, "comment is missing"),
    ({"comment": None}, "comment is missing"),
    ({"comment": "c" * 201}, "comment is 201 characters"),
    ({"time": "yesterday"}, "time is 'yesterday'"),
)


def test_what_is_no_comment_is_refused_by_its_field_and_leaves_no_letter(shop: Shop) -> None:
    for data, field in NO_COMMENTS:
        with pytest.raises(Unreadable, match=field):
            shop.say(body(**data))
    assert shop.inbox.letters() == []
    assert shop.texts() == []


def test_line_breaks_and_controls_become_blanks(shop: Shop) -> None:
    shop.say(body(text="how\nmuch\x00\x1b[31m  is\u2029it?"))
    assert shop.texts() == ["how much [31m  is it?"]


def test_a_comment_that_does_not_prove_itself_leaves_a_letter_without_its_words(shop: Shop) -> None:
    bodies = (body(), body(text=7), body()[:-9], b'{"comment": "1", "text": "' + WORDS.encode())
    for raw in bodies:
        with pytest.raises(NotAuthentic):
            shop.inbox.deliver("shop-us", shop.delivery(raw, "whsec_YW5vdGhlci1rZXktdGhhbi1vdXJz"))
    letters = shop.inbox.letters()
    assert [(letter["reason"], letter["body_bytes"]) for letter in letters] == [("not_authentic", 0)] * len(bodies)
    for letter in letters:
        row = shop.inbox.dead.get(letter["id"])
        assert row is not None
        assert bytes(row["body"]) == b""
        assert shop.inbox.retry(letter["id"], NOW).status == "refused"
    assert shop.texts() == []


def test_nothing_of_a_comment_is_in_the_files(shop: Shop, tmp_path: Path) -> None:
    shop.say(body(text="a sentence nobody may find again"))
    with pytest.raises(Unreadable):
        shop.say(body(text=["a sentence nobody may find again"]))
    shop.desk.room.stop()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"nobody may find" not in written
    assert b"anna" not in written


WRAPPED: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b'{"comment": "7", "text": "hi"}', {}),
    (b'{"comment": 7, "text": "hi", "time": "2026-03-14T12:00:00Z"}', {"ce-type": "comment.created"}),
    (b'{"id": "e", "source": "/s", "type": "comment.created", "data": {"comment": "7", "text": "hi"}}', {}),
)


def test_a_comment_is_read_in_all_three_wrappings(shop: Shop) -> None:
    for raw, headers in WRAPPED:
        (heard,) = shop.inbox.adapters["shop-us"].read(shop.delivery(raw, **headers)).heard
        assert isinstance(heard, CommentHeard)
        assert (heard.comment, heard.text, heard.cut) == ("7", "hi", False)


def test_an_order_with_a_remark_stays_an_order(shop: Shop) -> None:
    order = b'{"order": "7", "lines": [{"sku": "RING", "quantity": 1}], "comment": "gift wrap please"}'
    typed = b'{"type": "order.created", "data": %s}' % order
    for number, raw in enumerate((order, typed, typed.replace(b'"quantity"', b'"units"'))):
        delivery = shop.delivery(raw)
        assert not shop.inbox.adapters["shop-us"].is_chat(delivery)
        if number < 2:
            assert isinstance(shop.inbox.adapters["shop-us"].read(delivery).heard[0], OrderHeard)
    with pytest.raises(Unreadable):
        shop.inbox.deliver("shop-us", delivery)
    (letter,) = shop.inbox.letters()
    assert letter["body_bytes"] > 0


def test_one_relay_tells_of_the_chat_of_several_channels(shop: Shop) -> None:
    account = Account("relay", "generic", Generic.capability, sources={"tt": "tiktok-us", "yt": "youtube-us"})
    relay = Inbox(shop.desk.room, {"relay": make(account, Secrets((KEY,)))})
    for comment, source in (("1", "tt"), ("1", "yt"), ("2", "elsewhere"), ("1", "tt")):
        relay.deliver("relay", shop.delivery(body(comment=comment, source=source)))
    found = {name: len(relay.comments.of([name], NOW)) for name in ("tiktok-us", "youtube-us", "relay")}
    assert found == {"tiktok-us": 1, "youtube-us": 1, "relay": 1}


def test_an_unknown_type_names_comments_among_those_that_are_read(shop: Shop) -> None:
    (heard,) = shop.inbox.adapters["shop-us"].read(shop.delivery(b'{"type": "poll", "data": {}}')).heard
    assert isinstance(heard, Ignored)
    assert "comment.created" in heard.why


# --- the memory -----------------------------------------------------------------------------------------------


def test_the_newest_two_hundred_of_a_channel_are_kept() -> None:
    comments = Comments()
    for number in range(COMMENTS_MAX + 50):
        assert comments.add("a", CommentHeard(str(number), "hi", NOW + number), NOW + 1000)
    comments.add("b", CommentHeard("0", "hi"), NOW)
    found = comments.of(["a"], NOW)
    assert [found[0].comment, found[-1].comment, len(found)] == [str(COMMENTS_MAX + 49), "50", COMMENTS_MAX]
    assert len(comments.of(["a", "b", "c"], NOW)) == COMMENTS_MAX + 1


def test_what_is_a_quarter_of_an_hour_old_is_forgotten() -> None:
    comments = Comments()
    comments.add("a", CommentHeard("1", "old"), NOW)
    comments.add("a", CommentHeard("2", "new"), NOW + SECOND)
    assert [comment.text for comment in comments.of(["a"], NOW + KEPT)] == ["new"]
    assert not comments.add("a", CommentHeard("3", "told late", NOW), NOW + KEPT)


def test_a_comment_from_a_clock_that_is_ahead_came_now() -> None:
    comments = Comments()
    comments.add("a", CommentHeard("1", "hi", NOW + 900 * SECOND), NOW)
    assert comments.of(["a"], NOW)[0].at == NOW


def test_no_flood_makes_the_memory_grow() -> None:
    comments = Comments()
    for number in range(3 * IDS_MAX):
        comments.add("a", CommentHeard(f"c-{number}", "x" * TEXT_MAX), NOW)
    assert len(comments._ids["a"]) == IDS_MAX
    assert len(comments._kept["a"]) == COMMENTS_MAX
