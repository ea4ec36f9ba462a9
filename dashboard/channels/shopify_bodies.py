"""Shopify's webhook bodies, as far as we use them: one record for orders, refunds and counters.

Which fields a body has tells what it is, where no topic header does; so one decoding is enough for all of them. Ids may
be larger than 2^53 and prices are texts. `current_quantity` is what is left of a line; bodies without it list every
refund so far, and what those took is left out of the quantity instead.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import msgspec

from dashboard.channels.adapter import Unreadable
from dashboard.channels.fields import Count, Id, Level, minor, word

ORDER_TOPICS = ("orders/create", "orders/updated", "orders/cancelled")
REFUND_TOPIC = "refunds/create"
LEVEL_TOPIC = "inventory_levels/update"
Sold = tuple[tuple[str, ...], int, int, int | None]
"""A line as both sides tell it: the names it goes by, units ordered, units left, price of one unit."""


class Allocation(msgspec.Struct, gc=False):
    """A part of a discount that falls on one line."""

    amount: Decimal


class Item(msgspec.Struct, gc=False):
    """One line of an order."""

    quantity: Count
    id: Id | None = None
    sku: Id | None = None
    variant_id: Id | None = None
    current_quantity: Count | None = None
    price: Decimal | None = None
    discount_allocations: list[Allocation] | None = None


class RefundLine(msgspec.Struct, gc=False):
    """Units of a line that a refund took."""

    quantity: Count
    line_item_id: Id | None = None


class Refund(msgspec.Struct, gc=False):
    """One refund of an order."""

    refund_line_items: list[RefundLine] | None = None


class Address(msgspec.Struct, gc=False):
    """An address, as far as we look."""

    country_code: str | None = None


class Customer(msgspec.Struct, gc=False):
    """Who bought."""

    id: Id | None = None


class Body(msgspec.Struct, gc=False):
    """Any of the bodies: which fields are there tells which one, where no topic does."""

    id: Id | None = None
    order_id: Id | None = None
    created_at: str | None = None
    updated_at: str | None = None
    cancelled_at: str | None = None
    currency: str | None = None
    source_name: str | None = None
    customer: Customer | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    line_items: list[Item] | None = None
    refunds: list[Refund] | None = None
    refund_line_items: list[msgspec.Raw] | None = None
    inventory_item_id: Id | None = None
    location_id: Id | None = None
    available: Level | None = None


def topic_of(body: Body) -> str:
    """The topic a body's shape tells; raises Unreadable."""
    if body.inventory_item_id is not None:
        return LEVEL_TOPIC
    if body.refund_line_items is not None:
        return REFUND_TOPIC
    if body.line_items is not None:
        return "orders/updated"
    raise Unreadable("Neither x-shopify-topic nor a field of the body tells what this is about.")


def bare(gid: Id | None) -> str:
    """The number in `gid://shopify/Kind/number?...`; empty if there is none."""
    return str(gid).rpartition("/")[2].partition("?")[0] if gid is not None else ""


def unit_price(price: Decimal | None, discounts: Iterable[Decimal], quantity: int, currency: str) -> int | None:
    """The price of one unit after its line's discounts, in minor units; None if it is not told; raises Unreadable."""
    one = minor(price, "price", currency)
    if one is None or not quantity:
        return None
    off = sum(minor(amount, "the discount's amount", currency) or 0 for amount in discounts)
    if not off:
        return one
    return max(0, round(Fraction(one * quantity - off, quantity)))


def sold_lines(body: Body, currency: str) -> Iterable[Sold]:
    """The lines of a webhook; raises Unreadable."""
    removed: dict[str, int] = {}
    for refund in body.refunds or ():
        for line in refund.refund_line_items or ():
            name = str(line.line_item_id)
            removed[name] = removed.get(name, 0) + line.quantity
    for item in body.line_items or ():
        left = item.current_quantity
        if left is None:
            left = max(0, item.quantity - removed.get(str(item.id), 0))
        elif left > item.quantity:
            raise Unreadable(f"current_quantity is {left}; it should be at most the quantity, {item.quantity}.")
        off = [allocation.amount for allocation in item.discount_allocations or ()]
        names = (word(item.sku, "sku"), word(item.variant_id, "variant_id"))
        yield names, item.quantity, left, unit_price(item.price, off, item.quantity, currency)
