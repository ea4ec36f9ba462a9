"""Shopify's Admin GraphQL API, version 2026-04: the four documents we send and the shapes of what comes back.

    orders by id, orders changed since     -> OrdersAnswer, PageAnswer
    levels of inventory items              -> LevelsAnswer
    adjust (delta), set (compare and set)  -> PushAnswer

A limit is reached inside a 200: `errors[].extensions.code` is THROTTLED, and `extensions.cost` tells how fast the
bucket fills again. A query may cost 1,000 points, which grow with the lines asked for; so many orders are asked for
with few lines each, one alone with all of them. Mutations carry an idempotency key, which is required from this version
on: a repetition changes nothing again. So is `changeFromQuantity`, where null says that any quantity will do.
"""

from decimal import Decimal

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import Pushed, Response, Unreadable
from dashboard.channels.fields import Count, Id, Level, word
from dashboard.channels.shopify_bodies import Sold, bare, unit_price

PATH = "/admin/api/2026-04/graphql.json"
LINES_ALONE = 100
LINES_EACH = 12
LINES_LISTED = 4
ORDERS_LISTED = 30
"""With one point an object, orders_per_fetch x LINES_EACH and ORDERS_LISTED x LINES_LISTED stay below 1,000."""

_FIELDS = """
  id createdAt updatedAt cancelledAt currencyCode sourceName
  customer { id } shippingAddress { countryCodeV2 } billingAddress { countryCodeV2 }
  lineItems(first: $lines) {
    nodes {
      sku quantity currentQuantity variant { id }
      originalUnitPriceSet { shopMoney { amount } }
      discountAllocations { allocatedAmountSet { shopMoney { amount } } }
    }
    pageInfo { hasNextPage }
  }
"""
ORDERS = "query Orders($ids: [ID!]!, $lines: Int!) { nodes(ids: $ids) { ... on Order {" + _FIELDS + "} } }"
PAGE = (
    "query Changed($since: String!, $first: Int!, $after: String, $lines: Int!) {"
    " orders(first: $first, after: $after, query: $since, sortKey: UPDATED_AT) { nodes {"
    + _FIELDS
    + "} pageInfo { hasNextPage endCursor } } }"
)
LEVELS = (
    "query Levels($ids: [ID!]!, $location: ID!) { nodes(ids: $ids) { ... on InventoryItem { id"
    ' inventoryLevel(locationId: $location) { quantities(names: ["available"]) { name quantity } } } } }'
)
_CHANGES = (
    '{ inventoryAdjustmentGroup { changes(quantityNames: ["available"]) { name delta quantityAfterChange } }'
    " userErrors { code field message } }"
)
ADJUST = (
    "mutation Adjust($input: InventoryAdjustQuantitiesInput!, $key: String!) {"
    " done: inventoryAdjustQuantities(input: $input) @idempotent(key: $key) " + _CHANGES + " }"
)
SET = (
    "mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {"
    " done: inventorySetQuantities(input: $input) @idempotent(key: $key) " + _CHANGES + " }"
)
STALE = ("CHANGE_FROM_QUANTITY_STALE", "COMPARE_QUANTITY_STALE")
UNDER_WAY = "IDEMPOTENCY_CONCURRENT_REQUEST"


class Shape(msgspec.Struct, rename="camel", gc=False):
    """A part of an answer; fields nobody needs are passed over."""


class Coded(Shape):
    """The machine's name of an error."""

    code: str | None = None


class Problem(Shape):
    """An error of the whole call, or of one input (`code` stands beside it then)."""

    message: str = ""
    code: str | None = None
    extensions: Coded | None = None


class Bucket(Shape):
    """What is left of the points, and how many come back a second."""

    currently_available: float = 0.0
    restore_rate: float = 0.0


class Cost(Shape):
    """What a call costs."""

    requested_query_cost: float | None = None
    throttle_status: Bucket | None = None


class Beside(Shape):
    """What stands beside an answer."""

    cost: Cost | None = None


class Answer(Shape):
    """The frame of every answer."""

    errors: list[Problem] | None = None
    extensions: Beside | None = None

    def codes(self) -> list[str]:
        """The codes of its errors; a plain 'Throttled' without one counts as THROTTLED."""
        return [
            (problem.extensions.code if problem.extensions else None)
            or ("THROTTLED" if problem.message == "Throttled" else "UNKNOWN")
            for problem in self.errors or ()
        ]

    def wait_seconds(self, response: Response) -> float | None:
        """Seconds until the bucket holds enough for the same call; None if the answer does not tell."""
        cost = self.extensions.cost if self.extensions else None
        bucket = cost.throttle_status if cost else None
        if cost is None or bucket is None or cost.requested_query_cost is None or bucket.restore_rate <= 0:
            return answers.wait_seconds(response)
        seconds = (cost.requested_query_cost - bucket.currently_available) / bucket.restore_rate
        return answers.bounded(max(seconds, 0.0))


class Node(Shape):
    """Something with an id (`gid://shopify/Kind/number`)."""

    id: Id | None = None


class Place(Shape):
    """An address, as far as we look."""

    country_code_v2: str | None = msgspec.field(default=None, name="countryCodeV2")


class Amount(Shape):
    """An exact decimal."""

    amount: Decimal


class MoneyBag(Shape):
    """Money in the shop's own currency."""

    shop_money: Amount


class Allocation(Shape):
    """A part of a discount that falls on one line."""

    allocated_amount_set: MoneyBag


class Line(Shape):
    """One line of an order."""

    quantity: Count
    current_quantity: Count | None = None
    sku: Id | None = None
    variant: Node | None = None
    original_unit_price_set: MoneyBag | None = None
    discount_allocations: list[Allocation] | None = None


class PageInfo(Shape):
    """Whether more follows, and where."""

    has_next_page: bool = False
    end_cursor: str | None = None


class Lines(Shape):
    """The lines of an order."""

    nodes: list[Line]
    page_info: PageInfo | None = None


class Order(Shape):
    """An order as GraphQL tells it."""

    id: Id
    line_items: Lines
    created_at: str | None = None
    updated_at: str | None = None
    cancelled_at: str | None = None
    currency_code: str | None = None
    source_name: str | None = None
    customer: Node | None = None
    shipping_address: Place | None = None
    billing_address: Place | None = None


class OrderNodes(Shape):
    """Orders asked for by id; one that does not exist is null."""

    nodes: list[Order | None]


class OrdersAnswer(Answer):
    """The answer to ORDERS."""

    data: OrderNodes | None = None


class OrderList(Shape):
    """One page of orders."""

    nodes: list[Order]
    page_info: PageInfo


class PageData(Shape):
    """The data of a page."""

    orders: OrderList


class PageAnswer(Answer):
    """The answer to PAGE."""

    data: PageData | None = None


class Quantity(Shape):
    """A named counter."""

    name: str
    quantity: Level


class Stocked(Shape):
    """An item at a location."""

    quantities: list[Quantity]


class Item(Shape):
    """An inventory item; it may not be stocked at our location."""

    id: Id
    inventory_level: Stocked | None = None


class ItemNodes(Shape):
    """Items asked for by id; one that does not exist is null."""

    nodes: list[Item | None]


class LevelsAnswer(Answer):
    """The answer to LEVELS."""

    data: ItemNodes | None = None


class Change(Shape):
    """What a counter changed by, and where it stands now."""

    name: str
    delta: Level
    quantity_after_change: Level | None = None


class Group(Shape):
    """The changes of one mutation."""

    changes: list[Change] | None = None


class Done(Shape):
    """What became of a mutation."""

    inventory_adjustment_group: Group | None = None
    user_errors: list[Problem] = []


class PushData(Shape):
    """The data of a mutation."""

    done: Done | None = None


class PushAnswer(Answer):
    """The answer to ADJUST or SET."""

    data: PushData | None = None

    def refusal(self, response: Response) -> Pushed | None:
        """What its errors say became of the push; None when it has none."""
        codes = self.codes()
        if "THROTTLED" in codes:
            return answers.throttled("Shopify", self.wait_seconds(response))
        if codes:
            uncertain = codes[0] in ("UNKNOWN", "INTERNAL_SERVER_ERROR", "TIMEOUT")
            return Pushed("unknown" if uncertain else "refused", sentence=f"Shopify answered {codes[0][:40]!a}.")
        errors = self.data.done.user_errors if self.data and self.data.done else []
        if not errors:
            return None
        code = (errors[0].code or "without a code")[:40]
        if code in STALE:
            return Pushed("mismatch", sentence="The counter is not what it was; read the level and push again.")
        return Pushed("unknown" if code == UNDER_WAY else "refused", sentence=f"Shopify refused the push: {code!a}.")


def told_line(line: Line, currency: str) -> Sold:
    """A line of an answer; raises Unreadable."""
    left = line.quantity if line.current_quantity is None else line.current_quantity
    if left > line.quantity:
        raise Unreadable(f"currentQuantity is {left}; it should be at most the quantity, {line.quantity}.")
    off = [allocation.allocated_amount_set.shop_money.amount for allocation in line.discount_allocations or ()]
    price = line.original_unit_price_set.shop_money.amount if line.original_unit_price_set else None
    names = (word(line.sku, "sku"), word(bare(line.variant.id) if line.variant else None, "variant.id"))
    return names, line.quantity, left, unit_price(price, off, line.quantity, currency)
