"""How somebody came to a host page: as a person who is known here, or by a link that opens this page and nothing else.

Data flow: the page's address + `people` + `host_links` -> `Way`: which show and channel, whether by a link, and what is
asked with. Invariants: a link counts only for who may not note lines anyway; it is proved again at every look, so an
ended one shows nothing from the next second on; what is asked by a link goes through `host_links.refused` and is in the
link's own name. What can fail: a forged or an ended link; the page says which.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import streamlit as st

from dashboard import host_links, people
from dashboard.decision.refusals import Answer
from dashboard.decision.roles import HOST, Person
from dashboard.host_links import FORGED, SAYS, Link, NoLink
from dashboard.screens.door import Running, Submit, asking, chosen, may, me
from dashboard.screens.marks import Frame

GONE = "gone"
"""Why a good link opens nothing: its show is not in this journal."""


class Way(NamedTuple):
    """Where somebody came to: show and channel ("" of them all), the link if it was one, or why it opens nothing."""

    show: str = ""
    channel: str = ""
    link: Link | None = None
    problem: str = ""


def shown() -> bool:
    """Tell whether the address holds a link, good or bad."""
    return "link" in st.query_params


def way(running: Running) -> Way:
    """Find out where somebody came to, and how."""
    query = st.query_params
    if not shown() or may(me(), SAYS):
        show = chosen(running.shows(), query.get("show"))
        return Way(show["show"] if show else "", query.get("channel", ""))
    served = people.serving().links
    try:
        if served is None:
            raise NoLink(FORGED)
        link = served.read(query.get("show", ""), query.get("channel", ""), query["link"], running.clock())
    except NoLink as no:
        return Way(problem=no.code)
    known = {row["show"] for row in running.shows()}
    return Way(link.show, link.channel, link) if link.show in known else Way(problem=GONE)


def talking(running: Running, found: Way) -> Submit | None:
    """Return what this viewer notes lines with; None for who may not."""
    if found.link is None:
        return asking(running) if may(me(), SAYS) else None
    return lambda rows: by_link(running, found.link, rows)  # type: ignore[arg-type]


def by_link(running: Running, link: Link, rows: Sequence[Mapping[str, Any]]) -> list[Frame]:
    """Ask for what a link may ask, row by row, in its name."""
    frame = running.latest(link.show)
    own = {row["line"] for row in (*frame["lines"], *frame["do_not_say"]) if row["channel"] == link.channel}
    person = Person(link.person().actor, HOST)
    answers: list[Frame] = []
    for row in rows:
        refusal = host_links.refused(link, row, own)
        if refusal:
            answers.append(msgspec.to_builtins(Answer("refused", None, refusal.code, refusal.sentence)))
        else:
            answers += running.submit_json([row], person)
    return answers
