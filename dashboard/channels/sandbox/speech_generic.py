"""The other side of our own protocol: a shop that signs events and answers calls, as `generic.py` describes it.

    platform's order -> CloudEvent, Standard Webhooks signature -> outbox
    GET /orders, GET /levels, POST /listings, signed and with the bearer token -> the platform's counter

Shares nothing with the adapter, not even the signatures, so that a mistake on one side shows. A call signed more than
five minutes from the platform's own clock is refused, like a call with a wrong token.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from dashboard.channels.adapter import Lane, Request, Response
from dashboard.channels.sandbox.platform import SECOND, Platform, SandboxOrder, Webhook

PAGE = 50
WINDOW_SECONDS = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class GenericSpeech:
    """What such a shop sends and how it answers."""

    def order_id(self, number: int) -> str:
        """A plain number with the shop's letter."""
        return f"G{100_000 + number}"

    def listing(self, channel: str, sku: str) -> dict[str, str]:
        """The shop's own word for the SKU."""
        return {"sku": f"{channel}/{sku}"}

    def names(self, channel: str) -> dict[str, str]:
        """The shop's name, part of the source of its events."""
        return {"shop": channel}

    # --- events -----------------------------------------------------------------------------------------------

    def order_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """order.created with all its lines."""
        return self._event(platform, "order.created", _order(platform, order), delivery, now)

    def cancel_webhook(self, platform: Platform, order: SandboxOrder, delivery: str, now: int) -> Webhook:
        """order.cancelled with what is cancelled in all so far, nothing named when it is everything."""
        data = {name: value for name, value in _order(platform, order).items() if name != "lines"}
        if order.is_cancelled():
            del data["cancelled"]
        return self._event(platform, "order.cancelled", data, delivery, now)

    def _event(self, platform: Platform, kind: str, data: dict[str, Any], delivery: str, now: int) -> Webhook:
        clock = platform.clock(now)
        event = {
            "specversion": "1.0",
            "id": delivery,
            "source": f"/shops/{platform.account.channel}",
            "type": kind,
            "time": _stamp(clock),
            "datacontenttype": "application/json",
            "data": data,
        }
        body = json.dumps(event).encode()
        seconds = str(clock // SECOND)
        signature = _signature(platform.secrets.signing[0], delivery, seconds, body)
        return Webhook(
            {
                "content-type": "application/cloudevents+json",
                "webhook-id": delivery,
                "webhook-timestamp": seconds,
                "webhook-signature": signature,
            },
            body,
        )

    # --- calls ------------------------------------------------------------------------------------------------

    def answer(self, platform: Platform, request: Request, now: int) -> Response:
        """Check the token and the signature, then do what is asked."""
        if request.headers.get("authorization") != f"Bearer {platform.secrets.token}":
            return _say(401, {"sentence": "The bearer token is wrong."})
        if not _signed(platform, request, now):
            return _say(401, {"sentence": "The signature is wrong or too old."})
        path, _, rest = request.path.partition("?")
        query = dict(part.split("=", 1) for part in rest.split("&") if "=" in part)
        if (request.method, path) == ("POST", "/listings"):
            return self._listings(platform, request)
        if (request.method, path) == ("POST", "/terms"):
            return self._terms(platform, request, now)
        if (request.method, path) == ("GET", "/levels"):
            return self._levels(platform, [unquote(name) for name in query.get("skus", "").split(",")])
        if (request.method, path) == ("GET", "/orders"):
            return self._orders(platform, query, now)
        return _say(404, {"sentence": "There is no such call."})

    def _orders(self, platform: Platform, query: dict[str, str], now: int) -> Response:
        answer: dict[str, Any] = {"time": _stamp(platform.clock(now))}
        if "ids" in query:
            found = platform.find(unquote(one) for one in query["ids"].split(","))
        else:
            try:
                since = datetime.fromisoformat(unquote(query["changed_since"]))
                offset = int(unquote(query.get("page", "0")))
            except (KeyError, ValueError):
                return _say(400, {"sentence": "changed_since or page is wrong."})
            found, more = platform.changed_since((since - _EPOCH) // timedelta(microseconds=1), offset, PAGE)
            answer["next_page"] = str(offset + PAGE) if more else ""
        answer["orders"] = [_order(platform, order) for order in found]
        return _say(200, answer)

    def _levels(self, platform: Platform, names: list[str]) -> Response:
        known = [(name, _ours(platform, name)) for name in names]
        levels = [
            {"sku": name, "level": platform.level(sku), "offered": platform.offered.get(sku, 0)}
            for name, sku in known
            if sku
        ]
        return _say(200, {"levels": levels})

    def _listings(self, platform: Platform, request: Request) -> Response:
        try:
            body = json.loads(request.body)
            sku, kind, quantity = _ours(platform, body["sku"]), body["kind"], body["quantity"]
        except (ValueError, KeyError, TypeError):
            return _say(400, {"sentence": "The body takes sku, kind and quantity."})
        if not sku:
            return _say(404, {"sentence": "The shop does not sell this SKU."})
        key = request.headers.get("idempotency-key", "")
        if type(quantity) is not int or not key or (kind != "delta" and quantity < 0):
            return _say(422, {"sentence": "The quantity or the key is wrong."})
        before = platform.level(sku)
        if kind == "delta":
            change, level = platform.adjust(sku, quantity, key)
            return _say(200, {"change": change, "level": level})
        if kind == "compare_and_set":
            done, level = platform.swap(sku, body.get("expected", -1), quantity)
            return _say(200 if done else 409, {"change": level - before, "level": level} if done else {"level": level})
        if kind == "absolute":
            level = platform.set(sku, quantity)
        elif kind == "raise_only":
            _, level = platform.offer(sku, quantity)
        else:
            return _say(422, {"sentence": "The kind is none of the four."})
        return _say(200, {"change": level - before, "level": level})

    def _terms(self, platform: Platform, request: Request, now: int) -> Response:
        """Take a term unless a newer one of its level was taken before; a code or a SKU is a level."""
        try:
            event = json.loads(request.body)
            kind, data = event["type"].removeprefix("terms."), event["data"]
            level = f"{kind}/{data.get('code') or data.get('bundle') or data.get('sku')}"
            if data["seq"] < platform.terms.seqs.get(level, 0):
                return _say(200, {})
            _take(platform, kind, data, now)
        except (ValueError, KeyError, TypeError, AttributeError):
            return _say(422, {"sentence": "The terms cannot be read."})
        platform.terms.seqs[level] = data["seq"]
        platform.terms.writes += 1
        return _say(200, {})

    def lane_of(self, request: Request) -> Lane:
        """What a call counts against: orders have a path of their own."""
        return "orders" if request.path.startswith("/orders") else "stock"

    def throttled(self, retry_after_seconds: float) -> Response:
        """Over the rate limit: come back in so many seconds."""
        body = json.dumps({"sentence": "Too many calls."}).encode()
        return Response(429, {"retry-after": f"{retry_after_seconds:.3f}"}, body)


def _ours(platform: Platform, name: str) -> str:
    listings = platform.account.listings
    return next((sku for sku, ids in listings.items() if ids.get("sku") == name), "")


def _take(platform: Platform, kind: str, data: dict[str, Any], now: int) -> None:
    """Put a term in force."""
    terms, skus = platform.terms, {_ours(platform, name) for name in data.get("skus", ())}
    if kind == "price":
        terms.prices[_ours(platform, data["sku"])] = data["price_minor"]
    elif kind == "limit":
        terms.limit(_ours(platform, data["sku"]), data["units_per_order"])
    elif kind == "on_screen":
        terms.pinned = _ours(platform, data["sku"])
    elif kind == "bundle":
        terms.bundles[data["bundle"]] = tuple(sorted(skus)), data["percent"]
    elif kind == "coupon":
        before = terms.find(data["code"])
        if before is not None:
            del terms.offers[before.number]
        if skus:
            ends = data["expires"]
            until = (datetime.fromisoformat(ends) - _EPOCH) // timedelta(microseconds=1) if ends else None
            terms.offer(data["code"], data["percent"], skus, platform.clock(now), until)
    else:
        raise ValueError(kind)


def _order(platform: Platform, order: SandboxOrder) -> dict[str, Any]:
    """An order as the protocol writes it."""
    theirs = {sku: ids["sku"] for sku, ids in platform.account.listings.items()}
    lines = []
    for line in order.lines:
        row: dict[str, Any] = {"sku": theirs[line.sku], "quantity": line.quantity}
        if line.price_minor is not None:
            row["price_minor"] = line.price_minor
        lines.append(row)
    return {
        "order": order.order,
        "lines": lines,
        "time": _stamp(order.created_at),
        "updated": _stamp(order.updated_at),
        "country": order.country,
        "currency": order.currency,
        "buyer": order.buyer,
        "cancelled": [{"sku": theirs[sku], "quantity": units} for sku, units in order.cancelled.items()],
    }


def _stamp(micros: int) -> str:
    moment = datetime.fromtimestamp(micros // SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{micros % SECOND:06d}Z"


def _signature(secret: str, identity: str, seconds: str, content: bytes) -> str:
    key = base64.b64decode(secret[len("whsec_") :]) if secret.startswith("whsec_") else secret.encode()
    message = identity.encode() + b"." + seconds.encode() + b"." + content
    return "v1," + base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()


def _signed(platform: Platform, request: Request, now: int) -> bool:
    """Tell whether a call is signed with one of the platform's secrets, just now by its own clock."""
    identity, seconds = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not seconds.isdecimal() or abs(platform.clock(now) // SECOND - int(seconds)) > WINDOW_SECONDS:
        return False
    content = request.body or request.path.encode()
    given = request.headers.get("webhook-signature", "")
    return any(
        hmac.compare_digest(given, _signature(secret, identity, seconds, content))
        for secret in platform.secrets.signing
    )


def _say(status: int, body: dict[str, Any]) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(body).encode())
