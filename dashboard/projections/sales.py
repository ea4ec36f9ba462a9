"""Sales: how fast what goes where, folded so that a frame costs the same after ten orders or ten million.

Per channel: orders, units, revenue, the last order's time. Per SKU and region: units in the last thirty steps of
the show's pace (a minute; longer for shows of days), from which rates and sparklines are read. Per channel, region
and SKU: units per curve bucket (at most some 240 buckets a show). Cancellations count back at the moment they
happen. Money stays in minor units of the currency the order was paid in.
"""

import msgspec

from dashboard.decision.events import Event, OrderCancelled, OrderPlaced, OrderReturned, OrderShipped, ShowOpened

MINUTE = 60_000_000
STEPS_KEPT = 31
BUCKETS_MAX = 240
SKU_CURVES_MAX = 40
NICE_SECONDS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800,
)  # fmt: skip


class ChannelSales(msgspec.Struct):
    """A channel's totals; units and revenue are net of cancellations."""

    orders: int = 0
    units: int = 0
    revenue_minor: int = 0
    last_order_at: int = 0


class Pace(msgspec.Struct):
    """Units sold in the last steps: [[step number, units], ...], oldest first, and the first step of all."""

    first: int
    steps: list[list[int]]


class Sales(msgspec.Struct):
    """Everything folded from orders; curves are name -> bucket -> units."""

    bucket: int = MINUTE
    step: int = MINUTE
    start: int = 0
    last_bucket: int = 0
    orders: int = 0
    units: int = 0
    cancelled: int = 0
    shipped: int = 0
    returned: int = 0
    revenue: dict[str, int] = {}
    countries: dict[str, int] = {}
    channels: dict[str, ChannelSales] = {}
    paces: dict[str, dict[str, Pace]] = {}
    by_channel: dict[str, dict[int, int]] = {}
    by_sku: dict[str, dict[int, int]] = {}
    currency: str = ""
    follow_skus: bool = True


def start(opened: ShowOpened) -> Sales:
    """Begin a show's sales: choose bucket and step from its planned length."""
    seconds = (opened.ends_at - opened.starts_at) / 1e6
    nice = next((nice for nice in NICE_SECONDS if seconds / nice <= BUCKETS_MAX), NICE_SECONDS[-1])
    bucket = nice * 1_000_000
    return Sales(
        bucket=bucket,
        step=MINUTE if seconds <= 2 * 86_400 else bucket,
        start=opened.starts_at,
        last_bucket=2 * BUCKETS_MAX,
        currency=opened.currency,
        channels={channel.channel: ChannelSales() for channel in opened.channels},
        by_channel={channel.channel: {} for channel in opened.channels},
        follow_skus=len(opened.skus) <= SKU_CURVES_MAX,
    )


def fold(sales: Sales, event: Event, at: int) -> None:
    """Count an order, or what became of it."""
    if isinstance(event, OrderPlaced):
        _placed(sales, event, at)
    elif isinstance(event, OrderCancelled):
        _cancelled(sales, event, at)
    elif isinstance(event, OrderShipped):
        sales.shipped += sum(line.quantity for line in event.lines)
    elif isinstance(event, OrderReturned):
        sales.returned += sum(line.quantity for line in event.lines)


def _placed(sales: Sales, event: OrderPlaced, at: int) -> None:
    units = worth = 0
    step = (at - sales.start) // sales.step
    bucket = _bucket(sales, at)
    for line in event.lines:
        units += line.quantity
        worth += line.quantity * line.price_minor
        _pace(sales, line.sku, event.region, step, line.quantity)
        if sales.follow_skus:
            curve = sales.by_sku.setdefault(line.sku, {})
            curve[bucket] = curve.get(bucket, 0) + line.quantity
    sales.orders += 1
    channel = sales.channels[event.channel]
    channel.orders += 1
    channel.last_order_at = at
    _count(sales, event.channel, event.country, event.currency or sales.currency, bucket, units, worth)


def _cancelled(sales: Sales, event: OrderCancelled, at: int) -> None:
    units = sum(line.quantity for line in event.lines)
    bucket = _bucket(sales, at)
    sales.cancelled += units
    for line in event.lines:
        if sales.follow_skus:
            curve = sales.by_sku.setdefault(line.sku, {})
            curve[bucket] = curve.get(bucket, 0) - line.quantity
    _count(sales, event.channel, event.country, event.currency or sales.currency, bucket, -units, -event.revenue_minor)


def _count(sales: Sales, name: str, country: str, currency: str, bucket: int, units: int, worth: int) -> None:
    sales.units += units
    sales.revenue[currency] = sales.revenue.get(currency, 0) + worth
    channel = sales.channels[name]
    channel.units += units
    channel.revenue_minor += worth
    curve = sales.by_channel[name]
    curve[bucket] = curve.get(bucket, 0) + units
    if country:
        sales.countries[country] = sales.countries.get(country, 0) + units


def _bucket(sales: Sales, at: int) -> int:
    return min(max(0, (at - sales.start) // sales.bucket), sales.last_bucket)


def _pace(sales: Sales, sku: str, region: str, step: int, units: int) -> None:
    regions = sales.paces.get(sku)
    if regions is None:
        regions = sales.paces[sku] = {}
    pace = regions.get(region)
    if pace is None:
        regions[region] = Pace(step, [[step, units]])
        return
    last = pace.steps[-1]
    if last[0] == step:
        last[1] += units
        return
    pace.steps.append([step, units])
    if len(pace.steps) > STEPS_KEPT:
        del pace.steps[0]


def spark(sales: Sales, pace: Pace | None, at: int, length: int = 20) -> list[int]:
    """Units per step over the last `length` full or running steps, oldest first."""
    values = [0] * length
    if pace is None:
        return values
    now = (at - sales.start) // sales.step
    for step, units in pace.steps:
        age = now - step
        if 0 <= age < length:
            values[length - 1 - age] = units
    return values
