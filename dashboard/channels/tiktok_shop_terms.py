"""Terms on TikTok Shop: the price of a SKU; limits, coupons, bundles and pins are done in its seller centre.

    price    POST /product/202309/products/{product_id}/prices/update

The price is a decimal text with its currency. Coupons and limits per buyer belong to promotion activities there, which
have an approval of their own.
"""

from abc import abstractmethod
from collections.abc import Mapping

import msgspec

from dashboard.channels import answers
from dashboard.channels.adapter import Adapter, Lane, Request, Response
from dashboard.channels.fields import Id, decode_as, plain_id, shown, whole
from dashboard.channels.term import ByHand, Term, Wrote

THROTTLED = 36009002
TIMED_OUT = 36009007


class _Answer(msgspec.Struct):
    code: Id
    message: str = ""


_answer = decode_as(_Answer)


class TikTokShopTerms(Adapter):
    """The part of a TikTok Shop adapter that writes terms; a listing's product_id and sku_id name a SKU."""

    @abstractmethod
    def _request(self, method: str, path: str, query: Mapping[str, str], body: bytes, lane: Lane, now: int) -> Request:
        """Make a signed call."""

    def write_term(self, term: Term, now: int, found: str = "") -> Request:
        """Write a price; raises ByHand for other terms, Unreadable for unlisted SKUs."""
        if term.kind != "price":
            raise ByHand(f"TikTok Shop has no call for a {term.kind.replace('_', ' ')}; use its seller centre.")
        currency = self.account.currency or term.currency
        if not currency:
            raise ByHand(f"{self.account.channel} has no currency, and TikTok Shop asks for one.")
        price = {"amount": self.price_of(term), "currency": currency}
        product = plain_id(self.theirs(term.sku, "product_id"), f"product_id of {term.sku}")
        body = msgspec.json.encode({"skus": [{"id": self.theirs(term.sku, "sku_id"), "price": price}]})
        return self._request("POST", f"/product/202309/products/{product}/prices/update", {}, body, "stock", now)

    def read_term(self, term: Term, response: Response, found: str = "") -> Wrote:
        """Say what became of a call; raises Unreadable."""
        channel = self.account.channel
        if answers.tells_nothing(response):
            return answers.not_written(channel, response) or Wrote("unknown")
        answer = _answer(response.body)
        code = whole(answer.code, "code", 0, 10**12)
        if code == THROTTLED:
            return answers.unwritten(answers.throttled(channel, answers.wait_seconds(response)))
        if code == TIMED_OUT:
            return Wrote("unknown", sentence=f"{channel} timed out (code {code}).")
        if code or response.status >= 300:
            return Wrote("refused", sentence=f"{channel} refused it (code {code}): {shown(answer.message)}.")
        return Wrote("pushed")
