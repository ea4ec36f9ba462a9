"""A pretended WooCommerce: REST v3 orders and products, in signed webhooks and answers, from the platform's counter.

It is written from the shop's side and knows nothing of the adapter. Order numbers are small, every second SKU is a
variation of a product, times are the shop's local ones with a UTC twin, delivery ids are shared within a second as a
hash of webhook and second is. A cancelled order is cancelled as a whole; a part of one is a refund with restocking,
which shows as a total in `refunds` and in what each line notes as still taken from stock.
"""

import base64
import datetime
import hashlib
import hmac
import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zlib import crc32

import orjson
from babel.numbers import get_currency_precision

from dashboard.channels.adapter import Lane, Request, Response
from dashboard.channels.sandbox.platform import Platform, SandboxOrder, Webhook

ONE_SECOND = 1_000_000
ORDERS_FROM = 700
ROOT = "/wp-json/wc/v3"
NO_CENTS = frozenset("CLP ISK JPY KRW PYG UGX VND XAF XOF".split())
THREE_DIGITS = frozenset("BHD JOD KWD OMR TND".split())
Json = dict[str, Any]


class WooCommerceSpeech:
    """WooCommerce's native side."""

    def order_id(self, number: int) -> str:
        """A post's number."""
        return str(ORDERS_FROM + number)

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """A SKU's own text and its product; every second one is a variation of it."""
        mark = crc32(f"{channel}/{sku}".encode())
        variation = {"variation_id": str(10**10 + mark)} if mark % 2 else {}
        return {"sku": sku, "product_id": str(2 * 10**10 + mark), **variation}

    def names(self, channel: str) -> dict[str, str]:
        """The shop's address."""
        return {"shop": f"https://{channel}.example"}

    def order_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """order.created."""
        return self._signed(platform, "order.created", _order(platform, order), now)

    def cancel_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """order.updated, whether cancelled or refunded in part."""
        return self._signed(platform, "order.updated", _order(platform, order), now)

    def delete_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """order.deleted, which is only the number."""
        return self._signed(platform, "order.deleted", {"id": int(order.order)}, now)

    def level_webhook(self, platform: Platform, sku: str, delivery: str, now: int) -> Webhook:
        """product.updated."""
        body = {**_product(platform, sku), **_times(platform, "date_modified", platform.clock(now))}
        return self._signed(platform, "product.updated", body, now)

    def _signed(self, platform: Platform, topic: str, body: Json, now: int) -> Webhook:
        raw = orjson.dumps(body)
        key = platform.secrets.signing[0].encode()
        second = platform.clock(now) // ONE_SECOND
        resource, event = topic.split(".")
        headers = {
            "content-type": "application/json",
            "x-wc-webhook-source": f"{platform.account.names.get('shop', '')}/",
            "x-wc-webhook-topic": topic,
            "x-wc-webhook-resource": resource,
            "x-wc-webhook-event": event,
            "x-wc-webhook-id": "3",
            "x-wc-webhook-delivery-id": hashlib.md5(f"{topic}{second}".encode(), usedforsecurity=False).hexdigest(),
            "x-wc-webhook-signature": base64.b64encode(hmac.new(key, raw, hashlib.sha256).digest()).decode(),
        }
        return Webhook(headers, raw)

    # --- calls ------------------------------------------------------------------------------------------------

    def answer(self, platform: Platform, request: Request, now: int) -> Response:
        """Answer a REST call."""
        token = base64.b64encode(platform.secrets.token.encode()).decode()
        if request.headers.get("authorization") != f"Basic {token}":
            return _error(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
        address = urlsplit(request.path)
        query = {name: values[-1] for name, values in parse_qs(address.query).items()}
        path = address.path.removeprefix(ROOT)
        if request.method == "GET" and path == "/orders":
            return self._orders(platform, query, now)
        if request.method == "GET" and path == "/products":
            return _said(platform, [_product(platform, sku) for sku in _asked(platform, query)], now)
        if request.method == "PUT" and path.startswith("/products/"):
            return self._put(platform, path, orjson.loads(request.body), now)
        if path.startswith("/coupons"):
            return _coupons(platform, request, path, query, now)
        return _error(404, "rest_no_route", "No route was found matching the URL and request method.")

    def lane_of(self, request: Request) -> Lane:
        """What a call counts against: orders have a path of their own."""
        return "orders" if request.path.startswith(f"{ROOT}/orders") else "stock"

    def throttled(self, retry_after_seconds: float) -> Response:
        """429 with retry-after in whole seconds, rounded up."""
        wait = str(int(-(-retry_after_seconds // 1)))
        return _error(429, "too_many_requests", "Too many requests.", {"retry-after": wait})

    def _orders(self, platform: Platform, query: Mapping[str, str], now: int) -> Response:
        most = min(100, int(query.get("per_page", "10")))
        if "include" in query:
            return _said(
                platform, [_order(platform, order) for order in platform.find(query["include"].split(","))], now
            )
        after = datetime.datetime.fromisoformat(query["modified_after"])
        zone = datetime.UTC if query.get("dates_are_gmt") == "true" else _zone(platform)
        since = (int(after.replace(tzinfo=after.tzinfo or zone).timestamp()) + 1) * ONE_SECOND
        changed, _ = platform.changed_since(since, 0, len(platform.orders))
        rows = sorted(changed, key=lambda order: int(order.order))
        page = int(query.get("page", "1"))
        pages = -(-len(rows) // most)
        headers = {"x-wp-total": str(len(rows)), "x-wp-totalpages": str(pages)}
        if page < pages:
            following = f"{platform.account.names.get('shop', '')}{ROOT}/orders?per_page={most}&page={page + 1}"
            headers["link"] = f'<{following}>; rel="next"'
        shown = rows[(page - 1) * most : page * most]
        return _said(platform, [_order(platform, order) for order in shown], now, headers)

    def _put(self, platform: Platform, path: str, given: Json, now: int) -> Response:
        parts = path.split("/")[2:]
        variation = parts[2] if len(parts) == 3 and parts[1] == "variations" else ""
        for sku, ids in platform.account.listings.items():
            if ids.get("product_id") == parts[0] and ids.get("variation_id", "") == variation:
                if "stock_quantity" in given:
                    platform.set(sku, given["stock_quantity"])
                if "regular_price" in given:
                    digits = get_currency_precision(platform.account.currency or "USD")
                    platform.terms.prices[sku] = int(Decimal(given["regular_price"]).scaleb(digits))
                    platform.terms.writes += 1
                return _said(platform, _product(platform, sku), now)
        return _error(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")


def _coupons(platform: Platform, request: Request, path: str, query: Mapping[str, str], now: int) -> Response:
    """Look for a coupon by its code, make one, change one, delete one for good."""
    terms, number = platform.terms, path.removeprefix("/coupons").removeprefix("/")
    if request.method == "GET":
        found = terms.find(query.get("code", ""))
        return _said(platform, [{"id": found.number, "code": found.code}] if found else [], now)
    terms.writes += 1
    offer = terms.offers.get(int(number)) if number else None
    if number and offer is None:
        return _error(404, "woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.")
    if request.method == "DELETE" and offer is not None:
        if query.get("force") != "true":
            return _error(501, "woocommerce_rest_trash_not_supported", "Coupons do not support trashing.")
        return _said(platform, {"id": terms.offers.pop(offer.number).number}, now)
    given = orjson.loads(request.body)
    skus, until = _named(platform, given["product_ids"]), _ends(given["date_expires_gmt"])
    if given["discount_type"] != "percent" or not skus:
        return _error(400, "rest_invalid_param", "Invalid parameter(s): product_ids")
    if offer is None:
        offer = terms.offer(given["code"], int(given["amount"]), skus, platform.clock(now), until)
        if offer is None:
            return _error(400, "woocommerce_rest_coupon_code_already_exists", "The coupon code already exists")
    offer.percent, offer.skus, offer.until = int(given["amount"]), skus, until
    return _said(platform, {"id": offer.number, "code": offer.code}, now)


def _named(platform: Platform, numbers: list[int]) -> set[str]:
    """Our SKUs of products or variations by number."""
    listings = platform.account.listings
    return {sku for sku, ids in listings.items() if int(ids.get("variation_id") or ids["product_id"]) in numbers}


def _ends(text: str | None) -> int | None:
    if text is None:
        return None
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC).timestamp()) * ONE_SECOND


def _asked(platform: Platform, query: Mapping[str, str]) -> list[str]:
    """Our SKUs of the products a query asks for; variations only by SKU or by their type."""
    listings = platform.account.listings
    if "sku" in query:
        wanted = query["sku"].split(",")
        return [sku for sku, ids in listings.items() if ids.get("sku") in wanted]
    wanted = query.get("include", "").split(",")
    if query.get("type") == "variation":
        return [sku for sku, ids in listings.items() if ids.get("variation_id") in wanted]
    return [sku for sku, ids in listings.items() if "variation_id" not in ids and ids.get("product_id") in wanted]


def _zone(platform: Platform) -> datetime.tzinfo:
    return zoneinfo.ZoneInfo(platform.account.time_zone)


def _times(platform: Platform, name: str, micros: int) -> Json:
    """A local time and its UTC twin, both without an offset."""
    moment = datetime.datetime.fromtimestamp(micros // ONE_SECOND, datetime.UTC)
    local = moment.astimezone(_zone(platform)).replace(tzinfo=None)
    return {name: local.isoformat(), f"{name}_gmt": moment.replace(tzinfo=None).isoformat()}


def _said(platform: Platform, body: object, now: int, headers: Mapping[str, str] | None = None) -> Response:
    moment = datetime.datetime.fromtimestamp(platform.clock(now) // ONE_SECOND, datetime.UTC)
    stamp = {"content-type": "application/json", "date": moment.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    return Response(200, {**stamp, **(headers or {})}, orjson.dumps(body))


def _error(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    body = orjson.dumps({"code": code, "message": message, "data": {"status": status}})
    return Response(status, {"content-type": "application/json", **(headers or {})}, body)


def _product(platform: Platform, sku: str) -> Json:
    ids = platform.account.listings[sku]
    return {
        "id": int(ids.get("variation_id") or ids["product_id"]),
        "parent_id": int(ids["product_id"]) if "variation_id" in ids else 0,
        "sku": ids.get("sku", ""),
        "manage_stock": True,
        "stock_quantity": platform.level(sku),
        "stock_status": "instock" if platform.level(sku) > 0 else "outofstock",
    }


def _lines(platform: Platform, order: SandboxOrder) -> list[Json]:
    """The lines, with what each still has taken from stock; a refunded unit goes from the first line of its SKU."""
    gone = dict(order.cancelled)
    digits = 0 if order.currency in NO_CENTS else 3 if order.currency in THREE_DIGITS else 2
    rows: list[Json] = []
    for place, line in enumerate(order.lines):
        ids = platform.account.listings[line.sku]
        lost = min(line.quantity, gone.get(line.sku, 0))
        gone[line.sku] = gone.get(line.sku, 0) - lost
        notes = [] if order.is_cancelled() else [{"id": 1, "key": "_reduced_stock", "value": str(line.quantity - lost)}]
        if lost and not order.is_cancelled():
            notes.append({"id": 2, "key": "_restock_refunded_items", "value": str(lost)})
        price = None if line.price_minor is None else float(Decimal(line.price_minor).scaleb(-digits))
        rows.append(
            {
                "id": int(order.order) * 10 + place,
                "product_id": int(ids["product_id"]),
                "variation_id": int(ids.get("variation_id", 0)),
                "quantity": line.quantity,
                "sku": ids.get("sku", ""),
                "price": price,
                "meta_data": notes,
            }
        )
    return rows


def _order(platform: Platform, order: SandboxOrder) -> Json:
    partly = bool(order.cancelled) and not order.is_cancelled()
    return {
        "id": int(order.order),
        "number": order.order,
        "status": "cancelled" if order.is_cancelled() else "processing",
        "currency": order.currency,
        **_times(platform, "date_created", order.created_at),
        **_times(platform, "date_modified", order.updated_at),
        **_times(platform, "date_paid", order.created_at),
        "created_via": "checkout",
        "customer_id": crc32(order.buyer.encode()),
        "billing": {"country": ""},
        "shipping": {"country": order.country},
        "line_items": _lines(platform, order),
        "refunds": [{"id": int(order.order) + 1, "reason": "", "total": "-1.00"}] if partly else [],
        "meta_data": [],
    }
