"""What is at stake in a frame: the SKUs where something can be decided, as the numbers of one program.

    countdowns, pools, channels, SKUs, lanes, routes  ->  Stakes

A region counts as one pool, whatever its channels list of it; a channel's demand is its part of the region's, by what
it was planned to sell and has sold. SKUs are left out whose regions have what they need, and those of which nothing is
to spare; of more than `SKUS_MAX` those with most money at stake are kept. A frame without the forecast's keys is read
as one without demand. Pure; rows are gone through once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from dashboard.allocation.program import Layout, Numbers
from dashboard.allocation.segments import Law
from dashboard.allocation.solving import Seen
from dashboard.forecast.counts import Floats

Row = dict[str, Any]
SKUS_MAX = 120
SOON_MINUTES = 15.0
MOVE_SHARE = 0.14
"""What a move between regions costs, as a share of the price, where no lane or route tells."""
PLAN_UNITS = 20.0
"""So many sold units weigh as much as the plan when a region's demand is split over its channels."""


class Stakes(NamedTuple):
    """The SKUs to decide on and what the frame says of them; [SKU, region] and [node], money in minor units."""

    skus: list[str]
    regions: list[str]
    layout: Layout
    numbers: Numbers
    left: Floats
    free: Floats
    wanted: Floats
    sold_share: Floats
    soon: Floats
    """The share of what is wanted until the close that is wanted within SOON_MINUTES."""
    earns: Floats
    """[SKU] the best margin of a unit."""


def seen(frame: Row) -> Seen:
    """What an answer on this frame is based on, for `solving.shock`; SKUs and regions in the order of their names."""
    skus = sorted({row["sku"] for row in frame["countdowns"]})
    regions = sorted({row["region"] for row in frame["countdowns"]})
    table = _tables(frame, skus, regions)
    flexible = np.array([table.flexible.get(sku, 0.0) for sku in skus])
    return Seen(_seconds(frame["at"]), flexible, table.left, table.mean)


def stakes_of(frame: Row) -> Stakes | None:
    """Read the rows that matter off a frame; None where there is nothing to decide."""
    flexible = {row["sku"]: float(row["left"]) for row in frame["pools"] if row["pool"] == "flexible"}
    skus = _chosen(frame, flexible)
    channels = [row for row in frame["channels"] if not row.get("behind")]
    regions = sorted({row["region"] for row in channels})
    if not skus or not regions:
        return None
    table = _tables(frame, skus, regions)
    shares = _channel_shares(frame, channels)
    region = np.array([regions.index(row["region"]) for row in channels], dtype=np.int64)
    count = len(channels)
    layout = Layout(len(skus), len(regions), np.arange(len(skus)).repeat(count), np.tile(region, len(skus)))
    by_sku = {row["sku"]: row for row in frame["skus"]}
    price = np.array([float(by_sku[sku]["price_minor"]) for sku in skus])
    cost = np.array([float(by_sku[sku]["cost_minor"]) for sku in skus])
    landed = cheapest_ways(frame)
    ways = np.array([landed.get(row["region"], 0) for row in channels], dtype=float)
    fees = np.array([row.get("fee_per_mille", 0) for row in channels], dtype=float)
    asked = _asked(frame, skus, channels, price)
    margin = np.floor(asked * (1000 - fees) / 1000) - cost[:, None] - ways
    nothing = np.zeros(layout.nodes)
    law = Law(
        (table.mean[:, region] * shares).reshape(-1),
        table.shape[:, region].reshape(-1),
        table.lot[:, region].reshape(-1),
    )
    numbers = Numbers(
        law=law,
        stock=nothing,
        pool=table.left,
        flexible=np.array([flexible.get(sku, 0.0) for sku in skus]),
        margin=margin.reshape(-1),
        release=nothing,
        move=_moves(frame, regions, price, landed),
        leftover=np.zeros((len(skus), len(regions))),
        leftover_flexible=np.zeros(len(skus)),
    )
    soon = np.clip(table.pace * SOON_MINUTES / np.maximum(table.mean, 1e-9), 0.0, 1.0)
    earns = margin.max(axis=1)
    return Stakes(skus, regions, layout, numbers, table.left, table.free, table.mean, table.sold_share, soon, earns)


class _Table(NamedTuple):
    """Countdown rows as arrays [SKU, region], and the flexible pool by SKU."""

    mean: Floats
    shape: Floats
    lot: Floats
    left: Floats
    free: Floats
    sold_share: Floats
    pace: Floats
    flexible: dict[str, float]


def _tables(frame: Row, skus: list[str], regions: list[str]) -> _Table:
    rows, columns = ({name: place for place, name in enumerate(names)} for names in (skus, regions))
    size = (len(skus), len(regions))
    mean, left, free, sold, pace = (np.zeros(size) for _ in range(5))
    shape, lot = np.ones(size), np.ones(size)
    for row in frame["countdowns"]:
        sku, region = rows.get(row["sku"]), columns.get(row["region"])
        if sku is None or region is None:
            continue
        mean[sku, region] = max(0.0, float(row.get("wanted_mean") or 0.0))
        shape[sku, region] = max(1e-3, float(row.get("wanted_shape") or 1.0))
        lot[sku, region] = max(1.0, float(row.get("lot") or 1.0))
        left[sku, region] = row["left"]
        sold[sku, region] = row["share_sold"]
        pace[sku, region] = row.get("expected_per_minute") or row["rate_per_minute"]
    flexible: dict[str, float] = {}
    for pool in frame["pools"]:
        sku, region = rows.get(pool["sku"]), columns.get(pool["region"] or "")
        if pool["pool"] == "flexible":
            flexible[pool["sku"]] = float(pool["left"])
        elif sku is not None and region is not None:
            free[sku, region] = pool["free"]
    return _Table(mean, shape, lot, left, free, sold, pace, flexible)


def _chosen(frame: Row, flexible: Mapping[str, float]) -> list[str]:
    """SKUs with something at stake: units that will lack somewhere while others have some; by name."""
    price = {row["sku"]: max(0, row["price_minor"] - row["cost_minor"]) for row in frame["skus"]}
    short: dict[str, float] = {}
    spare = dict.fromkeys(flexible, 0.0) | {sku: units for sku, units in flexible.items() if units > 0}
    for row in frame["countdowns"]:
        sku, mean, left = row["sku"], float(row.get("wanted_mean") or 0.0), float(row["left"])
        high = float(row.get("wanted_p90") or mean)
        if high > left:
            short[sku] = short.get(sku, 0.0) + high - left
        elif left > 0:
            spare[sku] = spare.get(sku, 0.0) + left - high
        if row["share_sold"] > 0 and flexible.get(sku, 0) > 0:
            short.setdefault(sku, 0.0)
    chosen = [sku for sku in short if sku in price and spare.get(sku, 0.0) > 0]
    chosen.sort(key=lambda sku: (-short[sku] * price[sku], sku))
    return sorted(chosen[:SKUS_MAX])


def _channel_shares(frame: Row, channels: list[Row]) -> Floats:
    """The part of its region's demand of each channel, streams counted for the shop behind them."""
    shops = {row["channel"]: row.get("behind") or row["channel"] for row in frame["channels"]}
    planned, sold = dict.fromkeys(shops.values(), 0.0), dict.fromkeys(shops.values(), 0.0)
    for row in frame["channels"]:
        planned[shops[row["channel"]]] += float(row.get("plan_units") or 0)
        sold[shops[row["channel"]]] += float(row.get("units_sold") or 0)
    weights = np.zeros(len(channels))
    for region in {row["region"] for row in channels}:
        here = [number for number, row in enumerate(channels) if row["region"] == region]
        plan = np.array([planned[channels[number]["channel"]] for number in here])
        plan = plan / plan.sum() if plan.sum() > 0 else np.full(len(here), 1 / len(here))
        both = PLAN_UNITS * plan + np.array([max(0.0, sold[channels[number]["channel"]]) for number in here])
        weights[here] = both / both.sum()
    return weights


def _asked(frame: Row, skus: list[str], channels: list[Row], price: Floats) -> Floats:
    """What a buyer pays for each SKU on each channel: the channel's own price where one was set, less a coupon."""
    found = np.repeat(price[:, None], len(channels), axis=1)
    rows = {sku: place for place, sku in enumerate(skus)}
    columns = {row["channel"]: place for place, row in enumerate(channels)}
    for row in frame.get("prices") or ():
        sku, channel = rows.get(row["sku"]), columns.get(row["channel"])
        if sku is not None and channel is not None:
            found[sku, channel] = row["price_minor"]
    for row in frame.get("coupons") or ():
        sku = rows.get(row["sku"])
        if sku is not None:
            here = [place for place, channel in enumerate(channels) if row["region"] in ("", channel["region"])]
            found[sku, here] *= 1 - float(row["percent"]) / 100
    return found


def cheapest_ways(frame: Row) -> dict[str, int]:
    """The cheapest way of a unit to a buyer, per region; regions without a lane are left out."""
    found: dict[str, int] = {}
    for lane in frame.get("lanes") or ():
        cost = int(lane["landed_cost_minor"])
        found[lane["region"]] = min(cost, found.get(lane["region"], cost))
    return found


def _moves(frame: Row, regions: list[str], price: Floats, landed: Mapping[str, int]) -> Floats:
    """What a unit costs more when it is sold in another region than its own [SKU, from, to].

    Over a lane from a place that serves its region, or a route to one that serves the other, whichever is cheaper.
    """
    serves: dict[str, set[str]] = {region: set() for region in regions}
    lanes: dict[tuple[str, str], int] = {}
    for lane in frame.get("lanes") or ():
        if lane["region"] in serves:
            serves[lane["region"]].add(lane["location"])
            lanes[lane["location"], lane["region"]] = int(lane["landed_cost_minor"])
    routes = [(row["from_location"], row["to_location"], int(row["cost_minor"])) for row in frame.get("routes") or ()]
    found = np.repeat((MOVE_SHARE * price)[:, None, None], len(regions), axis=1).repeat(len(regions), axis=2)
    for one, source in enumerate(regions):
        for other, target in enumerate(regions):
            own = serves[source]
            ways = [max(0, lanes[place, target] - landed[target]) for place in own if (place, target) in lanes]
            ways += [cost for start, end, cost in routes if start in own and end in serves[target]]
            if one == other:
                found[:, one, other] = 0.0
            elif ways:
                found[:, one, other] = min(ways)
    return found


def _seconds(at: Any) -> float:
    """A frame's time in seconds: microseconds, or as the frame writes it."""
    return datetime.fromisoformat(at).timestamp() if isinstance(at, str) else float(at) / 1e6
