"""Sayable: what is true of a region now and worth saying, each with the fact that backs it and what saying it is worth.

    the frame's own numbers -> Fact(kind, SKU, region, what the words hold, what is claimed, until when, worth)
                            or, with a code, a Fact that may not be said now (`withheld`)

A number is in the words only where it is exact at the frame's seq: units left of a region, units on their way, a limit,
a price, a percent. What is not short is not counted aloud. A line is withheld when the units lie where nobody can send
them from to that region, and when goods on their way are overdue, so that nobody knows when they come.

**Worth** ranks lines and is an estimate: the margin on the units that hearing it could sell within the next minutes.
Units that go anyway are not gained by saying so, but whoever hears the number decides in time: a share of the pace
(`LIFT`). Units that would stay are gained as fast as they have to go until the close.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dashboard.decision.events import ShowOpened

Row = dict[str, Any]
LOW_SHARE = 0.2
SLOW_SHARE = 0.25
HEARD_MINUTES = 5.0
"""How long a line works."""
SOON_SECONDS = 900
"""The next SKU of the rundown is told from so long before."""
MINUTE = 60_000_000
LIFT = {
    "low_stock": 0.3,
    "limit": 0.2,
    "restock": 0.3,
    "price": 0.5,
    "coupon": 0.5,
    "bundle": 0.5,
    "slow_region": 0.3,
    "next_hero": 0.1,
}
"""By how much of the present pace hearing a line may raise it: assumed, not measured."""


class Fact(NamedTuple):
    """Something to say: `values` go into the words, `stated` into the claim; a `code` says why it is withheld."""

    kind: str
    phrase: str
    sku: str
    region: str
    values: Row
    stated: Row
    expires: int | None
    worth: int
    code: str = ""
    reason: str = ""
    channel: str = ""
    """The only channel it is for, empty for all of the region."""


class Look(NamedTuple):
    """One instant of a show: its tables, the countdowns by SKU and region, and which units can be sent where."""

    opened: ShowOpened
    frame: Row
    at: int
    left: dict[tuple[str, str], Row]
    titles: dict[str, str]
    margins: dict[str, int]
    reaches: Callable[[str, str], bool]
    """(SKU, region) -> whether a unit can be sent there now."""

    def minutes_left(self) -> float:
        """Minutes until the close, at least one."""
        return max(1.0, (self.opened.ends_at - self.at) / MINUTE)

    def worth(self, kind: str, row: Row, units: float | None = None) -> int:
        """The margin on what hearing it could sell, minor units; `units` are what it is about, else those left."""
        most = row["left"] if units is None else units
        gained = LIFT[kind] * row["rate_per_minute"] * HEARD_MINUTES
        if kind in ("coupon", "bundle", "price", "slow_region"):
            gained = max(gained, row["leftover"] * min(1.0, HEARD_MINUTES / self.minutes_left()))
        worth: int = round(min(most, gained) * self.margins.get(row["sku"], 1))
        return worth


def look_at(opened: ShowOpened, frame: Row, at: int, reaches: Callable[[str, str], bool]) -> Look:
    """Sort out a frame's tables for what can be said."""
    return Look(
        opened,
        frame,
        at,
        {(row["sku"], row["region"]): row for row in frame["countdowns"]},
        {sku.sku: sku.title or sku.sku for sku in opened.skus},
        {sku["sku"]: max(1, sku["price_minor"] - sku["cost_minor"]) for sku in frame["skus"]},
        reaches,
    )


def facts(look: Look) -> dict[str, list[Fact]]:
    """What can be said, and what is withheld, by region; in no order."""
    found: dict[str, list[Fact]] = {}
    for source in (_short, _restocks, _prices, _coupons, _bundles, _slow, _next):
        for fact in source(look):
            found.setdefault(fact.region, []).append(fact)
    return found


def _fact(
    look: Look, kind: str, row: Row, values: Row, stated: Row, expires: int | None = None, phrase: str = ""
) -> Fact:
    """A fact about units of a region; withheld where none of them can be sent there."""
    sku, region = row["sku"], row["region"]
    values = {"title": look.titles[sku], "region": region} | values
    stated = {"sku": sku, "region": region} | stated
    worth = look.worth(kind, row)
    if look.reaches(sku, region):
        return Fact(kind, phrase or kind, sku, region, values, stated, expires, worth)
    reason = f"{row['left']} x {look.titles[sku]} may be sold in {region}, but no location that serves it has one now."
    return Fact(kind, phrase or kind, sku, region, values, stated, expires, worth, "not_deliverable", reason)


def _short(look: Look) -> Iterator[Fact]:
    """What is nearly gone, and what buyers may take only so many of."""
    limits = {(row["sku"], row["region"]): row["units_per_order"] for row in look.frame["limits"]}
    for place, row in look.left.items():
        left, limit = row["left"], limits.get(place)
        if left <= 0:
            continue
        binds = {"limit": limit} if limit and limit < left else {}
        if left <= LOW_SHARE * row["allocated"] and row["state"] == "counting":
            phrase = "low_stock_limit" if binds else "low_stock"
            yield _fact(look, "low_stock", row, {"units": left} | binds, {"units_left": left} | binds, phrase=phrase)
        elif binds:
            yield _fact(look, "limit", row, binds, binds)


def _restocks(look: Look) -> Iterator[Fact]:
    """Goods on their way to a forward location; overdue ones are withheld, for nobody knows when they come."""
    serves: dict[str, set[str]] = {}
    for lane in look.opened.lanes:
        serves.setdefault(lane.location, set()).add(lane.region)
    kinds = {place.location: place.kind for place in look.opened.locations}
    for shipment in look.frame["shipments"]:
        if shipment["state"] == "arrived" or kinds[shipment["to_location"]] != "forward" or not shipment["on_the_way"]:
            continue
        most = max(shipment["on_the_way"], key=lambda line: line["quantity"])
        sku, units = most["sku"], most["quantity"]
        hours = max(1, int(-(-shipment["hours_left"] // 1)))
        for region in sorted(serves.get(shipment["to_location"], ())):
            row = look.left.get((sku, region))
            values = {"title": look.titles[sku], "region": region, "place": shipment["to_name"], "units": units,
                      "hours": hours}  # fmt: skip
            stated = {"sku": sku, "region": region, "place": shipment["to_location"], "shipment": shipment["shipment"],
                      "units_incoming": units, "eta": shipment["eta"]}  # fmt: skip
            worth = look.worth("restock", row, units) if row else 0
            fact = Fact("restock", "restock", sku, region, values, stated, shipment["eta"], worth)
            overdue = f"What is on its way to {shipment['to_name']} is overdue: nobody knows when it comes."
            late = shipment["state"] == "late"
            yield fact._replace(code="unknown_eta", reason=overdue) if late else fact


def _prices(look: Look) -> Iterator[Fact]:
    """What was made cheaper in the show; the present price, and none it is compared with."""
    before = {sku.sku: sku for sku in look.opened.skus}
    regions = {channel.channel: channel.region for channel in look.opened.channels}
    own = {(row["sku"], row["channel"]) for row in look.frame["prices"]}
    for price in look.frame["prices"]:
        sku, named = before[price["sku"]], price["channel"]
        if price["price_minor"] >= sku.price_minor:
            continue
        for channel, region in regions.items():
            row = look.left.get((sku.sku, region))
            if row is None or row["left"] <= 0 or (named and named != channel):
                continue
            if not named and (sku.sku, channel) in own:
                continue
            told = {"price_minor": price["price_minor"], "currency": sku.currency}
            yield _fact(look, "price", row, told, told)._replace(channel=channel)


def _coupons(look: Look) -> Iterator[Fact]:
    for offer in look.frame["coupons"]:
        row = look.left.get((offer["sku"], offer["region"]))
        if row and row["left"] > 0:
            told = {"percent": offer["percent"], "code": offer["code"]}
            yield _fact(look, "coupon", row, told, told, offer["expires"])


def _bundles(look: Look) -> Iterator[Fact]:
    """Bundles of which every part is there; they are about the part that stays longest."""
    for bundle in look.frame["bundles"]:
        rows = [look.left.get((sku, bundle["region"])) for sku in bundle["skus"]]
        parts = [row for row in rows if row and row["left"] > 0 and look.reaches(row["sku"], row["region"])]
        if len(parts) == len(rows):
            row = max(parts, key=lambda one: (one["leftover"], one["sku"]))
            told = {"percent": bundle["percent"]}
            values = told | {"titles": tuple(look.titles[sku] for sku in bundle["skus"])}
            stated = told | {"skus": tuple(bundle["skus"]), "bundle": bundle["bundle"]}
            yield _fact(look, "bundle", row, values, stated, bundle["expires"])


def _slow(look: Look) -> Iterator[Fact]:
    """In the second half of a show, the SKU a region has most left of, where much of it is going to stay."""
    if look.at < (look.opened.starts_at + look.opened.ends_at) // 2:
        return
    for region in look.frame["regions"]:
        if (region["projected_leftover"] or 0) > SLOW_SHARE * region["allocated"]:
            here = (row for (_, name), row in look.left.items() if name == region["region"] and row["left"] > 0)
            most = max(here, key=lambda row: (row["left"], row["sku"]), default=None)
            if most:
                yield _fact(look, "slow_region", most, {}, {})


def _next(look: Look) -> Iterator[Fact]:
    """The next SKU of the rundown, in the minutes before its turn."""
    coming = next((segment for segment in look.frame["rundown"] if segment["state"] == "next"), None)
    elapsed = (look.at - look.opened.starts_at) // 1_000_000
    if coming is None or coming["start_seconds"] - elapsed > SOON_SECONDS:
        return
    starts = look.opened.starts_at + coming["start_seconds"] * 1_000_000
    for region in look.opened.regions:
        row = look.left.get((coming["sku"], region.region))
        if row and row["left"] > 0:
            yield _fact(look, "next_hero", row, {}, {}, starts)
