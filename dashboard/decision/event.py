"""What every event carries; the events themselves stand in `events_*`, `events` lists them all."""

import msgspec


class Move(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Units of a SKU go from one account of a book to another; the quantity is positive."""

    sku: str
    book: str
    source: str
    target: str
    quantity: int


class SoldLine(msgspec.Struct, frozen=True, gc=False):
    """One line of an accepted order; `price_minor` is what one unit was sold for.

    `before` are the units the region had left of the SKU before this order, in its pool and on its channels (-1: not
    told, in journals from before it was).
    """

    sku: str
    quantity: int
    price_minor: int
    before: int = -1


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every event carries: the moves it makes (none for those that touch no stock)."""

    moves: tuple[Move, ...] = ()
    reason: str = ""
