"""How a show of a journal opened: its SKUs, regions and times, found without reading the rest of it."""

from dashboard.decision import events as e
from dashboard.journal.store import Journal


class NoShow(ValueError):
    """The journal has no such show; the sentence says which it has."""


def opened_of(journal: Journal, show: str) -> e.ShowOpened:
    """The opening of a show; raises NoShow."""
    spans = {span.show: span for span in journal.spans()}
    if show not in spans:
        raise NoShow(f"There is no show {show!r} in this journal; it has {', '.join(spans) or 'none'}.")
    first = spans[show].first_seq
    (stored,) = journal.events(show, after=first - 1, upto=first)
    event = e.decode(stored.type, stored.data)
    assert isinstance(event, e.ShowOpened)
    return event
