"""Shopify: full orders by webhook, counters by GraphQL; also the shop behind a YouTube or Instagram channel.

    orders/create, orders/updated, orders/cancelled -> OrderHeard     refunds/create          -> OrderKnown
    inventory_levels/update                         -> LevelHeard     everything else         -> Ignored

What an order lost is told cumulatively: a line's `current_quantity` is what is left of its `quantity`, however often
and in whichever order we hear it; bodies without it list all refunds so far, which sum to the same. A refund webhook
tells only its own lines, and two refunds of one unit each are not one refund heard twice: so it only makes the order
known, and the order is fetched with its current quantities. The counter of another location than ours says nothing.

A line's price is that of one unit after the discounts allocated to it, by the same formula in a webhook and in an
answer, so that both tell one order alike. Lines without SKU and variant (tips, fees typed in by hand) take no stock.

Delivery ids carry their topic: one event of the shop may speak on several topics, and a level must not silence the
order it came with. Headers' times and the shop's name are not signed and decide nothing.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from dashboard.channels import answers, shopify_calls as calls
from dashboard.channels.adapter import (
    CancelHeard,
    Capability,
    Delivery,
    Heard,
    Ignored,
    LevelHeard,
    Levels,
    OrderHeard,
    OrderKnown,
    OrderPage,
    Push,
    Pushed,
    Read,
    Request,
    Response,
    Unreadable,
)
from dashboard.channels.fields import added, code, decode_as, instant, iso, named, number_id, word
from dashboard.channels.shopify_bodies import (
    LEVEL_TOPIC,
    ORDER_TOPICS,
    REFUND_TOPIC,
    Body,
    Sold,
    bare,
    sold_lines,
    topic_of,
)
from dashboard.channels.shopify_terms import ShopifyTerms
from dashboard.channels.signatures import check_hmac
from dashboard.decision.world import OrderLine

ID_HEADERS = ("x-shopify-event-id", "x-shopify-webhook-id")

Kind = TypeVar("Kind", bound=calls.Answer)


_body = decode_as(Body)
_orders = decode_as(calls.OrdersAnswer)
_page = decode_as(calls.PageAnswer)
_levels = decode_as(calls.LevelsAnswer)
_pushed = decode_as(calls.PushAnswer)


class Shopify(ShopifyTerms):
    """One Shopify shop at one location; `names` holds `location_id`, a listing its sku, variant and inventory item,
    and its product where its price is written."""

    capability = Capability(push="compare_and_set", orders_per_fetch=10, terms=("price", "coupon"))
    sku_names = ("sku", "variant_id", "inventory_item_id")

    # --- the platform speaks ----------------------------------------------------------------------------------

    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless x-shopify-hmac-sha256 signs the raw body with one of our keys."""
        check_hmac(self.account.channel, self.secrets, delivery, "x-shopify-hmac-sha256", delivery.body)

    def read(self, delivery: Delivery) -> Read:
        """Say what a webhook says, by its topic, or by its shape where the topic is missing; raises Unreadable."""
        topic = delivery.headers.get("x-shopify-topic", "").strip().lower()
        if topic and topic not in (*ORDER_TOPICS, REFUND_TOPIC, LEVEL_TOPIC):
            return Read(_ids(delivery, word(topic[:80], "x-shopify-topic")), (Ignored("This topic moves no stock."),))
        body = _body(delivery.body)
        topic = topic or topic_of(body)
        return Read(_ids(delivery, topic), (self._heard(body, topic),))

    def _heard(self, body: Body, topic: str) -> Heard:
        if topic == LEVEL_TOPIC:
            return self._level(body)
        if topic == REFUND_TOPIC:
            return OrderKnown(number_id(body.order_id, "order_id"))
        order = number_id(body.id, "id")
        channel = self.counted_for(body.source_name or "")
        if body.line_items is None:
            # A subscription can ask for some fields only; the order itself is then fetched.
            if topic == "orders/cancelled":
                return CancelHeard(order, (), self._at(body.cancelled_at, "cancelled_at"), channel)
            return OrderKnown(order, self._at(body.created_at, "created_at"), channel)
        currency = code(body.currency, "currency", 3) or self.account.currency
        shipping, billing = body.shipping_address, body.billing_address
        return self._order(
            sold_lines(body, currency),
            bool(body.cancelled_at) or topic == "orders/cancelled",
            OrderHeard(
                order,
                (),
                at=self._at(body.created_at, "created_at"),
                updated_at=self._at(body.updated_at, "updated_at"),
                country=code(shipping and shipping.country_code, "shipping_address.country_code", 2)
                or code(billing and billing.country_code, "billing_address.country_code", 2),
                currency=currency,
                buyer=word(body.customer and body.customer.id, "customer.id"),
                channel=channel,
            ),
        ) or Ignored(f"Order {order[:40]} has no line that takes stock.")

    def _level(self, body: Body) -> Heard:
        item = number_id(body.inventory_item_id, "inventory_item_id")
        location = word(body.location_id, "location_id")
        if location and location != self.account.names.get("location_id", location):
            return Ignored("This is the counter of another location.")
        sku = self._ours.get(item)
        if sku is None:
            return Ignored("This inventory item is not listed here.")
        return LevelHeard(sku, body.available, self._at(body.updated_at, "updated_at"))

    def _order(self, sold: Iterable[Sold], gone: bool, empty: OrderHeard) -> OrderHeard | None:
        """An order with its lines and what of them is cancelled; None when nothing in it takes stock."""
        lines: list[OrderLine] = []
        lost: list[tuple[str, int]] = []
        for names, quantity, left, price in sold:
            sku = self.our_sku(*names)
            if not sku or not quantity:
                continue
            lines.append(OrderLine(sku, quantity, price))
            lost.append((sku, quantity if gone else quantity - left))
        if not lines:
            return None
        return msgspec.structs.replace(empty, lines=tuple(lines), cancelled=added(lost))

    def _at(self, text: str | None, name: str) -> int | None:
        return instant(text, name, self.account.time_zone)

    # --- we speak ---------------------------------------------------------------------------------------------

    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """Ask for orders by number; one alone with up to 100 lines, several with up to 12 each."""
        ids = [f"gid://shopify/Order/{order}" for order in orders]
        lines = calls.LINES_ALONE if len(ids) == 1 else calls.LINES_EACH
        return self._call(calls.ORDERS, {"ids": ids, "lines": lines})

    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read orders; absent are unknown ones, those that take no stock, and, of several, those with more lines.

        Raises Unreadable, also where one alone has more lines than a call shows.
        """
        answer = self._answer(response, _orders)
        if answer.data is None:
            raise Unreadable("data is missing; an answer without errors has it.")
        heard = [self._told(order) for order in answer.data.nodes if order is not None]
        for order in heard:
            if isinstance(order, OrderKnown) and len(answer.data.nodes) == 1:
                raise Unreadable(f"Order {order.order[:40]} has more than {calls.LINES_ALONE} lines; enter it by hand.")
        return tuple(order for order in heard if isinstance(order, OrderHeard))

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """Ask for a page of the orders changed since a second of the shop's clock; `page` is the cursor."""
        variables = {
            "since": f"updated_at:>='{iso(since, 0)}'",
            "first": calls.ORDERS_LISTED,
            "after": page or None,
            "lines": calls.LINES_LISTED,
        }
        return self._call(calls.PAGE, variables)

    def read_page(self, response: Response) -> OrderPage:
        """Read a page; an order with more lines than a page shows is only known. Raises Unreadable."""
        answer = self._answer(response, _page)
        if answer.data is None:
            raise Unreadable("data is missing; an answer without errors has it.")
        orders = answer.data.orders
        heard = [self._told(order) for order in orders.nodes]
        following = orders.page_info.end_cursor if orders.page_info.has_next_page else ""
        if orders.page_info.has_next_page and not following:
            raise Unreadable("endCursor is missing; a page that is not the last has it.")
        return OrderPage(tuple(order for order in heard if order), following or "", answers.answered_at(response))

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask what counters at our location stand at; raises Unreadable for an unlisted SKU."""
        ids = [f"gid://shopify/InventoryItem/{self.theirs(sku, 'inventory_item_id')}" for sku in skus]
        return self._call(calls.LEVELS, {"ids": ids, "location": self._location()}, stock=True)

    def read_levels(self, response: Response) -> Levels:
        """Read counters; an item that is not stocked at our location is absent. Raises Unreadable."""
        answer = self._answer(response, _levels)
        if answer.data is None:
            raise Unreadable("data is missing; an answer without errors has it.")
        units: dict[str, int] = {}
        for item in answer.data.nodes:
            sku = self._ours.get(bare(item.id)) if item else None
            if item is None or sku is None or item.inventory_level is None:
                continue
            for quantity in item.inventory_level.quantities:
                if quantity.name == "available":
                    units[sku] = quantity.quantity
        return Levels(units)

    def push(self, push: Push, now: int) -> Request:
        """Adjust (delta) or set (compare_and_set; absolute with any quantity before); raises Unreadable."""
        place = {
            "inventoryItemId": f"gid://shopify/InventoryItem/{self.theirs(push.sku, 'inventory_item_id')}",
            "locationId": self._location(),
        }
        if push.kind == "delta":
            change = {**place, "delta": push.quantity, "changeFromQuantity": None}
            return self._change(calls.ADJUST, push, {"changes": [change]})
        if push.kind == "raise_only" or (push.kind == "compare_and_set" and push.expected is None):
            raise Unreadable(f"A Shopify counter cannot be written as {push.kind}; use delta or compare_and_set.")
        before = push.expected if push.kind == "compare_and_set" else None
        quantity = {**place, "quantity": push.quantity, "changeFromQuantity": before}
        return self._change(calls.SET, push, {"quantities": [quantity]})

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Say what became of a push; Shopify tells no level with a mismatch. Raises Unreadable."""
        undone = answers.not_done("Shopify", response)
        if undone is not None:
            return undone
        answer = _pushed(response.body)
        undone = answer.refusal(response)
        if undone is not None:
            return undone
        done = answer.data.done if answer.data else None
        if done is None:
            raise Unreadable("data.done is missing; an answer without errors has it.")
        group = done.inventory_adjustment_group
        change = next(
            (change for change in (group.changes if group else None) or () if change.name == "available"), None
        )
        set_to = push.quantity if push.kind != "delta" else None
        if change is not None:
            level = change.quantity_after_change if change.quantity_after_change is not None else set_to
            return Pushed("applied", change.delta, level)
        # Nothing changed, or nothing is told: an adjustment is read off the counter then, a set one stands where set.
        return Pushed("applied", None if push.kind == "delta" and push.quantity else 0, set_to)

    # --- how we speak -----------------------------------------------------------------------------------------

    def _call(self, query: str, variables: object, stock: bool = False) -> Request:
        headers = {"content-type": "application/json", "x-shopify-access-token": self.secrets.token}
        body = msgspec.json.encode({"query": query, "variables": variables})
        return Request("POST", calls.PATH, headers, body, "stock" if stock else "orders")

    def _change(self, query: str, push: Push, changes: dict[str, object]) -> Request:
        # Shopify wants UUIDs as keys; the same key of ours gives the same one.
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.account.channel}/{push.key}"))
        return self._call(
            query, {"input": {"name": "available", "reason": "correction", **changes}, "key": key}, stock=True
        )

    def _location(self) -> str:
        return f"gid://shopify/Location/{named(self.account, 'location_id')}"

    def _answer(self, response: Response, decode: Callable[[bytes], Kind]) -> Kind:
        """The decoded answer of a call that succeeded; raises Throttled or Unreadable if it did not."""
        answers.refuse("Shopify", response)
        answer = decode(response.body)
        codes = answer.codes()
        if "THROTTLED" in codes:
            raise answers.too_many("Shopify", answer.wait_seconds(response))
        if codes:
            raise Unreadable(f"Shopify answered {codes[0][:40]!a} instead of data.")
        return answer

    def _told(self, order: calls.Order) -> OrderHeard | OrderKnown | None:
        """An order of an answer; only known when not all its lines are shown, None when nothing takes stock."""
        number = number_id(bare(order.id), "id")
        at = self._at(order.created_at, "createdAt")
        channel = self.counted_for(order.source_name or "")
        if order.line_items.page_info is not None and order.line_items.page_info.has_next_page:
            return OrderKnown(number, at, channel)
        currency = code(order.currency_code, "currencyCode", 3) or self.account.currency
        shipping, billing = order.shipping_address, order.billing_address
        empty = OrderHeard(
            number,
            (),
            at=at,
            updated_at=self._at(order.updated_at, "updatedAt"),
            country=code(shipping and shipping.country_code_v2, "shippingAddress.countryCodeV2", 2)
            or code(billing and billing.country_code_v2, "billingAddress.countryCodeV2", 2),
            currency=currency,
            buyer=word(bare(order.customer.id) if order.customer else None, "customer.id"),
            channel=channel,
        )
        return self._order(
            (calls.told_line(line, currency) for line in order.line_items.nodes), bool(order.cancelled_at), empty
        )


def _ids(delivery: Delivery, topic: str) -> tuple[str, ...]:
    given = [word(delivery.headers.get(name), name) for name in ID_HEADERS]
    return tuple(dict.fromkeys(f"{topic}:{name}" for name in given if name))
