"""Stock: where every unit lies and who may sell it, read off the two books.

The fold keeps the balances and nothing else; every table here is a sum over them. `left` of a region is what it
may still sell: its pool, its channels' exposure and their cover. `allocated` is `left` plus what it has sold, so it
grows when claims are moved in and does not shrink when they are sold. On hand = available + committed + unavailable;
goods on their way (`incoming`) stay outside.
"""

from typing import Any

import msgspec

from dashboard.decision.events import Event, ShowOpened
from dashboard.decision.ledger import FLEXIBLE, Book, book_moves

Row = dict[str, Any]
STATES = ("available", "committed", "unavailable")


class Books(msgspec.Struct):
    """Balances of both books: book[sku][account] -> units."""

    claims: Book = {}
    goods: Book = {}
    handed: dict[str, int] = {}
    """SKU -> units the flexible pool has handed out since the show started, net of what came back."""


class Share(msgspec.Struct):
    """What a SKU has in a region: units left to sell and units sold."""

    left: int = 0
    sold: int = 0

    @property
    def allocated(self) -> int:
        """Units the region was given and still has or sold."""
        return self.left + self.sold


Shares = dict[str, dict[str, Share]]
"""SKU -> region -> share."""


def fold(books: Books, event: Event) -> None:
    """Book an event's moves."""
    book_moves(books.claims, books.goods, event.moves)


def fold_handed(books: Books, event: Event) -> None:
    """Follow what leaves the flexible pool for other pools, and comes back, during the show."""
    for move in event.moves:
        if move.source == FLEXIBLE and move.target.startswith(("region/", "temporary/")):
            books.handed[move.sku] = books.handed.get(move.sku, 0) + move.quantity
        elif move.target == FLEXIBLE and move.source.startswith(("region/", "temporary/")):
            books.handed[move.sku] = books.handed.get(move.sku, 0) - move.quantity


def shares(opened: ShowOpened, books: Books) -> Shares:
    """Add up left and sold per SKU and region."""
    regions = _region_of_account(opened)
    result: Shares = {}
    for sku, accounts in books.claims.items():
        here: dict[str, Share] = {}
        for account, units in accounts.items():
            found = regions.get(account)
            if found is None:
                continue
            region, sold = found
            share = here.get(region)
            if share is None:
                share = here[region] = Share()
            if sold:
                share.sold += units
            else:
                share.left += units
        result[sku] = here
    return result


def _region_of_account(opened: ShowOpened) -> dict[str, tuple[str, bool]]:
    """Claims account -> (region, whether it holds sold units)."""
    found = {f"region/{region.region}": (region.region, False) for region in opened.regions}
    for channel in opened.channels:
        name, region = channel.channel, channel.region
        found[f"channel/{name}"] = found[f"cover/{name}"] = (region, False)
        found[f"committed/{name}"] = found[f"shipped/{name}"] = (region, True)
    return found


def stock_rows(opened: ShowOpened, books: Books, incoming: dict[tuple[str, str], int]) -> list[Row]:
    """Units per location and SKU, by state; `incoming` is (location, SKU) -> units on their way there."""
    rows: dict[tuple[str, str], Row] = {}

    def row(location: str, sku: str) -> Row:
        key = (location, sku)
        if key not in rows:
            rows[key] = {
                "location": location, "sku": sku, "available": 0, "committed": 0, "unavailable": 0, "in_transit": 0,
            }  # fmt: skip
        return rows[key]

    accounts_of = {
        f"{place.location}/{state}": (place.location, state) for place in opened.locations for state in STATES
    }
    for sku, accounts in books.goods.items():
        for account, units in accounts.items():
            found = accounts_of.get(account)
            if found is not None and units:
                row(found[0], sku)[found[1]] = units
    for (location, sku), units in incoming.items():
        if units:
            row(location, sku)["in_transit"] = units
    order = {place.location: number for number, place in enumerate(opened.locations)}
    return [rows[key] for key in sorted(rows, key=lambda key: (order.get(key[0], 999), key[1]))]


def pool_rows(opened: ShowOpened, books: Books, by_region: Shares) -> list[Row]:
    """Units allocated and left per pool and SKU: the flexible pool as of the start, regions, temporary pools."""
    rows: list[Row] = []
    for sku in sorted(books.claims):
        accounts = books.claims[sku]
        flexible = accounts.get(FLEXIBLE, 0)
        allocated = flexible + max(0, books.handed.get(sku, 0))
        if allocated:
            rows.append(_pool(FLEXIBLE, None, sku, allocated, flexible, flexible))
        for region in sorted(by_region[sku]):
            share = by_region[sku][region]
            if share.allocated:
                free = accounts.get(f"region/{region}", 0)
                rows.append(_pool(f"region/{region}", region, sku, share.allocated, share.left, free))
        for account in sorted(accounts):
            if account.startswith("temporary/") and accounts[account]:
                rows.append(_pool(account, None, sku, accounts[account], accounts[account], accounts[account]))
    return rows


def _pool(pool: str, region: str | None, sku: str, allocated: int, left: int, free: int) -> Row:
    """A pool's row; `free` are the units that can move at once, the others are listed on its channels."""
    return {"pool": pool, "region": region, "sku": sku, "allocated": allocated, "left": left, "free": free}


def location_rows(opened: ShowOpened, stock: list[Row]) -> list[Row]:
    """Units per location over all SKUs, with where it is and how it stands (ok, low, out, empty)."""
    totals = {place.location: dict.fromkeys((*STATES, "in_transit"), 0) for place in opened.locations}
    for row in stock:
        total = totals.get(row["location"])
        if total is not None:
            for state in total:
                total[state] += row[state]
    rows: list[Row] = []
    for place in opened.locations:
        total = totals[place.location]
        rows.append(
            {
                "location": place.location,
                "name": place.name or place.location,
                "kind": place.kind,
                "latitude": float(place.latitude),
                "longitude": float(place.longitude),
                "country": place.country,
                "time_zone": place.time_zone,
                "available": total["available"],
                "committed": total["committed"],
                "unavailable": total["unavailable"],
                "incoming": total["in_transit"],
                "state": _location_state(total),
            }
        )
    return rows


def _location_state(total: dict[str, int]) -> str:
    available, sold = total["available"], total["committed"]
    if not any(total.values()):
        return "empty"
    if not available:
        return "out"
    return "low" if available < 0.2 * (available + sold) else "ok"


def identity(locations: list[Row]) -> Row:
    """On hand = available + committed + unavailable, and what is incoming beside it."""
    sums = {key: sum(row[key] for row in locations) for key in (*STATES, "incoming")}
    return {"on_hand": sum(sums[state] for state in STATES), **sums}
