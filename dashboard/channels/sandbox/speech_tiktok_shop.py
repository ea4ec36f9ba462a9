"""TikTok Shop's side of the wire: signed notifications, and answers of the Open API 202309 over a pretended counter.

    order, cancellation -> notification {"type": 1 or 11, ...}, hex HMAC-SHA256(app_secret, app_key + body)
    our call -> app key, stamp, sign, token, shop -> the platform's counter and orders -> {"code", "message", "data"}

Written from the platform's own documents and apart from the adapter, so that a mistake on one side shows on the other.
A part of an order is cancelled with a notification of type 11, which names no units; they show as CANCELLED units of
the order. A stamp may be five minutes old and thirty seconds ahead of the platform's clock. A smaller quantity_limit
than before changes nothing.
"""

import base64
import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Lane, Request, Response
from dashboard.channels.sandbox.platform import SECOND, Platform, SandboxOrder, Webhook

Body = dict[str, Any]
_UPDATE = re.compile(r"/product/202309/products/(\w+)/inventory/update")
_PRICES = re.compile(r"/product/202309/products/(\w+)/prices/update")
_ACTIVITY = re.compile(r"/promotion/202309/activities/(\w+)/products")
_OLD_SECONDS, _AHEAD_SECONDS = 300, 30
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Refused(Exception):
    """The call is answered with an error code; `status` is the HTTP status."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class TikTokShopSpeech:
    """Speaks TikTok Shop for a pretended platform."""

    def order_id(self, number: int) -> str:
        """Eighteen digits, more than a double can hold exactly."""
        return str(576_486_316_948_490_001 + 131 * number)

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """One product of one SKU, with the seller's code as we write it."""
        return {
            "product_id": _digits("1729", channel, sku, "product"),
            "sku_id": _digits("1729", channel, sku, "sku"),
            "seller_sku": sku,
        }

    def names(self, channel: str) -> dict[str, str]:
        """The app, the shop and its cipher, its warehouse, and the activity that limits what is offered."""
        return {
            "app_key": hashlib.sha256(channel.encode()).hexdigest()[:13],
            "shop_id": _digits("7494", channel, "shop"),
            "shop_cipher": "ROW_" + hashlib.sha256(f"{channel} cipher".encode()).hexdigest()[:24],
            "warehouse_id": _digits("7272", channel, "warehouse"),
            "activity_id": _digits("7402", channel, "activity"),
        }

    def order_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The signed notification of an order that waits for its shipment."""
        return self._status(platform, order, "AWAITING_SHIPMENT", delivery, now)

    def cancel_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The signed notification of a cancellation: the order's status, or type 11 for a part of it."""
        if order.is_cancelled():
            return self._status(platform, order, "CANCEL", delivery, now)
        data = {
            "order_id": order.order,
            "cancellations_role": "BUYER",
            "cancel_status": "CANCELLATION_REQUEST_COMPLETE",
            "cancel_id": _digits("4035", order.order, delivery),
            "create_time": order.updated_at // SECOND,
        }
        return _notification(platform, 11, data, delivery, now)

    def _status(self, platform: Platform, order: SandboxOrder, status: str, delivery: str, now: int) -> Webhook:
        data = {
            "order_id": order.order,
            "order_status": status,
            "is_on_hold_order": False,
            "update_time": order.updated_at // SECOND,
        }
        return _notification(platform, 1, data, delivery, now)

    # --- answers ----------------------------------------------------------------------------------------------

    def answer(self, platform: Platform, request: Request, now: int) -> Response:
        """Check who calls, do what is asked, answer in the platform's envelope."""
        try:
            path, query = _authenticated(platform, request, now)
            return _response(platform, now, 200, 0, "Success", _done(platform, request, path, query))
        except _Refused as refused:
            return _response(platform, now, refused.status, refused.code, refused.message, None)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return _response(platform, now, 400, 36009022, "Invalid request format.", None)

    def lane_of(self, request: Request) -> Lane:
        """What a call counts against: orders have a path of their own."""
        return "orders" if request.path.startswith("/order/") else "stock"

    def throttled(self, retry_after_seconds: float) -> Response:
        """Too many requests."""
        body = json.dumps({"code": 36009002, "message": "Too many requests.", "data": None}).encode()
        headers = {"content-type": "application/json", "retry-after": f"{retry_after_seconds:.3f}"}
        return Response(429, headers, body)


def _digits(start: str, *parts: str) -> str:
    """A native-looking id of 19 digits, always the same for the same parts."""
    number = int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big")
    return start + f"{number % 10**15:015d}"


def _notification(platform: Platform, kind: int, data: Body, delivery: str, now: int) -> Webhook:
    names = platform.account.names
    body = json.dumps(
        {
            "type": kind,
            "tts_notification_id": delivery,
            "shop_id": names["shop_id"],
            "timestamp": platform.clock(now) // SECOND,
            "data": data,
        }
    ).encode()
    mac = hmac.new(platform.secrets.signing[0].encode(), names["app_key"].encode() + body, hashlib.sha256)
    return Webhook({"content-type": "application/json", "authorization": mac.hexdigest()}, body)


def _response(platform: Platform, now: int, status: int, code: int, message: str, data: Body | None) -> Response:
    at = _EPOCH + timedelta(microseconds=platform.clock(now))
    headers = {"content-type": "application/json; charset=utf-8", "date": format_datetime(at, usegmt=True)}
    body = {"code": code, "data": data, "message": message, "request_id": f"{platform.clock(now):016d}"}
    return Response(status, headers, json.dumps(body).encode())


def _authenticated(platform: Platform, request: Request, now: int) -> tuple[str, dict[str, str]]:
    """The path and query of a call whose app, stamp, sign, token and shop are right."""
    names = platform.account.names
    split = urlsplit(request.path)
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    sign = query.pop("sign", "")
    if not sign:
        raise _Refused(401, 36009004, "Missing credentials: sign.")
    if query.get("app_key") != names["app_key"]:
        raise _Refused(401, 36009004, "Invalid app_key.")
    age = platform.clock(now) // SECOND - int(query.get("timestamp", "0"))
    if not -_AHEAD_SECONDS <= age <= _OLD_SECONDS:
        raise _Refused(401, 36009004, "Invalid timestamp.")
    text = (split.path + "".join(f"{name}{query[name]}" for name in sorted(query))).encode() + request.body
    keys = [key.encode() for key in platform.secrets.signing]
    if not any(hmac.new(key, key + text + key, hashlib.sha256).hexdigest() == sign for key in keys):
        raise _Refused(401, 106001, "Invalid sign.")
    if request.headers.get("x-tts-access-token") != platform.secrets.token:
        raise _Refused(401, 36009004, "Invalid x-tts-access-token.")
    if query.get("shop_cipher") != names["shop_cipher"]:
        raise _Refused(400, 106013, "Missing shop_cipher.")
    return split.path, query


def _done(platform: Platform, request: Request, path: str, query: dict[str, str]) -> Body:
    body = json.loads(request.body) if request.body else {}
    if request.method == "GET" and path == "/order/202309/orders":
        ids = query.get("ids", "").split(",")
        if len(ids) > 50:
            raise _Refused(400, 36009022, "Too many ids.")
        return {"orders": [_order(platform, order) for order in platform.find(ids)]}
    if request.method == "POST" and path == "/order/202309/orders/search":
        return _search(platform, query, body)
    if request.method == "POST" and path == "/product/202309/inventory/search":
        return _inventory(platform, body)
    if request.method == "POST" and (match := _UPDATE.fullmatch(path)):
        return _update(platform, match[1], body)
    if request.method == "POST" and (match := _PRICES.fullmatch(path)):
        return _prices(platform, match[1], body)
    if request.method == "PUT" and (match := _ACTIVITY.fullmatch(path)):
        return _activity(platform, match[1], body)
    raise _Refused(404, 36009009, "Invalid path.")


def _search(platform: Platform, query: dict[str, str], body: Body) -> Body:
    """Orders by update time; the page token is opaque to the caller."""
    size = int(query.get("page_size", "20"))
    token = query.get("page_token", "")
    if not 1 <= size <= 100 or query.get("sort_field") != "update_time":
        raise _Refused(400, 36009022, "Invalid page_size or sort_field.")
    offset = int(base64.urlsafe_b64decode(token)) if token else 0
    orders, more = platform.changed_since(int(body["update_time_ge"]) * SECOND, offset, size)
    following = base64.urlsafe_b64encode(str(offset + size).encode()).decode() if more else ""
    return {"orders": [_order(platform, order) for order in orders], "next_page_token": following}


def _order(platform: Platform, order: SandboxOrder) -> Body:
    """An order with one object per unit; the last units of a SKU are the cancelled ones."""
    units: list[Body] = []
    for line in order.lines:
        listing = platform.account.listings.get(line.sku, {})
        for _ in range(line.quantity):
            unit: Body = {
                "id": f"{order.order}{len(units) + 1:03d}",
                "product_id": listing.get("product_id", "0"),
                "sku_id": listing.get("sku_id", "0"),
                "seller_sku": line.sku,
                "currency": order.currency,
                "display_status": "AWAITING_SHIPMENT",
            }
            if line.price_minor is not None:
                unit["sale_price"] = unit["original_price"] = _amount(line.price_minor, order.currency)
            units.append(unit)
    for sku, gone in order.cancelled.items():
        for unit in [unit for unit in units if unit["seller_sku"] == sku][-gone:]:
            unit["display_status"] = "CANCELLED"
    told: Body = {
        "id": order.order,
        "status": "CANCELLED" if order.is_cancelled() else "AWAITING_SHIPMENT",
        "create_time": order.created_at // SECOND,
        "update_time": order.updated_at // SECOND,
        "user_id": order.buyer,
        "line_items": units,
    }
    if order.country:
        told["recipient_address"] = {"region_code": order.country}
    return told


def _amount(minor: int, currency: str) -> str:
    return str(Decimal(minor).scaleb(-get_currency_precision(currency)))


def _inventory(platform: Platform, body: Body) -> Body:
    wanted = body.get("sku_ids", [])
    if len(wanted) > 600:
        raise _Refused(400, 36009022, "Too many sku_ids.")
    found = []
    for sku, listing in platform.account.listings.items():
        if listing["sku_id"] in wanted:
            level = platform.level(sku)
            told = {"id": listing["sku_id"], "seller_sku": sku, "total_available_quantity": level}
            told["total_committed_quantity"] = platform.sold.get(sku, 0)
            found.append({"product_id": listing["product_id"], "skus": [told]})
    return {"inventory": found}


def _sku(platform: Platform, product: str, sku_id: str) -> str | None:
    for sku, listing in platform.account.listings.items():
        if (listing["product_id"], listing["sku_id"]) == (product, sku_id):
            return sku
    return None


def _update(platform: Platform, product: str, body: Body) -> Body:
    """Set quantities; what cannot be set is told beside what was."""
    errors: list[Body] = []
    for asked in body["skus"]:
        sku = _sku(platform, product, asked["id"])
        (store,) = asked["inventory"]
        if sku is None:
            errors.append({"code": 12052048, "message": "The SKU id not exist.", "detail": {"sku_id": asked["id"]}})
        elif store.get("warehouse_id") != platform.account.names["warehouse_id"]:
            errors.append({"code": 12052250, "message": "The warehouse does not exist.", "detail": {}})
        else:
            platform.set(sku, int(store["quantity"]))
    return {"errors": errors} if errors else {}


def _prices(platform: Platform, product: str, body: Body) -> Body:
    """Set prices; the amounts are texts in the shop's own currency."""
    for asked in body["skus"]:
        sku, price = _sku(platform, product, asked["id"]), asked["price"]
        if sku is None:
            raise _Refused(400, 12052048, "The SKU id not exist.")
        if price["currency"] != (platform.account.currency or "USD"):
            raise _Refused(400, 12052023, "The currency does not match the shop.")
        platform.terms.prices[sku] = int(Decimal(price["amount"]).scaleb(get_currency_precision(price["currency"])))
    platform.terms.writes += 1
    return {}


def _activity(platform: Platform, activity: str, body: Body) -> Body:
    """Raise what an activity offers of a SKU in all."""
    if activity != platform.account.names["activity_id"]:
        raise _Refused(400, 17029001, "Activity does not exist.")
    for product in body["products"]:
        for asked in product["skus"]:
            sku = _sku(platform, product["id"], asked["id"])
            if sku is None:
                raise _Refused(400, 17029002, "Invalid SKU.")
            platform.offer(sku, int(asked["quantity_limit"]))
    return {"activity_id": activity, "status": "ONGOING", "total_count": len(body["products"])}
