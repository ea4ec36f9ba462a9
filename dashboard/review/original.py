"""What happened, counted from the recorded events: the tally of the show, and what each SKU earned.

    asks of a show -> their events taken as they are (nothing is decided) -> tally row, sums per SKU and channel

The tally is the one reruns use. Its money is cut up here by SKU so that SKUs add up to the tally exactly: the
platform's fee is rounded once per order, so each line bears what it adds to the fee of the lines before it. What a
cancellation was worth is on record only as a whole; its lines get their prices from the order they cancel, and where
those do not add up the last line bears the rest.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from dashboard.decision import events as e
from dashboard.decision.ledger import landed_minor
from dashboard.review.asked import Ask
from dashboard.review.recorder import Recorder, Stamp
from dashboard.review.run import Run

Row = dict[str, Any]
MINUTE = 60_000_000
OrderKey = tuple[str, str]


class Original(NamedTuple):
    """What happened: the tally; per SKU cancelled, revenue, margin and minutes sold out; per channel revenue.

    Money is that of orders in the show's currency.
    """

    tally: Row
    skus: dict[str, Row]
    channels: dict[str, int]


def counted(asks: Collection[Ask], show: str) -> Original:
    """Count a show as it was; goes through its commands once, or twice where something was cancelled."""
    run = Run(show, Recorder(show, hashed=False))
    earned: _Earned | None = None
    cancelled: list[e.OrderCancelled] = []
    for ask in asks:
        if ask.stored[0].show != show:
            continue
        run.take(ask.events, [Stamp.of(stored, "") for stored in ask.stored])
        earned = earned or _Earned(run.counted.opened)
        for event in ask.events:
            if isinstance(event, e.OrderPlaced):
                lines = [(line.sku, line.quantity, line.quantity * line.price_minor) for line in event.lines]
                earned.add(event, 1, lines)
            elif isinstance(event, e.OrderCancelled):
                cancelled.append(event)
    assert earned is not None, "the show has not opened"
    prices = _prices(asks, show, cancelled)
    for event in cancelled:
        earned.add(event, -1, _cancelled(event, prices))
    tally = run.counted
    for (sku, _), micros in tally.stock_out_micros(run.at).items():
        earned.skus[sku]["stock_out_minutes"] += micros / MINUTE
    for row in earned.skus.values():
        row["stock_out_minutes"] = round(row["stock_out_minutes"], 1)
    return Original(tally.row(run.show, run.at), earned.skus, earned.channels)


class _Earned:
    """What SKUs and channels earned so far."""

    def __init__(self, opened: e.ShowOpened) -> None:
        sums: Row = {"cancelled": 0, "revenue_minor": 0, "margin_minor": 0, "stock_out_minutes": 0.0}
        self.skus: dict[str, Row] = {sku.sku: dict(sums) for sku in opened.skus}
        self.channels = {channel.channel: 0 for channel in opened.channels}
        self._currency = opened.currency
        self._fees = {channel.channel: channel.fee_per_mille for channel in opened.channels}
        self._costs = {sku.sku: sku.cost_minor for sku in opened.skus}
        ways = {region.region: landed_minor(opened.lanes, region.region) for region in opened.regions}
        self._ways = {channel.channel: ways[channel.region] for channel in opened.channels}

    def add(self, event: e.OrderPlaced | e.OrderCancelled, sign: int, lines: Sequence[tuple[str, int, int]]) -> None:
        """Take in an order (1) or a cancellation (-1): SKU, units and worth of each line."""
        fee, way, whole = self._fees[event.channel], self._ways[event.channel], 0
        own = (event.currency or self._currency) == self._currency
        for sku, units, worth in lines:
            row = self.skus[sku]
            row["cancelled"] += units if sign < 0 else 0
            if own:
                before, whole = whole, whole + sign * worth
                kept = whole * fee // 1000 - before * fee // 1000
                self.channels[event.channel] += sign * worth
                row["revenue_minor"] += sign * worth
                row["margin_minor"] += sign * worth - kept - sign * units * (self._costs[sku] + way)


def _prices(asks: Iterable[Ask], show: str, cancelled: Sequence[e.OrderCancelled]) -> dict[OrderKey, dict[str, int]]:
    """Order -> SKU -> price of a unit, of the orders somebody cancelled."""
    wanted = {(event.channel, event.order) for event in cancelled}
    if not wanted:
        return {}
    return {
        (event.channel, event.order): {line.sku: line.price_minor for line in event.lines}
        for ask in asks
        if ask.stored[0].show == show
        for event in ask.events
        if isinstance(event, e.OrderPlaced) and (event.channel, event.order) in wanted
    }


def _cancelled(event: e.OrderCancelled, prices: dict[OrderKey, dict[str, int]]) -> list[tuple[str, int, int]]:
    """SKU, units and worth of each line of a cancellation; the worths add up to its own."""
    known = prices.get((event.channel, event.order), {})
    lines = [(line.sku, line.quantity, line.quantity * known.get(line.sku, 0)) for line in event.lines]
    if lines:
        sku, units, worth = lines[-1]
        lines[-1] = sku, units, worth + event.revenue_minor - sum(line[2] for line in lines)
    return lines
