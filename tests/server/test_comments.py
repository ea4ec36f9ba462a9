"""A viewer's comment from the platform's webhook to a claim that an outsider verifies, and no word of it in any file."""

from pathlib import Path
from typing import Any

import httpx
import orjson

from dashboard.decision.roles import HOST, Person
from dashboard.journal.verify_claims import verify_claims
from dashboard.screens import questions_asked as asking
from tests.server.show import NOW
from tests.server.test_webhooks import Shop, refused, shop as shop

WORDS = "hey, how many ring are left for me and my sister??"


def say(shop: Shop, comment: str, text: object, **more: Any) -> httpx.Response:
    """Tell of a comment."""
    data = {"comment": comment, "text": text, "viewer": "@anna.writes"}
    return shop.tell(orjson.dumps({"type": "comment.created", "data": data}), **more)


def test_a_comment_becomes_an_answer_that_can_be_verified_and_is_itself_nowhere(shop: Shop, tmp_path: Path) -> None:
    room, comments = shop.room, shop.inbox.comments
    for id, text in (("1", WORDS), ("2", f"{WORDS}!"), ("3", "nice light 😍")):
        answer = say(shop, id, text)
        assert (answer.status_code, answer.json()) == (200, {"status": "accepted", "reason": "comment"})
    assert say(shop, "2", WORDS).json()["reason"] == "comment_known"
    frame = room.frame("spring", at=NOW)
    found = asking.asked(frame, ["shop-us"], comments)
    assert [(one.asked.intent, one.times) for one in found.known] == [("stock", 2)]
    assert len(found.unknown) == 1
    (ask,) = found.known
    draft = asking.drafted(frame, ask.channel, ask.asked)
    assert draft["known"]
    person = Person("kim", HOST)
    line = {"id": "a", "show": "spring", "actor": "kim", "source": "/operator", "line": "answer/a"}
    said = {name: draft[name] for name in ("language", "text", "fact")}
    published = {**line, **said, "type": "publish_line", "channel": ask.channel, "kind": "answer"}
    answers = room.submit_json([published, {**line, "id": "b", "type": "say_line"}], person)
    assert [row["status"] for row in answers] == ["accepted", "accepted"], answers
    room.stop()
    report = verify_claims(str(room.journal.path))
    assert report["ok"], report
    assert report["claims"] == 1
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert b"sister" not in written
    assert b"anna" not in written


def test_a_comment_that_nobody_can_read_is_told_why_and_not_kept(shop: Shop) -> None:
    refused(say(shop, "1", ""), 400, "unreadable")
    refused(say(shop, "", "hello"), 400, "unreadable")
    refused(say(shop, "1", "hello", at=1), 401, "not_authentic")
    long = say(shop, "9", "é" * 9_000)
    assert long.json()["sentence"] == "Its text was cut to 500 characters."
    letters = shop.client.get("/api/dead-letters").json()["letters"]
    assert [(letter["reason"], letter["body_bytes"]) for letter in letters] == [("not_authentic", 0)]
