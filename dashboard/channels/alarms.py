"""Alarms: an order that a platform sold and no unit covers is told at once, and taken back when a unit came after all.

    the ledger refuses a sold order  -> a critical alert, once per order
    it takes the order later         -> the alert is resolved

After a restart an alert of before stays until a person resolves it: the order is not heard as new again.
"""

from dashboard.channels.adapter import OrderHeard
from dashboard.channels.handover import Room
from dashboard.decision import commands as c
from dashboard.decision.refusals import Answer


class Alarms:
    """The uncovered orders of one show; `told` are all that ever were."""

    def __init__(self, show: str, room: Room) -> None:
        self.show, self.room = show, room
        self.told: set[tuple[str, str]] = set()
        self._open: set[tuple[str, str]] = set()

    def uncovered(self, channel: str, region: str, heard: OrderHeard, answer: Answer, at: int) -> None:
        """Tell of an order that no unit covers."""
        if (channel, heard.order) in self.told:
            return
        self.told.add((channel, heard.order))
        self._open.add((channel, heard.order))
        alert = c.RaiseAlert(
            id=f"uncovered/{self.show}/{channel}/{heard.order}",
            show=self.show,
            actor="exchange",
            source=f"/channels/{channel}",
            alert=f"uncovered:{channel}:{heard.order}",
            rule="uncovered",
            severity="critical",
            what=f"{channel} sold order {heard.order}, which no unit covers: {answer.sentence}",
            sku=heard.lines[0].sku if heard.lines else "",
            region=region,
        )
        self.room.handle([alert], at)

    def covered(self, channel: str, order: str, at: int) -> None:
        """Take the alert back: the ledger has the order now."""
        if (channel, order) not in self._open:
            return
        self._open.discard((channel, order))
        resolved = c.ResolveAlert(
            id=f"uncovered/{self.show}/{channel}/{order}/covered",
            show=self.show,
            actor="exchange",
            source=f"/channels/{channel}",
            reason="a unit covers it now",
            alert=f"uncovered:{channel}:{order}",
        )
        self.room.handle([resolved], at)
