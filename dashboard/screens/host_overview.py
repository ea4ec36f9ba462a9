"""The overview of the host pages: every channel with its present line and, for who may, the link a phone opens it by.

Data flow: the frame of this tick -> a card each, ticking; links of `people` + the address this browser looks from -> a
picture each, drawn once per page run. Invariants: a link is shown to who may note lines himself and to nobody else.
What can fail: no key can be kept beside the journal, or nobody but this machine could follow a link; both are said.
"""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard import people
from dashboard.host_links import DAY, SAYS, HostLinks, KeyProblem
from dashboard.people import is_loopback
from dashboard.screens import canvas, stage
from dashboard.screens.door import Running, may, me
from dashboard.screens.marks import Frame, safe, shape
from dashboard.screens.panels import host_cards
from dashboard.screens.words import Say, speaker

FAR = "A phone cannot open these links: this server listens to its own machine only."
HOW = (
    'Write host = "0.0.0.0" into the config of warroom serve, set up sign-in, '
    "and open this page by the machine's address."
)


def origin() -> str:
    """Return where this browser looks from, such as http://10.0.0.5:8501."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme or 'http'}://{parts.netloc or st.context.headers.get('host', 'localhost')}"


def draw(running: Running, show: str, say: Say) -> None:
    """Draw the overview of a show."""
    frame = running.latest(show)
    served = people.serving().links if may(me(), SAYS) else None
    with st.container(key="hosts", gap=None):
        st.html(f"<header class='h-title'><h1>{safe(frame['title'])}</h1><p>{safe(say('Host pages'))}</p></header>")
        _about(served, say)
        with st.container(key="host_cards", gap=None):
            for place, row in enumerate(frame["channels"]):
                with st.container(key=f"host_card_{place}", gap=None):
                    canvas.slot(f"host_card_{place}")
                    if served:
                        _link(served, show, row["channel"], running.clock(), say)
        with st.container(key="ticking", gap=None):
            _tick(running, show)


def href(show: str, channel: str) -> str:
    """Return the address of a channel's page, seen from this one."""
    language = {"lang": stage.language()} if stage.language() != "en" else {}
    return f"./host?{urlencode({'show': show, 'channel': channel, **language})}"


@st.fragment(run_every=1.0)
def _tick(running: Running, show: str) -> None:
    frame, lang = running.latest(show), stage.language()
    say = speaker(lang)

    def build() -> dict[str, str]:
        rows: Sequence[Frame] = frame["channels"]
        cards = (host_cards.card(frame, row, href(show, row["channel"]), say) for row in rows)
        return {f"host_card_{place}": card for place, card in enumerate(cards)}

    canvas.fill(stage.once(frame, ("hosts", lang, show), build), {}, live=True)


def _about(served: HostLinks | None, say: Say) -> None:
    """Say who can follow the links, where that is not everybody they are given to."""
    if served is None:
        text = say("Who may note lines finds here a link for each channel's phone.")
        st.html(f'<p class="h-about">{safe(text)}</p>')
    elif is_loopback(urlsplit(served.public_url or origin()).hostname or ""):
        st.html(f'<p class="h-about far">{shape("late")}<b>{safe(say(FAR))}</b> {safe(say(HOW))}</p>')


def _link(served: HostLinks, show: str, channel: str, now: int, say: Say) -> None:
    try:
        address = served.address(origin(), show, channel, now)
    except KeyProblem as problem:
        st.html(f'<p class="h-about far">{shape("low")}{safe(problem)}</p>')
        return
    until = host_cards.day((now // DAY + served.days) * DAY)
    st.html(host_cards.link(address, until, say))
