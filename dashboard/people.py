"""People: who somebody is, and what is asked in their name.

    what a sign-in says, a program's token, sitting at this machine -> Person(actor, role), or nobody
    a person's rows                                                 -> commands with that person's name on them

There are three ways in, and a process has one of them. `login`: whoever signed in has the role that their e-mail
address was given; programs show a token. `local`: the server listens on this machine only, and whoever sits at it is
the operator, who may everything. `open`: it listens for others and nobody can sign in, so everybody only looks on.

Invariants: nobody speaks in another's name, for actor and source of a person's command are written here and not taken
from the sender. What a role may not ask never reaches the deciders. An address that its provider does not vouch for is
no address. Whoever comes through a proxy, or under a name that is not this machine's, does not sit at this machine.
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer, Code
from dashboard.decision.roles import ONLOOKER, OPERATOR, VIEWER, Person, forbidden
from dashboard.host_links import HostLinks

LOCAL, OPEN, LOGIN = "local", "open", "login"
SOURCE = "/operator"
"""Where the commands of people come from."""
NONE = "none"
"""The role of those who may not even look."""
_FORWARDED = frozenset({"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"})
_PROGRAM = "api:"


@dataclass(frozen=True)
class Token:
    """What a program shows instead of signing in, and the role it gives."""

    secret: str = field(repr=False)
    role: str


@dataclass(frozen=True)
class People:
    """Who may come in, and as what.

    `roles` is keyed by e-mail address in small letters or by `*@domain`; who is not in it has `default`. `auth` is what
    Streamlit needs to sign people in; `providers` are the names of its parts, "" for the one that has none. `links` are
    what a host's phone shows instead.
    """

    entry: str = LOCAL
    roles: Mapping[str, str] = field(default_factory=dict)
    default: str = VIEWER
    trust_unmarked_mail: bool = False
    tokens: Mapping[str, Token] = field(default_factory=dict)
    auth: Mapping[str, Any] = field(default_factory=dict, repr=False)
    providers: tuple[str, ...] = ()
    links: HostLinks | None = None

    def signed_in(self, claims: Mapping[str, Any]) -> Person | None:
        """Who signed in, from what the provider says of them; None: nobody, or nobody who may look."""
        if not claims.get("is_logged_in"):
            return None
        mail = self._mail(claims)
        role = self.roles.get(mail) or self.roles.get("*@" + mail.rpartition("@")[2]) if mail else None
        role = role or self.default
        return None if role == NONE else Person(mail or f"unverified:{_plain(claims.get('sub'))}", role)

    def _mail(self, claims: Mapping[str, Any]) -> str:
        """The e-mail address in small letters, empty unless the provider says that it is theirs."""
        mail = claims.get("email")
        vouched = claims.get("email_verified", self.trust_unmarked_mail)
        if vouched is not True or not isinstance(mail, str):
            return ""
        name, _, domain = mail.strip().rpartition("@")
        return mail.strip().casefold() if name and domain and mail.isprintable() and " " not in mail.strip() else ""

    def here(self, headers: Mapping[str, str]) -> Person:
        """Who asks where nobody signs in: the operator at this machine, else somebody who looks on."""
        return OPERATOR if self.entry == LOCAL and from_this_machine(headers) else ONLOOKER

    def bearer(self, authorization: str) -> Person | None:
        """The program that shows a token, None if nobody gave it that; every token is compared, in constant time."""
        kind, _, shown = authorization.partition(" ")
        told, found = shown.strip().encode("utf-8", "surrogateescape"), None
        for name, token in self.tokens.items():
            if hmac.compare_digest(told, token.secret.encode()) and kind.lower() == "bearer":
                found = Person(_PROGRAM + name, token.role)
        return found


def from_this_machine(headers: Mapping[str, str]) -> bool:
    """Tell whether a request was made by somebody at this machine, asking for this machine by name.

    A page from elsewhere can make a browser call a name of its own that leads here; that name is then in `Host`.
    """
    called = "localhost"
    for name, value in headers.items():
        key = name.lower()
        if key in _FORWARDED:
            return False
        if key == "host":
            called = value
    return _is_this_machine(called)


@lru_cache(maxsize=256)
def _is_this_machine(called: str) -> bool:
    return is_loopback(host_of(called))


def host_of(address: str) -> str:
    """The name or number in `host:port`, without port and brackets; empty where nobody can read it."""
    try:
        return urlsplit(f"//{address}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Tell whether a name or number means this machine and no other."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def read(rows: Iterable[Any], person: Person) -> list[c.Command | Answer]:
    """Commands in a person's name, each row for itself: what cannot be read or may not be asked is answered here."""
    return [_read(row, person) for row in rows]


def _read(row: Any, person: Person) -> c.Command | Answer:
    try:
        command = c.decode(msgspec.json.encode({**row, "actor": person.actor, "source": SOURCE}))
    except (msgspec.MsgspecError, TypeError, UnicodeEncodeError, RecursionError) as problem:
        return Answer("refused", None, Code.MALFORMED, f"This is no command: {problem}.")
    refusal = forbidden(person, str(command.__struct_config__.tag))
    return Answer("refused", None, refusal.code, refusal.sentence) if refusal else command


def _plain(name: object) -> str:
    text = str(name or "nobody")[:80]
    return text if text.isprintable() else "unreadable"


_serving: list[People] = []


def serve_here(found: People | None) -> None:
    """Make these the people this process serves (None: it serves no more)."""
    _serving[:] = [found] if found else []


def serving() -> People:
    """The people this process serves; before it serves, whoever sits at this machine."""
    return _serving[0] if _serving else People()
