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
    """Count a show as it was."""
    run = Run(show, Recorder(show, hashed=False))
    mine = [ask for ask in asks if ask.stored[0].show == show]
    for ask in mine:
        run.take(ask.events, [Stamp.of(stored, "") for stored in ask.stored])
    tally = run.counted
    skus, channels = _earned(tally.opened, mine)
    for (sku, _), micros in tally.stock_out_micros(run.at).items():
        skus[sku]["stock_out_minutes"] += micros / MINUTE
    for row in skus.values():
        row["stock_out_minutes"] = round(row["stock_out_minutes"], 1)
    return Original(tally.row(run.show, run.at), skus, channels)


def _earned(opened: e.ShowOpened, asks: Iterable[Ask]) -> tuple[dict[str, Row], dict[str, int]]:
    sums = ("cancelled", "revenue_minor", "margin_minor")
    skus: dict[str, Row] = {sku.sku: {**dict.fromkeys(sums, 0), "stock_out_minutes": 0.0} for sku in opened.skus}
    events = [event for ask in asks for event in ask.events if isinstance(event, e.OrderPlaced | e.OrderCancelled)]
    prices = _prices(events)
    fees = {channel.channel: channel.fee_per_mille for channel in opened.channels}
    costs = {sku.sku: sku.cost_minor for sku in opened.skus}
    landed = {region.region: landed_minor(opened.lanes, region.region) for region in opened.regions}
    regions = {channel.channel: channel.region for channel in opened.channels}
    channels = dict.fromkeys(regions, 0)
    for event in events:
        if isinstance(event, e.OrderPlaced):
            sign, lines = 1, [(line.sku, line.quantity, line.quantity * line.price_minor) for line in event.lines]
        else:
            sign, lines = -1, _cancelled(event, prices)
            for sku, units, _ in lines:
                skus[sku]["cancelled"] += units
        if (event.currency or opened.currency) != opened.currency:
            continue
        way, fee, whole = landed[regions[event.channel]], fees[event.channel], 0
        for sku, units, worth in lines:
            before, whole = whole, whole + sign * worth
            kept = whole * fee // 1000 - before * fee // 1000
            skus[sku]["revenue_minor"] += sign * worth
            channels[event.channel] += sign * worth
            skus[sku]["margin_minor"] += sign * worth - kept - sign * units * (costs[sku] + way)
    return skus, channels


def _prices(events: Sequence[e.OrderPlaced | e.OrderCancelled]) -> dict[OrderKey, dict[str, int]]:
    """Order -> SKU -> price of a unit, of the orders somebody cancelled."""
    wanted = {(event.channel, event.order) for event in events if isinstance(event, e.OrderCancelled)}
    return {
        (event.channel, event.order): {line.sku: line.price_minor for line in event.lines}
        for event in events
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
