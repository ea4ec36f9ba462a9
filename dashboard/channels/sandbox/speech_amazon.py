"""Amazon's side of the sandbox: notifications a forwarder posts, the orders API of 2026, the listings items API.

    platform's order -> ORDER_CHANGE notification, x-api-key -> outbox
    GET /orders/..., GET and PATCH /listings/... with x-amz-access-token -> the platform's counter

Written from Amazon's published models and sharing nothing with the adapter, so that a misreading on one side shows.
A cancelled order says so by its status; of a partly cancelled one the summary only counts fewer units, as Amazon's
does, and the order itself tells which. Times carry milliseconds. A patch is answered ACCEPTED without a level.
"""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from dashboard.channels.adapter import Lane, Request, Response
from dashboard.channels.sandbox.platform import Platform, SandboxOrder, Webhook

SELLER = "A3SANDBOXSELLER"
MARKETPLACES = {"us": "ATVPDKIKX0DER", "eu": "A1PA6795UKMFR9", "uk": "A1F83G8C2ARO7P", "au": "A39IBJ37TRP1C6"}
DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3}
_ORDER = re.compile(r"/orders/2026-01-01/orders/([^/]+)")
_ITEM = re.compile(r"/listings/2021-08-01/items/([^/]+)/([^/]+)")
_SEARCH = re.compile(r"/listings/2021-08-01/items/([^/]+)")


class AmazonSpeech:
    """What Amazon sends and how it answers."""

    def order_id(self, number: int) -> str:
        """Three groups of digits, as Amazon's order numbers are."""
        return f"902-{number // 10_000_000:07d}-{number % 10_000_000:07d}"

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """The seller's own word for the SKU, and the type the listing is of."""
        return {"seller_sku": f"{sku}-AMZ", "product_type": "PRODUCT"}

    def names(self, channel: str) -> dict[str, str]:
        """The seller and the marketplace of the channel's region."""
        return {"seller_id": SELLER, "marketplace_id": MARKETPLACES.get(channel.rpartition("-")[2], "ATVPDKIKX0DER")}

    # --- notifications ----------------------------------------------------------------------------------------

    def order_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The notification of an order as it stands now."""
        return self._notification(platform, order, delivery, now)

    def cancel_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The same notification with fewer units, or with the status of a cancelled order."""
        return self._notification(platform, order, delivery, now)

    def _notification(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        stamp = _stamp(platform.clock(now))
        left = sum(line.quantity for line in order.lines) - sum(order.cancelled.values())
        items = [
            {
                "OrderItemId": f"{order.order}-{place}",
                "SellerSKU": platform.account.listings[line.sku]["seller_sku"],
                "SupplySourceId": None,
                "Quantity": line.quantity,
                "QuantityShipped": 0,
            }
            for place, line in enumerate(order.lines, 1)
        ]
        change = {
            "NotificationLevel": "OrderLevel",
            "SellerId": platform.account.names["seller_id"],
            "AmazonOrderId": order.order,
            "OrderChangeType": "OrderStatusChange",
            "OrderChangeTrigger": {
                "TimeOfOrderChange": _stamp(order.updated_at),
                "ChangeReason": "Order status change",
            },
            "Summary": {
                "MarketplaceId": platform.account.names["marketplace_id"],
                "OrderStatus": "Canceled" if left == 0 else "Unshipped",
                "PurchaseDate": _stamp(order.created_at),
                "DestinationPostalCode": None,
                "FulfillmentType": "MFN",
                "OrderType": "StandardOrder",
                "NumberOfItemsShipped": 0,
                "NumberOfItemsUnshipped": left,
                "OrderItems": items,
            },
        }
        body = {
            "NotificationVersion": "1.0",
            "NotificationType": "ORDER_CHANGE",
            "PayloadVersion": "1.0",
            "EventTime": stamp,
            "Payload": {"OrderChangeNotification": change},
            "NotificationMetadata": {
                "ApplicationId": "amzn1.sandbox",
                "SubscriptionId": f"subscription-{platform.account.channel}",
                "PublishTime": stamp,
                "NotificationId": delivery,
            },
        }
        headers = {"content-type": "application/json", "x-api-key": platform.secrets.signing[0]}
        return Webhook(headers, json.dumps(body).encode())

    # --- calls ------------------------------------------------------------------------------------------------

    def answer(self, platform: Platform, request: Request, now: int) -> Response:
        """Answer an orders or listings call; whatever is wrong with it is told as Amazon tells it."""
        if not platform.secrets.token or request.headers.get("x-amz-access-token") != platform.secrets.token:
            return _error(403, "Unauthorized", "Access to requested resource is denied.")
        path, _, rest = request.path.partition("?")
        query = {name: unquote(value) for name, _, value in (part.partition("=") for part in rest.split("&"))}
        if request.method == "GET" and path == "/orders/2026-01-01/orders":
            return self._search_orders(platform, query, now)
        if request.method == "GET" and (found := _ORDER.fullmatch(path)):
            known = platform.find([unquote(found[1])])
            return _ok({"order": _order(platform, known[0])}) if known else _error(404, "NotFound", "No such order.")
        if query.get("marketplaceIds") != platform.account.names["marketplace_id"]:
            return _error(400, "InvalidInput", "marketplaceIds is missing or invalid.")
        if found := _ITEM.fullmatch(path):
            return self._item(platform, request, unquote(found[1]), unquote(found[2]))
        if request.method == "GET" and (found := _SEARCH.fullmatch(path)):
            return self._search_items(platform, unquote(found[1]), query, rest)
        return _error(404, "NotFound", "No such resource.")

    def _search_orders(self, platform: Platform, query: dict[str, str], now: int) -> Response:
        try:
            since = datetime.fromisoformat(query["lastUpdatedAfter"])
            most = int(query.get("maxResultsPerPage", "100"))
            offset = int(query.get("paginationToken", "page-0").removeprefix("page-"))
        except (KeyError, ValueError):
            return _error(400, "InvalidInput", "lastUpdatedAfter, maxResultsPerPage or paginationToken is invalid.")
        micros = (since - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        found, more = platform.changed_since(micros, offset, min(most, 100))
        answer: dict[str, Any] = {
            "orders": [_order(platform, order) for order in found],
            "lastUpdatedBefore": _stamp(platform.clock(now)),
        }
        if more:
            answer["pagination"] = {"nextToken": f"page-{offset + len(found)}"}
        return _ok(answer)

    def _item(self, platform: Platform, request: Request, seller: str, name: str) -> Response:
        sku = _ours(platform, name)
        if seller != platform.account.names["seller_id"] or sku is None:
            return _error(404, "NOT_FOUND", "SKU not found for the seller.")
        if request.method == "GET":
            return _ok(_listing(platform, name, sku))
        try:
            body = json.loads(request.body)
            (patch,) = body["patches"]
            (value,) = patch["value"]
            if patch["path"] != "/attributes/fulfillment_availability":
                return _term(platform, name, sku, patch, value)
            fits = patch["path"] == "/attributes/fulfillment_availability" and patch["op"] in ("merge", "replace")
            quantity, code = value["quantity"], value["fulfillment_channel_code"]
        except (ValueError, KeyError, TypeError, IndexError):
            return _error(400, "InvalidInput", "The request body is invalid.")
        if not fits or "productType" not in body or code != "DEFAULT" or type(quantity) is not int or quantity < 0:
            issue = {"code": "4000003", "severity": "ERROR", "message": "The quantity is not valid.", "categories": []}
            return _ok({"sku": name, "status": "INVALID", "submissionId": "0", "issues": [issue]})
        platform.set(sku, quantity)
        submission = hashlib.sha256(request.body + name.encode()).hexdigest()[:32]
        return _ok({"sku": name, "status": "ACCEPTED", "submissionId": submission, "issues": []})

    def _search_items(self, platform: Platform, seller: str, query: dict[str, str], rest: str) -> Response:
        raw = next((part[12:] for part in rest.split("&") if part.startswith("identifiers=")), "")
        names = [unquote(one) for one in raw.split(",")]
        if seller != platform.account.names["seller_id"] or query.get("identifiersType") != "SKU" or len(names) > 20:
            return _error(400, "InvalidInput", "identifiers or identifiersType is invalid.")
        known = [(name, sku) for name in names if (sku := _ours(platform, name)) is not None]
        items = [_listing(platform, name, sku) for name, sku in known][: int(query.get("pageSize", "10"))]
        return _ok({"numberOfResults": len(known), "items": items})

    def lane_of(self, request: Request) -> Lane:
        """What a call counts against: orders have a path of their own."""
        return "orders" if request.path.startswith("/orders/") else "stock"

    def throttled(self, retry_after_seconds: float) -> Response:
        """Over the rate: Amazon names the rate, not when to come back."""
        errors = [{"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource."}]
        headers = {"x-amzn-ratelimit-limit": f"{1 / max(retry_after_seconds, 0.001):.4f}"}
        return Response(429, headers, json.dumps({"errors": errors}).encode())


def _term(platform: Platform, name: str, sku: str, patch: dict[str, Any], value: dict[str, Any]) -> Response:
    """Take a patch of an offer's price or of the most units of an order; anything else is invalid."""
    here = value.get("marketplace_id") == platform.account.names["marketplace_id"]
    what = patch["path"].rpartition("/")[2], patch["op"]
    if here and what == ("purchasable_offer", "merge") and value["audience"] == "ALL" and value["currency"]:
        amount = value["our_price"][0]["schedule"][0]["value_with_tax"]
        platform.terms.prices[sku] = round(amount * 10 ** DIGITS.get(value["currency"], 2))
    elif here and what == ("max_order_quantity", "replace") and type(value["value"]) is int and value["value"] > 0:
        platform.terms.limit(sku, value["value"])
    elif here and what == ("max_order_quantity", "delete"):
        platform.terms.limit(sku, None)
    else:
        issue = {"code": "90220", "severity": "ERROR", "message": "The attribute is not valid.", "categories": []}
        return _ok({"sku": name, "status": "INVALID", "submissionId": "0", "issues": [issue]})
    platform.terms.writes += 1
    return _ok({"sku": name, "status": "ACCEPTED", "submissionId": f"{platform.terms.writes:032d}", "issues": []})


def _ours(platform: Platform, name: str) -> str | None:
    return next((sku for sku, ids in platform.account.listings.items() if ids["seller_sku"] == name), None)


def _listing(platform: Platform, name: str, sku: str) -> dict[str, Any]:
    return {
        "sku": name,
        "fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": platform.level(sku)}],
    }


def _order(platform: Platform, order: SandboxOrder) -> dict[str, Any]:
    """An order as the orders API tells it, its items with what of them is still to be shipped."""
    gone, items = dict(order.cancelled), []
    for place, line in enumerate(order.lines, 1):
        lost = min(gone.get(line.sku, 0), line.quantity)
        gone[line.sku] = gone.get(line.sku, 0) - lost
        product: dict[str, Any] = {"sellerSku": platform.account.listings[line.sku]["seller_sku"]}
        if line.price_minor is not None:
            money = {"amount": _amount(line.price_minor, order.currency), "currencyCode": order.currency}
            product["price"] = {"unitPrice": money}
        item: dict[str, Any] = {
            "orderItemId": f"{order.order}-{place}",
            "quantityOrdered": line.quantity,
            "product": product,
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": line.quantity - lost},
        }
        if lost == line.quantity:
            item["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER"}}
        items.append(item)
    return {
        "orderId": order.order,
        "createdTime": _stamp(order.created_at),
        "lastUpdatedTime": _stamp(order.updated_at),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": platform.account.names["marketplace_id"]},
        "fulfillment": {
            "fulfillmentStatus": "CANCELLED" if order.is_cancelled() else "UNSHIPPED",
            "fulfilledBy": "MERCHANT",
        },
        "orderItems": items,
    }


def _amount(minor: int, currency: str) -> str:
    digits = DIGITS.get(currency, 2)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if digits else str(whole)


def _stamp(micros: int) -> str:
    moment = datetime.fromtimestamp(micros // 1_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{micros % 1_000_000 // 1000:03d}Z"


def _ok(body: dict[str, Any]) -> Response:
    return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())


def _error(status: int, code: str, message: str) -> Response:
    body = {"errors": [{"code": code, "message": message, "details": ""}]}
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())
