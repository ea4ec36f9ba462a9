"""A delivery between the door and the room: what it was taken in as, and what became of it.

    Taken (parts, commands) -> [room] -> answers -> Outcome

Plain records of `inbox.py`, and the three ways a delivery can end that are nobody's outcome.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import msgspec

from dashboard.channels.adapter import Delivery, Heard
from dashboard.channels.heard import Home
from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer


class ChannelUnknown(Exception):
    """No storefront is set up under this name; the message is one sentence."""


class LetterUnknown(Exception):
    """There is no such dead letter; the message is one sentence."""


class Unavailable(Exception):
    """The journal cannot be written now, nothing was taken; the message is one sentence."""


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a delivery, why, and which order and dead letter it is about."""

    status: Literal["accepted", "exists", "ignored", "held", "refused"]
    reason: str = ""
    sentence: str = ""
    order: str = ""
    letter: int | None = None


class Listener(Protocol):
    """Who wants to know what was heard and what the room said to it."""

    def heard(self, channel: str, heard: Heard, answers: Sequence[Answer], at: int) -> None:
        """Something was heard from a channel; `answers` are the room's, in the order of its commands."""


@dataclass
class Part:
    """One thing heard: where it belongs, and which of the commands are its own."""

    heard: Heard
    home: Home
    first: int
    last: int
    busy: bool = False


@dataclass
class Taken:
    """A delivery taken in: what is to be asked of the room, and what is needed to settle it."""

    channel: str
    at: int
    delivery: Delivery | None
    ids: tuple[str, ...] = ()
    parts: list[Part] = field(default_factory=list)
    commands: list[c.Command] = field(default_factory=list)
    seen: bool = False
    letter: int = 0
    cancelling: list[tuple[str, str, str]] = field(default_factory=list)
