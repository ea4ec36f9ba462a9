"""The tally of a run: what it sold, earned, moved and could not serve, counted event by event.

    events of one show, in order -> `Tally.count` -> `row`

The same count for what happened and for every rerun of it, so that they can be compared. Stock-out minutes are those
of every SKU in every region that had some and has none left, between the show's start and its end or close. Margin is
price less cost, the platform's fee and the cheapest way to the buyer, of orders in the show's currency; moving units
between pools costs nothing here. Units are net of cancellations. Nothing is looked up per order but its own lines, so
a million orders cost a few seconds.
"""

from typing import Any

from dashboard.decision import events as e
from dashboard.decision.ledger import CLAIMS, region_pool
from dashboard.decision.state import Show

Row = dict[str, Any]
MINUTE = 60_000_000
SUMS = ("sold", "cancelled", "lost", "refused", "revenue_minor", "margin_minor")
TRANSFERS = (e.Reallocated, e.Undone, e.UnitsLent, e.LoanReturned, e.PoolOpened, e.PoolClosed)


class Tally:
    """What a run came to so far."""

    def __init__(self, opened: e.ShowOpened) -> None:
        self.opened = opened
        self.orders = 0
        self.moves = 0
        self.moved_units = 0
        self.revenue: dict[str, int] = {}
        self.by_region: dict[str, dict[str, int]] = {region.region: dict.fromkeys(SUMS, 0) for region in opened.regions}
        self.left: dict[tuple[str, str], int] = {}
        """(SKU, region) -> unsold units of the region, in its pool and on its channels."""
        self.out_micros: dict[tuple[str, str], int] = {}
        self._out_since: dict[tuple[str, str], int] = {}
        self._region_of = _regions_by_account(opened)
        self._earning = {channel.channel: channel.fee_per_mille for channel in opened.channels}
        self._costs = {sku.sku: sku.cost_minor for sku in opened.skus}
        self._end = opened.ends_at

    def count(self, show: Show, event: e.Event, at: int) -> None:
        """Take in an event that happened at a time (microseconds)."""
        kind = type(event)
        if kind is e.OrderPlaced:
            self._placed(show, event)  # type: ignore[arg-type]
        elif kind is e.OrderCancelled:
            self._cancelled(show, event)  # type: ignore[arg-type]
        elif kind in TRANSFERS and at >= self.opened.starts_at and event.moves:
            self.moves += 1
            self.moved_units += sum(move.quantity for move in event.moves)
        elif kind is e.ShowClosed:
            self._end = min(self._end, at)
        if event.moves:
            self._moved(event.moves, at)

    def turned_away(self, region: str, units: int, recorded: bool) -> None:
        """Note units that somebody wanted and did not get; `recorded` if the show had sold them."""
        sums = self.by_region[region]
        sums["lost"] += units
        if recorded:
            sums["refused"] += units

    def _placed(self, show: Show, event: e.OrderPlaced) -> None:
        worth, units, costs = 0, 0, 0
        landed = show.selling[event.channel].landed_minor
        for line in event.lines:
            units += line.quantity
            worth += line.quantity * line.price_minor
            costs += line.quantity * (self._costs[line.sku] + landed)
        self.orders += 1
        self._earned(event.region, event.channel, event.currency, units, worth, costs)

    def _cancelled(self, show: Show, event: e.OrderCancelled) -> None:
        landed = show.selling[event.channel].landed_minor
        units = sum(line.quantity for line in event.lines)
        costs = sum(line.quantity * (self._costs[line.sku] + landed) for line in event.lines)
        self._earned(event.region, event.channel, event.currency, -units, -event.revenue_minor, -costs)
        self.by_region[event.region]["cancelled"] += units

    def _earned(self, region: str, channel: str, currency: str, units: int, worth: int, costs: int) -> None:
        sums = self.by_region[region]
        sums["sold"] += units
        currency = currency or self.opened.currency
        self.revenue[currency] = self.revenue.get(currency, 0) + worth
        if currency == self.opened.currency:
            sums["revenue_minor"] += worth
            sums["margin_minor"] += worth - worth * self._earning[channel] // 1000 - costs

    def _moved(self, moves: tuple[e.Move, ...], at: int) -> None:
        left, region_of = self.left, self._region_of
        for move in moves:
            if move.book != CLAIMS:
                continue
            source, target = region_of.get(move.source), region_of.get(move.target)
            if source == target:
                continue
            if source is not None:
                key = move.sku, source
                left[key] = units = left.get(key, 0) - move.quantity
                if units <= 0:
                    self._out_since[key] = at
            if target is not None:
                key = move.sku, target
                left[key] = left.get(key, 0) + move.quantity
                if key in self._out_since:
                    self._in_again(key, at)

    def _in_again(self, key: tuple[str, str], at: int) -> None:
        micros = min(at, self._end) - max(self._out_since.pop(key), self.opened.starts_at)
        if micros > 0:
            self.out_micros[key] = self.out_micros.get(key, 0) + micros

    def stock_out_micros(self, at: int) -> dict[tuple[str, str], int]:
        """Microseconds each (SKU, region) was sold out, up to a time."""
        found = dict(self.out_micros)
        for key, since in self._out_since.items():
            micros = min(at, self._end) - max(since, self.opened.starts_at)
            if micros > 0:
                found[key] = found.get(key, 0) + micros
        return found

    def row(self, show: Show, at: int) -> Row:
        """What it comes to at a time, as plain numbers; money in minor units, units net of cancellations."""
        micros = self.stock_out_micros(at)
        regions: dict[str, Row] = {}
        for region, sums in self.by_region.items():
            mine = sum(units for (_, name), units in micros.items() if name == region)
            regions[region] = {
                **sums,
                "left": sum(units for (_, name), units in self.left.items() if name == region),
                "stock_out_minutes": round(mine / MINUTE, 1),
            }
        return {
            "orders": self.orders,
            **{name: sum(row[name] for row in regions.values()) for name in SUMS},
            "revenue": dict(sorted(self.revenue.items())),
            "oversold": oversold(show),
            "leftover": sum(show.unsold(sku.sku) for sku in self.opened.skus),
            "stock_out_minutes": round(sum(micros.values()) / MINUTE, 1),
            "moves": self.moves,
            "moved_units": self.moved_units,
            "regions": regions,
        }


def _regions_by_account(opened: e.ShowOpened) -> dict[str, str]:
    """Claims account -> the region whose unsold units lie there."""
    found = {region_pool(region.region): region.region for region in opened.regions}
    for channel in opened.channels:
        found[f"channel/{channel.channel}"] = found[f"cover/{channel.channel}"] = channel.region
    return found


def oversold(show: Show) -> int:
    """Units sold that no unit of goods can serve."""
    sold = sum(
        units
        for accounts in show.ledger.claims.values()
        for account, units in accounts.items()
        if account.startswith(("committed/", "shipped/"))
    )
    covered = sum(
        units
        for accounts in show.ledger.goods.values()
        for account, units in accounts.items()
        if account == "customer" or (account.endswith("/committed") and not account.startswith("transit/"))
    )
    if show.opened.sells_in_transit:
        covered += sum(sum(shipment.out.values()) for shipment in show.shipments.values())
    return max(0, sold - covered)
