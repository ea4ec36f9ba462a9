"""Terms in force beyond limits and coupons, and the errands that carry all of them to the platforms.

A later term about the same makes the errands of the one before needless: they go. What was pushed or ticked off stays
in the frame for ten minutes, so that people see it was done.
"""

from typing import Any

import msgspec

from dashboard.decision import events as e
from dashboard.decision.errands import PURCHASING, TERMS, errands_of, key_of

Row = dict[str, Any]
DONE_SHOWN = 600_000_000
SETTLED = ("pushed", "done")


class Errand(msgspec.Struct):
    """New terms on their way to one channel."""

    term: int
    channel: str
    key: tuple[str, ...]
    kind: str
    sku: str
    region: str
    what: str
    since: int
    state: str = "open"
    note: str = ""
    by: str = ""
    settled_at: int | None = None


class Bundle(msgspec.Struct):
    """A bundle in force."""

    bundle: str
    region: str
    skus: tuple[str, ...]
    percent: int
    since: int
    expires: int | None


class Terms(msgspec.Struct):
    """Everything folded about terms."""

    errands: dict[str, Errand] = {}
    bundles: dict[str, Bundle] = {}
    safety: dict[str, dict[str, int]] = {}
    splits: dict[str, dict[str, int]] = {}


def fold(terms: Terms, opened: e.ShowOpened, event: e.Event, seq: int, at: int, actor: str) -> None:
    """Follow terms and what becomes of them."""
    if isinstance(event, TERMS):
        _errands(terms, opened, event, seq, at)
    if isinstance(event, e.ErrandReported):
        errand = terms.errands.get(f"{event.term}\n{event.channel}")
        if errand is not None:
            errand.state, errand.note, errand.by = event.outcome, event.note, actor
            errand.settled_at = at if event.outcome in SETTLED else None
    elif isinstance(event, e.BundleSet):
        key = f"{event.region}\n{event.bundle}"
        terms.bundles.pop(key, None)
        if event.percent:
            terms.bundles[key] = Bundle(event.bundle, event.region, event.skus, event.percent, at, event.expires)
    elif isinstance(event, e.SafetySet):
        terms.safety.setdefault(event.sku, {}).pop(event.region, None)
        if event.units is not None:
            terms.safety[event.sku][event.region] = event.units
    elif isinstance(event, e.SplitSet):
        terms.splits.setdefault(event.channel, {})[event.sku] = event.percent


def _errands(terms: Terms, opened: e.ShowOpened, event: Any, seq: int, at: int) -> None:
    key, regions = key_of(event), {one.channel: one.region for one in opened.channels}
    for name, old in list(terms.errands.items()):
        gone = old.settled_at is not None and at - old.settled_at > DONE_SHOWN
        if gone or (old.key == key and old.state not in SETTLED):
            del terms.errands[name]
    for channel in errands_of(opened, event):
        terms.errands[f"{seq}\n{channel}"] = Errand(
            seq, channel, key, key[0], getattr(event, "sku", ""), regions.get(channel, ""), _what(event, opened), at
        )


def _what(event: Any, opened: e.ShowOpened) -> str:
    """What has to be done on the platform, in a few words."""
    titles = {sku.sku: sku.title or sku.sku for sku in opened.skus}
    if isinstance(event, e.BundleSet):
        names = " + ".join(titles[sku] for sku in event.skus)
        return f"bundle {names}, -{event.percent} %" if event.percent else f"end bundle {names}"
    title = titles.get(event.sku, event.sku)
    if isinstance(event, e.LimitSet):
        return f"limit {event.units_per_order} per buyer: {title}" if event.units_per_order else f"no limit: {title}"
    if isinstance(event, e.CouponSet):
        return f"coupon {event.code}, -{event.percent} %: {title}" if event.percent else f"end coupon: {title}"
    if isinstance(event, e.PriceSet):
        return f"price {event.price_minor / 100:.2f} {opened.currency}: {title}"
    if isinstance(event, e.OnScreenSet):
        return f"pin {title}"
    return f"{event.quantity} x {title} by {'now, urgent' if event.urgent else 'the date asked'}"


def errand_rows(terms: Terms, opened: e.ShowOpened, at: int) -> list[Row]:
    """What has to be done on platforms, undone first, the oldest first among them."""
    platforms = {one.channel: (one.platform, one.name or one.channel) for one in opened.channels}
    platforms[PURCHASING] = (PURCHASING, "Purchasing")
    rows: list[Row] = []
    for errand in terms.errands.values():
        if errand.settled_at is not None and at - errand.settled_at > DONE_SHOWN:
            continue
        row = msgspec.structs.asdict(errand)
        del row["key"]
        row["platform"], row["name"] = platforms[errand.channel]
        rows.append(row)
    return sorted(rows, key=lambda row: (row["state"] in SETTLED, row["since"], row["term"], row["channel"]))


def bundle_rows(terms: Terms, at: int) -> list[Row]:
    """Bundles in force."""
    rows = [msgspec.structs.asdict(one) | {"skus": list(one.skus)} for one in terms.bundles.values()]
    return [row for row in rows if row["expires"] is None or at <= row["expires"]]


def safety_rows(terms: Terms) -> list[Row]:
    """Safety stocks that were set."""
    return [
        {"sku": sku, "region": region, "units": units}
        for sku, regions in sorted(terms.safety.items())
        for region, units in sorted(regions.items())
    ]


def split_rows(terms: Terms) -> list[Row]:
    """Channels weighed other than as they sell."""
    return [
        {"channel": channel, "sku": sku, "percent": percent}
        for channel, skus in sorted(terms.splits.items())
        for sku, percent in sorted(skus.items())
        if percent != 100
    ]
