"""Terms on Shopee: prices of items and models, limits of whole items, vouchers on products.

    price    POST product/update_price
    limit    POST product/update_item, purchase_limit_info
    coupon   GET voucher/get_voucher_list (upcoming, then ongoing) -> add_, update_, end_ or delete_voucher

A limit is an item's, so that of a model would bind its sisters too, and no call is known that lifts one: both are done
by hand. A voucher's code has at most five letters and digits, behind a prefix of the shop's own; a voucher lasts an
hour at least and begins in the future. Whether one of our code is there already is looked up first; one that has not
begun is deleted where a running one is ended. Of a running voucher the platform may refuse a change; that is reported.
"""

import re
from abc import abstractmethod
from collections.abc import Mapping

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import Adapter, Lane, Request, Response
from dashboard.channels.fields import SECOND, Id, decode_as, number_id, whole
from dashboard.channels.term import NONE, ByHand, Term, Wrote

THROTTLED = frozenset(("error_too_many_request", "error_too_many_requests"))
NOBODY_KNOWS = frozenset(("error_server", "error_inner", "error_network", "error_unknown", "error_system_busy"))
ONGOING = "ongoing"
UPCOMING = "upcoming"
VOUCHERS = 100
USES_MAX = 10_000
BEGINS_SECONDS = 60
HOUR = 3600 * SECOND
PRODUCT_VOUCHER = 2
PERCENT_OFF = 2
_CODE = re.compile(r"[A-Za-z0-9]{1,5}")


class _Voucher(msgspec.Struct):
    voucher_id: Id
    voucher_code: str = ""


class _Written(msgspec.Struct):
    failure_list: list[object] | None = None
    voucher_list: list[_Voucher] | None = None
    more: bool = False


class _Answer(msgspec.Struct):
    error: str = ""
    message: str = ""
    response: _Written | None = None


_answer = decode_as(_Answer)


class ShopeeTerms(Adapter):
    """The part of a Shopee adapter that writes terms; a listing's item_id and model_id name a SKU."""

    @abstractmethod
    def _request(self, path: str, query: Mapping[str, str], body: object | None, lane: Lane, now: int) -> Request:
        """Make a signed call."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write a price or a limit, or the next call of a coupon; raises ByHand, Unreadable for unlisted SKUs."""
        if term.kind == "price":
            price = {"model_id": self._model(term.sku), "original_price": float(self.price_of(term))}
            body: dict[str, object] = {"item_id": self._item(term.sku), "price_list": [price]}
            return self._request("/api/v2/product/update_price", {}, body, "stock", now)
        if term.kind == "limit":
            return self._request("/api/v2/product/update_item", {}, self._limit(term), "stock", now)
        if term.kind == "coupon":
            return self._coupon(term, now, found)
        raise ByHand(f"Shopee has no call for a {term.kind.replace('_', ' ')}.")

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Say what became of a call; raises Unreadable."""
        channel = self.account.channel
        if answers.tells_nothing(response):
            return answers.not_written(channel, response) or Wrote("unknown")
        answer = _answer(response.body)
        error = answer.error.rpartition(".")[2][:40]
        if error in THROTTLED:
            return answers.unwritten(answers.throttled(channel, answers.wait_seconds(response)))
        if error in NOBODY_KNOWS:
            return Wrote("unknown", sentence=f"{channel} failed with {error}.")
        written = answer.response or _Written()
        if error or response.status >= 300 or written.failure_list:
            why = error or "the SKU is among what failed"
            return Wrote("refused", sentence=f"{channel} refused it ({response.status}): {why}.")
        if term.kind == "coupon" and found in ("", ONGOING):
            return _looked_up(term, written, found or UPCOMING)
        return Wrote("pushed")

    def _limit(self, term: Term) -> dict[str, object]:
        if self._model(term.sku):
            raise ByHand(f"Shopee limits whole items, and {term.sku} is a model of one.")
        if term.units_per_order is None:
            raise ByHand("Shopee has no call that lifts a limit.")
        limit = {"min_purchase_limit": 1, "max_purchase_limit": {"purchase_limit": term.units_per_order}}
        return {"item_id": self._item(term.sku), "purchase_limit_info": limit}

    def _coupon(self, term: Term, now: int, found: str) -> Request:
        if term.skus:
            self._demand_fitting(term, now)
        if found in ("", ONGOING):
            query = {"page_no": "1", "page_size": str(VOUCHERS), "status": found or UPCOMING}
            return self._request("/api/v2/voucher/get_voucher_list", query, None, "stock", now)
        status, _, number = found.partition(":")
        if not term.skus:
            call = "end_voucher" if status == ONGOING else "delete_voucher"
            return self._request(f"/api/v2/voucher/{call}", {}, {"voucher_id": int(number)}, "stock", now)
        assert term.expires is not None
        offer: dict[str, object] = {
            "voucher_name": term.code,
            "end_time": term.expires // SECOND,
            "percentage": term.percent,
            "usage_quantity": USES_MAX,
            "min_basket_price": 0,
            "item_id_list": sorted({self._item(sku) for sku in term.skus}),
        }
        if found != NONE:
            return self._request(
                "/api/v2/voucher/update_voucher", {}, {"voucher_id": int(number), **offer}, "stock", now
            )
        offer |= {
            "voucher_code": term.code.upper(),
            "start_time": now // SECOND + BEGINS_SECONDS,
            "voucher_type": PRODUCT_VOUCHER,
            "reward_type": PERCENT_OFF,
        }
        return self._request("/api/v2/voucher/add_voucher", {}, offer, "stock", now)

    def _demand_fitting(self, term: Term, now: int) -> None:
        """Raise ByHand for what no Shopee voucher can be."""
        if not _CODE.fullmatch(term.code):
            raise ByHand(f"A Shopee voucher's code takes at most 5 letters and digits; {term.code[:40]} does not fit.")
        if term.expires is None or term.expires < now + HOUR + BEGINS_SECONDS * SECOND:
            raise ByHand("A Shopee voucher lasts an hour at least and needs an end.")
        for sku in term.skus:
            if self._model(sku):
                raise ByHand(f"A Shopee voucher holds on whole items, and {sku} is a model of one.")

    def _item(self, sku: str) -> int:
        return whole(self.theirs(sku, "item_id"), f"item_id of {sku}", 1, 2**63)

    def _model(self, sku: str) -> int:
        return whole(self.account.listings.get(sku, {}).get("model_id") or "0", f"model_id of {sku}", 0, 2**63)


def _looked_up(term: Term, told: _Written, status: str) -> Wrote:
    """What a list of vouchers says: ours by the end of its code, or which list to read next."""
    for voucher in told.voucher_list or ():
        if voucher.voucher_code.upper().endswith(term.code.upper()):
            return Wrote("found", f"{status}:{number_id(voucher.voucher_id, 'voucher_id')}")
    if told.more:
        return Wrote("refused", sentence=f"The shop has more than {VOUCHERS} {status} vouchers; nobody looks further.")
    if status == UPCOMING:
        return Wrote("found", ONGOING)
    return Wrote("found", NONE) if term.skus else Wrote("pushed")
