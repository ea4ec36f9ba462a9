"""Terms on Amazon: an offer's price and the most units of an order; coupons are made in Seller Central.

    price    PATCH listings item, merge purchasable_offer: our_price of the offer to everybody
    limit    PATCH listings item, replace or delete max_order_quantity

Amazon says only that it took the patch; it takes minutes until buyers see it. The other parts of an offer (sale prices,
bounds, business prices) are left alone.
"""

from abc import abstractmethod

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import Adapter, Lane, Request, Response, Unreadable
from dashboard.channels.amazon_bodies import complaint, wait_seconds
from dashboard.channels.fields import decode, named, word
from dashboard.channels.term import ByHand, Term, Wrote


class AmazonTerms(Adapter):
    """The part of an Amazon adapter that writes terms, by SellerSKU."""

    @abstractmethod
    def _request(self, method: str, path: str, query: dict[str, str], lane: Lane, body: bytes = b"") -> Request:
        """Make a call."""

    @abstractmethod
    def _listing_path(self, name: str) -> str:
        """The path of a listing."""

    @abstractmethod
    def _seller_sku(self, sku: str) -> str:
        """Amazon's word for a SKU."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write a price or a limit; raises ByHand for other terms, Unreadable without a marketplace."""
        marketplace = named(self.account, "marketplace_id")
        if term.kind == "price":
            patch = self._price(term, marketplace)
        elif term.kind == "limit":
            path = "/attributes/max_order_quantity"
            if term.units_per_order is None:
                patch = {"op": "delete", "path": path, "value": [{"marketplace_id": marketplace}]}
            else:
                value = {"marketplace_id": marketplace, "value": term.units_per_order}
                patch = {"op": "replace", "path": path, "value": [value]}
        else:
            raise ByHand(f"Amazon has no call for a {term.kind.replace('_', ' ')}; use Seller Central.")
        product = self.account.listings.get(term.sku, {}).get("product_type", "PRODUCT")
        body = msgspec.json.encode({"productType": product, "patches": [patch]})
        listing = self._listing_path(self._seller_sku(term.sku))
        return self._request("PATCH", listing, {"marketplaceIds": marketplace}, "stock", body)

    def _price(self, term: Term, marketplace: str) -> dict[str, object]:
        currency = self.account.currency or term.currency
        if not currency:
            raise ByHand(f"{self.account.channel} has no currency, and Amazon asks for one.")
        offer = {
            "marketplace_id": marketplace,
            "currency": currency,
            "audience": "ALL",
            "our_price": [{"schedule": [{"value_with_tax": float(self.price_of(term))}]}],
        }
        return {"op": "merge", "path": "/attributes/purchasable_offer", "value": [offer]}

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Say what became of a patch: pushed when Amazon took it; raises Unreadable."""
        if response.status == 429:
            return answers.unwritten(answers.throttled("Amazon", wait_seconds(response)))
        undone = answers.not_written("Amazon", response, complaint(response, "errors"))
        if undone is not None:
            return undone
        status = word(decode(response.body).get("status"), "status").upper()
        if status == "ACCEPTED":
            return Wrote("pushed")
        if status == "INVALID":
            why = complaint(response, "issues") or "no reason"
            return Wrote("refused", sentence=f"Amazon refuses the listing: {why}.")
        raise Unreadable("status is neither ACCEPTED nor INVALID.")
