"""A pretended Shopify: REST bodies in signed webhooks, GraphQL answers to calls, told from the platform's own counter.

It is written from the shop's side and knows nothing of the adapter. A query is told by the root field it asks for, as
the real one would execute it; the documents' other words are not interpreted. Ids lie above 2^53, prices are texts,
times carry the shop's offset, a set names the quantity it changes from. A mutation's key that was used before gives its
first answer again, unless it was used for something else.
"""

import base64
import datetime
import hashlib
import hmac
import zoneinfo
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary
from zlib import crc32

import orjson

from dashboard.channels.adapter import Lane, Request, Response
from dashboard.channels.sandbox import terms_shopify
from dashboard.channels.sandbox.platform import Platform, SandboxOrder, Webhook

ORDERS_FROM = 9_007_199_254_740_993_000
CUSTOMERS_FROM = 9_107_199_254_740_993_000
LINES_FROM = 9_207_199_254_740_993_000
ONE_SECOND = 1_000_000
NO_CENTS = frozenset("CLP ISK JPY KRW PYG UGX VND XAF XOF".split())
THREE_DIGITS = frozenset("BHD JOD KWD OMR TND".split())
Json = dict[str, Any]


class ShopifySpeech:
    """Shopify's native side."""

    def __init__(self) -> None:
        # One speech may serve many pretended shops; a key belongs to the shop that heard it.
        self._keys: WeakKeyDictionary[Platform, dict[str, tuple[str, Json]]] = WeakKeyDictionary()

    def order_id(self, number: int) -> str:
        """Nineteen digits, beyond what a JavaScript number holds."""
        return str(ORDERS_FROM + number)

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """A SKU's own text, its variant and its inventory item."""
        mark = crc32(f"{channel}/{sku}".encode())
        return {
            "sku": sku,
            "variant_id": str(40 * 10**12 + mark),
            "inventory_item_id": str(9 * 10**17 + mark),
            "product_id": str(8 * 10**12 + mark),
        }

    def names(self, channel: str) -> dict[str, str]:
        """The shop's domain and its location."""
        return {"shop": f"{channel}.myshopify.com", "location_id": str(6 * 10**10 + crc32(channel.encode()))}

    def order_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """orders/create."""
        return self._signed(platform, "orders/create", _rest_order(platform, order), delivery, now)

    def cancel_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """orders/cancelled for a whole order, orders/updated for a part of it."""
        topic = "orders/cancelled" if order.is_cancelled() else "orders/updated"
        return self._signed(platform, topic, _rest_order(platform, order), delivery, now)

    def refund_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """refunds/create, which names the order and one refund's lines."""
        stamp = _stamp(platform, platform.clock(now))
        body = {"id": 7 * 10**11, "order_id": int(order.order), "created_at": stamp, "refund_line_items": []}
        return self._signed(platform, "refunds/create", body, delivery, now)

    def level_webhook(self, platform: Platform, sku: str, delivery: str, now: int) -> Webhook:
        """inventory_levels/update for one SKU at the shop's location."""
        body = {
            "inventory_item_id": int(platform.account.listings[sku]["inventory_item_id"]),
            "location_id": int(platform.account.names["location_id"]),
            "available": platform.level(sku),
            "updated_at": _stamp(platform, platform.clock(now)),
        }
        return self._signed(platform, "inventory_levels/update", body, delivery, now)

    def _signed(self, platform: Platform, topic: str, body: Json, delivery: str, now: int) -> Webhook:
        raw = orjson.dumps(body)
        key = platform.secrets.signing[0].encode()
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-shop-domain": platform.account.names.get("shop", ""),
            "x-shopify-api-version": "2026-04",
            "x-shopify-webhook-id": delivery,
            "x-shopify-event-id": f"event-{delivery}",
            "x-shopify-triggered-at": _stamp(platform, platform.clock(now)),
            "x-shopify-hmac-sha256": base64.b64encode(hmac.new(key, raw, hashlib.sha256).digest()).decode(),
        }
        return Webhook(headers, raw)

    # --- calls ------------------------------------------------------------------------------------------------

    def answer(self, platform: Platform, request: Request, now: int) -> Response:
        """Answer a GraphQL call."""
        if not request.path.endswith("/graphql.json") or request.method != "POST":
            return _plain(404, {"errors": "Not Found"})
        if request.headers.get("x-shopify-access-token") != platform.secrets.token:
            return _plain(401, {"errors": "[API] Invalid API key or access token"})
        asked = orjson.loads(request.body)
        query, given = asked["query"], asked["variables"]
        if "inventoryAdjustQuantities" in query or "inventorySetQuantities" in query:
            return self._mutate(platform, query, given, now)
        if terms_shopify.is_meant(query):
            return _said(platform, {"data": terms_shopify.answered(platform, query, given, now)}, now)
        if "orders(" in query:
            data = _page(platform, given)
        elif "InventoryItem" in query:
            data = {"nodes": [_item(platform, gid) for gid in given["ids"]]}
        else:
            found = [platform.find([_number(gid)]) for gid in given["ids"]]
            data = {"nodes": [_graph_order(platform, one[0], given["lines"]) if one else None for one in found]}
        return _said(platform, {"data": data}, now)

    def lane_of(self, request: Request) -> Lane:
        """What a call counts against: the words of its query tell."""
        words = (b"nventory", b"roductVariantsBulkUpdate", b"odeDiscountNodeByCode", b"discountCode")
        return "stock" if any(word in request.body for word in words) else "orders"

    def throttled(self, retry_after_seconds: float) -> Response:
        """A 200 whose error is THROTTLED, and whose cost tells when there is enough again."""
        bucket = {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": 100.0}
        cost = {"requestedQueryCost": retry_after_seconds * 100, "actualQueryCost": None, "throttleStatus": bucket}
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
        return _plain(200, {"errors": [error], "extensions": {"cost": cost}})

    def _mutate(self, platform: Platform, query: str, given: Json, now: int) -> Response:
        if "@idempotent" not in query or not given.get("key"):
            return _said(platform, {"errors": [{"message": "key", "extensions": {"code": "BAD_REQUEST"}}]}, now)
        keys, asked = self._keys.setdefault(platform, {}), orjson.dumps(given["input"]).decode()
        before = keys.get(given["key"])
        if before is not None and before[0] != asked:
            return _said(platform, {"data": {"done": _error("IDEMPOTENCY_KEY_PARAMETER_MISMATCH")}}, now)
        done = before[1] if before else (_adjust if "inventoryAdjustQuantities" in query else _set)(platform, given)
        if not done["userErrors"]:
            keys[given["key"]] = asked, done
        return _said(platform, {"data": {"done": done}}, now)


def _adjust(platform: Platform, given: Json) -> Json:
    change = given["input"]["changes"][0]
    sku = _sku(platform, change)
    if not sku:
        return _error("INVALID_INVENTORY_ITEM")
    if "changeFromQuantity" not in change:
        return _error("CHANGE_FROM_QUANTITY_REQUIRED")
    if change["changeFromQuantity"] not in (None, platform.level(sku)):
        return _error("CHANGE_FROM_QUANTITY_STALE")
    return _changed(*platform.adjust(sku, change["delta"], given["key"]))


def _set(platform: Platform, given: Json) -> Json:
    quantity = given["input"]["quantities"][0]
    sku = _sku(platform, quantity)
    if not sku:
        return _error("INVALID_INVENTORY_ITEM")
    if "changeFromQuantity" not in quantity:
        return _error("CHANGE_FROM_QUANTITY_REQUIRED")
    if quantity["quantity"] < 0:
        return _error("INVALID_QUANTITY_NEGATIVE")
    before = platform.level(sku)
    if quantity["changeFromQuantity"] is None:
        platform.set(sku, quantity["quantity"])
    elif not platform.swap(sku, quantity["changeFromQuantity"], quantity["quantity"])[0]:
        return _error("CHANGE_FROM_QUANTITY_STALE")
    return _changed(quantity["quantity"] - before, quantity["quantity"])


def _changed(delta: int, level: int) -> Json:
    change = {"name": "available", "delta": delta, "quantityAfterChange": level}
    return {"inventoryAdjustmentGroup": {"changes": [change]} if delta else None, "userErrors": []}


def _error(code: str) -> Json:
    return {
        "inventoryAdjustmentGroup": None,
        "userErrors": [{"code": code, "field": ["input"], "message": code.lower()}],
    }


def _said(platform: Platform, body: Json, now: int) -> Response:
    cost = {
        "requestedQueryCost": 12,
        "actualQueryCost": 12,
        "throttleStatus": {"currentlyAvailable": 1988, "restoreRate": 100.0},
    }
    moment = datetime.datetime.fromtimestamp(platform.clock(now) // ONE_SECOND, datetime.UTC)
    headers = {"date": moment.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    return _plain(200, {**body, "extensions": {"cost": cost}}, headers)


def _plain(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, {"content-type": "application/json; charset=utf-8", **(headers or {})}, orjson.dumps(body))


def _number(gid: str) -> str:
    return gid.rsplit("/", 1)[-1]


def _sku(platform: Platform, place: Json) -> str:
    """Our SKU of an inventory item at the shop's location, empty if it is not stocked there."""
    if _number(place["locationId"]) != platform.account.names["location_id"]:
        return ""
    item = _number(place["inventoryItemId"])
    return next((sku for sku, ids in platform.account.listings.items() if ids.get("inventory_item_id") == item), "")


def _item(platform: Platform, gid: str) -> Json | None:
    place = {"inventoryItemId": gid, "locationId": platform.account.names["location_id"]}
    sku = _sku(platform, place)
    if not sku:
        return None
    return {"id": gid, "inventoryLevel": {"quantities": [{"name": "available", "quantity": platform.level(sku)}]}}


def _page(platform: Platform, given: Json) -> Json:
    since = given["since"].split("'")[1]
    start = int(datetime.datetime.fromisoformat(since).timestamp()) * ONE_SECOND
    offset = int(base64.b64decode(given["after"])) if given["after"] else 0
    orders, more = platform.changed_since(start, offset, given["first"])
    cursor = base64.b64encode(str(offset + len(orders)).encode()).decode() if orders else None
    nodes = [_graph_order(platform, order, given["lines"]) for order in orders]
    return {"orders": {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": cursor}}}


# --- one order, twice ---------------------------------------------------------------------------------------------


def _stamp(platform: Platform, micros: int) -> str:
    """Whole seconds with the shop's offset."""
    zone = zoneinfo.ZoneInfo(platform.account.time_zone)
    return datetime.datetime.fromtimestamp(micros // ONE_SECOND, zone).isoformat()


def _price(price_minor: int | None, currency: str) -> str | None:
    if price_minor is None:
        return None
    digits = 0 if currency in NO_CENTS else 3 if currency in THREE_DIGITS else 2
    return str(Decimal(price_minor).scaleb(-digits))


def _left(order: SandboxOrder) -> Iterable[int]:
    """What is left of each line; a cancelled unit goes from the last lines of its SKU first."""
    gone = dict(order.cancelled)
    left: list[int] = []
    for line in reversed(order.lines):
        lost = min(line.quantity, gone.get(line.sku, 0))
        gone[line.sku] = gone.get(line.sku, 0) - lost
        left.append(line.quantity - lost)
    return reversed(left)


def _rest_order(platform: Platform, order: SandboxOrder) -> Json:
    """The order as webhooks tell it."""
    lines: list[Json] = [
        {
            "id": LINES_FROM + place,
            "variant_id": int(platform.account.listings[line.sku]["variant_id"]),
            "sku": platform.account.listings[line.sku].get("sku"),
            "quantity": line.quantity,
            "current_quantity": left,
            "price": _price(line.price_minor, order.currency),
            "discount_allocations": [],
        }
        for place, (line, left) in enumerate(zip(order.lines, _left(order), strict=True))
    ]
    return {
        "id": int(order.order),
        "admin_graphql_api_id": f"gid://shopify/Order/{order.order}",
        "created_at": _stamp(platform, order.created_at),
        "updated_at": _stamp(platform, order.updated_at),
        "cancelled_at": _stamp(platform, order.updated_at) if order.is_cancelled() else None,
        "currency": order.currency,
        "source_name": "web",
        "customer": {"id": CUSTOMERS_FROM + crc32(order.buyer.encode())},
        "shipping_address": {"country_code": order.country or None},
        "line_items": lines,
        "refunds": [],
    }


def _graph_order(platform: Platform, order: SandboxOrder, lines_max: int) -> Json:
    """The order as GraphQL tells it, with its first lines."""
    nodes: list[Json] = []
    for line, left in zip(order.lines, _left(order), strict=True):
        ids, price = platform.account.listings[line.sku], _price(line.price_minor, order.currency)
        nodes.append(
            {
                "sku": ids.get("sku"),
                "quantity": line.quantity,
                "currentQuantity": left,
                "variant": {"id": f"gid://shopify/ProductVariant/{ids['variant_id']}"},
                "originalUnitPriceSet": {"shopMoney": {"amount": price}} if price is not None else None,
                "discountAllocations": [],
            }
        )
    return {
        "id": f"gid://shopify/Order/{order.order}",
        "createdAt": _stamp(platform, order.created_at),
        "updatedAt": _stamp(platform, order.updated_at),
        "cancelledAt": _stamp(platform, order.updated_at) if order.is_cancelled() else None,
        "currencyCode": order.currency,
        "sourceName": "web",
        "customer": {"id": f"gid://shopify/Customer/{CUSTOMERS_FROM + crc32(order.buyer.encode())}"},
        "shippingAddress": {"countryCodeV2": order.country or None},
        "billingAddress": None,
        "lineItems": {"nodes": nodes[:lines_max], "pageInfo": {"hasNextPage": len(nodes) > lines_max}},
    }
