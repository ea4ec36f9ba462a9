"""Host links: an address that opens the host page of one channel for a phone that is not signed in, and nothing else.

    key + show, channel, last day -> HMAC-SHA256 -> token in the address -> a phone shows it -> Link, or NoLink with why

A token says until which day it holds and proves it; show and channel stand beside it in the address and are proved
with it, so a token of one channel is worth nothing for another. The key lies in a file beside the journal that only
its owner can read, made when the first link is, or is given by the config; so links outlive a restart. Another key, or
none, ends every link at once, for the file is read at each look.

Invariants: nothing of a token is stored or logged; two texts are compared in constant time; `refused` lets a link ask
for one thing only, to note that a line of its own channel was said. Time is an argument.
"""

import base64
import hmac
import os
import secrets
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from dashboard.decision.refusals import Code, Refusal
from dashboard.decision.roles import Person

ROLE = "host-link"
"""What stands before a link's channel in the audit, and the role of its person, which may ask for nothing."""
FORGED, EXPIRED = "forged", "expired"
DAYS = 7
"""How many days a link holds after the day on which it was made, unless the config says otherwise."""
DAY = 86_400_000_000
KEY_LETTERS_MIN = 32
SAYS = "say_line"


class NoLink(Exception):
    """A token that opens nothing: `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyProblem(Exception):
    """The key cannot be read or made; the message is one sentence."""


@dataclass(frozen=True)
class Link:
    """What a token opens: one channel of one show, until a moment in microseconds since 1970 UTC."""

    show: str
    channel: str
    until: int

    def person(self) -> Person:
        """Who the audit says it was."""
        return Person(f"{ROLE}:{self.channel}", ROLE)


@dataclass(frozen=True)
class HostLinks:
    """Makes and reads tokens; `file` is where the key lies, `secret` a key that was given, `public_url` our address."""

    file: Path | None = None
    secret: bytes = field(default=b"", repr=False)
    days: int = DAYS
    public_url: str = ""

    def token(self, show: str, channel: str, now: int) -> str:
        """A token for a channel, the same all day; raises KeyProblem where no key can be made."""
        day = now // DAY + self.days
        return f"{day}.{_proof(self._key() or self._made(), show, channel, day)}"

    def read(self, show: str, channel: str, token: str, now: int) -> Link:
        """What a token opens; raises NoLink."""
        told, _, proof = token.partition(".")
        try:
            key = self._key()
        except KeyProblem:
            key = b""
        if not key or not (told.isascii() and told.isdigit() and len(told) <= 6):
            raise NoLink(FORGED)
        day = int(told)
        if not hmac.compare_digest(_proof(key, show, channel, day).encode(), proof.encode("utf-8", "surrogateescape")):
            raise NoLink(FORGED)
        link = Link(show, channel, (day + 1) * DAY)
        if now >= link.until:
            raise NoLink(EXPIRED)
        return link

    def address(self, origin: str, show: str, channel: str, now: int) -> str:
        """The whole address of a channel's link, at our public address or at where somebody looks from."""
        asked = urlencode({"show": show, "channel": channel, "link": self.token(show, channel, now)})
        return f"{(self.public_url or origin).rstrip('/')}/host?{asked}"

    def _key(self) -> bytes:
        """The key, empty while there is none; raises KeyProblem about a file that others can read."""
        if self.secret or self.file is None:
            return self.secret
        try:
            with self.file.open("rb") as opened:
                if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                    raise KeyProblem(f"{self.file} can be read by others than its owner; run chmod 600 {self.file}.")
                found = opened.read(1024).strip()
        except OSError:
            return b""
        return found if len(found) >= KEY_LETTERS_MIN else b""

    def _made(self) -> bytes:
        """A new key in its file."""
        assert self.file is not None, "a key without a file is given"
        made = secrets.token_hex(32).encode()
        try:
            with os.fdopen(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(made)
        except FileExistsError:
            raise KeyProblem(
                f"{self.file} holds no key of {KEY_LETTERS_MIN} letters; delete it for a new one."
            ) from None
        except OSError as problem:
            raise KeyProblem(f"No key for links can be kept in {self.file}: {problem.strerror}.") from None
        return made


def beside(journal: str, secret: bytes = b"", days: int = DAYS, public_url: str = "") -> HostLinks:
    """The links of a journal: a given key, else one in a file beside it, else (in memory) one for this process."""
    if not secret and journal == ":memory:":
        secret = secrets.token_hex(32).encode()
    return HostLinks(None if secret else Path(f"{journal}.host-key"), secret, days, public_url)


def refused(link: Link, row: Mapping[str, Any], lines: Collection[str]) -> Refusal | None:
    """Refuse what a link may not ask: anything but that one of the lines of its channel was said."""
    asked = row.get("type")
    if asked != SAYS:
        return Refusal(Code.ROLE_FORBIDS, f"A host link may not ask for {asked!s:.40}; it takes {SAYS}.")
    if row.get("show") != link.show or row.get("line") not in lines:
        line = f"Line {row.get('line')!s:.40} is none that {link.channel} shows"
        return Refusal(Code.ROLE_FORBIDS, f"{line}; a host link may only note lines of its own channel.")
    return None


def _proof(key: bytes, show: str, channel: str, day: int) -> str:
    """What proves show, channel and day together; written so that no two different ones read alike."""
    said = msgspec.json.encode([ROLE, show, channel, day])
    return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")).rstrip(b"=").decode()
