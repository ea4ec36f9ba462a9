"""Terms on WooCommerce: prices of products and variations, and coupons; a limit per order has no field of its own.

    price    PUT products/{id} or products/{id}/variations/{id}: the regular price, and no sale price beside it
    coupon   GET coupons?code= -> POST coupons | PUT coupons/{id} | DELETE coupons/{id}

A coupon of a code is looked up first, so that a creation whose answer was lost becomes a change. The shop writes codes
in lower case. A coupon that is gone when it shall be deleted is as good as deleted.
"""

from abc import abstractmethod
from urllib.parse import quote, urlencode

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import Adapter, Request, Response
from dashboard.channels.fields import SHOWN_MAX, Id, decode_as, iso, number_id
from dashboard.channels.term import NONE, ByHand, Term, Wrote

ROOT = "/wp-json/wc/v3"
TAKEN = "woocommerce_rest_coupon_code_already_exists"


class _Coupon(msgspec.Struct):
    id: Id
    code: str = ""


class _Problem(msgspec.Struct):
    code: str | int = ""
    message: str = ""


_coupons = decode_as(list[_Coupon])
_problem = decode_as(_Problem)


class WooCommerceTerms(Adapter):
    """The part of a WooCommerce adapter that writes terms; a listing's product and variation name a SKU."""

    @abstractmethod
    def _headers(self) -> dict[str, str]:
        """Who calls."""

    @abstractmethod
    def _get(self, path: str, query: dict[str, str], stock: bool = False) -> Request:
        """Ask for something."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write a price, or the next call of a coupon; raises ByHand for other terms, Unreadable for unlisted SKUs."""
        if term.kind == "price":
            return self._put(self.product_path(term.sku), {"regular_price": self.price_of(term), "sale_price": ""})
        if term.kind != "coupon":
            raise ByHand(f"WooCommerce has no call for a {term.kind.replace('_', ' ')}.")
        if not found:
            return self._get("/coupons", {"code": term.code, "_fields": "id,code"}, stock=True)
        path = f"{ROOT}/coupons/{quote(found, safe='')}"
        if not term.skus:
            return Request("DELETE", f"{path}?{urlencode({'force': 'true'})}", self._headers(), lane="stock")
        coupon = {
            "code": term.code.lower(),
            "discount_type": "percent",
            "amount": str(term.percent),
            "product_ids": [int(self._named(sku)) for sku in term.skus],
            "date_expires_gmt": None if term.expires is None else iso(term.expires, 0)[:-1],
        }
        return self._put(f"{ROOT}/coupons", coupon, "POST") if found == NONE else self._put(path, coupon)

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Say what became of a call; raises Unreadable."""
        if term.kind == "coupon" and not term.skus and found and response.status in (404, 410):
            return Wrote("pushed")
        silent = answers.tells_nothing(response) or response.status < 300
        why = _Problem() if silent else _problem(response.body)
        if why.code == TAKEN:
            return Wrote("unknown", sentence="The code is there already; it is looked up again.")
        undone = answers.not_written("WooCommerce", response, why.message[:SHOWN_MAX])
        if undone is not None:
            return undone
        if term.kind != "coupon" or found:
            return Wrote("pushed")
        for coupon in _coupons(response.body):
            if coupon.code.lower() == term.code.lower():
                return Wrote("found", number_id(coupon.id, "id"))
        return Wrote("found", NONE) if term.skus else Wrote("pushed")

    def product_path(self, sku: str) -> str:
        """The path of a SKU's product, or of its variation; raises Unreadable for one the account does not list."""
        product = self.theirs(sku, "product_id")
        path = f"{ROOT}/products/{quote(product, safe='')}"
        variation = self.account.listings[sku].get("variation_id", "")
        return path if variation in ("", "0") else f"{path}/variations/{quote(variation, safe='')}"

    def _named(self, sku: str) -> str:
        """The number a coupon knows a SKU by: its variation's, else its product's."""
        product = self.theirs(sku, "product_id")
        variation = self.account.listings[sku].get("variation_id", "")
        return number_id(product if variation in ("", "0") else variation, f"product_id of {sku}")

    def _put(self, path: str, body: object, method: str = "PUT") -> Request:
        headers = {**self._headers(), "content-type": "application/json"}
        return Request(method, path, headers, msgspec.json.encode(body), "stock")
