"""The gate of the routes that ask for something: which person a request speaks for, or why it is not let in.

    Authorization: Bearer TOKEN          -> the program that was given it; a wrong one is 401 whatever else is true
    nothing, asked at this machine       -> the operator, unless a page from elsewhere makes the browser ask
    nothing, otherwise                   -> 401

A browser sends what any page tells it to, also to this machine. What gives such a page away: the origin it comes from,
`Sec-Fetch-Site`, a host name of its own that leads here, or a body typed like a form's, which needs no permission to be
sent. Programs such as curl send none of the first three, and are not asked how they type a body.
"""

from collections.abc import Mapping

from dashboard.decision.refusals import Code
from dashboard.decision.roles import ADMIN, Person, forbidden
from dashboard.people import LOCAL, People, from_this_machine

UNKNOWN, ELSEWHERE = "not_authentic", "from_elsewhere"
_FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
_OUR_OWN = ("none", "same-origin")


class Shut(Exception):
    """Not let in: `status` is the HTTP status, `reason` its code, the message one sentence."""

    def __init__(self, status: int, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.reason = reason
        self.headers = {"www-authenticate": "Bearer"} if status == 401 else {}


def caller(headers: Mapping[str, str], people: People, what: str = "") -> Person:
    """Who asks, being allowed to do `what` (a command's tag or an act); headers in small letters; raises Shut."""
    person = _named(headers, people)
    refusal = forbidden(person, what) if what else None
    if refusal:
        raise Shut(403, Code.ROLE_FORBIDS, refusal.sentence)
    return person


def _named(headers: Mapping[str, str], people: People) -> Person:
    shown = headers.get("authorization")
    if shown:
        found = people.bearer(shown)
        if found is None:
            raise Shut(
                401, UNKNOWN, "This token is not known here; send Authorization: Bearer and one of [api_tokens]."
            )
        return found
    person = people.here(headers)
    if person.role != ADMIN:
        stranger = people.entry == LOCAL and not from_this_machine(headers)
        why = "This did not come from this machine by its own name" if stranger else "Nobody is known without a token"
        raise Shut(401, UNKNOWN, f"{why}; send Authorization: Bearer and one of [api_tokens].")
    why = _elsewhere(headers)
    if why:
        raise Shut(403, ELSEWHERE, f"{why}; only pages of this server may ask, and programs.")
    return person


def _elsewhere(headers: Mapping[str, str]) -> str:
    """How a request shows that a page from elsewhere made a browser send it; empty if it does not."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None and origin.partition("://")[2] != headers.get("host"):
        return f"A page of {origin[:80]!r} asks this"
    if site is not None and site not in _OUR_OWN:
        return f"A {site[:40]} page asks this"
    typed = headers.get("content-type", "").partition(";")[0].strip().lower()
    if typed in _FORMS and (origin is not None or site is not None or "referer" in headers):
        return f"A page sends this as {typed}, which any form may"
    return ""
