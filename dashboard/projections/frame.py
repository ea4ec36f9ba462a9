"""The frame: everything the screens, the rules and the tests know about one show at one instant.

    facts = fold(facts, event) for every event up to a seq          (what happened)
    table(facts, at, seen)                                          (how it looks at a time)

Live, replay, demo and review all call these two; there is no second path for "live". The fold keeps sums, never
orders, so a frame costs the same after ten orders or ten million, and it can be written down (`pack`) and taken up
again (`unpack`) at any event: that is a checkpoint. Everything in a frame follows from the events up to its seq, the
observations made by then and its time; two computations of the same frame give the same bytes. Tables are plain rows;
times leave as ISO 8601 UTC.
"""

from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.decision.ledger import Book, listings_of
from dashboard.forecast import record
from dashboard.projections import (
    audit,
    countdown,
    curves,
    feeds,
    forecasts,
    guidance,
    lines,
    promises,
    sales,
    shipments,
    spoken,
    stock,
    talk,
    terms,
)
from dashboard.projections.audit import Audit
from dashboard.projections.curves import Mark
from dashboard.projections.feeds import Instant, Patience as Patience, Pending, Seen as Seen
from dashboard.projections.forecasts import Forecasts
from dashboard.projections.guidance import Guidance
from dashboard.projections.promises import Promises
from dashboard.projections.sales import Sales
from dashboard.projections.shipments import OnTheWay
from dashboard.projections.spoken import Spoken
from dashboard.projections.stock import Books
from dashboard.projections.talk import Talk
from dashboard.projections.terms import Terms
from dashboard.projections.written import array_in, array_out, iso as iso, write_times

Row = dict[str, Any]
VERSION = 12
"""Raise when the folded facts change shape: older checkpoints are then ignored and rebuilt."""
MINUTE = 60_000_000
SECOND = 1_000_000
BIN_MOVES, NODES_A_MOVE = 150, 70
"""Closing a bin of the forecast takes as long as so many moves, and one more for so many nodes: quiet shows, and those
of thousands of SKUs, are kept as often as busy ones."""


class Facts(msgspec.Struct):
    """One show folded up to `seq`."""

    show: str
    opened: e.ShowOpened
    forecasts: Forecasts
    status: str = "open"
    seq: int = 0
    at: int = 0
    books: Books = msgspec.field(default_factory=Books)
    sales: Sales = msgspec.field(default_factory=Sales)
    shipments: dict[str, OnTheWay] = {}
    talk: Talk = msgspec.field(default_factory=Talk)
    audit: Audit = msgspec.field(default_factory=Audit)
    promises: Promises = msgspec.field(default_factory=Promises)
    terms: Terms = msgspec.field(default_factory=Terms)
    marks: list[Mark] = []
    plan: list[int] = []
    pending: Pending = {}
    guidance: Guidance = msgspec.field(default_factory=Guidance)
    spoken: Spoken = msgspec.field(default_factory=Spoken)
    shared_books: bool = False
    """The balances are another fold's very dictionaries (`share_books`), so this fold must not book them again."""


def share_books(facts: Facts, claims: Book, goods: Book) -> None:
    """Read balances from the writer's own books instead of booking every move twice."""
    facts.books = Books(claims, goods, facts.books.handed)
    facts.shared_books = True


def packed(facts: Facts) -> bytes:
    """The facts as a checkpoint: as JSON, with books of its own."""
    return pack(msgspec.structs.replace(facts, shared_books=False))


def size(facts: Facts) -> int:
    """Entries a checkpoint would hold, roughly: big states are kept less often."""
    return sum(map(len, facts.books.claims.values())) + sum(map(len, facts.sales.paces.values()))


pack = msgspec.json.Encoder(enc_hook=array_out).encode
unpack = msgspec.json.Decoder(Facts, dec_hook=array_in).decode


def begin(show: str, opened: e.ShowOpened, seq: int, at: int, actor: str) -> Facts:
    """Start folding a show at its first event."""
    facts = Facts(show, opened, forecasts.begin(show, opened), sales=sales.start(opened))
    facts.plan = curves.plan_curve(opened, facts.sales.bucket)
    audit.fold(facts.audit, opened, seq, at, actor)
    facts.seq, facts.at = seq, at
    return facts


def fold(facts: Facts, event: e.Event, seq: int, at: int, actor: str) -> int:
    """Take in the next event of the show; returns how much work that was, as so many moves."""
    if not facts.shared_books:
        stock.fold(facts.books, event)
    facts.seq, facts.at = seq, at
    work = len(event.moves)
    if bins := forecasts.fold(facts.forecasts, facts.opened, event, at):
        work += bins * (BIN_MOVES + facts.forecasts.pulse.size // NODES_A_MOVE)
    if isinstance(event, e.OrderPlaced):
        sales.fold(facts.sales, event, at)
        if facts.pending:
            feeds.fold(facts.pending, event, at)
        return work
    if at >= facts.opened.starts_at:
        stock.fold_handed(facts.books, event)
    if isinstance(event, e.ShowClosed):
        facts.status = "closed"
    sales.fold(facts.sales, event, at)
    shipments.fold(facts.shipments, event, at)
    talk.fold(facts.talk, event, at, actor)
    audit.fold(facts.audit, event, seq, at, actor)
    promises.fold(facts.promises, event, seq, at, actor)
    guidance.fold(facts.guidance, event, seq, at)
    terms.fold(facts.terms, facts.opened, event, seq, at, actor)
    curves.fold(facts.marks, event, seq, at, facts.opened.starts_at)
    feeds.fold(facts.pending, event, at)
    spoken.fold(facts.spoken, event, at)
    return work


def table(facts: Facts, at: int, seen: Seen, patience: Patience) -> Row:
    """The frame of the folded facts as seen at a time."""
    opened = facts.opened
    by_region = stock.shares(opened, facts.books)
    listings = listings_of(opened.channels, opened.regions)
    stocks = stock.stock_rows(opened, facts.books, shipments.incoming(facts.shipments))
    locations = stock.location_rows(opened, stocks)
    titles = {sku.sku: sku.title or sku.sku for sku in opened.skus}
    closed = facts.status == "closed"
    status = "closed" if closed else "announced" if at < opened.starts_at else "open"
    now = countdown.Look(opened, facts.forecasts, facts.sales, at, not closed and at <= opened.ends_at)
    countdowns = countdown.rows(now, by_region, titles)
    channels = feeds.rows(
        opened, facts.books, facts.sales, facts.pending, status == "open", Instant(at, seen, patience)
    )
    frame: Row = {
        "show": facts.show,
        "title": opened.title,
        "status": status,
        "at": at,
        "seq": facts.seq,
        "t_plus_seconds": (at - opened.starts_at) // SECOND,
        "starts_at": opened.starts_at,
        "ends_at": opened.ends_at,
        "time_zone": opened.time_zone,
        "currency": opened.currency,
        "origin": opened.origin,
        "sells_in_transit": opened.sells_in_transit,
        "totals": _totals(facts, by_region, seen) | {"data_age_seconds": feeds.worst_age(channels, patience)},
        "identity": stock.identity(locations),
        "locations": locations,
        "regions": _regions(facts, by_region, countdowns),
        "skus": _skus(facts, by_region),
        "stock": stocks,
        "pools": stock.pool_rows(opened, facts.books, by_region),
        "channels": channels,
        "withheld": feeds.withheld(channels),
        "suspended": feeds.suspended(channels),
        "countdowns": countdowns,
        "record": record.summary(facts.forecasts.record),
        "allocation": guidance.allocation_row(facts.guidance),
        "listing_modes": guidance.mode_rows(facts.guidance, seen),
        "curves": curves.table(opened, facts.sales, facts.marks, facts.plan, at),
        "shipments": shipments.rows(facts.shipments, opened.locations, at),
        "alerts": talk.alert_rows(facts.talk, at),
        "proposals": talk.proposal_rows(facts.talk, at),
        "limits": talk.limit_rows(facts.talk),
        "coupons": talk.coupon_rows(facts.talk, at),
        "demand": _demand(facts),
        "reallocations": audit.transfer_rows(facts.audit, facts.books.claims, _reachable(facts, listings)),
        "went": audit.way_rows(facts.audit, at),
        "autonomy": dict(sorted(facts.talk.autonomy.items())),
        "parameters": dict(sorted(facts.talk.parameters.items())),
        **_promised(facts, listings, at),
        "rundown": _rundown(opened, at),
        "audit": audit.rows(facts.audit),
    }
    _spoken(facts, frame, at)
    write_times(frame)
    return frame


def _spoken(facts: Facts, frame: Row, at: int) -> None:
    """Add what the host could say, what may not be said, and how each channel speaks."""
    frame["lines"], frame["lines_withheld"] = lines.tables(facts.opened, frame, facts.spoken, facts.books, at)
    left = {(row["sku"], row["region"]): row["left"] for row in frame["countdowns"]}
    frame["do_not_say"] = spoken.do_not_say(facts.spoken, left, at) if frame["status"] == "open" else []
    for row, channel in zip(frame["channels"], facts.opened.channels, strict=True):
        speech = lines.how(channel, facts.spoken)
        row["languages"], row["register"] = list(speech.languages), speech.register


def _reachable(facts: Facts, listings: dict[str, tuple[str, ...]]) -> audit.Listed:
    """Units of a pool that its channels list (their accounts by region) and no request waits for."""

    def listed(sku: str, pool: str) -> int:
        accounts = facts.books.claims.get(sku, {})
        units = sum(accounts.get(account, 0) for account in listings.get(pool.removeprefix("region/"), ()))
        return units - promises.asked_back(facts.promises, sku, pool)

    return listed


def _promised(facts: Facts, listings: dict[str, tuple[str, ...]], at: int) -> Row:
    """What still has to happen, the terms beside limits and coupons, and the ways goods can go."""
    opened = facts.opened
    return {
        "requests": promises.request_rows(facts.promises),
        "loans": promises.loan_rows(facts.promises, facts.books.claims, listings),
        "guests": promises.guest_rows(facts.promises),
        "replenishments": promises.replenishment_rows(facts.promises),
        "receipts": promises.receipt_rows(facts.promises),
        "errands": terms.errand_rows(facts.terms, opened, at),
        "bundles": terms.bundle_rows(facts.terms, at),
        "safety": terms.safety_rows(facts.terms),
        "splits": terms.split_rows(facts.terms),
        "prices": talk.price_rows(facts.talk),
        "pushes": talk.push_rows(facts.talk),
        "lanes": [msgspec.structs.asdict(lane) for lane in opened.lanes],
        "routes": [msgspec.structs.asdict(route) for route in opened.routes],
    }


def show_row(facts: Facts) -> Row:
    """A show in a list of shows."""
    opened = facts.opened
    return {
        "show": facts.show,
        "title": opened.title,
        "status": facts.status,
        "starts_at": iso(opened.starts_at),
        "ends_at": iso(opened.ends_at),
        "time_zone": opened.time_zone,
        "last_at": iso(facts.at),
        "last_seq": facts.seq,
    }


def _totals(facts: Facts, by_region: stock.Shares, seen: Seen) -> Row:
    sold = facts.sales
    viewers = [told[1] for (kind, _, _), told in seen.items() if kind == "viewers"]
    issued = sum(-accounts.get("issued", 0) - accounts.get("withdrawn", 0) for accounts in facts.books.claims.values())
    goods_sold = sum(
        units
        for accounts in facts.books.goods.values()
        for account, units in accounts.items()
        if account == "customer" or (account.endswith("/committed") and not account.startswith("transit/"))
    )
    claims_sold = sum(share.sold for regions in by_region.values() for share in regions.values())
    waiting = sum(sum(shipment.out.values()) for shipment in facts.shipments.values())
    covered = goods_sold + (waiting if facts.opened.sells_in_transit else 0)
    return {
        "orders": sold.orders,
        "units_sold": sold.units,
        "units_cancelled": sold.cancelled,
        "units_shipped": sold.shipped,
        "units_returned": sold.returned,
        "revenue_minor": sold.revenue.get(facts.opened.currency, 0),
        "revenue": [{"currency": name, "minor": minor} for name, minor in sorted(sold.revenue.items())],
        "allocated": issued,
        "oversold": max(0, claims_sold - covered),
        "viewers": sum(viewers) if viewers else None,
    }


def _regions(facts: Facts, by_region: stock.Shares, countdowns: list[Row]) -> list[Row]:
    rows: dict[str, Row] = {
        region.region: {
            "region": region.region,
            "name": region.name or region.region,
            "time_zone": region.time_zone,
            "countries": list(region.countries),
            "allocated": 0,
            "left": 0,
            "sold": 0,
            "rate_per_minute": 0.0,
        }
        for region in facts.opened.regions
    }
    for regions in by_region.values():
        for region, share in regions.items():
            rows[region]["left"] += share.left
            rows[region]["sold"] += share.sold
            rows[region]["allocated"] += share.allocated
    leftovers = dict.fromkeys(rows, 0.0)
    for row in countdowns:
        rows[row["region"]]["rate_per_minute"] += row["rate_per_minute"]
        leftovers[row["region"]] += row["leftover"]
    for name, row in rows.items():
        allocated = row["allocated"]
        row["rate_per_minute"] = round(row["rate_per_minute"], 3)
        row["share_sold"] = round(row["sold"] / allocated, 4) if allocated else None
        row["projected_leftover"] = round(leftovers[name]) if allocated else None
        row["state"] = _region_state(row)
    return list(rows.values())


def _region_state(row: Row) -> str:
    if not row["allocated"]:
        return "empty"
    if not row["left"]:
        return "out"
    return "low" if row["left"] <= 0.2 * row["allocated"] else "ok"


def _skus(facts: Facts, by_region: stock.Shares) -> list[Row]:
    result: list[Row] = []
    for sku in facts.opened.skus:
        regions = by_region.get(sku.sku, {}).values()
        claims = facts.books.claims.get(sku.sku, {})
        others = sum(units for account, units in claims.items() if account.startswith(("flexible", "temporary/")))
        result.append(
            {
                "sku": sku.sku,
                "title": sku.title or sku.sku,
                "tier": sku.tier,
                "price_minor": facts.talk.prices.get(sku.sku, {}).get("", sku.price_minor),
                "cost_minor": sku.cost_minor,
                "floor_minor": sku.floor_minor,
                "ceiling_minor": sku.ceiling_minor,
                "currency": sku.currency,
                "category": sku.category,
                "sold": sum(share.sold for share in regions),
                "left": sum(share.left for share in regions) + others,
                "on_screen": facts.talk.on_screen == sku.sku,
            }
        )
    return result


def _demand(facts: Facts) -> list[Row]:
    countries = sorted(facts.sales.countries.items(), key=lambda entry: (-entry[1], entry[0]))
    return [{"country": country, "units": units} for country, units in countries]


def _rundown(opened: e.ShowOpened, at: int) -> list[Row]:
    elapsed = (at - opened.starts_at) / SECOND
    titles = {sku.sku: sku.title or sku.sku for sku in opened.skus}
    rows: list[Row] = []
    coming = True
    for segment in sorted(opened.rundown, key=lambda segment: segment.start_seconds):
        if elapsed >= segment.end_seconds:
            state = "past"
        elif elapsed >= segment.start_seconds:
            state = "now"
        else:
            state, coming = ("next", False) if coming else ("later", False)
        rows.append(
            {
                "start_seconds": segment.start_seconds,
                "end_seconds": segment.end_seconds,
                "sku": segment.sku,
                "title": segment.title or titles[segment.sku],
                "state": state,
            }
        )
    return rows
