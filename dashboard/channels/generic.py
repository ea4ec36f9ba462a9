"""Our own small protocol, for shops and middleware that have none of the big platforms' speech.

    the shop   POST <callback_url>                        one event a delivery         -> check -> read -> Heard
    us         GET  /orders?ids=A,B                       orders by number
               GET  /orders?changed_since=TIME&page=PAGE  orders created, changed, cancelled at or after TIME
               GET  /levels?skus=A,B                      what the counters stand at
               POST /listings                             change one counter
               POST /terms                                write a price, limit, coupon ... (`generic_terms`)

**Events** are CloudEvents 1.0 in structured mode, or `{"type", "timestamp", "data"}`, or the data object alone (its
type in the header `ce-type`, or told by its fields). Types and their data:

    order.created, order.updated  {"order", "lines": [{"sku", "quantity", "price_minor"?}], "time"?, "updated"?,
                                   "country"?, "currency"?, "buyer"?, "source"?, "cancelled"?: [{"sku", "quantity"}]}
    order.cancelled               {"order", "cancelled"?, "lines"?, ...}: without `cancelled` all of it
    level.reported                {"sku", "level" (null: not known), "time"?}
    comment.created               {"comment": id, "text", "time"?, "source"?, "viewer"?}

`lines` is the order as first ordered and `cancelled` what of it is cancelled in all so far: both are levels, so late,
repeated and swapped deliveries do no harm. An order without lines is fetched. `source` is the shop's word for where an
order or a comment came from; the account's `sources` say which channel that is. Prices are whole minor units of one
piece. Of a comment 500 characters are kept, some minutes and in memory; who wrote it (`viewer`) is not even read.
Times are ISO 8601; without an offset they are local to the account's time zone. Ids are texts; a number is taken too.

**Signatures**, both ways, are Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`, five minutes
either way. Of a call without a body, its path with the query is signed in the body's place, so that it cannot be sent
to another path. Calls also carry `authorization: Bearer <token>` where a token is set.

**POST /listings** takes `{"sku", "kind", "quantity", "expected"?}` with kind delta, compare_and_set, absolute or
raise_only, and the header `idempotency-key`: a delta with a key seen before must change nothing again and get the
first answer (repeating one of the others does no harm by itself).
200 answers `{"change", "level"}`: what the counter really changed by and what it stands at. 409 `{"level"}`: it does
not stand at `expected`. 429 with `retry-after` in seconds: later. Any other 4xx: refused, `{"sentence"}` says why.

**GET /orders** answers `{"orders": [data as above], "next_page"?, "time"?}`, `time` being the shop's clock;
**GET /levels** `{"levels": [{"sku", "level", "offered"?}]}`, without the SKUs it does not know.
"""

import re
from collections.abc import Sequence
from typing import get_args
from urllib.parse import quote

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import (
    CancelHeard,
    Capability,
    CommentHeard,
    Delivery,
    Heard,
    Ignored,
    Lane,
    LevelHeard,
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
from dashboard.channels.fields import (
    MINOR_MAX,
    SECOND,
    SHOWN_MAX,
    Table,
    added,
    code,
    decode,
    find,
    identity,
    inner,
    instant,
    iso,
    rows,
    shown,
    whole,
    word,
)
from dashboard.channels.generic_terms import GenericTerms
from dashboard.channels.signatures import check_standard, newest_secret, sign_standard
from dashboard.channels.term import TermKind
from dashboard.decision.world import OrderLine, UnitLine

EVENTS = ("order.created", "order.updated", "order.cancelled", "level.reported", "comment.created")
TEXT_MAX = 500
"""Characters of a comment that are kept."""
_UNSPEAKABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class Generic(GenericTerms):
    """A shop that speaks our own protocol; SKUs go by our names unless a listing gives another `sku`."""

    capability = Capability(push="delta", time_resolution=1, terms=get_args(TermKind))

    # --- the shop speaks --------------------------------------------------------------------------------------

    def check(self, delivery: Delivery) -> None:
        """Raise NotAuthentic unless the delivery is signed by Standard Webhooks with a secret we hold, just now."""
        check_standard(self.account.channel, self.secrets, delivery)

    def read(self, delivery: Delivery) -> Read:
        """Say what an event says; raises Unreadable."""
        event = decode(delivery.body)
        ids = [identity(delivery.headers.get("webhook-id"), "webhook-id")]
        if "specversion" in event:
            source, number = word(event.get("source"), "source"), identity(event.get("id"), "id")
            ids.append(f"{source}#{number}")
        wrapped = "data" in event
        data = inner(event["data"], "data") if wrapped else event
        stamp = find(event, "time", "timestamp") if wrapped else None
        told = instant(stamp, "time", self.account.time_zone)
        return Read(tuple(ids), (self._heard(_kind(event, data, delivery), data, told),))

    def _heard(self, kind: str, data: Table, told: int | None) -> Heard:
        """What an event of a type says; `told` is when it happened by its envelope."""
        if kind == "level.reported":
            level = data.get("level")
            at = instant(data.get("time"), "time", self.account.time_zone)
            sku = self.our_sku(identity(data.get("sku"), "sku"))
            return LevelHeard(sku, None if level is None else whole(level, "level"), told if at is None else at)
        if kind == "comment.created":
            return self._comment(data, told)
        if kind == "order.cancelled":
            return self._cancellation(data, told)
        if kind in ("order.created", "order.updated"):
            return self._order(data, told)
        return Ignored(f"Of the type {shown(kind)} nothing is known; {', '.join(EVENTS)} are read.")

    def _order(self, data: Table, told: int | None = None) -> OrderHeard | OrderKnown:
        """An order as its data object tells it; raises Unreadable."""
        order = identity(find(data, "order", "order_id"), "order")
        zone = self.account.time_zone
        at = instant(data.get("time"), "time", zone)
        channel = self.counted_for(word(data.get("source"), "source"))
        lines = tuple(
            OrderLine(self._sku(row), whole(row.get("quantity"), "quantity", least=1), _price(row.get("price_minor")))
            for row in rows(data.get("lines"), "lines")
        )
        if not lines:
            return OrderKnown(order, at, channel)
        updated = instant(data.get("updated"), "updated", zone)
        return OrderHeard(
            order,
            lines,
            at,
            told if updated is None else updated,
            code(data.get("country"), "country", 2),
            code(data.get("currency"), "currency", 3) or self.account.currency,
            word(data.get("buyer"), "buyer"),
            channel,
            _within(self._cancelled(data), lines),
        )

    def _cancellation(self, data: Table, told: int | None) -> OrderHeard | CancelHeard:
        """A cancelled order: with its lines the whole order is told again, else only what is gone."""
        heard = self._order(data, told)
        gone = self._cancelled(data)
        if data.get("cancelled") is not None and not gone:
            raise Unreadable("cancelled is empty; leave it out when all of the order is cancelled.")
        if isinstance(heard, OrderKnown):
            at = instant(data.get("updated"), "updated", self.account.time_zone)
            return CancelHeard(heard.order, gone, told if at is None else at, heard.channel)
        if data.get("cancelled") is not None:
            return heard
        return msgspec.structs.replace(heard, cancelled=_all_of(heard.lines))

    def _cancelled(self, data: Table) -> tuple[UnitLine, ...]:
        """Units cancelled so far, one line a SKU."""
        told = rows(data.get("cancelled"), "cancelled")
        return added((self._sku(row), whole(row.get("quantity"), "quantity")) for row in told)

    def _comment(self, data: Table, told: int | None) -> CommentHeard:
        """What somebody in the audience wrote, on one line; raises Unreadable for what has no words."""
        comment, text = identity(data.get("comment"), "comment"), data.get("text")
        if not isinstance(text, str):
            raise Unreadable(f"text is {shown(text)}; it takes what the viewer wrote.")
        words = _UNSPEAKABLE.sub(" ", text).strip()
        if not words:
            raise Unreadable("text is empty; it takes what the viewer wrote.")
        at = instant(data.get("time"), "time", self.account.time_zone)
        channel = self.counted_for(word(data.get("source"), "source"))
        return CommentHeard(comment, words[:TEXT_MAX], told if at is None else at, len(words) > TEXT_MAX, channel)

    def is_chat(self, delivery: Delivery) -> bool:
        """Tell whether a delivery is a comment: by its type, by its fields, or by what is left of them."""
        if b"comment" not in delivery.body and "comment" not in delivery.headers.get("ce-type", ""):
            return False
        try:
            event = decode(delivery.body)
            return "comment" in _kind(event, inner(event.get("data", event), "data"), delivery)
        except Unreadable:
            return True

    def _sku(self, row: Table) -> str:
        return self.our_sku(identity(row.get("sku"), "sku"))

    # --- we speak ---------------------------------------------------------------------------------------------

    def _request(self, method: str, path: str, lane: Lane, now: int, key: str, body: bytes = b"") -> Request:
        """A signed call; raises Unreadable when there is no secret that it can be signed with."""
        secret = newest_secret(self.account.channel, self.secrets)
        try:
            headers = sign_standard(secret, key, now // SECOND, body or path.encode())
        except NotAuthentic as problem:
            raise Unreadable(str(problem)) from None
        headers["accept"] = "application/json"
        if self.secrets.token:
            headers["authorization"] = f"Bearer {self.secrets.token}"
        if body:
            headers |= {"content-type": "application/json", "idempotency-key": key}
        return Request(method, path, headers, body, lane)

    def _ask(self, path: str, lane: Lane, now: int) -> Request:
        return self._request("GET", path, lane, now, f"call-{now}")

    def fetch_orders(self, orders: Sequence[str], now: int) -> Request:
        """Ask for orders by number."""
        return self._ask(f"/orders?ids={_listed(orders)}", "orders", now)

    def read_orders(self, response: Response) -> tuple[OrderHeard, ...]:
        """Read the orders the shop knows; raises Unreadable, also when one of them has no lines."""
        heard = []
        for row in rows(_answered(response).get("orders"), "orders"):
            order = self._order(row)
            if isinstance(order, OrderKnown):
                raise Unreadable(f"The order {shown(order.order)} has no lines; an answer takes them.")
            heard.append(order)
        return tuple(heard)

    def list_orders(self, since: int, page: str, now: int) -> Request:
        """Ask for one page of the orders changed at or after a time."""
        rest = f"&page={quote(page, safe='')}" if page else ""
        return self._ask(f"/orders?changed_since={iso(since, 6)}{rest}", "orders", now)

    def read_page(self, response: Response) -> OrderPage:
        """Read one page; raises Unreadable."""
        answer = _answered(response)
        heard = tuple(self._order(row) for row in rows(answer.get("orders"), "orders"))
        at = instant(answer.get("time"), "time", self.account.time_zone)
        return OrderPage(heard, word(answer.get("next_page"), "next_page", most=5_000), at)

    def ask_levels(self, skus: Sequence[str], now: int) -> Request:
        """Ask what some counters stand at."""
        return self._ask(f"/levels?skus={_listed([self._their_sku(sku) for sku in skus])}", "stock", now)

    def read_levels(self, response: Response) -> Levels:
        """Read the levels of the SKUs the shop knows; raises Unreadable."""
        levels, offered = {}, {}
        for row in rows(_answered(response).get("levels"), "levels"):
            sku = self._sku(row)
            if row.get("level") is not None:
                levels[sku] = whole(row["level"], "level")
            if row.get("offered") is not None:
                offered[sku] = whole(row["offered"], "offered")
        return Levels(levels, offered)

    def push(self, push: Push, now: int) -> Request:
        """Change a listing; the key travels as `idempotency-key` and `webhook-id`."""
        body: dict[str, str | int] = {
            "sku": self._their_sku(push.sku),
            "kind": push.kind,
            "quantity": push.quantity,
        }
        if push.expected is not None:
            body["expected"] = push.expected
        return self._request("POST", "/listings", "stock", now, quote(push.key, safe=""), msgspec.json.encode(body))

    def read_push(self, push: Push, response: Response) -> Pushed:
        """Read what became of a push; raises Unreadable."""
        undone = None if response.status == 409 else answers.not_done("The shop", response, _complaint(response))
        if undone is not None:
            return undone
        answer = decode(response.body)
        level, change = answer.get("level"), answer.get("change")
        stands = None if level is None else whole(level, "level")
        if response.status == 409:
            return Pushed("mismatch", level=stands, sentence="The counter does not stand at what was expected.")
        return Pushed("applied", None if change is None else _change(change), stands)

    def _their_sku(self, sku: str) -> str:
        return self.account.listings.get(sku, {}).get("sku", sku)


def _kind(event: Table, data: Table, delivery: Delivery) -> str:
    """The type of an event: its own, that of the header where it has no envelope, else told by the data's fields."""
    named = event.get("type") if "data" in event or "type" in event else delivery.headers.get("ce-type")
    return word(named, "type") or _guess(data)


def _guess(data: Table) -> str:
    """The type of a data object that comes without one."""
    if "level" in data:
        return "level.reported"
    if "comment" in data and not {"order", "order_id", "lines", "cancelled"} & data.keys():
        return "comment.created"
    return "order.updated" if "lines" in data or "cancelled" not in data else "order.cancelled"


def _price(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MINOR_MAX:
        return value
    raise Unreadable(f"price_minor is {shown(value)}; it takes whole minor units from 0 to {MINOR_MAX}.")


def _change(value: object) -> int:
    """Units a counter changed by, either way."""
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return -whole(-value, "change")
    return whole(value, "change")


def _all_of(lines: Sequence[OrderLine]) -> tuple[UnitLine, ...]:
    """Every unit of some lines, one line a SKU; raises Unreadable when they are more than a journal can count."""
    return added((line.sku, line.quantity) for line in lines)


def _within(gone: tuple[UnitLine, ...], lines: Sequence[OrderLine]) -> tuple[UnitLine, ...]:
    """The cancelled units, if they were ordered at all; raises Unreadable."""
    ordered = {line.sku: line.quantity for line in _all_of(lines)}
    for line in gone:
        if line.quantity > ordered.get(line.sku, 0):
            raise Unreadable(f"cancelled has more of {shown(line.sku)} than lines; it takes at most what was ordered.")
    return gone


def _listed(words: Sequence[str]) -> str:
    return ",".join(quote(one, safe="") for one in words)


def _answered(response: Response) -> Table:
    """The body of an answer that is one; raises Throttled or Unreadable."""
    answers.refuse("The shop", response, _complaint(response))
    return decode(response.body)


def _complaint(response: Response) -> str:
    """The first 40 characters of why a shop refuses, empty where it is no refusal or none is told."""
    if 200 <= response.status < 300:
        return ""
    try:
        sentence = word(decode(response.body).get("sentence"), "sentence", most=10_000)
    except Unreadable:
        sentence = ""
    return sentence[:SHOWN_MAX]
