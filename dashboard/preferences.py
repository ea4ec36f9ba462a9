"""How somebody reads the screens, remembered by their browser: a language and a clock.

    GET /prefer?lang=zh&tz=Europe/Berlin&back=/replay%3Fshow%3Dnight    303 to `back`, with a cookie for each

`lang` is a code of LANGUAGES; `tz` an IANA time zone (its city alone will do), `show` or `browser`; either may be left
out. Nobody has to sign in for it: it changes what the asking browser sees and nothing else, and the cookies (a year,
SameSite=Lax) hold no secret. `?lang=` in an address outranks them, so it is taken out of `back`.
Invariants: `back` leads to a page of this server or to its first one, whatever a link asks for; a page whose address
has moved on since its link was drawn (Replay) is returned to where it stands.
What can fail: an unknown language or time zone; 400 with one sentence, and nothing is remembered.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.catalogues import BROWSER, LANGUAGE_COOKIE, LANGUAGES, SHOW, ZONE_COOKIE

YEAR_SECONDS = 365 * 86_400
LOCAL = re.compile(r"/(?:[\w.~-]+/)*[\w.~-]*", re.ASCII)
OUTRANKS = ("lang", "tz")
"""What an address may say itself, and so must not say any more once something else was chosen."""


class PreferenceProblem(ValueError):
    """Something nobody can prefer; the message is one sentence for people."""


def routes() -> list[Route]:
    """The route of preferences."""
    return [Route("/prefer", prefer)]


async def prefer(request: Request) -> Response:
    """Remember what was chosen, and lead back."""
    asked = request.query_params
    try:
        chosen = {}
        if asked.get("lang"):
            chosen[LANGUAGE_COOKIE] = language(asked["lang"])
        if asked.get("tz"):
            chosen[ZONE_COOKIE] = zone(asked["tz"]).replace("/", ":")
    except PreferenceProblem as problem:
        return PlainTextResponse(str(problem), 400)
    response = RedirectResponse(_back(request), 303, {"cache-control": "no-store"})
    secure = request.url.scheme == "https"
    for name, value in chosen.items():
        response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="lax", httponly=True, secure=secure)
    return response


def language(code: str) -> str:
    """Return the code of a language of LANGUAGES; raises PreferenceProblem."""
    found = code.strip().lower()
    if found not in LANGUAGES:
        raise PreferenceProblem(f"lang is {code[:40]!r}; the screens speak {' and '.join(LANGUAGES)}.")
    return found


def zone(name: str) -> str:
    """Return a clock to go by: SHOW, BROWSER or an IANA zone, which its city names too; raises PreferenceProblem."""
    wanted = name.strip().lower().replace(" ", "_")
    found = {SHOW: SHOW, BROWSER: BROWSER}.get(wanted) or _zones().get(wanted)
    if found is None:
        raise PreferenceProblem(f"tz is {name[:60]!r}; write a time zone such as Europe/Berlin, UTC, show or browser.")
    return found


def local(address: str) -> str:
    """Return an address if it leads to a page of this server, without what outranks a choice; `/` otherwise.

    A browser reads `//host`, `/\\host` and a tab between two slashes as another machine, so only plain paths pass.
    """
    if not (address.isascii() and address.isprintable()) or "\\" in address or address.startswith("//"):
        return "/"
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or not LOCAL.fullmatch(parts.path) or ".." in parts.path:
        return "/"
    kept = [(name, value) for name, value in parse_qsl(parts.query, True) if name not in OUTRANKS]
    return f"{parts.path}?{urlencode(kept, safe=':')}" if kept else parts.path


def _back(request: Request) -> str:
    """Where to return to: the page that the link was drawn for, as its address reads now."""
    back, before = local(request.query_params.get("back", "/")), request.headers.get("referer", "")
    try:
        parts = urlsplit(before)
    except ValueError:
        return back
    if parts.netloc != request.headers.get("host") or parts.path != urlsplit(back).path:
        return back
    return local(f"{parts.path}?{parts.query}")


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Every IANA zone by its name and its city, in small letters; the full name wins."""
    names = sorted(name for name in available_timezones() if not name.startswith(("posix/", "right/", "Etc/")))
    cities = {name.rpartition("/")[2].lower(): name for name in reversed(names) if "/" in name}
    return cities | {name.lower(): name for name in names}
