"""Feeds: what each channel sells and lists, how old its news is, and what is held back while they are too old.

    events (orders announced and placed) -> Pending, folded        observations -> Seen, the newest of each
    both + an instant -> rows (one per channel) -> withheld lines and suspended regions

A channel's feed says up to when every order of the channel is in the ledger (`complete_until`); what is older than that
is known for certain, so the age of the data is the time since then. An order that is known before its lines are makes
the ledger wrong by an unknown number of units, so an order pending for too long counts like an old feed. A stream whose
orders come through a shop has that shop's feed. A channel that never reported is judged by its last order alone, as
fresh or silent, and is never late. A platform that can be asked for its orders only every few minutes has as much
patience as it needs (`patience_seconds`).

Staleness revokes permission: what a late channel's host would say may be untrue by now, and what a rule would move in
its region may be sold already. Both wait, and both come back by themselves with the feed: nothing here is remembered.
"""

from typing import Any, NamedTuple

from dashboard.decision import events as e
from dashboard.projections.sales import Sales
from dashboard.projections.stock import Books

Row = dict[str, Any]
SECOND = 1_000_000
SILENCES_PER_SHOW = 30
"""A channel without an order for a thirtieth of the show is silent, so that shows of days have days of patience."""

Pending = dict[str, dict[str, int]]
"""Channel -> order -> since when it is known without its lines, the oldest first; channels without any are left out."""

Seen = dict[tuple[str, str, str], tuple[int, int, str]]
"""The newest observation per (kind, channel, SKU): (time, value, note)."""


class Patience(NamedTuple):
    """After how many seconds without an order a channel is silent, and at what age of its feed it is late."""

    silent_seconds: float
    feed_seconds: float


class Instant(NamedTuple):
    """What a frame is looked at with: the time, what was observed by then, and how long to be patient."""

    at: int
    seen: Seen
    patience: Patience


_TOLD = ("sync_p50_ms", "sync_p95_ms", "complete_until", "breaker", "patience_seconds")
_WATCHED = ("viewers", "interactions", "interactions_usual")
"""What a stream's platform tells of its audience: people, and comments and likes a minute, now and as usual."""


def fold(pending: Pending, event: e.Event, at: int) -> None:
    """Follow which orders are known without their lines."""
    if isinstance(event, e.OrderAnnounced):
        pending.setdefault(event.channel, {})[event.order] = at
    elif isinstance(event, e.OrderPlaced | e.OrderCancelled) and event.channel in pending:
        orders = pending[event.channel]
        orders.pop(event.order, None)
        if not orders:
            del pending[event.channel]


def rows(opened: e.ShowOpened, books: Books, sales: Sales, pending: Pending, is_open: bool, now: Instant) -> list[Row]:
    """One row per channel; `is_open` False (closed, not yet begun) makes nobody late."""
    exposure = _exposure(books)
    exposures = _exposures(books)
    planned = _planned(opened)
    drifts = _drifts(opened, books, now)
    length = (opened.ends_at - opened.starts_at) / SECOND
    silent_seconds = max(now.patience.silent_seconds, length / SILENCES_PER_SHOW)
    result: list[Row] = []
    for channel in opened.channels:
        name, sold = channel.channel, sales.channels[channel.channel]
        last = sold.last_order_at or None
        age = _seconds(now.at, last)
        told = {kind: now.seen.get((kind, name, "")) for kind in _WATCHED}
        drift = drifts.get(name, [])
        row = {
            "channel": name,
            "name": channel.name or name,
            "platform": channel.platform,
            "region": channel.region,
            "language": channel.language,
            "behind": channel.behind,
            **{kind: None if found is None else found[1] for kind, found in told.items()},
            "fee_per_mille": channel.fee_per_mille,
            "exposure": exposure.get(f"channel/{name}", 0),
            "exposures": exposures.get(name, {}),
            "cover": exposure.get(f"cover/{name}", 0),
            "orders": sold.orders,
            "units_sold": sold.units,
            "revenue_minor": sold.revenue_minor,
            "plan_units": planned.get(name),
            "last_order_at": last,
            "age_seconds": age,
            "drift_units": sum(abs(row["units"]) for row in drift),
            "drift": drift,
            "state": "fresh" if age is not None and age <= silent_seconds else "silent",
        } | _feed(channel.behind or name, pending.get(name, {}), now)
        if is_open and is_late(row):
            row["state"] = "late"
        elif row["data_age_seconds"] is not None:
            row["state"] = "fresh"
        result.append(row)
    return result


def is_late(row: Row) -> bool:
    """Whether a channel's feed, or an order without its lines, is older than it may be there."""
    return bool(_oldest(row) > row["patience_seconds"])


def worst_age(channels: list[Row], patience: Patience) -> float | None:
    """Seconds since the oldest moment up to which a reporting channel is complete; None where none reports.

    A platform that lets its orders be listed only every few minutes counts once it is late by its own measure.
    """
    rows = [row for row in channels if row["data_age_seconds"] is not None]
    usual = [row for row in rows if row["patience_seconds"] <= patience.feed_seconds or row["state"] == "late"]
    return max((row["data_age_seconds"] for row in usual or rows), default=None)


def withheld(channels: list[Row]) -> list[Row]:
    """The late channels, whose host lines wait, each with the reason as one sentence and for how long by now."""
    return [
        {
            "channel": row["channel"],
            "region": row["region"],
            "reason": _reason(row),
            "since_seconds": round(_oldest(row) - row["patience_seconds"], 1),
        }
        for row in channels
        if row["state"] == "late"
    ]


def suspended(channels: list[Row]) -> list[Row]:
    """The regions whose rules wait, with the late channels and the reason as one sentence."""
    regions: dict[str, list[Row]] = {}
    for row in channels:
        if row["state"] == "late":
            regions.setdefault(row["region"], []).append(row)
    return [
        {
            "region": region,
            "channels": [row["channel"] for row in late],
            "reason": f"Rules for {region} wait until {_names(late)} {'has' if len(late) == 1 else 'have'} caught up.",
        }
        for region, late in regions.items()
    ]


def _names(rows: list[Row]) -> str:
    return " and ".join(part for part in (", ".join(row["name"] for row in rows[:-1]), rows[-1]["name"]) if part)


def _oldest(row: Row) -> float:
    return max(row["data_age_seconds"] or 0.0, row["pending_age_seconds"] or 0.0)


def _reason(row: Row) -> str:
    """Say what is not known for how long, and why nobody asks, where that is known."""
    limit = f"(limit {row['patience_seconds']:g} s)"
    paused = f" Calls to it are paused: {row['breaker_note'] or 'it failed too often'}." if row["breaker"] else ""
    if (row["data_age_seconds"] or 0.0) >= (row["pending_age_seconds"] or 0.0):
        return f"What {row['name']} sold in the last {row['data_age_seconds']:.0f} s is not known {limit}.{paused}"
    return f"An order of {row['name']} has waited {row['pending_age_seconds']:.0f} s for its lines {limit}.{paused}"


def _feed(feed: str, orders: dict[str, int], now: Instant) -> Row:
    """What is known about the way orders take: how slow, how far, what waits, whether anybody is asked."""
    told = {kind: now.seen.get((kind, feed, "")) for kind in _TOLD}
    value = {kind: None if found is None else found[1] for kind, found in told.items()}
    oldest = next(iter(orders.values()), None)
    breaker = told["breaker"]
    return {
        "sync_p50_ms": value["sync_p50_ms"],
        "sync_p95_ms": value["sync_p95_ms"],
        "complete_until": value["complete_until"],
        "data_age_seconds": _seconds(now.at, value["complete_until"]),
        "patience_seconds": max(now.patience.feed_seconds, value["patience_seconds"] or 0.0),
        "pending": len(orders),
        "pending_age_seconds": _seconds(now.at, oldest),
        "breaker": bool(value["breaker"]),
        "breaker_note": breaker[2] if breaker and breaker[1] else "",
    }


def _drifts(opened: e.ShowOpened, books: Books, now: Instant) -> dict[str, list[Row]]:
    """Per channel, the SKUs whose listing is not what the ledger lets it be, the furthest off first."""
    regions = {channel.channel: channel.region for channel in opened.channels}
    result: dict[str, list[Row]] = {}
    for (kind, channel, sku), (since, units, _) in now.seen.items():
        if kind != "drift" or not units or channel not in regions:
            continue
        accounts = books.claims.get(sku, {})
        listed = now.seen.get(("listed", channel, sku))
        result.setdefault(channel, []).append(
            {
                "sku": sku,
                "units": units,
                "listed": listed[1] if listed else None,
                "exposure": accounts.get(f"channel/{channel}", 0),
                "pool_left": accounts.get(f"region/{regions[channel]}", 0),
                "age_seconds": _seconds(now.at, since),
            }
        )
    for found in result.values():
        found.sort(key=lambda row: (-abs(row["units"]), row["sku"]))
    return result


def _exposure(books: Books) -> dict[str, int]:
    """Units per account of exposure and cover, over all SKUs."""
    units: dict[str, int] = {}
    for accounts in books.claims.values():
        for account, held in accounts.items():
            if account.startswith(("channel/", "cover/")):
                units[account] = units.get(account, 0) + held
    return units


def _exposures(books: Books) -> dict[str, dict[str, int]]:
    """Channel -> SKU -> units it may list, where there are any."""
    found: dict[str, dict[str, int]] = {}
    for sku, accounts in books.claims.items():
        for account, held in accounts.items():
            if held and account.startswith("channel/"):
                found.setdefault(account.removeprefix("channel/"), {})[sku] = held
    return found


def _planned(opened: e.ShowOpened) -> dict[str, int]:
    """Units per channel of the plan."""
    planned: dict[str, int] = {}
    for line in opened.plan:
        if line.channel:
            planned[line.channel] = planned.get(line.channel, 0) + line.units
    return planned


def _seconds(at: int, since: int | None) -> float | None:
    return None if since is None else round(max(0, at - since) / SECOND, 1)
