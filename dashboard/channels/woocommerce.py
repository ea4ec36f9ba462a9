"""WooCommerce: full orders by webhook, counters by REST v3; a counter can only be set, whatever it is.

    order.created, order.updated, order.restored -> OrderHeard      order.deleted   -> CancelHeard
    product.created, product.updated             -> LevelHeard      everything else -> Ignored

A shop takes stock when an order is on hold, processing or completed. Before that (pending, draft) nothing was taken and
the order is ignored until it is; so is one that failed before it was paid, for its buyer may try again and a
cancellation could not be taken back. Cancelled, refunded, trashed, and failed after it was paid: nothing of it is left.

An order's `refunds` tell totals only, no units. What a line has lost is told by the shop's own bookkeeping
beside the line (`woocommerce_bodies`), cumulatively.

A delivery id is a hash of the webhook and the second, so two orders of one second share it: here the body is part of
the id. The ping that tests a new webhook is not signed by the shop; it is let through because it says nothing, and only
where it is nothing but `webhook_id=` and a number.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import (
    Account,
    CancelHeard,
    Capability,
    Delivery,
    Ignored,
    LevelHeard,
    Levels,
    OrderHeard,
    OrderPage,
    Push,
    Pushed,
    Read,
    Request,
    Response,
    Secrets,
    Unreadable,
)
from dashboard.channels.fields import Id, added, code, decode_as, instant, iso, minor, number_id, shown, word
from dashboard.channels.signatures import bytes_of, check_hmac
from dashboard.channels.woocommerce_bodies import Body, Item, taken, topic_of, whole_units
from dashboard.channels.woocommerce_terms import ROOT, WooCommerceTerms
from dashboard.decision.world import OrderLine

SIGNATURE = "x-wc-webhook-signature"
ID_HEADERS = ("x-wc-webhook-delivery-id", "x-wc-delivery-id")
ORDER_TOPICS = ("order.created", "order.updated", "order.restored")
PRODUCT_TOPICS = ("product.created", "product.updated", "product.restored")
NOT_YET = ("pending", "draft", "auto-draft", "checkout-draft", "new")
GONE = ("cancelled", "refunded", "trash")
PING = re.compile(rb"webhook_id=\d{1,20}")
NEXT_PAGE = re.compile(r"<([^<>]*)>\s*;\s*rel=\"?next\"?")
PER_PAGE = 100


_body = decode_as(Body)
_bodies = decode_as(list[Body])


class WooCommerce(WooCommerceTerms):
    """One WooCommerce shop; a listing holds a product_id, and a variation_id and a sku where there is one."""

    capability = Capability(push="absolute", orders_per_fetch=PER_PAGE, terms=("price", "coupon"))
    sku_names = ("sku", "variation_id", "product_id")

    def __init__(self, account: Account, secrets: Secrets) -> None:
        super().__init__(account, secrets)
        # Numbers are small here: a SKU called 101 and a product 101 are told apart by the name of the id.
        self._sku_of = {
            (name, value): sku
            for sku, names in account.listings.items()
            for name, value in names.items()
            if name != "product_id" or names.get("variation_id", "0") in ("", "0")
        }

    # --- the platform speaks ----------------------------------------------------------------------------------

    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless x-wc-webhook-signature signs the raw body with one of our keys; a ping may pass."""
        if SIGNATURE not in delivery.headers and PING.fullmatch(delivery.body):
            return
        check_hmac(self.account.channel, self.secrets, delivery, SIGNATURE, delivery.body)

    def read(self, delivery: Delivery) -> Read:
        """Say what a webhook says, by its topic, or by its shape where the topic is missing; raises Unreadable."""
        ids = _ids(delivery)
        if PING.fullmatch(delivery.body):
            return Read(ids, (Ignored("The shop tests its webhook."),))
        topic = delivery.headers.get("x-wc-webhook-topic", "").strip().lower()
        if topic and topic not in (*ORDER_TOPICS, *PRODUCT_TOPICS, "order.deleted"):
            return Read(ids, (Ignored("This topic moves no stock."),))
        body = _body(delivery.body)
        topic = topic or topic_of(body)
        if topic in PRODUCT_TOPICS:
            return Read(ids, (self._level(body),))
        if topic == "order.deleted":
            return Read(ids, (CancelHeard(number_id(body.id, "id"), at=self._at(body, "date_modified")),))
        return Read(ids, (self._order(body),))

    def _order(self, body: Body) -> OrderHeard | Ignored:
        order = number_id(body.id, "id")
        status = (body.status or "").removeprefix("wc-")
        if not status:
            raise Unreadable("status is missing; an order has one, such as processing.")
        if body.line_items is None:
            raise Unreadable("line_items is missing; an order lists them.")
        paid = body.date_paid_gmt or body.date_paid
        if status in NOT_YET or (status == "failed" and not paid):
            return Ignored(f"The shop takes no stock for an order that is {status}.")
        # Shops add states of their own (packed, shipped); they come after an order was accepted.
        gone = status in GONE or status == "failed"
        currency = code(body.currency, "currency", 3) or self.account.currency
        lines, lost = self._lines(body.line_items, gone, currency)
        if not lines:
            return Ignored(f"Order {order[:40]} has no line that takes stock.")
        buyer = word(body.customer_id, "customer_id")
        return OrderHeard(
            order,
            tuple(lines),
            at=self._at(body, "date_created"),
            updated_at=self._at(body, "date_modified"),
            country=code(body.shipping and body.shipping.country, "shipping.country", 2)
            or code(body.billing and body.billing.country, "billing.country", 2),
            currency=currency,
            buyer="" if buyer == "0" else buyer,
            channel=self._source(body),
            cancelled=added(lost),
        )

    def _lines(self, items: list[Item], gone: bool, currency: str) -> tuple[list[OrderLine], list[tuple[str, int]]]:
        """The lines that take stock, and what of each is cancelled by now; raises Unreadable."""
        lines: list[OrderLine] = []
        lost: list[tuple[str, int]] = []
        for item in items:
            sku = self._sku(item.sku, item.variation_id, item.product_id)
            if not sku or not item.quantity:
                continue
            lines.append(OrderLine(sku, item.quantity, minor(item.price, "price", currency)))
            lost.append((sku, item.quantity if gone else item.quantity - taken(item)))
        return lines, lost

    def _sku(self, sku: Id | None, variation: Id | None, product: Id | None) -> str:
        """Our SKU, else the first name there is; a product stands for itself only where no variation of it does."""
        names = [("sku", word(sku, "sku"))]
        if variation not in (None, 0, "0", ""):
            names.append(("variation_id", number_id(variation, "variation_id")))
        elif product not in (None, 0, "0", ""):
            names.append(("product_id", number_id(product, "product_id")))
        for name in names:
            if name in self._sku_of:
                return self._sku_of[name]
        return next((value for _, value in names if value), "")

    def _level(self, body: Body) -> LevelHeard | Ignored:
        sku = self._listed(body)
        if not sku:
            return Ignored("This product is not listed here.")
        return LevelHeard(sku, whole_units(body.stock_quantity), self._at(body, "date_modified"))

    def _listed(self, body: Body) -> str:
        """Our SKU of a product or variation, empty if it is not listed; raises Unreadable."""
        number = number_id(body.id, "id")
        names = (("variation_id", number), ("product_id", number), ("sku", word(body.sku, "sku")))
        return next((self._sku_of[name] for name in names if name in self._sku_of), "")

    def _at(self, body: Body, name: str) -> int | None:
        """A time of a body: its UTC twin where there is one, else local time in the shop's zone."""
        gmt = instant(getattr(body, f"{name}_gmt"), f"{name}_gmt")
        return gmt if gmt is not None else instant(getattr(body, name), name, self.account.time_zone)

    def _source(self, body: Body) -> str:
        """The channel an order is counted for, by the origin the shop noted or how it was made; empty for our own."""
        if not self.account.sources:
            return ""
        origins = [meta.value for meta in body.meta_data or () if meta.key == "_wc_order_attribution_utm_source"]
        for origin in (*origins, body.created_via):
            if isinstance(origin, str) and origin in self.account.sources:
                return self.counted_for(origin)
        return ""

    # --- we speak ---------------------------------------------------------------------------------------------

    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """Ask for up to 100 orders by number."""
        return self._get("/orders", {"include": ",".join(orders), "per_page": str(PER_PAGE)})

    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read orders; unknown ones, and those that take no stock, are absent. Raises Unreadable."""
        heard = [self._order(body) for body in self._rows(response)]
        return tuple(order for order in heard if isinstance(order, OrderHeard))

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """Ask for a page of the orders changed since a second of the shop's clock; `page` counts from 1.

        By number, not by time: an order that changes while pages are read would move to the end and pull another one
        past us.
        """
        query = {
            # `after` excludes its own second.
            "modified_after": iso(max(0, since - 1_000_000), 0)[:-1],
            "dates_are_gmt": "true",
            "orderby": "id",
            "order": "asc",
            "per_page": str(PER_PAGE),
            "page": page or "1",
        }
        return self._get("/orders", query)

    def read_page(self, response: Response) -> OrderPage:
        """Read a page; the `link` header tells the next one. Raises Unreadable."""
        heard = self.read_orders(response)
        link = NEXT_PAGE.search(response.headers.get("link", ""))
        page = ""
        if link:
            page = _page_of(link[1])
            if not (page.isascii() and page.isdigit()):
                raise Unreadable(f"The next page is called {shown(page)}; it should be a number.")
        return OrderPage(heard, page, answers.answered_at(response))

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask what counters stand at: by SKU where all have one, else by variation or product; raises Unreadable."""
        listed = [self.account.listings.get(sku, {}) for sku in skus]
        query = {"per_page": str(PER_PAGE), "_fields": "id,sku,stock_quantity"}
        if all(names.get("sku") for names in listed):
            query["sku"] = ",".join(names["sku"] for names in listed)
        elif all(names.get("variation_id") for names in listed):
            query |= {"type": "variation", "include": ",".join(names["variation_id"] for names in listed)}
        elif any(names.get("variation_id") for names in listed):
            raise Unreadable(f"Products and variations of {self.account.channel} are asked for by sku; add it to each.")
        else:
            query["include"] = ",".join(self.theirs(sku, "product_id") for sku in skus)
        return self._get("/products", query, stock=True)

    def read_levels(self, response: Response) -> Levels:
        """Read counters; a product without one of its own is absent. Raises Unreadable."""
        units: dict[str, int] = {}
        for body in self._rows(response):
            sku, level = self._listed(body), whole_units(body.stock_quantity)
            if sku and level is not None:
                units[sku] = level
        return Levels(units)

    def push(self, push: Push, now: int) -> Request:
        """Set a counter, whatever it is; raises Unreadable for any other kind."""
        if push.kind != "absolute":
            raise Unreadable(f"A WooCommerce counter cannot be written as {push.kind}; use absolute.")
        path = self.product_path(push.sku)
        body = msgspec.json.encode({"manage_stock": True, "stock_quantity": push.quantity})
        return Request("PUT", path, {**self._headers(), "content-type": "application/json"}, body, "stock")

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Say what became of a push; the shop tells where the counter stands, not what it changed by."""
        undone = answers.not_done("WooCommerce", response)
        if undone is not None:
            return undone
        level = whole_units(_body(response.body).stock_quantity)
        if level is None:
            raise Unreadable("stock_quantity is missing; a product that manages its stock has one.")
        return Pushed("applied", level=level)

    # --- how we speak -----------------------------------------------------------------------------------------

    def _headers(self) -> dict[str, str]:
        return {"authorization": "Basic " + base64.b64encode(bytes_of(self.secrets.token)).decode()}

    def _get(self, path: str, query: dict[str, str], stock: bool = False) -> Request:
        return Request("GET", f"{ROOT}{path}?{urlencode(query)}", self._headers(), lane="stock" if stock else "orders")

    def _rows(self, response: Response) -> list[Body]:
        answers.refuse("WooCommerce", response)
        return _bodies(response.body)


def _ids(delivery: Delivery) -> tuple[str, ...]:
    given = [word(delivery.headers.get(name), name) for name in ID_HEADERS]
    digest = hashlib.sha256(delivery.body).hexdigest()[:16]
    return tuple(dict.fromkeys(f"{name}:{digest}" for name in given if name))


def _page_of(url: str) -> str:
    try:
        return parse_qs(urlsplit(url).query).get("page", [""])[0]
    except ValueError:
        return ""
