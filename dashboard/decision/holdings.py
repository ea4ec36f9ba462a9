"""What an order holds: which claim each of its units drew, where it lies, what it was sold for, what became of it.

An accepted order is kept as the moves and lines of its event, and paired into holdings only when somebody asks: most
orders are never touched again. A holding without a location is a unit still on the way.
"""

from typing import TypeVar

import msgspec

from dashboard.decision import events as e, ledger as book

Value = TypeVar("Value")


class Holding(msgspec.Struct, array_like=True, gc=False):
    """Part of an order: units of a SKU, the claim they drew, where they lie ("" = on the way), what is left open."""

    sku: str
    claim: str
    location: str
    open: int
    shipped: int
    price_minor: int


class Order(msgspec.Struct, gc=False):
    """An accepted order: destination, currency and what it holds, paired only when somebody asks (`held`)."""

    country: str
    currency: str
    moves: tuple[e.Move, ...]
    lines: tuple[e.SoldLine, ...]
    holdings: tuple[Holding, ...] = ()

    def held(self) -> tuple[Holding, ...]:
        """The holdings: most orders are never touched again, so they are not paired before the first question."""
        if not self.holdings:
            self.holdings = holdings_of(self.moves, self.lines)
            self.moves, self.lines = (), ()
        return self.holdings


def holdings_of(moves: tuple[e.Move, ...], lines: tuple[e.SoldLine, ...]) -> tuple[Holding, ...]:
    """Pair an order's claims with its goods and its prices: which claim was served from where, sold for what."""
    if len(lines) == 1 and len(moves) == 2 and moves[1].book == book.GOODS and moves[0].quantity == moves[1].quantity:
        claim, good = moves
        location = good.source.removesuffix("/available")
        return (Holding(claim.sku, claim.source, location, claim.quantity, 0, lines[0].price_minor),)
    holdings: list[Holding] = []
    for sku in dict.fromkeys(line.sku for line in lines):
        claims = [(move.source, move.quantity) for move in moves if move.sku == sku and move.book == book.CLAIMS]
        goods = [(move.source, move.quantity) for move in moves if move.sku == sku and move.book == book.GOODS]
        prices = [(line.price_minor, line.quantity) for line in lines if line.sku == sku]
        presold = sum(units for _, units in claims) - sum(units for _, units in goods)
        if presold:
            goods.append(("", presold))
        while prices:
            units = min(claims[0][1], goods[0][1], prices[0][1])
            location = goods[0][0].removesuffix("/available")
            holdings.append(Holding(sku, claims[0][0], location, units, 0, prices[0][0]))
            _use_up(claims, units)
            _use_up(goods, units)
            _use_up(prices, units)
    return tuple(holdings)


def _use_up(runs: list[tuple[Value, int]], units: int) -> None:
    """Take units off the first of some (value, units) runs."""
    value, held = runs[0]
    if held > units:
        runs[0] = value, held - units
    else:
        del runs[0]


def take(holdings: tuple[Holding, ...], sku: str, units: int, lying: bool = False) -> list[tuple[Holding, int]]:
    """Pick open units of a SKU from an order's holdings, first come first; `lying` skips units still on the way."""
    picked: list[tuple[Holding, int]] = []
    for holding in holdings:
        if holding.sku == sku and units and (holding.location or not lying):
            part = min(units, holding.open)
            if part:
                picked.append((holding, part))
                units -= part
    return picked


def serve(holdings: tuple[Holding, ...], sku: str, units: int, location: str) -> tuple[Holding, ...]:
    """Give a location to units that were on the way, splitting a holding where only part arrived."""
    result: list[Holding] = []
    for holding in holdings:
        if holding.sku != sku or holding.location or not units:
            result.append(holding)
            continue
        part = min(units, holding.open)
        units -= part
        result.append(Holding(sku, holding.claim, location, part, 0, holding.price_minor))
        if holding.open > part:
            result.append(Holding(sku, holding.claim, "", holding.open - part, 0, holding.price_minor))
    return tuple(result)
