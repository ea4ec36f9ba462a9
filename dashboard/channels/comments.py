"""Comments: what the audience wrote lately, for whoever answers it, and no longer than that.

    comment.created -> inbox -> Comments.take -> newest 200 a channel, 15 minutes -> `of` -> the questions' panel

A relay that reads the chat of several platforms needs one account of our own protocol: a comment's `source` says which
channel it was written on.

Chat belongs to people. A comment is its words, its channel and when it came; who wrote it is never read. It is never
in the journal, in a dead letter or in a log, and after a restart the memory starts empty. Everything is bounded: words
by the adapter, comments by number and age, the ids that tell a repetition by number.

Whoever looks reads all at once, so what people mark as answered or put aside is gone for everybody. What a comment
asks is understood by the one who reads it (`Comment.asked`), once for all viewers and never on the way in: 500 comments
a second must not hold up an order. Every method may be called from any thread. Nothing here can fail.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from typing import Any

from dashboard.channels.adapter import CommentHeard
from dashboard.channels.taken import Outcome

COMMENTS_MAX = 200
"""Comments of a channel that are kept."""
KEPT = 15 * 60 * 1_000_000
"""How long a comment is kept, microseconds."""
IDS_MAX = 4_000
"""Ids of a channel that are remembered, so that a comment told twice is one."""


class Comment:
    """One comment: its words and when it came (microseconds); `asked` is filled in by whoever first understands it."""

    __slots__ = ("asked", "at", "channel", "comment", "text")

    def __init__(self, channel: str, comment: str, text: str, at: int) -> None:
        self.channel, self.comment, self.text, self.at = channel, comment, text, at
        self.asked: tuple[str, Any] | None = None
        """The show it was understood for, and as what."""


class Comments:
    """The comments of every channel."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, OrderedDict[str, Comment]] = {}
        self._ids: dict[str, OrderedDict[str, None]] = {}

    def add(self, channel: str, heard: CommentHeard, now: int) -> bool:
        """Keep a comment, False for one that was told before or is too old to be answered."""
        at = now if heard.at is None else min(heard.at, now)
        channel = heard.channel or channel
        if at <= now - KEPT:
            return False
        with self._lock:
            ids = self._ids.setdefault(channel, OrderedDict())
            if heard.comment in ids:
                return False
            ids[heard.comment] = None
            if len(ids) > IDS_MAX:
                ids.popitem(last=False)
            kept = self._kept.setdefault(channel, OrderedDict())
            kept[heard.comment] = Comment(channel, heard.comment, heard.text, at)
            if len(kept) > COMMENTS_MAX:
                kept.popitem(last=False)
        return True

    def take(self, channel: str, heard: CommentHeard, now: int) -> Outcome:
        """Keep a comment and say what became of it, to the one who sent it."""
        if not self.add(channel, heard, now):
            return Outcome("ignored", "comment_known", "This comment was told before, or is too old to be answered.")
        return Outcome("accepted", "comment", "Its text was cut to 500 characters." if heard.cut else "")

    def of(self, channels: Iterable[str], now: int) -> list[Comment]:
        """The comments of some channels that are not too old, the newest first."""
        found: list[Comment] = []
        with self._lock:
            for channel in channels:
                kept = self._kept.get(channel, OrderedDict())
                for id in [id for id, comment in kept.items() if comment.at <= now - KEPT]:
                    del kept[id]
                found += kept.values()
        found.sort(key=lambda comment: comment.at, reverse=True)
        return found

    def drop(self, channel: str, comments: Collection[str]) -> None:
        """Forget comments that were answered or put aside; told again they stay forgotten."""
        with self._lock:
            kept = self._kept.get(channel, OrderedDict())
            for id in comments:
                kept.pop(id, None)
