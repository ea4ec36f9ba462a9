"""How this viewer reads: in which language, and by whose clock.

Data flow: `?lang=` in the address, else the browser's cookie, else the language the browser asks for -> `language`;
the cookie and the browser's own zone -> `zone`; a room and a zone -> `Seen`, the room whose frames carry that zone as
`time_zone`, so that every clock drawn from them goes by it. `/prefer` sets the cookies.
Invariants: the frames of a tick are the same object for all viewers of a zone, so panels are built once for them; who
chose nothing gets the room itself, and the show's own zone. T+ and what a region's own clock says never change.
What can fail: a cookie that means nothing; it is as if there were none.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.catalogues import BROWSER, LANGUAGE_COOKIE, LANGUAGES, SHOW, ZONE_COOKIE
from dashboard.decision.roles import Person
from dashboard.screens.marks import Frame

ZONES_KEPT = 64


class Running(Protocol):
    """What the screens need of a running room."""

    def clock(self) -> int:
        """Return the room's time in microseconds."""

    def shows(self) -> list[Frame]:
        """Return one row per show of the journal."""

    def latest(self, show: str) -> Frame:
        """Return the frame of this tick, the same object for every viewer."""

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> Frame:
        """Return the frame at a moment (microseconds) or an event."""

    def submit_json(self, rows: Sequence[Mapping[str, Any]], person: Person) -> list[Frame]:
        """Hand a person's commands to the one writer and wait for the answers."""


def cookies() -> Mapping[str, str]:
    """Return what the viewer's browser remembers."""
    return st.context.cookies


def asked_language() -> str:
    """Return the language that the address names, empty where it names none."""
    return st.query_params.get("lang", "") if st.query_params.get("lang") in LANGUAGES else ""


def language() -> str:
    """Return the language of this viewer, a code of LANGUAGES: the address, the browser's memory, the browser's own."""
    remembered = cookies().get(LANGUAGE_COOKIE, "")
    own = (st.context.locale or "").partition("-")[0].lower()
    return asked_language() or next((one for one in (remembered, own) if one in LANGUAGES), "en")


def clock_choice() -> str:
    """Return whose clock this viewer goes by: SHOW, BROWSER or an IANA zone."""
    wanted = cookies().get(ZONE_COOKIE, SHOW).replace(":", "/")
    return wanted if wanted in (SHOW, BROWSER) or _known(wanted) else SHOW


def zone() -> str:
    """Return the IANA zone by which this viewer reads clocks; empty for the show's own."""
    wanted = clock_choice()
    return own_zone() if wanted == BROWSER else "" if wanted == SHOW else wanted


def own_zone() -> str:
    """Return the IANA zone of the machine that this viewer looks with; empty where its browser does not tell."""
    own = st.context.timezone or ""
    return own if _known(own) else ""


def _known(name: str) -> bool:
    try:
        return bool(name and ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


_kept: dict[tuple[str, str], tuple[Frame, Frame]] = {}
_zones: dict[str, tuple[Running, dict[str, str]]] = {}


def in_zone(row: Frame, zone: str) -> Frame:
    """Return a frame, or the row of a show, by the clocks of a zone; `studio_zone` keeps the show's own."""
    return row if not zone else row | {"time_zone": zone, "studio_zone": row["time_zone"]}


class Seen:
    """A running room as somebody sees it who goes by another clock than the show's."""

    def __init__(self, room: Running, zone: str) -> None:
        self.room, self.zone = room, zone

    def clock(self) -> int:
        """Return the room's time in microseconds."""
        return self.room.clock()

    def shows(self) -> list[Frame]:
        """Return one row per show of the journal."""
        return [in_zone(row, self.zone) for row in self.room.shows()]

    def latest(self, show: str) -> Frame:
        """Return the frame of this tick, the same object for every viewer of the zone."""
        frame = self.room.latest(show)
        kept = _kept.get((show, self.zone))
        if kept is not None and kept[0] is frame:
            return kept[1]
        if len(_kept) > ZONES_KEPT:
            _kept.clear()
        seen = in_zone(frame, self.zone)
        _kept[show, self.zone] = frame, seen
        return seen

    def frame(self, show: str, at: int | None = None, seq: int | None = None) -> Frame:
        """Return the frame at a moment (microseconds) or an event."""
        return in_zone(self.room.frame(show, at=at, seq=seq), self.zone)

    def submit_json(self, rows: Sequence[Mapping[str, Any]], person: Person) -> list[Frame]:
        """Hand a person's commands to the one writer and wait for the answers."""
        return self.room.submit_json(rows, person)


def zones_of(running: Running, show: str) -> dict[str, str]:
    """Return the zones of a show, what each is called -> IANA zone: the studio's first, then those of its regions.

    They do not change once a show has opened, so the frame of a show long past is not made for them again.
    """
    room = running.room if isinstance(running, Seen) else running
    kept = _zones.get(show)
    if kept is not None and kept[0] is room:
        return kept[1]
    frame = room.latest(show)
    regions = {row["name"] or row["region"]: row["time_zone"] for row in frame["regions"]}
    if len(_zones) > ZONES_KEPT:
        _zones.clear()
    _zones[show] = room, {"": frame["time_zone"]} | regions
    return _zones[show][1]
