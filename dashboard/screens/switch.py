"""The switch of every page: in which language its words are, and by whose clock its times.

Data flow: the page's address, the zones of its show, what the viewer goes by now -> links to `/prefer`, which has the
browser remember it and leads back here. It is folded into one word and one city, the zone by which the page's clocks
go. Invariants: a link changes one thing and names the page it stands on; nothing here needs a frame to be computed.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from dashboard.catalogues import BROWSER, LANGUAGES, SHOW
from dashboard.screens import viewer
from dashboard.screens.marks import city, safe
from dashboard.screens.words import Say

SHORT: Mapping[str, str] = {"en": "EN", "zh": "中文"}
UTC = "UTC"


def html(here: str, zones: Mapping[str, str], say: Say) -> str:
    """Build the switch of a page, by its name; `zones` are those of its show: what each is called -> IANA zone."""
    back = address(here, st.query_params.to_dict())
    spoken, clock = viewer.language(), viewer.clock_choice()
    languages = "".join(
        _link({"lang": code}, name, back, code == spoken, f' lang="{code}"') for code, name in LANGUAGES.items()
    )
    clocks = "".join(_link({"tz": zone}, name, back, zone == clock) for zone, name in clocks_of(zones, say).items())
    field = (
        f'<form action="./prefer" target="_self"><input type="hidden" name="back" value="{safe(back)}">'
        f'<input name="tz" required maxlength="60" placeholder="Europe/Berlin" aria-label="{safe(say("Time zone"))}">'
        f"<button>{safe(say('Use it'))}</button></form>"
    )
    now = viewer.zone() or next(iter(zones.values()), UTC)
    return (
        f'<details class="switch spoken-{spoken}"><summary title="{safe(say("Language and clock"))}">'
        f"{SHORT[spoken]} · {safe(city(now, say))}</summary><div><b>{safe(say('Language'))}</b><p>{languages}</p>"
        f"<b>{safe(say('Clock'))}</b><p>{clocks}</p>{field}</div></details>"
    )


def clocks_of(zones: Mapping[str, str], say: Say) -> dict[str, str]:
    """Return the clocks to choose from: what `/prefer` calls each -> its words. The first zone is the show's own."""
    show = next(iter(zones.values()), "")
    shows = {SHOW: f"{say('the show')} ({city(show, say)})" if show else say("the show")}
    own = viewer.own_zone()
    mine = {BROWSER: f"{say('this computer')} ({city(own, say)})"} if own else {}
    others = {zone: f"{city(zone, say)} ({name})" for name, zone in list(zones.items())[1:] if zone not in (show, UTC)}
    return shows | mine | {UTC: UTC} | others


def address(here: str, query: Mapping[str, str]) -> str:
    """Return the address of a page on this server, without what a choice outranks."""
    kept = urlencode({name: value for name, value in query.items() if name not in ("lang", "tz")}, safe=":")
    return f"/{'' if here == 'live' else here}{'?' if kept else ''}{kept}"


def _link(what: Mapping[str, str], words: str, back: str, chosen: bool, more: str = "") -> str:
    mark = ' aria-current="true"' if chosen else ""
    return f'<a href="./prefer?{safe(urlencode({**what, "back": back}))}" target="_self"{mark}{more}>{safe(words)}</a>'
