"""The guide: when the allocator speaks during a show - every minute, and at once when its last word is no longer true.

    frame of each tick -> due(frame) -> nothing, or one `RecordAllocation`

A word that says what the last one said is not said again, so the audit holds an entry where something changed. The
guide remembers what its last answer was based on; after a restart it knows nothing and speaks anew. A show whose
columns are too many to compare at every tick is looked at by the minute alone.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from dashboard.allocation.advise import advise
from dashboard.allocation.solving import EVERY_SECONDS, Seen, shock
from dashboard.allocation.stakes import seen
from dashboard.decision.commands import Command, RecordAllocation

Row = dict[str, Any]
ACTOR = "allocator"
COMPARED_MAX = 2000
"""Countdowns beyond which a frame is not compared with the last at every tick."""


class Guide:
    """What was last said of each show, and what it was based on."""

    def __init__(self) -> None:
        self._based_on: dict[str, Seen] = {}
        self._said: dict[str, Row] = {}
        self._looked: dict[str, float] = {}

    def due(self, frame: Row, numbers: Mapping[str, float] | None = None) -> list[Command]:
        """The word that is due on a frame, if any; none before the start and after the close."""
        if frame["status"] != "open" or not frame["countdowns"]:
            return []
        show, at = frame["show"], float(frame["t_plus_seconds"])
        late = at - self._looked.get(show, -EVERY_SECONDS) >= EVERY_SECONDS
        if not late and len(frame["countdowns"]) > COMPARED_MAX:
            return []
        now, before = seen(frame), self._based_on.get(show)
        if before is not None and not late and not shock(before, now):
            return []
        self._based_on[show], self._looked[show] = now, at
        said = advise(frame, numbers or frame.get("parameters"))
        if not said or said == self._said.get(show):
            return []
        self._said[show] = said
        asked = said | {
            "type": "record_allocation",
            "id": f"{ACTOR}/{show}/{frame['seq']}/{frame['at']}",
            "show": show,
            "actor": ACTOR,
            "source": "/allocator",
            "bids": {sku: bid for sku, bid in said["bids"].items() if bid > 0},
        }
        return [msgspec.convert(asked, RecordAllocation)]
