"""What viewers ask: the comments of some channels, each understood once, gathered by what they want to know.

    inbox.serving().comments -> understood (once, for all viewers) -> Ask: one question that many may have asked
    Ask + frame -> speech.answers.draft -> the answer as it is true now, once per tick for what is on a screen

Invariants: understanding costs a millisecond or two, so a tick does at most `READ_MAX` of them for all viewers and
counts the rest; what was not understood is listed apart, never hidden. Nothing here writes: what is answered or put
aside is dropped from the memory of comments, for everybody.
What can fail: no storefront in this process: then nobody asks anything; a draft: the log says why, its card that it has
none, and the other cards go on.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dashboard.channels import inbox as inboxes
from dashboard.channels.comments import Comment, Comments
from dashboard.screens.marks import Frame
from dashboard.speech import answers
from dashboard.speech.questions import Question, understand

LOG = logging.getLogger(__name__)

READ_MAX = 40
UNKNOWN = "unknown"
SECOND = 1_000_000


class Ask(NamedTuple):
    """One question of a channel: as what it was understood, how many asked it, when last (microseconds), where told."""

    key: str
    channel: str
    asked: Question
    times: int
    at: int
    comments: tuple[str, ...]


class Asked(NamedTuple):
    """What is asked: understood questions, the most asked first; what nobody understood; and comments not read yet."""

    known: tuple[Ask, ...]
    unknown: tuple[Ask, ...]
    unread: int


NOTHING = Asked((), (), 0)


def asked(frame: Frame, channels: Sequence[str], comments: Comments | None = None) -> Asked:
    """Gather what is asked on some channels at the frame's time; `comments` are those of this process by default.

    Nobody asks a show that is over: what is written on its channels now is meant for another one.
    """
    inbox = inboxes.serving()
    memory = comments if comments is not None else inbox.comments if inbox else None
    if memory is None or frame["status"] == "closed":
        return NOTHING
    at = round(datetime.fromisoformat(frame["at"]).timestamp() * SECOND)
    hints = {row["channel"]: row["language"] for row in frame["channels"]}
    found: dict[str, list[tuple[Comment, Question]]] = {}
    unread, left = 0, READ_MAX
    for comment in memory.of([name for name in channels if name in hints], at):
        if comment.asked is None or comment.asked[0] != frame["show"]:
            if left <= 0:
                unread += 1
                continue
            left -= 1
            meant = understand(comment.text, frame["skus"], frame["regions"], hints[comment.channel])
            comment.asked = frame["show"], meant
        question: Question = comment.asked[1]
        found.setdefault(key_of(comment.channel, question), []).append((comment, question))
    rows = [_ask(key, group) for key, group in found.items()]
    rows.sort(key=lambda row: (-row.times, -row.at, row.key))
    known = tuple(row for row in rows if row.asked.intent != UNKNOWN)
    unknown = sorted((row for row in rows if row.asked.intent == UNKNOWN), key=lambda row: (-row.at, row.key))
    return Asked(known, tuple(unknown), unread)


def key_of(channel: str, question: Question) -> str:
    """What makes two comments the same question: channel, language, intent, product and place; else the same words."""
    words = " ".join(question.text.casefold().split()) if question.intent == UNKNOWN else ""
    place = question.country or question.region
    parts = (channel, question.language, question.intent, question.sku, *question.skus, place, words)
    return "|".join(parts)


def _ask(key: str, group: list[tuple[Comment, Question]]) -> Ask:
    newest, question = max(group, key=lambda pair: pair[0].at)
    return Ask(key, newest.channel, question, len(group), newest.at, tuple(one.comment for one, _ in group))


def drop(ask: Ask) -> None:
    """Forget the comments of a question, for everybody."""
    inbox = inboxes.serving()
    if inbox:
        inbox.comments.drop(ask.channel, ask.comments)


def drafted(frame: Frame, channel: str, question: Question) -> Mapping[str, Any]:
    """Draft the answer: intent, language, text, fact, known, why."""
    try:
        return answers.draft(frame, channel, question)
    except Exception:
        LOG.exception("A question was not answered.")
    nothing = {"text": "", "fact": {}, "known": False, "why": "failed"}
    return {"intent": question.intent, "language": question.language} | nothing


def names(frame: Frame) -> tuple[str, ...]:
    """What a rewording must not bring in: SKUs, titles, places and codes of the show."""
    said = [row[name] for row in frame["skus"] for name in ("sku", "title")]
    said += [row["name"] for row in (*frame["locations"], *frame["regions"])] + [
        row["code"] for row in frame["coupons"]
    ]
    return tuple(dict.fromkeys(filter(None, said)))
