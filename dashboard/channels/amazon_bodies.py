"""What lies inside Amazon's bodies: envelopes opened, items counted, complaints found.

    envelope -> notification -> items -> lines, cancelled units
    answer -> order -> items -> the same

Pure readers of decoded JSON for `amazon.py`, which tells what a body means. An item that no longer tells how many
units were ordered (a cancelled one may say 0) is left out; nothing can be concluded from it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dashboard.channels import answers
from dashboard.channels.adapter import Response, Unreadable
from dashboard.channels.fields import (
    SHOWN_MAX,
    Table,
    added,
    code,
    decode,
    find,
    identity,
    inner,
    minor,
    rows,
    whole,
    word,
)
from dashboard.decision.world import OrderLine, UnitLine

ENVELOPES = ("detail", "Detail", "Body", "body", "Message")
ENVELOPES_MAX = 4
COUNTRIES = dict(
    pair.split()
    for pair in (
        "ATVPDKIKX0DER US,A2EUQ1WTGCTBG2 CA,A1AM78C64UM0Y8 MX,A2Q3Y263D00KWC BR,A1F83G8C2ARO7P GB,A28R8C7NBKEWEA IE,"
        "A1PA6795UKMFR9 DE,A13V1IB3VIYZZH FR,APJ6JRA9NG5V4 IT,A1RKKUPIHCS9HS ES,A1805IZSGTT6HS NL,AMEN7PMS3EDWL BE,"
        "A2NODRKZP88ZB9 SE,A1C3SOZRARQ6R3 PL,A33AVAJ2PDY3EV TR,A17E79C6D8DWNP SA,A2VIGQ35RCS4UG AE,ARBP9OOSHTCHU EG,"
        "AE08WJ6YKNBMC ZA,A21TJRUUN4KGV IN,A19VAU5U5O7RUS SG,A39IBJ37TRP1C6 AU,A1VC38T7YXB528 JP"
    ).split(",")
)
"""Marketplace -> the country it sells to."""
COUNTING = frozenset(("unshipped", "partiallyshipped", "shipped"))
"""Statuses in which shipped and unshipped units add up to what is left of an order; a pending one counts neither."""


class Item(NamedTuple):
    """One item of an order: our SKU, units ordered, how many are known to be cancelled, price of one."""

    sku: str
    ordered: int
    cancelled: int
    price_minor: int | None = None


def opened(table: Table) -> Table:
    """The notification itself, out of its SQS, SNS or EventBridge envelopes; raises Unreadable."""
    for _ in range(ENVELOPES_MAX):
        if find(table, "NotificationMetadata", "notificationMetadata", "Payload", "payload") is not None:
            return table
        inside = find(table, *ENVELOPES)
        if inside is None:
            return table
        table = decode(inside.encode()) if isinstance(inside, str) else inner(inside, "the envelope")
    raise Unreadable(f"The notification lies in more than {ENVELOPES_MAX} envelopes; post it in one.")


def plain(value: object, name: str) -> str:
    """A status without case, underscores or the second l of cancelled."""
    return word(value, name).replace("_", "").lower().replace("cancelled", "canceled")


def noted_items(summary: Table, all_gone: bool, ours: Callable[[str], str]) -> list[Item]:
    """The items of a notification's summary; `all_gone`: the order is cancelled as a whole."""
    items = []
    for row in rows(find(summary, "OrderItems", "orderItems"), "OrderItems"):
        sku = identity(find(row, "SellerSKU", "sellerSKU", "sellerSku", "SellerSku"), "SellerSKU")
        ordered = whole(find(row, "Quantity", "quantity"), "Quantity")
        shipped = whole(find(row, "QuantityShipped", "quantityShipped") or 0, "QuantityShipped")
        gone = plain(find(row, "OrderItemStatus", "orderItemStatus"), "OrderItemStatus") == "canceled" or all_gone
        if ordered:
            items.append(Item(ours(sku), ordered, max(0, ordered - shipped) if gone else 0))
    return items


def with_missing(items: list[Item], summary: Table) -> tuple[list[Item], bool]:
    """Items with the units the summary no longer counts as cancelled ones; False when it is open whose they are."""
    shipped = find(summary, "NumberOfItemsShipped", "numberOfItemsShipped")
    unshipped = find(summary, "NumberOfItemsUnshipped", "numberOfItemsUnshipped")
    if shipped is None or unshipped is None:
        return items, True
    left = whole(shipped, "NumberOfItemsShipped") + whole(unshipped, "NumberOfItemsUnshipped")
    missing = sum(item.ordered - item.cancelled for item in items) - left
    if missing <= 0:
        return items, True
    if len({item.sku for item in items}) > 1:
        return items, False
    found = []
    for item in items:
        more = min(missing, item.ordered - item.cancelled)
        missing -= more
        found.append(item._replace(cancelled=item.cancelled + more))
    return found, True


def told_items(order: Table, status: str, currency: str, ours: Callable[[str], str]) -> tuple[list[Item], str]:
    """The items of an order of the orders API, and the currency of their prices."""
    items = []
    for row in rows(order.get("orderItems"), "orderItems"):
        product = inner(row.get("product"), "product")
        sku = identity(product.get("sellerSku"), "sellerSku")
        ordered = whole(row.get("quantityOrdered"), "quantityOrdered")
        price = None
        money = inner(inner(product.get("price"), "price").get("unitPrice"), "unitPrice")
        if money:
            currency = code(money.get("currencyCode"), "currencyCode", 3) or currency
            price = minor(money.get("amount"), "amount", currency)
        if ordered:
            items.append(Item(ours(sku), ordered, _gone(row, ordered, status), price))
    return items, currency


def _gone(row: Table, ordered: int, status: str) -> int:
    """Cancelled units of an item: what is neither shipped nor still to be shipped, or all of it if it says so."""
    fulfillment = inner(row.get("fulfillment"), "fulfillment")
    shipped = whole(fulfillment.get("quantityFulfilled") or 0, "quantityFulfilled")
    unshipped = fulfillment.get("quantityUnfulfilled")
    if status == "canceled":
        return max(0, ordered - shipped)
    if status in COUNTING and unshipped is not None:
        return max(0, ordered - shipped - whole(unshipped, "quantityUnfulfilled"))
    executed = inner(row.get("cancellation"), "cancellation").get("cancellationExecution")
    return max(0, ordered - shipped) if executed else 0


def lines(items: Sequence[Item]) -> tuple[OrderLine, ...]:
    """The lines of an order as first ordered; raises Unreadable when they are more than a journal can count."""
    added((item.sku, item.ordered) for item in items)
    return tuple(OrderLine(item.sku, item.ordered, item.price_minor) for item in items)


def cancelled(items: Sequence[Item]) -> tuple[UnitLine, ...]:
    """What of an order is cancelled by now, one line a SKU."""
    return added((item.sku, item.cancelled) for item in items)


def answered(response: Response) -> Table:
    """The body of an answer that is one; raises Throttled or Unreadable."""
    if response.status == 429:
        raise answers.too_many("Amazon", wait_seconds(response))
    answers.refuse("Amazon", response, complaint(response, "errors"))
    return decode(response.body)


def complaint(response: Response, name: str) -> str:
    """The first 40 characters of the first error or issue of an answer, empty if it tells none."""
    try:
        first = next(iter(rows(decode(response.body).get(name), name)), {})
        message = word(find(first, "message", "code"), "message", most=10_000)
    except Unreadable:
        message = ""
    return message[:SHOWN_MAX]


def wait_seconds(response: Response) -> float | None:
    """Seconds to wait after a 429: told outright, or one call's time at the rate Amazon names."""
    told = answers.wait_seconds(response)
    if told is not None:
        return told
    try:
        return answers.bounded(1 / float(response.headers.get("x-amzn-ratelimit-limit", "")))
    except (ValueError, ZeroDivisionError):
        return None
