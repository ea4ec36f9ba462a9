"""WooCommerce's bodies, as far as we use them: one record for orders and products, in webhooks and in answers alike.

What a line has lost is told by the shop's own bookkeeping: its hidden `_reduced_stock` is how many units of it the
counter gave and did not get back, so what is missing from the quantity was restocked; where that note is gone,
`_restock_refunded_items` is what refunds put back. Both are cumulative and the same however often they are heard. A
line without them lost nothing.
"""

from decimal import Decimal
from typing import Any

import msgspec

from dashboard.channels.adapter import Unreadable
from dashboard.channels.fields import UNITS_MAX, Count, Id, Level, whole

REDUCED = "_reduced_stock"
RESTOCKED = "_restock_refunded_items"


class Meta(msgspec.Struct, gc=False):
    """A note beside an order or a line."""

    key: str | None = None
    value: Any = None


class Item(msgspec.Struct, gc=False):
    """One line of an order."""

    quantity: Count
    sku: Id | None = None
    product_id: Id | None = None
    variation_id: Id | None = None
    price: Decimal | None = None
    meta_data: list[Meta] | None = None


class Address(msgspec.Struct, gc=False):
    """An address, as far as we look."""

    country: str | None = None


class Body(msgspec.Struct, gc=False):
    """An order or a product: which fields are there tells which one, where no topic does."""

    id: Id | None = None
    status: str | None = None
    currency: str | None = None
    created_via: str | None = None
    date_created: str | None = None
    date_created_gmt: str | None = None
    date_modified: str | None = None
    date_modified_gmt: str | None = None
    date_paid: str | None = None
    date_paid_gmt: str | None = None
    customer_id: Id | None = None
    billing: Address | None = None
    shipping: Address | None = None
    line_items: list[Item] | None = None
    meta_data: list[Meta] | None = None
    sku: Id | None = None
    stock_quantity: Level | float | None = None


def topic_of(body: Body) -> str:
    """The topic a body's shape tells; raises Unreadable."""
    if body.line_items is not None:
        return "order.updated"
    if body.stock_quantity is not None:
        return "product.updated"
    raise Unreadable("Neither x-wc-webhook-topic nor a field of the body tells what this is about.")


def taken(item: Item) -> int:
    """Units the counter gave for a line and did not get back; all of them where the shop notes nothing."""
    notes = {meta.key: meta.value for meta in item.meta_data or () if meta.key in (REDUCED, RESTOCKED)}
    if REDUCED in notes:
        return whole(notes[REDUCED], REDUCED, most=item.quantity)
    return item.quantity - whole(notes.get(RESTOCKED, 0), RESTOCKED, most=item.quantity)


def whole_units(level: float | None) -> int | None:
    """A counter in whole units; a shop that sells by weight may have a fraction, which nobody can sell as a unit."""
    if level is None:
        return None
    if not abs(level) <= UNITS_MAX:
        raise Unreadable(f"stock_quantity is out of range; it takes at most {UNITS_MAX}.")
    return int(level // 1)
