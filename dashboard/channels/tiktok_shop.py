"""TikTok Shop: thin signed webhooks in, Open API calls of version 202309 out.

    webhook  {"type": 1, "data": {"order_id", "order_status"}} -> OrderKnown -> GET orders?ids= -> OrderHeard
    push     absolute: POST inventory/update        raise_only: PUT promotion activity, quantity_limit = total offered

A webhook is signed with hex HMAC-SHA256(app_secret, app_key + raw body) in `authorization`. No time is part of what is
signed: an old delivery stays authentic for ever, and only its `tts_notification_id` tells that it was seen before. A
replay is harmless all the same, since a webhook carries no quantity: it makes us fetch the order again.

Every status but CANCEL holds stock, UNPAID and ON_HOLD too: the platform's counter has fallen. Part of an order is
cancelled by type 11 (and refunded by type 12), which name the order and not the units; it is fetched. The platform says
of its own webhooks that they are not complete, so `list_orders` is read regularly.

An order's `line_items` have no quantity: one object is one unit, and a cancelled unit carries its own status. Units of
one SKU at one price are one line of ours. A page with one order nobody can read still names that order, so that one bad
order never hides the others.

A call is signed with HMAC-SHA256 over path + sorted query + body, wrapped in the app secret. Its stamp may be five
minutes old and thirty seconds ahead; ours is written two minutes back, so that clocks two minutes apart still talk.
An activity's quantity_limit cannot be lowered (which makes raise_only safe); the platform documents 1 to 99 for it.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import (
    CancelHeard,
    Capability,
    Delivery,
    Heard,
    Ignored,
    Lane,
    Levels,
    NotAuthentic,
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
from dashboard.channels.fields import SECOND, Id, added, code, decode_as, minor, named, plain_id, unix_time, whole, word
from dashboard.channels.signatures import bytes_of, check_hmac, hmac_sha256, newest_secret
from dashboard.channels.tiktok_shop_terms import THROTTLED, TIMED_OUT, TikTokShopTerms
from dashboard.decision.world import OrderLine

ORDER_STATUS, CANCELLATION_STATUS, RETURN_STATUS = 1, 11, 12
CANCELLED = frozenset(("CANCEL", "CANCELLED"))
NOTHING_CANCELLED = frozenset(("CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_CANCELLED"))
RETURN_DONE = "RETURN_OR_REFUND_REQUEST_COMPLETE"
STAMP_BACK_SECONDS = 120
ORDERS_PER_PAGE = 100


class _Notice(msgspec.Struct):
    type: Id
    tts_notification_id: Id
    shop_id: Id = ""
    timestamp: Id | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Change(msgspec.Struct):
    order_id: Id
    order_status: str = ""
    cancel_status: str = ""
    return_status: str = ""
    update_time: Id | None = None
    create_time: Id | None = None


class _Unit(msgspec.Struct):
    sku_id: Id
    seller_sku: str | None = None
    sale_price: Decimal | None = None
    currency: str | None = None
    display_status: str | None = None


class _Address(msgspec.Struct):
    region_code: str | None = None


class _Order(msgspec.Struct):
    id: Id
    line_items: list[_Unit]
    status: str = ""
    create_time: Id | None = None
    update_time: Id | None = None
    user_id: Id | None = None
    recipient_address: _Address | None = None


class _Number(msgspec.Struct):
    id: Id


class _Orders(msgspec.Struct):
    orders: list[msgspec.Raw] | None = None
    next_page_token: str | None = None


class _Sku(msgspec.Struct):
    id: Id
    total_available_quantity: Id
    seller_sku: str | None = None


class _Product(msgspec.Struct):
    skus: list[_Sku] | None = None


class _Inventory(msgspec.Struct):
    inventory: list[_Product] | None = None


class _Problem(msgspec.Struct):
    code: Id = 0


class _Problems(msgspec.Struct):
    errors: list[_Problem] | None = None


class _Answer(msgspec.Struct):
    code: Id
    data: msgspec.Raw = msgspec.Raw(b"{}")


_notice = decode_as(_Notice)
_change = decode_as(_Change, "data")
_order = decode_as(_Order, "order")
_number = decode_as(_Number, "order")
_orders = decode_as(_Orders, "data")
_inventory = decode_as(_Inventory, "data")
_problems: Callable[[bytes], _Problems | None] = decode_as(_Problems | None, "data")  # type: ignore[arg-type]
_answer = decode_as(_Answer)
_encode = msgspec.json.Encoder().encode


class TikTokShop(TikTokShopTerms):
    """One shop on TikTok Shop; names app_key, shop_id, shop_cipher, warehouse_id, activity_id; a SKU's ids."""

    capability = Capability(push="absolute", orders_per_fetch=50, terms=("price",))
    sku_names = ("sku_id", "seller_sku")

    # --- the platform speaks ----------------------------------------------------------------------------------

    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless the app secret signed app_key and exactly this body."""
        key = self.account.names.get("app_key", "")
        if not key:
            raise NotAuthentic(f"No app_key is set for {self.account.channel}; the signature covers it.")
        check_hmac(
            self.account.channel, self.secrets, delivery, "authorization", bytes_of(key) + delivery.body, written="hex"
        )

    def read(self, delivery: Delivery) -> Read:
        """Say what a notification says: an order exists, one was cancelled, or nothing for us; raises Unreadable."""
        notice = _notice(delivery.body)
        ids = (plain_id(notice.tts_notification_id, "tts_notification_id"),)
        kind = whole(notice.type, "type", 0, 1_000_000)
        if kind not in {ORDER_STATUS, CANCELLATION_STATUS, RETURN_STATUS}:
            return Read(ids, (Ignored(f"A notification of type {kind} says nothing about orders."),))
        channel = self.sold_by(str(notice.shop_id))
        if channel is None:
            return Read(ids, (Ignored("It is about another shop of the same app."),))
        change = _change(notice.data)
        at = change.update_time or change.create_time or notice.timestamp
        return Read(ids, (self._heard(kind, change, unix_time(at, "data.update_time"), channel),))

    def _heard(self, kind: int, change: _Change, at: int | None, channel: str) -> Heard:
        order = plain_id(change.order_id, "data.order_id")
        if kind == CANCELLATION_STATUS:
            if change.cancel_status in NOTHING_CANCELLED:
                return Ignored("A cancellation was asked for or called off; nothing is cancelled.")
        elif kind == RETURN_STATUS:
            if change.return_status != RETURN_DONE:
                return Ignored("A return is under way; no unit is back yet.")
        elif not change.order_status:
            raise Unreadable("data.order_status is missing; it must be the order's status, such as UNPAID.")
        elif change.order_status in CANCELLED:
            return CancelHeard(order, at=at, channel=channel)
        return OrderKnown(order, at, channel)

    # --- we speak: orders -------------------------------------------------------------------------------------

    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """GET order detail, at most 50 ids."""
        return self._request("GET", "/order/202309/orders", {"ids": ",".join(orders)}, b"", "orders", now)

    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read the orders asked for; those the platform does not know are absent; raises Unreadable."""
        found = _orders(self._data(response))
        return tuple(self._order(raw) for raw in found.orders or ())

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """POST orders/search for orders changed at or after `since`, oldest change first; they come whole."""
        query = {"page_size": str(ORDERS_PER_PAGE), "sort_field": "update_time", "sort_order": "ASC"}
        if page:
            query["page_token"] = page
        body = _encode({"update_time_ge": since // SECOND})
        return self._request("POST", "/order/202309/orders/search", query, body, "orders", now)

    def read_page(self, response: Response) -> OrderPage:
        """Read one page; an order whose lines make no sense is only known by its number; raises Unreadable."""
        found = _orders(self._data(response))
        heard: list[OrderHeard | OrderKnown] = []
        for raw in found.orders or ():
            try:
                heard.append(self._order(raw))
            except Unreadable:
                number = _number(raw)
                heard.append(OrderKnown(plain_id(number.id, "order.id")))
        return OrderPage(tuple(heard), found.next_page_token or "", answers.answered_at(response))

    def _order(self, raw: msgspec.Raw) -> OrderHeard:
        told = _order(raw)
        if not told.line_items:
            raise Unreadable("order.line_items is empty; an order has at least one unit.")
        lines: dict[tuple[str, int | None], int] = {}
        gone: list[tuple[str, int]] = []
        currency = ""
        for unit in told.line_items:
            sku = self._sku(unit.sku_id, unit.seller_sku)
            own = code(unit.currency, "line_items.currency", 3)
            currency = currency or own or self.account.currency
            price = minor(unit.sale_price, "line_items.sale_price", own or currency)
            lines[sku, price] = lines.get((sku, price), 0) + 1
            if unit.display_status in CANCELLED or told.status in CANCELLED:
                gone.append((sku, 1))
        address = told.recipient_address
        return OrderHeard(
            order=plain_id(told.id, "order.id"),
            lines=tuple(OrderLine(sku, units, price) for (sku, price), units in lines.items()),
            at=unix_time(told.create_time, "order.create_time"),
            updated_at=unix_time(told.update_time, "order.update_time"),
            country=code(address and address.region_code, "recipient_address.region_code", 2),
            currency=currency,
            buyer=word(told.user_id or None, "user_id"),
            cancelled=added(gone),
        )

    def _sku(self, sku_id: Id, seller_sku: str | None) -> str:
        """Our SKU: by the platform's id, else by the seller's code, which is often our own word for it."""
        theirs = plain_id(sku_id, "sku_id")
        return self._ours.get(theirs) or self.our_sku(word(seller_sku, "seller_sku"), theirs)

    # --- we speak: stock --------------------------------------------------------------------------------------

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """POST inventory/search, at most 600 SKUs; it tells what is left, not what an activity ever offered."""
        body = _encode({"sku_ids": [self.theirs(sku, "sku_id") for sku in skus]})
        return self._request("POST", "/product/202309/inventory/search", {}, body, "stock", now)

    def read_levels(self, response: Response) -> Levels:
        """Read the units available of every SKU the account lists; raises Unreadable."""
        found = _inventory(self._data(response))
        units: dict[str, int] = {}
        for product in found.inventory or ():
            for told in product.skus or ():
                sku = self._sku(told.id, told.seller_sku)
                if sku in self.account.listings:
                    units[sku] = units.get(sku, 0) + whole(told.total_available_quantity, "total_available_quantity")
        return Levels(units)

    def push(self, push: Push, now: int) -> Request:
        """Set a SKU's quantity (absolute), or raise what an activity offers in all (raise_only); raises Unreadable."""
        product = plain_id(self.theirs(push.sku, "product_id"), f"product_id of {push.sku}")
        sku: dict[str, object] = {"id": self.theirs(push.sku, "sku_id")}
        quantity = whole(push.quantity, f"The quantity of {push.sku}")
        if push.kind == "absolute":
            store: dict[str, object] = {"quantity": quantity}
            warehouse = self.account.listings[push.sku].get("warehouse_id") or self.account.names.get("warehouse_id")
            if warehouse:
                store["warehouse_id"] = warehouse
            path = f"/product/202309/products/{product}/inventory/update"
            return self._request("POST", path, {}, _encode({"skus": [{**sku, "inventory": [store]}]}), "stock", now)
        if push.kind == "raise_only":
            no_limit = {"quantity_limit": -1, "quantity_per_user": -1}
            terms = {name: self.account.listings[push.sku].get(name) for name in ("activity_price_amount", "discount")}
            sku |= {**no_limit, "quantity_limit": quantity} | {name: value for name, value in terms.items() if value}
            activity = plain_id(named(self.account, "activity_id"), "activity_id")
            body = _encode({"products": [{"id": product, **no_limit, "skus": [sku]}]})
            return self._request("PUT", f"/promotion/202309/activities/{activity}/products", {}, body, "stock", now)
        raise Unreadable(f"TikTok Shop takes no {push.kind} push; its kinds are absolute and raise_only.")

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Read what became of a push; raises Unreadable, which counts as unknown."""
        if answers.tells_nothing(response):
            return answers.not_done(self.account.channel, response) or Pushed("unknown")
        answer = _answer(response.body)
        code = whole(answer.code, "code", 0, 10**12)
        if code == THROTTLED:
            return answers.throttled(self.account.channel, answers.wait_seconds(response))
        if code == TIMED_OUT:
            return Pushed("unknown", sentence=f"{self.account.channel} timed out (code {code}).")
        if code == 0 and response.status < 300:
            problems = _problems(answer.data)
            if not problems or not problems.errors:
                return Pushed("applied", level=push.quantity if push.kind == "absolute" else None)
            code = whole(problems.errors[0].code, "errors.code", 0, 10**12)
        sentence = f"{self.account.channel} refused {push.sku} with status {response.status}, code {code}."
        return Pushed("refused", sentence=sentence)

    # --- calls ------------------------------------------------------------------------------------------------

    def _request(self, method: str, path: str, query: Mapping[str, str], body: bytes, lane: Lane, now: int) -> Request:
        """A call, signed over path, sorted query and body; the sign itself and the token are not part of it."""
        key = bytes_of(newest_secret(self.account.channel, self.secrets))
        stamp = str(now // SECOND - STAMP_BACK_SECONDS)
        pairs = {**query, "app_key": named(self.account, "app_key"), "timestamp": stamp}
        if self.account.names.get("shop_cipher"):
            pairs["shop_cipher"] = self.account.names["shop_cipher"]
        text = path + "".join(name + pairs[name] for name in sorted(pairs))
        pairs["sign"] = hmac_sha256(key, key + bytes_of(text) + body + key).hex()
        headers = {"x-tts-access-token": self.secrets.token, "content-type": "application/json"}
        return Request(method, f"{path}?{urlencode(pairs)}", headers, body, lane)

    def _data(self, response: Response) -> msgspec.Raw:
        """What an answer carries; raises Throttled or Unreadable for every answer that is not a success."""
        channel = self.account.channel
        if answers.tells_nothing(response):
            answers.refuse(channel, response)
        answer = _answer(response.body)
        code = whole(answer.code, "code", 0, 10**12)
        if code == THROTTLED:
            raise answers.too_many(channel, answers.wait_seconds(response))
        if code or response.status >= 300:
            raise Unreadable(f"{channel} refused the call with status {response.status}, code {code}.")
        return answer.data
