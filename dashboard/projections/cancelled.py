"""What of each order was cancelled so far: units by SKU, folded from the events.

    order_cancelled -> fold -> of(show, channel, order)

A platform says what of an order is cancelled in all; only the difference to what is known here is still to be done.
Orders without a cancellation cost nothing. What is returned is replaced, never changed, so any thread may ask.
"""

from collections.abc import Mapping

from dashboard.decision import events as e

_NOTHING: Mapping[str, int] = {}


class Cancelled:
    """Cancelled units of every order that has any."""

    def __init__(self) -> None:
        self._units: dict[tuple[str, str, str], Mapping[str, int]] = {}

    def fold(self, show: str, event: e.Event) -> None:
        """Take up an event; only cancellations count."""
        if type(event) is e.OrderCancelled:
            key = show, event.channel, event.order
            units = dict(self._units.get(key, _NOTHING))
            for line in event.lines:
                units[line.sku] = units.get(line.sku, 0) + line.quantity
            self._units[key] = units

    def of(self, show: str, channel: str, order: str) -> Mapping[str, int]:
        """Units by SKU cancelled so far; empty when none is."""
        return self._units.get((show, channel, order), _NOTHING)
