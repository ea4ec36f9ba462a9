"""Turned away: what buyers asked for at our own gate and did not get, counted as observations.

    PlaceOrder, refused for want of a unit, a bid or a limit -> `refused/<code>` per channel and SKU, units so far

A refusal leaves no event, since nothing happened; but whoever asks after the show what was lost must not have to
estimate what was seen. An order that a platform had sold already is not lost but owed, and counts elsewhere. The same
command asked again counts once, for as long as it is remembered; after a restart it may count twice.
"""

from collections.abc import Iterator

from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer, Code
from dashboard.projections.feeds import Seen

KIND = "refused/"
WANTED = (Code.NOT_ENOUGH_CLAIMS, Code.BELOW_BID, Code.OVER_LIMIT, Code.NO_LOCATION_SERVES)
REMEMBERED_MAX = 20_000


class TurnedAway:
    """Counts refused orders; `of` gives (kind, channel, SKU, units so far) to note for one of them."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def of(self, command: c.Command, answer: Answer, seen: dict[str, Seen]) -> Iterator[tuple[str, str, str, int]]:
        """What is to be noted of a command and its answer; nothing for nearly all."""
        if answer.code not in WANTED or not isinstance(command, c.PlaceOrder) or command.sold:
            return
        if command.id in self._ids:
            return
        if len(self._ids) >= REMEMBERED_MAX:
            self._ids.clear()
        self._ids.add(command.id)
        units: dict[str, int] = {}
        for line in command.lines:
            units[line.sku] = units.get(line.sku, 0) + line.quantity
        known = seen.get(command.show, {})
        for sku, wanted in units.items():
            kind = f"{KIND}{answer.code}"
            yield kind, command.channel, sku, known.get((kind, command.channel, sku), (0, 0, ""))[1] + wanted
