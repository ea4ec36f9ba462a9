"""Shopee: thin signed pushes in, calls of API version 2 out.

    push  {"code": 3, "data": {"ordersn", "status"}} -> OrderKnown -> get_order_detail -> OrderHeard
    stock absolute: update_stock        raise_only: update_shop_flash_sale_items, stock = the campaign's total

A push is signed with hex HMAC-SHA256(partner_key, callback URL + "|" + raw body) in `authorization`. The URL is the one
registered with the platform, letter for letter: behind a proxy the account's `callback_url` says it, otherwise the URL
the push was sent to is taken. No time is signed. There is no delivery id: shop, code, order, status and update time
together make one. Shopee repeats a push after 300, 1,800 and 10,800 seconds and promises no order; two changes of an
order within one second at one status cannot be told apart, and the second is found by `list_orders`.

Every status but CANCELLED holds stock: UNPAID has taken it from the counter, IN_CANCEL has not given it back. Part of
an order is cancelled without a status of its own; `cancelled_qty` of its items counts it when it is fetched.

A call is signed over partner id, path, time, token and shop. The token is part of the path's query, so paths of calls
are secrets and belong in no log. `get_order_list` knows numbers only, and looks back fifteen days at most.

A SKU is an item, or a model (variation) of an item, whose listing then has a `model_id`. Levels of items without models
come together, those of models one item a call: `ask_levels` asks for the first SKU's kind, the others are absent from
the answer and asked again. Shopee changes a flash sale's stock only while the model is disabled, and refuses it else.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

import msgspec

from dashboard.channels import thin
from dashboard.channels.adapter import (
    Account,
    Adapter,
    CancelHeard,
    Capability,
    Delivery,
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
    Secrets,
    Unreadable,
)
from dashboard.channels.thin import Word
from dashboard.decision.world import OrderLine, UnitLine

ORDER_STATUS = 3
CANCELLED = "CANCELLED"
THROTTLED = frozenset(("error_too_many_request", "error_too_many_requests"))
NOBODY_KNOWS = frozenset(("error_server", "error_inner", "error_network", "error_unknown", "error_system_busy"))
ORDERS_PER_PAGE = 100
WINDOW_SECONDS = 15 * 86_400
AHEAD_SECONDS = 300
"""A list reaches this far ahead of our clock: a platform's clock further off would refuse our signature anyway."""


class _Notice(msgspec.Struct):
    code: Word
    shop_id: Word = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Change(msgspec.Struct):
    ordersn: Word
    status: str
    update_time: Word


class _Item(msgspec.Struct):
    item_id: Word
    model_quantity_purchased: Word
    model_id: Word | None = None
    item_sku: str | None = None
    model_sku: str | None = None
    model_original_price: Decimal | None = None
    model_discounted_price: Decimal | None = None
    promotion_type: str | None = None
    cancelled_qty: Word | None = None


class _Order(msgspec.Struct):
    order_sn: Word
    order_status: str
    item_list: list[_Item]
    region: str | None = None
    currency: str | None = None
    create_time: Word | None = None
    update_time: Word | None = None
    buyer_user_id: Word | None = None


class _Number(msgspec.Struct):
    order_sn: Word


class _Numbers(msgspec.Struct):
    order_list: list[_Number] | None = None
    more: bool = False
    next_cursor: Word | None = None


class _Orders(msgspec.Struct):
    order_list: list[_Order] | None = None


class _Summary(msgspec.Struct):
    total_available_stock: Word


class _Stock(msgspec.Struct):
    summary_info: _Summary


class _Listed(msgspec.Struct):
    item_id: Word | None = None
    model_id: Word | None = None
    stock_info_v2: _Stock | None = None
    stock: Word | None = None
    campaign_stock: Word | None = None


class _Levels(msgspec.Struct):
    """What the three level calls answer: items without models, models of one item, or what a flash sale holds."""

    item_list: list[_Listed] | None = None
    model: list[_Listed] | None = None
    item_info: list[_Listed] | None = None
    models: list[_Listed] | None = None


class _Set(msgspec.Struct):
    stock: Word | None = None


class _Written(msgspec.Struct):
    failure_list: list[object] | None = None
    failed_items: list[object] | None = None
    success_list: list[_Set] | None = None


class _Answer(msgspec.Struct):
    error: str = ""
    response: msgspec.Raw = msgspec.Raw(b"{}")


_notice = msgspec.json.Decoder(_Notice).decode
_change = msgspec.json.Decoder(_Change).decode
_orders = msgspec.json.Decoder(_Orders).decode
_numbers = msgspec.json.Decoder(_Numbers).decode
_levels = msgspec.json.Decoder(_Levels).decode
_written = msgspec.json.Decoder(_Written | None).decode
_answer = msgspec.json.Decoder(_Answer).decode
_encode = msgspec.json.Encoder().encode


class Shopee(Adapter):
    """One shop on Shopee; names partner_id, shop_id, flash_sale_id, location_id; a SKU's item_id, model_id, codes."""

    capability = Capability(push="absolute", orders_per_fetch=50)
    sku_names = ("model_sku", "item_sku")

    def __init__(self, account: Account, secrets: Secrets) -> None:
        super().__init__(account, secrets)
        self._by_id = {_ids(listing): sku for sku, listing in account.listings.items()}
        self._by_model = {model: sku for (_, model), sku in self._by_id.items() if model}

    # --- the platform speaks ----------------------------------------------------------------------------------

    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless the partner key signed the callback URL and exactly this body."""
        url = self.account.callback_url or delivery.url
        if not url:
            raise NotAuthentic(f"No callback_url is set for {self.account.channel}; the signature covers it.")
        given = delivery.headers.get("authorization", "")
        thin.check_hex(self.account, self.secrets, given, url.encode("utf-8", "replace") + b"|" + delivery.body)

    def read(self, delivery: Delivery) -> Read:
        """Say what a push says: an order exists, an order was cancelled, or nothing for us; raises Unreadable."""
        notice = thin.decoded(_notice, delivery.body, "push")
        kind = thin.whole(notice.code, "code", 0, 1_000_000)
        if kind != ORDER_STATUS:
            return Read((), (Ignored(f"A push with code {kind} says nothing about orders."),))
        shop = thin.identifier(notice.shop_id, "shop_id")
        change = thin.decoded(_change, notice.data, "push's data")
        order = thin.identifier(change.ordersn, "data.ordersn")
        status = thin.identifier(change.status, "data.status")
        at = thin.micros(change.update_time, "data.update_time")
        ids = (f"{shop}/{kind}/{order}/{status}/{(at or 0) // thin.SECOND}",)
        channel = thin.sold_by(self.account, shop)
        if channel is None:
            return Read(ids, (Ignored("It is about another shop of the same partner."),))
        if status == CANCELLED:
            return Read(ids, (CancelHeard(order, at=at, channel=channel),))
        return Read(ids, (OrderKnown(order, at, channel),))

    # --- we speak: orders -------------------------------------------------------------------------------------

    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """get_order_detail, at most 50 numbers; nothing about the buyer but an id."""
        query = {"order_sn_list": ",".join(orders), "response_optional_fields": "item_list,buyer_user_id"}
        return self._request("/api/v2/order/get_order_detail", query, None, "orders", now)

    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read the orders asked for; those the platform does not know are absent; raises Unreadable."""
        found = thin.decoded(_orders, self._data(response), "answer's response")
        return tuple(self._order(told) for told in found.order_list or ())

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """get_order_list by update time, from `since` or from fifteen days ago, whichever is later."""
        end = now // thin.SECOND + AHEAD_SECONDS
        query = {
            "time_range_field": "update_time",
            "time_from": str(max(since // thin.SECOND, end - WINDOW_SECONDS)),
            "time_to": str(end),
            "page_size": str(ORDERS_PER_PAGE),
            "cursor": page,
        }
        return self._request("/api/v2/order/get_order_list", query, None, "orders", now)

    def read_page(self, response: Response) -> OrderPage:
        """Read one page of order numbers; raises Unreadable."""
        found = thin.decoded(_numbers, self._data(response), "answer's response")
        heard = tuple(OrderKnown(thin.identifier(told.order_sn, "order_sn")) for told in found.order_list or ())
        if not found.more:
            return OrderPage(heard, at=thin.stamped(response))
        if not found.next_cursor:
            raise Unreadable("next_cursor is missing; where more is true it says where the next page begins.")
        return OrderPage(heard, str(found.next_cursor), thin.stamped(response))

    def _order(self, told: _Order) -> OrderHeard:
        if not told.item_list:
            raise Unreadable("order.item_list is empty; an order has at least one item.")
        currency = told.currency or self.account.currency
        lines = []
        gone: dict[str, int] = {}
        for item in told.item_list:
            sku = self._sku(item)
            units = thin.whole(item.model_quantity_purchased, "model_quantity_purchased", 1)
            lines.append(OrderLine(sku, units, thin.minor(_price(item), currency, "item_list price")))
            left = units if told.order_status == CANCELLED else 0
            off = left or thin.whole(item.cancelled_qty or 0, "cancelled_qty", 0, units)
            if off:
                gone[sku] = gone.get(sku, 0) + off
        return OrderHeard(
            order=thin.identifier(told.order_sn, "order_sn"),
            lines=tuple(lines),
            at=thin.micros(told.create_time, "create_time"),
            updated_at=thin.micros(told.update_time, "update_time"),
            country=thin.plain(told.region or ""),
            currency=thin.plain(currency),
            buyer=thin.plain(str(told.buyer_user_id or "")),
            cancelled=tuple(UnitLine(sku, units) for sku, units in gone.items()),
        )

    def _sku(self, item: _Item) -> str:
        """Our SKU of a line: by the platform's ids, else by the seller's own code; an item's code names no model."""
        number, model = _pair(item.item_id, item.model_id)
        known = self._by_id.get((number, model)) or (self._by_model.get(model) if model else None)
        if known:
            return known
        whole_item = "" if model else thin.plain(item.item_sku or "")
        return self.our_sku(thin.plain(item.model_sku or ""), whole_item, f"{number}.{model}" if model else number)

    # --- we speak: stock --------------------------------------------------------------------------------------

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask for the flash sale's stock (raise_only), else for the first SKU's item, with all that can come along.

        Items without models come up to 50 a call, models one item a call; SKUs absent from the answer are asked again.
        """
        if self.account.capability.push == "raise_only":
            query = {"flash_sale_id": thin.named(self.account, "flash_sale_id"), "offset": "0", "limit": "100"}
            path = "/api/v2/shop_flash_sale/get_shop_flash_sale_items"
            return self._request(path, query, None, "stock", now)
        listed = [(self.theirs(sku, "item_id"), _ids(self.account.listings[sku])[1]) for sku in skus]
        if listed and listed[0][1]:
            return self._request("/api/v2/product/get_model_list", {"item_id": listed[0][0]}, None, "stock", now)
        items = ",".join([item for item, model in listed if not model][:50])
        return self._request("/api/v2/product/get_item_base_info", {"item_id_list": items}, None, "stock", now)

    def read_levels(self, response: Response) -> Levels:
        """Read what the counters stand at, and what the flash sale ever offered; raises Unreadable."""
        found = thin.decoded(_levels, self._data(response), "answer's response")
        units: dict[str, int] = {}
        offered: dict[str, int] = {}
        for listed in (found.item_list, found.model, found.item_info, found.models):
            for told in listed or ():
                sku = self._listed(told)
                level = told.stock_info_v2.summary_info.total_available_stock if told.stock_info_v2 else told.stock
                if sku and level is not None:
                    units[sku] = thin.whole(level, f"The stock of {sku}")
                if sku and told.campaign_stock is not None:
                    offered[sku] = thin.whole(told.campaign_stock, f"The campaign stock of {sku}")
        return Levels(units, offered)

    def _listed(self, told: _Listed) -> str | None:
        """Our SKU of a level; the models of one item come without the item's id."""
        if told.item_id is None:
            return self._by_model.get(thin.identifier(told.model_id or "0", "model_id"))
        return self._by_id.get(_pair(told.item_id, told.model_id))

    def push(self, push: Push, now: int) -> Request:
        """Set an item's or a model's stock (absolute), or its campaign stock (raise_only); raises Unreadable."""
        item = thin.whole(self.theirs(push.sku, "item_id"), f"item_id of {push.sku}", 1, 2**63)
        model = thin.whole(_ids(self.account.listings[push.sku])[1] or "0", f"model_id of {push.sku}", 0, 2**63)
        quantity = thin.whole(push.quantity, f"The quantity of {push.sku}")
        if push.kind == "absolute":
            place = self.account.names.get("location_id")
            stock = {"location_id": place, "stock": quantity} if place else {"stock": quantity}
            body = {"item_id": item, "stock_list": [{"model_id": model, "seller_stock": [stock]}]}
            return self._request("/api/v2/product/update_stock", {}, body, "stock", now)
        if push.kind == "raise_only":
            sale = thin.whole(thin.named(self.account, "flash_sale_id"), "flash_sale_id", 1, 2**63)
            offer: dict[str, object] = {"item_status": 1, "item_stock": quantity}
            if model:
                offer = {"models": [{"model_id": model, "status": 1, "stock": quantity}]}
            body = {"flash_sale_id": sale, "items": [{"item_id": item, **offer}]}
            return self._request("/api/v2/shop_flash_sale/update_shop_flash_sale_items", {}, body, "stock", now)
        raise Unreadable(f"Shopee takes no {push.kind} push; its kinds are absolute and raise_only.")

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Read what became of a push; raises Unreadable, which counts as unknown."""
        if response.status == 429:
            return Pushed("throttled", retry_after_seconds=thin.retry_after(response))
        if response.status >= 500:
            return Pushed("unknown", sentence=f"{self.account.channel} answered {response.status}.")
        answer = thin.decoded(_answer, response.body, "answer")
        error = _bare(answer.error)
        if error in THROTTLED:
            return Pushed("throttled", retry_after_seconds=thin.retry_after(response))
        if error in NOBODY_KNOWS:
            return Pushed("unknown", sentence=f"{self.account.channel} failed with {error}.")
        if not error and response.status < 300:
            written = thin.decoded(_written, answer.response, "answer's response") or _Written()
            if not written.failure_list and not written.failed_items:
                level = written.success_list[0].stock if written.success_list else None
                return Pushed("applied", level=None if level is None else thin.whole(level, "success_list.stock"))
            error = "the SKU among what failed"
        return Pushed("refused", sentence=f"{self.account.channel} refused {push.sku} ({response.status}): {error}.")

    # --- calls ------------------------------------------------------------------------------------------------

    def _request(self, path: str, query: Mapping[str, str], body: object | None, lane: Lane, now: int) -> Request:
        """A call, signed over partner id, path, time, token and shop; GET without a body, POST with one."""
        partner, shop = thin.named(self.account, "partner_id"), thin.named(self.account, "shop_id")
        stamp, token = str(now // thin.SECOND), self.secrets.token
        text = partner + path + stamp + token + shop
        sign = thin.sign(self.account, self.secrets, text.encode("utf-8", "surrogateescape"))
        common = {"partner_id": partner, "timestamp": stamp, "access_token": token, "shop_id": shop, "sign": sign}
        target = f"{path}?{urlencode({**query, **common})}"
        if body is None:
            return Request("GET", target, lane=lane)
        return Request("POST", target, {"content-type": "application/json"}, _encode(body), lane)

    def _data(self, response: Response) -> msgspec.Raw:
        """What an answer carries; raises Unreadable for every answer that is not a success."""
        channel = self.account.channel
        thin.answered(channel, response)
        answer = thin.decoded(_answer, response.body, "answer")
        error = _bare(answer.error)
        if error in THROTTLED:
            raise Unreadable(f"{channel} is over its rate limit; ask again later.")
        if error or response.status >= 300:
            raise Unreadable(f"{channel} refused the call ({response.status}): {error or 'no reason given'}.")
        return answer.response


def _bare(error: str) -> str:
    """An error's word without its module, short enough for a sentence."""
    return error.rpartition(".")[2][:40]


def _ids(listing: Mapping[str, str]) -> tuple[str, str]:
    """A listing's item and model; an item without models has model 0, which stands for none."""
    model = listing.get("model_id", "")
    return listing.get("item_id", ""), "" if model == "0" else model


def _pair(item: Word, model: Word | None) -> tuple[str, str]:
    text = thin.identifier(model or "0", "model_id")
    return thin.identifier(item, "item_id"), "" if text == "0" else text


def _price(item: _Item) -> Decimal | None:
    """The price of one unit; a bundle deal's discount is not broken down and told as 0, its original price holds."""
    discounted = item.model_discounted_price
    if discounted is None or (discounted == 0 and item.promotion_type == "bundle_deal"):
        return item.model_original_price
    return discounted
