"""Amazon's Selling Partner API: order notifications in, orders, listings and quantities out.

    SQS queue or EventBridge -> forwarder -> POST + secret header -> check -> read -> OrderHeard | OrderKnown | ...
    fetch, list -> Orders API 2026-01-01        levels, push -> Listings Items API 2021-08-01

**In.** Amazon signs no body: an ORDER_CHANGE arrives in a queue that only the account's identity can write to. What
forwards it to us proves itself by a secret: `authorization: Bearer <secret>`, `x-api-key: <secret>` (what an
EventBridge API destination can send) or a Standard Webhooks signature, the only one of the three that stops replays.
The notification may still lie in its SQS (`Body`) or EventBridge (`detail`) envelope, its keys in either case.

Quantities are levels: units ordered in all, told again with every change, so order and repetition do no harm. A
notification that carries every item needs no fetch; one without items, or of one item of several (OrderItemLevel), is
an `OrderKnown`. It names no price and no destination, so the show's price and the marketplace's country stand in. A
buyer who only asks for a cancellation (IsBuyerRequestedCancel) has cancelled nothing yet. When fewer units are left
than were ordered and more than one SKU could be meant, the notification is followed by a fetch, which tells it by
item. An order whose items no longer tell a quantity is an order without lines: all of it is cancelled. What Amazon
ships from its own warehouses (AFN, AMAZON) never was on the counter we write, and is left out.

**Out.** The 2026 orders API tells an order with all its items in one call (getOrder, 0.5/s, burst 30) where the one
before, switched off in March 2027, needs two; searchOrders lists a hundred with their items (0.0056/s, burst 20: once
in three minutes, for catching up only). Buyer and address are not asked for: no personal data is needed. Quantities
are set, never changed by a difference, and Amazon says only that it took the patch: what the counter stands at is
read back from the listing. The token is a Login-with-Amazon access token, renewed from outside every hour.
"""

from collections.abc import Sequence
from urllib.parse import quote, urlencode

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
from dashboard.channels.amazon_bodies import (
    COUNTING,
    COUNTRIES,
    answered,
    cancelled,
    complaint,
    lines,
    noted_items,
    opened,
    plain,
    told_items,
    wait_seconds,
    with_missing,
)
from dashboard.channels.amazon_terms import AmazonTerms
from dashboard.channels.fields import Table, decode, find, identity, inner, instant, iso, named, rows, whole, word
from dashboard.channels.signatures import check_secret_header, check_standard

ORDERS = "/orders/2026-01-01/orders"
LISTINGS = "/listings/2021-08-01/items"
LEVELS_MAX = 20
"""Most SKUs one listings search takes."""
PAGE = 100
AGENT = "LiveWarRoom/0.1 (Language=Python)"


class Amazon(AmazonTerms):
    """A seller's account on Amazon, in one region; `names` holds seller_id and marketplace_id."""

    capability = Capability(
        push="absolute",
        calls_per_minute=120,
        fetches_per_minute=30,
        orders_per_fetch=1,
        lists_per_minute=0.33,
        lists_apart=True,
        levels_per_call=20,
        restocks_on_cancel=True,  # of the two possible mistakes this one withholds units, the other oversells
        time_resolution=1_000,
        terms=("price", "limit"),
    )
    sku_names = ("seller_sku",)

    # --- Amazon speaks ----------------------------------------------------------------------------------------

    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless the forwarder shows a secret we hold, or signed the body with one."""
        headers = delivery.headers
        if "webhook-signature" in headers:
            check_standard(self.account.channel, self.secrets, delivery)
            return
        scheme, _, token = headers.get("authorization", "").strip().partition(" ")
        shown = token.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "").strip()
        check_secret_header(self.account.channel, self.secrets, shown)

    def read(self, delivery: Delivery) -> Read:
        """Say what a notification says; raises Unreadable."""
        note = opened(decode(delivery.body))
        metadata = inner(find(note, "NotificationMetadata", "notificationMetadata"), "NotificationMetadata")
        ids = (identity(find(metadata, "NotificationId", "notificationId"), "NotificationId"),)
        kind = identity(find(note, "NotificationType", "notificationType"), "NotificationType")
        if kind.upper() != "ORDER_CHANGE":
            return Read(ids, (Ignored("Only ORDER_CHANGE notifications are read; this one is of another type."),))
        payload = inner(find(note, "Payload", "payload"), "Payload")
        change = inner(find(payload, "OrderChangeNotification", "orderChangeNotification"), "OrderChangeNotification")
        seller = word(find(change, "SellerId", "sellerId"), "SellerId")
        ours = self.account.names.get("seller_id", "")
        if seller and ours and seller != ours:
            raise Unreadable(f"The notification is for another seller than {self.account.channel}'s seller_id.")
        told = instant(find(note, "EventTime", "eventTime"), "EventTime")
        return Read(ids, self._heard(change, told))

    def _heard(self, change: Table, told: int | None) -> tuple[Heard, ...]:
        """What one order change says; `told` is when it was said."""
        order = identity(find(change, "AmazonOrderId", "amazonOrderId"), "AmazonOrderId")
        level = word(find(change, "NotificationLevel", "notificationLevel"), "NotificationLevel").lower()
        trigger = inner(find(change, "OrderChangeTrigger", "orderChangeTrigger"), "OrderChangeTrigger")
        changed = find(trigger, "TimeOfOrderChange", "timeOfOrderChange")
        updated = instant(changed, "TimeOfOrderChange")
        updated = told if updated is None else updated
        summary = inner(find(change, "Summary", "summary"), "Summary")
        at = instant(find(summary, "PurchaseDate", "purchaseDate"), "PurchaseDate")
        marketplace = word(find(summary, "MarketplaceId", "marketplaceId"), "MarketplaceId")
        channel = self.counted_for(marketplace)
        if word(find(summary, "FulfillmentType", "fulfillmentType"), "FulfillmentType").upper() == "AFN":
            return (Ignored("Amazon ships the order from its own warehouse; it takes nothing from ours."),)
        status = plain(find(summary, "OrderStatus", "orderStatus"), "OrderStatus")
        items = noted_items(summary, status == "canceled", self.our_sku)
        if status == "canceled" and (not items or level == "orderitemlevel"):
            return (CancelHeard(order, at=updated, channel=channel),)
        known = OrderKnown(order, at, channel)
        if not items or level == "orderitemlevel":
            return (known,)
        items, sure = with_missing(items, summary) if status in COUNTING else (items, True)
        heard = OrderHeard(
            order, lines(items), at, updated, COUNTRIES.get(marketplace, ""), "", "", channel, cancelled(items)
        )
        return (heard,) if sure else (heard, known)

    # --- we speak ---------------------------------------------------------------------------------------------

    def _request(self, method: str, path: str, query: dict[str, str], lane: Lane, body: bytes = b"") -> Request:
        headers = {"x-amz-access-token": self.secrets.token, "accept": "application/json", "user-agent": AGENT}
        if body:
            headers["content-type"] = "application/json"
        given = {name: value for name, value in query.items() if value}
        return Request(method, f"{path}?{urlencode(given, quote_via=quote, safe=',')}", headers, body, lane)

    def _marketplaces(self) -> str:
        return self.account.names.get("marketplace_id", "")

    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """Ask for one order with its items, without the buyer's data."""
        if len(orders) != 1:
            raise Unreadable(f"Amazon tells one order a call; it was asked for {len(orders)}.")
        query = {"includedData": "CANCELLATION,FULFILLMENT"}
        return self._request("GET", f"{ORDERS}/{quote(orders[0], safe='')}", query, "orders")

    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read the answer: the order, or none when Amazon does not know it; raises Unreadable."""
        if response.status == 404:
            return ()
        told = inner(find(answered(response), "order", "payload"), "order")
        return tuple(self._orders([told]))

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """Ask for the merchant's orders changed at or after a time, a hundred a page."""
        query = {
            "lastUpdatedAfter": iso(since),
            "marketplaceIds": self._marketplaces(),
            "fulfilledBy": "MERCHANT",
            "includedData": "CANCELLATION,FULFILLMENT",
            "maxResultsPerPage": str(PAGE),
            "paginationToken": page,
        }
        return self._request("GET", ORDERS, query, "orders")

    def read_page(self, response: Response) -> OrderPage:
        """Read a page; `at` is the time up to which Amazon has told everything."""
        answer = answered(response)
        heard = tuple(self._orders(rows(answer.get("orders"), "orders")))
        token = word(inner(answer.get("pagination"), "pagination").get("nextToken"), "nextToken", most=5_000)
        return OrderPage(heard, token, instant(answer.get("lastUpdatedBefore"), "lastUpdatedBefore"))

    def _orders(self, told: list[Table]) -> list[OrderHeard]:
        """Orders of the orders API in our words; what Amazon ships itself is left out."""
        heard = []
        for row in told:
            fulfillment = inner(row.get("fulfillment"), "fulfillment")
            if word(fulfillment.get("fulfilledBy"), "fulfilledBy").upper() == "AMAZON":
                continue
            status = plain(fulfillment.get("fulfillmentStatus"), "fulfillmentStatus")
            marketplace = word(inner(row.get("salesChannel"), "salesChannel").get("marketplaceId"), "marketplaceId")
            items, currency = told_items(row, status, self.account.currency, self.our_sku)
            heard.append(
                OrderHeard(
                    identity(row.get("orderId"), "orderId"),
                    lines(items),
                    instant(row.get("createdTime"), "createdTime"),
                    instant(row.get("lastUpdatedTime"), "lastUpdatedTime"),
                    COUNTRIES.get(marketplace, ""),
                    currency,
                    "",
                    self.counted_for(marketplace),
                    cancelled(items),
                )
            )
        return heard

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask for the listed quantities of at most 20 SKUs; one alone may have a comma in its name."""
        if not 1 <= len(skus) <= LEVELS_MAX:
            raise Unreadable(f"Amazon tells the levels of 1 to {LEVELS_MAX} SKUs a call, not of {len(skus)}.")
        names = [self._seller_sku(sku) for sku in skus]
        query = {"marketplaceIds": self._marketplaces(), "includedData": "fulfillmentAvailability"}
        if len(names) == 1:
            return self._request("GET", self._listing_path(names[0]), query, "stock")
        if any("," in name for name in names):
            raise Unreadable(
                "Amazon cannot search for a SKU with a comma in it together with others; ask for it alone."
            )
        query |= {"identifiersType": "SKU", "identifiers": ",".join(names), "pageSize": str(LEVELS_MAX)}
        return self._request("GET", f"{LISTINGS}/{quote(self._seller(), safe='')}", query, "stock")

    def read_levels(self, response: Response) -> Levels:
        """Read the listed quantities; a listing without one is left out."""
        if response.status == 404:
            return Levels({})
        answer = answered(response)
        channel = self._fulfillment_channel()
        levels = {}
        for item in rows(answer["items"], "items") if "items" in answer else [answer]:
            sku = self.our_sku(identity(item.get("sku"), "sku"))
            for row in rows(item.get("fulfillmentAvailability"), "fulfillmentAvailability"):
                if row.get("fulfillmentChannelCode") == channel and row.get("quantity") is not None:
                    levels[sku] = whole(row["quantity"], "quantity")
        return Levels(levels)

    def push(self, push: Push, now: int) -> Request:
        """Set the quantity of a listing and leave its handling time alone (merge)."""
        if push.kind != "absolute":
            raise Unreadable(f"Amazon's quantity can only be set; {push.kind} is not what it does, absolute is.")
        value = [{"fulfillment_channel_code": self._fulfillment_channel(), "quantity": push.quantity}]
        patch = {"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}
        product = self.account.listings.get(push.sku, {}).get("product_type", "PRODUCT")
        body = msgspec.json.encode({"productType": product, "patches": [patch]})
        path = self._listing_path(self._seller_sku(push.sku))
        return self._request("PATCH", path, {"marketplaceIds": self._marketplaces()}, "stock", body)

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Read what became of it: applied when Amazon took the patch, without saying what the counter stands at."""
        if response.status == 429:
            return answers.throttled("Amazon", wait_seconds(response))
        undone = answers.not_done("Amazon", response, complaint(response, "errors"))
        if undone is not None:
            return undone
        status = word(decode(response.body).get("status"), "status").upper()
        if status == "ACCEPTED":
            return Pushed("applied")
        if status == "INVALID":
            return Pushed(
                "refused", sentence=f"Amazon refuses the listing: {complaint(response, 'issues') or 'no reason'}."
            )
        raise Unreadable("status is neither ACCEPTED nor INVALID.")

    def _seller(self) -> str:
        return named(self.account, "seller_id")

    def _seller_sku(self, sku: str) -> str:
        """Amazon's SellerSKU is the seller's own word, so ours holds where the account lists no other."""
        return self.account.listings.get(sku, {}).get("seller_sku", sku)

    def _listing_path(self, name: str) -> str:
        return f"{LISTINGS}/{quote(self._seller(), safe='')}/{quote(name, safe='')}"

    def _fulfillment_channel(self) -> str:
        return self.account.names.get("fulfillment_channel_code", "DEFAULT")
