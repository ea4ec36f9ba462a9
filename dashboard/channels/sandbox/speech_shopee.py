"""Shopee's side of the wire: signed pushes, and answers of API version 2 over a pretended counter.

    order, cancellation -> push {"code": 3, ...}, hex HMAC-SHA256(partner_key, callback URL + "|" + body)
    our call -> partner, shop, stamp, sign, token -> the platform's counter and orders -> {"error", "response"}

Written from the platform's own documents and apart from the adapter, so that a mistake on one side shows on the other.
Every SKU is an item without models unless its listing has a `model_id`. A part of an order is cancelled with a push of
an unchanged status at a later update time; `cancelled_qty` of the items tells it. Calls are stamped within five minutes
of the platform's clock. A smaller campaign stock than before changes nothing.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Lane, Request, Response
from dashboard.channels.sandbox import terms_shopee
from dashboard.channels.sandbox.platform import SECOND, Platform, SandboxOrder, Webhook

Body = dict[str, Any]
Query = dict[str, str]
_STAMP_SECONDS = 300
_RANGE_SECONDS = 15 * 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Refused(Exception):
    """The call is answered with an error word; `status` is the HTTP status."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message


class ShopeeSpeech:
    """Speaks Shopee for a pretended platform."""

    def order_id(self, number: int) -> str:
        """Day and counter, in letters and digits, as the platform numbers orders."""
        return f"261111{number:08X}"

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """One item without models, with the seller's code as we write it."""
        return {"item_id": str(_number(channel, sku)), "model_id": "0", "item_sku": sku}

    def names(self, channel: str) -> dict[str, str]:
        """The partner, the shop, and the flash sale that limits what is offered."""
        return {
            "partner_id": str(2_000_000 + _number(channel, "partner") % 1_000_000),
            "shop_id": str(700_000_000 + _number(channel, "shop") % 100_000_000),
            "flash_sale_id": str(_number(channel, "flash sale")),
        }

    def order_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The signed push of an order that is ready to ship; the platform has no delivery ids."""
        return _pushed(platform, order, "READY_TO_SHIP", now)

    def cancel_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """The signed push of a cancellation: CANCELLED, or the same status at a later time for a part of the order."""
        return _pushed(platform, order, _status(order), now)

    def answer(self, platform: Platform, request: Request, now: int) -> Response:
        """Check who calls, do what is asked, answer in the platform's envelope."""
        try:
            path, query = _authenticated(platform, request, now)
            call = _CALLS.get((request.method, path))
            body = json.loads(request.body) if request.body else {}
            if (request.method, path) in terms_shopee.PATHS:
                told = terms_shopee.answered(platform, path, query, body, now)
            elif call is not None:
                told = call(platform, query, body)
            else:
                raise _Refused(404, "error_not_found", "Wrong path.")
            return _response(platform, now, 200, {"error": "", "message": "", "response": told})
        except terms_shopee.Refused as refused:
            return _response(platform, now, 200, {"error": refused.error, "message": refused.message, "response": {}})
        except _Refused as refused:
            return _response(platform, now, refused.status, {"error": refused.error, "message": refused.message})
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            return _response(platform, now, 400, {"error": "error_param", "message": "There is a wrong parameter."})

    def lane_of(self, request: Request) -> Lane:
        """What a call counts against: orders have a path of their own."""
        return "orders" if request.path.startswith("/api/v2/order/") else "stock"

    def throttled(self, retry_after_seconds: float) -> Response:
        """Too many requests."""
        body = json.dumps({"error": "error_too_many_request", "message": "Too many requests.", "request_id": "0"})
        return Response(429, {"retry-after": f"{retry_after_seconds:.3f}"}, body.encode())


def _number(*parts: str) -> int:
    """A native-looking id of 11 digits, always the same for the same parts."""
    return 10**10 + int.from_bytes(hashlib.sha256("/".join(parts).encode()).digest()[:8], "big") % 10**10


def _status(order: SandboxOrder) -> str:
    return "CANCELLED" if order.is_cancelled() else "READY_TO_SHIP"


def _pushed(platform: Platform, order: SandboxOrder, status: str, now: int) -> Webhook:
    data = {
        "items": [],
        "ordersn": order.order,
        "status": status,
        "completed_scenario": "",
        "update_time": order.updated_at // SECOND,
    }
    shop = int(platform.account.names["shop_id"])
    push = {"data": data, "shop_id": shop, "code": 3, "timestamp": platform.clock(now) // SECOND}
    body = json.dumps(push, separators=(",", ":")).encode()
    text = platform.account.callback_url.encode() + b"|" + body
    mac = hmac.new(platform.secrets.signing[0].encode(), text, hashlib.sha256)
    return Webhook({"content-type": "application/json", "authorization": mac.hexdigest()}, body)


def _response(platform: Platform, now: int, status: int, body: Body) -> Response:
    at = _EPOCH + timedelta(microseconds=platform.clock(now))
    headers = {"content-type": "application/json", "date": format_datetime(at, usegmt=True)}
    return Response(status, headers, json.dumps({**body, "request_id": f"{platform.clock(now):016x}"}).encode())


def _authenticated(platform: Platform, request: Request, now: int) -> tuple[str, Query]:
    """The path and query of a call whose partner, shop, stamp, sign and token are right."""
    names = platform.account.names
    split = urlsplit(request.path)
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    if (query.get("partner_id"), query.get("shop_id")) != (names["partner_id"], names["shop_id"]):
        raise _Refused(403, "error_auth", "Invalid partner_id or shop_id.")
    stamp, token = query.get("timestamp", "0"), query.get("access_token", "")
    if abs(platform.clock(now) // SECOND - int(stamp)) > _STAMP_SECONDS:
        raise _Refused(403, "error_param", "Invalid timestamp.")
    text = f"{names['partner_id']}{split.path}{stamp}{token}{names['shop_id']}".encode()
    signs = [hmac.new(key.encode(), text, hashlib.sha256).hexdigest() for key in platform.secrets.signing]
    if query.get("sign") not in signs:
        raise _Refused(403, "error_sign", "Wrong sign.")
    if token != platform.secrets.token:
        raise _Refused(403, "error_auth", "Invalid access_token.")
    return split.path, query


# --- orders ---------------------------------------------------------------------------------------------------


def _order_detail(platform: Platform, query: Query, _: Body) -> Body:
    numbers = query.get("order_sn_list", "").split(",")
    if len(numbers) > 50:
        raise _Refused(400, "order.error_param", "At most 50 order_sn.")
    fields = query.get("response_optional_fields", "").split(",")
    return {"order_list": [_order(platform, order, fields) for order in platform.find(numbers)]}


def _order(platform: Platform, order: SandboxOrder, fields: list[str]) -> Body:
    told: Body = {
        "order_sn": order.order,
        "region": order.country,
        "currency": order.currency,
        "order_status": _status(order),
        "create_time": order.created_at // SECOND,
        "update_time": order.updated_at // SECOND,
    }
    if "buyer_user_id" in fields:
        told["buyer_user_id"] = order.buyer
    if "item_list" in fields:
        told["item_list"] = _items(platform, order)
    return told


def _items(platform: Platform, order: SandboxOrder) -> list[Body]:
    """The lines of an order; what is cancelled of a SKU is counted from its first line on."""
    gone = dict(order.cancelled)
    items = []
    for line in order.lines:
        listing = platform.account.listings.get(line.sku, {})
        off = min(line.quantity, gone.get(line.sku, 0))
        gone[line.sku] = gone.get(line.sku, 0) - off
        item: Body = {
            "item_id": int(listing.get("item_id", "1")),
            "item_sku": listing.get("item_sku", ""),
            "model_id": int(listing.get("model_id", "0")),
            "model_sku": listing.get("model_sku", ""),
            "model_quantity_purchased": line.quantity,
            "active_qty": line.quantity - off,
            "cancel_requested_qty": 0,
            "cancelled_qty": off,
        }
        if line.price_minor is not None:
            price = float(Decimal(line.price_minor).scaleb(-get_currency_precision(order.currency)))
            item |= {"model_original_price": price, "model_discounted_price": price}
        items.append(item)
    return items


def _order_list(platform: Platform, query: Query, _: Body) -> Body:
    start, end, size = (int(query[name]) for name in ("time_from", "time_to", "page_size"))
    if not 0 < end - start <= _RANGE_SECONDS or not 1 <= size <= 100 or query["time_range_field"] != "update_time":
        raise _Refused(400, "order.order_list_invalid_time", "Start time must be earlier than end time.")
    offset = int(query.get("cursor") or 0)
    orders, more = platform.changed_since(start * SECOND, offset, size)
    numbers = [{"order_sn": order.order} for order in orders]
    return {"more": more, "next_cursor": str(offset + size) if more else "", "order_list": numbers}


# --- stock ----------------------------------------------------------------------------------------------------


def _stock(platform: Platform, sku: str) -> Body:
    level = platform.level(sku)
    return {
        "summary_info": {"total_reserved_stock": 0, "total_available_stock": level},
        "seller_stock": [{"location_id": "", "stock": level, "if_saleable": True}],
    }


def _base_info(platform: Platform, query: Query, _: Body) -> Body:
    """Items by id; the stock of an item with models is told elsewhere."""
    wanted = query.get("item_id_list", "").split(",")
    if len(wanted) > 50:
        raise _Refused(400, "product.error_param", "At most 50 items.")
    items: dict[str, Body] = {}
    for sku, listing in platform.account.listings.items():
        if listing["item_id"] in wanted:
            item: Body = {"item_id": int(listing["item_id"]), "has_model": _model(listing) != 0}
            items[listing["item_id"]] = item if item["has_model"] else {**item, "stock_info_v2": _stock(platform, sku)}
    return {"item_list": list(items.values())}


def _model_list(platform: Platform, query: Query, _: Body) -> Body:
    models = [
        {"model_id": _model(listing), "model_sku": sku, "stock_info_v2": _stock(platform, sku)}
        for sku, listing in platform.account.listings.items()
        if listing["item_id"] == query.get("item_id") and _model(listing)
    ]
    return {"tier_variation": [], "model": models}


def _model(listing: Any) -> int:
    return int(listing.get("model_id", "0"))


def _find(platform: Platform, item: int, model: int) -> str | None:
    for sku, listing in platform.account.listings.items():
        if (int(listing["item_id"]), _model(listing)) == (item, model):
            return sku
    return None


def _update_stock(platform: Platform, _: Query, body: Body) -> Body:
    failed: list[Body] = []
    done: list[Body] = []
    for asked in body["stock_list"]:
        model = asked.get("model_id", 0)
        sku = _find(platform, body["item_id"], model)
        if sku is None:
            failed.append({"model_id": model, "failed_reason": "The item or model does not exist."})
        else:
            done.append({"model_id": model, "stock": platform.set(sku, int(asked["seller_stock"][0]["stock"]))})
    return {"failure_list": failed, "success_list": done}


def _flash_sale_items(platform: Platform, query: Query, _: Body) -> Body:
    """What a flash sale holds: models, or items without models."""
    _is_flash_sale(platform, query.get("flash_sale_id", ""))
    models: list[Body] = []
    items: list[Body] = []
    for sku, listing in platform.account.listings.items():
        told: Body = {"item_id": int(listing["item_id"]), "status": 1, "stock": platform.level(sku)}
        told["campaign_stock"] = platform.offered.get(sku, 0)
        if _model(listing):
            models.append({**told, "model_id": _model(listing)})
        else:
            items.append(told)
    start, size = int(query["offset"]), int(query["limit"])
    return {
        "total_count": len(models) + len(items),
        "models": models[start : start + size],
        "item_info": items[start : start + size],
    }


def _update_flash_sale_items(platform: Platform, _: Query, body: Body) -> Body:
    _is_flash_sale(platform, str(body["flash_sale_id"]))
    failed = []
    for asked in body["items"]:
        models = asked.get("models") or [{"model_id": 0, "stock": asked.get("item_stock")}]
        for model in models:
            sku = _find(platform, asked["item_id"], model["model_id"])
            if sku is None:
                message = {"err_code": 1400101718, "err_msg": "This item cannot be edited."}
                failed.append({"item_id": asked["item_id"], "model_id": model["model_id"], **message})
            else:
                platform.offer(sku, int(model["stock"]))
    return {"failed_items": failed}


def _is_flash_sale(platform: Platform, number: str) -> None:
    if number != platform.account.names["flash_sale_id"]:
        raise _Refused(400, "shop_flash_sale_not_exist", "Shop flash sale not exist.")


_CALLS: dict[tuple[str, str], Callable[[Platform, Query, Body], Body]] = {
    ("GET", "/api/v2/order/get_order_detail"): _order_detail,
    ("GET", "/api/v2/order/get_order_list"): _order_list,
    ("GET", "/api/v2/product/get_item_base_info"): _base_info,
    ("GET", "/api/v2/product/get_model_list"): _model_list,
    ("POST", "/api/v2/product/update_stock"): _update_stock,
    ("GET", "/api/v2/shop_flash_sale/get_shop_flash_sale_items"): _flash_sale_items,
    ("POST", "/api/v2/shop_flash_sale/update_shop_flash_sale_items"): _update_flash_sale_items,
}
