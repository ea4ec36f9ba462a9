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

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from urllib.parse import urlencode

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import (
    Account,
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
from dashboard.channels.fields import SECOND, Id, added, code, decode_as, minor, named, plain_id, unix_time, whole, word
from dashboard.channels.shopee_terms import NOBODY_KNOWS, THROTTLED, ShopeeTerms
from dashboard.channels.signatures import bytes_of, check_hmac, hmac_sha256, newest_secret
from dashboard.decision.world import OrderLine

ORDER_STATUS = 3
CANCELLED = "CANCELLED"
ORDERS_PER_PAGE = 100
WINDOW_SECONDS = 15 * 86_400
AHEAD_SECONDS = 300
"""A list reaches this far ahead of our clock: a platform's clock further off would refuse our signature anyway."""


class _Notice(msgspec.Struct):
    code: Id
    shop_id: Id = ""
    data: msgspec.Raw = msgspec.Raw(b"{}")


class _Change(msgspec.Struct):
    ordersn: Id
    status: str
    update_time: Id


class _Item(msgspec.Struct):
    item_id: Id
    model_quantity_purchased: Id
    model_id: Id | None = None
    item_sku: str | None = None
    model_sku: str | None = None
    model_original_price: Decimal | None = None
    model_discounted_price: Decimal | None = None
    promotion_type: str | None = None
    cancelled_qty: Id | None = None


class _Order(msgspec.Struct):
    order_sn: Id
    order_status: str
    item_list: list[_Item]
    region: str | None = None
    currency: str | None = None
    create_time: Id | None = None
    update_time: Id | None = None
    buyer_user_id: Id | None = None


class _Number(msgspec.Struct):
    order_sn: Id


class _Numbers(msgspec.Struct):
    order_list: list[_Number] | None = None
    more: bool = False
    next_cursor: Id | None = None


class _Orders(msgspec.Struct):
    order_list: list[_Order] | None = None


class _Summary(msgspec.Struct):
    total_available_stock: Id


class _Stock(msgspec.Struct):
    summary_info: _Summary


class _Listed(msgspec.Struct):
    item_id: Id | None = None
    model_id: Id | None = None
    stock_info_v2: _Stock | None = None
    stock: Id | None = None
    campaign_stock: Id | None = None


class _Levels(msgspec.Struct):
    """What the three level calls answer: items without models, models of one item, or what a flash sale holds."""

    item_list: list[_Listed] | None = None
    model: list[_Listed] | None = None
    item_info: list[_Listed] | None = None
    models: list[_Listed] | None = None


class _Set(msgspec.Struct):
    stock: Id | None = None


class _Written(msgspec.Struct):
    failure_list: list[object] | None = None
    failed_items: list[object] | None = None
    success_list: list[_Set] | None = None


class _Answer(msgspec.Struct):
    error: str = ""
    response: msgspec.Raw = msgspec.Raw(b"{}")


_notice = decode_as(_Notice)
_change = decode_as(_Change, "data")
_orders = decode_as(_Orders, "response")
_numbers = decode_as(_Numbers, "response")
_levels = decode_as(_Levels, "response")
_written: Callable[[bytes], _Written | None] = decode_as(_Written | None, "response")  # type: ignore[arg-type]
_answer = decode_as(_Answer)
_encode = msgspec.json.Encoder().encode


class Shopee(ShopeeTerms):
    """One shop on Shopee; names partner_id, shop_id, flash_sale_id, location_id; a SKU's item_id, model_id, codes."""

    capability = Capability(push="absolute", orders_per_fetch=50, terms=("price", "limit", "coupon"))
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
        message = bytes_of(url) + b"|" + delivery.body
        check_hmac(self.account.channel, self.secrets, delivery, "authorization", message, "hex")

    def read(self, delivery: Delivery) -> Read:
        """Say what a push says: an order exists, an order was cancelled, or nothing for us; raises Unreadable."""
        notice = _notice(delivery.body)
        kind = whole(notice.code, "code", 0, 1_000_000)
        if kind != ORDER_STATUS:
            return Read((), (Ignored(f"A push with code {kind} says nothing about orders."),))
        shop = plain_id(notice.shop_id, "shop_id")
        change = _change(notice.data)
        order = plain_id(change.ordersn, "data.ordersn")
        status = plain_id(change.status, "data.status")
        at = unix_time(change.update_time, "data.update_time")
        ids = (f"{shop}/{kind}/{order}/{status}/{(at or 0) // SECOND}",)
        channel = self.sold_by(shop)
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
        found = _orders(self._data(response))
        return tuple(self._order(told) for told in found.order_list or ())

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """get_order_list by update time, from `since` or from fifteen days ago, whichever is later."""
        end = now // SECOND + AHEAD_SECONDS
        query = {
            "time_range_field": "update_time",
            "time_from": str(max(since // SECOND, end - WINDOW_SECONDS)),
            "time_to": str(end),
            "page_size": str(ORDERS_PER_PAGE),
            "cursor": page,
        }
        return self._request("/api/v2/order/get_order_list", query, None, "orders", now)

    def read_page(self, response: Response) -> OrderPage:
        """Read one page of order numbers; raises Unreadable."""
        found = _numbers(self._data(response))
        heard = tuple(OrderKnown(plain_id(told.order_sn, "order_sn")) for told in found.order_list or ())
        if not found.more:
            return OrderPage(heard, at=answers.answered_at(response))
        if not found.next_cursor:
            raise Unreadable("next_cursor is missing; where more is true it says where the next page begins.")
        return OrderPage(heard, str(found.next_cursor), answers.answered_at(response))

    def _order(self, told: _Order) -> OrderHeard:
        if not told.item_list:
            raise Unreadable("order.item_list is empty; an order has at least one item.")
        currency = code(told.currency, "currency", 3) or self.account.currency
        lines: list[OrderLine] = []
        gone: list[tuple[str, int]] = []
        for item in told.item_list:
            sku = self._sku(item)
            units = whole(item.model_quantity_purchased, "model_quantity_purchased", 1)
            lines.append(OrderLine(sku, units, minor(_price(item), "item_list price", currency)))
            left = units if told.order_status == CANCELLED else 0
            gone.append((sku, left or whole(item.cancelled_qty or 0, "cancelled_qty", 0, units)))
        return OrderHeard(
            order=plain_id(told.order_sn, "order_sn"),
            lines=tuple(lines),
            at=unix_time(told.create_time, "create_time"),
            updated_at=unix_time(told.update_time, "update_time"),
            country=code(told.region, "region", 2),
            currency=currency,
            buyer=word(told.buyer_user_id or None, "buyer_user_id"),
            cancelled=added(gone),
        )

    def _sku(self, item: _Item) -> str:
        """Our SKU of a line: by the platform's ids, else by the seller's own code; an item's code names no model."""
        number, model = _pair(item.item_id, item.model_id)
        known = self._by_id.get((number, model)) or (self._by_model.get(model) if model else None)
        if known:
            return known
        whole_item = "" if model else word(item.item_sku, "item_sku")
        return self.our_sku(word(item.model_sku, "model_sku"), whole_item, f"{number}.{model}" if model else number)

    # --- we speak: stock --------------------------------------------------------------------------------------

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask for the flash sale's stock (raise_only), else for the first SKU's item, with all that can come along.

        Items without models come up to 50 a call, models one item a call; SKUs absent from the answer are asked again.
        """
        if self.account.capability.push == "raise_only":
            query = {"flash_sale_id": named(self.account, "flash_sale_id"), "offset": "0", "limit": "100"}
            path = "/api/v2/shop_flash_sale/get_shop_flash_sale_items"
            return self._request(path, query, None, "stock", now)
        listed = [(self.theirs(sku, "item_id"), _ids(self.account.listings[sku])[1]) for sku in skus]
        if listed and listed[0][1]:
            return self._request("/api/v2/product/get_model_list", {"item_id": listed[0][0]}, None, "stock", now)
        items = ",".join([item for item, model in listed if not model][:50])
        return self._request("/api/v2/product/get_item_base_info", {"item_id_list": items}, None, "stock", now)

    def read_levels(self, response: Response) -> Levels:
        """Read what the counters stand at, and what the flash sale ever offered; raises Unreadable."""
        found = _levels(self._data(response))
        units: dict[str, int] = {}
        offered: dict[str, int] = {}
        for listed in (found.item_list, found.model, found.item_info, found.models):
            for told in listed or ():
                sku = self._listed(told)
                level = told.stock_info_v2.summary_info.total_available_stock if told.stock_info_v2 else told.stock
                if sku and level is not None:
                    units[sku] = whole(level, f"The stock of {sku}")
                if sku and told.campaign_stock is not None:
                    offered[sku] = whole(told.campaign_stock, f"The campaign stock of {sku}")
        return Levels(units, offered)

    def _listed(self, told: _Listed) -> str | None:
        """Our SKU of a level; the models of one item come without the item's id."""
        if told.item_id is None:
            return self._by_model.get(plain_id(told.model_id or "0", "model_id"))
        return self._by_id.get(_pair(told.item_id, told.model_id))

    def push(self, push: Push, now: int) -> Request:
        """Set an item's or a model's stock (absolute), or its campaign stock (raise_only); raises Unreadable."""
        item = whole(self.theirs(push.sku, "item_id"), f"item_id of {push.sku}", 1, 2**63)
        model = whole(_ids(self.account.listings[push.sku])[1] or "0", f"model_id of {push.sku}", 0, 2**63)
        quantity = whole(push.quantity, f"The quantity of {push.sku}")
        if push.kind == "absolute":
            place = self.account.names.get("location_id")
            stock = {"location_id": place, "stock": quantity} if place else {"stock": quantity}
            body = {"item_id": item, "stock_list": [{"model_id": model, "seller_stock": [stock]}]}
            return self._request("/api/v2/product/update_stock", {}, body, "stock", now)
        if push.kind == "raise_only":
            sale = whole(named(self.account, "flash_sale_id"), "flash_sale_id", 1, 2**63)
            offer: dict[str, object] = {"item_status": 1, "item_stock": quantity}
            if model:
                offer = {"models": [{"model_id": model, "status": 1, "stock": quantity}]}
            body = {"flash_sale_id": sale, "items": [{"item_id": item, **offer}]}
            return self._request("/api/v2/shop_flash_sale/update_shop_flash_sale_items", {}, body, "stock", now)
        raise Unreadable(f"Shopee takes no {push.kind} push; its kinds are absolute and raise_only.")

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Read what became of a push; raises Unreadable, which counts as unknown."""
        if answers.tells_nothing(response):
            return answers.not_done(self.account.channel, response) or Pushed("unknown")
        answer = _answer(response.body)
        error = _bare(answer.error)
        if error in THROTTLED:
            return answers.throttled(self.account.channel, answers.wait_seconds(response))
        if error in NOBODY_KNOWS:
            return Pushed("unknown", sentence=f"{self.account.channel} failed with {error}.")
        if not error and response.status < 300:
            written = _written(answer.response) or _Written()
            if not written.failure_list and not written.failed_items:
                level = written.success_list[0].stock if written.success_list else None
                return Pushed("applied", level=None if level is None else whole(level, "success_list.stock"))
            error = "the SKU among what failed"
        return Pushed("refused", sentence=f"{self.account.channel} refused {push.sku} ({response.status}): {error}.")

    # --- calls ------------------------------------------------------------------------------------------------

    def _request(self, path: str, query: Mapping[str, str], body: object | None, lane: Lane, now: int) -> Request:
        """A call, signed over partner id, path, time, token and shop; GET without a body, POST with one."""
        partner, shop = named(self.account, "partner_id"), named(self.account, "shop_id")
        stamp, token = str(now // SECOND), self.secrets.token
        text = partner + path + stamp + token + shop
        sign = hmac_sha256(bytes_of(newest_secret(self.account.channel, self.secrets)), bytes_of(text)).hex()
        common = {"partner_id": partner, "timestamp": stamp, "access_token": token, "shop_id": shop, "sign": sign}
        target = f"{path}?{urlencode({**query, **common})}"
        if body is None:
            return Request("GET", target, lane=lane)
        return Request("POST", target, {"content-type": "application/json"}, _encode(body), lane)

    def _data(self, response: Response) -> msgspec.Raw:
        """What an answer carries; raises Throttled or Unreadable for every answer that is not a success."""
        channel = self.account.channel
        if answers.tells_nothing(response):
            answers.refuse(channel, response)
        answer = _answer(response.body)
        error = _bare(answer.error)
        if error in THROTTLED:
            raise answers.too_many(channel, answers.wait_seconds(response))
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


def _pair(item: Id, model: Id | None) -> tuple[str, str]:
    text = plain_id(model or "0", "model_id")
    return plain_id(item, "item_id"), "" if text == "0" else text


def _price(item: _Item) -> Decimal | None:
    """The price of one unit; a bundle deal's discount is not broken down and told as 0, its original price holds."""
    discounted = item.model_discounted_price
    if discounted is None or (discounted == 0 and item.promotion_type == "bundle_deal"):
        return item.model_original_price
    return discounted
